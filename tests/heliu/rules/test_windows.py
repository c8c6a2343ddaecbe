"""Windows and days, against what a calendar on the wall would say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.rules.conditions import Anniversary, Between, Near
from heliu.rules.spans import anniversary_days, date_span, time_span
from heliu.rules.windows import CALENDAR, DAY, Ago, Back, Calendar, Clock, Day, days_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = st.sampled_from([SHANGHAI, ZoneInfo("UTC"), ZoneInfo("America/New_York")])
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))

# a key that is the same for two days exactly when they share the unit
UNITS = {
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "quarter": lambda day: (day.year, (day.month - 1) // 3),
    "year": lambda day: day.year,
}


@given(today=st.dates(date(2001, 1, 1), date(2100, 1, 1)), name=st.sampled_from(CALENDAR))
def test_a_calendar_window_holds_the_days_of_its_unit(today, name):
    first, after = days_of(name, today)
    days = [today + timedelta(days=n) for n in range(-740, 400)]
    inside = [day for day in days if first <= day < after]
    if name in ("today", "yesterday"):
        assert inside == [today - timedelta(days=name == "yesterday")]
        return
    same = UNITS[name.split("_")[1]]
    this = [day for day in days if same(day) == same(today)]
    if name.startswith("this_"):
        assert inside == this
    else:
        assert inside == [day for day in days if same(day) == same(this[0] - timedelta(days=1))]


@given(as_of=MOMENTS, zone=ZONES, name=st.sampled_from(CALENDAR), second=st.integers(-1, 1))
def test_a_calendar_window_is_cut_at_midnights_of_the_firm(as_of, zone, name, second):
    clock = Clock(as_of, zone)
    low, high = clock.span(Calendar(name))
    first, after = days_of(name, clock.today)
    for edge in (low, high):
        moment = datetime.fromtimestamp(edge + second, zone).date()
        assert (low < edge + second <= high) == (first <= moment < after)


def test_a_window_leaves_out_its_far_end_and_holds_its_near_one():
    clock = Clock(datetime(2026, 1, 31, tzinfo=SHANGHAI), SHANGHAI)
    assert clock.span(Back(2 * DAY)) == (clock.at - 2 * DAY, clock.at)
    assert clock.span(Back(9 * DAY, 2 * DAY)) == (clock.at - 9 * DAY, clock.at - 2 * DAY)
    assert clock.span(Back(None, 2 * DAY)) == (None, clock.at - 2 * DAY)


@given(as_of=MOMENTS, zone=ZONES, day=st.dates(date(2001, 1, 1), date(2100, 1, 1)))
def test_a_named_day_is_outside_before_and_after_it_and_inside_between(as_of, zone, day):
    clock = Clock(as_of, zone)
    start, end = clock.midnight(day), clock.midnight(day + timedelta(days=1))
    assert time_span(Between(before=Day(day)), clock) == (None, start - 1)
    assert time_span(Between(after=Day(day)), clock) == (end - 1, None)
    assert time_span(Between(Day(day), Day(day), inclusive=True), clock) == (start - 1, end - 1)


@pytest.mark.parametrize(
    ("check", "inside", "outside"),
    [
        (Near(7 * DAY, ahead=True), ["2026-01-31", "2026-02-06"], ["2026-01-30", "2026-02-07"]),
        (Near(7 * DAY, ahead=False), ["2026-01-31", "2026-01-25"], ["2026-02-01", "2026-01-24"]),
        (Between(before=Ago(7 * DAY)), ["2026-01-24"], ["2026-01-25"]),
        (Between(after=Ago(7 * DAY)), ["2026-01-25", "2030-01-01"], ["2026-01-24"]),
        (Between(before=Day(date(2026, 1, 5))), ["2026-01-04"], ["2026-01-05"]),
        (Between(after=Day(date(2026, 1, 5))), ["2026-01-06"], ["2026-01-05"]),
        (
            Between(Day(date(2026, 1, 5)), Day(date(2026, 1, 6)), inclusive=True),
            ["2026-01-05", "2026-01-06"],
            ["2026-01-04", "2026-01-07"],
        ),
        (
            Between(Ago(9 * DAY), Ago(7 * DAY), inclusive=True),
            ["2026-01-23", "2026-01-24"],
            ["2026-01-22", "2026-01-25"],
        ),
    ],
)
def test_dates_are_judged_by_the_firms_day(check, inside, outside):
    clock = Clock(datetime(2026, 1, 30, 17, tzinfo=UTC), SHANGHAI)  # the 31st over there
    low, high = date_span(check, clock)
    assert all((low is None or d > low) and (high is None or d <= high) for d in inside)
    assert not any((low is None or d > low) and (high is None or d <= high) for d in outside)


@given(
    born=st.dates(date(1930, 1, 1), date(2020, 1, 1)),
    today=st.dates(date(2021, 1, 1), date(2032, 1, 1)),
    days=st.integers(1, 365),
)
def test_a_birthday_is_found_once_its_day_is_near(born, today, days):
    clock = Clock(datetime(today.year, today.month, today.day, 12, tzinfo=SHANGHAI), SHANGHAI)
    ahead = [today + timedelta(days=n) for n in range(days)]
    near = any(_celebrated(born, day.year) == day for day in ahead)
    assert (born.isoformat()[5:10] in anniversary_days(Anniversary(days), clock)) == near


def _celebrated(born, year):
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
