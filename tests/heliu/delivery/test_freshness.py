"""Whatever rests on something too old is stale, over any number of tags; nothing else is."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.delivery.freshness import Kind, causes_of, late_sources, late_tags, staleness
from heliu.delivery.reads import Reads, campaign_reads, content_reads, library_reads, rule_reads
from heliu.errors import Place
from heliu.rules.asks import ConsentWord, HandWord, Selected
from heliu.rules.conditions import (
    Aggregate,
    AllOf,
    AnyOf,
    Compare,
    ConsentTest,
    Did,
    Exists,
    FieldTest,
    HandTest,
    HasTag,
    Not,
    Question,
    SelectTest,
    Verdict,
)
from heliu.rules.library import Library, SegmentRule, TagRule
from heliu.rules.vocabulary import STANDARD_FIELDS
from heliu.sources.feeds import Datum
from heliu.sources.spec import Cell, FactSpec, SourceSpec, SubjectSpec
from tests.heliu.delivery.conftest import NOW, a_campaign

HERE = Place("here")
HOUR = timedelta(hours=1)
DAY = 86_400  # seconds


def a_source(
    name: str, *events: str, fields: tuple[str, ...] = (), consents: bool = False, **said: Any
) -> SourceSpec:
    """Without fields it only tells facts of other sources' people."""
    facts = [
        FactSpec("events", HERE, {"type": Cell(HERE, constant=event), "at": Cell(HERE, "at")})
        for event in events
    ]
    facts += [FactSpec("consents", HERE, {})] if consents else []
    usual: dict[str, Any] = {
        "title": name, "files": (), "sheet": None, "snapshot": False, "trust": 50,
        "channel": name, "key": (), "key_like": None, "created_at": None, "updated_at": None,
        "fields": {field: Cell(HERE, field) for field in fields}, "field_types": {},
        "identifiers": (), "facts": tuple(facts), "mapping_hash": "",
        "subject": None if fields else SubjectSpec((), Cell(HERE, constant="crm")),
    }  # fmt: skip
    return SourceSpec(name=name, place=HERE, **{"max_age_seconds": DAY, **usual, **said})


def did(event: Any) -> Did:
    return Did(Question(Aggregate.COUNT, event), Compare(">", 0))


def knows(field: str) -> FieldTest:
    return FieldTest(STANDARD_FIELDS[field], Exists(True))


def a_tag(name: str, condition: Any, **said: Any) -> TagRule:
    return TagRule(name=name, title=name, condition=condition, place=HERE, **said)


def a_library(*rules: TagRule) -> Library:
    return Library({rule.name: rule for rule in rules})


def a_segment(condition: Any) -> dict[str, SegmentRule]:
    return {"all": SegmentRule(name="all", title="all", condition=condition, place=HERE)}


class Contents:
    """A library whose every template takes these names and these fields of the profile."""

    def __init__(self, *names: str, fields: frozenset[str] | None = frozenset()) -> None:
        self.found: Any = SimpleNamespace(names=frozenset(names), fields=fields)

    def variant(self, content: str, channel: str) -> Any:
        return self.found


def holds(sources, library=None, condition=None, heard=None, tagged=None, contents=None):
    """The late things that hold a campaign whose segment is this condition."""
    library = library or a_library()
    tagged = dict.fromkeys(library.tags, NOW) if tagged is None else tagged
    lates = [*late_sources(sources, heard or {}, NOW), *late_tags(library, tagged, NOW)]
    segment = a_segment(condition or knows("gender"))
    reads = campaign_reads(a_campaign(), segment, contents or Contents(), library_reads(library))
    return [late.name for late in causes_of(reads, lates)]


@pytest.mark.parametrize(
    ("age", "late"),
    [(DAY - 1, False), (DAY, False), (DAY + 1, True), (-DAY, False), (None, True)],
)
def test_a_source_is_late_once_it_is_older_than_it_may_be(age, late):
    heard = {} if age is None else {"crm": NOW - timedelta(seconds=age)}
    assert bool(late_sources([a_source("crm")], heard, NOW)) is late
    assert late_sources([a_source("crm", max_age_seconds=None)], heard, NOW) == []


