"""Planning against a plain-Python telling of the same rules, on random worlds."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.channels import AddressKind, Traits
from heliu.delivery import Cap, SendPolicy, count_decisions
from heliu.delivery.verdicts import in_holdout
from models import Audience, Campaign, DeliveryStatus, Message, Recipient
from models.database import reading

NOW = datetime(2025, 10, 1, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PEOPLE = range(1, 8)
CHANNELS = {
    "folder": Traits("folder", "wecom", AddressKind.PROFILE),
    "email": Traits("email", "email", AddressKind.EMAIL),
}
ADDRESSES = (None, "", "a@example.com", "b@example.com", "c@example.com")
ORDER = ("suppressed", "opted_out", "no_consent", "no_address")

people = st.sampled_from(PEOPLE)
records = st.tuples(people, st.booleans())  # a person's first or second record
days_ago = st.integers(-2, 9)
consents = st.tuples(
    records, st.sampled_from(["wecom", "email"]), st.sampled_from(["marketing"] * 3 + ["service"]),
    st.sampled_from([True] * 4 + [False]), days_ago,
)  # fmt: skip
suppressions = st.tuples(
    st.one_of(records, st.sampled_from(ADDRESSES[2:])),
    st.sampled_from(["*", "wecom", "folder", "email", "sms"]), days_ago, st.integers(-9, 2),
)  # fmt: skip
messages = st.tuples(
    people, st.sampled_from(["hello", "other"]), st.sampled_from(["2025-10-01", "old", "older"]),
    st.sampled_from(list(CHANNELS)), st.sampled_from(ADDRESSES[2:]),
    st.sampled_from(list(DeliveryStatus)), days_ago,
)  # fmt: skip
worlds = st.fixed_dictionaries(
    {
        "emails": st.lists(st.sampled_from(ADDRESSES), min_size=7, max_size=7),
        "willing": st.frozensets(people, min_size=3),
        "consents": st.lists(consents, max_size=12),
        "suppressions": st.lists(suppressions, max_size=3),
        "messages": st.lists(messages, max_size=10, unique_by=lambda row: row[:3]),
        "planned": st.frozensets(people, max_size=4),  # by another campaign of this night
        "merged": st.dictionaries(st.sampled_from([5, 6, 7]), st.sampled_from([1, 2]), max_size=2),
        "channels": st.sampled_from([("folder",), ("email",), ("email", "folder")]),
        "cap": st.sampled_from([None, Cap(1, 3 * DAY), Cap(2, 30 * DAY)]),
        "again_after": st.sampled_from([None, 0 * DAY, 3 * DAY]),
        "holdout": st.sampled_from([0.0, 0.5]),
    }
)
ARRIVED = ("accepted", "delivered", "unknown")
WAITING = ("queued", "sending")


def build(world, said):
    world.wipe()
    with world.at_once():
        insert(world, said)


def insert(world, said):
    for person in PEOPLE:
        world.person(person, person + 50, email=said["emails"][person - 1])
    for (person, second), channel, topic, granted, days in ledger(said):
        record = person + 50 * second
        today = said["merged"].get(person, person)
        world.consent(record, channel, granted, topic=topic, days_ago=days, profile=today)
    for number, (whom, channel, since, until) in enumerate(said["suppressions"]):
        row = {"channel": channel, "reason": f"r{number}"}
        row |= {"since_at": NOW - since * DAY, "until_at": NOW + until * DAY}
        if isinstance(whom, tuple):
            world.suppress(whom[0] + 50 * whom[1], **row)
        else:
            world.suppress(address=whom, **row)
    world.content()
    world.insert(Message, *(a_message(*row) for row in said["messages"]))
    plan_of_another_campaign(world, said["planned"])


def ledger(said):
    """Who is willing said so on every channel; then the rest."""
    yes = [
        ((person, False), channel, "marketing", True, 8)
        for person in sorted(said["willing"])
        for channel in ("wecom", "email")
    ]
    return yes + said["consents"]


def merge(world, merged):
    """What unifying does: the records move, the facts follow, an alias stays."""
    table = sa.table("membership", sa.column("profile_id"))
    with world.at_once():
        for old, new in merged.items():
            world.alias(old, new)
            world.connection.execute(
                sa.update(table).where(table.c.profile_id == old).values(profile_id=new)
            )


def a_message(person, campaign, occurrence, channel, address, status, days):
    return {
        "campaign": campaign,
        "occurrence": occurrence,
        "profile_id": person,
        "channel": channel,
        "address": address if channel == "email" else str(person),
        "topic": "marketing",
        "content_hash": "c",
        "not_before_at": NOW - days * DAY,
        "status": status.value,
        "created_at": NOW - days * DAY,
        "changed_at": NOW - days * DAY,
        "run_id": 1,
    }


def plan_of_another_campaign(world, ids):
    name = "tonight"
    said = {"name": name, "title": name, "segment": "all", "topic": "marketing"}
    world.insert(Campaign, {**said, "status": "active", "file_hash": "f", "run_id": 1})
    at = {"as_of_at": NOW, "frozen_at": NOW, "decided_at": NOW}
    world.insert(
        Audience,
        {"campaign": name, "occurrence": "n", "segment": "all", "size": 1, "plan_hash": "",
         "run_id": 1, **at},
    )  # fmt: skip
    world.insert(
        Recipient,
        *({"campaign": name, "occurrence": "n", "profile_id": id_, "channel": "folder",
           "address": str(id_), "not_before_at": NOW} for id_ in ids),
    )  # fmt: skip


def oracle(said):
    """The same, told as one would explain it."""
    today = lambda person: said["merged"].get(person, person)  # noqa: E731
    taken, decided = set(), {}
    for person in sorted(PEOPLE, key=lambda p: (today(p) != p, p)):
        decided[person] = decide(said, person, today, taken)
    return decided


def decide(said, person, today, taken):
    me = today(person)
    mine = [other for other in PEOPLE if today(other) == me]
    blocks = {channel: block(said, me, mine, channel) for channel in said["channels"]}
    open_ = [channel for channel in said["channels"] if blocks[channel] is None]
    if not open_:
        return None, min(blocks.values(), key=ORDER.index)
    channel = open_[0]
    address = address_of(said, me, channel)
    if got_it(said, mine, channel, address):
        return None, "already"
    if in_holdout("hello", me, said["holdout"]):
        return None, "holdout"
    if (channel, address) in taken:
        return None, "duplicate"
    taken.add((channel, address))
    if said["cap"] and heard(said, mine) >= said["cap"].count:
        return None, "capped"
    return channel, None


def address_of(said, person, channel):
    return str(person) if channel == "folder" else said["emails"][person - 1] or None


def block(said, me, mine, channel):
    consent_channel = CHANNELS[channel].consent_channel
    address = address_of(said, me, channel)
    for whom, where, since, until in said["suppressions"]:
        hit = whom[0] in mine if isinstance(whom, tuple) else whom == address
        if hit and where in ("*", channel, consent_channel) and since >= 0 and until > 0:
            return "suppressed"
    words = {}
    for (person, second), where, topic, granted, days in ledger(said):
        if person in mine and (where, topic) == (consent_channel, "marketing") and days >= 0:
            words.setdefault((person, second), []).append((-days, not granted))
    newest = [max(said_) for said_ in words.values()]  # at one instant, "no" is the larger
    if not newest:
        return "no_consent"
    if any(withdrawn for _, withdrawn in newest):
        return "opted_out"
    return None if address else "no_address"


def counts(status, days, window):
    if status in WAITING:
        return True
    return status in ARRIVED and (window is None or -days * DAY > -window)


def got_it(said, mine, channel, address):
    for person, campaign, occurrence, where, to, status, days in said["messages"]:
        if campaign != "hello":
            continue
        to = to if where == "email" else str(person)
        recent = counts(status, days, said["again_after"])
        if person in mine and (occurrence == "2025-10-01" or recent):
            return True
        if recent and (where, to) == (channel, address):
            return True
    return False


def heard(said, mine):
    got = [counts(row[5], row[6], said["cap"].within) for row in said["messages"] if row[0] in mine]
    return sum(got) + len(set(mine) & said["planned"])


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(said=worlds)
def test_every_decision_is_the_one_the_rules_tell(world, make_campaign, said):
    build(world, said)
    keys = ("channels", "cap", "again_after", "holdout")
    spec = make_campaign(**{key: said[key] for key in keys})
    world.freeze(spec, PEOPLE)
    merge(world, said["merged"])
    decided = world.plan(spec, [], policy=SendPolicy(CHANNELS))
    assert decided == oracle(said)
    with reading(world.engine) as connection:
        counted = count_decisions(connection, "hello", "2025-10-01")
    assert counted == Counter(reason or "send" for _, reason in decided.values())
