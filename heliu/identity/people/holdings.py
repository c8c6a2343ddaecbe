"""Which rows of which table are one person's, and what becomes of them when they are erased.

Export and erasure both go by this one list, so that neither forgets a table. A
new table stands either here or in `NOBODYS`, with the reason; a test sees to it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

import models
from heliu.identity.people.person import Person, same_key

NOBODY = 0  # whom an order belongs to when its person is erased
ERASED = "erased:{}"  # what stands where a record was normalised: by which erasure it is empty

Where = Callable[[Person], sa.ColumnElement[bool]]


class Fate(StrEnum):
    """What erasing does with a person's rows of a table."""

    DELETED = "deleted"
    EMPTIED = "emptied"  # the row stays, nothing in it says who
    KEPT = "kept"  # says nothing of the person


class Holding(NamedTuple):
    """The rows of one table that are a person's.

    Attributes:
        table: Where they are.
        theirs: Which rows tell of them: what an export gives.
        gone: Which rows erasing takes; another's may tell of the same value.
        fate: What becomes of those.
    """

    table: sa.Table
    theirs: Where
    gone: Where
    fate: Fate = Fate.DELETED


def table_of(model: Any) -> sa.Table:
    """A model's table."""
    table: sa.Table = model.__table__
    return table


MESSAGE, RECIPIENT, CONTENT = map(table_of, (models.Message, models.Recipient, models.Content))
RECEIPT, EVENT, ORDER = map(table_of, (models.Receipt, models.Event, models.Order))
DECISION, SUPPRESSION = map(table_of, (models.Decision, models.Suppression))
RECORD, QUARANTINE = map(table_of, (models.Record, models.Quarantine))


def _messages(person: Person) -> sa.Select[Any]:
    return sa.select(MESSAGE.c.id).where(MESSAGE.c.profile_id.in_(person.ids))


def _receipts(person: Person) -> sa.ColumnElement[bool]:
    """To their messages, and those no message was found for that tell their address."""
    payload = sa.func.lower(RECEIPT.c.payload)
    tells = [payload.contains(text, autoescape=True) for text in sorted(person.texts)]
    named = sa.select(MESSAGE.c.channel, MESSAGE.c.provider_id).where(
        MESSAGE.c.profile_id.in_(person.ids), MESSAGE.c.provider_id.is_not(None)
    )
    return sa.or_(
        RECEIPT.c.message_id.in_(_messages(person)),
        sa.and_(
            RECEIPT.c.message_id.is_(None),
            sa.or_(
                sa.tuple_(RECEIPT.c.channel, RECEIPT.c.provider_id).in_(named), sa.false(), *tells
            ),
        ),
    )


def _contents(person: Person) -> sa.ColumnElement[bool]:
    """What was rendered for them."""
    return sa.or_(
        *(
            CONTENT.c.hash.in_(
                sa.select(table.c.content_hash).where(table.c.profile_id.in_(person.ids))
            )
            for table in (MESSAGE, RECIPIENT)
        )
    )


def _contents_of_nobody_else(person: Person) -> sa.ColumnElement[bool]:
    """What nobody else was told; what nobody at all was told may be what a rehearsal left."""
    others = [
        # Not correlated: made once, though no index leads from a content to its messages.
        sa.select(table.c.content_hash).where(
            table.c.content_hash.is_not(None), table.c.profile_id.not_in(person.ids)
        )
        for table in (MESSAGE, RECIPIENT)
    ]
    return sa.and_(*(CONTENT.c.hash.not_in(hashes) for hashes in others))


def _decisions(values: Callable[[Person], frozenset[Any]]) -> Where:
    def where(person: Person) -> sa.ColumnElement[bool]:
        said = DECISION.alias("said")
        touches = [
            sa.or_(
                table.c.left_id.in_(person.records),
                table.c.right_id.in_(person.records),
                same_key(table, values(person)),
            )
            for table in (DECISION, said)
        ]
        taken_back = DECISION.c.retracts_id.in_(sa.select(said.c.id).where(touches[1]))
        return sa.or_(touches[0], taken_back)

    return where


def _suppressions(person: Person) -> sa.ColumnElement[bool]:
    """Of their records, and of addresses that are theirs alone."""
    address = sa.func.lower(SUPPRESSION.c.address)
    return sa.or_(SUPPRESSION.c.record_id.in_(person.records), address.in_(sorted(person.texts)))


def _either_end(model: type[SQLModel]) -> Where:
    """Rows between two records of which one is theirs, and others that tell a value of theirs."""
    table = table_of(model)
    return lambda person: sa.or_(
        table.c.left_id.in_(person.records),
        table.c.right_id.in_(person.records),
        same_key(table, person.own),
    )