@pytest.mark.parametrize(
    ("limit", "age", "late"),
    [(DAY, DAY, False), (DAY, DAY + 1, True), (None, 400 * DAY, False), (None, None, True)],
)
def test_a_tag_is_late_once_it_was_computed_too_long_ago_or_never(limit, age, late):
    library = a_library(a_tag("a.b", knows("city"), max_age_seconds=limit))
    tagged = {} if age is None else {"a.b": NOW - timedelta(seconds=age)}
    assert bool(late_tags(library, tagged, NOW)) is late


def test_a_tag_of_a_tag_of_a_stale_source_is_stale_and_so_is_a_segment():
    library = a_library(
        a_tag("one", did("login")),
        a_tag("two", Not(HasTag(("one",)))),
        a_tag("three", knows("city")),
    )
    sources = [a_source("site", "login"), a_source("crm", fields=("city",))]
    segments = a_segment(AnyOf((HasTag(("two",)), knows("gender"))))
    found = staleness(
        sources, library, segments, {"crm": NOW}, dict.fromkeys(library.tags, NOW), NOW
    )
    assert [(one.kind, one.name) for one in found] == [
        (Kind.SOURCE, "site"), (Kind.TAG, "one"), (Kind.TAG, "two"), (Kind.SEGMENT, "all"),
    ]  # fmt: skip
    assert {late.name for one in found for late in one.causes} == {"site"}


def test_in_an_exclusive_group_a_tag_rests_on_those_before_it():
    library = a_library(
        a_tag("a.first", did("login"), group="a", order=1),
        a_tag("a.second", knows("city"), group="a", order=2),
    )
    assert holds([a_source("site", "login")], library, HasTag(("a.second",))) == ["site"]
    assert holds([a_source("crm", fields=("city",))], library, HasTag(("a.first",))) == []


@pytest.mark.parametrize(
    ("source", "condition", "held"),
    [
        (a_source("s", "login"), did("login"), True),
        (a_source("s", "login"), did("course_view"), False),
        (a_source("s", "login"), did(("course_view", "login")), True),
        (a_source("s", "login"), did(None), True),
        (a_source("s", fields=("city",)), did(None), False),
        (a_source("s", fields=("city",)), knows("city"), True),
        (a_source("s", fields=("city",)), knows("province"), False),
        (a_source("s", "login"), did("message_opened"), False),
        (a_source("s", "login"), HandTest(HandWord("vip"), True), False),
        (a_source("s", fields=("city",)), SelectTest(Selected("SELECT 1")), True),
        (a_source("s", "login"), ConsentTest(ConsentWord("sms", "x"), Verdict.GRANTED), False),
        (a_source("s", consents=True), ConsentTest(ConsentWord("sms", "x"), Verdict.REFUSED), True),
        (a_source("s", "login"), AllOf((knows("city"), Not(did("login")))), True),
    ],
)  # fmt: skip
def test_a_campaign_is_held_by_a_late_source_its_segment_reads_and_by_no_other(
    source, condition, held
):
    assert holds([source], condition=condition) == (["s"] if held else [])


def test_every_campaign_rests_on_consents():
    assert holds([a_source("ledger", consents=True)]) == ["ledger"]


def test_a_mapping_whose_events_only_its_rows_name_feeds_every_event_asked_for():
    type_ = {"type": Cell(HERE, "what"), "at": Cell(HERE, "at")}
    source = a_source("site", facts=(FactSpec("events", HERE, type_),))
    assert holds([source], condition=did("login")) == ["site"]
    assert holds([source], condition=knows("city")) == []


@pytest.mark.parametrize(
    ("names", "fields", "read"),
    [
        (("profile",), {"surname", "name"}, set()),
        (("profile",), {"surname", "exam_date"}, {"field exam_date"}),
        (("profile",), None, {"source *"}),
        (("firm", "course"), None, set()),
        (("order",), frozenset(),
         {"event order_created", "event order_paid", "event order_refunded", "event *"}),
    ],
)  # fmt: skip
def test_what_a_template_says_of_a_person_counts_but_how_it_greets_does_not(names, fields, read):
    variant = Contents(*names, fields=fields).found
    found = content_reads(variant, ["a.b"])
    assert {f"{kind} {name}" for kind, name in found.data} == read
    assert found.tags == frozenset()


def test_a_template_that_lists_tags_rests_on_all_of_them():
    assert content_reads(Contents("tags").found, ["a", "b"]).tags == {"a", "b"}


