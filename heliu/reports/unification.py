"""The report of one run of unify: figures → tables that the artifact, the page and `heliu` share.

Pure: what is shown depends on the figures alone. Counts, ids and masked values, nobody's data.
"""

from dataclasses import dataclass

from heliu.reports.figures.agreement import Share
from heliu.reports.figures.unifying import Stopped, UnifyReport
from heliu.reports.markdown import markdown_table
from heliu.reports.page.parts import Column, Table
from heliu.reports.unify_tables import (
    evidence_table,
    largest_table,
    rejected_table,
    shared_table,
    sizes_table,
    steps_table,
    wanted_tables,
)
from heliu.reports.words import Words


@dataclass(frozen=True)
class Alert:
    """Something a human should hear of at once: what, and how much of it."""

    kind: str  # stopped, poisoned, demoted
    says: str  # for the log, in English
    counts: dict[str, int]


def alerts(report: UnifyReport) -> list[Alert]:
    """What this run has to warn of, one alert a kind; counts only."""
    found = []
    if report.stopped:
        wanted = report.stopped.wanted
        moved = {"moved": wanted.moved, "records": wanted.before.records} if wanted else {}
        found.append(Alert("stopped", report.stopped.says, moved))
    if report.poisoned:
        rows = sum(one.records for one in report.poisoned)
        counts = {"values": len(report.poisoned), "rows": rows}
        says = (
            f"{counts['values']:,} values came on far too many rows of one delivery "
            f"({rows:,} rows): they are not believed there, and no profile moved for them"
        )
        found.append(Alert("poisoned", says, counts))
    if report.demoted_new:
        says = (
            f"{report.demoted_new:,} values are now carried by too many people to prove anything "
            f"({report.demoted_total:,} in all)"
        )
        counts = {"new": report.demoted_new, "values": report.demoted_total}
        found.append(Alert("demoted", says, counts))
    return found


def totals(report: UnifyReport, say: Words) -> list[tuple[str, str]]:
    """The run in a score of lines: what, and how much."""
    counts, whole = report.counts, report.whole
    change = "" if report.before is None else f" ({report.profiles - report.before:+,})"
    touched = counts.get("touched", 0)
    lines: list[tuple[str, int | str]] = [
        (say("新增记录", "Records new"), report.new),
        (say("变更记录", "Records changed"), report.changed),
        (say("删除记录", "Records deleted"), report.deleted),
        (say("未变记录", "Records the same"), report.same),
        (say("客户档案", "Profiles"), say.number(report.profiles) + change),
        (say("新建档案", "Profiles created"), counts.get("profiles_created", 0)),
        (say("被合并档案", "Profiles merged"), counts.get("profiles_merged", 0)),
        (say("拆分档案", "Profiles split off"), counts.get("profiles_split", 0)),
        (say("恢复档案", "Profiles restored"), counts.get("profiles_restored", 0)),
        (say("删除档案", "Profiles deleted"), counts.get("profiles_deleted", 0)),
        (say("新增编号别名", "Id aliases made"), counts.get("aliases_opened", 0)),
        (say("黄金字段变化", "Golden values changed"), counts.get("golden_values", 0)),
        (
            say("涉及档案", "Profiles touched"),
            f"{say.number(touched)} ({say.share(touched, report.profiles)})",
        ),
        (say("最大档案的记录数", "Records in the largest"), whole.figures.largest),
        (
            say("两个以上来源的档案", "Profiles of two sources or more"),
            f"{say.number(whole.linked_profiles)} "
            f"({say.share(whole.linked_profiles, report.profiles)})",
        ),
        (
            say("两个以上来源的记录", "Records of such profiles"),
            f"{say.number(whole.linked_records)} "
            f"({say.share(whole.linked_records, whole.figures.records)})",
        ),
        (say("多人共用的值", "Values demoted"), report.demoted_total),
        (say("本次新增多人共用", "Newly demoted"), report.demoted_new),
        (say("疑似污染的值", "Values poisoned"), len(report.poisoned)),
        (say("新进待审", "Review opened"), report.opened),
        (say("审结", "Review closed"), report.closed),
        (say("等待人工审核", "Waiting for review"), report.waiting),
        *_run_lines(report, say),
    ]
    return [(title, say.number(n) if isinstance(n, int) else n) for title, n in lines]


