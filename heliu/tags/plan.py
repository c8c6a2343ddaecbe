"""How a run goes about it: what changed so far, and whether looking at that is enough."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.rules.library import Library
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts
from heliu.tags.delta import TOUCHED, LibraryState
from heliu.tags.evaluation import numbers_of
from models import Profile, Tag, TagRun
from models.database import writing

TAG = Tag.__table__  # type: ignore[attr-defined]
TAG_RUN = TagRun.__table__  # type: ignore[attr-defined]
PROFILE = Profile.__table__  # type: ignore[attr-defined]

# Above this share of all profiles touched, looking at everybody is cheaper: one pass in
# the order the facts are stored in, and fresh cuts besides.
MOST_TOUCHED = 0.5


class Mode(StrEnum):
    """Whom a run is to look at."""

    AUTO = "auto"  # those who may have changed, where that is known
    FULL = "full"  # everybody, with new cuts


@dataclass(frozen=True)
class Before:
    """The run that left the tags as they are.

    Attributes:
        as_of: The moment they were made true of.
        cuts: Rank to cut, as used then.
    """

    run_id: int
    as_of: datetime
    cuts: Cuts


@dataclass(frozen=True)
class Plan:
    """What a run is about to do; all of it can be read from the tables again by `read_plan`.

    Attributes:
        full: Whether everybody is judged.
        why: Why so, in a few words.
        before: The run whose state this one starts from; None where it is not to be trusted
            or the rules are others.
        touched: Notes of changes this run works off.
    """

    full: bool
    why: str
    before: Before | None
    touched: int


def begin(
    engine: sa.Engine, library: Library, clock: Clock, run_id: int, mode: Mode = Mode.FULL
) -> Plan:
    """Claim what changed, decide how to go about it, and note that a run is under way.

    A run noted and never finished leaves tags of two moments: the next looks at everybody.
    """
    with writing(engine) as connection:
        touched = _claim(connection, run_id)
        before, distrust = _before(connection, library, clock, run_id)
        full, why = _decide(connection, mode, distrust, touched)
        _number_tags(connection, library)
        connection.execute(TAG_RUN.delete().where(TAG_RUN.c.run_id == run_id))
        cuts = before.cuts if before and not full else {}
        row = {
            "run_id": run_id,
            "as_of_at": clock.as_of,
            "library_hash": meaning(library, clock.zone),
            "cuts": cuts_text(cuts),
            "full": full,
            "why": why,
            "touched": touched,
        }
        connection.execute(TAG_RUN.insert().values(row))
    return Plan(full, why, before, touched)


def meaning(library: Library, zone: ZoneInfo) -> str:
    """What must be the same for a state to be carried on: the rules, and whose days count."""
    return f"{library.hash} {zone.key}"


def cuts_text(cuts: Cuts) -> str:
    """Cuts as a run keeps them."""
    return json.dumps(dict(sorted(cuts.items())), ensure_ascii=False)


def _claim(connection: sa.Connection, run_id: int) -> int:
    """Put our name on what changed so far, whoever claimed it and died; later notes stay."""
    others = TOUCHED.c.claimed_by_run_id.is_distinct_from(run_id)
    connection.execute(TOUCHED.update().where(others).values(claimed_by_run_id=run_id))
    mine = sa.select(sa.func.count()).where(TOUCHED.c.claimed_by_run_id == run_id)
    return connection.execute(mine).scalar_one()


def _before(
    connection: sa.Connection, library: Library, clock: Clock, run_id: int
) -> tuple[Before | None, str]:
    """The state to start from, or why there is none."""
    newest = sa.select(TAG_RUN).order_by(TAG_RUN.c.run_id.desc()).limit(1)
    row = connection.execute(newest).first()
    if row is None:
        return None, "the first run"
    if row.run_id == run_id:  # what its first try was about is still why
        return None, row.why if row.full else "tried again"
    if row.finished_at is None:
        return None, f"run {row.run_id} died midway"
    if row.library_hash != meaning(library, clock.zone):
        return None, "the rules changed"
    if row.as_of_at > clock.as_of:
        return None, "back in time"
    cuts: dict[str, int | None] = json.loads(row.cuts)
    return Before(row.run_id, row.as_of_at, cuts), ""


def _decide(connection: sa.Connection, mode: Mode, distrust: str, touched: int) -> tuple[bool, str]:
    if mode is Mode.FULL:
        return True, distrust or "asked for"
    if distrust:
        return True, distrust
    profiles = connection.execute(sa.select(sa.func.count()).select_from(PROFILE)).scalar_one()
    if touched > MOST_TOUCHED * profiles:
        return True, "most were touched"
    return False, "what changed, and what time moved"


def _number_tags(connection: sa.Connection, library: Library) -> None:
    """Give new tags their numbers; whatever else is said of them comes when they are applied."""
    known: dict[str, int] = dict(
        connection.execute(sa.select(TAG.c.name, TAG.c.number)).tuples().all()
    )
    numbers = numbers_of(known, library)
    fresh = [
        {"name": name, "number": numbers[name], "title": name, "rule_hash": ""}
        for name in sorted(set(numbers) - set(known))
    ]
    if fresh:
        connection.execute(TAG.insert(), fresh)


def library_state(connection: sa.Connection, library: Library) -> LibraryState:
    """The library as the tables know it, between the beginning and the end of a run."""
    columns = (TAG.c.name, TAG.c.number, TAG.c.rule_hash, TAG.c.retired_at)
    known = {name: rest for name, *rest in connection.execute(sa.select(*columns))}
    same = {
        name
        for name, (_, rule_hash, retired_at) in known.items()
        if retired_at is None and library.rule_hashes.get(name) == rule_hash
    }
    numbers: Mapping[str, int] = {name: number for name, (number, _, _) in known.items()}
    return LibraryState(
        numbers=numbers,
        by_rule=frozenset(known.keys() - same),
        manual=frozenset(name for name, rule in library.tags.items() if rule.manual),
    )


def run_cuts(connection: sa.Connection, run_id: int) -> Cuts:
    """The cuts a run goes by."""
    text = connection.execute(
        sa.select(TAG_RUN.c.cuts).where(TAG_RUN.c.run_id == run_id)
    ).scalar_one()
    cuts: dict[str, int | None] = json.loads(text)
    return cuts
