"""What of a person each source tells: the fields, events and consents its mapping fills."""

from typing import NamedTuple

from heliu.sources.spec import FactSpec, SourceSpec

ANY = "*"
ORDER_EVENTS = {"ordered_at": "order_created", "paid_at": "order_paid"}  # cell → event


class Datum(NamedTuple):
    """One kind of thing a source may tell and a rule may read.

    Attributes:
        kind: field, event, consent; events: any event; source: anything at all.
        name: Which field or event; `*` is an event whose name only the rows tell.
    """

    kind: str
    name: str = ANY


def feeds(spec: SourceSpec) -> frozenset[Datum]:
    """Everything a source tells, as far as its mapping says: rather too much than too little."""
    found = {Datum("source"), *_fields(spec)}
    if events := {name for fact in spec.facts for name in _events(fact)}:
        found |= {Datum("events"), *(Datum("event", name) for name in events)}
    if any(fact.kind == "consents" for fact in spec.facts):
        found.add(Datum("consent"))
    return frozenset(found)


def _fields(spec: SourceSpec) -> set[Datum]:
    if spec.subject is not None and spec.subject.source is not None:
        return set()  # speaks of other sources' records
    names = {*spec.fields, "source_channel"}
    names |= {one.type for one in spec.identifiers}  # a profile's phone and e-mail address
    if spec.created_at or spec.updated_at:
        names |= {"created_at", "updated_at"}  # one stands for both
    return {Datum("field", name) for name in names}


def _events(fact: FactSpec) -> set[str]:
    match fact.kind:
        case "events":
            return _types(fact)
        case "orders":
            told = {event for cell, event in ORDER_EVENTS.items() if cell in fact.cells}
            # Without a time it only fills in what another source's orders lack.
            return told or {*ORDER_EVENTS.values(), "order_refunded"}
        case "refunds":
            return {"order_refunded"}
    return set()


def _types(fact: FactSpec) -> set[str]:
    """The events a mapping may make: its constant, or the words its `when` lets through."""
    cell = fact.cells["type"]
    if cell.constant is not None:
        return {fact.types.get(cell.constant, cell.constant)}
    for when in fact.when:
        if when.cell.column == cell.column and not cell.joined:
            return {fact.types.get(word, word) for word in when.values}
    return {ANY}
