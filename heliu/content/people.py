"""What templates see of each person: a page of profiles in a handful of statements."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.content.catalogue import INTEREST_TAG, Catalogue
from heliu.content.context import HIDDEN_FIELDS
from heliu.content.personal import clean, clean_name, surname_of
from heliu.rules.vocabulary import FieldType, Vocabulary, Word
from models import Event, Order, Profile, ProfileTag, Refund

_profile = Profile.__table__  # type: ignore[attr-defined]
_tag = ProfileTag.__table__  # type: ignore[attr-defined]
_event = Event.__table__  # type: ignore[attr-defined]
_orders = Order.__table__  # type: ignore[attr-defined]
_refund = Refund.__table__  # type: ignore[attr-defined]

IDS = sa.bindparam("ids", expanding=True, type_=sa.BigInteger)
Views = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Reader:
    """Reads contexts; `needs` are the names its templates take, so that no other is read."""

    catalogue: Catalogue
    vocabulary: Vocabulary
    needs: frozenset[str]
    fields: frozenset[str] | None  # of the profile; None for all
    as_of: datetime
    zone: ZoneInfo

    def contexts(self, connection: sa.Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """The personal part of the context of each profile; a profile that is gone is left out.

        Args:
            connection: The caller's transaction.
            ids: Profile ids, a page of them.
        """
        course = "course" in self.needs
        tags = self._tags(connection, ids) if course or "tags" in self.needs else {}
        views = self._views(connection, ids) if course else {}
        orders = self._orders(connection, ids) if course or "order" in self.needs else {}
        contexts: dict[int, dict[str, Any]] = {}
        for profile in self._profiles(connection, ids):
            key = int(profile["id"])
            own = tags.get(key, [])
            waiting, owned = orders.get(key, (None, set()))
            contexts[key] = {"profile": profile, "tags": own, "order": waiting, "course": None}
            if course:
                contexts[key]["course"] = self.catalogue.recommend(
                    self._interests(own, profile["interest"]), views.get(key, {}), owned
                )
        return contexts

    def _interests(self, tags: Iterable[str], field: str | None) -> set[str]:
        named = {tag.removeprefix(INTEREST_TAG) for tag in tags if tag.startswith(INTEREST_TAG)}
        return named | {field} if field else named

    def _profiles(self, connection: sa.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
        words = self._words()
        columns = [sa.type_coerce(_profile.c[word.column], _raw(word.type)) for word in words]
        statement = sa.select(_profile.c.id, *columns).where(_profile.c.id.in_(IDS))
        readers = [(word.name, self._reader(word.name, word.type)) for word in words]
        profiles = []
        for key, *values in connection.execute(statement, {"ids": ids}).all():
            profile = {
                name: None if value is None else read(value)
                for (name, read), value in zip(readers, values, strict=True)
            }
            profile["id"] = str(key)
            profile["surname"] = surname_of(profile.get("name"))
            profiles.append(profile)
        return profiles

    def _words(self) -> list[Word]:
        """The fields to read: those named, and those others are made of."""
        known = [w for w in self.vocabulary.fields.values() if w.name not in HIDDEN_FIELDS]
        if self.fields is None:
            return known
        needed = self.fields | {"name"} | ({"interest"} if "course" in self.needs else set())
        return [word for word in known if word.name in needed]

    def _reader(self, name: str, type_: FieldType) -> Callable[[Any], Any]:
        if name == "name":
            return clean_name
        if name == "interest":
            return self.catalogue.key_of
        if type_ is FieldType.TIME:
            return lambda seconds: datetime.fromtimestamp(seconds, self.zone)
        if type_ is FieldType.DATE:
            return _date
        return clean if type_ is FieldType.TEXT else int

    def _tags(self, connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[str]]:
        statement = (
            sa.select(_tag.c.profile_id, _tag.c.tag)
            .where(_tag.c.profile_id.in_(IDS))
            .order_by(_tag.c.profile_id, _tag.c.tag)
        )
        found: defaultdict[int, list[str]] = defaultdict(list)
        for key, tag in connection.execute(statement, {"ids": ids}).all():
            found[key].append(tag)
        return found

    def _views(self, connection: sa.Connection, ids: Sequence[int]) -> dict[int, Views]:
        statement = (
            sa.select(
                _event.c.profile_id,
                _event.c.item,
                sa.func.count(),
                sa.func.max(sa.type_coerce(_event.c.at, sa.BigInteger)),
            )
            .where(
                _event.c.profile_id.in_(IDS),
                _event.c.type == "course_view",
                _event.c.at <= self.as_of,
                _event.c.item.is_not(None),
            )
            .group_by(_event.c.profile_id, _event.c.item)
        )
        found: defaultdict[int, Views] = defaultdict(dict)
        for key, item, count, last in connection.execute(statement, {"ids": ids}).all():
            found[key][item] = count, last
        return found

    def _orders(
        self, connection: sa.Connection, ids: Sequence[int]
    ) -> dict[int, tuple[dict[str, Any] | None, set[str]]]:
        """Each person's newest unpaid order and what they own."""
        refunds = (
            sa.select(_refund.c.order_number, sa.func.sum(_refund.c.amount_fen).label("fen"))
            .where(_refund.c.refunded_at <= self.as_of)
            .group_by(_refund.c.order_number)
            .subquery()
        )
        statement = (
            sa.select(
                _orders.c.profile_id,
                _orders.c.item,
                _orders.c.amount_fen,
                sa.type_coerce(_orders.c.ordered_at, sa.BigInteger).label("ordered_at"),
                sa.case(
                    (
                        _orders.c.paid_at <= self.as_of,
                        sa.type_coerce(_orders.c.paid_at, sa.BigInteger),
                    )
                ).label("paid_at"),
                refunds.c.order_number.label("refunded"),
                refunds.c.fen,
            )
            .join_from(_orders, refunds, refunds.c.order_number == _orders.c.number, isouter=True)
            .where(
                _orders.c.profile_id.in_(IDS),
                sa.or_(_orders.c.ordered_at <= self.as_of, _orders.c.paid_at <= self.as_of),
            )
            .order_by(_orders.c.profile_id, _orders.c.ordered_at, _orders.c.number)
        )
        rows: defaultdict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(statement, {"ids": ids}).all():
            rows[row.profile_id].append(row)
        return {key: (self._waiting(own), _owned(own)) for key, own in rows.items()}

    def _waiting(self, orders: Sequence[Any]) -> dict[str, Any] | None:
        for order in reversed(orders):
            if order.paid_at is not None or order.refunded or order.ordered_at is None:
                continue
            if any(o.item == order.item and (o.paid_at or 0) >= order.ordered_at for o in orders):
                continue  # paid for after all, under another number
            product = self.catalogue.products.get(order.item, {})
            title = product.get("title") or clean(order.item)
            if title:
                return {
                    "item": order.item,
                    "title": title,
                    "amount_fen": order.amount_fen,
                    "ordered_at": datetime.fromtimestamp(order.ordered_at, self.zone),
                    "link": product.get("link"),
                }
        return None


def _owned(orders: Sequence[Any]) -> set[str]:
    """Items paid for and not given back in full; a refund of unknown amount is a full one."""
    return {
        order.item
        for order in orders
        if order.paid_at is not None
        and not (order.refunded and (order.fen is None or order.fen >= (order.amount_fen or 0)))
    }


def _raw(type_: FieldType) -> sa.types.TypeEngine[Any]:
    """Times as the integers they are: turning them back is the reader's."""
    return sa.String() if type_ in (FieldType.TEXT, FieldType.DATE) else sa.BigInteger()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def day_in(zone: ZoneInfo, instant: datetime) -> date:
    """The day it is in a zone.

    >>> from datetime import UTC
    >>> day_in(ZoneInfo("Asia/Shanghai"), datetime(2025, 9, 30, 16, 0, tzinfo=UTC)).isoformat()
    '2025-10-01'
    """
    return instant.astimezone(zone).date()
