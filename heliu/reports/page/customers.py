"""客户: where the records come from, and the people they turned out to be."""

from heliu.reports import charts
from heliu.reports.figures import Figures
from heliu.reports.page.parts import Column, Drawing, Panel, Section, Table, Tile
from heliu.reports.page.sources import identifiers_panel, sources_panel
from heliu.reports.words import Words


def customers_section(figures: Figures, say: Words) -> Section:
    """Customers: sources, how they were joined, what they share."""
    return Section(
        "customers",
        say("客户", "Customers"),
        say(
            "各系统的记录合并成人：每个人只算一次，合并的依据都有记录。",
            "Records of all systems joined into people; every match has its reason.",
        ),
        tiles=_tiles(figures, say),
        panels=[
            sources_panel(figures, say),
            first_met_panel(figures, say),
            identifiers_panel(figures, say),
        ],
    )


def _tiles(figures: Figures, say: Words) -> list[Tile]:
    found = figures.identity
    per_person = f"{found.records / found.profiles:.2f}" if found.profiles else "–"
    return [
        Tile("records", say("来源记录", "Source records"), say.number(found.records)),
        Tile(
            "profiles-joined",
            say("合并成", "People they are"),
            say.number(found.profiles),
            say("平均每人 {n} 条记录", "{n} records each on average", n=per_person),
        ),
        Tile(
            "linked-share",
            say("跨来源记录", "Records linked across sources"),
            say.share(found.linked_records, found.records),
            say(
                "{people} 人在两个以上来源出现",
                "{people} people are known to two sources or more",
                people=found.linked_profiles,
            ),
        ),
        Tile(
            "largest",
            say("最大的一位", "Largest profile"),
            say.number(found.largest),
            say("条记录合成一人", "records in one person"),
        ),
    ]


def first_met_panel(figures: Figures, say: Words) -> Panel:
    """New acquaintances by month."""
    months = figures.first_met
    people = sum(months.values())
    says = (
        say(
            "最近 {months} 个月首次出现的客户共 {people} 位。",
            "{people} customers were first met in the last {months} months.",
            months=len(months),
            people=people,
        )
        if people
        else say("最近两年没有新出现的客户。", "No customer was first met in the last two years.")
    )
    drawing = charts.columns(
        list(months), {say("新客户", "New"): list(months.values())}, says, say.number
    )
    return Panel(
        "first-met",
        say("每月新认识的客户", "New customers by month"),
        says,
        Drawing(drawing) if people else None,
        Table(
            [Column(say("月份", "Month"), "code"), Column(say("新客户", "New"), "number")],
            [(month, say.number(number)) for month, number in reversed(months.items())],
        )
        if people
        else None,
    )
