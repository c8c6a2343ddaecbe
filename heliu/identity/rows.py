"""A normalised record as tables keep it: one line of JSON and its identifiers' rows.

Made by hand, as it is done a million times: a general encoder takes twice as long, and
objects of our own cost more to hand from process to process than plain texts.
"""

from collections.abc import Callable, Iterable, Mapping
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

from heliu.identity.graph import relating_values
from heliu.identity.records import NormalisedRecord

BLOCK = "block"  # a key that brings units together to be matched; proves nothing

NOTHING: dict[str, int] = {}

BlockKeys = Callable[[NormalisedRecord], Iterable[str]]
IdentifierRow = tuple[int, str, str, str, str, str]  # record, type, scope, value, status, strength


class RecordRows(NamedTuple):
    """What is kept of one record."""

    record_id: int
    attributes: str  # JSON
    identifiers: list[IdentifierRow]
    rejected: Mapping[str, int]  # "field:reason" to how many of its values could not be used


def no_block_keys(_: NormalisedRecord) -> Iterable[str]:
    """Where nothing is matched."""
    return ()


def rows_of(record: NormalisedRecord, block_keys: BlockKeys = no_block_keys) -> RecordRows:
    """A record's rows.

    Args:
        record: What normalising made of it.
        block_keys: Under which keys it is to be matched.
    """
    id_ = record.record_id
    rows: list[IdentifierRow] = [
        (id_, type_, scope, value, status.value, strength.value)
        for (type_, scope, value), status, strength in relating_values(record)
    ]
    if block_keys is not no_block_keys:
        rows += [(id_, BLOCK, "", text, "ok", "none") for text in block_keys(record)]
    rejected = dict(record.rejected) if record.rejected else NOTHING
    return RecordRows(id_, as_json(record), rows, rejected)


def as_json(record: NormalisedRecord) -> str:
    """The record without its identifiers (rows of their own) and what is empty."""
    parts = []
    if record.attributes:
        parts.append(f'"values":{_object(record.attributes)}')
    if record.name:
        parts.append(f'"name":{quoted(record.name)}')
    parts.append(f'"name_status":"{record.name_status.value}","trust":{record.trust}')
    if record.source_channel:
        parts.append(f'"source_channel":{quoted(record.source_channel)}')
    if record.created_at is not None:
        parts.append(f'"created_at":{record.created_at}')
    if record.updated_at is not None:
        parts.append(f'"updated_at":{record.updated_at}')
    if record.rejected:
        parts.append(f'"rejected":{_object(record.rejected)}')
    return "{" + ",".join(parts) + "}"


def _object(told: Mapping[str, str | int]) -> str:
    parts = [
        f"{quoted(name)}:{quoted(value) if isinstance(value, str) else value}"
        for name, value in told.items()
    ]
    return "{" + ",".join(parts) + "}"
