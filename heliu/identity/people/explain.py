"""Why a profile is what it is: its records, the evidence, the refusals, the values, the history."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from heliu.identity.people.chain import Evidence, Reason, evidence_tree
from heliu.identity.people.explained import carried_values, golden_values
from heliu.identity.people.explanation import (
    Change,
    Doubt,
    Explanation,
    RecordLine,
    Word,
)
from heliu.identity.people.holdings import DECISION, HOLDINGS, table_of
from heliu.identity.people.person import (
    MEMBERSHIP,
    PROFILE,
    RECORD,
    Person,
    find_person,
    same_key,
)
from heliu.identity.people.shown import Shown
from models import (
    Alias,
    Edge,
    ProfileEvent,
    RecordVersion,
    ReviewItem,
    Run,
)

ALIAS, EDGE, RUN, ITEM = map(table_of, (Alias, Edge, Run, ReviewItem))
EVENT, VERSION = map(table_of, (ProfileEvent, RecordVersion))


TOUCHES = (
    "event", "orders", "consent", "suppression", "profile_tag", "tag_change", "recipient",
    "message",
)  # fmt: skip


def explain_profile(connection: sa.Connection, profile_id: int, shown: Shown) -> Explanation:
    """Gather everything that bears on one profile, living or gone.

    Args:
        connection: Only read.
        profile_id: As `find_profile` found it.
        shown: How values are written; nothing plain leaves this function otherwise.
    """
    person = find_person(connection, profile_id)
    edges = edges_of(connection, person.records, shown)
    profile = connection.execute(sa.select(PROFILE).where(PROFILE.c.id == profile_id)).first()
    return Explanation(
        profile_id,
        profile.created_run_id if profile else None,
        profile.changed_run_id if profile else None,
        _records(connection, person, shown),
        evidence_tree(_living(connection, profile_id), edges),
        _refused(connection, person, edges),
        carried_values(connection, person, shown),
        _decisions(connection, person, shown),
        _doubts(connection, person),
        golden_values(connection, person, shown),
        sorted(set(_former(connection, person)) - {profile_id}),
        _history(connection, person),
        _touches(connection, person),
    )


def edges_of(connection: sa.Connection, records: Sequence[int], shown: Shown) -> list[Evidence]:
    """Every edge with an end among these records."""
    rows = connection.execute(
        sa.select(EDGE)
        .where(sa.or_(EDGE.c.left_id.in_(records), EDGE.c.right_id.in_(records)))
        .order_by(*EDGE.primary_key.columns)
    )
    return [_evidence(row, shown) for row in rows]


def _evidence(row: Any, shown: Shown) -> Evidence:
    return Evidence(
        row.left_id,
        row.right_id,
        row.kind,
        row.type,
        row.scope,
        shown.value(row.type, row.value) if row.value else "",
        row.strength,
        row.status,
        row.reason,
        row.weight,
        tuple(
            Reason(one["field"], str(one["level"]), one["weight"]) for one in _detail(row.detail)
        ),
        row.run_id,
    )


def _detail(text: str) -> list[dict[str, Any]]:
    found = json.loads(text) if text else []
    return found if isinstance(found, list) else []


def _living(connection: sa.Connection, profile_id: int) -> list[int]:
    rows = connection.execute(
        sa.select(MEMBERSHIP.c.record_id).where(
            MEMBERSHIP.c.profile_id == profile_id, MEMBERSHIP.c.to_run_id.is_(None)
        )
    )
    return sorted(rows.scalars())


def _records(connection: sa.Connection, person: Person, shown: Shown) -> list[RecordLine]:
    versions = (
        sa.select(sa.func.count())
        .where(VERSION.c.record_id == RECORD.c.id)
        .scalar_subquery()
        .label("versions")
    )
    rows = connection.execute(
        sa.select(RECORD, RUN.c.started_at, versions)
        .select_from(RECORD.outerjoin(RUN, RUN.c.id == RECORD.c.first_run_id))
        .where(RECORD.c.id.in_(person.records))
        .order_by(RECORD.c.id)
    )
    return [
        RecordLine(
            row.id,
            row.source,
            shown.key(row.source_pk),
            row.started_at,
            row.first_run_id,
            row.versions,
            row.deleted_at,
        )
        for row in rows
    ]


def _refused(
    connection: sa.Connection, person: Person, edges: Sequence[Evidence]
) -> list[tuple[Evidence, int | None]]:
    refused = [edge for edge in edges if edge.status == "refused"]
    ends = {id_ for edge in refused for id_ in (edge.left_id, edge.right_id)}
    rows = connection.execute(
        sa.select(MEMBERSHIP.c.record_id, MEMBERSHIP.c.profile_id).where(
            MEMBERSHIP.c.record_id.in_(sorted(ends)), MEMBERSHIP.c.to_run_id.is_(None)
        )
    )
    profile_of = {row.record_id: row.profile_id for row in rows}
    own = set(person.records)
    return [
        (edge, profile_of.get(edge.right_id if edge.left_id in own else edge.left_id))
        for edge in refused
    ]


def _decisions(connection: sa.Connection, person: Person, shown: Shown) -> list[Word]:
    columns = DECISION.c
    taken_back = DECISION.alias("taken_back")
    retracted = sa.exists().where(taken_back.c.retracts_id == columns.id).label("retracted")
    rows = connection.execute(
        sa.select(DECISION, retracted)
        .where(
            sa.or_(
                columns.left_id.in_(person.records),
                columns.right_id.in_(person.records),
                same_key(DECISION, person.values),
            )
        )
        .order_by(columns.id)
    )
    return [
        Word(
            row.id,
            row.verdict,
            row.left_id,
            row.right_id,
            f"{row.type} {shown.value(row.type, row.value)}" if row.type and row.value else "",
            row.who,
            shown.words(row.why),
            row.at,
            bool(row.retracted),
        )
        for row in rows
    ]


def _doubts(connection: sa.Connection, person: Person) -> list[Doubt]:
    rows = connection.execute(
        sa.select(ITEM)
        .where(sa.or_(ITEM.c.left_id.in_(person.records), ITEM.c.right_id.in_(person.records)))
        .order_by(ITEM.c.left_id, ITEM.c.right_id)
    )
    return [
        Doubt(
            row.left_id,
            row.right_id,
            row.type,
            row.reason,
            row.weight,
            row.closed_run_id is not None,
        )
        for row in rows
    ]


def _former(connection: sa.Connection, person: Person) -> list[int]:
    rows = connection.execute(
        sa.select(ALIAS.c.old_id).where(
            ALIAS.c.profile_id.in_(person.ids), ALIAS.c.to_run_id.is_(None)
        )
    )
    return list(rows.scalars())


def _history(connection: sa.Connection, person: Person) -> list[Change]:
    rows = connection.execute(
        sa.select(EVENT)
        .where(EVENT.c.profile_id.in_(person.ids))
        .order_by(EVENT.c.run_id, EVENT.c.id)
    )
    return [
        Change(row.run_id, row.happened_at, row.profile_id, row.what, row.other_id) for row in rows
    ]


def _touches(connection: sa.Connection, person: Person) -> dict[str, int]:
    theirs = {holding.table.name: holding for holding in HOLDINGS}
    return {
        name: int(
            connection.execute(
                sa.select(sa.func.count())
                .select_from(theirs[name].table)
                .where(theirs[name].theirs(person))
            ).scalar_one()
        )
        for name in TOUCHES
    }
