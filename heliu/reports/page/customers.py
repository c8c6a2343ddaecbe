"""客户: where the records come from, and the people they turned out to be."""

from heliu.reports import charts
from heliu.reports.figures import Figures
from heliu.reports.page.parts import (
    Bar,
    Bars,
    Column,
    Drawing,
    Heat,
    Panel,
    Section,
    Table,
    Tile,
    one_bar,
    stacked,
)
from heliu.reports.words import Words

SIZE_STEPS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, None))


def customers_section(figures: Figures, say: Words) -> Section:
    """Customers: sources, how they were joined, what they share."""
    return Section(
        "customers",
        say("客户", "Customers"),
        say(
            "各系统的记录合并成人：每个人只算一次，合并的依据都有记录。",
            "Records of all systems joined into people: each counts once, and every match has its reason.",
        ),
        tiles=_tiles(figures, say),
        panels=[
            sources_panel(figures, say),
            sizes_panel(figures, say),
            overlap_panel(figures, say),
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
            say(f"平均每人 {per_person} 条记录", f"{per_person} records each on average"),
        ),
        Tile(
            "linked-share",
            say("跨来源记录", "Records linked across sources"),
            say.share(found.linked_records, found.records),
            say(
                f"{say.number(found.linked_profiles)} 人在两个以上来源出现",
                f"{say.number(found.linked_profiles)} people are known to two sources or more",
            ),
        ),
        Tile("largest", say("最大的一位", "Largest profile"), say.number(found.largest),
             say("条记录合成一人", "records in one person")),
    ]  # fmt: skip


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
                        [(row.linked, "main", say("其他来源也有", "elsewhere too")),
                         (row.records - row.linked, "off", say("仅此来源", "only here"))],
                        widest,
                    ),
                    say.number(row.records),
                    say.share(row.linked, row.records),
                )
                for row in rows
            ],
            [("main", say("其他来源也有", "elsewhere too")), ("off", say("仅此来源", "only here"))],
        ) if rows else None,
        Table(
            [Column(say("来源", "Source"), "code"), Column(say("记录", "Records"), "number"),
             Column(say("人", "People"), "number"), Column(say("其他来源也有", "Elsewhere too"), "number"),
             Column(say("占比", "Share"), "number")],
            [
                (row.source, say.number(row.records), say.number(row.profiles), say.number(row.linked),
                 say.share(row.linked, row.records))
                for row in rows
            ],
        ),
    )  # fmt: skip


def sizes_panel(figures: Figures, say: Words) -> Panel:
    """How many people are made of how many records."""
    steps = [
        (
            str(low) if low == high else f"{low}+" if high is None else f"{low}–{high}",
            sum(n for size, n in figures.sizes.items() if low <= size and (high is None or size <= high)),
        )
        for low, high in SIZE_STEPS
    ]
    while steps and not steps[-1][1]:
        steps.pop()
    everyone = sum(number for _, number in steps)
    widest = max((number for _, number in steps), default=0)
    rows = [(f"{title} {say('条记录', 'records')}", say.number(number), say.share(number, everyone))
            for title, number in steps]  # fmt: skip
    rows += [
        (f"{say('编号', 'id')} {profile_id}", say.number(records), say(f"{sources} 个来源", f"{sources} sources"))
        for profile_id, records, sources in figures.largest
        if records > 1
    ]
    return Panel(
        "sizes",
        say("一个人由几条记录合成", "Records that make one person"),
        say(
            f"{say.number(figures.identity.joined)} 人由两条以上记录合成；表格末尾是记录最多的十位。",
            f"{say.number(figures.identity.joined)} people join two records or more; the table ends with"
            " the ten largest.",
        )
        if everyone
        else say("还没有客户档案。", "There are no profiles yet."),
        Bars(
            [
                one_bar(f"{title} {say('条', 'rec.')}", number, widest, say.number(number),
                        say.share(number, everyone))
                for title, number in steps
            ]
        ) if everyone else None,
        Table(
            [Column(say("档案", "Profiles")), Column(say("人数或记录数", "People or records"), "number"),
             Column(say("占比或来源", "Share or sources"), "number")],
            rows,
        ),
    )  # fmt: skip


def overlap_panel(figures: Figures, say: Words) -> Panel:
    """Which share of a source's people another source knows too."""
    names = [row.source for row in figures.source_links]
    own = {name: figures.overlap.get((name, name), 0) for name in names}
    shares = [
        [(figures.overlap.get((row, column), 0) / own[row] if own[row] else 0.0) for column in names]
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
    )  # fmt: skip


def first_met_panel(figures: Figures, say: Words) -> Panel:
    """New acquaintances by month."""
    months = figures.first_met
    people = sum(months.values())
    says = (
        say(
            f"最近 {len(months)} 个月首次出现的客户共 {say.number(people)} 位。",
            f"{say.number(people)} customers were first met in the last {len(months)} months.",
        )
        if people
        else say("最近两年没有新出现的客户。", "No customer was first met in the last two years.")
    )
    drawing = charts.columns(list(months), {say("新客户", "New"): list(months.values())}, says, say.number)
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
        parts = [(good, "main", say("可用", "usable")), (carried - good, "bad", say("不可用", "unusable"))]
        bars.append(
            Bar(say.label("identifier", type_), stacked(parts, widest), say.number(carried),
                say.share(good, carried))
        )  # fmt: skip
    return Panel(
        "identifiers",
        say("标识", "Identifiers"),
        say(
            "记录里带的标识，按类型；红色是占位、打码、无效等不能用来合并的。",
            "Identifiers the records carry, by type; red ones (placeholders, masked, invalid) prove nothing.",
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
            [Column(say("类型", "Type")), Column(say("状态", "Status")),
             Column(say("出现次数", "Carried"), "number"), Column(say("不同值", "Different"), "number")],
            [
                (say.label("identifier", row.type), say.label("identifier_status", row.status),
                 say.number(row.carried), say.number(row.values))
                for row in rows
            ],
        ),
    )  # fmt: skip
