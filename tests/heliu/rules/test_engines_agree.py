"""One rule, two meanings: plain Python for one person, SQL for all. They must be one."""

import random
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.documents import Problems, parse_yaml
from heliu.errors import Place
from heliu.rules.conditions import tags_in
from heliu.rules.cuts import bucket_width, cut_of, rank_cuts
from heliu.rules.library import Library, SegmentRule, TagRule
from heliu.rules.parse import Reader
from heliu.rules.reference import Happening, Person, Reference, tags_of
from heliu.rules.sql import measures_select
from heliu.rules.vocabulary import FieldType, Vocabulary, Word
from heliu.rules.windows import CALENDAR, Clock
from heliu.rules.words import bit_of, library_select, word_names
from heliu.segments.members import members
from models.bulk import bulk_insert

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2026, 3, 1, 11, 30, tzinfo=ZONE)
CLOCK = Clock(AS_OF, ZONE)
HOUR, DAY = 3_600, 86_400
STANDARD = Vocabulary()
VOCABULARY = Vocabulary(
    fields={**STANDARD.fields, "level": Word("level", FieldType.NUMBER, "number_1")},
    properties={
        **STANDARD.properties,
        "lesson": Word("lesson", FieldType.TEXT, "text_1"),
        "score": Word("score", FieldType.NUMBER, "number_1"),
        "held_on": Word("held_on", FieldType.DATE, "text_2"),
    },
)
NAMES = ["item", "amount_fen", "score", "lesson", "held_on"]
EVENTS = ["login", "course_view", "order_paid"]
TEXTS = ["a", "b", "ä 合", "50%", "it's"]
NUMBERS = st.integers(-3, 3) | st.sampled_from([100, 250, 10**12])
DATES = st.sampled_from(
    [date(1992, 2, 29), date(1990, 3, 1), date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 3)]
) | st.dates(date(2025, 11, 1), date(2026, 5, 1))
HOURS = [1, 12, 24, 48, 168, 720, 2160]  # of the durations rules below may name
MIDNIGHTS = [CLOCK.midnight(CLOCK.today - timedelta(days=d)) for d in (-1, 0, 1, 6, 13, 28, 59)]

DURATIONS = st.sampled_from(["1h", "12h", "1d", "2d", "1w", "30d", "90d"])
DAYS = st.sampled_from(["1d", "2d", "1w", "30d", "90d"])
PAIRS = st.sampled_from([["2d", "12h"], ["30d", "1d"], ["90d", "30d"]])
COMPARES = st.one_of(
    st.integers(0, 4),
    st.builds(
        lambda op, n: f"{op} {n}", st.sampled_from(["=", "!=", ">", "<="]), st.integers(0, 3)
    ),
    st.builds(lambda op, n: f"{op} {n}", st.sampled_from([">=", "<"]), st.integers(1, 3)),
    st.builds(lambda n, m: f"between {n} and {n + m}", st.integers(0, 3), st.integers(0, 3)),
)
ANY_EVENT = st.sampled_from([*EVENTS, "any"])


def window():
    return st.one_of(
        st.just({}),
        st.fixed_dictionaries({"within": DURATIONS | st.sampled_from(CALENDAR)}),
        st.fixed_dictionaries({"between": PAIRS}),
    )


def where():
    one = st.one_of(
        st.fixed_dictionaries({"item": st.sampled_from(TEXTS)}),
        st.fixed_dictionaries({"lesson": st.lists(st.sampled_from(TEXTS), min_size=1)}),
        st.fixed_dictionaries({"score": COMPARES}),
        st.fixed_dictionaries({"held_on": DATES}),
        st.fixed_dictionaries({"amount_fen": COMPARES, "item": st.sampled_from(TEXTS)}),
    )
    return st.just({}) | st.fixed_dictionaries({"where": one})


def merged(*parts):
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


def fixed(**parts):
    return st.fixed_dictionaries(parts)


