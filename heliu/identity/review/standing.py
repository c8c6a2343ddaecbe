"""Which of humans' words hold: the later wins, through chains of them too. Pure."""

from collections.abc import Container, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

Pair = tuple[int, int]  # record ids, the smaller first


class Verdict(StrEnum):
    """What a human may say."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"  # seen, and not to be asked again on the same evidence
    BLOCK = "block"  # a value proves nothing
    KEEP = "keep"  # a value that many carry: seen, leave it so
    RETRACT = "retract"


PAIRS = frozenset({Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE})
VALUES = frozenset({Verdict.BLOCK, Verdict.KEEP})


class Said(NamedTuple):
    """One row of `decision`; ids grow with time."""

    id: int
    verdict: str
    left_id: int | None = None
    right_id: int | None = None
    type: str | None = None
    value: str | None = None
    retracts_id: int | None = None
    batch: str = ""
    who: str = ""
    why: str = ""
    at: datetime | None = None

    @property
    def pair(self) -> Pair:
        """The two records; (0, 0) for a word on a value."""
        return (self.left_id or 0, self.right_id or 0)

    @property
    def named(self) -> tuple[str, str]:
        """The value: (type, normalised value)."""
        return (self.type or "", self.value or "")


class Fate(StrEnum):
    """Whether a word holds."""

    HOLDS = "holds"
    RETRACTED = "retracted"
    OVERRULED = "overruled"  # a later word, or several together, say otherwise
    DORMANT = "dormant"  # one of its records is gone from its source
    DONE = "done"  # a retraction


def weigh(said: Iterable[Said], gone: Container[int] = frozenset()) -> dict[int, Fate]:
    """What became of every word.

    The newest is heard first; an older one that contradicts what newer ones say
    together (A is B, B is C; A isn't C) is overruled. A word on a record that is
    gone waits for its return and overrules nobody meanwhile.

    Args:
        said: All rows, in any order.
        gone: Ids of records that are deleted at their source.
    """
    newest_first = sorted(said, key=lambda one: -one.id)
    retracted = {one.retracts_id for one in newest_first if one.verdict == Verdict.RETRACT}
    heard = _Heard()
    fates: dict[int, Fate] = {}
    for one in newest_first:
        if one.verdict == Verdict.RETRACT:
            fates[one.id] = Fate.DONE
        elif one.id in retracted:
            fates[one.id] = Fate.RETRACTED
        elif one.verdict in PAIRS and (one.pair[0] in gone or one.pair[1] in gone):
            fates[one.id] = Fate.DORMANT
        else:
            fates[one.id] = Fate.HOLDS if heard.agrees(one) else Fate.OVERRULED
    return fates


def in_force(said: Iterable[Said], gone: Container[int] = frozenset()) -> list[Said]:
    """The words that hold, oldest first."""
    rows = sorted(said)
    fates = weigh(rows, gone)
    return [one for one in rows if fates[one.id] is Fate.HOLDS]


def contradictions(said: Iterable[Said]) -> list[Said]:
    """Words said at once that can't all be meant: those that contradict former ones."""
    heard = _Heard()
    verdicts: dict[object, str] = {}
    found = []
    for one in sorted(one for one in said if one.verdict != Verdict.RETRACT):
        about = one.named if one.verdict in VALUES else one.pair
        if verdicts.setdefault(about, one.verdict) != one.verdict or not heard.agrees(one):
            found.append(one)
    return found


class _Heard:
    """What has been said so far; agrees with a word or not, and then remembers it."""

    def __init__(self) -> None:
        self.parent: dict[int, int] = {}
        self.apart: dict[int, set[int]] = {}
        self.words: dict[Pair | tuple[str, str], str] = {}

    def agrees(self, one: Said) -> bool:
        if one.verdict in VALUES:
            return self.words.setdefault(one.named, one.verdict) == one.verdict
        if one.verdict == Verdict.UNSURE:
            return self.words.setdefault(one.pair, one.verdict) == one.verdict
        left, right = map(self._find, one.pair)
        agreed = self._same(left, right) if one.verdict == Verdict.SAME else left != right
        if agreed:
            self.words.setdefault(one.pair, one.verdict)
            if one.verdict == Verdict.DIFFERENT:
                self.apart.setdefault(left, set()).add(right)
                self.apart.setdefault(right, set()).add(left)
        return agreed

    def _same(self, left: int, right: int) -> bool:
        if any(self._find(other) == right for other in self.apart.get(left, ())):
            return False
        if left != right:
            self.parent[right] = left
            self.apart.setdefault(left, set()).update(self.apart.pop(right, ()))
        return True

    def _find(self, record: int) -> int:
        parent = self.parent
        while (above := parent.setdefault(record, record)) != record:
            parent[record] = record = parent[above]
        return record
