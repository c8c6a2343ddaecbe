"""A preview of a change of rules as rows, Markdown and plain data; ids and counts, no values.

Nothing here knows Prefect: a table is a list of rows, Markdown is text.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from heliu.reports.identity_labels import Pairs
from heliu.reports.words import Words
from heliu.tags.diff import Move, Sample, TagDiff
from heliu.tags.reasons import Reason
from heliu.tags.revision import Change, Kind

Rows = list[dict[str, Any]]

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.TAG: ("标签", "tag"),
    Kind.SEGMENT: ("人群", "segment"),
    Kind.CAMPAIGN: ("活动", "campaign"),
}
CHANGES: dict[Change, tuple[str, str]] = {
    Change.NEW: ("新增", "new"),
    Change.REMOVED: ("移除", "removed"),
    Change.CHANGED: ("规则变更", "changed"),
    Change.DOWNSTREAM: ("受上游影响", "downstream"),
}
# Whether a leaf held before and holds after; None where that side doesn't ask it.
REASONS: dict[tuple[bool | None, bool | None], tuple[str, str]] = {
    (None, True): ("新条件，满足", "asked now, holds"),
    (None, False): ("新条件，不满足", "asked now, doesn't hold"),
    (True, None): ("不再要求，原满足", "no longer asked, held"),
    (False, None): ("不再要求，原不满足", "no longer asked, didn't hold"),
    (False, True): ("由不满足变为满足", "holds now, didn't"),
    (True, False): ("由满足变为不满足", "held, doesn't now"),
    (True, True): ("组合方式变了，满足", "put together otherwise, holds"),
    (False, False): ("组合方式变了，不满足", "put together otherwise, doesn't hold"),
}
REPORT_THIS: Pairs = {
    "sql": (
        "参考引擎与 SQL 结论不同，请反馈",
        "the reference engine and SQL disagree; please report this",
    )
}


def reason_text(reason: Reason, say: Words) -> str:
    """One leaf that speaks for a move, with what was measured."""
    asked = say(reason.says.zh, reason.says.en)
    text = f"{say(*REASONS[reason.before, reason.after])}{say('：', ': ')}{asked}"
    if reason.measured is None:
        return text
    value = say(reason.measured.zh, reason.measured.en)
    return text + say("（实测 ", " (measured ") + value + say("）", ")")


def sample_text(sample: Sample, say: Words) -> str:
    """Everything that speaks for one profile's move."""
    told = [reason_text(reason, say) for reason in sample.reasons]
    told += [] if sample.confirmed else [say(*REPORT_THIS["sql"])]
    return say("；", "; ").join(told) or say("对所有人", "everybody")


def change_text(move: Move, say: Words) -> str:
    """How a rule differs, and through which."""
    text = say(*CHANGES[move.change])
    if move.change is Change.DOWNSTREAM and move.through:
        return text + say("：", ": ") + say("、", ", ").join(move.through)
    return text


def diff_rows(diff: TagDiff, say: Words) -> Rows:
    """A row for each rule that means something else."""
    return [
        {
            say("类型", "kind"): say(*KINDS[move.kind]),
            say("名称", "name"): move.name,
            say("标题", "title"): move.title,
            say("变更", "change"): change_text(move, say),
            say("之前", "before"): move.sizes.before,
            say("之后", "after"): move.sizes.after,
            say("进入", "enter"): move.sizes.entered,
            say("离开", "leave"): move.sizes.left,
        }
        for move in diff.moves
    ]


def diff_markdown(diff: TagDiff, as_of: str, notes: Iterable[str], say: Words) -> str:
    """The whole preview as Markdown: for a pull request, or an artifact.

    Args:
        diff: The preview.
        as_of: Up to when facts were seen, as the firm's clock shows it.
        notes: What the two sides were read from.
        say: The reader's language.
    """
    parts = [
        say("# 标签规则变更预览", "# Preview of a change of rules"),
        summary_text(diff, as_of, say),
        "\n".join(f"- {_plain(note)}" for note in notes),
        _table(diff_rows(diff, say)),
        *(_samples(move, say) for move in diff.moves if move.samples),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary_text(diff: TagDiff, as_of: str, say: Words) -> str:
    """Between what, for how many, and how much of it moves nobody."""
    moving = sum(move.moves for move in diff.moves)
    return say(
        "{before} → {after}，数据截至 {as_of}，共 {profiles} 位客户。"
        "含义变化的规则 {changed} 条，其中 {moving} 条有人进出；{same} 条不变。",
        "{before} → {after}, as of {as_of}, {profiles} profiles. "
        "{changed} rules mean something else, {moving} of them move somebody; {same} are the same.",
        before=diff.before[0],
        after=diff.after[0],
        as_of=as_of,
        profiles=diff.profiles,
        changed=len(diff.moves),
        moving=moving,
        same=diff.same,
    )


def _samples(move: Move, say: Words) -> str:
    heading = f"## {say(*KINDS[move.kind])} {move.name} {_plain(move.title)}"
    rows = [
        {
            say("档案", "profile"): str(sample.profile_id),
            say("方向", "move"): direction(sample, say),
            say("原因", "reason"): sample_text(sample, say),
        }
        for sample in move.samples
    ]
    return f"{heading}\n\n{_table(rows)}"


def direction(sample: Sample, say: Words) -> str:
    """Whether a profile enters or leaves."""
    return say("进入", "enters") if sample.entered else say("离开", "leaves")


def _table(rows: Rows) -> str:
    if not rows:
        return ""
    headings = list(rows[0])
    numbers = [isinstance(value, int) for value in rows[0].values()]
    lines: list[Sequence[str]] = [headings, ["---:" if number else "---" for number in numbers]]
    lines += [[f"{v:,}" if isinstance(v, int) else v for v in row.values()] for row in rows]
    return "\n".join("| " + " | ".join(_plain(cell) for cell in line) + " |" for line in lines)


def _plain(text: str) -> str:
    """Text that breaks no table, link or tag."""
    for letter in "|[]<>*_`":
        text = text.replace(letter, f"\\{letter}")
    return " ".join(text.split())


def diff_data(diff: TagDiff, say: Words) -> dict[str, Any]:
    """The preview as plain data; ids as text, since they are names."""
    return {
        "before": {"revision": diff.before[0], "library": diff.before[1]},
        "after": {"revision": diff.after[0], "library": diff.after[1]},
        "profiles": diff.profiles,
        "same": diff.same,
        "moves": [
            {
                "kind": move.kind.value,
                "name": move.name,
                "title": move.title,
                "change": move.change.value,
                "through": list(move.through),
                **move.sizes._asdict(),
                "samples": [
                    {
                        "profile_id": str(sample.profile_id),
                        "entered": sample.entered,
                        "reasons": [reason_text(reason, say) for reason in sample.reasons],
                        "confirmed": sample.confirmed,
                    }
                    for sample in move.samples
                ],
            }
            for move in diff.moves
        ],
    }
