"""What may stand in a tag's SELECT: one list of parts, some tables, some of their columns.

Anything not listed is refused, so that what SQLGlot learns tomorrow is too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

import models  # noqa: F401 - they fill the metadata
from heliu.errors import did_you_mean
from heliu.rules.escape_parts import (
    aggregates,
    kind_of,
    loose,
    mistake,
    operands,
    start_of,
)
from heliu.rules.vocabulary import FieldType, Vocabulary
from models.columns import UtcSeconds

KEY = "profile_id"
HELP = (
    "A tag's sql is one SELECT of profile_id, like "
    "SELECT profile_id FROM orders WHERE paid_at > :as_of - 7 * 86400."
)
SEE = "docs/adding-a-tag.md says what is."

# Names of SQLGlot's expressions. Left out on purpose: LIKE, lower and upper, / and % (databases
# differ), dates, casts, LIMIT, SELECT *, unions.
PARTS = frozenset(
    [
        "Select", "From", "Join", "Where", "Group", "Having", "Distinct", "Subquery", "Table",
        "TableAlias", "Alias", "Column", "Identifier", "Literal", "Boolean", "Null",
        "Placeholder", "Paren", "Tuple", "Star", "And", "Or", "Not", "EQ", "NEQ", "GT", "GTE",
        "LT", "LTE", "Between", "In", "Is", "Exists", "NullSafeEQ", "NullSafeNEQ", "Add", "Sub",
        "Mul", "Neg", "Case", "If", "Coalesce", "Nullif", "Abs", "Length", "Substring", "Count",
        "Sum", "Min", "Max", "Filter", "Window", "WindowSpec", "Order", "Ordered", "RowNumber",
        "Rank", "DenseRank", "Lag", "Lead",
    ]
)  # fmt: skip
NUMBERS = ("Add", "Sub", "Mul", "Neg", "Abs", "Sum")  # of numbers alone
ALIKE = ("EQ", "NEQ", "GT", "GTE", "LT", "LTE", "Between", "In", "NullSafeEQ", "NullSafeNEQ")
TRUTHS = ("Where", "And", "Or", "Not", "Having", "Join", "If")  # of what is true or false

_NOT_READ = {  # Heliu's own, and free text; slots are read by the names they were given
    "profile": {"component_id", "records", "sources", "created_run_id", "changed_run_id"},
    "event": {"id", "record_id", "source"},
    "consent": {"id", "source", "evidence"},
    "product": {"run_id", "link"},
    "orders": {"source", "record_id"},
    "refund": {"source"},
}
_SLOTS = ("text_", "number_")


def _readable(table: sa.Table) -> dict[str, str]:
    """Column to its kind: text, bigint or boolean."""
    return {
        column.name: _kind(column)
        for column in table.columns
        if column.name not in _NOT_READ[table.name] and not column.name.startswith(_SLOTS)
    }


def _kind(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.Boolean):
        return "boolean"
    return "bigint" if isinstance(column.type, sa.Integer | UtcSeconds) else "text"


_TABLES: tuple[Any, ...] = tuple(SQLModel.metadata.tables[name] for name in _NOT_READ)
TABLES = {table.name: _readable(table) for table in _TABLES}

Note = Callable[..., None]  # where in the text (or None), what, what would be right


@dataclass
class Checker:
    """Checks one SELECT in one firm's words, noting what is wrong."""

    vocabulary: Vocabulary
    note: Note

    def settle(self, tree: Any) -> Any | None:
        """The SELECT with every column's table said and declared words as their slots."""
        from sqlglot.errors import OptimizeError
        from sqlglot.optimizer.annotate_types import annotate_types
        from sqlglot.optimizer.qualify import qualify

        if not all(step(tree) for step in (self._parts, self._tables, self._groups)):
            return None
        try:
            full = qualify(
                tree, schema=self.schema, dialect="postgres", quote_identifiers=False,
                identify=False, expand_stars=False,
            )  # fmt: skip
        except OptimizeError as error:
            self.note(None, str(error).partition(" Line:")[0].rstrip("."), HELP)
            return None
        if not self._kinds(annotate_types(full, schema=self.schema, dialect="postgres")):
            return None
        self._slots(full)
        return full

    @cached_property
    def schema(self) -> dict[str, Any]:
        """Table to the columns a rule may read, by the names it knows them by, to their kinds."""
        schema = {table: dict(columns) for table, columns in TABLES.items()}
        for table, words in self._words.items():
            schema[table] |= {
                word.name: "bigint" if word.type in (FieldType.NUMBER, FieldType.TIME) else "text"
                for word in words.values()
            }
        return schema

    @property
    def _words(self) -> dict[str, Any]:
        return {"profile": self.vocabulary.fields, "event": self.vocabulary.properties}

    def _parts(self, tree: Any) -> bool:
        """Nothing but what is listed; one column, called profile_id."""
        fine = True
        for node in tree.walk():
            if type(node).__name__ not in PARTS:
                says = f"{type(node).__name__.upper()} is not allowed in a tag's sql"
                self.note(start_of(node), says, SEE)
                return False
            if says := mistake(node):
                self.note(start_of(node), says)
                fine = False
        if tree.named_selects != [KEY]:
            self.note(None, f"must select one column, {KEY}", HELP)
            return False
        return fine

    def _tables(self, tree: Any) -> bool:
        """Known tables, and of them known columns."""
        from sqlglot import exp

        tables, fine = list(tree.find_all(exp.Table)), True
        for table in tables:
            if table.name not in self.schema or table.args.get("db"):
                says = f"unknown table {table.name!r}{did_you_mean(table.name, self.schema)}"
                self.note(start_of(table), says, f"Known tables: {', '.join(sorted(self.schema))}.")
                return False
        known = {name for table in tables for name in self.schema[table.name]}
        known |= {each.alias for each in tree.find_all(exp.Alias)}
        for column in tree.find_all(exp.Column):
            if column.name not in known:
                says = f"unknown column {column.name!r}{did_you_mean(column.name, known)}"
                self.note(start_of(column), says, f"Known columns: {', '.join(sorted(known))}.")
                fine = False
        return fine

    def _groups(self, tree: Any) -> bool:
        """Beside aggregates stands only what is grouped by: SQLite would take any row's."""
        from sqlglot import exp

        for select in tree.find_all(exp.Select):
            group, having = select.args.get("group"), select.args.get("having")
            told = [*select.expressions, *([having.this] if having else [])]
            bare = [column for part in told for column in loose(part)]
            if not group and not any(map(aggregates, told)):
                continue
            keys = {key.name for key in group.expressions} if group else set()
            stray = next((column for column in bare if column.name not in keys), None)
            if stray is not None:
                self.note(
                    start_of(stray), f"{stray.name!r} must be in GROUP BY, or in an aggregate"
                )
                return False
        return True

    def _kinds(self, tree: Any) -> bool:
        """Numbers with numbers, texts with texts: PostgreSQL refuses what SQLite lets pass."""
        for node in tree.walk():
            kind, inner = type(node).__name__, [kind_of(part) for part in operands(node)]
            known = {part for part in inner if part}
            if kind in NUMBERS and known - {"number"}:
                wrong = "needs numbers"
            elif kind in ALIKE and len(known) > 1:
                wrong = f"compares {' with '.join(sorted(known))}"
            elif kind in TRUTHS and known - {"truth"}:
                wrong = "needs something true or false"
            else:
                continue
            self.note(start_of(node), f"{node.sql()}: {kind.upper()} {wrong}")
            return False
        return True

    def _slots(self, full: Any) -> None:
        from sqlglot import exp
        from sqlglot.optimizer.scope import traverse_scope

        for scope in traverse_scope(full):
            for column in scope.columns:
                source = scope.sources.get(column.table)
                words = self._words.get(source.name, {}) if isinstance(source, exp.Table) else {}
                if column.name in words:
                    column.this.set("this", words[column.name].column)
