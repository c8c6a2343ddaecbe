"""触达: each campaign from its audience to what became of it, and whom it reached."""

from heliu.reports.figures import Figures
from heliu.reports.figures.reach import Funnel
from heliu.reports.page.parts import (
    Bar,
    Bars,
    Column,
    Panel,
    Section,
    Segment,
    Table,
    Tile,
    Tone,
    one_bar,
    stacked,
)
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


def reach_section(figures: Figures, say: Words) -> Section:
    """Reach: people first, then each campaign, then messages by channel."""
    newest = {funnel.campaign: funnel for funnel in reversed(figures.funnels)}
    return Section(
        "reach",
        say("触达", "Reach"),
        say(
            "从目标人群到消息的去向：谁该收到、谁收到了、没收到的是什么原因。",
            "From audience to outcome: who was meant to get it, who did, and why others did not.",
        ),
        tiles=_tiles(figures, say),
        panels=[
            people_panel(figures, say),
            channel_panel(figures, say),
            *(funnel_panel(newest[name], say) for name in sorted(newest)),
            occurrences_panel(figures, say),
            reasons_panel(figures, say),
        ],
    )


def _tiles(figures: Figures, say: Words) -> list[Tile]:
    people = figures.reach
    return [
        Tile(
            "reached-of-all",
            say("触达率（占全部客户）", "Reached, of all customers"),
            say.share(people.reached, people.profiles),
            f"{say.number(people.reached)} / {say.number(people.profiles)}",
        ),
        Tile(
            "reached-of-planned",
            say("触达率（占目标人群）", "Reached, of those in an audience"),
            say.share(people.reached, people.planned),
            f"{say.number(people.reached)} / {say.number(people.planned)}",
        ),
    ]


def people_panel(figures: Figures, say: Words) -> Panel:
    """How many people the firm knows, meant to reach, and reached."""
    people = figures.reach
    steps = [
        (say("全部客户", "All customers"), people.profiles, "off"),
        (say("进入过目标人群", "Ever in an audience"), people.planned, "wait"),
        (say("渠道已接收至少一条", "A channel took at least one"), people.reached, "main"),
    ]
    return Panel(
        "reach-people",
        say("触达人数", "People reached"),
        say(
            f"全部 {say.number(people.profiles)} 位客户中，{say.number(people.planned)} 位进入过活动的"
            f"目标人群，{say.number(people.reached)} 位至少有一条消息被渠道接收。",
            f"Of {say.number(people.profiles)} customers {say.number(people.planned)} were in an audience"
            f" and {say.number(people.reached)} had at least one message taken by a channel.",
        ),
        Bars(
            [
                one_bar(title, number, people.profiles, say.number(number),
                        say.share(number, people.profiles), tone)
                for title, number, tone in steps
            ]
        ) if people.profiles else None,  # fmt: skip
        Table(
            [Column(say("人群", "People")), Column(say("人数", "How many"), "number"),
             Column(say("占全部客户", "Of all"), "number")],
            [(title, say.number(number), say.share(number, people.profiles))
             for title, number, _ in steps],
        ),  # fmt: skip
        note=_honesty(figures, say),
    )


def _honesty(figures: Figures, say: Words) -> str:
    """What the figures can't know: who really got a message."""
    used = sorted({state.channel for state in figures.channel_states})
    silent = [channel for channel in used if not any(c == channel for c, _ in figures.receipts)]
    notes = []
    if "folder" in used:
        notes.append(
            say(
                "“文件夹”渠道只把消息写成文件供预览，没有发给任何人，也没有回执：它的“已受理”只表示文件已写好。",
                "The folder channel only writes files to preview: nobody was sent anything, there is no"
                " receipt, and “accepted” means the file is written.",
            )
        )
    if others := [say.label("channel", channel) for channel in silent if channel != "folder"]:
        notes.append(
            say(
                f"{'、'.join(others)}：至今没有任何回执，“已受理”不等于“已送达”。",
                f"{', '.join(others)}: no receipts so far, so accepted is not delivered.",
            )
        )
    return " ".join(notes)


