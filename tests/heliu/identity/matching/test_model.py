"""The frozen model's file."""

import json
import re
from dataclasses import replace

import pytest

from heliu.errors import ConfigError
from heliu.identity.matching.frozen import load_matcher, write_model
from heliu.identity.matching.model import FILE, load_model


def test_a_model_survives_its_file(model, tmp_path):
    path = write_model(tmp_path, model)
    assert load_model(path) == model
    assert load_model(path).hash == model.hash
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_the_hash_names_everything_that_changes_a_result(model):
    others = [
        replace(model, link_at=3.0),
        replace(model, prior=model.prior / 2),
        replace(model, rules=model.rules[1:]),
        replace(model, frequencies={}),
    ]
    assert len({model.hash, *(other.hash for other in others)}) == 5


def test_the_file_tells_nobodys_value(model, village):
    text = model.written()
    for unit in village[0]:
        for record in unit:
            assert all(key.value not in text for key, _, _ in record.identifiers)
    kept = re.findall(r'"kept": \{([^}]*)\}', text)
    assert kept
    assert all(re.fullmatch(r'\s*("[\w-]{4}": [\d.e-]+,?\s*)*', one) for one in kept)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 1}', '{"version": 99}', "not json"],
)
def test_what_is_no_model_is_told_with_a_remedy(text, tmp_path):
    path = tmp_path / FILE
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="train_matching"):
        load_model(path)


def test_a_field_that_is_no_name_never_becomes_sql(model, tmp_path):
    plain = json.loads(model.written())
    plain["comparisons"][0]["field"] = "x; DROP TABLE units"
    (tmp_path / FILE).write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(ConfigError):
        load_model(tmp_path / FILE)


def test_a_firm_without_a_model_has_no_matcher(tmp_path):
    assert load_matcher(tmp_path) is None


def test_a_model_without_the_extra_is_one_clear_error(model, tmp_path, monkeypatch):
    from heliu.identity.matching.engine import ExtraMissing

    write_model(tmp_path, model)
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(ExtraMissing, match=r"heliu\[probabilistic\]"):
        load_matcher(tmp_path)
