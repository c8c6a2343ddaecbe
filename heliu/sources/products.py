"""`products.csv` → the product table, and the titles that stand for keys."""

from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.documents import Problems
from heliu.errors import Place
from heliu.sources.files import open_sheet
from heliu.sources.values import parse_date, parse_fen
from models import Product

PRODUCT = Product.__table__  # type: ignore[attr-defined]
REQUIRED = ("key", "title")
OPTIONAL = ("category", "price_fen", "link", "valid_from", "valid_to")


def load_products(folder: Path, zone: ZoneInfo, problems: Problems) -> list[dict[str, object]]:
    """The firm's products, as rows of `product`; none where there is no products.csv."""
    path = folder / "products.csv"
    if not path.is_file():
        return []
    products: dict[str, dict[str, object]] = {}
    with open_sheet(path) as sheet:
        if missing := [name for name in REQUIRED if name not in sheet.header]:
            problems.add(
                Place(str(path), 1),
                f"lacks the column {missing[0]!r}",
                f"Columns: {', '.join(REQUIRED + OPTIONAL)}.",
            )
            return []
        for number, cells in sheet.rows:
            row = dict(zip(sheet.header, cells, strict=False))
            try:
                product = _product(row, zone)
            except ValueError as error:
                problems.add(Place(str(path), number), str(error))
                continue
            if product["key"] in products:
                problems.add(
                    Place(str(path), number), f"product {product['key']!r} is there already"
                )
            products[str(product["key"])] = product
    return list(products.values())


def _product(row: dict[str, str], zone: ZoneInfo) -> dict[str, object]:
    if not (row["key"].strip() and row["title"].strip()):
        raise ValueError("a product needs a key and a title")
    return {
        "key": row["key"].strip(),
        "title": row["title"].strip(),
        "category": row.get("category") or None,
        "price_fen": parse_fen(row.get("price_fen", "")),
        "link": row.get("link") or None,
        "valid_from": parse_date(row.get("valid_from", ""), zone),
        "valid_to": parse_date(row.get("valid_to", ""), zone),
    }


def titles(products: list[dict[str, object]]) -> dict[str, str]:
    """Product titles to keys: sources write either.

    >>> titles([{"key": "cnc", "title": "数控机床"}])
    {'数控机床': 'cnc'}
    """
    return {str(product["title"]): str(product["key"]) for product in products}


def save_products(
    connection: sa.Connection, products: list[dict[str, object]], run_id: int
) -> None:
    """Make the table say what the file says; one that is gone stays, since orders name it."""
    known = {row.key: row for row in connection.execute(sa.select(PRODUCT))}
    for product in products:
        old = known.get(str(product["key"]))
        if old is None:
            connection.execute(sa.insert(PRODUCT).values(**product, run_id=run_id))
        elif any(getattr(old, name) != value for name, value in product.items()):
            connection.execute(
                sa.update(PRODUCT)
                .where(PRODUCT.c.key == product["key"])
                .values(**product, run_id=run_id)
            )
