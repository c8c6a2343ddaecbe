"""The preview of a change of rules: two libraries judged on the same facts, with reasons.

Of the fifty, one in ten asks over wider windows; then all of them do, which is the most a
preview can have to do.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from benchmarks.tags_library import VOCABULARY, fifty, widened
from heliu.identity.people.shown import MASKED
from heliu.rules.library import Library
from heliu.rules.windows import Clock
from heliu.tags.diff import TagDiff, compare
from heliu.tags.person import load_people
from heliu.tags.revision import Revision
from models.database import reading


def some_changed(library: Library, every: int = 10) -> Library:
    """One tag in so many asks over windows half as long again."""
    rules = {
        name: replace(rule, condition=widened(rule.condition)) if n % every == 0 else rule
        for n, (name, rule) in enumerate(sorted(library.tags.items()))
    }
    return Library(rules)


def preview(engine: sa.Engine, before: Library, after: Library, clock: Clock) -> TagDiff:
    """One preview, with ten samples of each tag."""

    def people(connection: sa.Connection, ids: Any, at: Clock, library: Library) -> Any:
        return load_people(connection, VOCABULARY, ids, at.as_of, library)

    with reading(engine) as connection:
        sides = Revision("before", before), Revision("after", after)
        return compare(connection, *sides, clock, people, MASKED)


def spent(work: Callable[[], TagDiff]) -> dict[str, float]:
    """Wall and CPU seconds, and what came of it."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return {
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "rules": len(found.moves),
        "moved": sum(move.sizes.entered + move.sizes.left for move in found.moves),
        "unconfirmed": sum(not s.confirmed for move in found.moves for s in move.samples),
    }


def rows(engine: sa.Engine, clock: Clock) -> dict[str, dict[str, float]]:
    """Each change by its name, with what its preview took; the bar is on each."""
    library = fifty()
    changes = {"five tags": some_changed(library), "every tag": some_changed(library, 1)}
    return {
        name: spent(lambda changed=changed: preview(engine, library, changed, clock))  # type: ignore[misc]
        for name, changed in changes.items()
    }
