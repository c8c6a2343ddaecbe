"""The tables and columns that rules become, and tests of one value, alike on every dialect."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from heliu.rules.asks import Compare, OneOf, ValueTest
from heliu.rules.vocabulary import MINUS, NET_FEN, FieldType, Word
from models import Event, Profile

EVENT = Event.__table__  # type: ignore[attr-defined]
PROFILE = Profile.__table__  # type: ignore[attr-defined]

Column = sa.ColumnElement[Any]
Predicate = sa.ColumnElement[bool]

OPERATORS: dict[str, Callable[[Column, int], Predicate]] = {
    "=": lambda column, number: column == number,
    "!=": lambda column, number: column != number,
    "<": lambda column, number: column < number,
    "<=": lambda column, number: column <= number,
    ">": lambda column, number: column > number,
    ">=": lambda column, number: column >= number,
}


def at_of(table: sa.FromClause) -> Column:
    """When a row happened, as the integer it is stored as."""
    return sa.type_coerce(table.c.at, sa.BigInteger)


happened_at = at_of(EVENT)


def word_column(table: sa.FromClause, word: Word) -> Column:
    """The column of a word, instants as the integers they are stored as."""
    if word == NET_FEN:
        return sa.case((table.c.type == MINUS, -table.c.amount_fen), else_=table.c.amount_fen)
    column = table.c[word.column]
    return sa.type_coerce(column, sa.BigInteger) if word.type is FieldType.TIME else column


def constant(holds: bool) -> Predicate:
    """A predicate that holds for everybody or nobody."""
    return sa.literal_column("1") == sa.literal_column("1" if holds else "0")


def value_test(column: Column, test: ValueTest | Compare) -> Predicate:
    """A test of a value; NULL where that is."""
    if isinstance(test, OneOf):
        if not test.values:
            return constant(False)
        return column == test.values[0] if len(test.values) == 1 else column.in_(test.values)
    if test.op == "between":
        return column.between(test.number, test.upper)
    return OPERATORS[test.op](column, test.number)
