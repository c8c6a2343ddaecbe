"""Learning the model."""

import pytest

from heliu.identity.matching.levels import levels_of
from heliu.identity.matching.matcher import Matcher
from heliu.identity.matching.train import TooLittle, train
from heliu.rules.vocabulary import MatchKind
from tests.heliu.identity.matching.villagers import FIELDS, villagers

pytest.importorskip("splink")


def test_the_same_records_give_the_same_model(training, village):
    assert train(village[0], FIELDS).model.hash == training.model.hash


def test_agreement_speaks_for_and_difference_against(model):
    for comparison in model.comparisons:
        best, worst = comparison.levels[0], comparison.levels[-1]
        assert best.m / best.u > 2
        assert worst.m / worst.u < 0.7
        assert sum(level.m for level in comparison.levels) == pytest.approx(1, abs=0.01)


def test_the_expected_matches_are_about_those_there_are(model, village):
    _, person_of = village
    people = list(person_of.values())
    true = sum(people.count(person) * (people.count(person) - 1) // 2 for person in set(people))
    assert model.trained_on["matches"] == pytest.approx(true, rel=0.15)


def test_a_field_nobody_tells_is_left_out(village):
    fields = FIELDS | {"passport": MatchKind.ID}
    assert "passport" not in train(village[0][:200], fields).model.fields


def test_a_handful_of_records_gets_a_model_of_guesses_and_says_so():
    units, _ = villagers(people=3, seed=3)
    training = train(units, FIELDS)
    assert set(training.untrained) == set(training.model.fields)
    assert Matcher(training.model).match(units) is not None


def test_nothing_to_compare_is_told():
    with pytest.raises(TooLittle):
        train([], FIELDS)
    with pytest.raises(TooLittle):
        train(villagers(people=5)[0], {"passport": MatchKind.ID})


@pytest.mark.parametrize("kind", MatchKind)
def test_guesses_are_shares(kind):
    levels = levels_of({"x": kind}, "x")
    assert all(0 < level.m < 1 and 0 < level.u < 1 for level in levels)
    assert sum(level.m for level in levels) == pytest.approx(1, abs=0.02)


def test_names_that_may_be_swapped_have_a_level_for_it():
    both = {"given_name": MatchKind.GIVEN_NAME, "surname": MatchKind.SURNAME}
    assert "swapped" in [level.label for level in levels_of(both, "surname")]
    alone = {"surname": MatchKind.SURNAME}
    assert "swapped" not in [level.label for level in levels_of(alone, "surname")]
