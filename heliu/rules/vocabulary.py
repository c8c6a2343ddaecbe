"""The words rules may use: profile fields and events, with their types and columns.

The standard words are always known, whatever sources a firm has; a source may
declare more, which live in slot columns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class FieldType(StrEnum):
    """What a field or event property holds."""

    TEXT = "text"
    DATE = "date"  # ISO text, a day in the firm's zone
    TIME = "time"  # an instant, epoch seconds
    NUMBER = "number"  # 64-bit integer; money in fen


class MatchKind(StrEnum):
    """How two people's values of a field are compared."""

    NAME = "name"  # a full name, Chinese or Latin, in either order
    GIVEN_NAME = "given_name"  # alone, with its short forms
    SURNAME = "surname"  # alone
    DATE = "date"
    POSTCODE = "postcode"
    TEXT = "text"  # a place, a company, an address: spellings may differ a little
    EXACT = "exact"  # a code or category: the same or not
    ID = "id"  # a number typed by hand, with typing errors
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True)
class Word:
    """A field or property: its name, its type and the table column it lives in."""

    name: str
    type: FieldType
    column: str


def _words(**types: FieldType) -> dict[str, Word]:
    return {name: Word(name, type_, name) for name, type_ in types.items()}


# Before the name of a field people are only compared by: no rule reads it, no profile keeps it.
COMPARED = "match."
# Among them: the names of those fields the source vouches for, joined by blanks.
VERIFIED = COMPARED + "verified"

TEXT, DATE, TIME, NUMBER = FieldType.TEXT, FieldType.DATE, FieldType.TIME, FieldType.NUMBER

# Columns of models.Profile that any source may fill and any rule may read.
STANDARD_FIELDS = _words(
    name=TEXT,
    phone=TEXT,
    email=TEXT,
    gender=TEXT,
    birthday=DATE,
    province=TEXT,
    city=TEXT,
    company=TEXT,
    interest=TEXT,
    source_channel=TEXT,
    service_state=TEXT,
    exam_date=DATE,
    created_at=TIME,
    updated_at=TIME,
)

# Columns of models.Event that every event has.
STANDARD_PROPERTIES = _words(
    item=TEXT,
    amount_fen=NUMBER,
    quantity=NUMBER,
    channel=TEXT,
    campaign=TEXT,
)

# Computed of them: money that came, less money given back.
NET_FEN = Word("net_fen", NUMBER, "net_fen")
MINUS = "order_refunded"  # the event whose amount went back

# What we sent and what came of it: asked of like events, but nothing the person did.
MESSAGE_EVENTS = (
    "message_sent",  # a provider took it
    "message_delivered",
    "message_opened",
    "message_clicked",
    "message_replied",
)
REACHED = "message_reached"  # stands for any sign that it arrived: all of them but the first
SIGNS = MESSAGE_EVENTS[1:]
MESSAGE_PROPERTIES = _words(campaign=TEXT, channel=TEXT)

# Of the product that an event's item names.
PRODUCT = "product."
PRODUCT_PROPERTIES = _words(category=TEXT, title=TEXT, price_fen=NUMBER)

# Consent is given for a topic on a channel.
TOPICS = ("marketing", "service")
CONSENT_CHANNELS = ("email", "phone", "sms", "wecom")  # those a firm may have besides count too

STANDARD_EVENTS = (
    "course_view",
    "login",
    "trial_lesson",
    "form_submit",
    "service",
    "order_created",  # these three are derived from orders and refunds
    "order_paid",
    "order_refunded",
)


@dataclass(frozen=True)
class Product:
    """What rules may ask of a product; `key` is what events call their item."""

    key: str
    title: str
    category: str | None = None
    price_fen: int | None = None


@dataclass(frozen=True)
class Vocabulary:
    """All words of one firm.

    Attributes:
        properties: Of events, as they are stored.
        products: What `where: {product.category: …}` looks through.
        channels: Those consent is given for.
    """

    fields: dict[str, Word] = field(default_factory=lambda: dict(STANDARD_FIELDS))
    events: frozenset[str] = frozenset(STANDARD_EVENTS)
    properties: dict[str, Word] = field(default_factory=lambda: dict(STANDARD_PROPERTIES))
    products: tuple[Product, ...] = ()
    channels: frozenset[str] = frozenset(CONSENT_CHANNELS)

    @cached_property
    def asked(self) -> dict[str, Word]:
        """Properties a rule may ask for: the stored ones and those computed of them."""
        return {**self.properties, NET_FEN.name: NET_FEN}

    @cached_property
    def every_event(self) -> tuple[str, ...]:
        """Everything a rule may ask of by name, in order."""
        return tuple(sorted((*self.events, *MESSAGE_EVENTS, REACHED)))


def products_of(rows: Iterable[Mapping[str, object]]) -> tuple[Product, ...]:
    """Rows of `products.csv` as rules see them, by key."""
    found = (
        Product(
            str(row["key"]),
            str(row["title"]),
            None if row.get("category") is None else str(row["category"]),
            None if row.get("price_fen") is None else int(str(row["price_fen"])),
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda product: product.key))
