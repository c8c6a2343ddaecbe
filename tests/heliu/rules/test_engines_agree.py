"""One rule, two meanings: plain Python for one person, SQL for all. They must be one."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.errors import Place
from heliu.rules.among import Among
from heliu.rules.conditions import tags_in
from heliu.rules.cuts import bucket_width, cut_of, rank_cuts
from heliu.rules.library import Library, SegmentRule, TagRule
from heliu.rules.person import Happening, Person
from heliu.rules.reference import Reference, tags_of
from heliu.rules.sql import measures_select
from heliu.rules.words import bit_of, library_select, word_names
from heliu.segments.members import members
from models.bulk import bulk_insert, stage_ids
from tests.heliu.rules.grammar import AS_OF, CLOCK, DAY, ZONE, conditions, libraries, read
from tests.heliu.rules.people import NAMES, PEOPLE, store, undone

SLOW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(library=libraries(), people=PEOPLE, offset=st.sampled_from([0, 58, 118]))
@SLOW
def test_everybody_has_the_tags_the_reference_engine_gives(engine, library, people, offset):
    numbers = {name: n for n, name in enumerate(library.tags, start=offset)}
    with undone(engine) as connection:
        store(connection, people)
        measures = measures_select(library.questions, CLOCK).subquery()
        cuts = rank_cuts(connection, library, measures)
        rows = connection.execute(library_select(library, numbers, CLOCK, cuts)).all()
        listed = Among(low=2, listed=stage_ids(connection, "some", [1, 3, 4, 9]))
        some = connection.execute(library_select(library, numbers, CLOCK, cuts, listed)).all()
    assert cuts == {str(rank): naive_cut(rank, people) for rank in library.ranks}
    wanted = {n: tags_of(library, p, CLOCK, cuts) for n, p in enumerate(people, start=1)}
    assert {profile_id: words for profile_id, *words in rows} == {
        n: words_of(tags, numbers) for n, tags in wanted.items()
    }
    assert sorted(some) == sorted(row for row in rows if row[0] in (3, 4, 9))


def words_of(tags, numbers):
    words = [0] * len(word_names(numbers))
    for tag in tags:
        word, bit = bit_of(numbers[tag])
        words[word] |= bit
    return words


@pytest.mark.parametrize(
    "windows", [("30d", "90d"), ("90d", "30d"), ("30d", "last_quarter"), ("90d", None)]
)
@pytest.mark.parametrize("events", [("login", "login"), ("login", "any"), ("any", "login")])
def test_an_event_is_read_if_any_question_reaches_back_to_it(sqlite_engine, windows, events):
    rules = [
        TagRule(
            f"t.{n}", "t", read({"did": event, **({"within": w} if w else {})}), Place("t.yaml")
        )
        for n, (event, w) in enumerate(zip(events, windows, strict=True))
    ]
    library = Library({rule.name: rule for rule in rules})
    people = [
        Person({"city": None}, [Happening("login", CLOCK.at - days * DAY, dict.fromkeys(NAMES))])
        for days in (20, 60, 89, 91, 400)
    ]
    with undone(sqlite_engine) as connection:
        store(connection, people)
        rows = connection.execute(library_select(library, {"t.0": 0, "t.1": 1}, CLOCK, {})).all()
    assert {n: [word] for n, word in rows} == {
        n: words_of(tags_of(library, person, CLOCK, {}), {"t.0": 0, "t.1": 1})
        for n, person in enumerate(people, start=1)
    }


def naive_cut(rank, people):
    answers = [Reference(person, CLOCK).answer(rank.question) for person in people]
    told = [a for a in answers if a is not None and not (rank.question.counts and a == 0)]
    width = bucket_width(rank)
    lows = [a // width * width for a in told]
    return cut_of([(low, lows.count(low)) for low in set(lows)], rank)


@given(plain=conditions(("t.0", "t.1")), people=PEOPLE, data=st.data())
@SLOW
def test_a_segment_has_the_members_the_reference_engine_gives(engine, plain, people, data):
    condition = read(plain, ("t.0", "t.1"))
    ids = range(1, len(people) + 1)
    carried = {n: data.draw(st.frozensets(st.sampled_from(["t.0", "t.1"]))) for n in ids}
    segment = SegmentRule("s", "s", condition, Place("s.yaml"))
    library = Library({}).lend([segment])
    with undone(engine) as connection:
        store(connection, people)
        rows = [(n, tag, CLOCK.at, 1) for n, tags in carried.items() for tag in sorted(tags)]
        bulk_insert(connection, "profile_tag", ["profile_id", "tag", "since_at", "run_id"], rows)
        measures = measures_select(library.questions, CLOCK).subquery()
        cuts = rank_cuts(connection, library, measures)
        found = connection.execute(members(segment, AS_OF, ZONE, cuts)).scalars().all()
    wanted = [
        n
        for n, person in enumerate(people, start=1)
        if Reference(person, CLOCK, cuts, carried[n]).holds(condition)
    ]
    assert sorted(found) == wanted


@given(library=libraries())
@SLOW
def test_a_hash_changes_with_the_meaning_and_with_nothing_else(library):
    again = Library({n: replace(r, title="other", says="words") for n, r in library.tags.items()})
    assert again.rule_hashes == library.rule_hashes
    assert again.hash == library.hash
    name = sorted(library.tags)[0]
    negated = read({"not": {"field": "city", "is": "elsewhere"}})
    changed = Library({**library.tags, name: replace(library.tags[name], condition=negated)})
    readers = {r.name for r in library.tags.values() if name in tags_in(r.condition)}
    moved = {n for n in library.tags if changed.rule_hashes[n] != library.rule_hashes[n]}
    assert moved >= {name, *readers}
    assert changed.hash != library.hash


def test_what_happened_after_as_of_is_not_seen(engine):
    person = Person({}, [Happening("login", CLOCK.at + 1), Happening("login", CLOCK.at)])
    library = Library({"t": TagRule("t", "t", read({"did": "login", "count": 1}), Place("t.yaml"))})
    with undone(engine) as connection:
        bulk_insert(
            connection,
            "profile",
            ["id", "records", "sources", "created_run_id", "changed_run_id"],
            [(1, 1, 1, 1, 1)],
        )
        bulk_insert(
            connection,
            "event",
            ["profile_id", "at", "id", "record_id", "source", "type"],
            [(1, e.at, n, 1, "test", e.type) for n, e in enumerate(person.events)],
        )
        rows = connection.execute(library_select(library, {"t": 0}, CLOCK, {})).all()
    assert rows == [(1, 1)]
    assert tags_of(library, person, CLOCK, {}) == {"t"}


def test_sqlite_reads_events_in_the_order_they_are_stored(sqlite_engine):
    condition = read({"did": "login", "within": "30d"})
    library = Library({"t": TagRule("t", "t", condition, Place("t.yaml"))})
    select = measures_select(library.questions, CLOCK)
    text = str(select.compile(sqlite_engine, compile_kwargs={"literal_binds": True}))
    with sqlite_engine.connect() as connection:
        plan = connection.execute(sa.text(f"EXPLAIN QUERY PLAN {text}")).all()
    assert [row.detail for row in plan] == ["SCAN event"]  # no index, no sorting
