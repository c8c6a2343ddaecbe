"""Explaining and erasing on a firm that went all the way from rows to messages."""

import json
import os

import pytest
import sqlalchemy as sa
from prefect.artifacts import Artifact

from flows.collect import collect
from flows.erase import erase
from flows.explain import explain
from flows.nightly import nightly
from flows.unify import unify
from heliu.errors import ConfigError
from heliu.identity.tables.whole import measure
from models.database import open_database, reading
from tasks.options import CollectOptions, EraseOptions, ExplainOptions, UnifyOptions
from tasks.people import erase_person, export_person
from tasks.people import explain as ask
from tests.flows.small_firm import AS_OF, NOW, home, phone, read_state

CLOCK = {"as_of": AS_OF, "now": NOW}
# Two member records, one of visits, an order, consents, a message.
PHONE, KEYS = phone(20), ("M020", "N020")
TEXTS = (PHONE, "m20@example.com", *KEYS)


def url() -> str:
    return os.environ["HELIU_DATABASE_URL"]


def query(sql, **values):
    engine = open_database(url())
    with reading(engine) as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(sql), values)]
    engine.dispose()
    return rows


def profile_of(source, key):
    [(id_,)] = query(
        "SELECT profile_id FROM membership m JOIN record r ON r.id = m.record_id"
        " WHERE to_run_id IS NULL AND source = :s AND source_pk = :k",
        s=source, k=key,
    )  # fmt: skip
    return id_


def counted():
    """The figures unify keeps of the whole."""
    return query("SELECT counts FROM unify_state")[0][0]


def measured():
    engine = open_database(url())
    with reading(engine) as connection:
        text = measure(connection).as_json()
    engine.dispose()
    return text


def traces():
    """Where any text of the person still stands, in any file of the state."""
    files = [path for path in home().rglob("*") if path.is_file() and "prefect" not in path.parts]
    if url().startswith("sqlite"):
        files += list(home().parent.glob("heliu.db*"))
    return [
        (path.name, text) for path in files for text in TEXTS if text.encode() in path.read_bytes()
    ]


def others(state, id_, records):
    """The state without one profile's rows, and without ids of deliveries."""
    mine = {str(id_), *map(str, records)}
    return {
        name: [
            row
            for row in rows
            if not mine & {str(cell) for cell in row[:3]} and (name, row[1]) != ("orders", 0)
        ]
        for name, rows in state.items()
        if name not in ("touched", "contents", "quarantine")
    }


def test_a_person_is_erased_and_a_new_delivery_of_everything_brings_nothing_back(firm):
    nightly(options=CollectOptions(**CLOCK))
    id_ = profile_of("members", KEYS[0])
    records = [
        row[0] for row in query("SELECT record_id FROM membership WHERE profile_id = :p", p=id_)
    ]
    before = read_state(url())
    assert len(records) == 3
    assert list((home() / "outbox").glob(f"*/*/{id_}.*"))

    assert explain(options=ExplainOptions(profile_id=str(id_), tag="reach.phone")) == str(id_)
    page = Artifact.get("heliu-explain-tag").data
    assert f"档案 {id_} 带有标签 reach.phone" in page
    assert [text for text in TEXTS if text in page] == []

    planned = erase(options=EraseOptions(profile_id=str(id_), who="ops", why="asked"))
    assert read_state(url()) == before  # only the plan

    done = erase(options=EraseOptions(profile_id=str(id_), who="ops", why="asked", confirm=True))
    assert done == planned
    assert done["record"] == 3
    assert traces() == []
    after = read_state(url())
    assert others(after, id_, records) == others(before, id_, records)
    assert counted() == measured()
    assert not list((home() / "outbox").glob(f"*/*/{id_}.*"))
    assert (home() / "outbox/index.html").is_file()

    for name in ("members", "visits", "allowed"):  # every file anew, and one row more
        path = firm / f"{name}.csv"
        lines = path.read_text("utf-8").splitlines()
        path.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", "utf-8")
    collect(options=CollectOptions(**CLOCK))
    unify(options=UnifyOptions(**CLOCK))
    again = read_state(url())
    assert traces() == []
    assert others(again, id_, records) == others(after, id_, records)
    assert counted() == measured()
    assert [row for row in again["members"] if row[1] == id_ or row[0] in records] == []
    assert query("SELECT sum(erased) FROM source_delivery") > [(2,)]
    assert len(again["quarantine"]) == len(before["quarantine"])

    receipt, fresh = erase_person(str(records[-1]), "ops", "asked again")
    assert (fresh, receipt.profile_id, receipt.counts) == (False, id_, done)


@pytest.fixture
def known(sqlite_firm, monkeypatch):
    """Profiles, without tags and messages."""
    monkeypatch.setenv("HELIU_DATABASE_URL", f"sqlite:///{home()}/heliu.db")
    collect(options=CollectOptions(**CLOCK))
    unify(options=UnifyOptions(**CLOCK))
    return profile_of("members", KEYS[0])


def test_the_explanation_is_masked_and_the_export_whole_for_its_owner_only(known, tmp_path):
    record = query("SELECT max(record_id) FROM membership WHERE profile_id = :p", p=known)[0][0]
    assert explain(options=ExplainOptions(profile_id=str(record))) == str(known)
    page = Artifact.get("heliu-explain").data
    assert f"## 档案 {known} 的由来" in page
    assert "手机号相同" in page
    assert [text for text in TEXTS if text in page and text not in KEYS] == []
    assert f"{PHONE[:3]}\\*\\*\\*\\*{PHONE[-4:]}" in page

    to = tmp_path / "person.json"
    found, rows = export_person("members:N020", to)
    told = json.loads(to.read_text("utf-8"))
    assert told["profile_id"] == str(found.profile_id) == str(known)
    assert to.stat().st_mode & 0o777 == 0o600
    assert {row["source_pk"] for row in told["record"]} == {*KEYS, PHONE}
    assert told["record"][0]["record_version"][0]["payload"]["电话"].endswith(PHONE)
    assert [row["number"] for row in told["orders"]] == ["R20"]
    assert told["profile"][0]["level"] == 0  # a declared field by its name
    assert rows > 20
    assert ask("members:M020")[0].profile_id == known


def test_a_lost_key_stops_collect_before_anybody_is_taken_in_again(known, sqlite_firm):
    erase_person(str(known), "ops", "asked")
    key = home() / "erasure.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    members = sqlite_firm / "members.csv"
    members.write_text(members.read_text("utf-8") + "Z1,新人,,,,,\n", "utf-8")
    with pytest.raises(ConfigError, match=r"erasure\.key.*is gone"):
        collect(options=CollectOptions(**CLOCK))
    assert traces() == []
