"""What the firm's rules do with tags: who reads which, which exclude each other, the groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from heliu.content.catalogue import INTEREST_TAG
from heliu.content.library import ContentLibrary, Variant
from heliu.delivery.campaigns import CampaignSpec
from heliu.delivery.reads import library_reads
from heliu.reports.figures.query import fetch, table_of
from heliu.rules.conditions import tags_in
from heliu.rules.library import Library, SegmentRule
from models import HandTag

HAND = table_of(HandTag)


@dataclass(frozen=True)
class Readers:
    """Who reads a tag, as people call them.

    Attributes:
        tags: Tags whose own rule names it.
        segments: Segments whose rule names it.
        campaigns: Campaigns that rest on it, over any number of steps, or whose text says it.
    """

    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tags or self.segments or self.campaigns)


@dataclass(frozen=True)
class Rulebook:
    """What the rule files say of tags and no table holds.

    Attributes:
        groups: Group → what people call it.
        exclusive: Group → its tags, the first that holds wins.
        readers: Tag → who reads it; every tag of the library has an entry.
    """

    groups: Mapping[str, str] = field(default_factory=dict)
    exclusive: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    readers: Mapping[str, Readers] = field(default_factory=dict)


@dataclass(frozen=True)
class ByHand:
    """The words of humans on one tag that are in force.

    Attributes:
        yes, no: People said to carry it, and said not to.
        soon: Of both, those whose word ends within 30 days.
    """

    tag: str
    yes: int
    no: int
    soon: int


def rulebook(
    library: Library,
    segments: Mapping[str, SegmentRule],
    campaigns: Mapping[str, CampaignSpec],
    contents: ContentLibrary,
    groups: Mapping[str, str],
) -> Rulebook:
    """What the firm's files say of its tags."""
    exclusive = {
        unit[0].group or "": tuple(rule.name for rule in unit)
        for unit in library.units
        if unit[0].order is not None
    }
    readers = _direct(library, segments)
    for tag, titles in _by_campaigns(library, segments, campaigns, contents).items():
        readers[tag] = replace(readers[tag], campaigns=titles)
    return Rulebook(groups, exclusive, readers)


def _direct(library: Library, segments: Mapping[str, SegmentRule]) -> dict[str, Readers]:
    """Tags and segments whose own rule names a tag."""
    found = {tag: Readers() for tag in library.tags}
    for _, rule in sorted(library.tags.items()):
        for tag in tags_in(rule.condition):
            found[tag] = replace(found[tag], tags=(*found[tag].tags, rule.title))
    for _, segment in sorted(segments.items()):
        for tag in tags_in(segment.condition):
            found[tag] = replace(found[tag], segments=(*found[tag].segments, segment.title))
    return found


def _by_campaigns(
    library: Library,
    segments: Mapping[str, SegmentRule],
    campaigns: Mapping[str, CampaignSpec],
    contents: ContentLibrary,
) -> dict[str, tuple[str, ...]]:
    """Tag → titles of the campaigns that rest on it."""
    behind = library_reads(library)
    found: dict[str, list[str]] = {}
    for _, spec in sorted(campaigns.items()):
        read = set(tags_in(segments[spec.segment].condition))
        for channel in spec.channels:
            read |= _said_by(contents.variant(spec.content, channel), library.tags)
        for tag in read.union(*(behind[name].tags for name in read)):
            found.setdefault(tag, []).append(spec.title)
    return {tag: tuple(titles) for tag, titles in found.items()}


def _said_by(variant: Variant, tags: Iterable[str]) -> set[str]:
    """Tags a template's text depends on: those it names, and those a course is suggested by."""
    named = {tag for tag in tags if "tags" in variant.names and tag in variant.text}
    suggested = {tag for tag in tags if "course" in variant.names and tag.startswith(INTEREST_TAG)}
    return named | suggested


def by_hand(connection: sa.Connection, as_of: datetime, soon: datetime) -> list[ByHand]:
    """The words in force as of a moment, by tag: the newest of each person that is not over.

    Args:
        connection: The database.
        as_of: Words said later don't count yet.
        soon: Words that end before this moment are counted as ending soon.
    """
    turn = sa.func.row_number().over(
        partition_by=(HAND.c.profile_id, HAND.c.tag), order_by=(HAND.c.at.desc(), HAND.c.id.desc())
    )
    over = HAND.c.until_at
    said = (
        sa.select(HAND.c.tag, HAND.c.holds, over, turn.label("turn"))
        .where(HAND.c.at <= as_of, sa.or_(over.is_(None), over > as_of))
        .subquery()
    )
    yes = sa.func.count().filter(said.c.holds)
    ending = sa.func.count().filter(said.c.until_at < soon)
    query = sa.select(said.c.tag, yes, sa.func.count() - yes, ending).where(said.c.turn == 1)
    return fetch(connection, query.group_by(said.c.tag).order_by(said.c.tag), ByHand)
