"""What the public data sets of `tags_datasets` have in common."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from heliu.documents import Problems, parse_yaml
from heliu.errors import Place
from heliu.rules.library import Library, TagRule
from heliu.rules.parse import Reader
from heliu.rules.vocabulary import Vocabulary

DAY = 86_400
Members = frozenset[int]  # profile ids
Rows = tuple[str, Sequence[str], Iterable[Sequence[Any]]]  # table, columns, rows


class DataSet(NamedTuple):
    """One public data set.

    Attributes:
        folder: Under HELIU_BENCH_DATA.
        as_of: When its tags are asked for.
        vocabulary: The words its rules use.
        rules: Tag to its condition in YAML.
        rows: From its folder to rows of our tables.
        wanted: From its folder to who must carry which tag, by Polars.
    """

    folder: str
    as_of: datetime
    vocabulary: Vocabulary
    rules: Mapping[str, str]
    rows: Callable[[Path], Iterable[Rows]]
    wanted: Callable[[Path], Mapping[str, Members]]


def library_of(data_set: DataSet) -> Library:
    """Its rules as a library."""
    names, problems = tuple(data_set.rules), Problems()
    rules = {}
    for name, text in data_set.rules.items():
        value = parse_yaml(text, f"{name}.yaml", problems)
        condition = value and Reader(data_set.vocabulary, problems, names).read(value)
        problems.raise_if_any()
        assert condition is not None  # or there were problems
        rules[name] = TagRule(name, name, condition, Place(f"{name}.yaml"))
    return Library(rules)


def who(frame: pl.DataFrame, test: pl.Expr) -> Members:
    """The profiles of the rows that pass."""
    return frozenset(frame.filter(test)["profile_id"].to_list())


def best(frame: pl.DataFrame, column: str, share: float, width: int = 1) -> Members:
    """At most this share of those who have an answer, the highest; equals stay together."""
    known = frame.filter(pl.col(column).is_not_null()).with_columns(
        (pl.col(column) // width).alias("bucket")
    )
    ranked = known.group_by("bucket").len().sort("bucket", descending=True)
    kept = ranked.filter(pl.col("len").cum_sum() <= int(known.height * share))["bucket"]
    return frozenset(known.filter(pl.col("bucket").is_in(kept.implode()))["profile_id"].to_list())
