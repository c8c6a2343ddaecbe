"""Numbers of documents: Chinese identity numbers by their check digit, others letter by letter."""

import re
from datetime import date
from functools import lru_cache

from heliu.identity.values.text import NOTHING, Found, Status, clean, is_empty

RESIDENT = re.compile(r"[1-9]\d{16}[\dX]")
# Before 1999: two digits of the year, no check digit.
OLD_RESIDENT = re.compile(r"[1-9]\d{14}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
MASK = re.compile(r"\*{2,}|[xX]{3,}|[●•#]{2,}")
MARKS = re.compile(r"[\s\-‐–—./:()]")


@lru_cache(maxsize=100_000)
def normalise_resident(text: str) -> Found:
    """A Chinese identity number in eighteen signs; other documents in the cell as they are.

    Source: GB 11643-1999 (ISO 7064 MOD 11-2).

    >>> normalise_resident("11010519491231002x").value
    '11010519491231002X'
    >>> normalise_resident("110105491231002").value
    '11010519491231002X'
    >>> str(normalise_resident("110105194912310021").status)
    'invalid'
    """
    cleaned = clean(text)
    if is_empty(cleaned):
        return NOTHING
    if MASK.search(cleaned):
        return Found("", Status.MASKED)
    number = MARKS.sub("", cleaned).upper()
    if OLD_RESIDENT.fullmatch(number):
        number = number[:6] + "19" + number[6:]
        number += check_digit(number)
    if not number[:17].isdigit() or len(number) < 14:
        return normalise_document(text)
    well = RESIDENT.fullmatch(number) and check_digit(number) == number[17] and _birth(number)
    return Found(number, Status.OK) if well else Found("", Status.INVALID)


@lru_cache(maxsize=50_000)
def normalise_document(text: str) -> Found:
    """A passport, licence, tax or social security number: capitals and digits alone.

    >>> normalise_document("521-21-2123").value, normalise_document(" e12345678 ").value
    ('521212123', 'E12345678')
    """
    cleaned = clean(text)
    if is_empty(cleaned):
        return NOTHING
    if MASK.search(cleaned):
        return Found("", Status.MASKED)
    number = MARKS.sub("", re.sub(r"^(\d+)\.0$", r"\1", cleaned)).upper()
    if not number.isalnum() or not any(map(str.isdigit, number)):
        return Found("", Status.INVALID)
    if len(set(number)) == 1 or number in ("123456789", "1234567890", "987654321"):
        return Found("", Status.BLOCKED)
    return Found(number, Status.OK)


def check_digit(number: str) -> str:
    """The eighteenth sign of a Chinese identity number, from its first seventeen digits."""
    total = sum(int(n) * weight for n, weight in zip(number[:17], WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]


def born_on(text: str) -> date | None:
    """The day of birth an identity number of eighteen signs holds; None if it is none."""
    if len(text) != 18 or not RESIDENT.fullmatch(text.upper()):
        return None
    return _birth(text) if check_digit(text) == text[17].upper() else None


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
