"""units → the frozen model: learnt on demand from the firm's own records, without labels."""

# ruff: noqa: S608 - statements are put together from numbers and names of fields

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heliu.errors import PermanentError
from heliu.identity.matching.blocking import possible_rules
from heliu.identity.matching.engine import open_engine
from heliu.identity.matching.features import record_readings, spelled
from heliu.identity.matching.frequencies import Frequencies, count_frequencies
from heliu.identity.matching.levels import Level, levels_of, null_condition
from heliu.identity.matching.maximise import Estimate, maximise
from heliu.identity.matching.model import Comparison, Model
from heliu.identity.matching.rules import MAX_HOLDERS, block, choose, store_parts
from heliu.identity.matching.score import frequency_columns, levels_sql, number, weight_sql
from heliu.identity.matching.splinking import SEED, estimate
from heliu.identity.matching.table import Columns, store, store_units, unit_columns
from heliu.identity.records import NormalisedRecord
from heliu.rules.vocabulary import MatchKind

MOST_UNITS = 200_000  # trained on; more would take minutes and tell nothing more
DRAWN_PAIRS = 1_000_000
LIKELY = 0.1  # probability from which a pair counts when keys are chosen
FIGURES = 6  # digits of an m or u that are kept


@dataclass(frozen=True)
class Thresholds:
    """Weights, log2 of the odds: 0 is even, 1 is two to one."""

    link_at: float = 0.0
    review_at: float = 0.0


@dataclass(frozen=True)
class Training:
    """A model, and what is to be said of how it came about."""

    model: Model
    untrained: tuple[str, ...]  # fields whose m Splink could not estimate


class TooLittle(PermanentError):
    """There is nothing to learn from."""


def train(
    units: Sequence[Sequence[NormalisedRecord]],
    fields: Mapping[str, MatchKind],
    thresholds: Thresholds = Thresholds(),
) -> Training:
    """Learn what agreement weighs, from units that certainty has left.

    Args:
        units: Who is one already, in the order of their smallest records; n of them.
        fields: What is compared.
        thresholds: From where to join and from where to ask.

    Returns:
        The same model for the same units.

    Raises:
        TooLittle: No two units can be compared by anything.
        ExtraMissing: Splink or DuckDB isn't installed.
    """
    readings = [[record_readings(record, fields) for record in unit] for unit in _some(units)]
    spellings = [spelled(unit) for unit in readings]
    fields = {
        field: kind
        for field, kind in fields.items()
        if sum(field in unit for unit in spellings) > 1
    }
    if len(readings) < 2 or not fields:
        raise TooLittle("no two people tell anything that could be compared")
    guessed = {field: levels_of(fields, field) for field in fields}
    columns = unit_columns(spellings, fields)
    frequencies = _frequencies(columns, guessed)
    with open_engine() as connection:
        store_units(connection, "units", columns, frequencies)
        first, untrained = estimate(connection, fields, guessed)
        store_parts(
            connection, [(n, one) for n, unit in enumerate(readings) for one in unit], fields
        )
        rules = block(connection, possible_rules(fields), len(readings))
        _compare(connection, guessed, fields, len(readings))
        found = maximise(connection, guessed, first, len(readings) * (len(readings) - 1) // 2)
        _mark_likely(connection, found)
        chosen = choose(connection, rules)
    figures = {"units": len(readings), "records": sum(map(len, readings)),
               "matches": round(found.matches)}  # fmt: skip
    model = Model(
        prior=_rounded(found.prior),
        comparisons=tuple(
            Comparison(field, fields[field], tuple(map(_frozen, found.levels[field])))
            for field in fields
        ),
        frequencies=frequencies,
        rules=tuple(chosen),
        max_holders=MAX_HOLDERS,
        link_at=thresholds.link_at,
        review_at=thresholds.review_at,
        trained_on=figures,
    )
    return Training(model, tuple(untrained))


def _some(units: Sequence[Sequence[NormalisedRecord]]) -> Sequence[Sequence[NormalisedRecord]]:
    """All units, or as many as training needs, drawn with a fixed seed."""
    if len(units) <= MOST_UNITS:
        return units
    drawn = random.Random(SEED).sample(range(len(units)), MOST_UNITS)  # noqa: S311 - no secret
    return [units[place] for place in sorted(drawn)]


def _frequencies(columns: Columns, levels: Mapping[str, Sequence[Level]]) -> dict[str, Frequencies]:
    return {
        name: count_frequencies(told for told in columns[name] if told)
        for name in frequency_columns(levels.values())
    }


def _compare(
    connection: Any,
    levels: Mapping[str, Sequence[Level]],
    fields: Mapping[str, MatchKind],
    units: int,
) -> None:
    """Write `compared` and `sample`, pairs of one key and at random, and `drawn`, the rest."""
    told = [(field, null_condition(field, fields[field]), levels[field]) for field in fields]
    connection.execute("CREATE OR REPLACE TABLE near AS SELECT DISTINCT l, r FROM reached")
    _draw(connection, units)
    for name, pairs in (("compared", "near"), ("sample", "anyhow")):
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS {levels_sql(told, pairs)}")
    connection.execute(
        "CREATE OR REPLACE TABLE drawn AS "
        "SELECT s.* FROM sample s ANTI JOIN near n ON s.l = n.l AND s.r = n.r"
    )


def _draw(connection: Any, units: int) -> None:
    """Write `anyhow`: every pair of units, or about a million at random distances."""
    import pyarrow as pa

    distances: Sequence[int] = range(1, units)
    if units * (units - 1) // 2 > DRAWN_PAIRS:
        wanted = max(1, DRAWN_PAIRS // units)
        distances = sorted(random.Random(SEED).sample(distances, wanted))  # noqa: S311 - no secret
    store(connection, "distances", pa.table({"d": pa.array(distances, pa.int64())}))
    connection.execute(
        "CREATE OR REPLACE TABLE anyhow AS SELECT unit AS l, unit + d AS r "
        f"FROM units, distances WHERE unit + d < {units}"
    )


def _mark_likely(connection: Any, found: Estimate) -> None:
    total = " + ".join(f"({weight_sql(field, levels)})" for field, levels in found.levels.items())
    weight = f"{number(math.log2(found.prior / (1 - found.prior)))} + {total}"
    connection.execute(
        "CREATE OR REPLACE TABLE likely AS SELECT * FROM (SELECT l, r, "
        f"1 / (1 + pow(2, -greatest(-500, least(500, {weight})))) AS p FROM compared) "
        f"WHERE p >= {LIKELY}"
    )


def _frozen(level: Level) -> Level:
    return Level(
        level.label, level.condition, _rounded(level.m), _rounded(level.u), level.frequency
    )


def _rounded(number: float) -> float:
    return float(f"{number:.{FIGURES}g}")
