"""The later word wins, whatever stands between."""

from hypothesis import given
from hypothesis import strategies as st

from heliu.identity.review.standing import Fate, Said, Verdict, contradictions, in_force, weigh


def said(*words):
    """(verdict, left, right) or (verdict, id) of what is retracted, in order of time."""
    return [
        Said(n, verdict, retracts_id=ids[0])
        if verdict == "retract"
        else Said(n, verdict, type="phone", value=ids[0])
        if verdict in ("block", "keep")
        else Said(n, verdict, *ids)
        for n, (verdict, *ids) in enumerate(words, start=1)
    ]


def fates(*words, gone=()):
    return [fate.value for _, fate in sorted(weigh(said(*words), gone).items())]


def test_the_later_of_two_words_on_one_pair_holds():
    assert fates(("same", 1, 2), ("different", 1, 2)) == ["overruled", "holds"]
    assert fates(("different", 1, 2), ("same", 1, 2)) == ["overruled", "holds"]


def test_what_is_retracted_was_never_said_and_what_it_overruled_holds_again():
    words = [("different", 1, 2), ("same", 1, 2), ("retract", 2)]
    assert fates(*words) == ["holds", "retracted", "done"]


def test_later_words_overrule_an_older_one_together():
    assert fates(("different", 1, 3), ("same", 1, 2), ("same", 2, 3)) == [
        "overruled",
        "holds",
        "holds",
    ]
    assert fates(("same", 2, 3), ("same", 1, 2), ("different", 1, 3)) == [
        "overruled",
        "holds",
        "holds",
    ]


def test_a_word_on_a_record_that_is_gone_waits_and_overrules_nobody():
    words = [("different", 1, 3), ("same", 1, 2), ("same", 2, 3)]
    assert fates(*words, gone={2}) == ["holds", "dormant", "dormant"]


def test_unsure_takes_no_decision_back():
    assert fates(("same", 1, 2), ("unsure", 1, 2)) == ["holds", "holds"]
    assert fates(("unsure", 1, 2), ("different", 1, 2)) == ["overruled", "holds"]


def test_to_keep_a_value_unblocks_it():
    assert fates(("block", "x"), ("keep", "x"), ("block", "y")) == ["overruled", "holds", "holds"]


def test_words_said_at_once_must_not_contradict_each_other():
    words = said(("same", 1, 2), ("same", 2, 3), ("different", 1, 3), ("different", 1, 4))
    assert [one.id for one in contradictions(words)] == [3]
    assert [one.id for one in contradictions(said(("unsure", 1, 2), ("same", 1, 2)))] == [2]
    assert [one.id for one in contradictions(said(("block", "x"), ("keep", "x")))] == [2]
    assert contradictions(said(("retract", 1), ("retract", 2))) == []


pairs = st.tuples(st.integers(1, 6), st.integers(1, 6)).filter(lambda pair: pair[0] < pair[1])
words = st.lists(st.tuples(st.sampled_from(["same", "different"]), pairs), max_size=12)


def closure(held):
    """Records to their cluster, by walking: the slow way to say what `same` joins."""
    cluster = {n: {n} for n in range(1, 7)}
    for one in held:
        if one.verdict == "same":
            both = cluster[one.left_id] | cluster[one.right_id]
            cluster |= dict.fromkeys(both, both)
    return cluster


@given(words)
def test_what_holds_is_free_of_contradiction_and_no_more_was_overruled_than_needed(told):
    rows = said(*((verdict, *pair) for verdict, pair in told))
    held = in_force(rows)
    cluster = closure(held)
    apart = [one for one in held if one.verdict == "different"]
    assert not any(one.left_id in cluster[one.right_id] for one in apart)
    for one in rows:
        if one not in held:  # it contradicts those said after it that hold
            later = [other for other in held if other.id > one.id]
            joined = closure([*later, one])
            walls = [w for w in [*later, one] if w.verdict == "different"]
            assert any(wall.left_id in joined[wall.right_id] for wall in walls)


@given(words)
def test_the_newest_word_always_holds(told):
    rows = said(*((verdict, *pair) for verdict, pair in told))
    if rows:
        assert weigh(rows)[rows[-1].id] is Fate.HOLDS
        assert Verdict(rows[-1].verdict)
