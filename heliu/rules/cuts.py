"""Where ranks cut: the smallest answer still among the highest share, and the like.

Cuts come from histograms, which add up over ranges of profiles, and are stored
with the run: given the same cuts, every engine ranks alike. Equals stay
together, so at most the share of people is taken.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from heliu.rules.conditions import Aggregate, Rank
from heliu.rules.library import Library
from heliu.rules.sql import measure_name
from heliu.rules.windows import DAY
from models import TagRun

TAG_RUN = TagRun.__table__  # type: ignore[attr-defined]

Histogram = Sequence[tuple[int, int]]  # lower bound of a bucket, how many people


def bucket_width(rank: Rank) -> int:
    """Recency is ranked in days, money in yuan, all else exactly."""
    if rank.question.aggregate in (Aggregate.FIRST, Aggregate.LAST):
        return DAY
    word = rank.question.word
    money = word is not None and word.name.endswith("_fen")
    return 100 if money and not rank.question.counts else 1


def rank_cuts(
    connection: sa.Connection, library: Library, measures: sa.FromClause
) -> dict[str, int | None]:
    """The cut of every rank of a library, None where nobody can be taken.

    Args:
        connection: Where the measures are.
        library: Whose ranks.
        measures: A table or subquery as of `measures_select`.
    """
    cuts = {}
    for rank in library.ranks:
        answer = measures.c[measure_name(library.questions.index(rank.question))]
        rows = connection.execute(histogram_select(answer, rank)).all()
        cuts[str(rank)] = cut_of([(int(low), int(people)) for low, people in rows], rank)
    return cuts


def histogram_select(answer: sa.ColumnElement[Any], rank: Rank) -> sa.Select[Any]:
    """How many come to which answer: lower bound of a bucket, people; adds up over ranges."""
    width = bucket_width(rank)
    # + width: the rest of a negative number is negative
    bucket = (answer - (answer % width + width) % width if width > 1 else answer).label("low")
    has_any = answer > 0 if rank.question.counts else answer.is_not(None)
    inner = sa.select(bucket).where(has_any).subquery()
    return sa.select(inner.c.low, sa.func.count()).group_by(inner.c.low)


def cut_of(histogram: Iterable[tuple[int, int]], rank: Rank) -> int | None:
    """The outermost answer that still takes at most the rank's share of people."""
    buckets = sorted(histogram, reverse=rank.top)
    room = sum(people for _, people in buckets) * rank.basis_points // 10_000
    cut = None
    for low, people in buckets:
        room -= people
        if room < 0:
            return cut
        cut = low if rank.top else low + bucket_width(rank) - 1
    return cut


def stored_cuts(connection: sa.Connection) -> dict[str, int | None]:
    """The cuts of the last full run, none before the first."""
    newest = sa.select(TAG_RUN.c.cuts).where(TAG_RUN.c.full).order_by(TAG_RUN.c.run_id.desc())
    text = connection.execute(newest.limit(1)).scalar()
    cuts: dict[str, int | None] = json.loads(text) if text else {}
    return cuts
