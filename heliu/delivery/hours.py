"""When a message may leave: quiet hours of the firm's zone, and durations."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

DURATION = re.compile(r"(\d{1,4})([hdw])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
HOURS = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")
MINUTES_A_DAY = 24 * 60
# A zone may skip a day (Apia, 2011), so look a little further than tomorrow.
DAYS_TO_LOOK = 4


@dataclass(frozen=True)
class Hours:
    """The part of every day in which messages may leave, in minutes from midnight; half-open."""

    opens: int
    closes: int

    def __str__(self) -> str:
        opens, closes = divmod(self.opens, 60), divmod(self.closes, 60)
        return "{:02}:{:02}-{:02}:{:02}".format(*opens, *closes)

    def contain(self, instant: datetime, zone: tzinfo) -> bool:
        """Whether an aware instant lies inside, on the zone's clock."""
        local = instant.astimezone(zone)
        return self.opens <= local.hour * 60 + local.minute < self.closes


def parse_hours(text: str) -> Hours:
    """Read `09:00-20:00`; the day's end is 24:00.

    Raises:
        ValueError: It isn't that, or doesn't open before it closes.

    >>> str(parse_hours("09:00-20:00"))
    '09:00-20:00'
    """
    match = HOURS.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} are not hours like 09:00-20:00")
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    hours = Hours(from_hour * 60 + from_minute, to_hour * 60 + to_minute)
    if max(from_minute, to_minute) > 59 or not hours.opens < hours.closes <= MINUTES_A_DAY:
        raise ValueError(f"{text!r} must open before it closes, within one day")
    return hours


def parse_duration(text: str) -> timedelta:
    """Read `30d`, `12h` or `2w`.

    Raises:
        ValueError: It isn't one.

    >>> parse_duration("2w").days
    14
    """
    match = DURATION.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a duration like 30d, 12h, 2w")
    return int(match[1]) * UNITS[match[2]]


def next_opening(now: datetime, hours: Hours, zone: tzinfo) -> datetime:
    """When the hours next open: `now` itself while they are open.

    Where a clock change swallows an opening, the message waits a little longer than it
    had to; it never leaves outside the hours.

    Args:
        now: Aware.
        hours: On the zone's clock, whatever that clock does.
        zone: The firm's.

    Returns:
        An aware instant in UTC, whole seconds where it isn't `now`.

    Raises:
        ValueError: The zone's clock skips these hours for days.
    """
    if hours.contain(now, zone):
        return now.astimezone(UTC)
    today = now.astimezone(zone).date()
    opens = time(hours.opens // 60, hours.opens % 60)
    for days in range(DAYS_TO_LOOK):
        day = today + timedelta(days=days)
        for fold in (0, 1):
            wall = datetime.combine(day, opens, tzinfo=zone).replace(fold=fold)
            instant = wall.astimezone(UTC)
            # Where the clock jumps over the opening, fold 0 lies after the jump and
            # fold 1 before it: only what is really inside counts.
            if instant >= now and hours.contain(instant, zone):
                return instant
    raise ValueError(f"{hours} never come in {zone}")