FIELDS = st.one_of(
    fixed(field=st.just("city"), **{"is": st.sampled_from(TEXTS)}),
    fixed(field=st.just("city"), **{"in": st.lists(st.sampled_from(TEXTS), min_size=1)}),
    fixed(field=st.just("level"), **{"is": NUMBERS}),
    fixed(field=st.just("level"), gt=NUMBERS),
    fixed(field=st.just("level"), lt=NUMBERS),
    fixed(field=st.just("level"), between=st.tuples(NUMBERS, NUMBERS).map(sorted)),
    fixed(field=st.sampled_from(["city", "level", "birthday", "created_at"]), exists=st.booleans()),
    fixed(field=st.just("birthday"), anniversary_within=st.sampled_from(["1d", "7d", "365d"])),
    fixed(field=st.just("birthday"), **{"is": DATES}),
    fixed(field=st.just("exam_date"), in_next=DAYS),
    fixed(field=st.just("exam_date"), in_last=DAYS),
    fixed(field=st.sampled_from(["exam_date", "created_at"]), before=DATES | DAYS),
    fixed(field=st.sampled_from(["exam_date", "created_at"]), after=DATES | DAYS),
    fixed(
        field=st.sampled_from(["exam_date", "created_at"]),
        between=st.tuples(DATES, DATES).map(sorted) | st.just(["30d", "1d"]),
    ),
    fixed(field=st.just("created_at"), in_next=DURATIONS),
    fixed(field=st.just("created_at"), in_last=DURATIONS),
)
ANSWERED = st.one_of(
    fixed(sum=st.sampled_from(["amount_fen", "score"]), **{"is": COMPARES}),
    fixed(max=st.sampled_from(["amount_fen", "score"]), **{"is": COMPARES}),
    fixed(distinct=st.sampled_from(["item", "score"]), **{"is": COMPARES}),
    fixed(count=COMPARES),
    st.just({}),
)
MOMENTS = st.one_of(
    fixed(within=DURATIONS | st.sampled_from(CALENDAR)),
    fixed(between=PAIRS),
    fixed(older_than=DURATIONS),
    fixed(after_last=ANY_EVENT),
)
ON_EVENTS = st.one_of(
    merged(fixed(did=ANY_EVENT), ANSWERED, where(), window()),
    merged(fixed(last=ANY_EVENT), MOMENTS, where()),
    merged(fixed(first=ANY_EVENT), MOMENTS, where()),
    merged(
        fixed(sequence=st.lists(ANY_EVENT, min_size=2, max_size=2)),
        window(),
        st.just({}) | fixed(then_not=ANY_EVENT),
    ),
)
SHARES = st.sampled_from(["5%", "20%", "50%", "66.67%"])
RANKS = merged(
    fixed(
        rank=st.one_of(
            merged(
                fixed(sum=st.sampled_from(["amount_fen", "score"]), of=ANY_EVENT), window(), where()
            ),
            merged(fixed(count=ANY_EVENT), window()),
            merged(fixed(last=ANY_EVENT), window()),
            merged(fixed(distinct=st.just("item"), of=ANY_EVENT), window()),
        )
    ),
    fixed(top=SHARES) | fixed(bottom=SHARES),
)


def conditions(tags=(), ranks=True):
    leaf = st.one_of(FIELDS, ON_EVENTS, ON_EVENTS, st.just("always"), *([RANKS] if ranks else []))
    if tags:
        leaf |= fixed(tag=st.sampled_from([*tags, "t.*"]))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            fixed(all=st.lists(inner, min_size=1, max_size=3)),
            fixed(any=st.lists(inner, min_size=1, max_size=3)),
            fixed(none=st.lists(inner, min_size=1, max_size=3)),
            fixed(**{"not": inner}),
        ),
        max_leaves=5,
    )


def read(plain, tags=(), ranks=True):
    """Through YAML text, as a file would come."""
    problems = Problems()
    value = parse_yaml(yaml.safe_dump(plain, allow_unicode=True), "rule.yaml", problems)
    condition = Reader(VOCABULARY, problems, tags, ranks).read(value)
    problems.raise_if_any()
    return condition


@st.composite
def libraries(draw):
    rules = {}
    for n in range(draw(st.integers(6, 12))):
        name = f"t.{n}"
        grouped = draw(st.booleans())
        tags = () if grouped else tuple(rules)
        rules[name] = TagRule(
            name=name,
            title=name,
            condition=read(draw(conditions(tags)), tags),
            place=Place("rule.yaml"),
            group="stage" if grouped else None,
            order=-n if grouped else None,  # later files may come first
        )
    return Library(rules)


