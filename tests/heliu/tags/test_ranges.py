"""A run in parts comes to what it would in one; what an earlier run left is looked at again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from benchmarks.tags_lives import DAY, World, library
from heliu.rules.among import Among
from heliu.rules.windows import Clock
from heliu.tags.plan import Mode, Plan, begin
from heliu.tags.ranges import check, judge_range, range_to_check, split
from heliu.tags.retag import retag
from models.database import reading, writing
from tests.heliu.tags.test_retag import (
    AS_OF,
    RECENT,
    SMALL,
    ZONE,
    add_profiles,
    carried,
    fill,
    library_of,
    moves,
)

RULES = library()
WORLD = (
    "profile_tag", "tag_change", "tag_run", "tag_count", "tag", "event", "touched", "consent",
    "hand_tag", "receipt", "attempt", "message", "content", "profile", "alias",
)  # fmt: skip


def everything(engine):
    tables = ("profile_tag", "tag_change", "tag_run", "tag_count", "tag")
    with reading(engine) as connection:
        return {
            table: sorted(map(repr, connection.execute(sa.text(f"SELECT * FROM {table}"))))
            for table in tables
        }


def test_the_size_of_the_parts_changes_nothing(engine):
    found = []
    for size in (1000, 17):
        with writing(engine) as connection:
            for table in WORLD:
                connection.execute(sa.text(f"DELETE FROM {table}"))
        world = World.begin(engine, 3, people=60)
        world.live(40 * DAY)
        as_of = datetime.fromtimestamp(world.now, ZONE)
        retag(engine, RULES, as_of, 1, ZONE, range_size=size)
        found.append(everything(engine))
    assert found[0] == found[1]


def test_ranges_part_all_ids_there_could_be(sqlite_engine):
    with writing(sqlite_engine) as connection:
        add_profiles(connection, [5, 9, 10, 40, 41, 99, 1000])
    with reading(sqlite_engine) as connection:
        ranges = split(connection, 3)
    assert ranges == [Among(None, 9), Among(10, 40), Among(41, None)]


def test_nobody_is_one_range(sqlite_engine):
    with reading(sqlite_engine) as connection:
        assert split(connection, 3) == [Among()]


def plan(engine, mode=Mode.AUTO):
    return begin(engine, SMALL, Clock(AS_OF, ZONE), 2, mode)


def test_a_second_run_looks_only_at_who_may_have_changed(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    with writing(engine) as connection:
        connection.execute(sa.text("DELETE FROM event WHERE profile_id = 2"))
        note = "INSERT INTO touched (profile_id, reason, run_id) VALUES (2, 'fact', 1)"
        connection.execute(sa.text(note))
    counts = retag(engine, SMALL, AS_OF + timedelta(hours=1), 2, ZONE, mode=Mode.AUTO)
    assert (counts.full, counts.profiles, counts.left, counts.touched) == (0, 1, 1, 1)
    assert moves(engine, 2) == {(2, "recent", False, "event")}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ("DELETE FROM tag_run", "the first run"),
        ("UPDATE tag_run SET finished_at = NULL", "run 1 died midway"),
        ("UPDATE tag_run SET library_hash = 'x'", "the rules changed"),
        ("UPDATE tag_run SET as_of_at = as_of_at + 1", "back in time"),
        ("INSERT INTO touched (profile_id, reason, run_id)"
         " SELECT 1, 'fact', 1 FROM profile WHERE id < 3", "most were touched"),
    ],
)  # fmt: skip
def test_everybody_is_looked_at_where_the_state_is_not_to_be_trusted(engine, spoil, why):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    with writing(engine) as connection:
        connection.execute(sa.text(spoil))
    found = plan(engine)
    assert (found.full, found.why) == (True, why)


def test_days_of_another_zone_are_another_rule(engine):
    from zoneinfo import ZoneInfo

    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    elsewhere = Clock(AS_OF, ZoneInfo("Europe/Berlin"))
    assert begin(engine, SMALL, elsewhere, 2, Mode.AUTO).full


def test_a_check_finds_who_changed_without_a_word_and_the_full_run_puts_it_right(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    with writing(engine) as connection:  # nobody notes it
        connection.execute(sa.text("DELETE FROM event WHERE profile_id = 2"))
    found = plan(engine, mode=Mode.FULL)
    assert isinstance(found, Plan)
    clock = Clock(AS_OF, ZONE)
    with reading(engine) as connection:
        among = range_to_check(connection, 2)
    looked = check(engine, SMALL, found.before, clock, 2, among)
    assert (looked.profiles, looked.differing) == (3, 1)
    judge_range(engine, SMALL, clock, 2)
    assert 2 not in {profile for profile, _ in carried(engine)}


def test_a_check_finds_nothing_where_all_was_noted_or_time_moved_it(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    later = Clock(AS_OF + timedelta(days=40), ZONE)
    found = begin(engine, SMALL, later, 2, Mode.FULL)
    assert check(engine, SMALL, found.before, later, 2).differing == 0


def test_counts_go_on_from_the_run_before_unless_somebody_was_erased(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    with writing(engine) as connection:
        connection.execute(sa.text("DELETE FROM profile_tag WHERE profile_id = 2"))
        connection.execute(sa.text("DELETE FROM event WHERE profile_id = 2"))
        at = int(AS_OF.timestamp())
        erased = (
            "INSERT INTO erasure (profile_id, who, why, at, counts) VALUES (2,'w','y',:at,'{}')"
        )
        connection.execute(sa.text(erased), {"at": at})
    retag(engine, SMALL, AS_OF, 2, ZONE, mode=Mode.AUTO)
    with reading(engine) as connection:
        told = sa.text("SELECT tag, profiles FROM tag_count WHERE run_id = 2")
        assert dict(connection.execute(told).tuples().all()) == {
            "buyer": 1, "recent": 1, "both": 1,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("notes", "cause"),
    [
        ([("fact", 1)], "event"),
        ([("delivery", 1)], "event"),
        ([("unify", 1)], "profile"),
        ([("unify", 7)], "merge"),  # run 7 merged records into the profile
        ([("unify", 1), ("fact", 1), ("unify", 7)], "merge"),
        ([("hand", 1)], "time"),  # said of another tag: this one no hand may set
        ([], "time"),
    ],
)
def test_the_strongest_note_of_a_profile_is_the_cause(engine, notes, cause):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    with writing(engine) as connection:
        told = "INSERT INTO touched (profile_id, reason, run_id) VALUES (2, :reason, :run)"
        for reason, run in notes:
            connection.execute(sa.text(told), {"reason": reason, "run": run})
        event = (
            "INSERT INTO profile_event (run_id, profile_id, what, happened_at, detail)"
            " VALUES (7, 2, 'merged', 0, ''), (8, 2, 'merged', 0, '')"
        )
        connection.execute(sa.text(event))
    retag(engine, SMALL, AS_OF + timedelta(days=40), 2, ZONE)
    assert (2, "recent", False, cause) in moves(engine, 2)


def test_a_word_by_hand_is_the_cause_where_a_hand_may_set_the_tag(engine):
    by_hand = replace(RECENT, manual=True)
    fill(engine)
    retag(engine, library_of(by_hand), AS_OF, 1, ZONE)
    with writing(engine) as connection:
        told = "INSERT INTO touched (profile_id, reason, run_id) VALUES (2, 'hand', 1)"
        connection.execute(sa.text(told))
    retag(engine, library_of(by_hand), AS_OF + timedelta(days=40), 2, ZONE)
    assert (2, "recent", False, "hand") in moves(engine, 2)
