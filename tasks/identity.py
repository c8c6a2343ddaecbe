"""Steps of unify: normalise what is new, then resolve all of it and publish at once."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from prefect import task

from heliu.identity.normalise import normalise_records as normalise
from heliu.identity.publish import publish
from heliu.identity.records import RawIdentifier, RawRecord
from heliu.identity.resolve import resolve
from heliu.identity.store import PendingRecord, load_normalised, pending_records, save_normalised
from heliu.identity.survivorship import golden_profiles
from heliu.sources.mapping import map_record
from models.database import reading, writing
from tasks.database import database
from tasks.firm import Firm, load_firm
from tasks.retries import RETRY_TRANSIENT
from tasks.runs import RunRef
from tasks.settings import settings


@task(task_run_name="normalise records", **RETRY_TRANSIENT)
def normalise_records() -> dict[str, int]:
    """Bring every record that is new, changed or differently mapped into canonical form."""
    firm = load_firm()
    key = normaliser_key(firm)
    with reading(database()) as connection:
        pending = pending_records(connection, key)
    records = normalise(raw_records(firm, pending), firm.policy, firm.words.fields)
    with writing(database()) as connection:
        return {"normalised": save_normalised(connection, records, key)}


@task(task_run_name="resolve profiles", **RETRY_TRANSIENT)
def resolve_profiles(run: RunRef) -> dict[str, int]:
    """Decide who is who over all records and publish it in one transaction."""
    firm = load_firm()
    with writing(database()) as connection:
        records = load_normalised(connection)
        resolution = resolve(records, firm.policy)
        golden = golden_profiles(records, resolution, firm.policy)
        counts = publish(
            connection, resolution, golden, firm.words.fields, run_id=run.id, now=run.now
        )
    return {"profiles": len(golden), **{name: n for name, n in asdict(counts).items() if n}}


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


def raw_records(firm: Firm, pending: Iterable[PendingRecord]) -> Iterator[RawRecord]:
    """Stored rows as their sources' mappings understand them."""
    specs = {spec.name: spec for spec in firm.sources}
    zone, titles = settings().zone, firm.titles
    for record in pending:
        spec = specs.get(record.source)
        if spec is None:  # the source is no longer in sources.yaml: nothing to read it by
            yield RawRecord(record.record_id, record.source, record.source_key, 0, "", {}, [])
            continue
        said = map_record(spec, record.payload, zone)
        fields = dict(said.fields)
        if "interest" in fields:
            fields["interest"] = titles.get(fields["interest"], fields["interest"])
        yield RawRecord(
            record.record_id,
            record.source,
            record.source_key,
            spec.trust,
            spec.channel,
            fields,
            [RawIdentifier(*one) for one in said.identifiers],
            said.created_at,
            said.updated_at,
        )
