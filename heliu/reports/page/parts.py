"""What a page is made of: sections of tiles and panels, panels of a chart and its table.

Cells hold finished text; a template only lays them out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

# Colours mean the same on the whole page: good, waiting, bad, set aside, and plain series.
Tone = str  # main, good, wait, bad, off, s1 … s8


@dataclass(frozen=True)
class Column:
    """A table's column: `number` cells stand right, `code` cells are names from files."""

    title: str
    kind: str = "text"  # text, number, code


@dataclass(frozen=True)
class Table:
    """Rows of finished text; a last row of sums where they mean something."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()


@dataclass(frozen=True)
class Segment:
    """A piece of a bar: where it begins and how long it is, as shares of the whole (0–1)."""

    start: float
    size: float
    tone: Tone
    title: str = ""


@dataclass(frozen=True)
class Bar:
    """One line of a bar chart: name, pieces, and the figure beside it."""

    label: str
    segments: Sequence[Segment]
    value: str
    detail: str = ""
    step: bool = False  # a waterfall's total, printed strong


@dataclass(frozen=True)
class Bars:
    """A bar chart, laid out by the page so that its text stays readable on a phone."""

    bars: Sequence[Bar]
    legend: Sequence[tuple[Tone, str]] = ()
    middle: bool = False  # bars grow from the middle, both ways


@dataclass(frozen=True)
class Drawing:
    """A chart drawn as SVG, and what its colours mean."""

    svg: Markup
    legend: Sequence[tuple[Tone, str]] = ()


@dataclass(frozen=True)
class Heat:
    """A square of shares: rows and columns have the same names."""

    labels: Sequence[str]
    cells: Sequence[Sequence[tuple[float, str]]]  # share 0–1, text
    tips: Sequence[Sequence[str]] = ()  # what the pointer finds on each cell
    numbered: bool = False  # many columns: they bear the numbers of the rows


@dataclass(frozen=True)
class Trend:
    """One small line that opens to a larger one."""

    title: str
    value: str
    change: str
    small: Markup
    large: Markup
    ticks: Sequence[str]  # beside the larger one, the highest first
    labels: Sequence[str]  # below it, from its left end to its right


@dataclass(frozen=True)
class Trends:
    """Many small lines side by side."""

    trends: Sequence[Trend]


@dataclass(frozen=True)
class Panel:
    """A chart, one sentence that says what it shows, and the table behind it."""

    id: str
    title: str
    says: str
    chart: Bars | Drawing | Heat | Trends | None = None
    table: Table | None = None
    wide: bool = False  # takes the whole width
    note: str = ""

    @property
    def height(self) -> float:
        """About how tall it stands, in lines of text."""
        if isinstance(self.chart, Bars):
            return 5 + 1.1 * len(self.chart.bars) + 1.2 * bool(self.chart.legend)
        if self.chart is not None:
            return 15
        return 3 + 1.6 * min(len(self.table.rows) if self.table else 0, 14)

    @property
    def empty(self) -> bool:
        """Nothing to draw: the sentence says why."""
        return self.chart is None and (self.table is None or not self.table.rows)


@dataclass(frozen=True)
class Tile:
    """One figure in large print. `id` is what tests and scripts find it by."""

    id: str
    label: str
    value: str
    detail: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Notice:
    """Something that waits for a human, and what to do about it."""

    tone: Tone
    title: str
    remedy: str
    table: Table | None = None


@dataclass(frozen=True)
class Section:
    """A part of the page one can jump to."""

    id: str
    title: str
    says: str
    tiles: Sequence[Tile] = ()
    panels: Sequence[Panel] = ()
    notices: Sequence[Notice] = ()

    @property
    def rows(self) -> list[list[list[tuple[int, Panel]]]]:
        """Panels as the page lays them out: rows of one column (wide) or two of like height.

        Each panel comes with its place in the reading order, for pages too
        narrow for columns.
        """
        found: list[list[list[tuple[int, Panel]]]] = []
        heights: list[float] = []
        for place, panel in enumerate(self.panels):
            if panel.wide:
                found.append([[(place, panel)]])
                heights = []
                continue
            if not heights:
                found.append([[], []])
                heights = [0, 0]
            shorter = heights.index(min(heights))
            found[-1][shorter].append((place, panel))
            heights[shorter] += panel.height
        return found


def series_tone(number: int) -> Tone:
    """The colour of a series, counted from 0, as the page's CSS names it."""
    return f"s{number % 8 + 1}"


def one_bar(
    label: str, part: int, whole: int, value: str, *, detail: str = "", tone: Tone = "main"
) -> Bar:
    """A plain bar from the left."""
    return Bar(label, [Segment(0, part / whole if whole else 0, tone)], value, detail)


def stacked(parts: Iterable[tuple[int, Tone, str]], whole: int) -> list[Segment]:
    """Pieces one after the other: (number, tone, title) each, as shares of `whole`."""
    found: list[Segment] = []
    start = 0
    for number, tone, title in parts:
        if number and whole:
            found.append(Segment(start / whole, number / whole, tone, title))
        start += number
    return found
