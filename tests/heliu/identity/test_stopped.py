"""A run its audit stops changes nothing; accepted, it publishes what it would have."""

import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from heliu.identity.tables.audit import AuditStop
from heliu.identity.unify import Rules, unify
from heliu.rules.vocabulary import STANDARD_FIELDS
from models.database import open_database

NOW = datetime(2025, 10, 1, 2, tzinfo=UTC)


def everything(firm):
    """Every row of every table."""
    with firm.engine.connect() as connection:
        names = sorted(sa.inspect(connection).get_table_names())
        return {
            name: sorted(
                (tuple(row) for row in connection.execute(sa.text(f'SELECT * FROM "{name}"'))),
                key=repr,
            )
            for name in names
        }


def lives(firm):
    """Every row; of lists without its number in them, where PostgreSQL leaves gaps."""
    lists = {"profile_event", "touched"}
    return {
        name: sorted(row[1:] for row in rows) if name in lists else rows
        for name, rows in everything(firm).items()
    }


def run(firm, run_id, accept=False):
    rules = Rules(firm.policy, STANDARD_FIELDS, firm.policy.hash)
    return unify(firm.engine, rules, run_id=run_id, now=NOW, accept_changes=accept)


@pytest.fixture
def upheaval(a_record):
    """A published firm, to which comes one record a pair that joins every two of its people."""

    def prepare(firm):
        firm.add(*(a_record(n, phone=f"1391234{n:04}", name="张伟国") for n in range(1, 61)))
        for n in range(1, 61):
            firm.add_event(n, record_id=n, profile_id=n)
        run(firm, 1)
        firm.add(
            *(
                a_record(
                    500 + n, phone=f"1391234{n:04}、1391234{n + 1:04}", name="张伟国", source="h5"
                )
                for n in range(1, 60, 2)
            )
        )
        return firm

    return prepare


def test_a_stopped_run_leaves_every_table_byte_for_byte(firm, upheaval):
    upheaval(firm)
    before = everything(firm)
    with pytest.raises(AuditStop, match=r"30 of 60 records \(50.0%\) would move"):
        run(firm, 2)
    assert everything(firm) == before
    assert before["stale_record"]  # so that the next run looks at them again


def test_it_tells_what_it_wanted(firm, upheaval):
    with pytest.raises(AuditStop) as stop:
        run(upheaval(firm), 2)
    wanted = stop.value.wanted
    assert (wanted.before.records, wanted.after.records) == (60, 90)
    assert (wanted.before.profiles, wanted.after.profiles) == (60, 30)
    assert (wanted.before.largest, wanted.after.largest) == (1, 3)
    assert [(one.profile_id, one.others, one.records) for one in wanted.merges] == [
        (n, (n + 1,), 1) for n in range(1, 20, 2)
    ]


def test_accepted_it_publishes_what_no_audit_would_have_stopped(
    firm, sqlite_template, tmp_path, upheaval, a_firm
):
    upheaval(firm)
    with suppress(AuditStop):
        run(firm, 2)
    counts = run(firm, 3, accept=True)
    assert counts.profiles_merged == 30
    engine = open_database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.db')}")
    never_stopped = upheaval(a_firm(engine))
    never_stopped.policy = replace(never_stopped.policy, max_moved_percent=100)
    assert run(never_stopped, 3) == counts
    assert lives(never_stopped) == lives(firm)
    engine.dispose()


def test_after_an_accepted_run_the_next_is_audited_again(firm, upheaval, a_record):
    upheaval(firm)
    run(firm, 2, accept=True)
    firm.delete(*range(501, 561, 2))
    with pytest.raises(AuditStop, match="30 of 90 records") as stop:  # apart again
        run(firm, 3)
    assert len(stop.value.wanted.splits) == 10
    assert run(firm, 4, accept=True).profiles_restored == 30
    assert run(firm, 5).written == 0


def test_a_mended_source_passes_without_a_word(firm, upheaval):
    upheaval(firm)
    with pytest.raises(AuditStop):
        run(firm, 2)
    firm.delete(*range(501, 561, 2))
    assert run(firm, 3).profiles_merged == 0
    assert firm.profiles() == {n: n for n in range(1, 61)}


def test_a_profile_that_swallows_many_is_stopped_though_few_had_moved(firm, a_record):
    firm.add(*(a_record(n, city="成都", created_at=n) for n in range(1, 400)))
    run(firm, 1)
    firm.add(*(a_record(500 + n, unionid=":uSharedByAll", created_at=n) for n in range(21)))
    with pytest.raises(AuditStop, match="from 1 to 21 records"):
        run(firm, 2)
