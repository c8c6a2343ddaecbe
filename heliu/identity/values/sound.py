"""Which spellings may be one person's name: 张伟国, 張偉國, Weiguo Zhang, ZHANG WEIGUO, 张总."""

from collections.abc import Collection, Iterable
from functools import lru_cache

from heliu.identity.matching.nicknames import roots
from heliu.identity.values.han import HAN, phrase_pinyin, pinyin
from heliu.identity.values.surnames import ALSO_READ, READING, surname_of

Sound = tuple[str, ...]

SUFFIXES = frozenset({"jr", "sr", "junior", "senior", "ii", "iii", "iv"})


@lru_cache(maxsize=100_000)
def sounds(name: str) -> tuple[Sound, ...]:
    """Every way a full name is spoken: its words, in an order that spelling can't change.

    >>> sounds("张伟国") == sounds("weiguo zhang")
    True
    >>> sounds("覃海")
    (('hai', 'qin'), ('hai', 'tan'))
    >>> sounds("bob smith")
    (('bob', 'smith'), ('robert', 'smith'))
    """
    if not HAN.match(name):
        return _latin_sounds(name.split())
    readings = [pinyin(name), phrase_pinyin(name)]
    if (surname := surname_of(name)) in ALSO_READ:
        usual = READING[surname]
        readings += [ALSO_READ[surname] + spoken.removeprefix(usual) for spoken in readings]
    return tuple(dict.fromkeys(tuple(sorted(reading.split())) for reading in readings))


def usual_sound(name: str) -> str:
    """The first of `sounds`, in one piece; the others take most of the time.

    >>> usual_sound("覃海"), " ".join(sounds("覃海")[0])
    ('hai qin', 'hai qin')
    """
    return " ".join(sorted((pinyin(name) if HAN.match(name) else name).split()))


def _latin_sounds(words: list[str]) -> tuple[Sound, ...]:
    """As written, and with the given name's long form where there is just one."""
    spoken = [tuple(sorted(words))]
    for place, word in enumerate(words[:-1]):
        if len(long := long_forms(word)) == 1:
            spoken.append(tuple(sorted([*words[:place], *long, *words[place + 1 :]])))
    return tuple(spoken)


@lru_cache(maxsize=20_000)
def long_forms(given: str) -> tuple[str, ...]:
    """What an English given name may be short for: Bob is Robert, Pat one of two."""
    return tuple(root for root in roots(given) if root != given)


def is_partial(name: str) -> bool:
    """Whether a name fits several: a surname alone, an initial ("b smith"), Pat Smith."""
    if name.isascii():
        words = name.split()
        return (
            len(words) == 1
            or any(len(word) == 1 for word in words)
            or len(long_forms(words[0])) > 1
        )
    return name in READING


def given_name(name: str) -> str:
    """What follows the surname of a name in Chinese characters; "" where none is known.

    >>> given_name("傅荣倩"), given_name("weiguo zhang")
    ('荣倩', '')
    """
    surname = surname_of(name)
    return name[len(surname) :] if surname else ""


def fits(partial: str, name: str) -> bool:
    """Whether a surname or given name alone, or a name with initials, may be this full name.

    >>> fits("张", "weiguo zhang"), fits("b smith", "bob smith"), fits("李", "张伟国")
    (True, True, False)
    >>> fits("荣倩", "傅荣倩"), fits("覃", "qijie tan")
    (True, True)
    """
    if HAN.match(partial):
        if HAN.match(name):
            return partial in (surname_of(name), given_name(name))
        readings = {READING.get(partial, partial), ALSO_READ.get(partial, partial)}
        return not readings.isdisjoint(name.split())
    words = partial.split()
    if len(words) == 1:  # Mr. Zhang
        return any(partial in spoken for spoken in sounds(name))
    others = pinyin(name).split() if HAN.match(name) else name.split()
    return _fits_latin(words, others)


def _fits_latin(words: list[str], others: list[str]) -> bool:
    """Whether the words of one name may be the other's, middle names and initials left out."""
    if words[-1] in SUFFIXES or others[-1] in SUFFIXES:  # senior and junior fit only themselves
        if words[-1] != others[-1]:
            return False
        words, others = words[:-1], others[:-1]
    if len(words) > len(others):
        words, others = others, words
    given = _may_be(words[0], others[0]) or _may_be(others[0], words[0])
    if len(words) < 2 or not given:
        return False
    left = list(others)
    for word in sorted(words, key=len, reverse=True):  # whole words before initials
        match = next((other for other in left if _may_be(word, other)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def is_shortened(name: str, other: str) -> bool:
    """Whether a Latin name is some of another's words, in their order.

    >>> is_shortened("maria sentosa", "maria luis medina sentosa")
    True
    >>> is_shortened("robert smith", "robert smith jr")
    False
    """
    words, others = name.split(), other.split()
    if not 2 <= len(words) < len(others) or others[-1] in SUFFIXES or words[0] != others[0]:
        return False
    rest = iter(others)
    return all(word in rest for word in words)


def _may_be(word: str, other: str) -> bool:
    """Whether a word of a name, an initial or a short form is this word of another."""
    return word == other or (len(word) == 1 and other[0] == word) or other in long_forms(word)


def group_names(bearers: Iterable[tuple[int, Collection[str]]]) -> list[list[int]]:
    """Split bearers of full names into groups that share a name, as spoken.

    Args:
        bearers: Each bearer with the full names it goes by (at least one).

    Returns:
        Groups of bearers, each in the order given, ordered by their first bearer.
    """
    bearers = list(bearers)
    spellings = {name for _, names in bearers for name in names}
    if len(spellings) == 1:
        return [[bearer for bearer, _ in bearers]]
    groups: list[tuple[set[Sound], list[int]]] = []
    where: dict[Sound, int] = {}
    for bearer, names in bearers:
        heard = {one for name in names for one in sounds(name)}
        met = sorted({where[one] for one in heard if one in where})
        if not met:
            met = [len(groups)]
            groups.append((set(), []))
        first = groups[met[0]]
        for other in met[1:]:  # a bearer of two names makes their groups one
            first[0].update(groups[other][0])
            first[1].extend(groups[other][1])
            groups[other] = (set(), [])
        first[0].update(heard)
        first[1].append(bearer)
        where.update(dict.fromkeys(first[0], met[0]))
    return sorted(sorted(members) for _, members in groups if members)
