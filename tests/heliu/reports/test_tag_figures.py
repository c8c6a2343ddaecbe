"""What the tags page shows, counted again by plain Python."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.reports.figures import tag_moves, tag_overlap, tag_use, tagging
from heliu.reports.figures.tags import gather_tags
from heliu.reports.page.tag_overlap import LARGEST, largest
from models.database import reading, writing
from tests.heliu.reports.tag_world import ALL, INSIDE, NOBODY, NOW, TWIN, ZONE, TagWorld, seconds


@pytest.fixture
def world(engine):
    return TagWorld().write(engine)


def pairs_of(engine, world):
    sizes = {tag: len(people) for tag, people in world.held.items()}
    with reading(engine) as connection:
        return tag_overlap.pairs(connection, sizes, len(world.people))


def test_every_pair_of_tags_is_counted_as_sets_would_count_it(engine, world):
    found = {frozenset((pair.smaller, pair.larger)): pair for pair in pairs_of(engine, world)}
    known = {tag: people for tag, people in world.held.items() if people}
    assert found.keys() == {frozenset(two) for two in combinations(known, 2)}
    for one, other in combinations(known, 2):
        a, b, pair = known[one], known[other], found[frozenset((one, other))]
        assert (pair.both, pair.people) == (len(a & b), len(world.people))
        assert {pair.small, pair.large} == {len(a), len(b)}
        assert pair.small == len(known[pair.smaller]) <= pair.large
        assert pair.overlap == len(a & b) / min(len(a), len(b))
        assert pair.jaccard == len(a & b) / len(a | b)
        chance = len(a) / len(world.people) * len(b) / len(world.people)
        assert pair.lift == pytest.approx(len(a & b) / len(world.people) / chance)


def test_more_tags_than_bits_in_a_word_are_counted_too(engine):
    world = TagWorld(people=30, tags=70).write(engine)
    for pair in pairs_of(engine, world):
        assert pair.both == len(world.held[pair.smaller] & world.held[pair.larger])


def test_of_very_many_tags_the_largest_are_compared(sqlite_engine, monkeypatch):
    monkeypatch.setattr(tag_overlap, "MOST_TAGS", 3)
    world = TagWorld().write(sqlite_engine)
    by_size = sorted(world.held, key=lambda tag: (-len(world.held[tag]), tag))
    found = {tag for pair in pairs_of(sqlite_engine, world) for tag in (pair.smaller, pair.larger)}
    assert found == set(by_size[:3])


@given(st.dictionaries(st.frozensets(st.integers(0, 130)), st.integers(1, 9), max_size=8))
def test_patterns_say_how_many_have_two_of_their_bits(people):
    patterns = {
        tuple(sum(1 << bit % 60 for bit in bits if bit // 60 == word) for word in range(3)): count
        for bits, count in people.items()
    }
    found = tag_overlap.count_pairs(patterns)
    for one, other in {tuple(sorted(two)) for bits in people for two in combinations(bits, 2)}:
        both = sum(count for bits, count in people.items() if {one, other} <= bits)
        assert found[one, other] == both
    assert sum(found.values()) == sum(
        count * len(bits) * (len(bits) - 1) // 2 for bits, count in people.items()
    )


def test_twins_and_tags_inside_another_are_named(engine, world):
    pairs = pairs_of(engine, world)
    assert [(p.smaller, p.larger) for p in pairs if p.alike] == [(TWIN, "t.00")]
    assert (INSIDE, "t.02") in {(pair.smaller, pair.larger) for pair in pairs if pair.inside}
    assert all(world.held[p.smaller] < world.held[p.larger] for p in pairs if p.inside)


def test_twins_that_a_hand_may_part_are_none(engine, world):
    with writing(engine) as connection:
        before = gather_tags(connection, ZONE, NOW).twins
        connection.exec_driver_sql(f"UPDATE tag SET manual = true WHERE name = '{TWIN}'")
        assert gather_tags(connection, ZONE, NOW).twins == []
    assert [(pair.smaller, pair.larger) for pair in before] == [(TWIN, "t.00")]


def test_two_tags_of_the_same_people_are_alike_and_not_inside_each_other():
    same = tag_overlap.Pair("a", "b", both=30, small=30, large=30, people=90)
    assert (same.alike, same.inside, same.overlap, same.lift) == (True, False, 1.0, 3.0)


def test_moves_are_those_of_the_history_by_tag_cause_and_direction(engine, world):
    with reading(engine) as connection:
        found = tag_moves.moves(connection, max(world.runs))
        assert tag_moves.moves(connection, 99) == []
    told = Counter((tag, cause, entered) for _, _, tag, entered, cause in world.moves)
    assert {(m.tag, m.cause, m.entered): m.people for m in found} == dict(told)


def test_a_days_figures_are_those_of_the_last_run_as_of_it(engine, world):
    late = NOW.replace(hour=23, minute=59)
    with writing(engine) as connection:
        for run, at in ((8, late), (9, late - timedelta(hours=1))):
            connection.exec_driver_sql(
                'INSERT INTO tag_run (run_id, as_of_at, library_hash, cuts, "full", entered,'
                f" \"left\") VALUES ({run}, {seconds(at)}, 'l', '{{}}', true, 0, 0)"
            )
            connection.exec_driver_sql(
                'INSERT INTO tag_count (run_id, tag, profiles, entered, "left")'
                f" VALUES ({run}, 't.00', {run}, 0, 0)"
            )
    with reading(engine) as connection:
        days = tag_moves.days(connection, ZONE)
        assert [day.run_id for day in tag_moves.days(connection, ZONE, most=2)] == [4, 8]
    expected = {at.date(): run for run, at in world.runs.items()} | {NOW.date(): 8}
    assert {day.day: day.run_id for day in days} == expected
    assert [day.day for day in days] == sorted(expected)
    assert days[-1].people == {"t.00": 8}
    assert days[0].people == {tag: world.counts[1, tag] for tag in world.tags}


def test_days_are_those_of_the_firms_zone():
    at = datetime(2025, 9, 30, 17, tzinfo=UTC)
    runs = [(1, at), (2, at + timedelta(hours=1)), (3, at - timedelta(hours=2))]
    here = tag_moves.last_of_days(runs, ZONE)
    assert [(f"{day:%m-%d}", run) for day, run in here] == [("09-30", 3), ("10-01", 2)]
    there = tag_moves.last_of_days(runs, ZoneInfo("UTC"))
    assert [(f"{day:%m-%d}", run) for day, run in there] == [("09-30", 2)]


def test_a_run_that_has_not_finished_is_not_shown(engine, world):
    last = max(world.runs)
    with writing(engine) as connection:
        connection.exec_driver_sql(f"DELETE FROM tag_count WHERE run_id = {last}")
    with reading(engine) as connection:
        assert tagging.last_retag(connection) == last - 1
        assert tagging.retaggings(connection)[-1].run_id == last - 1
        assert tag_moves.days(connection, ZONE)[-1].run_id == last - 1
        assert gather_tags(connection, ZONE, NOW).last.run_id == last - 1


def test_the_words_of_hands_count_from_when_they_are_said_until_they_are_over(engine, world):
    as_of, soon = NOW, NOW + timedelta(days=30)
    with reading(engine) as connection:
        found = {word.tag: word for word in tag_use.by_hand(connection, as_of, soon)}
    newest = {}
    for word in sorted(world.hands, key=lambda word: (word["at"], word["id"])):
        until = word["until_at"]
        if word["at"] <= seconds(as_of) and (until is None or until > seconds(as_of)):
            newest[word["profile_id"], word["tag"]] = word
    for tag in {tag for _, tag in newest}:
        words = [word for (_, other), word in newest.items() if other == tag]
        yes = sum(word["holds"] for word in words)
        ending = sum(1 for word in words if (word["until_at"] or 2**40) < seconds(soon))
        assert found[tag] == tag_use.ByHand(tag, yes, len(words) - yes, ending)
    assert found.keys() == {tag for _, tag in newest}
    assert any(word.soon for word in found.values())


def test_tags_that_tell_nobody_apart_are_found(engine, world):
    readers = {tag: tag_use.Readers(segments=("人群",)) for tag in world.tags} | {
        NOBODY: tag_use.Readers(),
        "t.02": tag_use.Readers(),
    }
    with reading(engine) as connection:
        figures = gather_tags(connection, ZONE, NOW, tag_use.Rulebook(readers=readers))
        unread = gather_tags(connection, ZONE, NOW)
    assert figures.everybody == {ALL}
    assert [tag.name for tag in figures.empty] == [
        tag for tag, people in sorted(world.held.items()) if not people
    ]
    assert {tag.name for tag in figures.unused} == {NOBODY, "t.02"}
    assert unread.unused == []  # nothing is said of rules nobody read
    assert all(ALL not in (pair.smaller, pair.larger) for pair in figures.telling)
    assert ALL not in largest(figures)
    assert len(largest(figures)) <= LARGEST
    assert (figures.held, figures.people) == (
        sum(map(len, world.held.values())),
        len(world.people),
    )


def test_groups_come_as_the_files_name_them_and_the_largest_tag_first(engine, world):
    titles = {"stage": "阶段", "empty": "没有标签的组", "activity": "活跃"}
    with reading(engine) as connection:
        figures = gather_tags(connection, ZONE, NOW, tag_use.Rulebook(groups=titles))
    assert list(figures.groups) == ["stage", "activity", "course", ""]
    for group, tags in figures.groups.items():
        mine = [tag for tag in world.tags if world.group[tag] == (group or None)]
        assert [t.name for t in tags] == sorted(mine, key=lambda t: (-len(world.held[t]), t))
