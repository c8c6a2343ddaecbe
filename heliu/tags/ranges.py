"""The parts of a run: each judges some profiles by itself, in any process, in any order.

A part is a pure function of whom it is about, as-of and cuts to a difference,
and writes that difference at once. Done twice, the second finds nothing to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import sqlalchemy as sa

from heliu.rules.among import EVERYBODY, Among
from heliu.rules.asks import Selected
from heliu.rules.conditions import questions
from heliu.rules.cuts import Histogram, cut_of, histogram_select
from heliu.rules.facts import selected
from heliu.rules.library import Library
from heliu.rules.sql import measure_name, measures_select
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts
from heliu.tags.apply import write_delta
from heliu.tags.bands import band_selects
from heliu.tags.delta import PROFILE_TAG, TOUCHED, find_delta
from heliu.tags.evaluation import analyze, drop_kept, judge, keep
from heliu.tags.plan import PROFILE, TAG_RUN, Before, cuts_text, library_state, run_cuts
from models.bulk import insert_new, stage_ids
from models.database import reading, writing

# Profiles a part: its TEMP tables stay below a few hundred MB, its write below half a second.
RANGE_SIZE = 125_000
CHECK_SIZE = 20_000


def split(connection: sa.Connection, size: int = RANGE_SIZE) -> list[Among]:
    """Ranges of profile ids, together all there could be, each with about so many profiles."""
    profiles = connection.execute(sa.select(sa.func.count()).select_from(PROFILE)).scalar_one()
    parts = max(1, -(-profiles // size))
    ids = sa.select(PROFILE.c.id).order_by(PROFILE.c.id)
    ends: list[int] = [
        connection.execute(ids.offset(part * profiles // parts).limit(1)).scalar_one()
        for part in range(1, parts)
    ]
    lows = [None, *ends]
    highs = [*(end - 1 for end in ends), None]
    return [Among(low, high) for low, high in zip(lows, highs, strict=True)]


def histograms(
    engine: sa.Engine, library: Library, clock: Clock, among: Among = EVERYBODY
) -> dict[str, Histogram]:
    """Of each rank, how many of some profiles come to which answer; adds up over parts."""
    asked = list(dict.fromkeys(rank.question for rank in library.ranks))
    if not asked:
        return {}
    with reading(engine) as connection:
        names = [measure_name(number) for number in range(len(asked))]
        measures = keep(connection, "retag_measure", names, measures_select(asked, clock, among))
        found: dict[str, Histogram] = {}
        for rank in library.ranks:
            answer = measures.c[names[asked.index(rank.question)]]
            rows = connection.execute(histogram_select(answer, rank))
            found[str(rank)] = [(int(low), int(people)) for low, people in rows]
        drop_kept(connection)
    return found


def merged_cuts(
    library: Library, found: Sequence[Mapping[str, Histogram]]
) -> dict[str, int | None]:
    """The cut of every rank from the histograms of all parts."""
    cuts = {}
    for rank in library.ranks:
        people: dict[int, int] = {}
        for part in found:
            for low, number in part[str(rank)]:
                people[low] = people.get(low, 0) + number
        cuts[str(rank)] = cut_of(people.items(), rank)
    return cuts


def keep_cuts(engine: sa.Engine, run_id: int, cuts: Cuts) -> None:
    """Note the cuts a run goes by, for its parts and for whoever repeats it."""
    with writing(engine) as connection:
        mine = TAG_RUN.update().where(TAG_RUN.c.run_id == run_id)
        connection.execute(mine.values(cuts=cuts_text(cuts)))


def judge_range(
    engine: sa.Engine, library: Library, clock: Clock, run_id: int, among: Among = EVERYBODY
) -> int:
    """Make the tags of these profiles true; how many were judged.

    Args:
        engine: The firm's database.
        library: Tags in force.
        clock: As-of and the firm's zone.
        run_id: A run under way, whose cuts are kept.
        among: Whom to judge; parts of one run must not overlap.
    """
    with looking(engine) as connection:
        with connection.begin():
            judged, delta = _judged(connection, library, clock, run_id, among)
        may_write(connection)
        write_delta(connection, delta, clock.as_of, run_id)
    return judged


def judge_changed(
    engine: sa.Engine, library: Library, before: Before, clock: Clock, run_id: int
) -> int:
    """The same for those whom notes or the passing of time may have changed."""
    earlier = Clock(before.as_of, clock.zone)
    with looking(engine) as connection:
        with connection.begin():
            among = Among(listed=stage_dirty(connection, library, earlier, clock, run_id))
            judged, delta = _judged(connection, library, clock, run_id, among)
        may_write(connection)
        write_delta(connection, delta, clock.as_of, run_id)
    return judged


def _judged(
    connection: sa.Connection, library: Library, clock: Clock, run_id: int, among: Among
) -> tuple[int, sa.Table]:
    state = library_state(connection, library)
    cuts = run_cuts(connection, run_id)
    wanted = judge(connection, library, state.numbers, clock, cuts, among)
    delta = find_delta(connection, wanted, state, run_id, among)
    return connection.execute(sa.select(sa.func.count()).select_from(wanted)).scalar_one(), delta


def stage_dirty(
    connection: sa.Connection,
    library: Library,
    before: Clock,
    now: Clock,
    run_id: int,
    among: Among = EVERYBODY,
) -> sa.Table:
    """Everybody whose tags may differ from those of the moment before: a TEMP table of `id`.

    Args:
        connection: In a transaction that need not write.
        library: Rules in force at both moments.
        before: The moment the stored tags are true of.
        now: The moment asked about.
        run_id: The run that claimed the notes of what was told since.
        among: Whom to look at.
    """
    dirty = stage_ids(connection, "retag_dirty", ())
    told = sa.select(TOUCHED.c.profile_id).where(
        TOUCHED.c.claimed_by_run_id == run_id, *among.of(TOUCHED.c.profile_id)
    )
    chosen = _selected_anew(connection, library, now, among)
    for select in chain([told], chosen, band_selects(library, before, now, among)):
        connection.execute(insert_new(connection, dirty).from_select(["id"], select.distinct()))
    analyze(connection, dirty.name)
    return dirty


def _selected_anew(
    connection: sa.Connection, library: Library, now: Clock, among: Among
) -> Iterator[sa.Select[Any]]:
    """Whom a tag's own SELECT returns though they don't carry it, and the other way round."""
    for rule in library.tags.values():
        for ask in questions(rule.condition):
            if isinstance(ask, Selected):
                found = keep(connection, "retag_selected", ["found"], selected(ask, now, among))
                members = sa.select(found.c.profile_id)
                carriers = sa.select(PROFILE_TAG.c.profile_id).where(
                    PROFILE_TAG.c.tag == rule.name, *among.of(PROFILE_TAG.c.profile_id)
                )
                yield members.where(found.c.profile_id.not_in(carriers))
                yield carriers.where(PROFILE_TAG.c.profile_id.not_in(members))


@dataclass(frozen=True)
class Checked:
    """What a second look came to.

    Attributes:
        profiles: How many were judged a second time.
        differing: Of these, how many carry other tags than they should though nothing was
            told of them and no window moved over them: always 0, or the scheme is broken.
    """

    profiles: int
    differing: int


def check(
    engine: sa.Engine,
    library: Library,
    before: Before,
    clock: Clock,
    run_id: int,
    among: Among = EVERYBODY,
) -> Checked:
    """Hold incremental = full: judge also those whom an incremental run would leave alone.

    To be called before anything of the run is written.

    Args:
        engine: The firm's database.
        library: The rules of `before` and now.
        before: The run that left the tags as they are; its cuts are used.
        clock: As-of and the firm's zone.
        run_id: The run that claimed the notes.
        among: Whom to look at.
    """
    earlier = Clock(before.as_of, clock.zone)
    with looking(engine) as connection, connection.begin():
        state = library_state(connection, library)
        wanted = judge(connection, library, state.numbers, clock, before.cuts, among)
        find_delta(connection, wanted, state, run_id, among)
        dirty = stage_dirty(connection, library, earlier, clock, run_id, among)
        changed = sa.table("retag_changed", sa.column("profile_id"))
        astray = sa.select(sa.func.count()).where(
            changed.c.profile_id.not_in(sa.select(dirty.c.id))
        )
        profiles = sa.select(sa.func.count()).select_from(wanted)
        return Checked(
            connection.execute(profiles).scalar_one(), connection.execute(astray).scalar_one()
        )


def keep_check(engine: sa.Engine, run_id: int, found: Checked) -> None:
    """Note with the run what a second look at some profiles came to."""
    told = {"checked": found.profiles, "differing": found.differing}
    with writing(engine) as connection:
        connection.execute(TAG_RUN.update().where(TAG_RUN.c.run_id == run_id).values(told))


def range_to_check(connection: sa.Connection, run_id: int) -> Among:
    """A small range, another one each run, so that in time everybody is checked."""
    ranges = split(connection, CHECK_SIZE)
    return ranges[run_id % len(ranges)]


@contextmanager
def looking(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose next transaction is one consistent view that takes no write lock."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        connection.execution_options(read_only=True)
        yield connection
        with connection.begin():
            drop_kept(connection)


def may_write(connection: sa.Connection) -> None:
    """Let the next transactions write, on the connection that holds the TEMP tables."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="READ COMMITTED")
    connection.execution_options(read_only=False)
