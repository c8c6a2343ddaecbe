"""A bar that is missed is told as missed."""

import pytest

from benchmarks import identity
from benchmarks.apart import Failed, apart
from benchmarks.bars import at_least, at_most, equal, note
from benchmarks.linking import link
from benchmarks.workbench import quality


@pytest.mark.parametrize(
    ("line", "met"),
    [
        (at_least("r", "f", 0.996, 0.996), True),
        (at_least("r", "f", 0.995, 0.996), False),
        (at_most("r", "f", 11, 11), True),
        (at_most("r", "f", 12, 11), False),
        (equal("r", "f", 0, 0), True),
        (equal("r", "f", 1, 0), False),
        (note("r", "says"), None),
    ],
)
def test_a_figure_meets_its_bar_or_misses_it(line, met):
    assert line.met is met
    assert str(line).count("|") == 9


def test_a_missed_bar_ends_the_command_with_an_error(monkeypatch, capsys):
    missed = {"link": lambda runs: iter([at_most("link", "f", 4.0, 3.0)])}
    monkeypatch.setattr(identity, "ROWS", missed)
    monkeypatch.setattr("sys.argv", ["identity", "link"])
    with pytest.raises(SystemExit, match="1 bars missed"):
        identity.main()
    assert "**no**" in capsys.readouterr().out


def test_work_that_breaks_ends_the_command_with_an_error_too(monkeypatch, capsys):
    def broken(runs):
        raise Failed("no disk")
        yield

    monkeypatch.setattr(identity, "ROWS", {"link": broken})
    monkeypatch.setattr("sys.argv", ["identity", "link"])
    with pytest.raises(SystemExit, match="1 bars missed"):
        identity.main()
    assert "broke" in capsys.readouterr().out


def test_work_in_a_process_of_its_own_is_measured():
    took = apart("operator", "add", 2, 3)
    assert took.answer == 5
    assert took.cpu_s > 0
    assert took.wall_s > 0
    assert took.peak_mib > 5
    with pytest.raises(Failed, match="ZeroDivisionError"):
        apart("operator", "truediv", 1, 0)


def test_quality_counts_pairs():
    persons = {1: "a", 2: "a", 3: "a", 4: "b"}
    found = quality(persons, {1: 1, 2: 1, 3: 3, 4: 3})
    assert found == (1 / 2, 1 / 3, 2 / 5, 2, 4)


def test_the_link_step_finds_scipy_s_components():
    pytest.importorskip("scipy")
    assert link(3_000).same
