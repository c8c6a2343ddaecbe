"""Words are stored once, bind until retracted, and mark what unify must look at again."""

import pytest

from heliu.errors import ConfigError, Place
from heliu.identity import records
from heliu.identity.review.decisions import (
    blocked_values,
    load_decisions,
    mark_blocked_otherwise,
    mark_said_after,
    newest_decision,
    retract_batch,
    store_decisions,
)
from heliu.identity.review.proposals import Proposal, on_pair, split
from heliu.identity.review.standing import Verdict
from models.database import reading, writing
from tests.heliu.identity.desk import AT, Desk

PHONE = "+8613912345678"


@pytest.fixture
def desk(engine, a_record):
    desk = Desk(engine)
    desk.people(
        [a_record(1, name="张伟国", phone=PHONE), a_record(2, name="张伟国", openid="app:o1")],
        [a_record(3, name="李静", phone=PHONE)],
        [a_record(4, name="王芳")],
    )
    return desk


def store(desk, *proposals, who="mei", batch=""):
    with writing(desk.engine) as connection:
        return store_decisions(connection, proposals, who=who, at=AT, batch=batch)


def loaded(desk):
    with reading(desk.engine) as connection:
        return load_decisions(connection), blocked_values(connection)


def test_a_word_on_a_pair_is_stored_with_who_when_and_why(desk):
    written = store(desk, on_pair(Verdict.SAME, 3, 1, "same ID card"))
    assert written.repeated == 0
    assert desk.rows("SELECT id, verdict, left_id, right_id, who, why, at FROM decision") == [
        (written.ids[0], "same", 1, 3, "mei", "same ID card", int(AT.timestamp()))
    ]
    assert loaded(desk) == ([records.Decision("same", 1, 3)], frozenset())


def test_both_records_of_a_pair_are_to_be_resolved_again(desk):
    desk.put("stale_record", "record_id", [(1,)])
    store(desk, on_pair(Verdict.DIFFERENT, 1, 3))
    assert desk.rows("SELECT record_id FROM stale_record ORDER BY 1") == [(1,), (3,)]


def test_the_same_word_again_changes_nothing(desk):
    store(desk, on_pair(Verdict.SAME, 1, 3))
    desk.rows("SELECT 1")
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("DELETE FROM stale_record")
    assert store(desk, on_pair(Verdict.SAME, 1, 3), who="li").repeated == 1
    assert desk.rows("SELECT count(*) FROM decision") == [(1,)]
    assert desk.rows("SELECT count(*) FROM stale_record") == [(0,)]


def test_one_word_twice_in_one_batch_is_stored_once(desk):
    written = store(desk, on_pair(Verdict.SAME, 1, 3), on_pair(Verdict.SAME, 3, 1))
    assert (len(written.ids), written.repeated) == (1, 1)


def test_a_retraction_names_what_it_retracts_and_marks_its_records(desk):
    (first,) = store(desk, on_pair(Verdict.SAME, 1, 3)).ids
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("DELETE FROM stale_record")
    retraction = Proposal(Verdict.RETRACT, retracts_id=first)
    store(desk, retraction)
    assert loaded(desk) == ([], frozenset())
    assert desk.rows("SELECT record_id FROM stale_record ORDER BY 1") == [(1,), (3,)]
    assert store(desk, retraction).repeated == 1


def test_a_blocked_value_sends_its_holders_back_to_normalising(desk):
    block = Proposal(Verdict.BLOCK, type="phone", value=PHONE)
    (id_,) = store(desk, block).ids
    unread = "SELECT id FROM record WHERE normalised_by IS NULL ORDER BY 1"
    assert desk.rows(unread) == [(1,), (3,)]
    assert loaded(desk)[1] == {("phone", PHONE)}
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("UPDATE record SET normalised_by = 'key'")
    store(desk, Proposal(Verdict.RETRACT, retracts_id=id_))
    assert desk.rows(unread) == [(1,), (3,)]
    assert loaded(desk)[1] == frozenset()


def test_to_keep_a_value_that_is_not_blocked_sends_nobody_back(desk):
    store(desk, Proposal(Verdict.KEEP, type="phone", value=PHONE))
    assert desk.rows("SELECT count(*) FROM record WHERE normalised_by IS NULL") == [(0,)]


def test_a_split_parts_each_from_each_and_is_retracted_as_one(desk):
    store(desk, *split([1, 2, 3], [3], "two people"), batch="split-1")
    assert loaded(desk)[0] == [
        records.Decision("different", 1, 3),
        records.Decision("different", 2, 3),
    ]
    with reading(desk.engine) as connection:
        retractions = retract_batch(connection, "split-1")
    assert len(store(desk, *retractions).ids) == 2
    assert loaded(desk)[0] == []


