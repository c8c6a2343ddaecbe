"""record → profile: resolve what changed, or all, and publish it in one transaction."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from heliu.identity.garbage import no_garbage_collection
from heliu.identity.handover import hand_over
from heliu.identity.matching.base import Matches
from heliu.identity.matching.matcher import Matcher
from heliu.identity.policy import Policy
from heliu.identity.resolve import resolve_graph
from heliu.identity.review.decisions import load_decisions, mark_said_after, newest_decision
from heliu.identity.tables.neighbours import block_holders
from heliu.identity.tables.publish import UnifyCounts, publish, read_published
from heliu.identity.tables.scope import changed, everything
from heliu.identity.tables.state import read_state
from heliu.identity.tables.store import load_graph, load_normalised
from heliu.rules.vocabulary import Word
from models.database import reading, writing


@dataclass(frozen=True)
class Rules:
    """What who is who is told by.

    Attributes:
        policy: Limits, strengths, survivorship.
        fields: Field name to the column of `profile` it lives in.
        hash: Names these and all that normalising depends on.
        matcher: Who is likely one person; None to go by identifiers alone.
    """

    policy: Policy
    fields: Mapping[str, Word]
    hash: str
    matcher: Matcher | None = None


Step = Callable[[str], AbstractContextManager[None]]


def untimed(_: str) -> AbstractContextManager[None]:
    """A step nobody times."""
    return nullcontext()


def unify(
    engine: sa.Engine,
    rules: Rules,
    *,
    run_id: int,
    now: datetime,
    accept_changes: bool = False,
    step: Step = untimed,
) -> UnifyCounts:
    """Resolve what changed since last time and publish it; everything, if the rules changed.

    The same comes out either way, ids and all. Safe to repeat after a crash: what was
    not published still waits.

    Args:
        engine: Its records are normalised.
        rules: What to go by.
        run_id: What new rows are stamped with.
        now: When it happens.
        accept_changes: Publish however much changes.
        step: Entered for each part: load, resolve, publish.

    Raises:
        AuditStop: More would change than the policy allows; nothing was published.
    """
    with no_garbage_collection():
        return _unify(engine, rules, run_id, now, accept_changes, step)


def _unify(
    engine: sa.Engine, rules: Rules, run_id: int, now: datetime, accept_changes: bool, step: Step
) -> UnifyCounts:
    policy = rules.policy
    with reading(engine) as connection:
        with step("load"):
            state = read_state(connection)
            whole = state.rules_hash != rules.hash
            most = rules.matcher.max_holders if rules.matcher else 0
            scope = everything(connection) if whole else changed(connection, policy, most)
            if not whole and not scope.records and not scope.stale_values:
                return UnifyCounts()
            before = read_published(connection, scope)
            graph = load_graph(connection, policy, None if whole else scope.records, scope.demoted)
            decisions, newest = load_decisions(connection), newest_decision(connection)
        with step("resolve"):
            handed_over = hand_over(before.members, graph.ids, before.handed_over)
            match = _matching(connection, rules.matcher, whole) if rules.matcher else None
            resolution = resolve_graph(graph, policy, decisions, handed_over, match)
    with step("publish"), writing(engine, unchecked=whole) as connection:
        counts = publish(
            connection,
            scope,
            before,
            resolution,
            handed_over,
            state,
            rules_hash=rules.hash,
            policy=policy,
            fields=rules.fields,
            run_id=run_id,
            now=now,
            accept_changes=accept_changes,
            first_model=bool(policy.model_hash) and not state.whole.model,
        )
        mark_said_after(connection, newest)  # what was said meanwhile waits for the next run
    return counts


def _matching(
    connection: sa.Connection, matcher: Matcher, whole: bool
) -> Callable[[list[list[int]]], Matches]:
    """The matcher on units told by their records' ids."""

    def match(units: list[list[int]]) -> Matches:
        ids = None if whole else [id_ for unit in units for id_ in unit]
        records = {record.record_id: record for record in load_normalised(connection, ids)}
        holders = block_holders(connection, ids)
        return matcher.match([[records[id_] for id_ in unit] for unit in units], holders)

    return match
