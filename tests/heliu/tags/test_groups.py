"""Titles of groups: the firm's over the defaults."""

from pathlib import Path

import pytest

from heliu.documents import Problems
from heliu.tags.groups import load_groups

ROOT = Path(__file__).parents[3]


def load(*roots):
    problems = Problems()
    return load_groups(roots, problems), [problem.says for problem in problems.found]


def write(root, text):
    (root / "rules").mkdir(parents=True)
    (root / "rules" / "groups.yaml").write_text(text, encoding="utf-8")
    return root


def test_a_firm_renames_a_group_and_adds_its_own(tmp_path):
    defaults = write(tmp_path / "a", "activity: 活跃度\nvalue: 价值\n")
    firm = write(tmp_path / "b", "value: 客户价值\nstudy: 学习\n")
    titles, problems = load(defaults, firm)
    assert list(titles.items()) == [
        ("activity", "活跃度"),
        ("value", "客户价值"),
        ("study", "学习"),
    ]
    assert problems == []


def test_a_folder_without_titles_is_no_mistake(tmp_path):
    assert load(tmp_path) == ({}, [])


@pytest.mark.parametrize("text", ["- a\n", "a: 3\n", "a: [b]\n", ": :\n- x", ""])
def test_what_is_no_title_is_said(tmp_path, text):
    titles, problems = load(write(tmp_path / "a", text))
    assert titles == {}
    assert problems
