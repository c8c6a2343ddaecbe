"""Which profiles a statement is about: all, a range of ids, or those listed in a table."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Among:
    """Some of the profiles; without a bound or a list, all of them.

    Attributes:
        low: The smallest id that counts.
        high: The largest id that counts.
        listed: A table with a column `id`; only ids in it count.
    """

    low: int | None = None
    high: int | None = None
    listed: sa.FromClause | None = None

    def of(self, profile_id: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
        """Tests that let these profiles through, none where all may pass."""
        tests: list[sa.ColumnElement[bool]] = []
        if self.low is not None:
            tests.append(profile_id >= self.low)
        if self.high is not None:
            tests.append(profile_id <= self.high)
        if self.listed is not None:
            tests.append(profile_id.in_(sa.select(self.listed.c.id)))
        return tests


EVERYBODY = Among()
