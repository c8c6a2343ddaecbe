"""Every figure against plain Python over the same rows, on both databases."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from heliu.reports.figures import (
    business,
    customers,
    funnels,
    gather,
    intake,
    reach,
    runs,
    tagging,
    waiting,
)
from models import DeliveryStatus
from models.database import reading, writing

REACHED = {"accepted", "delivered"}


@pytest.fixture
def filled(engine, fill):
    fill(engine)
    return engine


@pytest.fixture
def read(filled):
    with reading(filled) as connection:
        yield connection


def all_of(connection: sa.Connection, table: str) -> list[dict[str, Any]]:
    rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"')
    return [dict(row) for row in rows.mappings()]


def day_of(seconds: int, zone) -> date:
    from datetime import datetime

    return datetime.fromtimestamp(seconds, zone).date()


def test_deliveries_are_the_rows_of_the_last_collect(read):
    run = intake.last_collect(read)
    found = intake.deliveries(read, run)
    mine = [row for row in all_of(read, "source_delivery") if row["run_id"] == run]
    assert run == max(row["run_id"] for row in all_of(read, "source_delivery"))
    assert {
        d.source: (d.rows, d.new, d.changed, d.same, d.quarantined, d.deleted, d.facts)
        for d in found
    } == {
        row["source"]: tuple(
            row[n] for n in ("rows", "new", "changed", "same", "quarantined", "deleted", "facts")
        )
        for row in mine
    }


def test_quarantine_counts_only_rows_still_open(read):
    still = [row for row in all_of(read, "quarantine") if row["resolved_at"] is None]
    assert intake.unread_rows(read) == len(still)
    assert {(u.source, u.reason): u.rows for u in intake.unread(read)} == Counter(
        (row["source"], row["reason"]) for row in still
    )


def test_the_source_without_a_watermark_leads_the_freshness(read):
    found = intake.freshness(read)
    assert found[0].watermark_at is None
    marks = [row.watermark_at for row in found[1:]]
    assert marks == sorted(marks)


def test_identity_totals_count_people_and_the_records_they_join(read):
    profiles = all_of(read, "profile")
    linked = [row for row in profiles if row["sources"] >= 2]
    assert customers.identity_totals(read) == customers.IdentityTotals(
        records=len(all_of(read, "record")),
        profiles=len(profiles),
        joined=sum(row["records"] >= 2 for row in profiles),
        linked_profiles=len(linked),
        linked_records=sum(row["records"] for row in linked),
        largest=max(row["records"] for row in profiles),
    )
    assert customers.profile_sizes(read) == Counter(row["records"] for row in profiles)


def test_deleted_records_count_neither_as_records_nor_for_their_source(filled):
    with writing(filled) as connection:
        before = customers.identity_totals(connection).records
        gone = connection.exec_driver_sql("SELECT source FROM record WHERE id = 1").scalar()
        linked = {row.source: row.records for row in customers.source_links(connection)}
        connection.exec_driver_sql("UPDATE record SET deleted_at = 1 WHERE id = 1")
        assert customers.identity_totals(connection).records == before - 1
        now = {row.source: row.records for row in customers.source_links(connection)}
        assert now[gone] == linked[gone] - 1


def test_sources_overlap_in_the_people_they_share(read):
    source = {row["id"]: row["source"] for row in all_of(read, "record")}
    people = defaultdict(set)
    for row in all_of(read, "membership"):
        people[source[row["record_id"]]].add(row["profile_id"])
    overlap = customers.source_overlap(read)
    assert overlap == {
        (a, b): len(people[a] & people[b]) for a in people for b in people if people[a] & people[b]
    }
    shared = {p for a in people for b in people if a != b for p in people[a] & people[b]}
    for link in customers.source_links(read):
        records = [r for r, s in source.items() if s == link.source]
        member = {row["record_id"]: row["profile_id"] for row in all_of(read, "membership")}
        assert link.records == len(records)
        assert link.profiles == len(people[link.source])
        assert link.linked == sum(member[record] in shared for record in records)


def test_identifiers_are_counted_by_value_and_by_carrier(read):
    rows = all_of(read, "identifier")
    carried = Counter((row["type"], row["status"]) for row in rows)
    values = Counter(
        key[:2] for key in {(r["type"], r["status"], r["scope"], r["value"]) for r in rows}
    )
    assert {
        (f.type, f.status): (f.carried, f.values) for f in customers.identifier_counts(read)
    } == {key: (number, values[key]) for key, number in carried.items()}


def test_matches_are_counted_by_what_became_of_them(read):
    rows = Counter((r["kind"], r["type"], r["status"], r["reason"]) for r in all_of(read, "edge"))
    assert {
        (e.kind, e.type, e.status, e.reason): e.edges for e in customers.edge_counts(read)
    } == rows


def test_new_customers_fall_into_the_months_of_the_zone(read, zone, now):
    months = customers.first_met_by_month(read, zone, now, months=24)
    expected = Counter(f"{day_of(r['created_at'], zone):%Y-%m}" for r in all_of(read, "profile"))
    assert len(months) == 24
    assert sum(months.values()) > 0
    assert all(months[month] == expected[month] for month in months)


def test_tags_are_as_large_as_their_carriers(read):
    held = Counter(row["tag"] for row in all_of(read, "profile_tag"))
    run = tagging.last_retag(read)
    moved = {
        r["tag"]: (r["entered"], r["left"]) for r in all_of(read, "tag_count") if r["run_id"] == run
    }
    sizes = tagging.tag_sizes(read, run)
    assert {tag.name: tag.profiles for tag in sizes} == {
        row["name"]: held[row["name"]] for row in all_of(read, "tag")
    }
    assert all((tag.entered, tag.left) == moved[tag.name] for tag in sizes)
    assert tagging.tags_held(read) == sum(held.values())
    assert tagging.tagged_profiles(read) == len(
        {r["profile_id"] for r in all_of(read, "profile_tag")}
    )


def test_a_retired_tag_is_not_shown(filled, now):
    with writing(filled) as connection:
        name = tagging.tag_sizes(connection, None)[0].name
        connection.exec_driver_sql("UPDATE tag SET retired_at = 1 WHERE name = '" + name + "'")
        assert name not in {tag.name for tag in tagging.tag_sizes(connection, None)}


def test_the_tag_history_keeps_the_last_runs_only(read):
    points = tagging.tag_history(read, runs=2)
    assert {point.run_id for point in points} == {2, 3}
    assert [row.run_id for row in tagging.retaggings(read, runs=2)] == [2, 3]


def test_a_funnel_adds_up_from_the_audience_to_every_outcome(read):
    recipients, messages = all_of(read, "recipient"), all_of(read, "message")
    found = funnels.funnels(read)
    assert len(found) == len(all_of(read, "audience"))
    for funnel in found:
        key = (funnel.campaign, funnel.occurrence)
        mine = [row for row in recipients if (row["campaign"], row["occurrence"]) == key]
        sent = Counter(r["status"] for r in messages if (r["campaign"], r["occurrence"]) == key)
        reasons = Counter(row["reason"] for row in mine if row["reason"])
        assert funnel.size == len(mine)
        assert funnel.reasons == reasons
        assert funnel.allowed == sum(r["reason"] in (None, "not_rendered") for r in mine)
        assert funnel.rendered == sum(row["content_hash"] is not None for row in mine)
        assert funnel.statuses == sent
        assert funnel.undecided == 0
        assert funnel.size == funnel.allowed + sum(reasons.values()) - reasons["not_rendered"]
        assert funnel.rendered == funnel.allowed - reasons["not_rendered"]
        assert funnel.reached == sum(n for status, n in sent.items() if status in REACHED)


def test_a_frozen_audience_nobody_decided_about_is_undecided(filled):
    with writing(filled) as connection:
        connection.exec_driver_sql("DELETE FROM message")
        connection.exec_driver_sql(
            "UPDATE recipient SET channel = NULL, reason = NULL, content_hash = NULL"
        )
        for funnel in funnels.funnels(connection):
            assert (funnel.undecided, funnel.allowed, funnel.reasons) == (funnel.size, 0, {})


def test_reach_counts_people_once_however_many_messages_they_got(read):
    messages = all_of(read, "message")
    reached = {row["profile_id"] for row in messages if row["status"] in REACHED}
    assert reach.reach(read) == reach.Reach(
        profiles=len(all_of(read, "profile")),
        planned=len({row["profile_id"] for row in all_of(read, "recipient")}),
        reached=len(reached),
    )
    assert len(reached) < sum(row["status"] in REACHED for row in messages)
    for channel, people in reach.reached_by_channel(read).items():
        mine = {
            r["profile_id"] for r in messages if r["channel"] == channel and r["status"] in REACHED
        }
        assert people == len(mine)


def test_profiles_merged_since_count_as_one_person(filled):
    with writing(filled) as connection:
        before = reach.reach(connection)
        reached = sorted(
            {r["profile_id"] for r in all_of(connection, "message") if r["status"] in REACHED}
        )
        old, new = reached[0], reached[1]
        connection.exec_driver_sql(
            "INSERT INTO alias (old_id, from_run_id, profile_id, reason)"
            f" VALUES ({old}, 3, {new}, 'merge')"
        )
        assert reach.reach(connection).reached == before.reached - 1
        connection.exec_driver_sql("UPDATE alias SET to_run_id = 4")  # split again
        assert reach.reach(connection) == before


def test_messages_that_wait_for_a_human_are_named_by_id_only(read):
    unknown = [row for row in all_of(read, "message") if row["status"] == "unknown"]
    found = reach.unknown_messages(read)
    assert len(unknown) > 0
    assert {message.id for message in found} == {row["id"] for row in unknown}
    assert not set(reach.UnknownMessage.__dataclass_fields__) & {"address", "profile_id"}
    assert reach.messages_in(read, DeliveryStatus.UNKNOWN) == len(unknown)


def test_message_reasons_count_every_message_that_has_one(read):
    rows = [row for row in all_of(read, "message") if row["reason"]]
    assert sum(row.messages for row in reach.message_reasons(read)) == len(rows)
    assert {(s.channel, s.status): s.messages for s in reach.channel_states(read)} == Counter(
        (row["channel"], row["status"]) for row in all_of(read, "message")
    )


def test_service_states_cover_everybody(read):
    assert business.service_states(read) == Counter(
        r["service_state"] for r in all_of(read, "profile")
    )


def test_revenue_is_every_fen_of_its_month(read, zone, now):
    paid, orders, refunded = Counter(), Counter(), Counter()
    for row in all_of(read, "orders"):
        if row["paid_at"] and row["paid_at"] <= now.timestamp():
            month = f"{day_of(row['paid_at'], zone):%Y-%m}"
            paid[month] += row["amount_fen"]
            orders[month] += 1
    for row in all_of(read, "refund"):
        refunded[f"{day_of(row['refunded_at'], zone):%Y-%m}"] += row["amount_fen"]
    months = business.revenue_by_month(read, zone, now, months=30)
    assert [(m.orders, m.paid_fen, m.refunded_fen) for m in months] == [
        (orders[m.month], paid[m.month], refunded[m.month]) for m in months
    ]
    totals = business.order_totals(read, now)
    assert (totals.paid, totals.paid_fen) == (sum(orders.values()), sum(paid.values()))
    assert totals.refunded_fen == sum(refunded.values()) > 0
    assert (
        sum(course.paid_fen for course in business.revenue_by_course(read, now)) == totals.paid_fen
    )


def test_what_is_later_than_now_is_not_counted_yet(filled, zone, now):
    with writing(filled) as connection:
        before = business.order_totals(connection, now)
        connection.exec_driver_sql(
            "INSERT INTO orders (number, record_id, profile_id, source, amount_fen, paid_at)"
            f" VALUES ('later', 1, 1, 's', 5, {int(now.timestamp()) + 1})"
        )
        after = business.order_totals(connection, now)
        assert (after.paid, after.paid_fen) == (before.paid, before.paid_fen)
        assert (
            sum(m.paid_fen for m in business.revenue_by_month(connection, zone, now, 30))
            == before.paid_fen
        )


def test_activity_puts_every_event_of_the_span_into_its_week(read, zone, now):
    weeks = business.activity_by_week(read, zone, now, weeks=20)
    expected = defaultdict(Counter)
    for row in all_of(read, "event"):
        day = day_of(row["at"], zone)
        if row["at"] <= now.timestamp():
            expected[(day - timedelta(days=day.weekday())).isoformat()][row["type"]] += 1
    assert len(weeks) == 20
    assert weeks == {monday: dict(expected[monday]) for monday in weeks}
    assert sum(sum(found.values()) for found in weeks.values()) > 100


def test_runs_come_newest_first_and_without_the_ten_minute_ones(filled):
    with writing(filled) as connection:
        connection.exec_driver_sql(
            "INSERT INTO run (id, flow, as_of_at, now_at, dry_run, status, started_at)"
            " VALUES (99, 'dispatch', 0, 0, false, 'completed', 0)"
        )
        assert [run.id for run in runs.run_history(connection)] == [3, 2, 1]
        assert runs.runs_of(connection, runs.FREQUENT) == 1
        assert runs.latest_run(connection).id == 3
        assert {stage.run_id for stage in runs.stages(connection, [1, 2])} == {1, 2}


def test_a_failure_waits_until_a_later_run_of_that_flow_made_it_good(filled, now):
    with writing(filled) as connection:
        connection.exec_driver_sql("UPDATE run SET status = 'failed' WHERE id IN (2, 3)")
        assert [run.id for run in waiting(connection, now).failed] == [3]
        connection.exec_driver_sql("UPDATE run SET status = 'completed' WHERE id = 3")
        assert waiting(connection, now).failed == []


def test_a_run_making_its_report_does_not_look_unfinished(filled, zone, now):
    with writing(filled) as connection:
        connection.exec_driver_sql(
            "UPDATE run SET status = 'running', finished_at = NULL WHERE id = 3"
        )
        assert gather(connection, zone, now).run.status == "reporting"
        connection.exec_driver_sql("DELETE FROM run_stage WHERE run_id = 3 AND stage = 'report'")
        assert gather(connection, zone, now).run.status == "running"


def test_what_templates_lacked_is_counted_for_the_last_day_only(read, now):
    rows = Counter(
        (row["campaign"], row["occurrence"], row["detail"])
        for row in all_of(read, "recipient")
        if row["reason"] == "not_rendered" and row["occurrence"] >= "2025-09-30"
    )
    assert rows
    assert {row[:3]: row[3] for row in funnels.unrendered(read, now)} == rows


def test_messages_are_overdue_an_hour_after_they_might_have_left(filled, now):
    with writing(filled) as connection:
        assert reach.overdue_messages(connection, now) == 0
        assert reach.overdue_messages(connection, now + timedelta(hours=2)) == sum(
            row["status"] in ("queued", "sending") for row in all_of(connection, "message")
        )


def test_an_empty_database_gives_zeros_everywhere(engine, zone, now):
    with reading(engine) as connection:
        figures = gather(connection, zone, now)
    assert figures.run is None
    assert (figures.identity.profiles, figures.people.reached, figures.orders.paid_fen) == (0, 0, 0)
    assert figures.funnels == figures.tags == figures.deliveries == []
    assert len(figures.months) == 24
    assert not any(figures.activity.values())
