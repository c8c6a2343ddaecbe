"""The outbox is filled once, and what is due is claimed by one worker alone."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from heliu.delivery import batches_due, claim_due
from heliu.delivery.outbox import is_status
from models import Audience, Campaign, DeliveryStatus, Message, Recipient
from models.database import reading

NOW = datetime(2025, 10, 1, 2, 0, tzinfo=UTC)


def claim(world, limit=10, *, worker="w", now=NOW, clock=lambda: NOW, lease_seconds=60):
    return claim_due(
        world.engine, "folder", now, limit, worker=worker, clock=clock, lease_seconds=lease_seconds
    )


@pytest.fixture
def filled(world, make_campaign):
    world.contactable(1, 2, 3)
    world.content()
    world.outbox(make_campaign(), [1, 2, 3])
    return world


def test_filling_again_adds_nothing(filled):
    assert filled.rows(Message, "profile_id", "status", "channel", "address", "content_hash") == [
        (id_, "queued", "folder", str(id_), "c") for id_ in (1, 2, 3)
    ]
    assert filled.fill("hello") == 0
    assert filled.rows(Audience, "queued_at") == [(NOW,)]


def test_who_has_a_reason_or_no_content_gets_no_message(world, make_campaign):
    world.contactable(1, 2)
    world.person(3)
    world.plan(make_campaign(), [1, 2, 3])
    world.content()
    world.render()
    with world.engine.begin() as connection:
        connection.execute(
            sa.update(Recipient.__table__)
            .where(Recipient.__table__.c.profile_id == 2)
            .values(content_hash=None, reason="not_rendered")
        )
    assert world.fill("hello") == 1
    assert world.rows(Message, "profile_id") == [(1,)]


def test_two_recipients_merged_after_the_plan_get_one_message(world, make_campaign):
    world.contactable(1, 5, 7)
    world.content()
    world.plan(make_campaign(), [1, 5, 7])
    world.render()
    world.alias(5, 1)
    assert world.fill("hello") == 2
    assert world.rows(Message, "profile_id") == [(1,), (7,)]


def test_a_person_with_a_message_under_an_older_id_gets_no_second(filled, make_campaign):
    filled.contactable(9)
    filled.insert(
        Recipient,
        {"campaign": "hello", "occurrence": "2025-10-01", "profile_id": 9, "channel": "folder",
         "address": "9", "not_before_at": NOW, "content_hash": "c"},
    )  # fmt: skip
    filled.alias(3, 9)
    assert filled.fill("hello") == 0


def test_a_message_is_claimed_once_until_the_lease_runs_out(filled):
    first = claim(filled, 2, worker="a")
    second = claim(filled, worker="b")
    assert len(first.ids) == 2
    assert len(second.ids) == 1
    assert not set(first.ids) & set(second.ids)
    assert claim(filled, worker="c").ids == ()
    late = claim(filled, worker="c", clock=lambda: NOW + timedelta(seconds=60))
    assert len(late.ids) == 3


def test_only_what_is_due_is_claimed(filled):
    assert claim(filled, now=NOW - timedelta(hours=3)).ids == ()


def test_a_paused_campaign_is_not_claimed(filled):
    with filled.engine.begin() as connection:
        connection.execute(sa.update(Campaign.__table__).values(status="paused"))
    assert claim(filled).ids == ()


@pytest.mark.parametrize(
    ("waiting", "batches"),
    [(0, []), (3, [3]), (500, [500]), (1201, [500, 500, 201])],
)
def test_what_is_due_makes_batches_of_at_least_500(world, make_campaign, waiting, batches):
    with world.at_once():
        world.content()
        world.insert(Message, *(a_message(id_) for id_ in range(waiting)))
    with reading(world.engine) as connection:
        assert batches_due(connection, "folder", NOW) == batches


def test_no_more_than_200_batches_are_made(world, monkeypatch):
    from heliu.delivery import outbox

    monkeypatch.setattr(outbox, "LEAST_PER_BATCH", 1)
    with world.at_once():
        world.content()
        world.insert(Message, *(a_message(id_) for id_ in range(401)))
    with reading(world.engine) as connection:
        sizes = batches_due(connection, "folder", NOW, size=1)
    assert len(sizes) <= 200
    assert sum(sizes) == 401


def test_claims_read_the_index_of_what_is_due(sqlite_engine):
    with reading(sqlite_engine) as connection:
        query = sa.select(Message.__table__.c.id).where(
            is_status(DeliveryStatus.QUEUED),
            Message.__table__.c.channel == sa.literal_column("'folder'"),
            Message.__table__.c.not_before_at <= sa.literal_column("0"),
        )
        plan = connection.execute(sa.text(f"EXPLAIN QUERY PLAN {query}")).all()
    assert "ix_message_due" in str(plan)


def a_message(id_):
    return {
        "campaign": "hello", "occurrence": "o", "profile_id": id_, "channel": "folder",
        "address": str(id_), "topic": "marketing", "content_hash": "c", "not_before_at": NOW,
        "status": "queued", "created_at": NOW, "changed_at": NOW, "run_id": 1, "attempts": 0,
    }  # fmt: skip