def people_of(seed):
    """Twenty people, most of what they did at an edge of some window or a second beside it.

    Drawn by a plain generator: Hypothesis would draw too few of too little.
    """
    rng = random.Random(seed)
    dates = [date(1992, 2, 29), date(1990, 3, 1), date(2026, 3, 1), date(2026, 2, 28)]
    dates += [AS_OF.date() + timedelta(days=n) for n in (-90, -30, -7, -2, -1, 1, 2, 6, 7, 29, 30)]

    def maybe(choices):
        return rng.choice([*choices, None])

    def moment():
        if rng.random() < 0.1:
            return CLOCK.at - rng.randint(-DAY, 100 * DAY)
        edges = [*(CLOCK.at - hours * HOUR for hours in HOURS), CLOCK.at, *MIDNIGHTS]
        return rng.choice(edges) + rng.choice([-1, 0, 0, 1])

    def happening():
        properties = {
            "item": maybe(TEXTS),
            "amount_fen": maybe([-1, 0, 1, 2, 3, 100, 250, 10**12]),
            "score": maybe([-1, 0, 1, 2, 3]),
            "lesson": maybe(TEXTS),
            "held_on": maybe([day.isoformat() for day in dates]),
        }
        return Happening(rng.choice(EVENTS), moment(), properties)

    def person():
        fields = {
            "city": maybe(TEXTS),
            "level": maybe([-3, -1, 0, 1, 2, 3, 100, 10**12]),
            "birthday": maybe([day.isoformat() for day in dates]),
            "exam_date": maybe([day.isoformat() for day in dates]),
            "created_at": rng.choice([None, moment(), moment()]),
        }
        return Person(fields, [happening() for _ in range(rng.choice([0, 1, 2, 3, 5, 8]))])

    return [person() for _ in range(20)]


PEOPLE = st.integers(0, 2**32).map(people_of)


def store(connection, people):
    fields = {name: VOCABULARY.fields[name].column for name in people[0].fields}
    bulk_insert(
        connection,
        "profile",
        ["id", "records", "sources", "created_run_id", "changed_run_id", *fields.values()],
        [(n, 1, 1, 1, 1, *(p.fields[f] for f in fields)) for n, p in enumerate(people, 1)],
    )
    columns = [VOCABULARY.properties[name].column for name in NAMES]
    bulk_insert(
        connection,
        "event",
        ["profile_id", "at", "id", "record_id", "source", "type", *columns],
        [
            (n, e.at, n * 100 + m, n, "test", e.type, *(e.properties[name] for name in NAMES))
            for n, person in enumerate(people, 1)
            for m, e in enumerate(person.events)
        ],
    )


@contextmanager
def undone(engine):
    """A transaction whose data is gone afterwards."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


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
    assert cuts == {str(rank): naive_cut(rank, people) for rank in library.ranks}
    wanted = {n: tags_of(library, p, CLOCK, cuts) for n, p in enumerate(people, start=1)}
    assert {profile_id: words for profile_id, *words in rows} == {
        n: words_of(tags, numbers) for n, tags in wanted.items()
    }


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
    lows = [int(a / width) * width if width > 1 else a for a in told]
    return cut_of([(low, lows.count(low)) for low in set(lows)], rank)


@given(plain=conditions(("t.0", "t.1"), ranks=False), people=PEOPLE, data=st.data())
@SLOW
def test_a_segment_has_the_members_the_reference_engine_gives(engine, plain, people, data):
    condition = read(plain, ("t.0", "t.1"), ranks=False)
    ids = range(1, len(people) + 1)
    carried = {n: data.draw(st.frozensets(st.sampled_from(["t.0", "t.1"]))) for n in ids}
    segment = SegmentRule("s", "s", condition, Place("s.yaml"))
    with undone(engine) as connection:
        store(connection, people)
        rows = [(n, tag, CLOCK.at, 1) for n, tags in carried.items() for tag in sorted(tags)]
        bulk_insert(connection, "profile_tag", ["profile_id", "tag", "since_at", "run_id"], rows)
        found = connection.execute(members(segment, AS_OF, ZONE)).scalars().all()
    wanted = [
        n
        for n, person in enumerate(people, start=1)
        if Reference(person, CLOCK, {}, carried[n]).holds(condition)
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
