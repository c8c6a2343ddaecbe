"""Tags kept up by increments are those of a look at everybody, whatever happens meanwhile."""

import pytest

from benchmarks.tags_lives import broken, library, live

RULES = library()


def test_after_every_step_of_a_life_the_tags_are_those_of_a_full_pass(engine):
    wrong, seen, judged = live(engine, RULES, 1, 8)
    assert wrong == 0
    assert 0 < judged < seen


@pytest.mark.parametrize("part", ["without bands", "without notes"])
def test_a_scheme_that_lacks_a_part_is_caught(sqlite_engine, part):
    with broken(part) as how:
        wrong, _, _ = live(sqlite_engine, RULES, 1, 6, **how)
    assert wrong > 0
