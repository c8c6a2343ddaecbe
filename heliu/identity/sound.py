"""Which spellings may be one person's name: 张伟国, 張偉國, Weiguo Zhang, ZHANG WEIGUO, 张总."""

from collections.abc import Collection, Iterable
from functools import lru_cache

from heliu.identity.han import HAN, pinyin
from heliu.identity.surnames import ALSO_READ, READING, surname_of

Sound = tuple[str, ...]


@lru_cache(maxsize=100_000)
def sounds(name: str) -> tuple[Sound, ...]:
    """Every way a full name is spoken: its words, in an order that spelling can't change.

    >>> sounds("张伟国") == sounds("weiguo zhang")
    True
    >>> sounds("覃海")
    (('hai', 'qin'), ('hai', 'tan'))
    """
    if not HAN.match(name):
        return (tuple(sorted(name.split())),)
    spoken = pinyin(name)
    readings = [spoken]
    if (surname := surname_of(name)) in ALSO_READ:
        readings.append(ALSO_READ[surname] + spoken.removeprefix(READING[surname]))
    return tuple(tuple(sorted(reading.split())) for reading in readings)


def is_partial(name: str) -> bool:
    """Whether a full name holds an initial, and so fits several: "b smith"."""
    return name.isascii() and any(len(word) == 1 for word in name.split())


def fits(partial: str, name: str) -> bool:
    """Whether a surname alone, or a name with initials, may be this full name.

    >>> fits("张", "weiguo zhang"), fits("b smith", "bob smith"), fits("李", "张伟国")
    (True, True, False)
    """
    if HAN.match(partial):
        if HAN.match(name):
            return surname_of(name) == partial
        return READING.get(partial, partial) in name.split()
    words, others = partial.split(), sounds(name)[0]
    if len(words) != len(others):
        return False
    left = list(others)
    for word in sorted(words, key=len, reverse=True):  # whole words before initials
        match = next((o for o in left if o == word or (len(word) == 1 and o[0] == word)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def group_names(bearers: Iterable[tuple[int, Collection[str]]]) -> list[list[int]]:
    """Split bearers of full names into groups that share a name, as spoken.

    Args:
        bearers: Each bearer with the full names it goes by (at least one).

    Returns:
        Groups of bearers, each in the order given, ordered by their first bearer.
    """
    bearers = list(bearers)
    spellings = {name for _, names in bearers for name in names}
    if len(spellings) == 1:
        return [[bearer for bearer, _ in bearers]]
    groups: list[tuple[set[Sound], list[int]]] = []
    where: dict[Sound, int] = {}
    for bearer, names in bearers:
        heard = {one for name in names for one in sounds(name)}
        met = sorted({where[one] for one in heard if one in where})
        if not met:
            met = [len(groups)]
            groups.append((set(), []))
        first = groups[met[0]]
        for other in met[1:]:  # a bearer of two names makes their groups one
            first[0].update(groups[other][0])
            first[1].extend(groups[other][1])
            groups[other] = (set(), [])
        first[0].update(heard)
        first[1].append(bearer)
        where.update(dict.fromkeys(first[0], met[0]))
    return sorted(sorted(members) for _, members in groups if members)
