"""Every number of the tags page, asked in one consistent view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.reports.figures import tag_moves, tag_overlap, tag_use, tagging
from heliu.reports.figures.query import count, table_of
from models import Profile

PROFILE = table_of(Profile)
SOON = timedelta(days=30)
NO_RULES = tag_use.Rulebook()


@dataclass(frozen=True)
class TagFigures:
    """All that is shown of tags at one moment.

    Attributes:
        rules: What the rule files say; empty where nobody read them.
        people: How many profiles there are.
        last: The newest evaluation, and what it moved.
    """

    now: datetime
    zone: ZoneInfo
    rules: tag_use.Rulebook
    people: int
    held: int
    tagged: int
    tags: Sequence[tagging.TagSize]
    last: tag_moves.Looked | None
    moves: Sequence[tag_moves.Move]
    runs: Sequence[tagging.Retagging]
    days: Sequence[tag_moves.Day]
    pairs: Sequence[tag_overlap.Pair]
    by_hand: Sequence[tag_use.ByHand]

    def title(self, tag: str) -> str:
        """What people call a tag; one no longer in the library goes by its name."""
        return self.titles.get(tag, tag)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Tag → what people call it."""
        return {tag.name: tag.title for tag in self.tags}

    @cached_property
    def groups(self) -> Mapping[str, list[tagging.TagSize]]:
        """Group → its tags, the largest first; groups as the files name them, "" at the end."""
        found: dict[str, list[tagging.TagSize]] = {name: [] for name in self.rules.groups}
        for tag in sorted(self.tags, key=lambda tag: (tag.group is None, tag.group or "")):
            found.setdefault(tag.group or "", []).append(tag)
        by_size = {name: sorted(tags, key=_by_size) for name, tags in found.items()}
        return {name: tags for name, tags in by_size.items() if tags}

    @cached_property
    def everybody(self) -> frozenset[str]:
        """Tags that everybody carries: they tell nobody from anybody."""
        return frozenset(
            tag.name for tag in self.tags if self.people and tag.profiles == self.people
        )

    @cached_property
    def empty(self) -> Sequence[tagging.TagSize]:
        """Tags nobody carries."""
        return [tag for tag in self.tags if not tag.profiles]

    @cached_property
    def unused(self) -> Sequence[tagging.TagSize]:
        """Tags no rule, segment or campaign reads, as far as the files were read."""
        readers = self.rules.readers
        return [tag for tag in self.tags if tag.name in readers and not readers[tag.name]]

    @cached_property
    def telling(self) -> Sequence[tag_overlap.Pair]:
        """Pairs of tags that tell people from each other, those alike the most first."""
        pairs = [p for p in self.pairs if not {p.smaller, p.larger} & self.everybody]
        return sorted(pairs, key=lambda p: (-p.jaccard, -p.both, p.smaller, p.larger))

    @cached_property
    def twins(self) -> Sequence[tag_overlap.Pair]:
        """Pairs that are nearly the same people, and that no hand is there to part."""
        manual = {tag.name for tag in self.tags if tag.manual}
        return [p for p in self.telling if p.alike and not {p.smaller, p.larger} & manual]


def _by_size(tag: tagging.TagSize) -> tuple[int, str]:
    return (-tag.profiles, tag.name)


def gather_tags(
    connection: sa.Connection,
    zone: ZoneInfo,
    now: datetime,
    rules: tag_use.Rulebook = NO_RULES,
) -> TagFigures:
    """Ask everything; O(tags held), for the pairs, is the worst of it.

    Args:
        connection: The database, in one view.
        zone: The firm's, whose days the trends have.
        now: The moment the page is made for; aware.
        rules: What the firm's files say of tags.
    """
    newest = tagging.last_retag(connection)
    last = None if newest is None else tag_moves.looked(connection, newest)
    as_of = last.as_of_at if last else now
    tags = tagging.tag_sizes(connection, newest)
    people = count(connection, sa.select(sa.func.count()).select_from(PROFILE))
    return TagFigures(
        now=now,
        zone=zone,
        rules=rules,
        people=people,
        held=tagging.tags_held(connection),
        tagged=tagging.tagged_profiles(connection),
        tags=tags,
        last=last,
        moves=[] if newest is None else tag_moves.moves(connection, newest),
        runs=tagging.retaggings(connection),
        days=tag_moves.days(connection, zone),
        pairs=tag_overlap.pairs(connection, {tag.name: tag.profiles for tag in tags}, people),
        by_hand=tag_use.by_hand(connection, as_of, as_of + SOON),
    )
