"""How common a value is, without the value."""

import pytest

from heliu.identity.matching import frequencies
from heliu.identity.matching.frequencies import count_frequencies, token


def test_a_value_is_as_common_as_its_other_carriers():
    told = [["smith"]] * 5 + [["zhang"]] * 2 + [["li"]]
    found = count_frequencies(told)
    assert found.of(["smith"]) == pytest.approx(4 / 8)
    assert found.of(["zhang"]) == found.of(["never seen"]) == pytest.approx(1 / 8)


def test_of_several_values_the_most_common_counts():
    found = count_frequencies([["smith"]] * 5 + [["ng"]] * 4)
    assert found.of(["ng", "smith"]) == found.of(["smith"])


def test_what_is_left_out_for_want_of_room_is_as_common_as_its_like(monkeypatch):
    monkeypatch.setattr(frequencies, "KEPT_MOST", 1)
    found = count_frequencies([["a"]] * 50 + [["b"]] * 10 + [["c"]] * 10)
    assert list(found.kept) == [token("a")]
    assert found.of(["b"]) == pytest.approx(9 / 70, rel=1e-3)


def test_a_token_is_short_and_not_the_value():
    assert len(token("13912345678")) == 4
    assert token("13912345678") == token("13912345678") != token("13912345679")


def test_nothing_told_is_no_error():
    assert count_frequencies([]).of(["a"]) == 1.0
