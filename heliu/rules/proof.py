"""Running the examples of rules, by the reference engine and by SQL alike."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.errors import Problem
from heliu.rules.conditions import Condition, questions, ranks_in
from heliu.rules.examples import Example, epoch_seconds
from heliu.rules.library import Library, SegmentRule
from heliu.rules.reference import Happening, Person, Reference
from heliu.rules.sql import (
    EVENT,
    PROFILE,
    Predicate,
    Scope,
    constant,
    measure_name,
    measures_select,
    predicate,
    word_column,
)
from heliu.rules.vocabulary import FieldType


@dataclass(frozen=True)
class _Case:
    """One example ready to run: the person has this profile id."""

    profile_id: int
    rule: str
    condition: Condition
    example: Example
    person: Person


def run_examples(library: Library, zone: ZoneInfo) -> list[Problem]:
    """Run every example of every tag on both engines; what came out wrong.

    An exclusive group counts: an example sees the earlier tags of the group too.
    """
    rules = ((name, library.effective(name), rule.examples) for name, rule in library.tags.items())
    return _run(rules, zone)


def run_segment_examples(segments: Mapping[str, SegmentRule], zone: ZoneInfo) -> list[Problem]:
    """The same for segments."""
    rules = ((name, rule.condition, rule.examples) for name, rule in segments.items())
    return _run(rules, zone)


def _run(
    rules: Iterable[tuple[str, Condition, tuple[Example, ...]]], zone: ZoneInfo
) -> list[Problem]:
    flat = ((name, rule, example) for name, rule, examples in rules for example in examples)
    cases = [
        _Case(number, name, condition, example, person_of(example, zone))
        for number, (name, condition, example) in enumerate(flat, start=1)
    ]
    with _database(cases) as connection:
        found = [(case, *_verdicts(connection, case, zone)) for case in cases]
    return [
        Problem(case.example.place, _says(case, python, sql))
        for case, python, sql in found
        if not python == sql == case.example.holds
    ]


def _says(case: _Case, python: bool, sql: bool) -> str:
    wanted = "hold" if case.example.holds else "not hold"
    if python != sql:
        return f"{case.rule}: SQL says {sql}, the reference engine {python}; please report this"
    return f"{case.rule} must {wanted} for this example, but it {'holds' if sql else 'does not'}"


def person_of(example: Example, zone: ZoneInfo) -> Person:
    """The person an example describes."""
    fields = {word.name: _stored(word.type, value, zone) for word, value in example.fields}
    events = [
        Happening(
            event.type,
            epoch_seconds(event.on, zone),
            {word.name: value for word, value in event.properties},
        )
        for event in example.events
    ]
    return Person(fields, events)


def _stored(type_: FieldType, value: str | int | date, zone: ZoneInfo) -> str | int:
    if not isinstance(value, date):
        return value
    return value.isoformat() if type_ is FieldType.DATE else epoch_seconds(value, zone)


def _cuts(case: _Case, zone: ZoneInfo) -> dict[str, int | None]:
    given = {
        aggregate: epoch_seconds(cut, zone, time()) if isinstance(cut, date) else int(cut)
        for aggregate, cut in case.example.cuts
    }
    return {str(rank): given.get(rank.question.aggregate) for rank in ranks_in(case.condition)}


def _verdicts(connection: sa.Connection, case: _Case, zone: ZoneInfo) -> tuple[bool, bool]:
    """What the reference engine says, and what SQL says."""
    clock, cuts = case.example.clock(zone), _cuts(case, zone)
    tags = frozenset(case.example.tags)
    python = Reference(case.person, clock, cuts, tags).holds(case.condition)

    asked = list(dict.fromkeys(questions(case.condition)))
    measures = measures_select(asked, clock).subquery()
    names = {question: measure_name(number) for number, question in enumerate(asked)}

    def tag(wanted: tuple[str, ...]) -> Predicate:
        return constant(not tags.isdisjoint(wanted))

    scope = Scope(
        clock,
        field=lambda word: word_column(PROFILE, word),
        answer=lambda question: measures.c[names[question]],
        tag=tag,
        cuts=cuts,
    )
    select = (
        sa.select(sa.case((predicate(case.condition, scope), 1), else_=0))
        .select_from(PROFILE.outerjoin(measures, measures.c.profile_id == PROFILE.c.id))
        .where(PROFILE.c.id == case.profile_id)
    )
    return python, bool(connection.execute(select).scalar_one())


@contextmanager
def _database(cases: Iterable[_Case]) -> Iterator[sa.Connection]:
    """A database in memory that holds the people of all examples."""
    engine = sa.create_engine("sqlite://", hide_parameters=True)
    PROFILE.metadata.create_all(engine, tables=[PROFILE, EVENT])
    with engine.begin() as connection:
        for case in cases:
            _insert(connection, case)
        yield connection
    engine.dispose()


def _insert(connection: sa.Connection, case: _Case) -> None:
    columns = {word.name: word.column for word, _ in case.example.fields}
    profile = {columns[name]: value for name, value in case.person.fields.items()}
    counts = dict.fromkeys(
        ("component_id", "records", "sources", "created_run_id", "changed_run_id"), 0
    )
    profile |= {"id": case.profile_id, **counts}
    _insert_raw(connection, PROFILE, profile)
    for number, (event, told) in enumerate(
        zip(case.person.events, case.example.events, strict=True)
    ):
        values = {word.column: value for word, value in told.properties}
        values |= {"profile_id": case.profile_id, "record_id": case.profile_id, "source": "example"}
        values |= {"id": case.profile_id * 10_000 + number, "type": event.type, "at": event.at}
        _insert_raw(connection, EVENT, values)


def _insert_raw(connection: sa.Connection, table: sa.Table, values: Mapping[str, object]) -> None:
    """Insert with instants as the integers they are stored as."""
    plain = sa.table(table.name, *(sa.column(name) for name in values))
    connection.execute(plain.insert().values(dict(values)))
