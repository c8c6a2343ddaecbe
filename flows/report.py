"""counts → artifact, HTML page: what the morning looks at."""

from prefect import flow

from tasks.delivery import write_previews
from tasks.options import RunOptions
from tasks.reports import publish_run, write_dashboard, write_tags_page
from tasks.runs import RunRef, open_run, run_name, stage

DEFAULTS = RunOptions()


@flow(name="report", flow_run_name=run_name)
def report(options: RunOptions = DEFAULTS) -> None:
    """Renew the dashboard and the previews from what the tables say.

    Args:
        options: 运行选项
    """
    with open_run("report", options) as run:
        report_stage(run)


def report_stage(run: RunRef) -> None:
    """The pages on disk, then the artifacts that link to them."""
    with stage("report", run):
        write_previews(run)
        write_tags_page(run)
        write_dashboard(run)  # links to the other two
    publish_run(run)
