"""Judging everybody twice by SQL and comparing the words; nothing is written but TEMP tables."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from heliu.rules.conditions import Ask
from heliu.rules.cuts import rank_cuts
from heliu.rules.library import Library
from heliu.rules.sql import measure_name, measures_select
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts, Numbers, bit_of, word_names, words_select
from models.bulk import bulk_select, stage
from models.columns import BigId

MOST_QUESTIONS = 1_500  # columns of a table: PostgreSQL has 1,600


@dataclass(frozen=True)
class Judged:
    """Everybody's words by one library.

    Attributes:
        library: The tags that were computed.
        cuts: Its ranks' cuts, from the same facts.
        words: TEMP table of profile_id, w0, w1 …
    """

    library: Library
    cuts: Cuts
    words: sa.Table


class Sizes(NamedTuple):
    """How many carry a tag by either library, and how many only by one."""

    before: int
    after: int
    entered: int
    left: int


def judge_twice(
    connection: sa.Connection, before: Library, after: Library, numbers: Numbers, clock: Clock
) -> tuple[Judged, Judged]:
    """Judge everybody by two libraries, whose questions are answered in one pass.

    Args:
        connection: In a transaction that need not write; the TEMP tables stay on it.
        before: One library.
        after: Another.
        numbers: The bit of each tag of either, the same for both.
        clock: As-of and the firm's zone, the same for both.
    """
    asked = _batches(before, after)
    tables = [
        _keep(
            connection,
            f"diff_measure_{number}",
            [measure_name(n) for n in range(len(questions))],
            measures_select(questions, clock),
        )
        for number, questions in enumerate(asked)
    ]
    sides = []
    for name, library, questions, table in zip(
        ("before", "after"), (before, after), asked * 2, tables * 2, strict=False
    ):
        measures = _answers_for(library, questions, table, f"{name}_measure")
        cuts = rank_cuts(connection, library, measures)
        words = words_select(library, numbers, measures, clock, cuts)
        kept = _keep(connection, f"diff_{name}", word_names(numbers), words)
        sides.append(Judged(library, cuts, kept))
    return sides[0], sides[1]


def _batches(before: Library, after: Library) -> list[Sequence[Ask]]:
    """The questions of both in one table, or of each in its own where they are too many."""
    both = sorted({*before.questions, *after.questions}, key=repr)
    return [both] if len(both) <= MOST_QUESTIONS else [before.questions, after.questions]


def _answers_for(
    library: Library, asked: Sequence[Ask], table: sa.Table, name: str
) -> sa.FromClause:
    """A library's answers under the names its statement looks for."""
    numbers = {question: number for number, question in enumerate(asked)}
    answers = [
        table.c[measure_name(numbers[question])].label(measure_name(number))
        for number, question in enumerate(library.questions)
    ]
    return sa.select(table.c.profile_id, *answers).subquery(name)


def _keep(
    connection: sa.Connection, name: str, columns: Sequence[str], select: sa.Select[Any]
) -> sa.Table:
    key = sa.Column("profile_id", BigId, primary_key=True, autoincrement=False)
    table = stage(connection, name, [key, *(sa.Column(c, sa.BigInteger) for c in columns)], [])
    connection.execute(table.insert().from_select(["profile_id", *columns], select))
    if connection.dialect.name == "postgresql":  # it would guess a fresh table's size
        connection.exec_driver_sql(f"ANALYZE {name}")
    return table


def sizes_of(
    connection: sa.Connection, before: Judged, after: Judged, numbers: Mapping[str, int]
) -> dict[str, Sizes]:
    """The carriers of these tags by either library, from the few pairs of words there are.

    Args:
        connection: That of `judge_twice`.
        before: Its first answer.
        after: Its second answer.
        numbers: The tags asked for and their bits; a part of those computed will do.
    """
    found: dict[str, Sizes] = {}
    for word, bits in _bits_by_word(numbers).items():
        mask = sum(bits.values())
        pairs = connection.execute(_pairs_select(before.words, after.words, word, mask)).all()
        for name, bit in bits.items():
            both = [(old & bit, new & bit, people) for old, new, people in pairs]
            found[name] = Sizes(
                before=sum(people for old, _, people in both if old),
                after=sum(people for _, new, people in both if new),
                entered=sum(people for old, new, people in both if new and not old),
                left=sum(people for old, new, people in both if old and not new),
            )
    return found


def _bits_by_word(numbers: Mapping[str, int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for name, number in numbers.items():
        word, bit = bit_of(number)
        found.setdefault(word, {})[name] = bit
    return found


def _pairs_select(before: sa.Table, after: sa.Table, word: int, mask: int) -> sa.Select[Any]:
    """How many people have each pair of an old and a new word, of these bits only."""
    bits = sa.literal(mask, sa.BigInteger)
    old = before.c[f"w{word}"].bitwise_and(bits).label("old")
    new = after.c[f"w{word}"].bitwise_and(bits).label("new")
    pairs = sa.select(old, new).join_from(before, after, after.c.profile_id == before.c.profile_id)
    inner = pairs.subquery("pair")
    return sa.select(inner.c.old, inner.c.new, sa.func.count()).group_by(inner.c.old, inner.c.new)


def samples_of(
    connection: sa.Connection,
    before: Judged,
    after: Judged,
    numbers: Mapping[str, int],
    wanted: Mapping[tuple[str, bool], int],
) -> dict[tuple[str, bool], list[int]]:
    """The first profiles that enter or leave, in order of their ids.

    Args:
        connection: That of `judge_twice`.
        before: Its first answer.
        after: Its second answer.
        numbers: The tags asked for and their bits.
        wanted: (tag, entered) to how many; no more than there are, or everybody is looked at.
    """
    found: dict[tuple[str, bool], list[int]] = {pair: [] for pair in wanted}
    bits = {name: bit_of(numbers[name]) for name, _ in wanted}
    missing = sum(wanted.values())
    if not missing:
        return found
    with closing(_moved(connection, before.words, after.words)) as moved:
        for profile_id, old, new in moved:
            for name, (word, bit) in bits.items():
                if (old[word] ^ new[word]) & bit:
                    pair = name, bool(new[word] & bit)
                    if len(found.get(pair, ())) < wanted.get(pair, 0):
                        found[pair].append(profile_id)
                        missing -= 1
            if not missing:
                break
    return found


def _moved(
    connection: sa.Connection, before: sa.Table, after: sa.Table
) -> Generator[tuple[int, Sequence[int], Sequence[int]], None, None]:
    """Profiles whose words differ, by id, with the old and the new words."""
    words = [column.name for column in before.c if column.name != "profile_id"]
    old, new = [before.c[word] for word in words], [after.c[word] for word in words]
    select = (
        sa.select(before.c.profile_id, *old, *new)
        .join_from(before, after, after.c.profile_id == before.c.profile_id)
        .where(sa.or_(*(one != other for one, other in zip(old, new, strict=True))))
        .order_by(before.c.profile_id)
    )
    for profile_id, *both in bulk_select(connection, select):
        yield profile_id, both[: len(words)], both[len(words) :]


def drop_judged(connection: sa.Connection) -> None:
    """Give the TEMP tables' memory back."""
    for name in ("diff_measure_0", "diff_measure_1", "diff_before", "diff_after"):
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {name}"))
