"""Small lines: one a tag, dozens on a page, so a line is a few hundred bytes of SVG.

Each stretches to whatever room the page gives it (strokes don't), so its text stands
beside it as HTML; the pointer finds a note on every point.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from math import ceil, floor, log10

from markupsafe import Markup, escape

HIGH = 100.0  # of the drawing; it is stretched
STEP = 10  # between points
LEAST_SPAN = 0.02  # of the highest number: smaller moves are not blown up to mountains

Numbers = Sequence[int | None]


def span_ticks(numbers: Numbers) -> list[int]:
    """Three to six even, round numbers that hold all of these, not always from 0.

    >>> span_ticks([120, None, 131]), span_ticks([7, 7]), span_ticks([0, 0]), span_ticks([])
    ([120, 125, 130, 135], [6, 7, 8], [0, 1], [0, 1])
    """
    known = [number for number in numbers if number is not None]
    low, high = min(known, default=0), max(known, default=0)
    if high <= 0:
        return [0, 1]
    spread = max(high - low, ceil(high * LEAST_SPAN), 1)
    if spread > high - low:
        low, high = floor((low + high - spread) / 2), ceil((low + high + spread) / 2)
    power = 10 ** int(log10(max(spread / 4, 1)))
    step = next(
        int(times * power)
        for times in (1, 2, 2.5, 5, 10)
        if times * power * 4 >= spread and times * power % 1 == 0
    )
    return list(range(max(low, 0) // step * step, ceil(high / step) * step + 1, step))


def spark(numbers: Numbers, says: str) -> Markup:
    """A line without anything around it, as high as its own lowest and highest number."""
    ticks = span_ticks(numbers)
    return _svg("spark", len(numbers), _line(numbers, ticks), says)


def plot(labels: Sequence[str], numbers: Numbers, says: str, show: Callable[[int], str]) -> Markup:
    """The same with lines at its ticks and a note on every point."""
    ticks, width = span_ticks(numbers), _width(len(numbers))
    across = Markup("").join(
        Markup('<path class="grid" d="M0 {}H{}"/>').format(_place(_up(tick, ticks)), width)
        for tick in ticks
    )
    notes = Markup("").join(
        Markup('<rect x="{}" width="{}" height="100"><title>{}: {}</title></rect>').format(
            place * STEP - STEP // 2, STEP, label, show(number)
        )
        for place, (label, number) in enumerate(zip(labels, numbers, strict=True))
        if number is not None
    )
    return _svg("line-large", len(numbers), across + _line(numbers, ticks) + notes, says)


def _line(numbers: Numbers, ticks: Sequence[int]) -> Markup:
    """One path; days without a number are gaps, a day between two gaps is a short stroke."""
    parts = []
    for known, points in groupby(enumerate(numbers), lambda point: point[1] is not None):
        if known:
            path = [f"{n * STEP} {_place(_up(number or 0, ticks))}" for n, number in points]
            parts.append(f"M{'L'.join(path)}" + ("h1" if len(path) == 1 else ""))
    return Markup('<path class="line" d="{}"/>').format("".join(parts))


def _up(number: int, ticks: Sequence[int]) -> float:
    """How far up a number stands, 0–1."""
    return (number - ticks[0]) / (ticks[-1] - ticks[0])


def _place(up: float) -> str:
    return f"{HIGH * (1 - up):.1f}".removesuffix(".0")


def _width(points: int) -> int:
    return max(points - 1, 1) * STEP


def _svg(kind: str, points: int, inner: Markup, says: str) -> Markup:
    opening = Markup(
        '<svg class="{}" viewBox="0 0 {} 100" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">'
    )
    return opening.format(kind, _width(points), escape(says)) + inner + Markup("</svg>")
