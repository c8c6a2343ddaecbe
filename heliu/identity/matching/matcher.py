"""Units → pairs that are likely one person: a pure function of the units and the frozen model."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from heliu.identity.matching.base import Matches, Scored
from heliu.identity.matching.blocking import Readings, record_keys
from heliu.identity.matching.engine import open_engine
from heliu.identity.matching.features import record_readings, spelled
from heliu.identity.matching.model import Comparison, Model
from heliu.identity.matching.propagation import propagate
from heliu.identity.matching.score import SILENT, score_sql
from heliu.identity.matching.table import store, store_units, unit_columns
from heliu.identity.records import NormalisedRecord

PAIRS = """
CREATE OR REPLACE TABLE pairs AS
SELECT DISTINCT a.unit AS l, b.unit AS r
FROM keys a JOIN keys b ON a.key = b.key AND a.unit < b.unit
"""

Row = tuple[Any, ...]


class Matcher:
    """Applies one frozen model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.hash = model.hash
        self.max_holders = model.max_holders

    def keys(self, record: NormalisedRecord) -> frozenset[str]:
        """What the record must share one of with another to be compared with it."""
        return record_keys(self.model.rules, record_readings(record, self.model.fields))

    def match(
        self,
        units: Sequence[Sequence[NormalisedRecord]],
        holders: Mapping[str, int] | None = None,
    ) -> Matches:
        """Find the pairs of units that are likely one person.

        Args:
            units: Who is one already; one record at least each, in any order.
            holders: Key to how many live records have it, of all the firm's; None where
                these units are all there are. A key on more than `max_holders` brings
                nobody together.

        Returns:
            Links, strongest first: pairs of one community of likely matches. Doubts: all
            other pairs from the review threshold on. Neither depends on the order of units
            or records, save that pairs are named by their places in `units`.
        """
        places = sorted(range(len(units)), key=lambda place: _first(units[place]))
        readings = [
            [record_readings(record, self.model.fields) for record in units[place]]
            for place in places
        ]
        scored = self._score(readings, holders)
        return self._decide(scored, places)

    def _score(
        self, readings: Sequence[Sequence[Readings]], holders: Mapping[str, int] | None
    ) -> list[Row]:
        """Pairs from the review threshold on, by place; see `score_sql` for the columns."""
        keys = [[record_keys(self.model.rules, one) for one in unit] for unit in readings]
        if holders is None:
            holders = Counter(chain.from_iterable(chain.from_iterable(keys)))
        most = self.model.max_holders
        shared = [
            (key, place)
            for place, unit in enumerate(keys)
            for key in sorted(frozenset().union(*unit))
            if 1 < holders.get(key, 1) <= most
        ]
        if not shared:
            return []
        columns = unit_columns([spelled(unit) for unit in readings], self.model.fields)
        with open_engine() as connection:
            store_units(connection, "units", columns, self.model.frequencies)
            _store_keys(connection, shared)
            connection.execute(PAIRS)
            rows: list[Row] = connection.execute(score_sql(self.model)).fetchall()
        return rows

    def _decide(self, rows: list[Row], places: Sequence[int]) -> Matches:
        likely = [(row[0], row[1], row[2]) for row in rows if row[2] > 0]
        labels = propagate(likely)
        links: list[Scored] = []
        doubts: list[Scored] = []
        for row in sorted(rows, key=lambda row: (-row[2], row[0], row[1])):
            left, right, weight = row[:3]
            one, other = sorted((places[left], places[right]))
            scored = Scored(one, other, weight, self._detail(row))
            together = left in labels and labels[left] == labels.get(right)
            (links if together and weight >= self.model.link_at else doubts).append(scored)
        return Matches(links, doubts)

    def _detail(self, row: Row) -> str:
        """Field by field, what agreed how far and what it weighed; never a value."""
        comparisons = self.model.comparisons
        levels, weights = row[3 : 3 + len(comparisons)], row[3 + len(comparisons) :]
        return json.dumps(
            [
                _reason(comparison, level, weight)
                for comparison, level, weight in zip(comparisons, levels, weights, strict=True)
                if level != SILENT
            ]
        )


def _reason(comparison: Comparison, level: int, weight: float) -> dict[str, str | float]:
    return {
        "field": comparison.field,
        "level": comparison.levels[level].label,
        "weight": round(weight, 2),
    }


def _first(unit: Sequence[NormalisedRecord]) -> int:
    return min(record.record_id for record in unit)


def _store_keys(connection: Any, shared: list[tuple[str, int]]) -> None:
    import pyarrow as pa

    keys = pa.array([key for key, _ in shared], pa.string())
    store(
        connection,
        "keys",
        pa.table({"key": keys, "unit": pa.array([unit for _, unit in shared], pa.int64())}),
    )
