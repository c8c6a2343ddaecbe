"""Publishing writes what differs and nothing else, on both databases."""

import json
import random

import pytest
import sqlalchemy as sa

from heliu.identity.records import Decision
from heliu.identity.tables.history import Change, tell_history
from heliu.identity.tables.store import load_normalised, pending_records
from models.database import open_database

TABLES = {
    "profile": "id",
    "membership": "record_id, from_run_id",
    "golden_value": "profile_id, attribute",
    "edge": "left_id, right_id, kind, type, scope, value",
    "alias": "old_id, from_run_id",
    "profile_event": "run_id, profile_id, what",
    "identifier": "record_id, type, scope, value",
    "event": "profile_id, at, id",
}


def contents(firm):
    found = {}
    for table, order in TABLES.items():
        columns = "*" if table != "profile_event" else "run_id, profile_id, what, other_id"
        found[table] = firm.rows(f"SELECT {columns} FROM {table} ORDER BY {order}")
    return found


@pytest.fixture
def three(a_record):
    """Two people's records and a third that shows them to be one."""
    return (
        a_record(1, phone="13912345678", name="张伟国", city="成都", created_at=100),
        a_record(2, openid="app:oZ", created_at=50),
        a_record(3, phone="13912345678", openid="app:oZ", source="h5"),
    )


def test_a_first_run_makes_profiles_with_their_golden_values(firm, three):
    firm.add(*three)
    counts = firm.unify()
    assert firm.profiles() == {1: 1, 2: 1, 3: 1}
    assert firm.rows(
        "SELECT id, records, sources, name, phone, city, province, created_at FROM profile"
    ) == [(1, 3, 2, "张伟国", "+8613912345678", "成都", "四川", 50)]
    assert firm.rows(
        "SELECT value, record_id, rule FROM golden_value WHERE attribute = 'created_at'"
    ) == [("50", 2, "earliest")]
    assert firm.rows("SELECT what, other_id FROM profile_event") == [("created", None)]
    assert (counts.profiles_created, counts.memberships_opened, counts.touched) == (1, 3, 1)


def test_a_second_run_with_nothing_new_writes_nothing(firm, three):
    firm.add(*three)
    firm.add_event(1, record_id=2, profile_id=2)
    firm.unify()
    before = contents(firm)
    touched = firm.rows("SELECT count(*) FROM touched")
    assert firm.unify().written == 0
    assert contents(firm) == before
    assert firm.rows("SELECT count(*) FROM touched") == touched


def test_a_bridge_merges_and_its_deletion_restores_both_ids_and_their_facts(firm, three):
    one, two, bridge = three
    firm.add(one, two)
    firm.add_event(11, record_id=1, profile_id=1)
    firm.add_event(12, record_id=2, profile_id=2)
    firm.add_hand_tag(record_id=2, profile_id=2)
    firm.unify()
    assert firm.profiles() == {1: 1, 2: 2}

    firm.add(bridge)
    firm.add_event(13, record_id=3, profile_id=3)
    merged = firm.unify()
    assert firm.profiles() == {1: 1, 2: 1, 3: 1}
    assert merged.profiles_merged == 1
    assert firm.rows("SELECT old_id, profile_id, reason, to_run_id FROM alias") == [
        (2, 1, "merge", None)
    ]
    assert firm.rows("SELECT id, profile_id FROM event ORDER BY id") == [(11, 1), (12, 1), (13, 1)]
    assert firm.rows("SELECT profile_id FROM hand_tag") == [(1,)]
    assert firm.rows("SELECT profile_id FROM touched WHERE run_id = 2 ORDER BY 1") == [(1,), (2,)]

    firm.delete(3)
    restored = firm.unify()
    assert firm.profiles() == {1: 1, 2: 2}
    assert restored.profiles_restored == 1
    assert firm.rows("SELECT old_id, to_run_id FROM alias") == [(2, 3)]
    assert firm.rows("SELECT id, profile_id FROM event ORDER BY id") == [(11, 1), (12, 2), (13, 3)]
    assert firm.rows("SELECT profile_id FROM hand_tag") == [(2,)]
    assert firm.rows(
        "SELECT profile_id, what, other_id FROM profile_event ORDER BY run_id, profile_id"
    ) == [
        (1, "created", None),
        (2, "created", None),
        (1, "grew", None),
        (2, "merged", 1),
        (1, "shrank", None),
        (2, "restored", 1),
    ]

    firm.delete(3, at=None)
    firm.unify()
    assert firm.rows("SELECT old_id, to_run_id FROM alias ORDER BY from_run_id") == [
        (2, 3),
        (2, None),
    ]


