"""The review queue and effects as tables for artifacts: ids and counts, values masked."""

from collections.abc import Sequence

from heliu.identity.masking import masked
from heliu.identity.review.questions import Item
from heliu.identity.review.queue import GroupItem
from heliu.identity.review.regrouping import Change
from heliu.reports.identity_labels import Pairs
from heliu.reports.review_words import label
from heliu.reports.words import Words

Rows = list[dict[str, str | int]]

KINDS: Pairs = {
    "merge": ("合并", "merge"),
    "split": ("拆分", "split"),
    "regroup": ("重组", "regroup"),
}


def item_rows(items: Sequence[Item], say: Words) -> Rows:
    """Pairs that wait."""
    return [
        {
            "记录对": one.name,
            "档案": f"{one.left_profile}, {one.right_profile}",
            "原因": say.label("edge_reason", one.reason),
            "依据": say.label("identifier", one.type),
            "值": masked(one.type, one.value) if one.value else "",
            "权重": "" if one.weight is None else f"{one.weight:+.1f}",
            "已付": say.money(one.paid_fen),
            "标签差异": one.tags_differ,
            "记录数": one.records,
        }
        for one in items
    ]


def group_rows(groups: Sequence[GroupItem], say: Words) -> Rows:
    """Values of too many people that wait."""
    return [
        {
            "类型": say.label("identifier", one.type),
            "值": masked(one.type, one.value),
            "记录数": one.holders,
            "不同姓名": one.names,
        }
        for one in groups
    ]


def effect_rows(changes: Sequence[Change], say: Words) -> Rows:
    """Profiles that would become others."""
    return [
        {
            "变化": label(say, KINDS, one.kind),
            "现在": ", ".join(map(str, one.before)),
            "之后": ", ".join(map(str, one.after)),
            "记录": one.records,
            "换档案的记录": one.moved,
            "订单": one.orders,
            "消息": one.messages,
        }
        for one in changes
    ]