@pytest.mark.parametrize("part", [[], [1, 2, 3], [4]])
def test_a_split_of_nothing_all_or_a_stranger_is_refused(part):
    with pytest.raises(ConfigError):
        split([1, 2, 3], part)


def test_everything_wrong_is_told_at_once_and_nothing_is_stored(desk):
    (id_,) = store(desk, on_pair(Verdict.SAME, 1, 4)).ids
    (retraction,) = store(desk, Proposal(Verdict.RETRACT, retracts_id=id_)).ids
    before = desk.rows("SELECT id FROM decision ORDER BY 1")
    row = [Place("file.csv", n) for n in range(10)]
    with pytest.raises(ConfigError) as found:
        store(
            desk,
            on_pair(Verdict.SAME, 1, 3, place=row[2]),
            on_pair(Verdict.SAME, 1, 99, place=row[3]),
            on_pair(Verdict.SAME, 4, 4, place=row[4]),
            on_pair(Verdict.DIFFERENT, 3, 1, place=row[5]),
            Proposal(Verdict.BLOCK, type="phnoe", value=PHONE, place=row[6]),
            Proposal(Verdict.BLOCK, type="phone", value="+8613000000000", place=row[7]),
            Proposal(Verdict.RETRACT, retracts_id=77, place=row[8]),
            Proposal(Verdict.RETRACT, retracts_id=retraction, place=row[9]),
            who=" ",
        )
    told = str(found.value)
    for line in [
        "file.csv:3: there is no record 99",
        "file.csv:4: record 4 and itself",
        "file.csv:5: different contradicts what stands before it",
        "file.csv:6: no record carries a 'phnoe' (did you mean 'phone'?)",
        "file.csv:7: no record carries this phone",
        "file.csv:8: there is no decision 77",
        f"file.csv:9: decision {retraction} is a retraction",
        "who: nobody says it",
    ]:
        assert line in told
    assert PHONE not in told
    assert desk.rows("SELECT id FROM decision ORDER BY 1") == before


def test_a_word_on_a_deleted_record_waits_for_its_return(desk):
    store(desk, on_pair(Verdict.SAME, 1, 4))
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("UPDATE record SET deleted_at = 5 WHERE id = 4")
    assert loaded(desk)[0] == []
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("UPDATE record SET deleted_at = NULL")
    assert loaded(desk)[0] == [records.Decision("same", 1, 4)]


def test_a_word_remembers_which_run_its_human_saw(desk):
    desk.put("unify_state", "id rules_hash run_id counts", [(1, "r", 7, "{}")])
    store(desk, on_pair(Verdict.SAME, 1, 4))
    assert desk.rows("SELECT seen_run_id FROM decision") == [(7,)]


def test_a_word_said_while_unify_ran_is_not_struck_out_unseen(desk):
    (seen,) = store(desk, on_pair(Verdict.SAME, 1, 3)).ids
    with reading(desk.engine) as connection:
        assert newest_decision(connection) == seen  # unify reads …
    (later,) = store(desk, on_pair(Verdict.DIFFERENT, 1, 4)).ids
    store(desk, Proposal(Verdict.RETRACT, retracts_id=seen))
    with writing(desk.engine) as connection:  # … and publishes
        connection.exec_driver_sql("DELETE FROM stale_record")
        mark_said_after(connection, later)
    assert desk.rows("SELECT record_id FROM stale_record ORDER BY 1") == [(1,), (3,)]
    with writing(desk.engine) as connection:
        mark_said_after(connection, seen)
    assert desk.rows("SELECT record_id FROM stale_record ORDER BY 1") == [(1,), (3,), (4,)]


def test_a_value_blocked_while_records_were_normalised_sends_its_holders_back_again(desk):
    with reading(desk.engine) as connection:
        seen = blocked_values(connection)
    store(desk, Proposal(Verdict.BLOCK, type="phone", value=PHONE))
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("UPDATE record SET normalised_by = 'key'")
        assert mark_blocked_otherwise(connection, seen) == {("phone", PHONE)}
    unread = "SELECT id FROM record WHERE normalised_by IS NULL ORDER BY 1"
    assert desk.rows(unread) == [(1,), (3,)]
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("UPDATE record SET normalised_by = 'key'")
        assert not mark_blocked_otherwise(connection, blocked_values(connection))
    assert desk.rows(unread) == []
