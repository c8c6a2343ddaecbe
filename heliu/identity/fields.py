"""Fields of a record: dates, numbers and genders as our tables keep them."""

import re
from datetime import date, timedelta
from functools import lru_cache

from heliu.identity.text import clean, is_empty, words

GENDERS = {
    **dict.fromkeys(words("1 m male man 男 男性 先生 男士"), "m"),
    **dict.fromkeys(words("2 f female woman 女 女性 女士 小姐"), "f"),
}
NO_GENDER = words("0 3 9 u unknown 未知 保密 其他 x other")
YEAR_FIRST = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?:[T\s].*)?")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s.*)?")
COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
SERIAL = re.compile(r"(\d{4,5})(?:\.0*)?")  # days since 1899-12-30, as spreadsheets count
SERIAL_ZERO = date(1899, 12, 30)
NUMBER = re.compile(r"[+-]?\d+(?:\.0+)?")


class Unreadable(ValueError):
    """A value that isn't what its field holds; the text says why, never the value."""


@lru_cache(maxsize=1_000)
def read_gender(text: str) -> str | None:
    """f, m, or None where it isn't said.

    Raises:
        Unreadable: It is something else.
    """
    word = clean(text).casefold()
    if is_empty(word) or word in NO_GENDER:
        return None
    if word not in GENDERS:
        raise Unreadable("unknown gender")
    return GENDERS[word]


@lru_cache(maxsize=100_000)
def read_date(text: str) -> str | None:
    """A day as ISO text; None where there is none.

    Day and month in an order that can't be told are refused rather than guessed.

    Raises:
        Unreadable: No day, or one that doesn't exist.

    >>> read_date("1990年5月6日"), read_date("25/12/1990"), read_date("32994")
    ('1990-05-06', '1990-12-25', '1990-05-01')
    """
    cleaned = clean(text)
    if is_empty(cleaned):
        return None
    try:
        day = _day(cleaned)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, Unreadable) else Unreadable("no such day") from None
    if not 1900 <= day.year <= 2100 or day <= date(1900, 1, 1):
        raise Unreadable("implausible date")
    return day.isoformat()


def _day(text: str) -> date:
    if match := YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
        year, month, day = map(int, match.groups())
        return date(year, month, day)
    if match := YEAR_LAST.fullmatch(text):
        first, second, year = map(int, match.groups())
        if first <= 12 and second <= 12 and first != second:
            raise Unreadable("ambiguous date")
        return date(year, *((first, second) if first <= 12 else (second, first)))
    if match := SERIAL.fullmatch(text):
        return SERIAL_ZERO + timedelta(days=int(match[1]))
    raise Unreadable("not a date")


@lru_cache(maxsize=50_000)
def read_number(text: str) -> int | None:
    """A whole number; None where there is none.

    Raises:
        Unreadable: No whole number, or one beyond 64 bits.

    >>> read_number("1,200"), read_number("12.0"), read_number("-")
    (1200, 12, None)
    """
    cleaned = clean(text)
    if is_empty(cleaned):
        return None
    digits = re.sub(r"(?<=\d),(?=\d{3})", "", cleaned)
    if not NUMBER.fullmatch(digits):
        raise Unreadable("not a whole number")
    number = int(digits.split(".")[0])
    if abs(number) >= 2**63:
        raise Unreadable("number too large")
    return number
