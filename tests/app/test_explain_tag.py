"""`heliu explain tag`: what an operator reads of one tag of one person."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from app.cli import app
from heliu.tags.retag import retag
from models.bulk import bulk_insert
from models.database import open_database, writing
from tasks.firm import load_firm
from tests.flows.small_firm import write_firm

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2025, 10, 1, tzinfo=ZONE)
NOW, DAY = int(AS_OF.timestamp()), 86_400
KEEN = """
tag: mine.keen
title: 热心学员
says: Looked twice lately and hasn't bought.
when:
  all:
    - { did: course_view, count: ">= 2", within: 90d, where: { item: cnc } }
    - none: [{ tag: mine.buyer }]
    - { field: name, is: 李涵轩 }
examples:
  - given: { course_view: [{ on: 2026-01-03, item: cnc }, { on: 2026-01-04, item: cnc }] }
    holds: false
  - given:
      name: 李涵轩
      course_view: [{ on: 2026-01-03, item: cnc }, { on: 2026-01-04, item: cnc }]
    holds: true
"""
BUYER = """
tag: mine.buyer
title: 买家
when: { did: order_paid }
examples:
  - given: { order_paid: [2026-01-03] }
    holds: true
  - given: {}
    holds: false
"""
run = CliRunner().invoke


@pytest.fixture
def firm(tmp_path, monkeypatch, sqlite_url):
    """Profile 17 (once also known as 18) is keen for eighty days more; 20 never was."""
    write_firm(tmp_path / "firm")
    rules = tmp_path / "firm" / "rules" / "tags"
    rules.mkdir(parents=True)
    for name, text in (("mine.keen", KEEN), ("mine.buyer", BUYER)):
        (rules / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, value in (("FIRM", tmp_path / "firm"), ("HOME", tmp_path / "home")):
        monkeypatch.setenv(f"HELIU_{name}", str(value))
    monkeypatch.setenv("HELIU_DATABASE_URL", sqlite_url)
    engine = open_database(sqlite_url)
    with writing(engine) as connection:
        columns = ["id", "records", "sources", "created_run_id", "changed_run_id", "name"]
        people = [(17, 1, 1, 1, 1, "李涵轩"), (20, 1, 1, 1, 1, "王芳")]
        bulk_insert(connection, "profile", columns, people)
        columns = ["old_id", "from_run_id", "profile_id", "reason"]
        bulk_insert(connection, "alias", columns, [(18, 1, 17, "merge")])
        columns = ["profile_id", "type", "at", "id", "record_id", "source", "item"]
        seen = [(17, "course_view", NOW - n * DAY, 900 + n, 17, "t", "cnc") for n in (5, 10, 95)]
        bulk_insert(connection, "event", columns, seen)
    yield engine
    engine.dispose()


@pytest.fixture
def tagged(firm):
    retag(firm, load_firm().tags, AS_OF, 1, ZONE)
    return firm


def said(*words):
    done = run(app, ["explain", "tag", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_tag_is_told_leaf_by_leaf_with_the_day_it_will_leave(tagged):
    lines = said("17", "mine.keen").splitlines()
    assert lines == [
        "Profile 17 carries mine.keen (热心学员) as of 2025-10-01 00:00:00",
        "  Looked twice lately and hasn't bought.",
        "  As of the last run (1, as of 2025-10-01 00:00:00) it holds since 2025-10-01 00:00:00",
        "  If nothing happens, it leaves on 2025-12-20 00:00:00",
        "",
        "Why",
        "  ✓ tag mine.keen",
        "    ✓ all of",
        "      ✓ count of course_view(item=cnc) within 90d ≥ 2: actually 2",
        "          2025-09-26 00:00:00 course_view #905 item=cnc",
        "          2025-09-21 00:00:00 course_view #910 item=cnc",
        "      ✓ none of",
        "        ✗ carries the tag mine.buyer",
        "          ✗ tag mine.buyer",
        "            ✗ count of order_paid ≥ 1: actually 0",
        "      ✓ field name = 李**: actually 李**",
        "",
        "History",
        f"  2025-10-01 00:00:00 entered ({CAUSE}, run 1)",
    ]


CAUSE = "rule changed"  # a new tag


def test_names_are_shown_only_when_asked_and_chinese_too(tagged):
    assert "李涵轩" not in said("17", "mine.keen", "--language", "zh")
    plain = said("18", "mine.keen", "--language", "zh", "--show")
    assert plain.splitlines()[:2] == [
        "18 became part of 17 in run 1.",
        "档案 17 带有标签 mine.keen（热心学员），截至 2025-10-01 00:00:00",
    ]
    assert "若无新事，2025-12-20 00:00:00 起失去" in plain
    assert "✓ 近 90 天 course_view(item=cnc) 次数 ≥ 2：实际 2" in plain
    assert "✓ 字段 name = 李涵轩：实际 李涵轩" in plain


def test_another_moment_can_be_asked_of(tagged):
    later = said("17", "mine.keen", "--as-of", "2026-01-01")
    assert later.startswith("Profile 17 doesn't carry mine.keen")
    assert "Note: this is another moment than the last run's" in later
    assert "If nothing happens, this stays so for 400 days" in later


def test_programs_get_the_same_in_both_languages(tagged):
    told = json.loads(said("17", "mine.keen", "--json"))
    assert (told["holds"], told["stored"]["agrees"]) == (True, True)
    assert told["next_change"] == {"at": "2025-12-20T00:00:00+08:00", "becomes": False}
    leaf = told["why"]["parts"][0]["parts"][0]
    assert leaf["says"]["zh"] == "近 90 天 course_view(item=cnc) 次数 ≥ 2"
    assert [event["id"] for event in leaf["events"]["newest"]] == ["905", "910"]
    assert "李涵轩" not in json.dumps(told, ensure_ascii=False)
    assert told["history"][0]["entered"] is True


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["17", "mine.ken"], "error: unknown tag 'mine.ken' (did you mean 'mine.keen'?)"),
        (["77", "mine.keen"], "error: no profile, record or former id 77"),
        (["17", "mine.keen", "--as-of", "May"], "error: --as-of 'May' is neither a date"),
    ],
)
def test_what_is_not_there_is_one_clear_error(tagged, words, error):
    done = run(app, ["explain", "tag", *words])
    assert done.exit_code == 1
    assert done.output.startswith(error)
    assert done.output.count("\n") == 1


def test_before_the_first_run_a_moment_must_be_given(firm):
    done = run(app, ["explain", "tag", "17", "mine.keen"])
    assert "error: no tag run has finished yet: run `heliu run retag`" in done.output
    told = said("17", "mine.keen", "--as-of", (AS_OF + timedelta(days=1)).isoformat())
    assert "Note: no tag run has finished yet" in told
