"""重叠: which tags go together, which say nearly the same, which lie inside another."""

from collections.abc import Sequence

from heliu.reports.figures.tag_overlap import ALIKE, FEW, Pair
from heliu.reports.figures.tags import TagFigures
from heliu.reports.page.parts import Column, Heat, Panel, Section, Table
from heliu.reports.words import Words

LARGEST = 20  # tags of the square
MOST = 60  # pairs in a table


def overlap_section(figures: TagFigures, say: Words) -> Section:
    """The square, and the pairs worth a look."""
    return Section(
        "overlap",
        say("重叠", "Overlaps"),
        say(
            "哪些标签总在一起：同一批人身上的两个标签，也许只需要一个。",
            "Which tags go together: two tags on the same people may be one too many.",
        ),
        panels=[square_panel(figures, say), alike_panel(figures, say), inside_panel(figures, say)],
    )


def largest(figures: TagFigures) -> list[str]:
    """The tags of the square: the largest that tell people from each other."""
    sizes = {tag.name: tag.profiles for tag in figures.tags if tag.name not in figures.everybody}
    named = sorted((tag for tag in sizes if sizes[tag]), key=lambda tag: (-sizes[tag], tag))
    return named[:LARGEST]


def square_panel(figures: TagFigures, say: Words) -> Panel:
    """The share of the smaller tag that carries the other, for the largest tags."""
    tags = largest(figures)
    title = say("最大的标签两两重叠", "Overlap of the largest tags")
    if len(tags) < 2:
        says = say("至少要有两个标签才能比较。", "It takes two tags to compare.")
        return Panel("overlap-square", title, says, wide=True)
    inside = [pair for pair in figures.telling if {pair.smaller, pair.larger} <= set(tags)]
    by_tags = {frozenset((pair.smaller, pair.larger)): pair for pair in inside}
    cells, tips = [], []
    for tag in tags:
        row = [by_tags.get(frozenset((tag, other))) for other in tags]
        cells.append([(pair.overlap, f"{pair.overlap:.0%}") if pair else (0.0, "") for pair in row])
        tips.append([_tip(figures, pair, say) if pair else "" for pair in row])
    return Panel(
        "overlap-square",
        title,
        say(
            "较小的标签里有多大比例也有另一个标签；指着格子看人数、Jaccard 和提升度。",
            "The share of the smaller tag that carries the other too; point at a cell for people,"
            " Jaccard and lift.",
        ),
        Heat([figures.title(tag) for tag in tags], cells, tips, numbered=True),
        _pairs_table(figures, [pair for pair in inside if pair.both][: 2 * MOST], say),
        wide=True,
        note=_everybody_note(figures, say),
    )


def _everybody_note(figures: TagFigures, say: Words) -> str:
    names = say("、", ", ").join(figures.title(tag) for tag in sorted(figures.everybody))
    if not names:
        return ""
    return say(
        f"人人都有的标签不参加比较：{names}。", f"Left out, for everybody has them: {names}."
    )


def _tip(figures: TagFigures, pair: Pair, say: Words) -> str:
    return (
        f"{figures.title(pair.smaller)} × {figures.title(pair.larger)}: "
        f"{say.number(pair.both)} · Jaccard {pair.jaccard:.0%} · {say('提升度', 'lift')} "
        f"{pair.lift:.1f}"
    )


def alike_panel(figures: TagFigures, say: Words) -> Panel:
    """Pairs of nearly the same people."""
    pairs = figures.twins
    share = f"{ALIKE:.0%}"
    says = say(
        "{n} 对标签的人几乎相同（Jaccard 大于 {share}）：留一个就够。",
        "{n} pairs of tags hold nearly the same people (Jaccard above {share}): one would do.",
        n=len(pairs),
        share=share,
    )
    none = say("没有两个标签的人几乎相同。", "No two tags hold nearly the same people.")
    title = say("几乎相同的标签", "Nearly the same")
    table = _pairs_table(figures, pairs[:MOST], say)
    return Panel("overlap-alike", title, says if pairs else none, table=table)


def inside_panel(figures: TagFigures, say: Words) -> Panel:
    """Tags whose carriers all carry another."""
    pairs = [pair for pair in figures.telling if pair.inside]
    pairs.sort(key=lambda pair: (-pair.lift, pair.smaller, pair.larger))
    says = say(
        "{n} 对标签里，有前一个的人全都有后一个（至少 {few} 人）。",
        "{n} pairs where everybody with the first tag has the second (of {few} people at least).",
        n=len(pairs),
        few=FEW,
    )
    none = say("没有哪个标签完全包含在另一个里。", "No tag lies wholly inside another.")
    return Panel(
        "overlap-inside",
        say("包含在另一个标签里", "Inside another"),
        says if pairs else none,
        table=_inside_table(figures, pairs[:MOST], say),
    )


def _inside_table(figures: TagFigures, pairs: Sequence[Pair], say: Words) -> Table:
    return Table(
        [
            Column(say("有这个标签的人", "Everybody with")),
            Column(say("人数", "People"), "number"),
            Column(say("都有这个标签", "also has")),
            Column(say("人数", "People"), "number"),
            Column(say("提升度", "Lift"), "number"),
        ],
        [
            (
                figures.title(pair.smaller),
                say.number(pair.small),
                figures.title(pair.larger),
                say.number(pair.large),
                f"{pair.lift:.1f}",
            )
            for pair in pairs
        ],
    )


def _pairs_table(figures: TagFigures, pairs: Sequence[Pair], say: Words) -> Table:
    return Table(
        [
            Column(say("较小的标签", "Smaller tag")),
            Column(say("人数", "People"), "number"),
            Column(say("较大的标签", "Larger tag")),
            Column(say("人数", "People"), "number"),
            Column(say("都有", "Both"), "number"),
            Column(say("占较小的", "Of the smaller"), "number"),
            Column("Jaccard", "number"),
            Column(say("提升度", "Lift"), "number"),
        ],
        [
            (
                figures.title(pair.smaller),
                say.number(pair.small),
                figures.title(pair.larger),
                say.number(pair.large),
                say.number(pair.both),
                say.share(pair.both, pair.small),
                say.share(pair.both, pair.small + pair.large - pair.both),
                f"{pair.lift:.1f}",
            )
            for pair in pairs
        ],
    )
