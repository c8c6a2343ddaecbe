"""What one revision of the rule files says: tags, segments and campaigns as one library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from heliu.errors import Place
from heliu.rules.conditions import HasTag, tags_in
from heliu.rules.library import Library, SegmentRule, TagRule


class Kind(StrEnum):
    """What may gain and lose people when a rule changes."""

    TAG = "tag"
    SEGMENT = "segment"
    CAMPAIGN = "campaign"


class Change(StrEnum):
    """How two revisions differ in one name."""

    NEW = "new"
    REMOVED = "removed"
    CHANGED = "changed"  # its own rule says something else
    DOWNSTREAM = "downstream"  # something it reads does


@dataclass(frozen=True)
class Revision:
    """The rules at one point of a history.

    Attributes:
        label: What people call it: a git revision, or the working tree.
        library: Its tags.
        segments: Its segments, which may read its tags.
        campaigns: Each campaign to the segment it goes to.
        titles: Campaign to title.
    """

    label: str
    library: Library
    segments: Mapping[str, SegmentRule] = field(default_factory=dict)
    campaigns: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def whole(self) -> Library:
        """All of it as tags, so that one statement judges everything against the same tags.

        Segments and campaigns have names no tag can have; a campaign carries its segment.
        """
        rules = dict(self.library.tags)
        for segment in self.segments.values():
            name = key_of(Kind.SEGMENT, segment.name)
            rules[name] = TagRule(name, segment.title, segment.condition, segment.place)
        for campaign, segment_name in self.campaigns.items():
            name = key_of(Kind.CAMPAIGN, campaign)
            reads = HasTag((key_of(Kind.SEGMENT, segment_name),))
            rules[name] = TagRule(name, self.titles.get(campaign, campaign), reads, Place(campaign))
        return Library(rules)


def key_of(kind: Kind, name: str) -> str:
    """What a name is called in the whole; a tag keeps its own.

    >>> key_of(Kind.SEGMENT, "old_students"), key_of(Kind.TAG, "value.high")
    ('segment old_students', 'value.high')
    """
    return name if kind is Kind.TAG else f"{kind} {name}"


def kind_of(key: str) -> tuple[Kind, str]:
    """The kind and the name a key stands for.

    >>> kind_of("segment old_students"), kind_of("value.high")
    ((<Kind.SEGMENT: 'segment'>, 'old_students'), (<Kind.TAG: 'tag'>, 'value.high'))
    """
    kind, blank, name = key.partition(" ")
    return (Kind(kind), name) if blank else (Kind.TAG, key)


def changes_between(before: Library, after: Library) -> dict[str, Change]:
    """Every rule that means something else, by name; the same hash is the same membership."""
    found = {}
    for name in sorted({*before.tags, *after.tags}):
        if name not in before.tags:
            found[name] = Change.NEW
        elif name not in after.tags:
            found[name] = Change.REMOVED
        elif before.rule_hashes[name] != after.rule_hashes[name]:
            same = _own_meaning(before.tags[name]) == _own_meaning(after.tags[name])
            found[name] = Change.DOWNSTREAM if same else Change.CHANGED
    return found


def _own_meaning(rule: TagRule) -> tuple[object, ...]:
    return rule.condition, rule.order, rule.group if rule.order is not None else None


def reads_of(library: Library, name: str) -> frozenset[str]:
    """What a rule's verdict hangs on directly: tags it names, and the group it is exclusive in."""
    unit = next(unit for unit in library.units if any(rule.name == name for rule in unit))
    named = frozenset[str]().union(*(tags_in(rule.condition) for rule in unit))
    return (named | {rule.name for rule in unit}) - {name}
