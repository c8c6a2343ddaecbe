"""Fields of a record: dates, numbers and genders as our tables keep them."""

import re
from datetime import date
from functools import lru_cache

from heliu.identity.values.days import NoDay, day_of
from heliu.identity.values.documents import born_on
from heliu.identity.values.text import clean, is_empty, words

GENDERS = {
    **dict.fromkeys(words("1 1.0 m male man boy mr mr. 男 男性 男生 男孩 先生 男士 ♂"), "m"),
    **dict.fromkeys(
        words("2 2.0 f female woman girl mrs ms miss mrs. ms. 女 女性 女生 女孩 女士 小姐 太太 ♀"),
        "f",
    ),
}
NO_GENDER = words(
    "0 0.0 3 9 u unknown 未知 保密 其他 其它 x other 不详 未说明 未说明的性别 n/a none"
)
# What databases and spreadsheets write for no day at all.
NO_DAY = re.compile(r"0000-00-00.*|0000/00/00.*|1900[-/]0?1[-/]0?0.*|00:00:00")
ISO = re.compile(r"[12]\d{3}-\d{2}-\d{2}")
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
def read_date(text: str, region: str = "CN") -> str | None:
    """A day as ISO text; None where there is none.

    Day and month in an order that can't be told are refused rather than guessed.
    A Chinese identity number stands for the day of birth it holds.

    Args:
        text: The cell as it came.
        region: Where it was written: 5/6/1990 is in May in the US, in June in Britain.

    Raises:
        Unreadable: No day, or one that doesn't exist.

    >>> read_date("1990年5月6日"), read_date("25/12/1990"), read_date("32994")
    ('1990-05-06', '1990-12-25', '1990-05-01')
    """
    if ISO.fullmatch(text):
        cleaned = text
    elif is_empty(cleaned := clean(text)) or NO_DAY.fullmatch(cleaned):
        return None
    try:
        day = born_on(cleaned) or day_of(cleaned, region)
    except (ValueError, OverflowError) as error:
        raise Unreadable(str(error) if isinstance(error, NoDay) else "no such day") from None
    if not 1900 <= day.year <= 2100 or day <= date(1900, 1, 1):
        raise Unreadable("implausible date")
    return day.isoformat()


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
