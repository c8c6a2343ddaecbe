"""Whatever stands in a file, reading it ends: in values with places, or in problems with places."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.documents import MOST_REPEATS, Problems, load_yaml, parse_yaml

RULE = """\
tag: value.lapsing # a comment
title: "高价值沉睡"
when:
  all:
    - { did: order_paid, sum: amount_fen, is: ">= 500000", within: 365d }
    - &quiet { did: order_paid, count: 0, within: 60d }
    - not: *quiet
    - { field: birthday, after: 2000-01-01 }
examples:
  - given: { order_paid: [{ on: 2025-10-01, amount_fen: 800000 }] }
    holds: true
"""


def read(text):
    problems = Problems()
    return parse_yaml(text, "f.yaml", problems), [str(problem) for problem in problems.found]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 2026-13-45", "f.yaml:1:4: '2026-13-45' looks like a date but is none"),
        (f"a: {'9' * 5000}", f"f.yaml:1:4: '{'9' * 40}…' looks like a number but is none"),
        ("a: !!timestamp x", "f.yaml:1:4: 'x' looks like a date but is none"),
        ("a: !!bool x", "f.yaml:1:4: 'x' looks like true or false but is none"),
        ("a: !!int ''", "f.yaml:1:4: '' looks like a number but is none"),
        ("a: !shape [b]", "f.yaml:1:4: unknown tag '!shape'"),
        ("a: &b [*b]", "f.yaml:1:4: an alias within what it stands for"),
        ("a: *b", "f.yaml:1:4: not YAML: found undefined alias 'b'"),
        ("b: 1\na: 1\nb: 2", "f.yaml:3:1: 'b' is said twice"),
        ("? [a]\n: b", "f.yaml:1:3: a key must be one word"),
        ('a: "\\ud800"', "f.yaml:1:4: holds a character that no text can have"),
        ('a: "b\\0"', "f.yaml:1:4: holds a character that no text can have"),
        ("a: 1\nb: \x07", "f.yaml:2:4: not YAML: the character #x0007 can't stand in it"),
        ("{a: [b", "f.yaml:1:7: not YAML: expected ',' or ']', but got '<stream end>'"),
        ("[" * 101 + "]" * 101, "f.yaml:1:101: more than 100 values within each other"),
        ("[" * 9_000, "f.yaml:1:1: more than 100 values within each other"),
        ("--- a\n--- b", "f.yaml:2:1: not YAML: but found another document"),
        ("", "f.yaml:1:1: the file is empty"),
    ],
)
def test_what_can_not_be_read_is_one_problem_at_its_place(text, problem):
    assert read(text)[1] == [problem]


def test_a_file_that_is_not_utf_8_is_told_where(tmp_path):
    problems = Problems()
    (tmp_path / "f.yaml").write_bytes("a: 合\nb: ".encode() + "流".encode("gbk"))
    assert load_yaml(tmp_path / "f.yaml", problems, "f.yaml") is None
    assert [str(problem.place) for problem in problems.found] == ["f.yaml:2:4"]


def test_a_few_lines_that_stand_for_billions_are_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 30)]
    assert read("\n".join(lines))[1] == ["f.yaml:1:10: not YAML: aliases repeat too much"]
    assert read(f"a: &a x\nb: [{', '.join(['*a'] * MOST_REPEATS)}]")[1] == []


def test_nothing_more_is_said_of_a_value_that_could_not_be_read():
    problems = Problems()
    value = parse_yaml("a: 2026-13-45", "f.yaml", problems)
    problems.add(value.data["a"].place, "must be a number")
    problems.add(value.place, "lacks 'b'")
    assert [problem.says for problem in problems.found][1:] == ["lacks 'b'"]


PIECES = st.sampled_from(
    [
        "", " ", "\n", "\n  ", ":", ": ", "- ", "?", "[", "]", "{", "}", ",", "'", '"', "#", "|",
        "&a ", "*a", "<<: *a", "<<: ", "!!int ", "!!map ", "!x ", "%YAML 1.2\n---\n", "---\n",
        "...\n", ">", "\t", "\r", "\0", "\x85", "\ufeff", "\ud7ff", "\U0001f600", "\\ud800", "~",
        "2026-02-30", "1e400", ".inf", "0x", "9" * 5_000, "[" * 150, "- " * 150, "when", "所有",
    ]
)  # fmt: skip


@st.composite
def broken(draw):
    """A rule's text with pieces cut out, doubled and put in."""
    text = RULE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        cut = text[start:end] if draw(st.booleans()) else ""
        text = text[:start] + cut + draw(PIECES) + text[end - len(cut) :]
    return text


PLACED = re.compile(r"f\.yaml:\d+:\d+: .+")


@given(text=broken())
@settings(max_examples=100, deadline=None)
def test_a_broken_file_is_told_of_by_line_and_column(text):
    value, problems = read(text)
    assert value is not None or problems
    assert all(PLACED.match(problem) for problem in problems), problems
    if value is not None:
        value.plain()


@given(raw=st.binary(max_size=200), at=st.integers(0, len(RULE.encode())))
@settings(max_examples=100, deadline=None)
def test_so_are_bytes_that_are_no_text(raw, at, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "f.yaml"
    path.write_bytes(RULE.encode()[:at] + raw + RULE.encode()[at:])
    problems = Problems()
    value = load_yaml(path, problems, "f.yaml")
    assert value is not None or problems.found
    assert all(PLACED.match(str(problem)) for problem in problems.found)