def test_a_late_tag_holds_whoever_reads_it_and_says_so():
    library = a_library(
        a_tag("old", knows("city"), max_age_seconds=DAY, owner="crm-team"),
        a_tag("above", HasTag(("old",))),
        a_tag("other", knows("city")),
    )
    tagged = {**dict.fromkeys(library.tags, NOW), "old": NOW - 73 * HOUR}
    assert holds([], library, HasTag(("above",)), tagged=tagged) == ["old"]
    assert holds([], library, HasTag(("other",)), tagged=tagged) == []
    (late,) = late_tags(library, tagged, NOW)
    assert late.owner == "crm-team"
    assert late.says(NOW) == "tag old is 73h old, may be at most 1d"


def test_what_was_never_heard_of_says_so():
    (source,) = late_sources([a_source("crm")], {}, NOW)
    (tag,) = late_tags(a_library(a_tag("a.b", knows("city"))), {}, NOW)
    assert source.says(NOW) == "source crm was never heard of, may be at most 1d old"
    assert tag.says(NOW) == "tag a.b was never computed"


def test_nothing_late_is_nothing_stale():
    library = a_library(a_tag("one", did("login")))
    assert staleness([a_source("s", "login")], library, {}, {"s": NOW}, {"one": NOW}, NOW) == []


EVENTS = ("login", "course_view", "trial_lesson")
FIELDS = ("city", "province")


@dataclass(frozen=True)
class World:
    """A firm as sets of names: what each source tells, each tag reads, the segment reads."""

    told: dict[str, set[str]]  # source → events and fields
    read: list[set[str]]  # tag by number → events, fields, and numbers of earlier tags
    wanted: set[str]  # by the segment
    late: set[str]  # sources and tags

    def reached(self) -> set[str]:
        """The late things the segment rests on, by walking."""
        names, tags, todo = set(), set(), list(self.wanted)
        while todo:
            one = todo.pop()
            if one.startswith("t."):
                tags.add(one)
                todo += self.read[int(one[2:])]
            names.add(one)
        sources = {name for name, told in self.told.items() if told & names}
        return self.late & (sources | tags)


@st.composite
def worlds(draw) -> World:
    words = st.sets(st.sampled_from(EVENTS + FIELDS), min_size=1, max_size=2)
    told = {f"s{n}": draw(words) for n in range(draw(st.integers(1, 4)))}
    read: list[set[str]] = []
    for number in range(draw(st.integers(0, 5))):
        earlier = [f"t.{n}" for n in range(number)]
        below = draw(st.sets(st.sampled_from(earlier), max_size=2)) if earlier else set()
        read.append(draw(words) | below if not below or draw(st.booleans()) else below)
    tags = [f"t.{n}" for n in range(len(read))]
    wanted = draw(st.sets(st.sampled_from([*EVENTS, *FIELDS, *tags]), min_size=1, max_size=3))
    late = draw(st.sets(st.sampled_from([*told, *tags]), max_size=3))
    return World(told, read, wanted, late)


def leaf(name: str) -> Any:
    if name.startswith("t."):
        return HasTag((name,))
    return did(name) if name in EVENTS else Not(knows(name))


def rule(names: set[str]) -> Any:
    parts = tuple(map(leaf, sorted(names)))
    return parts[0] if len(parts) == 1 else AllOf((AnyOf(parts[:1]), *parts[1:]))


@given(worlds())
def test_a_campaign_is_held_exactly_by_the_late_things_it_rests_on(world):
    sources = [
        a_source(name, *told & {*EVENTS}, fields=tuple(told & {*FIELDS}))
        for name, told in world.told.items()
    ]
    library = a_library(
        *(a_tag(f"t.{n}", rule(names), max_age_seconds=DAY) for n, names in enumerate(world.read))
    )
    old = NOW - timedelta(days=2)
    at = {name: old if name in world.late else NOW for name in [*world.told, *library.tags]}
    found = holds(sources, library, rule(world.wanted), heard=at, tagged=at)
    assert set(found) == world.reached()
    stale = staleness(sources, library, a_segment(rule(world.wanted)), at, at, NOW)
    segments = [one for one in stale if one.kind is Kind.SEGMENT]
    assert bool(segments) == bool(found)


def test_a_rule_reads_what_it_says_and_no_more():
    condition = AllOf((did("login"), knows("city"), HasTag(("a", "b"))))
    assert rule_reads(condition) == Reads(
        frozenset({"a", "b"}),
        frozenset({Datum("event", "login"), Datum("event"), Datum("field", "city")}),
    )
