"""标签: how many carry each, and how that moves from run to run."""

from collections import defaultdict

from heliu.reports import charts
from heliu.reports.figures import Figures
from heliu.reports.page.parts import (
    Bar,
    Bars,
    Column,
    Drawing,
    Panel,
    Section,
    Segment,
    Table,
    Tile,
    one_bar,
    series_tone,
)
from heliu.reports.page.tag_moves import runs_table
from heliu.reports.words import Words

MANY = 14  # bars; more stand in two columns
LINES = 6  # more can't be told apart


def tags_section(figures: Figures, say: Words) -> Section:
    """Tags: sizes and movements."""
    return Section(
        "tags",
        say("标签", "Tags"),
        say(
            "规则算出的标签：每个标签现在有多少人，最近一次进出多少人。",
            "What the rules say of people: how many carry each tag, who entered and left last.",
        ),
        tiles=_tiles(figures, say),
        panels=[
            sizes_panel(figures, say),
            movements_panel(figures, say),
            history_panel(figures, say),
        ],
    )


def _tiles(figures: Figures, say: Words) -> list[Tile]:
    everyone = figures.identity.profiles
    last = figures.retaggings[-1] if figures.retaggings else None
    moved = f"+{say.number(last.entered)} / −{say.number(last.left)}" if last else "–"
    return [
        Tile(
            "tags-held",
            say("标签总人次", "Tags carried"),
            say.number(figures.tags_held),
            say("{n} 个标签", "{n} tags", n=len(figures.tags)),
        ),
        Tile(
            "tagged-share",
            say("有标签的客户", "Customers with a tag"),
            say.share(figures.tagged_profiles, everyone),
            f"{say.number(figures.tagged_profiles)} / {say.number(everyone)}",
        ),
        Tile("tags-moved", say("最近一次进出", "Moved last time"), moved),
    ]


def sizes_panel(figures: Figures, say: Words) -> Panel:
    """Every tag and its carriers."""
    everyone = figures.identity.profiles
    widest = max((tag.profiles for tag in figures.tags), default=0)
    return Panel(
        "tag-sizes",
        say("标签人数", "Tag sizes"),
        say(
            "{tags} 个标签各有多少人，以及占全部 {people} 位客户的比例。",
            "How many carry each of {tags} tags, and their share of {people} customers.",
            tags=len(figures.tags),
            people=everyone,
        )
        if figures.tags
        else say("还没有打过标签。", "Nothing has been tagged yet."),
        Bars(
            [
                one_bar(
                    tag.title,
                    tag.profiles,
                    widest,
                    say.number(tag.profiles),
                    detail=say.share(tag.profiles, everyone),
                )
                for tag in figures.tags
            ]
        )
        if figures.tags
        else None,
        Table(
            [
                Column(say("标签", "Tag")),
                Column(say("名称", "Name"), "code"),
                Column(say("分组", "Group"), "code"),
                Column(say("人数", "People"), "number"),
                Column(say("进入", "Entered"), "number"),
                Column(say("离开", "Left"), "number"),
            ],
            [
                (
                    tag.title,
                    tag.name,
                    tag.group or "",
                    say.number(tag.profiles),
                    say.number(tag.entered),
                    say.number(tag.left),
                )
                for tag in figures.tags
            ],
        ),
        wide=len(figures.tags) > MANY,
    )


def movements_panel(figures: Figures, say: Words) -> Panel:
    """Who entered and left each tag in the last evaluation."""
    if len(figures.retaggings) == 1:
        return Panel(
            "tag-moves",
            say("最近一次打标的进出", "Entered and left last time"),
            say("第一次打标，所有标签都是新进入。", "The first time: everybody entered."),
            wide=True,
        )
    moved = [tag for tag in figures.tags if tag.entered or tag.left]
    moved.sort(key=lambda tag: (-(tag.entered + tag.left), tag.name))
    widest = max((max(tag.entered, tag.left) for tag in moved), default=0)
    return Panel(
        "tag-moves",
        say("最近一次打标的进出", "Entered and left last time"),
        say(
            "{n} 个标签的人数有变化；右边是进入，左边是离开。",
            "{n} tags moved; entered to the right, left to the left.",
            n=len(moved),
        )
        if moved
        else say(
            "最近一次打标没有人进入或离开任何标签。" if figures.tags else "还没有打过标签。",
            "Nobody entered or left a tag last time."
            if figures.tags
            else "Nothing has been tagged yet.",
        ),
        Bars(
            [
                Bar(
                    tag.title,
                    [
                        Segment(
                            0.5 - tag.left / widest / 2,
                            tag.left / widest / 2,
                            "bad",
                            say("离开", "left"),
                        ),
                        Segment(0.5, tag.entered / widest / 2, "main", say("进入", "entered")),
                    ],
                    f"+{say.number(tag.entered)}",
                    f"−{say.number(tag.left)}",
                )
                for tag in moved
            ],
            [("main", say("进入", "entered")), ("bad", say("离开", "left"))],
        )
        if moved
        else None,
        runs_table(figures.retaggings, say) if figures.retaggings else None,
        wide=len(figures.tags) > MANY,
    )


def history_panel(figures: Figures, say: Words) -> Panel:
    """The tags that moved most over the last runs, as lines."""
    runs = {point.run_id: point.as_of_at for point in figures.tag_history}
    carriers: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for point in figures.tag_history:
        carriers[point.tag][point.run_id] = point.profiles
    chosen = _liveliest(carriers, len(runs))
    titles = {tag.name: tag.title for tag in figures.tags}
    if len(runs) < 2 or not chosen:
        return Panel(
            "tag-history",
            say("标签走势", "Tags over time"),
            say("至少运行两次才有走势。", "It takes two runs to see a trend."),
            wide=True,
        )
    says = say(
        f"最近 {len(runs)} 次打标中变化最大的 {len(chosen)} 个标签的人数。",
        f"Carriers of the {len(chosen)} tags that moved most over the last {len(runs)} runs.",
    )
    named = {titles.get(tag, tag): [carriers[tag].get(run, 0) for run in runs] for tag in chosen}
    labels = [f"{at.astimezone(figures.zone):%m-%d}" for at in runs.values()]
    return Panel(
        "tag-history",
        say("标签走势", "Tags over time"),
        says,
        Drawing(
            charts.lines(labels, named, says, say.number, full=True),
            [(series_tone(number), title) for number, title in enumerate(named)],
        ),
        Table(
            [
                Column(say("运行", "Run"), "code"),
                Column(say("数据截至", "As of")),
                *(Column(title, "number") for title in named),
            ],
            [
                (
                    f"#{run}",
                    say.time(at),
                    *(say.number(numbers[place]) for numbers in named.values()),
                )
                for place, (run, at) in reversed(list(enumerate(runs.items())))
            ],
        ),
        wide=True,
    )


def _liveliest(carriers: dict[str, dict[int, int]], runs: int) -> list[str]:
    """The tags whose numbers spread most, of those there in every run."""
    spread = {
        tag: max(found.values()) - min(found.values())
        for tag, found in carriers.items()
        if len(found) == runs
    }
    return sorted(spread, key=lambda tag: (-spread[tag], tag))[:LINES]
