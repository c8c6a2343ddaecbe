"""What a matching model weighs, as rows a person reads; no value of anybody's."""

import math
from collections.abc import Collection

from heliu.identity.matching.levels import Level
from heliu.identity.matching.model import Model

BAR = 20  # weights of that many bits fill a bar
FULL = "█"


def weight_rows(model: Model, untrained: Collection[str] = ()) -> list[dict[str, str]]:
    """A row for every level of every field: how often it holds, and what it weighs."""
    return [
        {
            "字段": comparison.field,
            "程度": level.label,
            "同一人 m": f"{level.m:.4f}",
            "不同人 u": f"{level.u:.2e}",
            "权重": f"{weight_of(level):+.1f}",
            "图": bar(weight_of(level)),
            "说明": _note(level, comparison.field in untrained),
        }
        for comparison in model.comparisons
        for level in comparison.levels
    ]


def model_markdown(model: Model, written: bool) -> str:
    """What the model was learnt from, and how it will be used."""
    figures = model.trained_on
    rules = "\n".join(f"- {' + '.join(rule)}" for rule in model.rules)
    fate = "已写入 matching.json，下次合并全量重算。" if written else "试算，未写入。"
    return (
        f"# 匹配模型 {model.hash}\n\n{fate}\n\n"
        f"- 训练：{figures['records']:,} 条记录，{figures['units']:,} 个档案，"
        f"预计其中 {figures['matches']:,} 对是同一人\n"
        f"- 权重 ≥ {model.link_at:g} 自动合并，≥ {model.review_at:g} 交人核对\n"
        f"- 随机两个档案是同一人的可能：{model.prior:.2e}\n\n"
        f"## 只比较至少共有一项的两个档案\n\n{rules}\n"
    )


def weight_of(level: Level) -> float:
    """Log2 of m over u."""
    return math.log2(level.m / level.u)


def bar(weight: float) -> str:
    """A weight as a bar, with its sign before it."""
    length = min(BAR, math.ceil(abs(weight)))
    return ("+" if weight > 0 else "−") + FULL * length if length else ""


def _note(level: Level, untrained: bool) -> str:
    notes = ["按常见程度调整"] if level.frequency else []
    notes += ["样本不足，m 的初值为经验值"] if untrained else []
    return "；".join(notes)
