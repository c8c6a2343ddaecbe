"""How profiles developed from run to run, and how large they are."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from heliu.reports import charts
from heliu.reports.figures import Figures
from heliu.reports.figures.unifying import UnifyReport
from heliu.reports.page.parts import Column, Drawing, Panel, Table
from heliu.reports.unify_tables import size_steps
from heliu.reports.words import Words

MOVES = {
    "profiles_merged": ("main", "合并", "merged"),
    "profiles_split": ("wait", "拆分", "split"),
    "profiles_restored": ("good", "恢复", "restored"),
}


def growth_panel(report: UnifyReport, say: Words) -> Panel:
    """Profiles from run to run."""
    title = say("客户档案数", "Profiles")
    points = [
        (one.run_id, one.counts["profiles"])
        for one in report.history
        if "profiles" in one.counts and not one.stopped
    ]
    says = say("每次合并后有多少客户档案。", "Profiles after each unify.")
    return _runs_panel("profiles-by-run", title, says, points, charts.lines, say)


def _runs_panel(
    id_: str,
    title: str,
    says: str,
    points: Sequence[tuple[int, int]],
    draw: Callable[..., Markup],
    say: Words,
) -> Panel:
    if len(points) < 2:
        few = say("至少运行两次才有走势。", "It takes two runs to see a development.")
        return Panel(id_, title, few)
    labels = [f"#{run}" for run, _ in points]
    drawing = draw(labels, {title: [number for _, number in points]}, says, say.number)
    columns = [Column(say("运行", "Run"), "code"), Column(title, "number")]
    rows = [(f"#{run}", say.number(number)) for run, number in reversed(points)]
    return Panel(id_, title, says, Drawing(drawing), Table(columns, rows))


def moves_panel(report: UnifyReport, say: Words) -> Panel:
    """Merges, splits and restorations from run to run."""
    id_, title = "moves-by-run", say("每次运行的合并与拆分", "Merges and splits by run")
    runs = [one for one in report.history if not one.stopped]
    if len(runs) < 2:
        few = say("至少运行两次才有走势。", "It takes two runs to see a development.")
        return Panel(id_, title, few)
    says = say("档案被合并、拆分、恢复的次数。", "How many profiles were merged, split, restored.")
    series = {
        say(chinese, english): [one.counts.get(name, 0) for one in runs]
        for name, (_, chinese, english) in MOVES.items()
    }
    if not any(map(any, series.values())):
        none = say(
            "还没有档案被合并、拆分或恢复。", "No profile was merged, split or restored yet."
        )
        return Panel(id_, title, none)
    labels = [f"#{one.run_id}" for one in runs]
    drawing = charts.columns(labels, series, says, say.number)
    legend = [(tone, say(*words)) for tone, *words in MOVES.values()]
    rows = [
        (label, *(say.number(numbers[place]) for numbers in series.values()))
        for place, label in enumerate(labels)
    ]
    columns = [
        Column(say("运行", "Run"), "code"),
        *(Column(name, "number") for name in series),
    ]
    return Panel(id_, title, says, Drawing(drawing, legend), Table(columns, rows[::-1]))


def sizes_panel(figures: Figures, say: Words) -> Panel:
    """How many people are made of how many records."""
    title = say("一个人由几条记录合成", "Records that make one person")
    steps = size_steps(figures.sizes)
    if not steps:
        return Panel("sizes", title, say("还没有客户档案。", "There are no profiles yet."))
    everyone = sum(number for _, number in steps)
    says = say(
        "{people} 人由两条以上记录合成；表格末尾是记录最多的十位。",
        "{people} people join two records or more; the table ends with the ten largest.",
        people=figures.identity.joined,
    )
    drawing = charts.columns(
        [step for step, _ in steps],
        {say("人数", "People"): [number for _, number in steps]},
        says,
        say.number,
    )
    rows = [
        (f"{step} {say('条记录', 'records')}", say.number(number), say.share(number, everyone))
        for step, number in steps
    ]
    rows += [
        (
            f"{say('编号', 'id')} {profile_id}",
            say.number(records),
            say(f"{sources} 个来源", f"{sources} sources"),
        )
        for profile_id, records, sources in figures.largest
        if records > 1
    ]
    columns = [
        Column(say("档案", "Profiles")),
        Column(say("人数或记录数", "People or records"), "number"),
        Column(say("占比或来源", "Share or sources"), "number"),
    ]
    return Panel("sizes", title, says, Drawing(drawing), Table(columns, rows))
