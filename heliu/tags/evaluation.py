"""Computing who should carry what; nothing is written.

Everything lands in TEMP tables of one connection under a read transaction, so
that the write lock is held for the difference only. Given whom to judge, as-of
and cuts, it is a pure function of the facts: any process may do any part.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from heliu.rules.among import EVERYBODY, Among
from heliu.rules.library import Library
from heliu.rules.sql import measure_name, measures_select
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts, Numbers, word_names, words_select
from models.bulk import stage
from models.columns import BigId

KEPT = (
    "retag_measure", "retag_wanted", "retag_dirty", "retag_selected", "retag_bit", "retag_carried",
    "retag_changed", "retag_cause", "retag_delta",
)  # fmt: skip


def judge(
    connection: sa.Connection,
    library: Library,
    numbers: Numbers,
    clock: Clock,
    cuts: Cuts,
    among: Among = EVERYBODY,
) -> sa.Table:
    """The tags everybody should carry: a TEMP table of profile_id, w0 and further words.

    Args:
        connection: In a transaction that need not write; the TEMP tables stay on it.
        library: Tags in force.
        numbers: Every tag there ever was to its number, which is its bit.
        clock: As-of and the firm's zone.
        cuts: Rank to cut.
        among: Whom to judge.
    """
    names = [measure_name(number) for number in range(len(library.questions))]
    asked = measures_select(library.questions, clock, among)
    measures = keep(connection, "retag_measure", names, asked)
    wanted = words_select(library, numbers, measures, clock, cuts, among)
    return keep(connection, "retag_wanted", word_names(numbers), wanted)


def keep(
    connection: sa.Connection, name: str, columns: Sequence[str], select: sa.Select[Any]
) -> sa.Table:
    """Fill a fresh TEMP table of profile_id and integer columns."""
    key = sa.Column("profile_id", BigId, primary_key=True, autoincrement=False)
    table = stage(connection, name, [key, *(sa.Column(c, sa.BigInteger) for c in columns)], [])
    connection.execute(table.insert().from_select(["profile_id", *columns], select))
    analyze(connection, name)
    return table


def analyze(connection: sa.Connection, name: str) -> None:
    """Tell PostgreSQL, which would guess a fresh table's size; SQLite needs no telling."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {name}")


def drop_kept(connection: sa.Connection) -> None:
    """Give the TEMP tables' memory back, where a connection is to be used again."""
    for name in KEPT:
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {name}"))


def numbers_of(known: Mapping[str, int], library: Library) -> dict[str, int]:
    """Every tag's number: old ones kept, new ones next in the order of their names."""
    following = max(known.values(), default=-1) + 1
    fresh = sorted(set(library.tags) - set(known))
    return {**known, **{name: number for number, name in enumerate(fresh, start=following)}}
