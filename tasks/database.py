"""One engine a process and database, opened when first needed."""

import os
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

from heliu.errors import ConfigError, Place, Problem, TransientError
from models.database import migrate, open_database
from tasks.settings import settings


def database() -> sa.Engine:
    """The firm's database, its schema up to date.

    Raises:
        ConfigError: The URL is none we understand.
        TransientError: The database doesn't answer.
    """
    return _engine(settings().database_url, os.getpid())


@lru_cache(maxsize=8)
def _engine(url: str, process: int) -> sa.Engine:
    """Keyed by process: a connection must not cross a fork."""
    where = Problem(
        Place("HELIU_DATABASE_URL"),
        "is no database URL Heliu understands",
        "Use sqlite:///FILE or postgresql://USER@HOST/NAME.",
    )
    try:
        parsed = sa.make_url(url)
        engine = open_database(url)
    except sa.exc.ArgumentError as error:
        raise ConfigError([where]) from error
    except ModuleNotFoundError as error:
        lacks = "needs PostgreSQL's driver, which is not installed"
        driver = Problem(where.place, lacks, "Install it: pip install 'heliu[postgres]'.")
        raise ConfigError([driver]) from error
    shown = parsed.render_as_string(hide_password=True)
    try:
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        migrate(engine)
    except (sa.exc.OperationalError, OSError) as error:
        raise TransientError(
            f"the database {shown} can't be opened ({type(error).__name__}). Is it there, is the "
            "server running, may this user write? HELIU_DATABASE_URL names it."
        ) from error
    return engine
