"""Running the examples of rules, by the reference engine and by SQL alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.errors import Problem
from heliu.rules.among import Among
from heliu.rules.asks import Selected
from heliu.rules.columns import PROFILE, Column, Predicate, constant, word_column
from heliu.rules.conditions import Ask, Condition, questions, ranks_in
from heliu.rules.examples import Example, epoch_seconds
from heliu.rules.facts import selected as selected_by
from heliu.rules.library import Library, SegmentRule
from heliu.rules.person import ConsentSaid, HandSaid, Happening, Person
from heliu.rules.predicates import Scope, predicate
from heliu.rules.reference import Reference
from heliu.rules.sql import measure_name, measures_select
from heliu.rules.staging import store_people
from heliu.rules.vocabulary import MESSAGE_EVENTS, MESSAGE_PROPERTIES, FieldType


@dataclass(frozen=True)
class _Case:
    """One example ready to run: the person has this profile id.

    Attributes:
        own: The tag's own SELECTs, which the example may answer for.
    """

    profile_id: int
    rule: str
    condition: Condition
    own: frozenset[Selected]
    example: Example
    person: Person


_Rule = tuple[str, Condition, frozenset[Selected], Sequence[Example]]


def run_examples(
    library: Library, zone: ZoneInfo, connection: sa.Connection | None = None
) -> list[Problem]:
    """Run every example of every tag on both engines; what came out wrong.

    An exclusive group counts: an example sees the earlier tags of the group too.

    Args:
        library: The tags.
        zone: The firm's.
        connection: To tables without rows, which get the examples' people; without one, to
            a database in memory.
    """
    rules = (
        (name, library.effective(name), _selects(rule.condition), rule.examples)
        for name, rule in library.tags.items()
    )
    return _run(rules, zone, connection)


def run_segment_examples(
    segments: Mapping[str, SegmentRule], zone: ZoneInfo, connection: sa.Connection | None = None
) -> list[Problem]:
    """The same for segments."""
    rules = (
        (name, rule.condition, _selects(rule.condition), rule.examples)
        for name, rule in segments.items()
    )
    return _run(rules, zone, connection)


def _selects(condition: Condition) -> frozenset[Selected]:
    return frozenset(ask for ask in questions(condition) if isinstance(ask, Selected))


def _run(rules: Iterable[_Rule], zone: ZoneInfo, connection: sa.Connection | None) -> list[Problem]:
    flat = [
        (name, condition, own, example)
        for name, condition, own, examples in rules
        for example in examples
    ]
    cases = [
        _Case(number, name, condition, own, example, person_of(example, zone, name))
        for number, (name, condition, own, example) in enumerate(flat, start=1)
    ]
    with nullcontext(connection) if connection else _database() as tables:
        _store(tables, cases)
        found = [(case, *_verdicts(tables, case, zone)) for case in cases]
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


def person_of(example: Example, zone: ZoneInfo, tag: str = "") -> Person:
    """The person an example describes; its words by hand are on a tag of that name."""
    fields = {word.name: _stored(word.type, value, zone) for word, value in example.fields}
    events = [
        Happening(
            event.type,
            epoch_seconds(event.on, zone),
            # of a message both are always known
            dict.fromkeys(MESSAGE_PROPERTIES if event.type in MESSAGE_EVENTS else (), "")
            | {word.name: value for word, value in event.properties},
        )
        for event in example.events
    ]

    def at(moment: date | None) -> int:
        return epoch_seconds(moment or example.as_of, zone)

    consents = [
        ConsentSaid(said.channel, said.topic, said.granted, at(said.at), said.record)
        for said in example.consents
    ]
    hands = [
        HandSaid(tag, said.holds, at(said.at), at(said.until) if said.until else None, number)
        for number, said in enumerate(example.hands)
    ]
    return Person(fields, events, consents, hands)


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
    among = Among(case.profile_id, case.profile_id)
    returned = {
        ask: connection.execute(selected_by(ask, clock, among)).first() is not None
        for ask in _selects(case.condition)
    }
    if case.example.selected is not None:
        returned |= dict.fromkeys(case.own, case.example.selected)
    person = replace(case.person, selected=frozenset(a for a, is_in in returned.items() if is_in))
    python = Reference(person, clock, cuts, tags).holds(case.condition)

    asked = list(dict.fromkeys(questions(case.condition)))
    measures = measures_select(asked, clock, among).subquery()
    names = {question: measure_name(number) for number, question in enumerate(asked)}

    def answer(ask: Ask) -> Column:
        if isinstance(ask, Selected) and ask in case.own and case.example.selected is not None:
            return sa.literal(1) if case.example.selected else sa.null()
        return measures.c[names[ask]]

    def tag(wanted: tuple[str, ...]) -> Predicate:
        return constant(not tags.isdisjoint(wanted))

    scope = Scope(
        clock, field=lambda word: word_column(PROFILE, word), answer=answer, tag=tag, cuts=cuts
    )
    select = (
        sa.select(sa.case((predicate(case.condition, scope), 1), else_=0))
        .select_from(PROFILE.outerjoin(measures, measures.c.profile_id == PROFILE.c.id))
        .where(PROFILE.c.id == case.profile_id)
    )
    return python, bool(connection.execute(select).scalar_one())


@contextmanager
def _database() -> Iterator[sa.Connection]:
    """A database in memory with all tables, and nothing in them."""
    engine = sa.create_engine("sqlite://", hide_parameters=True)
    PROFILE.metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _store(connection: sa.Connection, cases: Sequence[_Case]) -> None:
    fields = {word.name: word for case in cases for word, _ in case.example.fields}
    told = [event for case in cases for event in case.example.events]
    properties = {word.name: word for event in told for word, _ in event.properties}
    people = {case.profile_id: case.person for case in cases}
    store_people(connection, people, fields, properties)
