"""Stored rows → rows of tables, a chunk at a time; without Prefect, so that workers start fast."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson

from heliu.identity.normalise import normalise_records
from heliu.identity.policy import Policy
from heliu.identity.records import RawRecord
from heliu.identity.rows import BlockKeys, PlainRows, no_block_keys, rows_of
from heliu.rules.vocabulary import Word
from heliu.sources.mapping import mapper
from heliu.sources.spec import SourceSpec

# A record's current version as its source wrote it: id, source, key, payload (JSON {column: text}).
# Plain, as what is made of it: of a class of ours it costs twice as much to hand over.
StoredRow = tuple[int, str, str, str]


class Reading(NamedTuple):
    """Everything that decides what normalising makes of a row."""

    sources: tuple[SourceSpec, ...]
    zone: ZoneInfo
    titles: Mapping[str, str]  # of products, to their keys
    policy: Policy
    fields: Mapping[str, Word]
    block_keys: BlockKeys = no_block_keys


def start(reading: Reading) -> Callable[[Sequence[StoredRow]], list[PlainRows]]:
    """What normalises chunks of rows; remembers spellings from one to the next."""
    raw = raw_reader(reading)

    def work(rows: Sequence[StoredRow]) -> list[PlainRows]:
        records = normalise_records(raw(rows), reading.policy, reading.fields)
        return [rows_of(record, reading.block_keys)[:] for record in records]  # a slice is plain

    return work


def raw_reader(reading: Reading) -> Callable[[Iterable[StoredRow]], Iterator[RawRecord]]:
    """What reads stored rows as their sources' mappings understand them."""
    known = {
        spec.name: (spec.trust, spec.channel, mapper(spec, reading.zone))
        for spec in reading.sources
    }
    titles = reading.titles

    def read(rows: Iterable[StoredRow]) -> Iterator[RawRecord]:
        for id_, source, key, payload in rows:
            if source not in known:  # no longer in sources.yaml: nothing to read it by
                yield RawRecord(id_, source, key, 0, "", {}, [])
                continue
            trust, channel, map_row = known[source]
            fields, identifiers, created_at, updated_at = map_row(orjson.loads(payload))
            if interest := fields.get("interest"):
                fields["interest"] = titles.get(interest, interest)
            yield RawRecord(
                id_, source, key, trust, channel, fields, identifiers, created_at, updated_at
            )

    return read
