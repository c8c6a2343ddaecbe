"""A person is erased from every table and recognised when told of again; nobody else is."""

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from heliu.errors import ConfigError
from heliu.identity.people.erasure import (
    FILES,
    erase,
    erase_returned,
    erased_ids,
    plan_erasure,
    receipt_of,
)
from heliu.identity.people.forgotten import Forgotten, keyed_hash, load_forgotten
from heliu.identity.people.holdings import HOLDINGS, NOBODYS, Fate
from heliu.identity.people.person import find_person
from heliu.identity.people.traces import delete_files, overwrite_freed
from heliu.identity.tables.store import save_normalised
from models import ErasedHash, Identifier, Suppression
from models.database import reading, writing
from tests.heliu.identity.townspeople import NOW, Townsman, everything, settle

SECRET = b"a key of thirty-two letters, no less"
ONE, TWO, THREE = Townsman(1), Townsman(2), Townsman(3)


def forget(engine, who, versions=()):
    with writing(engine) as connection:
        person = find_person(connection, who.id, versions)
        return erase(connection, person, SECRET, who="ops", why="asked", now=NOW)


def erase_anew(connection, records):
    forgotten = load_forgotten(connection, lambda: SECRET)
    return erase_returned(connection, records, forgotten, lambda: SECRET, NOW)


def told_of(who, tables):
    """(table, value) of everything that still tells of somebody."""
    return [
        (name, value)
        for name, rows in tables.items()
        for row in rows
        for value in who.values
        if any(value in str(cell) for cell in row)
    ]


def rows_of(who, tables):
    """Everything that tells of somebody, or hangs together with their ids."""
    ids = {*who.records}
    return {
        name: [
            row
            for row in rows
            if ids & {cell for cell in row if isinstance(cell, int)}
            or any(
                value in str(cell)
                for cell in row
                for value in [*who.values, who.order, who.content]
            )
        ]
        for name, rows in tables.items()
    }


def test_every_table_is_either_searched_for_a_person_or_said_to_hold_nobody():
    searched = {holding.table.name for holding in HOLDINGS}
    assert searched | set(NOBODYS) == set(SQLModel.metadata.tables)
    assert searched & set(NOBODYS) == set()
    assert all(NOBODYS.values())


def test_the_town_has_rows_in_every_table_that_is_searched(sqlite_engine):
    settle(sqlite_engine, ONE)
    empty = {name for name, rows in everything(sqlite_engine).items() if not rows}
    assert empty & {holding.table.name for holding in HOLDINGS} == set()


def test_nothing_is_left_of_a_person_and_everything_of_the_others(engine):
    settle(engine, ONE, TWO, THREE)
    before = everything(engine)
    assert told_of(ONE, before)
    receipt = forget(engine, ONE)
    after = everything(engine)
    assert told_of(ONE, after) == []
    for other in (TWO, THREE):
        assert rows_of(other, after) == rows_of(other, before)
    left = {row[0] for name in ("record",) for row in after[name]}
    assert set(ONE.records) <= left  # the ids are never given again
    assert receipt.counts["record"] == 3
    assert receipt.counts["record_version"] == 4


def test_the_receipt_counts_what_the_plan_foretold_and_says_nothing_of_the_person(engine, tmp_path):
    settle(engine, ONE, TWO)
    with reading(engine) as connection:
        plan = plan_erasure(connection, find_person(connection, ONE.id), tmp_path)
    receipt = forget(engine, ONE)
    assert receipt.counts == plan
    stored = everything(engine)["erasure"]
    assert len(stored) == 1
    assert not any(value in str(stored) for value in ONE.values)
    tables = {holding.table.name for holding in HOLDINGS if holding.fate is not Fate.KEPT}
    assert set(plan) == {*tables, "quarantine"}


def test_an_order_keeps_its_money_and_loses_its_person(engine):
    settle(engine, ONE, TWO)
    forget(engine, ONE)
    with reading(engine) as connection:
        order = connection.execute(
            sa.text(
                "SELECT record_id, profile_id, amount_fen, item, channel FROM orders"
                " WHERE number = :n"
            ),
            {"n": ONE.order},
        ).one()
        refunds = connection.execute(sa.text("SELECT count(*) FROM refund")).scalar_one()
    assert tuple(order) == (0, 0, 49900, None, None)
    assert refunds == 2


def test_every_id_of_the_person_leads_to_the_receipt(engine):
    settle(engine, ONE, TWO)
    receipt = forget(engine, ONE)
    with reading(engine) as connection:
        for id_ in ONE.records:
            assert receipt_of(connection, id_) == receipt
        assert receipt_of(connection, TWO.id) is None
        assert erased_ids(connection, receipt.id) == ONE.records


