"""Computing who should carry what, and how that differs from who does; nothing is written.

Everything lands in TEMP tables of one connection under a read transaction, so
that the write lock is held for the difference only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from heliu.rules.cuts import rank_cuts
from heliu.rules.library import Library
from heliu.rules.sql import PROFILE, measure_name, measures_select
from heliu.rules.windows import Clock
from heliu.rules.words import bit_of, word_names, words_select
from models import ProfileTag, Tag, TagChange
from models.bulk import stage
from models.columns import BigId

PROFILE_TAG = ProfileTag.__table__  # type: ignore[attr-defined]
TAG = Tag.__table__  # type: ignore[attr-defined]
TAG_CHANGE = TagChange.__table__  # type: ignore[attr-defined]

FACTS, RULE, PROFILE_GONE = "facts", "rule", "profile gone"  # causes of a change


@dataclass(frozen=True)
class Evaluation:
    """What a run found out.

    Attributes:
        numbers: Every tag there ever was, the new ones included, to its number.
        cuts: Rank to cut.
        delta: TEMP table of profile_id, tag, entered (1 or 0), cause, undone (1 where an
            earlier try of the same run changed this pair the other way).
        profiles: How many profiles were judged.
    """

    numbers: Mapping[str, int]
    cuts: Mapping[str, int | None]
    delta: sa.Table
    profiles: int


def evaluate(connection: sa.Connection, library: Library, clock: Clock, run_id: int) -> Evaluation:
    """Judge every profile and compare with the tags it carries.

    Args:
        connection: In a transaction that need not write; the TEMP tables stay on it.
        library: Tags in force.
        clock: As-of and the firm's zone.
        run_id: This run; a second try of it finds what the first one wrote.
    """
    numbers, causes = _numbers_and_causes(connection, library)
    questions = library.questions
    measures = _keep(
        connection,
        "retag_measure",
        [measure_name(number) for number in range(len(questions))],
        measures_select(questions, clock),
    )
    cuts = rank_cuts(connection, library, measures)
    words = word_names(numbers)
    wanted = _keep(
        connection,
        "retag_wanted",
        words,
        words_select(library, numbers, measures, clock, cuts),
    )
    bits = _stage_bits(connection, numbers, causes)
    changed = _keep(
        connection,
        "retag_changed",
        [*words, *(f"old_{word}" for word in words)],
        _changed_select(wanted, _carried_select(bits, words).subquery(), words),
    )
    delta = _keep_delta(connection, changed, bits, words, run_id)
    profiles = connection.execute(sa.select(sa.func.count()).select_from(wanted)).scalar_one()
    return Evaluation(numbers, cuts, delta, profiles)


def drop_kept(connection: sa.Connection) -> None:
    """Give the TEMP tables' memory back, where a connection is to be used again."""
    for name in ("retag_measure", "retag_wanted", "retag_bit", "retag_changed", "retag_delta"):
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {name}"))


def _numbers_and_causes(
    connection: sa.Connection, library: Library
) -> tuple[dict[str, int], dict[str, str]]:
    """Every tag's number, old ones kept and new ones next; and why its carriers would change."""
    columns = (TAG.c.name, TAG.c.number, TAG.c.rule_hash, TAG.c.retired_at)
    known = {name: rest for name, *rest in connection.execute(sa.select(*columns))}
    numbers = {name: number for name, (number, _, _) in known.items()}
    following = max(numbers.values(), default=-1) + 1
    fresh = sorted(set(library.tags) - set(numbers))
    numbers |= {name: number for number, name in enumerate(fresh, start=following)}
    same = {
        name
        for name, (_, rule_hash, retired_at) in known.items()
        if retired_at is None and library.rule_hashes.get(name) == rule_hash
    }
    return numbers, {name: FACTS if name in same else RULE for name in numbers}


def _keep(
    connection: sa.Connection, name: str, columns: Sequence[str], select: sa.Select[Any]
) -> sa.Table:
    """Fill a fresh TEMP table of profile_id and integer columns."""
    key = sa.Column("profile_id", BigId, primary_key=True, autoincrement=False)
    table = stage(connection, name, [key, *(sa.Column(c, sa.BigInteger) for c in columns)], [])
    connection.execute(table.insert().from_select(["profile_id", *columns], select))
    _analyze(connection, name)
    return table


