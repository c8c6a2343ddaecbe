"""Labelled data sets: where their files are, and who is who in them.

They are not in the repository. HELIU_BENCH_DATA names a folder with one folder each, as
their publishers have the files (docs/benchmarks.md tells where from).
"""

import csv
import os
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

Key = tuple[str, str]  # source, key of the record
Row = dict[str, Any]
FOLDER = Path(os.environ.get("HELIU_BENCH_DATA", "benchmarks/data"))


class DataSet(NamedTuple):
    """One labelled data set.

    Attributes:
        folder: Under HELIU_BENCH_DATA.
        files: Source in its sources.yaml → file.
        key: The column that names a row.
        person: From a row to the person it is about.
    """

    folder: str
    files: dict[str, str]
    key: str
    person: Callable[[Row], str]

    @property
    def there(self) -> bool:
        """Whether its files are."""
        return all((FOLDER / self.folder / file).is_file() for file in self.files.values())

    def rows(self, source: str) -> list[Row]:
        """A file's rows, cells without the blanks around them."""
        return read_rows(FOLDER / self.folder / self.files[source])

    def truth(self) -> dict[Key, str]:
        """Every record's person."""
        return {
            (source, str(row[self.key])): self.person(row)
            for source in self.files
            for row in self.rows(source)
        }


def read_rows(path: Path) -> list[Row]:
    """Rows of a CSV or Parquet file; a missing cell is None."""
    if path.suffix == ".parquet":
        import pyarrow.parquet

        return list(pyarrow.parquet.read_table(path).to_pylist())
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, skipinitialspace=True)
        return [
            {name: (cell or "").strip() or None for name, cell in row.items()} for row in reader
        ]


def _febrl_person(row: Row) -> str:
    found = re.match(r"rec-(\d+)-", row["rec_id"])
    assert found is not None
    return found[1]


SENZING = "senzing_truthset"


@lru_cache(maxsize=1)
def _senzing_key() -> dict[Key, str]:
    rows = read_rows(FOLDER / SENZING / "actual_truthset_key.csv")
    return {(row["DATA_SOURCE"], row["RECORD_ID"]): row["CLUSTER_ID"] for row in rows}


def _senzing_person(row: Row) -> str:
    return _senzing_key()[row["DATA_SOURCE"], row["RECORD_ID"]]


DATA_SETS = {
    SENZING: DataSet(
        SENZING,
        {name: f"{name}.csv" for name in ("customers", "reference", "watchlist")},
        "RECORD_ID",
        _senzing_person,
    ),
    "febrl3": DataSet("febrl", {"people": "dataset3.csv"}, "rec_id", _febrl_person),
    "febrl4": DataSet(
        "febrl", {"file_a": "dataset4a.csv", "file_b": "dataset4b.csv"}, "rec_id", _febrl_person
    ),
    "historical_50k": DataSet(
        "historical_50k",
        {"people": "historical_50k.parquet"},
        "unique_id",
        lambda row: str(row["cluster"]),
    ),
    "fake_1000": DataSet(
        "fake_1000", {"people": "fake_1000.csv"}, "unique_id", lambda row: str(row["cluster"])
    ),
}
