"""Charts as inline SVG without script or style of their own: the page's CSS colours them.

pygal draws; what it adds beyond the drawing (a script, a style sheet, comments)
is taken off, and its value notes become tooltips every browser shows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil, log10
from typing import Any
from xml.etree import ElementTree

import pygal
from markupsafe import Markup
from pygal.style import Style

STYLE = Style(font_family="inherit", label_font_size=12, major_label_font_size=12)
# Text in an SVG shrinks and grows with it, so each width has a drawing of its own.
SIZES = {"full": (1220, 280), "wide": (600, 240), "narrow": (320, 220)}  # px
AXIS = 60  # px, about what the figures beside a chart take
LETTER = 6.8  # px, about what one takes below it


def columns(
    labels: Sequence[str],
    series: Mapping[str, Sequence[int]],
    says: str,
    show: Callable[[int], str],
    full: bool = False,
) -> Markup:
    """Stacked columns, one a label; the first series stands at the bottom.

    Args:
        labels: Below the columns; as many as fit are printed.
        series: Title → a number for each label.
        says: What the chart shows, for who can't see it.
        show: A number as it is printed.
        full: It will stand in a panel of the page's whole width.
    """
    return _drawings(pygal.StackedBar, labels, series, says=says, show=show, full=full)


def lines(
    labels: Sequence[str],
    series: Mapping[str, Sequence[int]],
    says: str,
    show: Callable[[int], str],
    full: bool = False,
) -> Markup:
    """A line a series; arguments as for `columns`."""
    return _drawings(pygal.Line, labels, series, says=says, show=show, full=full)


def _drawings(
    kind: Any,
    labels: Sequence[str],
    series: Mapping[str, Sequence[int]],
    *,
    says: str,
    show: Callable[[int], str],
    full: bool,
) -> Markup:
    at_each = zip(*series.values(), strict=True)
    tops = [sum(at) if kind is pygal.StackedBar else max(at) for at in at_each]
    ticks = nice_ticks(max(tops, default=0))
    longest = max(map(len, labels), default=1) * LETTER + 16
    drawn = []
    for name, (width, height) in SIZES.items():
        if name == "full" and not full:
            continue
        chart = kind(
            css=[], js=[], style=STYLE, width=width, height=height, margin=6, spacing=8,
            show_legend=False, no_prefix=True, truncate_label=-1, show_minor_x_labels=False,
            formatter=show, range=(0, ticks[-1]), dots_size=2.5,
            y_labels=[{"value": tick, "label": show(tick)} for tick in ticks],
        )  # fmt: skip
        chart.x_labels = list(labels)
        every = ceil(len(labels) * longest / (width - AXIS)) or 1
        chart.x_labels_major = list(labels)[::-1][::every]  # the newest is always named
        for title, numbers in series.items():
            chart.add(title, list(numbers))
        drawn.append(_svg(chart, name, says, list(series)))
    return Markup("").join(drawn)


def nice_ticks(top: int) -> list[int]:
    """Four or five round numbers from 0 that hold `top`.

    >>> nice_ticks(0), nice_ticks(7), nice_ticks(1_234)
    ([0, 1], [0, 2, 4, 6, 8], [0, 500, 1000, 1500])
    """
    if top <= 0:
        return [0, 1]
    power = 10 ** int(log10(max(top / 4, 1)))
    step = next(
        int(n * power) for n in (1, 2, 2.5, 5, 10) if n * power * 4 >= top and n * power % 1 == 0
    )
    return [step * number for number in range(ceil(top / step) + 1)]


def _svg(chart: Any, name: str, says: str, titles: Sequence[str]) -> Markup:
    tree: ElementTree.Element = chart.render_tree()
    for node in list(tree.iter()):
        _strip(node)
    for group in list(tree.iter("g")):
        if "series" in (classes := group.get("class", "").split()):
            title = titles[int(classes[1].removeprefix("serie-"))]
            _add_tooltips(group, title)
    tree.attrib.pop("id", None)
    tree.attrib |= {"class": f"chart {name}", "role": "img", "aria-label": says}
    # Drawn here, and ElementTree escaped every text.
    return Markup(ElementTree.tostring(tree, encoding="unicode"))  # noqa: S704


def _strip(node: ElementTree.Element) -> None:
    """Take off scripts, styles, comments, empty layers and needless decimals."""
    for child in list(node):
        kind, classes = _tag(child), child.get("class", "")
        layer = "text-overlay" in classes or "tooltip-overlay" in classes
        nothing = classes == "bar" and child[0].get("height") == "0.0"
        if kind in ("defs", "title", "") or layer or nothing:
            node.remove(child)
    for key, value in node.attrib.items():
        node.set(key, re.sub(r"(\.\d)\d+", r"\1", value))


def _add_tooltips(series: ElementTree.Element, title: str) -> None:
    """Turn the notes pygal left for its script into titles browsers show by themselves."""
    for point in list(series.iter("g")):
        notes = {note.get("class"): note for note in point if _tag(note) == "desc"}
        if "value" not in notes:
            continue
        for note in notes.values():
            point.remove(note)
        label = notes["x_label"].text if "x_label" in notes else ""
        shown = ElementTree.SubElement(point, "title")
        shown.text = f"{title} · {label}: {notes['value'].text}"


def _tag(node: ElementTree.Element) -> str:
    """The tag; nothing for a comment."""
    return node.tag if isinstance(node.tag, str) else ""
