"""The two years, counted in seconds of local time, and when people are awake in them."""

from datetime import datetime, timedelta

from generate.chance import Chance

START = datetime(2023, 10, 1)  # noqa: DTZ001 - local times, as the sources write them
DAYS = 731  # up to and with 2025-09-30; 2024 has a 29 February
DAY, HOUR, MINUTE = 86_400, 3_600, 60
END = DAYS * DAY  # first second after the window

_FORMAT = "%Y-%m-%d %H:%M:%S"
_DATES = [(START + timedelta(days=day)).strftime("%Y-%m-%d") for day in range(DAYS)]
_CLOCK = [f"{s // HOUR:02}:{s // MINUTE % MINUTE:02}:{s % MINUTE:02}" for s in range(DAY)]
_FIRST_WEEKDAY = START.weekday()

# How many of a hundred visits fall into each hour.
_WORKDAY = [1, 0, 0, 0, 0, 0, 1, 3, 4, 3, 3, 3, 7, 5, 3, 3, 3, 4, 6, 9, 12, 14, 11, 5]
_WEEKEND = [2, 1, 0, 0, 0, 0, 1, 2, 4, 6, 7, 6, 5, 5, 7, 7, 6, 5, 5, 7, 8, 8, 5, 3]
_HOURS = [
    [hour for hour, weight in enumerate(week) for _ in range(weight)]
    for week in (_WORKDAY, _WEEKEND)
]


def seconds(text: str) -> int:
    """A source's local time as seconds since the window began; negative before it.

    >>> seconds("2023-10-01 00:01:00")
    60
    """
    return int((datetime.fromisoformat(text) - START).total_seconds())


def text(at: int) -> str:
    """Seconds since the window began as local time.

    >>> text(60)
    '2023-10-01 00:01:00'
    """
    day, second = divmod(at, DAY)
    if 0 <= day < DAYS:
        return f"{_DATES[day]} {_CLOCK[second]}"
    return (START + timedelta(seconds=at)).strftime(_FORMAT)


def is_weekend(day: int) -> bool:
    """Whether this day of the window is a Saturday or Sunday."""
    return (day + _FIRST_WEEKDAY) % 7 >= 5


def waking_moment(day: int, chance: Chance) -> int:
    """A moment of this day, most likely in the evening."""
    hour = chance.pick(_HOURS[is_weekend(day)])
    return day * DAY + hour * HOUR + int(chance.share() * HOUR)
