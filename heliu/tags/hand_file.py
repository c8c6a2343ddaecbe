"""CSV → words by hand: who carries a tag, as people fill it in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from heliu.documents import Problems
from heliu.errors import ConfigError, Place, Problem, did_you_mean
from heliu.sheets import sheet_lines
from heliu.tags.hands import HandWord

NEEDED = ("profile", "tag")
COLUMNS = (*NEEDED, "holds", "who", "why", "until")
HOLDS = {"": True, "yes": True, "no": False, "unset": None}


class _Row(NamedTuple):
    place: Place
    cells: Mapping[str, str]


def read_hand_file(path: Path, zone: ZoneInfo, problems: Problems, who: str = "") -> list[HandWord]:
    """What a CSV file says; its columns are `COLUMNS`, all but the first two may be missing.

    Args:
        path: The file: UTF-8, or GB 18030 as Excel saves it.
        zone: Whose days and clock `until` is in.
        problems: Where everything wrong with a row is noted.
        who: Says it where the file doesn't tell.

    Raises:
        ConfigError: It is no such file.
    """
    return [_word(row, zone, who, problems) for row in _rows(path)]


def _rows(path: Path) -> Iterator[_Row]:
    lines = sheet_lines(path)
    heading = [_plain(cell) for cell in next(lines, [])]
    where, remedy = Place(str(path), 1), f"Columns: {', '.join(COLUMNS)}."
    problems = [
        Problem(where, f"there is no column {name!r}", remedy)
        for name in NEEDED
        if name not in heading
    ]
    problems += [
        Problem(where, f"unknown column {name!r}{did_you_mean(name, COLUMNS)}", remedy)
        for name in heading
        if name not in COLUMNS
    ]
    if problems:
        raise ConfigError(problems)
    for number, line in enumerate(lines, start=2):
        told = dict(zip(heading, map(_plain, line), strict=False))
        if any(told.values()):
            yield _Row(Place(str(path), number), {name: told.get(name, "") for name in COLUMNS})


def _plain(cell: str) -> str:
    """A cell without the quote that keeps a spreadsheet from calculating it."""
    return cell.removeprefix("'").strip()


def _word(row: _Row, zone: ZoneInfo, who: str, problems: Problems) -> HandWord:
    cells = row.cells
    said = cells["holds"].casefold()
    if said not in HOLDS:
        says = f"unknown word{did_you_mean(said, HOLDS)} in `holds`"
        problems.add(row.place, says, "yes, no, or unset to take words back.")
    if any(not cells[name] for name in NEEDED):
        missing = ", ".join(name for name in NEEDED if not cells[name])
        problems.add(row.place, f"lacks {missing}")
    return HandWord(
        person=cells["profile"],
        tag=cells["tag"],
        holds=HOLDS.get(said),
        who=cells["who"] or who,
        why=cells["why"],
        until=_until(cells["until"], zone, row.place, problems),
        place=row.place,
    )


def _until(text: str, zone: ZoneInfo, place: Place, problems: Problems) -> datetime | None:
    if not text:
        return None
    try:
        if len(text) == len("2026-01-31"):
            return datetime.combine(date.fromisoformat(text), time(), zone)
        at = datetime.fromisoformat(text)
    except ValueError:
        remedy = "Like 2026-01-31, its first moment, or 2026-01-31T10:00."
        problems.add(place, "`until` is neither a date nor a time", remedy)
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)
