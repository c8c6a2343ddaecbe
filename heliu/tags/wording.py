"""What each leaf of a rule asks, in Chinese and in English."""

from zoneinfo import ZoneInfo

from heliu.rules.asks import HandWord
from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    Anniversary,
    Between,
    Compare,
    ConsentTest,
    Did,
    Exists,
    FieldCheck,
    FieldTest,
    HandTest,
    HasTag,
    InSegment,
    Leaf,
    Near,
    OneOf,
    Question,
    Rank,
    SelectTest,
    Sequence,
    ValueTest,
    Verdict,
    When,
)
from heliu.rules.vocabulary import Word
from heliu.tags.said import (
    Said,
    Shown,
    compare_said,
    edge_said,
    field_text,
    joined,
    length_said,
    plain,
    property_text,
    window_said,
)

ASKED = {
    Aggregate.COUNT: Said("次数", "count of"),
    Aggregate.SUM: Said("合计", "sum of"),
    Aggregate.MAX: Said("最大值", "largest"),
    Aggregate.DISTINCT: Said("种数", "distinct"),
    Aggregate.FIRST: Said("最早一次", "first"),
    Aggregate.LAST: Said("最近一次", "last"),
}
MOST_VALUES = 5  # a category may mean hundreds of products
VERDICTS = {
    Verdict.GRANTED: Said("同意", "granted"),
    Verdict.REFUSED: Said("拒绝", "refused"),
    Verdict.UNKNOWN: Said("未询问", "unknown"),
}


def leaf_said(leaf: Leaf, shown: Shown, zone: ZoneInfo) -> Said:  # noqa: PLR0911 - one a kind
    """A leaf in words, without what it came to.

    Args:
        leaf: Of a condition.
        shown: How a personal value may be shown that the rule itself names.
        zone: Whose clock instants are shown by.
    """
    match leaf:
        case HasTag(names):
            listed = ", ".join(names)
            return Said(f"带有标签 {listed}", f"carries the tag {listed}")
        case FieldTest(word, check):
            return _spaced(
                Said(f"字段 {word.name}", f"field {word.name}"), _check(word, check, shown, zone)
            )
        case Did(question, compare):
            return _spaced(question_said(question, shown), compare_said(compare, question.word))
        case When(question, window):
            in_ = Said(f"在{window_said(window).zh}", window_said(window).en)
            return _spaced(question_said(question, shown), in_)
        case AfterLast(question, other):
            one, two = question_said(question, shown), question_said(other, shown)
            return Said(f"{one.zh}晚于{two.zh}", f"{one.en} is later than {two.en}")
        case Sequence():
            return _sequence(leaf, shown)
        case Rank():
            return _rank(leaf, shown)
        case ConsentTest(question, verdict):
            allowed = VERDICTS[verdict]
            return Said(
                f"{question.channel} 渠道 {question.topic} 授权：{allowed.zh}",
                f"consent to {question.topic} on {question.channel} is {allowed.en}",
            )
        case HandTest(question, holds):
            return _hand(question, holds)
        case SelectTest():
            return Said("在自写 SQL 的结果中", "returned by the rule's own SQL")
        case InSegment(name):
            return Said(f"属于人群 {name}", f"in the segment {name}")


def _rank(leaf: Rank, shown: Shown) -> Said:
    share = f"{leaf.basis_points / 100:g}%"
    asked = question_said(leaf.question, shown)
    return Said(
        f"{asked.zh}排在{'前' if leaf.top else '后'} {share}",
        f"{asked.en} is among the {'top' if leaf.top else 'bottom'} {share}",
    )


def _hand(asked: HandWord, holds: bool) -> Said:
    said = (
        Said("人工设为有", "said by hand to hold")
        if holds
        else Said("人工设为没有", "said by hand not to hold")
    )
    when = window_said(asked.window)
    return Said(f"{when.zh}{said.zh} {asked.tag}", f"{asked.tag} {said.en} {when.en}".rstrip())


def question_said(question: Question, shown: Shown) -> Said:
    """What is asked of events: which, when, and what of them."""
    what, when = events_said(question, shown), window_said(question.window)
    asked = ASKED[question.aggregate]
    word = question.word.name if question.word else ""
    zh = f"{when.zh}{what.zh}".strip() if not when.zh else f"{when.zh} {what.zh}"
    en = f"{asked.en} {word} of {what.en}" if word else f"{asked.en} {what.en}"
    return Said(
        f"{zh} 的 {word} {asked.zh}" if word else f"{zh} {asked.zh}",
        f"{en} {when.en}".rstrip(),
    )


def events_said(question: Question, shown: Shown) -> Said:
    """Which events: their type and what they must say of themselves."""
    event = plain("+".join(question.types)) if question.types else Said("任意事件", "any event")
    if not question.where:
        return event
    told = ", ".join(
        f"{word.name}{_value_test(word, test, shown)}" for word, test in question.where
    )
    return Said(f"{event.zh}({told})", f"{event.en}({told})")


def _value_test(word: Word, test: ValueTest, shown: Shown) -> str:
    if isinstance(test, OneOf):
        texts = [property_text(word, value, shown) for value in test.values[:MOST_VALUES]]
        more = ["…"] if len(test.values) > MOST_VALUES else []
        return f"={'|'.join(texts + more) or '∅'}"
    between = " " if test.op == "between" else ""
    return between + compare_said(test, word).en


def _check(  # noqa: PLR0911 - one a kind
    word: Word, check: FieldCheck, shown: Shown, zone: ZoneInfo
) -> Said:
    match check:
        case Exists(known):
            return Said("已知", "is known") if known else Said("未知", "is unknown")
        case Compare():
            return compare_said(check, word)
        case OneOf(values):
            listed = [plain(field_text(word, value, shown, zone)) for value in values]
            return joined([plain("="), joined(listed, " 或 ", " or ")], " ", " ")
        case Near(seconds, ahead):
            length = length_said(seconds)
            if ahead:
                return Said(f"在未来 {length.zh}内", f"in the next {length.en}")
            return Said(f"在过去 {length.zh}内", f"in the last {length.en}")
        case Anniversary(days):
            return Said(f"的周年日在 {days} 天内", f"has its anniversary within {days}d")
        case Between(after, before):
            first = (
                [Said(f"晚于{edge_said(after).zh}", f"after {edge_said(after).en}")]
                if after
                else []
            )
            last = (
                [Said(f"早于{edge_said(before).zh}", f"before {edge_said(before).en}")]
                if before
                else []
            )
            both = joined(first + last, "且", " and ")
            ends = Said("（含两端）", " (both included)") if check.inclusive else plain("")
            return Said(both.zh + ends.zh, both.en + ends.en)


def _sequence(leaf: Sequence, shown: Shown) -> Said:
    steps = [events_said(step, shown) for step in leaf.steps]
    when = window_said(leaf.first.window)
    zh = f"{when.zh}依次发生 {' → '.join(step.zh for step in steps)}"
    en = f"{', then later '.join(step.en for step in steps)} {when.en}".rstrip()
    if leaf.then_not:
        never = events_said(leaf.then_not, shown)
        return Said(f"{zh}，此后没有 {never.zh}", f"{en}, and then no {never.en}")
    return Said(zh, en)


def _spaced(*parts: Said) -> Said:
    return joined(parts, " ", " ")
