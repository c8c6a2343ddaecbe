"""`sources.yaml` → SourceSpecs, with every mistake named at its place.

A cell is a column's name, or a mapping: `{column: 手机, aliases: [电话], optional: true}`,
`{columns: [first_name, last_name]}` for several joined by a blank,
or `{is: wecom}` for a constant. See docs/adding-a-source.md.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from glob import glob
from pathlib import Path
from typing import Any

from heliu.documents import Problems, Value, expect_keys, load_yaml
from heliu.errors import did_you_mean
from heliu.rules.identifiers import IDENTIFIERS, IdentifierType
from heliu.rules.scalars import read_duration
from heliu.rules.vocabulary import STANDARD_EVENTS, STANDARD_FIELDS, STANDARD_PROPERTIES, FieldType
from heliu.sources.identifiers import declared_identifiers, unknown_identifier
from heliu.sources.spec import Cell, FactSpec, IdentifierSpec, Scope, SourceSpec, SubjectSpec, When

DOCUMENT_KEYS = ("version", "identifiers", "matching", "sources")
SOURCE_KEYS = (
    "title", "owner", "file", "files", "sheet", "max_age", "mode", "trust", "channel", "key",
    "key_like", "created_at", "updated_at", "fields", "match", "identifiers", "subject", "events",
    "orders", "refunds", "consents",
)  # fmt: skip
UNREAD_KEYS = ("owner", "max_age")  # change nothing about how rows are understood
IDENTIFIER_TYPES = tuple(IDENTIFIERS)  # beside those the file declares itself
CELL_KEYS = ("column", "columns", "aliases", "optional", "is", "type", "scope", "verified")
MODES = ("append", "snapshot")
DETAILS = ("item", "amount_fen", "amount_yuan", "quantity", "channel", "campaign")
FACTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # kind → required, optional cells
    "events": (("type", "at"), ("key", *DETAILS)),
    "orders": (("number",), (*DETAILS, "ordered_at", "paid_at")),
    "refunds": (("number", "order", "at"), ("amount_fen", "amount_yuan")),
    "consents": (("channel", "topic", "state", "at"), ("evidence",)),
}


def load_sources(folder: Path, problems: Problems) -> list[SourceSpec]:
    """Read `sources.yaml` of a firm's folder, in file order; problems are collected."""
    document = load_yaml(folder / "sources.yaml", problems)
    if document is None or not expect_keys(
        document, problems, "sources.yaml", DOCUMENT_KEYS, ("sources",)
    ):
        return []
    sources = document.data["sources"]
    if not sources.is_mapping or not sources.data:
        problems.add(sources.place, "sources must be a mapping of names to sources")
        return []
    types = {**IDENTIFIERS, **declared_identifiers(document.get("identifiers"), problems)}
    specs = [_source(name, value, folder, types, problems) for name, value in sources.items()]
    return [spec for spec in specs if spec is not None]


def _source(
    name: str,
    value: Value,
    folder: Path,
    identifier_types: Mapping[str, IdentifierType],
    problems: Problems,
) -> SourceSpec | None:
    if not expect_keys(value, problems, f"source {name!r}", SOURCE_KEYS, ("key",)):
        return None
    subject = _subject(value.get("subject"), problems)
    fields, types = _fields(value.get("fields"), problems)
    return SourceSpec(
        name=name,
        place=value.place,
        title=_text(value, "title", name, problems),
        files=_files(name, value, folder, problems),
        sheet=str(sheet.data) if (sheet := value.get("sheet")) else None,
        snapshot=_choice(value, "mode", MODES, problems) == "snapshot",
        trust=_trust(value.get("trust"), problems),
        channel=_text(value, "channel", name, problems),
        key=_cells(value.data["key"], problems),
        key_like=_pattern(value.get("key_like"), problems),
        created_at=_cell(value.get("created_at"), problems),
        updated_at=_cell(value.get("updated_at"), problems),
        fields=fields,
        field_types=types,
        match=_match(value.get("match"), problems),
        identifiers=_identifiers(value.get("identifiers"), identifier_types, problems),
        subject=subject,
        facts=tuple(
            fact
            for kind in FACTS
            for fact in _each(value.get(kind), lambda v, k=kind: _fact(k, v, problems))  # type: ignore[misc]
        ),
        mapping_hash=_hash(value.plain()),
        owner=_text(value, "owner", "", problems) or None,
        max_age_seconds=read_duration(said, problems) if (said := value.get("max_age")) else None,
    )


