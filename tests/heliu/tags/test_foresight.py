"""The day a tag will change: exact to the second, held against judging at every other moment."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.errors import Place
from heliu.rules.asks import HandWord
from heliu.rules.conditions import AllOf, HandTest, Not
from heliu.rules.library import Library, TagRule
from heliu.rules.person import ConsentSaid, HandSaid, Happening, Person
from heliu.rules.reference import tags_of
from heliu.rules.windows import Back, Clock
from heliu.tags.foresight import HORIZON_DAYS, next_change
from heliu.tags.swift import Memory, carried_at
from tests.heliu.rules.grammar import AS_OF, CLOCK, DAY, ZONE, libraries, read
from tests.heliu.rules.people import HOUR, HOURS, Chance, people_of

NOON = Clock(AS_OF.replace(hour=12, minute=0), ZONE)
DAYS = 4  # that the property test looks ahead


def at(seconds):
    return Clock(datetime.fromtimestamp(seconds, UTC), ZONE)


def carries(library, person, tag, seconds, cuts=None):
    return tag in tags_of(library, person, at(seconds), cuts or {})


def library_of(**conditions):
    return Library(
        {
            name: TagRule(name, name, condition, Place("t.yaml"))
            for name, condition in conditions.items()
        }
    )


class Hourly(Chance):
    """People whose every fact lies on a whole hour, most about to pass the edge of some window."""

    def moment(self):
        soon = self.rng.randint(-3, DAYS * 20) * HOUR
        return NOON.at - self.rng.choice(HOURS) * HOUR + soon

    def hand(self):
        until = self.rng.choice([None, self.moment() + 7 * DAY])
        tag, holds = f"t.{self.rng.randint(0, 7)}", self.rng.random() < 0.7
        return HandSaid(tag, holds, self.moment(), until, self.rng.randint(1, 999))


TIMELY = [
    {"did": "login", "count": "<= 1", "within": "30d"},
    {"did": "any", "count": ">= 2", "within": "1w"},
    {"did": "any", "sum": "score", "is": ">= 1", "within": "2d"},
    {"did": "any", "max": "score", "is": "> 1", "between": ["30d", "1d"]},
    {"did": "any", "distinct": "item", "is": "between 1 and 2", "between": ["90d", "30d"]},
    {"did": "any", "count": "1", "within": "today"},
    {"did": "any", "within": "this_month"},
    {"did": "login"},
    {"last": "any", "older_than": "1w"},
    {"last": "login", "within": "2d"},
    {"first": "any", "between": ["90d", "30d"]},
    {"last": "login", "after_last": "order_paid"},
    {"sequence": ["any", "any"], "within": "1w"},
    {"sequence": ["login", "any"], "within": "30d", "then_not": "order_paid"},
    {"did": "message_reached", "within": "1w"},
    {"rank": {"count": "any", "within": "30d"}, "top": "20%"},
    {"consent": "marketing", "on": "sms", "is": "granted"},
    {"field": "created_at", "in_last": "1w"},
    {"field": "created_at", "in_next": "2d"},
    {"field": "created_at", "before": "2d"},
    {"field": "created_at", "between": ["30d", "1d"]},
    {"field": "exam_date", "in_next": "30d"},
    {"field": "exam_date", "before": "1d"},
    {"field": "birthday", "anniversary_within": "1d"},
]


def timely():
    """Every kind of leaf that time can turn, words by hand, and a tag that reads others."""
    library = {f"l.{n}": read(plain) for n, plain in enumerate(TIMELY)}
    for n in range(8):
        library[f"t.{n}"] = HandTest(HandWord(f"t.{n}", Back(7 * DAY) if n % 2 else None), True)
    library["reader"] = read({"all": [{"tag": "l.1"}, {"not": {"tag": "l.9"}}]}, tuple(library))
    return library_of(**library)


def test_every_kind_of_leaf_turns_when_told():
    library, chance = timely(), Hourly(7)
    turned = set()
    for _ in range(40):
        turned |= told_as_seen(library, chance.person(), {str(rank): 3 for rank in library.ranks})
    assert set(library.tags) - {tag.removeprefix("!") for tag in turned} == set()
    assert len(turned) > 50  # of 66: most came and went


@given(library=libraries(), seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_told_moment_is_the_first_hour_that_shows_another_verdict(library, seed):
    chance = Hourly(seed)
    cuts = {str(rank): chance.rng.choice([None, 1, NOON.at - DAY]) for rank in library.ranks}
    told_as_seen(library, chance.person(), cuts)


def told_as_seen(library, person, cuts):
    """Hold what is told against looking every hour; the tags that turned, ! before those that left.

    All facts lie on whole hours, so that nothing turns but on one.
    """
    hours = range(NOON.at, NOON.at + DAYS * DAY + 1, HOUR)
    seen = {hour: tags_of(library, person, at(hour), cuts) for hour in hours}
    found = set()
    for tag in library.tags:
        turned = [hour for hour in hours if (tag in seen[hour]) != (tag in seen[NOON.at])]
        told = next_change(library, person, tag, NOON, cuts, DAYS)
        assert (int(told.at.timestamp()) if told else None) == (turned[0] if turned else None)
        if told:
            assert told.becomes is (tag in seen[turned[0]])
            assert carries(library, person, tag, turned[0] - 1, cuts) is not told.becomes
            found.add(tag if told.becomes else f"!{tag}")
    for hour in hours[:-1:20]:
        second = hour + 1 + hour // HOUR % (HOUR - 1)
        assert tags_of(library, person, at(second), cuts) == seen[hour]
    return found


@given(library=libraries(), people=st.integers(0, 2**32).map(people_of))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_sorted_memory_answers_as_the_reference_engine(library, people):
    cuts = dict.fromkeys(map(str, library.ranks), 1)
    for person in people[:6]:
        memory = Memory(library, person, CLOCK)
        for seconds in (CLOCK.at, CLOCK.at + 3 * DAY, CLOCK.at - 29 * DAY):
            clock = at(seconds)
            assert carried_at(library, memory, clock, cuts) == tags_of(library, person, clock, cuts)


def test_an_event_drops_out_of_a_window_at_its_last_second():
    library = library_of(recent=read({"did": "login", "within": "30d"}))
    person = Person(events=[Happening("login", CLOCK.at - 10 * DAY)])
    told = next_change(library, person, "recent", CLOCK, {})
    assert (told.becomes, int(told.at.timestamp())) == (False, CLOCK.at + 20 * DAY)
    assert carries(library, person, "recent", CLOCK.at + 20 * DAY - 1)


def test_time_alone_lets_a_tag_enter_through_the_near_end_of_a_window():
    library = library_of(pause=read({"last": "login", "older_than": "30d"}))
    person = Person(events=[Happening("login", CLOCK.at - 10 * DAY)])
    told = next_change(library, person, "pause", CLOCK, {})
    assert (told.becomes, int(told.at.timestamp())) == (True, CLOCK.at + 20 * DAY)


def test_a_month_turns_at_midnight_of_the_firms_zone():
    library = library_of(month=read({"did": "login", "within": "this_month"}))
    person = Person(events=[Happening("login", CLOCK.at - HOUR)])
    told = next_change(library, person, "month", CLOCK, {})
    assert told.at == datetime(2026, 4, 1, tzinfo=ZONE)
    assert told.becomes is False


def test_a_birthday_of_a_leap_day_comes_on_the_first_of_march():
    library = library_of(day=read({"field": "birthday", "anniversary_within": "1d"}))
    person = Person({"birthday": "1992-02-29"})
    left = next_change(library, person, "day", CLOCK, {})
    assert (left.at, left.becomes) == (datetime(2026, 3, 2, tzinfo=ZONE), False)
    later = Clock(left.at, ZONE)
    again = next_change(library, person, "day", later, {})
    assert (again.at, again.becomes) == (datetime(2027, 3, 1, tzinfo=ZONE), True)


@pytest.mark.parametrize(
    ("check", "days", "becomes"),
    [({"in_next": "30d"}, 10, True), ({"before": "5d"}, 44, True), ({"after": "1d"}, 40, False)],
)
def test_a_date_passes_an_edge(check, days, becomes):
    library = library_of(exam=read({"field": "exam_date", **check}))
    exam = CLOCK.today + timedelta(days=39)
    person = Person({"exam_date": exam.isoformat()})
    told = next_change(library, person, "exam", CLOCK, {}, 100)
    assert told.at == at(CLOCK.midnight(CLOCK.today + timedelta(days=days))).as_of
    assert told.becomes is becomes
    assert next_change(library, person, "exam", CLOCK, {}, days - 1) is None


def test_nothing_foreseen_beyond_the_horizon():
    library = library_of(recent=read({"did": "login", "within": "500d"}))
    person = Person(events=[Happening("login", CLOCK.at)])
    assert next_change(library, person, "recent", CLOCK, {}) is None
    assert next_change(library, person, "recent", CLOCK, {}, 500).becomes is False
    assert HORIZON_DAYS < 500


def test_a_change_comes_through_tags_that_read_tags_and_through_groups():
    first = TagRule(
        "first", "f", read({"did": "login", "within": "2d"}), Place("t.yaml"), group="g", order=1
    )
    second = TagRule("second", "s", read("always"), Place("t.yaml"), group="g", order=2)
    reader = TagRule("reader", "r", read({"tag": "second"}, ("second",)), Place("t.yaml"))
    other = TagRule("other", "o", read({"did": "order_paid"}), Place("t.yaml"))
    library = Library({rule.name: rule for rule in (first, second, reader, other)})
    person = Person(events=[Happening("login", CLOCK.at)])
    told = next_change(library, person, "reader", CLOCK, {})
    assert (told.becomes, int(told.at.timestamp())) == (True, CLOCK.at + 2 * DAY)
    assert set(library.part(["reader"]).tags) == {"first", "second", "reader"}


def test_a_word_said_by_hand_ends_with_its_time_and_with_its_window():
    library = library_of(
        vip=HandTest(HandWord("vip"), True),
        lately=HandTest(HandWord("vip", Back(3 * DAY)), True),
        never=AllOf((Not(HandTest(HandWord("vip"), False)), HandTest(HandWord("vip"), True))),
    )
    person = Person(hands=[HandSaid("vip", True, CLOCK.at - DAY, CLOCK.at + 5 * DAY, 1)])

    def told(tag):
        found = next_change(library, person, tag, CLOCK, {})
        return int(found.at.timestamp()) - CLOCK.at, found.becomes

    assert told("vip") == (5 * DAY, False)
    assert told("lately") == (2 * DAY, False)
    assert told("never") == (5 * DAY, False)


def test_what_is_known_of_a_later_moment_counts_from_then_on():
    library = library_of(active=read({"did": "login"}))
    person = Person(
        events=[Happening("login", CLOCK.at + 7)],
        consents=[ConsentSaid("sms", "marketing", True, CLOCK.at + 9)],
    )
    told = next_change(library, person, "active", CLOCK, {})
    assert (told.becomes, int(told.at.timestamp())) == (True, CLOCK.at + 7)


def test_ten_thousand_events_are_no_trouble():
    rng = random.Random(4)
    library = library_of(
        busy=read({"did": "login", "count": ">= 1", "within": "90d"}),
        both=read({"all": [{"tag": "busy"}, {"did": "any", "within": "30d"}]}, ("busy",)),
    )
    events = [Happening("login", CLOCK.at - rng.randrange(80 * DAY)) for _ in range(10_000)]
    events.append(Happening("course_view", CLOCK.at - DAY))
    told = next_change(library, Person(events=events), "both", CLOCK, {})
    newest = max(event.at for event in events)
    assert int(told.at.timestamp()) == newest + 30 * DAY
    assert told.at > AS_OF
