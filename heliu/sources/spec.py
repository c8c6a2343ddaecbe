"""How a source's columns become fields, identifiers and facts: `sources.yaml`, parsed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from heliu.errors import Place
from heliu.rules.identifiers import IdentifierType
from heliu.rules.vocabulary import FieldType

Row = Sequence[str]
Header = Mapping[str, int]  # column → where it stands in a row


@dataclass(frozen=True)
class Cell:
    """Where a value comes from: a column of the row, several joined by a blank, or a constant."""

    place: Place = field(compare=False)
    column: str | None = None
    aliases: tuple[str, ...] = ()  # other headings it is known under
    constant: str | None = None
    optional: bool = False
    joined: tuple[str, ...] = ()  # columns that follow: a surname after a given name
    verified: "Cell | None" = None  # says whether the source vouches for what stands here

    @property
    def names(self) -> list[str]:
        """Every column it reads, under its first heading."""
        return [name for name in (self.column, *self.joined) if name is not None]

    def index(self, header: Header) -> int | None:
        """Where the column stands under this heading row."""
        names = [name for name in (self.column, *self.aliases) if name is not None]
        return next((header[name] for name in names if name in header), None)

    def reader(self, header: Header) -> Callable[[Row], str]:
        """What reads this cell from a row; a column that isn't there reads empty."""
        if self.constant is not None:
            constant = self.constant
            return lambda row: constant
        if self.joined:
            indexes = self.indexes(header)
            return lambda row: " ".join(text for i in indexes if (text := row[i].strip()))
        index = self.index(header)
        return (lambda row: "") if index is None else (lambda row: row[index].strip())

    def indexes(self, header: Header) -> list[int]:
        """Where all its columns stand under this heading row."""
        found = [self.index(header), *(header.get(name) for name in self.joined)]
        return [i for i in found if i is not None]


@dataclass(frozen=True)
class Scope:
    """Which app, corp or suite an id counts in: fixed, by column, or by the id's prefix."""

    cell: Cell
    prefixes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class IdentifierSpec:
    """One column that carries identifiers of a type."""

    type: str
    cell: Cell
    scope: Scope | None = None
    kind: IdentifierType = field(default_factory=IdentifierType)


@dataclass(frozen=True)
class When:
    """Rows a fact mapping takes: the column holds one of the values."""

    cell: Cell
    values: frozenset[str]


@dataclass(frozen=True)
class FactSpec:
    """One kind of fact a row tells: event, order, refund or consent."""

    kind: str
    place: Place = field(compare=False)
    cells: Mapping[str, Cell]
    when: tuple[When, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)  # the source's word → our event
    properties: Mapping[str, tuple[Cell, FieldType]] = field(default_factory=dict)


@dataclass(frozen=True)
class SubjectSpec:
    """Whom a fact source's rows speak of.

    Either one record per distinct value of the first filled column of `keys`,
    or an existing record named by `source` and its key.
    """

    keys: tuple[Cell, ...]
    source: Cell | None = None


@dataclass(frozen=True)
class SourceSpec:
    """One source: where it is, what names a row, and what its columns mean."""

    name: str
    place: Place = field(compare=False)
    title: str
    files: tuple[Path, ...]
    sheet: str | None
    snapshot: bool  # the file is everything: a row that is gone is deleted
    trust: int  # 0 to 100: whose word survives
    channel: str
    key: tuple[Cell, ...]
    key_like: str | None  # what a key must look like, whole
    created_at: Cell | None
    updated_at: Cell | None
    fields: Mapping[str, Cell]
    field_types: Mapping[str, FieldType]
    identifiers: tuple[IdentifierSpec, ...]
    subject: SubjectSpec | None
    facts: tuple[FactSpec, ...]
    mapping_hash: str = field(compare=False)
    match: Mapping[str, Cell] = field(default_factory=dict)  # compared only, never kept
    owner: str | None = None  # whom to tell where something is wrong with it
    max_age_seconds: int | None = None  # older than this, no campaign uses it

    def cells(self) -> list[Cell]:
        """Every cell of the mapping, to be checked against the heading row."""
        cells = [*self.key, *self.fields.values(), *self.match.values()]
        cells += [cell for cell in (self.created_at, self.updated_at) if cell]
        for identifier in self.identifiers:
            cells += [identifier.cell, *([identifier.scope.cell] if identifier.scope else [])]
        if self.subject:
            cells += [*self.subject.keys, *([self.subject.source] if self.subject.source else [])]
        for fact in self.facts:
            cells += [*fact.cells.values(), *(when.cell for when in fact.when)]
            cells += [cell for cell, _ in fact.properties.values()]
        cells += [cell.verified for cell in cells if cell.verified]
        return cells
