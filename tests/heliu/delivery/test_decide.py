"""Everyone of an audience gets exactly one decision, and it is the right one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from heliu.channels import AddressKind, Traits
from heliu.delivery import Cap, SendPolicy
from heliu.delivery.verdicts import in_holdout
from models import Audience, Campaign, Message, Recipient

NOW = datetime(2025, 10, 1, 2, 0, tzinfo=UTC)
SEND = ("folder", None)


@pytest.fixture
def decide(world, make_campaign):
    def run(ids, **said):
        return world.plan(make_campaign(**said), ids)

    return run


def test_who_allows_it_is_sent_and_who_was_never_asked_is_not(world, decide):
    world.contactable(1)
    world.person(2)
    assert decide([1, 2]) == {1: SEND, 2: (None, "no_consent")}


def test_a_withdrawal_on_one_record_counts_for_the_whole_person(world, decide):
    world.person(1, 11)
    world.consent(1)
    world.consent(11, granted=False, profile=1)
    assert decide([1]) == {1: (None, "opted_out")}


def test_the_newest_word_of_a_record_counts_and_a_later_one_not_yet(world, decide):
    world.person(1)
    world.consent(1, granted=False, days_ago=9)
    world.consent(1, granted=True, days_ago=3)
    world.consent(1, granted=False, days_ago=-1)
    assert decide([1]) == {1: SEND}


def test_of_two_words_at_one_instant_the_stricter_counts(world, decide):
    world.person(1)
    world.consent(1, granted=True)
    world.consent(1, granted=False)
    assert decide([1]) == {1: (None, "opted_out")}


def test_consent_for_another_topic_or_channel_is_none(world, decide):
    world.person(1)
    world.consent(1, topic="service")
    world.consent(1, "sms")
    assert decide([1]) == {1: (None, "no_consent")}


def test_the_first_channel_that_reaches_a_person_is_used(world, decide):
    world.contactable(1)
    world.person(2)
    world.consent(2)
    world.consent(2, "email")
    assert decide([1, 2], channels=("email", "folder")) == {1: ("email", None), 2: SEND}


@pytest.mark.parametrize("said", [{"channel": "wecom"}, {"channel": "folder"}, {"channel": "*"}])
def test_a_suppression_counts_on_the_channel_it_stands_for(world, decide, said):
    world.contactable(1, 2)
    world.suppress(1, **said)
    assert decide([1, 2]) == {1: (None, "suppressed"), 2: SEND}


def test_a_suppressed_address_reaches_nobody(world, decide):
    world.contactable(1, 2)
    world.suppress(address="P1@example.com", channel="email")
    assert decide([1, 2], channels=("email",)) == {1: (None, "suppressed"), 2: ("email", None)}


def test_a_suppression_of_another_channel_or_time_is_none(world, decide):
    world.contactable(1)
    world.suppress(1, channel="sms")
    world.suppress(1, reason="over", until_at=NOW)
    world.suppress(1, reason="not yet", since_at=NOW + timedelta(seconds=1))
    assert decide([1]) == {1: SEND}


def test_two_profiles_with_one_address_get_one_message(world, decide):
    for id_ in (1, 2):
        world.person(id_, email="same@example.com")
        world.consent(id_, "email")
    assert decide([1, 2], channels=("email",)) == {1: ("email", None), 2: (None, "duplicate")}


def test_a_channel_switched_off_reaches_nobody(world, make_campaign):
    world.contactable(1)
    off = Traits("folder", "wecom", AddressKind.PROFILE, off=True)
    decided = world.plan(make_campaign(), [1], policy=SendPolicy({"folder": off}))
    assert decided == {1: (None, "channel_off")}


def test_a_campaign_is_not_planned_again_within_its_time(world, make_campaign):
    world.contactable(1)
    world.content()
    spec = make_campaign(again_after=timedelta(days=30))
    assert world.outbox(spec, [1]) == 1
    later = {"occurrence": "later", "now": NOW + timedelta(days=29)}
    assert world.plan(spec, [1], **later) == {1: (None, "already")}


def test_a_merged_person_is_not_planned_again_under_the_other_id(world, make_campaign):
    world.contactable(1, 5)
    world.content()
    assert world.outbox(make_campaign(), [5]) == 1
    world.alias(5, 1)
    assert world.plan(make_campaign(), [1], occurrence="next") == {1: (None, "already")}


def test_two_frozen_ids_that_became_one_person_get_one_message(world, make_campaign):
    world.contactable(1, 5)
    world.freeze(make_campaign(), [1, 5])
    world.alias(5, 1)
    assert world.plan(make_campaign(), [1, 5]) == {1: SEND, 5: (None, "duplicate")}


def test_a_chain_of_merges_is_followed_and_a_circle_harms_nobody(world, make_campaign):
    world.contactable(1, 2, 3, 8, 9)
    world.freeze(make_campaign(), [1, 2, 3, 8, 9])
    world.alias(3, 2)
    world.alias(2, 1)
    world.alias(8, 9)
    world.alias(9, 8)
    decided = world.plan(make_campaign(), [1, 2, 3, 8, 9])
    duplicate = (None, "duplicate")
    assert decided == {1: SEND, 2: duplicate, 3: duplicate, 8: SEND, 9: SEND}


def test_campaigns_of_one_night_share_a_cap_in_their_order(world, make_campaign):
    world.contactable(1)
    cap = Cap(1, timedelta(days=7))
    assert world.plan(make_campaign("first", cap=cap), [1]) == {1: SEND}
    assert world.plan(make_campaign("second", cap=cap), [1]) == {1: (None, "capped")}
    assert world.plan(make_campaign("third"), [1]) == {1: SEND}


def test_the_firms_cap_counts_where_a_campaign_has_none(world, make_campaign):
    world.contactable(1)
    policy = SendPolicy({"folder": Traits("folder", "wecom", AddressKind.PROFILE)},
                        Cap(1, timedelta(days=1)))  # fmt: skip
    assert world.plan(make_campaign("first"), [1], policy=policy) == {1: SEND}
    assert world.plan(make_campaign("second"), [1], policy=policy) == {1: (None, "capped")}


def test_the_holdout_is_the_same_people_every_time_and_about_its_share(world, make_campaign):
    held = [id_ for id_ in range(10_000) if in_holdout("hello", id_, 0.05)]
    assert 400 < len(held) < 600
    assert held != [id_ for id_ in range(10_000) if in_holdout("other", id_, 0.05)]
    in_, out = held[0] or held[1], next(id_ for id_ in range(1, 99) if id_ not in held)
    world.contactable(in_, out)
    assert world.plan(make_campaign(holdout=0.05), [in_, out]) == {
        in_: (None, "holdout"),
        out: SEND,
    }


def test_nothing_is_planned_before_the_hours_open(world, make_campaign):
    world.contactable(1)
    night = datetime(2025, 10, 1, 2, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    world.plan(make_campaign(), [1], now=night, zone=ZoneInfo("Asia/Shanghai"))
    opening = datetime(2025, 10, 1, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
    assert world.rows(Recipient, "not_before_at") == [(opening,)]


def test_freezing_and_deciding_again_changes_nothing(world, make_campaign):
    world.contactable(1, 2)
    spec = make_campaign()
    first = world.plan(spec, [1])
    plan_hash = world.rows(Audience, "plan_hash", "size", "decided_at")
    world.suppress(1)
    assert world.plan(spec, [1, 2], now=NOW + timedelta(hours=1)) == first
    assert world.rows(Audience, "plan_hash", "size", "decided_at") == plan_hash


def test_the_plan_hash_follows_the_decisions_and_not_the_minute(world, make_campaign):
    world.contactable(1, 2)
    spec = make_campaign()

    def hash_of(occurrence_free_world, now, **change):
        world.wipe()
        occurrence_free_world()
        world.plan(replace(spec, **change), [1, 2], now=now)
        return world.rows(Audience, "plan_hash")

    both = lambda: world.contactable(1, 2)  # noqa: E731
    usual = hash_of(both, NOW)
    assert hash_of(both, NOW + timedelta(minutes=5)) == usual
    assert hash_of(both, NOW, file_hash="another") != usual
    assert hash_of(lambda: (world.contactable(1), world.person(2)), NOW) != usual


def test_a_paused_campaign_stays_paused_when_it_is_planned(world, make_campaign):
    world.contactable(1)
    world.plan(make_campaign(), [1])
    with world.engine.begin() as connection:
        connection.execute(sa.update(Campaign.__table__).values(status="paused"))
    world.plan(make_campaign(title="new words"), [1], occurrence="next")
    assert world.rows(Campaign, "title", "status") == [("new words", "paused")]
    assert world.rows(Message, "id") == []


@pytest.mark.parametrize(
    ("status", "days", "counts"),
    [
        ("queued", 99, True),
        ("sending", 99, True),
        ("accepted", 2.99, True),
        ("accepted", 3, False),
        ("delivered", 2.99, True),
        ("unknown", 2.99, True),
        ("unknown", 3, False),
        ("suppressed", 0, False),
        ("rejected", 0, False),
    ],
)
def test_a_message_counts_while_it_waits_or_arrived_within_the_window(
    sqlite_engine, make_world, make_campaign, status, days, counts
):
    world = make_world(sqlite_engine)
    world.contactable(1)
    world.content()
    world.outbox(make_campaign(), [1], occurrence="before")
    table = Message.__table__
    with world.engine.begin() as connection:
        connection.execute(
            sa.update(table).values(status=status, changed_at=NOW - timedelta(days=days))
        )
    again = make_campaign(again_after=timedelta(days=3))
    other = make_campaign("other", cap=Cap(1, timedelta(days=3)))
    assert world.plan(again, [1]) == {1: (None, "already") if counts else SEND}
    with world.engine.begin() as connection:
        connection.execute(sa.delete(Recipient.__table__))
        connection.execute(sa.delete(Audience.__table__))
    assert world.plan(other, [1]) == {1: (None, "capped") if counts else SEND}


def test_what_was_planned_tonight_under_another_id_counts_too(world, make_campaign):
    world.contactable(1, 5)
    assert world.plan(make_campaign("first"), [5]) == {5: SEND}
    world.alias(5, 1)
    capped = make_campaign("second", cap=Cap(1, timedelta(days=7)))
    assert world.plan(capped, [1]) == {1: (None, "capped")}
