"""Reading the small things of a rule: numbers to compare, durations, dates, shares.

Each function returns None and notes a problem where the text says something else.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from heliu.documents import Problems, Value
from heliu.errors import did_you_mean
from heliu.rules.conditions import Compare
from heliu.rules.windows import (
    CALENDAR,
    DAY,
    DURATION,
    LONGEST_DAYS,
    Ago,
    Back,
    Calendar,
    Day,
    Edge,
    Window,
    seconds_of,
)

LARGEST = 2**63 - 1  # what a column holds
FIRST_YEAR, LAST_YEAR = 1900, 2199
COMPARE = re.compile(r"(>=|<=|!=|>|<|==?)?\s*(-?\d+)")
BETWEEN = re.compile(r"between\s+(-?\d+)\s+and\s+(-?\d+)")
SHARE = re.compile(r"(\d+(?:\.\d{1,2})?)\s*%")
DATE_LOOK = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def read_compare(value: Value, problems: Problems, at_least_zero: bool = False) -> Compare | None:
    """A comparison like ">= 2", "0" or "between 3 and 7".

    Where the answer is never negative, a comparison that holds for every
    answer or for none is a problem.
    """
    text = str(value.data).strip()
    if value.is_list or value.is_mapping or isinstance(value.data, bool | float | date):
        problems.add(value.place, "not a comparison of whole numbers", COMPARE_HELP)
        return None
    if found := BETWEEN.fullmatch(text):
        compare = Compare("between", int(found[1]), int(found[2]))
        if compare.number > compare.upper:
            problems.add(value.place, f"{text!r} can never hold: the first number is the larger")
            return None
    elif found := COMPARE.fullmatch(text):
        compare = Compare("=" if found[1] in (None, "==") else found[1], int(found[2]))
    else:
        problems.add(value.place, f"{text!r} is not a comparison of whole numbers", COMPARE_HELP)
        return None
    if max(abs(compare.number), abs(compare.upper)) > LARGEST:
        problems.add(value.place, f"{text!r} is beyond 64 bits")
        return None
    if at_least_zero and (verdict := _verdict(compare)):
        problems.add(value.place, f"{text!r} {verdict}: the answer is never below 0")
        return None
    return compare


COMPARE_HELP = 'Write it like ">= 2", "0" or "between 3 and 7"; money is in fen.'


def _verdict(compare: Compare) -> str:
    number = compare.number
    never = {
        "=": number < 0,
        "<": number <= 0,
        "<=": number < 0,
        "between": compare.upper < 0,
    }
    always = {">=": number <= 0, ">": number < 0, "!=": number < 0}
    if never.get(compare.op):
        return "can never hold"
    return "always holds" if always.get(compare.op) else ""


def read_duration(value: Value, problems: Problems) -> int | None:
    """Seconds of a duration like 30d, 12h, 2w: more than nothing, at most a century."""
    text = str(value.data)
    seconds = seconds_of(text) if isinstance(value.data, str) else None
    if seconds is None:
        problems.add(value.place, f"{text!r} is not a duration like 30d, 12h, 2w")
    elif seconds == 0:
        problems.add(value.place, f"{text!r} is an impossible window: nothing lies in it")
    elif seconds > LONGEST_DAYS * DAY:
        problems.add(value.place, f"{text!r} is an impossible window: more than a century")
    else:
        return seconds
    return None


def read_days(value: Value, problems: Problems, most: int = LONGEST_DAYS) -> int | None:
    """Whole days of a duration."""
    seconds = read_duration(value, problems)
    if seconds is None:
        return None
    if seconds % DAY:
        problems.add(value.place, f"{value.data!r} must be whole days: dates have no hours")
        return None
    if seconds > most * DAY:
        problems.add(value.place, f"{value.data!r} is an impossible window: more than {most}d")
        return None
    return seconds // DAY


def read_window(value: Value, problems: Problems) -> Window | None:
    """A duration back from as-of, or a calendar window by name."""
    if isinstance(value.data, str) and value.data in CALENDAR:
        return Calendar(value.data)
    if isinstance(value.data, str) and not DURATION.fullmatch(value.data):
        problems.add(
            value.place,
            f"{value.data!r} is not a duration like 30d, 12h, 2w"
            + did_you_mean(value.data, CALENDAR),
            f"Known windows: {', '.join(CALENDAR)}.",
        )
        return None
    seconds = read_duration(value, problems)
    return None if seconds is None else Back(seconds)


def read_back_between(value: Value, problems: Problems) -> Back | None:
    """Two durations, the farther first: [90d, 30d]."""
    pair = read_pair(value, problems, "[90d, 30d]")
    if pair is None:
        return None
    far, near = (read_duration(end, problems) for end in pair)
    if far is None or near is None:
        return None
    if far <= near:
        problems.add(
            value.place,
            "an impossible window: nothing lies in it",
            "The farther end comes first, as in [90d, 30d].",
        )
        return None
    return Back(far, near)


def read_pair(value: Value, problems: Problems, like: str) -> tuple[Value, Value] | None:
    """A list of two."""
    if value.is_list and len(value.data) == 2:
        return value.data[0], value.data[1]
    problems.add(value.place, f"must be a list of two, like {like}")
    return None


def read_edge(value: Value, problems: Problems, whole_days: bool) -> Edge | None:
    """A date, or a duration before as-of."""
    if isinstance(value.data, datetime):
        problems.add(value.place, "an edge is a date or a duration, not a time of day")
        return None
    if isinstance(value.data, date):
        if FIRST_YEAR <= value.data.year <= LAST_YEAR:
            return Day(value.data)
        problems.add(value.place, f"a date must lie between {FIRST_YEAR} and {LAST_YEAR}")
        return None
    if isinstance(value.data, str) and DATE_LOOK.fullmatch(value.data):
        problems.add(value.place, f"{value.data!r} is not a date", "Write it unquoted: 2026-01-31.")
        return None
    if whole_days:
        days = read_days(value, problems)
        return None if days is None else Ago(days * DAY)
    seconds = read_duration(value, problems)
    return None if seconds is None else Ago(seconds)


def read_share(value: Value, problems: Problems) -> int | None:
    """Basis points of a share like 20% or 0.5%."""
    found = SHARE.fullmatch(str(value.data).strip())
    points = int(Decimal(found[1]) * 100) if found else 0
    if not 0 < points < 10_000:
        problems.add(value.place, f"{value.data!r} is not a share like 20%, above 0 and below 100")
        return None
    return points


def read_text(value: Value, problems: Problems) -> str | None:
    """One piece of text; YAML reads `yes` or 12 as something else unless quoted."""
    if isinstance(value.data, str) and value.data:
        return value.data
    problems.add(value.place, "must be text", "Put it in quotes.")
    return None


def read_number(value: Value, problems: Problems) -> int | None:
    """One whole number that a column can hold."""
    if isinstance(value.data, int) and not isinstance(value.data, bool):
        if abs(value.data) <= LARGEST:
            return value.data
        problems.add(value.place, f"{value.data} is beyond 64 bits")
        return None
    problems.add(value.place, "must be a whole number")
    return None
