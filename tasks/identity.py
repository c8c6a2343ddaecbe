"""Steps of unify: normalise what is new, then resolve what changed and publish it at once."""

import hashlib
import json
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, replace

from prefect import task

from heliu.errors import TransientError
from heliu.identity.garbage import no_garbage_collection
from heliu.identity.parallel import in_processes
from heliu.identity.people.erasure import erase_returned
from heliu.identity.review.decisions import blocked_values, mark_blocked_otherwise
from heliu.identity.rows import no_block_keys
from heliu.identity.tables.poison import distrust_poisoned
from heliu.identity.tables.state import forget_rules, read_state
from heliu.identity.tables.store import (
    PendingRecord,
    count_pending,
    mark_changed_meanwhile,
    pending_records,
    read_otherwise,
    save_rows,
)
from heliu.identity.unify import Rules
from heliu.identity.unify import unify as unify_records
from models.database import reading, writing
from tasks.audit import publish_or_stop
from tasks.database import database
from tasks.firm import Firm, load_firm
from tasks.forgotten import erasure_key, forgotten_people
from tasks.normalising import Reading, StoredRow, start
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import Counts, RunRef
from tasks.settings import settings

CHUNK = 20_000  # records normalised and written in one transaction


@task(task_run_name="normalise records", **RETRY_TRANSIENT)
def normalise_records(run: RunRef) -> dict[str, int]:
    """Bring every record that is new, changed or differently mapped into canonical form."""
    with no_garbage_collection():
        return _normalise(run)


def _normalise(run: RunRef) -> dict[str, int]:
    firm = load_firm()
    key = normaliser_key(firm)
    with writing(database()) as connection:
        everything = read_state(connection).rules_hash != key
        if everything:  # from here on records are read by these rules: only a full run is right
            forget_rules(connection)
        waiting = count_pending(connection, key, everything=everything)
        blocked = blocked_values(connection)
    policy = replace(firm.policy, blocked=firm.policy.blocked | blocked)
    counts: Counter[str] = Counter()
    keys = firm.matcher.keys if firm.matcher else no_block_keys
    told = Reading(firm.sources, settings().zone, firm.titles, policy, firm.words.fields, keys)
    with reading(database()) as connection:
        forgotten = forgotten_people(connection)
    asked: deque[list[PendingRecord]] = deque()
    chunks = _waiting(key, everything, asked)
    for rows in in_processes(start, (told,), chunks, records=waiting):
        read = asked.popleft()
        gone = [one.record_id for one in read if one.gone]
        with writing(database()) as connection:
            save_rows(connection, rows, key, gone=gone, note_stale=not everything)
            mark_changed_meanwhile(connection, read)
            mark_blocked_otherwise(connection, blocked)  # said meanwhile
            ids = [id_ for id_, *_ in rows]
            erased = erase_returned(connection, ids, forgotten, erasure_key, run.now)
        counts.update({"normalised": len(rows), "gone": len(gone), "erased": len(erased)})
        for *_, rejected in rows:
            for why, number in rejected.items():
                counts[f"rejected {why}"] += number
    with writing(database()) as connection:
        mark_blocked_otherwise(connection, blocked)
        distrust_poisoned(connection, policy, run.id, everything=everything)
    return {name: number for name, number in counts.items() if number}


def _waiting(
    key: str, everything: bool, asked: deque[list[PendingRecord]]
) -> Iterator[list[StoredRow]]:
    """Chunks of what waits to be read; each is noted when it is handed out."""
    after = 0
    while True:
        with reading(database()) as connection:
            pending = pending_records(
                connection, key, everything=everything, after=after, limit=CHUNK
            )
        if not pending:
            return
        after = pending[-1].record_id
        asked.append(pending)
        yield [one[:4] for one in pending if not one.gone]


@task(task_run_name="resolve profiles", **RETRY_TRANSIENT)
def resolve_profiles(run: RunRef, accept_changes: bool = False) -> dict[str, int]:
    """Decide who is who among all that changed, and publish it in one transaction.

    Raises:
        TransientError: The rules are no longer those the records were read by.
    """
    firm = load_firm()
    with reading(database()) as connection:
        key = normaliser_key(firm)
        whole = read_state(connection).rules_hash != key
        if whole and read_otherwise(connection, key):
            raise TransientError("the firm's files changed while unify ran: run it again")
    rules = Rules(firm.policy, firm.words.fields, normaliser_key(firm), firm.matcher)

    def publish() -> dict[str, int]:
        steps = Counts()
        counts = unify_records(
            database(),
            rules,
            run_id=run.id,
            now=run.now,
            accept_changes=accept_changes,
            step=steps.step,
        )
        return {name: n for name, n in asdict(counts).items() if n} | steps.of

    return publish_or_stop(run, publish)


def normaliser_key(firm: Firm) -> str:
    """Names everything that decides a record's canonical form: mappings, fields, titles, policy."""
    said = {
        "mappings": {spec.name: spec.mapping_hash for spec in firm.sources},
        "fields": {word.name: [word.type, word.column] for word in firm.words.fields.values()},
        "titles": firm.titles,
        "zone": str(settings().zone),
        "policy": firm.policy.hash,
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
