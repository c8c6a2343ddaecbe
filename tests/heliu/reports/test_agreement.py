"""What humans' words say of the machine: by what it held before they spoke."""

import random
from itertools import product

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from heliu.identity.review.standing import Said
from heliu.reports.figures.agreement import Agreement, agreement, judge, share
from models.bulk import bulk_insert
from models.database import writing

APART_THEN_JOINED = {1: [(1, None, 1)], 2: [(1, 5, 2), (5, None, 1)]}
JOINED_THEN_APART = {1: [(1, None, 1)], 2: [(1, 5, 1), (5, None, 2)]}


def words(*rows):
    return [Said(n, verdict, left, right) for n, (verdict, left, right) in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("verdict", "stays", "expected"),
    [
        ("same", APART_THEN_JOINED, Agreement(apart_same=1)),
        ("same", {1: [(1, None, 1)], 2: [(1, None, 1)]}, Agreement(joined_same=1)),
        ("different", JOINED_THEN_APART, Agreement(joined_different=1)),
        ("different", {1: [(1, None, 1)], 2: [(1, None, 2)]}, Agreement(apart_different=1)),
        ("unsure", APART_THEN_JOINED, Agreement()),
        ("same", {1: [(1, None, 1)]}, Agreement()),  # the other is gone, or never was
    ],
)
def test_a_word_counts_by_what_was_held_when_it_was_said(verdict, stays, expected):
    assert judge(words((verdict, 1, 2)), {1: 4}, stays) == expected


def test_that_unify_obeys_makes_it_no_better():
    said = words(("same", 1, 2))
    assert judge(said, {1: 4}, APART_THEN_JOINED).recall.found == 0
    assert judge(said, {1: 5}, APART_THEN_JOINED).recall.found == 1  # had it held so by itself


def test_a_word_said_again_counts_once_and_by_what_was_held_at_first():
    said = [*words(("same", 1, 2)), Said(2, "retract", retracts_id=1), Said(3, "same", 1, 2)]
    assert judge(said, {1: 4, 2: 6, 3: 6}, APART_THEN_JOINED) == Agreement(apart_same=1)


def test_a_retracted_word_and_one_whose_run_is_unknown_count_for_nothing():
    said = [*words(("same", 1, 2)), Said(2, "retract", retracts_id=1)]
    assert judge(said, {1: 4, 2: 4}, APART_THEN_JOINED) == Agreement()
    assert judge(words(("same", 1, 2)), {1: None}, APART_THEN_JOINED) == Agreement()


def test_precision_recall_and_f1_are_those_of_the_textbook():
    found = Agreement(joined_same=90, joined_different=10, apart_same=30, apart_different=70)
    assert found.precision.found == pytest.approx(0.9)
    assert found.recall.found == pytest.approx(0.75)
    assert found.f1.found == pytest.approx(2 * 0.9 * 0.75 / (0.9 + 0.75))
    assert found.agreed.found == pytest.approx(0.8)
    for one in (found.precision, found.recall, found.f1, found.agreed):
        assert 0 <= one.low < one.found < one.high <= 1


def test_of_nothing_there_is_no_share():
    nothing = Agreement()
    assert (nothing.precision, nothing.recall, nothing.f1, nothing.agreed) == (None,) * 4


@given(whole=st.integers(1, 10**6), data=st.data())
def test_an_interval_holds_its_share_and_stays_within_0_and_1(whole, data):
    found = share(data.draw(st.integers(0, whole)), whole)
    assert 0 <= found.low <= found.found <= found.high <= 1


@pytest.mark.parametrize(("p", "n"), product([0.02, 0.5, 0.9], [20, 200]))
def test_the_interval_holds_the_true_share_about_95_times_in_100(p, n):
    chance = random.Random(f"{p}{n}")
    trials = 1500
    found = [share(sum(chance.random() < p for _ in range(n)), n) for _ in range(trials)]
    held = sum(one.low <= p <= one.high for one in found) / trials
    assert 0.91 < held < 0.99


def test_it_is_read_from_the_tables(engine):
    with writing(engine) as connection:
        bulk_insert(
            connection,
            "record",
            ["id", "source", "source_pk", "version", "content_hash", "first_run_id",
             "changed_run_id"],
            [(n, "crm", str(n), 1, "h", 1, 1) for n in range(1, 5)],
        )  # fmt: skip
        bulk_insert(
            connection,
            "membership",
            ["record_id", "from_run_id", "profile_id", "to_run_id"],
            [(1, 1, 1, None), (2, 1, 2, 3), (2, 3, 1, None), (3, 1, 3, None), (4, 1, 3, 3),
             (4, 3, 4, None)],
        )  # fmt: skip
        for verdict, left, right in (("same", 1, 2), ("different", 3, 4)):
            connection.execute(
                sa.text(
                    "INSERT INTO decision (verdict, left_id, right_id, scope, batch, who, why, at, "
                    "seen_run_id) VALUES (:v, :l, :r, '', '', 'li', '', 0, 2)"
                ),
                {"v": verdict, "l": left, "r": right},
            )
        assert agreement(connection) == Agreement(apart_same=1, joined_different=1)
