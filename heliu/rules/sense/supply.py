"""Warnings about rules that ask for what no source of the firm tells."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from heliu.documents import Problems, Value
from heliu.errors import Place, did_you_mean
from heliu.rules.asks import ConsentWord, Fact
from heliu.rules.conditions import Ask, Condition, FieldTest, OneOf, Question, asks_of, leaves
from heliu.rules.library import Library, SegmentRule
from heliu.rules.sense.nodes import Node
from heliu.rules.sense.warn import Rule, written
from heliu.rules.vocabulary import NET_FEN, Word

HEADS = ("field", "did", "last", "first", "sequence", "rank", "consent")  # whose word is pointed at
CHANNEL = "source_channel"  # the field that holds a source's channel


@dataclass(frozen=True)
class Supply:
    """What a firm's sources can tell at all.

    Attributes:
        fields: Profile fields that some source fills.
        channels: What `source_channel` may be.
        events: Each event that some source delivers, to the properties it tells of it.
        consents: Whether some source tells consents.
        items: Keys of the firm's products; empty where it lists none.
    """

    fields: frozenset[str]
    channels: frozenset[str]
    events: Mapping[str, frozenset[str]]
    consents: bool = True
    items: frozenset[str] = field(default=frozenset())


Lack = tuple[Place, str, str]  # where a word stands, what is wrong with it, what would be right


def warn_of_supply(
    library: Library,
    segments: Mapping[str, SegmentRule],
    supply: Supply,
    problems: Problems,
    own: Callable[[Place], bool] = lambda place: True,
) -> None:
    """Warn of each word that stays empty: once a rule, where it first stands.

    Args:
        library: The tags in force, sound.
        segments: The segments in force.
        supply: What the sources can tell.
        problems: Where warnings are noted.
        own: Whether a place is in a file of the firm's; of all others together, a
            word is warned of once: they are there for firms with more sources.
    """
    shared: dict[str, list[Lack]] = defaultdict(list)
    rules: list[Rule] = [*library.tags.values(), *segments.values()]
    for rule in rules:
        lacks = {lack[1]: lack for lack in reversed(list(_lacking(rule, supply)))}
        for lack in lacks.values():
            if own(lack[0]):
                problems.warn(*lack)
            else:
                shared[lack[1]].append(lack)
    for says, lacks_of in shared.items():
        place, _, remedy = min(lacks_of)
        more = f", which {len(lacks_of)} rules ask for" if len(lacks_of) > 1 else ""
        problems.warn(place, says + more, remedy)


def _lacking(rule: Rule, supply: Supply) -> Iterator[Lack]:
    """What is missing, where; what another segment asks for is told in that one."""
    node = written(rule)
    for leaf in node.leaves if node else ():
        if not (leaf.value and leaf.value.get("segment")):
            for says, remedy in _of_leaf(leaf.condition, supply):
                yield _place(leaf), says, remedy


def _of_leaf(condition: Condition, supply: Supply) -> Iterator[tuple[str, str]]:
    for leaf in leaves(condition):
        if isinstance(leaf, FieldTest):
            yield from _of_field(leaf, supply)
        for ask in asks_of(leaf):
            yield from _of_ask(ask, supply)


def _place(leaf: Node) -> Place:
    """Where the word stands that the leaf is about."""
    heads: list[Value] = [v for key in HEADS if leaf.value and (v := leaf.value.get(key))]
    return heads[0].place if heads else leaf.place


def _of_field(test: FieldTest, supply: Supply) -> Iterator[tuple[str, str]]:
    name = test.word.name
    if name not in supply.fields:
        yield f"no source fills {name!r}", "Map it in sources.yaml, or switch the rule off."
    elif name == CHANNEL and isinstance(test.check, OneOf):
        yield from _strangers("source has the channel", test.check, supply.channels)


def _of_ask(ask: Ask, supply: Supply) -> Iterator[tuple[str, str]]:
    if isinstance(ask, ConsentWord) and not supply.consents:
        yield "no source tells consents", "Map them in sources.yaml, or switch the rule off."
    if not isinstance(ask, Question) or ask.fact is not Fact.EVENT:
        return
    for event in ask.types:
        if event not in supply.events:
            remedy = "Map it in sources.yaml, or switch the rule off."
            yield f"no source delivers {event!r}", remedy
    told = [supply.events[event] for event in ask.types or supply.events if event in supply.events]
    for word in _words(ask):
        stored = "amount_fen" if word == NET_FEN else word.name
        if told and not any(stored in properties for properties in told):
            yield (
                f"no source tells {stored!r} of {' or '.join(ask.types) or 'anything'}",
                ("It is empty there: map it in sources.yaml, or don't ask for it."),
            )
    for word, test in ask.where:
        if word.name == "item" and isinstance(test, OneOf) and supply.items:
            yield from _strangers("product has the key", test, supply.items, alike=True)


def _words(question: Question) -> list[Word]:
    return [*([question.word] if question.word else []), *(word for word, _ in question.where)]


def _strangers(
    what: str, test: OneOf, known: frozenset[str], alike: bool = False
) -> Iterator[tuple[str, str]]:
    """Values that none of these is; if `alike`, only those that look like one."""
    for value in test.values:
        hint = did_you_mean(str(value), sorted(known))
        if value not in known and (hint or not alike):
            yield f"no {what} {value!r}{hint}", f"Known: {', '.join(sorted(known))}."
