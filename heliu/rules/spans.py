"""What a check on a time or date means at one moment: plain bounds to compare with."""

from datetime import date, timedelta

from heliu.rules.conditions import Anniversary, Between, Near
from heliu.rules.windows import DAY, Ago, Clock, Edge, Span

TextSpan = tuple[str | None, str | None]  # (low, high] of ISO dates


def time_span(check: Between | Near, clock: Clock) -> Span:
    """The seconds a check on an instant lets through, (low, high]."""
    if isinstance(check, Near):
        edge = clock.at + check.seconds
        return (clock.at, edge) if check.ahead else (clock.at - check.seconds, clock.at)
    return (
        _second(check.after, clock, next_day=not check.inclusive),
        _second(check.before, clock, next_day=check.inclusive),
    )


def _second(edge: Edge | None, clock: Clock, next_day: bool) -> int | None:
    """The last second outside (as a low bound) or inside (as a high one)."""
    if edge is None:
        return None
    if isinstance(edge, Ago):
        return clock.at - edge.seconds
    return clock.midnight(edge.on + timedelta(days=int(next_day))) - 1


def date_span(check: Between | Near, clock: Clock) -> TextSpan:
    """The dates a check on a date lets through, (low, high] as ISO text."""
    if isinstance(check, Near):
        days = timedelta(days=check.seconds // DAY)
        yesterday = clock.today - timedelta(days=1)
        low, high = (
            (yesterday, yesterday + days) if check.ahead else (clock.today - days, clock.today)
        )
        return low.isoformat(), high.isoformat()
    # As bounds of (low, high]: a day named as `after` or as an inclusive end is the bound itself.
    low_day = _day(check.after, clock, shift=-1 if check.inclusive else 0)
    high_day = _day(check.before, clock, shift=0 if check.inclusive else -1)
    return low_day, high_day


def _day(edge: Edge | None, clock: Clock, shift: int) -> str | None:
    if edge is None:
        return None
    if isinstance(edge, Ago):
        return (clock.today - timedelta(seconds=edge.seconds)).isoformat()
    return (edge.on + timedelta(days=shift)).isoformat()


def anniversary_days(check: Anniversary, clock: Clock) -> list[str]:
    """The days of the year, as "MM-DD", that the next days cover, today the first.

    Who was born on 29 February is counted on 1 March in other years.
    """
    days = [clock.today + timedelta(days=n) for n in range(check.days)]
    found = {day.strftime("%m-%d") for day in days}
    if any((day.month, day.day) == (3, 1) and not _leap(day) for day in days):
        found.add("02-29")
    return sorted(found)


def _leap(day: date) -> bool:
    return day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
