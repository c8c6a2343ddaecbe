"""CSV files that people filled in: read whole, whatever their spreadsheet saved."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from heliu.errors import ConfigError, Place, Problem

ENCODINGS = ("utf-8-sig", "gb18030")  # Excel in China saves the second


def sheet_lines(path: Path) -> Iterator[list[str]]:
    """The lines of a CSV file, the heading first, each a list of cells as they stand.

    Args:
        path: The file: UTF-8, or GB 18030 as Excel saves it.

    Raises:
        ConfigError: It is no such file; where that is known, with its line.
    """
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    try:
        yield from reader
    except csv.Error as error:
        place = Place(str(path), reader.line_num)
        raise ConfigError([Problem(place, "is no CSV", "Save it as CSV in UTF-8.")]) from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        says = f"can't be read: {error.strerror}"
        raise ConfigError([Problem(Place(str(path)), says)]) from error
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigError([Problem(Place(str(path)), "is no text", "Save it as CSV in UTF-8.")])
