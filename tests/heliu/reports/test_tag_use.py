"""Who reads a tag: tags, segments, and campaigns over any number of steps or by their text."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from heliu.documents import Problems
from heliu.reports.figures.tag_use import Readers, rulebook
from heliu.rules.vocabulary import Vocabulary
from heliu.segments.library import load_segments
from heliu.tags.library import load_library

EXAMPLES = "examples:\n  - { given: { login: [2026-01-30] }, holds: true }\n"
RULES = {
    "a.base": "{ did: login }",
    "a.above": "{ tag: a.base }",
    "a.top": "{ tag: a.above }",
    "a.alone": "{ did: any }",
    "interest.hr": "{ did: course_view }",
    "interest.fire": "{ did: course_view }",
}
SEGMENTS = {"few": "{ tag: a.top }", "most": "{ not: { tag: a.base } }", "all": "always"}


@dataclass
class Contents:
    """Templates by content: the names each takes of its context, and its text."""

    variants: dict[str, tuple[set[str], str]] = field(default_factory=dict)

    def variant(self, content: str, channel: str) -> SimpleNamespace:
        names, text = self.variants.get(content, (set(), ""))
        return SimpleNamespace(names=frozenset(names), text=text)


def campaign(title: str, segment: str, content: str = "plain") -> SimpleNamespace:
    return SimpleNamespace(title=title, segment=segment, content=content, channels=("sms", "email"))


@pytest.fixture
def rules(tmp_path):
    problems = Problems()
    for kind, files in (("tag", RULES), ("segment", SEGMENTS)):
        folder = tmp_path / "rules" / f"{kind}s"
        folder.mkdir(parents=True)
        for name, when in files.items():
            group = "" if not name.startswith("interest") else f"group: i\norder: {len(name)}\n"
            text = f"{kind}: {name}\ntitle: 《{name}》\n{group}when: {when}\n"
            Path(folder / f"{name}.yaml").write_text(text + EXAMPLES * (kind == "tag"), "utf-8")
    library = load_library([tmp_path], Vocabulary(), problems)
    return library, load_segments([tmp_path], library, Vocabulary(), problems)


def read_by(rules, campaigns=(), contents=None) -> dict[str, Readers]:
    named = {f"c{n}": one for n, one in enumerate(campaigns)}
    return dict(rulebook(*rules, named, contents or Contents(), {}).readers)


def test_tags_and_segments_read_what_their_own_rule_names(rules):
    found = read_by(rules)
    assert found["a.base"] == Readers(tags=("《a.above》",), segments=("《most》",))
    assert found["a.above"] == Readers(tags=("《a.top》",))
    assert found["a.top"] == Readers(segments=("《few》",))
    assert found.keys() == RULES.keys()
    assert not found["a.alone"]


def test_a_campaign_rests_on_tags_over_any_number_of_steps(rules):
    found = read_by(rules, [campaign("甲", "few"), campaign("乙", "most"), campaign("丙", "all")])
    rests_on = {tag: readers.campaigns for tag, readers in found.items() if readers.campaigns}
    assert rests_on == {"a.top": ("甲",), "a.above": ("甲",), "a.base": ("甲", "乙")}


def test_a_text_that_suggests_a_course_rests_on_every_interest(rules):
    contents = Contents({"pick": ({"course", "profile"}, "")})
    found = read_by(rules, [campaign("甲", "all", "pick")], contents)
    assert {tag for tag, readers in found.items() if readers.campaigns} == {
        "interest.hr",
        "interest.fire",
    }


def test_a_text_that_looks_at_tags_rests_on_those_it_names(rules):
    contents = Contents({"look": ({"tags"}, "{% if 'a.alone' in tags %}x{% endif %}")})
    found = read_by(rules, [campaign("甲", "all", "look")], contents)
    assert {tag for tag, readers in found.items() if readers} >= {"a.alone"}
    assert found["a.alone"].campaigns == ("甲",)


def test_exclusive_groups_are_told_in_their_order(rules):
    book = rulebook(*rules, {}, Contents(), {"i": "意向"})
    assert book.exclusive == {"i": ("interest.hr", "interest.fire")}
    assert book.groups == {"i": "意向"}
