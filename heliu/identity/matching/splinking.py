"""Splink on DuckDB: a first estimate of how often values agree by chance and in truth."""

# ruff: noqa: S608 - statements are put together from numbers and names of fields

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from heliu.identity.matching.levels import Level, column, null_condition
from heliu.rules.vocabulary import MatchKind

SAMPLED_PAIRS = 2_000_000  # for u
LEAST_PAIRS = 50  # that a training rule must bring together
EM_PAIRS = 200_000  # of one training rule, for m
SEED = 20_260_131
Levels = Mapping[str, Sequence[Level]]


def splink_settings(
    fields: Mapping[str, MatchKind], levels: Levels, prior: float = 1e-4
) -> dict[str, Any]:
    """Our comparisons as Splink's settings; `predict` with them weighs as `score_sql` does."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unit",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "comparisons": [
            {"output_column_name": field, "comparison_levels": _levels(field, kind, levels[field])}
            for field, kind in fields.items()
        ],
    }


def _levels(field: str, kind: MatchKind, levels: Sequence[Level]) -> list[dict[str, Any]]:
    null = {
        "sql_condition": f"{null_condition(field, kind)}",
        "label_for_charts": "silent",
        "is_null_level": True,
    }
    return [null, *map(_level, levels)]


def _level(level: Level) -> dict[str, Any]:
    told: dict[str, Any] = {
        "sql_condition": level.condition,
        "label_for_charts": level.label,
        "m_probability": level.m,
        "u_probability": level.u,
    }
    if level.frequency:
        told["tf_adjustment_column"] = level.frequency
        told["tf_adjustment_weight"] = 1.0
        told["disable_tf_exact_match_detection"] = True  # the level's own u is the one to replace
    return told


def estimate(
    connection: Any, fields: Mapping[str, MatchKind], levels: Levels
) -> tuple[dict[str, list[Level]], list[str]]:
    """Estimate u by random sampling and m by expectation maximisation, rule after rule.

    Args:
        connection: Holds the table `units`.
        fields: What is compared.
        levels: The levels with guesses for m and u.

    Returns:
        The levels with what could be estimated, guesses elsewhere; and the fields whose m
        Splink could not estimate, for want of pairs.
    """
    with _quiet():
        sampled = _sample(connection, fields, levels)
        sessions = [
            trained
            for field in fields
            if (trained := _maximise(connection, fields, sampled, field))
        ]
    found = {field: _averaged(sampled[field], sessions, field) for field in fields}
    return found, [field for field in fields if found[field] == sampled[field]]


def _linker(connection: Any, fields: Mapping[str, MatchKind], levels: Levels) -> Any:
    from splink import Linker, SettingsCreator
    from splink.backends.duckdb import DuckDBAPI

    settings = SettingsCreator(**splink_settings(fields, levels))
    return Linker(DuckDBAPI(connection=connection).register("units"), settings, log_level=None)


def _sample(
    connection: Any, fields: Mapping[str, MatchKind], levels: Levels
) -> dict[str, list[Level]]:
    """The levels with u as pairs drawn at random show it."""
    linker = _linker(connection, fields, levels)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    told = _told(linker)
    return {
        field: [
            replace(level, u=_usable(one.get("u_probability"), level.u))
            for level, one in zip(levels[field], told[field], strict=True)
        ]
        for field in fields
    }


def _maximise(
    connection: Any, fields: Mapping[str, MatchKind], levels: Levels, field: str
) -> dict[str, list[float]]:
    """One session over the pairs that agree on a field: m of the other fields' levels.

    Empty where there are too few pairs. A session that fails leaves its linker in pieces,
    so each has its own.
    """
    from splink.internals.exceptions import SplinkException

    listed = column(field)
    shared = connection.execute(
        "SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM (SELECT count(*) AS n FROM units "
        f"WHERE {listed} IS NOT NULL GROUP BY {listed})"
    ).fetchall()[0][0]
    if shared < LEAST_PAIRS or len(fields) == 1:
        return {}
    linker = _linker(connection, fields, levels)
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            f"l.{listed} = r.{listed}",
            estimate_without_term_frequencies=True,
            max_pairs=EM_PAIRS if shared > EM_PAIRS else None,
        )
    except (SplinkException, ZeroDivisionError, ValueError):
        return {}  # the other sessions, or the guesses, have to do
    return {
        other: [_usable(one.get("m_probability"), level.m)
                for level, one in zip(levels[other], told, strict=True)]
        for other, told in _told(linker).items()
    }  # fmt: skip


def _told(linker: Any) -> dict[str, list[dict[str, Any]]]:
    """Field to what Splink says of each of its levels."""
    return {
        comparison["output_column_name"]: [
            one for one in comparison["comparison_levels"] if not one.get("is_null_level")
        ]
        for comparison in linker.misc.save_model_to_json()["comparisons"]
    }


def _averaged(
    levels: Sequence[Level], sessions: Sequence[Mapping[str, list[float]]], field: str
) -> list[Level]:
    """The mean of what the sessions say; one that could not see the field repeats the guess."""
    guess = [level.m for level in levels]
    said = [session[field] for session in sessions if session.get(field, guess) != guess]
    if not said:
        return list(levels)
    means = [sum(column) / len(said) for column in zip(*said, strict=True)]
    return [replace(level, m=m) for level, m in zip(levels, means, strict=True)]


def _usable(estimate: object, guess: float) -> float:
    return estimate if isinstance(estimate, float) and 0 < estimate < 1 else guess


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink tells every step; its words may hold column names and SQL, never needed here."""
    logger = logging.getLogger("splink")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
