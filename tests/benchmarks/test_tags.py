"""What the tags' benchmark measures is sound, and contestants that differ get no times."""

import pytest

from benchmarks import tags, tags_ours, tags_peers
from benchmarks.tags_library import ZONE, fifty, hundred, two_hundred
from benchmarks.tags_members import membership_hash
from benchmarks.tags_world import SCALES, Facts, Scale
from benchmarks.tags_worlds import expect_same
from heliu.rules.proof import run_examples
from models.database import open_database, reading

TINY = Scale(200, 3_000, 600)


def test_the_measured_rules_are_sound():
    library = fifty()
    assert len(library.tags) == 50
    assert run_examples(library, ZONE) == []


def test_larger_libraries_ask_more_as_they_are_said_to():
    small, middle, large = fifty(), hundred(), two_hundred()
    assert [len(library.tags) for library in (small, middle, large)] == [50, 100, 200]
    assert len(middle.questions) >= 1.9 * len(small.questions)
    assert large.questions == middle.questions


def test_a_few_people_do_most():
    facts = Facts.of(SCALES["XS"])
    events = sorted(map(len, _by_profile(facts)), reverse=True)
    share = sum(events[:100]) / len(facts.at)  # of 10,000 profiles
    assert 0.10 < share < 0.35


def _by_profile(facts):
    people = {}
    for profile in facts.profile.tolist():
        people.setdefault(profile, []).append(profile)
    return people.values()


def test_heliu_and_one_statement_a_tag_come_to_the_same(tmp_path, monkeypatch):
    monkeypatch.setitem(SCALES, "tiny", TINY)
    url = f"sqlite:///{tmp_path}/tiny.db"
    assert tags_ours.prepare(url, "tiny") == {"profile": 200, "event": 3_600}
    tags_ours.first(url, 50, 2)
    spent = tags_ours.nights(url, 50, 2)
    assert all(night["profiles"] == 200 and night["longest_lock_s"] > 0 for night in spent)
    with reading(open_database(url)) as connection:
        rows = connection.exec_driver_sql("SELECT tag, profile_id FROM profile_tag").all()
    assert len({tag for tag, _ in rows}) > 40
    assert membership_hash(rows) == tags_ours.membership(url)
    assert tags_peers.one_a_tag(url, 50)["hash"] == tags_ours.membership(url)


def test_contestants_that_differ_get_no_times(monkeypatch, capsys):
    def differing(worlds):
        expect_same({"Heliu": "a", "other": "b"})
        yield

    monkeypatch.setattr(tags, "ROWS", {"full": differing})
    monkeypatch.setattr("sys.argv", ["tags", "--scale", "XS", "full"])
    with pytest.raises(SystemExit, match="1 bars missed"):
        tags.main()
    assert "memberships differ: Heliu a, other b" in capsys.readouterr().out
