"""The commands about one person: what they print, what they ask, what they leave."""

import json

import pytest
from typer.testing import CliRunner

from app.cli import app
from models.database import open_database
from tests.flows.small_firm import write_firm
from tests.heliu.identity.townspeople import Townsman, everything, settle

ONE, TWO = Townsman(1), Townsman(2)
ERASE = ["person", "erase", "10", "--who", "zhao", "--why", "case 7"]
run = CliRunner().invoke


@pytest.fixture
def town(tmp_path, monkeypatch, sqlite_url):
    write_firm(tmp_path / "firm")
    for name, value in (("FIRM", tmp_path / "firm"), ("HOME", tmp_path / "home")):
        monkeypatch.setenv(f"HELIU_{name}", str(value))
    monkeypatch.setenv("HELIU_DATABASE_URL", sqlite_url)
    engine = open_database(sqlite_url)
    settle(engine, ONE, TWO)
    yield engine
    engine.dispose()


def state(engine):
    """Everything but the slots that reading the firm gives."""
    return {name: rows for name, rows in everything(engine).items() if name != "slot"}


def values_in(text):
    return [value for value in (ONE.phone[3:], ONE.email, ONE.unionid, ONE.name) if value in text]


def test_a_profile_is_explained_masked_and_plain_only_when_asked(town):
    masked = run(app, ["explain", "profile", "11"])
    assert masked.exit_code == 0, masked.output
    assert masked.output.startswith("11 became part of 10 in run 1.\nProfile 10: 2 records")
    assert values_in(masked.output) == []
    plain = run(app, ["explain", "profile", "10", "--show"])
    assert values_in(plain.output) == [ONE.phone[3:], ONE.name]


def test_a_pair_is_explained(town):
    assert "Together: both mean profile 10." in run(app, ["explain", "pair", "10", "11"]).output
    assert "nothing relates them" in run(app, ["explain", "pair", "10", "20"]).output


@pytest.mark.parametrize(
    "words", ["explain profile 77", "explain pair 10 77", "person export 77 --to x"]
)
def test_an_id_nobody_ever_had_is_one_clear_error(town, words):
    done = run(app, words.split())
    assert done.exit_code == 1
    assert done.output == "error: no profile, record or former id 77\n"


def test_an_export_has_every_table_and_only_its_owner_reads_it(town, tmp_path):
    to = tmp_path / "person.json"
    done = run(app, ["person", "export", "10", "--to", str(to)])
    assert done.exit_code == 0, done.output
    told = json.loads(to.read_text("utf-8"))
    assert to.stat().st_mode & 0o777 == 0o600
    assert [value for value in ONE.values if value not in to.read_text("utf-8")] == []
    assert not any(value in to.read_text("utf-8") for value in TWO.values)
    assert told["message"][0]["content"][0]["body"] == f"{ONE.name}，您好"
    assert [len(row["record_version"]) for row in told["record"]] == [2, 1, 1]
    assert told["consent"][0]["at"] == "2025-10-01T02:00:00+00:00"
    assert len(told["quarantine"]) == 2
    before = to.read_bytes()
    assert run(app, ["person", "export", "10", "--to", str(tmp_path / "no/x.json")]).exit_code == 1
    assert to.read_bytes() == before


def test_erasing_shows_what_it_takes_and_asks(town):
    before = state(town)
    done = run(app, ERASE, input="n\n")
    assert done.exit_code == 1
    assert "Erasing profile 10 takes:" in done.output
    assert "record_version         4" in done.output
    assert "It can't be undone. Erase? [y/N]: n" in done.output
    assert state(town) == before
    assert values_in(done.output) == []


def test_erasing_once_and_again(town, tmp_path):
    outbox = tmp_path / "home/outbox/own/d"
    outbox.mkdir(parents=True)
    (outbox / "10.txt").write_text(f"{ONE.name}，您好", "utf-8")
    review = tmp_path / "home/review/index.html"
    review.parent.mkdir()
    review.write_text(f"<p>{ONE.name}</p>", "utf-8")
    done = run(app, [*ERASE, "--yes"])
    assert done.exit_code == 0, done.output
    assert "Erased; receipt 1:" in done.output
    assert "message files" in done.output
    assert values_in(done.output) == []
    again = run(app, ERASE)
    assert again.exit_code == 0, again.output
    assert "Already erased on 20" in again.output
    assert (
        again.output.splitlines()[1:]
        == done.output.splitlines()[-len(again.output.splitlines()) + 1 :]
    )
    assert "by zhao (receipt 1): nothing is held" in run(app, ["explain", "profile", "12"]).output
    assert (
        "was erased on" in run(app, ["person", "export", "10", "--to", str(tmp_path / "x")]).output
    )
    files = [path for path in tmp_path.rglob("*") if path.is_file() and "firm" not in path.parts]
    left = [(p.name, v) for p in files for v in ONE.values if v.encode() in p.read_bytes()]
    assert left == []
    assert (tmp_path / "home/outbox/index.html").is_file()


def test_a_key_that_is_too_short_is_refused_before_anything_is_erased(town, monkeypatch):
    monkeypatch.setenv("HELIU_ERASURE_KEY", "short")
    before = state(town)
    done = run(app, [*ERASE, "--yes"])
    assert done.exit_code == 2
    assert "HELIU_ERASURE_KEY: holds fewer than 16 bytes" in done.output
    assert state(town) == before
