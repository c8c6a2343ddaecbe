"""服务与订单: where people stand with us, what they bought, what they do."""

from heliu.reports import charts
from heliu.reports.figures import Figures
from heliu.reports.page.parts import (
    Bars,
    Column,
    Drawing,
    Panel,
    Section,
    Table,
    Tile,
    one_bar,
    series_tone,
)
from heliu.reports.words import Words

STATES = 16  # a field that holds more different values is no state


def service_section(figures: Figures, say: Words) -> Section:
    """Service states, orders and activity."""
    return Section(
        "service",
        say("服务与订单", "Service and orders"),
        say(
            "客户所处的服务状态、订单与退款、每周的活跃。",
            "Service states, orders and refunds, weekly activity.",
        ),
        tiles=_tiles(figures, say),
        panels=[
            revenue_panel(figures, say),
            courses_panel(figures, say),
            states_panel(figures, say),
            activity_panel(figures, say),
        ],
    )


def _tiles(figures: Figures, say: Words) -> list[Tile]:
    found = figures.orders
    return [
        Tile(
            "paid-orders",
            say("已付款订单", "Paid orders"),
            say.number(found.paid),
            say("共 {n} 个订单", "of {n} orders", n=found.orders),
        ),
        Tile(
            "paid-yuan",
            say("累计收款", "Paid"),
            say.about(found.paid_fen),
            say("{n} 位付款客户", "by {n} people", n=found.payers),
        ),
        Tile(
            "refunded-yuan",
            say("累计退款", "Refunded"),
            say.about(found.refunded_fen),
            say(
                "{refunds} 笔，占收款 {share}",
                "{refunds} refunds, {share} of what was paid",
                refunds=found.refunds,
                share=say.share(found.refunded_fen, found.paid_fen),
            ),
        ),
    ]


def revenue_panel(figures: Figures, say: Words) -> Panel:
    """Money kept and given back, by month."""
    months = figures.months
    paid = sum(month.paid_fen for month in months)
    kept = say("净收款", "Kept")
    back = say("退款", "Refunded")
    says = (
        say(
            "最近 {months} 个月收款 {paid}；红色是当月退款，蓝色是扣除退款后的净收款。",
            "{paid} in the last {months} months; red was refunded in that month.",
            months=len(months),
            paid=say.about(paid),
        )
        if paid
        else say("最近两年没有收款。", "No payments in the last two years.")
    )
    series = {
        kept: [max(month.paid_fen - month.refunded_fen, 0) for month in months],
        back: [month.refunded_fen for month in months],
    }
    drawing = charts.columns(
        [month.month for month in months], series, says, lambda fen: say.about(fen) if fen else "0"
    )
    return Panel(
        "revenue",
        say("每月收款", "Revenue by month"),
        says,
        Drawing(drawing, [("main", kept), ("bad", back)]) if paid else None,
        Table(
            [
                Column(say("月份", "Month"), "code"),
                Column(say("订单", "Orders"), "number"),
                Column(say("收款", "Paid"), "number"),
                Column(back, "number"),
                Column(kept, "number"),
            ],
            [
                (
                    month.month,
                    say.number(month.orders),
                    say.money(month.paid_fen),
                    say.money(month.refunded_fen),
                    say.money(month.paid_fen - month.refunded_fen),
                )
                for month in reversed(months)
            ],
        )
        if paid
        else None,
    )


def courses_panel(figures: Figures, say: Words) -> Panel:
    """What people paid for."""
    rows = figures.courses
    widest = max((row.paid_fen for row in rows), default=0)
    named = [(row.title or row.item or say("未注明", "not said"), row) for row in rows]
    return Panel(
        "courses",
        say("课程收款", "Revenue by course"),
        say("每门课程累计收款与订单数。", "Money and orders of each course so far.")
        if rows
        else say("还没有已付款的订单。", "No order has been paid yet."),
        Bars(
            [
                one_bar(
                    title,
                    row.paid_fen,
                    widest,
                    say.about(row.paid_fen),
                    detail=say("{n} 单", "{n} orders", n=row.orders),
                )
                for title, row in named
            ]
        )
        if rows
        else None,
        Table(
            [
                Column(say("课程", "Course")),
                Column(say("订单", "Orders"), "number"),
                Column(say("客户", "People"), "number"),
                Column(say("收款", "Paid"), "number"),
            ],
            [
                (title, say.number(row.orders), say.number(row.payers), say.money(row.paid_fen))
                for title, row in named
            ],
        ),
    )


def states_panel(figures: Figures, say: Words) -> Panel:
    """Where customers stand in service."""
    known = {state: n for state, n in figures.service_states.items() if state is not None}
    silent = figures.service_states.get(None, 0)
    rows = [(say.label("service", state), number) for state, number in list(known.items())[:STATES]]
    if rest := sum(list(known.values())[STATES:]):
        rows.append((say("其他", "others"), rest))
    total = sum(known.values())
    widest = max((number for _, number in rows), default=0)
    return Panel(
        "service-states",
        say("服务状态", "Service states"),
        say(
            "{known} 位客户有服务状态；另有 {silent} 位还没有。",
            "{known} customers have a service state; {silent} have none yet.",
            known=total,
            silent=silent,
        )
        if rows
        else say("还没有客户的服务状态。", "No customer has a service state yet."),
        Bars(
            [
                one_bar(title, number, widest, say.number(number), detail=say.share(number, total))
                for title, number in rows
            ]
        )
        if rows
        else None,
        Table(
            [
                Column(say("状态", "State")),
                Column(say("客户", "People"), "number"),
                Column(say("占比", "Share"), "number"),
            ],
            [(title, say.number(number), say.share(number, total)) for title, number in rows],
        ),
    )


def activity_panel(figures: Figures, say: Words) -> Panel:
    """Events by week and type."""
    weeks = figures.activity
    totals: dict[str, int] = {}
    for found in weeks.values():
        for type_, events in found.items():
            totals[type_] = totals.get(type_, 0) + events
    shown = sorted(totals, key=lambda type_: (-totals[type_], type_))[:8]
    events = sum(totals.values())
    says = (
        say(
            "最近 {weeks} 周共 {events} 次行为，按周和类型；最后一周可能不满七天。",
            "{events} events in {weeks} weeks; the last may be short of seven days.",
            weeks=len(weeks),
            events=events,
        )
        if events
        else say("最近一年没有行为数据。", "There are no events in the last year.")
    )
    series = {
        say.label("event", type_): [found.get(type_, 0) for found in weeks.values()]
        for type_ in shown
    }
    return Panel(
        "activity",
        say("每周行为", "Activity by week"),
        says,
        Drawing(
            charts.columns(list(weeks), series, says, say.number, full=True),
            [(series_tone(number), title) for number, title in enumerate(series)],
        )
        if events
        else None,
        Table(
            [
                Column(say("周一", "Week of"), "code"),
                *(Column(title, "number") for title in series),
            ],
            [
                (monday, *(say.number(found.get(type_, 0)) for type_ in shown))
                for monday, found in reversed(weeks.items())
            ],
        )
        if events
        else None,
        wide=True,
    )