def _analyze(connection: sa.Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":  # it would guess a fresh table's size
        connection.exec_driver_sql(f"ANALYZE {name}")


def _stage_bits(
    connection: sa.Connection, numbers: Mapping[str, int], causes: Mapping[str, str]
) -> sa.Table:
    columns: list[sa.Column[Any]] = [
        sa.Column("tag", sa.Text, primary_key=True),
        sa.Column("word", sa.Integer),
        sa.Column("bit", sa.BigInteger),
        sa.Column("cause", sa.Text),
    ]
    rows = [(name, *bit_of(number), causes[name]) for name, number in numbers.items()]
    return stage(connection, "retag_bit", columns, rows)


def _carried_select(bits: sa.Table, words: Sequence[str]) -> sa.Select[Any]:
    """The tags profiles carry now, as words."""
    sums = [
        sa.cast(sa.func.sum(bits.c.bit).filter(bits.c.word == number), sa.BigInteger).label(word)
        for number, word in enumerate(words)
    ]
    joined = PROFILE_TAG.join(bits, bits.c.tag == PROFILE_TAG.c.tag)
    grouped = sa.select(PROFILE_TAG.c.profile_id, *sums).select_from(joined)
    return grouped.group_by(PROFILE_TAG.c.profile_id)


def _changed_select(wanted: sa.Table, carried: sa.Subquery, words: Sequence[str]) -> sa.Select[Any]:
    """Profiles whose words differ, with the new and the old ones."""
    new = [wanted.c[word] for word in words]
    old = [sa.func.coalesce(carried.c[word], 0) for word in words]
    differ = sa.or_(*(one != other for one, other in zip(new, old, strict=True)))
    joined = wanted.outerjoin(carried, carried.c.profile_id == wanted.c.profile_id)
    return sa.select(wanted.c.profile_id, *new, *old).select_from(joined).where(differ)


def _keep_delta(
    connection: sa.Connection,
    changed: sa.Table,
    bits: sa.Table,
    words: Sequence[str],
    run_id: int,
) -> sa.Table:
    """One row for every tag that enters or leaves a profile."""
    columns: list[sa.Column[Any]] = [
        sa.Column("profile_id", BigId, primary_key=True, autoincrement=False),
        sa.Column("tag", sa.Text, primary_key=True),
        sa.Column("entered", sa.Integer),
        sa.Column("cause", sa.Text),
        sa.Column("undone", sa.Integer, server_default=sa.text("0")),
    ]
    delta = stage(connection, "retag_delta", columns, [])
    for select in (*_moves(changed, bits, words), _gone_select()):
        names = ["profile_id", "tag", "entered", "cause"]
        connection.execute(delta.insert().from_select(names, select))
    before = sa.select(TAG_CHANGE.c.tag).where(
        TAG_CHANGE.c.run_id == run_id,
        TAG_CHANGE.c.profile_id == delta.c.profile_id,
        TAG_CHANGE.c.tag == delta.c.tag,
    )
    connection.execute(delta.update().where(before.exists()).values(undone=1))
    _analyze(connection, delta.name)
    return delta


def _moves(changed: sa.Table, bits: sa.Table, words: Sequence[str]) -> Iterable[sa.Select[Any]]:
    """For each word the bits that differ."""
    for number, word in enumerate(words):
        new, old = changed.c[word], changed.c[f"old_{word}"]
        is_new = new.bitwise_and(bits.c.bit) != 0
        differs = new.bitwise_and(bits.c.bit) != old.bitwise_and(bits.c.bit)
        yield (
            sa.select(changed.c.profile_id, bits.c.tag, sa.case((is_new, 1), else_=0), bits.c.cause)
            .join_from(changed, bits, sa.and_(bits.c.word == number, differs))
            .where(new != old)
        )


def _gone_select() -> sa.Select[Any]:
    """What profiles that are no more still carry."""
    exists = sa.select(PROFILE.c.id).where(PROFILE.c.id == PROFILE_TAG.c.profile_id).exists()
    return sa.select(
        PROFILE_TAG.c.profile_id, PROFILE_TAG.c.tag, sa.literal(0), sa.literal(PROFILE_GONE)
    ).where(~exists)
