"""Time in rules: durations, windows, and the one moment a run looks from.

All arithmetic on time happens here, in Python, once a run. SQL and the
reference engine only compare with the numbers that come out.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

DAY = 86_400
UNITS = {"h": 3_600, "d": DAY, "w": 7 * DAY}  # seconds
LONGEST_DAYS = 36_500
DURATION = re.compile(r"(\d+)([hdw])")

# Whole days of the firm's zone; a week begins on Monday.
CALENDAR = (
    "today",
    "yesterday",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
)

Span = tuple[int | None, int | None]  # (low, high]: after low, up to high; None is open


def seconds_of(text: str) -> int | None:
    """Seconds of a duration like 30d, 12h, 2w; None if it isn't one.

    >>> seconds_of("2w"), seconds_of("60 days")
    (1209600, None)
    """
    found = DURATION.fullmatch(text)
    return int(found[1]) * UNITS[found[2]] if found else None


def duration_text(seconds: int) -> str:
    """The shortest way to write a duration.

    >>> duration_text(2 * 86_400)
    '2d'
    """
    return f"{seconds // DAY}d" if seconds % DAY == 0 else f"{seconds // 3_600}h"


@dataclass(frozen=True)
class Back:
    """From `far` to `near` seconds before as-of: (as_of − far, as_of − near]."""

    far: int | None  # None: since ever
    near: int = 0

    def __str__(self) -> str:
        if self.far is None:
            return f"older than {duration_text(self.near)}"
        if self.near:
            return f"between {duration_text(self.far)} and {duration_text(self.near)}"
        return f"within {duration_text(self.far)}"


@dataclass(frozen=True)
class Calendar:
    """Whole days of the firm's zone, by name."""

    name: str

    def __str__(self) -> str:
        return self.name


Window = Back | Calendar


@dataclass(frozen=True)
class Ago:
    """An edge this many seconds before as-of."""

    seconds: int


@dataclass(frozen=True)
class Day:
    """A date: the edge is that whole day of the firm's zone."""

    on: date


Edge = Ago | Day


@dataclass(frozen=True)
class Clock:
    """The moment a run looks from, and the zone whose days count.

    >>> clock = Clock(datetime(2026, 1, 31, tzinfo=ZoneInfo("UTC")), ZoneInfo("Asia/Shanghai"))
    >>> clock.today
    datetime.date(2026, 1, 31)
    >>> clock.at - clock.span(Back(2 * DAY))[0] == 2 * DAY
    True
    """

    as_of: datetime
    zone: ZoneInfo

    @cached_property
    def at(self) -> int:
        """As-of in epoch seconds."""
        return int(self.as_of.timestamp())

    @cached_property
    def today(self) -> date:
        """The firm's day that as-of lies in."""
        return self.as_of.astimezone(self.zone).date()

    def midnight(self, day: date) -> int:
        """When a day of the firm's zone begins, in epoch seconds."""
        return int(datetime.combine(day, time(), tzinfo=self.zone).timestamp())

    def span(self, window: Window) -> Span:
        """The seconds a window covers, (low, high]."""
        if isinstance(window, Back):
            low = None if window.far is None else self.at - window.far
            return low, self.at - window.near
        first, after = days_of(window.name, self.today)
        return self.midnight(first) - 1, self.midnight(after) - 1


def days_of(  # noqa: PLR0911 - one for each window
    calendar: str, today: date
) -> tuple[date, date]:
    """The first day of a calendar window and the day after its last.

    >>> days_of("last_month", date(2026, 1, 31))
    (datetime.date(2025, 12, 1), datetime.date(2026, 1, 1))
    """
    one = timedelta(days=1)
    match calendar:
        case "today":
            return today, today + one
        case "yesterday":
            return today - one, today
        case "this_week":
            monday = today - timedelta(days=today.weekday())
            return monday, monday + 7 * one
        case "this_month":
            return _months(today, today.month, 1)
        case "this_quarter":
            return _months(today, today.month - (today.month - 1) % 3, 3)
        case "this_year":
            return _months(today, 1, 12)
    # last_X ends where this_X begins; the day before lies in it
    this, _ = days_of(calendar.replace("last_", "this_"), today)
    first, _ = days_of(calendar.replace("last_", "this_"), this - one)
    return first, this


def _months(today: date, month: int, count: int) -> tuple[date, date]:
    first = date(today.year, month, 1)
    years, months = divmod(month - 1 + count, 12)
    return first, date(today.year + years, months + 1, 1)
