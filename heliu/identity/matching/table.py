"""Units as tables of DuckDB: a row each, a list of values for every spelling of every field."""

# ruff: noqa: S608 - statements are put together from numbers and names of fields

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from heliu.identity.matching.frequencies import Frequencies
from heliu.identity.matching.levels import SPELLINGS, column
from heliu.rules.vocabulary import MatchKind

Columns = dict[str, list[list[str] | None]]  # column → each unit's values
Spelled = Mapping[str, Mapping[str, Iterable[str]]]  # field → spelling → values


def unit_columns(units: Sequence[Spelled], fields: Mapping[str, MatchKind]) -> Columns:
    """Every column of every field; a unit that is silent has NULL there."""
    columns: Columns = {}
    for field, kind in fields.items():
        told = [unit.get(field) for unit in units]
        for spelling in SPELLINGS[kind]:
            columns[column(field, spelling)] = [
                sorted(values) if one and (values := one.get(spelling)) else None for one in told
            ]
    return columns


def store_units(
    connection: Any, name: str, columns: Columns, frequencies: Mapping[str, Frequencies]
) -> None:
    """Write the table: `unit` counts from 0, lists as texts, `tf_…` how common the values are."""
    import pyarrow as pa

    size = len(next(iter(columns.values()))) if columns else 0
    texts = pa.list_(pa.string())
    data = {"unit": pa.array(range(size), pa.int64())}
    for name_, values in columns.items():
        data[name_] = pa.array(values, texts)
    for name_, known in frequencies.items():
        shares = [None if told is None else known.of(told) for told in columns[name_]]
        data[f"tf_{name_}"] = pa.array(shares, pa.float64())
    store(connection, name, pa.table(data))


def store(connection: Any, name: str, table: Any) -> None:
    """Copy an Arrow table into the database."""
    connection.register(f"arrow_{name}", table)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM arrow_{name}")
    connection.unregister(f"arrow_{name}")