def _hash(plain: Mapping[str, Any]) -> str:
    read = {key: said for key, said in plain.items() if key not in UNREAD_KEYS}
    text = json.dumps(read, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _each(value: Value | None, parse: Callable[[Value], Any]) -> list[Any]:
    """One mapping or a list of them; what could not be parsed is left out."""
    values = [] if value is None else value.data if value.is_list else [value]
    return [parsed for one in values if (parsed := parse(one)) is not None]


def _text(value: Value, key: str, default: str, problems: Problems) -> str:
    found = value.get(key)
    if found is None:
        return default
    if found.is_mapping or found.is_list or found.data is None:
        problems.add(found.place, f"{key} must be a text")
        return default
    return str(found.data)


def _choice(value: Value, key: str, known: tuple[str, ...], problems: Problems) -> str:
    found = value.get(key)
    word = str(found.data) if found else known[0]
    if found and word not in known:
        problems.add(found.place, f"{key} is {' or '.join(known)}{did_you_mean(word, known)}")
    return word


def _trust(value: Value | None, problems: Problems) -> int:
    trust = 50 if value is None else value.data
    if value is not None and (not isinstance(trust, int) or not 0 <= trust <= 100):
        problems.add(value.place, "trust is a whole number from 0 to 100")
        return 50
    return int(trust)


def _pattern(value: Value | None, problems: Problems) -> str | None:
    if value is None:
        return None
    try:
        return re.compile(str(value.data)).pattern
    except re.error as error:
        problems.add(value.place, f"key_like is no regular expression: {error}")
        return None


def _files(name: str, value: Value, folder: Path, problems: Problems) -> tuple[Path, ...]:
    """The files a source names; `*` patterns in name order. One that isn't there is a problem."""
    named = value.get("files") or value.get("file")
    if named is None:
        problems.add(value.place, f"source {name!r} lacks 'file'")
        return ()
    found: list[Path] = []
    for one in named.data if named.is_list else [named]:
        pattern = str(one.data)
        named_by = str(folder / pattern)  # an absolute pattern stands for itself
        paths = sorted(map(Path, glob(named_by))) if "*" in pattern else [Path(named_by)]
        if not paths or not paths[0].is_file():
            near = did_you_mean(pattern, [path.name for path in folder.glob("*")])
            problems.add(one.place, f"there is no file {pattern!r} in the firm's folder{near}")
        found += paths
    return tuple(found)


def _cell(value: Value | None, problems: Problems) -> Cell | None:
    if value is None:
        return None
    if value.is_mapping:
        well = expect_keys(value, problems, "a cell", CELL_KEYS)
        return _told_cell(value, problems) if well else None
    if value.is_list or value.data is None:
        problems.add(value.place, "a column's name is expected here")
        return None
    return Cell(value.place, column=str(value.data))


def _told_cell(value: Value, problems: Problems) -> Cell | None:
    """A cell told as a mapping: a column, several to be joined, or a constant."""
    constant, column, columns = (value.get(key) for key in ("is", "column", "columns"))
    if sum(one is not None for one in (constant, column, columns)) != 1:
        problems.add(value.place, "a cell has one of 'column', 'columns' and 'is'")
        return None
    if columns is not None and not (columns.is_list and columns.data):
        problems.add(columns.place, "columns is a list of columns, to be joined by a blank")
        return None
    names = [str(one.data) for one in columns.data] if columns else []
    if column is not None:
        names = [str(column.data)]
    aliases = value.get("aliases")
    return Cell(
        value.place,
        column=names[0] if names else None,
        aliases=tuple(str(a.data) for a in aliases.data) if aliases and aliases.is_list else (),
        constant=str(constant.data) if constant else None,
        optional=bool(optional.data) if (optional := value.get("optional")) else False,
        joined=tuple(names[1:]),
        verified=_verified(value.get("verified"), problems),
    )


def _verified(value: Value | None, problems: Problems) -> Cell | None:
    """`verified: true`, or `verified: {column: 已验证}`: the source vouches for the cell."""
    if value is None or value.data is False:
        return None
    if value.data is True:
        return Cell(value.place, constant="true")
    return _cell(value, problems)


def _cells(value: Value, problems: Problems) -> tuple[Cell, ...]:
    return tuple(_each(value, lambda one: _cell(one, problems)))


def _fields(
    value: Value | None, problems: Problems
) -> tuple[Mapping[str, Cell], Mapping[str, FieldType]]:
    cells: dict[str, Cell] = {}
    types: dict[str, FieldType] = {}
    if value is None:
        return cells, types
    if not value.is_mapping:
        problems.add(value.place, "fields must be a mapping of field names to columns")
        return cells, types
    for name, one in value.items():
        if name in ("created_at", "updated_at"):
            problems.add(value.keys[name], f"{name} stands beside fields, not in them")
        if not name.isidentifier():
            problems.add(
                value.keys[name], f"{name!r} can't be a field's name", "Use letters, digits and _."
            )
        cell = _cell(one, problems)
        if cell:
            cells[name] = cell
            types[name] = _type(
                one, STANDARD_FIELDS[name].type if name in STANDARD_FIELDS else None, problems
            )
    return cells, types


def _match(value: Value | None, problems: Problems) -> Mapping[str, Cell]:
    """Columns people are compared by and profiles don't keep; see `heliu/sources/matching.py`."""
    cells: dict[str, Cell] = {}
    if value is None:
        return cells
    if not value.is_mapping:
        problems.add(value.place, "match must be a mapping of field names to columns")
        return cells
    for name, one in value.items():
        if not name.isidentifier():
            problems.add(
                value.keys[name], f"{name!r} can't be a field's name", "Use letters, digits and _."
            )
        if cell := _cell(one, problems):
            cells[name] = cell
    return cells


def _type(value: Value, standard: FieldType | None, problems: Problems) -> FieldType:
    said = value.get("type")
    if said is None:
        return standard or FieldType.TEXT
    known = [FieldType.TEXT, FieldType.DATE, FieldType.NUMBER]
    if said.data not in known:
        problems.add(said.place, f"type is {', '.join(known)}{did_you_mean(str(said.data), known)}")
        return FieldType.TEXT
    if standard and said.data != standard:
        problems.add(said.place, f"this standard field holds a {standard}")
    return FieldType(said.data)


def _identifiers(
    value: Value | None, types: Mapping[str, IdentifierType], problems: Problems
) -> tuple[IdentifierSpec, ...]:
    if value is None:
        return ()
    if not value.is_mapping:
        problems.add(value.place, "identifiers must be a mapping of types to columns")
        return ()
    specs: list[IdentifierSpec] = []
    for type_, one in value.items():
        if type_ not in types:
            unknown_identifier(type_, value, types, problems)
            continue
        for entry in one.data if one.is_list else [one]:
            if cell := _cell(entry, problems):
                scope = _scope(entry.get("scope"), cell, problems)
                specs.append(IdentifierSpec(type_, cell, scope, types[type_]))
    return tuple(specs)


def _scope(value: Value | None, cell: Cell, problems: Problems) -> Scope | None:
    """`scope: app1`, `scope: {column: appid}` or `scope: {prefix: {oM: miniprogram}}`."""
    if value is None:
        return None
    prefixes = value.get("prefix")
    if prefixes is not None and prefixes.is_mapping:
        pairs = tuple((prefix, str(scope.data)) for prefix, scope in prefixes.items())
        return Scope(cell, pairs)
    if value.is_mapping:
        found = _cell(value, problems)
        return Scope(found) if found else None
    return Scope(Cell(value.place, constant=str(value.data)))


def _subject(value: Value | None, problems: Problems) -> SubjectSpec | None:
    if value is None or not expect_keys(value, problems, "subject", ("key", "source"), ("key",)):
        return None
    return SubjectSpec(_cells(value.data["key"], problems), _cell(value.get("source"), problems))


def _fact(kind: str, value: Value, problems: Problems) -> FactSpec | None:
    required, optional = FACTS[kind]
    extra = ("when", "properties", "types") if kind == "events" else ("when",)
    if not expect_keys(
        value, problems, f"a mapping of {kind}", (*required, *optional, *extra), required
    ):
        return None
    if value.get("amount_fen") and value.get("amount_yuan"):
        problems.add(value.place, "say amount_fen or amount_yuan, not both")
    types = _types(value.get("types"), problems)
    cells: dict[str, Cell] = {}
    for name in (*required, *optional):
        one = value.get(name)
        cell = _event_type(one, types, problems) if name == "type" and one else _cell(one, problems)
        if cell:
            cells[name] = cell
    return FactSpec(
        kind,
        value.place,
        cells,
        _when(value.get("when"), problems),
        types,
        _properties(value, problems),
    )


def _event_type(value: Value, types: Mapping[str, str], problems: Problems) -> Cell | None:
    """`type: login` is a constant here; a column is said as `{column: event}`."""
    if value.is_mapping:
        return _cell(value, problems)
    if value.data not in STANDARD_EVENTS and value.data not in types.values():
        problems.add(
            value.place,
            f"unknown event {value.data!r}{did_you_mean(str(value.data), STANDARD_EVENTS)}",
            f"Standard events: {', '.join(STANDARD_EVENTS)}. Declare another under 'types'.",
        )
    return Cell(value.place, constant=str(value.data))


def _types(value: Value | None, problems: Problems) -> Mapping[str, str]:
    """`types: {view: course_view}` translates; `types: [seminar]` declares."""
    if value is None:
        return {}
    if value.is_mapping:
        return {word: str(ours.data) for word, ours in value.items()}
    if value.is_list:
        return {str(one.data): str(one.data) for one in value.data}
    problems.add(
        value.place, "types is a list of events, or a mapping of the source's words to events"
    )
    return {}


def _when(value: Value | None, problems: Problems) -> tuple[When, ...]:
    if value is None:
        return ()
    if not value.is_mapping:
        problems.add(value.place, "when is a mapping of columns to the values they must hold")
        return ()
    return tuple(
        When(
            Cell(value.keys[column], column=column),
            frozenset(str(v.data) for v in (one.data if one.is_list else [one])),
        )
        for column, one in value.items()
    )


def _properties(value: Value, problems: Problems) -> Mapping[str, tuple[Cell, FieldType]]:
    found = value.get("properties")
    if found is None:
        return {}
    if not found.is_mapping:
        problems.add(found.place, "properties must be a mapping of names to columns")
        return {}
    properties: dict[str, tuple[Cell, FieldType]] = {}
    for name, one in found.items():
        if name in STANDARD_PROPERTIES:
            problems.add(found.keys[name], f"{name} is a standard column; map it beside 'at'")
        if cell := _cell(one, problems):
            properties[name] = (cell, _type(one, None, problems))
    return properties
