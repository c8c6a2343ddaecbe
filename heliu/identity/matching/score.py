"""The frozen model as SQL: every pair's level and weight by field, and their sum."""

# ruff: noqa: S608 - statements are put together from numbers and names of fields

import math
import re
from collections.abc import Iterable, Sequence

from heliu.identity.matching.levels import ELSE, Level, null_condition
from heliu.identity.matching.model import Comparison, Model

DIGITS = 4  # of a weight that is kept: far above what sums of doubles differ by
SIDE = re.compile(r"\b(\w+)_(l|r)\b")
SILENT = -1  # the level of a pair of which one says nothing


def level_sql(field: str, null: str, levels: Sequence[Level]) -> str:
    """SQL: which level two units' values of a field reach; SILENT where one has none."""
    cases = [f"WHEN {null} THEN {SILENT}"]
    cases += [
        f"WHEN {level.condition} THEN {place}"
        for place, level in enumerate(levels)
        if level.condition != ELSE
    ]
    return _sided(f"CASE {' '.join(cases)} ELSE {len(levels) - 1} END AS level_{field}")


def _sided(sql: str) -> str:
    """`city_l` and `city_r` as columns of the tables l and r."""
    return SIDE.sub(r"\2.\1", sql)


def levels_sql(
    comparisons: Sequence[tuple[str, str, Sequence[Level]]], pairs: str, units: str = "units"
) -> str:
    """SQL: pairs with the level they reach by each field, and how common what they share is.

    Args:
        comparisons: Field, null condition and levels of each.
        pairs: A table of pairs of units, columns l and r.
        units: The table of units.
    """
    columns = [level_sql(*one) for one in comparisons]
    for column in frequency_columns(levels for _, _, levels in comparisons):
        columns.append(_sided(f"greatest(tf_{column}_l, tf_{column}_r) AS tf_{column}"))
    return (
        f"SELECT p.l, p.r, {', '.join(columns)} FROM {pairs} p "
        f"JOIN {units} l ON l.unit = p.l JOIN {units} r ON r.unit = p.r"
    )


def frequency_columns(every: Iterable[Sequence[Level]]) -> list[str]:
    """The columns whose commonness some level looks at, in order."""
    found = {level.frequency: None for levels in every for level in levels if level.frequency}
    return list(found)


def weight_sql(field: str, levels: Sequence[Level]) -> str:
    """SQL: what the level reached weighs, log2 of m over u or over the value's commonness."""
    cases = []
    for place, level in enumerate(levels):
        chance = number(math.log2(level.u))
        if level.frequency:
            chance = f"log2(coalesce(tf_{level.frequency}, {number(level.u)}))"
        cases.append(f"WHEN {place} THEN {number(math.log2(level.m))} - {chance}")
    return f"CASE level_{field} {' '.join(cases)} ELSE 0e0 END"


def number(value: float) -> str:
    """A literal that DuckDB reads as a double, not as a decimal."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def score_sql(model: Model, pairs: str = "pairs") -> str:
    """SQL: l, r, weight, then each field's level and each field's weight.

    The weight is rounded to four decimals, and only pairs of at least `review_at` are given.
    """
    inner = levels_sql([_told(one) for one in model.comparisons], pairs)
    weights = ", ".join(
        f"{weight_sql(one.field, one.levels)} AS weight_{one.field}" for one in model.comparisons
    )
    total = " + ".join([number(model.base), *(f"weight_{one.field}" for one in model.comparisons)])
    each = ", ".join(
        [f"level_{one.field}" for one in model.comparisons]
        + [f"weight_{one.field}" for one in model.comparisons]
    )
    return (
        f"SELECT l, r, round({total}, {DIGITS}) AS weight, {each} "
        f"FROM (SELECT *, {weights} FROM ({inner})) "
        f"WHERE round({total}, {DIGITS}) >= {number(model.review_at)}"
    )


def _told(comparison: Comparison) -> tuple[str, str, Sequence[Level]]:
    return (
        comparison.field,
        null_condition(comparison.field, comparison.kind),
        comparison.levels,
    )
