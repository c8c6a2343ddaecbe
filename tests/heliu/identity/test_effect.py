"""What decisions would do is shown before they are stored, and nothing is written."""

import pytest
import sqlalchemy as sa

from heliu.errors import ConfigError
from heliu.identity.policy import Policy
from heliu.identity.review.decisions import store_decisions
from heliu.identity.review.effect import preview_effect
from heliu.identity.review.proposals import Proposal, on_pair, split
from heliu.identity.review.regrouping import Change, compare
from heliu.identity.review.standing import Verdict
from models.database import reading, writing
from tests.heliu.identity.desk import AT, Desk

PHONE = "+8613912345678"


@pytest.fixture
def desk(engine, a_record):
    desk = Desk(engine)
    desk.people(
        [a_record(1, name="张伟国", phone=PHONE), a_record(2, name="张伟国", phone=PHONE)],
        [a_record(3, name="李静", openid="app:o3"), a_record(4, openid="app:o3")],
        [a_record(5, name="王芳")],
    )
    desk.order("A1", 3, 3, 100)
    desk.order("A2", 4, 3, 100)
    desk.order("A3", 1, 1, 100)
    return desk


def effect(desk, *proposals):
    with reading(desk.engine) as connection:
        return preview_effect(connection, proposals, Policy())


def write_message(desk, profile):
    with writing(desk.engine) as connection:
        for sql in [
            "INSERT INTO content (hash, channel, template_hash, subject, body, plain, created_at)"
            " VALUES ('h', 'folder', 't', '', '', '', 5)",
            "INSERT INTO message (id, campaign, occurrence, profile_id, channel, address, topic,"
            " content_hash, not_before_at, status, attempts, created_at, changed_at, run_id)"
            f" VALUES (1, 'c', 'o', {profile}, 'folder', 'a', 'm', 'h', 5, 'queued', 0, 5, 5, 1)",
        ]:
            connection.execute(sa.text(sql))


def test_same_shows_the_merge_with_what_moves(desk):
    write_message(desk, 3)
    found = effect(desk, on_pair(Verdict.SAME, 2, 4))
    assert found.changes == [Change((1, 3), (1,), 4, 2, 2, 1)]
    assert found.changes[0].kind == "merge"
    assert (found.new, found.repeated, found.overruled) == (1, 0, [])


def test_a_split_shows_both_ids_it_leaves(desk):
    found = effect(desk, *split([1, 2], [2]))
    assert found.changes == [Change((1,), (1, 2), 2, 1, 0, 0)]
    assert found.changes[0].kind == "split"


def test_a_blocked_phone_parts_those_it_joined_and_a_retraction_joins_them_again(desk):
    block = Proposal(Verdict.BLOCK, type="phone", value=PHONE)
    found = effect(desk, block)
    assert (found.changes, found.values) == ([Change((1,), (1, 2), 2, 1, 0, 0)], 1)
    with writing(desk.engine) as connection:
        (id_,) = store_decisions(connection, [block], who="mei", at=AT).ids
        # As normalising leaves it.
        for sql in [
            "UPDATE identifier SET status = 'blocked', strength = 'none' WHERE type = 'phone'",
            "UPDATE membership SET profile_id = 2 WHERE record_id = 2",
            "INSERT INTO profile (id, component_id, records, sources, created_run_id,"
            " changed_run_id) VALUES (2, 2, 1, 1, 1, 1)",
        ]:
            connection.exec_driver_sql(sql)
    back = effect(desk, Proposal(Verdict.RETRACT, retracts_id=id_))
    assert (back.changes, back.values) == ([Change((1, 2), (1,), 2, 1, 0, 0)], 1)


def test_words_that_change_nothing_say_so(desk):
    assert effect(desk, on_pair(Verdict.UNSURE, 1, 5)).changes == []
    assert effect(desk, on_pair(Verdict.SAME, 1, 2)).changes == []
    assert effect(desk, on_pair(Verdict.DIFFERENT, 1, 5)).changes == []


def test_an_earlier_word_that_would_no_longer_hold_is_shown(desk):
    with writing(desk.engine) as connection:
        words = [on_pair(Verdict.DIFFERENT, 1, 5)]
        (id_,) = store_decisions(connection, words, who="mei", at=AT).ids
    found = effect(desk, on_pair(Verdict.SAME, 1, 5))
    assert found.overruled == [id_]
    assert found.changes == [Change((1, 5), (1,), 3, 1, 0, 0)]


def test_a_word_on_a_deleted_record_is_shown_to_wait(desk):
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("UPDATE record SET deleted_at = 5 WHERE id = 5")
    assert effect(desk, on_pair(Verdict.SAME, 1, 5)).dormant == 1


def test_looking_writes_nothing_and_wrong_words_are_refused(desk):
    effect(desk, on_pair(Verdict.SAME, 2, 4))
    for table in ("decision", "stale_record", "stale_value"):
        assert desk.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    with pytest.raises(ConfigError, match="there is no record 99"):
        effect(desk, on_pair(Verdict.SAME, 1, 99))


def test_profiles_that_exchange_records_are_one_change():
    before = {1: 1, 2: 1, 3: 3, 4: 3, 5: 5, 6: 6}
    after = {1: 1, 2: 2, 3: 2, 4: 4, 5: 5, 6: 5}
    assert [(change, moved) for change, moved in compare(before, after)] == [
        (Change((1, 3), (1, 2, 4), 4, 3, 0, 0), [2, 3, 4]),
        (Change((5, 6), (5,), 2, 1, 0, 0), [6]),
    ]
    assert compare(before, before) == []
