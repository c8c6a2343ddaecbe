"""Judging everybody on another engine: facts go there, only who differs comes back."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from heliu.rules.cuts import Histogram, histogram_select
from heliu.rules.library import Library
from heliu.rules.sql import PROFILE, measure_name, measures_select
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts, Numbers, bit_of, library_select, word_names
from heliu.tags import ranges
from heliu.tags.apply import write_delta
from heliu.tags.delta import find_delta
from heliu.tags.lake.engines import ENGINES, Lake
from heliu.tags.lake.export import CARRIED, exported
from heliu.tags.lake.text import Needs, needs
from heliu.tags.plan import library_state
from models.bulk import stage
from models.columns import BigId
from models.database import reading

carried_tag = sa.table(CARRIED, sa.column("profile_id", BigId), sa.column("number", sa.Integer))


def judge_in_lake(
    engine: sa.Engine, library: Library, clock: Clock, run_id: int, kind: str, folder: Path
) -> int:
    """Make everybody's tags true; how many were judged. In place of all parts of a run.

    Args:
        engine: The firm's database.
        library: Tags in force.
        clock: As-of and the firm's zone.
        run_id: A full run under way; its cuts are kept by this.
        kind: duckdb or spark.
        folder: Where the facts are put meanwhile.
    """
    with reading(engine) as connection:
        numbers = library_state(connection, library).numbers
        parts = ranges.split(connection)
        read = read_by(library, numbers, clock)
        with exported(connection, read, parts, folder), ENGINES[kind](folder) as lake:
            cuts = ranges.merged_cuts(library, [histograms_of(lake, library, clock)])
            people = sa.select(sa.func.count()).select_from(PROFILE)
            judged = int(next(iter(lake.rows(people)))[0])
            differing = list(lake.rows(differing_select(library, numbers, clock, cuts)))
    ranges.keep_cuts(engine, run_id, cuts)
    apply_words(engine, library, clock, run_id, differing)
    return judged


def read_by(library: Library, numbers: Numbers, clock: Clock) -> Needs:
    """The tables and columns a library reads; which cuts it goes by makes no difference."""
    statement = library_select(library, numbers, clock, {})
    return needs(statement, *_ranked(library, clock).values())


def histograms_of(lake: Lake, library: Library, clock: Clock) -> dict[str, Histogram]:
    """As `heliu.tags.ranges.histograms`, of everybody."""
    return {
        rank: [(int(low), int(people)) for low, people in lake.rows(select)]
        for rank, select in _ranked(library, clock).items()
    }


def _ranked(library: Library, clock: Clock) -> dict[str, sa.Select[Any]]:
    """Rank to the statement of its histogram."""
    asked = {rank: measures_select([rank.question], clock).subquery() for rank in library.ranks}
    return {
        str(rank): histogram_select(measures.c[measure_name(0)], rank)
        for rank, measures in asked.items()
    }


def differing_select(
    library: Library, numbers: Numbers, clock: Clock, cuts: Cuts
) -> sa.Select[Any]:
    """Who should carry other tags than they do: profile_id, and the words they should have."""
    words = word_names(numbers)
    wanted = library_select(library, numbers, clock, cuts).subquery("wanted")
    carried = _carried_words(numbers).subquery("now")
    differ = sa.or_(*(wanted.c[word] != sa.func.coalesce(carried.c[word], 0) for word in words))
    joined = wanted.outerjoin(carried, carried.c.profile_id == wanted.c.profile_id)
    return sa.select(wanted).select_from(joined).where(differ)


def _carried_words(numbers: Numbers) -> sa.Select[Any]:
    """The tags people carry, as words."""
    columns: list[sa.ColumnElement[Any]] = []
    for place, word in enumerate(word_names(numbers)):
        bits = [
            (carried_tag.c.number == number, sa.literal(bit_of(number)[1], sa.BigInteger))
            for number in sorted(numbers.values())
            if bit_of(number)[0] == place
        ]
        zero = sa.literal(0, sa.BigInteger)
        bit = sa.case(*bits, else_=zero) if bits else zero
        columns.append(sa.cast(sa.func.sum(bit), sa.BigInteger).label(word))
    return sa.select(carried_tag.c.profile_id, *columns).group_by(carried_tag.c.profile_id)


def apply_words(
    engine: sa.Engine, library: Library, clock: Clock, run_id: int, words: Iterable[Sequence[int]]
) -> None:
    """Write the difference as a part of a run does, given what these profiles should carry.

    Args:
        engine: The firm's database.
        library: Tags in force.
        clock: As-of and the firm's zone.
        run_id: A run under way.
        words: (profile id, w0, w1 …) of everybody whose tags may differ.
    """
    with ranges.looking(engine) as connection:
        with connection.begin():
            state = library_state(connection, library)
            wanted = _stage(connection, word_names(state.numbers), words)
            delta = find_delta(connection, wanted, state, run_id)
        ranges.may_write(connection)
        write_delta(connection, delta, clock.as_of, run_id)


def _stage(
    connection: sa.Connection, names: Sequence[str], words: Iterable[Sequence[int]]
) -> sa.Table:
    key = sa.Column("profile_id", BigId, primary_key=True, autoincrement=False)
    columns = [key, *(sa.Column(name, sa.BigInteger) for name in names)]
    return stage(connection, "retag_wanted", columns, words)
