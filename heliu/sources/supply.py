"""What a firm's sources can tell at all, by their mappings: fields, events and their properties."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from heliu.rules.sense.supply import CHANNEL, Supply
from heliu.rules.vocabulary import Vocabulary
from heliu.sources.config import DETAILS
from heliu.sources.spec import Cell, FactSpec, SourceSpec

CONTACTS = ("phone", "email")  # identifiers that profiles show as fields
TELLS = {"city": "province", "province": "city"}  # a place's column tells of both
DETAIL_NAMES = frozenset(DETAILS) - {"amount_yuan"}


def supply_of(specs: Sequence[SourceSpec], words: Vocabulary, items: Iterable[str] = ()) -> Supply:
    """What the sources may fill; an event's name read from a column may be any known one."""
    facts = [fact for spec in specs for fact in spec.facts]
    events: dict[str, frozenset[str]] = defaultdict(frozenset)
    for event, properties in (*_events(facts, words), *_order_events(facts)):
        events[event] |= properties
    return Supply(
        fields=frozenset(name for spec in specs for name in _fields(spec)),
        channels=frozenset(spec.channel for spec in specs),
        events=dict(events),
        consents=any(fact.kind == "consents" for fact in facts),
        items=frozenset(items),
    )


def _fields(spec: SourceSpec) -> Iterator[str]:
    yield CHANNEL
    yield from spec.fields
    yield from (TELLS[name] for name in spec.fields if name in TELLS)
    yield from (one.type for one in spec.identifiers if one.type in CONTACTS)
    if spec.created_at or spec.updated_at:  # one stands for the other
        yield from ("created_at", "updated_at")


def _told(fact: FactSpec) -> frozenset[str]:
    """Properties that a mapping fills."""
    given = {"amount_fen" if name == "amount_yuan" else name for name in fact.cells}
    return frozenset((given & DETAIL_NAMES) | set(fact.properties))


def _events(facts: Iterable[FactSpec], words: Vocabulary) -> Iterator[tuple[str, frozenset[str]]]:
    for fact in facts:
        if fact.kind == "events":
            for said in _types(fact):
                known = words.events if said is None else [fact.types.get(said, said)]
                yield from ((event, _told(fact)) for event in known)


def _types(fact: FactSpec) -> Iterable[str | None]:
    """The source's words for the events it delivers; None where they may be any."""
    cell: Cell = fact.cells["type"]
    if cell.constant is not None:
        return [cell.constant]
    for when in fact.when:
        if when.cell.column == cell.column:
            return sorted(when.values)
    return [None]


def _order_events(facts: Iterable[FactSpec]) -> Iterator[tuple[str, frozenset[str]]]:
    """Orders merge by number: any source of orders may fill what another left empty."""
    orders = [fact for fact in facts if fact.kind == "orders"]
    refunds = [fact for fact in facts if fact.kind == "refunds"]
    told = frozenset().union(*(_told(fact) for fact in orders)) if orders else frozenset()
    for event, cell in (("order_created", "ordered_at"), ("order_paid", "paid_at")):
        if any(cell in fact.cells for fact in orders):
            yield event, told
    if orders and refunds:
        amounts = frozenset().union(*(_told(fact) for fact in refunds)) & {"amount_fen"}
        yield "order_refunded", (told - {"amount_fen"}) | amounts
