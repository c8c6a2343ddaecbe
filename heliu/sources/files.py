"""CSV and XLSX as people really keep them → heading row and rows of text."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import python_calamine

from heliu.errors import PermanentError

CHUNK = 1 << 20
ENCODINGS = ("utf-8-sig", "gb18030")  # tried in this order
UNREADABLE = "\ufffd"
NUL = "\0"  # decodes well, and no database keeps it in a text
SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Sheet:
    """One file's heading and its rows; a row is (number from 1, cells as text)."""

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]
    has_holes: bool = False  # some cells may hold UNREADABLE or NUL


def digest(paths: Sequence[Path], salt: str) -> str:
    """A hash over the files' bytes and the mapping that reads them."""
    hasher = hashlib.blake2b(salt.encode(), digest_size=16)
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                hasher.update(chunk)
    return hasher.hexdigest()


@contextmanager
def open_sheet(path: Path, sheet: str | None = None) -> Iterator[Sheet]:
    """Read a CSV (also .gz) or spreadsheet file, row by row.

    Raises:
        PermanentError: It has no such sheet, no heading row, or isn't what its ending says.
    """
    if path.suffix.lower() in SPREADSHEETS:
        yield _with_heading(_spreadsheet_rows(path, sheet), path)
        return
    with _binary(path) as binary:
        try:
            encoding, has_holes = _encoding(binary)
            binary.seek(0)
            text = io.TextIOWrapper(binary, encoding=encoding, errors="replace", newline="")
            delimiter = max(",\t;", key=text.readline().count)
            text.seek(0)
            yield _with_heading(_csv_rows(text, delimiter), path, has_holes)
        except (csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise PermanentError(f"{path.name} can't be read to its end: {error}") from error


def _binary(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _encoding(binary: BinaryIO) -> tuple[str, bool]:
    """The first encoding that reads every byte; else UTF-8, its holes left to quarantine."""
    start = binary.read(2)
    if start in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16", True
    for encoding in ENCODINGS:
        binary.seek(0)
        reader = io.TextIOWrapper(binary, encoding=encoding, newline="")
        try:
            has_nul = False
            while chunk := reader.read(CHUNK):
                has_nul = has_nul or NUL in chunk
        except UnicodeDecodeError:
            continue
        else:
            return encoding, has_nul
        finally:
            reader.detach()
    return ENCODINGS[0], True


def _csv_rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text, delimiter=delimiter)
    for row in reader:
        yield reader.line_num, row


def _spreadsheet_rows(path: Path, sheet: str | None) -> Iterator[tuple[int, list[str]]]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception as error:  # calamine has one class per format
        raise PermanentError(f"{path.name} is no spreadsheet that can be read: {error}") from error
    if sheet is not None and sheet not in book.sheet_names:
        raise PermanentError(f"{path.name} has no sheet {sheet!r}; it has {book.sheet_names}")
    rows = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
    for number, row in enumerate(rows.to_python(skip_empty_area=False), start=1):
        yield number, [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    """A spreadsheet's cell as the text a person would have typed.

    >>> _text(13912345678.0), _text(datetime(2026, 8, 7, 10, 0))
    ('13912345678', '2026-08-07 10:00:00')
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(int(cell.total_seconds()))
    return "" if cell is None else str(cell)


def _with_heading(
    rows: Iterator[tuple[int, list[str]]], path: Path, has_holes: bool = False
) -> Sheet:
    for _, row in rows:
        if any(cell.strip() for cell in row):
            header = [cell.strip().strip("\ufeff") for cell in row]
            while header and not header[-1]:
                header.pop()
            filled = ((n, cells) for n, cells in rows if _is_filled(cells))
            return Sheet(header, filled, has_holes)
    raise PermanentError(f"{path.name} has no heading row")


def _is_filled(cells: list[str]) -> bool:
    return bool(cells and cells[0]) or any(map(str.strip, cells))
