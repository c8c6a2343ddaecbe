"""The way out: a tag by a SELECT of the firm's own, checked before it ever runs.

It is kept in one layout and one dialect and written in that of the database it
is compiled for; of time it knows as-of only, so that a run can be repeated.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from heliu.documents import Problems, Value
from heliu.errors import Place
from heliu.rules.asks import Selected
from heliu.rules.escape_checks import HELP, KEY, Checker
from heliu.rules.escape_parts import AS_OF
from heliu.rules.vocabulary import Vocabulary
from heliu.rules.windows import Clock

READ = "postgres"  # the dialect people write
KEPT = "sqlite"  # … and the one it is kept in
DIALECTS = {"postgresql": READ}  # where SQLAlchemy and SQLGlot differ in a name


def read_sql(value: Value, vocabulary: Vocabulary, problems: Problems) -> Selected | None:
    """The SELECT of a tag, checked and put into its one form; None where it isn't safe."""
    import sqlglot  # slow to import, and few firms need it
    from sqlglot.errors import ParseError, TokenError

    if not isinstance(value.data, str):
        problems.add(value.place, "`sql` is text", HELP)
        return None
    try:
        found = sqlglot.parse(value.data, read=READ)
    except ParseError as error:
        told = error.errors[0]
        column = int(told["col"]) - len(str(told["highlight"])) + 1
        says = str(told["description"]).partition(" for <class")[0]
        problems.add(place_of(value, int(told["line"]), column), f"not SQL: {says}")
        return None
    except TokenError:
        problems.add(value.place, "not SQL: a quote is not closed")
        return None
    if len(found) != 1 or not isinstance(found[0], sqlglot.exp.Select):
        problems.add(value.place, "not one SELECT", HELP)
        return None

    def note(start: int | None, says: str, remedy: str = "") -> None:
        problems.add(value.place if start is None else _at(value, start), says, remedy)

    full = Checker(vocabulary, note).settle(found[0])
    return None if full is None else Selected(full.sql(KEPT, comments=False))


def _at(value: Value, start: int) -> Place:
    """Where a character of the SQL stands in the file."""
    before = value.data[:start]
    return place_of(value, before.count("\n") + 1, len(before) - before.rfind("\n"))


def place_of(value: Value, line: int, column: int) -> Place:
    """A place in the SQL as a place in the file: text of several lines begins on the next."""
    if "\n" in value.data:
        return Place(value.place.path, value.place.line + line)
    return Place(value.place.path, value.place.line, value.place.column + column - 1)


class FirmSql(sa.TextClause):
    """A checked SELECT with as-of written in, in whatever dialect it is compiled for."""

    inherit_cache = False  # its text alone doesn't say as of when
    raw: str
    at: int

    @classmethod
    def of(cls, raw: str, at: int) -> "FirmSql":
        """Of a text in the dialect texts are kept in, and as-of in epoch seconds."""
        made = cls(_escaped(raw.replace(f":{AS_OF}", str(at))))
        made.raw, made.at = raw, at
        return made


@compiles(FirmSql)
def _write(element: FirmSql, compiler: Any, **options: Any) -> str:
    text = written(element.raw, element.at, compiler.dialect.name)
    return str(compiler.visit_textclause(sa.text(_escaped(text)), **options))


def written(sql: str, at: int, dialect: str) -> str:
    """A kept SELECT in a dialect of SQLAlchemy's or SQLGlot's, as of a moment."""
    import sqlglot
    from sqlglot import exp

    def wide(node: exp.Expression) -> exp.Expression:
        number = exp.Literal.number(at) if isinstance(node, exp.Placeholder) else node
        counted = isinstance(node.parent, exp.Add | exp.Sub | exp.Mul)
        if number is node and not (isinstance(node, exp.Literal) and counted):
            return node
        # 64 bits: PostgreSQL would count in 32 and overflow
        return exp.cast(number, exp.DataType.Type.BIGINT, copy=True)

    tree = sqlglot.parse_one(sql, read=KEPT).transform(wide)
    return tree.sql(DIALECTS.get(dialect, dialect))


def _escaped(text: str) -> str:
    """A colon in it begins no parameter."""
    return text.replace(":", "\\:")


def as_select(ask: Selected, clock: Clock) -> sa.TextualSelect:
    """A SELECT of profile_id, as of a moment."""
    return FirmSql.of(ask.sql, clock.at).columns(sa.column(KEY, sa.BigInteger))
