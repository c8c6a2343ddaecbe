"""What is said of rules that are sound but can hardly be meant, and where."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.documents import Problems
from heliu.errors import Place
from heliu.rules.conditions import AllOf, AnyOf
from heliu.rules.reference import Reference
from heliu.rules.sense.judge import Judge
from heliu.rules.sense.nodes import nodes_of
from heliu.rules.sense.parts import Writer
from heliu.rules.sense.supply import Supply, warn_of_supply
from heliu.rules.sense.warn import warn_of_rules
from heliu.rules.vocabulary import STANDARD_EVENTS, STANDARD_FIELDS, STANDARD_PROPERTIES, Vocabulary
from heliu.segments.library import load_segments
from heliu.tags.library import load_library
from tests.heliu.rules.grammar import CLOCK, rules
from tests.heliu.rules.people import PEOPLE


def load(folder, tags, segments=None):
    """Rules from files: each name to the lines under its title."""
    for kind, files in (("tag", tags), ("segment", segments or {})):
        (folder / "rules" / f"{kind}s").mkdir(parents=True)
        for name, text in files.items():
            path = folder / "rules" / f"{kind}s" / f"{name}.yaml"
            path.write_text(f"{kind}: {name}\ntitle: x\n{text}", "utf-8")
    problems, words = Problems(), Vocabulary()
    library = load_library([folder], words, problems)
    found = library, load_segments([folder], library, words, problems)
    assert {problem.says[:14] for problem in problems.found} <= {"needs at least"}
    return found


def told(warnings):
    """Each warning as file:line:column, without the folder."""
    lines = (f"{w.place.path.rsplit('/', 1)[-1]}:{w.place.line}:{w.place.column}" for w in warnings)
    return [f"{line}: {warning.says}" for line, warning in zip(lines, warnings, strict=True)]


def warned(folder, tags, segments=None):
    problems = Problems()
    warn_of_rules(*load(folder, tags, segments), problems)
    return told(problems.warnings)


@pytest.mark.parametrize(
    ("when", "warning"),
    [
        (
            "when:\n  all:\n  - { did: login, within: 7d }\n  - { field: city, is: a }\n"
            "  - { did: any, count: 0, within: 30d }\n",
            "7:5: this and line 5 can't both hold, so tag 'a.b' is true of nobody",
        ),
        (
            "when:\n  all:\n  - { field: city, is: a }\n"
            "  - { did: course_view, where: { item: [a, b] }, distinct: item, is: '>= 3' }\n",
            "6:5: this can never hold, so tag 'a.b' is true of nobody",
        ),
        (
            "when:\n  not:\n    any:\n    - { did: login }\n    - { did: login, count: 0 }\n",
            "7:7: this or line 6 always holds, so tag 'a.b' is true of nobody",
        ),
        (
            "when:\n  none:\n  - { did: login }\n  - { field: city, is: a }\n"
            "  - any: [always, { tag: c.d }]\n",
            "7:11: this always holds, so tag 'a.b' is true of nobody",
        ),
        (
            "when:\n  any:\n  - { field: city, exists: true }\n"
            "  - { field: city, exists: false }\n",
            "6:5: this or line 5 always holds, so tag 'a.b' is true of everybody",
        ),
        (
            "when:\n  any:\n  - { did: login }\n"
            "  - all: [{ field: city, is: a }, { field: city, is: b }]\n",
            "6:35: this and column 11 can't both hold",
        ),
        (
            "when:\n  all:\n  - { did: login }\n  - always\n",
            "6:5: this always holds",
        ),
        (
            "when:\n  all:\n  - { did: login, within: 30d }\n  - { did: any, within: 90d }\n",
            "6:5: this holds whenever line 5 does",
        ),
        (
            "when:\n  any:\n  - { did: login, within: 30d }\n  - { did: any, within: 90d }\n",
            "5:5: line 6 holds whenever this does",
        ),
        (
            "when:\n  none:\n  - { did: login, within: 30d }\n  - { last: login, within: 30d }\n",
            "6:5: this says the same as line 5",
        ),
        (
            "when:\n  all:\n  - { field: birthday, after: 1999-12-31 }\n"
            "  - { field: birthday, before: 2000-01-02 }\n"
            "  - { field: birthday, is: 2000-01-01 }\n",
            "5:5: this holds whenever line 7 does",
        ),
        (
            "expires: 30d\nwhen: { last: login, older_than: 60d }\n",
            "1:1: tag 'a.b' can never hold: whenever its condition does, it has expired",
        ),
    ],
)
def test_a_warning_points_at_what_is_to_blame(tmp_path, when, warning):
    found = warned(tmp_path, {"a.b": when, "c.d": "when: { field: city, is: c }\n"})
    assert f"a.b.yaml:{warning}" in found
    assert len(found) == (2 if "birthday" in when else 1)


def test_a_rule_that_makes_sense_is_left_alone(tmp_path):
    rules = {
        "a.all": "when: always\n",
        "a.b": "when: { all: [{ did: login, within: 30d }, { did: order_paid, count: 0 }] }\n",
        "a.c": "when:\n  any:\n  - { tag: a.b }\n  - { field: city, in: [a, b] }\n",
        "a.d": "manual: true\n",
        "a.e": "manual: true\nexpires: 30d\nwhen: { did: login, within: 60d }\n",
    }
    segments = {
        "one": "when: { tag: a.b }\n",
        "two": "when: { all: [{ segment: one }, { tag: a.c }] }\n",
    }
    assert warned(tmp_path, rules, segments) == []


def test_a_tag_that_is_never_reached_is_told(tmp_path):
    group = "group: stage\norder: "
    rules = {
        "s.paid": f"{group}1\nwhen: {{ did: order_paid, within: 30d }}\n",
        "s.never": f"{group}2\nwhen: {{ last: order_paid, within: 7d }}\n",
        "s.cold": f"{group}3\nwhen: always\n",
        "s.late": f"{group}4\nwhen: {{ did: login }}\n",
    }
    reached = "is never reached: of whom it is true, an earlier one of its group is"
    assert sorted(warned(tmp_path, rules)) == [
        f"s.late.yaml:1:1: tag 's.late' {reached}",
        f"s.never.yaml:1:1: tag 's.never' {reached}",
    ]


def test_tags_are_looked_into(tmp_path):
    rules = {
        "a.quiet": "when: { did: any, count: 0, within: 60d }\n",
        "a.never": "when:\n  all:\n  - { tag: a.quiet }\n  - { did: login, within: 7d }\n",
        "a.reads": "when:\n  all:\n  - { field: city, is: a }\n  - { tag: a.never }\n",
    }
    segments = {
        "later": "when: { all: [{ tag: a.quiet }, { did: login, within: 7d }] }\n",  # is later
        "nobody": "when: { tag: a.never }\n",
    }
    assert warned(tmp_path, rules, segments) == [
        "a.never.yaml:6:5: this and line 5 can't both hold, so tag 'a.never' is true of nobody",
        "a.reads.yaml:6:5: this can never hold, so tag 'a.reads' is true of nobody",
        "nobody.yaml:3:7: this can never hold, so segment 'nobody' is true of nobody",
    ]


def test_rules_that_mean_the_same_are_told(tmp_path):
    rules = {
        "a.b": "when: { all: [{ did: login, within: 7d }, { field: city, is: a }] }\n",
        "a.c": "when: { none: [{ not: { field: city, in: [a] } },"
        " { not: { last: login, within: 7d } }] }\n",
        "a.d": "when: { all: [{ did: login, within: 8d }, { field: city, is: a }] }\n",
    }
    segments = dict.fromkeys(("one", "two"), "when: { not: { tag: a.b } }\n")
    assert warned(tmp_path, rules, segments) == [
        "a.c.yaml:1:1: tag 'a.c' has the same rule as 'a.b'",
        "two.yaml:1:1: segment 'two' has the same rule as 'one'",
    ]


EVERYTHING = Supply(
    fields=frozenset(STANDARD_FIELDS),
    channels=frozenset({"wecom"}),
    events=dict.fromkeys(STANDARD_EVENTS, frozenset(STANDARD_PROPERTIES)),
    items=frozenset({"accounting"}),
)


LOGIN = {"login": frozenset()}


def lacking(folder, when, **changes):
    problems = Problems()
    supply = Supply(**{**vars(EVERYTHING), **changes})
    warn_of_supply(*load(folder, {"a.b": f"when: {when}\n"}), supply, problems)
    return told(problems.warnings)


@pytest.mark.parametrize(
    ("when", "changes", "warning"),
    [
        ("{ field: city, is: a }", {"fields": frozenset()}, "no source fills 'city'"),
        (
            "{ field: source_channel, is: wecmo }",
            {},
            "no source has the channel 'wecmo' (did you mean 'wecom'?)",
        ),
        ("{ did: [login, service] }", {"events": LOGIN}, "no source delivers 'service'"),
        ("{ last: login, after_last: service }", {"events": LOGIN}, "no source delivers 'service'"),
        (
            "{ did: login, distinct: item, is: 1 }",
            {"events": {"login": frozenset({"channel"})}},
            "no source tells 'item' of login",
        ),
        (
            "{ did: any, sum: net_fen, is: 1 }",
            {"events": {"login": frozenset({"channel"})}},
            "no source tells 'amount_fen' of anything",
        ),
        (
            "{ did: login, where: { item: acounting } }",
            {},
            "no product has the key 'acounting' (did you mean 'accounting'?)",
        ),
    ],
)
def test_a_word_that_stays_empty_is_told(tmp_path, when, changes, warning):
    assert [line.split(": ", 1)[1] for line in lacking(tmp_path, when, **changes)] == [warning]


def test_nothing_is_said_of_what_is_there(tmp_path):
    when = (
        "{ all: [{ field: city, is: a }, { did: any, count: 1 }, { did: message_opened },"
        " { did: login, where: { item: [accounting, something else] } },"
        " { field: source_channel, is: wecom }] }"
    )
    assert lacking(tmp_path, when) == []


def test_a_word_is_told_once_a_rule_where_it_stands(tmp_path):
    when = "{ any: [{ field: city, is: a }, { field: city, is: b }] }"
    assert lacking(tmp_path, when, fields=frozenset()) == ["a.b.yaml:3:24: no source fills 'city'"]


SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(parts=st.lists(rules("t.5"), min_size=2, max_size=4), people=PEOPLE)
@SLOW
def test_a_superfluous_part_changes_nobody(parts, people):
    for joined, all_must in ((AllOf, True), (AnyOf, False)):
        writer = Writer(Judge(), Problems(), "x")
        nodes = [nodes_of(part, Place("x", line)) for line, part in enumerate(parts, 1)]
        left = writer._superfluous(nodes, all_must)
        kept = joined(tuple(node.condition for node in left))
        for person in people if len(left) < len(nodes) else ():
            reference = Reference(person, CLOCK)
            assert reference.holds(kept) == reference.holds(joined(tuple(parts)))
