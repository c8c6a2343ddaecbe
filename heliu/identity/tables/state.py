"""What the published profiles were made by, and what waits to be resolved again."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from heliu.identity.records import Key
from heliu.identity.tables.store import STALE_RECORD, STALE_VALUE, stage_keys
from heliu.identity.tables.whole import Whole, read_whole
from models import UnifyState
from models.bulk import stage_ids

STATE: sa.Table = UnifyState.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class State:
    """What profiles are made by.

    Attributes:
        rules_hash: Mappings, fields, policy and model; other ones mean a full run.
        run_id: The run that published last; 0 where nothing is published yet.
        whole: The figures of the whole.
    """

    rules_hash: str = ""
    run_id: int = 0
    whole: Whole = field(default_factory=Whole)


def read_state(connection: sa.Connection) -> State:
    """As last published."""
    row = connection.execute(sa.select(STATE)).first()
    return State(row.rules_hash, row.run_id, read_whole(row.counts)) if row else State()


def save_state(connection: sa.Connection, state: State) -> None:
    """Note what was published."""
    connection.execute(sa.delete(STATE))
    connection.execute(
        sa.insert(STATE).values(
            id=1, rules_hash=state.rules_hash, run_id=state.run_id, counts=state.whole.as_json()
        )
    )


def forget_rules(connection: sa.Connection) -> None:
    """Have the next publishing be a full one, whatever becomes of this run."""
    connection.execute(sa.update(STATE).values(rules_hash=""))


def settle(connection: sa.Connection, records: Iterable[int], values: Iterable[Key]) -> None:
    """Strike out what has been resolved; what came meanwhile waits on."""
    done = stage_ids(connection, "done_record", records)
    connection.execute(
        sa.delete(STALE_RECORD).where(STALE_RECORD.c.record_id.in_(sa.select(done.c.id)))
    )
    seen = stage_keys(connection, "done_value", values)
    key = sa.tuple_(*(STALE_VALUE.c[name] for name in Key._fields))
    connection.execute(
        sa.delete(STALE_VALUE).where(key.in_(sa.select(*(seen.c[name] for name in Key._fields))))
    )
