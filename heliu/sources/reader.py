"""One source's files, row by row: payload, key and the reason a row can't be used."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from heliu.documents import Problems
from heliu.errors import PermanentError, did_you_mean
from heliu.sources.files import NUL, UNREADABLE, open_sheet
from heliu.sources.spec import Cell, Header, Row, SourceSpec
from heliu.sources.values import parse_id


@dataclass(frozen=True)
class BadRow:
    """A row for the quarantine: where it stands, why, and what it said."""

    file: str
    number: int
    reason: str
    payload: str  # JSON {column: text}

    @property
    def row_hash(self) -> str:
        """Names the row by what it says, wherever it stands."""
        return hashlib.blake2b(f"{self.file}\0{self.payload}".encode(), digest_size=16).hexdigest()


@dataclass
class Reading:
    """What came up while one delivery was read: rows for the quarantine, and the newest time."""

    rows: dict[str, BadRow] = field(default_factory=dict)
    newest_at: int | None = None  # epoch seconds

    def add(self, row: "SourceRow", reason: str) -> None:
        """Keep the row; its first reason counts."""
        bad = BadRow(row.file, row.number, reason, row.payload())
        self.rows.setdefault(bad.row_hash, bad)

    def saw(self, at: int | None) -> None:
        """Note a time the source told of."""
        if at is not None and (self.newest_at is None or at > self.newest_at):
            self.newest_at = at


class SourceRow(NamedTuple):
    """One readable row under its file's heading."""

    file: str
    number: int
    header: Header
    cells: Row

    def payload(self) -> str:
        """The row as it came, JSON {column: text}; empty cells are left out."""
        said = {name: self.cells[i] for name, i in self.header.items() if self.cells[i] != ""}
        return json.dumps(said, ensure_ascii=False)


def read_rows(spec: SourceSpec, bad: Reading | None = None) -> Iterator[SourceRow]:
    """Every row of the source's files; what can't be a row goes to `bad`.

    Rows are as long as the heading: cells a spreadsheet left out at the end are empty.
    """
    for path in spec.files:
        with open_sheet(path, spec.sheet) as sheet:
            header = {name: i for i, name in enumerate(sheet.header) if name}
            width, file = len(sheet.header), path.name
            for number, cells in sheet.rows:
                if len(cells) != width:
                    extra = any(cell.strip() for cell in cells[width:])
                    row = SourceRow(file, number, header, _fitted(cells, width))
                    if extra:
                        if bad is not None:
                            beyond = f"more cells than the heading's {width}"
                            bad.add(_whole(row, cells), beyond)
                        continue
                else:
                    row = SourceRow(file, number, header, cells)
                if sheet.has_holes and any(UNREADABLE in cell or NUL in cell for cell in cells):
                    if bad is not None:
                        bad.add(row, "bytes that are no text in UTF-8 or GB18030")
                    continue
                yield row


def _fitted(cells: list[str], width: int) -> list[str]:
    return cells[:width] + [""] * (width - len(cells))


def _whole(row: SourceRow, cells: list[str]) -> SourceRow:
    """The row with its surplus cells under made-up headings, so that nothing is lost."""
    surplus = {f"+{n}": len(row.cells) + n - 1 for n in range(1, len(cells) - len(row.cells) + 1)}
    return SourceRow(row.file, row.number, {**row.header, **surplus}, cells)


def count_rows(spec: SourceSpec) -> int:
    """How many rows the source delivers now, readable or not."""
    bad = Reading()
    return sum(1 for _ in read_rows(spec, bad)) + len(bad.rows)


def key_reader(spec: SourceSpec, header: Header) -> Callable[[Row], str]:
    """What makes a row's key: one column, or several joined by `|`.

    The function raises ValueError where a part is empty or was rounded by a spreadsheet.
    """
    readers = [(cell.column or "", cell.reader(header)) for cell in spec.key]
    like = re.compile(spec.key_like) if spec.key_like else None

    def key(row: Row) -> str:
        parts = [parse_id(read(row)) for _, read in readers]
        if not all(parts):
            empty = next(name for (name, _), part in zip(readers, parts, strict=True) if not part)
            raise ValueError(f"its key column {empty!r} is empty")
        joined = "|".join(parts)
        if like is not None and not like.fullmatch(joined):
            raise ValueError(f"its key is not like {like.pattern}: a heading or a total?")
        return joined

    return key


def check_headings(spec: SourceSpec, problems: Problems) -> None:
    """Say which files can't be read, and which mapped columns a file hasn't got."""
    for path in spec.files:
        if not path.is_file():
            continue  # said already
        try:
            with open_sheet(path, spec.sheet) as sheet:
                header = {name: i for i, name in enumerate(sheet.header) if name}
        except PermanentError as error:
            problems.add(spec.place, str(error))
            continue
        for cell in spec.cells():
            for name in _missing(cell, header):
                problems.add(
                    cell.place,
                    f"{path.name} has no column {name!r}{did_you_mean(name, header)}",
                    f"Its columns: {', '.join(header)}.",
                )


def _missing(cell: Cell, header: Header) -> list[str]:
    """The columns a cell needs and the file hasn't got."""
    if cell.optional or not cell.names:
        return []
    first = [] if cell.index(header) is not None else cell.names[:1]
    return first + [name for name in cell.joined if name not in header]


def parse_payload(payload: str) -> Mapping[str, str]:
    """A stored row as {column: text}."""
    said: Mapping[str, str] = json.loads(payload)
    return said


def show(paths: tuple[Path, ...]) -> str:
    """File names for a report, without their folders."""
    return ", ".join(path.name for path in paths)
