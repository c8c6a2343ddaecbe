"""Every id leads somewhere, the evidence makes a tree, and nothing is shown that is masked."""

import json
import random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from heliu.identity.people.chain import Evidence, evidence_path, evidence_tree
from heliu.identity.people.erasure import erase
from heliu.identity.people.explain import explain_profile
from heliu.identity.people.lookup import UnknownId, find_profile
from heliu.identity.people.pair import explain_pair
from heliu.identity.people.person import find_person
from heliu.identity.people.shown import MASKED, PLAIN
from heliu.reports.people import explanation_lines, pair_lines
from heliu.reports.people_zh import explanation_markdown
from models import Edge
from models.database import reading, writing
from tests.heliu.identity.townspeople import NOW, Townsman, settle

ONE, TWO = Townsman(1), Townsman(2)
ZONE = ZoneInfo("Asia/Shanghai")


def an_edge(left, right, strength="medium", status="linked", kind="deterministic", **said):
    value = said.pop("value", "v")
    rest = {"weight": None, "reasons": (), "run_id": 1, "reason": "same phone", **said}
    return Evidence(left, right, kind, "phone", "", value, strength, status, **{
        "reason": rest["reason"], "weight": rest["weight"], "reasons": rest["reasons"],
        "run_id": rest["run_id"],
    })  # fmt: skip


def told(engine, text, shown=MASKED):
    with reading(engine) as connection:
        found = find_profile(connection, text)
        id_ = found.profile_id or found.gone_id
        return found, None if found.receipt else explain_profile(connection, id_, shown)


def page(engine, text, shown=MASKED):
    return "\n".join(explanation_lines(*told(engine, text, shown), ZONE))


def test_a_tree_joins_by_the_most_telling_evidence_there_is():
    edges = [
        an_edge(1, 3), an_edge(1, 2, "strong"), an_edge(2, 3, "strong"),
        an_edge(3, 4, "strong", "refused"), an_edge(4, 5, kind="human"), an_edge(4, 5),
    ]  # fmt: skip
    steps = evidence_tree([1, 2, 3, 4, 5], edges)
    assert [(step.depth, step.record_id) for step in steps] == [
        (0, 1),
        (1, 2),
        (2, 3),
        (0, 4),
        (1, 5),
    ]
    assert steps[4].via.kind == "human"
    assert [(e.left_id, e.right_id) for e in evidence_path(steps, 3, 1)] == [(2, 3), (1, 2)]
    assert evidence_path(steps, 1, 5) == []
    assert evidence_path(steps, 1, 99) == []


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from(["strong", "medium"]))
    ),
    st.randoms(),
)
def test_every_record_stands_once_below_one_it_is_joined_to_whatever_the_order(pairs, chance):
    edges = [an_edge(min(a, b), max(a, b), s) for a, b, s in pairs if a != b]
    steps = evidence_tree(range(1, 13), edges)
    assert sorted(step.record_id for step in steps) == list(range(1, 13))
    shuffled = chance.sample(edges, len(edges))
    assert [s[:2] for s in evidence_tree(range(1, 13), shuffled)] == [s[:2] for s in steps]
    component = _components(edges)
    roots = [step.record_id for step in steps if step.via is None]
    assert roots == sorted({min(component[n]) for n in range(1, 13)})
    for step in steps:
        if step.via:
            assert step.record_id in (step.via.left_id, step.via.right_id)
        path = evidence_path(steps, roots[0], step.record_id)
        assert bool(path) == (step.record_id in component[roots[0]] and step.record_id != roots[0])


def _components(edges):
    together = {n: {n} for n in range(1, 13)}
    for edge in edges:
        joined = together[edge.left_id] | together[edge.right_id]
        for n in joined:
            together[n] = joined
    return together


def test_a_profile_is_found_by_its_id_a_former_one_a_record_and_a_key(engine):
    settle(engine, ONE)
    for text in (
        ONE.id,
        ONE.former_id,
        ONE.records[2],
        f"crm:{ONE.keys[0]}",
        f"visits:{ONE.keys[1]}",
    ):
        found, _ = told(engine, str(text))
        assert found.profile_id == ONE.id
    assert told(engine, str(ONE.former_id))[0].notes == ("11 became part of 10 in run 1",)
    assert told(engine, str(ONE.records[2]))[0].notes == ("record 12 left profile 10 in run 2",)
    assert told(engine, f"crm:{ONE.keys[0]}")[0].notes == (
        "crm's record of this key is record 10", "record 10 belongs to profile 10",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["99", "crm:nobody", "张伟", "-1", "", "1e3", "9" * 40])
def test_what_never_was_is_one_clear_error_that_repeats_nothing(engine, text):
    settle(engine, ONE)
    with reading(engine) as connection, pytest.raises(UnknownId) as error:
        find_profile(connection, text)
    assert "nobody" not in str(error.value)
    assert "张伟" not in str(error.value)


def test_an_erased_id_leads_to_its_receipt(engine):
    settle(engine, ONE, TWO)
    with writing(engine) as connection:
        person = find_person(connection, ONE.id)
        receipt = erase(connection, person, b"k" * 16, who="ops", why="", now=NOW)
    for id_ in ONE.records:
        found, nothing = told(engine, str(id_))
        assert (found.receipt, nothing) == (receipt, None)
        assert "Erased on 2025-10-01 10:00 by ops (receipt 1)" in page(engine, str(id_))


