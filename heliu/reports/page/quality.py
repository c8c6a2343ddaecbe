"""数据质量: how fresh the sources are, what could not be read, which matches were refused."""

from datetime import timedelta

from heliu.reports.figures import Figures
from heliu.reports.figures.intake import Delivery
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

FRESH = timedelta(days=30)  # a bar's full length


def quality_section(figures: Figures, say: Words) -> Section:
    """Data quality."""
    return Section(
        "quality",
        say("数据质量", "Data quality"),
        say(
            "数据有多新、哪些行读不懂、哪些合并被拒绝。",
            "How fresh the data is, what could not be read, which matches were refused.",
        ),
        tiles=_tiles(figures, say),
        panels=[
            intake_panel(figures, say),
            freshness_panel(figures, say),
            unread_panel(figures, say),
            refused_panel(figures, say),
        ],
    )


def _tiles(figures: Figures, say: Words) -> list[Tile]:
    refused = sum(row.edges for row in figures.edges if row.status == "refused")
    linked = sum(row.edges for row in figures.edges if row.status == "linked")
    return [
        Tile(
            "unread-rows",
            say("隔离中的行", "Rows in quarantine"),
            say.number(figures.waiting.unread_rows),
            tone="bad" if figures.waiting.unread_rows else "good",
        ),
        Tile("edges-linked", say("采用的匹配", "Matches used"), say.number(linked)),
        Tile("edges-refused", say("未采用的匹配", "Matches not used"), say.number(refused)),
    ]


def intake_panel(figures: Figures, say: Words) -> Panel:
    """What came in by source, last time."""
    rows = figures.deliveries
    kinds = {
        "new": ("main", say("新增记录", "new records")),
        "changed": ("wait", say("变更", "changed")),
        "same": ("off", say("未变", "same")),
        "quarantined": ("bad", say("隔离", "quarantined")),
    }
    other = ("good", say("只含事实", "facts only"))  # e.g. an event of a person known before
    names = ("rows", "new", "changed", "same", "quarantined", "deleted", "facts")
    return Panel(
        "intake",
        say("最近一次采集", "Last collection"),
        say(
            "{sources} 个来源共 {rows} 行；每条是该来源的行去了哪里，满格为该来源的全部行。",
            "{rows} rows from {sources} sources; each bar is what became of one source's rows.",
            sources=len(rows),
            rows=sum(row.rows for row in rows),
        )
        if rows
        else say("还没有采集过数据。", "Nothing has been collected yet."),
        Bars(
            [
                Bar(
                    row.source,
                    stacked(
                        [
                            *((getattr(row, name), *kind) for name, kind in kinds.items()),
                            (_facts_only(row), *other),
                        ],
                        max(row.rows, 1),
                    ),
                    say.number(row.rows),
                )
                for row in rows
            ],
            [*kinds.values(), other],
        )
        if rows
        else None,
        Table(
            [
                Column(say("来源", "Source"), "code"),
                *(
                    Column(title, "number")
                    for title in (
                        say("行", "Rows"),
                        say("新增", "New"),
                        say("变更", "Changed"),
                        say("未变", "Same"),
                        say("隔离", "Quarantined"),
                        say("删除", "Deleted"),
                        say("事实", "Facts"),
                    )
                ),
            ],
            [(row.source, *(say.number(getattr(row, name)) for name in names)) for row in rows],
            (
                say("合计", "Total"),
                *(say.number(sum(getattr(row, name) for row in rows)) for name in names),
            ),
        ),
    )


def _facts_only(row: Delivery) -> int:
    """Rows that told of no customer anew."""
    return max(row.rows - row.new - row.changed - row.same - row.quarantined, 0)


def freshness_panel(figures: Figures, say: Words) -> Panel:
    """How old the newest fact of every source is."""
    rows = figures.freshness
    now = figures.now
    bars = []
    for row in rows:
        if row.watermark_at is None:
            bars.append(one_bar(row.source, 0, 1, say("没有时间", "no times")))
            continue
        old = max(now - row.watermark_at, timedelta())
        tone = "good" if old <= timedelta(days=2) else "wait" if old <= timedelta(days=7) else "bad"
        length = int(min(old, FRESH).total_seconds())
        bars.append(
            one_bar(
                row.source,
                max(length, 1),
                int(FRESH.total_seconds()),
                say.age(row.watermark_at, now),
                tone=tone,
            )
        )
    return Panel(
        "freshness",
        say("数据新鲜度", "Freshness"),
        say(
            "每个来源里最新的一条数据是多久以前的；条越短越新，满格为 30 天以上。",
            "How old each source's newest fact is; short is fresh, a full bar is 30 days or more.",
        )
        if rows
        else say("还没有采集过数据。", "Nothing has been collected yet."),
        Bars(bars) if rows else None,
        Table(
            [
                Column(say("来源", "Source"), "code"),
                Column(say("最新数据", "Newest fact")),
                Column(say("读取时间", "Read")),
                Column(say("行", "Rows"), "number"),
            ],
            [
                (
                    row.source,
                    say.time(row.watermark_at),
                    say.time(row.read_at),
                    say.number(row.rows),
                )
                for row in rows
            ],
        ),
    )


def unread_panel(figures: Figures, say: Words) -> Panel:
    """Rows in quarantine, by source and reason."""
    rows = figures.unread
    return Panel(
        "quarantine",
        say("隔离的行", "Quarantine"),
        say(
            "{rows} 行读不懂，原样保留；改好来源或映射后会自动重读。",
            "{rows} rows could not be read and are kept as they came.",
            rows=figures.waiting.unread_rows,
        )
        if rows
        else say("没有读不懂的行。", "Every row could be read."),
        table=Table(
            [
                Column(say("来源", "Source"), "code"),
                Column(say("原因", "Reason")),
                Column(say("行", "Rows"), "number"),
            ],
            [(row.source, row.reason, say.number(row.rows)) for row in rows],
        ),
    )


def refused_panel(figures: Figures, say: Words) -> Panel:
    """The evidence behind profiles: used and refused, by reason."""
    rows = figures.edges
    refused = sum(row.edges for row in rows if row.status == "refused")
    return Panel(
        "matches",
        say("合并的依据", "Evidence for matches"),
        say(
            "合并用了哪些标识；{n} 条会把不同的人合在一起，或证据不足，没有采用。",
            "Which identifiers joined records; {n} were not used: they would have joined"
            " different people, or prove too little.",
            n=refused,
        )
        if rows
        else say("还没有匹配。", "There are no matches yet."),
        table=Table(
            [
                Column(say("方式", "Kind")),
                Column(say("标识", "Identifier")),
                Column(say("结果", "Result")),
                Column(say("规则", "Rule")),
                Column(say("匹配", "Matches"), "number"),
            ],
            [
                (
                    say.label("edge_kind", row.kind),
                    say.label("identifier", row.type),
                    say.label("edge_status", row.status),
                    say.label("edge_reason", row.reason),
                    say.number(row.edges),
                )
                for row in rows
            ],
        ),
    )
