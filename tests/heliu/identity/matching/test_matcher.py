"""Applying the frozen model: pure, whatever the order, whatever else is matched."""

import json
import random
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from heliu.identity.matching.matcher import Matcher
from tests.heliu.identity.matching.villagers import villagers

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def matcher(model):
    return Matcher(model)


def by_record(units, found):
    """Pairs by the smallest record of each unit, with all that is said of them."""
    first = [min(record.record_id for record in unit) for unit in units]
    return [
        [(*sorted((first[one.left], first[one.right])), one.weight, one.detail) for one in scored]
        for scored in found
    ]


@pytest.mark.parametrize("seed", range(3))
def test_neither_the_order_of_units_nor_of_records_changes_anything(matcher, village, seed):
    units = [a + b for a, b in zip(village[0][::2], village[0][1::2], strict=False)]
    wanted = by_record(units, matcher.match(units))
    chance = random.Random(seed)
    shuffled = [chance.sample(unit, len(unit)) for unit in chance.sample(units, len(units))]
    assert by_record(shuffled, matcher.match(shuffled)) == wanted


def test_a_part_that_holds_whole_components_gives_what_the_whole_gives(matcher, village):
    units = village[0]
    everything = matcher.match(units)
    holders = Counter(key for unit in units for record in unit for key in matcher.keys(record))
    parent = list(range(len(units)))

    def find(unit):
        while parent[unit] != unit:
            unit = parent[unit]
        return unit

    for one in (*everything.links, *everything.doubts):
        parent[find(one.left)] = find(one.right)
    roots = sorted({find(unit) for unit in range(len(units))})
    chosen = set(random.Random(1).sample(roots, len(roots) // 2))
    places = [unit for unit in range(len(units)) if find(unit) in chosen]
    part = matcher.match([units[place] for place in places], holders)
    for scored, whole in zip(part, everything, strict=True):
        found = [(places[one.left], places[one.right], one.weight, one.detail) for one in scored]
        assert found == [one for one in whole if find(one.left) in chosen]


def test_links_come_strongest_first_and_reach_the_threshold(matcher, village):
    found = matcher.match(village[0])
    weights = [one.weight for one in found.links]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) >= matcher.model.link_at
    assert all(one.weight >= matcher.model.review_at for one in found.doubts)
    assert all(one.left < one.right for one in (*found.links, *found.doubts))
    assert len({one[:2] for one in (*found.links, *found.doubts)}) == len(found.links) + len(
        found.doubts
    )


def test_a_village_it_has_never_seen_is_told_apart(matcher):
    units, person_of = villagers(people=400, seed=11)
    found = matcher.match(units)
    right = [person_of[one.left + 1] == person_of[one.right + 1] for one in found.links]
    sizes = Counter(person_of.values()).values()
    assert sum(right) / len(right) > 0.97
    assert sum(right) / sum(size * (size - 1) // 2 for size in sizes) > 0.9


def test_the_reasons_add_up_to_the_weight_and_tell_no_value(matcher, village):
    found = matcher.match(village[0])
    for one in found.links[:50]:
        reasons = json.loads(one.detail)
        assert {reason["field"] for reason in reasons} <= set(matcher.model.fields)
        total = matcher.model.base + sum(reason["weight"] for reason in reasons)
        assert total == pytest.approx(one.weight, abs=0.05)
        assert set(reasons[0]) == {"field", "level", "weight"}


def test_a_key_of_too_many_brings_nobody_together(matcher, village):
    units = village[0]
    holders = {key: 51 for unit in units for record in unit for key in matcher.keys(record)}
    assert matcher.match(units, holders) == ([], [])


def test_units_share_a_key_wherever_they_are_linked(matcher, village):
    units = village[0]
    for one in matcher.match(units).links:
        left, right = (
            set().union(*map(matcher.keys, units[place])) for place in (one.left, one.right)
        )
        assert left & right


def test_nobody_and_somebody_alone_are_no_matches(matcher, village):
    assert matcher.match([]) == ([], [])
    assert matcher.match(village[0][:1]) == ([], [])


def test_no_pair_is_told_twice_whatever_keys_it_shares(matcher, village):
    units = village[0]
    found = matcher.match([*units])
    pairs = [(one.left, one.right) for one in (*found.links, *found.doubts)]
    assert len(pairs) == len(set(pairs)) < len(list(combinations(range(len(units)), 2)))


def test_a_higher_threshold_links_less(model, village):
    bold, shy = (Matcher(replace(model, link_at=at)) for at in (0.0, 12.0))
    units = village[0]
    bold_links, shy_links = (
        {one[:2] for one in matcher.match(units).links} for matcher in (bold, shy)
    )
    assert shy_links < bold_links
