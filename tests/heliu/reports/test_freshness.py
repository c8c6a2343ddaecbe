"""What is too old, in the words of the artifact and the page."""

from datetime import timedelta

from heliu.reports.figures.lateness import LateThing, last_planned
from heliu.reports.freshness import headline, late_line, late_markdown
from heliu.reports.words import Words
from models.database import reading, writing
from tests.heliu.reports.conftest import NOW, ZONE

ZH, EN = Words("zh", ZONE), Words("en", ZONE)
CRM = LateThing("source", "crm", "crm-team", NOW - timedelta(hours=73), 129_600, ("hello", "bye"))
TAG = LateThing("tag", "value.high", None, None, None, ())


def test_a_late_thing_is_one_sentence_with_its_age_limit_owner_and_what_it_holds():
    assert late_line(CRM, NOW, ZH) == (
        "来源 crm：3 天 1 小时，上限 36 小时，负责人 crm-team，暂停 hello, bye"
    )
    assert late_line(CRM, NOW, EN) == (
        "source crm: 3 d 1 h, at most 36 h, owner crm-team, holds hello, bye"
    )
    assert late_line(TAG, NOW, EN) == "tag value.high: never, owner –"


def test_the_headline_counts_campaigns_or_if_none_is_held_what_is_late():
    assert headline([CRM, TAG], ZH) == "2 个活动暂停：所用数据过旧"
    assert headline([TAG], EN) == "1 of the sources and tags too old"


def test_the_artifact_lists_every_late_thing_and_what_to_do():
    text = late_markdown([CRM, TAG], NOW, ZH)
    assert text.startswith("# 2 个活动暂停")
    assert text.count("\n- ") == 2
    assert "下一次运行照常圈人" in text


def test_a_run_that_broke_while_planning_says_nothing_of_freshness(engine):
    said = (
        "INSERT INTO run_stage (run_id, stage, started_at, finished_at, milliseconds, counts) "
        "VALUES ({run}, '{stage}', 0, {finished}, 0, '{{}}')"
    )
    run = (
        "INSERT INTO run (id, flow, as_of_at, now_at, dry_run, status, started_at) "
        "VALUES ({id}, 'render', 0, 0, false, 'completed', 0)"
    )
    with writing(engine) as connection:
        for id_ in (1, 2, 3):
            connection.exec_driver_sql(run.format(id=id_))
        for id_, stage, finished in ((1, "render", 1), (2, "render", "NULL"), (3, "collect", 1)):
            connection.exec_driver_sql(said.format(run=id_, stage=stage, finished=finished))
    with reading(engine) as connection:
        assert last_planned(connection) == 1
