"""Who carries what, as one hash: contestants that differ get no time printed."""

import hashlib
from collections.abc import Iterable

import numpy as np


def membership_hash(rows: Iterable[tuple[str, int]]) -> str:
    """Of (tag, profile id), whatever the order.

    >>> membership_hash([("b", 2), ("a", 1)]) == membership_hash([("a", 1), ("b", 2)])
    True
    """
    tags: dict[str, list[int]] = {}
    for tag, profile in rows:
        tags.setdefault(tag, []).append(profile)
    digest = hashlib.sha256()
    for tag in sorted(tags):
        digest.update(tag.encode())
        digest.update(np.sort(np.array(tags[tag], dtype=np.int64)).tobytes())
    return digest.hexdigest()[:16]
