"""Steps of report: tables → artifacts and the dashboard."""

from pathlib import Path

from prefect import get_run_logger, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.events import emit_event

from heliu.reports.dashboard import build_dashboard
from heliu.reports.figures.tag_use import rulebook
from heliu.reports.figures.unifying import unify_report
from heliu.reports.retagging import retag_markdown, retag_report
from heliu.reports.tables import run_markdown, stage_table
from heliu.reports.tags_page import NAME as TAGS_PAGE
from heliu.reports.tags_page import build_tags_page
from heliu.reports.unification import alerts, unify_markdown
from heliu.reports.words import Words
from models.database import reading
from tasks.database import database
from tasks.firm import load_firm
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef
from tasks.settings import settings


def page_paths() -> dict[str, Path]:
    """The pages a person may open, by name; they need no server."""
    home = settings().home
    return {"dashboard": home / "dashboard/index.html", "previews": home / "outbox/index.html"}


@task(task_run_name="publish {name}", **RETRY_TRANSIENT)
def publish_stage(name: str, run: RunRef) -> None:
    """A table of what the stage did, under a key that keeps its history."""
    with reading(database()) as connection:
        rows = stage_table(connection, run.id, name)
    create_table_artifact(rows, key=f"heliu-{name}", description=f"第 {run.id} 次运行：{name}")


@task(task_run_name="report on unify", **RETRY_TRANSIENT)
def publish_unify(run: RunRef) -> None:
    """The whole report of unify as Markdown, and one event and warning for each kind of alarm."""
    with reading(database()) as connection:
        report = unify_report(connection, run.id)
    create_markdown_artifact(unify_markdown(report, Words("zh", settings().zone)), key="unify")
    for alert in alerts(report):
        get_run_logger().warning("unify %s: %s", alert.kind, alert.says)
        emit_event(
            event=f"heliu.unify.{alert.kind}",
            resource={"prefect.resource.id": f"heliu.run.{run.id}"},
            payload={"run_id": run.id, **alert.counts},
        )


@task(task_run_name="report on retag", **RETRY_TRANSIENT)
def publish_retag(run: RunRef) -> None:
    """What tags gained and lost and why, as Markdown that links to the pages."""
    with reading(database()) as connection:
        report = retag_report(connection, run.id)
    dashboard = page_paths()["dashboard"]
    links = {"标签": dashboard.with_name(TAGS_PAGE).as_uri(), "看板": dashboard.as_uri()}
    text = retag_markdown(report, Words("zh", settings().zone), links)
    create_markdown_artifact(text, key="retag")


@task(task_run_name="write tags page", **RETRY_TRANSIENT)
def write_tags_page(run: RunRef) -> str:
    """Renew the page of tags beside the dashboard; its path."""
    here, firm = settings(), load_firm()
    page = build_tags_page(
        database(),
        here.home,
        here.file.firm.name,
        here.zone,
        run.now,
        here.file.language,
        rulebook(firm.tags, firm.segments, firm.campaigns, firm.contents, firm.groups),
        {"看板": "index.html"},
    )
    return str(page)


@task(task_run_name="write dashboard", **RETRY_TRANSIENT)
def write_dashboard(run: RunRef) -> str:
    """Renew the dashboard's one page; its path."""
    here = settings()
    links = {"消息预览": "../outbox/index.html"}
    if (here.home / "dashboard" / TAGS_PAGE).is_file():
        links["标签明细"] = TAGS_PAGE
    if (here.home / "dashboard" / "review.html").is_file():  # made by `heliu review page`
        links["人工核对"] = "review.html"
    page = build_dashboard(
        database(),
        here.home,
        here.file.firm.name,
        here.zone,
        run.now,
        here.file.language,
        links,
    )
    return str(page)


@task(task_run_name="publish run", **RETRY_TRANSIENT)
def publish_run(run: RunRef) -> None:
    """What the whole run did, as Markdown, and links to the pages."""
    titles = {"dashboard": "看板", "previews": "消息预览"}
    links = {titles[name]: path.as_uri() for name, path in page_paths().items()}
    with reading(database()) as connection:
        create_markdown_artifact(run_markdown(connection, run.id, links), key="heliu-run")
    for name, path in page_paths().items():
        create_link_artifact(path.as_uri(), link_text=titles[name], key=f"heliu-{name}")
