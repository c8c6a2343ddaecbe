"""Tagging everybody: right, repeatable, undisturbed by a death at any point."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from heliu.documents import Problems, parse_yaml
from heliu.errors import Place
from heliu.rules.cuts import stored_cuts
from heliu.rules.library import Library, TagRule
from heliu.rules.parse import Reader
from heliu.rules.reference import Happening, Person, tags_of
from heliu.rules.vocabulary import Vocabulary
from heliu.rules.windows import Clock
from heliu.tags.apply import TAG_COUNT
from heliu.tags.delta import PROFILE_TAG, TAG_CHANGE, TOUCHED
from heliu.tags.library import load_library
from heliu.tags.plan import TAG, TAG_RUN
from heliu.tags.printing import to_sql
from heliu.tags.retag import retag
from models.bulk import bulk_insert
from models.database import reading, writing

ROOT = Path(__file__).parents[3]
ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2025, 10, 1, tzinfo=ZONE)
NOW = int(AS_OF.timestamp())
DAY = 86_400
TABLES = (PROFILE_TAG, TAG_CHANGE, TAG_RUN, TAG_COUNT, TAG, TOUCHED)


def rule(name, when, tags=(), **more):
    problems = Problems()
    value = parse_yaml(when, f"{name}.yaml", problems)
    condition = Reader(Vocabulary(), problems, tags).read(value)
    problems.raise_if_any()
    return TagRule(name, name, condition, Place(f"{name}.yaml"), **more)


def library_of(*rules):
    return Library({each.name: each for each in rules})


BUYER = rule("buyer", "{ did: order_paid }")
RECENT = rule("recent", "{ did: login, within: 30d }")
BOTH = rule("both", "{ all: [{ tag: buyer }, { tag: recent }] }", ("buyer", "recent"))
SMALL = library_of(BUYER, RECENT, BOTH)


def add_profiles(connection, ids):
    columns = ["id", "records", "sources", "created_run_id", "changed_run_id"]
    bulk_insert(connection, "profile", columns, [(n, 1, 1, 1, 1) for n in ids])


def add_events(connection, rows, first_id=0):
    columns = ["profile_id", "type", "at", "id", "record_id", "source"]
    bulk_insert(
        connection,
        "event",
        columns,
        [(*row, n, row[0], "t") for n, row in enumerate(rows, first_id)],
    )


def fill(engine):
    with writing(engine) as connection:
        add_profiles(connection, [1, 2, 3])
        days = [(1, "order_paid", 90), (1, "login", 3), (2, "login", 3), (3, "login", 300)]
        add_events(connection, [(n, kind, NOW - ago * DAY) for n, kind, ago in days])


def carried(engine):
    with reading(engine) as connection:
        rows = connection.execute(sa.select(PROFILE_TAG.c.profile_id, PROFILE_TAG.c.tag))
        return {tuple(row) for row in rows}


def moves(engine, run_id):
    columns = (TAG_CHANGE.c.profile_id, TAG_CHANGE.c.tag, TAG_CHANGE.c.entered, TAG_CHANGE.c.cause)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(*columns).where(TAG_CHANGE.c.run_id == run_id))
        return {tuple(row) for row in rows}


def state(engine):
    with reading(engine) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)).all()))
            for table in TABLES
        }


def test_everybody_gets_the_tags_that_are_true(engine):
    fill(engine)
    counts = retag(engine, SMALL, AS_OF, 1, ZONE)
    assert carried(engine) == {
        (1, "buyer"), (1, "recent"), (1, "both"), (2, "recent"),
    }  # fmt: skip
    assert (counts.profiles, counts.tags, counts.changed) == (3, 3, 2)
    assert (counts.entered, counts.left) == (4, 0)


def test_a_second_run_writes_no_tag_again(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    before = state(engine)
    counts = retag(engine, SMALL, AS_OF, 2, ZONE)
    after = state(engine)
    assert (counts.changed, counts.entered, counts.left) == (0, 0, 0)
    for table in ("profile_tag", "tag_change", "tag"):
        assert after[table] == before[table]
    assert moves(engine, 2) == set()


def test_the_same_run_again_leaves_what_one_run_would(engine):
    fill(engine)
    counts = retag(engine, SMALL, AS_OF, 1, ZONE)
    before = state(engine)
    assert retag(engine, SMALL, AS_OF, 1, ZONE) == counts
    assert state(engine) == before


def test_a_run_tried_again_after_the_facts_moved_notes_only_the_whole_move(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    with writing(engine) as connection:
        connection.execute(sa.text("DELETE FROM event WHERE profile_id = 2"))
        add_events(connection, [(3, "order_paid", NOW - DAY)], first_id=100)
    counts = retag(engine, SMALL, AS_OF, 1, ZONE)
    assert carried(engine) == {(1, "buyer"), (1, "recent"), (1, "both"), (3, "buyer")}
    assert {(p, t, e) for p, t, e, _ in moves(engine, 1)} == {
        (n, t, True) for n, t in carried(engine)
    }
    assert (counts.entered, counts.left) == (4, 0)


def test_time_alone_moves_tags_and_the_first_day_is_kept(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    later = AS_OF + timedelta(days=40)
    counts = retag(engine, SMALL, later, 2, ZONE)
    assert carried(engine) == {(1, "buyer")}
    assert moves(engine, 2) == {
        (1, "recent", False, "time"), (1, "both", False, "time"), (2, "recent", False, "time"),
    }  # fmt: skip
    assert counts.left == 3
    with reading(engine) as connection:
        row = connection.execute(sa.select(PROFILE_TAG.c.since_at, PROFILE_TAG.c.run_id)).one()
    assert row == (AS_OF, 1)


def test_a_changed_rule_is_the_cause_also_for_the_tags_that_read_it(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    wider = rule("recent", "{ did: login, within: 365d }")
    narrower = rule("buyer", "{ did: order_paid, within: 30d }")
    retag(engine, library_of(narrower, wider, BOTH), AS_OF, 2, ZONE)
    assert moves(engine, 2) == {
        (3, "recent", True, "rule"), (1, "buyer", False, "rule"), (1, "both", False, "rule"),
    }  # fmt: skip


def test_a_tag_taken_out_leaves_everybody_and_keeps_its_number(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    later = AS_OF + timedelta(hours=1)
    new = rule("aaa", "always")
    retag(engine, library_of(BUYER, new), later, 2, ZONE)
    assert carried(engine) == {(1, "buyer"), (1, "aaa"), (2, "aaa"), (3, "aaa")}
    assert {(t, e, c) for _, t, e, c in moves(engine, 2) if t != "aaa"} == {
        ("recent", False, "rule"), ("both", False, "rule"),
    }  # fmt: skip
    with reading(engine) as connection:
        rows = connection.execute(sa.select(TAG.c.name, TAG.c.number, TAG.c.retired_at)).all()
    assert {tuple(row) for row in rows} == {
        ("both", 0, later), ("buyer", 1, None), ("recent", 2, later), ("aaa", 3, None),
    }  # fmt: skip
    retag(engine, SMALL, later, 3, ZONE)
    assert carried(engine) == {(1, "buyer"), (1, "recent"), (1, "both"), (2, "recent")}


def test_a_profile_that_is_no_more_loses_its_tags(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    with writing(engine) as connection:
        connection.execute(sa.text("DELETE FROM profile WHERE id = 2"))
    retag(engine, SMALL, AS_OF, 2, ZONE)
    assert moves(engine, 2) == {(2, "recent", False, "gone")}
    assert 2 not in {profile_id for profile_id, _ in carried(engine)}


def test_new_words_of_a_tag_move_nobody(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    titled = library_of(replace(BUYER, title="买家"), RECENT, BOTH)
    assert retag(engine, titled, AS_OF, 2, ZONE).changed == 0
    with reading(engine) as connection:
        title = connection.execute(sa.select(TAG.c.title).where(TAG.c.name == "buyer"))
        assert title.scalar_one() == "买家"


def test_only_notes_that_were_seen_are_taken_off_the_pile(engine, monkeypatch):
    fill(engine)
    with writing(engine) as connection:
        for claimed in (None, 99):  # fresh, and claimed by a run that died
            row = {"profile_id": 1, "reason": "fact", "run_id": 1, "claimed_by_run_id": claimed}
            connection.execute(TOUCHED.insert().values(row))
    from heliu.tags import retag as module

    judge_range = module.judge_range

    def meanwhile(*about):
        with writing(engine) as other:
            other.execute(TOUCHED.insert().values(profile_id=3, reason="fact", run_id=2))
        return judge_range(*about)

    monkeypatch.setattr(module, "judge_range", meanwhile)
    assert retag(engine, SMALL, AS_OF, 5, ZONE).touched == 2
    with reading(engine) as connection:
        assert connection.execute(sa.select(TOUCHED.c.profile_id)).scalars().all() == [3]


class Killed(BaseException):
    """Death, which nothing catches."""


def statements_of(engine, work):
    """How many statements some work takes."""
    counted = []
    listener = lambda *args: counted.append(args[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", listener)
    work()
    sa.event.remove(engine, "before_cursor_execute", listener)
    return len(counted)


def killed_at(engine, number, work):
    left = [number]

    def kill(*_):
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    sa.event.listen(engine, "before_cursor_execute", kill)
    try:
        work()
    except Killed:
        return True
    finally:
        sa.event.remove(engine, "before_cursor_execute", kill)
        engine.dispose()  # the connection is gone with its process
    return False


@pytest.mark.parametrize("next_run", [2, 3])
def test_a_death_at_any_statement_and_a_rerun_leave_what_an_undisturbed_run_leaves(
    sqlite_engine, next_run
):
    fill(sqlite_engine)
    retag(sqlite_engine, SMALL, AS_OF, 1, ZONE)
    start = {table: rows_of(sqlite_engine, table) for table in TABLES}
    later, wider = AS_OF + timedelta(days=40), rule("recent", "{ did: login, within: 365d }")
    library = library_of(BUYER, wider, rule("new", "always"))

    def undisturbed():
        retag(sqlite_engine, library, later, next_run, ZONE)

    steps = statements_of(sqlite_engine, undisturbed)
    expected = state(sqlite_engine)
    assert steps > 20
    deaths = 0
    for number in range(steps):
        restore(sqlite_engine, start)
        deaths += killed_at(
            sqlite_engine, number, lambda: retag(sqlite_engine, library, later, 2, ZONE)
        )
        undisturbed()
        found = state(sqlite_engine)
        if next_run == 2:
            assert found == expected
        else:  # if the first had written all, the second has nothing left to move
            assert [r.split(", datetime")[0] for r in found["profile_tag"]] == [
                r.split(", datetime")[0] for r in expected["profile_tag"]
            ]
            assert found["tag"] == expected["tag"]
            assert found["touched"] == expected["touched"]
    assert deaths == steps


def rows_of(engine, table):
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def restore(engine, rows):
    with writing(engine) as connection:
        for table, wanted in rows.items():
            connection.execute(table.delete())
            if wanted:
                connection.execute(table.insert(), wanted)


def test_two_hundred_tags_in_long_chains_are_one_run(engine):
    fill(engine)
    rules = [rule("t0", "{ did: login, within: 30d }")]
    for n in range(1, 200):
        before = f"t{n - 1}"
        when = {
            0: f"{{ did: login, count: {n % 7}, within: {n}d }}",
            1: f"{{ any: [{{ tag: {before} }}, {{ did: order_paid, within: {n}d }}] }}",
            2: f"{{ not: {{ tag: {before} }} }}",
            3: f"{{ field: created_at, in_last: {n}d }}",
        }[n % 4]
        group = {"group": f"g{n // 40}", "order": n} if n % 4 == 3 else {}
        rules.append(rule(f"t{n}", when, (before,), **group))
    library = library_of(*rules)
    retag(engine, library, AS_OF, 1, ZONE)
    logins = {1: [3], 2: [3], 3: [300]}
    people = {n: [Happening("login", NOW - d * DAY) for d in days] for n, days in logins.items()}
    people[1].append(Happening("order_paid", NOW - 90 * DAY))
    clock = Clock(AS_OF, ZONE)
    assert carried(engine) == {
        (n, tag)
        for n, events in people.items()
        for tag in tags_of(library, Person({}, events), clock, {})
    }


def test_a_long_chain_of_tags_on_tags_is_not_too_deep(engine):
    fill(engine)
    rules = [BUYER]
    for n in range(1, 25):
        before = rules[-1].name
        rules.append(rule(f"t{n}", f"{{ not: {{ tag: {before} }} }}", (before,)))
    retag(engine, library_of(*rules), AS_OF, 1, ZONE)
    assert {tag for n, tag in carried(engine) if n == 1} == {
        "buyer", *(f"t{n}" for n in range(2, 25, 2)),
    }  # fmt: skip


def test_the_cuts_of_a_run_are_kept_and_repeat_it(engine):
    rng = random.Random(5)
    with writing(engine) as connection:
        add_profiles(connection, range(1, 41))
        rows = [
            (n, NOW - m, n * 100 + m, n, "t", "order_paid", rng.randint(1, 9) * 10_000)
            for n in range(1, 41)
            for m in range(rng.randint(0, 3))
        ]
        columns = ["profile_id", "at", "id", "record_id", "source", "type", "amount_fen"]
        bulk_insert(connection, "event", columns, rows)
        # somebody who did something else, and bought nothing, is not among the least buyers
        add_events(connection, [(n, "login", NOW - DAY) for n in range(1, 41)], first_id=90_000)
    library = library_of(
        rule("best", "{ rank: { sum: amount_fen, of: order_paid }, top: 20% }"),
        rule("least", "{ rank: { count: order_paid }, bottom: 50% }"),
        rule("seen", "{ did: login }"),
    )
    retag(engine, library, AS_OF, 1, ZONE)
    with reading(engine) as connection:
        cuts = stored_cuts(connection)
        stored = connection.execute(sa.select(TAG_RUN.c.cuts)).scalar_one()
    assert cuts == json.loads(stored)
    assert set(cuts) == {
        "top 20% by sum amount_fen of order_paid",
        "bottom 50% by count order_paid",
    }
    people = {n: [] for n in range(1, 41)}
    for profile_id, at, *_, amount in rows:
        people[profile_id].append(Happening("order_paid", at, {"amount_fen": amount}))
    buyers = sum(1 for events in people.values() if events)
    for events in people.values():
        events.append(Happening("login", NOW - DAY))
    clock = Clock(AS_OF, ZONE)
    assert carried(engine) == {
        (n, tag)
        for n, events in people.items()
        for tag in tags_of(library, Person({}, events), clock, cuts)
    }
    assert 0 < len([1 for _, tag in carried(engine) if tag == "best"]) <= buyers // 5


def test_a_run_counts_who_carries_what(engine):
    fill(engine)
    retag(engine, library_of(BUYER, RECENT, rule("nobody", "{ did: service }")), AS_OF, 7, ZONE)
    columns = (TAG_COUNT.c.tag, TAG_COUNT.c.profiles, TAG_COUNT.c.entered, TAG_COUNT.c.left)
    with reading(engine) as connection:
        rows = {tuple(row) for row in connection.execute(sa.select(*columns))}
    assert rows == {("buyer", 1, 1, 0), ("recent", 2, 2, 0), ("nobody", 0, 0, 0)}


def test_an_empty_library_takes_every_tag_away(engine):
    fill(engine)
    retag(engine, SMALL, AS_OF, 1, ZONE)
    counts = retag(engine, library_of(), AS_OF, 2, ZONE)
    assert (carried(engine), counts.left) == (set(), 4)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_statement_printed_for_people_runs_as_it_stands(request, dialect):
    engine = request.getfixturevalue("sqlite_engine") if dialect == "sqlite" else None
    problems = Problems()
    library = load_library([ROOT, ROOT / "examples/firm"], Vocabulary(), problems)
    text = to_sql(library, dialect, Clock(AS_OF, ZONE), {})
    assert ":" not in text.replace("::", "")
    if engine is not None:
        fill(engine)
        with reading(engine) as connection:
            assert len(connection.exec_driver_sql(text).all()) == 3
