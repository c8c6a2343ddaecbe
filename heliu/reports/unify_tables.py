"""The tables a report of unify is made of: figures in, finished text out."""

from collections.abc import Iterable, Mapping, Sequence

from heliu.identity.tables.audit import Regrouping
from heliu.reports.figures.unifying import Shared, Stopped, UnifyReport
from heliu.reports.page.parts import Column, Table
from heliu.reports.words import Words

SIZE_STEPS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, None))
BAR = 24  # letters of the longest bar in text


def size_steps(sizes: Mapping[int, int]) -> list[tuple[str, int]]:
    """Profiles by their number of records, in steps; no empty steps at the end.

    >>> size_steps({1: 9, 2: 3, 7: 1})
    [('1', 9), ('2', 3), ('3', 0), ('4', 0), ('5', 0), ('6–10', 1)]
    """
    steps = [
        (
            str(low) if low == high else f"{low}+" if high is None else f"{low}–{high}",
            sum(n for size, n in sizes.items() if low <= size and (high is None or size <= high)),
        )
        for low, high in SIZE_STEPS
    ]
    while steps and not steps[-1][1]:
        steps.pop()
    return steps


def rejected_table(report: UnifyReport, say: Words) -> Table:
    """Values of this run's records that could not be used, by field and reason."""
    rows = []
    for told, number in report.told("rejected ").items():
        field, _, reason = told.partition(":")
        rows.append((say.label("field", field), say.label("rejection", reason), say.number(number)))
    return Table(
        [
            Column(say("字段", "Field")),
            Column(say("原因", "Reason")),
            Column(say("值", "Values"), "number"),
        ],
        rows,
    )


def evidence_table(report: UnifyReport, status: str, say: Words) -> Table:
    """Evidence used (`linked`) or refused, by kind, type and reason."""
    return Table(
        [
            Column(say("方式", "Kind")),
            Column(say("标识", "Identifier")),
            Column(say("规则", "Rule")),
            Column(say("匹配", "Matches"), "number"),
        ],
        [
            (
                say.label("edge_kind", kind),
                say.label("identifier", type_),
                say.label("edge_reason", reason),
                say.number(number),
            )
            for (kind, type_, reason), number in report.edges(status).items()
        ],
    )


def sizes_table(report: UnifyReport, say: Words, bars: bool = False) -> Table:
    """Profiles by their number of records; with `bars`, drawn in text."""
    steps = size_steps(report.whole.sizes)
    widest = max((number for _, number in steps), default=0)
    columns = [
        Column(say("记录数", "Records")),
        Column(say("档案", "Profiles"), "number"),
        Column(say("占比", "Share"), "number"),
    ]
    rows = [
        [title, say.number(number), say.share(number, report.profiles)] for title, number in steps
    ]
    if bars:
        columns.append(Column(say("分布", "Distribution")))
        for row, (_, number) in zip(rows, steps, strict=True):
            row.append("█" * max(round(BAR * number / widest), 1) if number else "")
    return Table(columns, rows)


def largest_table(report: UnifyReport, say: Words) -> Table:
    """The ten largest profiles."""
    return Table(
        [
            Column(say("档案编号", "Profile"), "code"),
            Column(say("记录", "Records"), "number"),
            Column(say("来源", "Sources"), "number"),
        ],
        [
            (str(id_), say.number(n), say.number(sources))
            for id_, n, sources in report.whole.largest
        ],
    )


def shared_table(values: Iterable[Shared], say: Words) -> Table:
    """Values many records carry, masked."""
    return Table(
        [
            Column(say("标识", "Identifier")),
            Column(say("值（已遮盖）", "Value (masked)"), "code"),
            Column(say("记录", "Records"), "number"),
            Column(say("不同姓名", "Names"), "number"),
            Column(say("本次发现", "New")),
        ],
        [
            (
                say.label("identifier", one.type),
                one.value,
                say.number(one.records),
                say.number(one.names) if one.names else "–",
                say("是", "yes") if one.fresh else "",
            )
            for one in values
        ],
    )


def steps_table(report: UnifyReport, say: Words) -> Table:
    """What took how long."""
    steps = {step: n for step, n in report.counts.items() if step.startswith("ms ")}
    return Table(
        [Column(say("步骤", "Step")), Column(say("耗时", "Took"), "number")],
        [
            (say.label("unify_step", step.removeprefix("ms ")), say.duration(n))
            for step, n in steps.items()
        ],
    )


def wanted_tables(stopped: Stopped, say: Words) -> list[tuple[str, Table]]:
    """What a stopped run wanted: its figures, its biggest merges and splits, by id."""
    wanted = stopped.wanted
    if wanted is None:
        return []
    figures = Table(
        [
            Column(say("项目", "What")),
            Column(say("已发布", "Published"), "number"),
            Column(say("拟发布", "Wanted"), "number"),
        ],
        [
            (title, "–" if before is None else say.number(before), say.number(after))
            for title, before, after in (
                (say("记录", "Records"), wanted.before.records, wanted.after.records),
                (say("客户档案", "Profiles"), wanted.before.profiles, wanted.after.profiles),
                (say("最大档案", "Largest profile"), wanted.before.largest, wanted.after.largest),
                (say("换档案的记录", "Records that move"), None, wanted.moved),
            )
        ],
    )
    into, out_of = say("并入档案", "Into"), say("拆自档案", "Out of")
    return [
        (say("拟发布的变化", "What it wanted"), figures),
        (say("最大的合并", "Biggest merges"), _regroupings(wanted.merges, into, say)),
        (say("最大的拆分", "Biggest splits"), _regroupings(wanted.splits, out_of, say)),
    ]


def _regroupings(found: Sequence[Regrouping], title: str, say: Words) -> Table:
    rows = []
    for one in found:
        others = ", ".join(map(str, one.others)) + (" …" if one.profiles > len(one.others) else "")
        rows.append(
            (str(one.profile_id), say.number(one.records), say.number(one.profiles), others)
        )
    return Table(
        [
            Column(title, "code"),
            Column(say("记录", "Records"), "number"),
            Column(say("涉及档案", "Profiles"), "number"),
            Column(say("其编号", "Their ids")),
        ],
        rows,
    )
