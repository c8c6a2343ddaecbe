"""A statement in another engine's words, and what it reads.

Statements are written in PostgreSQL's; the rules see to it that nothing in them means
something else elsewhere: integers, comparisons, aggregates, no arithmetic on time.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import sqlglot
from sqlalchemy.dialects import postgresql
from sqlglot import exp

from models import Profile

TABLES: Mapping[str, sa.Table] = Profile.metadata.tables
Needs = Mapping[str, frozenset[str]]  # table to the columns of it that are read


def translated(select: sa.Select[Any], dialect: str) -> str:
    """The statement with every value written in, as SQLGlot writes that dialect.

    Args:
        select: What to write.
        dialect: duckdb, spark …

    Raises:
        sqlglot.errors.ParseError: It uses what SQLGlot can't read.
    """
    tree = _parsed(select)
    if dialect == "spark":  # which has no such word, and reads each of ours once
        for cte in tree.find_all(exp.CTE):
            cte.set("materialized", None)
    return tree.sql(dialect, identify=True)


def needs(*selects: sa.Select[Any]) -> Needs:
    """Which columns of which tables these statements read, so that no others are taken along.

    A column told by its name alone counts for every table that has one of that name.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for select in selects:
        tree = _parsed(select)
        called: dict[str, set[str]] = defaultdict(set)  # one alias may mean several, here and there
        for table in tree.find_all(exp.Table):
            if table.name in TABLES:
                called[table.alias_or_name].add(table.name)
        tables = set().union(*called.values())
        for column in tree.find_all(exp.Column):
            for name in called.get(column.table, ()) if column.table else tables:
                if column.name in TABLES[name].c:
                    found[name].add(column.name)
        for name in tables:
            found[name].update(column.name for column in TABLES[name].primary_key)
    return {name: frozenset(columns) for name, columns in sorted(found.items())}


def _parsed(select: sa.Select[Any]) -> exp.Expr:
    # named parameters, so that a percent sign in a value is not doubled
    language = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    text = select.compile(dialect=language, compile_kwargs={"literal_binds": True})
    return sqlglot.parse_one(str(text), read="postgres")
