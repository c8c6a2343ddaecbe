"""Quiet hours: nothing leaves outside them, and nothing waits longer than it must."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from heliu.delivery import Hours, next_opening, parse_duration, parse_hours

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "America/New_York", "Pacific/Apia", "UTC")]
MINUTE = timedelta(minutes=1)

zones = st.sampled_from(ZONES)
instants = st.datetimes(
    datetime(2011, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)
)  # fmt: skip
hours = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda of: of[0] < of[1])


@given(now=instants, of=hours, zone=zones)
def test_the_next_opening_lies_inside_the_hours_and_not_before_now(now, of, zone):
    opening = next_opening(now, Hours(*of), zone)
    assert opening >= now
    assert Hours(*of).contain(opening, zone)
    assert (opening == now) == Hours(*of).contain(now, zone)


@given(now=instants, of=hours)
def test_where_the_clock_never_jumps_no_earlier_minute_would_do(now, of):
    zone = ZONES[0]
    opening = next_opening(now, Hours(*of), zone)
    assume(opening > now)
    assert opening - now <= timedelta(days=1)
    assert not Hours(*of).contain(opening - MINUTE, zone)
    steps = range(0, int((opening - now).total_seconds() // 60), 7)
    assert not any(Hours(*of).contain(now + step * MINUTE, zone) for step in steps)


def test_a_night_in_shanghai_ends_at_nine():
    night = datetime(2025, 10, 1, 2, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert next_opening(night, parse_hours("09:00-20:00"), ZONES[0]) == night.replace(hour=9)
    evening = night.replace(hour=20)
    nine = night.replace(hour=9) + timedelta(days=1)
    assert next_opening(evening, parse_hours("09:00-20:00"), ZONES[0]) == nine


@pytest.mark.parametrize("text", ["9-20", "20:00-09:00", "09:00-24:30", "09:60-10:00", "09:00"])
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError, match=r"hours like|must open"):
        parse_hours(text)


def test_a_whole_day_is_never_quiet():
    now = datetime(2025, 1, 1, 23, 59, 59, tzinfo=UTC)
    assert next_opening(now, parse_hours("00:00-24:00"), UTC) == now


@pytest.mark.parametrize("text", ["30", "30 d", "d", "-1d", "1m"])
def test_durations_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError, match="like 30d, 12h, 2w"):
        parse_duration(text)