def test_membership_keeps_its_history(firm, three):
    one, two, bridge = three
    firm.add(one, two)
    firm.unify()
    firm.add(bridge)
    firm.unify()
    assert firm.rows("SELECT * FROM membership ORDER BY record_id, from_run_id") == [
        (1, 1, 1, None),
        (2, 1, 2, 2),
        (2, 2, 1, None),
        (3, 2, 1, None),
    ]


def test_an_id_outlives_its_own_record_and_goes_with_the_last_of_its_people(firm, a_record):
    firm.add(*(a_record(n, phone="13912345678", name="张伟国") for n in (1, 2, 3)))
    firm.unify()
    firm.delete(1)
    assert firm.unify().handovers == 1
    assert firm.profiles() == {2: 1, 3: 1}
    firm.delete(2)
    firm.unify()
    assert firm.profiles() == {3: 1}
    firm.delete(3)
    firm.unify()
    for table in ("profile", "golden_value", "handover"):
        assert firm.rows(f"SELECT * FROM {table}") == []
    assert firm.rows("SELECT * FROM alias WHERE to_run_id IS NULL") == []


def test_a_record_that_comes_back_takes_its_id_from_the_heir(firm, a_record):
    firm.add(*(a_record(n, phone="13912345678", name="张伟国") for n in (1, 2)))
    firm.unify()
    firm.delete(1)
    firm.unify()
    assert firm.profiles() == {2: 1}
    firm.change(a_record(1, phone="13712345678", name="张伟国"))
    firm.unify()
    assert firm.profiles() == {1: 1, 2: 2}
    assert firm.rows("SELECT * FROM handover") == []


def test_an_alias_follows_its_profile_into_the_next_merge(firm, a_record):
    firm.add(
        a_record(1, openid="app:o1"), a_record(2, openid="app:o2"), a_record(3, openid="app:o3")
    )
    firm.unify()
    firm.unify(Decision("same", 2, 3))
    firm.unify(Decision("same", 2, 3), Decision("same", 1, 2))
    assert firm.rows(
        "SELECT old_id, profile_id FROM alias WHERE to_run_id IS NULL ORDER BY old_id"
    ) == [(2, 1), (3, 1)]


def test_orders_and_consents_follow_their_record(firm, three):
    firm.add(*three)
    with firm.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO orders (number, record_id, profile_id, source)"
                " VALUES ('A1', 2, 2, 'shop')"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO consent"
                " (id, record_id, profile_id, channel, topic, granted, at, source)"
                " VALUES (1, 3, 3, 'sms', 'marketing', true, 5, 'h5')"
            )
        )
    assert firm.unify().facts_moved == 2
    assert firm.rows("SELECT profile_id FROM orders UNION ALL SELECT profile_id FROM consent") == [
        (1,),
        (1,),
    ]


def test_a_changed_field_rewrites_one_profile_and_touches_it(firm, a_record):
    firm.add(a_record(1, city="成都"), a_record(2, city="武汉"))
    firm.unify()
    firm.change(a_record(2, city="杭州"))
    counts = firm.unify()
    assert (counts.profile_rows, counts.golden_values, counts.touched) == (1, 2, 1)
    assert firm.rows(
        "SELECT city, province, created_run_id, changed_run_id FROM profile ORDER BY id"
    ) == [
        ("成都", "四川", 1, 1),
        ("杭州", "浙江", 1, 2),
    ]
    assert firm.rows("SELECT profile_id FROM touched WHERE run_id = 2") == [(2,)]


def test_a_profile_that_swaps_one_record_for_another_is_touched(firm, a_record):
    firm.add(*(a_record(n, openid=f"app:{id_}") for n, id_ in ((1, "o1"), (2, "o1"), (3, "o3"))))
    firm.unify()
    firm.change(a_record(2, openid="app:o3"), a_record(3, openid="app:o1"))
    firm.unify()
    assert firm.profiles() == {1: 1, 2: 2, 3: 1}
    assert firm.rows("SELECT profile_id FROM touched WHERE run_id = 2 ORDER BY 1") == [
        (1,),
        (2,),
        (3,),
    ]


