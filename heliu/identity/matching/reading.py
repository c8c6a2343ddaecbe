"""A cell as each kind of comparison reads it: a few comparable spellings of one value."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from heliu.identity.matching.nicknames import roots
from heliu.identity.values.han import HAN, pinyin, simplified
from heliu.identity.values.name import normalise_name
from heliu.identity.values.sound import sounds
from heliu.identity.values.surnames import READING, surname_of
from heliu.identity.values.text import Status
from heliu.rules.vocabulary import MatchKind

# What a value is compared as: "" as written, and coarser spellings by name.
Reading = Mapping[str, tuple[str, ...]]

WORD = re.compile(r"[^\W_]+")
YEAR_FIRST = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D.*)?")
YEAR_LAST = re.compile(r"(\d{1,2})\D(\d{1,2})\D(\d{4})(?:\D.*)?")
NOTHING: Reading = {}


@lru_cache(maxsize=200_000)
def read_value(kind: MatchKind, text: str) -> Reading:
    """The spellings one value is compared by; empty where it says nothing.

    >>> read_value(MatchKind.DATE, "1990/5/6")
    {'': ('19900506',)}
    >>> read_value(MatchKind.POSTCODE, "SW1A 2JH")
    {'': ('sw1a2jh',), 'area': ('sw1a',)}
    """
    return READERS[kind](text)


def folded(text: str) -> str:
    """Lower-case words without accents and signs, Chinese characters simplified.

    >>> folded("O'Connor-Müller, ST.")
    'oconnor muller st'
    """
    plain = unicodedata.normalize("NFKD", simplified(unicodedata.normalize("NFKC", text)))
    plain = "".join(sign for sign in plain.casefold() if not unicodedata.combining(sign))
    return " ".join(WORD.findall(re.sub(r"['’`]", "", plain)))


def _name(text: str) -> Reading:
    """A full name: as written, as spoken, its surname; a surname alone is only that."""
    value, status, _ = normalise_name(text)
    if status is Status.SURNAME_ONLY:
        return {"surname": (READING.get(value, value),)}
    if status is Status.NICKNAME or not value:
        return NOTHING
    spoken = tuple(" ".join(sound) for sound in sounds(value))
    surname = READING.get(surname_of(value), "") if HAN.match(value) else value.split()[-1]
    return {"": (value,), "sound": spoken, "surname": (surname,) if surname else ()}


def _given_name(text: str) -> Reading:
    value = folded(text)
    return {"": (value,), "root": roots(value)} if value else NOTHING


def _surname(text: str) -> Reading:
    value = folded(text)
    return {"": (value,), "sound": (phonetic(value),)} if value else NOTHING


def _text(text: str) -> Reading:
    value = folded(text)
    return {"": (value,), "joined": (value.replace(" ", ""),)} if value else NOTHING


def _exact(text: str) -> Reading:
    value = folded(text)
    return {"": (value,)} if value else NOTHING


def _date(text: str) -> Reading:
    """Eight digits, year first, whether or not there is such a day."""
    if match := YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
        return {"": (f"{year}{int(month):02}{int(day):02}",)}
    if match := YEAR_LAST.fullmatch(text):
        first, second, year = match.groups()
        return {"": (f"{year}{int(second):02}{int(first):02}",)}
    digits = "".join(sign for sign in text if sign.isdigit())
    return {"": (digits,)} if digits else NOTHING


def _postcode(text: str) -> Reading:
    """Without blanks; its first half, rounded up, is the area."""
    value = folded(text).replace(" ", "")
    return {"": (value,), "area": (value[: (len(value) + 1) // 2],)} if value else NOTHING


def _id(text: str) -> Reading:
    value = folded(text).replace(" ", "")
    return {"": (value,)} if value else NOTHING


def _phone(text: str) -> Reading:
    """The last eleven digits: country codes are written or not."""
    digits = "".join(sign for sign in text if sign.isdigit())[-11:]
    return {"": (digits,)} if digits else NOTHING


def _email(text: str) -> Reading:
    value = text.casefold()
    local, sign, _ = value.partition("@")
    return {"": (value,), "local": (local,)} if local and sign else NOTHING


@lru_cache(maxsize=100_000)
def phonetic(name: str) -> str:
    """How a surname sounds, roughly: its first letter and the consonants that follow.

    Chinese names are read in pinyin. Coarser than Metaphone, and the same for every
    language written in Latin letters.

    >>> phonetic("allen") == phonetic("alan"), phonetic("smith") == phonetic("smyth")
    (True, True)
    """
    letters = pinyin(name) if HAN.match(name) else name
    letters = re.sub(r"[^a-z]", "", letters)
    for old, new in (("ph", "f"), ("ck", "k"), ("sh", "s"), ("th", "t"), ("gh", "g")):
        letters = letters.replace(old, new)
    tail = letters[1:].translate(str.maketrans("cqzdvmj", "kkstfng", "aeiouyhw"))
    return letters[:1] + re.sub(r"(.)\1+", r"\1", tail)


READERS: Mapping[MatchKind, Callable[[str], Reading]] = {
    MatchKind.NAME: _name,
    MatchKind.GIVEN_NAME: _given_name,
    MatchKind.SURNAME: _surname,
    MatchKind.DATE: _date,
    MatchKind.POSTCODE: _postcode,
    MatchKind.TEXT: _text,
    MatchKind.EXACT: _exact,
    MatchKind.ID: _id,
    MatchKind.PHONE: _phone,
    MatchKind.EMAIL: _email,
}
