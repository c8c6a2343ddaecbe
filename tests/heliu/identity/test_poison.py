"""One value on very many rows of a delivery harms nobody who was there before."""

from dataclasses import replace

import pytest

from heliu.identity.records import Key
from heliu.identity.tables.poison import distrust_poisoned
from models.database import writing

PHONE = "13912345678"


@pytest.fixture
def two(firm, a_record):
    """A firm that believes up to three rows a delivery, and knows one person by two records."""
    firm.policy = replace(firm.policy, max_delivered=3, max_names=2)
    firm.add(
        a_record(1, phone=PHONE, name="张伟国", source="crm"),
        a_record(2, phone=PHONE, name="张伟国", source="wecom"),
    )
    firm.unify()
    return firm


def pour(firm, a_record, ids, run_id, phone=PHONE):
    firm.add(*(a_record(n, phone=phone, name="李静王芳赵敏"[n % 3 * 2 :][:2]) for n in ids))
    with writing(firm.engine) as connection:
        connection.exec_driver_sql(
            f"UPDATE record SET changed_run_id = {run_id} WHERE id >= {ids[0]}"
        )
        return distrust_poisoned(connection, firm.policy, run_id, everything=False)


def test_a_poisoned_delivery_changes_no_profile_and_alerts_once(two, a_record):
    before = two.rows("SELECT * FROM profile ORDER BY id"), two.profiles()
    found = pour(two, a_record, range(10, 20), run_id=2)
    assert [(one.key, one.source, one.records) for one in found] == [
        (Key("phone", "", "+86" + PHONE), "crm", 10)
    ]
    two.unify()
    assert two.rows("SELECT * FROM profile WHERE id < 10 ORDER BY id") == before[0]
    assert {k: v for k, v in two.profiles().items() if k < 10} == before[1]
    assert two.rows("SELECT DISTINCT phone FROM profile WHERE id >= 10") == [(None,)]
    assert two.rows("SELECT * FROM demotion") == []


def test_what_was_poisoned_stays_so_when_its_records_are_read_again(two, a_record):
    pour(two, a_record, range(10, 20), run_id=2)
    two.unify()
    before = two.profiles()
    two.change(*(a_record(n, phone=PHONE, name="李静") for n in range(10, 20)))
    two.unify(full=True)
    assert two.profiles() == before


def test_few_rows_with_one_value_are_believed(two, a_record):
    assert pour(two, a_record, range(10, 13), run_id=2) == []


def test_rows_of_several_deliveries_are_judged_one_by_one(two, a_record):
    for run_id, first in ((2, 10), (3, 20)):
        assert pour(two, a_record, range(first, first + 3), run_id, "13712345678") == []
