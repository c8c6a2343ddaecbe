"""Whose names may be one person's, among the few who carry one value."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from heliu.identity.values.sound import fits, given_name, group_names, is_partial, is_shortened
from heliu.identity.values.spelling import near

MOST_COMPARED = 30  # Latin names of one value, each with each; more prove nothing anyway


def count_people(names: Iterable[str]) -> int:
    """How many different people full names are of: spellings of one name count once.

    >>> count_people(["张伟国", "weiguo zhang", "w zhang", "李静"])
    2
    """
    return len(compatible({place: [name] for place, name in enumerate(sorted(set(names)))}))


def namesakes(names: Mapping[int, str]) -> list[list[int]]:
    """Holders of a weak value by compatible full names; only who has a fellow.

    Args:
        names: Each holder's own full name; nameless ones left out.

    Returns:
        Groups of two holders at least, each in order. A function of the names alone.
    """
    if len(names) < 2:
        return []
    groups = compatible({holder: [name] for holder, name in names.items()})
    return [group for group in groups if len(group) > 1]


def compatible(names: Mapping[int, Collection[str]]) -> list[list[int]]:
    """Bearers by compatible names; a partial name joins the one group it fits, if one it is.

    A surname alone is partial, an initial, a given name that stands alone beside its
    full one (荣倩 beside 傅荣倩: a salesperson's way to write down a friend), and some of
    the words of a longer Latin name.
    """
    every = sorted({name for bearer in names.values() for name in bearer})
    if len(every) == 1:
        return [sorted(names)]
    whole_names = set(every) - _partial(every)
    whole: dict[int, list[str]] = {}
    partial: dict[str, list[int]] = {}
    for bearer, known in names.items():
        if full := [name for name in known if name in whole_names]:
            whole[bearer] = full
        else:
            partial.setdefault(min(known, key=_fullness), []).append(bearer)
    groups = group_names(whole.items()) if whole else []
    known_as = [{name for bearer in group for name in whole[bearer]} for group in groups]
    groups, known_as = _join_near(groups, known_as)
    for name in sorted(partial, key=_fullness):
        fitting = [n for n, known in enumerate(known_as) if any(_suits(name, one) for one in known)]
        if len(fitting) == 1:
            groups[fitting[0]] += partial[name]
        else:  # nobody it fits, or not only one
            groups.append(partial[name])
            known_as.append({name} if not fitting else set())
    return sorted(sorted(group) for group in groups)


def _partial(names: Sequence[str]) -> set[str]:
    given = {given_name(name) for name in names}
    latin = [name for name in names if " " in name]
    return {
        name
        for name in names
        if is_partial(name)
        or name in given
        or (" " in name and any(is_shortened(name, other) for other in latin[:MOST_COMPARED]))
    }


def _suits(partial: str, name: str) -> bool:
    return fits(partial, name) or near(partial, name)


def _fullness(name: str) -> tuple[int, int, str]:
    """Sorts the name that says most first."""
    return -sum(len(word) > 1 for word in name.split()), -len(name), name


def _join_near(
    groups: list[list[int]], known_as: list[set[str]]
) -> tuple[list[list[int]], list[set[str]]]:
    """Groups of Latin names a slip of the pen apart become one."""
    if not 1 < len(groups) <= MOST_COMPARED:
        return groups, known_as
    joined: list[list[int]] = []
    spelled: list[set[str]] = []
    for group, known in zip(groups, known_as, strict=True):
        match = next(
            (
                n
                for n, others in enumerate(spelled)
                if any(near(one, other) for one in known for other in others)
            ),
            None,
        )
        if match is None:
            joined.append(list(group))
            spelled.append(set(known))
        else:
            joined[match] += group
            spelled[match] |= known
    return joined, spelled
