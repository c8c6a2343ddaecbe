"""`heliu review`: nothing is stored unseen, nothing personal shown unasked."""

import csv

import pytest
from typer.testing import CliRunner

from app.cli import app
from heliu.identity.normalise import normalise_record
from heliu.identity.policy import Policy
from heliu.identity.records import RawRecord
from heliu.rules.vocabulary import STANDARD_FIELDS
from models.database import open_database
from tests.flows.small_firm import write_firm
from tests.heliu.identity.desk import Desk

PHONE, NAMES = "+8613912345678", ("张伟国", "李静", "王芳")


def a_record(record_id, **fields):
    raw = RawRecord(record_id, "crm", f"k{record_id}", 50, "crm", fields, [])
    return normalise_record(raw, Policy(), STANDARD_FIELDS)


@pytest.fixture
def desk(tmp_path, monkeypatch, sqlite_url):
    write_firm(tmp_path / "firm")
    monkeypatch.setenv("HELIU_FIRM", str(tmp_path / "firm"))
    monkeypatch.setenv("HELIU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HELIU_DATABASE_URL", sqlite_url)
    desk = Desk(open_database(sqlite_url))
    desk.people(
        [
            a_record(1, name=NAMES[0], phone=f"{PHONE}/13712340001"),
            a_record(2, name=NAMES[0], phone="13712340001"),
        ],
        [a_record(3, name=NAMES[1], phone=PHONE)],
        [a_record(4, name=NAMES[2])],
    )
    desk.ask(1, 3)
    desk.crowd(PHONE, 70, 9)
    yield desk
    desk.engine.dispose()


def run(*arguments, code=0, answer=None):
    done = CliRunner().invoke(app, ["review", *arguments], input=answer)
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.output


def decided(desk):
    return desk.rows("SELECT verdict, left_id, right_id, value FROM decision ORDER BY id")


def test_lists_are_masked_unless_asked_for(desk):
    for command in [("list",), ("list", "--groups"), ("show", "1-3")]:
        masked, plain = run(*command), run(*command, "--show")
        assert PHONE not in masked
        assert "+86139****5678" in masked
        assert PHONE in plain
    assert "1-3" in run("list")
    assert "1 of 1 pairs; 1 values" in run("list")
    assert not [name for name in NAMES if name in run("show", "1-3")]
    assert "≠ name" in run("show", "1-3", "--show")


def test_the_effect_is_shown_and_asked_for_before_anything_is_stored(desk):
    said = run("same", "3", "crm:k1", "--who", "mei", answer="n\n", code=1)
    assert "merge: profile 1, 3 → 1; 3 records, 1 move with 0 orders" in said
    assert decided(desk) == []
    assert "stored; the next unify applies it" in run("same", "3", "1", "--who", "mei", answer="y")
    assert decided(desk) == [("same", 1, 3, None)]
    assert "1 hold already" in run("same", "1", "3", "--who", "li")
    assert "0 of 0 pairs" in run("list")


def test_a_split_is_stored_as_a_batch_and_retracted_by_its_name(desk):
    said = run("split", "1", "--part", "2", "--who", "mei", "--yes")
    assert "split: profile 1 → 1, 2" in said
    batch = said.split("retract ")[1].strip()
    assert decided(desk) == [("different", 1, 2, None)]
    assert "merge: profile 1, 2 → 1" in run("retract", batch, "--who", "mei", "--yes")
    assert "retracted  different 1 2" in run("decisions")


def test_a_value_is_blocked_and_kept_as_a_source_writes_it(desk):
    run("block", "phone", "139 1234 5678", "--who", "mei", "--why", "agent", "--yes")
    assert decided(desk) == [("block", None, None, PHONE)]
    assert "0 of 0 values" in run("list", "--groups")
    said = run("keep", "phone", PHONE, "--who", "mei", "--yes")
    assert "overrules earlier decisions" in said
    listed = run("decisions")
    assert "overruled  block phone +86139****5678 by mei" in listed
    assert PHONE not in listed
    assert "agent" in listed


def test_an_export_filled_in_is_imported_whole_or_not_at_all(desk, tmp_path):
    file = tmp_path / "queue.csv"
    assert "2 rows" in run("export", "--to", str(file))
    with file.open(encoding="utf-8-sig", newline="") as opened:
        pair, value = csv.DictReader(opened)
    for verdict, other, code in [("different", "nonsense", 2), ("different", "block", 0)]:
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, pair.keys())
            writer.writeheader()
            writer.writerows([pair | {"verdict": verdict}, value | {"verdict": other}])
        said = run("import", str(file), "--who", "mei", "--yes", code=code)
        if code:
            assert f"{file}:3: unknown verdict" in said
            assert decided(desk) == []
    assert decided(desk) == [("different", 1, 3, None), ("block", None, None, PHONE)]
    assert "2 hold already" in run("import", str(file), "--who", "mei", "--yes")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("same", "1", "99", "--who", "mei"), "there is no record 99"),
        (("same", "1", "1", "--who", "mei"), "record 1 and itself"),
        (("same", "1", "crm:none", "--who", "mei"), "source 'crm' has no record of this key"),
        (("same", "1", "x", "--who", "mei"), "record: is no id"),
        (("same", "1", "3", "--who", " "), "nobody says it"),
        (("split", "9", "--part", "1", "--who", "mei"), "there is no profile 9"),
        (("split", "1", "--part", "1,2", "--who", "mei"), "the part has 2 of 2 records"),
        (("block", "phone", "12", "--who", "mei"), "0 values can be read here"),
        (("block", "phone", "13800000009", "--who", "mei"), "no record carries this phone"),
        (("retract", "7", "--who", "mei"), "there is no decision 7"),
        (("retract", "split-x", "--who", "mei"), "there is no batch 'split-x'"),
        (("show", "5-6"), "nothing called '5-6' waits"),
        (("import", "none.csv", "--who", "mei"), "none.csv: can't be read"),
    ],
)
def test_what_is_wrong_is_one_clear_error(desk, arguments, says):
    assert says in run(*arguments, code=2)
    assert decided(desk) == []


def test_an_export_that_cannot_be_written_is_one_clear_error(desk, tmp_path):
    (tmp_path / "file").write_text("")
    assert "can't be written" in run("export", "--to", str(tmp_path / "file" / "x.csv"), code=1)


def test_the_page_is_written_and_its_place_told(desk, tmp_path):
    assert (tmp_path / "home/dashboard/review.html").as_uri() in run("page")
    assert PHONE in (tmp_path / "home/dashboard/review.html").read_text("utf-8")
