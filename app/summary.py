"""The words a run ends with: what happened, and where to look."""

from collections.abc import Mapping

import sqlalchemy as sa
import typer

from heliu.reports.figures.lateness import late_things
from heliu.reports.figures.unifying import UnifyReport, unify_report
from heliu.reports.freshness import late_line
from heliu.reports.summary import Summary, run_summary
from heliu.reports.unification import summary_lines
from heliu.reports.words import Words
from models import Run
from models.database import reading
from tasks.database import database
from tasks.reports import page_paths
from tasks.settings import settings

RUN = Run.__table__  # type: ignore[attr-defined]


def print_summary() -> None:
    """Say what the newest run did."""
    with reading(database()) as connection:
        run = connection.execute(sa.select(RUN).order_by(RUN.c.id.desc()).limit(1)).one()
        summary = run_summary(connection, run.id)
        report = unify_report(connection, run.id)
        late = late_things(connection, run.id)
    seconds = (run.finished_at - run.started_at).total_seconds()
    as_of = run.as_of_at.astimezone(settings().zone)
    rehearsal = ", a rehearsal: nothing was sent" if run.dry_run else ""
    typer.echo(
        f"{run.flow}, run {run.id}, as of {as_of:%Y-%m-%d %H:%M}, {seconds:.0f} s{rehearsal}"
    )
    say = Words("en", settings().zone)
    old = [f"too old    {late_line(one, run.now_at, say)}" for one in late]
    for line in [*lines(summary, report), *old]:
        typer.echo(f"  {line}")
    for name, path in page_paths().items():
        if path.is_file():
            typer.echo(f"  {name:<10} {path.as_uri()}")


def lines(summary: Summary, report: UnifyReport) -> list[str]:
    """A run's counts, a line a topic."""
    return [
        f"records    {summary.records_in:,} rows in: {summary.new:,} new, "
        f"{summary.changed:,} changed, {summary.quarantined:,} in quarantine",
        f"profiles   {summary.profiles:,}",
        *summary_lines(report),
        f"tags       {summary.tags_held:,} held: {summary.tags_entered:,} entered, "
        f"{summary.tags_left:,} left",
        f"messages   {_counted(summary.messages) or 'none'}",
        f"not sent   {_counted(summary.not_sent) or 'nobody'}",
    ]


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items())
