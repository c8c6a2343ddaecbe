"""Latin names a slip apart: Thompson and Tompson, Kristen and Kristin; never two Chinese ones."""

from functools import lru_cache

from heliu.identity.values.surnames import ELSEWHERE, RANK

VOWELS = frozenset("aeiouyhw")
# Consonants that sound alike.
ALIKE = {"v": "f", "c": "k", "q": "k", "z": "s", "d": "t"}
LONG = 5  # letters: of shorter words, one more or less makes another name


@lru_cache(maxsize=50_000)
def near(left: str, right: str) -> bool:
    """Whether two Latin names are one, misspelt: each word the same, a slip or a sound apart.

    Chinese names in pinyin are never near: Zhang and Zheng are two families.

    >>> near("mark miller", "mark milner"), near("keeley thompson", "kaylee tompson")
    (True, True)
    >>> near("john smith", "joan smith"), near("mario rossi", "maria rossi")
    (False, False)
    >>> near("weiguo zhang", "weiguo zheng")
    False
    """
    ours, others = left.split(), right.split()
    if len(ours) != len(others) or len(ours) < 2 or _is_chinese(ours) or _is_chinese(others):
        return False
    return all(map(_near_word, ours, others))


def _is_chinese(words: list[str]) -> bool:
    return any(word in RANK or word in ELSEWHERE for word in (words[0], words[-1]))


def _near_word(left: str, right: str) -> bool:
    if left == right:
        return True
    if min(len(left), len(right)) < LONG or left.endswith("a") != right.endswith("a"):
        return False  # John and Joan, Mario and Maria share a household
    return one_slip(left, right) or skeleton(left) == skeleton(right)


def skeleton(word: str) -> str:
    """What is left of a word without vowels and with consonants that sound alike as one.

    >>> skeleton("keeley") == skeleton("kaylee"), skeleton("kandace") == skeleton("candice")
    (True, True)
    """
    found = [ALIKE.get(letter, letter) for letter in word if letter not in VOWELS]
    first = "" if word[0] not in "aeiouy" else "a"
    return first + "".join(b for a, b in zip(["", *found], found, strict=False) if a != b)


def one_slip(left: str, right: str) -> bool:
    """Whether one letter more, less, wrong or two swapped make the one the other.

    Source: Damerau (1964): four in five spelling errors are one of these.

    >>> one_slip("thompson", "tompson"), one_slip("wiest", "weist"), one_slip("anna", "annabelle")
    (True, True, False)
    """
    if abs(len(left) - len(right)) > 1:
        return False
    if len(left) > len(right):
        left, right = right, left
    start = next((n for n, letter in enumerate(left) if letter != right[n]), len(left))
    if len(left) < len(right):
        return left[start:] == right[start + 1 :]
    rest, other = left[start:], right[start:]
    return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
