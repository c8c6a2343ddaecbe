"""`heliu tags diff`: between git revisions and the files as they are."""

import json

import pytest

from tests.app.tag_firm import commit, git, run, twice, write_tag


def test_the_working_tree_is_compared_with_the_last_commit(tag_firm):
    assert "0 rules mean something else" in run("diff")
    twice(tag_firm)
    said = run("diff")
    assert "HEAD → working tree, as of 2025-10-01 00:00, 4 profiles" in said
    assert "segment" in said
    assert "downstream: buyer" in said
    told = json.loads(run("diff", "--json"))
    moves = {move["name"]: move for move in told["moves"]}
    assert set(moves) == {"buyer", "loyal"}
    assert (moves["buyer"]["left"], moves["buyer"]["entered"]) == (1, 0)
    (sample,) = moves["buyer"]["samples"]
    assert sample["profile_id"] == "1"
    assert "asked now, doesn't hold" in sample["reasons"][0]
    assert "measured 1" in sample["reasons"][0]
    assert sample["confirmed"]


def test_two_revisions_are_compared_whatever_lies_in_the_folder(tag_firm):
    twice(tag_firm)
    commit(tag_firm, "twice")
    write_tag(tag_firm, "buyer", "always")
    told = json.loads(run("diff", "HEAD~1", "HEAD", "--json"))
    assert [(m["name"], m["entered"], m["left"]) for m in told["moves"]] == [
        ("buyer", 0, 1), ("loyal", 0, 1),
    ]  # fmt: skip
    assert git(tag_firm, "status", "--porcelain").split() == ["M", "rules/tags/buyer.yaml"]


def test_what_each_side_was_read_from_is_told(tag_firm, monkeypatch, tmp_path):
    said = run("diff", "HEAD")
    assert f"firm: HEAD is commit {git(tag_firm, 'rev-parse', 'HEAD')[:12]}" in said
    assert "defaults: the defaults are not under git" in said
    assert "no tag run yet" in said

    (tag_firm / ".git").rename(tmp_path / "hidden")
    said = run("diff", code=2)
    assert "neither the firm's folder nor the defaults are in a repository" in said
    git(tmp_path, "init", "--quiet", str(tmp_path / "defaults"))
    commit(tmp_path / "defaults")
    assert "firm: the firm's folder is not under git" in run("diff")
    write_tag(tmp_path / "defaults", "everybody", "{ did: login }", "login")
    assert json.loads(run("diff", "--json"))["moves"][0]["left"] == 3


def test_one_repository_may_hold_the_defaults_and_the_firm(tag_firm, tmp_path):
    (tag_firm / ".git").rename(tmp_path / ".git")
    (tag_firm / ".gitignore").rename(tmp_path / ".gitignore")
    git(tmp_path, "add", "--all")
    commit(tmp_path)
    twice(tag_firm)
    write_tag(tmp_path / "defaults", "everybody", "{ did: login }", "login")
    told = json.loads(run("diff", "--json"))
    assert [m["name"] for m in told["moves"]] == ["buyer", "everybody", "loyal"]


def test_mistakes_are_told_with_the_side_they_are_on(tag_firm):
    write_tag(tag_firm, "buyer", "{ did: order_payed }")
    commit(tag_firm, "mistake")
    write_tag(tag_firm, "buyer", "{ did: loginn }")
    said = run("diff", code=2)
    assert "HEAD:rules/tags/buyer.yaml:3:14: unknown event 'order_payed'" in said
    assert f"{tag_firm}/rules/tags/buyer.yaml:3:14: unknown event 'loginn'" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nosuch"], "nosuch: names no commit"),
        (["HEAD; rm -rf ."], "is no name of a revision"),
        (["HEAD", "main:rules"], "is no name of a revision"),
        (["--tag", "byer"], "neither side has a tag 'byer' (did you mean 'buyer'?)"),
        (["--as-of", "soon"], "--as-of 'soon' is neither"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_error(tag_firm, words, says):
    assert says in run("diff", *words, "--exit-code", code=2)


def test_the_exit_code_tells_whether_anybody_moves(tag_firm):
    run("diff", "--exit-code")
    twice(tag_firm)
    run("diff", "--exit-code", code=1)
    run("diff")


def test_markdown_is_for_a_pull_request(tag_firm, tmp_path):
    twice(tag_firm)
    run("diff", "--markdown", tmp_path / "preview.md", "--samples", 1)
    text = (tmp_path / "preview.md").read_text("utf-8")
    assert text == run("diff", "--markdown", "-", "--samples", 1)
    assert text.startswith("# 标签规则变更预览\n\nHEAD → working tree")
    assert "| 标签 | buyer | BUYER | 规则变更 | 2 | 1 | 0 | 1 |" in text
    assert "## 人群 loyal LOYAL" in text
