"""What the extra `heliu[lake]` brings; nothing else of retagging needs it."""

from importlib.util import find_spec

from heliu.errors import PermanentError

NEEDED = {"duckdb": ("duckdb", "pyarrow"), "spark": ("pyspark", "pyarrow")}


class ExtraMissing(PermanentError):
    """The settings name an engine that isn't installed."""


def require_extra(kind: str) -> None:
    """Make sure that an engine can be used.

    Args:
        kind: duckdb or spark.

    Raises:
        ExtraMissing: It isn't installed.
    """
    missing = [package for package in NEEDED[kind] if find_spec(package) is None]
    if missing:
        raise ExtraMissing(
            f"a retag on {kind} needs {' and '.join(missing)}: pip install 'heliu[lake]'"
            + (" pyspark" if "pyspark" in missing else "")
        )
