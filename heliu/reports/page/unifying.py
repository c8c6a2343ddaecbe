"""合并: what unify did last, how profiles developed, what waits or was refused."""

from heliu.reports.figures import Figures
from heliu.reports.figures.unifying import UnifyReport
from heliu.reports.page.parts import Panel, Section, Tile
from heliu.reports.page.sources import overlap_panel
from heliu.reports.page.unify_charts import MOVES, growth_panel, moves_panel, sizes_panel
from heliu.reports.unification import totals_table
from heliu.reports.unify_tables import (
    evidence_table,
    rejected_table,
    shared_table,
    steps_table,
    wanted_tables,
)
from heliu.reports.words import Words


def unify_section(figures: Figures, say: Words) -> Section:
    """Unify: the last run's report."""
    report = figures.unified or UnifyReport(0)
    return Section(
        "unify",
        say("合并", "Unify"),
        _what_it_did(report, say),
        tiles=_tiles(report, say) if report.run_id else [],
        panels=[
            *wanted_panels(report, say),
            growth_panel(report, say),
            moves_panel(report, say),
            sizes_panel(figures, say),
            overview_panel(report, say),
            *(
                panel
                for make in (refusals_panel, shared_panel, rejected_panel, steps_panel)
                if not (panel := make(report, say)).empty
            ),
            overlap_panel(figures, say),
        ],
    )


def _what_it_did(report: UnifyReport, say: Words) -> str:
    if not report.run_id:
        return say("还没有合并过。", "Nothing has been unified yet.")
    if report.stopped:
        return say(
            f"最近一次合并（#{report.run_id}）变化过大，被审计拦截，没有发布。",
            f"The last unify (#{report.run_id}) would have changed too much and was not published.",
        )
    return say(
        f"最近一次合并（#{report.run_id}）做了什么、拒绝了什么、还有什么等人判断。",
        f"What the last unify (#{report.run_id}) did, what it refused, what waits for a human.",
    )


def _tiles(report: UnifyReport, say: Words) -> list[Tile]:
    counts = report.counts
    moved = sum(counts.get(name, 0) for name in MOVES)
    change = "" if report.before is None else f"{report.profiles - report.before:+,}"
    agreed = report.agreement.agreed
    return [
        Tile(
            "unify-profiles",
            say("客户档案", "Profiles"),
            say.number(report.profiles),
            say("较上次 {n}", "{n} since the last", n=change) if change else "",
        ),
        Tile(
            "unify-moved",
            say("合并、拆分、恢复", "Merged, split, restored"),
            say.number(moved),
            " / ".join(say.number(counts.get(name, 0)) for name in MOVES),
        ),
        Tile(
            "unify-refused",
            say("拒绝的合并", "Merges refused"),
            say.number(sum(report.edges("refused").values())),
        ),
        Tile(
            "unify-waiting",
            say("等待人工审核", "Waiting for review"),
            say.number(report.waiting),
            say(
                "新进 {new}，审结 {done}",
                "{new} opened, {done} closed",
                new=report.opened,
                done=report.closed,
            ),
            "wait" if report.waiting else "good",
        ),
        Tile(
            "unify-shared",
            say("多人共用的值", "Values too many share"),
            say.number(report.demoted_total),
            say("本次新增 {n}", "{n} new", n=report.demoted_new),
        ),
        Tile(
            "unify-agreed",
            say("与人工一致", "Agreed with humans"),
            f"{agreed.found:.1%}" if agreed else "–",
            say(
                f"{report.agreement.pairs:,} 对，95% 区间 {agreed.low:.0%}–{agreed.high:.0%}",
                f"{report.agreement.pairs:,} pairs, interval {agreed.low:.0%}–{agreed.high:.0%}",
            )
            if agreed
            else say("还没有人工判定", "nobody has decided yet"),
        ),
    ]


def wanted_panels(report: UnifyReport, say: Words) -> list[Panel]:
    """What a stopped run wanted, for who decides whether it may."""
    found = wanted_tables(report.stopped, say) if report.stopped else []
    says = {
        0: say("没有发布；左为现状，右为拟发布。", "Nothing was published: as it is, as wanted."),
        1: say("会并到一起的档案，记录最多的在前。", "Profiles that would become one."),
        2: say("会被拆开的档案，记录最多的在前。", "Profiles that would be taken apart."),
    }
    return [
        Panel(f"wanted-{place}", title, says[place], table=table)
        for place, (title, table) in enumerate(found)
        if table.rows
    ]


def overview_panel(report: UnifyReport, say: Words) -> Panel:
    """The last run in a score of lines."""
    title = say("最近一次合并", "The last unify")
    if not report.run_id:
        return Panel("unify-totals", title, say("还没有合并过。", "Nothing has been unified yet."))
    says = say("这次运行的全部数量。", "All figures of this run.")
    return Panel("unify-totals", title, says, table=totals_table(report, say))


def refusals_panel(report: UnifyReport, say: Words) -> Panel:
    """Merges refused, by what forbids them."""
    says = say(
        "有共同的值、但不许合成一人的记录对，按原因。",
        "Pairs that share a value and may not be one person, by reason.",
    )
    title = say("拒绝的合并", "Merges refused")
    return Panel("refusals", title, says, table=evidence_table(report, "refused", say))


def shared_panel(report: UnifyReport, say: Words) -> Panel:
    """Values that prove nothing as too many carry them; poisoned ones first."""
    says = say(
        "很多人共用，不再用来合并；值已遮盖。",
        "Carried by too many to prove anything; values are masked.",
    )
    values = [*report.poisoned, *report.demoted]
    title = say("多人共用的值", "Values too many share")
    return Panel("shared-values", title, says, table=shared_table(values, say))


def rejected_panel(report: UnifyReport, say: Words) -> Panel:
    """Values of this run's records that could not be used."""
    says = say("本次整理时不能用的值。", "Values that normalising could not use in this run.")
    title = say("拒用的值", "Values rejected")
    return Panel("rejected-values", title, says, table=rejected_table(report, say))


def steps_panel(report: UnifyReport, say: Words) -> Panel:
    """Where the time went."""
    says = say("这次合并各步用了多久。", "How long each step took.")
    return Panel(
        "unify-steps", say("各步用时", "Time by step"), says, table=steps_table(report, say)
    )
