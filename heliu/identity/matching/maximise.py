"""Expectation maximisation over all pairs that share any key, from where Splink has got to.

Splink's sessions see the pairs that agree on one field each, and where most of those are
different people a session may settle on calling them the same. Taken together, with u held
fast, the pairs of all keys pull m to one answer; and the share of matches, which Splink asks
to be told, comes out of it.
"""

# ruff: noqa: S608 - statements are put together from numbers and names of fields

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from heliu.identity.matching.levels import Level
from heliu.identity.matching.score import number, weight_sql

ROUNDS = 50
SETTLED = 1e-4  # largest change of an m that no longer matters
PSEUDO = 1.0  # matches that the first guesses count for: what nobody showed stays possible
LEAST_PRIOR = 1e-12
WITHIN = 500.0  # weights beyond are certain; 2 ** 1100 is no number

Levels = Mapping[str, Sequence[Level]]


@dataclass(frozen=True)
class Estimate:
    """What expectation maximisation has come to.

    Attributes:
        levels: Field to its levels, with m and u.
        prior: How often two units drawn at random are one person.
        matches: How many of the pairs looked at are expected to be one person.
    """

    levels: dict[str, list[Level]]
    prior: float
    matches: float


def maximise(connection: Any, guessed: Levels, first: Levels, pairs: int) -> Estimate:
    """Estimate m of every level, and the prior.

    Args:
        connection: Holds `compared`, the pairs that share a key with their levels, and
            `drawn`, pairs drawn at random that don't.
        guessed: Field to levels as nobody has trained them.
        first: The same as Splink has.
        pairs: How many pairs of units there are.
    """
    drawn = _one(connection, "SELECT count(*) FROM sample")
    sampled = {field: _comparable(connection, field) for field in first}
    found = Estimate({field: list(levels) for field, levels in first.items()}, 1e-4, 0.0)
    observed = {field: [level.u for level in levels] for field, levels in first.items()}
    for _ in range(ROUNDS):
        matches, sums = _expect(connection, found)
        silent = _silent(connection, found, drawn)
        prior = max(LEAST_PRIOR, min(0.5, matches / (pairs * max(1e-3, 1 - silent))))
        levels = {
            field: _updated(found.levels[field], guessed[field], sums[field], observed[field],
                            prior, sampled[field])
            for field in found.levels
        }  # fmt: skip
        change = max(
            (abs(new.m - old.m)
             for field in levels
             for new, old in zip(levels[field], found.levels[field], strict=True)),
            default=0.0,
        )  # fmt: skip
        found = Estimate(levels, prior, matches)
        if change < SETTLED:
            break
    return found


def _expect(connection: Any, found: Estimate) -> tuple[float, dict[str, list[float]]]:
    """Expected matches in all, and by level of each field."""
    base = math.log2(found.prior / (1 - found.prior))
    sums = ", ".join(
        f"coalesce(sum(p) FILTER (level_{field} = {place}), 0)"
        for field, levels in found.levels.items()
        for place in range(len(levels))
    )
    row = connection.execute(
        f"SELECT coalesce(sum(p), 0), {sums} FROM (SELECT *, 1 / (1 + pow(2, -w)) AS p FROM "
        f"(SELECT *, greatest(-{WITHIN}, least({WITHIN}, {number(base)} + {_total(found)})) AS w "
        "FROM compared))"
    ).fetchall()[0]
    values = iter(row[1:])
    return row[0], {field: [next(values) for _ in levels] for field, levels in found.levels.items()}


def _silent(connection: Any, found: Estimate, drawn: int) -> float:
    """The share of all pairs of which so little is known that they can't be told apart.

    Pairs that share no key aren't looked at; such of them as merely say nothing are one
    person as often as any, so the prior is a share of those that do say something.
    """
    row = connection.execute(
        f"SELECT coalesce(sum(pow(2, least(0, {_total(found)}))), 0) FROM drawn"
    ).fetchall()[0]
    return float(row[0]) / max(1, drawn)


def _total(found: Estimate) -> str:
    return " + ".join(f"({weight_sql(field, levels)})" for field, levels in found.levels.items())


def _updated(
    levels: Sequence[Level],
    guessed: Sequence[Level],
    sums: Sequence[float],
    observed: Sequence[float],
    prior: float,
    comparable: float,
) -> list[Level]:
    """New m; and u without the matches that are among pairs drawn at random."""
    total = sum(sums) + PSEUDO
    least = 0.5 / max(1.0, comparable)
    renewed = []
    for level, guess, expected, seen in zip(levels, guessed, sums, observed, strict=True):
        m = (expected + PSEUDO * guess.m) / total
        renewed.append(replace(level, m=m, u=max(least, (seen - prior * m) / (1 - prior))))
    return renewed


def _comparable(connection: Any, field: str) -> float:
    """How many of the pairs drawn at random can be compared by a field."""
    return float(_one(connection, f"SELECT count(*) FROM sample WHERE level_{field} >= 0"))


def _one(connection: Any, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])
