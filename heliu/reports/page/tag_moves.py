"""进出: whom tags gained and lost in the last run and why, and how much over the last runs."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from heliu.reports import charts
from heliu.reports.figures.tag_moves import Move
from heliu.reports.figures.tagging import Retagging
from heliu.reports.figures.tags import TagFigures
from heliu.reports.page.parts import (
    Bar,
    Bars,
    Column,
    Drawing,
    Panel,
    Section,
    Segment,
    Table,
    Tone,
)
from heliu.reports.words import Words

TONES: dict[str, Tone] = {
    "event": "s1",
    "time": "s3",
    "profile": "s6",
    "merge": "s4",
    "rule": "s2",
    "hand": "s7",
    "gone": "s5",
    "backfill": "s8",
}
MOST = 30  # tags with bars; the table has all


@dataclass(frozen=True)
class Moved:
    """What one tag, or one cause, gained and lost: by cause."""

    entered: Counter[str]
    left: Counter[str]

    @property
    def people(self) -> int:
        """Both together."""
        return self.entered.total() + self.left.total()

    @property
    def mostly(self) -> str:
        """The cause of most of it."""
        both = self.entered + self.left
        return min(both, key=lambda cause: (-both[cause], cause))


def moves_section(figures: TagFigures, say: Words) -> Section:
    """The last run by cause and by tag, and the last runs."""
    return Section(
        "moves",
        say("进出", "Movements"),
        _says(figures, say),
        panels=[causes_panel(figures, say), runs_panel(figures, say), tags_panel(figures, say)],
    )


def _says(figures: TagFigures, say: Words) -> str:
    if (last := figures.last) is None:
        return say("还没有打过标签。", "Nothing has been tagged yet.")
    return say(
        "最近一次打标 #{run}（{why}）：数据截至 {at}，{entered} 人次进入，{left} 人次离开。",
        "The last evaluation, #{run} ({why}), as of {at}: {entered} entered, {left} left.",
        run=str(last.run_id),
        why=why_text(last.why, say),
        at=say.time(last.as_of_at),
        entered=last.entered,
        left=last.left,
    )


def why_text(why: str, say: Words) -> str:
    """Why a run looked at everybody, or what it looked at, in the reader's words."""
    if why.endswith("died midway"):
        return say("上次运行中断，全部重算", why)
    return say.label("why_full", why) if why else say("全量", "full")


def moved_by(moves: Iterable[Move], key: Callable[[Move], str]) -> dict[str, Moved]:
    """Moves summed by tag or by cause, those of most people first."""
    found: dict[str, Moved] = {}
    for move in moves:
        moved = found.setdefault(key(move), Moved(Counter(), Counter()))
        (moved.entered if move.entered else moved.left)[move.cause] += move.people
    return dict(sorted(found.items(), key=lambda item: (-item[1].people, item[0])))


def causes_panel(figures: TagFigures, say: Words) -> Panel:
    """The last run's movements by cause."""
    by_cause = moved_by(figures.moves, lambda move: move.cause)
    names = {cause: say.label("cause", cause) for cause in by_cause}
    title = say("进出的原因", "Why tags moved")
    if not by_cause:
        return Panel("moves-causes", title, _nobody(figures, say))
    first = next(iter(by_cause))
    return Panel(
        "moves-causes",
        title,
        say(
            "最近一次进出共 {n} 人次，最多的原因是{cause}；右边进入，左边离开。",
            "{n} movements last time, most of them for: {cause}; entered right, left left.",
            n=sum(moved.people for moved in by_cause.values()),
            cause=names[first],
        ),
        Bars(_bars(by_cause, names, say), middle=True),
        Table(
            [
                Column(say("原因", "Cause")),
                Column(say("进入", "Entered"), "number"),
                Column(say("离开", "Left"), "number"),
            ],
            [
                (names[cause], say.number(moved.entered.total()), say.number(moved.left.total()))
                for cause, moved in by_cause.items()
            ],
        ),
    )


def tags_panel(figures: TagFigures, say: Words) -> Panel:
    """The last run's movements by tag, each piece of a bar a cause."""
    by_tag = moved_by(figures.moves, lambda move: move.tag)
    title = say("每个标签的进出", "Movements by tag")
    if not by_tag:
        return Panel("moves-tags", title, _nobody(figures, say), wide=True)
    causes = sorted({move.cause for move in figures.moves}, key=_rank)
    shown = dict(list(by_tag.items())[:MOST])
    return Panel(
        "moves-tags",
        title,
        say(
            "{n} 个标签有人进出；右边进入，左边离开，颜色是原因。",
            "{n} tags moved; entered right, left left, the colour is the cause.",
            n=len(by_tag),
        ),
        Bars(
            _bars(shown, {tag: figures.title(tag) for tag in shown}, say),
            [(TONES.get(cause, "off"), say.label("cause", cause)) for cause in causes],
            middle=True,
        ),
        _tags_table(figures, by_tag, causes, say),
        wide=True,
    )


