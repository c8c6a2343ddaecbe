"""Who carried what when: from the log, and reckoned afterwards for the time before it."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from heliu.errors import PermanentError
from heliu.rules.reference import Happening, Person, tags_of
from heliu.rules.windows import Clock
from heliu.tags.backfill import backfill, midnights
from heliu.tags.history import tags_at
from heliu.tags.retag import retag
from models.database import reading, writing
from tests.heliu.tags.test_retag import (
    AS_OF,
    BUYER,
    DAY,
    NOW,
    RECENT,
    SMALL,
    ZONE,
    add_events,
    add_profiles,
    fill,
    library_of,
    rule,
)


def at(engine, moment):
    with reading(engine) as connection:
        return {tuple(row[:2]): row.since_at for row in connection.execute(tags_at(moment))}


def test_the_log_tells_who_carried_what_at_any_moment(engine):
    fill(engine)
    days = [0, 10, 40]
    for run, day in enumerate(days, start=1):
        if day == 10:
            with writing(engine) as connection:
                add_events(connection, [(3, "login", NOW + 9 * DAY)], first_id=50)
        retag(engine, SMALL, AS_OF + timedelta(days=day), run, ZONE)
    assert at(engine, AS_OF - timedelta(seconds=1)) == {}
    assert set(at(engine, AS_OF + timedelta(days=5))) == {
        (1, "buyer"), (1, "recent"), (1, "both"), (2, "recent"),
    }  # fmt: skip
    later = at(engine, AS_OF + timedelta(days=10))
    assert later[3, "recent"] == AS_OF + timedelta(days=10)
    assert later[1, "buyer"] == AS_OF
    assert set(at(engine, AS_OF + timedelta(days=99))) == {(1, "buyer")}


def lived(engine):
    """Three people who log in now and then."""
    logins = {1: [100, 60, 3], 2: [95, 70, 69, 20], 3: [200]}
    with writing(engine) as connection:
        add_profiles(connection, logins)
        rows = [(n, "login", NOW - d * DAY + 7) for n, days in logins.items() for d in days]
        add_events(connection, [*rows, (2, "order_paid", NOW - 50 * DAY)])
    people = {n: Person({}, [Happening("login", NOW - d * DAY + 7) for d in days])
              for n, days in logins.items()}  # fmt: skip
    people[2].events.append(Happening("order_paid", NOW - 50 * DAY))
    return people


def test_a_backfill_writes_what_runs_of_those_days_would_have_seen(engine):
    people = lived(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    before = at(engine, AS_OF)
    counts = backfill(engine, SMALL, ["recent", "both"], 120, 2, ZONE)
    for back in (1, 20, 45, 65, 80, 119):
        moment = AS_OF - timedelta(days=back)
        clock = Clock(moment, ZONE)
        wanted = {
            (n, tag)
            for n, person in people.items()
            for tag in tags_of(SMALL, person, clock, {}) & {"recent", "both"}
        }
        assert set(at(engine, moment)) == wanted, back
    assert set(at(engine, AS_OF)) == set(before)
    assert at(engine, AS_OF)[1, "recent"] == AS_OF - timedelta(days=2)
    assert counts.entered > counts.left > 0
    assert counts.earlier == 3
    with reading(engine) as connection:
        since = sa.text("SELECT since_at FROM profile_tag WHERE profile_id = 1 AND tag = 'recent'")
        assert connection.execute(since).scalar_one() == NOW - 2 * DAY


def test_a_backfill_done_again_replaces_its_own(engine):
    lived(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    rows = sa.text("SELECT profile_id, tag, at, entered, cause FROM tag_change ORDER BY 1, 2, 3")
    told = []
    for run, days in ((2, 60), (3, 120), (4, 120)):
        backfill(engine, SMALL, ["recent"], days, run, ZONE)
        with reading(engine) as connection:
            told.append(connection.execute(rows).all())
    assert len(told[0]) < len(told[1])
    assert told[1] == told[2]


def test_who_held_a_tag_until_its_first_run_left_it_then(engine):
    fill(engine)
    narrow = library_of(BUYER, rule("recent", "{ did: login, within: 48h }"))
    retag(engine, narrow, AS_OF, 1, ZONE)
    backfill(engine, narrow, ["recent"], 3, 2, ZONE)  # both logged in exactly three days before
    assert set(at(engine, AS_OF - timedelta(days=2))) == {(1, "recent"), (2, "recent")}
    assert {tag for _, tag in at(engine, AS_OF)} == {"buyer"}


def test_a_tag_never_computed_has_no_past(engine):
    fill(engine)
    with pytest.raises(PermanentError, match="never computed"):
        backfill(engine, library_of(RECENT), ["recent"], 3, 1, ZONE)


def test_midnights_are_the_firms_and_earlier_than_the_moment():
    noon = datetime(2026, 3, 2, 12, tzinfo=ZONE)
    midnight = datetime(2026, 3, 2, tzinfo=ZONE)
    assert list(midnights(noon, 2, ZONE)) == [midnight - timedelta(days=1), midnight]
    assert list(midnights(midnight, 1, ZONE)) == [midnight - timedelta(days=1)]
