"""Why a tag is carried or not: the verdict is the stored one, every leaf tells its measure."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from heliu.errors import PermanentError, Place
from heliu.identity.people.shown import MASKED, PLAIN
from heliu.rules.library import Library, TagRule
from heliu.rules.person import Happening, Person
from heliu.tags.asked import UnknownTag, ask_tag
from heliu.tags.explain import explain_tag
from heliu.tags.person import load_people, load_person
from heliu.tags.retag import retag
from heliu.tags.stored import last_run
from models.bulk import bulk_insert
from models.database import reading, writing
from tests.heliu.rules.grammar import AS_OF, CLOCK, DAY, VOCABULARY, ZONE, libraries, read
from tests.heliu.rules.people import HOUR, people_of, store


def rule(name, plain, tags=(), **more):
    return TagRule(name, f"{name} 标签", read(plain, tags), Place("t.yaml"), **more)


def library_of(*rules):
    return Library({each.name: each for each in rules})


def told(library, person, tag, cuts=None, shown=MASKED):
    return explain_tag(library, person, tag, CLOCK, cuts or {}, shown)


def nodes(node):
    yield node
    for part in node.parts:
        yield from nodes(part)


def leaf(answer):
    """The only leaf of an explanation."""
    [found] = [node for node in nodes(answer.tree) if node.kind == "leaf"]
    return found


FILLED = (
    "event", "receipt", "attempt", "message", "content", "consent", "hand_tag", "alias",
    "profile_tag", "tag_change", "tag_run", "tag_count", "tag", "profile",
)  # fmt: skip


def empty(engine):
    with writing(engine) as connection:
        for name in FILLED:
            connection.execute(SQLModel.metadata.tables[name].delete())


def ask(engine, library, profile_id, tag, as_of=None, shown=MASKED):
    with reading(engine) as connection:
        return ask_tag(connection, library, VOCABULARY, profile_id, tag, ZONE, shown, as_of)


@given(library=libraries(), people=st.integers(0, 2**32).map(people_of))
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_explanation_comes_to_the_stored_result(engine, library, people):
    empty(engine)
    with writing(engine) as connection:
        store(connection, people)
    retag(engine, library, AS_OF, 1, ZONE)
    with reading(engine) as connection:
        stored = set(
            connection.execute(sa.text("SELECT profile_id, tag FROM profile_tag")).tuples()
        )
        run = last_run(connection)
        found = load_people(connection, VOCABULARY, range(1, len(people) + 1), AS_OF, library)
    verdicts = set()
    for n, tag in ((n, tag) for n in found for tag in library.tags):
        tree = explain_tag(library, found[n], tag, CLOCK, run.cuts, MASKED, 1).tree
        assert tree.holds == sound(tree)
        verdicts |= {(n, tag)} if tree.holds else set()
    assert len(found) == len(people)
    assert verdicts == stored
    some = sorted(stored)[:2] + [(1, tag) for tag in list(library.tags)[:2]]
    answers = [ask(engine, library, n, tag) for n, tag in some]
    assert [(answer.agrees, answer.remarks) for answer in answers] == [(True, ())] * len(some)


def sound(node):
    """What a node's parts come to; of one without parts, what it says itself."""
    if node.kind == "leaf" or not node.parts:
        return node.holds
    parts = [sound(part) for part in node.parts]
    return {
        "tag": all(parts),
        "all": all(parts),
        "any": any(parts),
        "fresh": any(parts),
        "none": not any(parts),
        "not": not parts[0],
        "earlier": not parts[0],
    }[node.kind]


@given(people=st.integers(0, 2**32).map(people_of))
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
def test_people_are_loaded_as_they_were_stored(engine, people):
    empty(engine)
    with writing(engine) as connection:
        store(connection, people)
    with reading(engine) as connection:
        ids = range(1, len(people) + 1)
        found = load_people(connection, VOCABULARY, [*ids, 777], AS_OF)
        one = load_person(connection, VOCABULARY, 3, AS_OF)
    assert found[3] == one
    assert set(found) == set(ids)
    for n, person in enumerate(people, start=1):
        assert found[n].fields == known(person.fields)
        wanted = [(e.at, e.type, known(e.properties)) for e in so_far(person.events)]
        got = [(e.at, e.type, e.properties) for e in found[n].events]
        assert sorted(got, key=repr) == sorted(wanted, key=repr)
        hands = [(h.at, h.tag, h.holds, h.until or 0) for h in so_far(person.hands)]
        assert sorted((h.at, h.tag, h.holds, h.until or 0) for h in found[n].hands) == sorted(hands)
        said = [(c.channel, c.topic, c.granted, c.at) for c in found[n].consents]
        words = [(c.channel, c.topic, c.granted, c.at) for c in so_far(person.consents)]
        assert sorted(said) == sorted(words)


def so_far(facts):
    return [fact for fact in facts if fact.at <= CLOCK.at]


