"""规模: every group of tags, how many carry each, and exclusive groups as one whole."""

from collections.abc import Sequence

from heliu.reports.figures.tagging import TagSize
from heliu.reports.figures.tags import TagFigures
from heliu.reports.page.parts import (
    Bar,
    Bars,
    Column,
    Panel,
    Section,
    Segment,
    Table,
    one_bar,
    series_tone,
    stacked,
)
from heliu.reports.words import Words


def group_title(figures: TagFigures, group: str, say: Words) -> str:
    """What people call a group; its name where the files don't say."""
    return figures.rules.groups.get(group, group) or say("未分组", "No group")


def sizes_section(figures: TagFigures, say: Words) -> Section:
    """A panel a group."""
    return Section(
        "sizes",
        say("规模", "Sizes"),
        say(
            "按分组看每个标签有多少人，以及占全部客户的比例。",
            "How many carry each tag, by group, and their share of all customers.",
        ),
        panels=[_group(figures, group, tags, say) for group, tags in figures.groups.items()],
    )


def _group(figures: TagFigures, group: str, tags: Sequence[TagSize], say: Words) -> Panel:
    order = figures.rules.exclusive.get(group, ())
    exclusive = bool(order) and {tag.name for tag in tags} <= set(order)
    if exclusive:
        tags = sorted(tags, key=lambda tag: order.index(tag.name))
    return Panel(
        f"sizes-{group or 'none'}",
        group_title(figures, group, say),
        _says(figures, tags, exclusive, say),
        _whole(figures, tags, say) if exclusive else _bars(figures, tags, say),
        _table(figures, tags, say),
    )


def _says(figures: TagFigures, tags: Sequence[TagSize], exclusive: bool, say: Words) -> str:
    if exclusive:
        return say(
            "{n} 个互斥标签：按次序取第一个成立的，一人最多一个。",
            "{n} tags that exclude each other: the first that holds wins, one a person at most.",
            n=len(tags),
        )
    largest = max(tags, key=lambda tag: tag.profiles)
    return say(
        "{n} 个标签，最大的是“{title}”，占 {share}。",
        "{n} tags; the largest is “{title}” with {share}.",
        n=len(tags),
        title=largest.title,
        share=say.share(largest.profiles, figures.people),
    )


def _bars(figures: TagFigures, tags: Sequence[TagSize], say: Words) -> Bars:
    widest = max(tag.profiles for tag in tags)
    return Bars(
        [
            one_bar(
                tag.title,
                tag.profiles,
                widest,
                say.number(tag.profiles),
                detail=say.share(tag.profiles, figures.people),
            )
            for tag in tags
        ]
    )


def _whole(figures: TagFigures, tags: Sequence[TagSize], say: Words) -> Bars:
    """One bar of all customers, and each tag's piece of it below, where it lies."""
    tones = {tag.name: series_tone(number) for number, tag in enumerate(tags)}
    pieces = [(tag.profiles, tones[tag.name], tag.title) for tag in tags]
    whole = Bar(
        say("全部客户", "Everybody"),
        stacked(pieces, figures.people),
        say.number(figures.people),
        "100%" if figures.people else "–",
        step=True,
    )
    parts, before = [], 0.0
    for tag in tags:
        size = tag.profiles / figures.people if figures.people else 0
        place = Segment(before, size, tones[tag.name], tag.title)
        number = say.number(tag.profiles)
        parts.append(Bar(tag.title, [place], number, say.share(tag.profiles, figures.people)))
        before += size
    return Bars([whole, *parts])


def _table(figures: TagFigures, tags: Sequence[TagSize], say: Words) -> Table:
    return Table(
        [
            Column(say("标签", "Tag")),
            Column(say("名称", "Name"), "code"),
            Column(say("人数", "People"), "number"),
            Column(say("占比", "Share"), "number"),
            Column(say("负责人", "Owner"), "code"),
            Column(say("备注", "Notes")),
        ],
        [
            (
                tag.title,
                tag.name,
                say.number(tag.profiles),
                say.share(tag.profiles, figures.people),
                tag.owner or "",
                say("、", ", ").join(_notes(tag, say)),
            )
            for tag in tags
        ],
    )


def _notes(tag: TagSize, say: Words) -> list[str]:
    notes = [(tag.manual, say("可人工设定", "hands may set it"))]
    notes += [(tag.local, say("只在本系统内", "never leaves here"))]
    return [text for holds, text in notes if holds]
