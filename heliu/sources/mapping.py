"""A stored row → what it says of a person, by the source's mapping."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from heliu.rules.vocabulary import COMPARED, VERIFIED
from heliu.sources.spec import Cell, IdentifierSpec, SourceSpec
from heliu.sources.values import parse_id, parse_instant

Said = Mapping[str, str]  # a stored payload, column to text


# What a column says of a cell the source vouches for.
YES = frozenset(
    [
        "已验证",
        "已认证",
        "已绑定",
        "已核实",
        "1",
        "1.0",
        "t",
        "true",
        "y",
        "yes",
        "ok",
        "verified",
        "confirmed",
        "√",
        "✓",
        "是",
    ]
)


class MappedIdentifier(NamedTuple):
    """One identifier as the source wrote it; the scope is '' where a type has none."""

    type: str
    scope: str
    text: str


class MappedRecord(NamedTuple):
    """Fields and identifiers of one record, as text, and when it was told.

    What is only compared stands among the fields under `COMPARED`.
    """

    fields: dict[str, str]
    identifiers: Sequence[MappedIdentifier]
    created_at: int | None
    updated_at: int | None


def map_record(spec: SourceSpec, said: Said, zone: ZoneInfo) -> MappedRecord:
    """What a row's text says under this mapping; see `mapper` for many rows."""
    return mapper(spec, zone)(said)


def mapper(spec: SourceSpec, zone: ZoneInfo) -> Callable[[Said], MappedRecord]:
    """What reads a source's stored rows; its mapping is looked through once, not once a row.

    Args:
        spec: The source.
        zone: Where times without a zone were written.

    Returns:
        From a row's text to what it says. It raises ValueError for a time that is
        none; collect has kept such rows out.
    """
    fields = [(name, *_way(cell)) for name, cell in spec.fields.items()]
    fields += [(COMPARED + name, *_way(cell)) for name, cell in spec.match.items()]
    if vouched := _vouched(spec):
        fields.append((VERIFIED, "", vouched))
    identifiers = [(one.type, _fixed_scope(one), one, *_way(one.cell)) for one in spec.identifiers]
    created_way, updated_way = _way(spec.created_at), _way(spec.updated_at)

    def instant(said: Said, column: str, read: Reader | None) -> int | None:
        text = said.get(column, "").strip() if read is None else read(said)
        return parse_instant(text, zone) if text else None

    def map_row(said: Said) -> MappedRecord:
        found = {}
        for name, column, read in fields:
            if text := said.get(column, "").strip() if read is None else read(said):
                found[name] = text
        carried = []
        for type_, scope, one, column, read in identifiers:
            if text := said.get(column, "").strip() if read is None else read(said):
                if scope is None:
                    carried.append(MappedIdentifier(type_, scope_of(one, said, text), text))
                else:
                    carried.append(MappedIdentifier(type_, scope, text))
        created, updated = instant(said, *created_way), instant(said, *updated_way)
        return MappedRecord(
            found,
            carried,
            updated if created is None else created,
            created if updated is None else updated,
        )

    return map_row


Reader = Callable[[Said], str]


def _vouched(spec: SourceSpec) -> Reader | None:
    """What tells the fields and identifiers a row vouches for; None where a source never does."""
    cells = [*spec.fields.items(), *((one.type, one.cell) for one in spec.identifiers)]
    promised = [(name, cell, cell.verified) for name, cell in cells if cell.verified]

    def read(said: Said) -> str:
        kept = {
            name
            for name, cell, verified in promised
            if read_cell(verified, said).casefold() in YES and read_cell(cell, said)
        }
        return " ".join(sorted(kept))

    return read if promised else None


def _way(cell: Cell | None) -> tuple[str, Reader | None]:
    """The column a cell reads; where it isn't just one column, what reads it."""
    if cell is None:
        return "", lambda said: ""
    if cell.column is None or cell.constant is not None or cell.joined or cell.aliases:
        return "", lambda said: read_cell(cell, said)
    return cell.column, None


def _fixed_scope(spec: IdentifierSpec) -> str | None:
    """The scope of all a column's ids; None where the row or the id tells it."""
    if spec.scope is None:
        return ""
    return None if spec.scope.prefixes else spec.scope.cell.constant


def read_cell(cell: Cell | None, said: Said) -> str:
    """What a cell reads in a stored row; "" where there is nothing."""
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


def scope_of(spec: IdentifierSpec, said: Said, text: str) -> str:
    """The app, corp or suite an id counts in; '?' where no prefix fits: it meets no other."""
    if spec.scope is None:
        return ""
    if not spec.scope.prefixes:
        return read_cell(spec.scope.cell, said)
    wanted = parse_id(text)
    fitting = [scope for prefix, scope in spec.scope.prefixes if wanted.startswith(prefix)]
    return fitting[0] if fitting else "?"
