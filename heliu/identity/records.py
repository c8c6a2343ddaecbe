"""What goes into unification: records as mapped from their payload, and as normalised."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from heliu.identity.values.text import Status
from models import IdentifierStatus, Strength


class RawIdentifier(NamedTuple):
    """An identifier's cell: its type, whose id it is (app, corp …), the text as it came."""

    type: str
    scope: str
    text: str


class RawRecord(NamedTuple):
    """One record's current version, its columns named by the source's mapping.

    Attributes:
        trust: How far its source is believed; more is better.
        source_channel: Where the source meets people, e.g. the source's name.
        fields: Field name to text as it came.
        created_at: Epoch seconds; None where the source doesn't tell.
        updated_at: Epoch seconds; None where the source doesn't tell.
    """

    record_id: int
    source: str
    source_key: str
    trust: int
    source_channel: str
    fields: Mapping[str, str]
    identifiers: Sequence[tuple[str, str, str]]  # as RawIdentifier has them
    created_at: int | None = None
    updated_at: int | None = None


class Key(NamedTuple):
    """What makes two identifiers the same."""

    type: str
    scope: str
    value: str


class Identified(NamedTuple):
    """A normalised identifier and how far it may be used."""

    key: Key
    status: IdentifierStatus
    strength: Strength


class NormalisedRecord(NamedTuple):
    """One record in canonical form: all that resolving and survivorship look at.

    Attributes:
        name: The name as it is compared; "" where there is none.
        name_status: OK or LATIN: a full name; SURNAME_ONLY; else of no use.
        attributes: Field to value; text, or int where the field is a number.
        rejected: "field:reason" to how many values could not be used.
    """

    record_id: int
    source: str
    source_key: str
    trust: int
    source_channel: str
    name: str
    name_status: Status
    attributes: Mapping[str, str | int]
    identifiers: tuple[Identified, ...]
    created_at: int | None = None
    updated_at: int | None = None
    rejected: Mapping[str, int] = MappingProxyType({})

    @property
    def full_name(self) -> str:
        """The name if it tells people apart, else ""."""
        return self.name if self.name_status in (Status.OK, Status.LATIN) else ""


class Decision(NamedTuple):
    """A human's word on two records; of several on one pair the last counts."""

    verdict: Literal["same", "different"]
    left: int
    right: int
