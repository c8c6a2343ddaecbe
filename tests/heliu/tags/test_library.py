"""The library as files: defaults, the firm's own, and what doesn't go together."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heliu.documents import Problems
from heliu.errors import ConfigError
from heliu.rules.conditions import Always
from heliu.rules.examples import AS_OF
from heliu.rules.proof import run_examples, run_segment_examples
from heliu.rules.vocabulary import Vocabulary
from heliu.segments.library import load_segments
from heliu.tags.library import load_library

ROOT = Path(__file__).parents[3]
FIRM = ROOT / "examples" / "firm"
ZONE = ZoneInfo("Asia/Shanghai")
EXAMPLES = """
examples:
  - { given: { login: [2026-01-30] }, holds: true }
  - { given: {}, holds: false }
"""


def write(root, name, text, kind="tags"):
    path = root / "rules" / kind / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def tag(name, when="{ did: login }", examples=EXAMPLES, **words):
    extra = "".join(f"{key}: {value}\n" for key, value in words.items())
    return f"tag: {name}\ntitle: {name}\n{extra}when: {when}\n{examples}"


def load(*roots):
    problems = Problems()
    return load_library(roots, Vocabulary(), problems), [str(p) for p in problems.found]


@pytest.mark.parametrize("roots", [(ROOT,), (ROOT, FIRM)])
def test_the_rules_that_come_with_heliu_are_sound_and_their_examples_hold(roots):
    problems = Problems()
    library = load_library(roots, Vocabulary(), problems)
    segments = load_segments(roots, library, Vocabulary(), problems)
    problems.raise_if_any()
    assert len(library.tags) >= 30
    assert set(segments) >= {"inactive_customers", "unpaid_orders", "interested_in_course"}
    assert run_examples(library, ZONE) == []
    assert run_segment_examples(segments, ZONE) == []


@pytest.mark.parametrize("roots", [(ROOT, FIRM)])
def test_every_rule_says_who_owns_it_and_what_it_means(roots):
    library, _ = load(*roots)
    for rule in library.tags.values():
        assert rule.title != rule.name
        assert rule.says
        assert rule.owner
        assert rule.group
        if not isinstance(rule.condition, Always):
            assert {example.holds for example in rule.examples} == {True, False}


def test_a_folder_without_rules_is_no_mistake(tmp_path):
    library, problems = load(tmp_path, tmp_path / "nowhere")
    assert (dict(library.tags), problems) == ({}, [])


def test_the_firms_rule_replaces_the_default_as_a_whole(tmp_path):
    default, firm = tmp_path / "default", tmp_path / "firm"
    write(default, "a", tag("a", says="default"))
    write(firm, "a", tag("a", "{ did: any }"))
    library, problems = load(default, firm)
    assert problems == []
    assert library.tags["a"].says is None
    assert library.hash != load(default)[0].hash


def test_the_firm_may_switch_a_default_off(tmp_path):
    default, firm = tmp_path / "default", tmp_path / "firm"
    write(default, "a", tag("a"))
    write(firm, "a", "tag: a\noff: true\n")
    library, problems = load(default, firm)
    assert (dict(library.tags), problems) == ({}, [])


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a": "tag: a\noff: true"}, "there is no tag 'a' to switch off"),
        ({"a": "tag: a\noff: 3"}, "`off` is true, or not there"),
        ({"a": tag("b")}, "1:6: 'b' is the name, but the file is called 'a.yaml'"),
        ({"a b": tag("a b")}, "'a b' is no name of words joined by dots"),
        ({"a": "when: always"}, "1:1: a tag file begins with `tag: a`"),
        ({"a": "tag: a"}, "1:1: a tag lacks 'title', 'when'"),
        ({"a": tag("a", nickname="x")}, "3:1: unknown key 'nickname' of a tag"),
        ({"a": tag("a", expires="60d")}, "3:1: 'expires' is not supported yet"),
        ({"a": tag("a", manual="true")}, "'manual' is not supported yet"),
        ({"a": tag("a", order="1")}, "`order` needs a `group`"),
        ({"a": tag("a", order="first", group="g")}, "`order` is a whole number"),
        ({"a": tag("a", examples="")}, "needs at least one example that holds"),
        (
            {"a": tag("a", group="g", order="1"), "b": tag("b", group="g")},
            "group 'g' is exclusive; 'b' lacks an `order`",
        ),
        (
            {"a": tag("a", group="g", order="1"), "b": tag("b", group="g", order="1")},
            "order 1 of group 'g' is taken by 'a'",
        ),
        ({"a": tag("a", "{ tag: a }")}, "tag dependency cycle among ['a']"),
        (
            {"a": tag("a", "{ tag: b }"), "b": tag("b", "{ not: { tag: a } }")},
            "a.yaml:1:1: tag dependency cycle among ['a', 'b']",
        ),
        (
            {
                "a": tag("a", group="g", order="1"),
                "b": tag("b", "{ tag: a }", group="g", order="2"),
            },
            "tag dependency cycle",
        ),
        ({"a": tag("a", "{ tag: c }")}, "unknown tag 'c'"),
        ({"a": tag("a", examples="examples: [{given: {}}]")}, "an example lacks 'holds'"),
        (
            {"a": tag("a", examples="examples: [{given: {logn: []}, holds: true}]")},
            "unknown field or event 'logn' (did you mean 'login'?)",
        ),
        (
            {"a": tag("a", examples="examples: [{given: {login: 3}, holds: true}]")},
            "'login' must be a list of events",
        ),
        (
            {"a": tag("a", examples="examples: [{given: {birthday: soon}, holds: true}]")},
            "'birthday' holds date; this is something else",
        ),
        (
            {"a": tag("a", examples="examples: [{given: {login: [{item: x}]}, holds: true}]")},
            "an event needs `on`, a date",
        ),
        (
            {"a": tag("a", examples="examples: [{given: {}, tags: [b], holds: true}]")},
            "unknown tag 'b'",
        ),
        (
            {"a": tag("a", examples="examples: [{given: {}, cuts: {sums: 1}, holds: true}]")},
            "unknown aggregate 'sums' (did you mean 'sum'?)",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, files, says):
    for name, text in files.items():
        write(tmp_path, name, text)
    _, problems = load(tmp_path)
    assert says in "\n".join(problems)


def test_a_file_with_another_ending_is_not_overlooked(tmp_path):
    write(tmp_path, "a", tag("a"))
    (tmp_path / "rules/tags/a.yaml").rename(tmp_path / "rules/tags/a.yml")
    assert "must end in .yaml" in load(tmp_path)[1][0]


def test_problems_of_all_files_are_raised_together(tmp_path):
    write(tmp_path, "a", tag("a", "{ did: logon }"))
    write(tmp_path, "b", tag("b", "{ field: cty, is: x }"))
    problems = Problems()
    load_library([tmp_path], Vocabulary(), problems)
    with pytest.raises(ConfigError, match=r"(?s)'logon'.*'cty'"):
        problems.raise_if_any()


def test_an_example_that_comes_out_wrong_is_a_problem(tmp_path):
    wrong = """
examples:
  - { given: { login: [2026-01-30] }, holds: false }
  - { given: {}, holds: true }
"""
    write(tmp_path, "a", tag("a", examples=wrong))
    library, problems = load(tmp_path)
    assert problems == []
    found = [str(problem) for problem in run_examples(library, ZONE)]
    assert len(found) == 2
    assert "a.yaml:6:5: a must not hold for this example, but it holds" in found[0]


def test_an_example_without_a_day_looks_from_the_end_of_one():
    assert AS_OF.isoformat() == "2026-01-31"


def test_a_segment_reads_only_tags_there_are(tmp_path):
    library, _ = load(tmp_path)
    write(tmp_path, "s", "segment: s\ntitle: S\nwhen: { tag: a }", kind="segments")
    problems = Problems()
    assert load_segments([tmp_path], library, Vocabulary(), problems) == {}
    assert "unknown tag 'a'" in str(problems.found[0])
