"""A stored row → what it says of a person, by the source's mapping."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from heliu.sources.spec import Cell, IdentifierSpec, SourceSpec
from heliu.sources.values import parse_id, parse_instant


class MappedIdentifier(NamedTuple):
    """One identifier as the source wrote it; the scope is '' where a type has none."""

    type: str
    scope: str
    text: str


@dataclass(frozen=True)
class MappedRecord:
    """Fields and identifiers of one record, as text, and when it was told."""

    fields: Mapping[str, str]
    identifiers: tuple[MappedIdentifier, ...]
    created_at: int | None
    updated_at: int | None


def map_record(spec: SourceSpec, said: Mapping[str, str], zone: ZoneInfo) -> MappedRecord:
    """What a row's text says under this mapping.

    Args:
        spec: The source.
        said: The stored payload, column to text.
        zone: Where times without a zone were written.

    Raises:
        ValueError: A time that is none; collect has kept such rows out.
    """
    fields = {name: text for name, cell in spec.fields.items() if (text := _read(cell, said))}
    identifiers = tuple(
        MappedIdentifier(one.type, scope_of(one, said, text), text)
        for one in spec.identifiers
        if (text := _read(one.cell, said))
    )
    created = parse_instant(_read(spec.created_at, said), zone)
    updated = parse_instant(_read(spec.updated_at, said), zone)
    return MappedRecord(
        fields,
        identifiers,
        created if created is not None else updated,
        updated if updated is not None else created,
    )


def _read(cell: Cell | None, said: Mapping[str, str]) -> str:
    if cell is None:
        return ""
    if cell.constant is not None:
        return cell.constant
    if cell.joined:
        return " ".join(text for name in cell.names if (text := said.get(name, "").strip()))
    for name in (cell.column, *cell.aliases):
        if name is not None and (text := said.get(name, "").strip()):
            return text
    return ""


def scope_of(spec: IdentifierSpec, said: Mapping[str, str], text: str) -> str:
    """The app, corp or suite an id counts in; '?' where no prefix fits: it meets no other."""
    if spec.scope is None:
        return ""
    if not spec.scope.prefixes:
        return _read(spec.scope.cell, said)
    wanted = parse_id(text)
    fitting = [scope for prefix, scope in spec.scope.prefixes if wanted.startswith(prefix)]
    return fitting[0] if fitting else "?"
