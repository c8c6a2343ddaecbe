"""The library as files: defaults, the firm's own, and what doesn't go together."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heliu.documents import Problems
from heliu.errors import ConfigError, Place
from heliu.rules.conditions import (
    Aggregate,
    AllOf,
    Always,
    AnyOf,
    Not,
    Question,
    When,
)
from heliu.rules.examples import AS_OF
from heliu.rules.library import Library, TagRule
from heliu.rules.proof import run_examples, run_segment_examples
from heliu.rules.rewriting import with_expiry
from heliu.rules.vocabulary import Vocabulary, products_of
from heliu.rules.windows import DAY, Back
from heliu.segments.library import load_segments
from heliu.sources.products import load_products
from heliu.tags.library import load_library
from tests.heliu.rules.grammar import read
from tests.heliu.rules.people import undone

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


def only(name, **words):
    """A tag without `when`."""
    return f"tag: {name}\ntitle: {name}\n" + "".join(f"{k}: {v}\n" for k, v in words.items())


def load(*roots):
    problems = Problems()
    return load_library(roots, Vocabulary(), problems), [str(p) for p in problems.found]


@pytest.mark.parametrize("roots", [(ROOT,), (ROOT, FIRM)])
def test_the_rules_that_come_with_heliu_are_sound_and_their_examples_hold(roots):
    problems = Problems()
    words = Vocabulary(products=products_of(load_products(FIRM, ZONE, problems)))
    library = load_library(roots, words, problems)
    segments = load_segments(roots, library, words, problems)
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
        ({"a": tag("a", expires="60 days")}, "3:10: '60 days' is not a duration"),
        ({"a": tag("a", expires="60d", when="{ did: login, count: 0 }")}, "none does"),
        ({"a": tag("a", max_age="0h")}, "3:10: '0h' is an impossible window"),
        ({"a": tag("a", manual="yes")}, "`manual` is true, or not there"),
        ({"a": tag("a", local="false")}, "`local` is true, or not there"),
        ({"a": tag("a", sql="SELECT id AS profile_id FROM profile")}, "`when` and `sql` in one"),
        ({"a": only("a", sql="SELECT id FROM profile")}, "3:6: must select one column, profile_id"),
        ({"a": only("a")}, "1:1: a tag lacks 'when'"),
        (
            {"a": tag("a", examples="examples: [{given: {}, hands: [], holds: true}]")},
            "`hands` is for a tag with `manual`",
        ),
        (
            {"a": tag("a", examples="examples: [{given: {}, sql: true, holds: true}]")},
            "`sql` is for a tag with `sql`",
        ),
        (
            {"a": tag("a", examples="examples: [{given: {}, consents: [{on: sms}], holds: true}]")},
            "a word on consent lacks 'consent', 'is'",
        ),
        (
            {
                "a": tag(
                    "a",
                    examples="examples:"
                    " [{given: {message_sent: [{on: 2026-01-01, item: x}]}, holds: true}]",
                )
            },
            "unknown property 'item'",
        ),
        (
            {
                "a": tag(
                    "a",
                    manual="true",
                    examples="examples: [{given: {}, hands: [{at: x}], holds: true}]",
                )
            },
            "a word by hand lacks 'holds'",
        ),
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


LOGIN_OR_HAND = """
examples: # as of 2026-01-31
  - { given: { login: [2026-01-30] }, holds: true }
  - { given: { login: [2026-01-20] }, holds: false }
  - { given: {}, hands: [{ holds: true, at: 2026-01-25 }], holds: true }
  - { given: {}, hands: [{ holds: true, at: 2026-01-21 }], holds: false }
  - given: { login: [2026-01-30] }
    hands: [{ holds: false, at: 2025-01-01 }]
    holds: false
  - given: { login: [2026-01-30] }
    hands: [{ holds: false, at: 2025-01-01, until: 2026-01-31 }]
    holds: true
  - given: {}
    hands: [{ holds: false, at: 2026-01-30 }, { holds: true, at: 2026-01-30 }]
    holds: true
"""
BY_CONSENT = """
examples:
  - given: { message_sent: [{ on: 2026-01-30, channel: sms }] }
    consents: [{ consent: marketing, on: sms, is: granted, at: 2026-01-02 }]
    holds: true
  - given: { message_sent: [{ on: 2026-01-30, channel: sms }] }
    consents:
      - { consent: marketing, on: sms, is: granted, at: 2026-01-02 }
      - { consent: marketing, on: sms, is: refused, at: 2026-01-01, record: 2 }
    holds: false
  - given: { message_sent: [{ on: 2026-01-30, channel: email }] }
    consents: [{ consent: marketing, on: sms, is: granted }]
    holds: false
  - { given: {}, consents: [{ consent: marketing, on: sms, is: granted }], holds: false }
"""
BY_SELECT = """
examples:
  - { given: { login: [2026-01-30, 2026-01-31] }, holds: true }
  - { given: { login: [2026-01-30] }, holds: false }
  - { given: {}, sql: true, holds: true }
  - { given: { login: [2026-01-30, 2026-01-31] }, sql: false, holds: false }
