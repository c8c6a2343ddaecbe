import csv
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.flows.small_firm import write_firm

run = CliRunner().invoke


@pytest.fixture
def firm(tmp_path, monkeypatch, sqlite_url):
    write_firm(tmp_path / "firm")
    monkeypatch.setenv("HELIU_FIRM", str(tmp_path / "firm"))
    monkeypatch.setenv("HELIU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HELIU_DATABASE_URL", sqlite_url)
    return tmp_path / "firm"


def test_a_good_folder_is_well(firm):
    done = run(app, ["check"])
    assert done.exit_code == 0, done.output
    assert "3 sources" in done.output


def test_check_tells_every_mistake_and_exits_with_2(firm):
    (firm / "sources.yaml").write_text(
        "sources:\n  a: { file: x.csv, key: id, trsut: 1 }\n", "utf-8"
    )
    (firm / "campaigns").mkdir()
    (firm / "campaigns/new.yaml").write_text("campaign: new\n", "utf-8")
    done = run(app, ["check"])
    assert done.exit_code == 2
    assert "sources.yaml:2:14: there is no file 'x.csv'" in done.output
    assert (
        "sources.yaml:2:30: unknown key 'trsut' of source 'a' (did you mean 'trust'?)"
        in done.output
    )
    assert "new.yaml:1:1" in done.output


def test_an_example_that_does_not_hold_is_a_mistake(firm):
    (firm / "rules/tags").mkdir(parents=True)
    (firm / "rules/tags/x.y.yaml").write_text(
        "tag: x.y\ntitle: 试\nwhen: { did: login, count: '>= 1' }\n"
        "examples:\n  - given: { login: [] }\n    holds: true\n  - given: {}\n    holds: false\n",
        "utf-8",
    )
    done = run(app, ["check"])
    assert done.exit_code == 2
    assert "x.y.yaml:5" in done.output


@pytest.mark.parametrize(
    ("what", "heading"),
    [
        ("memberships", ["source", "source_pk", "profile_id"]),
        ("tags", ["profile_id", "tag", "since"]),
        ("messages", ["campaign", "profile_id", "channel", "status", "reason"]),
    ],
)
def test_exports_have_the_columns_promised(firm, tmp_path, what, heading):
    done = run(app, ["export", what, "--to", str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == heading


def test_an_export_that_cannot_be_written_is_one_clear_error(firm, tmp_path):
    done = run(app, ["export", "tags", "--to", str(tmp_path / "none" / "out.csv")])
    assert done.exit_code == 1
    assert "can't be written" in done.output
    assert "Traceback" not in done.output


def test_a_prefect_server_that_is_not_there_is_one_clear_error(firm):
    command = [sys.executable, "-c", "from app.cli import main; main()", "run", "report"]
    there = {**os.environ, "PREFECT_API_URL": "http://127.0.0.1:1/api"}
    done = subprocess.run(command, env=there, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: the Prefect server that PREFECT_API_URL names")
    assert "Traceback" not in done.stderr


def test_a_wrong_date_is_one_clear_error(firm):
    done = run(app, ["run", "retag", "--as-of", "yesterday"])
    assert done.exit_code == 1
    assert "neither a date like 2025-10-01" in done.output
