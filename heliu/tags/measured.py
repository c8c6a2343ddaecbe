"""What a leaf came to for one person: the value, and the events behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from heliu.rules.asks import ConsentWord, Fact, HandWord
from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    Ask,
    ConsentTest,
    Did,
    FieldTest,
    HandTest,
    Leaf,
    Question,
    Rank,
    SelectTest,
    When,
    asks_of,
)
from heliu.rules.conditions import Sequence as SequenceOf
from heliu.rules.person import Happening, value_of
from heliu.rules.reference import Reference
from heliu.rules.vocabulary import MESSAGE_PROPERTIES, Word
from heliu.tags.said import (
    NEVER,
    UNKNOWN,
    Said,
    Shown,
    field_text,
    moment_text,
    number_text,
    plain,
    property_text,
)

NEWEST = 10
CONSENTED = {
    1: Said("同意", "granted"),
    0: Said("拒绝", "refused"),
    None: Said("未询问", "unknown"),
}
BY_HAND = {
    1: Said("有", "it holds"),
    0: Said("没有", "it doesn't hold"),
    None: Said("无人说过", "nobody said"),
}
RETURNED = {1: Said("在", "yes"), None: Said("不在", "no")}


@dataclass(frozen=True)
class Seen:
    """An event as it may be shown.

    Attributes:
        id: Of the event (or message); None where it is not stored.
        at: Epoch seconds.
        properties: Those the leaf asks of, name to text.
    """

    id: int | None
    type: str
    at: int
    properties: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Evidence:
    """The events behind a leaf: how many, and the newest, newest first."""

    count: int
    newest: tuple[Seen, ...]


def measured(leaf: Leaf, judge: Reference, shown: Shown) -> Said | None:  # noqa: PLR0911
    """What the person has of what a leaf asks."""
    zone = judge.clock.zone
    match leaf:
        case FieldTest(word):
            value = judge.person.fields.get(word.name)
            return UNKNOWN if value is None else plain(field_text(word, value, shown, zone))
        case Did(question):
            return _answer(question, judge.answer(question), zone)
        case When(question):
            return _answer(question, judge.answer(question), zone)
        case Rank(question):
            return _rank(leaf, judge)
        case AfterLast(question, other):
            return _times([question, other], judge)
        case SequenceOf():
            return _times([*leaf.steps, *([leaf.then_not] if leaf.then_not else [])], judge)
        case ConsentTest(question):
            return _word(judge.answer(question), CONSENTED)
        case HandTest(question):
            return _word(judge.answer(question), BY_HAND)
        case SelectTest(question):
            return _word(judge.answer(question), RETURNED)
    return None


def _word(answer: int | None, words: Mapping[int | None, Said]) -> Said:
    return words[answer]


def _answer(question: Question, answer: int | None, zone: ZoneInfo) -> Said:
    if question.aggregate in (Aggregate.FIRST, Aggregate.LAST):
        return NEVER if answer is None else plain(moment_text(answer, zone))
    if answer is None:
        return plain("0") if question.aggregate is Aggregate.SUM else UNKNOWN
    counted = question.aggregate is Aggregate.DISTINCT
    return plain(number_text(None if counted else question.word, answer))


def _rank(rank: Rank, judge: Reference) -> Said:
    question, cut = rank.question, judge.cuts.get(str(rank))
    mine = _answer(question, judge.answer(question), judge.clock.zone)
    if cut is None:
        return Said(f"{mine.zh}（没有分界值）", f"{mine.en} (no cut)")
    edge = _answer(question, cut, judge.clock.zone).en
    sign = "≥" if rank.top else "≤"
    return Said(f"{mine.zh}（分界 {sign} {edge}）", f"{mine.en} (cut {sign} {edge})")


def _times(asked: Sequence[Question], judge: Reference) -> Said:
    zone = judge.clock.zone
    said = [("+".join(q.types) or "any", _answer(q, judge.answer(q), zone)) for q in asked]
    return Said(
        "；".join(f"{event} {time.zh}" for event, time in said),
        "; ".join(f"{event} {time.en}" for event, time in said),
    )


def evidence_of(leaf: Leaf, judge: Reference, shown: Shown) -> Evidence | None:
    """The facts a leaf looks at, None of a leaf that looks at none."""
    asked = list(dict.fromkeys(asks_of(leaf)))
    if not asked or isinstance(leaf, SelectTest):
        return None
    words = dict.fromkeys(word for ask in asked for word in _words(ask))
    found = {key: seen for ask in asked for key, seen in _behind(ask, judge, list(words), shown)}
    newest = sorted(found.values(), key=lambda seen: (seen.at, seen.id or 0), reverse=True)
    return Evidence(len(found), tuple(newest[:NEWEST]))


def _words(ask: Ask) -> list[Word]:
    if not isinstance(ask, Question):
        return []
    always = MESSAGE_PROPERTIES.values() if ask.fact is Fact.MESSAGE else ()
    return [*always, *(word for word, _ in ask.where), *([ask.word] if ask.word else [])]


def _behind(
    ask: Ask, judge: Reference, words: Sequence[Word], shown: Shown
) -> Iterator[tuple[object, Seen]]:
    """The facts a question looks at, each with what tells it apart."""
    person, now = judge.person, judge.clock.at
    match ask:
        case Question():
            for event in judge.matching(ask):
                yield id(event), _seen(event, words, shown)
        case ConsentWord(channel, topic):
            for said in person.consents:
                if (said.channel, said.topic) == (channel, topic) and said.at <= now:
                    told = (("granted", str(said.granted).lower()), ("record", str(said.record)))
                    yield said, Seen(None, f"consent {topic} {channel}", said.at, told)
        case HandWord(tag):
            for word in person.hands:
                if word.tag == tag and word.at <= now:
                    held = (("holds", str(word.holds).lower()),)
                    yield word, Seen(word.id or None, f"hand {tag}", word.at, held)


def _seen(event: Happening, words: Sequence[Word], shown: Shown) -> Seen:
    told = [(word, value_of(event, word)) for word in words]
    return Seen(
        getattr(event, "id", None),
        event.type,
        event.at,
        tuple((word.name, property_text(word, v, shown)) for word, v in told if v is not None),
    )
