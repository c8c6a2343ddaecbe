"""The library as SQL text, for people and other engines to read."""

import sqlglot
from sqlalchemy.dialects import postgresql, sqlite

from heliu.rules.library import Library
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts, Numbers, library_select

DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
SPOKEN = {"sqlite": "sqlite", "postgresql": "postgres", "duckdb": "duckdb", "spark": "spark"}


def to_sql(
    library: Library,
    dialect: str,
    clock: Clock,
    cuts: Cuts,
    numbers: Numbers | None = None,
    *,
    pretty: bool = False,
) -> str:
    """The one statement with every value written in: profile_id and sixty tags a word.

    Args:
        library: Tags to print.
        dialect: sqlite or postgresql; duckdb or spark, translated from PostgreSQL's text.
        clock: As-of and the firm's zone: windows are printed as the numbers they come to.
        cuts: Of ranks, as a run stored them; a rank without its cut is false.
        numbers: The bit of each tag; in the order of their names if not given.
        pretty: Indented, to be read; otherwise as it is executed.

    Raises:
        KeyError: No such dialect.
    """
    order = {name: number for number, name in enumerate(sorted(library.tags))}
    select = library_select(library, numbers or order, clock, cuts)
    source = dialect if dialect in DIALECTS else "postgresql"
    # named parameters, so that a percent sign in a value is not doubled
    language = DIALECTS[source](paramstyle="named")
    text = str(select.compile(dialect=language, compile_kwargs={"literal_binds": True}))
    if source == dialect and not pretty:
        return text
    read, write = SPOKEN[source], SPOKEN[dialect]
    return sqlglot.transpile(text, read=read, write=write, pretty=pretty)[0]
