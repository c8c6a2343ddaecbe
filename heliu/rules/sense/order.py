"""Whether moments can come in the order claimed: differences that can't all be."""

from collections.abc import Iterable

from heliu.rules.sense.facts import Kind, Moment, Order
from heliu.rules.sense.sets import Ints
from heliu.rules.sense.slices import NOW, Edge, Start, no_later, seconds_ago
from heliu.rules.sense.theory import Domains
from heliu.rules.windows import Ago

Node = Moment | Edge
Bounds = dict[tuple[Node, Node], int]  # (a, b) to c: a comes at most c seconds after b


def in_order(orders: Iterable[Order], domains: Domains) -> bool:
    """Whether the moments can lie so, given which slices of the past hold events.

    Each claim is that one moment comes at most so many seconds after another;
    a circle of such claims that adds up to less than nothing can't be.
    """
    bounds: Bounds = {}
    for order in orders:
        _bound(bounds, order.earlier, order.later, -1 if order.strict else 0)
    moments = {node for pair in bounds for node in pair if isinstance(node, Moment)}
    if not moments:
        return True
    for moment in moments:
        _bound(bounds, moment, NOW, 0)
        _place(bounds, moment, domains)
    _relate_moments(bounds, moments)
    _relate_edges(bounds)
    return not _negative_circle(bounds)


def _bound(bounds: Bounds, one: Node, other: Node, seconds: int) -> None:
    known = bounds.get((one, other))
    bounds[one, other] = seconds if known is None else min(known, seconds)


def _place(bounds: Bounds, moment: Moment, domains: Domains) -> None:
    """Where a moment lies by what is known of slices: some there, none there."""
    for subject, domain in domains.items():
        events = subject.events
        if subject.kind is not Kind.COUNT or events is None or not isinstance(domain, Ints):
            continue
        low, high = events.when.low, events.when.high
        if domain.low >= 1 and events.alike(moment.events):
            if moment.last and low is not None:
                _bound(bounds, low, moment, -1)
            if not moment.last:
                _bound(bounds, moment, high, 0)
        if domain.high == 0 and moment.events.alike(events):
            if moment.last and high == NOW and low is not None:
                _bound(bounds, moment, low, 0)
            if not moment.last and low is None:
                _bound(bounds, high, moment, -1)


def _relate_moments(bounds: Bounds, moments: set[Moment]) -> None:
    """Of some among more: no moment is later than the last of more, or before their first."""
    for one in moments:
        for other in moments:
            if one is not other and one.events.alike(other.events):
                pair = (one, other) if other.last else (other, one)
                _bound(bounds, *pair, 0)


def _relate_edges(bounds: Bounds) -> None:
    edges: set[Edge] = {n for pair in bounds for n in pair if isinstance(n, Ago | Start)}
    edges.add(NOW)
    for edge in edges:
        least, most = seconds_ago(edge)
        _bound(bounds, edge, NOW, -least)
        _bound(bounds, NOW, edge, most)
        for other in edges:
            if edge != other and no_later(edge, other):
                _bound(bounds, edge, other, 0)


def _negative_circle(bounds: Bounds) -> bool:
    """Bellman and Ford: distances still fall after as many rounds as there are nodes."""
    distance = dict.fromkeys({node for pair in bounds for node in pair}, 0)
    for _ in distance:
        changed = False
        for (one, other), seconds in bounds.items():
            if distance[other] + seconds < distance[one]:
                distance[one] = distance[other] + seconds
                changed = True
        if not changed:
            return False
    return True
