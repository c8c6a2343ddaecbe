"""message → delivery: hand over what is due."""

from prefect import flow

from tasks.delivery import ask_about_orphans, due_batches, send_batch, write_previews
from tasks.options import RunOptions
from tasks.reports import publish_stage
from tasks.runs import RunRef, open_run, run_name, stage

DEFAULTS = RunOptions()


@flow(name="dispatch", flow_run_name=run_name)
def dispatch(options: RunOptions = DEFAULTS) -> dict[str, int]:
    """Send every message whose time has come, asking once more whether it may be sent.

    Args:
        options: 运行选项
    """
    with open_run("dispatch", options) as run:
        with stage("distribute", run) as counts:
            if not run.dry_run:
                counts.add(hand_over(run))
        publish_stage("distribute", run)
        write_previews(run)
        return counts.of


def hand_over(run: RunRef) -> dict[str, int]:
    """Settle what a crash left open, then send batch by batch; fail at the end if one did."""
    ask_about_orphans(run)
    sends = [send_batch.submit(channel, limit, run) for channel, limit in due_batches(run)]
    for send in sends:
        send.wait()
    counts: dict[str, int] = {}
    for send in sends:  # all have had their turn; now fail if one did
        for name, number in send.result().items():
            counts[name] = counts.get(name, 0) + number
    return counts
