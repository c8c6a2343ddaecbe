from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from heliu.reports.charts import columns, lines, nice_ticks
from heliu.reports.page.parts import Panel, Section, stacked

LABELS = [f"2025-{month:02}" for month in range(1, 13)]


def drawn(chart) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<div>{chart}</div>"))


@given(st.integers(0, 10**12))
def test_ticks_are_few_even_and_hold_the_top(top):
    ticks = nice_ticks(top)
    assert ticks[0] == 0
    assert ticks[-1] >= top
    assert 2 <= len(ticks) <= 5
    assert len({b - a for a, b in pairwise(ticks)}) == 1


def test_a_chart_has_a_drawing_for_each_width_and_says_what_it_shows():
    chart = columns(LABELS, {"甲": range(12)}, "十二个月", str, full=True)
    assert [svg.get("class") for svg in drawn(chart)] == [
        "chart full",
        "chart wide",
        "chart narrow",
    ]
    assert {svg.get("aria-label") for svg in drawn(chart)} == {"十二个月"}


def test_every_point_carries_its_value_for_the_pointer():
    wide, _ = drawn(lines(LABELS, {"甲<": range(12), "乙": [7] * 12}, "s", lambda n: f"{n} 元"))
    titles = {title.text for title in wide.iter("{http://www.w3.org/2000/svg}title")}
    assert titles == {f"甲< · {label}: {n} 元" for n, label in enumerate(LABELS)} | {
        f"乙 · {label}: 7 元" for label in LABELS
    }


def test_charts_bring_no_script_and_no_style():
    text = str(columns(LABELS, {"甲": range(12)}, "s", str))
    assert "<script" not in text
    assert "<style" not in text
    assert " id=" not in text


def test_labels_that_would_overlap_are_left_out_but_never_the_last():
    wide, narrow = drawn(columns([f"week {n:03}" for n in range(52)], {"a": range(52)}, "s", str))
    for svg, most in ((wide, 8), (narrow, 4)):
        texts = [node.text for node in svg.iter("{http://www.w3.org/2000/svg}text")]
        weeks = [text for text in texts if text.startswith("week")]
        assert "week 051" in weeks
        assert 2 <= len(weeks) <= most


def test_a_chart_of_nothing_is_still_a_chart():
    assert len(drawn(columns(["a"], {"x": [0]}, "s", str))) == 2
    assert len(drawn(lines(["a", "b"], {"x": [0, 0]}, "s", str))) == 2


@given(st.lists(st.integers(0, 1000), max_size=8))
def test_pieces_of_a_bar_follow_each_other_and_fill_it(numbers):
    pieces = stacked([(n, "s1", "") for n in numbers], sum(numbers))
    ends = [0.0] + [piece.start + piece.size for piece in pieces]
    assert all(abs(piece.start - end) < 1e-9 for piece, end in zip(pieces, ends, strict=False))
    assert not pieces or abs(ends[-1] - 1) < 1e-9


def test_panels_fill_two_columns_of_like_height_and_wide_ones_stand_alone():
    panels = [Panel(str(n), "t", "s", wide=n == 2) for n in range(6)]
    rows = Section("x", "t", "s", panels=panels).rows
    places = [[[place for place, _ in column] for column in row] for row in rows]
    assert places == [[[0], [1]], [[2]], [[3, 5], [4]]]
