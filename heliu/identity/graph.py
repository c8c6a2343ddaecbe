"""records → what resolving looks at: names, and which records carry one value.

Of a million records everything else would fill the memory and decide nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from heliu.identity.cluster import Held
from heliu.identity.policy import Policy
from heliu.identity.records import Identified, Key, NormalisedRecord
from heliu.identity.values.sound import usual_sound
from heliu.identity.values.text import Status
from models import IdentifierStatus, Strength

NAME_BIRTHDAY = "name_birthday"  # as spoken, and the day: few people share both
DERIVED = frozenset({NAME_BIRTHDAY})  # types made from a record's fields, not told by a source


class Traits(NamedTuple):
    """What else tells people apart, or speaks for their being one; "" where nothing is told."""

    birthday: str = ""
    gender: str = ""
    city: str = ""
    company: str = ""


NO_TRAITS = Traits()
NOTHING: AbstractSet[Key] = frozenset()


class Group(NamedTuple):
    """A value and the records that carry it: two at least, by their places.

    Attributes:
        key: The value.
        places: Who carries it with the strength in question.
        everyone: Who carries it with whatever strength: too many prove nothing, to anybody.
        strength: The best it has with anybody.
    """

    key: Key
    places: list[int]
    everyone: list[int]
    strength: Strength


@dataclass
class Graph:
    """Records by place, 0 … n−1 in the order of their ids.

    Attributes:
        ids: Record ids, rising.
        names: Each record's full name, or "".
        surnames: Its surname where it has no full name, or "".
        traits: What else it tells.
        held: Its platform ids of which a person has one.
        groups: Values with two holders or more, by strength, in key order.
    """

    ids: list[int]
    names: list[str]
    surnames: list[str]
    traits: list[Traits]
    held: list[Held]
    groups: dict[Strength, list[Group]] = field(
        default_factory=lambda: {strength: [] for strength in Strength}
    )


Carried = tuple[str, str, str, str, int]  # type, scope, value, strength, place


def graph_of(records: Sequence[NormalisedRecord], policy: Policy) -> Graph:
    """The graph of records in hand.

    Args:
        records: By id.
        policy: Which types a person has one of.
    """
    graph = Graph(
        [record.record_id for record in records],
        [record.full_name for record in records],
        [surname_alone(record.name, record.name_status) for record in records],
        [traits_of(record.attributes) for record in records],
        [()] * len(records),
    )
    carried = sorted(
        (*key, strength.value, place)
        for place, record in enumerate(records)
        for key, _, strength in relating_values(record)
    )
    fill(graph, carried, policy)
    return graph


def surname_alone(name: str, status: Status) -> str:
    """The name where it is only a surname."""
    return name if name and status not in (Status.OK, Status.LATIN) else ""


def traits_of(attributes: Mapping[str, Any]) -> Traits:
    """What a record's attributes tell of it."""
    told = attributes.get
    birthday, gender = told("birthday") or "", told("gender") or ""
    city, company = told("city") or "", told("company") or ""
    if birthday or gender or city or company:
        return Traits(birthday, gender, city, company)
    return NO_TRAITS


def relating_values(record: NormalisedRecord) -> tuple[Identified, ...]:
    """A record's identifiers, and what its fields together are as good as."""
    birthday = record.attributes.get("birthday")
    if not (birthday and record.full_name):
        return record.identifiers
    key = Key(NAME_BIRTHDAY, "", f"{birthday} {usual_sound(record.full_name)}")
    return (*record.identifiers, Identified(key, IdentifierStatus.OK, Strength.WEAK))


def fill(
    graph: Graph,
    carried: Iterable[Carried],
    policy: Policy,
    known_demoted: AbstractSet[Key] = NOTHING,
) -> None:
    """Put values into a graph.

    Args:
        graph: Its records are there.
        carried: Sorted by key.
        policy: Which types a person has one of.
        known_demoted: Values already known to relate nobody.
    """
    kinds: dict[tuple[str, str], tuple[str, str]] = {}
    one = policy.one_per_profile
    held = graph.held
    strong = Strength.STRONG.value
    for (type_, scope, value), rows in _by_key(carried):
        if type_ in one:
            kind = kinds.setdefault((type_, scope), (type_, scope))
            for strength, place in rows:
                if strength == strong:
                    held[place] = (*held[place], (kind, value))
        if len(rows) > 1:
            key = Key(type_, scope, value)
            if key not in known_demoted:
                _group(graph, key, rows)


def _by_key(
    carried: Iterable[Carried],
) -> Iterator[tuple[tuple[str, str, str], list[tuple[str, int]]]]:
    """Rows of one key together; a plain loop, as half of all the time would go to groupby."""
    last: tuple[str, str, str] | None = None
    rows: list[tuple[str, int]] = []
    for type_, scope, value, strength, place in carried:
        key = (type_, scope, value)
        if key != last:
            if last is not None:
                yield last, rows
            last, rows = key, []
        rows.append((strength, place))
    if last is not None:
        yield last, rows


def _group(graph: Graph, key: Key, rows: list[tuple[str, int]]) -> None:
    everyone = sorted(place for _, place in rows)
    first = rows[0][0]
    if all(strength == first for strength, _ in rows):
        strength = Strength(first)
        graph.groups[strength].append(Group(key, everyone, everyone, strength))
        return
    by_strength: dict[Strength, list[int]] = {strength: [] for strength in Strength}
    for told, place in rows:
        by_strength[Strength(told)].append(place)
    best = next(strength for strength, places in by_strength.items() if places)
    for strength, places in by_strength.items():
        if len(places) > 1:
            graph.groups[strength].append(Group(key, sorted(places), everyone, best))
