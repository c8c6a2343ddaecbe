"""The library as one statement: who carries which tags, sixty to a word."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from heliu.rules.among import EVERYBODY, Among
from heliu.rules.columns import PROFILE, Column, Predicate, word_column
from heliu.rules.conditions import Ask, FieldTest, leaves, questions
from heliu.rules.library import Library, Unit
from heliu.rules.predicates import Scope, predicate
from heliu.rules.sql import materialized, measure_name, measures_select
from heliu.rules.vocabulary import Word
from heliu.rules.windows import Clock

TAGS_PER_WORD = 60  # of the 63 bits a signed 64-bit integer has to give

Numbers = Mapping[str, int]  # tag to its number, which is its bit
Cuts = Mapping[str, int | None]  # rank, as text, to its cut


def bit_of(number: int) -> tuple[int, int]:
    """The word a tag's number lies in, and its bit there.

    >>> bit_of(61)
    (1, 2)
    """
    word, place = divmod(number, TAGS_PER_WORD)
    return word, 1 << place


def word_names(numbers: Numbers) -> list[str]:
    """The columns that hold tags of these numbers, at least one.

    >>> word_names({"a": 0, "b": 60})
    ['w0', 'w1']
    """
    return [f"w{word}" for word in range(bit_of(max(numbers.values(), default=0))[0] + 1)]


def library_select(
    library: Library, numbers: Numbers, clock: Clock, cuts: Cuts, among: Among = EVERYBODY
) -> sa.Select[Any]:
    """The whole library as one SELECT of profile_id, w0, w1 … for every profile.

    Args:
        library: Tags to compute.
        numbers: The number of each of them.
        clock: As-of and the firm's zone.
        cuts: Rank to cut; see heliu.rules.cuts.
        among: Whom to judge.
    """
    measures = materialized(measures_select(library.questions, clock, among), "measure")
    return words_select(library, numbers, measures, clock, cuts, among)


@dataclass(frozen=True)
class _Rows:
    """One layer's view of the layers below it."""

    source: sa.FromClause
    profile_id: Column
    fields: Mapping[Word, Column]
    answers: Mapping[Ask, Column]
    words: Sequence[Column]


def words_select(
    library: Library,
    numbers: Numbers,
    measures: sa.FromClause,
    clock: Clock,
    cuts: Cuts,
    among: Among = EVERYBODY,
) -> sa.Select[Any]:
    """The same over measures computed before (a table or CTE as of `measures_select`)."""
    rows = _ground(library, numbers, measures)
    judged = among.of(rows.profile_id)
    layers = library.layers
    for depth, layer in enumerate(layers):
        words = _add_layer(layer, rows, numbers, clock, cuts)
        columns: list[Column] = [rows.profile_id.label("profile_id"), *words]
        select = sa.select(*columns).select_from(rows.source).where(*judged)
        judged = []
        if depth == len(layers) - 1:
            return select
        later = [unit for units in layers[depth + 1 :] for unit in units]
        rows = _above(select, rows, later, f"layer_{depth}")
    nobody: list[Column] = [rows.profile_id.label("profile_id"), *rows.words]
    # a library without tags
    return sa.select(*nobody).select_from(rows.source).where(*judged)


def _ground(library: Library, numbers: Numbers, measures: sa.FromClause) -> _Rows:
    fields, _ = _needs(library.units)
    names = {question: measure_name(n) for n, question in enumerate(library.questions)}
    zero = sa.literal_column("0", sa.BigInteger)
    return _Rows(
        source=PROFILE.outerjoin(measures, measures.c.profile_id == PROFILE.c.id),
        profile_id=PROFILE.c.id,
        fields={word: word_column(PROFILE, word) for word in fields},
        answers={question: measures.c[name] for question, name in names.items()},
        words=[zero.label(name) for name in word_names(numbers)],
    )


def _above(select: sa.Select[Any], rows: _Rows, later: Iterable[Unit], name: str) -> _Rows:
    """Make a layer the ground of the next, carrying what later layers still read."""
    fields, asked = _needs(later)
    field_names = {word: f"f_{word.column}" for word in fields}
    carried: list[Column] = [rows.fields[word].label(label) for word, label in field_names.items()]
    carried += [rows.answers[question] for question in asked]
    layer = materialized(select.add_columns(*carried), name)
    return _Rows(
        source=layer,
        profile_id=layer.c.profile_id,
        fields={word: layer.c[label] for word, label in field_names.items()},
        answers={question: layer.c[rows.answers[question].name] for question in asked},
        words=[layer.c[word.name] for word in rows.words],
    )


def _needs(units: Iterable[Unit]) -> tuple[list[Word], list[Ask]]:
    """The fields and questions these units read, each once, in reading order."""
    conditions = [rule.condition for unit in units for rule in unit]
    tests = [leaf for condition in conditions for leaf in leaves(condition)]
    fields = dict.fromkeys(leaf.word for leaf in tests if isinstance(leaf, FieldTest))
    asked = dict.fromkeys(question for condition in conditions for question in questions(condition))
    return list(fields), list(asked)


def _add_layer(
    layer: Iterable[Unit], rows: _Rows, numbers: Numbers, clock: Clock, cuts: Cuts
) -> list[Column]:
    """Each word with the bits of one more layer set in it."""

    def tag(names: tuple[str, ...]) -> Predicate:
        return _any_bit(names, rows.words, numbers)

    scope = Scope(clock, rows.fields.__getitem__, rows.answers.__getitem__, tag, cuts)
    words: list[Column] = [_unlabelled(word) for word in rows.words]
    for unit in layer:
        tests = [(predicate(rule.condition, scope), bit_of(numbers[rule.name])) for rule in unit]
        for word in sorted({word for _, (word, _) in tests}):
            # the first that holds wins; a bit of another word counts as nothing here
            whens = [(test, _bits(bit if home == word else 0)) for test, (home, bit) in tests]
            words[word] = words[word] + sa.case(*whens, else_=_bits(0))
    return [word.label(old.name) for word, old in zip(words, rows.words, strict=True)]


def _any_bit(names: tuple[str, ...], words: Sequence[Column], numbers: Numbers) -> Predicate:
    masks: dict[int, int] = {}
    for name in names:
        word, bit = bit_of(numbers[name])
        masks[word] = masks.get(word, 0) | bit
    return sa.or_(
        *(_unlabelled(words[n]).bitwise_and(_bits(mask)) != 0 for n, mask in masks.items())
    )


def _bits(bits: int) -> Column:
    return sa.literal(bits, sa.BigInteger)


def _unlabelled(column: Column) -> Column:
    return column.element if isinstance(column, sa.Label) else column
