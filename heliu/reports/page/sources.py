"""Where records come from, what they carry, how far the sources overlap."""

from heliu.reports.figures import Figures
from heliu.reports.page.parts import Bar, Bars, Column, Heat, Panel, Table, stacked
from heliu.reports.words import Words


def sources_panel(figures: Figures, say: Words) -> Panel:
    """Records by source, and how many of them other sources know too."""
    rows = figures.source_links
    widest = max((row.records for row in rows), default=0)
    return Panel(
        "sources",
        say("来源", "Sources"),
        say(
            "每个来源的记录数；深色部分的人在其他来源也出现过。",
            "Records of each source; the dark part are people other sources know too.",
        )
        if rows
        else say("还没有合并过的记录。", "No records have been unified yet."),
        Bars(
            [
                Bar(
                    row.source,
                    stacked(
                        [
                            (row.linked, "main", say("其他来源也有", "elsewhere too")),
                            (row.records - row.linked, "off", say("仅此来源", "only here")),
                        ],
                        widest,
                    ),
                    say.number(row.records),
                    say.share(row.linked, row.records),
                )
                for row in rows
            ],
            [("main", say("其他来源也有", "elsewhere too")), ("off", say("仅此来源", "only here"))],
        )
        if rows
        else None,
        Table(
            [
                Column(say("来源", "Source"), "code"),
                Column(say("记录", "Records"), "number"),
                Column(say("人", "People"), "number"),
                Column(say("其他来源也有", "Elsewhere too"), "number"),
                Column(say("占比", "Share"), "number"),
            ],
            [
                (
                    row.source,
                    say.number(row.records),
                    say.number(row.profiles),
                    say.number(row.linked),
                    say.share(row.linked, row.records),
                )
                for row in rows
            ],
        ),
    )


def overlap_panel(figures: Figures, say: Words) -> Panel:
    """Which share of a source's people another source knows too."""
    names = [row.source for row in figures.source_links]
    own = {name: figures.overlap.get((name, name), 0) for name in names}
    shares = [
        [
            (figures.overlap.get((row, column), 0) / own[row] if own[row] else 0.0)
            for column in names
        ]
        for row in names
    ]
    return Panel(
        "overlap",
        say("来源之间的重叠", "Overlap of sources"),
        say(
            "每一行来源里的人，有多少也出现在列里的来源。",
            "Of the people of each row's source, how many the column's source knows too.",
        )
        if len(names) > 1
        else say("至少两个来源才有重叠可看。", "It takes two sources to overlap."),
        Heat(names, [[(share, f"{share:.0%}") for share in row] for row in shares])
        if len(names) > 1
        else None,
        Table(
            [Column(say("来源", "Source"), "code"), *(Column(name, "number") for name in names)],
            [
                (row, *(say.number(figures.overlap.get((row, column), 0)) for column in names))
                for row in names
            ],
        ),
        wide=True,
    )


def identifiers_panel(figures: Figures, say: Words) -> Panel:
    """Identifiers by type and status: what can and can't be matched on."""
    rows = figures.identifiers
    types = sorted({row.type for row in rows})
    usable = {"ok", "repaired"}
    bars = []
    widest = max((sum(r.carried for r in rows if r.type == t) for t in types), default=0)
    for type_ in types:
        carried = sum(row.carried for row in rows if row.type == type_)
        good = sum(row.carried for row in rows if row.type == type_ and row.status in usable)
        parts = [
            (good, "main", say("可用", "usable")),
            (carried - good, "bad", say("不可用", "unusable")),
        ]
        bars.append(
            Bar(
                say.label("identifier", type_),
                stacked(parts, widest),
                say.number(carried),
                say.share(good, carried),
            )
        )
    return Panel(
        "identifiers",
        say("标识", "Identifiers"),
        say(
            "记录里带的标识，按类型；红色是占位、打码、无效等不能用来合并的。",
            "Identifiers by type; red ones (placeholders, masked, invalid) prove nothing.",
        )
        if rows
        else say("还没有整理出标识。", "No identifiers have been read yet."),
        Bars(
            sorted(bars, key=lambda bar: -sum(piece.size for piece in bar.segments)),
            [("main", say("可用", "usable")), ("bad", say("不可用", "unusable"))],
        )
        if rows
        else None,
        Table(
            [
                Column(say("类型", "Type")),
                Column(say("状态", "Status")),
                Column(say("出现次数", "Carried"), "number"),
                Column(say("不同值", "Different"), "number"),
            ],
            [
                (
                    say.label("identifier", row.type),
                    say.label("identifier_status", row.status),
                    say.number(row.carried),
                    say.number(row.values),
                )
                for row in rows
            ],
        ),
    )
