"""Handing over: every outcome becomes a state, and nothing leaves that must not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from heliu.channels import Accepted
from heliu.delivery import Cap, DispatchRules, claim_due, send_claim, settle_orphans, worker_name
from heliu.delivery.outcomes import GAVE_UP, MOST_ATTEMPTS
from heliu.delivery.workers import is_dead
from heliu.errors import OutcomeUnknown, PermanentError, RecipientRejected, TransientError
from models import Attempt, Campaign, DeliveryStatus, Message, Suppression, Touched

NOW = datetime(2025, 10, 1, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = DispatchRules(zone=SHANGHAI)


def of_message(error):
    error.of_message = True
    return error


def send(world, channel, *, now=NOW, rules=RULES, worker="w", clock=lambda: NOW, limit=100):
    claim = claim_due(world.engine, "folder", now, limit, worker=worker, clock=clock)
    return send_claim(world.engine, claim, channel, now, rules, clock=clock)


def states(world):
    return world.rows(Message, "profile_id", "status", "reason")


@pytest.fixture
def one(world, make_campaign):
    world.contactable(1)
    world.content()
    world.outbox(make_campaign(), [1])
    return world


@pytest.fixture
def three(world, make_campaign):
    world.contactable(1, 2, 3)
    world.content()
    world.outbox(make_campaign(), [1, 2, 3])
    return world


@pytest.mark.parametrize(
    ("say", "status", "reason"),
    [
        (Accepted("x"), "accepted", None),
        (of_message(TransientError("busy")), "queued", None),
        (of_message(PermanentError("too long")), "rejected", "PermanentError: too long"),
        (of_message(RecipientRejected("SMTP 550")), "rejected", "RecipientRejected: SMTP 550"),
        (of_message(OutcomeUnknown("went quiet")), "unknown", "OutcomeUnknown: went quiet"),
        (OutcomeUnknown("went quiet"), "unknown", "OutcomeUnknown: went quiet"),
    ],
)
def test_every_outcome_becomes_a_status(one, scripted, say, status, reason):
    assert send(one, scripted(say)) == {DeliveryStatus(status): 1}
    assert states(one) == [(1, status, reason)]
    assert one.rows(Attempt, "number", "outcome") == [(1, status)]
    assert one.rows(Message, "claim", "claimed_until_at") == [(None, None)]
    # rules may ask what a person was sent
    noted = [(1, "delivery")] if status == "accepted" else []
    assert one.rows(Touched, "profile_id", "reason") == noted


def test_a_message_is_sending_in_the_database_before_it_leaves(one, scripted):
    seen = []
    channel = scripted()
    channel.before_each = lambda: seen.extend(states(one))
    send(one, channel)
    assert seen == [(1, "sending", None)]
    assert one.rows(Message, "provider_id") == [("id",)]


def test_an_accepted_message_is_not_sent_again(one, scripted):
    channel = scripted()
    send(one, channel)
    assert send(one, channel) == {}
    assert channel.handed == ["hello/2025-10-01/1"]


def test_what_time_may_cure_is_tried_later_and_given_up_at_last(one, scripted):
    now, waits = NOW, []
    for _ in range(MOST_ATTEMPTS):
        send(one, scripted(of_message(TransientError("busy"))), now=now, clock=lambda at=now: at)
        (before,) = one.rows(Message, "not_before_at")[0]
        waits.append((before - now).total_seconds() / 60)
        now = max(before, now)
    assert waits[: MOST_ATTEMPTS - 1] == [1, 4, 16, 64, 256]
    assert states(one) == [(1, "rejected", GAVE_UP)]
    assert len(one.rows(Attempt, "id")) == MOST_ATTEMPTS


def test_a_channel_that_refuses_us_rejects_nobody(three, scripted):
    with pytest.raises(PermanentError, match="login"):
        send(three, scripted(Accepted("x"), PermanentError("login refused")))
    assert [status for _, status, _ in states(three)] == ["accepted", "queued", "queued"]
    assert send(three, scripted()) == {DeliveryStatus.ACCEPTED: 2}


@pytest.mark.parametrize("error", [TransientError("out of reach"), PermanentError("no login")])
def test_a_channel_that_does_not_open_leaves_everything_as_it_was(three, scripted, error):
    before = three.rows(Message, "id", "status", "attempts", "not_before_at", "claim")
    with pytest.raises(type(error)):
        send(three, scripted(opens=error))
    assert three.rows(Message, "id", "status", "attempts", "not_before_at", "claim") == before


def test_a_channel_lost_on_the_way_stops_the_claim_and_loses_nobody(three, scripted):
    with pytest.raises(TransientError):
        send(three, scripted(Accepted("x"), TransientError("gone")))
    assert [status for _, status, _ in states(three)] == ["accepted", "queued", "queued"]
    assert three.rows(Message, "claim") == [(None,)] * 3


def test_a_mistake_of_ours_midway_leaves_the_call_unknown(three, scripted):
    channel = scripted(KeyError("p1@example.com"), batch_size=2)
    with pytest.raises(KeyError):
        send(three, channel)
    assert states(three) == [
        (1, "unknown", "OutcomeUnknown: KeyError"),
        (2, "unknown", "OutcomeUnknown: KeyError"),
        (3, "queued", None),
    ]


def test_answers_that_do_not_match_the_messages_are_unknown(three, scripted):
    with pytest.raises(ValueError, match="answers"):
        send(three, scripted([Accepted("only one")], batch_size=3))
    assert {status for _, status, _ in states(three)} == {"unknown"}


def test_a_refused_address_is_suppressed_for_a_while(one, scripted):
    send(one, scripted(of_message(RecipientRejected("SMTP 550"))))
    assert one.rows(Suppression, "address", "channel", "reason") == [("1", "folder", "bounce")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda world: world.suppress(1), "suppressed"),
        (lambda world: world.consent(1, granted=False, days_ago=1), "opted_out"),
        (lambda world: world.suppress(address="1", channel="wecom"), "suppressed"),
    ],
)
def test_who_withdrew_after_the_plan_is_not_sent(three, scripted, change, reason):
    change(three)
    channel = scripted()
    assert send(three, channel) == {DeliveryStatus.SUPPRESSED: 1, DeliveryStatus.ACCEPTED: 2}
    assert states(three)[0] == (1, "suppressed", reason)
    assert "hello/2025-10-01/1" not in channel.handed


@pytest.mark.parametrize("batch_size", [1, 10])
def test_of_two_messages_to_one_merged_person_one_is_sent(three, scripted, batch_size):
    three.alias(3, 1)
    assert send(three, scripted(batch_size=batch_size)) == {
        DeliveryStatus.ACCEPTED: 2,
        DeliveryStatus.SUPPRESSED: 1,
    }
    assert states(three)[2] == (3, "suppressed", "already")


def test_a_merge_after_one_was_sent_keeps_back_the_other(three, scripted):
    send(three, scripted(), limit=1)
    three.alias(1, 3)
    send(three, scripted())
    assert [status for _, status, _ in states(three)] == ["accepted", "accepted", "suppressed"]


def test_a_cap_is_kept_even_where_people_merge_after_the_plan(world, make_campaign, scripted):
    world.contactable(1, 2)
    world.content()
    cap = Cap(1, timedelta(days=7))
    world.outbox(make_campaign("first", cap=cap), [1])
    world.outbox(make_campaign("second", cap=cap), [2])
    world.alias(2, 1)
    specs = [make_campaign("first", cap=cap), make_campaign("second", cap=cap)]
    rules = DispatchRules.of(specs, None, SHANGHAI)
    assert send(world, scripted(batch_size=5), rules=rules) == {
        DeliveryStatus.ACCEPTED: 1,
        DeliveryStatus.SUPPRESSED: 1,
    }
    assert states(world)[1] == (2, "suppressed", "capped")


def test_a_late_dispatch_waits_for_the_morning(one, scripted):
    night = NOW + timedelta(hours=12)  # 22:00 in Shanghai
    channel = scripted()
    assert send(one, channel, now=night) == {DeliveryStatus.QUEUED: 1}
    assert channel.handed == []
    assert one.rows(Message, "not_before_at") == [(NOW + timedelta(hours=23),)]  # 09:00


def test_a_campaign_paused_after_the_claim_stops_within_one_call(three, scripted):
    def pause():
        with three.engine.begin() as connection:
            connection.execute(sa.update(Campaign.__table__).values(status="paused"))

    channel = scripted()
    channel.before_each = pause
    assert send(three, channel) == {DeliveryStatus.ACCEPTED: 1, DeliveryStatus.QUEUED: 2}
    assert len(channel.handed) == 1


def test_a_lost_worker_leaves_unknown_what_it_had_in_hand_and_free_the_rest(three, scripted):
    claim = claim_due(three.engine, "folder", NOW, 3, worker="w", clock=lambda: NOW)
    lose_midway(three, claim)
    later = NOW + timedelta(hours=1)
    assert settle_orphans(three.engine, scripted(), NOW, clock=lambda: NOW) == {}
    settled = settle_orphans(three.engine, scripted(), NOW, clock=lambda: later)
    assert settled == {DeliveryStatus.UNKNOWN: 1}
    assert states(three)[0] == (1, "unknown", "OutcomeUnknown: the worker was lost midway")
    channel = scripted()
    send(three, channel)
    assert channel.handed == ["hello/2025-10-01/2", "hello/2025-10-01/3"]


def test_the_late_answer_of_a_lost_worker_still_counts(one, scripted):
    channel = scripted()
    hour = timedelta(hours=1)
    settle = lambda: settle_orphans(one.engine, scripted(), NOW, clock=lambda: NOW + hour)  # noqa: E731
    channel.before_each = settle
    send(one, channel)
    assert states(one) == [(1, "accepted", None)]


def test_a_worker_that_lost_its_claim_sends_nothing_of_it(three, scripted):
    claim = claim_due(three.engine, "folder", NOW, 3, worker="slow", clock=lambda: NOW)
    hour = NOW + timedelta(hours=1)
    taken = scripted()
    send(three, taken, worker="quick", clock=lambda: hour)
    channel = scripted()
    assert send_claim(three.engine, claim, channel, NOW, RULES, clock=lambda: hour) == {}
    assert len(taken.handed) == 3
    assert channel.handed == []


def test_what_another_has_claimed_but_not_sent_is_the_others(three, scripted):
    claim = claim_due(three.engine, "folder", NOW, 3, worker="slow", clock=lambda: NOW)
    hour = NOW + timedelta(hours=1)
    other = claim_due(three.engine, "folder", NOW, 3, worker="quick", clock=lambda: hour)
    channel = scripted()
    assert send_claim(three.engine, claim, channel, NOW, RULES, clock=lambda: hour) == {}
    assert channel.handed == []
    send_claim(three.engine, other, channel, NOW, RULES, clock=lambda: hour)
    assert len(channel.handed) == 3


def test_the_answer_to_an_earlier_try_changes_nothing_of_a_later_one(one):
    from heliu.delivery.outcomes import NotTried, begin, record

    claim = claim_due(one.engine, "folder", NOW, 1, worker="w", clock=lambda: NOW)
    with one.engine.begin() as connection:
        first = begin(connection, claim.token, claim.ids, NOW)
        record(connection, [(first[0], NotTried())], "folder", NOW)
    claim = claim_due(one.engine, "folder", NOW, 1, worker="w", clock=lambda: NOW)
    with one.engine.begin() as connection:
        begin(connection, claim.token, claim.ids, NOW)
        record(connection, [(first[0], TransientError("late"))], "folder", NOW)
    assert one.rows(Message, "status", "attempts", "claim") == [("sending", 2, claim.token)]


def test_a_lease_is_renewed_while_its_worker_lives(three, scripted):
    ticks = iter(NOW + timedelta(seconds=20 * tick) for tick in range(1000))
    claim = claim_due(
        three.engine, "folder", NOW, 3, worker="w", lease_seconds=60, clock=lambda: NOW
    )
    until = []
    channel = scripted()
    held = lambda: [at for (at,) in three.rows(Message, "claimed_until_at") if at]  # noqa: E731
    channel.before_each = lambda: until.append(max(held()))
    send_claim(three.engine, claim, channel, NOW, RULES, clock=lambda: next(ticks))
    assert until[-1] > NOW + timedelta(seconds=60)


def test_a_worker_is_dead_when_its_process_is_and_never_on_a_guess():
    import subprocess
    import sys

    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = worker_name(child.pid)
    assert not is_dead(name)
    child.kill()
    child.wait()
    assert is_dead(name)
    assert not is_dead(worker_name())
    assert not is_dead("another-host/1|1|1")
    assert not is_dead("w")


def lose_midway(world, claim):
    """What a worker killed after marking its first message leaves behind."""
    from heliu.delivery.outcomes import begin

    with world.engine.begin() as connection:
        begin(connection, claim.token, claim.ids[:1], NOW)