def funnel_panel(funnel: Funnel, say: Words) -> Panel:
    """The waterfall of one occurrence: who fell away where, and what became of the rest."""
    return Panel(
        f"campaign-{funnel.campaign}",
        funnel.title,
        say(
            f"{funnel.occurrence}：目标 {say.number(funnel.size)} 人，可发送 {say.number(funnel.allowed)} 人"
            f"（{say.share(funnel.allowed, funnel.size)}），渠道已接收 {say.number(funnel.reached)} 条。",
            f"{funnel.occurrence}: {say.number(funnel.size)} in the audience, {say.number(funnel.allowed)}"
            f" may be sent to ({say.share(funnel.allowed, funnel.size)}), {say.number(funnel.reached)} taken.",
        ),
        Bars(waterfall(funnel, say)) if funnel.size else None,
        Table(
            [Column(say("步骤", "Step")), Column(say("人数", "People"), "number"),
             Column(say("占目标人群", "Of the audience"), "number")],
            [(step, say.number(number), say.share(number, funnel.size))
             for step, number, _, _ in _steps(funnel, say)],
        ),
    )  # fmt: skip


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


def channel_panel(figures: Figures, say: Words) -> Panel:
    """Messages by channel and status."""
    states = figures.channel_states
    channels = sorted({state.channel for state in states})
    number = {(state.channel, state.status): state.messages for state in states}
    totals = {channel: sum(n for (c, _), n in number.items() if c == channel) for channel in channels}
    statuses = [status for status in STATUS_TONES if any(s == status for _, s in number)]
    widest = max(totals.values(), default=0)
    return Panel(
        "channels",
        say("消息状态（按渠道）", "Messages by channel"),
        say(
            f"发件箱里一共有 {say.number(sum(totals.values()))} 条消息；颜色是它们现在的状态。",
            f"The outbox holds {say.number(sum(totals.values()))} messages; colours are their states.",
        )
        if states
        else say("还没有消息进入发件箱。", "No message is in the outbox yet."),
        Bars(
            [
                Bar(
                    say.label("channel", channel),
                    stacked(
                        [(number.get((channel, status), 0), STATUS_TONES[status],
                          say.label("status", status)) for status in statuses],
                        widest,
                    ),
                    say.number(totals[channel]),
                )
                for channel in channels
            ],
            [(STATUS_TONES[status], say.label("status", status)) for status in statuses],
        ) if states else None,  # fmt: skip
        Table(
            [Column(say("渠道", "Channel")), *(Column(say.label("status", s), "number") for s in statuses),
             Column(say("触达人数", "People reached"), "number"),
             Column(say("回执", "Receipts"), "number")],
            [
                (say.label("channel", channel),
                 *(say.number(number.get((channel, status), 0)) for status in statuses),
                 say.number(figures.reached_by_channel.get(channel, 0)),
                 say.number(sum(n for (c, _), n in figures.receipts.items() if c == channel)))
                for channel in channels
            ],
        ),
    )  # fmt: skip


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
                *(Column(title, "number") for title in (
                    say("目标人群", "Audience"), say("可发送", "Allowed"), say("已生成", "Rendered"),
                    say("发件箱", "Outbox"), say("已接收", "Taken"), say("接收率", "Of audience"))),
            ],
            [
                (f.title, f.occurrence, say.number(f.size), say.number(f.allowed),
                 say.number(f.rendered), say.number(f.queued), say.number(f.reached),
                 say.share(f.reached, f.size))
                for f in figures.funnels
            ],
        ),
        wide=True,
    )  # fmt: skip


def reasons_panel(figures: Figures, say: Words) -> Panel:
    """Why messages in the outbox did not arrive."""
    rows = figures.message_reasons
    return Panel(
        "message-reasons",
        say("发件箱里没有发出的原因", "Why messages did not leave"),
        say("进了发件箱却没有被接收的消息，按原因。", "Messages that were queued and not taken, by reason.")
        if rows
        else say("没有消息在发送时被拦下或拒收。", "No message was stopped or refused on its way."),
        table=Table(
            [Column(say("渠道", "Channel")), Column(say("状态", "Status")),
             Column(say("原因", "Reason")), Column(say("消息", "Messages"), "number")],
            [
                (say.label("channel", row.channel), say.label("status", row.status),
                 say.label("reason", row.reason), say.number(row.messages))
                for row in rows
            ],
        ),
        wide=True,
    )  # fmt: skip
