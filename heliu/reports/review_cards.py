"""What the review page is made of: a card a question, its cells finished text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from heliu.identity.review.crowd import Crowd
from heliu.identity.review.queue import GroupItem
from heliu.identity.review.sides import INSTANTS, Question, Reason, Side, Step
from heliu.reports.page.parts import Bar, Bars, Segment
from heliu.reports.review_words import GENDERS, LEVELS, field_label, label
from heliu.reports.words import Words

MOST_LINES = 20  # records or identifiers of one side


@dataclass(frozen=True)
class Line:
    """One line of the comparison, as texts; how is same, differs, alone or plain."""

    title: str
    left: Sequence[str]
    right: Sequence[str]
    how: str


@dataclass(frozen=True)
class Card:
    """A question as the page lays it out."""

    question: Question
    title: str
    stake: str
    lines: Sequence[Line]
    reasons: Sequence[tuple[str, Bars | None]]


@dataclass(frozen=True)
class GroupCard:
    """A value of too many people as the page lays it out."""

    item: GroupItem
    type: str
    crowd: Crowd
    bars: Sequence[tuple[str, Bars]]


def pair_card(question: Question, say: Words) -> Card:
    """Two profiles side by side, and why they may be one."""
    item = question.item
    names = [
        side.values.get("name") or say("无姓名", "nameless")
        for side in (question.left, question.right)
    ]
    stake = say(
        "已付 {money} · 标签差异 {tags} · 共 {records} 条记录",
        "{money} paid · {tags} tags differ · {records} records",
        money=say.money(item.paid_fen),
        tags=item.tags_differ,
        records=item.records,
    )
    reasons = [(_reason(one, say), _waterfall(one, say)) for one in question.reasons]
    return Card(question, " · ".join(names), stake, _lines(question, say), reasons)


def _lines(question: Question, say: Words) -> list[Line]:
    left, right = question.left, question.right
    lines = [
        Line(
            field_label(say, one.field),
            [_value(one.field, one.left, say)],
            [_value(one.field, one.right, say)],
            "plain" if one.field in INSTANTS else one.how,
        )
        for one in question.fields
    ]
    return [
        *lines,
        Line(say("标识", "Identifiers"), _carried(left, say), _carried(right, say), "plain"),
        Line(say("标签", "Tags"), left.tags, right.tags, "plain"),
        Line(say("订单", "Orders"), [_orders(left, say)], [_orders(right, say)], "plain"),
        Line(say("记录", "Records"), _records(left, say), _records(right, say), "plain"),
    ]


def _value(field: str, text: str, say: Words) -> str:
    if field in INSTANTS and text.lstrip("-").isdigit():
        return say.time(datetime.fromtimestamp(int(text), UTC))
    return label(say, GENDERS, text) if field == "gender" else text


def _carried(side: Side, say: Words) -> list[str]:
    lines = []
    for one in side.identifiers:
        scope = f"（{one.scope}）" if one.scope else ""
        status = "" if one.status == "ok" else f" · {say.label('identifier_status', one.status)}"
        shared = say(" · 双方都有", " · both have it") if one.shared else ""
        lines.append(f"{say.label('identifier', one.type)}{scope} {one.value}{status}{shared}")
    return _first(lines, say)


def _records(side: Side, say: Words) -> list[str]:
    lines = [f"#{one.record_id} {one.source} · {one.source_key}" for one in side.records]
    return _first(lines, say)


def _orders(side: Side, say: Words) -> str:
    return say(
        "{n} 笔，已付 {money}", "{n}, {money} paid", n=side.orders, money=say.money(side.paid_fen)
    )


def _first(lines: list[str], say: Words) -> list[str]:
    more = len(lines) - MOST_LINES
    if more <= 0:
        return lines
    return [*lines[:MOST_LINES], say("……另有 {n} 条", "… and {n} more", n=more)]


def _reason(one: Reason, say: Words) -> str:
    kind = f"{say.label('edge_kind', one.kind)}：" if one.kind else ""
    value = f"（{say.label('identifier', one.type)} {one.value}）" if one.value else ""
    bits = f" · {one.weight:+.1f} bit" if one.weight is not None else ""
    return f"{kind}{say.label('edge_reason', one.reason)}{value}{bits}"


def _waterfall(one: Reason, say: Words) -> Bars | None:
    """How the weight came about, from field to field; None where nothing tells."""
    if not one.steps or one.weight is None:
        return None
    rest = one.weight - sum(step.weight for step in one.steps)
    steps = [*([Step("prior", "", rest)] if abs(rest) >= 0.05 else []), *one.steps]
    heights = [0.0]
    for _, _, weight in steps:
        heights.append(heights[-1] + weight)
    low, span = min(heights), max(max(heights) - min(heights), 0.1)

    def piece(start: float, end: float) -> list[Segment]:
        tone = "good" if end >= start else "bad"
        return [Segment((min(start, end) - low) / span, abs(end - start) / span, tone)]

    bars = [
        Bar(
            field_label(say, field),
            piece(start, end),
            f"{weight:+.1f}",
            label(say, LEVELS, level),
        )
        for (field, level, weight), (start, end) in zip(steps, pairwise(heights), strict=True)
    ]
    total = Bar(
        say("合计", "total"), piece(0.0, one.weight), f"{one.weight:+.1f}", "bit", step=True
    )
    return Bars([*bars, total])


def group_card(item: GroupItem, crowd: Crowd, say: Words) -> GroupCard:
    """A value and the people behind it."""
    parts = [
        (say("姓名", "Names"), crowd.names, say("无姓名", "nameless")),
        (say("来源", "Sources"), crowd.sources, ""),
        (say("城市", "Cities"), crowd.cities, ""),
    ]
    bars = [(title, _counts(rows, empty, say)) for title, rows, empty in parts if rows]
    return GroupCard(item, say.label("identifier", item.type), crowd, bars)


def _counts(rows: Sequence[tuple[str, int]], empty: str, say: Words) -> Bars:
    most = max(number for _, number in rows)
    return Bars(
        [
            Bar(name or empty, [Segment(0.0, number / most, "main")], say.number(number))
            for name, number in rows
        ]
    )
