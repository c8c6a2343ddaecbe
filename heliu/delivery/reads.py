"""What a campaign rests on: the tags, fields, events and consents its segment and text read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from heliu.content.library import ContentLibrary, Variant
from heliu.delivery.campaigns import CampaignSpec
from heliu.rules.asks import ConsentWord, Selected
from heliu.rules.conditions import Ask, Condition, FieldTest, Question, leaves, questions, tags_in
from heliu.rules.library import Library, SegmentRule
from heliu.rules.vocabulary import MESSAGE_EVENTS
from heliu.sources.feeds import ANY, Datum

CONSENT = Datum("consent")
# How a person is addressed decides nothing and does not go off; nearly every source tells it.
GREETING = frozenset({"id", "name", "surname"})
# What stands behind `order`: one that was paid for must not be asked for again.
ORDER = ("order_created", "order_paid", "order_refunded")


@dataclass(frozen=True)
class Reads:
    """What something is computed from."""

    tags: frozenset[str] = frozenset()
    data: frozenset[Datum] = frozenset()

    def __or__(self, other: "Reads") -> "Reads":
        return Reads(self.tags | other.tags, self.data | other.data)


def rule_reads(condition: Condition) -> Reads:
    """What a condition reads itself, without what the tags in it read."""
    fields = {
        Datum("field", leaf.word.name) for leaf in leaves(condition) if isinstance(leaf, FieldTest)
    }
    asked = chain.from_iterable(_answers(ask) for ask in questions(condition))
    return Reads(frozenset(tags_in(condition)), frozenset(fields.union(asked)))


def _answers(ask: Ask) -> Iterable[Datum]:
    """Where the answer comes from; words said by hand and messages are our own."""
    match ask:
        case Question():
            return _events(ask.types)
        case ConsentWord():
            return [CONSENT]
        case Selected():
            return [Datum("source")]  # a SELECT may look anywhere
    return []


def _events(types: Iterable[str]) -> list[Datum]:
    told = [name for name in types if name not in MESSAGE_EVENTS]
    if not told:
        return [] if list(types) else [Datum("events")]
    return [*(Datum("event", name) for name in told), Datum("event", ANY)]


def library_reads(library: Library) -> dict[str, Reads]:
    """What each tag rests on, itself and the tags it reads included, over any number of steps."""
    whole: dict[str, Reads] = {}
    for unit in chain.from_iterable(library.layers):
        for rule in unit:
            own = Reads(frozenset({rule.name})) | rule_reads(library.effective(rule.name))
            whole[rule.name] = with_tags(own, whole)
    return whole


def with_tags(reads: Reads, tags: Mapping[str, Reads]) -> Reads:
    """The same, and what the tags in it rest on."""
    for name in reads.tags & tags.keys():
        reads |= tags[name]
    return reads


def campaign_reads(
    spec: CampaignSpec,
    segments: Mapping[str, SegmentRule],
    contents: ContentLibrary,
    tags: Mapping[str, Reads],
) -> Reads:
    """What a campaign rests on: whom it is for, what it tells them, and that they allow it.

    Args:
        spec: The campaign.
        segments: By name.
        contents: Templates; those of the campaign's channels count.
        tags: As of `library_reads`.
    """
    reads = rule_reads(segments[spec.segment].condition) | Reads(data=frozenset({CONSENT}))
    for channel in spec.channels:
        reads |= content_reads(contents.variant(spec.content, channel), tags)
    return with_tags(reads, tags)


def content_reads(variant: Variant, tags: Iterable[str]) -> Reads:
    """What a template says of a person, but for how it addresses them.

    `course` is a suggestion out of the catalogue, which an old source makes no worse.
    """
    fields = () if variant.fields is None else variant.fields - GREETING
    data = {Datum("field", name) for name in fields}
    if variant.fields is None and "profile" in variant.names:
        data.add(Datum("source"))  # handed on as a whole
    if "order" in variant.names:
        data.update(_events(ORDER))
    return Reads(frozenset(tags) if "tags" in variant.names else frozenset(), frozenset(data))
