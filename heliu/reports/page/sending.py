"""触达: whom messages reached, by people, campaign and channel."""

from collections import Counter

from heliu.reports.figures import Figures
from heliu.reports.page.campaigns import (
    STATUS_TONES,
    funnel_panel,
    newest_funnels,
    occurrences_panel,
)
from heliu.reports.page.parts import (
    Bar,
    Bars,
    Column,
    Panel,
    Section,
    Table,
    Tile,
    one_bar,
    stacked,
)
from heliu.reports.words import Words


def reach_section(figures: Figures, say: Words) -> Section:
    """Reach: people first, then each campaign, then messages by channel."""
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
            *(funnel_panel(funnel, say) for funnel in newest_funnels(figures)),
            reasons_panel(figures, say),
            occurrences_panel(figures, say),
        ],
    )


def _tiles(figures: Figures, say: Words) -> list[Tile]:
    people = figures.people
    states: Counter[str] = Counter()
    for state in figures.channel_states:
        states[state.status] += state.messages
    left_out: Counter[str] = Counter()
    for funnel in newest_funnels(figures):
        left_out.update(funnel.reasons)
    most = "".join(say.label("reason", reason) for reason, _ in left_out.most_common(1))
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
        Tile(
            "messages",
            say("发件箱消息", "Messages in the outbox"),
            say.number(sum(states.values())),
            say("待发送 {n}", "{n} still to send", n=states["queued"]),
        ),
        Tile(
            "taken",
            say("渠道已接收", "Taken by a channel"),
            say.number(states["accepted"] + states["delivered"]),
            say("其中 {n} 条有送达回执", "{n} with a receipt of delivery", n=states["delivered"]),
        ),
        Tile(
            "not-sent",
            say("最近一期未发送", "Left out last time"),
            say.number(sum(left_out.values())),
            say(f"最多的原因：{most}", f"mostly: {most}") if most else "",
        ),
    ]


def people_panel(figures: Figures, say: Words) -> Panel:
    """How many people the firm knows, meant to reach, and reached."""
    people = figures.people
    steps = [
        (say("全部客户", "All customers"), people.profiles, "off"),
        (say("进入过目标人群", "Ever in an audience"), people.planned, "wait"),
        (say("渠道已接收至少一条", "A channel took at least one"), people.reached, "main"),
    ]
    return Panel(
        "reach-people",
        say("触达人数", "People reached"),
        say(
            "全部 {all} 位客户中，{planned} 位进入过活动的目标人群，"
            "{reached} 位至少有一条消息被渠道接收。",
            "Of {all} customers {planned} were in an audience and {reached} had at least one"
            " message taken by a channel.",
            all=people.profiles,
            planned=people.planned,
            reached=people.reached,
        )
        if people.profiles
        else say("还没有客户档案。", "There are no profiles yet."),
        Bars(
            [
                one_bar(
                    title,
                    number,
                    people.profiles,
                    say.number(number),
                    detail=say.share(number, people.profiles),
                    tone=tone,
                )
                for title, number, tone in steps
            ]
        )
        if people.profiles
        else None,
        Table(
            [
                Column(say("人群", "People")),
                Column(say("人数", "How many"), "number"),
                Column(say("占全部客户", "Of all"), "number"),
            ],
            [
                (title, say.number(number), say.share(number, people.profiles))
                for title, number, _ in steps
            ],
        )
        if people.profiles
        else None,
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
                "“文件夹”渠道只把消息写成文件供预览，没有发给任何人，也没有回执："
                "它的“已受理”只表示文件已写好。",
                "The folder channel only writes files to preview: nobody was sent anything, there"
                " is no receipt, and “accepted” means the file is written.",
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


def channel_panel(figures: Figures, say: Words) -> Panel:
    """Messages by channel and status."""
    states = figures.channel_states
    channels = sorted({state.channel for state in states})
    number = {(state.channel, state.status): state.messages for state in states}
    totals = {
        channel: sum(n for (c, _), n in number.items() if c == channel) for channel in channels
    }
    statuses = [status for status in STATUS_TONES if any(s == status for _, s in number)]
    widest = max(totals.values(), default=0)
    return Panel(
        "channels",
        say("消息状态（按渠道）", "Messages by channel"),
        say(
            "发件箱里一共有 {n} 条消息；颜色是它们现在的状态。",
            "The outbox holds {n} messages; colours are their states.",
            n=sum(totals.values()),
        )
        if states
        else say("还没有消息进入发件箱。", "No message is in the outbox yet."),
        Bars(
            [
                Bar(
                    say.label("channel", channel),
                    stacked(
                        [
                            (
                                number.get((channel, status), 0),
                                STATUS_TONES[status],
                                say.label("status", status),
                            )
                            for status in statuses
                        ],
                        widest,
                    ),
                    say.number(totals[channel]),
                )
                for channel in channels
            ],
            [(STATUS_TONES[status], say.label("status", status)) for status in statuses],
        )
        if states
        else None,
        Table(
            [
                Column(say("渠道", "Channel")),
                *(Column(say.label("status", s), "number") for s in statuses),
                Column(say("触达人数", "People reached"), "number"),
                Column(say("回执", "Receipts"), "number"),
            ],
            [
                (
                    say.label("channel", channel),
                    *(say.number(number.get((channel, status), 0)) for status in statuses),
                    say.number(figures.reached_by_channel.get(channel, 0)),
                    say.number(sum(n for (c, _), n in figures.receipts.items() if c == channel)),
                )
                for channel in channels
            ],
        ),
    )


def reasons_panel(figures: Figures, say: Words) -> Panel:
    """Why messages in the outbox did not arrive."""
    rows = figures.message_reasons
    return Panel(
        "message-reasons",
        say("发件箱里没有发出的原因", "Why messages did not leave"),
        say(
            "进了发件箱却没有被接收的消息，按原因。",
            "Messages that were queued and not taken, by reason.",
        )
        if rows
        else say("没有消息在发送时被拦下或拒收。", "No message was stopped or refused on its way."),
        table=Table(
            [
                Column(say("渠道", "Channel")),
                Column(say("状态", "Status")),
                Column(say("原因", "Reason")),
                Column(say("消息", "Messages"), "number"),
            ],
            [
                (
                    say.label("channel", row.channel),
                    say.label("status", row.status),
                    say.label("reason", row.reason),
                    say.number(row.messages),
                )
                for row in rows
            ],
        ),
    )
