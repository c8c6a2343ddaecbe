"""The link step alone: our constrained union against scipy's components, on the same edges."""

import time
from random import Random
from typing import NamedTuple

from benchmarks.telling import generate
from heliu.identity.cluster import Clusters

Edge = tuple[int, int]
IDS = ("openid", "unionid", "external_userid", "open_id")
PHONES = ("手机", "remark_mobiles", "phone")
EMAILS = ("邮箱", "email")


class Linked(NamedTuple):
    """CPU seconds of each, and whether they found the same components."""

    edges: int
    ours: float
    scipy: float
    same: bool


def generated_edges(records: int, seed: int = 1) -> list[Edge]:
    """A star inside the holders of every value, in the order of records; crowds left out."""
    random = Random(seed)
    places = list(range(records))
    random.shuffle(places)  # sources mix the people
    holders: dict[str, list[int]] = {}
    for place, told in zip(places, generate(records, seed), strict=True):
        for column in (*IDS, *PHONES, *EMAILS):
            if text := told.payload.get(column):
                value = text[-11:] if column in PHONES else text
                holders.setdefault(value, []).append(place)
    stars = (sorted(carriers) for carriers in holders.values() if 1 < len(carriers) <= 60)
    return [(star[0], other) for star in stars for other in star[1:] if other != star[0]]


def link(records: int, seed: int = 1) -> Linked:
    """Both on the edges of so many generated records."""
    import numpy
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = sorted(generated_edges(records, seed))
    started = time.process_time()
    clusters = Clusters([()] * records)
    for left, right in edges:
        clusters.join(left, right)
    roots = [clusters.find(place) for place in range(records)]
    ours = time.process_time() - started

    started = time.process_time()
    array = numpy.array(edges)
    graph = coo_matrix((numpy.ones(len(edges), dtype=bool), array.T), shape=(records, records))
    _, labels = connected_components(graph, directed=False)
    label_of = labels.tolist()
    theirs = time.process_time() - started
    return Linked(len(edges), ours, theirs, _is_same(roots, label_of))


def _is_same(left: list[int], right: list[int]) -> bool:
    """Whether two labellings make the same groups."""
    pairs = set(zip(left, right, strict=True))
    return len(pairs) == len(set(left)) == len(set(right))
