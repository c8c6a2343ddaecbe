"""`heliu tags set`, `unset`, `hands`: words of humans, one by one and from a file."""

import pytest

from tests.app.tag_firm import NOW, ask, run


def test_a_word_by_hand_is_stored_with_a_note_for_the_next_run(tag_firm, sqlite_url):
    said = run("set", "4", "vip", "--who", "mei", "--why", "fair", "--until", "2026-01-01")
    assert "1 stored; the next `heliu run retag` makes it true" in said
    hand = "SELECT record_id, profile_id, tag, holds, who, why, at, until_at FROM hand_tag"
    until = 1_767_196_800
    assert ask(sqlite_url, hand) == [(2, 2, "vip", 1, "mei", "fair", NOW, until)]
    note = "SELECT profile_id, reason, claimed_by_run_id FROM touched"
    assert ask(sqlite_url, note) == [(2, "hand", None)]
    again = run("set", "crm:C-4", "vip", "--who", "li", "--until", "2026-01-01")
    assert "1 in force already" in again
    assert len(ask(sqlite_url, note)) == 1

    assert "1 taken back" in run("unset", "2", "vip", "--who", "li")
    assert "nothing to take back" in run("unset", "2", "vip", "--who", "li")
    assert [row[-1] for row in ask(sqlite_url, hand)] == [NOW, NOW]
    said = run("hands", "4")
    assert "taken back" in said
    assert "2 words on profile 2" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["9", "vip", "--who", "mei"], "there is no such profile"),
        (["1", "vp", "--who", "mei"], "unknown tag 'vp' (did you mean 'vip'?)"),
        (["1", "buyer", "--who", "mei"], "'buyer' is computed, hands can't set it"),
        (["1", "vip"], "nobody says it"),
        (["1", "vip", "--who", "mei", "--until", "2025-01-01"], "its time is over already"),
        (["1"], "needs a profile and a tag"),
    ],
)
def test_a_wrong_word_is_one_clear_error(tag_firm, sqlite_url, words, says):
    assert says in run("set", *words, code=2)
    assert ask(sqlite_url, "SELECT count(*) FROM hand_tag") == [(0,)]


def test_a_file_is_stored_whole_or_not_at_all(tag_firm, sqlite_url, tmp_path):
    file = tmp_path / "words.csv"
    good = ["profile,tag,holds,why,until", "1,vip,yes,fair,", "crm:C-3,vip,no,,2026-01-01T08:00"]
    bad = ["77,vip,yes,,", "2,vipp,maybe,,", ",vip,,,soon", "3,vip,yes,,"]
    file.write_text("\n".join(good + bad), "utf-8")
    said = run("set", "--file", file, "--who", "mei", code=2)
    for row, says in [
        (4, "there is no such profile"),
        (5, "unknown tag 'vipp'"),
        (5, "unknown word in `holds`"),
        (6, "lacks profile"),
        (6, "`until` is neither a date nor a time"),
        (7, f"{file}:3 says another thing of the same profile and tag"),
    ]:
        assert f"{file}:{row}: {says}" in said
    assert ask(sqlite_url, "SELECT count(*) FROM hand_tag, touched") == [(0,)]
    file.write_text("\n".join(good), "gb18030")
    assert "2 stored" in run("set", "--file", file, "--who", "mei")
    assert "2 in force already" in run("set", "--file", file, "--who", "mei")
    rows = ask(sqlite_url, "SELECT profile_id, holds, who, until_at FROM hand_tag ORDER BY 1")
    assert rows == [(1, 1, "mei", None), (3, 0, "mei", 1_767_225_600)]


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("profile,tga", "unknown column 'tga' (did you mean 'tag'?)"),
        ("tag", "there is no column 'profile'"),
    ],
)
def test_a_file_with_another_heading_is_told_at_once(tag_firm, tmp_path, heading, says):
    (tmp_path / "words.csv").write_text(heading, "utf-8")
    assert f"words.csv:1: {says}" in run("set", "--file", tmp_path / "words.csv", code=2)
    assert "can't be read" in run("set", "--file", tmp_path / "none.csv", code=2)
    said = run("set", "1", "vip", "--file", tmp_path / "words.csv", code=2)
    assert "goes with no profile or tag" in said
