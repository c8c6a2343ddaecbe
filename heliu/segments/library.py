"""Reading segments: one file a segment, the firm's over the defaults."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from heliu.documents import Problems, Value
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

    The language is that of tags, without ranks: a rank needs the cuts of a tag run.

    Args:
        roots: Folders that may hold `rules/`, the defaults first.
        library: The tags that segments may read.
        vocabulary: The words rules may use.
        problems: Where everything wrong is noted; segments with a problem are left out.
    """
    files = rule_files(roots, "segment", KEYS, problems)
    tags = tuple(sorted(library.tags))
    read = [_read_segment(name, value, tags, vocabulary, problems) for name, value in files.items()]
    return {segment.name: segment for segment in read if segment is not None}


def _read_segment(
    name: str, value: Value, tags: tuple[str, ...], vocabulary: Vocabulary, problems: Problems
) -> SegmentRule | None:
    condition = read_condition(value, Reader(vocabulary, problems, tags, ranks=False))
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
