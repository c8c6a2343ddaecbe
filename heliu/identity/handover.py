"""A profile whose anchor is gone keeps its id: who inherits it."""

from collections.abc import Collection, Mapping


def hand_over(
    before: Mapping[int, int], living: Collection[int], handed_over: Mapping[int, int]
) -> dict[int, int]:
    """The hand-overs that hold now.

    An id goes from a record that is gone to the smallest living record of the profile
    that bore the id; with nobody left, it goes to nobody. A record that lives again
    takes its own id back.

    Args:
        before: Record id to profile id as published, of the records in question.
        living: Which of them live.
        handed_over: What holds so far: profile id to the record that inherited it.

    Returns:
        Profile id to the record that inherits it.

    >>> hand_over({1: 1, 2: 1, 3: 1}, {2, 3}, {})
    {1: 2}
    >>> hand_over({2: 1, 3: 1}, {3}, {1: 2})
    {1: 3}
    >>> hand_over({2: 1}, {1, 2}, {1: 2})
    {}
    """
    living = set(living)
    heirs: dict[int, int] = {}
    for record in sorted(before.keys() & living):
        heirs.setdefault(before[record], record)
    holding = {id_: heir for id_, heir in handed_over.items() if id_ not in living}
    for record, profile in before.items():
        if record == profile and record not in living:
            holding.setdefault(record, record)
    return {
        id_: new
        for id_, heir in sorted(holding.items())
        if (new := heir if heir in living else heirs.get(before.get(heir, 0))) is not None
    }
