"""What a tag's other keys add to its `when`: words by hand, and an end to its time."""

from collections.abc import Iterator

from heliu.rules.asks import Aggregate, HandWord, Question
from heliu.rules.comparing import compares
from heliu.rules.conditions import (
    AfterLast,
    AllOf,
    AnyOf,
    Condition,
    Did,
    HandTest,
    Leaf,
    Not,
    Rank,
    Sequence,
    When,
)
from heliu.rules.windows import Back


def with_hands(name: str, rule: Condition | None, expires_seconds: int | None) -> Condition:
    """What hands say of a tag, and where they say nothing its rule.

    A yes ends with `expires`; a no lasts until it is taken back.
    """
    yes = HandTest(HandWord(name, Back(expires_seconds) if expires_seconds else None), True)
    if rule is None:
        return yes
    return AnyOf((yes, AllOf((rule, Not(HandTest(HandWord(name), False))))))


def with_expiry(rule: Condition, seconds: int) -> Condition | None:
    """A rule that also needs one of the events that speak for it to be this new.

    Returns:
        None where no event speaks for it: it would never expire, or never hold.
    """
    newest = dict.fromkeys(_newest(question) for question in speaking(rule))
    tests = tuple(When(question, Back(seconds)) for question in newest)
    return AllOf((rule, AnyOf(tests))) if tests else None


def speaking(condition: Condition, positive: bool = True) -> Iterator[Question]:
    """Questions about events without which a condition would not hold for their part.

    Args:
        condition: All of it, or a part.
        positive: Whether the part is meant to hold; below a `not` it isn't.
    """
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from speaking(part, positive)
        case Not(part):
            yield from speaking(part, not positive)
        case Did(question) | When(question) | Rank(question) | AfterLast(question):
            if _holds_without(condition) != positive:
                yield question
        case Sequence() if positive:
            yield condition.last


def _holds_without(leaf: Leaf) -> bool:
    """Whether a question about events is passed by somebody without any."""
    if not isinstance(leaf, Did) or leaf.question.aggregate is Aggregate.MAX:
        return False
    return compares(0, leaf.compare)


def _newest(question: Question) -> Question:
    """When the newest of the events a question is about was.

    A window up to as-of needn't be said again: the newest is in it if any is.
    """
    window = question.window
    if isinstance(window, Back) and not window.near:
        window = None
    return Question(Aggregate.LAST, question.event, None, question.where, window)
