"""How the tags people should carry differ from those they do, and why: one row a move."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from heliu.rules.among import EVERYBODY, Among
from heliu.rules.sql import PROFILE
from heliu.rules.words import Numbers, bit_of, word_names
from heliu.tags.evaluation import analyze, keep
from models import ProfileEvent, ProfileTag, TagChange, Touched
from models.bulk import stage
from models.columns import BigId

PROFILE_TAG = ProfileTag.__table__  # type: ignore[attr-defined]
TAG_CHANGE = TagChange.__table__  # type: ignore[attr-defined]
TOUCHED = Touched.__table__  # type: ignore[attr-defined]
PROFILE_EVENT = ProfileEvent.__table__  # type: ignore[attr-defined]

REGROUPED = ("merged", "split", "restored", "grew", "shrank")  # of profile_event


class Cause(StrEnum):
    """Why a tag entered or left a profile."""

    EVENT = "event"  # something new was told of what they did, bought, allowed or received
    PROFILE = "profile"  # a field of theirs is new or another
    MERGE = "merge"  # records joined them or left them
    TIME = "time"  # nothing was told; a window moved on
    RULE = "rule"  # the rule, or one it reads, says something else
    HAND = "hand"  # somebody set it
    GONE = "gone"  # the profile is no more
    BACKFILL = "backfill"  # reckoned afterwards, by the facts known then


# The strongest reason of a profile's notes counts; `touched.reason` of each.
TOLD = (Cause.MERGE, Cause.EVENT, Cause.PROFILE)


@dataclass(frozen=True)
class LibraryState:
    """What a run must know of the library beside its rules.

    Attributes:
        numbers: Every tag there ever was to its number.
        by_rule: Tags whose rule is new, gone or another since it was last applied.
        manual: Tags a hand may set.
    """

    numbers: Numbers
    by_rule: frozenset[str]
    manual: frozenset[str]


def find_delta(
    connection: sa.Connection,
    wanted: sa.FromClause,
    state: LibraryState,
    run_id: int,
    among: Among = EVERYBODY,
) -> sa.Table:
    """Who is to gain or lose which tag.

    Args:
        connection: In a transaction that need not write.
        wanted: Rows of profile_id, w0, w1 …: of all these profiles, or of those that may differ.
        state: What is known of the library.
        run_id: This run; a second try of it finds what the first one wrote.
        among: Of whom `wanted` tells.

    Returns:
        A TEMP table of profile_id, tag, entered (1 or 0), cause, undone (1 where an earlier
        try of the same run changed this pair the other way).
    """
    words = word_names(state.numbers)
    bits = _stage_bits(connection, state)
    changed = _changed(connection, wanted, bits, words, among)
    causes = _causes(connection, changed, run_id)
    columns: list[sa.Column[Any]] = [
        sa.Column("profile_id", BigId, primary_key=True, autoincrement=False),
        sa.Column("tag", sa.Text, primary_key=True),
        sa.Column("entered", sa.Integer),
        sa.Column("cause", sa.Text),
        sa.Column("undone", sa.Integer, server_default=sa.text("0")),
    ]
    delta = stage(connection, "retag_delta", columns, [])
    for select in _moves(changed, bits, causes, words):
        names = ["profile_id", "tag", "entered", "cause"]
        connection.execute(delta.insert().from_select(names, select))
    before = sa.select(TAG_CHANGE.c.tag).where(
        TAG_CHANGE.c.run_id == run_id,
        TAG_CHANGE.c.profile_id == delta.c.profile_id,
        TAG_CHANGE.c.tag == delta.c.tag,
    )
    connection.execute(delta.update().where(before.exists()).values(undone=1))
    analyze(connection, delta.name)
    return delta


def _stage_bits(connection: sa.Connection, state: LibraryState) -> sa.Table:
    columns: list[sa.Column[Any]] = [
        sa.Column("tag", sa.Text, primary_key=True),
        sa.Column("word", sa.Integer),
        sa.Column("bit", sa.BigInteger),
        sa.Column("by_rule", sa.Integer),
        sa.Column("manual", sa.Integer),
    ]
    rows = [
        (name, *bit_of(number), int(name in state.by_rule), int(name in state.manual))
        for name, number in sorted(state.numbers.items())
    ]
    return stage(connection, "retag_bit", columns, rows)


def _changed(
    connection: sa.Connection,
    wanted: sa.FromClause,
    bits: sa.Table,
    words: Sequence[str],
    among: Among,
) -> sa.Table:
    """Profiles whose words differ: new ones, old ones, and 1 for who is no more."""
    names = [*words, *(f"old_{word}" for word in words), "gone"]
    carried = keep(connection, "retag_carried", words, carried_select(bits, words, among))
    new, old = [wanted.c[word] for word in words], [carried.c[word] for word in words]
    known = [sa.func.coalesce(word, 0) for word in old]
    differ = sa.or_(*(one != other for one, other in zip(new, known, strict=True)))
    joined = wanted.outerjoin(carried, carried.c.profile_id == wanted.c.profile_id)
    alive = sa.select(wanted.c.profile_id, *new, *known, sa.literal(0)).select_from(joined)
    changed = keep(connection, "retag_changed", names, alive.where(differ))
    exists = sa.select(PROFILE.c.id).where(PROFILE.c.id == carried.c.profile_id).exists()
    gone = sa.select(carried.c.profile_id, *(sa.literal(0) for _ in words), *old, sa.literal(1))
    connection.execute(changed.insert().from_select(["profile_id", *names], gone.where(~exists)))
    return changed


def carried_select(bits: sa.Table, words: Sequence[str], among: Among) -> sa.Select[Any]:
    """The tags profiles carry now: profile_id, w0, w1 … of who carries any."""
    sums = [
        sa.cast(sa.func.sum(bits.c.bit).filter(bits.c.word == number), sa.BigInteger).label(word)
        for number, word in enumerate(words)
    ]
    joined = PROFILE_TAG.join(bits, bits.c.tag == PROFILE_TAG.c.tag)
    grouped = sa.select(PROFILE_TAG.c.profile_id, *sums).select_from(joined)
    return grouped.where(*among.of(PROFILE_TAG.c.profile_id)).group_by(PROFILE_TAG.c.profile_id)


def _causes(connection: sa.Connection, changed: sa.Table, run_id: int) -> sa.Table:
    """What this run's notes say of those who change: the place in TOLD, and whether by hand."""
    mine = TOUCHED.c.claimed_by_run_id == run_id
    # One set, made once: asked of each note by itself, SQLite reads all of a run's events for it.
    regrouped = sa.tuple_(TOUCHED.c.run_id, TOUCHED.c.profile_id).in_(
        sa.select(PROFILE_EVENT.c.run_id, PROFILE_EVENT.c.profile_id).where(
            PROFILE_EVENT.c.what.in_(REGROUPED),
            PROFILE_EVENT.c.run_id.in_(sa.select(TOUCHED.c.run_id).where(mine).distinct()),
        )
    )
    place = sa.case(
        (TOUCHED.c.reason.in_(["fact", "delivery"]), TOLD.index(Cause.EVENT)),
        (sa.and_(TOUCHED.c.reason == "unify", regrouped), TOLD.index(Cause.MERGE)),
        (TOUCHED.c.reason == "unify", TOLD.index(Cause.PROFILE)),
        else_=len(TOLD),
    )
    by_hand = sa.case((TOUCHED.c.reason == "hand", 1), else_=0)
    select = (
        sa.select(TOUCHED.c.profile_id, sa.func.min(place), sa.func.max(by_hand))
        .where(mine, TOUCHED.c.profile_id.in_(sa.select(changed.c.profile_id)))
        .group_by(TOUCHED.c.profile_id)
    )
    return keep(connection, "retag_cause", ["told", "by_hand"], select)


def _moves(
    changed: sa.Table, bits: sa.Table, causes: sa.Table, words: Sequence[str]
) -> Iterable[sa.Select[Any]]:
    """For each word the bits that differ."""
    cause = sa.case(
        (changed.c.gone == 1, Cause.GONE.value),
        (bits.c.by_rule == 1, Cause.RULE.value),
        (sa.and_(bits.c.manual == 1, causes.c.by_hand == 1), Cause.HAND.value),
        *((causes.c.told == place, told.value) for place, told in enumerate(TOLD)),
        else_=Cause.TIME.value,
    )
    for number, word in enumerate(words):
        new, old = changed.c[word], changed.c[f"old_{word}"]
        is_new = new.bitwise_and(bits.c.bit) != 0
        differs = new.bitwise_and(bits.c.bit) != old.bitwise_and(bits.c.bit)
        yield (
            sa.select(changed.c.profile_id, bits.c.tag, sa.case((is_new, 1), else_=0), cause)
            .select_from(
                changed.join(bits, sa.and_(bits.c.word == number, differs)).outerjoin(
                    causes, causes.c.profile_id == changed.c.profile_id
                )
            )
            .where(new != old)
        )
