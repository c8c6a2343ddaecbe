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


class Teller(NamedTuple):
    """One record as survivorship looks at it: what it tells, and how far it is believed.

    Attributes:
        told: Attribute to value; contacts of too many people and what is only compared left out.
        vouched: Attributes its source has checked, by blanks.
    """

    record_id: int
    source: str
    trust: int
    name_status: Status
    told: Mapping[str, str | int]
    vouched: str
    created_at: int | None
    updated_at: int | None


class Claim(NamedTuple):
    """One record's word on one attribute."""

    value: str | int
    teller: Teller


# A rule gives every claim on an attribute a figure; those with the highest stay. It is told
# all claims there were at first, too.
Claims = Sequence[Claim]
Rule = Callable[[Claims, str, Claims], list[float]]
UNKNOWN = float("-inf")
RULES: dict[str, Rule] = {
    "trusted": lambda claims, _, every: [one.teller.trust for one in claims],
    "verified": lambda claims, attribute, every: [_vouched(one, attribute) for one in claims],
    "newest": lambda claims, _, every: [_or(one.teller.updated_at, 1) for one in claims],
    "earliest": lambda claims, _, every: [_or(one.teller.created_at, -1) for one in claims],
    "most frequent": lambda claims, _, every: _times(claims, every),
    "longest": lambda claims, _, every: [len(str(one.value)) for one in claims],
    BETTER_NAME: lambda claims, _, every: [NAME_RANK[one.teller.name_status] for one in claims],
}


def _or(instant: int | None, sign: int) -> float:
    return UNKNOWN if instant is None else sign * instant


def _times(claims: Claims, every: Claims) -> list[float]:
    times = Counter(value for value, _ in every)
    return [times[one.value] for one in claims]


def _vouched(claim: Claim, attribute: str) -> bool:
    """Whether the source says it has checked this cell."""
    vouched = claim.teller.vouched
    return bool(vouched) and attribute in vouched.split()


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
    ordered = sorted(members, key=lambda record: record.record_id)
    return choose([teller(record, demoted) for record in ordered], policy)


def teller(record: NormalisedRecord, demoted: AbstractSet[Key]) -> Teller:
    """A record in hand as survivorship looks at it."""
    told = {
        name: value
        for name, value in record.attributes.items()
        if name not in CONTACTS and not name.startswith(COMPARED)
    }
    for type_ in CONTACTS:
        if type_ in record.attributes and (own := _own_contact(record, type_, demoted)):
            told[type_] = own
    created_at, updated_at = record.created_at, record.updated_at
    tell_origin(told, record.source_channel, created_at, updated_at)
    vouched = str(record.attributes.get(VERIFIED, ""))
    return Teller(
        record.record_id,
        record.source,
        record.trust,
        record.name_status,
        told,
        vouched,
        created_at,
        updated_at,
    )


def tell_origin(
    told: dict[str, str | int], channel: str, created_at: int | None, updated_at: int | None
) -> None:
    """Add where and when a record was met to what it tells."""
    if channel:
        told["source_channel"] = channel
    if created_at is not None:
        told["created_at"] = created_at
    if updated_at is not None:
        told["updated_at"] = updated_at


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


def choose(tellers: Sequence[Teller], policy: Policy) -> dict[str, Golden]:
    """The values that survive of one profile's records.

    Args:
        tellers: By record id, one at least.
        policy: The rules of each attribute; ties go to the smallest record id.

    Returns:
        Attribute to value, for every attribute some record tells.
    """
    if len(tellers) == 1:
        id_ = tellers[0].record_id
        return {name: Golden(value, id_, ONLY) for name, value in tellers[0].told.items()}
    values: dict[str, Golden] = {}
    disputed: list[str] = []
    for one in tellers:
        for attribute, value in one.told.items():
            if attribute not in values:
                values[attribute] = Golden(value, one.record_id, ONLY)
            elif value != values[attribute][0]:
                disputed.append(attribute)
    for attribute in dict.fromkeys(disputed):
        claims = [
            Claim(said, one) for one in tellers if (said := one.told.get(attribute)) is not None
        ]
        values[attribute] = _winner(attribute, claims, policy)
    return values


def _winner(attribute: str, claims: Claims, policy: Policy) -> Golden:
    """The claim, of those in the order of their records, that the rules leave.

    Each rule in turn keeps its best, until one value is left.
    """
    every = claims
    rules = policy.survivorship.get(attribute, policy.otherwise)
    for name in (BETTER_NAME, *rules) if attribute == "name" else rules:
        figures = RULES[name](claims, attribute, every)
        top = max(figures)
        claims = [one for one, figure in zip(claims, figures, strict=True) if figure == top]
        value = claims[0].value
        if all(claim.value == value for claim in claims):
            return Golden(value, claims[0].teller.record_id, name)
    return Golden(claims[0].value, claims[0].teller.record_id, FIRST)
