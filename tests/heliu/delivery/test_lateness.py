"""When tags were last computed, and what a run found too old, as the tables have it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from heliu.delivery.freshness import Kind, Late
from heliu.delivery.lateness import LATENESS, TAG, TAG_RUN, planned, save_lateness, tagged_at
from heliu.reports.figures.lateness import late_things
from models import Audience, Campaign
from models.database import reading, writing
from tests.heliu.delivery.conftest import NOW

DAY = timedelta(days=1)
OLD = Late(Kind.SOURCE, "crm", "crm-team", NOW - 3 * DAY, 86_400)
NEVER = Late(Kind.TAG, "a.b", None, None, None)


@pytest.fixture
def tagged(engine):
    """Note tag runs (as-of, whether finished) in turn; give what each tag's age counts from."""

    def note(*runs):
        tag = {"number": 0, "title": "t", "rule_hash": "h", "local": False, "manual": False}
        names = [{"name": "a.b", "retired_at": None}, {"name": "gone", "retired_at": NOW}]
        with writing(engine) as connection:
            for number, one in enumerate(names):
                connection.execute(sa.insert(TAG).values(**tag | one | {"number": number}))
            for number, (as_of, finished) in enumerate(runs, start=1):
                said = {"as_of_at": as_of, "finished_at": NOW if finished else None}
                connection.execute(
                    sa.insert(TAG_RUN).values(run_id=number, library_hash="h", cuts="{}",
                        full=True, why="", judged=0, touched=0, entered=0, left=0, **said)
                )  # fmt: skip
        with reading(engine) as connection:
            return tagged_at(connection)

    return note


def test_no_tag_was_computed_before_the_first_run_has_finished(tagged):
    assert tagged((NOW, False)) == {}


def test_a_tags_age_counts_from_the_as_of_of_the_last_run_that_finished(tagged):
    assert tagged((NOW - DAY, True), (NOW, False)) == {"a.b": NOW - DAY}


def test_a_retag_as_of_a_past_day_makes_tags_that_old(tagged):
    assert tagged((NOW, True), (NOW - 300 * DAY, True)) == {"a.b": NOW - 300 * DAY}


def test_what_is_late_is_written_once_a_run_whatever_is_repeated(engine):
    for lates in ([OLD, NEVER], [OLD]):
        with writing(engine) as connection:
            save_lateness(connection, 7, lates, {"hello": (OLD,), "bye": (NEVER, OLD)})
            save_lateness(connection, 8, [NEVER], {})
    with reading(engine) as connection:
        (found,) = late_things(connection, 7)
        assert connection.scalar(sa.select(sa.func.count()).select_from(LATENESS)) == 2
    assert (found.kind, found.name, found.owner) == ("source", "crm", "crm-team")
    assert (found.heard_at, found.max_age_seconds) == (NOW - 3 * DAY, 86_400)
    assert found.holds == ("hello", "bye")


def test_what_was_frozen_while_it_was_fresh_is_known(engine):
    with writing(engine) as connection:
        connection.execute(
            sa.insert(Campaign.__table__).values(
                name="hello", title="t", segment="s", topic="service", status="active",
                file_hash="f", run_id=1,
            )
        )  # fmt: skip
        connection.execute(
            sa.insert(Audience.__table__).values(
                campaign="hello", occurrence="2025-10-01", segment="s", as_of_at=NOW,
                frozen_at=NOW, size=0, plan_hash="", run_id=1,
            )
        )  # fmt: skip
        assert planned(connection, "2025-10-01") == {"hello"}
        assert planned(connection, "2025-10-02") == set()
