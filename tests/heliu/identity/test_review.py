"""The queue: what waits, the weightiest first, and both sides of every question."""

import json

import pytest

from heliu.identity.review.crowd import load_crowd
from heliu.identity.review.decisions import store_decisions
from heliu.identity.review.proposals import Proposal, on_pair
from heliu.identity.review.queue import review_queue
from heliu.identity.review.sides import Carried, Compared, Reason, RecordRef, Step, load_questions
from heliu.identity.review.standing import Verdict
from models.database import reading, writing
from tests.heliu.identity.desk import AT, Desk

PHONE = "+8613912345678"


@pytest.fixture
def desk(engine, a_record):
    desk = Desk(engine)
    desk.people(
        [
            a_record(1, name="张伟国", phone=PHONE, city="成都"),
            a_record(2, name="张伟国", openid="app:o1", source="h5"),
        ],
        [a_record(3, name="李静", phone=PHONE, city="成都")],
        [a_record(4, name="王芳", phone="13800000001")],
        [a_record(5, name="王芳", phone="13800000002")],
    )
    return desk


def queue(desk, **said):
    with reading(desk.engine) as connection:
        return review_queue(connection, **said)


def names(desk):
    return [one.name for one in queue(desk).items]


def store(desk, *proposals):
    with writing(desk.engine) as connection:
        return store_decisions(connection, proposals, who="mei", at=AT).ids


def test_only_open_questions_between_two_profiles_wait(desk):
    desk.ask(1, 3)
    desk.ask(1, 2)  # one profile by now
    desk.ask(4, 5, closed_run_id=2)
    found = queue(desk)
    assert [(one.name, one.left_profile, one.right_profile) for one in found.items] == [
        ("1-3", 1, 3)
    ]
    assert (found.pairs, found.values) == (1, 0)


def test_money_tags_and_records_come_first_and_what_is_clear_last(desk):
    desk.ask(1, 3)
    desk.ask(1, 4, weight=-0.5, reason="likely")
    desk.ask(3, 5, weight=-4.0, reason="likely")
    desk.ask(4, 5)
    assert names(desk) == ["1-3", "1-4", "4-5", "3-5"]
    desk.order("A1", 5, 5, 1_000_00)
    assert names(desk) == ["4-5", "3-5", "1-3", "1-4"]
    desk.order("A2", 4, 4, 9_000_000_00, paid=False)  # not paid: nothing at stake
    assert names(desk) == ["4-5", "3-5", "1-3", "1-4"]
    desk.put("tag", "name number title group rule_hash", [("a", 1, "A", "g", "r")])
    desk.put("profile_tag", "profile_id tag since_at run_id", [(1, "a", 5, 1)])
    assert [one.tags_differ for one in queue(desk).items] == [0, 0, 1, 1]


def test_a_limit_cuts_the_list_and_not_the_count(desk):
    desk.ask(1, 3)
    desk.ask(4, 5)
    found = queue(desk, limit=1)
    assert ([one.name for one in found.items], found.pairs) == (["1-3"], 2)


def test_what_a_human_answered_waits_no_more_whichever_records_he_named(desk):
    desk.ask(1, 3)
    (id_,) = store(desk, on_pair(Verdict.DIFFERENT, 2, 3))
    assert names(desk) == []
    store(desk, Proposal(Verdict.RETRACT, retracts_id=id_))
    assert names(desk) == ["1-3"]


def test_unsure_hides_a_question_until_its_evidence_is_another(desk):
    desk.ask(4, 5, weight=0.5, reason="likely")
    store(desk, on_pair(Verdict.UNSURE, 4, 5))
    assert names(desk) == []
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("UPDATE review_item SET weight = 1.5")
    assert names(desk) == ["4-5"]
    store(desk, on_pair(Verdict.UNSURE, 4, 5))
    assert names(desk) == []


def test_values_of_too_many_people_wait_until_blocked_or_kept(desk):
    desk.crowd(PHONE, 70, 9)
    desk.crowd("+8613800000001", 500, 6)
    assert [one.holders for one in queue(desk).groups] == [500, 70]
    store(desk, Proposal(Verdict.KEEP, type="phone", value="+8613800000001"))
    assert [one.holders for one in queue(desk).groups] == [70]
    store(desk, Proposal(Verdict.BLOCK, type="phone", value=PHONE))
    assert queue(desk).values == 0


def question(desk):
    with reading(desk.engine) as connection:
        (one,) = load_questions(connection, review_queue(connection).items)
    return one


def test_each_side_shows_all_that_is_held_of_it(desk):
    desk.ask(1, 3)
    desk.order("A1", 2, 1, 49_900)
    desk.put("tag", "name number title group rule_hash", [("a", 1, "沉睡", "g", "r")])
    desk.put("profile_tag", "profile_id tag since_at run_id", [(1, "a", 5, 1)])
    found = question(desk)
    assert found.left.records == [RecordRef(1, "crm", "k1"), RecordRef(2, "h5", "k2")]
    assert found.left.identifiers == [
        Carried("phone", "", PHONE, "ok", shared=True),
        Carried("openid", "app", "o1", "ok"),
    ]
    assert (found.left.tags, found.left.orders, found.left.paid_fen) == (["沉睡"], 1, 49_900)
    assert (found.right.profile_id, found.right.tags, found.right.orders) == (3, (), 0)
    assert found.fields == [
        Compared("name", "张伟国", "李静", "differs"),
        Compared("phone", PHONE, PHONE, "same"),
        Compared("city", "成都", "成都", "same"),
        Compared("province", "四川", "四川", "same"),
    ]


def test_the_evidence_between_both_sides_is_shown_field_by_field(desk):
    desk.ask(1, 3, weight=1.25, reason="likely")
    steps = [{"field": "name", "level": "else", "weight": -3.5}]
    columns = "left_id right_id kind type scope value strength status reason run_id weight detail"
    row = ("weak", "refused", "likely", 1, 1.25, json.dumps(steps))
    desk.put("edge", columns, [(2, 3, "probabilistic", "probability", "", "", *row)])
    desk.put("edge", columns, [(1, 2, "deterministic", "openid", "", "x", *row[:4], None, "")])
    assert question(desk).reasons == [
        Reason(
            "probabilistic", "probability", "", "", "likely", 1.25, (Step("name", "else", -3.5),)
        )
    ]


@pytest.mark.parametrize("detail", ["", "no JSON", '{"a": 1}', '[{"field": "name"}]', "[3]"])
def test_evidence_that_cannot_be_read_is_none(desk, detail):
    desk.ask(1, 3)
    columns = "left_id right_id kind type scope value strength status reason run_id weight detail"
    row = (1, 3, "probabilistic", "p", "", "", "weak", "refused", "likely", 1, 1.0, detail)
    desk.put("edge", columns, [row])
    assert question(desk).reasons[0].steps == ()


def test_the_people_behind_a_value_are_counted(desk):
    with reading(desk.engine) as connection:
        crowd = load_crowd(connection, "phone", "", PHONE)
    assert crowd.people == 2
    assert crowd.names == [("张伟国", 1), ("李静", 1)]
    assert crowd.sources == [("crm", 2)]
    assert crowd.cities == [("成都", 2)]
