"""Every number a report shows: pure queries over stored facts, one file a topic."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.reports.figures import (
    business,
    customers,
    funnels,
    intake,
    lateness,
    reach,
    runs,
    tagging,
    unifying,
)
from models import DeliveryStatus


@dataclass(frozen=True)
class Waiting:
    """What a human should look at, by kind: how many; 0 means nothing waits."""

    unknown: list[reach.UnknownMessage]
    unknown_total: int
    overdue: int
    failed: list[runs.RunRow]
    unread_rows: int
    unrendered: list[tuple[str, str, str, int]]
    late: list[lateness.LateThing]  # when last planned


@dataclass(frozen=True)
class Figures:
    """All of it at one moment, for one page."""

    now: datetime
    zone: ZoneInfo
    run: runs.RunRow | None
    history: list[runs.RunRow]
    stages: list[runs.StageRow]  # of the whole history
    frequent_runs: int
    waiting: Waiting
    deliveries: list[intake.Delivery]  # of the last run that read sources
    freshness: list[intake.Freshness]
    unread: list[intake.Unread]
    identity: customers.IdentityTotals
    sizes: dict[int, int]
    largest: list[tuple[int, int, int]]
    source_links: list[customers.SourceLink]
    overlap: dict[tuple[str, str], int]
    identifiers: list[customers.IdentifierCount]
    edges: list[customers.EdgeCount]
    changes: dict[str, int]  # of the last run that moved a profile
    unified: unifying.UnifyReport | None  # of the last run that unified, or tried
    first_met: dict[str, int]
    tags: list[tagging.TagSize]
    tags_held: int
    tagged_profiles: int
    tag_history: list[tagging.TagPoint]
    retaggings: list[tagging.Retagging]
    funnels: list[funnels.Funnel]
    people: reach.Reach
    reached_by_channel: dict[str, int]
    channel_states: list[reach.ChannelState]
    message_reasons: list[reach.MessageReason]
    receipts: dict[tuple[str, str], int]
    service_states: dict[str | None, int]
    orders: business.OrderTotals
    months: list[business.Month]
    courses: list[business.Course]
    activity: dict[str, dict[str, int]]


def gather(connection: sa.Connection, zone: ZoneInfo, now: datetime) -> Figures:
    """Ask everything in one consistent view; O(facts) in the worst query, the weekly activity."""
    history = runs.run_history(connection)
    stages = runs.stages(connection, [run.id for run in history])
    history = [runs.as_reported(run, stages) for run in history]
    collected = intake.last_collect(connection)
    moved = customers.last_unify(connection)
    unified = unifying.newest_unify(connection)
    retagged = tagging.last_retag(connection)
    return Figures(
        now=now,
        zone=zone,
        run=history[0] if history else None,
        history=history,
        stages=stages,
        frequent_runs=runs.runs_of(connection, runs.FREQUENT),
        waiting=waiting(connection, now),
        deliveries=[] if collected is None else intake.deliveries(connection, collected),
        freshness=intake.freshness(connection),
        unread=intake.unread(connection),
        identity=customers.identity_totals(connection),
        sizes=customers.profile_sizes(connection),
        largest=customers.largest_profiles(connection),
        source_links=customers.source_links(connection),
        overlap=customers.source_overlap(connection),
        identifiers=customers.identifier_counts(connection),
        edges=customers.edge_counts(connection),
        changes={} if moved is None else customers.profile_changes(connection, moved),
        unified=None if unified is None else unifying.unify_report(connection, unified),
        first_met=customers.first_met_by_month(connection, zone, now),
        tags=tagging.tag_sizes(connection, retagged),
        tags_held=tagging.tags_held(connection),
        tagged_profiles=tagging.tagged_profiles(connection),
        tag_history=tagging.tag_history(connection),
        retaggings=tagging.retaggings(connection),
        funnels=funnels.funnels(connection),
        people=reach.reach(connection),
        reached_by_channel=reach.reached_by_channel(connection),
        channel_states=reach.channel_states(connection),
        message_reasons=reach.message_reasons(connection),
        receipts=reach.receipts(connection),
        service_states=business.service_states(connection),
        orders=business.order_totals(connection, now),
        months=business.revenue_by_month(connection, zone, now),
        courses=business.revenue_by_course(connection, now),
        activity=business.activity_by_week(connection, zone, now),
    )


def waiting(connection: sa.Connection, now: datetime) -> Waiting:
    """What a human should look at."""
    return Waiting(
        unknown=reach.unknown_messages(connection),
        unknown_total=reach.messages_in(connection, DeliveryStatus.UNKNOWN),
        overdue=reach.overdue_messages(connection, now),
        failed=runs.failed_runs(connection, now),
        unread_rows=intake.unread_rows(connection),
        unrendered=funnels.unrendered(connection, now),
        late=lateness.late_things(connection, lateness.last_planned(connection)),
    )
