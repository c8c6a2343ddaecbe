"""What one run did, in a dozen numbers: what `make demo` prints at its end."""

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from heliu.reports.figures import customers, funnels, intake, reach, tagging


@dataclass(frozen=True)
class Summary:
    """One run's counts. What people and tags there are is as of now, the rest is the run's own."""

    records_in: int  # rows read from all sources
    new: int
    changed: int
    quarantined: int
    profiles: int
    tags_held: int  # all profiles' tags together
    tags_entered: int
    tags_left: int
    messages: dict[str, int]  # put into the outbox by this run: status → messages
    not_sent: dict[str, int]  # decided by this run: reason → people


def run_summary(connection: sa.Connection, run_id: int) -> Summary:
    """Sum up a run; a stage that did not run counts 0."""
    rows = intake.deliveries(connection, run_id)
    moved = tagging.moved_in(connection, run_id)
    messages: Counter[str] = Counter()
    for state in reach.channel_states(connection, run_id):
        messages[state.status] += state.messages
    not_sent: Counter[str] = Counter()
    for funnel in funnels.run_funnels(connection, run_id):
        not_sent.update(funnel.reasons)
    return Summary(
        records_in=sum(row.rows for row in rows),
        new=sum(row.new for row in rows),
        changed=sum(row.changed for row in rows),
        quarantined=sum(row.quarantined for row in rows),
        profiles=customers.identity_totals(connection).profiles,
        tags_held=tagging.tags_held(connection),
        tags_entered=moved[0],
        tags_left=moved[1],
        messages=dict(messages.most_common()),
        not_sent=dict(not_sent.most_common()),
    )
