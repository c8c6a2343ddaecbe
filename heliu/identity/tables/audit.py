"""Write, audit, publish: look at what a run would change before anybody sees it.

Merging is done to people who can't object, so a run that would move very many
records, or blow one profile up, waits for a human. See
docs/adr/0015-write-audit-publish.md for where the numbers come from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

from heliu.errors import SafetyStop

FEW_MOVED = 20  # fewer records than this never stop a run: a human sees through them in minutes
SMALL = 20  # a profile of no more records than this never stops a run, however fast it grew
MOST_LISTED = 10  # merges and splits kept of a stopped run
MOST_IDS = 10  # ids listed of one merge or split

Moved = Mapping[int, tuple[int | None, int | None]]  # record id → profile id before, after


class Limits(Protocol):
    """What of a policy the audit reads."""

    @property
    def max_moved_percent(self) -> int:
        """More records than this share of those known may not change their profile."""

    @property
    def max_growth(self) -> int:
        """The largest profile may not become this many times as large."""


@dataclass(frozen=True)
class Figures:
    """The partition as a whole, as published or as wanted.

    Attributes:
        records: Records that have a profile.
        profiles: Profiles.
        largest: Records in the largest profile.
    """

    records: int = 0
    profiles: int = 0
    largest: int = 0


class Breach(NamedTuple):
    """A limit a run would break: which, by how much, and the same as a clause."""

    limit: str  # max_moved_percent, max_growth
    found: int  # records moved, or records of the largest profile
    whole: int  # of so many; or what it was before
    says: str


class Regrouping(NamedTuple):
    """A profile others merge into, or one that is split, and how many records change hands."""

    profile_id: int
    others: tuple[int, ...]  # the smallest MOST_IDS of them
    profiles: int  # how many others
    records: int


@dataclass(frozen=True)
class Wanted:
    """What a stopped run would have done: counts and ids, so that a human can judge."""

    before: Figures
    after: Figures
    moved: int
    merges: tuple[Regrouping, ...] = ()
    splits: tuple[Regrouping, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain data; `read_wanted` turns it back."""
        return asdict(self)


class AuditStop(SafetyStop):
    """A run would change more than a human has allowed; nothing of it was published."""

    def __init__(self, breaches: Iterable[Breach], wanted: Wanted) -> None:
        self.breaches = list(breaches)
        self.wanted = wanted
        super().__init__(
            f"Stopped before anything was published: {'; '.join(b.says for b in self.breaches)}. "
            "Profiles stay as last published, and what was collected is kept. Look at the biggest "
            "merges and splits in the report; then mend the source or the policy, or publish "
            "once with --accept-changes."
        )


def audit(before: Figures, after: Figures, moved: int, limits: Limits) -> list[Breach]:
    """Every limit that publishing would break; none on the first run.

    Args:
        before: As published.
        after: As wanted.
        moved: Records that had a profile, keep one, and would have another.
        limits: The firm's policy.

    >>> class Default: max_moved_percent, max_growth = 5, 2
    >>> [b.says for b in audit(Figures(900, 500, 11), Figures(950, 400, 30), 46, Default())]
    ['46 of 900 records (5.1%) would move to another profile, at most 5% may', \
'the largest profile would grow from 11 to 30 records, it must stay below 2 times its size']
    """
    if not before.records:
        return []
    found = []
    # In whole numbers: shares near the limit must not hang on rounding.
    if moved >= FEW_MOVED and 100 * moved > limits.max_moved_percent * before.records:
        says = (
            f"{moved:,} of {before.records:,} records ({moved / before.records:.1%}) would move "
            f"to another profile, at most {limits.max_moved_percent}% may"
        )
        found.append(Breach("max_moved_percent", moved, before.records, says))
    if after.largest > SMALL and after.largest >= limits.max_growth * before.largest:
        says = (
            f"the largest profile would grow from {before.largest:,} to {after.largest:,} records, "
            f"it must stay below {limits.max_growth} times its size"
        )
        found.append(Breach("max_growth", after.largest, before.largest, says))
    return found


def stop_if_too_much(before: Figures, after: Figures, moved: Moved, limits: Limits) -> None:
    """Refuse to publish what breaks a limit; called in the transaction that would publish it.

    Args:
        before: As published.
        after: As wanted.
        moved: Every record whose profile differs; those that come or go don't count.
        limits: The firm's policy.

    Raises:
        AuditStop: Says which limits, and carries what the run wanted.
    """
    breaches = audit(before, after, count_moved(moved), limits)
    if breaches:
        raise AuditStop(breaches, tell_wanted(before, after, moved))


def count_moved(moved: Moved) -> int:
    """Records that had a profile and would have another; new and deleted ones aside."""
    return sum(old is not None and new is not None for old, new in moved.values())


def tell_wanted(before: Figures, after: Figures, moved: Moved) -> Wanted:
    """What publishing would do, its biggest merges and splits first.

    Records that go to a profile whose own anchor goes there with them are split off;
    all others merge into a profile that was there.
    """
    hands = Counter(
        (old, new) for old, new in moved.values() if old is not None and new is not None
    )
    into: dict[int, Counter[int]] = {}
    out_of: dict[int, Counter[int]] = {}
    for (old, new), records in hands.items():
        anchor_was_in, anchor_is_in = moved.get(new, (None, None))
        if anchor_was_in is not None and anchor_is_in == new:
            out_of.setdefault(old, Counter())[new] += records
        else:
            into.setdefault(new, Counter())[old] += records
    return Wanted(before, after, sum(hands.values()), _biggest(into), _biggest(out_of))


def _biggest(groups: Mapping[int, Counter[int]]) -> tuple[Regrouping, ...]:
    found = [
        Regrouping(id_, tuple(sorted(others)[:MOST_IDS]), len(others), others.total())
        for id_, others in groups.items()
    ]
    found.sort(key=lambda one: (-one.records, one.profile_id))
    return tuple(found[:MOST_LISTED])


def read_wanted(plain: Mapping[str, Any]) -> Wanted:
    """A stopped run's wish from its JSON."""

    def regroupings(rows: Iterable[Any]) -> tuple[Regrouping, ...]:
        return tuple(Regrouping(id_, tuple(others), n, moved) for id_, others, n, moved in rows)

    return Wanted(
        Figures(**plain["before"]),
        Figures(**plain["after"]),
        plain["moved"],
        regroupings(plain["merges"]),
        regroupings(plain["splits"]),
    )
