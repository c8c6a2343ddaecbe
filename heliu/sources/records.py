"""The first pass over a source: rows → records, keyed and hashed."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from heliu.sources.reader import Reading, SourceRow, key_reader, read_rows
from heliu.sources.spec import Cell, Header, Row, SourceSpec
from heliu.sources.values import EMPTY, parse_id, parse_instant


@dataclass(frozen=True)
class SourceRecord:
    """One record as the source tells it now."""

    payload: str  # JSON {column: text}

    @property
    def content_hash(self) -> str:
        """Names what it says: an unchanged record is known by it."""
        return hashlib.blake2b(self.payload.encode(), digest_size=16).hexdigest()


def read_records(spec: SourceSpec, zone: ZoneInfo, bad: Reading) -> dict[str, SourceRecord]:
    """Every record the source tells of, by key; unusable rows go to `bad`.

    Of two rows with one key the later counts; the earlier, where it differs, is quarantined.
    """
    if spec.subject is not None:
        return {} if spec.subject.source else _read_subjects(spec, zone, bad)
    records: dict[str, SourceRecord] = {}
    where: dict[str, SourceRow] = {}
    for row, key in keyed_rows(spec, zone, bad):
        record = SourceRecord(row.payload())
        if key in records and records[key] != record:
            bad.add(
                where[key], f"its key is also on row {row.number} of {row.file}; the later counts"
            )
        records[key], where[key] = record, row
    return records


def keyed_rows(spec: SourceSpec, zone: ZoneInfo, bad: Reading) -> Iterator[tuple[SourceRow, str]]:
    """Rows with the key that names them; those without, or with unreadable times, go to `bad`."""
    header: Header | None = None
    key: Callable[[Row], str]
    times: list[tuple[str, Callable[[Row], str]]]
    for row in read_rows(spec, bad):
        if row.header is not header:
            header = row.header
            key = key_reader(spec, header)
            cells = [cell for cell in (spec.created_at, spec.updated_at) if cell]
            times = [(cell.column or "", cell.reader(header)) for cell in cells]
        try:
            found = key(row.cells)
        except ValueError as error:
            bad.add(row, str(error))
            continue
        if wrong := _wrong_time(row, times, zone, bad):
            bad.add(row, wrong)
            continue
        yield row, found


def _wrong_time(
    row: SourceRow, times: list[tuple[str, Callable[[Row], str]]], zone: ZoneInfo, reading: Reading
) -> str | None:
    for name, read in times:
        try:
            reading.saw(parse_instant(read(row.cells), zone))
        except ValueError as error:
            return f"column {name!r}: {error}"
    return None


def good_rows(spec: SourceSpec, bad: Reading) -> Iterator[tuple[SourceRow, str]]:
    """The rows once more, those left out that a first pass has found unusable."""
    unusable = {(row.file, row.number) for row in bad.rows.values()}
    header: Header | None = None
    for row in read_rows(spec):
        if (row.file, row.number) in unusable:
            continue
        if row.header is not header:
            header = row.header
            key = key_reader(spec, header)
        yield row, key(row.cells)


def subject_reader(cells: Iterable[Cell], header: Header) -> Callable[[Row], str]:
    """What names the person a row speaks of: the first filled of the columns, or ''."""
    readers = [cell.reader(header) for cell in cells]

    def subject(row: Row) -> str:
        for read in readers:
            if (text := read(row)) not in EMPTY:
                return parse_id(text)
        return ""

    return subject


def _read_subjects(spec: SourceSpec, zone: ZoneInfo, bad: Reading) -> dict[str, SourceRecord]:
    """One record per subject: of each mapped column its newest filled value.

    Rows come in any order; newest is by `updated_at` (else `created_at`), then by row.
    """
    assert spec.subject is not None
    newest: dict[str, dict[str, tuple[int, str]]] = {}
    header: Header | None = None
    for row, _ in keyed_rows(spec, zone, bad):
        if row.header is not header:
            header = row.header
            subject = subject_reader(spec.subject.keys, header)
            columns = _person_columns(spec, header)
            told_at = _told_at(spec, header, zone)
        try:
            key = subject(row.cells)
        except ValueError as error:
            bad.add(row, str(error))
            continue
        if not key:
            names = ", ".join(repr(cell.column) for cell in spec.subject.keys)
            bad.add(row, f"names no person: {names} empty")
            continue
        at = told_at(row.cells)
        said = newest.setdefault(key, {})
        for name, i in columns:
            if (text := row.cells[i]) and (name not in said or said[name][0] <= at):
                said[name] = (at, text)
    return {
        key: SourceRecord(json.dumps({n: said[n][1] for n in sorted(said)}, ensure_ascii=False))
        for key, said in newest.items()
    }


def _person_columns(spec: SourceSpec, header: Header) -> list[tuple[str, int]]:
    """Columns that say something of the person, not of the fact; times are left out.

    `updated_at` moves with every event; a person is not changed by having done something.
    """
    assert spec.subject is not None
    cells = [*spec.subject.keys, *spec.fields.values(), *spec.match.values()]
    for identifier in spec.identifiers:
        cells += [identifier.cell, *([identifier.scope.cell] if identifier.scope else [])]
    places = {i for cell in cells for i in cell.indexes(header)}
    return sorted((name, i) for name, i in header.items() if i in places)


def _told_at(spec: SourceSpec, header: Header, zone: ZoneInfo) -> Callable[[Row], int]:
    cell = spec.updated_at or spec.created_at
    if cell is None:
        return lambda row: 0
    read = cell.reader(header)
    return lambda row: parse_instant(read(row), zone) or 0
