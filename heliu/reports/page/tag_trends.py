"""走势: a line a tag over the last days; each opens to a larger one."""

from collections.abc import Sequence

from heliu.reports.figures.tagging import TagSize
from heliu.reports.figures.tags import TagFigures
from heliu.reports.page.parts import Column, Panel, Section, Table, Trend, Trends
from heliu.reports.page.tag_sizes import group_title
from heliu.reports.sparks import plot, span_ticks, spark
from heliu.reports.words import Words


def trends_section(figures: TagFigures, say: Words) -> Section:
    """A panel of small lines a group."""
    return Section(
        "trends",
        say("走势", "Over time"),
        say(
            "最近 {n} 天每个标签的人数；每条线按自己的高低画，点开看大图。",
            "Carriers of each tag over the last {n} days; every line has a height of its own,"
            " a click shows it large.",
            n=len(figures.days),
        ),
        panels=[_group(figures, group, tags, say) for group, tags in figures.groups.items()]
        if len(figures.days) > 1
        else [
            Panel(
                "trends-none",
                say("走势", "Over time"),
                say("至少有两天打过标签才有走势。", "It takes two days to see a trend."),
                wide=True,
            )
        ],
    )


def _group(figures: TagFigures, group: str, tags: Sequence[TagSize], say: Words) -> Panel:
    numbers = {tag.name: [day.people.get(tag.name) for day in figures.days] for tag in tags}
    changes = {tag.title: change_of(numbers[tag.name]) for tag in tags}
    most = max(changes, key=lambda title: abs(changes[title] or 0))
    return Panel(
        f"trends-{group or 'none'}",
        group_title(figures, group, say),
        say(
            "变化最大的是“{title}”：{change}。",
            "“{title}” moved most: {change}.",
            title=most,
            change=change_text(changes[most], say),
        )
        if changes[most]
        else say("人数没有变化。", "Nobody came or went."),
        Trends([_trend(figures, tag, numbers[tag.name], say) for tag in tags]),
        _table(figures, tags, say),
        wide=True,
    )


def change_of(numbers: Sequence[int | None]) -> int | None:
    """From the first to the last known number; None where there are not two.

    >>> change_of([None, 3, 9, 7]), change_of([None, 3])
    (4, None)
    """
    known = [number for number in numbers if number is not None]
    return known[-1] - known[0] if len(known) > 1 else None


def change_text(change: int | None, say: Words) -> str:
    """With its sign; a tag with one day of history is new."""
    if change is None:
        return say("新", "new")
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return sign + say.number(abs(change))


def _trend(figures: TagFigures, tag: TagSize, numbers: Sequence[int | None], say: Words) -> Trend:
    change = change_of(numbers)
    now = next((number for number in reversed(numbers) if number is not None), None)
    said = change_text(change, say)
    says = say(f"{tag.title}：{now}，{said}", f"{tag.title}: {now}, {said}")
    days = [f"{day.day:%m-%d}" for day in figures.days]
    return Trend(
        tag.title,
        "–" if now is None else say.number(now),
        said,
        spark(numbers, says),
        plot(days, numbers, says, say.number),
        [say.number(tick) for tick in reversed(span_ticks(numbers))],
        list(dict.fromkeys((days[0], days[len(days) // 2], days[-1]))),
    )


def _table(figures: TagFigures, tags: Sequence[TagSize], say: Words) -> Table:
    return Table(
        [Column(say("日期", "Day"), "code"), *(Column(tag.title, "number") for tag in tags)],
        [
            (
                day.day.isoformat(),
                *(
                    say.number(day.people[tag.name]) if tag.name in day.people else "–"
                    for tag in tags
                ),
            )
            for day in reversed(figures.days)
        ],
    )
