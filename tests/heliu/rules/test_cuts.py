"""Ranks take the share they name, never more, and never part equals."""

from hypothesis import given
from hypothesis import strategies as st

from heliu.rules.conditions import Aggregate, Question, Rank
from heliu.rules.cuts import bucket_width, cut_of
from heliu.rules.vocabulary import STANDARD_PROPERTIES
from heliu.rules.windows import DAY

COUNT = Question(Aggregate.COUNT, "login")
ANSWERS = st.lists(st.integers(0, 12), max_size=60)


def histogram(answers):
    return [(answer, answers.count(answer)) for answer in set(answers)]


@given(answers=ANSWERS, points=st.integers(1, 9_999), top=st.booleans())
def test_a_rank_takes_as_many_as_fit_its_share(answers, points, top):
    rank = Rank(COUNT, top, points)
    cut = cut_of(histogram(answers), rank)
    sign = 1 if top else -1
    ranked = sorted(answers, key=lambda answer: -sign * answer)
    taken = [answer for answer in ranked if cut is not None and sign * answer >= sign * cut]
    assert len(taken) * 10_000 <= len(answers) * points
    if len(taken) < len(ranked):  # with the next equals it would be too many
        following = taken + [a for a in ranked if a == ranked[len(taken)]]
        assert len(following) * 10_000 > len(answers) * points


@given(one=ANSWERS, other=ANSWERS, points=st.integers(1, 9_999), top=st.booleans())
def test_histograms_of_parts_add_up(one, other, points, top):
    rank = Rank(COUNT, top, points)
    both = {}
    for part in (histogram(one), histogram(other)):
        for low, people in part:
            both[low] = both.get(low, 0) + people
    assert cut_of(both.items(), rank) == cut_of(histogram(one + other), rank)


def test_recency_is_ranked_in_days_and_money_in_yuan():
    amount, quantity = (STANDARD_PROPERTIES[name] for name in ("amount_fen", "quantity"))
    widths = {
        Question(Aggregate.LAST, "login"): DAY,
        Question(Aggregate.SUM, "order_paid", amount): 100,
        Question(Aggregate.DISTINCT, "order_paid", amount): 1,
        Question(Aggregate.SUM, "order_paid", quantity): 1,
        COUNT: 1,
    }
    assert {q: bucket_width(Rank(q, True, 2000)) for q in widths} == widths


def test_the_lowest_share_takes_the_whole_last_bucket():
    rank = Rank(Question(Aggregate.LAST, "login"), False, 5_000)
    assert cut_of([(0, 1), (DAY, 1)], rank) == DAY - 1


def test_nobody_is_ranked_where_nobody_did_it():
    assert cut_of([], Rank(COUNT, True, 2000)) is None
