"""What one identifier value proves about the records that carry it: a pure function of both."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import NamedTuple

from heliu.identity.cluster import Held, conflict
from heliu.identity.policy import Policy
from heliu.identity.sound import fits, group_names, is_partial

NAMES_DIFFER = "names differ"
WHOSE = "nameless among several"


class Unit(NamedTuple):
    """Records already joined by platform ids, as one value sees them.

    Attributes:
        holder: The smallest of them that carries the value.
        names: Full names the unit goes by.
        partials: Surnames alone, where there is no full name.
        held: Platform ids of which a person has one.
    """

    holder: int
    names: Collection[str]
    partials: Collection[str]
    held: Held


@dataclass
class Proof:
    """Pairs a value joins, pairs it leaves to a human and why, or that it proves nothing."""

    links: list[tuple[int, int]] = field(default_factory=list)
    doubts: list[tuple[int, int, str]] = field(default_factory=list)
    names: int = 0
    demoted: bool = False


def prove(units: Sequence[Unit], records: int, policy: Policy) -> Proof:
    """What a phone or e-mail proves: a star inside each group of compatible names.

    Args:
        units: Who carries it, by smallest holder; two at least.
        records: How many records carry it.
        policy: The limits beyond which it proves nothing.
    """
    groups = _named_groups(units)
    proof = Proof(names=len(groups))
    if len(groups) > policy.max_names or records > policy.max_holders:
        proof.demoted = True
        return proof
    nameless = [unit for unit in units if not unit.names and not unit.partials]
    if len(groups) <= 1:
        together = [*(groups[0] if groups else []), *nameless]
        if not _contested(together):
            proof.links = _star(together)
            return proof
    for group in groups:
        proof.links += _star(group)
    heads = [group[0] for group in groups]
    pairs = combinations(sorted([*heads, *nameless], key=lambda unit: unit.holder), 2)
    for left, right in islice(pairs, policy.review_pairs):
        named = (left.names or left.partials) and (right.names or right.partials)
        proof.doubts.append((left.holder, right.holder, NAMES_DIFFER if named else WHOSE))
    return proof


def _named_groups(units: Sequence[Unit]) -> list[list[Unit]]:
    """Units by compatible names; a partial name joins the one group it fits, if one it is."""
    named = [unit for unit in units if unit.names]
    if len({name for unit in named for name in unit.names}) == 1 and not any(
        unit.partials for unit in units
    ):
        return [named]
    by_holder = {unit.holder: unit for unit in units}
    full: dict[int, list[str]] = {}
    partial: dict[int, str] = {}
    for unit in units:
        whole = [name for name in unit.names if not is_partial(name)]
        if whole:
            full[unit.holder] = whole
        elif unit.names or unit.partials:
            partial[unit.holder] = sorted([*unit.names, *unit.partials])[0]
    groups = group_names(full.items()) if full else []
    spellings = [{name for holder in group for name in full[holder]} for group in groups]
    alone: dict[str, list[int]] = {}
    for holder, name in partial.items():
        fitting = [
            group
            for group, known in zip(groups, spellings, strict=True)
            if any(fits(name, other) for other in known)
        ]
        if len(fitting) == 1:
            fitting[0].append(holder)
        else:
            alone.setdefault(name, []).append(holder)
    found = [sorted(group) for group in [*groups, *alone.values()]]
    return [[by_holder[holder] for holder in group] for group in sorted(found)]


def _contested(units: Sequence[Unit]) -> bool:
    """Whether two of them hold different platform ids of a kind a person has one of."""
    holding = [unit.held for unit in units if unit.held]
    return any(conflict(left, right) for left, right in combinations(holding, 2))


def _star(units: Sequence[Unit]) -> list[tuple[int, int]]:
    holders = sorted(unit.holder for unit in units)
    return [(holders[0], holder) for holder in holders[1:]]