def _run_lines(report: UnifyReport, say: Words) -> list[tuple[str, str]]:
    lines = [(say("规则版本", "Policy"), report.policy or "–")]
    lines += [
        (title, _interval(found, say))
        for title, found in (
            (say("与人工一致", "Agreed with humans"), report.agreement.agreed),
            (say("准确率(人工判定)", "Precision (decided pairs)"), report.agreement.precision),
            (say("召回率(人工判定)", "Recall (decided pairs)"), report.agreement.recall),
            (say("F1(人工判定)", "F1 (decided pairs)"), report.agreement.f1),
        )
        if found
    ]
    lines.append((say("用时", "Took"), say.duration(report.milliseconds)))
    if peak := report.counts.get("peak_mib"):
        lines.append((say("内存峰值", "Peak memory"), f"{say.number(peak)} MiB"))
    return lines


def _interval(found: Share, say: Words) -> str:
    return say(
        f"{found.found:.1%}（95% 区间 {found.low:.1%}–{found.high:.1%}）",
        f"{found.found:.1%} (95% interval {found.low:.1%}–{found.high:.1%})",
    )


def totals_table(report: UnifyReport, say: Words) -> Table:
    """`totals` as a table."""
    columns = [Column(say("项目", "What")), Column(say("数量", "How many"), "number")]
    return Table(columns, totals(report, say))


def tables(report: UnifyReport, say: Words, bars: bool = False) -> list[tuple[str, Table]]:
    """The whole report as titled tables, empty ones left out."""
    found = [
        *(wanted_tables(report.stopped, say) if report.stopped else []),
        (say("合并总览", "Overview"), totals_table(report, say)),
        (say("拒用的值", "Values rejected"), rejected_table(report, say)),
        (say("每个档案的记录数", "Records in a profile"), sizes_table(report, say, bars)),
        (say("最大的十个档案", "The ten largest"), largest_table(report, say)),
        (say("采用的依据", "Evidence used"), evidence_table(report, "linked", say)),
        (say("拒绝的合并", "Merges refused"), evidence_table(report, "refused", say)),
        (say("多人共用的值", "Values demoted"), shared_table(report.demoted, say)),
        (say("疑似污染的值", "Values poisoned"), shared_table(report.poisoned, say)),
        (say("各步用时", "Time by step"), steps_table(report, say)),
    ]
    return [(title, table) for title, table in found if table.rows]


def unify_markdown(report: UnifyReport, say: Words) -> str:
    """The report as markdown, for an artifact."""
    parts = [f"# {say('合并报告', 'Unify report')} #{report.run_id}"]
    if report.stopped:
        parts.append(f"> **{stop_sentence(report.stopped, say)}**")
    for title, table in tables(report, say, bars=True):
        parts.append(f"## {title}\n\n{markdown_table(table)}")
    return "\n\n".join(parts) + "\n"


def stop_sentence(stopped: Stopped, say: Words) -> str:
    """What happened and what to do, for a reader who decides."""
    wanted = stopped.wanted
    facts = (
        say(
            "{moved} / {records} 条记录会换档案，最大档案从 {was} 条变为 {now} 条。",
            "{moved} of {records} records would move; the largest profile from {was} to {now}.",
            moved=wanted.moved,
            records=wanted.before.records,
            was=wanted.before.largest,
            now=wanted.after.largest,
        )
        if wanted
        else ""
    )
    return say(
        "合并结果变化过大，未发布，客户档案保持上次发布的样子。",
        "Unify would change too much: nothing was published, profiles are as before. ",
    ) + facts + say(
        "请看最大的合并与拆分：来源有误就修来源，规则有误就改规则；确认属实，就勾选“接受变化”"
        "（命令行 --accept-changes）再运行一次。",
        " Look at its biggest merges and splits: mend the source or the policy, or run once with "
        "--accept-changes if it is right.",
    )  # fmt: skip


def summary_lines(report: UnifyReport) -> list[str]:
    """The report in the few words a run ends with; nothing of a run that didn't unify."""
    if not report.counts:
        return []
    counts = {name.removeprefix("profiles_"): n for name, n in report.counts.items()}
    told = ("created", "merged", "split", "restored", "deleted")
    moved = ", ".join(f"{counts[what]:,} {what}" for what in told if counts.get(what))
    lines = [
        f"unify      {'stopped by its audit' if report.stopped else moved or 'nothing changed'}; "
        f"largest {report.whole.figures.largest:,}",
        f"review     {report.waiting:,} wait: {report.opened:,} opened, {report.closed:,} closed",
    ]
    return lines + [f"alert      {alert.says}" for alert in alerts(report) if not report.stopped]
