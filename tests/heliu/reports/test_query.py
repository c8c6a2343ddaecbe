from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from heliu.reports.figures.query import local_day, mondays_until, months_until

SQLITE = sa.create_engine("sqlite://")
ZONES = ["Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
instants = st.datetimes(datetime(2024, 1, 1), datetime(2025, 12, 31)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)


def day_by_sql(connection: sa.Connection, at: datetime, zone: ZoneInfo) -> date:
    since, until = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)
    day = local_day(sa.literal(int(at.timestamp()), sa.BigInteger), zone, since, until)
    return date(1970, 1, 1) + timedelta(days=connection.scalar(sa.select(day)))


@given(at=instants, name=st.sampled_from(ZONES))
def test_a_day_in_sql_is_the_day_python_says_in_every_zone_and_season(at, name):
    zone = ZoneInfo(name)
    with SQLITE.connect() as connection:
        assert day_by_sql(connection, at, zone) == at.astimezone(zone).date()


@pytest.mark.parametrize("second", [-1, 0, 1])
def test_the_day_is_right_on_both_databases_when_the_clock_jumps(engine, second):
    zone = ZoneInfo("America/New_York")
    midnight = datetime(2025, 3, 9, tzinfo=zone)  # the night the clock jumps from 2 to 3
    for hours in (0, 2, 3, 24):
        at = (midnight.astimezone(UTC) + timedelta(hours=hours, seconds=second)).astimezone(UTC)
        with engine.connect() as connection:
            assert day_by_sql(connection, at, zone) == at.astimezone(zone).date()


@given(now=instants, weeks=st.integers(1, 60))
def test_weeks_end_with_the_one_of_now_and_have_no_gaps(now, weeks):
    zone = ZoneInfo("Asia/Shanghai")
    mondays = [date.fromisoformat(text) for text in mondays_until(now, zone, weeks)]
    today = now.astimezone(zone).date()
    assert len(mondays) == weeks
    assert all(monday.weekday() == 0 for monday in mondays)
    assert all(b - a == timedelta(days=7) for a, b in pairwise(mondays))
    assert timedelta() <= today - mondays[-1] < timedelta(days=7)


@given(now=instants, months=st.integers(1, 40))
def test_months_end_with_the_one_of_now_and_have_no_gaps(now, months):
    names = months_until(now, ZoneInfo("UTC"), months)
    numbers = [int(name[:4]) * 12 + int(name[5:]) for name in names]
    assert numbers == list(range(numbers[0], numbers[0] + months))
    assert names[-1] == f"{now:%Y-%m}"
