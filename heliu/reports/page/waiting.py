"""What waits for a human, and what to do about it."""

from heliu.reports.figures import Figures
from heliu.reports.freshness import age, headline, held_by, remedy, span
from heliu.reports.page.parts import Column, Notice, Table
from heliu.reports.unification import stop_sentence
from heliu.reports.unify_tables import wanted_tables
from heliu.reports.words import Words


def notices(figures: Figures, say: Words) -> list[Notice]:
    """What waits for a human, the gravest first."""
    found = [*_stopped(figures, say), *_failed(figures, say), *_unknown(figures, say)]
    found += _late(figures, say)
    waiting = figures.waiting
    if waiting.overdue:
        found.append(
            Notice(
                "wait",
                say(
                    "{n} 条消息到点一小时后还没发出",
                    "{n} messages are an hour late",
                    n=waiting.overdue,
                ),
                say(
                    "查看发送任务 dispatch 是否在运行、渠道是否可用。",
                    "See whether dispatch runs and the channel answers.",
                ),
            )
        )
    if waiting.unrendered:
        people = sum(number for *_, number in waiting.unrendered)
        found.append(
            Notice(
                "wait",
                say("{n} 人的消息没能生成", "{n} messages could not be rendered", n=people),
                say(
                    "按下表补全模板缺的内容，下一期会再试。",
                    "Give the templates what they lack; the next occurrence tries again.",
                ),
                Table(
                    [
                        Column(say("活动", "Campaign"), "code"),
                        Column(say("期次", "Occurrence"), "code"),
                        Column(say("缺什么", "What it lacked")),
                        Column(say("人数", "People"), "number"),
                    ],
                    [
                        (campaign, occurrence, detail or "–", say.number(number))
                        for campaign, occurrence, detail, number in waiting.unrendered
                    ],
                ),
            )
        )
    if waiting.unread_rows:
        found.append(
            Notice(
                "wait",
                say("{n} 行数据在隔离区", "{n} rows are in quarantine", n=waiting.unread_rows),
                say(
                    "原因见“数据质量”，改好来源或映射后会自动重读。",
                    "Reasons are under data quality; once mended they are read again.",
                ),
            )
        )
    return found


def _stopped(figures: Figures, say: Words) -> list[Notice]:
    """The newest unify published nothing: a human must say whether it may."""
    stopped = figures.unified and figures.unified.stopped
    if not stopped:
        return []
    merges = [table for _, table in wanted_tables(stopped, say) if table.rows]
    return [
        Notice(
            "bad",
            say(f"合并 #{stopped.run_id} 被审计拦截", f"Unify #{stopped.run_id} was stopped"),
            stop_sentence(stopped, say),
            merges[0] if merges else None,
        )
    ]


def _failed(figures: Figures, say: Words) -> list[Notice]:
    return [
        Notice(
            "bad",
            say(
                f"{say.label('stage', run.flow)} #{run.id} 失败",
                f"{say.label('stage', run.flow)} #{run.id} failed",
            ),
            _sentence(run.error, say)
            + say(
                "看运行日志，修好后重新运行；做完的部分不会重做。",
                "Read its log, mend it and run again; what is done is not done twice.",
            ),
        )
        for run in figures.waiting.failed
    ]


def _sentence(error: str | None, say: Words) -> str:
    return error.rstrip(".。 ") + say("。", ". ") if error else ""


def _late(figures: Figures, say: Words) -> list[Notice]:
    rows = figures.waiting.late
    if not rows:
        return []
    table = Table(
        [
            Column(say("类别", "Kind")),
            Column(say("名称", "Name"), "code"),
            Column(say("距上次更新", "Age"), "number"),
            Column(say("上限", "At most"), "number"),
            Column(say("负责人", "Owner")),
            Column(say("暂停的活动", "Holds"), "code"),
        ],
        [
            (
                say.label("late", late.kind),
                late.name,
                age(late, figures.now, say),
                "–" if late.max_age_seconds is None else span(late.max_age_seconds, say),
                late.owner or "–",
                ", ".join(late.holds) or "–",
            )
            for late in rows
        ],
    )
    return [Notice("bad" if held_by(rows) else "wait", headline(rows, say), remedy(say), table)]


def _unknown(figures: Figures, say: Words) -> list[Notice]:
    waiting = figures.waiting
    if not waiting.unknown_total:
        return []
    return [
        Notice(
            "bad",
            say(
                "{n} 条消息结果不明",
                "{n} messages have an unknown outcome",
                n=waiting.unknown_total,
            ),
            say(
                "发送途中断了，可能已经发出。先到渠道后台核对，再决定，系统不会自动重发。",
                "The call broke midway; they may have left. Look at the provider first: nothing is"
                " sent again by itself.",
            ),
            Table(
                [
                    Column(say("消息", "Message"), "code"),
                    Column(say("活动", "Campaign"), "code"),
                    Column(say("期次", "Occurrence"), "code"),
                    Column(say("渠道", "Channel")),
                    Column(say("说明", "Notes")),
                    Column(say("时间", "When")),
                ],
                [
                    (
                        str(row.id),
                        row.campaign,
                        row.occurrence,
                        say.label("channel", row.channel),
                        row.reason or "",
                        say.time(row.changed_at),
                    )
                    for row in waiting.unknown
                ],
            ),
        )
    ]