"""
KINDS = [
    tag("a", "{ did: login }", LOGIN_OR_HAND, manual="true", expires="7d", local="true"),
    tag(
        "a",
        "{ all: [{ consent: marketing, on: sms },"
        " { did: message_sent, where: { channel: sms } }] }",
        BY_CONSENT,
    ),
    only(
        "a",
        sql="SELECT profile_id FROM event WHERE type = 'login' GROUP BY profile_id"
        " HAVING count(*) > 1",
    )
    + BY_SELECT,
    only("a", manual="true"),
    only("a", manual="true", expires="7d")
    + """
examples:
  - { given: {}, hands: [{ holds: true }], holds: true }
  - { given: {}, hands: [{ holds: true, at: 2026-01-01 }], holds: false }
""",
]


@pytest.mark.parametrize("text", KINDS)
def test_examples_can_say_all_that_rules_ask(tmp_path, engine, text):
    write(tmp_path, "a", text)
    library, problems = load(tmp_path)
    assert problems == []
    assert run_examples(library, ZONE) == []
    with undone(engine) as connection:
        assert run_examples(library, ZONE, connection) == []


def test_what_a_file_says_besides_is_kept(tmp_path):
    write(tmp_path, "a", tag("a", local="true", expires="60d", max_age="36h", manual="true"))
    rule = load(tmp_path)[0].tags["a"]
    assert (rule.local, rule.manual) == (True, True)
    assert (rule.expires_seconds, rule.max_age_seconds) == (60 * DAY, 36 * 3_600)
    assert rule.written == read({"did": "login"})


@pytest.mark.parametrize(
    ("when", "newest"),
    [
        ({"did": "login", "count": ">= 2", "within": "90d"}, [("login", None)]),
        ({"did": "login", "between": ["90d", "30d"]}, [("login", Back(90 * DAY, 30 * DAY))]),
        ({"not": {"did": "login", "count": 0}}, [("login", None)]),
        (
            {"any": [{"last": "login", "older_than": "3d"}, {"did": "service"}]},
            [("login", None), ("service", None)],
        ),
        ({"all": [{"did": "login"}, {"did": "service", "count": 0}]}, [("login", None)]),
        ({"sequence": ["login", "service"], "then_not": "order_paid"}, [("service", None)]),
        ({"last": "service", "after_last": "login"}, [("service", None)]),
        ({"rank": {"count": "login"}, "top": "20%"}, [("login", None)]),
        ({"not": {"did": "login", "sum": "score", "is": "<= 3"}}, [("login", None)]),
        ({"did": "login", "sum": "score", "is": "< 3"}, []),
        ({"none": [{"did": "login"}]}, []),
        ({"not": {"last": "login", "within": "3d"}}, []),
        ({"field": "city", "exists": True}, []),
    ],
)
def test_a_tag_expires_with_the_newest_event_that_speaks_for_it(when, newest):
    rule = read(when)
    found = with_expiry(rule, 7 * DAY)
    if not newest:
        assert found is None
        return
    assert isinstance(found, AllOf)
    assert found.parts[0] == rule
    assert found.parts[1] == AnyOf(
        tuple(
            When(Question(Aggregate.LAST, event, window=window), Back(7 * DAY))
            for event, window in newest
        )
    )


def segments_of(root, **rules):
    for name, when in rules.items():
        write(root, name, f"segment: {name}\ntitle: {name}\nwhen: {when}\n", kind="segments")
    problems = Problems()
    found = load_segments([root], load_library([], Vocabulary(), problems), Vocabulary(), problems)
    return found, "\n".join(map(str, problems.found))


def test_a_segment_made_of_segments_is_their_conditions(tmp_path):
    found, problems = segments_of(
        tmp_path,
        a="{ all: [{ segment: b }, { not: { segment: c } }] }",
        b="{ any: [{ segment: c }, { did: login }] }",
        c="{ field: city, is: x }",
    )
    assert problems == ""
    city, login = read({"field": "city", "is": "x"}), read({"did": "login"})
    assert found["a"].condition == AllOf((AnyOf((city, login)), Not(city)))
    assert (found["a"].reads, found["c"].reads) == ({"b", "c"}, set())
    again, _ = segments_of(tmp_path, c="{ field: city, is: y }")
    assert again["a"].rule_hash != found["a"].rule_hash


def test_segments_in_a_circle_are_named(tmp_path):
    found, problems = segments_of(
        tmp_path, a="{ segment: b }", b="{ not: { segment: a } }", c="{ segment: a }", d="always"
    )
    assert "a.yaml:1:1: segment dependency cycle among ['a', 'b']" in problems
    assert set(found) == {"d"}


def test_what_segments_rank_by_is_lent_to_the_library(tmp_path):
    found, problems = segments_of(tmp_path, a="{ rank: { count: login }, top: 5% }")
    assert problems == ""
    library = load_library([], Vocabulary(), Problems())
    lent = library.lend(found.values())
    assert [str(rank) for rank in lent.ranks] == ["top 5% by count login"]
    assert lent.questions == tuple(rank.question for rank in lent.ranks)
    assert (library.ranks, library.lend([]).hash == library.hash) == ((), True)
    assert lent.hash != library.hash


def test_hashes_are_what_they_were_when_the_language_had_less():
    rules = {
        "a": read({"all": [{"did": "login", "count": ">= 2", "within": "90d"}, "always"]}),
        "b": read({"sequence": ["login", "service"], "then_not": "order_paid"}),
    }
    library = Library({n: TagRule(n, n, rule, Place("t.yaml")) for n, rule in rules.items()})
    assert library.rule_hashes == {"a": "7e47a0d36f086851", "b": "3418e05784c41972"}
