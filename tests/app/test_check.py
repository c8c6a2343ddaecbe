"""`heliu check`: mistakes stop it, warnings only if asked to."""

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.flows.small_firm import write_firm

run = CliRunner().invoke


@pytest.fixture
def firm(tmp_path, monkeypatch, sqlite_url):
    write_firm(tmp_path / "firm")
    (tmp_path / "firm/rules/tags").mkdir(parents=True)
    monkeypatch.setenv("HELIU_FIRM", str(tmp_path / "firm"))
    monkeypatch.setenv("HELIU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HELIU_DATABASE_URL", sqlite_url)
    return tmp_path / "firm"


def write(firm, name, when, holds="[{ given: {}, holds: false }]"):
    text = f"tag: {name}\ntitle: x\nwhen: {when}\nexamples: {holds}\n"
    (firm / "rules/tags" / f"{name}.yaml").write_text(text, "utf-8")


BOTH = "[{ given: { login: [2026-01-30] }, holds: true }, { given: {}, holds: false }]"


def test_warnings_are_told_and_counted_and_stop_nothing(firm):
    write(firm, "a.trial", "{ any: [{ did: trial_lesson }, { did: login }] }", BOTH)
    write(firm, "b.twice", "{ any: [{ did: login, within: 7d }, { did: login }] }", BOTH)
    done = run(app, ["check"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert any("a.trial.yaml:3:22: warning: no source delivers 'trial_lesson'" in x for x in lines)
    assert any("b.twice.yaml:3:15: warning: column 43 holds whenever" in x for x in lines)
    warnings = sum(": warning: " in line for line in lines)
    assert lines[-1].startswith("No mistakes: 3 sources")
    assert lines[-1].endswith(f"; {warnings} warnings.")


def test_strict_fails_on_warnings_and_defaults_are_warned_of_once_a_word(firm):
    done = run(app, ["check", "--strict"])
    assert done.exit_code == 2
    told = [line for line in done.output.splitlines() if "no source delivers 'order_paid'" in line]
    assert len(told) == 1
    assert "rules ask for" in told[0]


def test_a_mistake_is_told_without_the_warnings(firm):
    write(firm, "a.trial", "{ did: trial_lesson }", "[{ given: {}, holds: true }]")
    done = run(app, ["check"])
    assert done.exit_code == 2
    assert "a.trial.yaml:1:1: needs at least one example" in done.output
    assert "warning" not in done.output


def test_the_bundled_firm_has_nothing_to_be_warned_of(monkeypatch):
    monkeypatch.delenv("HELIU_FIRM", raising=False)
    done = run(app, ["check", "--strict"])
    assert done.exit_code == 0, done.output
    assert "All well" in done.output
    assert "no warnings." in done.output
