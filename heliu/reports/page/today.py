"""今天: what ran, what waits for a human, the figures one asks for first."""

from heliu.reports.figures import Figures
from heliu.reports.page.parts import (
    Bars,
    Column,
    Notice,
    Panel,
    Section,
    Table,
    Tile,
    one_bar,
)
from heliu.reports.words import Words


def today_section(figures: Figures, say: Words) -> Section:
    """Today: headline figures, what waits, the last run stage by stage."""
    return Section(
        "today",
        say("今天", "Today"),
        _what_ran(figures, say),
        tiles=_tiles(figures, say),
        panels=[stages_panel(figures, say), changes_panel(figures, say)] if figures.run else [],
        notices=notices(figures, say),
    )


def _what_ran(figures: Figures, say: Words) -> str:
    run = figures.run
    if run is None:
        return say(
            "还没有运行过。先运行一次每晚全流程，这里就会有数字。",
            "Nothing has run yet. Run nightly once and the figures appear.",
        )
    return say(
        f"最近一次运行：{say.label('stage', run.flow)} #{run.id}，{say.label('run', run.status)}，"
        f"数据截至 {say.time(run.as_of_at)}，用时 {say.duration(run.milliseconds)}"
        f"{'（试运行，没有发出任何消息）' if run.dry_run else ''}。",
        f"Last run: {say.label('stage', run.flow)} #{run.id}, {say.label('run', run.status)}, as of"
        f" {say.time(run.as_of_at)}, took {say.duration(run.milliseconds)}"
        f"{' (dry run, nothing was sent)' if run.dry_run else ''}.",
    )


def _tiles(figures: Figures, say: Words) -> list[Tile]:
    came = sum(row.rows for row in figures.deliveries)
    new = sum(row.new for row in figures.deliveries)
    waits = len(notices(figures, say))
    return [
        Tile("profiles", say("客户", "Customers"), say.number(figures.identity.profiles),
             say(f"来自 {say.number(figures.identity.records)} 条记录",
                 f"from {say.number(figures.identity.records)} records")),
        Tile("rows-in", say("最近采集", "Rows collected"), say.number(came),
             say(f"新增 {say.number(new)}", f"{say.number(new)} new")),
        Tile("tags", say("标签总人次", "Tags carried"), say.number(figures.tags_held),
             say(f"{len(figures.tags)} 个标签", f"{len(figures.tags)} tags")),
        Tile("reached", say("触达客户", "People reached"), say.number(figures.reach.reached),
             say(f"占全部客户 {say.share(figures.reach.reached, figures.reach.profiles)}",
                 f"{say.share(figures.reach.reached, figures.reach.profiles)} of all")),
        Tile("revenue", say("累计收款", "Paid so far"), say.about(figures.orders.paid_fen),
             say(f"{say.number(figures.orders.paid)} 个订单", f"{say.number(figures.orders.paid)} orders")),
        Tile("waiting", say("等你处理", "Waiting for you"), say.number(waits),
             say("项", "items") if waits else say("没有待办", "nothing to do"),
             "wait" if waits else "good"),
    ]  # fmt: skip


def notices(figures: Figures, say: Words) -> list[Notice]:
    """What waits for a human, the gravest first."""
    found = [*_failed(figures, say), *_unknown(figures, say)]
    waiting = figures.waiting
    if waiting.overdue:
        found.append(
            Notice(
                "wait",
                say(f"{say.number(waiting.overdue)} 条消息到点一小时后还没发出",
                    f"{say.number(waiting.overdue)} messages are an hour late"),
                say("查看发送任务 dispatch 是否在运行、渠道是否可用。",
                    "See whether dispatch runs and the channel answers."),
            )
        )  # fmt: skip
    if waiting.unrendered:
        people = sum(number for *_, number in waiting.unrendered)
        found.append(
            Notice(
                "wait",
                say(f"{say.number(people)} 人的消息没能生成",
                    f"{say.number(people)} messages could not be rendered"),
                say("按下表补全模板缺的内容，下一期会再试。",
                    "Give the templates what the table says they lack; the next occurrence tries again."),
                Table(
                    [Column(say("活动", "Campaign"), "code"), Column(say("期次", "Occurrence"), "code"),
                     Column(say("缺什么", "What it lacked")), Column(say("人数", "People"), "number")],
                    [(campaign, occurrence, detail or "–", say.number(number))
                     for campaign, occurrence, detail, number in waiting.unrendered],
                ),
            )
        )  # fmt: skip
    if waiting.unread_rows:
        found.append(
            Notice(
                "wait",
                say(f"{say.number(waiting.unread_rows)} 行数据在隔离区",
                    f"{say.number(waiting.unread_rows)} rows are in quarantine"),
                say("原因见“数据质量”，改好来源或映射后会自动重读。",
                    "See data quality for the reasons; they are read again once source or mapping is mended."),
            )
        )  # fmt: skip
    return found