def _event_payloads(person: Person) -> sa.ColumnElement[bool]:
    events = sa.select(EVENT.c.id).where(EVENT.c.record_id.in_(person.records))
    return table_of(models.EventPayload).c.event_id.in_(events)


def _refunds(person: Person) -> sa.ColumnElement[bool]:
    orders = sa.select(ORDER.c.number).where(ORDER.c.record_id.in_(person.records))
    return table_of(models.Refund).c.order_number.in_(orders)


def _by(column: str, of: str) -> Callable[[type[SQLModel]], Holding]:
    def holding(model: type[SQLModel]) -> Holding:
        table = table_of(model)

        def where(person: Person) -> sa.ColumnElement[bool]:
            return table.c[column].in_(getattr(person, of))

        return Holding(table, where, where)

    return holding


def _of(model: type[SQLModel], where: Where, fate: Fate = Fate.DELETED) -> Holding:
    return Holding(table_of(model), where, where, fate)


_by_profile, _by_record = _by("profile_id", "ids"), _by("record_id", "records")


def _by_value(model: type[SQLModel]) -> Holding:
    """Tables of values: another's row about a shared value tells of them too, and stays."""
    table = table_of(model)
    return Holding(
        table,
        lambda person: same_key(table, person.values),
        lambda person: same_key(table, person.own),
    )


def _values_of_records(model: type[SQLModel]) -> Holding:
    table = table_of(model)
    return _of(
        model,
        lambda person: sa.or_(table.c.record_id.in_(person.records), same_key(table, person.own)),
    )


# In the order in which rows may go: what refers to a row before the row.
HOLDINGS: tuple[Holding, ...] = (
    _of(models.Receipt, _receipts),
    _of(models.Attempt, lambda p: table_of(models.Attempt).c.message_id.in_(_messages(p))),
    _by_profile(models.Message),
    _by_profile(models.Recipient),
    Holding(CONTENT, _contents, _contents_of_nobody_else),
    _by_profile(models.ProfileTag),
    _by_profile(models.TagChange),
    _by_profile(models.Touched),
    _by_profile(models.ProfileEvent),
    _of(models.EventPayload, _event_payloads),
    _by_record(models.Event),
    _of(models.Refund, _refunds, Fate.KEPT),
    _of(models.Order, lambda p: ORDER.c.record_id.in_(p.records), Fate.EMPTIED),
    _by_record(models.Consent),
    _by_record(models.HandTag),
    _of(models.Suppression, _suppressions),
    _of(models.ReviewItem, _either_end(models.ReviewItem)),
    Holding(DECISION, _decisions(lambda p: p.values), _decisions(lambda p: p.own)),
    _of(models.Edge, _either_end(models.Edge)),
    _values_of_records(models.PoisonedValue),
    _by_value(models.Demotion),
    _by_value(models.StaleValue),
    _by_record(models.StaleRecord),
    _of(
        models.GoldenValue,
        lambda p: sa.or_(
            table_of(models.GoldenValue).c.profile_id.in_(p.ids),
            table_of(models.GoldenValue).c.record_id.in_(p.records),
        ),
    ),
    _of(
        models.Handover,
        lambda p: sa.or_(
            table_of(models.Handover).c.profile_id.in_(p.ids),
            table_of(models.Handover).c.record_id.in_(p.records),
        ),
    ),
    _of(
        models.Alias,
        lambda p: sa.or_(
            table_of(models.Alias).c.old_id.in_(p.ids),
            table_of(models.Alias).c.profile_id.in_(p.ids),
        ),
    ),
    _by_record(models.Membership),
    _by("id", "ids")(models.Profile),
    _by_record(models.Identifier),
    _by_record(models.RecordVersion),
    _of(models.Record, lambda p: RECORD.c.id.in_(p.records), Fate.EMPTIED),
)

# Tables that hold nothing of any one person. The quarantine is searched row by row:
# see `traces.py`.
NOBODYS: dict[str, str] = {
    "approval": "words of the firm's own people on a campaign",
    "audience": "a campaign's occurrence and how many it was for",
    "campaign": "the firm's own files",
    "erased_hash": "keyed hashes of those erased",
    "erasure": "receipts: a number that means nobody any more, and counts",
    "lateness": "names of sources, tags and campaigns, with their owners' names",
    "lease": "processes",
    "material": "the firm's own files",
    "product": "the firm's own files",
    "quarantine": "no row is known to be anybody's; searched for a person's values",
    "run": "runs",
    "run_stage": "counts",
    "segment": "the firm's own rules",
    "slot": "names of declared fields",
    "source_delivery": "counts",
    "source_state": "counts, and a hash of whole files",
    "tag": "the firm's own rules",
    "tag_count": "counts",
    "tag_run": "counts and cuts",
    "template_version": "the firm's own templates",
    "unify_state": "counts",
    "unify_stop": "counts and ids",
}
