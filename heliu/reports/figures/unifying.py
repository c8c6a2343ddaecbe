"""What unify did in a run, and where that left the whole. Counts and ids; values are masked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from heliu.identity.masking import masked
from heliu.identity.tables.audit import Wanted, read_wanted
from heliu.identity.tables.whole import Whole, measure, read_whole
from heliu.reports.figures.agreement import Agreement, agreement
from heliu.reports.figures.query import count, table_of
from models import (
    Demotion,
    PoisonedValue,
    ReviewItem,
    RunStage,
    SourceDelivery,
    UnifyState,
    UnifyStop,
)

DELIVERY, STAGE, STATE = table_of(SourceDelivery), table_of(RunStage), table_of(UnifyState)
DEMOTION, POISONED, ITEM = table_of(Demotion), table_of(PoisonedValue), table_of(ReviewItem)
STOP = table_of(UnifyStop)
LISTED = 10
REMEMBERED = 60  # runs a chart shows


@dataclass(frozen=True)
class Shared:
    """A value many records carry, masked."""

    type: str
    value: str
    records: int
    names: int = 0  # different people, by their names
    fresh: bool = False  # found in this run


@dataclass(frozen=True)
class Stopped:
    """Why a run published nothing, and what it wanted."""

    run_id: int
    says: str
    wanted: Wanted | None = None


@dataclass(frozen=True)
class Point:
    """One run of unify, on the line of a chart."""

    run_id: int
    counts: Mapping[str, int]

    @property
    def stopped(self) -> bool:
        """Whether its audit stopped it."""
        return bool(self.counts.get("stopped"))


@dataclass(frozen=True)
class UnifyReport:
    """Everything a run of unify has to tell.

    Attributes:
        counts: What the stage counted, by name; see docs/unify-report.md.
        milliseconds: The whole stage.
        new, changed, deleted, same: Records since unify last published.
        before: Profiles when unify last published; None the first time.
        whole: Profiles and evidence as they now are.
        demoted: Values that prove nothing as too many carry them, most carried first.
        poisoned: Values this run doesn't believe as one delivery carried them too often.
        opened, closed, waiting: Items of the review queue.
        policy: The policy's version, or its hash.
    """

    run_id: int
    counts: Mapping[str, int] = field(default_factory=dict)
    milliseconds: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    same: int = 0
    before: int | None = None
    whole: Whole = field(default_factory=Whole)
    demoted: list[Shared] = field(default_factory=list)
    demoted_total: int = 0
    demoted_new: int = 0
    poisoned: list[Shared] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    waiting: int = 0
    agreement: Agreement = field(default_factory=Agreement)
    policy: str = ""
    stopped: Stopped | None = None
    history: list[Point] = field(default_factory=list)  # oldest first, this run the last

    def told(self, prefix: str) -> dict[str, int]:
        """Counts whose names begin with a prefix, without it, most first."""
        found = {
            name.removeprefix(prefix): number
            for name, number in self.counts.items()
            if name.startswith(prefix) and number
        }
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def profiles(self) -> int:
        """Profiles there are."""
        return self.whole.figures.profiles

    def edges(self, status: str) -> dict[tuple[str, str, str], int]:
        """Evidence of a status: (kind, type, reason) → edges, most first."""
        found = {
            (key.kind, key.type, key.reason): number
            for key, number in self.whole.edges.items()
            if key.status == status
        }
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def unify_report(connection: sa.Connection, run_id: int) -> UnifyReport:
    """The report of one run; of a run that did not unify, the whole as it stands."""
    history = _history(connection, run_id)
    mine = history[-1] if history and history[-1].run_id == run_id else Point(run_id, {})
    former = [one for one in history if one.run_id < run_id and not one.stopped]
    since = former[-1].run_id if former else 0
    state = connection.execute(sa.select(STATE.c.rules_hash, STATE.c.counts)).first()
    kept = state.counts if state else "{}"
    # A database from before the figures were kept is counted.
    whole = read_whole(kept) if '"sizes"' in kept else measure(connection)
    new, changed, deleted = _came(connection, since, run_id)
    poisoned = _poisoned(connection, run_id)
    return UnifyReport(
        run_id=run_id,
        counts=mine.counts,
        milliseconds=_milliseconds(connection, run_id),
        new=new,
        changed=changed,
        deleted=deleted,
        same=max(whole.figures.records - new - changed, 0),
        before=former[-1].counts.get("profiles") if former else None,
        whole=whole,
        demoted=_demoted(connection, run_id),
        demoted_total=count(connection, sa.select(sa.func.count()).select_from(DEMOTION)),
        demoted_new=_where(connection, DEMOTION, DEMOTION.c.run_id == run_id),
        poisoned=poisoned,
        opened=_where(connection, ITEM, ITEM.c.opened_run_id == run_id),
        closed=_where(connection, ITEM, ITEM.c.closed_run_id == run_id),
        waiting=_where(connection, ITEM, ITEM.c.closed_run_id.is_(None)),
        agreement=agreement(connection),
        policy=_policy(kept, state.rules_hash if state else ""),
        stopped=_stopped(connection, run_id),
        history=history,
    )


def newest_unify(connection: sa.Connection) -> int | None:
    """The newest run whose unify came to its end, stopped or not; None where there is none."""
    found: int | None = connection.scalar(
        sa.select(sa.func.max(STAGE.c.run_id)).where(
            STAGE.c.stage == "unify", STAGE.c.finished_at.is_not(None)
        )
    )
    return found


def _history(connection: sa.Connection, run_id: int) -> list[Point]:
    query = (
        sa.select(STAGE.c.run_id, STAGE.c.counts)
        .where(STAGE.c.stage == "unify", STAGE.c.run_id <= run_id, STAGE.c.finished_at.is_not(None))
        .order_by(STAGE.c.run_id.desc())
        .limit(REMEMBERED)
    )
    rows = [(id_, _numbers(text)) for id_, text in connection.execute(query)]
    return [Point(id_, counts) for id_, counts in reversed(rows)]


def _numbers(text: str) -> dict[str, int]:
    plain: dict[str, Any] = json.loads(text or "{}")
    return {name: n for name, n in plain.items() if isinstance(n, int) and not isinstance(n, bool)}


def _milliseconds(connection: sa.Connection, run_id: int) -> int:
    mine = (STAGE.c.run_id == run_id, STAGE.c.stage == "unify")
    return count(connection, sa.select(STAGE.c.milliseconds).where(*mine))


def _came(connection: sa.Connection, since: int, run_id: int) -> tuple[int, int, int]:
    """Records new, changed and deleted by what was collected after one run, up to another."""
    sums = [sa.func.sum(DELIVERY.c[name]) for name in ("new", "changed", "deleted")]
    row = connection.execute(
        sa.select(*sums).where(DELIVERY.c.run_id > since, DELIVERY.c.run_id <= run_id)
    ).one()
    new, changed, deleted = (int(number or 0) for number in row)
    return new, changed, deleted


def _where(connection: sa.Connection, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    return count(connection, sa.select(sa.func.count()).select_from(table).where(*conditions))


def _demoted(connection: sa.Connection, run_id: int) -> list[Shared]:
    columns = [DEMOTION.c[name] for name in ("type", "value", "holders", "names", "run_id")]
    order = (DEMOTION.c.holders.desc(), DEMOTION.c.type, DEMOTION.c.value)
    rows = connection.execute(sa.select(*columns).order_by(*order).limit(LISTED))
    return [
        Shared(type_, masked(type_, value), holders, names, run == run_id)
        for type_, value, holders, names, run in rows
    ]


def _poisoned(connection: sa.Connection, run_id: int) -> list[Shared]:
    carried = sa.func.count().label("carried")
    keys = (POISONED.c.type, POISONED.c.scope, POISONED.c.value)
    rows = connection.execute(
        sa.select(POISONED.c.type, POISONED.c.value, carried)
        .where(POISONED.c.run_id == run_id)
        .group_by(*keys)
        .order_by(carried.desc(), *keys)
    )
    return [Shared(type_, masked(type_, value), n, fresh=True) for type_, value, n in rows]


def _policy(kept: str, rules_hash: str) -> str:
    return str(json.loads(kept).get("policy") or rules_hash[:8])


def _stopped(connection: sa.Connection, run_id: int) -> Stopped | None:
    row = connection.execute(sa.select(STOP).where(STOP.c.run_id == run_id)).first()
    if row is None:
        return None
    plain = json.loads(row.wanted)
    return Stopped(run_id, row.says, read_wanted(plain) if plain else None)
