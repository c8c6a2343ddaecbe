"""Whatever stands in a rule file: a rule, or problems with their places; never anything else."""

import copy
import random
from datetime import date, datetime
from zoneinfo import ZoneInfo

import jsonschema
import pytest
import yaml

from heliu.documents import Loader, Problems, parse_yaml
from heliu.rules.parse import Reader
from heliu.rules.proof import run_examples
from heliu.rules.schema import KEYS, schema_of
from heliu.rules.sense.warn import warn_of_rules
from heliu.rules.vocabulary import Vocabulary
from heliu.segments.library import load_segments
from heliu.tags.library import load_library
from tasks.settings import ROOT

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = Vocabulary()
VALIDATORS = {kind: jsonschema.Draft202012Validator(schema_of(kind)) for kind in KEYS}
FULL = """
tag: x.y
title: x
owner: o
expires: 30d
max_age: 36h
manual: true
local: true
when:
  any:
    - sequence: [login, { did: [course_view, service], where: { item: a } }, order_paid]
      within: 30d
      then_not: any
    - { consent: marketing, on: sms, is: refused }
    - { rank: { sum: amount_fen, of: order_paid, within: this_month }, bottom: 5% }
    - { last: message_opened, where: { campaign: x }, older_than: 30d }
    - { did: any, between: [90d, 30d], where: { quantity: [1, 2] }, distinct: item, is: "!= 3" }
    - { field: birthday, between: [2000-01-01, 2001-01-01] }
    - all:
        - { field: birthday, anniversary_within: 24h }
        - none: [{ field: city, in: [a] }, { tag: x.z }]
examples:
  - given: { login: [2026-01-01, { on: 2026-01-02, item: a }], city: a, birthday: 2000-01-01 }
    tags: [x.z]
    as_of: 2026-02-01
    hands: [{ holds: true, at: 2026-01-01 }]
    consents: [{ consent: marketing, on: sms, is: granted }]
    cuts: { sum: 3, last: 2026-01-01 }
    holds: true
  - { given: {}, holds: false }
"""
TEXTS = [(path.read_text("utf-8"), "tag") for path in sorted(ROOT.glob("rules/tags/*.yaml"))]
FILES = [(text, kind) for text, kind in TEXTS if "{ tag:" not in text][::4]
FILES += [(FULL, "tag")] * len(FILES)
OF_TAGS = ("expires:", "max_age:", "manual:", "local:", "    hands:")
LINES = [line for line in FULL.splitlines() if not line.startswith(OF_TAGS)]
FILES += [("\n".join(LINES).replace("tag: x.y", "segment: x.y", 1), "segment")]
VALUES = [
    None, True, False, 0, -1, 2**63, 10**30, 1.5, float("inf"), "", "x", "any", "always", "30d",
    "0d", "9999999999d", ">= 2", "between 7 and 3", "20%", "100%", [], {}, [[]], [{}], ["a", "a"],
    {"a": 1}, {"did": "login"}, date(2026, 1, 1), date(1, 1, 1), date(9999, 12, 31),
    datetime(2026, 1, 1, 3, 4), datetime(1, 1, 1), "\x85", "合", "a.b.c", "this_month",
    "order_payd", "interest.*", "SELECT profile_id FROM profile_tag", "９" * 5_000, "３d",
]  # fmt: skip
KEYWORDS = """
when all any none not field did last first sequence rank tag segment consent is in gt lt between
before after in_next in_last anniversary_within exists where count sum max distinct within
older_than after_last then_not top bottom of on given holds tags cuts as_of hands consents sql
expires manual local max_age order group title off x login city item amount_fen at until record
product.category << 合
"""
NAMES = KEYWORDS.split()


def paths(node, path=()):
    """Where every value stands."""
    yield path
    inner = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node if isinstance(node, list) else ())
    )
    for key, value in inner:
        yield from paths(value, (*path, key))


def mutated(document, chance):
    """One value taken out, replaced, renamed, put in, doubled, or put deep into others."""
    document = copy.deepcopy(document)
    *above, key = chance.choice([path for path in paths(document) if path])
    node = document
    for step in above:
        node = node[step]
    name, value = chance.choice(NAMES), copy.deepcopy(chance.choice(VALUES))
    match chance.randrange(6):
        case 0:
            del node[key]
        case 1:
            node[key] = value
        case 2 if isinstance(node, dict):
            node[name] = node.pop(key)
        case 3 if isinstance(node, dict):
            node[name] = value
        case 4:
            node[key] = [node[key]] * chance.choice([1, 2, 3])
        case _:
            for _ in range(chance.choice([1, 1, 30, 60])):
                node[key] = {name if chance.random() < 0.3 else "not": node[key]}
    return document


