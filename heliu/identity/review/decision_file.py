"""CSV → decisions: the queue as people filled it in, by hand or on the page."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from heliu.errors import ConfigError, Place, Problem, did_you_mean
from heliu.identity.normalise import normalise_identifier
from heliu.identity.review.proposals import Proposal, holding, in_parts, on_pair
from heliu.identity.review.standing import VALUES, Verdict
from heliu.identity.tables.store import RECORD
from heliu.sheets import sheet_lines

READ = (
    "verdict", "why", "left_id", "left_source", "left_key", "right_id", "right_source",
    "right_key", "type", "value",
)  # fmt: skip
NEEDED = ("verdict",)
IMPORTED = (Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE, Verdict.BLOCK, Verdict.KEEP)


class Row(NamedTuple):
    """A filled-in line and where it stands."""

    place: Place
    cells: Mapping[str, str]


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def read_decision_file(connection: sa.Connection, path: Path, region: str = "CN") -> list[Proposal]:
    """What a CSV file says; lines without a verdict say nothing.

    A pair is named by record ids, or by source and key. A value is normalised
    as those of records are.

    Args:
        connection: Only read: keys become record ids.
        path: The file: UTF-8, or GB 18030 as Excel saves it.
        region: Whose phone numbers carry no country code.

    Raises:
        ConfigError: Everything wrong with the file, by row.
    """
    rows = list(_rows(path))
    keys = {
        (row.cells[f"{side}_source"], row.cells[f"{side}_key"])
        for row in rows
        for side in ("left", "right")
    }
    ids = record_ids(connection, keys)
    problems: list[Problem] = []
    found = [one for row in rows if (one := _proposal(connection, row, ids, region, problems))]
    if problems:
        raise ConfigError(problems)
    return found


def record_ids(
    connection: sa.Connection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """(source, key) to record id, of those that are there."""
    by_source: dict[str, list[str]] = {}
    for source, key in sorted(set(keys)):
        if source and key:
            by_source.setdefault(source, []).append(key)
    found: dict[tuple[str, str], int] = {}
    for source, wanted in by_source.items():
        for part in in_parts(wanted):
            query = sa.select(RECORD.c.source_pk, RECORD.c.id).where(
                RECORD.c.source == source, RECORD.c.source_pk.in_(part)
            )
            found |= {(source, key): int(id_) for key, id_ in connection.execute(query)}
    return found


def _rows(path: Path) -> Iterator[Row]:
    lines = sheet_lines(path)
    heading = [_plain(cell).strip() for cell in next(lines, [])]
    where = Place(str(path), 1)
    problems = [
        Problem(where, f"there is no column {name!r}", f"Columns: {', '.join(READ)}.")
        for name in NEEDED
        if name not in heading
    ]
    if not {"left_id", "left_source", "type"} & set(heading):
        says = "names neither records (left_id, right_id) nor values (type, value)"
        problems.append(Problem(where, says, f"Columns: {', '.join(READ)}."))
    if problems:
        raise ConfigError(problems)
    for number, line in enumerate(lines, start=2):
        told = dict(zip(heading, map(_plain, line), strict=False))
        cells = {name: told.get(name, "").strip() for name in READ}
        if cells["verdict"]:
            yield Row(Place(str(path), number), cells)


def _proposal(
    connection: sa.Connection,
    row: Row,
    ids: Mapping[tuple[str, str], int],
    region: str,
    problems: list[Problem],
) -> Proposal | None:
    word = row.cells["verdict"].casefold()
    if word not in IMPORTED:
        says = f"unknown verdict{did_you_mean(word, map(str, IMPORTED))}"
        problems.append(Problem(row.place, says, f"Known verdicts: {', '.join(IMPORTED)}."))
        return None
    verdict, why = Verdict(word), row.cells["why"]
    if verdict in VALUES:
        try:
            told = (row.cells["type"], row.cells["value"])
            value = carried_value(connection, *told, region, row.place)
        except ConfigError as error:
            problems += error.problems
            return None
        return Proposal(verdict, type=row.cells["type"], value=value, why=why, place=row.place)
    sides = [_record(row, side, ids, problems) for side in ("left", "right")]
    left, right = sides
    return on_pair(verdict, left, right, why, row.place) if left and right else None


def _record(
    row: Row, side: str, ids: Mapping[tuple[str, str], int], problems: list[Problem]
) -> int | None:
    """A record by its id, or by its source and key; both must agree where both are given."""
    id_, source, key = (row.cells[f"{side}_{part}"] for part in ("id", "source", "key"))
    number = int(id_) if id_.isascii() and id_.isdigit() and len(id_) < 19 else None
    by_key = ids.get((source, key))
    if id_ and number is None:
        says, remedy = f"{side}_id is no number", "Write a record id such as 12."
    elif not id_ and not (source and key):
        says, remedy = (
            f"names no {side} record",
            f"Give {side}_id, or {side}_source and {side}_key.",
        )
    elif source and key and by_key is None:
        says, remedy = (
            f"source {source!r} has no record of this {side}_key",
            "See `heliu export memberships`.",
        )
    elif number is not None and by_key is not None and number != by_key:
        says, remedy = (
            f"{side}_id {number} and {side}_key are two records",
            "Leave one of them empty.",
        )
    else:
        return number if number is not None else by_key
    problems.append(Problem(row.place, says, remedy))
    return None


def carried_value(
    connection: sa.Connection, type_: str, text: str, region: str, place: Place
) -> str:
    """A value as records carry it: as it stands, or normalised.

    Raises:
        ConfigError: No value, or several.
    """
    if type_ and connection.execute(sa.select(1).where(*holding(type_, text))).first():
        return text
    found = [one.value for one in normalise_identifier(type_, text, region) if one.value]
    if type_ and len(found) == 1:
        return found[0]
    says = f"{len(found)} values can be read here" if type_ else "names no type of identifier"
    raise ConfigError([Problem(place, says, "Give one type, such as phone, and one value.")])
