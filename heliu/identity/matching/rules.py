"""Which keys to keep: those that find the likely matches, for few pairs that are none."""

# ruff: noqa: S608 - statements are put together from numbers and names of fields

from collections.abc import Mapping, Sequence
from typing import Any

from heliu.identity.matching.blocking import Readings, Rule, part_values, parts_of
from heliu.identity.matching.table import store
from heliu.rules.vocabulary import MatchKind

MAX_HOLDERS = 50  # records on one key
PAIRS_PER_UNIT = 120  # looked at in training, all rules together
MAX_RULES = 16
PRICE = 0.01  # matches a further pair must promise
LEAST_GAIN = 0.0001  # of all likely matches, that a further rule must find


def store_parts(
    connection: Any,
    records: Sequence[tuple[int, Readings]],
    fields: Mapping[str, MatchKind],
) -> None:
    """Write the table `parts`: a row a record, with the values of every part of a key."""
    import pyarrow as pa

    texts = pa.list_(pa.string())
    data = {"unit": pa.array([unit for unit, _ in records], pa.int64())}
    for parts in parts_of(fields).values():
        for part in parts:
            data[_column(part)] = pa.array(
                [part_values(part, readings) for _, readings in records], texts
            )
    store(connection, "parts", pa.table(data))


def block(connection: Any, rules: Sequence[Rule], units: int) -> list[Rule]:
    """Write the table `reached` (l, r, rule): the pairs each rule brings together.

    Single parts come first, since they find what two errors have left of a person; then
    pairs of parts, the fewest pairs of units first. What goes beyond the budget is left out.

    Returns:
        The rules, by number.
    """
    connection.execute("CREATE OR REPLACE TABLE reached (l BIGINT, r BIGINT, rule INTEGER)")
    sizes = sorted((len(rule), _pairs(connection, rule), rule) for rule in rules)
    left = PAIRS_PER_UNIT * units
    taken: list[Rule] = []
    for _, size, rule in sizes:
        if not 0 < size <= left:
            continue
        left -= size
        connection.execute(
            f"""
            INSERT INTO reached
            SELECT DISTINCT least(a.unit, b.unit), greatest(a.unit, b.unit), {len(taken)}
            FROM ({_shared(rule)}) s
            JOIN ({_keys(rule)}) a USING (key) JOIN ({_keys(rule)}) b USING (key)
            WHERE a.unit < b.unit
            """
        )
        taken.append(rule)
    return taken


def choose(connection: Any, rules: Sequence[Rule]) -> list[Rule]:
    """The rules that together find nearly all likely matches, the most useful first.

    Args:
        connection: Holds `reached` and `likely` (l, r, p).
        rules: By number.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE open_pairs AS "
        "SELECT c.rule, c.l, c.r, coalesce(k.p, 0) AS p "
        "FROM reached c LEFT JOIN likely k USING (l, r)"
    )
    every = connection.execute("SELECT coalesce(sum(p), 0) FROM likely").fetchall()[0][0]
    chosen: list[Rule] = []
    while len(chosen) < MAX_RULES:
        best = connection.execute(
            f"SELECT rule, sum(p) FROM open_pairs GROUP BY rule "
            f"ORDER BY sum(p) - {PRICE} * count(*) DESC, rule LIMIT 1"
        ).fetchall()
        if not best or best[0][1] < LEAST_GAIN * every:
            break
        number = best[0][0]
        chosen.append(rules[number])
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE covered AS "
            f"SELECT l, r FROM open_pairs WHERE rule = {number}"
        )
        connection.execute(
            "CREATE OR REPLACE TABLE open_pairs AS "
            "SELECT o.* FROM open_pairs o ANTI JOIN covered c ON o.l = c.l AND o.r = c.r"
        )
    return chosen


def _column(part: str) -> str:
    return "part_" + part.replace(".", "__")


def _keys(rule: Rule) -> str:
    """SQL: every record's unit with each of its keys, whole; records share a unit."""
    lists = ", ".join(f"unnest({_column(part)}) AS v{n}" for n, part in enumerate(rule))
    if len(rule) == 1:
        return f"SELECT DISTINCT unit, hash(v0) AS key FROM (SELECT unit, {lists} FROM parts)"
    first, second = (_column(part) for part in rule)
    return (
        f"SELECT DISTINCT unit, hash(v0, v1) AS key FROM (SELECT unit, v0, unnest({second}) AS v1 "
        f"FROM (SELECT unit, {second}, unnest({first}) AS v0 FROM parts))"
    )


def _shared(rule: Rule) -> str:
    return (
        f"SELECT key FROM ({_keys(rule)}) GROUP BY key HAVING count(*) BETWEEN 2 AND {MAX_HOLDERS}"
    )


def _pairs(connection: Any, rule: Rule) -> int:
    sql = (
        "SELECT coalesce(sum(n * (n - 1) / 2), 0)::BIGINT FROM "
        f"(SELECT count(*) AS n FROM ({_keys(rule)}) GROUP BY key "
        f"HAVING count(*) BETWEEN 2 AND {MAX_HOLDERS})"
    )
    return int(connection.execute(sql).fetchall()[0][0])