def _failed(figures: Figures, say: Words) -> list[Notice]:
    return [
        Notice(
            "bad",
            say(f"{say.label('stage', run.flow)} #{run.id} 失败", f"{say.label('stage', run.flow)} #{run.id} failed"),
            run.error or say("看运行日志，修好后重新运行；做完的部分不会重做。",
                             "Read its log, mend it and run again; what is done is not done twice."),
        )
        for run in figures.waiting.failed
    ]  # fmt: skip


def _unknown(figures: Figures, say: Words) -> list[Notice]:
    waiting = figures.waiting
    if not waiting.unknown_total:
        return []
    return [
        Notice(
            "bad",
            say(f"{say.number(waiting.unknown_total)} 条消息结果不明",
                f"{say.number(waiting.unknown_total)} messages have an unknown outcome"),
            say("发送途中断了，可能已经发出。先到渠道后台核对，再决定，系统不会自动重发。",
                "The call broke midway; they may have left. Look at the provider first: nothing is sent"
                " again by itself."),
            Table(
                [Column(say("消息", "Message"), "code"), Column(say("活动", "Campaign"), "code"),
                 Column(say("期次", "Occurrence"), "code"), Column(say("渠道", "Channel")),
                 Column(say("说明", "Notes")), Column(say("时间", "When"))],
                [
                    (str(row.id), row.campaign, row.occurrence, say.label("channel", row.channel),
                     row.reason or "", say.time(row.changed_at))
                    for row in waiting.unknown
                ],
            ),
        )
    ]  # fmt: skip


def stages_panel(figures: Figures, say: Words) -> Panel:
    """The last run, stage by stage."""
    run = figures.run
    mine = [stage for stage in figures.stages if run and stage.run_id == run.id]
    slowest = max((stage.milliseconds for stage in mine), default=0)
    return Panel(
        "stages",
        say("最近一次运行的步骤", "Stages of the last run"),
        say(f"{len(mine)} 个步骤各用了多久；数出的结果在表里。",
            f"How long each of {len(mine)} stages took; the table has what they counted.")
        if mine
        else say("最近一次运行没有留下步骤记录。", "The last run left no stages."),
        Bars(
            [one_bar(say.label("stage", stage.stage), stage.milliseconds, slowest,
                     say.duration(stage.milliseconds)) for stage in mine]
        ) if mine else None,
        Table(
            [Column(say("步骤", "Stage")), Column(say("耗时", "Took"), "number"),
             Column(say("结果", "Counted"))],
            [
                (say.label("stage", stage.stage), say.duration(stage.milliseconds),
                 counts_text(stage.counts, say))
                for stage in mine
            ],
        ),
    )  # fmt: skip


def counts_text(counts: dict[str, object], say: Words) -> str:
    """What a stage counted, as a line of words; only whole numbers are counts."""
    numbers = {name: n for name, n in counts.items() if isinstance(n, int) and not isinstance(n, bool)}
    return " · ".join(f"{say.label('count', name)} {say.number(n)}" for name, n in numbers.items())


def changes_panel(figures: Figures, say: Words) -> Panel:
    """What last happened to profiles."""
    widest = max(figures.changes.values(), default=0)
    return Panel(
        "changes",
        say("客户档案的变化", "What happened to profiles"),
        say("最近一次有变化的合并中，档案新建、合并、拆分的次数。",
            "Profiles created, merged and split when unifying last changed any.")
        if figures.changes
        else say("合并没有改变任何档案。", "Unifying has changed no profile."),
        Bars(
            [one_bar(say.label("change", what), times, widest, say.number(times))
             for what, times in figures.changes.items()]
        ) if figures.changes else None,
        Table(
            [Column(say("变化", "Change")), Column(say("次数", "Times"), "number")],
            [(say.label("change", what), say.number(times)) for what, times in figures.changes.items()],
        ),
    )  # fmt: skip
