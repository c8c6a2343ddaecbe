"""A source that delivers less than half of last time stops the run, and only that."""

import pytest
import sqlalchemy as sa

from heliu.errors import SafetyStop
from heliu.sources.collect import Survey, stop_if_too_little
from models.database import reading, writing


@pytest.fixture
def delivered(engine):
    """Sources by what they delivered last time; gives what the next delivery meets."""

    def stop(last: dict[str, int], now: dict[str, int]) -> None:
        with writing(engine) as connection:
            for source, rows in last.items():
                connection.execute(
                    sa.text(
                        "INSERT INTO source_state (source, fingerprint, rows, run_id, read_at) "
                        "VALUES (:source, 'f', :rows, 1, 0)"
                    ),
                    {"source": source, "rows": rows},
                )
        with reading(engine) as connection:
            stop_if_too_little(
                connection, [Survey(source, "g", rows, True) for source, rows in now.items()]
            )

    return stop


@pytest.mark.parametrize(
    ("last", "now"),
    [
        ({"crm": 1000}, {"crm": 500}),  # half is enough
        ({"crm": 1000}, {"crm": 5000}),
        ({"crm": 0}, {"crm": 0}),
        ({}, {"crm": 3}),  # a source never read before
        ({"crm": 1000, "old": 1000}, {"crm": 1000}),  # a source no longer declared
        ({"crm": 1}, {"crm": 1}),
    ],
)
def test_enough_goes_on(delivered, last, now):
    delivered(last, now)


@pytest.mark.parametrize(("last", "now"), [(1000, 499), (1000, 0), (1, 0), (3, 1)])
def test_less_than_half_stops_with_both_numbers(delivered, last, now):
    with pytest.raises(SafetyStop, match=f"crm delivers {now:,} rows, last time {last:,}"):
        delivered({"crm": last}, {"crm": now})


def test_every_source_that_delivers_too_little_is_named_and_what_to_do(delivered):
    with pytest.raises(SafetyStop) as stop:
        delivered({"crm": 9000, "h5": 10, "oa": 10}, {"crm": 40, "h5": 2, "oa": 10})
    assert str(stop.value) == (
        "Stopped before anything was written: crm delivers 40 rows, last time 9,000; h5 delivers "
        "2 rows, last time 10. A delivery of less than 50% of the last one is likely a broken "
        "export. Mend the file, or accept it once with --accept-less."
    )