def test_an_explanation_tells_everything_there_is(engine):
    settle(engine, ONE, TWO)
    with writing(engine) as connection:
        connection.execute(
            sa.insert(Edge.__table__),
            [
                {
                    "left_id": 11, "right_id": 21, "kind": "probabilistic", "type": "probability",
                    "scope": "", "value": "", "strength": "weak", "status": "refused",
                    "reason": "names differ", "weight": 1.25, "run_id": 1,
                    "detail": json.dumps([
                        {"field": "name", "level": "same sound", "weight": 6.5},
                        {"field": "birthday", "level": "else", "weight": -3.25},
                    ]),
                }
            ],
        )  # fmt: skip
        connection.execute(sa.text("UPDATE golden_value SET value = 'X' WHERE profile_id = 10"))
    shown = page(engine, "10", PLAIN)
    for line in (
        "Profile 10: 2 records, created in run 1, last changed in run 1",
        f"10  crm:{ONE.keys[0]}, first seen in run 1 on 2025-10-01, 2 versions",
        "gone since 2025-10-01",
        f"record 11 ← 10 – 11: same phone {ONE.phone} [deterministic, medium]",
        "11 – 21: names differ [probabilistic, weak, weight +1.2]: name same sound +6.5, "
        "birthday else -3.2; the other is of profile 20",
        "openid openid-gone-1: blocked, none, demoted",
        "2025-10-01 ops: same 10 – 11 (retracted): wrote1",
        "10 – 11: names differ (waiting)",
        f"name: X (record 10, newest), against {ONE.name} of 10; {ONE.name} of 11",
        "run 1 2025-10-01 profile 10 created",
        "1 event, 1 orders, 1 consent, 2 suppression, 1 profile_tag, 1 tag_change, "
            "3 recipient, 2 message",
    ):  # fmt: skip
        assert line in shown


def test_values_are_masked_unless_somebody_asks_at_a_terminal(engine):
    settle(engine, ONE, TWO)
    found, explanation = told(engine, "10")
    for shown in (page(engine, "10"), explanation_markdown(found, explanation, ZONE)):
        private = [ONE.phone, ONE.phone[3:], ONE.email, ONE.unionid, ONE.name, ONE.address]
        assert [value for value in private if value in shown] == []
    assert f"same phone +86139****{ONE.phone[-4:]}" in page(engine, "10")
    assert f"visits:139****{ONE.phone[-4:]}" in page(engine, "10")


def test_the_page_for_operators_is_chinese_and_its_cells_hold_no_markup(engine):
    settle(engine, ONE)
    with writing(engine) as connection:
        connection.execute(
            sa.text("UPDATE decision SET why = '<b>|x|</b> [a](http://b) 13912345678 a@b.com'")
        )
    found, explanation = told(engine, "10")
    shown = explanation_markdown(found, explanation, ZONE)
    for words in (
        "## 档案 10 的由来",
        "### 为何是同一人",
        "手机号相同",
        "### 人工判定",
        "已撤回",
        "### 历史",
    ):
        assert words in shown
    assert r"\<b\>\|x\|\</b\> \[a\](http://b) 139\*\*\*\*5678 a\*\*\*@b.com" in shown
    rows = [line for line in shown.splitlines() if line.startswith("| ")]
    assert all(line.replace("\\|", "").count("|") >= 3 for line in rows)


def test_a_pair_is_explained_by_its_path_its_refusals_or_that_nothing_relates_it(engine):
    settle(engine, ONE, TWO)

    def ask(left, right):
        with reading(engine) as connection:
            return explain_pair(
                connection, find_profile(connection, left), find_profile(connection, right), MASKED
            )

    together = ask("10", f"visits:{ONE.keys[1]}")
    assert together.together
    assert [edge.reason for edge in together.path] == ["same phone"]
    assert "Together: both mean profile 10." in "\n".join(pair_lines(together))
    assert ask("10", "20").says == (
        "Not together: 10 and 20; nothing relates them: they share no value."
    )
    with writing(engine) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO edge (left_id, right_id, kind, type, scope, value, strength, status,"
                " reason, detail, run_id) VALUES (10, 20, 'deterministic', 'phone', '', :v,"
                " 'medium', 'refused', 'names differ', '', 1)"
            ),
            {"v": ONE.phone},
        )
    apart = ask("11", "21")
    assert "evidence between them was refused: names differ" in apart.says
    assert len(apart.refused) == 1


def test_every_id_ever_published_leads_somewhere(firm, a_record):
    """Records come, bridge, go and return at random; no id of any run is ever lost."""
    chance = random.Random(7)
    records = [
        a_record(
            n,
            phone=f"1391234567{chance.randrange(6)}",
            openid=f"app:oX{chance.randrange(9)}yyyyyyyyyy",
            name="张伟国",
        )
        for n in range(1, 25)
    ]
    published: set[int] = set()
    for batch in range(6):
        firm.add(*records[batch * 4 : batch * 4 + 4])
        gone = chance.sample(range(1, batch * 4 + 5), 2)
        firm.delete(*gone)
        firm.unify()
        published |= set(firm.profiles().values())
        with reading(firm.engine) as connection:
            for id_ in published:
                found = find_profile(connection, str(id_))
                assert (found.profile_id in firm.profiles().values()) or found.gone_id is not None
    firm.delete(*range(1, 25))
    firm.unify()
    with reading(firm.engine) as connection:
        assert all(find_profile(connection, str(id_)).profile_id is None for id_ in published)
        for id_ in published:
            gone = find_profile(connection, str(id_)).gone_id
            assert explain_profile(connection, gone, MASKED).created_run_id is None
