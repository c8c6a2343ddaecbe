"""The report of one run of retag: what tags gained and lost and why, as Markdown for an artifact.

Counts and the names of tags, nobody's data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from heliu.reports.figures.tag_moves import Looked, Move, looked, moves
from heliu.reports.figures.tagging import TagSize, tag_sizes
from heliu.reports.markdown import markdown_table, plain
from heliu.reports.page.parts import Column, Table
from heliu.reports.page.tag_moves import Moved, moved_by, why_text
from heliu.reports.words import Words

MOST = 15  # tags of the table; the tags page has all


@dataclass(frozen=True)
class RetagReport:
    """What a run evaluated and moved; `run` is None where it evaluated nothing."""

    run: Looked | None
    moves: Sequence[Move]
    tags: Sequence[TagSize]


def retag_report(connection: sa.Connection, run_id: int) -> RetagReport:
    """Read a run's report from the tables."""
    return RetagReport(
        looked(connection, run_id), moves(connection, run_id), tag_sizes(connection, run_id)
    )


def retag_markdown(report: RetagReport, say: Words, links: Mapping[str, str]) -> str:
    """The report as text.

    Args:
        report: What the tables say.
        say: The reader's language.
        links: Text → address of the pages that say more.
    """
    run = report.run
    if run is None:
        return say("这次运行没有打标。", "This run evaluated no tags.") + "\n"
    parts = [
        f"# {say('打标报告', 'Retag report')} #{run.run_id}",
        _headline(run, report, say),
        _check_line(run, say),
        *_tables(report, say),
        "\n".join(f"- [{plain(text)}]({address})" for text, address in links.items()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _headline(run: Looked, report: RetagReport, say: Words) -> str:
    return say(
        "数据截至 {at}，{how}（{why}）：判断 {judged} 位客户、{tags} 个标签，"
        "{entered} 人次进入，{left} 人次离开。",
        "As of {at}, {how} ({why}): {judged} customers judged by {tags} tags, {entered} entered,"
        " {left} left.",
        at=say.time(run.as_of_at),
        how=say("全量", "full") if run.full else say("增量", "incremental"),
        why=why_text(run.why, say),
        judged=run.judged,
        tags=len(report.tags),
        entered=run.entered,
        left=run.left,
    )


def _check_line(run: Looked, say: Words) -> str:
    """What the check of incremental against full found, where there was one."""
    if run.checked is None:
        return ""
    if not run.differing:
        return say(
            "抽查 {n} 位客户：增量与全量一致。",
            "{n} customers checked: incremental equals full.",
            n=run.checked,
        )
    return say(
        "> **抽查 {n} 位客户，其中 {bad} 位增量与全量不一致；本次已按全量改正，请报告此问题。**",
        "> **Of {n} customers checked, {bad} would have been left wrong by an incremental run; this"
        " one put them right. Please report it.**",
        n=run.checked,
        bad=run.differing or 0,
    )


def _tables(report: RetagReport, say: Words) -> list[str]:
    by_cause = moved_by(report.moves, lambda move: move.cause)
    by_tag = moved_by(report.moves, lambda move: move.tag)
    if not by_tag:
        return [say("没有人进入或离开任何标签。", "Nobody entered or left a tag.")]
    parts = [
        (say("原因", "Causes"), _causes(by_cause, say)),
        (say("变化最多的标签", "What moved most"), _movers(report, by_tag, say)),
    ]
    emptied = [tag for tag in report.tags if not tag.profiles and tag.left]
    if emptied:
        parts.append((say("清空的标签", "Emptied"), _emptied(emptied, say)))
    return [f"## {title}\n\n{markdown_table(table)}" for title, table in parts]


def _causes(by_cause: Mapping[str, Moved], say: Words) -> Table:
    return Table(
        [
            Column(say("原因", "Cause")),
            Column(say("进入", "Entered"), "number"),
            Column(say("离开", "Left"), "number"),
        ],
        [
            (
                say.label("cause", cause),
                say.number(moved.entered.total()),
                say.number(moved.left.total()),
            )
            for cause, moved in by_cause.items()
        ],
    )


def _movers(report: RetagReport, by_tag: Mapping[str, Moved], say: Words) -> Table:
    known = {tag.name: tag for tag in report.tags}
    return Table(
        [
            Column(say("标签", "Tag")),
            Column(say("人数", "People"), "number"),
            Column(say("进入", "Entered"), "number"),
            Column(say("离开", "Left"), "number"),
            Column(say("主要原因", "Mostly for")),
        ],
        [
            (
                known[name].title if name in known else name,
                say.number(known[name].profiles if name in known else 0),
                say.number(moved.entered.total()),
                say.number(moved.left.total()),
                say.label("cause", moved.mostly),
            )
            for name, moved in list(by_tag.items())[:MOST]
        ],
    )


def _emptied(tags: Sequence[TagSize], say: Words) -> Table:
    return Table(
        [
            Column(say("标签", "Tag")),
            Column(say("离开", "Left"), "number"),
            Column(say("负责人", "Owner")),
        ],
        [(tag.title, say.number(tag.left), tag.owner or "") for tag in tags],
    )
