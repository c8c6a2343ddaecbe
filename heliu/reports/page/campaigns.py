"""Each campaign from its audience to what became of it."""

from heliu.reports.figures import Figures
from heliu.reports.figures.funnels import Funnel
from heliu.reports.page.parts import Bar, Bars, Column, Panel, Segment, Table, Tone
from heliu.reports.words import Words

STATUS_TONES: dict[str, Tone] = {
    "delivered": "good",
    "accepted": "main",
    "queued": "wait",
    "sending": "wait2",
    "unknown": "bad2",
    "rejected": "bad",
    "suppressed": "off",
}


def newest_funnels(figures: Figures) -> list[Funnel]:
    """The last occurrence of each campaign, by the campaign's name."""
    newest = {funnel.campaign: funnel for funnel in reversed(figures.funnels)}
    return [newest[name] for name in sorted(newest)]


def funnel_panel(funnel: Funnel, say: Words) -> Panel:
    """The waterfall of one occurrence: who fell away where, and what became of the rest."""
    return Panel(
        f"campaign-{funnel.campaign}",
        funnel.title,
        say(
            "{when}：目标 {size} 人，可发送 {allowed} 人（{share}），渠道已接收 {reached} 条。",
            "{when}: {size} in the audience, {allowed} may be sent to ({share}), {reached} taken.",
            when=funnel.occurrence,
            size=funnel.size,
            allowed=funnel.allowed,
            share=say.share(funnel.allowed, funnel.size),
            reached=funnel.reached,
        ),
        Bars(waterfall(funnel, say)) if funnel.size else None,
        Table(
            [
                Column(say("步骤", "Step")),
                Column(say("人数", "People"), "number"),
                Column(say("占目标人群", "Of the audience"), "number"),
            ],
            [
                (step, say.number(number), say.share(number, funnel.size))
                for step, number, _, _ in _steps(funnel, say)
            ],
        ),
    )


def waterfall(funnel: Funnel, say: Words) -> list[Bar]:
    """Bars of a waterfall: what fell away hangs where the rest ends."""
    found = []
    rest = 0  # of the audience
    for title, number, tone, is_total in _steps(funnel, say):
        start = 0 if is_total else rest - number
        rest = number if is_total else start
        segments = [Segment(max(start, 0) / funnel.size, number / funnel.size, tone)]
        shown = say.number(number) if is_total else f"−{say.number(number)}"
        found.append(Bar(title, segments, shown, say.share(number, funnel.size), is_total))
    return found


def _steps(funnel: Funnel, say: Words) -> list[tuple[str, int, Tone, bool]]:
    """(title, people, tone, whether a total) from the audience down to the outcomes."""
    reasons = dict(sorted(funnel.reasons.items(), key=lambda item: (-item[1], item[0])))
    not_rendered = reasons.pop("not_rendered", 0)
    not_queued = funnel.rendered - funnel.queued
    found: list[tuple[str, int, Tone, bool]] = [
        (say("目标人群", "Audience"), funnel.size, "main", True)
    ]
    found += [(say.label("reason", name), number, "off", False) for name, number in reasons.items()]
    if funnel.undecided:
        found.append((say("尚未决定", "not decided yet"), funnel.undecided, "wait", False))
    found.append((say("可发送", "May be sent to"), funnel.allowed, "main", True))
    if not_rendered:
        found.append((say.label("reason", "not_rendered"), not_rendered, "bad", False))
    found.append((say("已生成内容", "Rendered"), funnel.rendered, "main", True))
    if not_queued > 0:
        found.append((say("未进发件箱", "not in the outbox"), not_queued, "off", False))
    found.append((say("进入发件箱", "In the outbox"), funnel.queued, "main", True))
    for status in ("queued", "sending", "suppressed", "rejected", "unknown"):
        if number := funnel.statuses.get(status, 0):
            found.append((say.label("status", status), number, STATUS_TONES[status], False))
    found.append((say("渠道已接收", "Taken by the channel"), funnel.reached, "good", True))
    return found


def occurrences_panel(figures: Figures, say: Words) -> Panel:
    """Every recent occurrence as a line of figures."""
    return Panel(
        "occurrences",
        say("各期活动", "Campaigns, time by time"),
        say("最近的活动，每期一行，最新的在前。", "Recent occurrences, newest first.")
        if figures.funnels
        else say(
            "还没有活动圈定过目标人群。在 campaigns/ 里添加活动后，这里会出现每期的结果。",
            "No campaign has frozen an audience yet. Add one in campaigns/ and it shows here.",
        ),
        table=Table(
            [
                Column(say("活动", "Campaign")),
                Column(say("期次", "Occurrence"), "code"),
                *(
                    Column(title, "number")
                    for title in (
                        say("目标人群", "Audience"),
                        say("可发送", "Allowed"),
                        say("已生成", "Rendered"),
                        say("发件箱", "Outbox"),
                        say("已接收", "Taken"),
                        say("接收率", "Of audience"),
                    )
                ),
            ],
            [
                (
                    f.title,
                    f.occurrence,
                    say.number(f.size),
                    say.number(f.allowed),
                    say.number(f.rendered),
                    say.number(f.queued),
                    say.number(f.reached),
                    say.share(f.reached, f.size),
                )
                for f in figures.funnels
            ],
        ),
        wide=True,
    )
