"""Sets of answers: whole numbers as intervals, texts as lists of what is in or out."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from heliu.rules.conditions import Compare, OneOf

Bound = int | float  # a whole number, or infinity
LARGEST = 2**63 - 1  # what a column holds


@dataclass(frozen=True)
class Ints:
    """Whole numbers: sorted intervals that don't touch, both ends in.

    >>> ~Ints(((0, 2), (5, inf)))
    Ints(spans=((-inf, -1), (3, 4)))
    """

    spans: tuple[tuple[Bound, Bound], ...]

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __and__(self, other: "Ints") -> "Ints":
        pairs = ((max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans)
        return Ints(tuple(sorted((low, high) for low, high in pairs if low <= high)))

    def __invert__(self) -> "Ints":
        gaps: list[tuple[Bound, Bound]] = []
        start: Bound = -inf
        for low, high in self.spans:
            if start < low:
                gaps.append((start, low - 1))
            start = high + 1
        return Ints((*gaps, (start, inf)) if start < inf else tuple(gaps))

    @property
    def low(self) -> Bound:
        """The smallest; infinity of none."""
        return self.spans[0][0] if self.spans else inf

    @property
    def high(self) -> Bound:
        """The largest; minus infinity of none."""
        return self.spans[-1][1] if self.spans else -inf

    @property
    def size(self) -> Bound:
        """How many there are."""
        return sum(high - low + 1 for low, high in self.spans)


@dataclass(frozen=True)
class Texts:
    """These texts, or all but these."""

    values: frozenset[str]
    others: bool = False  # all but these

    def __bool__(self) -> bool:
        return self.others or bool(self.values)

    def __and__(self, other: "Texts") -> "Texts":
        if self.others and other.others:
            return Texts(self.values | other.values, others=True)
        if self.others:
            return Texts(other.values - self.values)
        return Texts(self.values - other.values if other.others else self.values & other.values)

    def __invert__(self) -> "Texts":
        return Texts(self.values, not self.others)

    @property
    def size(self) -> Bound:
        """How many there are."""
        return inf if self.others else len(self.values)


Domain = Ints | Texts
ANY_INT = Ints(((-inf, inf),))
COLUMN = Ints(((-LARGEST - 1, LARGEST),))
NO, YES = Ints(((0, 0),)), Ints(((1, 1),))
TRUTH = Ints(((0, 1),))
NONE, SOME = Ints(((0, 0),)), Ints(((1, inf),))
NATURAL = Ints(((0, inf),))


def both(one: Domain, other: Domain) -> Domain:
    """What lies in both; they are of one kind."""
    if isinstance(one, Ints) and isinstance(other, Ints):
        return one & other
    assert isinstance(one, Texts)
    assert isinstance(other, Texts)
    return one & other


def within(one: Domain, other: Domain) -> bool:
    """Whether all of one lies in the other."""
    if type(one) is not type(other):
        return False
    return not both(one, ~other)


def points(numbers: Iterable[int]) -> Ints:
    """Just these numbers, neighbours joined.

    >>> points([3, 1, 2, 7])
    Ints(spans=((1, 3), (7, 7)))
    """
    spans: list[tuple[Bound, Bound]] = []
    for number in sorted(set(numbers)):
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return Ints(tuple(spans))


def passing(test: Compare | OneOf, number: bool = True) -> Domain:
    """Every value that passes a test, numbers or texts.

    >>> passing(Compare("!=", 3))
    Ints(spans=((-inf, 2), (4, inf)))
    """
    if isinstance(test, OneOf):
        return points(map(int, test.values)) if number else Texts(frozenset(map(str, test.values)))
    than = test.number
    spans: dict[str, tuple[Bound, Bound]] = {
        "=": (than, than),
        "!=": (than, than),
        "<": (-inf, than - 1),
        "<=": (-inf, than),
        ">": (than + 1, inf),
        ">=": (than, inf),
        "between": (than, test.upper),
    }
    found = Ints((spans[test.op],))
    return ~found if test.op == "!=" else found
