"""What a human is about to say, and everything that may be wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import sqlalchemy as sa

from heliu.errors import ConfigError, Place, Problem, did_you_mean
from heliu.identity.graph import DERIVED
from heliu.identity.review.standing import PAIRS, VALUES, Pair, Said, Verdict, contradictions
from heliu.identity.rows import BLOCK
from heliu.identity.tables.store import IDENTIFIER, RECORD
from models import Decision

DECISION: sa.Table = Decision.__table__  # type: ignore[attr-defined]

Id = TypeVar("Id", int, str)
NOT_TOLD = frozenset({BLOCK, *DERIVED})  # identifiers no source told
EVIDENCE = "evidence"  # the type of an unsure word's value: what the item rested on
NOTHING: Mapping[Pair, str] = MappingProxyType({})
SPOKEN = Place("decision")  # where a word was said, if not in a file
AT_ONCE = 10_000  # ids in one IN: SQLite takes 32,766 parameters


class Proposal(NamedTuple):
    """A word to be stored: a pair (smaller id first), a normalised value or what it retracts."""

    verdict: Verdict
    left_id: int | None = None
    right_id: int | None = None
    type: str | None = None
    value: str | None = None
    retracts_id: int | None = None
    why: str = ""
    place: Place = SPOKEN  # where it was said, for errors


def on_pair(
    verdict: Verdict, one: int, other: int, why: str = "", place: Place = SPOKEN
) -> Proposal:
    """A word on two records, in any order."""
    return Proposal(verdict, min(one, other), max(one, other), why=why, place=place)


def split(members: Iterable[int], part: Iterable[int], why: str = "") -> list[Proposal]:
    """Words that part some of a profile's records from the rest: each from each.

    Raises:
        ConfigError: The part holds no record of the profile, all of them, or another's.
    """
    all_, part = set(members), set(part)
    place = Place("split")
    if strangers := sorted(part - all_):
        ids = ", ".join(map(str, strangers))
        raise ConfigError([Problem(place, f"records {ids} are not of this profile")])
    if not part or part == all_:
        says = f"the part has {len(part)} of {len(all_)} records"
        raise ConfigError([Problem(place, says, "Name some of them, and not all.")])
    pairs = sorted((min(pair), max(pair)) for pair in product(part, all_ - part))
    return [on_pair(Verdict.DIFFERENT, *pair, why, place) for pair in pairs]


def as_said(one: Proposal, id_: int, evidence: Mapping[Pair, str] = NOTHING) -> Said:
    """The row a proposal would be."""
    type_, value = one.type, one.value
    if one.verdict == Verdict.UNSURE:
        type_, value = EVIDENCE, evidence.get((one.left_id or 0, one.right_id or 0), "")
    pair = (one.left_id, one.right_id)
    return Said(id_, one.verdict, *pair, type_, value, one.retracts_id, why=one.why)


def check_proposals(connection: sa.Connection, proposals: Sequence[Proposal], who: str) -> None:
    """Find everything wrong with proposals.

    Raises:
        ConfigError: Records that don't exist, a pair of one, contradictions among them …
    """
    problems = [
        *_check_pairs(connection, proposals),
        *_check_values(connection, proposals),
        *_check_retractions(connection, proposals),
        *_check_contradictions(proposals),
    ]
    if not who.strip():
        problems.append(
            Problem(Place("who"), "nobody says it", "Give --who: a name or an account.")
        )
    if problems:
        raise ConfigError(problems)


def _check_pairs(connection: sa.Connection, proposals: Sequence[Proposal]) -> list[Problem]:
    pairs = [one for one in proposals if one.verdict in PAIRS]
    ids = sorted({id_ for one in pairs for id_ in (one.left_id, one.right_id) if id_ is not None})
    known = {
        id_
        for part in in_parts(ids)
        for id_ in connection.scalars(sa.select(RECORD.c.id).where(RECORD.c.id.in_(part)))
    }
    found = []
    for one in pairs:
        if one.left_id == one.right_id:
            says = f"record {one.left_id} and itself"
            found.append(Problem(one.place, says, "A decision is on two records."))
        for id_ in sorted({one.left_id or 0, one.right_id or 0} - known):
            remedy = "Ids are record ids, as `heliu review list` shows them."
            found.append(Problem(one.place, f"there is no record {id_}", remedy))
    return found


def _check_values(connection: sa.Connection, proposals: Sequence[Proposal]) -> list[Problem]:
    values = [one for one in proposals if one.verdict in VALUES]
    if not values:
        return []
    carried = sa.select(IDENTIFIER.c.type).distinct().where(IDENTIFIER.c.type.not_in(NOT_TOLD))
    types = list(connection.scalars(carried))
    found = []
    for one in values:
        if one.type not in types:
            says = f"no record carries a {one.type!r}{did_you_mean(str(one.type), types)}"
            remedy = f"Known types: {', '.join(sorted(types))}."
            found.append(Problem(one.place, says, remedy))
        elif connection.execute(sa.select(1).where(*holding(one.type, one.value))).first() is None:
            remedy = "A value to be blocked before it comes belongs in policy.yaml."
            found.append(Problem(one.place, f"no record carries this {one.type}", remedy))
    return found


def _check_retractions(connection: sa.Connection, proposals: Sequence[Proposal]) -> list[Problem]:
    wanted = [one for one in proposals if one.verdict == Verdict.RETRACT]
    if not wanted:
        return []
    ids = [one.retracts_id for one in wanted]
    query = sa.select(DECISION.c.id, DECISION.c.verdict).where(DECISION.c.id.in_(ids))
    verdicts = {id_: str(verdict) for id_, verdict in connection.execute(query)}
    found = []
    for one in wanted:
        if one.retracts_id not in verdicts:
            remedy = "`heliu review decisions` lists them."
            found.append(Problem(one.place, f"there is no decision {one.retracts_id}", remedy))
        elif verdicts[one.retracts_id] == Verdict.RETRACT:
            says = f"decision {one.retracts_id} is a retraction"
            found.append(Problem(one.place, says, "Say again what should hold."))
    return found


def _check_contradictions(proposals: Sequence[Proposal]) -> list[Problem]:
    said = [as_said(one, number) for number, one in enumerate(proposals)]
    return [
        Problem(
            proposals[one.id].place,
            f"{one.verdict!s} contradicts what stands before it",
            "Leave one of them; several together may say it (A is B, B is C, A isn't C).",
        )
        for one in contradictions(said)
    ]


def holding(type_: str | None, value: str | None) -> tuple[sa.ColumnElement[bool], ...]:
    """Identifiers of this value, in every scope."""
    return IDENTIFIER.c.type == type_, IDENTIFIER.c.value == value


def in_parts(ids: Sequence[Id]) -> Iterable[Sequence[Id]]:
    """Ids in lots that fit one statement."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
