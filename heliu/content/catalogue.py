"""Which course to name to whom: by interest, else most viewed, else popular."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from heliu.content.context import web_link
from models import Order, Product

INTEREST_TAG = "interest."  # and the product's key

_product = Product.__table__  # type: ignore[attr-defined]
_orders = Order.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Catalogue:
    """Every product as templates see it, which are on sale, and those bought most, most first."""

    products: Mapping[str, dict[str, Any]]
    on_sale: frozenset[str]
    popular: tuple[str, ...]
    keys: Mapping[str, str]  # key or title, casefolded, to key

    def key_of(self, text: str | None) -> str | None:
        """The product a text names by key or title, or None.

        A form's wording of a course is its key or its title, seldom anything else.
        """
        return self.keys.get(text.strip().casefold()) if text else None

    def recommend(
        self,
        interests: Iterable[str],
        views: Mapping[str, tuple[int, int]],
        owned: frozenset[str] | set[str],
    ) -> dict[str, Any] | None:
        """One product on sale that the person doesn't own, and why this one.

        Args:
            interests: Keys from the person's tags and field.
            views: Key to (how often viewed, when last, epoch seconds).
            owned: Keys bought and not given back.
        """

        def weight(key: str) -> tuple[int, int, str]:
            count, last = views.get(key, (0, 0))
            return -count, -last, key

        for why, keys in (
            ("interest", sorted(interests, key=weight)),
            ("viewed", sorted(views, key=weight)),
            ("popular", self.popular),
        ):
            for key in keys:
                if key in self.on_sale and key not in owned:
                    return {**self.products[key], "why": why}
        return None


def read_catalogue(connection: sa.Connection, as_of: datetime, today: str) -> Catalogue:
    """Read the products, and how often each was bought until `as_of`.

    Args:
        connection: The caller's transaction.
        as_of: Payments after it are unknown.
        today: ISO date; products not on sale that day are not recommended.
    """
    rows = connection.execute(sa.select(_product).order_by(_product.c.key)).mappings().all()
    bought = connection.execute(
        sa.select(_orders.c.item, sa.func.count())
        .where(_orders.c.paid_at <= as_of, _orders.c.item.is_not(None))
        .group_by(_orders.c.item)
        .order_by(sa.func.count().desc(), _orders.c.item)
    ).all()
    on_sale = frozenset(
        row["key"]
        for row in rows
        if (row["valid_from"] or "") <= today <= (row["valid_to"] or "9999")
    )
    titles = {row["title"].strip().casefold(): row["key"] for row in rows}
    return Catalogue(
        products={row["key"]: _as_seen(row) for row in rows},
        on_sale=on_sale,
        popular=tuple(item for item, _ in bought),
        keys=titles | {row["key"].casefold(): row["key"] for row in rows},
    )


def _as_seen(row: sa.RowMapping) -> dict[str, Any]:
    return {
        "key": row["key"],
        "title": row["title"],
        "category": row["category"],
        "price_fen": row["price_fen"],
        "link": web_link(row["link"]),
    }
