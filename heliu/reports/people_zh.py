"""One person explained for operators in Prefect: Chinese Markdown, masked; and receipts as rows.

Tables, since the markdown of Prefect's pages draws no diagrams.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from heliu.identity.people.chain import Evidence
from heliu.identity.people.explanation import Explanation
from heliu.identity.people.lookup import Found
from heliu.reports.people import field_text
from heliu.reports.words import Words

VERDICTS = {
    "same": "同一人",
    "different": "不同人",
    "unsure": "不确定",
    "block": "屏蔽该值",
    "keep": "保留该值",
    "retract": "撤回",
}
STRENGTHS = {"strong": "强", "medium": "中", "weak": "弱", "none": "无"}
TROUBLES = {"demoted": "多人共用，不作依据", "poisoned": "异常批次，不采信", "": ""}
TOUCHES = {
    "event": "事件",
    "orders": "订单",
    "consent": "授权记录",
    "suppression": "禁发记录",
    "profile_tag": "标签",
    "tag_change": "标签变动",
    "recipient": "圈选",
    "message": "消息",
}


def receipt_rows(counts: Mapping[str, int]) -> list[dict[str, str | int]]:
    """A plan or a receipt for a table artifact: table and rows."""
    return [{"表": name, "行数": number} for name, number in sorted(counts.items())]


def explanation_markdown(found: Found, told: Explanation | None, zone: ZoneInfo) -> str:
    """Why a profile is what it is, as one page; values stand in it as the explanation has them."""
    say = Words("zh", zone)
    return "\n".join(_page(found, told, say)) + "\n"


def _page(found: Found, told: Explanation | None, say: Words) -> Iterator[str]:
    if found.receipt:
        at = found.receipt.at.astimezone(say.zone)
        yield f"## 档案 {found.receipt.profile_id} 已删除"
        yield f"\n{at:%Y-%m-%d %H:%M} 删除，回执 {found.receipt.id}。此人的任何信息均不再保存。"
        return
    if told is None:
        yield "## 没有可说明的内容"
        return
    yield f"## 档案 {told.profile_id} 的由来"
    if told.created_run_id is None:
        yield "\n该档案已不存在：其记录均已从来源中消失。"
    else:
        yield (
            f"\n{len(told.tree)} 条记录；第 {told.created_run_id} 次运行建立，"
            f"第 {told.changed_run_id} 次运行最近变更。"
        )
    if len(told.aliases):
        yield f"\n曾用编号：{'、'.join(map(str, told.aliases))}。"
    yield from _table("记录", "编号|来源|键|首次出现|版本|状态", _records(told, say))
    yield from _table("为何是同一人", "记录|经由|依据|标识|强度|逐项权重", _tree(told, say))
    yield from _table("未采用的依据", "记录|记录|对方档案|原因|标识|逐项权重", _refused(told, say))
    yield from _table("证明力不足的标识", "类型|值|状态|强度|他人记录|说明", _doubtful(told, say))
    yield from _table("人工判定", "时间|判定|对象|由谁|理由|状态", _decisions(told, say))
    yield from _table("待审问题", "记录|记录|原因|状态", _doubts(told, say))
    yield from _table("字段取值", "字段|值|来自记录|规则|未采用的值", _golden(told, say))
    yield from _table("历史", "运行|时间|档案|变化|对方", _history(told, say))
    touches = [(TOUCHES[name], f"{n:,}") for name, n in told.touches.items() if n]
    yield from _table("关联数据", "内容|数量", touches)


def _table(title: str, heading: str, rows: Iterable[Sequence[object]]) -> Iterator[str]:
    found = list(rows)
    if not found:
        return
    columns = heading.split("|")
    yield f"\n### {title}\n"
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in found:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(value: object) -> str:
    """Text that stays in its cell and is no markup of its own."""
    text = "" if value is None else str(value).replace("\n", " ")
    return "".join(f"\\{sign}" if sign in r"\`*_|<>[]#~" else sign for sign in text)


def _records(told: Explanation, say: Words) -> Iterator[Sequence[object]]:
    for one in told.records:
        when = f"{one.first_seen_at.astimezone(say.zone):%Y-%m-%d}" if one.first_seen_at else ""
        state = (
            f"{one.deleted_at.astimezone(say.zone):%Y-%m-%d} 起不在来源中"
            if one.deleted_at
            else "在"
        )
        seen = f"第 {one.first_run_id} 次运行 {when}".rstrip()
        yield one.id, one.source, one.key, seen, one.versions, state


def _tree(told: Explanation, say: Words) -> Iterator[Sequence[object]]:
    for step in told.tree:
        indent = "　" * step.depth
        if step.via is None:
            yield f"{indent}{step.record_id}", "", "", "", "", ""
        else:
            through = step.via.other(step.record_id)
            yield f"{indent}{step.record_id}", through, *_evidence(step.via, say)


def _evidence(edge: Evidence, say: Words) -> Sequence[object]:
    kind = say.label("edge_kind", edge.kind) if edge.kind != "deterministic" else ""
    strength = STRENGTHS.get(edge.strength, edge.strength)
    weight = "" if edge.weight is None else f" {edge.weight:+.1f}"
    reason = say.label("edge_reason", edge.reason)
    return (
        reason,
        _named(edge.type, edge.value, say),
        f"{strength} {kind}{weight}",
        _steps(edge, say),
    )


def _named(type_: str, value: str, say: Words) -> str:
    return f"{say.label('identifier', type_)} {value}" if value else ""


def _steps(edge: Evidence, say: Words) -> str:
    return "；".join(
        f"{say.label('field', one.field)} {one.level} {one.weight:+.1f}" for one in edge.reasons
    )


def _refused(told: Explanation, say: Words) -> Iterator[Sequence[object]]:
    for edge, other in told.refused:
        reason, named, _, steps = _evidence(edge, say)
        yield edge.left_id, edge.right_id, other, reason, named, steps


def _doubtful(told: Explanation, say: Words) -> Iterator[Sequence[object]]:
    for one in told.carried:
        if one.trouble or one.status not in ("ok", "") or one.strength in ("weak", "none"):
            status = say.label("identifier_status", one.status) if one.status else "现已不再携带"
            strength = STRENGTHS.get(one.strength, one.strength)
            type_ = say.label("identifier", one.type)
            yield type_, one.value, status, strength, one.others, TROUBLES[one.trouble]


def _decisions(told: Explanation, say: Words) -> Iterator[Sequence[object]]:
    for one in told.decisions:
        about = one.value or " – ".join(str(id_) for id_ in (one.left_id, one.right_id) if id_)
        state = "已撤回" if one.retracted else "有效"
        at = f"{one.at.astimezone(say.zone):%Y-%m-%d %H:%M}"
        yield at, VERDICTS.get(one.verdict, one.verdict), about, one.who, one.why, state


def _doubts(told: Explanation, say: Words) -> Iterator[Sequence[object]]:
    for one in told.doubts:
        state = "已关闭" if one.closed else "待审"
        yield one.left_id, one.right_id, say.label("edge_reason", one.reason), state


def _golden(told: Explanation, say: Words) -> Iterator[Sequence[object]]:
    for one in told.golden:
        lost = "；".join(
            f"{field_text(one.field, value, say.zone)}（记录 {id_}）" for value, id_ in one.lost
        )
        value = field_text(one.field, one.value, say.zone)
        yield say.label("field", one.field), value, one.record_id, one.rule, lost


def _history(told: Explanation, say: Words) -> Iterator[Sequence[object]]:
    for one in told.history:
        at = f"{one.at.astimezone(say.zone):%Y-%m-%d}" if one.at else ""
        yield one.run_id, at, one.profile_id, say.label("change", one.what), one.other_id
