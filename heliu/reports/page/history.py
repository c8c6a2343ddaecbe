"""运行记录: what ran, and how long each stage took."""

from heliu.reports.figures import Figures
from heliu.reports.figures.runs import RunRow
from heliu.reports.page.parts import Bar, Bars, Column, Panel, Section, Table, series_tone, stacked
from heliu.reports.words import Words

STAGES = ("collect", "unify", "retag", "render", "distribute", "report")


def runs_section(figures: Figures, say: Words) -> Section:
    """Run history."""
    return Section(
        "runs",
        say("运行记录", "Runs"),
        say(
            "最近的运行，最新的在前，每一步用了多久。",
            "The last runs, newest first, and how long each stage took.",
        ),
        panels=[durations_panel(figures, say), list_panel(figures, say)],
    )


def durations_panel(figures: Figures, say: Words) -> Panel:
    """Stage durations of every run, one bar a run."""
    known = {stage.stage for stage in figures.stages}
    names = [name for name in STAGES if name in known] + sorted(known - set(STAGES))
    tones = {name: series_tone(number) for number, name in enumerate(names)}
    took = {
        run.id: [
            (
                stage.milliseconds,
                tones[stage.stage],
                f"{say.label('stage', stage.stage)} {say.duration(stage.milliseconds)}",
            )
            for stage in figures.stages
            if stage.run_id == run.id
        ]
        for run in figures.history
    }
    sums = {run_id: sum(parts[0] for parts in found) for run_id, found in took.items()}
    widest = max(sums.values(), default=0)
    return Panel(
        "durations",
        say("各步骤耗时", "Time by stage"),
        say("每次运行一行，颜色是步骤。", "One line a run; colours are stages.")
        if widest
        else say("还没有运行过。", "Nothing has run yet."),
        Bars(
            [
                Bar(
                    f"#{run.id} {say.label('stage', run.flow)}",
                    stacked(took[run.id], widest),
                    say.duration(sums[run.id]),
                )
                for run in figures.history
                if took[run.id]
            ],
            [(tones[name], say.label("stage", name)) for name in names],
        )
        if widest
        else None,
        Table(
            [
                Column(say("运行", "Run"), "code"),
                Column(say("步骤", "Stage")),
                Column(say("耗时", "Took"), "number"),
            ],
            [
                (
                    f"#{stage.run_id}",
                    say.label("stage", stage.stage),
                    say.duration(stage.milliseconds),
                )
                for stage in reversed(figures.stages)
            ],
        ),
        wide=True,
    )


def list_panel(figures: Figures, say: Words) -> Panel:
    """Every run with its status."""
    return Panel(
        "run-list",
        say("运行列表", "All runs"),
        say(
            "最近 {runs} 次运行；另有每十分钟一次的发送共 {sends} 次，不在此列。",
            "The last {runs} runs; {sends} ten-minute dispatches are not listed.",
            runs=len(figures.history),
            sends=figures.frequent_runs,
        )
        if figures.history
        else say("还没有运行过。", "Nothing has run yet."),
        table=Table(
            [
                Column(say("运行", "Run"), "code"),
                Column(say("流程", "Flow")),
                Column(say("状态", "Status")),
                Column(say("数据截至", "As of")),
                Column(say("开始", "Started")),
                Column(say("耗时", "Took"), "number"),
                Column(say("说明", "Notes")),
            ],
            [_row(run, say) for run in figures.history],
        ),
        wide=True,
    )


def _row(run: RunRow, say: Words) -> tuple[str, ...]:
    return (
        f"#{run.id}",
        say.label("stage", run.flow),
        say.label("run", run.status),
        say.time(run.as_of_at),
        say.time(run.started_at),
        say.duration(run.milliseconds),
        run.error or (say("试运行", "dry run") if run.dry_run else ""),
    )