def test_what_another_person_carries_too_stays_theirs(engine):
    settle(engine, ONE, TWO)
    with writing(engine) as connection:
        shared = {
            "record_id": TWO.id,
            "type": "email",
            "value": ONE.email,
            "scope": "",
            "status": "ok",
            "strength": "medium",
        }
        connection.execute(sa.insert(Identifier.__table__).values(shared))
    forget(engine, ONE)
    with reading(engine) as connection:
        address = Suppression.__table__.c.address
        bounced = connection.execute(sa.select(address).where(address != "")).scalars().all()
        carriers = connection.execute(
            sa.text("SELECT record_id FROM identifier WHERE value = :v"), {"v": ONE.email}
        ).scalars()
        stale = connection.execute(sa.text("SELECT value FROM stale_value")).scalars().all()
    assert ONE.email.upper() in bounced  # it must not be written to, whoever reads it
    assert list(carriers) == [TWO.id]
    assert ONE.email in stale  # unify looks again at what is now one person's


@pytest.fixture
def known_again(engine):
    """Whether records told after the erasure are taken for the person."""

    def ask(*records):
        with reading(engine) as connection:
            forgotten = load_forgotten(connection, lambda: SECRET)
            return {
                r.record_id for r in records if forgotten and forgotten.erasure_of(r) is not None
            }

    return ask


@pytest.mark.parametrize(
    ("told", "recognised"),
    [
        ({"unionid": ONE.unionid}, True),
        ({"unionid": ONE.unionid, "name": "someone else"}, True),
        ({"phone": ONE.phone, "name": ONE.name}, True),
        ({"email": ONE.email, "name": ONE.name}, True),
        ({"phone": ONE.phone}, False),
        ({"phone": ONE.phone, "name": TWO.name}, False),
        ({"name": ONE.name}, False),
        ({"unionid": TWO.unionid}, False),
    ],
)  # fmt: skip
def test_an_account_tells_who_it_was_and_a_number_only_with_its_name(
    engine, a_record, known_again, told, recognised
):
    settle(engine, ONE, TWO)
    forget(engine, ONE)
    record = a_record(900, source="elsewhere", **told)
    assert (known_again(record) == {900}) is recognised


def test_a_namesake_who_shares_the_number_is_not_taken_for_the_person(
    engine, a_record, known_again
):
    settle(engine, ONE, TWO)
    with writing(engine) as connection:
        connection.execute(
            sa.insert(Identifier.__table__).values(
                record_id=TWO.id,
                type="phone",
                scope="",
                value=ONE.phone,
                status="ok",
                strength="medium",
            )
        )
        connection.execute(
            sa.text(
                "UPDATE record SET attributes = (SELECT attributes FROM record WHERE id = :one)"
                " WHERE id = :two"
            ),
            {"one": ONE.id, "two": TWO.id},
        )
    forget(engine, ONE)
    assert known_again(a_record(900, phone=ONE.phone, name=ONE.name)) == set()


def test_what_former_versions_told_is_known_again_too(engine, a_record, known_again):
    settle(engine, ONE, TWO)
    forget(
        engine,
        ONE,
        [a_record(ONE.id, phone=ONE.old_phone, name=ONE.name, openid="app:oFormer12345")],
    )
    assert known_again(a_record(900, phone=ONE.old_phone, name=ONE.name)) == {900}
    assert known_again(a_record(901, openid="app:oFormer12345")) == {901}
    assert known_again(a_record(902, openid="other:oFormer12345")) == set()


def test_a_record_told_anew_under_another_key_is_emptied_once_and_known_by_its_key(
    engine, a_record
):
    settle(engine, ONE, TWO)
    receipt = forget(engine, ONE)
    record = a_record(900, source="elsewhere", unionid=ONE.unionid, name=ONE.name)
    with writing(engine) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO record (id, source, source_pk, version, content_hash, first_run_id,"
                " changed_run_id) VALUES (900, 'elsewhere', 'k900', 1, 'h', 3, 3)"
            )
        )
        connection.execute(
            sa.text("INSERT INTO record_version VALUES (900, 1, 'h', :payload, 3)"),
            {"payload": f'{{"union": "{ONE.unionid}", "who": "{ONE.name}"}}'},
        )
        save_normalised(connection, [record], "k")
        gone = erase_anew(connection, [900, *TWO.records])
    assert gone == {900}
    tables = everything(engine)
    assert told_of(ONE, tables) == []
    with reading(engine) as connection:
        assert receipt_of(connection, 900).id == receipt.id
        assert load_forgotten(connection, lambda: SECRET).key("elsewhere", "k900")


