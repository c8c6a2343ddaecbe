"""A normalised record as tables keep it: one line of JSON and its identifiers' rows.

Objects of our own would cost more to hand from process to process than plain texts.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from heliu.identity.graph import relating_values
from heliu.identity.records import NormalisedRecord

BLOCK = "block"  # a key that brings units together to be matched; proves nothing

NOTHING: dict[str, int] = {}

BlockKeys = Callable[[NormalisedRecord], Iterable[str]]
IdentifierRow = tuple[int, str, str, str, str, str]  # record, type, scope, value, status, strength


PlainRows = tuple[int, str, list[IdentifierRow], Mapping[str, int]]  # as RecordRows has them


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
        (id_, type_, scope, value, status._value_, strength._value_)
        for (type_, scope, value), status, strength in relating_values(record)
    ]
    if block_keys is not no_block_keys:
        rows += [(id_, BLOCK, "", text, "ok", "none") for text in block_keys(record)]
    rejected = dict(record.rejected) if record.rejected else NOTHING
    return RecordRows(id_, as_json(record), rows, rejected)


def as_json(record: NormalisedRecord) -> str:
    """The record without its identifiers (rows of their own) and what is empty."""
    parts: dict[str, Any] = {}
    if record.attributes:
        parts["values"] = record.attributes
    if record.name:
        parts["name"] = record.name
    parts["name_status"] = record.name_status._value_  # `value` costs a call
    parts["trust"] = record.trust
    if record.source_channel:
        parts["source_channel"] = record.source_channel
    if record.created_at is not None:
        parts["created_at"] = record.created_at
    if record.updated_at is not None:
        parts["updated_at"] = record.updated_at
    if record.rejected:
        parts["rejected"] = dict(record.rejected)
    return orjson.dumps(parts).decode()
