"""What decisions would do, before they are stored: who merges, splits, changes id."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from heliu.identity.graph import graph_of
from heliu.identity.matching.base import Matches
from heliu.identity.matching.matcher import Matcher
from heliu.identity.normalise import normalise_identifier
from heliu.identity.policy import Policy
from heliu.identity.records import Decision, Identified, NormalisedRecord
from heliu.identity.resolve import resolve_graph
from heliu.identity.review.decisions import (
    gone_records,
    imagine,
    read_decisions,
    words_on_pairs,
    words_on_values,
)
from heliu.identity.review.proposals import Proposal, check_proposals, holding
from heliu.identity.review.regrouping import Change, compare, counted
from heliu.identity.review.standing import Fate, Said, Verdict, weigh
from heliu.identity.tables.neighbours import block_holders
from heliu.identity.tables.scope import HANDOVER, concerned
from heliu.identity.tables.store import IDENTIFIER, RECORD, load_normalised
from heliu.identity.values.text import Status
from models import IdentifierStatus, Strength

# Records and decisions → record id to profile id.
Resolve = Callable[[Sequence[NormalisedRecord], Sequence[Decision]], Mapping[int, int]]


@dataclass(frozen=True)
class Effect:
    """What proposals would do.

    Attributes:
        changes: By the smallest id each begins with.
        new: How many words would be stored.
        repeated: How many hold already.
        overruled: Ids of earlier decisions that would no longer hold.
        dormant: How many are on a record deleted at its source, so wait for its return.
        values: How many values would be blocked, or no longer be.
    """

    changes: list[Change] = field(default_factory=list)
    new: int = 0
    repeated: int = 0
    overruled: list[int] = field(default_factory=list)
    dormant: int = 0
    values: int = 0


def preview_effect(
    connection: sa.Connection,
    proposals: Sequence[Proposal],
    policy: Policy,
    *,
    who: str = "preview",
    matcher: Matcher | None = None,
) -> Effect:
    """What storing these proposals would do to profiles, everything else as it is.

    Both sides are resolved anew, so that records that wait for unify don't
    pass for an effect. A value no longer blocked is taken to be as strong as
    its type.

    Args:
        connection: Only read.
        proposals: What would be said.
        policy: The firm's.
        who: Who would say it.
        matcher: As unify has it.

    Raises:
        ConfigError: Everything wrong with the proposals.
    """
    check_proposals(connection, proposals, who)
    resolver = _resolver(connection, policy, matcher)
    said = read_decisions(connection)
    imagined = imagine(connection, said, proposals)
    gone = gone_records(connection, imagined)
    values = words_on_values(said) ^ words_on_values(imagined)
    new = imagined[len(said) :]
    most = matcher.max_holders if matcher else 0
    records = _concerned(connection, policy, [*said, *new], new, values, most)
    then = reblocked(records, values, words_on_values(imagined), policy)
    changes = compare(
        resolver(records, words_on_pairs(said, gone)),
        resolver(then, words_on_pairs(imagined, gone)),
    )
    fates_before, fates = weigh(said, gone), weigh(imagined, gone)
    return Effect(
        changes=counted(connection, changes),
        new=len(new),
        repeated=len(proposals) - len(new),
        overruled=_overruled(said, fates_before, fates),
        dormant=sum(fates[one.id] is Fate.DORMANT for one in new),
        values=len(values),
    )


def _resolver(connection: sa.Connection, policy: Policy, matcher: Matcher | None) -> Resolve:
    """How unify makes profiles of records."""
    alive = sa.select(RECORD.c.id).where(RECORD.c.attributes.is_not(None))
    rows = connection.execute(
        sa.select(HANDOVER.c.profile_id, HANDOVER.c.record_id).where(
            HANDOVER.c.profile_id.not_in(alive)  # void while the record itself lives
        )
    )
    handed_over = {int(profile): int(heir) for profile, heir in rows}

    def resolver(
        records: Sequence[NormalisedRecord], words: Sequence[Decision]
    ) -> Mapping[int, int]:
        by_id = {record.record_id: record for record in records}

        def match(units: list[list[int]]) -> Matches:
            assert matcher is not None
            holders = block_holders(connection, by_id)
            return matcher.match([[by_id[id_] for id_ in unit] for unit in units], holders)

        found = resolve_graph(
            graph_of(records, policy), policy, words, handed_over, match if matcher else None
        )
        return found.profile_of

    return resolver


def _concerned(
    connection: sa.Connection,
    policy: Policy,
    said: Sequence[Said],
    new: Sequence[Said],
    values: frozenset[tuple[str, str]],
    most_in_block: int,
) -> list[NormalisedRecord]:
    """The records whose profile new words may change, and all that hang together with them."""
    by_id = {one.id: one for one in said}
    about = [by_id[one.retracts_id] if one.retracts_id else one for one in new]
    seeds = {id_ for one in about for id_ in one.pair if id_}
    for type_, value in sorted(values):
        holders = sa.select(IDENTIFIER.c.record_id).where(*holding(type_, value))
        seeds.update(connection.scalars(holders))
    scope = concerned(connection, policy, frozenset(seeds), frozenset(), most_in_block)
    # Not all who carry these are here, so they must be told apart from what could join.
    return [
        record._replace(
            identifiers=tuple(one for one in record.identifiers if one.key not in scope.demoted)
        )
        for record in load_normalised(connection, scope.records)
    ]


def _overruled(
    said: Iterable[Said], before: Mapping[int, Fate], after: Mapping[int, Fate]
) -> list[int]:
    return [
        one.id
        for one in said
        if before[one.id] is Fate.HOLDS
        and after[one.id] is Fate.OVERRULED
        and one.verdict != Verdict.UNSURE
    ]


def reblocked(
    records: Sequence[NormalisedRecord],
    changed: frozenset[tuple[str, str]],
    blocked: frozenset[tuple[str, str]],
    policy: Policy,
) -> list[NormalisedRecord]:
    """Records as they would be normalised with these values blocked, the other changed ones not."""

    def again(one: Identified) -> Identified:
        named = (one.key.type, one.key.value)
        if named not in changed:
            return one
        if named in blocked or named in policy.blocked:
            return Identified(one.key, IdentifierStatus.BLOCKED, Strength.NONE)
        found = normalise_identifier(*named, policy.region, policy.read_as)[0].status
        if found is Status.OK:
            strength = policy.strengths.get(one.key.type, Strength.STRONG)
            return Identified(one.key, IdentifierStatus.OK, strength)
        return Identified(one.key, IdentifierStatus(found.value), Strength.WEAK)

    if not changed:
        return list(records)
    return [
        record._replace(identifiers=tuple(again(one) for one in record.identifiers))
        for record in records
    ]