def known(values):
    return {name: value for name, value in values.items() if value is not None}


def test_a_leaf_tells_its_words_its_measure_and_the_events_behind_it():
    library = library_of(
        rule(
            "keen",
            {"did": "course_view", "count": ">= 2", "within": "90d", "where": {"item": "cnc"}},
        )
    )
    events = [
        Happening("course_view", CLOCK.at - DAY, {"item": "cnc", "amount_fen": 3}),
        Happening("course_view", CLOCK.at - DAY, {"item": "hr"}),
        Happening("login", CLOCK.at - DAY),
        Happening("course_view", CLOCK.at - 91 * DAY, {"item": "cnc"}),
    ]
    answer = told(library, Person(events=events), "keen")
    found = leaf(answer)
    assert (answer.holds, found.holds, found.measured) == (False, False, ("1", "1"))
    assert found.says.zh == "近 90 天 course_view(item=cnc) 次数 ≥ 2"
    assert found.says.en == "count of course_view(item=cnc) within 90d ≥ 2"
    [seen] = found.evidence.newest
    assert (found.evidence.count, seen.at, seen.properties) == (
        1, CLOCK.at - DAY, (("item", "cnc"),),
    )  # fmt: skip


def test_only_the_ten_newest_events_are_told_and_all_are_counted():
    library = library_of(rule("busy", {"did": "login"}))
    events = [Happening("login", CLOCK.at - n * HOUR) for n in range(25)]
    evidence = leaf(told(library, Person(events=events), "busy")).evidence
    assert evidence.count == 25
    assert [seen.at for seen in evidence.newest] == [CLOCK.at - n * HOUR for n in range(10)]