def _tags_table(
    figures: TagFigures, by_tag: Mapping[str, Moved], causes: Sequence[str], say: Words
) -> Table:
    named = [(cause, say.label("cause", cause)) for cause in causes]
    enter, leave = say("进入：", "Entered: "), say("离开：", "Left: ")
    return Table(
        [
            Column(say("标签", "Tag")),
            Column(say("进入", "Entered"), "number"),
            Column(say("离开", "Left"), "number"),
            *(Column(enter + name, "number") for _, name in named),
            *(Column(leave + name, "number") for _, name in named),
        ],
        [
            (
                figures.title(tag),
                say.number(moved.entered.total()),
                say.number(moved.left.total()),
                *(say.number(moved.entered[cause]) for cause in causes),
                *(say.number(moved.left[cause]) for cause in causes),
            )
            for tag, moved in by_tag.items()
        ],
    )


def _rank(cause: str) -> tuple[int, str]:
    return (list(TONES).index(cause) if cause in TONES else len(TONES), cause)


def _bars(moved: Mapping[str, Moved], names: Mapping[str, str], say: Words) -> list[Bar]:
    """Bars that grow from the middle: entered to the right, left to the left."""
    widest = max(max(one.entered.total(), one.left.total()) for one in moved.values())
    return [
        Bar(
            names[key],
            [
                *_pieces(one.left, widest, -1, say("离开", "left"), say),
                *_pieces(one.entered, widest, 1, say("进入", "entered"), say),
            ],
            f"+{say.number(one.entered.total())}",
            f"−{say.number(one.left.total())}",
        )
        for key, one in moved.items()
    ]


def _pieces(
    people: Counter[str], widest: int, side: int, direction: str, say: Words
) -> list[Segment]:
    found, from_middle = [], 0.0
    for cause in sorted(people, key=_rank):
        size = people[cause] / widest / 2
        start = 0.5 + from_middle if side > 0 else 0.5 - from_middle - size
        title = f"{direction} · {say.label('cause', cause)}: {say.number(people[cause])}"
        found.append(Segment(start, size, TONES.get(cause, "off"), title))
        from_middle += size
    return found


def _nobody(figures: TagFigures, say: Words) -> str:
    if figures.last is None:
        return say("还没有打过标签。", "Nothing has been tagged yet.")
    return say("最近一次打标没有人进入或离开任何标签。", "Nobody entered or left a tag last time.")


def runs_panel(figures: TagFigures, say: Words) -> Panel:
    """The last runs and what each moved; the first one, where all entered, would dwarf them."""
    title = say("最近的打标", "The last evaluations")
    runs = [run for run in figures.runs if run.left or run is not figures.runs[0]]
    if not figures.runs:
        return Panel("moves-runs", title, say("还没有打过标签。", "Nothing has been tagged yet."))
    says = say(
        "最近 {n} 次打标各有多少人次进入和离开。",
        "How many entered and left in each of the last {n} evaluations.",
        n=len(runs),
    )
    series = {
        say("进入", "entered"): [run.entered for run in runs],
        say("离开", "left"): [run.left for run in runs],
    }
    labels = [f"#{run.run_id}" for run in runs]
    return Panel(
        "moves-runs",
        title,
        says if runs else say("第一次打标，都是新进入。", "The first time: everybody entered."),
        Drawing(
            charts.columns(labels, series, says, say.number),
            [("main", say("进入", "entered")), ("bad", say("离开", "left"))],
        )
        if runs
        else None,
        runs_table(figures.runs, say),
    )


def runs_table(runs: Sequence[Retagging], say: Words) -> Table:
    """Evaluations of the library, the newest first."""
    return Table(
        [
            Column(say("运行", "Run"), "code"),
            Column(say("数据截至", "As of")),
            Column(say("方式", "How")),
            Column(say("进入", "Entered"), "number"),
            Column(say("离开", "Left"), "number"),
        ],
        [
            (
                f"#{run.run_id}",
                say.time(run.as_of_at),
                say("全量", "full") if run.full else say("增量", "incremental"),
                say.number(run.entered),
                say.number(run.left),
            )
            for run in reversed(runs)
        ],
    )
