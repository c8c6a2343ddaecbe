"""Evidence, questions and demotions → edge, review_item, demotion."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import sqlalchemy as sa

from heliu.identity.records import Key
from heliu.identity.resolution import Demoted, Match, Question
from heliu.identity.tables.difference import (
    Difference,
    Row,
    Shape,
    find_difference,
    write_difference,
)
from heliu.identity.tables.scope import Scope
from heliu.identity.tables.store import stage_keys
from heliu.identity.tables.whole import Evidence
from models import Demotion, Edge, ReviewItem
from models.bulk import bulk_insert, stage, stage_ids

DEMOTION: sa.Table = Demotion.__table__  # type: ignore[attr-defined]
EDGE: sa.Table = Edge.__table__  # type: ignore[attr-defined]
REVIEW: sa.Table = ReviewItem.__table__  # type: ignore[attr-defined]

EDGES = Shape(
    EDGE,
    ["left_id", "right_id", "kind", "type", "scope", "value"],
    ["strength", "status", "reason", "weight", "detail"],
)
DEMOTIONS = Shape(DEMOTION, ["type", "scope", "value"], ["holders", "names"])
CHUNK = 50_000  # records whose edges are in memory as rows at once


@dataclass
class Evidenced:
    """What was written of evidence; its kinds that went and came, one an edge."""

    rows: int = 0
    gone: list[Evidence] = field(default_factory=list)
    come: list[Evidence] = field(default_factory=list)


def write_edges(
    connection: sa.Connection,
    records: Sequence[int],
    edges: Sequence[Match],
    run_id: int,
    *,
    first: bool,
) -> Evidenced:
    """Make the edges of these records what resolving says.

    Args:
        connection: In the caller's transaction.
        records: Ids, rising; no edge leaves them.
        edges: Sorted; every end among the records.
        run_id: What new and changed rows are stamped with.
        first: Whether there are no edges yet.
    """
    written = Evidenced()
    starts = [edge.left_id for edge in edges]
    for start in range(0, len(records), CHUNK):
        chunk = records[start : start + CHUNK]
        low, high = bisect_left(starts, chunk[0]), bisect_left(starts, chunk[-1] + 1)
        wanted: dict[Row, Row] = {
            edge[:6]: (edge.strength.value, edge.status.value, *edge[8:])
            for edge in edges[low:high]
        }
        if first:
            found = Difference(inserted=[(*key, *value) for key, value in wanted.items()])
        else:
            staged = stage_ids(connection, "records_here", chunk)
            here = EDGE.c.left_id.in_(sa.select(staged.c.id))
            found = find_difference(connection, EDGES, wanted, here)
        stamp = {"run_id": run_id}
        write_difference(connection, EDGES, found, new=stamp, changed=stamp)
        written.rows += len(found)
        written.gone += [_kind(key + row) for key, row in found.before.items()]
        written.come += [_kind(row) for row in (*found.inserted, *found.updated)]
    return written


def _kind(row: Row) -> Evidence:
    return Evidence(kind=row[2], type=row[3], status=row[7], reason=row[8])


def write_questions(
    connection: sa.Connection, scope: Scope, questions: Iterable[Question], run_id: int
) -> tuple[int, int]:
    """Open what is asked anew, close what is answered; (opened, closed).

    Args:
        connection: In the caller's transaction.
        scope: The records in question; what is asked of others stays.
        questions: What resolving asks.
        run_id: When.
    """
    wanted = {question[:2]: question[2:] for question in questions}
    columns = [REVIEW.c[name] for name in ("left_id", "right_id", *Question._fields[2:])]
    query = sa.select(*columns, REVIEW.c.closed_run_id)
    if not scope.whole:
        staged = stage_ids(connection, "records_here", scope.records)
        query = query.where(REVIEW.c.left_id.in_(sa.select(staged.c.id)))
    known = {(row[0], row[1]): row[2:] for row in connection.execute(query)}
    closed = [pair for pair, row in known.items() if row[-1] is None and pair not in wanted]
    opened = [p for p in wanted if p not in known or known[p][-1] is not None]
    told = [p for p in wanted if p in known and known[p] != (*wanted[p], None)]
    _update_questions(connection, "closed", [(*pair, run_id) for pair in closed], ["closed_run_id"])
    fields = [*Question._fields[2:], "opened_run_id", "closed_run_id"]
    again = {p for p in opened if p in known}
    _update_questions(
        connection,
        "again",
        [(*p, *wanted[p], run_id, None) for p in told if p in again],
        fields,
    )
    _update_questions(
        connection, "told", [(*p, *wanted[p]) for p in told if p not in again], fields[:-2]
    )
    bulk_insert(
        connection,
        "review_item",
        [*Question._fields, "opened_run_id", "closed_run_id"],
        [(*p, *wanted[p], run_id, None) for p in sorted(opened) if p not in again],
    )
    return len(opened), len(closed)


def _update_questions(
    connection: sa.Connection, name: str, rows: list[tuple[object, ...]], fields: list[str]
) -> None:
    if not rows:
        return
    keys = ["left_id", "right_id"]
    columns = [
        sa.Column(one, REVIEW.c[one].type, primary_key=one in keys, autoincrement=False)
        for one in (*keys, *fields)
    ]
    staged = stage(connection, f"{name}_review", columns, rows)
    connection.execute(
        sa.update(REVIEW)
        .where(*(REVIEW.c[key] == staged.c[key] for key in keys))
        .values({one: staged.c[one] for one in fields})
    )


def write_demotions(
    connection: sa.Connection, scope: Scope, demoted: Iterable[Demoted], run_id: int
) -> int:
    """Make the demotions of the values in question what resolving says; how many rows."""
    wanted: dict[Row, Row] = {one.key: (one.holders, one.names) for one in demoted}
    wanted |= {key: (holders, 0) for key, holders in scope.crowded.items()}
    if scope.whole:
        found = find_difference(connection, DEMOTIONS, wanted)
    elif scope.stale_values:
        staged = stage_keys(connection, "values_here", scope.stale_values)
        key = sa.tuple_(*(DEMOTION.c[name] for name in Key._fields))
        here = key.in_(sa.select(*(staged.c[name] for name in Key._fields)))
        found = find_difference(connection, DEMOTIONS, wanted, here)
    else:
        found = Difference()
    write_difference(connection, DEMOTIONS, found, new={"run_id": run_id})
    return len(found)


def redemoted(
    scope: Scope, before: Mapping[Key, int], demoted: Iterable[Demoted]
) -> AbstractSet[Key]:
    """Values whose demotion begins or ends: their holders' own contacts change."""
    now = {one.key for one in demoted}
    was = set(before) if scope.whole else before.keys() & scope.stale_values - scope.crowded.keys()
    return now ^ was
