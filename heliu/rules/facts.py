"""Facts other than events: what was sent and came of it, consent, words by hand.

Each is a SELECT of its own, grouped by profile, joined only where a rule asks for it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from heliu.rules.among import EVERYBODY, Among
from heliu.rules.asks import ConsentWord, HandWord, Selected
from heliu.rules.columns import Column, Predicate, at_of
from heliu.rules.escape import as_select
from heliu.rules.vocabulary import MESSAGE_EVENTS
from heliu.rules.windows import Clock
from models import Alias, Attempt, Consent, DeliveryStatus, HandTag, Message, Receipt

ALIAS = Alias.__table__  # type: ignore[attr-defined]
ATTEMPT = Attempt.__table__  # type: ignore[attr-defined]
CONSENT = Consent.__table__  # type: ignore[attr-defined]
HAND_TAG = HandTag.__table__  # type: ignore[attr-defined]
MESSAGE = Message.__table__  # type: ignore[attr-defined]
RECEIPT = Receipt.__table__  # type: ignore[attr-defined]

SENT, *_ = MESSAGE_EVENTS
OF_MESSAGE = "message_"  # before the kind of a receipt: the event it is
TAKEN = (DeliveryStatus.ACCEPTED, DeliveryStatus.DELIVERED)  # by the provider

# An alias says who an id that once was a profile means today; unification keeps it true.
means_today = sa.and_(ALIAS.c.old_id == MESSAGE.c.profile_id, ALIAS.c.to_run_id.is_(None))
home = sa.func.coalesce(ALIAS.c.profile_id, MESSAGE.c.profile_id)


def messages(types: Collection[str], among: Among = EVERYBODY) -> sa.Subquery:
    """Messages and what came of them, shaped like events: profile_id, at, type, campaign, channel.

    Args:
        types: Which of `MESSAGE_EVENTS`.
        among: Whose; a message is whose profile its own has become.
    """
    kinds = sorted(type_.removeprefix(OF_MESSAGE) for type_ in set(types) - {SENT})
    sent = _told(ATTEMPT, ATTEMPT.c.finished_at, sa.literal(SENT), among).where(
        ATTEMPT.c.outcome.in_([status.value for status in TAKEN])
    )
    kind = sa.literal(OF_MESSAGE) + RECEIPT.c.kind
    signs = _told(RECEIPT, RECEIPT.c.at, kind, among).where(RECEIPT.c.kind.in_(kinds))
    if SENT not in types:
        return signs.subquery("message_event")
    return (sa.union_all(sent, signs) if kinds else sent).subquery("message_event")


def _told(by: sa.Table, at: Column, type_: Column, among: Among) -> sa.Select[Any]:
    columns = (
        home.label("profile_id"),
        sa.type_coerce(at, sa.BigInteger).label("at"),
        type_.label("type"),
        MESSAGE.c.campaign,
        MESSAGE.c.channel,
    )
    joined = by.join(MESSAGE, MESSAGE.c.id == by.c.message_id).outerjoin(ALIAS, means_today)
    return sa.select(*columns).select_from(joined).where(*_theirs(among))


def _theirs(among: Among) -> list[Predicate]:
    """Who they are today decides; who they were leads to the messages without reading all."""
    today = among.of(home)
    if not today:
        return []
    before = sa.select(ALIAS.c.old_id).where(ALIAS.c.to_run_id.is_(None))
    names = sa.or_(
        sa.and_(*among.of(MESSAGE.c.profile_id)),
        MESSAGE.c.profile_id.in_(before.where(*among.of(ALIAS.c.profile_id))),
    )
    return [names, *today]


def in_force(word: sa.FromClause, now: datetime | Column) -> Predicate:
    """Whether a row of the consent ledger is its record's newest by an instant.

    Of two at one instant both are; `strictest` settles it.
    """
    newer = CONSENT.alias()
    overruled = sa.exists().where(
        newer.c.record_id == word.c.record_id,
        newer.c.channel == word.c.channel,
        newer.c.topic == word.c.topic,
        newer.c.at <= now,
        newer.c.at > word.c.at,
    )
    return sa.and_(word.c.at <= now, ~overruled)


def strictest(word: sa.FromClause) -> Any:
    """Over rows in force: 1 where all allow, 0 where one refuses, NULL of none."""
    return sa.func.min(sa.case((word.c.granted, 1), else_=0))


def consents(asked: Sequence[ConsentWord], clock: Clock, among: Among) -> sa.Select[Any]:
    """One row a profile that said anything: its id, then 1, 0 or NULL for each that is asked."""
    word = CONSENT.alias("word")
    tests = [sa.and_(word.c.channel == ask.channel, word.c.topic == ask.topic) for ask in asked]
    answers = [strictest(word).filter(test) for test in tests]
    return (
        sa.select(word.c.profile_id, *answers)
        .where(*among.of(word.c.profile_id), sa.or_(*tests), in_force(word, clock.as_of))
        .group_by(word.c.profile_id)
    )


def hands(asked: Sequence[HandWord], clock: Clock, among: Among) -> sa.Select[Any]:
    """One row a profile a human said one of these tags of: its id, then 1, 0 or NULL for each."""
    word, newer = HAND_TAG.alias("word"), HAND_TAG.alias("newer")
    later = sa.or_(newer.c.at > word.c.at, sa.and_(newer.c.at == word.c.at, newer.c.id > word.c.id))
    same = sa.and_(newer.c.profile_id == word.c.profile_id, newer.c.tag == word.c.tag)
    overruled = sa.exists().where(same, later, _counts(newer, clock))
    holds = sa.func.max(sa.case((word.c.holds, 1), else_=0))
    answers = [holds.filter(*_said(ask, word, clock)) for ask in asked]
    tags = sorted({ask.tag for ask in asked})
    return (
        sa.select(word.c.profile_id, *answers)
        .where(*among.of(word.c.profile_id), word.c.tag.in_(tags), _counts(word, clock), ~overruled)
        .group_by(word.c.profile_id)
    )


def _counts(word: sa.FromClause, clock: Clock) -> Predicate:
    """Said by now, and its time not over."""
    lasts = sa.or_(word.c.until_at.is_(None), word.c.until_at > clock.as_of)
    return sa.and_(word.c.at <= clock.as_of, lasts)


def _said(ask: HandWord, word: sa.FromClause, clock: Clock) -> list[Predicate]:
    low, high = clock.span(ask.window) if ask.window else (None, None)
    tests = [word.c.tag == ask.tag]
    tests += [at_of(word) > low] if low is not None else []
    return tests + ([at_of(word) <= high] if high is not None else [])


def selected(ask: Selected, clock: Clock, among: Among) -> sa.Select[Any]:
    """One row a profile that a SELECT of the firm's returns: its id, and 1."""
    found = as_select(ask, clock).subquery("selected")
    one = sa.literal_column("1", sa.BigInteger)
    # a profile may be returned twice
    return sa.select(found.c.profile_id, one).where(*among.of(found.c.profile_id)).distinct()
