"""What is too old to be used, and what that makes stale: pure, given what was heard when.

A source or tag that declares a maximum age is late once it is older. Whatever reads it,
over any number of tags, is stale; no campaign that is stale is planned.
See docs/adr/0019-freshness.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from heliu.delivery.reads import Reads, library_reads, rule_reads, with_tags
from heliu.rules.library import Library, SegmentRule
from heliu.rules.windows import duration_text
from heliu.sources.feeds import Datum, feeds
from heliu.sources.spec import SourceSpec

HOUR = 3_600  # seconds


class Kind(StrEnum):
    """What may be stale."""

    SOURCE = "source"
    TAG = "tag"
    SEGMENT = "segment"
    CAMPAIGN = "campaign"


@dataclass(frozen=True)
class Late:
    """A source or tag that is older than it may be.

    Attributes:
        owner: Whom to tell, where its file says.
        heard_at: What its age counts from; None: never heard of, never computed.
        max_age_seconds: How old it may be; None: a tag without a limit that was never computed.
        feeds: What hangs on it; of a tag nothing but its name.
    """

    kind: Kind
    name: str
    owner: str | None
    heard_at: datetime | None
    max_age_seconds: int | None
    feeds: frozenset[Datum] = frozenset()

    def reaches(self, reads: Reads) -> bool:
        """Whether something that reads this reads what is late."""
        if self.kind is Kind.TAG:
            return self.name in reads.tags
        return bool(self.feeds & reads.data)

    def says(self, now: datetime) -> str:
        """Its age and limit in words, for a log."""
        limit = f"at most {duration_text(self.max_age_seconds)}" if self.max_age_seconds else ""
        if self.heard_at is None:
            never = "was never computed" if self.kind is Kind.TAG else "was never heard of"
            return f"{self.kind} {self.name} {never}" + (f", may be {limit} old" if limit else "")
        age = duration_text(int((now - self.heard_at).total_seconds()) // HOUR * HOUR)
        return f"{self.kind} {self.name} is {age} old, may be {limit}"


@dataclass(frozen=True)
class Stale:
    """A source, tag, segment or campaign that rests on something late."""

    kind: Kind
    name: str
    causes: tuple[Late, ...]  # at least one


def late_sources(
    sources: Iterable[SourceSpec], heard: Mapping[str, datetime], now: datetime
) -> list[Late]:
    """Sources older than they may be, in file order.

    Args:
        sources: As their file says; one without a maximum age is never late.
        heard: Source to when it was last heard of; see `heliu.sources.heard`.
        now: What ages count to; what was heard after it is as fresh as can be.
    """
    return [
        Late(Kind.SOURCE, s.name, s.owner, heard.get(s.name), s.max_age_seconds, feeds(s))
        for s in sources
        if s.max_age_seconds and _is_over(heard.get(s.name), s.max_age_seconds, now)
    ]


def late_tags(library: Library, tagged: Mapping[str, datetime], now: datetime) -> list[Late]:
    """Tags computed too long ago, in order of name; one never computed is, limit or none.

    Args:
        library: The tags in force.
        tagged: Tag to the as-of of the run that left it as it is.
        now: What ages count to.
    """
    rules = [library.tags[name] for name in sorted(library.tags)]
    return [
        Late(Kind.TAG, rule.name, rule.owner, tagged.get(rule.name), rule.max_age_seconds)
        for rule in rules
        if _is_over(tagged.get(rule.name), rule.max_age_seconds, now)
    ]


def _is_over(at: datetime | None, most: int | None, now: datetime) -> bool:
    return at is None or (most is not None and now - at > timedelta(seconds=most))


def causes_of(reads: Reads, lates: Iterable[Late]) -> tuple[Late, ...]:
    """What of the late things something reads."""
    return tuple(late for late in lates if late.reaches(reads))


def staleness(
    sources: Iterable[SourceSpec],
    library: Library,
    segments: Mapping[str, SegmentRule],
    heard: Mapping[str, datetime],
    tagged: Mapping[str, datetime],
    now: datetime,
) -> list[Stale]:
    """Every stale source, tag and segment with what makes it so, in this order, each by name.

    Args:
        sources: As `sources.yaml` says.
        library: The tags in force.
        segments: By name.
        heard: Source to when it was last heard of; one that is missing never was.
        tagged: Tag to the as-of it was last computed at; one that is missing never was.
        now: What ages count to.

    Returns:
        Nothing where all is fresh. O(tags × late things).
    """
    old = late_sources(sources, heard, now)
    lates = [*old, *late_tags(library, tagged, now)]
    if not lates:
        return []
    tags = library_reads(library)
    read = [(Kind.TAG, name, tags[name]) for name in sorted(tags)]
    read += [
        (Kind.SEGMENT, name, with_tags(rule_reads(segments[name].condition), tags))
        for name in sorted(segments)
    ]
    found = [Stale(Kind.SOURCE, late.name, (late,)) for late in old]
    hit = ((kind, name, causes_of(reads, lates)) for kind, name, reads in read)
    return found + [Stale(kind, name, causes) for kind, name, causes in hit if causes]
