"""Rows of people who asked to be forgotten are left out, wherever they stand."""

import json
from collections.abc import Iterable, Mapping
from typing import Protocol

from heliu.sources.mapping import read_cell
from heliu.sources.reader import BadRow, Reading
from heliu.sources.spec import Cell, SourceSpec
from heliu.sources.values import EMPTY, parse_id


class Erased(Protocol):
    """Whom we have been asked to forget; knows them by keyed hashes only."""

    def key(self, source: str, key: str) -> bool:
        """Whether a record of this source and key was theirs."""

    def row(self, source: str, row_hash: str, cells: Iterable[str]) -> bool:
        """Whether a row that can't be used was theirs, or a cell of it tells who they are."""


class _Nobody:
    """Nobody ever asked."""

    def key(self, source: str, key: str) -> bool:
        return False

    def row(self, source: str, row_hash: str, cells: Iterable[str]) -> bool:
        return False


NOBODY: Erased = _Nobody()


def leave_out_bad_rows(spec: SourceSpec, bad: Reading, erased: Erased) -> int:
    """Take erased people's rows from what goes to the quarantine; how many there were."""
    if erased is NOBODY:
        return 0
    theirs = [hash_ for hash_, row in bad.rows.items() if _is_theirs(spec, hash_, row, erased)]
    for hash_ in theirs:
        del bad.rows[hash_]
    return len(theirs)


def _is_theirs(spec: SourceSpec, hash_: str, row: BadRow, erased: Erased) -> bool:
    said: Mapping[str, str] = json.loads(row.payload)
    return erased.row(spec.name, hash_, said.values()) or any(
        erased.key(source, key) for source, key in _named(spec, said)
    )


def _named(spec: SourceSpec, said: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """(source, key) of the record a row tells of, as far as it can be read."""
    try:
        if spec.subject is None:
            yield spec.name, "|".join(parse_id(read_cell(cell, said)) for cell in spec.key)
            return
        source = spec.subject.source
        yield (
            read_cell(source, said) if source else spec.name,
            _subject(spec.subject.keys, said),
        )
    except ValueError:  # a spreadsheet has rounded it: it names nobody
        return


def _subject(cells: Iterable[Cell], said: Mapping[str, str]) -> str:
    found = (text for cell in cells if (text := read_cell(cell, said)) not in EMPTY)
    return parse_id(next(found, ""))
