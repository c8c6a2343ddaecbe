"""The audit stops what would change too much, and only that."""

import json
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.documents import Problems
from heliu.errors import PermanentError, SafetyStop
from heliu.identity.policy import Policy
from heliu.identity.policy_file import load_policy
from heliu.identity.tables.audit import (
    FEW_MOVED,
    MOST_IDS,
    MOST_LISTED,
    SMALL,
    AuditStop,
    Figures,
    Regrouping,
    audit,
    count_moved,
    read_wanted,
    stop_if_too_much,
    tell_wanted,
)


@dataclass(frozen=True)
class Limits:
    max_moved_percent: int = 5
    max_growth: int = 2


def figures(records=1000, profiles=600, largest=11):
    return Figures(records, profiles, largest)


def broken(before, after, moved, limits=None):
    return [breach.limit for breach in audit(before, after, moved, limits or Limits())]


@pytest.mark.parametrize(
    ("records", "moved", "stops"),
    [
        (1000, 50, False),  # 5 % exactly may
        (1000, 51, True),
        (1_000_000, 50_000, False),
        (1_000_000, 50_001, True),
        (40, 19, False),  # nearly half of a small firm, but few enough to look through
        (40, 20, True),
        (1000, 0, False),
    ],
)
def test_records_that_move_stop_a_run_beyond_a_share_and_a_number(records, moved, stops):
    found = broken(figures(records), figures(records), moved)
    assert found == (["max_moved_percent"] if stops else [])


@pytest.mark.parametrize(
    ("before", "after", "stops"),
    [
        (11, 21, False),
        (11, 22, True),
        (1, 20, False),  # a family or an office, not a collapse
        (1, 21, True),
        (3000, 3001, False),  # large, but known to be
        (50, 100, True),  # doubled
        (50, 99, False),
        (30, 5, False),
    ],
)
def test_a_largest_profile_that_doubles_stops_a_run_unless_it_is_still_small(before, after, stops):
    found = broken(figures(largest=before), figures(largest=after), 0)
    assert found == (["max_growth"] if stops else [])


def test_the_limits_are_the_policys():
    strict, lax = Limits(1, 2), Limits(100, 1000)
    assert broken(figures(), figures(), 30, strict) == ["max_moved_percent"]
    assert broken(figures(largest=1), figures(largest=900), 1000, lax) == []


def test_a_first_run_is_free_to_do_anything():
    assert broken(Figures(), figures(largest=5000), 0) == []


@given(
    before=st.integers(0, 10**7),
    moved=st.integers(0, 10**7),
    largest=st.tuples(st.integers(0, 10**4), st.integers(0, 10**4)),
)
def test_one_more_record_moved_never_makes_a_stopped_run_pass(before, moved, largest):
    less = broken(figures(before, largest=largest[0]), figures(largest=largest[1]), moved)
    more = broken(figures(before, largest=largest[0]), figures(largest=largest[1]), moved + 1)
    assert set(less) <= set(more)
    if moved < FEW_MOVED and largest[1] <= SMALL:
        assert less == []


def test_only_records_that_had_a_profile_and_keep_one_have_moved():
    assert count_moved({1: (None, 1), 2: (2, None), 3: (3, 1), 4: (1, 4)}) == 2
    assert count_moved({}) == 0


def test_a_merge_and_a_split_are_told_with_their_ids_and_records():
    moved = {
        5: (5, 1), 6: (5, 1),  # 5 into 1
        9: (9, 1),             # 9 into 1
        20: (10, 20), 21: (10, 20),  # 20 out of 10
        30: (None, 1), 31: (1, None),  # one comes, one goes
    }  # fmt: skip
    wanted = tell_wanted(figures(), figures(), moved)
    assert wanted.moved == 5
    assert wanted.merges == (Regrouping(1, (5, 9), 2, 3),)
    assert wanted.splits == (Regrouping(10, (20,), 1, 2),)


def test_a_split_off_part_that_joins_a_known_profile_is_a_merge():
    assert tell_wanted(figures(), figures(), {8: (4, 2), 9: (4, 2)}).merges == (
        Regrouping(2, (4,), 1, 2),
    )


def test_of_many_merges_the_ten_biggest_are_kept_and_few_ids_of_each():
    moved = {}
    for number in range(1, 16):
        for other in range(number + 20):
            record = 1000 * number + other + 1
            moved[record] = (record, number)
    wanted = tell_wanted(figures(), figures(), moved)
    assert [one.profile_id for one in wanted.merges] == list(range(15, 15 - MOST_LISTED, -1))
    assert wanted.merges[0].records == wanted.merges[0].profiles == 35
    assert len(wanted.merges[0].others) == MOST_IDS
    assert wanted.splits == ()


def test_a_stop_says_what_why_and_what_to_do_and_names_nobody():
    with pytest.raises(AuditStop) as stop:
        stop_if_too_much(
            figures(largest=11),
            figures(largest=400),
            {n: (n, 1) for n in range(2, 400)},
            Limits(),
        )
    assert isinstance(stop.value, SafetyStop)
    assert isinstance(stop.value, PermanentError)  # so that nobody tries again
    assert str(stop.value) == (
        "Stopped before anything was published: 398 of 1,000 records (39.8%) would move to another "
        "profile, at most 5% may; the largest profile would grow from 11 to 400 records, it must "
        "stay below 2 times its size. Profiles stay as last published, and what was collected is "
        "kept. Look at the biggest merges and splits in the report; then mend the source or the "
        "policy, or publish once with --accept-changes."
    )
    assert [breach.limit for breach in stop.value.breaches] == ["max_moved_percent", "max_growth"]


def test_what_was_wanted_comes_back_from_json_the_same():
    wanted = tell_wanted(figures(), figures(largest=40), {5: (5, 1), 20: (10, 20)})
    assert read_wanted(json.loads(json.dumps(wanted.as_json()))) == wanted


def test_within_the_limits_nothing_happens():
    stop_if_too_much(figures(), figures(largest=12), {5: (5, 1)}, Limits())


def loaded(tmp_path, text):
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
    problems = Problems()
    return load_policy(tmp_path / "policy.yaml", problems), [p.says for p in problems.found]


def test_a_firm_sets_its_own_limits(tmp_path):
    policy, problems = loaded(tmp_path, "audit: { moved_percent: 20, growth: 4 }\n")
    assert problems == []
    assert broken(figures(), figures(largest=43), 190, policy) == []
    assert broken(figures(), figures(largest=44), 201, policy) == [
        "max_moved_percent",
        "max_growth",
    ]


def test_a_growth_that_would_stop_every_run_is_told(tmp_path):
    policy, problems = loaded(tmp_path, "audit: { growth: 1, moved_precent: 3 }\n")
    assert policy == Policy()
    assert problems == [
        "unknown key 'moved_precent' of audit (did you mean 'moved_percent'?)",
        "audit: growth must be 2 or more",
    ]


def test_another_limit_of_the_audit_makes_no_full_run():
    assert replace(Policy(), max_moved_percent=50, max_growth=9).hash == Policy().hash
