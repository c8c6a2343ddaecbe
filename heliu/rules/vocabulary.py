"""The words rules may use: profile fields and events, with their types and columns.

The standard words are always known, whatever sources a firm has; a source may
declare more, which live in slot columns.
"""

from dataclasses import dataclass, field
from enum import StrEnum


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
class Vocabulary:
    """All words of one firm."""

    fields: dict[str, Word] = field(default_factory=lambda: dict(STANDARD_FIELDS))
    events: frozenset[str] = frozenset(STANDARD_EVENTS)
    properties: dict[str, Word] = field(default_factory=lambda: dict(STANDARD_PROPERTIES))
