"""Names in Latin and other alphabets, in either order."""

import re
import unicodedata

from heliu.identity.values.surnames import ELSEWHERE, RANK
from heliu.identity.values.text import words

TOKEN = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
HONORIFICS = words("mr mrs ms miss dr prof sir madam phd md mba esq")
SYLLABLE = (
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|ei|ui|ao|ou|iu|ie|ve|er|an|en|in|un|"
    r"vn|ia|ua|uo|ue|a|o|e|i|u|v))"
)
PINYIN = re.compile(SYLLABLE)
GIVEN = re.compile(SYLLABLE + "{1,2}")


ELSEWHERE_RANK = 40  # before the rarer readings of pinyin: Tai Man Chan is no Mr. Tai


def normalise_latin(text: str) -> tuple[str, str]:
    """A name as (lower-case words, given name first; as to be written), or two blanks.

    One word alone is no name to compare by. Which word of a Chinese name is the
    surname is told by the list of surnames, so both orders come out alike.

    >>> normalise_latin("Zhang, Wei-Guo")
    ('weiguo zhang', 'Weiguo Zhang')
    >>> normalise_latin("O'Brien")
    ('', '')
    """
    if " " not in text:
        text = _at_capitals(text)
    head, comma, tail = text.partition(",")
    if comma and TOKEN.search(tail):
        text = f"{tail} {head}"
    written = [word for word in TOKEN.findall(text) if word.casefold() not in HONORIFICS]
    words = [_fold(word) for word in written]
    if len(words) < 2:
        return "", ""
    shown = [_capitalised(word) for word in written]
    place = _surname_place(words)
    if place is not None and words[place] in ELSEWHERE:
        return _with_spaces(written, place)
    if place is None or not all(map(GIVEN.fullmatch, words)):
        return " ".join(words), " ".join(shown)
    surname = words.pop(place)
    given = "".join(words)
    return f"{given} {surname}", f"{given.capitalize()} {surname.capitalize()}"


def titled_surname(text: str) -> str:
    """The Chinese surname in "Mr. Zhang", in lower case; "" where there is none.

    >>> titled_surname("Ms. Li"), titled_surname("Li")
    ('li', '')
    """
    found = [word.casefold() for word in TOKEN.findall(text)]
    left = [word for word in found if word not in HONORIFICS]
    known = len(left) == 1 and (left[0] in RANK or left[0] in ELSEWHERE)
    return left[0] if known and len(found) > 1 else ""


def _at_capitals(text: str) -> str:
    """ZhangWeiguo as two words, where one is a Chinese surname and the other pinyin."""
    parts = re.findall(r"[A-Z][a-z]+", text)
    if len(parts) != 2 or "".join(parts) != text:
        return text
    folded = [part.casefold() for part in parts]
    chinese = all(map(GIVEN.fullmatch, folded)) and any(part in RANK for part in folded)
    return " ".join(parts) if chinese else text


def _with_spaces(written: list[str], place: int) -> tuple[str, str]:
    """Chan Tai-man and Tai Man Chan: the given name's syllables are words."""
    split = [piece for word in written for piece in word.split("-")]
    surname = split.pop(place)
    given = [_capitalised(word) for word in split]
    value = " ".join(_fold(word) for word in [*split, surname])
    return value, " ".join([*given, _capitalised(surname)])


def _fold(word: str) -> str:
    """Without accents and inner marks; ü of lü and nü as pinyin writes it."""
    word = re.sub(r"['’`-]", "", word.casefold())
    word = re.sub(r"^([ln])(?:ü|yu)(?=e?$)", r"\1v", word)
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _capitalised(word: str) -> str:
    return word.capitalize() if word.isupper() or word.islower() else word


def _surname_place(words: list[str]) -> int | None:
    """0 or -1: where the Chinese surname stands; None where there is none."""
    known = [(rank, words[place], place) for place in (-1, 0) if (rank := _rank(words[place])) >= 0]
    return min(known)[2] if known else None


def _rank(word: str) -> int:
    """How frequent a surname is, 0 the most; -1 for none."""
    return RANK.get(word, ELSEWHERE_RANK if word in ELSEWHERE else -1)
