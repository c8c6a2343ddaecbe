"""profile's records → golden values: which record wins each attribute, by a short list of rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from heliu.identity.normalise import CONTACTS
from heliu.identity.policy import Policy
from heliu.identity.records import Key, NormalisedRecord
from heliu.identity.resolution import Resolution
from heliu.identity.text import Status
from models import IdentifierStatus

ONLY = "only value"
FIRST = "first record"  # the rules could not tell

# Which kind of name is a person's, the better first; the others never stand for one.
NAME_RANK = {Status.OK: 2, Status.LATIN: 1, Status.SURNAME_ONLY: 0}
BETTER_NAME = "fuller name"


class Golden(NamedTuple):
    """An attribute's value, the record it is from and the rule that chose it."""

    value: str | int
    record_id: int
    rule: str


class GoldenProfile(NamedTuple):
    """A profile: how many records of how many sources, and its values."""

    records: int
    sources: int
    values: dict[str, Golden]


class Claim(NamedTuple):
    """One record's word on one attribute."""

    value: str | int
    record: NormalisedRecord


# A rule gives every claim a figure; those with the highest stay.
Rule = Callable[[Claim, Mapping[str | int, int]], float]
UNKNOWN = float("-inf")
RULES: dict[str, Rule] = {
    "trusted": lambda claim, _: claim.record.trust,
    "newest": lambda claim, _: _or(claim.record.updated_at, 1),
    "earliest": lambda claim, _: _or(claim.record.created_at, -1),
    "most frequent": lambda claim, times: times[claim.value],
    BETTER_NAME: lambda claim, _: NAME_RANK[claim.record.name_status],
}


def _or(instant: int | None, sign: int) -> float:
    return UNKNOWN if instant is None else sign * instant


def golden_profiles(
    records: Iterable[NormalisedRecord], resolution: Resolution, policy: Policy
) -> dict[int, GoldenProfile]:
    """Every profile's golden values, by profile id."""
    members: dict[int, list[NormalisedRecord]] = {}
    for record in records:
        members.setdefault(resolution.profile_of[record.record_id], []).append(record)
    demoted = frozenset(demoted.key for demoted in resolution.demoted)
    return {
        profile: GoldenProfile(
            len(group), len({record.source for record in group}), golden(group, policy, demoted)
        )
        for profile, group in members.items()
    }


def golden(
    members: Sequence[NormalisedRecord],
    policy: Policy,
    demoted: AbstractSet[Key] = frozenset(),
) -> dict[str, Golden]:
    """The values that survive of one profile's records, whatever their order.

    Args:
        members: The records, one at least.
        policy: The rules of each attribute; ties go to the smallest record id.
        demoted: Identifiers of too many people: nobody's own phone or e-mail.

    Returns:
        Attribute to value, for every attribute some member tells.
    """
    claims: dict[str, list[Claim]] = {}
    for record in members if len(members) == 1 else sorted(members, key=lambda r: r.record_id):
        for attribute, value in _told(record, demoted):
            claims.setdefault(attribute, []).append(Claim(value, record))
    return {
        attribute: _winner(attribute, claims[attribute], policy) for attribute in sorted(claims)
    }


def _told(record: NormalisedRecord, demoted: AbstractSet[Key]) -> Iterable[tuple[str, str | int]]:
    for attribute, value in record.attributes.items():
        if attribute not in CONTACTS:
            yield attribute, value
        elif own := _own_contact(record, attribute, demoted):
            yield attribute, own
    if record.source_channel:
        yield "source_channel", record.source_channel
    if record.created_at is not None:
        yield "created_at", record.created_at
    if record.updated_at is not None:
        yield "updated_at", record.updated_at


def _own_contact(record: NormalisedRecord, type_: str, demoted: AbstractSet[Key]) -> str | None:
    """The record's first good phone or e-mail, unless too many people carry it: then its next."""
    own = [
        key.value
        for key, status, _ in record.identifiers
        if key.type == type_ and status is IdentifierStatus.OK and key not in demoted
    ]
    first = str(record.attributes[type_])
    return first if first in own else min(own, default=None)


def _winner(attribute: str, claims: list[Claim], policy: Policy) -> Golden:
    """The claim, of those in the order of their records, that the rules leave.

    Each rule in turn keeps its best.
    """
    if len(claims) == 1:
        return Golden(claims[0].value, claims[0].record.record_id, ONLY)
    times = Counter(claim.value for claim in claims)
    rules = policy.survivorship.get(attribute, policy.otherwise)
    decided = ONLY if len(times) == 1 else FIRST
    for name in (BETTER_NAME, *rules) if attribute == "name" else rules:
        left = _best(claims, [RULES[name](claim, times) for claim in claims])
        if _differ(claims) and not _differ(left):
            decided = name
        claims = left
    first = claims[0]  # of the smallest record: the claims came in that order
    return Golden(first.value, first.record.record_id, decided)


def _differ(claims: list[Claim]) -> bool:
    return any(claim.value != claims[0].value for claim in claims)


def _best(claims: list[Claim], figures: list[float]) -> list[Claim]:
    top = max(figures)
    return [claim for claim, figure in zip(claims, figures, strict=True) if figure == top]
