"""UCI's Online Retail: what a shop sold and took back in a year."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from benchmarks.tags_public import DAY, DataSet, Members, Rows, best, who
from heliu.rules.vocabulary import STANDARD_FIELDS, FieldType, Vocabulary, Word

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2011, 12, 10, tzinfo=ZONE)
NOW = int(AS_OF.timestamp())
RULES = {
    "recent": "{ last: order_paid, within: 30d }",
    "often": '{ did: order_paid, count: ">= 40", within: 90d }',
    "spends": '{ did: order_paid, sum: amount_fen, is: ">= 100000", within: 365d }',
    "net": '{ did: [order_paid, order_refunded], sum: net_fen, is: ">= 200000" }',
    "diverse": '{ did: order_paid, distinct: item, is: ">= 50" }',
    "returner": '{ did: order_refunded, count: ">= 3" }',
    "gone": "{ all: [{ did: order_paid }, { did: order_paid, count: 0, within: 180d }] }",
    "abroad": "{ not: { field: country, is: United Kingdom } }",
    "large": '{ did: order_paid, max: amount_fen, is: ">= 50000" }',
    "november": "{ did: order_paid, within: last_month }",
    "took_back": "{ last: order_refunded, after_last: order_paid }",
    "then_back": "{ sequence: [order_paid, order_refunded], within: 90d }",
    "top": "{ rank: { sum: amount_fen, of: order_paid, within: 365d }, top: 20% }",
    "frequent": "{ rank: { count: order_paid }, top: 5% }",
    "champion": "{ all: [{ tag: top }, { tag: recent }, { not: { tag: returner } }] }",
}


def _lines(folder: Path) -> pl.DataFrame:
    """Lines with a customer: profile_id, at, paid, fen, item, country."""
    lines = pl.read_parquet(folder / "online_retail.parquet")
    fen = (pl.col("quantity").abs() * pl.col("unit_price") * 100).round().cast(pl.Int64)
    return lines.filter(pl.col("customer_id").is_not_null()).select(
        pl.col("customer_id").cast(pl.Int64).alias("profile_id"),
        pl.col("invoice_date").dt.replace_time_zone(ZONE.key).dt.epoch("s").alias("at"),
        (pl.col("quantity") > 0).alias("paid"),
        fen.alias("fen"),
        pl.col("description").alias("item"),
        "country",
    )


def rows(folder: Path) -> Iterator[Rows]:
    """A profile a customer, an event a line."""
    lines = _lines(folder).sort("profile_id", "at", maintain_order=True)
    countries = lines.group_by("profile_id").agg(pl.col("country").last()).sort("profile_id")
    profile = ("id", "text_1", "records", "sources", "created_run_id", "changed_run_id")
    yield "profile", profile, ((*row, 1, 1, 1, 1) for row in countries.iter_rows())
    event = ("profile_id", "at", "id", "record_id", "source", "type", "item", "amount_fen")
    yield (
        "event",
        event,
        (
            (id_, at, number, id_, "uci", "order_paid" if paid else "order_refunded", item, fen)
            for number, (id_, at, paid, fen, item, _) in enumerate(lines.iter_rows())
        ),
    )


def wanted(folder: Path) -> dict[str, Members]:
    """Who must carry what."""
    lines = _lines(folder).sort("profile_id", "at", maintain_order=True)
    paid, back = pl.col("paid"), ~pl.col("paid")
    at, fen = pl.col("at"), pl.col("fen")
    within = {days: at > NOW - days * DAY for days in (30, 90, 180, 365)}
    local = pl.from_epoch(at).dt.convert_time_zone(ZONE.key)
    november = (local.dt.year() == 2011) & (local.dt.month() == 11)
    year = paid & within[365]
    frame = lines.group_by("profile_id").agg(
        recent=(paid & within[30]).any(),
        often=(paid & within[90]).sum(),
        spends=pl.when(year.any()).then(fen.filter(year).sum()),
        net=fen.filter(paid).sum() - fen.filter(back).sum(),
        items=pl.col("item").filter(paid & pl.col("item").is_not_null()).n_unique(),
        returned=back.sum(),
        bought=paid.sum(),
        half_year=(paid & within[180]).sum(),
        country=pl.col("country").last(),
        largest=fen.filter(paid).max(),
        november=(paid & november).any(),
        last_paid=at.filter(paid).max(),
        last_back=at.filter(back).max(),
        first_paid_90=at.filter(paid & within[90]).min(),
        last_back_90=at.filter(back & within[90]).max(),
    )
    col = pl.col
    found = {
        "recent": who(frame, col("recent")),
        "often": who(frame, col("often") >= 40),
        "spends": who(frame, col("spends") >= 100_000),
        "net": who(frame, col("net") >= 200_000),
        "diverse": who(frame, col("items") >= 50),
        "returner": who(frame, col("returned") >= 3),
        "gone": who(frame, (col("bought") > 0) & (col("half_year") == 0)),
        "abroad": who(frame, col("country") != "United Kingdom"),
        "large": who(frame, col("largest") >= 50_000),
        "november": who(frame, col("november")),
        "took_back": who(
            frame,
            col("last_back").is_not_null()
            & (col("last_paid").is_null() | (col("last_back") > col("last_paid"))),
        ),
        "then_back": who(frame, col("first_paid_90") < col("last_back_90")),
        "top": best(frame, "spends", 0.20, 100),
        "frequent": best(frame.filter(col("bought") > 0), "bought", 0.05),
    }
    return {**found, "champion": (found["top"] & found["recent"]) - found["returner"]}


DATA_SET = DataSet(
    folder="online_retail",
    as_of=AS_OF,
    vocabulary=Vocabulary(
        fields={**STANDARD_FIELDS, "country": Word("country", FieldType.TEXT, "text_1")}
    ),
    rules=RULES,
    rows=rows,
    wanted=wanted,
)
