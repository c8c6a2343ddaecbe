"""The whole circle: a question, a human's word, one profile; taken back, both ids as before."""

import csv
import json

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from flows.collect import collect
from flows.review import review
from flows.unify import unify
from heliu.errors import ConfigError
from heliu.identity.review.decisions import store_decisions
from heliu.identity.review.proposals import Proposal
from heliu.identity.review.queue import review_queue
from heliu.identity.review.standing import Verdict
from models.database import open_database, reading, writing
from tasks.options import CollectOptions, RunOptions
from tasks.review_options import ReviewOptions
from tasks.settings import settings
from tests.flows.small_firm import AS_OF, NOW
from tests.heliu.identity.desk import AT

CLOCK = {"as_of": AS_OF, "now": NOW}
SOURCES = """
sources:
  shop:
    file: shop.csv
    key: id
    fields: { name: name }
    identifiers: { phone: phone }
    orders: { number: order, ordered_at: at, paid_at: at, amount_yuan: yuan }
"""
# One phone, two names: a household, or one person who married?
ROWS = [
    ("1", "张伟国", "13912345678", "A1", "2025-09-01 10:00", "100"),
    ("2", "李静", "13912345678", "A2", "2025-09-02 10:00", "200"),
    ("3", "王建军", "13812345678", "A3", "2025-09-03 10:00", "300"),
]


def make_shop(folder):
    """A firm with a single question, collected and unified; its database."""
    for path in folder.glob("*.csv"):
        path.unlink()
    (folder / "sources.yaml").write_text(SOURCES, "utf-8")
    with (folder / "shop.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "phone", "order", "at", "yuan"])
        writer.writerows(ROWS)
    collect(options=CollectOptions(**CLOCK))
    unify(options=RunOptions(**CLOCK))
    return open_database(settings().database_url)


@pytest.fixture
def either_shop(firm):
    """On a database of each kind."""
    engine = make_shop(firm)
    yield engine
    engine.dispose()


@pytest.fixture
def shop(sqlite_firm):
    engine = make_shop(sqlite_firm)
    yield engine
    engine.dispose()


def ask(engine, sql):
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def state(engine):
    return {
        "profiles": ask(engine, "SELECT id, records, name FROM profile ORDER BY id"),
        "members": ask(
            engine,
            "SELECT record_id, profile_id FROM membership WHERE to_run_id IS NULL ORDER BY 1",
        ),
        "orders": ask(engine, "SELECT number, profile_id FROM orders ORDER BY 1"),
        "aliases": ask(engine, "SELECT old_id, profile_id FROM alias WHERE to_run_id IS NULL"),
    }


def queue(engine):
    with reading(engine) as connection:
        return [one.name for one in review_queue(connection).items]


def say(**told):
    return review(options=ReviewOptions(who="mei", **told))


def artifact(key):
    from prefect.artifacts import Artifact

    found = Artifact.get(key=key)
    return json.loads(found.data), found.description


def test_a_decision_merges_and_its_retraction_gives_both_ids_and_their_orders_back(either_shop):
    before = state(either_shop)
    assert [row[:2] for row in before["profiles"]] == [(1, 1), (2, 1), (3, 1)]
    assert queue(either_shop) == ["1-2"]

    assert say(action="decide", pairs=["1-2"], verdict="same", store=True)["stored"] == 1
    assert queue(either_shop) == []  # answered, though not unified yet
    assert state(either_shop) == before
    unify(options=RunOptions(**CLOCK))
    merged = state(either_shop)
    assert merged["members"] == [(1, 1), (2, 1), (3, 3)]
    assert merged["orders"] == [("A1", 1), ("A2", 1), ("A3", 3)]
    assert merged["aliases"] == [(2, 1)]
    unify(options=RunOptions(**CLOCK))
    assert state(either_shop) == merged  # it binds for ever

    ((id_,),) = ask(either_shop, "SELECT id FROM decision")
    say(action="retract", decisions=[id_], store=True)
    unify(options=RunOptions(**CLOCK))
    assert state(either_shop) == before
    assert queue(either_shop) == ["1-2"]


def test_told_apart_stays_apart_and_is_asked_no_more(shop):
    before = state(shop)
    say(action="decide", pairs=["1-2"], verdict="different", store=True)
    unify(options=RunOptions(**CLOCK))
    assert state(shop) == before
    assert queue(shop) == []
    assert ask(shop, "SELECT count(*) FROM review_item WHERE closed_run_id IS NULL") == [(0,)]


def test_the_later_word_wins(shop):
    say(action="decide", pairs=["1-2"], verdict="different", store=True)
    say(action="decide", pairs=["2-1"], verdict="same", store=True)
    unify(options=RunOptions(**CLOCK))
    assert state(shop)["members"] == [(1, 1), (2, 1), (3, 3)]


def test_a_blocked_value_asks_nothing_until_it_is_unblocked(shop):
    block = Proposal(Verdict.BLOCK, type="phone", value="+8613912345678")
    with writing(shop) as connection:
        (id_,) = store_decisions(connection, [block], who="mei", at=AT).ids
    unify(options=RunOptions(**CLOCK))
    assert queue(shop) == []
    assert ask(shop, "SELECT DISTINCT status FROM identifier WHERE value = '+8613912345678'") == [
        ("blocked",)
    ]
    say(action="retract", decisions=[id_], store=True)
    unify(options=RunOptions(**CLOCK))
    assert queue(shop) == ["1-2"]


def test_what_prefect_keeps_shows_the_effect_and_names_nobody(shop):
    said = say(action="decide", pairs=["1-2"], verdict="same")
    assert said == {"new": 1, "repeated": 0, "changes": 1}
    assert ask(shop, "SELECT count(*) FROM decision") == [(0,)]
    rows, told = artifact("heliu-review-effect")
    assert rows == [
        {
            **{"变化": "合并", "现在": "1, 2", "之后": "1", "记录": 2},
            **{"换档案的记录": 1, "订单": 1, "消息": 0},
        }
    ]
    assert "只是预览，没有保存" in told
    assert review() == {"pairs": 1, "values": 0}
    rows, told = artifact("heliu-review")
    assert [(row["记录对"], row["值"]) for row in rows] == [("1-2", "+86139****5678")]
    kept = json.dumps(rows, ensure_ascii=False) + told
    assert not [row for row in ROWS if row[1] in kept or row[2] in kept]


def test_wrong_ids_are_told_at_once_and_nothing_is_stored(shop):
    with pytest.raises(ConfigError) as found:
        say(action="decide", pairs=["1-99", "2-2"], verdict="same", store=True)
    assert "1-99: there is no record 99" in str(found.value)
    assert "2-2: record 2 and itself" in str(found.value)
    with pytest.raises(ConfigError, match="pairs: nothing is named"):
        say(action="decide", store=True)
    with pytest.raises(ConfigError, match="who: nobody says it"):
        review(options=ReviewOptions(action="decide", pairs=["1-2"], verdict="same"))
    assert ask(shop, "SELECT count(*) FROM decision") == [(0,)]


@pytest.mark.parametrize("name", ["13912345678", "张伟国-李静", "1-2; 3", "+1-2"])
def test_the_form_takes_record_ids_only(name):
    with pytest.raises(ValidationError):
        ReviewOptions(pairs=[name])
