"""用处: who reads a tag, what nobody reads or carries, and what hands say."""

from collections.abc import Sequence

from heliu.reports.figures.tagging import TagSize
from heliu.reports.figures.tags import TagFigures
from heliu.reports.page.parts import Column, Panel, Section, Table
from heliu.reports.page.tag_sizes import group_title
from heliu.reports.words import Words

SHOWN = 4  # readers named; of more, how many


def use_section(figures: TagFigures, say: Words) -> Section:
    """Unused, empty and universal tags, tags by hand, and who reads what."""
    return Section(
        "use",
        say("用处", "Use"),
        say(
            "谁在用标签：其他标签、人群和活动；没人用的标签可以停掉。",
            "Who reads tags: other tags, segments, campaigns. What nobody reads may go.",
        ),
        panels=[
            unused_panel(figures, say),
            idle_panel(figures, say),
            hands_panel(figures, say),
            readers_panel(figures, say),
        ],
    )


def unused_panel(figures: TagFigures, say: Words) -> Panel:
    """Tags no rule, segment or campaign reads."""
    says = say(
        "{n} 个标签没有任何标签、人群或活动读取；它们仍可能被人看，或同步给平台。",
        "{n} tags are read by no tag, segment or campaign. People may still look at them, and"
        " platforms be told of them.",
        n=len(figures.unused),
    )
    none = say("每个标签都有人用。", "Every tag is read by something.")
    if not figures.rules.readers:
        none = say("没有读到规则文件。", "The rule files were not read.")
    table = _tags(figures, figures.unused, say)
    title = say("没人用的标签", "Unused tags")
    return Panel("use-unused", title, says if figures.unused else none, table=table)


def idle_panel(figures: TagFigures, say: Words) -> Panel:
    """Tags on nobody, and tags on everybody."""
    everybody = [tag for tag in figures.tags if tag.name in figures.everybody]
    found = [*figures.empty, *everybody]
    says = say(
        "{empty} 个标签现在没有人，{all} 个标签人人都有：它们分不出人来。",
        "{empty} tags are on nobody and {all} on everybody: they tell nobody from anybody.",
        empty=len(figures.empty),
        all=len(everybody),
    )
    none = say("没有空标签，也没有人人都有的标签。", "No tag is on nobody or on everybody.")
    table = _tags(figures, found, say)
    title = say("空标签和全员标签", "On nobody, on everybody")
    return Panel("use-idle", title, says if found else none, table=table)


def hands_panel(figures: TagFigures, say: Words) -> Panel:
    """What humans say, as of the last run."""
    words = figures.by_hand
    says = say(
        "{n} 个标签上有人工设定：{yes} 人次有，{no} 人次没有；人说的优先于规则。",
        "{n} tags are set by hand: {yes} to carry one, {no} not to. A hand's word beats the rule.",
        n=len(words),
        yes=sum(word.yes for word in words),
        no=sum(word.no for word in words),
    )
    none = say("没有人工设定的标签。", "No tag is set by hand.")
    table = Table(
        [
            Column(say("标签", "Tag")),
            Column(say("设为有", "Said to carry"), "number"),
            Column(say("设为没有", "Said not to"), "number"),
            Column(say("30 天内到期", "Ends in 30 days"), "number"),
        ],
        [
            (
                figures.title(word.tag),
                say.number(word.yes),
                say.number(word.no),
                say.number(word.soon),
            )
            for word in words
        ],
    )
    title = say("人工设定的标签", "Tags by hand")
    return Panel("use-hands", title, says if words else none, table=table)


def readers_panel(figures: TagFigures, say: Words) -> Panel:
    """Every tag that is read, and by whom."""
    readers = figures.rules.readers
    read = [tag for tag in figures.tags if readers.get(tag.name)]
    says = say("{n} 个标签被读取。", "{n} tags are read.", n=len(read))
    none = say("没有读到规则文件。", "The rule files were not read.")
    table = Table(
        [
            Column(say("标签", "Tag")),
            Column(say("被标签", "By tags")),
            Column(say("被人群", "By segments")),
            Column(say("影响的活动", "Campaigns that rest on it")),
        ],
        [
            (
                tag.title,
                _some(readers[tag.name].tags, say),
                _some(readers[tag.name].segments, say),
                _some(readers[tag.name].campaigns, say),
            )
            for tag in read
        ],
    )
    title = say("谁在用", "Who reads what")
    return Panel("use-readers", title, says if read else none, table=table, wide=True)


def _some(titles: Sequence[str], say: Words) -> str:
    shown = say("、", ", ").join(titles[:SHOWN])
    more = len(titles) - SHOWN
    return shown + (say(f" 等 {len(titles)} 个", f" and {more} more") if more > 0 else "")


def _tags(figures: TagFigures, tags: Sequence[TagSize], say: Words) -> Table:
    return Table(
        [
            Column(say("标签", "Tag")),
            Column(say("名称", "Name"), "code"),
            Column(say("分组", "Group")),
            Column(say("人数", "People"), "number"),
            Column(say("负责人", "Owner"), "code"),
        ],
        [
            (
                tag.title,
                tag.name,
                group_title(figures, tag.group or "", say),
                say.number(tag.profiles),
                tag.owner or "",
            )
            for tag in tags
        ],
    )
