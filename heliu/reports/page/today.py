"""今天: what ran, what waits for a human, the figures one asks for first."""

from collections import Counter

from heliu.reports.figures import Figures
from heliu.reports.page.campaigns import STATUS_TONES
from heliu.reports.page.parts import (
    Bars,
    Column,
    Panel,
    Section,
    Table,
    Tile,
    Tone,
    one_bar,
)
from heliu.reports.page.waiting import notices
from heliu.reports.words import Words

DETAILS = ("rejected ", "ms ")  # counts that unify's report has tables for


def today_section(figures: Figures, say: Words) -> Section:
    """Today: headline figures, what waits, the last run stage by stage."""
    return Section(
        "today",
        say("今天", "Today"),
        _what_ran(figures, say),
        tiles=_tiles(figures, say),
        panels=[
            stages_panel(figures, say),
            outcomes_panel(figures, say),
            changes_panel(figures, say),
        ]
        if figures.run
        else [],
        notices=notices(figures, say),
    )


def _what_ran(figures: Figures, say: Words) -> str:
    run = figures.run
    if run is None:
        return say(
            "还没有运行过。先运行一次每晚全流程，这里就会有数字。",
            "Nothing has run yet. Run nightly once and the figures appear.",
        )
    took = run.milliseconds
    if took is None:  # it is making this very page
        took = sum(stage.milliseconds for stage in figures.stages if stage.run_id == run.id)
    return say(
        f"最近一次运行：{say.label('stage', run.flow)} #{run.id}，{say.label('run', run.status)}，"
        f"数据截至 {say.time(run.as_of_at)}，用时 {say.duration(took)}"
        f"{'（试运行，没有发出任何消息）' if run.dry_run else ''}。",
        f"Last run: {say.label('stage', run.flow)} #{run.id}, {say.label('run', run.status)}, as of"
        f" {say.time(run.as_of_at)}, took {say.duration(took)}"
        f"{' (dry run, nothing was sent)' if run.dry_run else ''}.",
    )


def _tiles(figures: Figures, say: Words) -> list[Tile]:
    came = sum(row.rows for row in figures.deliveries)
    new = sum(row.new for row in figures.deliveries)
    waits = len(notices(figures, say))
    return [
        Tile(
            "profiles",
            say("客户", "Customers"),
            say.number(figures.identity.profiles),
            say("来自 {n} 条记录", "from {n} records", n=figures.identity.records),
        ),
        Tile(
            "rows-in",
            say("最近采集", "Rows collected"),
            say.number(came),
            say("新增 {n}", "{n} new", n=new),
        ),
        Tile(
            "tags",
            say("标签总人次", "Tags carried"),
            say.number(figures.tags_held),
            say("{n} 个标签", "{n} tags", n=len(figures.tags)),
        ),
        Tile(
            "reached",
            say("触达客户", "People reached"),
            say.number(figures.people.reached),
            say(
                f"占全部客户 {say.share(figures.people.reached, figures.people.profiles)}",
                f"{say.share(figures.people.reached, figures.people.profiles)} of all",
            ),
        ),
        Tile(
            "revenue",
            say("累计收款", "Paid so far"),
            say.about(figures.orders.paid_fen),
            say("{n} 个订单", "{n} orders", n=figures.orders.paid),
        ),
        Tile(
            "waiting",
            say("等你处理", "Waiting for you"),
            say.number(waits),
            say("项，见下", "see below") if waits else say("没有待办", "nothing to do"),
            "wait" if waits else "good",
        ),
    ]


def stages_panel(figures: Figures, say: Words) -> Panel:
    """The last run, stage by stage."""
    run = figures.run
    mine = [stage for stage in figures.stages if run and stage.run_id == run.id]
    slowest = max((stage.milliseconds for stage in mine), default=0)
    return Panel(
        "stages",
        say("最近一次运行的步骤", "Stages of the last run"),
        say(
            "{n} 个步骤各用了多久；数出的结果在表里。",
            "How long each of {n} stages took; the table has what they counted.",
            n=len(mine),
        )
        if mine
        else say("最近一次运行没有留下步骤记录。", "The last run left no stages."),
        Bars(
            [
                one_bar(
                    say.label("stage", stage.stage),
                    stage.milliseconds,
                    slowest,
                    say.duration(stage.milliseconds),
                )
                for stage in mine
            ]
        )
        if mine
        else None,
        Table(
            [
                Column(say("步骤", "Stage")),
                Column(say("耗时", "Took"), "number"),
                Column(say("结果", "Counted")),
            ],
            [
                (
                    say.label("stage", stage.stage),
                    say.duration(stage.milliseconds),
                    counts_text(stage.counts, say),
                )
                for stage in mine
            ],
        ),
    )


def counts_text(counts: dict[str, object], say: Words) -> str:
    """What a stage counted, as a line of words; only whole numbers are counts."""
    numbers = {
        name: n
        for name, n in counts.items()
        if isinstance(n, int) and not isinstance(n, bool) and not name.startswith(DETAILS)
    }
    return " · ".join(f"{say.label('count', name)} {say.number(n)}" for name, n in numbers.items())


def changes_panel(figures: Figures, say: Words) -> Panel:
    """What last happened to profiles."""
    widest = max(figures.changes.values(), default=0)
    return Panel(
        "changes",
        say("客户档案的变化", "What happened to profiles"),
        say(
            "最近一次有变化的合并中，档案新建、合并、拆分的次数。",
            "Profiles created, merged and split when unifying last changed any.",
        )
        if figures.changes
        else say("合并没有改变任何档案。", "Unifying has changed no profile."),
        Bars(
            [
                one_bar(say.label("change", what), times, widest, say.number(times))
                for what, times in figures.changes.items()
            ]
        )
        if figures.changes
        else None,
        Table(
            [Column(say("变化", "Change")), Column(say("次数", "Times"), "number")],
            [
                (say.label("change", what), say.number(times))
                for what, times in figures.changes.items()
            ],
        ),
    )


def outcomes_panel(figures: Figures, say: Words) -> Panel:
    """What became of everybody the last run planned for: sent, waiting, or why not."""
    mine = [funnel for funnel in figures.funnels if figures.run and funnel.run_id == figures.run.id]
    people = sum(funnel.size for funnel in mine)
    found: Counter[tuple[str, str, Tone]] = Counter()
    for funnel in mine:
        for status, number in funnel.statuses.items():
            found["status", status, STATUS_TONES.get(status, "off")] += number
        for reason, number in funnel.reasons.items():
            found["reason", reason, "off"] += number
    rows = [
        (say.label(kind, name), number, tone) for (kind, name, tone), number in found.most_common()
    ]
    widest = max((number for _, number, _ in rows), default=0)
    return Panel(
        "today-outcomes",
        say("本次计划触达的人", "Whom the last run planned for"),
        say(
            "{campaigns} 个活动共 {people} 人次；有颜色的进了发件箱，灰色的没有发送。",
            "{people} in {campaigns} campaigns; grey ones were left out.",
            campaigns=len(mine),
            people=people,
        )
        if mine
        else say("最近一次运行没有新的活动期次。", "The last run began no occurrence."),
        Bars(
            [
                one_bar(
                    title,
                    number,
                    widest,
                    say.number(number),
                    detail=say.share(number, people),
                    tone=tone,
                )
                for title, number, tone in rows
            ]
        )
        if rows
        else None,
        Table(
            [Column(say("去向", "Outcome")), Column(say("人次", "People"), "number")],
            [(title, say.number(number)) for title, number, _ in rows],
        ),
    )