def test_a_value_no_longer_told_goes(firm, a_record):
    firm.add(a_record(1, city="成都", name="张伟国"))
    firm.unify()
    firm.change(a_record(1, name="张伟国"))
    firm.unify()
    assert firm.rows("SELECT name, city FROM profile") == [("张伟国", None)]
    assert firm.rows("SELECT attribute FROM golden_value ORDER BY 1") == [
        ("name",),
        ("source_channel",),
    ]


def test_what_was_saved_comes_back_the_same(firm, a_record):
    record = a_record(
        7,
        name="張偉國",
        phone="13912345678/13712345678、139****5678",
        email="hr@firm.cn",
        openid="app:oX",
        birthday="1990-5-6",
        created_at=5,
        updated_at=9,
    )
    firm.add(record)
    with firm.engine.connect() as connection:
        assert load_normalised(connection) == [record]


def test_records_wait_until_normalised_by_the_present_rules(firm, a_record):
    firm.add(a_record(1, name="张伟国"), a_record(2, name="李静"))
    with firm.engine.connect() as connection:
        assert pending_records(connection, "key") == []
        waiting = pending_records(connection, "another key")
    assert [(one.record_id, one.source_key) for one in waiting] == [(1, "k1"), (2, "k2")]
    assert json.loads(waiting[0].payload) == {"name": "张伟国"}
    firm.delete(1)
    with firm.engine.connect() as connection:
        waiting = pending_records(connection, "another key")
        assert [(one.record_id, one.gone) for one in waiting] == [(1, True), (2, False)]
        assert pending_records(connection, "another key", everything=False) == []


def lives(firm, a_record, seed):
    """A firm's records coming, changing, going and coming back over some runs."""
    chance = random.Random(seed)

    def told():
        return {
            "phone": chance.choice(["", "13912345678", "13712345678", "13612345678"]),
            "name": chance.choice(["", "张伟国", "李静"]),
            "unionid": chance.choice(["", "", ":u1", ":u2"]),
            "city": chance.choice(["", "成都", "武汉"]),
        }

    ids = []
    for _ in range(6):
        fresh = [len(ids) + n for n in range(1, 4)]
        ids += fresh
        firm.add(*(a_record(n, **told()) for n in fresh))
        for id_ in fresh:
            firm.add_event(100 + id_, record_id=id_, profile_id=id_)
        firm.change(*(a_record(n, **told()) for n in chance.sample(ids, 2)))
        firm.delete(*chance.sample(ids, 2))
        firm.delete(chance.choice(ids), at=None)
        yield firm.unify()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_tables_agree_with_each_other(firm, a_record, seed):
    for _ in lives(firm, a_record, seed):
        members = firm.profiles()
        assert firm.rows("SELECT id FROM profile ORDER BY id") == [
            (id_,) for id_ in sorted(set(members.values()))
        ]
        for record, profile in firm.rows("SELECT record_id, profile_id FROM event"):
            assert profile == members.get(record, record)
        for old, profile in firm.rows(
            "SELECT old_id, profile_id FROM alias WHERE to_run_id IS NULL"
        ):
            assert old not in members.values()
            assert profile in members.values()
        assert not firm.rows(
            "SELECT 1 FROM golden_value WHERE profile_id NOT IN (SELECT id FROM profile)"
        )
        assert firm.unify().written == 0


@pytest.mark.parametrize("seed", range(2))
def test_both_databases_hold_equal_tables(sqlite_url, postgres_url, a_firm, a_record, seed):
    from_both = []
    for url in (sqlite_url, postgres_url):
        engine = open_database(url)
        firm = a_firm(engine)
        counts = list(lives(firm, a_record, seed))
        from_both.append((counts, contents(firm)))
        engine.dispose()
    assert from_both[0] == from_both[1]


def test_an_anchor_that_comes_back_older_than_the_profile_takes_its_people_home():
    away = tell_history({1: 1, 2: 1}, {2: 2}, {1}, {})
    assert away.aliases == {1: 2}
    back = tell_history({2: 2}, {1: 1, 2: 1}, {2}, away.aliases)
    assert back.aliases == {2: 1}
    assert back.changes == [Change(1, "restored", 2), Change(2, "merged", 1)]
