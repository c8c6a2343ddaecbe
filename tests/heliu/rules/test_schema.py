"""What editors are told of rule files is what the parser takes."""

import json
from datetime import date

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from heliu.documents import Problems, parse_yaml
from heliu.rules.parse import Reader
from heliu.rules.schema import KEYS, schema_of, schema_text
from heliu.rules.vocabulary import Vocabulary
from heliu.segments.library import KEYS as SEGMENT_KEYS
from heliu.segments.library import load_segments
from heliu.tags.library import KEYS as TAG_KEYS
from heliu.tags.library import load_library
from tasks.settings import ROOT
from tests.heliu.rules.grammar import conditions
from tests.pages import bodies

VALIDATORS = {kind: jsonschema.Draft202012Validator(schema_of(kind)) for kind in KEYS}
CONDITION = VALIDATORS["segment"].evolve(
    schema={**schema_of("segment")["$defs"]["condition"], "$defs": schema_of("segment")["$defs"]}
)
RULES = sorted([*ROOT.glob("rules/*/*.yaml"), *ROOT.glob("examples/firm/rules/*/*.yaml")])
RULES = [path for path in RULES if path.parent.name in ("tags", "segments")]


def plain(value):
    """As an editor's YAML reads it: dates are texts."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def instance(text):
    problems = Problems()
    value = parse_yaml(text, "f.yaml", problems)
    problems.raise_if_any()
    return plain(value.plain())


@pytest.mark.parametrize("kind", KEYS)
def test_the_schema_in_the_docs_is_the_one_the_code_writes(kind):
    jsonschema.Draft202012Validator.check_schema(schema_of(kind))
    kept = (ROOT / f"docs/schemas/{kind}.schema.json").read_text("utf-8")
    assert json.loads(kept) == schema_of(kind), "write it again: heliu tags schema"
    assert kept == schema_text(kind)


def test_it_has_the_keys_the_readers_have():
    assert {"tag": TAG_KEYS, "segment": SEGMENT_KEYS} == KEYS


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_that_comes_with_heliu_fits(path):
    VALIDATORS[path.parent.name[:-1]].validate(instance(path.read_text("utf-8")))


@pytest.mark.parametrize("kind", KEYS)
def test_every_example_in_the_docs_fits(kind):
    assert bodies(f"yaml {kind}")
    for body in bodies(f"yaml {kind}"):
        VALIDATORS[kind].validate(instance(body))


def test_every_condition_in_the_docs_fits():
    assert len(bodies("yaml condition")) > 3
    for body in bodies("yaml condition"):
        CONDITION.validate(instance(body))


@given(condition=conditions(("a.b", "c.d")))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_condition_the_parser_takes_fits(condition):
    CONDITION.validate(plain(condition))


@pytest.mark.parametrize(
    "when",
    [
        "{did: login, count: ' >= 2 '}",
        "{did: login, within: 010d}",
        "{did: login, count: '==2'}",
        "{rank: {count: login}, top: ' 0.5 %'}",
        "{field: birthday, anniversary_within: 24h}",
        "{field: city, in: ['1']}",
        "{did: [login], where: {amount_fen: [1, 2], item: a}}",
        "{sequence: [login, [login, service], any], then_not: [login, service]}",
        "{none: [always]}",
    ],
)
def test_forms_seldom_seen_fit(when):
    problems = Problems()
    value = parse_yaml(when, "f.yaml", problems)
    assert Reader(Vocabulary(), problems).read(value)
    assert problems.found == []
    CONDITION.validate(instance(when))


@pytest.mark.parametrize(
    "when",
    [
        "never",
        "[]",
        "{}",
        "{al: [always]}",
        "{all: []}",
        "{all: always}",
        "{not: [always]}",
        "{all: [always], any: [always]}",
        "{field: city}",
        "{field: city, is: a, in: [b]}",
        "{field: city, is: [a]}",
        "{field: city, in: []}",
        "{field: birthday, in_next: soon}",
        "{field: birthday, between: [30d]}",
        "{field: city, exists: maybe}",
        "{did: []}",
        "{did: login, cuont: 1}",
        "{did: login, count: many}",
        "{did: login, count: 1.5}",
        "{did: login, count: 1, is: 1}",
        "{did: login, sum: amount_fen}",
        "{did: login, sum: amount_fen, max: amount_fen, is: 1}",
        "{did: login, within: 30 days}",
        "{did: login, within: 0d}",
        "{did: login, within: 7d, between: [90d, 30d]}",
        "{did: login, where: {}}",
        "{did: login, where: {item: []}}",
        "{last: login}",
        "{last: login, within: 7d, older_than: 7d}",
        "{first: login, count: 2}",
        "{sequence: [login]}",
        "{sequence: login}",
        "{sequence: [login, {where: {item: a}}]}",
        "{rank: {count: login}}",
        "{rank: {count: login}, top: 20}",
        "{rank: {count: login, of: login}, top: 20%}",
        "{rank: {sum: amount_fen}, top: 20%}",
        "{rank: {count: login, last: login}, top: 20%}",
        "{consent: marketing}",
        "{consent: markting, on: sms}",
        "{consent: marketing, on: sms, is: yes}",
        "{tag: [a.b]}",
        "{tag: a.b, is: true}",
    ],
)
def test_what_is_wrong_is_refused_by_both(when):
    problems = Problems()
    value = parse_yaml(when, "f.yaml", problems)
    assert Reader(Vocabulary(), problems, ("a.b",)).read(value) is None
    assert problems.found
    assert not CONDITION.is_valid(instance(when))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("tag", "tag: a.b\nwhen: always\n"),
        ("tag", "tag: a.b\ntitle: x\n"),
        ("tag", "tag: a b\ntitle: x\nwhen: always\n"),
        ("tag", "tag: a.b\ntitle: ''\nwhen: always\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: always\nexpire: 30d\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: always\nexpires: soon\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: always\nmanual: false\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: always\norder: first\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: always\nexamples: {}\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: always\nexamples: [{ given: {} }]\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: always\nexamples: [{ given: [], holds: true }]\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: always\nsql: SELECT profile_id FROM profile_tag\n"),
        ("tag", "tag: a.b\ntitle: x\nwhen: { segment: a }\n"),
        ("tag", "tag: a.b\noff: false\n"),
        ("tag", "tag: a.b\noff: true\ntitle: x\n"),
        ("segment", "segment: a.b\ntitle: x\nwhen: always\nmanual: true\n"),
        ("segment", "segment: a.b\ntitle: x\n"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_both(tmp_path, kind, text):
    folder = tmp_path / "rules" / f"{kind}s"
    folder.mkdir(parents=True)
    (folder / "a.b.yaml").write_text(text, "utf-8")
    problems = Problems()
    library = load_library([tmp_path], Vocabulary(), problems)
    load_segments([tmp_path], library, Vocabulary(), problems)
    assert problems.found
    assert not VALIDATORS[kind].is_valid(instance(text))
