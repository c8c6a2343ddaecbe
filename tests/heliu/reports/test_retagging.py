"""The report of one retag, as Prefect shows it."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from heliu.reports.retagging import MOST, retag_markdown, retag_report
from heliu.reports.words import Words
from models.database import reading, writing
from tests.heliu.reports.tag_world import NOBODY, ZONE, TagWorld

LINKS = {"标签": "file:///home/tags.html"}


@pytest.fixture
def report(sqlite_engine):
    def report(run_id: int = 5, language: str = "zh") -> str:
        with reading(sqlite_engine) as connection:
            found = retag_report(connection, run_id)
        return retag_markdown(found, Words(language, ZONE), LINKS)

    return report


@pytest.fixture
def world(sqlite_engine):
    return TagWorld(tags=20).write(sqlite_engine)


def cells(text: str, title: str) -> list[list[str]]:
    table = text.split(f"## {title}\n\n")[1].split("\n\n")[0]
    return [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]


def test_causes_and_the_tags_that_moved_most_are_counted(world, report):
    text = report()
    by_cause = Counter((cause, entered) for *_, entered, cause in world.moves)
    shown = {row[0]: (int(row[1]), int(row[2])) for row in cells(text, "原因")}
    assert shown["时间推移"] == (by_cause["time", True], by_cause["time", False])
    assert sum(map(sum, shown.values())) == len(world.moves)
    by_tag = Counter(tag for _, _, tag, *_ in world.moves)
    most = sorted(by_tag, key=lambda tag: (-by_tag[tag], tag))[:MOST]
    movers = cells(text, "变化最多的标签")
    assert [row[0] for row in movers] == [world.tags[tag] for tag in most]
    for tag, row in zip(most, movers, strict=True):
        entered = sum(1 for _, _, other, entered, _ in world.moves if other == tag and entered)
        assert row[1:4] == [str(len(world.held[tag])), str(entered), str(by_tag[tag] - entered)]


def test_it_says_what_was_looked_at_and_links_to_the_pages(world, report):
    text = report()
    at = world.runs[5]
    assert text.startswith("# 打标报告 #5\n")
    assert f"数据截至 {at:%Y-%m-%d %H:%M}，全量（全量运行）：判断 9 位客户、20 个标签" in text
    assert "- [标签](file:///home/tags.html)" in text
    assert (at - timedelta(days=1)).date().isoformat() in report(4)
    assert "增量" in report(4)


def test_a_tag_that_lost_everybody_is_named_with_its_owner(world, report, sqlite_engine):
    assert "清空的标签" not in report()
    with writing(sqlite_engine) as connection:
        statement = 'UPDATE tag_count SET "left" = 12 WHERE run_id = 5 AND tag = ?'
        connection.exec_driver_sql(statement, (NOBODY,))
    assert cells(report(), "清空的标签") == [[world.tags[NOBODY], "12", "crm-team"]]


@pytest.mark.parametrize(
    ("differing", "said"), [(0, "增量与全量一致"), (2, "其中 2 位增量与全量不一致")]
)
def test_what_the_check_found_is_said(world, report, sqlite_engine, differing, said):
    with writing(sqlite_engine) as connection:
        connection.exec_driver_sql(f"UPDATE tag_run SET checked = 50, differing = {differing}")
    assert said in report()


def test_a_run_that_moved_nobody_or_evaluated_nothing_says_so(world, report):
    assert "没有人进入或离开任何标签" in report(4)
    assert report(99) == "这次运行没有打标。\n"


def test_titles_are_text_never_markdown_and_nobody_is_named(world, report, sqlite_engine):
    with writing(sqlite_engine) as connection:
        connection.exec_driver_sql("UPDATE tag SET title = 'a|b [x](http://y) <img>'")
    text = report()
    assert r"a\|b \[x\](http://y) \<img>" in text
    assert re.findall(r"(?<!\\)\[[^\]]*\]\([^)]*\)", text) == ["[标签](file:///home/tags.html)"]
    assert "某甲" not in text
    assert "1390000" not in text


def test_it_speaks_english_when_asked(world, report):
    text = report(language="en").replace("标签", "")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []
