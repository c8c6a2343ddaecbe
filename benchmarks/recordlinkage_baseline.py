"""recordlinkage as its own FEBRL example uses it, with connected components.

https://recordlinkage.readthedocs.io/en/latest/guides/data_deduplication.html
It is not among our extras: install it yourself to see its rows.
"""

from collections.abc import Mapping, Sequence

Row = Mapping[str, str | None]
BLOCKS = ("given_name", "surname", "date_of_birth", "soc_sec_id")
LIKE = {"given_name": 0.85, "surname": 0.85, "suburb": 0.85, "address_1": 0.85}
EXACT = ("date_of_birth", "state", "soc_sec_id", "postcode")
AGREEING = 4  # fields at least, as in the example


def clusters(files: Sequence[Sequence[Row]]) -> dict[str, str]:
    """Record → cluster, named by its smallest record.

    Args:
        files: One file: duplicates in it; two: links between them. Each row has `unique_id`.
    """
    import pandas
    import recordlinkage

    frames = [pandas.DataFrame(list(map(dict, file))).set_index("unique_id") for file in files]
    indexer = recordlinkage.Index()
    for column in BLOCKS:
        indexer.block(column)
    pairs = indexer.index(*frames)
    compare = recordlinkage.Compare()
    for column, threshold in LIKE.items():
        compare.string(column, column, method="jarowinkler", threshold=threshold, label=column)
    for column in EXACT:
        compare.exact(column, column, label=column)
    features = compare.compute(pairs, *frames)
    matches = features[features.sum(axis=1) >= AGREEING].index
    return _components([key for frame in frames for key in frame.index], matches)


def _components(keys: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    parent = {key: key for key in keys}

    def find(key: str) -> str:
        while parent[key] != key:
            parent[key] = key = parent[parent[key]]
        return key

    for left, right in pairs:
        low, high = sorted((find(left), find(right)))
        parent[high] = low
    return {key: find(key) for key in keys}