@pytest.mark.parametrize(
    ("plain", "zh", "en", "measure"),
    [
        (
            {"did": "order_paid", "sum": "amount_fen", "is": ">= 500000", "within": "this_year"},
            "今年 order_paid 的 amount_fen 合计 ≥ 500000 (¥5,000.00)",
            "sum of amount_fen of order_paid this_year ≥ 500000 (¥5,000.00)",
            "123456 (¥1,234.56)",
        ),
        (
            {"did": "any", "count": "between 1 and 3", "between": ["90d", "30d"]},
            "90 天前至 30 天前 任意事件 次数 介于 1 与 3 之间",
            "count of any event between 90d and 30d ago between 1 and 3",
            "0",
        ),
        (
            {"last": "order_paid", "older_than": "12h"},
            "order_paid 最近一次 在12 小时以前",
            "last order_paid older than 12h",
            "2026-02-28 11:30:00",
        ),
        (
            {"sequence": ["order_paid", "login"], "within": "30d", "then_not": "course_view"},
            "近 30 天依次发生 order_paid → login，此后没有 course_view",
            "order_paid, then later login within 30d, and then no course_view",
            "order_paid 2026-02-28 11:30:00; login never; course_view never",
        ),
        (
            {"field": "exam_date", "in_next": "30d"},
            "字段 exam_date 在未来 30 天内",
            "field exam_date in the next 30d",
            "2026-03-20",
        ),
        (
            {"field": "level", "gt": 3},
            "字段 level > 3",
            "field level > 3",
            "7",
        ),
        (
            {"field": "city", "in": ["成都", "重庆"]},
            "字段 city = 成都 或 重庆",
            "field city = 成都 or 重庆",
            "unknown",
        ),
        (
            {"field": "created_at", "between": ["30d", "1d"]},
            "字段 created_at 晚于30 天前且早于1 天前（含两端）",
            "field created_at after 30d ago and before 1d ago (both included)",
            "2026-02-27 11:30:00",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_leaf_has_words(plain, zh, en, measure):
    person = Person(
        {"level": 7, "exam_date": "2026-03-20", "created_at": CLOCK.at - 2 * DAY},
        [Happening("order_paid", CLOCK.at - DAY, {"amount_fen": 123_456})],
    )
    found = leaf(told(library_of(rule("t", plain)), person, "t"))
    assert (found.says.zh, found.says.en, found.measured.en) == (zh, en, measure)


def test_a_rank_tells_its_cut_and_that_it_was_taken_to_stay():
    library = library_of(rule("top", {"rank": {"count": "login"}, "top": "20%"}))
    [rank] = library.ranks
    person = Person(events=[Happening("login", CLOCK.at - DAY)] * 3)
    answer = told(library, person, "top", {str(rank): 2})
    assert (answer.holds, answer.ranks) == (True, True)
    assert leaf(answer).measured == ("3（分界 ≥ 2）", "3 (cut ≥ 2)")
    assert leaf(told(library, person, "top")).measured.en == "3 (no cut)"


def test_what_says_who_somebody_is_stays_masked_unless_shown():
    rules = [
        rule("birthday", {"field": "birthday", "anniversary_within": "7d"}),
        rule("named", {"field": "name", "is": "李涵轩"}),
        rule("noted", {"did": "login", "where": {"lesson": "打给 13912345678"}}),
    ]
    person = Person(
        {"birthday": "1990-03-02", "name": "李涵轩"},
        [Happening("login", CLOCK.at, {"lesson": "打给 13912345678"})],
    )
    library = library_of(*rules)
    for tag, secret in (("birthday", "1990-03-02"), ("named", "涵轩"), ("noted", "13912345678")):
        assert told(library, person, tag).holds
        assert secret not in repr(told(library, person, tag).tree)
        assert secret in repr(told(library, person, tag, shown=PLAIN).tree)


def test_a_group_shows_which_earlier_member_took_the_place():
    library = library_of(
        rule("stage.b", "always", group="stage", order=2),
        rule("stage.a", {"did": "login"}, group="stage", order=1),
    )
    answer = told(library, Person(events=[Happening("login", CLOCK.at)]), "stage.b")
    earlier = answer.tree.parts[1]
    assert (answer.holds, earlier.kind, earlier.tag, earlier.holds) == (
        False, "earlier", "stage.a", False,
    )  # fmt: skip
    assert earlier.says.en == "and not earlier member stage.a"


def test_a_tag_that_is_read_is_told_with_its_own_reasons_once():
    library = library_of(
        rule("active", {"did": "login", "within": "7d"}),
        rule("calm", {"all": [{"tag": "active"}, {"not": {"tag": "active"}}]}, ("active",)),
    )
    answer = told(library, Person(events=[Happening("login", CLOCK.at)]), "calm")
    tags = [node for node in nodes(answer.tree) if node.kind == "tag" and node.tag == "active"]
    assert [(node.holds, bool(node.parts)) for node in tags] == [(True, True), (True, False)]


def fill(engine):
    with writing(engine) as connection:
        columns = ["id", "records", "sources", "created_run_id", "changed_run_id"]
        bulk_insert(connection, "profile", columns, [(1, 1, 1, 1, 1), (2, 1, 1, 1, 1)])
        columns = ["profile_id", "type", "at", "id", "record_id", "source"]
        rows = [(1, "login", CLOCK.at - DAY, 5, 1, "t"), (1, "login", CLOCK.at + DAY, 6, 1, "t")]
        bulk_insert(connection, "event", columns, rows)


RECENT = library_of(rule("recent", {"did": "login", "within": "30d"}))


def test_an_answer_stands_beside_what_is_stored_and_how_it_came(engine):
    fill(engine)
    retag(engine, RECENT, AS_OF - timedelta(days=9), 1, ZONE)
    retag(engine, RECENT, AS_OF, 2, ZONE)
    answer = ask(engine, RECENT, 1, "recent")
    assert (answer.told.holds, answer.agrees, answer.remarks) == (True, True, ())
    assert answer.stored.since == AS_OF
    assert [(move.entered, move.run_id) for move in answer.stored.moves] == [(True, 2)]
    assert answer.told.next.at == AS_OF + timedelta(days=29)  # tomorrow's login is not seen
    assert leaf(answer.told).evidence.newest[0].id == 5


def test_why_an_answer_may_differ_from_what_is_stored_is_said(engine):
    fill(engine)
    with pytest.raises(PermanentError, match="no tag run has finished"):
        ask(engine, RECENT, 1, "recent")
    assert remarks(ask(engine, RECENT, 1, "recent", AS_OF)) == ["no tag run has finished yet"]
    retag(engine, RECENT, AS_OF, 1, ZONE)
    later = ask(engine, RECENT, 1, "recent", AS_OF + timedelta(days=60))
    assert (later.told.holds, later.agrees) == (False, False)
    assert remarks(later) == ["this is another moment than the last run's"]
    changed = library_of(rule("recent", {"did": "login", "within": "1h"}))
    assert remarks(ask(engine, changed, 1, "recent")) == ["the rules changed since the last run"]
    with writing(engine) as connection:
        connection.execute(sa.text("DELETE FROM event"))
    puzzled = ask(engine, RECENT, 1, "recent")
    assert remarks(puzzled)[0].startswith("differs from what is stored for no known reason")
    with writing(engine) as connection:
        bulk_insert(connection, "touched", ["profile_id", "reason", "run_id"], [(1, "fact", 1)])
    touched = ask(engine, RECENT, 1, "recent")
    assert remarks(touched) == ["facts of this profile changed since the last run"]


def remarks(answer):
    return [remark.en for remark in answer.remarks]


def test_an_unknown_tag_or_profile_is_one_clear_error(engine):
    fill(engine)
    retag(engine, RECENT, AS_OF, 1, ZONE)
    with pytest.raises(UnknownTag, match=r"unknown tag 'recnt' \(did you mean 'recent'\?\)"):
        ask(engine, RECENT, 1, "recnt")
    with pytest.raises(PermanentError, match="profile 9 is no more"):
        ask(engine, RECENT, 9, "recent")
