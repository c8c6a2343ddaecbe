"""profile's records → golden values: which record wins each attribute, by a short list of rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from heliu.identity.normalise import CONTACTS
from heliu.identity.policy import Policy
from heliu.identity.records import Key, NormalisedRecord
from heliu.identity.resolution import Resolution
from heliu.identity.values.text import Status
from heliu.rules.vocabulary import COMPARED, VERIFIED
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


# A rule gives every claim on an attribute a figure; those with the highest stay.
Rule = Callable[[Claim, str, Mapping[str | int, int]], float]
UNKNOWN = float("-inf")
RULES: dict[str, Rule] = {
    "trusted": lambda claim, _, times: claim.record.trust,
    "verified": lambda claim, attribute, times: _vouched(claim.record, attribute),
    "newest": lambda claim, _, times: _or(claim.record.updated_at, 1),
    "earliest": lambda claim, _, times: _or(claim.record.created_at, -1),
    "most frequent": lambda claim, _, times: times[claim.value],
    "longest": lambda claim, _, times: len(str(claim.value)),
    BETTER_NAME: lambda claim, _, times: NAME_RANK[claim.record.name_status],
}


def _or(instant: int | None, sign: int) -> float:
    return UNKNOWN if instant is None else sign * instant


def _vouched(record: NormalisedRecord, attribute: str) -> bool:
    """Whether the source says it has checked this cell."""
    vouched = record.attributes.get(VERIFIED)
    return vouched is not None and attribute in str(vouched).split()


def golden_profiles(
    records: Iterable[NormalisedRecord], resolution: Resolution, policy: Policy
) -> dict[int, GoldenProfile]:
    """Every profile's golden values, by profile id."""
    profile_of = resolution.profile_of
    members: dict[int, list[NormalisedRecord]] = {}
    for record in records:
        members.setdefault(profile_of[record.record_id], []).append(record)
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
    if len(members) == 1:
        return {
            attribute: Golden(value, members[0].record_id, ONLY)
            for attribute, value in _told(members[0], demoted).items()
        }
    values: dict[str, Golden] = {}
    disputed: dict[str, list[Claim]] = {}
    told = [(record, _told(record, demoted)) for record in sorted(members, key=_by_id)]
    for record, said in told:
        for attribute, value in said.items():
            if attribute not in values:
                values[attribute] = Golden(value, record.record_id, ONLY)
            elif value != values[attribute][0]:
                disputed[attribute] = []
    for attribute, claims in disputed.items():
        claims += [Claim(said[attribute], record) for record, said in told if attribute in said]
        values[attribute] = _winner(attribute, claims, policy)
    return values


def _by_id(record: NormalisedRecord) -> int:
    return record.record_id


def _told(record: NormalisedRecord, demoted: AbstractSet[Key]) -> dict[str, str | int]:
    told: dict[str, str | int] = {}
    for attribute, value in record.attributes.items():
        if attribute in CONTACTS:
            if own := _own_contact(record, attribute, demoted):
                told[attribute] = own
        elif not attribute.startswith(COMPARED):
            told[attribute] = value
    if record.source_channel:
        told["source_channel"] = record.source_channel
    if record.created_at is not None:
        told["created_at"] = record.created_at
    if record.updated_at is not None:
        told["updated_at"] = record.updated_at
    return told


def _own_contact(record: NormalisedRecord, type_: str, demoted: AbstractSet[Key]) -> str | None:
    """The record's first good phone or e-mail, unless too many people carry it: then its next."""
    first = str(record.attributes[type_])
    own: str | None = None
    for key, status, _ in record.identifiers:
        if key[0] == type_ and status is IdentifierStatus.OK and key not in demoted:
            if key[2] == first:
                return first
            own = key[2] if own is None else min(own, key[2])
    return own


def _winner(attribute: str, claims: list[Claim], policy: Policy) -> Golden:
    """The claim, of those in the order of their records, that the rules leave.

    Each rule in turn keeps its best, until one value is left.
    """
    times = Counter(value for value, _ in claims)
    rules = policy.survivorship.get(attribute, policy.otherwise)
    for name in (BETTER_NAME, *rules) if attribute == "name" else rules:
        rule = RULES[name]
        figures = [rule(claim, attribute, times) for claim in claims]
        top = max(figures)
        claims = [one for one, figure in zip(claims, figures, strict=True) if figure == top]
        value = claims[0].value
        if all(claim.value == value for claim in claims):
            return Golden(value, claims[0].record.record_id, name)
    return Golden(claims[0].value, claims[0].record.record_id, FIRST)
