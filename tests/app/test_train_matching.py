"""`heliu train-matching`, as its user meets it."""

import pytest
from typer.testing import CliRunner

from app.cli import app


@pytest.fixture
def heliu(tmp_path, monkeypatch):
    """The command on a firm that has collected nothing yet."""
    firm = tmp_path / "firm"
    firm.mkdir()
    (firm / "a.csv").write_text("id,name\n", encoding="utf-8")
    (firm / "sources.yaml").write_text(
        "version: 1\nsources:\n  a:\n    file: a.csv\n    key: id\n    fields: { name: name }\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("HELIU_FIRM", str(firm))
    monkeypatch.setenv("HELIU_HOME", str(tmp_path / "home"))
    return lambda *words: CliRunner().invoke(app, ["train-matching", *words])


def test_thresholds_in_the_wrong_order_are_one_clear_error(heliu):
    told = heliu("--link-at", "1", "--review-at", "3")
    assert told.exit_code == 1
    assert "review_at must not be above link_at" in told.output


def test_a_threshold_out_of_range_is_named(heliu):
    assert "--link-at" in heliu("--link-at", "-1").output


def test_nothing_to_learn_from_is_one_clear_error(heliu):
    told = heliu()
    assert told.exit_code == 1
    assert told.output.startswith("error: ")
