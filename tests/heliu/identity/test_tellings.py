"""Records as survivorship reads them from tables: as it sees those in hand, whoever reads."""

import pytest
import sqlalchemy as sa

from heliu.identity.policy import Policy
from heliu.identity.records import Key
from heliu.identity.survivorship import teller
from heliu.identity.tables.store import IDENTIFIER, load_normalised
from heliu.identity.tables.tellings import (
    PROFILE_FIELDS,
    Survival,
    load_tellers,
    start,
    teller_of,
)
from models.database import reading, writing

DEMOTED = frozenset({Key("phone", "", "+8613912345678")})
SURVIVAL = Survival(Policy(), {"name": PROFILE_FIELDS.index("name")}, DEMOTED)


@pytest.fixture
def ids(firm, a_record):
    """Records of every kind: with a crowded phone, a second one, a distrusted mailbox, nothing."""
    firm.add(
        a_record(1, name="张伟国", phone="13912345678/13712345678", created_at=5),
        a_record(2, name="张总", phone="13912345678", email="a@firm.cn;b@firm.cn", updated_at=9),
        a_record(3, name="李静", phone="13712345678", email="c@firm.cn", city="成都"),
        a_record(4),
    )
    distrusted = IDENTIFIER.c.value.in_(["a@firm.cn", "c@firm.cn"])
    with writing(firm.engine) as connection:
        blocked = sa.update(IDENTIFIER).where(distrusted)
        connection.execute(blocked.values(status="blocked", strength="none"))
    return [1, 2, 3, 4]


def test_records_read_for_survivorship_are_those_in_hand(firm, ids):
    with reading(firm.engine) as connection:
        found = load_tellers(connection, ids, SURVIVAL)
        records = {one.record_id: one for one in load_normalised(connection)}
    assert found == {id_: teller(records[id_], DEMOTED) for id_ in ids}
    assert found[1].told["phone"] == "+8613712345678"
    assert "phone" not in found[2].told
    assert found[2].told["email"] == "b@firm.cn"
    assert "email" not in found[3].told


def test_another_process_tells_the_same_rows(firm, ids):
    chunk = [(1, [1, 3], 1), (2, [2], 2), (4, [4], 4)]
    with reading(firm.engine) as connection:
        told = teller_of(connection, SURVIVAL)(chunk)
    assert start(firm.engine.url.render_as_string(hide_password=False), SURVIVAL)(chunk) == told
    assert [row[:3] for row in told.profiles] == [(1, 2, 1), (2, 1, 1), (4, 1, 1)]
    assert told.values == sorted(told.values)


def test_rows_that_point_nowhere_are_refused_unless_said_to_be_checked(sqlite_engine):
    astray = sa.text("INSERT INTO membership (record_id, from_run_id, profile_id) VALUES (9, 1, 9)")
    with pytest.raises(sa.exc.IntegrityError), writing(sqlite_engine) as connection:
        connection.execute(astray)
    with writing(sqlite_engine, unchecked=True) as connection:
        connection.execute(astray)
        connection.execute(sa.text("DELETE FROM membership"))
    with pytest.raises(sa.exc.IntegrityError), writing(sqlite_engine) as connection:
        connection.execute(astray)
