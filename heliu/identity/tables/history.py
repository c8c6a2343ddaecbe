"""What became of profiles between two runs: aliases and events, from who was and is where."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple


class Change(NamedTuple):
    """One line of a profile's history; rows of `profile_event`."""

    profile_id: int
    what: str  # created, grew, shrank, merged, split, restored, deleted
    other_id: int | None = None  # merged into, split or restored from


@dataclass(frozen=True)
class History:
    """What a run changed.

    Attributes:
        moved: Record id to (profile before, profile after); None where it had or has none.
        changes: What happened to which profile, by profile.
        aliases: Id no longer a profile to the profile it now means.
    """

    moved: dict[int, tuple[int | None, int | None]]
    changes: list[Change]
    aliases: dict[int, int] = field(default_factory=dict)

    @property
    def profiles(self) -> set[int]:
        """Every profile that lost or gained a record."""
        return {id_ for ids in self.moved.values() for id_ in ids if id_ is not None}


def tell_history(
    before: Mapping[int, int],
    after: Mapping[int, int],
    profiles: AbstractSet[int],
    aliases: Mapping[int, int],
) -> History:
    """Compare two partitions of records into profiles.

    Args:
        before: Record id to profile id as published.
        after: Record id to profile id now.
        profiles: Ids of the profiles published.
        aliases: Aliases that hold as published: id no longer a profile to profile.
    """
    moved = {
        record: (before.get(record), after.get(record))
        for record in sorted(before.keys() | after.keys())
        if before.get(record) != after.get(record)
    }
    now = set(after.values())
    heirs = _heirs(moved)

    def successor(gone: int) -> int | None:
        seen: set[int] = set()
        while gone not in now and gone not in seen:
            seen.add(gone)
            heir = after.get(gone) or heirs.get(gone) or aliases.get(gone)
            if heir is None:
                return None
            gone = heir
        return gone if gone in now else None

    gone = sorted((aliases.keys() | profiles) - now)
    followed = {id_: heir for id_ in gone if (heir := successor(id_)) is not None}
    changes = [_came(id_, before, aliases) for id_ in sorted(now - profiles)]
    changes += [
        Change(id_, "merged" if id_ in followed else "deleted", followed.get(id_))
        for id_ in sorted(profiles - now)
    ]
    gained = {new for _, new in moved.values() if new is not None}
    lost = {old for old, _ in moved.values() if old is not None}
    for id_ in sorted(now & profiles):
        changes += [Change(id_, "grew")] * (id_ in gained) + [Change(id_, "shrank")] * (id_ in lost)
    return History(moved, sorted(changes, key=lambda change: change[:2]), followed)


def _came(id_: int, before: Mapping[int, int], aliases: Mapping[int, int]) -> Change:
    if id_ in aliases:
        return Change(id_, "restored", aliases[id_])
    if id_ in before:
        return Change(id_, "split", before[id_])
    return Change(id_, "created")


def _heirs(moved: Mapping[int, tuple[int | None, int | None]]) -> dict[int, int]:
    """Profile to the smallest of those its former records are in now."""
    heirs: dict[int, int] = {}
    for old, new in moved.values():
        if old is not None and new is not None:
            heirs[old] = min(new, heirs.get(old, new))
    return heirs
