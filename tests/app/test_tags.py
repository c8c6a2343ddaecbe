"""`heliu tags`: the list, the statement, the past."""

import csv
import json
from datetime import datetime

import pytest

from heliu.tags.retag import retag
from tasks.database import database
from tasks.firm import load_firm
from tasks.settings import settings
from tests.app.tag_firm import AS_OF, DAY, NOW, ask, run, twice


def retag_all(run_id, as_of=AS_OF):
    zone = settings().zone
    moment = datetime.fromisoformat(as_of).replace(tzinfo=zone)
    retag(database(), load_firm().tags, moment, run_id, zone)


def test_the_list_tells_sizes_movements_age_and_what_waits_for_a_run(tag_firm):
    listed = {one["name"]: one for one in json.loads(run("list", "--json"))}
    assert {name: one["state"] for name, one in listed.items()} == dict.fromkeys(
        ["buyer", "everybody", "vip"], "new"
    )
    assert listed["buyer"]["age_seconds"] is None
    retag_all(1)
    listed = {one["name"]: one for one in json.loads(run("list", "--json"))}
    assert listed["buyer"] | {"hash": "", "as_of": ""} == {
        **{
            "name": "buyer",
            "title": "BUYER",
            "group": None,
            "owner": None,
            "hash": "",
            "as_of": "",
        },
        **{"manual": False, "local": False, "profiles": 2, "entered": 2, "left": 0},
        **{"state": "applied", "age_seconds": 10 * 3_600},  # the clock stands at ten
    }
    assert listed["vip"]["manual"]
    twice(tag_firm)
    (tag_firm / "rules/tags/vip.yaml").unlink()
    said = run("list")
    states = {line.split()[0]: line.split()[-1] for line in said.splitlines()}
    assert (states["buyer"], states["everybody"], states["vip"]) == (
        "changed",
        "applied",
        "removed",
    )
    assert "10 h" in said
    assert "3 tags" in said


@pytest.mark.parametrize("pretty", [(), ("--pretty",)])
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "duckdb", "spark"])
def test_the_statement_is_printed_for_every_dialect(tag_firm, dialect, pretty):
    said = run("sql", "--dialect", dialect, "--as-of", "2025-09-01", *pretty)
    assert "profile_id" in said
    assert str(NOW - 30 * DAY) in said  # its first moment in Shanghai, and no placeholder
    assert ":" not in said.replace("::", "")
    assert (said.count("\n") > 20) >= bool(pretty)


def test_what_is_printed_gives_what_a_run_stores(tag_firm, sqlite_url):
    retag_all(1)
    sql = run("sql", "--as-of", AS_OF)
    rows = {row[0]: row[1] for row in ask(sqlite_url, sql.replace(":", r"\:"))}
    names = sorted(["buyer", "everybody", "vip"])
    stored = ask(sqlite_url, "SELECT profile_id, tag FROM profile_tag")
    assert {(p, names[bit]) for p, word in rows.items() for bit in range(3) if word >> bit & 1} == {
        *stored
    }


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_past_is_written_as_csv_and_backfilled(tag_firm, tmp_path):
    retag_all(run_id=100)
    file = tmp_path / "tags.csv"
    assert "7 rows" in run("as-of", AS_OF, "--to", file)
    assert rows_of(file)[:2] == [
        ["profile_id", "tag", "since"], ["1", "buyer", "2025-09-30T16:00:00+00:00"],
    ]  # fmt: skip
    assert "0 rows" in run("as-of", "2025-09-29", "--to", file)
    said = run("backfill", "buyer", "--days", "3")
    assert "3 days" in said
    assert "1 rows" in run("as-of", "2025-09-29", "--tag", "buyer", "--to", file)
    assert rows_of(file)[1][:2] == ["2", "buyer"]


@pytest.mark.parametrize(
    ("words", "says", "code"),
    [
        (["as-of", "2025-09-01", "--tag", "byer", "--to", "x.csv"], "unknown tag 'byer'", 2),
        (["as-of", "then", "--to", "x.csv"], "DATE 'then' is neither a date", 1),
        (["as-of", "2025-09-01", "--to", "none/x.csv"], "none/x.csv can't be written", 1),
        (["backfill", "byer", "--days", "3"], "unknown tag 'byer' (did you mean 'buyer'?)", 2),
        (["backfill", "buyer", "--days", "3"], "was never computed", 1),
        (["hands", "77"], "there is no such profile", 1),
    ],
)
def test_a_wrong_look_back_is_one_clear_error(tag_firm, tmp_path, monkeypatch, words, says, code):
    monkeypatch.chdir(tmp_path)
    assert says in run(*words, code=code)
