"""The past of a new tag: whom it would have held for, day by day, by the facts known now."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.errors import PermanentError
from heliu.rules.library import Library
from heliu.rules.windows import Clock
from heliu.rules.words import bit_of
from heliu.tags.apply import TAG_COUNT
from heliu.tags.delta import PROFILE_TAG, TAG_CHANGE, Cause
from heliu.tags.evaluation import drop_kept, judge, numbers_of
from heliu.tags.plan import TAG_RUN
from heliu.tags.ranges import histograms, merged_cuts
from models.bulk import stage
from models.columns import BigId

Told = Callable[[int, int], None]  # days done, days in all


@dataclass(frozen=True)
class BackfillCounts:
    """What a backfill wrote.

    Attributes:
        days: How many days were reckoned.
        entered: Times a tag came to hold for somebody.
        left: Times it ceased to.
        earlier: Who carries such a tag now and does so for longer than was known.
    """

    days: int = 0
    entered: int = 0
    left: int = 0
    earlier: int = 0

    def __add__(self, other: "BackfillCounts") -> "BackfillCounts":
        """Of two tags together."""
        return BackfillCounts(
            self.days + other.days,
            self.entered + other.entered,
            self.left + other.left,
            self.earlier + other.earlier,
        )


def backfill(
    engine: sa.Engine,
    library: Library,
    names: Collection[str],
    days: int,
    run_id: int,
    zone: ZoneInfo,
    *,
    told: Told = lambda done, of: None,
) -> BackfillCounts:
    """Write the history tags would have had before they were first computed.

    Each of the days before a tag's first run is judged at its midnight, by the facts and
    profiles as they are known now and by that day's own rank cuts. Done again, it replaces
    what it wrote; what runs saw is never touched.

    Args:
        engine: The firm's database.
        library: Tags in force.
        names: Tags whose past is asked for.
        days: How many days back from each tag's first run.
        run_id: The run the changes are written down to.
        zone: Whose midnights.
        told: Called after every day of a tag.

    Raises:
        PermanentError: A tag was never computed, so its history has no beginning yet.
    """
    return sum(
        (_backfill_one(engine, library, name, days, run_id, zone, told) for name in sorted(names)),
        BackfillCounts(),
    )


def _backfill_one(
    engine: sa.Engine,
    library: Library,
    name: str,
    days: int,
    run_id: int,
    zone: ZoneInfo,
    told: Told,
) -> BackfillCounts:
    some = library.part([name])
    with engine.connect() as connection:
        connection.execution_options(read_only=True)
        with connection.begin():
            run, first = _first_run(connection, name)
            past = _Past.begin(connection, name, some)
            for number, moment in enumerate(midnights(first, days, zone), start=1):
                clock = Clock(moment, zone)
                past.note(connection, clock, merged_cuts(some, [histograms(engine, some, clock)]))
                told(number, days)
        connection.execution_options(read_only=False)
        with connection.begin():
            counts = past.write(connection, run, first, run_id)
        with connection.begin():
            past.drop(connection)
    return replace(counts, days=days)


def midnights(before: datetime, days: int, zone: ZoneInfo) -> Iterator[datetime]:
    """The beginnings of the last days, the first of them first, all earlier than a moment."""
    today = before.astimezone(zone)
    last = datetime.combine(today.date(), time(), tzinfo=zone)
    skip = 1 if last == before else 0
    for back in reversed(range(skip, days + skip)):
        yield datetime.combine(last.date() - timedelta(days=back), time(), tzinfo=zone)


def _first_run(connection: sa.Connection, name: str) -> tuple[int, datetime]:
    """The first run that computed a tag, and its as-of."""
    joined = TAG_RUN.join(TAG_COUNT, TAG_COUNT.c.run_id == TAG_RUN.c.run_id)
    first = sa.select(TAG_RUN.c.run_id, TAG_RUN.c.as_of_at).select_from(joined)
    first = first.where(TAG_COUNT.c.tag == name).order_by(TAG_RUN.c.as_of_at, TAG_RUN.c.run_id)
    found = connection.execute(first.limit(1)).first()
    if found is None:
        raise PermanentError(f"tag {name!r} was never computed; run `heliu run retag` first")
    return found.run_id, found.as_of_at


@dataclass(frozen=True)
class _Past:
    """One tag's past as it is found: TEMP tables of who holds it so far, and of moves."""

    name: str
    library: Library
    held: sa.Table  # profile_id, since
    moves: sa.Table  # profile_id, at, entered

    @classmethod
    def begin(cls, connection: sa.Connection, name: str, library: Library) -> "_Past":
        key = sa.Column("profile_id", BigId, primary_key=True, autoincrement=False)
        held = stage(connection, "backfill_held", [key, sa.Column("since", sa.BigInteger)], [])
        moves = stage(
            connection,
            "backfill_move",
            [sa.Column(name, sa.BigInteger) for name in ("profile_id", "at", "entered")],
            [],
        )
        return cls(name, library, held, moves)

    def note(self, connection: sa.Connection, clock: Clock, cuts: dict[str, int | None]) -> None:
        """Judge one day, and note who began and who ceased to hold the tag."""
        numbers = numbers_of({}, self.library)
        wanted = judge(connection, self.library, numbers, clock, cuts)
        word, bit = bit_of(numbers[self.name])
        holds = wanted.c[f"w{word}"].bitwise_and(bit) != 0
        now = sa.select(wanted.c.profile_id).where(holds)
        held = sa.select(self.held.c.profile_id)
        began = now.where(wanted.c.profile_id.not_in(held))
        ceased = held.where(self.held.c.profile_id.not_in(now))
        columns = ["profile_id", "at", "entered"]
        for who, entered in ((began, 1), (ceased, 0)):
            told = who.add_columns(sa.literal(clock.at), sa.literal(entered))
            connection.execute(self.moves.insert().from_select(columns, told))
        fresh = began.add_columns(sa.literal(clock.at))
        connection.execute(self.held.delete().where(self.held.c.profile_id.not_in(now)))
        connection.execute(self.held.insert().from_select(["profile_id", "since"], fresh))

    def write(
        self, connection: sa.Connection, run: int, first: datetime, run_id: int
    ) -> BackfillCounts:
        """Replace what a backfill of this tag wrote before."""
        mine = (TAG_CHANGE.c.tag == self.name, TAG_CHANGE.c.cause == Cause.BACKFILL.value)
        connection.execute(TAG_CHANGE.delete().where(*mine))
        self._end_those_the_first_run_left_out(connection, first)
        moves = sa.select(
            sa.literal(run_id, sa.BigInteger),
            self.moves.c.profile_id,
            sa.literal(self.name),
            self.moves.c.at,
            self.moves.c.entered == 1,
            sa.literal(Cause.BACKFILL.value),
        ).order_by(self.moves.c.profile_id, self.moves.c.at)
        names = ["run_id", "profile_id", "tag", "at", "entered", "cause"]
        connection.execute(TAG_CHANGE.insert().from_select(names, moves))
        earlier = self._begin_earlier(connection, run)
        in_all = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(self.moves.c.entered), 0))
        rows, entered = connection.execute(in_all).one()
        # PostgreSQL sums integers to decimals
        return BackfillCounts(entered=int(entered), left=rows - int(entered), earlier=earlier)

    def _end_those_the_first_run_left_out(self, connection: sa.Connection, first: datetime) -> None:
        at_first = sa.select(TAG_CHANGE.c.profile_id).where(
            TAG_CHANGE.c.tag == self.name, TAG_CHANGE.c.at == first, TAG_CHANGE.c.entered
        )
        ended = sa.select(
            self.held.c.profile_id, sa.literal(int(first.timestamp())), sa.literal(0)
        ).where(self.held.c.profile_id.not_in(at_first))
        connection.execute(self.moves.insert().from_select(["profile_id", "at", "entered"], ended))

    def _begin_earlier(self, connection: sa.Connection, run: int) -> int:
        """Who has carried the tag since its first run did so before."""
        since = (
            sa.select(self.held.c.since)
            .where(self.held.c.profile_id == PROFILE_TAG.c.profile_id)
            .scalar_subquery()
        )
        held = sa.select(self.held.c.profile_id)
        told = connection.execute(
            PROFILE_TAG.update()
            .where(
                PROFILE_TAG.c.tag == self.name,
                PROFILE_TAG.c.run_id == run,
                PROFILE_TAG.c.profile_id.in_(held),
            )
            .values(since_at=sa.type_coerce(since, PROFILE_TAG.c.since_at.type))
        )
        return told.rowcount

    def drop(self, connection: sa.Connection) -> None:
        """Give the memory back."""
        for table in (self.held, self.moves):
            table.drop(connection)
        drop_kept(connection)
