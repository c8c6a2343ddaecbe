"""Weighted label propagation: communities in a graph of likely matches."""

from collections.abc import Iterable

MAX_ROUNDS = 30
SCALE = 10_000  # weights are counted in whole ten-thousandths: sums know no order


def propagate(edges: Iterable[tuple[int, int, float]]) -> dict[int, int]:
    """Give every node of a graph the community it belongs to.

    Every node starts as its own community and then, node by node in ascending order,
    joins the one its edges speak for most; it stays where it is unless another has more.
    Of several with most, the smallest wins. A false link between two groups of people
    is outvoted by the true ones inside each, where connected components would join
    both groups whole.

    Args:
        edges: (node, other node, weight above 0), in any order: m of them.

    Returns:
        Node to label, one of the community's nodes, for every node that has an edge;
        O(m) a round, 30 rounds at most.
        Nodes of one component never depend on another's, so part of a graph gives the
        same as the whole, for the components in it.

    Source: Raghavan, Albert, Kumara (2007), near linear time algorithm to detect
    community structures; here weighted, and without chance.

    >>> ring = [(1, 2, 5.0), (1, 3, 5.0), (2, 3, 5.0), (4, 5, 5.0)]
    >>> propagate([*ring, (3, 4, 0.5)])
    {1: 2, 2: 2, 3: 2, 4: 5, 5: 5}
    """
    neighbours: dict[int, list[tuple[int, int]]] = {}
    for left, right, weight in edges:
        units = round(weight * SCALE)
        neighbours.setdefault(left, []).append((right, units))
        neighbours.setdefault(right, []).append((left, units))
    labels = {node: node for node in sorted(neighbours)}
    for _ in range(MAX_ROUNDS):
        moved = False
        for node, label in labels.items():
            votes: dict[int, int] = {}
            for other, units in neighbours[node]:
                voted = labels[other]
                votes[voted] = votes.get(voted, 0) + units
            most = max(votes.values())
            if votes.get(label, 0) < most:
                labels[node] = min(voted for voted, units in votes.items() if units == most)
                moved = True
        if not moved:
            break
    return labels
