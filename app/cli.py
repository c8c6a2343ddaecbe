"""`heliu`: each command calls the same flow or domain function as Prefect does."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.check import check
from app.errors import one_clear_error
from app.matching import train_matching
from app.people import explain, person
from app.review import review
from app.tags import tags
from heliu.errors import HeliuError, TransientError

app = typer.Typer(
    help="Heliu (合流): one profile per person, true tags, messages with proofs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they would show local variables: people's data
)
app.command()(check)
app.command("train-matching")(train_matching)
app.add_typer(review, name="review")
app.add_typer(tags, name="tags")
app.add_typer(explain, name="explain")
app.add_typer(person, name="person")


class Stage(StrEnum):
    """What can be run alone; `nightly` is all of it."""

    COLLECT = "collect"
    UNIFY = "unify"
    RETAG = "retag"
    RENDER = "render"
    DISTRIBUTE = "distribute"
    DISPATCH = "dispatch"
    REPORT = "report"
    NIGHTLY = "nightly"


class Export(StrEnum):
    """What can be written as CSV."""

    MEMBERSHIPS = "memberships"  # source, source_pk, profile_id
    TAGS = "tags"  # profile_id, tag, since
    MESSAGES = "messages"  # campaign, profile_id, channel, status, reason


AsOf = Annotated[
    str | None, typer.Option(help="See facts up to this date (its first moment) or time.")
]
Now = Annotated[str | None, typer.Option(help="Take it to be this time when sending.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything except send.")]
Campaign = Annotated[str | None, typer.Option(help="Only this campaign (render, distribute).")]
AcceptLess = Annotated[
    bool, typer.Option("--accept-less", help="Go on though a source delivers less than half.")
]
AcceptChanges = Annotated[
    bool,
    typer.Option("--accept-changes", help="Publish though unify changes more than its audit may."),
]
Full = Annotated[
    bool, typer.Option("--full", help="Judge everybody, not only who may have changed (retag).")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log.")]


@app.command()
def run(
    stage: Stage,
    as_of: AsOf = None,
    now: Now = None,
    dry_run: DryRun = False,
    campaign: Campaign = None,
    accept_less: AcceptLess = False,
    accept_changes: AcceptChanges = False,
    full: Full = False,
    verbose: Verbose = False,
) -> None:
    """Run one stage, or all of them: nightly.

    heliu run nightly
    heliu run retag --as-of 2025-10-01
    heliu run distribute --campaign welcome_back --dry-run
    """
    quiet(verbose)
    with one_clear_error():
        said: dict[str, Any] = {
            "as_of": moment(as_of, "--as-of"),
            "now": moment(now, "--now"),
            "dry_run": dry_run,
        }
        if campaign and stage in (Stage.RENDER, Stage.DISTRIBUTE):
            said["campaign"] = campaign
        if accept_less and stage in (Stage.COLLECT, Stage.NIGHTLY):
            said["accept_less"] = True
        if accept_changes and stage in (Stage.UNIFY, Stage.NIGHTLY):
            said["accept_changes"] = True
        if full and stage is Stage.RETAG:
            said["full"] = True
        flow, options = flow_of(stage)
        with prefect_within_reach():
            flow(options=options(**said))
        show_last_run()


@app.command()
def export(
    what: Export,
    to: Annotated[Path, typer.Option(help="The CSV file to write.")],
) -> None:
    """Write who belongs together, who carries what, or who was told, as CSV.

    heliu export memberships --to memberships.csv
    """
    with one_clear_error():
        from heliu.reports.exports import export_csv
        from models.database import reading
        from tasks.database import database

        try:
            with reading(database()) as connection:
                rows = export_csv(connection, what.value, to)
        except OSError as error:
            raise HeliuError(f"{to} can't be written: {error.strerror}") from error
        typer.echo(f"{rows:,} rows in {to}")


@app.command()
def demo(verbose: Verbose = False) -> None:
    """The nightly job on the bundled firm; run again, it is the next run on the same state."""
    from tasks.settings import ROOT

    os.environ["HELIU_FIRM"] = str(ROOT / "examples" / "firm")
    run(Stage.NIGHTLY, verbose=verbose)


def flow_of(stage: Stage) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A stage's flow and the form it takes; imported late, since Prefect takes a second."""
    from importlib import import_module

    from tasks.options import (
        CampaignOptions,
        CollectOptions,
        NightlyOptions,
        RetagOptions,
        RunOptions,
        UnifyOptions,
    )

    forms = {
        Stage.COLLECT: CollectOptions,
        Stage.UNIFY: UnifyOptions,
        Stage.RETAG: RetagOptions,
        Stage.NIGHTLY: NightlyOptions,
        Stage.RENDER: CampaignOptions,
        Stage.DISTRIBUTE: CampaignOptions,
    }
    flow = getattr(import_module(f"flows.{stage.value}"), stage.value)
    return flow, forms.get(stage, RunOptions)


def moment(text: str | None, option: str) -> datetime | date | None:
    """A date or time as an option gives it.

    Raises:
        ConfigError: It is neither.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise HeliuError(
            f"{option} {text!r} is neither a date like 2025-10-01 nor a time like 2025-10-01T10:00"
        ) from None


def quiet(verbose: bool) -> None:
    """Keep Prefect's log to itself: the error is said once, at the end."""
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO" if verbose else "CRITICAL")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    if home := os.environ.get("PREFECT_HOME"):  # Prefect makes it, but not what it stands in
        Path(home).mkdir(parents=True, exist_ok=True)
    # A first start makes Prefect's own database, which a busy machine needs time for.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")


@contextmanager
def prefect_within_reach() -> Iterator[None]:
    """Say it in words where Prefect's server isn't there.

    Raises:
        TransientError: It doesn't answer.
    """
    try:
        yield
    except (RuntimeError, OSError) as error:
        if "Failed to reach API" not in str(error):
            raise
        raise TransientError(
            "the Prefect server that PREFECT_API_URL names doesn't answer. Start it (make up), "
            "or unset PREFECT_API_URL to run without one."
        ) from error


def show_last_run() -> None:
    """What the newest run did, and where to look."""
    from app.summary import print_summary

    print_summary()


def main() -> None:
    """The `heliu` command."""
    app()
