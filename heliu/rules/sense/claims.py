"""From conditions to claims: what must be so if a condition holds, or if it doesn't."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from heliu.rules.asks import HandWord
from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    ConsentTest,
    Did,
    FieldTest,
    HandTest,
    HasTag,
    InSegment,
    Leaf,
    Not,
    Question,
    Rank,
    SelectTest,
    Sequence,
    Verdict,
    When,
)
from heliu.rules.sense.facts import (
    FALSE,
    TRUE,
    Both,
    Claim,
    Either,
    Filter,
    Formula,
    Kind,
    Moment,
    Order,
    Subject,
)
from heliu.rules.sense.fields import field_claim
from heliu.rules.sense.sets import NO, NONE, SOME, YES, Domain, Texts, passing
from heliu.rules.sense.slices import NOW, slice_of

VERDICTS = frozenset(verdict.value for verdict in Verdict)


@dataclass(frozen=True)
class Translator:
    """Turns conditions into claims.

    Attributes:
        tags: What each tag means, where tags are to be looked into.
    """

    tags: Mapping[str, Condition] = field(default_factory=dict)

    def claims(  # noqa: PLR0911 - one for each kind of node
        self, condition: Condition, holds: bool = True
    ) -> Formula:
        """What must be so if a condition holds (or doesn't); enough for it only as far as told."""
        match condition:
            case Always():
                return TRUE if holds else FALSE
            case AllOf(parts):
                found = tuple(self.claims(part, holds) for part in parts)
                return Both(found) if holds else Either(found)
            case AnyOf(parts):
                found = tuple(self.claims(part, holds) for part in parts)
                return Either(found) if holds else Both(found)
            case Not(part):
                return self.claims(part, not holds)
            case HasTag(names):
                found = tuple(self._tag(name, holds) for name in names)
                return Either(found) if holds else Both(found)
            case FieldTest():
                return field_claim(condition, holds)
            case ConsentTest() | HandTest():
                return _said(condition, holds)
            case SelectTest() | InSegment():
                return _truth(condition, holds)
        return _event_claim(condition, holds)

    def _tag(self, name: str, holds: bool) -> Formula:
        carried = Claim(Subject(Kind.TRUTH, f"tag {name}"), YES if holds else NO)
        meaning = self.tags.get(name)
        return carried if meaning is None else Both((carried, self.claims(meaning, holds)))


def _event_claim(leaf: Did | When | AfterLast | Sequence | Rank, holds: bool) -> Formula:
    match leaf:
        case Did(question, compare):
            return _did(question, compare, holds)
        case When():
            return _when(leaf, holds)
        case AfterLast(question, other):
            return _after_last(question, other, holds)
        case Sequence():
            told = _truth(leaf, holds)
            return Both((told, *_sequence(leaf))) if holds else told
        case Rank(question):
            told = _truth(leaf, holds)
            return Both((told, _answered(question))) if holds else told


def _said(leaf: ConsentTest | HandTest, holds: bool) -> Formula:
    """Of three answers: yes, no and none. A word said lately is the newest one."""
    question = leaf.question
    if isinstance(leaf, ConsentTest):
        return _one_of_three(str(question), leaf.verdict.value, holds)
    verdict = (Verdict.GRANTED if leaf.holds else Verdict.REFUSED).value
    told = _one_of_three(str(leaf.question), verdict, holds)
    window = leaf.question.window
    if not holds or window is None or slice_of(window).high != NOW:
        return told
    return Both((told, _one_of_three(str(HandWord(leaf.question.tag)), verdict, True)))


def _one_of_three(name: str, verdict: str, holds: bool) -> Claim:
    wanted = {verdict} if holds else VERDICTS - {verdict}
    return Claim(Subject(Kind.VALUE, name), Texts(frozenset(wanted)))


def _truth(leaf: Leaf, holds: bool) -> Claim:
    """A leaf by itself, known only by its words."""
    return Claim(Subject(Kind.TRUTH, repr(leaf)), YES if holds else NO)


def _count(events: Filter, domain: Domain) -> Claim:
    return Claim(Subject(Kind.COUNT, events=events), domain)


def _told(question: Question, domain: Domain) -> Claim:
    """How many values of its property a question's events tell."""
    assert question.word is not None  # the parser sees to it
    return Claim(Subject(Kind.DISTINCT, question.word.name, Filter.of(question)), domain)


def _answered(question: Question) -> Claim:
    """That somebody has an answer to rank."""
    return _told(question, SOME) if question.word else _count(Filter.of(question), SOME)


def _did(question: Question, compare: Compare, holds: bool) -> Formula:
    passes = passing(compare) if holds else ~passing(compare)
    if question.aggregate is Aggregate.COUNT:
        return _count(Filter.of(question), passes)
    if question.aggregate is Aggregate.DISTINCT:
        return _told(question, passes)
    assert question.word is not None  # the parser sees to it
    kind = Kind.SUM if question.aggregate is Aggregate.SUM else Kind.MAX
    answer = Claim(Subject(kind, question.word.name, Filter.of(question)), passes)
    if kind is Kind.SUM:
        return answer
    some = Both((_told(question, SOME), answer))
    return some if holds else Either((_told(question, NONE), some))


def _when(leaf: When, holds: bool) -> Formula:
    """The last lies in a window: some do, and none lies after it; the first likewise."""
    events, piece = Filter.of(leaf.question), slice_of(leaf.window)
    rest = piece.after if leaf.question.aggregate is Aggregate.LAST else piece.before
    inside = events.during(piece)
    if holds:
        none = (_count(events.during(rest), NONE),) if rest else ()
        return Both((_count(inside, SOME), *none))
    some = (_count(events.during(rest), SOME),) if rest else ()
    return Either((_count(inside, NONE), *some))


def _after_last(question: Question, other: Question, holds: bool) -> Formula:
    one, than = Filter.of(question), Filter.of(other)
    mine = Moment(one, last=question.aggregate is Aggregate.LAST)
    theirs = Moment(than, last=True)
    happened = _count(one, SOME)
    if holds:
        later = Both((_count(than, SOME), Order(theirs, mine, strict=True)))
        return Both((happened, Either((_count(than, NONE), later))))
    earlier = Both((happened, _count(than, SOME), Order(mine, theirs, strict=False)))
    return Either((_count(one, NONE), earlier))


def _sequence(leaf: Sequence) -> list[Formula]:
    """What a sequence takes: each step some time, in this order, and nothing after it."""
    steps = [Filter.of(step) for step in leaf.steps]
    told: list[Formula] = [_count(step, SOME) for step in steps]
    last = Moment(steps[-1].ever, last=True)
    for number, step in enumerate(steps):
        for later in steps[number + 1 :]:
            later_one = Moment(later.ever, last=True)
            told.append(Order(Moment(step.ever, last=False), later_one, strict=True))
    if leaf.then_not and steps[-1].when.high == NOW:  # so that its last is the last of all
        never = Filter.of(leaf.then_not)
        order = Order(Moment(never, last=True), last, strict=False)
        told.append(Either((_count(never, NONE), Both((_count(never, SOME), order)))))
    return told
