"""Label propagation: communities of likely matches."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from heliu.identity.matching.propagation import propagate

GRAPHS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.floats(0.01, 20)).filter(
        lambda edge: edge[0] != edge[1]
    ),
    max_size=40,
    unique_by=lambda edge: frozenset(edge[:2]),
)


@given(edges=GRAPHS, chance=st.randoms())
def test_the_order_of_edges_changes_nothing(edges, chance):
    turned = [(right, left, weight) for left, right, weight in edges]
    assert propagate(chance.sample(turned, len(turned))) == propagate(edges)


@given(edges=GRAPHS)
def test_a_component_needs_nothing_of_the_others(edges):
    labels = propagate(edges)
    component = {node: node for node in labels}
    for _ in labels:
        for left, right, _ in edges:
            component[left] = component[right] = min(component[left], component[right])
    for root in set(component.values()):
        part = [edge for edge in edges if component[edge[0]] == root]
        assert propagate(part) == {n: labels[n] for n in labels if component[n] == root}


@given(edges=GRAPHS)
def test_a_community_stays_within_its_component(edges):
    for node, label in propagate(edges).items():
        reached = {node}
        for _ in range(13):
            reached |= {r for pair in edges for r in pair[:2] if set(pair[:2]) & reached}
        assert label in reached


def test_a_weak_link_between_two_families_joins_nobody():
    families = [
        (a, b, 6.0) for start in (0, 10) for a in range(start, start + 4)
        for b in range(a + 1, start + 4)
    ]  # fmt: skip
    labels = propagate([*families, (3, 10, 1.0)])
    ours, theirs = ({labels[n] for n in range(first, first + 4)} for first in (0, 10))
    assert len(ours) == len(theirs) == 1
    assert ours != theirs


def test_nobody_has_no_label():
    assert propagate([]) == {}


def test_an_edge_takes_microseconds():
    chance = random.Random(5)
    edges = [
        (20 * family + a, 20 * family + b, chance.uniform(1, 20))
        for family in range(1_000)
        for a in range(10)
        for b in range(a + 1, 10)
    ]
    begin = time.process_time()
    propagate(edges)
    assert (time.process_time() - begin) / len(edges) < 100e-6  # about 10 on a quiet core
