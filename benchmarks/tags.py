"""Tags against their bars: `make bench-tags`, or `python -m benchmarks.tags`.

    python -m benchmarks.tags [--scale XS|S|M] [--runs N] [--keep FOLDER] [--dbt FOLDER] [ROW ...]

Rows: full postgres peers duckdb growth incremental person diff, and by name only spark. Every
contestant runs in a process of its own; times are medians of --runs (five) in one run, and none
is printed unless all contestants of a row put the same people under the same tags. Bars are of
scale M. Ends with an error if one is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.apart import Failed
from benchmarks.bars import HEAD, Line
from benchmarks.tags_rows import (
    diff,
    duckdb,
    full,
    growth,
    incremental,
    peers,
    person,
    postgres,
    spark,
)
from benchmarks.tags_worlds import Differ, Worlds

ROWS: dict[str, Callable[[Worlds], Iterator[Line]]] = {
    "full": full,
    "postgres": postgres,
    "peers": peers,
    "duckdb": duckdb,
    "growth": growth,
    "incremental": incremental,
    "person": person,
    "diff": diff,
    "spark": spark,
}
BY_NAME = ("spark",)  # on demand


def main() -> None:
    parser = argparse.ArgumentParser(description="Tags against their bars.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {', '.join(ROWS)}")
    parser.add_argument("--scale", default="M", choices=("XS", "S", "M"))
    parser.add_argument("--runs", type=int, default=5, help="times are medians of so many")
    parser.add_argument("--keep", type=Path, help="a folder to keep the databases in")
    parser.add_argument("--dbt", type=Path, help="a folder for dbt's environment, made on demand")
    options = parser.parse_args()
    if unknown := set(options.rows) - ROWS.keys():
        parser.error(f"unknown rows {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory(prefix="heliu-bench-") as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        worlds = Worlds(folder, options.scale, options.runs, options.dbt)
        with worlds:
            missed = sum(
                measured(worlds, name)
                for name in options.rows or [row for row in ROWS if row not in BY_NAME]
            )
    if missed:
        sys.exit(f"{missed} bars missed")


def measured(worlds: Worlds, name: str) -> int:
    """Print the lines of one row; how many bars it misses."""
    missed = 0
    try:
        for line in ROWS[name](worlds):
            missed += line.met is False
            print(line, flush=True)
    except (Failed, Differ) as error:
        print(Line(name, "broke" if isinstance(error, Failed) else str(error), "", "", False))
        if isinstance(error, Failed):
            print(error, file=sys.stderr)
        return missed + 1
    return missed


if __name__ == "__main__":
    main()
