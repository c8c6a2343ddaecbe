"""Pieces of the past, compared whatever the moment: windows as pairs of edges.

An edge is a number of seconds before as-of, or the beginning of a calendar
window, of which only bounds are known before as-of is. What is said of two
edges here is true at every as-of in every zone; where that can't be told, the
answer is no.
"""

from dataclasses import dataclass

from heliu.rules.windows import DAY, Ago, Back, Calendar, Window

SLACK = DAY  # zones have skipped a day and lived one twice

# How many days before as-of each calendar window began: at least, at most.
BEGAN = {
    "today": (0, 1),
    "yesterday": (1, 2),
    "this_week": (0, 7),
    "last_week": (7, 14),
    "this_month": (0, 31),
    "last_month": (28, 62),
    "this_quarter": (0, 92),
    "last_quarter": (90, 184),
    "this_year": (0, 366),
    "last_year": (365, 732),
}

# Each begins no later than those it lists.
BEGINS_BEFORE = {
    "last_year": ("last_quarter", "this_year"),
    "last_quarter": ("last_month", "this_quarter"),
    "last_month": ("last_week", "this_month"),
    "last_week": ("yesterday", "this_week"),
    "this_year": ("this_quarter",),
    "this_quarter": ("this_month",),
    "this_month": ("today",),
    "this_week": ("today",),
    "yesterday": ("today",),
    "today": (),
}


@dataclass(frozen=True)
class Start:
    """The last second before a calendar window."""

    name: str


Edge = Ago | Start
NOW = Ago(0)


@dataclass(frozen=True)
class Slice:
    """After the low edge, up to the high one; without a low edge since ever."""

    low: Edge | None = None
    high: Edge = NOW

    @property
    def before(self) -> "Slice | None":
        """All that came before it."""
        return Slice(None, self.low) if self.low else None

    @property
    def after(self) -> "Slice | None":
        """All that came after it, up to as-of."""
        return Slice(self.high, NOW) if self.high != NOW else None


EVER = Slice()


def slice_of(window: Window | None) -> Slice:
    """The past that a window covers: nothing after as-of is seen.

    >>> slice_of(Calendar("last_month"))
    Slice(low=Start(name='last_month'), high=Start(name='this_month'))
    """
    if window is None:
        return EVER
    if isinstance(window, Calendar):
        return Slice(Start(window.name), _end(window.name))
    assert isinstance(window, Back)
    return Slice(None if window.far is None else Ago(window.far), Ago(window.near))


def _end(calendar: str) -> Edge:
    if calendar == "yesterday":
        return Start("today")
    return Start(calendar.replace("last_", "this_")) if calendar.startswith("last_") else NOW


def seconds_ago(edge: Edge) -> tuple[int, int]:
    """How long before as-of an edge lies, in seconds: at least, at most."""
    if isinstance(edge, Ago):
        return edge.seconds, edge.seconds
    least, most = BEGAN[edge.name]
    return max(0, least * DAY - SLACK), most * DAY + SLACK


def no_later(one: Edge, other: Edge) -> bool:
    """Whether one edge is certainly not after the other.

    >>> no_later(Ago(7 * DAY), NOW), no_later(Start("this_year"), Start("this_month"))
    (True, True)
    >>> no_later(Start("this_week"), Start("this_month"))
    False
    """
    if isinstance(one, Start) and isinstance(other, Start) and _begins_before(one.name, other.name):
        return True
    return seconds_ago(one)[0] >= seconds_ago(other)[1]


def _begins_before(one: str, other: str) -> bool:
    return one == other or any(_begins_before(later, other) for later in BEGINS_BEFORE[one])


def part_of(one: Slice, other: Slice) -> bool:
    """Whether a slice certainly lies in another."""
    begins = other.low is None or (one.low is not None and no_later(other.low, one.low))
    return begins and no_later(one.high, other.high)


def covered(wanted: Slice, by: list[Slice]) -> bool:
    """Whether slices together certainly cover one, walked from as-of backwards."""
    edge, rest = wanted.high, list(by)
    while True:
        if wanted.low is not None and no_later(edge, wanted.low):
            return True
        fitting = [piece for piece in rest if no_later(edge, piece.high)]
        if not fitting:
            return False
        if any(piece.low is None for piece in fitting):
            return True
        rest = [piece for piece in rest if piece not in fitting]
        edge = _earliest([edge, *(piece.low for piece in fitting if piece.low)])


def _earliest(edges: list[Edge]) -> Edge:
    """An edge that is no later than the first, and the farthest that can be told."""
    found = edges[0]
    for edge in edges[1:]:
        if no_later(edge, found):
            found = edge
    return found
