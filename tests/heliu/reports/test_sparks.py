from itertools import groupby, pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from heliu.reports.sparks import plot, span_ticks, spark

numbers = st.lists(st.none() | st.integers(0, 10**9), max_size=40)


@given(numbers)
def test_ticks_are_few_even_never_negative_and_hold_every_number(found):
    ticks = span_ticks(found)
    known = [number for number in found if number is not None]
    assert 2 <= len(ticks) <= 7
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    assert 0 <= ticks[0] <= min(known, default=0)
    assert max(known, default=0) <= ticks[-1]


def test_a_small_move_is_not_blown_up_to_a_mountain():
    ticks = span_ticks([10_000, 10_001])
    assert ticks[-1] - ticks[0] >= 200


@given(numbers)
def test_a_line_has_a_point_for_every_number_and_a_gap_for_every_day_without(found):
    (line,) = ElementTree.fromstring(spark(found, "s")).iter("path")
    strokes = [stroke.removesuffix("h1").split("L") for stroke in line.get("d").split("M")[1:]]
    days = [[int(point.split(" ")[0]) // 10 for point in stroke] for stroke in strokes]
    known = [(n, number is not None) for n, number in enumerate(found)]
    runs = [list(run) for there, run in groupby(known, lambda day: day[1]) if there]
    assert days == [[n for n, _ in run] for run in runs]


def test_the_highest_number_stands_highest():
    ticks = span_ticks([5, 20, 10])
    drawn = ElementTree.fromstring(spark([5, 20, 10], "s"))
    (line,) = drawn.iter("path")
    heights = [float(point.split(" ")[1]) for point in line.get("d")[1:].split("L")]
    low, high = ticks[0], ticks[-1]
    assert heights == [round(100 * (high - n) / (high - low), 1) for n in (5, 20, 10)]


def test_a_large_line_has_a_note_on_every_point_and_nothing_is_markup():
    drawn = ElementTree.fromstring(plot(["09-01", "<b>", "09-03"], [1, None, 3], '"<says>"', str))
    assert [note.text for note in drawn.iter("title")] == ["09-01: 1", "09-03: 3"]
    assert drawn.get("aria-label") == '"<says>"'
    assert len([path for path in drawn.iter("path") if path.get("class") == "grid"]) == len(
        span_ticks([1, None, 3])
    )