def test_a_record_of_a_living_profile_is_never_emptied_by_itself(engine, a_record):
    settle(engine, ONE, TWO)
    forget(engine, ONE)
    changed = a_record(TWO.id, unionid=ONE.unionid, name=TWO.name)
    with writing(engine) as connection:
        save_normalised(connection, [changed], "k")
        assert erase_anew(connection, TWO.records) == set()
    assert told_of(TWO, everything(engine))


def test_with_nobody_erased_not_even_the_key_is_asked_for(engine):
    def no_key():
        raise AssertionError

    with reading(engine) as connection:
        assert load_forgotten(connection, no_key) is None
        assert erase_returned(connection, [1], None, no_key, NOW) == set()


def test_another_key_is_refused_since_nobody_would_be_known_again(engine):
    settle(engine, ONE)
    forget(engine, ONE)
    with reading(engine) as connection, pytest.raises(ConfigError, match="another key"):
        load_forgotten(connection, lambda: b"some other key, as long as it")


def test_hashes_cannot_be_made_without_the_key(engine):
    settle(engine, ONE)
    forget(engine, ONE)
    with reading(engine) as connection:
        kept = set(connection.execute(sa.select(ErasedHash.__table__.c.hash)).scalars())
    assert keyed_hash(SECRET, "key", "crm", ONE.keys[0]) in kept
    assert keyed_hash(b"another", "key", "crm", ONE.keys[0]) not in kept
    assert all(len(one) == 32 for one in kept)


def test_rows_that_cannot_be_read_stay_out_of_the_quarantine(engine):
    settle(engine, ONE)
    forget(engine, ONE)
    with reading(engine) as connection:
        forgotten = load_forgotten(connection, lambda: SECRET)
    assert forgotten.row("crm", "crm1", [])  # the very row
    assert forgotten.row("new", "x", ["", f" {ONE.phone[3:6]}-{ONE.phone[6:10]}-{ONE.phone[10:]} "])
    assert forgotten.row("new", "x", [ONE.email.upper()])
    assert not forgotten.row("new", "x", [TWO.phone, TWO.email, ONE.name])
    assert Forgotten({}, SECRET).row("crm", "crm1", []) is False


def test_messages_as_files_go_with_their_drafts_and_the_pages_that_show_them(tmp_path):
    home = tmp_path / "home"
    names = [
        "outbox/own/d/10.txt", "outbox/own/d/.11.html.4711", "outbox/all/d/10.html",
        "outbox/own/d/100.txt", "outbox/own/d/20.txt", "outbox/index.html", "dashboard/index.html",
        "heliu.db",
    ]  # fmt: skip
    for name in names:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x")
    assert delete_files(home, [10, 11]) == 3
    left = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    assert left == ["heliu.db", "outbox/own/d/100.txt", "outbox/own/d/20.txt"]
    assert delete_files(home, [10, 11]) == 0


def test_no_byte_of_them_is_left_in_the_database_file(tmp_path, sqlite_url, sqlite_engine):
    settle(sqlite_engine, ONE, TWO)
    forget(sqlite_engine, ONE)
    overwrite_freed(sqlite_engine)
    for path in tmp_path.glob("heliu.db*"):
        bytes_ = path.read_bytes()
        assert [value for value in ONE.values if value.encode() in bytes_] == []
    assert TWO.phone.encode() in (tmp_path / "heliu.db").read_bytes()


def test_postgres_takes_dead_rows_off_their_pages(postgres_url):
    from models.database import open_database

    engine = open_database(postgres_url)
    settle(engine, ONE)
    forget(engine, ONE)
    overwrite_freed(engine)
    with engine.connect() as connection:
        vacuumed = connection.execute(
            sa.text(
                "SELECT last_vacuum IS NOT NULL FROM pg_stat_user_tables WHERE relname = 'record'"
            )
        ).scalar_one()
    assert vacuumed
    engine.dispose()


def test_files_are_part_of_the_receipt(engine):
    settle(engine, ONE)
    with writing(engine) as connection:
        person = find_person(connection, ONE.id)
        receipt = erase(connection, person, SECRET, who="ops", why="", now=NOW, files=2)
    assert receipt.counts[FILES] == 2


def test_somebody_readmitted_is_unknown_and_the_others_stay_known(engine, a_record, known_again):
    settle(engine, ONE, TWO)
    first, second = forget(engine, ONE), forget(engine, TWO)
    with writing(engine) as connection:
        connection.execute(
            sa.text("DELETE FROM erased_hash WHERE erasure_id = :n"), {"n": first.id}
        )
    told = [a_record(900, unionid=ONE.unionid), a_record(901, unionid=TWO.unionid)]
    assert known_again(*told) == {901}
    with reading(engine) as connection:
        assert receipt_of(connection, ONE.id) == first
        assert receipt_of(connection, TWO.id) == second
