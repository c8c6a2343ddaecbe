"""What one identifier value proves about the records that carry it: a pure function of both."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import NamedTuple

from heliu.identity.cluster import Held, conflict
from heliu.identity.compatible import compatible, count_people
from heliu.identity.graph import NAME_BIRTHDAY, NO_TRAITS, Traits
from heliu.identity.policy import Policy
from heliu.identity.values.birth import agree, apart, differ
from models import Strength

NAMES_DIFFER = "names differ"
BIRTHDAYS_DIFFER = "birthdays differ"
WHOSE = "nameless among several"

# What stands in a city, so that the city tells nothing new.
TELLS_CITY = frozenset({"phone", "address"})


class Unit(NamedTuple):
    """Records already joined by platform ids, as one value sees them.

    Attributes:
        holder: The smallest of them that carries the value.
        names: Full names the unit goes by.
        partials: Surnames alone, where there is no full name.
        held: Platform ids of which a person has one.
        births: Birthdays it tells, ISO.
    """

    holder: int
    names: Collection[str]
    partials: Collection[str]
    held: Held
    births: Collection[str] = frozenset()


@dataclass
class Proof:
    """Pairs a value joins, and pairs it leaves to a human and why."""

    links: list[tuple[int, int]] = field(default_factory=list)
    doubts: list[tuple[int, int, str]] = field(default_factory=list)


def is_overloaded(
    names: Collection[str], records: int, policy: Policy, strength: Strength = Strength.MEDIUM
) -> bool:
    """Whether too many people carry a value for it to prove anything (it is demoted).

    A function of the value's own holders alone, never of whom they were joined with.

    Args:
        names: The holders' own full names, as often as they like; nameless ones left out.
        records: How many records carry it.
        policy: The limits.
        strength: Of the value; a platform id's holders are trusted further, by any number.
    """
    if strength is Strength.STRONG:
        most = policy.max_names_strong
    elif records > policy.max_holders:
        return True
    else:
        most = policy.max_names
    return len(set(names)) > most and count_people(names) > most


def prove(units: Sequence[Unit], policy: Policy) -> Proof:
    """What a phone or e-mail proves: a star inside each group of compatible names.

    Whether too many people carry it has been asked before, of its holders' own names.

    Args:
        units: Who carries it, by smallest holder; two at least.
        policy: How many pairs it may put before a human.
    """
    groups = _people(units)
    proof = Proof()
    nameless = [unit for unit in units if not unit.names and not unit.partials]
    if len(groups) <= 1:
        together = [*(groups[0] if groups else []), *nameless]
        if not (_contested(together) or _born_apart(together)):
            proof.links = _star(together)
            return proof
    parts = [part for group in groups for part in _by_birth(group)]
    for part in parts:
        proof.links += _star(part)
    heads = [part[0] for part in parts]
    pairs = combinations(sorted([*heads, *nameless], key=lambda unit: unit.holder), 2)
    for left, right in islice(pairs, policy.review_pairs):
        proof.doubts.append((left.holder, right.holder, _doubt(left, right, groups)))
    return proof


def corroborated(types: Collection[str], left: Sequence[Traits], right: Sequence[Traits]) -> str:
    """Why two namesakes who share weak values are one person; "" where it isn't sure.

    A name and one weak value in common are a coincidence every large firm meets; with one
    independent fact more we believe it, unless their birthdays or genders say otherwise.

    Args:
        types: What they share weak values of: a landline, an address, name and birthday.
        left: What the records of one of them tell.
        right: What the records of the other tell.
    """
    ours, others = ([told for told in side if told is not NO_TRAITS] for side in (left, right))
    if len({told.gender for told in (*ours, *others)} - {""}) > 1:
        return ""
    births = [(a.birthday, b.birthday) for a in ours for b in others if a.birthday and b.birthday]
    one_day = any(agree(*both) for both in births)
    if not one_day and any(differ(*both) for both in births):
        return ""
    facts = set(types) - {NAME_BIRTHDAY}
    facts |= {"birthday"} if one_day else set()
    facts |= {
        name
        for name in ("city", "company")
        if {getattr(told, name) for told in ours} & {getattr(told, name) for told in others} - {""}
    }
    if facts & TELLS_CITY:
        facts -= {"city"}
    return f"same name, {', '.join(sorted(facts))}" if len(facts) > 1 else ""


def _doubt(left: Unit, right: Unit, groups: Sequence[Sequence[Unit]]) -> str:
    if not ((left.names or left.partials) and (right.names or right.partials)):
        return WHOSE
    same_name = any(left in group and right in group for group in groups)
    return BIRTHDAYS_DIFFER if same_name else NAMES_DIFFER


def _people(units: Sequence[Unit]) -> list[list[Unit]]:
    """Units by compatible names; nameless ones are in none."""
    named = [unit for unit in units if unit.names]
    if len({name for unit in named for name in unit.names}) == 1 and not any(
        unit.partials for unit in units
    ):
        return [named]
    by_holder = {unit.holder: unit for unit in units}
    names = {
        unit.holder: sorted([*unit.names, *unit.partials])
        for unit in units
        if unit.names or unit.partials
    }
    return [[by_holder[holder] for holder in group] for group in compatible(names)]


def _by_birth(group: Sequence[Unit]) -> list[Sequence[Unit]]:
    """Bearers of one name, apart where they were born on different days: father and son.

    Whoever tells no birthday stands alone then, for it may be either's record.
    """
    if not _born_apart(group):
        return [group]
    told = sorted({birth for unit in group for birth in unit.births})
    parts: dict[str, list[Unit]] = {}
    alone = []
    for unit in group:
        if unit.births:
            first = next(b for b in told if not apart(b, min(unit.births)))
            parts.setdefault(first, []).append(unit)
        else:
            alone.append([unit])
    return sorted([*parts.values(), *alone], key=lambda part: part[0].holder)


def _born_apart(units: Sequence[Unit]) -> bool:
    return _any_apart({birth for unit in units for birth in unit.births})


def _any_apart(births: Collection[str]) -> bool:
    return len(births) > 1 and any(apart(left, right) for left, right in combinations(births, 2))


def _contested(units: Sequence[Unit]) -> bool:
    """Whether two of them hold different platform ids of a kind a person has one of."""
    holding = [unit.held for unit in units if unit.held]
    return any(conflict(left, right) for left, right in combinations(holding, 2))


def _star(units: Sequence[Unit]) -> list[tuple[int, int]]:
    holders = sorted(unit.holder for unit in units)
    return [(holders[0], holder) for holder in holders[1:]]
