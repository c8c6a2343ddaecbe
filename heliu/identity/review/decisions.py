"""Humans' words on who is who: checked, stored, retracted; never changed. See docs/review.md."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from heliu.identity import records
from heliu.identity.review.proposals import (
    DECISION,
    Proposal,
    as_said,
    check_proposals,
    holding,
    in_parts,
)
from heliu.identity.review.questions import in_order, open_items, profiles_of
from heliu.identity.review.standing import VALUES, Fate, Pair, Said, Verdict, in_force, weigh
from heliu.identity.tables.store import IDENTIFIER, RECORD, STALE_RECORD
from models import UnifyState
from models.bulk import insert_new

STATE: sa.Table = UnifyState.__table__  # type: ignore[attr-defined]

SAID = [DECISION.c[name] for name in Said._fields]


class Written(NamedTuple):
    """Ids of the rows stored, and how many words held already."""

    ids: list[int]
    repeated: int


def read_decisions(connection: sa.Connection) -> list[Said]:
    """Every word ever said, oldest first."""
    return [Said(*row) for row in connection.execute(sa.select(*SAID).order_by(DECISION.c.id))]


def gone_records(connection: sa.Connection, said: Iterable[Said]) -> frozenset[int]:
    """Records that words are on and that are deleted at their source."""
    ids = sorted({id_ for one in said for id_ in one.pair if id_})
    return frozenset(
        id_
        for part in in_parts(ids)
        for id_ in connection.scalars(
            sa.select(RECORD.c.id).where(RECORD.c.id.in_(part), RECORD.c.deleted_at.is_not(None))
        )
    )


def words_on_pairs(
    said: Iterable[Said], gone: frozenset[int] = frozenset()
) -> list[records.Decision]:
    """What unification is told: the same and different that hold, oldest first."""
    return [
        records.Decision("same" if one.verdict == Verdict.SAME else "different", *one.pair)
        for one in in_force(said, gone)
        if one.verdict in (Verdict.SAME, Verdict.DIFFERENT)
    ]


def words_on_values(said: Iterable[Said]) -> frozenset[tuple[str, str]]:
    """(type, value) that humans blocked."""
    return frozenset(one.named for one in in_force(said) if one.verdict == Verdict.BLOCK)


def fates_of(connection: sa.Connection, said: Sequence[Said]) -> dict[int, Fate]:
    """What became of every word, by its id."""
    return weigh(said, gone_records(connection, said))


def load_decisions(connection: sa.Connection) -> list[records.Decision]:
    """Pairs told same or different: not retracted, the later wins, both records alive."""
    said = read_decisions(connection)
    return words_on_pairs(said, gone_records(connection, said))


def blocked_values(connection: sa.Connection) -> frozenset[tuple[str, str]]:
    """(type, normalised value) that humans said prove nothing; for `Policy.blocking`."""
    words = sa.select(*SAID).where(DECISION.c.verdict.in_([*VALUES, Verdict.RETRACT]))
    return words_on_values(Said(*row) for row in connection.execute(words))


def retract_batch(connection: sa.Connection, batch: str, why: str = "") -> list[Proposal]:
    """Retractions of all that was said at once: a split, an imported file."""
    ids = connection.scalars(
        sa.select(DECISION.c.id)
        .where(DECISION.c.batch == batch, DECISION.c.verdict != Verdict.RETRACT.value)
        .order_by(DECISION.c.id)
    )
    return [Proposal(Verdict.RETRACT, retracts_id=int(id_), why=why) for id_ in ids]


def imagine(
    connection: sa.Connection, said: Sequence[Said], proposals: Sequence[Proposal]
) -> list[Said]:
    """The words as they would be with these proposals; those that hold already left out."""
    evidence = _evidence(connection, proposals)
    held = {(one.verdict, one.pair, one.named) for one in in_force(said)}
    done = {one.retracts_id for one in said if one.verdict == Verdict.RETRACT}
    last = said[-1].id if said else 0
    new: list[Said] = []
    for proposal in proposals:
        one = as_said(proposal, last + len(new) + 1, evidence)
        if proposal.verdict == Verdict.RETRACT:
            if one.retracts_id not in done:
                new.append(one)
                done.add(one.retracts_id)
        elif (one.verdict, one.pair, one.named) not in held:
            new.append(one)
            held.add((one.verdict, one.pair, one.named))
    return [*said, *new]


def store_decisions(
    connection: sa.Connection,
    proposals: Sequence[Proposal],
    *,
    who: str,
    at: datetime,
    batch: str = "",
) -> Written:
    """Store words, and mark what the next unify must look at again.

    Args:
        connection: In the caller's transaction: all of them or none.
        proposals: What is said. What holds already is left out.
        who: Who says it.
        at: When; aware.
        batch: Names words said at once, so that they can be retracted at once.

    Raises:
        ConfigError: Everything wrong with any of them; nothing is stored.
    """
    if connection.dialect.name == "postgresql":  # so that words are numbered as they are committed
        connection.exec_driver_sql("LOCK TABLE decision IN SHARE ROW EXCLUSIVE MODE")
    check_proposals(connection, proposals, who)
    before = read_decisions(connection)
    after = imagine(connection, before, proposals)
    new = after[len(before) :]
    if not new:
        return Written([], len(proposals))
    told = {
        "who": who,
        "at": at,
        "batch": batch,
        "seen_run_id": connection.scalar(sa.select(STATE.c.run_id)),
        "scope": "",
    }
    rows = [_row(one) | told for one in new]
    # One by one, so that ids follow the order in which they were said.
    insert = sa.insert(DECISION).returning(DECISION.c.id, sort_by_parameter_order=True)
    ids = [int(id_) for id_ in connection.scalars(insert, rows)]
    by_id = {one.id: one for one in before}
    about = [by_id[one.retracts_id] if one.retracts_id else one for one in new]
    _mark_records(connection, {id_ for one in about for id_ in one.pair if id_})
    _mark_holders(connection, words_on_values(before) ^ words_on_values(after))
    return Written(ids, len(proposals) - len(new))


def _row(one: Said) -> dict[str, Any]:
    row = one._asdict()
    del row["id"]  # given by the database
    return row


def _evidence(connection: sa.Connection, proposals: Sequence[Proposal]) -> dict[Pair, str]:
    """What the open items between the profiles of unsure pairs rest on."""
    pairs = [
        (one.left_id or 0, one.right_id or 0) for one in proposals if one.verdict == Verdict.UNSURE
    ]
    if not pairs:
        return {}
    evidence = {one.profiles: one.evidence for one in open_items(connection)}
    profile_of = profiles_of(connection, (id_ for pair in pairs for id_ in pair))
    return {
        (left, right): evidence.get(
            in_order(profile_of.get(left, left), profile_of.get(right, right)), ""
        )
        for left, right in pairs
    }


def newest_decision(connection: sa.Connection) -> int:
    """The id of the newest word; 0 before the first."""
    return int(connection.scalar(sa.select(sa.func.max(DECISION.c.id))) or 0)


def mark_said_after(connection: sa.Connection, seen: int) -> None:
    """Mark once more the records of words said after a word, in the transaction that publishes.

    A word said between reading and publishing would otherwise be struck out unseen,
    where its records were marked already.

    Args:
        connection: In the caller's transaction.
        seen: The newest word that was seen; see `newest_decision`.
    """
    said = read_decisions(connection)
    by_id = {one.id: one for one in said}
    about = [by_id[one.retracts_id or one.id] for one in said if one.id > seen]
    _mark_records(connection, {id_ for one in about for id_ in one.pair if id_})


def mark_blocked_otherwise(
    connection: sa.Connection, seen: frozenset[tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """Mark once more the holders of values blocked, or no longer, while records were normalised.

    Args:
        connection: In the caller's transaction.
        seen: What was blocked when normalising began.

    Returns:
        The values concerned.
    """
    changed = blocked_values(connection) ^ seen
    _mark_holders(connection, changed)
    return changed


def _mark_records(connection: sa.Connection, ids: Iterable[int]) -> None:
    """The next unify resolves what these records hang together with again."""
    rows = [{"record_id": id_} for id_ in sorted(ids)]
    if rows:
        connection.execute(insert_new(connection, STALE_RECORD), rows)


def _mark_holders(connection: sa.Connection, values: Iterable[tuple[str, str]]) -> None:
    """The next unify normalises the records that carry these values again."""
    for type_, value in sorted(values):
        holders = sa.select(IDENTIFIER.c.record_id).where(*holding(type_, value))
        connection.execute(
            sa.update(RECORD).where(RECORD.c.id.in_(holders)).values(normalised_by=None)
        )
