"""Reading segments: one file a segment, the firm's over the defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sqlalchemy as sa

from heliu.documents import Problems, Value
from heliu.rules.conditions import Condition, InSegment, Leaf, leaves, rewritten
from heliu.rules.examples import ExampleReader
from heliu.rules.files import read_condition, read_examples, read_words, rule_files
from heliu.rules.library import Library, SegmentRule
from heliu.rules.parse import Reader
from heliu.rules.vocabulary import Vocabulary
from models import Segment

KEYS = ("title", "says", "owner", "when", "examples")
SEGMENT = Segment.__table__  # type: ignore[attr-defined]


def load_segments(
    roots: Sequence[Path], library: Library, vocabulary: Vocabulary, problems: Problems
) -> dict[str, SegmentRule]:
    """Every segment in force, from `<root>/rules/segments/*.yaml`.

    The language is that of tags, with other segments besides: their conditions are put in
    place of their names, so that whoever is in a segment can be told without the others.

    Args:
        roots: Folders that may hold `rules/`, the defaults first.
        library: The tags that segments may read.
        vocabulary: The words rules may use.
        problems: Where everything wrong is noted; segments with a problem are left out.
    """
    files = rule_files(roots, "segment", KEYS, problems)
    tags = tuple(sorted(library.known | library.tags.keys()))
    reader = Reader(vocabulary, problems, tags, segments=tuple(files))
    read = [_read_segment(name, value, reader) for name, value in files.items()]
    return _inlined({segment.name: segment for segment in read if segment is not None}, problems)


def _inlined(segments: Mapping[str, SegmentRule], problems: Problems) -> dict[str, SegmentRule]:
    """The same with conditions in place of names; what reads itself, or what isn't there, is out.

    Whatever isn't there has been said: it could not be read.
    """
    found: dict[str, SegmentRule] = {}
    for name in _in_order(segments, problems):
        segment = segments.get(name)
        if segment is None or not segment.reads <= found.keys():
            continue

        def meaning(leaf: Leaf) -> Condition:
            return found[leaf.name].condition if isinstance(leaf, InSegment) else leaf

        found[name] = replace(segment, condition=rewritten(segment.condition, meaning))
    return {name: found[name] for name in segments if name in found}


def _in_order(segments: Mapping[str, SegmentRule], problems: Problems) -> list[str]:
    """Names such that each reads only earlier ones; those in a circle are named and left out."""
    graph = {name: set(segment.reads) for name, segment in segments.items()}
    while True:
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = sorted(set(error.args[1]))
            says = f"segment dependency cycle among {circle}"
            problems.add(segments[circle[0]].place, says, "A segment can't wait for itself.")
            graph = {
                name: reads - set(circle) for name, reads in graph.items() if name not in circle
            }


def _read_segment(name: str, value: Value, reader: Reader) -> SegmentRule | None:
    vocabulary, problems, tags = reader.vocabulary, reader.problems, tuple(reader.tags)
    condition = read_condition(value, reader)
    words = read_words(value, ("title", "says", "owner"), problems)
    examples = read_examples(value, ExampleReader(vocabulary, problems, tags))
    if condition is None:
        return None
    return SegmentRule(
        name=name,
        title=words["title"] or name,
        condition=condition,
        place=value.place,
        says=words["says"],
        owner=words["owner"],
        examples=examples,
        reads=frozenset(leaf.name for leaf in leaves(condition) if isinstance(leaf, InSegment)),
        file=value,
    )


def record_segments(
    connection: sa.Connection, segments: Mapping[str, SegmentRule], run_id: int
) -> None:
    """Note each segment as its file says now; one that says the same is left alone."""
    rows = connection.execute(sa.select(SEGMENT.c.name, SEGMENT.c.title, SEGMENT.c.rule_hash))
    known = {name: (title, rule_hash) for name, title, rule_hash in rows}
    changed = [
        {"name": rule.name, "title": rule.title, "rule_hash": rule.rule_hash, "run_id": run_id}
        for rule in segments.values()
        if known.get(rule.name) != (rule.title, rule.rule_hash)
    ]
    if changed:
        names = [row["name"] for row in changed]
        connection.execute(SEGMENT.delete().where(SEGMENT.c.name.in_(names)))
        connection.execute(SEGMENT.insert(), changed)
