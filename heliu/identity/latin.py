"""Names in Latin and other alphabets, in either order."""

import re
import unicodedata

from heliu.identity.surnames import RANK
from heliu.identity.text import words

TOKEN = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
HONORIFICS = words("mr mrs ms miss dr prof sir madam phd md mba esq")
SYLLABLE = (
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|ei|ui|ao|ou|iu|ie|ve|er|an|en|in|un|"
    r"vn|ia|ua|uo|ue|a|o|e|i|u|v))"
)
PINYIN = re.compile(SYLLABLE)
GIVEN = re.compile(SYLLABLE + "{1,2}")


def normalise_latin(text: str) -> tuple[str, str]:
    """A name as (lower-case words, given name first; as to be written), or two blanks.

    One word alone is no name to compare by. Which word of a Chinese name is the
    surname is told by the list of surnames, so both orders come out alike.

    >>> normalise_latin("Zhang, Wei-Guo")
    ('weiguo zhang', 'Weiguo Zhang')
    >>> normalise_latin("O'Brien")
    ('', '')
    """
    head, comma, tail = text.partition(",")
    if comma and TOKEN.search(tail):
        text = f"{tail} {head}"
    written = [word for word in TOKEN.findall(text) if word.casefold() not in HONORIFICS]
    words = [_fold(word) for word in written]
    if len(words) < 2:
        return "", ""
    shown = [_capitalised(word) for word in written]
    place = _surname_place(words)
    if place is None or not all(map(GIVEN.fullmatch, words)):
        return " ".join(words), " ".join(shown)
    surname = words.pop(place)
    given = "".join(words)
    return f"{given} {surname}", f"{given.capitalize()} {surname.capitalize()}"


def _fold(word: str) -> str:
    """Without accents and inner marks; ü of lü and nü as pinyin writes it."""
    word = re.sub(r"['’`-]", "", word.casefold())
    word = re.sub(r"^([ln])(?:ü|yu)(?=e?$)", r"\1v", word)
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _capitalised(word: str) -> str:
    return word.capitalize() if word.isupper() or word.islower() else word


def _surname_place(words: list[str]) -> int | None:
    """0 or -1: where the Chinese surname stands; None where there is none."""
    known = [(RANK[words[place]], words[place], place) for place in (-1, 0) if words[place] in RANK]
    return min(known)[2] if known else None
