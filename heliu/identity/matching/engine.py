"""DuckDB and Arrow, which the extra `heliu[probabilistic]` brings; nothing else imports them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from heliu.errors import PermanentError
from heliu.identity.matching.levels import MACROS

EXTRA = (
    "probabilistic matching needs DuckDB and Splink, which are not installed: "
    "pip install 'heliu[probabilistic]', or remove matching.json from the firm's folder"
)


class ExtraMissing(PermanentError):
    """There is a model, and nothing to apply it with."""

    def __init__(self) -> None:
        super().__init__(EXTRA)


def require_extra() -> None:
    """Make sure that a model can be applied.

    Raises:
        ExtraMissing: DuckDB or Arrow isn't installed.
    """
    try:
        import duckdb  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError:
        raise ExtraMissing from None


@contextmanager
def open_engine() -> Iterator[Any]:
    """A DuckDB connection in memory, with the macros conditions are written in."""
    require_extra()
    import duckdb

    with tempfile.TemporaryDirectory(prefix="heliu-match-") as spill:
        connection = duckdb.connect(config={"temp_directory": spill})
        try:
            connection.execute(MACROS)
            # The conditions come from a file: they may compare, not reach for other files.
            connection.execute("SET enable_external_access = false")
            yield connection
        finally:
            connection.close()