def as_editors_read(value):
    if isinstance(value, dict):
        return {key: as_editors_read(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_editors_read(one) for one in value]
    return (
        value.isoformat(" ")
        if isinstance(value, datetime)
        else (value.isoformat() if isinstance(value, date) else value)
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rules/tags").mkdir(parents=True)
    (tmp_path / "rules/tags/x.z.yaml").write_text("tag: x.z\ntitle: x\nwhen: always\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize("seed", range(3))
def test_a_file_is_sound_or_its_problems_have_places(folder, tmp_path_factory, seed):
    chance = random.Random(seed)
    for number in range(30):
        text, kind = chance.choice(FILES)
        document = yaml.load(text, Loader=Loader)
        name = document[kind]
        for _ in range(chance.choice([1, 1, 2])):
            document = mutated(document, chance)
        root = tmp_path_factory.mktemp(f"firm{number}")
        path = root / "rules" / f"{kind}s" / f"{name}.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
        problems = Problems()
        library = load_library([folder, root], WORDS, problems)
        segments = load_segments([folder, root], library, WORDS, problems)
        assert all(found.place.line and found.place.column for found in problems.found)
        assert len({found.place for found in problems.found}) >= len(set(problems.found)) - 1
        if not problems.found:
            run_examples(library, ZONE)
            warn_of_rules(library, segments, Problems())
            VALIDATORS[kind].validate(as_editors_read(document))
        reading = Problems()
        value = parse_yaml(path.read_text("utf-8"), "f.yaml", reading)
        if value and not reading.found and (when := value.get("when")):
            read = Reader(WORDS, reading, tuple(library.tags), segments=tuple(segments)).read(when)
            assert (read is None) == bool(reading.found)


@pytest.mark.parametrize(("text", "kind"), [FILES[0], FILES[-2], FILES[-1]])
def test_before_anything_is_changed_it_is_sound(folder, text, kind):
    path = folder / "rules" / f"{kind}s" / f"{yaml.load(text, Loader=Loader)[kind]}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    problems = Problems()
    load_segments([folder], load_library([folder], WORDS, problems), WORDS, problems)
    assert [str(problem) for problem in problems.found] == []


def test_a_file_with_a_mistake_makes_no_mistakes_of_others(tmp_path):
    for place, text in {
        "tags/a.yaml": "tag: a\ntitle: a\norder: 1\ngroup: [g]\nwhen: { did: lgoin }\n",
        "tags/b.yaml": "tag: b\ntitle: b\nwhen: always\n"
        "examples: [{ given: { login: 1 }, holds: true }]\n",
        "segments/c.yaml": "segment: c\ntitle: c\nwhen: { all: [{ tag: a }, { tag: b }] }\n",
    }.items():
        (tmp_path / "rules" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / place).write_text(text, "utf-8")
    problems = Problems()
    load_segments([tmp_path], load_library([tmp_path], WORDS, problems), WORDS, problems)
    assert sorted(problem.says for problem in problems.found) == [
        "'login' must be a list of events",
        "must be text",
        "unknown event 'lgoin' (did you mean 'login'?)",
    ]


def test_every_file_is_told_at_once(tmp_path):
    folder = tmp_path / "rules/tags"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_bytes(b"tag: a\ntitle: " + "合".encode("gbk"))
    (folder / "b.yaml").write_text("tag: b\ntitle: b\nwhen: { did: lgoin }\n", "utf-8")
    (folder / "c.yaml").write_text("tag: c\ntitle: c\nwhen: [\n", "utf-8")
    (folder / "d.yaml").write_text("tag: d\ntitle: d\ntitle: e\nwhen: always\n", "utf-8")
    (folder / "e.yaml").write_text("tag: e\ntitel: e\nwhen: always\n", "utf-8")
    problems = Problems()
    load_library([tmp_path], WORDS, problems)
    found = sorted(str(problem).split("\n", maxsplit=1)[0] for problem in set(problems.found))
    assert [line.rsplit("/", 1)[-1] for line in found] == [
        "a.yaml:2:8: can't be read: this is not UTF-8",
        "b.yaml:3:14: unknown event 'lgoin' (did you mean 'login'?)",
        "c.yaml:4:1: not YAML: expected the node content, but found '<stream end>'",
        "d.yaml:3:1: 'title' is said twice",
        "e.yaml:2:1: unknown key 'titel' of a tag (did you mean 'title'?)",
    ]
