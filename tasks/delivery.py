"""Steps of render and distribute: decide, queue, claim, hand over."""

import os
from datetime import timedelta

from prefect import task
from prefect.blocks.system import Secret

from heliu.channels import Channel, open_channel
from heliu.delivery.campaigns import Cap
from heliu.delivery.decide import decide_recipients as decide
from heliu.delivery.dispatch import send_claim
from heliu.delivery.orphans import settle_orphans
from heliu.delivery.outbox import batches_due, claim_due, fill_outbox
from heliu.delivery.previews import write_index
from heliu.delivery.recheck import DispatchRules
from heliu.delivery.rehearsals import discard_rehearsals
from heliu.delivery.verdicts import SendPolicy
from heliu.delivery.workers import worker_name
from heliu.errors import ConfigError, Place, Problem, did_you_mean
from models.database import reading, writing
from tasks.database import database
from tasks.firm import Firm, load_firm
from tasks.retries import RETRY_TRANSIENT, STEP
from tasks.runs import RunRef
from tasks.settings import settings


def firm_cap() -> Cap:
    """The most messages a person gets over all campaigns, unless a campaign says otherwise."""
    cap = settings().file.cap
    return Cap(cap.count, timedelta(days=cap.days))


def secret(name: str) -> str:
    """A secret from the environment, else from Prefect's Secret block of that name.

    Raises:
        ConfigError: It is in neither.
    """
    if found := os.environ.get(name):
        return found
    block = name.lower().replace("_", "-")
    try:
        return str(Secret.load(block).get())
    except ValueError as error:
        where = f"Set the environment variable {name} or make a Secret block called {block!r}."
        raise ConfigError(
            [Problem(Place("secrets"), f"there is no secret {name!r}", where)]
        ) from error


def channel(name: str) -> Channel:
    """A channel of the firm, ready to be entered."""
    here = settings()
    return open_channel(name, here.file.channels[name], here.home, secret)


def active_channels(firm: Firm) -> list[str]:
    """The firm's channels that are switched on, by name."""
    return sorted(name for name, traits in firm.channels.items() if not traits.off)


@task(task_run_name="due campaigns", **RETRY_TRANSIENT)
def due_campaigns(run: RunRef, campaign: str | None = None) -> list[str]:
    """Campaigns whose schedule names the run's day, by priority; one alone if it is asked for.

    Plans a dry run has left are dropped first: they were never meant to be sent.
    """
    firm = load_firm()
    with writing(database()) as connection:
        discard_rehearsals(connection, run.id)
    if campaign is None:
        day = run.now.astimezone(settings().zone).date()
        return [name for name, spec in firm.campaigns.items() if spec.due_on(day)]
    if campaign not in firm.campaigns:
        says = f"unknown campaign {campaign!r}{did_you_mean(campaign, firm.campaigns)}"
        raise ConfigError(
            [Problem(Place("campaigns"), says, f"Known: {', '.join(firm.campaigns)}.")]
        )
    return [campaign]


@task(task_run_name="decide recipients of {campaign}", **RETRY_TRANSIENT)
def decide_recipients(campaign: str, run: RunRef) -> dict[str, int]:
    """Give everyone of the audience one decision: send here from then, or one reason not to."""
    firm = load_firm()
    with writing(database()) as connection:
        return dict(
            decide(
                connection,
                firm.campaigns[campaign],
                run.occurrence,
                SendPolicy(firm.channels, firm_cap()),
                now=run.now,
                zone=settings().zone,
            )
        )


@task(task_run_name="queue messages of {campaign}", **RETRY_TRANSIENT)
def queue_messages(campaign: str, run: RunRef) -> dict[str, int]:
    """Put what was rendered into the outbox, under its unique key."""
    with writing(database()) as connection:
        return {"outbox": fill_outbox(connection, campaign, run.occurrence, run.now, run.id)}


@task(task_run_name="ask about orphans", **RETRY_TRANSIENT)
def ask_about_orphans(run: RunRef) -> dict[str, int]:
    """Settle what a worker that died had in hand: sent, not sent, or unknown for a human."""
    counts: dict[str, int] = {}
    for name in active_channels(load_firm()):
        for status, number in settle_orphans(database(), channel(name), run.now).items():
            counts[f"orphans_{status}"] = counts.get(f"orphans_{status}", 0) + number
    return counts


@task(task_run_name="due batches", **STEP)
def due_batches(run: RunRef) -> list[tuple[str, int]]:
    """How many messages each `send_batch` may take, by channel; at most 200 of them a channel."""
    with reading(database()) as connection:
        return [
            (name, size)
            for name in active_channels(load_firm())
            for size in batches_due(connection, name, run.now)
        ]


@task(task_run_name="send {limit} by {name}", **RETRY_TRANSIENT)
def send_batch(name: str, limit: int, run: RunRef) -> dict[str, int]:
    """Hand one batch of the outbox to its channel; count what became of it.

    Safe to repeat: a message is marked before it leaves, so a crash shows as
    SENDING and is asked about, never sent blindly.
    """
    firm = load_firm()
    rules = DispatchRules.of(firm.campaigns.values(), firm_cap(), settings().zone)
    claim = claim_due(database(), name, run.now, limit, worker=worker_name())
    counts = send_claim(database(), claim, channel(name), run.now, rules)
    return {str(status): number for status, number in counts.items()}


@task(task_run_name="write previews", **RETRY_TRANSIENT)
def write_previews(run: RunRef) -> str:
    """The page that shows messages as their phones would; its path."""
    here = settings()
    return str(write_index(database(), here.home, here.file.firm.name, run.now, here.zone))
