"""The nine files, read as people: which ids each really has, and what drew them."""

import csv
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from generate import clock

Row = dict[str, str]
Sources = dict[str, list[Row]]

# Source: the column of its time, and those of phone, course and openid where it has them.
COLUMNS = {
    "crm_sheet": ("更新时间", "手机", "意向课程", None),
    "wecom_contact": ("add_time", "remark_mobiles", None, None),
    "oa_fan": ("subscribe_time", None, None, "openid"),
    "miniprogram_user": ("last_login", "phone", None, "openid"),
    "h5_form": ("submitted_at", "phone", "course", "openid"),
    "wxpay_order": ("paid_at", "phone", "course", "openid"),
    "douyin_lead": ("created_at", "phone", None, None),
    "weibo_fan": ("followed_at", "phone", None, None),
    "channels_fan": ("at", None, None, None),
}
# How much a source's course says of a person's interest.
_PULL = {"wxpay_order": 3, "crm_sheet": 2, "h5_form": 1}
_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9]\d{9})")


@dataclass(frozen=True)
class Order:
    """A paid order as the merchant's bill has it; `paid_at` in seconds of the window."""

    number: str
    openid: str
    course: str  # product key
    amount_fen: int
    paid_at: int


@dataclass
class Person:
    """One real person: the ids he acts under and the moments he met the firm."""

    key: str
    openids: list[str] = field(default_factory=list)  # the mini-program's first
    phone: str = ""  # his alone, or nothing
    touches: list[tuple[int, str]] = field(default_factory=list)  # (seconds, course or "")
    orders: list[Order] = field(default_factory=list)
    courses: list[str] = field(default_factory=list)  # the dearest first


@dataclass(frozen=True)
class Product:
    """A course on sale."""

    key: str
    title: str
    price_fen: int


def read_rows(path: Path) -> list[Row]:
    """All rows of a CSV file as heading → text."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def read_products(firm: Path) -> list[Product]:
    """The firm's courses in their file's order."""
    return [
        Product(row["key"], row["title"], int(row["price_fen"]))
        for row in read_rows(firm / "products.csv")
    ]


def mobiles(cell: str) -> list[str]:
    """The eleven-digit mobile numbers a cell holds, however they are spelt.

    >>> mobiles("+86 195 6776 9927"), mobiles("15699792932.0"), mobiles("无")
    (['19567769927'], ['15699792932'], [])
    >>> mobiles("手机:17535665946/13858004492")
    ['17535665946', '13858004492']
    """
    plain = re.sub(r"\.0$", "", unicodedata.normalize("NFKC", cell).strip())
    parts = re.findall(r"\d+", re.sub(r"[\s().+'-]", "", plain))
    return [match[1] for part in parts if (match := _MOBILE.fullmatch(part))]


def read_people(sources: Sources, owner: dict[tuple[str, str], str], firm: Path) -> list[Person]:
    """Everybody in the sources, in the order of their keys.

    Args:
        sources: Rows of each of the nine files.
        owner: (source, record id) → the person it really belongs to.
        firm: The folder that holds products.csv.
    """
    keys = {product.title: product.key for product in read_products(firm)}
    people = {key: Person(key) for key in sorted(set(owner.values()))}
    phones: dict[str, list[str]] = defaultdict(list)  # person → numbers, as often as written
    pulls: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for source, (time, phone, course, openid) in COLUMNS.items():
        for row in sources[source]:
            person = people[owner[source, row["record_id"]]]
            item = keys[row[course]] if course and row[course] else ""
            person.touches.append((clock.seconds(row[time]), item))
            if item:
                pulls[person.key][item] += _PULL[source]
            if phone:
                phones[person.key] += mobiles(row[phone])
            if openid and row[openid] and row[openid] not in person.openids:
                person.openids.append(row[openid])
            if source == "wxpay_order":
                person.orders.append(_order(row, item))
    _give_phones(people, phones)
    for person in people.values():
        person.touches.sort()
        person.openids.sort(reverse=True)  # "oM…" before "oA…"
        person.orders.sort(key=lambda order: (order.paid_at, order.number))
        pull = pulls[person.key]
        person.courses = sorted(pull, key=lambda course: (-pull[course], course))
    return list(people.values())


def _order(row: Row, course: str) -> Order:
    return Order(
        number=row["transaction_id"],
        openid=row["openid"],
        course=course,
        amount_fen=int(row["amount_fen"]),
        paid_at=clock.seconds(row["paid_at"]),
    )


def _give_phones(people: dict[str, Person], phones: dict[str, list[str]]) -> None:
    """Each person's most written number, unless somebody else is written with it too.

    So placeholders, numbers of middlemen and families, and recycled numbers are nobody's.
    """
    holders: dict[str, set[str]] = defaultdict(set)
    for key, numbers in phones.items():
        for number in numbers:
            holders[number].add(key)
    for key, numbers in phones.items():
        own = [n for n in numbers if len(holders[n]) == 1 and len(set(n)) > 3]
        if own:
            people[key].phone = max(own, key=lambda n: (own.count(n), n))
