"""How often the machine alone had been right, by the pairs humans decided.

Unification obeys every decision, so its result agrees with them by construction.
What counts is what it held before: whether the two were one profile in the run
the human looked at. The pairs are those that came to a human's eyes, doubtful ones
first, so this is no estimate for all pairs: it says how good the hard ones were.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

import sqlalchemy as sa

from heliu.identity.review.standing import Said, Verdict, in_force
from heliu.reports.figures.query import table_of
from models import Decision, Membership

DECISION, MEMBERSHIP = table_of(Decision), table_of(Membership)
Z = 1.959964  # of the normal distribution, for 95 in 100
AT_ONCE = 10_000  # ids in one IN: SQLite takes 32,766 parameters

Interval = tuple[float, float]
Stay = tuple[int, int | None, int]  # from run, to run (exclusive; None: still), profile


@dataclass(frozen=True)
class Share:
    """A share found and the interval the true one is in, 95 times in 100."""

    found: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Pairs by what the machine held and what a human said.

    Attributes:
        joined_same: One profile, and rightly.
        joined_different: One profile, wrongly.
        apart_same: Two profiles of one person.
        apart_different: Two profiles, and rightly.
    """

    joined_same: int = 0
    joined_different: int = 0
    apart_same: int = 0
    apart_different: int = 0

    @property
    def pairs(self) -> int:
        """Pairs a human judged."""
        return self.joined_same + self.joined_different + self.apart_same + self.apart_different

    @property
    def agreed(self) -> Share | None:
        """Pairs of which both said the same; None where there are none."""
        return share(self.joined_same + self.apart_different, self.pairs)

    @property
    def precision(self) -> Share | None:
        """Of the pairs joined, those rightly so."""
        return share(self.joined_same, self.joined_same + self.joined_different)

    @property
    def recall(self) -> Share | None:
        """Of the pairs that are one person, those joined."""
        return share(self.joined_same, self.joined_same + self.apart_same)

    @property
    def f1(self) -> Share | None:
        """The harmonic mean of both, which is 2J/(1+J) of Jaccard's share J: so is its interval."""
        jaccard = share(
            self.joined_same, self.joined_same + self.joined_different + self.apart_same
        )
        if jaccard is None:
            return None
        return Share(*(2 * j / (1 + j) for j in (jaccard.found, jaccard.low, jaccard.high)))


def share(part: int, whole: int) -> Share | None:
    """A share with its interval; None of nothing.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical
    inference. Unlike the textbook's, it holds for few pairs and near 0 and 1.

    >>> found = share(9, 10)
    >>> round(found.low, 4), round(found.high, 4)
    (0.5958, 0.9821)
    """
    if not whole:
        return None
    p = part / whole
    middle = (p + Z * Z / (2 * whole)) / (1 + Z * Z / whole)
    reach = Z * sqrt(p * (1 - p) / whole + Z * Z / (4 * whole * whole)) / (1 + Z * Z / whole)
    # Rounding must not part the share from its interval at 0 and 1.
    return Share(p, min(p, max(0.0, middle - reach)), max(p, min(1.0, middle + reach)))


def judge(
    said: Iterable[Said], seen: Mapping[int, int | None], stays: Mapping[int, list[Stay]]
) -> Agreement:
    """Compare the words that hold with what the profiles said before the first of them.

    Args:
        said: All words, in any order.
        seen: Word to the newest run when it was said; a pair's first word counts, as
            later ones see what that one made.
        stays: Record to the profiles it was in, run by run.
    """
    rows = sorted(said)
    first = {one.pair: seen.get(one.id) for one in reversed(rows) if one.verdict != "retract"}
    found = {(joined, verdict): 0 for joined in (True, False) for verdict in ("same", "different")}
    for one in in_force(rows):
        run = first.get(one.pair)
        if run is None or one.verdict not in (Verdict.SAME, Verdict.DIFFERENT):
            continue
        left, right = (_profile_at(stays.get(record, []), run) for record in one.pair)
        if left is not None and right is not None:
            found[left == right, str(one.verdict)] += 1
    return Agreement(
        found[True, "same"],
        found[True, "different"],
        found[False, "same"],
        found[False, "different"],
    )


def _profile_at(stays: Iterable[Stay], run: int) -> int | None:
    for since, until, profile in stays:
        if since <= run and (until is None or until > run):
            return profile
    return None


def agreement(connection: sa.Connection) -> Agreement:
    """What humans' words say of the machine; all zero where nobody has said any."""
    columns = [DECISION.c[name] for name in (*Said._fields, "seen_run_id")]
    rows = [tuple(row) for row in connection.execute(sa.select(*columns))]
    said = [Said(*row[:-1]) for row in rows]
    records = sorted({id_ for one in said for id_ in one.pair if id_})
    return judge(said, {row[0]: row[-1] for row in rows}, _stays(connection, records))


def _stays(connection: sa.Connection, records: list[int]) -> dict[int, list[Stay]]:
    found: dict[int, list[Stay]] = {}
    columns = [
        MEMBERSHIP.c[name] for name in ("record_id", "from_run_id", "to_run_id", "profile_id")
    ]
    for start in range(0, len(records), AT_ONCE):
        part = records[start : start + AT_ONCE]
        query = sa.select(*columns).where(MEMBERSHIP.c.record_id.in_(part))
        for record, since, until, profile in connection.execute(query):
            found.setdefault(record, []).append((since, until, profile))
    return found
