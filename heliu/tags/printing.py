"""The library as SQL text, for people and other engines to read."""

import json

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from heliu.rules.library import Library
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts, Numbers, library_select
from heliu.tags.apply import TAG_RUN

DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}


def to_sql(
    library: Library, dialect: str, clock: Clock, cuts: Cuts, numbers: Numbers | None = None
) -> str:
    """The one statement with every value written in: profile_id and sixty tags a word.

    Args:
        library: Tags to print.
        dialect: sqlite or postgresql.
        clock: As-of and the firm's zone: windows are printed as the numbers they come to.
        cuts: Of ranks, as a run stored them (`newest_cuts`); without its cut a rank is false.
        numbers: The bit of each tag; in the order of their names if not given.

    Raises:
        KeyError: No such dialect.
    """
    order = {name: number for number, name in enumerate(sorted(library.tags))}
    select = library_select(library, numbers or order, clock, cuts)
    # named parameters, so that a percent sign in a value is not doubled
    language = DIALECTS[dialect](paramstyle="named")
    return str(select.compile(dialect=language, compile_kwargs={"literal_binds": True}))


def newest_cuts(connection: sa.Connection) -> dict[str, int | None]:
    """The cuts of the last full run, none before the first."""
    newest = sa.select(TAG_RUN.c.cuts).where(TAG_RUN.c.full).order_by(TAG_RUN.c.run_id.desc())
    text = connection.execute(newest.limit(1)).scalar()
    cuts: dict[str, int | None] = json.loads(text) if text else {}
    return cuts
