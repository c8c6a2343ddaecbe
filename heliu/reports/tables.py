"""The same figures as small tables and markdown, for Prefect's artifacts; in Chinese.

Nothing here knows Prefect: a table is a list of rows, markdown is text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.reports.figures import Waiting, funnels, intake, runs, tagging, waiting
from heliu.reports.figures.unifying import unify_report
from heliu.reports.freshness import late_line
from heliu.reports.page.today import counts_text
from heliu.reports.summary import Summary, run_summary
from heliu.reports.unification import totals
from heliu.reports.words import Words

Rows = list[dict[str, Any]]

__all__ = ["Summary", "run_markdown", "run_summary", "stage_table"]

CHINA = ZoneInfo("Asia/Shanghai")
MOST = 100  # rows of an artifact; the dashboard has the rest


def stage_table(connection: sa.Connection, run_id: int, stage: str) -> Rows:
    """What a stage of a run did, as rows of {Chinese heading: text or number}.

    collect, unify, retag, render and distribute have tables of their own; of any
    other stage what it counted. A stage that did not run gives no rows.
    """
    say = Words("zh", CHINA)
    make = TABLES.get(stage)
    if make is None:
        return _counted(connection, run_id, stage, say)
    return make(connection, run_id, say)[:MOST]


def _collect(connection: sa.Connection, run_id: int, say: Words) -> Rows:
    return [
        {
            "来源": row.source,
            "行": row.rows,
            "新增": row.new,
            "变更": row.changed,
            "未变": row.same,
            "隔离": row.quarantined,
            "删除": row.deleted,
            "事实": row.facts,
        }
        for row in intake.deliveries(connection, run_id)
    ]


def _unify(connection: sa.Connection, run_id: int, say: Words) -> Rows:
    report = unify_report(connection, run_id)
    return [{"项目": title, "数量": number} for title, number in totals(report, say)]


def _retag(connection: sa.Connection, run_id: int, say: Words) -> Rows:
    return [
        {
            "标签": tag.title,
            "名称": tag.name,
            "人数": tag.profiles,
            "进入": tag.entered,
            "离开": tag.left,
        }
        for tag in tagging.tag_sizes(connection, run_id)
    ]


def _render(connection: sa.Connection, run_id: int, say: Words) -> Rows:
    rows = []
    for funnel in funnels.run_funnels(connection, run_id):
        row = {
            "活动": funnel.title,
            "期次": funnel.occurrence,
            "目标人群": funnel.size,
            "可发送": funnel.allowed,
            "已生成": funnel.rendered,
        }
        rows.append(
            row | {say.label("reason", reason): people for reason, people in funnel.reasons.items()}
        )
    return _even(rows)


def _distribute(connection: sa.Connection, run_id: int, say: Words) -> Rows:
    rows = []
    for funnel in funnels.run_funnels(connection, run_id):
        row = {"活动": funnel.title, "期次": funnel.occurrence, "进入发件箱": funnel.queued}
        rows.append(row | {say.label("status", status): n for status, n in funnel.statuses.items()})
    return _even(rows)


def _even(rows: Rows) -> Rows:
    """Give every row every heading, 0 where it had none: tables want one shape."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return [{heading: row.get(heading, 0) for heading in headings} for row in rows]


def _counted(connection: sa.Connection, run_id: int, stage: str, say: Words) -> Rows:
    mine = [row for row in runs.stages(connection, [run_id]) if row.stage == stage]
    return [
        {"项目": say.label("count", name), "数量": number}
        for row in mine
        for name, number in row.counts.items()
    ]


TABLES: dict[str, Callable[[sa.Connection, int, Words], Rows]] = {
    "collect": _collect,
    "unify": _unify,
    "retag": _retag,
    "render": _render,
    "distribute": _distribute,
}


def run_markdown(
    connection: sa.Connection, run_id: int, links: Mapping[str, str], zone: ZoneInfo = CHINA
) -> str:
    """A run's report as markdown: stages, counts, messages by outcome, what waits, links.

    Raises:
        LookupError: There is no such run.
    """
    say = Words("zh", zone)
    run = runs.one_run(connection, run_id)
    if run is None:
        raise LookupError(f"there is no run {run_id}")
    summary = run_summary(connection, run_id)
    dry = "（试运行，不发送）" if run.dry_run else ""
    parts = [
        f"# {say.label('stage', run.flow)} #{run.id}{dry}",
        f"数据截至 {say.time(run.as_of_at)}，状态：{say.label('run', run.status)}。",
        _stage_lines(runs.stages(connection, [run_id]), say),
        _summary_lines(summary, say),
        _message_lines(summary, say),
        _waiting_lines(waiting(connection, run.now_at), run.now_at, say),
        "\n".join(f"- [{_plain(text)}]({address})" for text, address in links.items()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _stage_lines(rows: Sequence[runs.StageRow], say: Words) -> str:
    cells = [
        (
            say.label("stage", row.stage),
            say.duration(row.milliseconds),
            counts_text(row.counts, say),
        )
        for row in rows
    ]
    return "## 步骤\n\n" + _table(("步骤", "耗时", "结果"), cells) if cells else ""


def _summary_lines(found: Summary, say: Words) -> str:
    cells = [
        ("读入", found.records_in),
        ("新增", found.new),
        ("变更", found.changed),
        ("隔离", found.quarantined),
        ("客户", found.profiles),
        ("标签总人次", found.tags_held),
        ("进入标签", found.tags_entered),
        ("离开标签", found.tags_left),
    ]
    return "## 数量\n\n" + _table(("项目", "数量"), ((a, say.number(b)) for a, b in cells))


def _message_lines(found: Summary, say: Words) -> str:
    if not found.messages and not found.not_sent:
        return "## 消息\n\n本次没有产生新消息。"
    sent = [(say.label("status", status), say.number(n)) for status, n in found.messages.items()]
    kept = [
        (f"未发送：{say.label('reason', reason)}", say.number(n))
        for reason, n in found.not_sent.items()
    ]
    return "## 消息\n\n" + _table(("去向", "数量"), [*sent, *kept])


def _waiting_lines(found: Waiting, now: datetime, say: Words) -> str:
    lines = [
        f"- {say.label('stage', run.flow)} #{run.id} 失败：{_plain(run.error or '见日志')}"
        for run in found.failed
    ]
    if found.unknown_total:
        lines.append(
            f"- {say.number(found.unknown_total)} 条消息结果不明：先到渠道后台核对，再决定。"
        )
    lines += [f"- {_plain(late_line(late, now, say))}。" for late in found.late]
    if found.overdue:
        lines.append(f"- {say.number(found.overdue)} 条消息到点一小时后还没发出。")
    if found.unrendered:
        people = sum(number for *_, number in found.unrendered)
        lines.append(f"- {say.number(people)} 人的消息没能生成：模板缺内容。")
    if found.unread_rows:
        lines.append(f"- {say.number(found.unread_rows)} 行数据在隔离区。")
    return "## 等你处理\n\n" + ("\n".join(lines) or "没有需要你处理的事。")


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_plain(cell) for cell in line) + " |" for line in lines)


def _plain(text: str) -> str:
    """Text that breaks neither a table's cell nor a link."""
    return " ".join(text.replace("|", "\\|").replace("[", "\\[").replace("]", "\\]").split())
