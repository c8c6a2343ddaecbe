"""Artifacts and the closing summary against plain SQL."""

import pytest

from heliu.reports.tables import Summary, run_markdown, run_summary, stage_table
from models.database import reading, writing


@pytest.fixture
def read(engine, fill):
    fill(engine)
    with reading(engine) as connection:
        yield connection


def counts(connection, sql: str) -> dict[str, int]:
    return dict(connection.exec_driver_sql(sql).tuples().all())


def test_a_summary_is_the_runs_own_counts(read):
    delivered = read.exec_driver_sql(
        "SELECT sum(rows), sum(new), sum(changed), sum(quarantined)"
        " FROM source_delivery WHERE run_id = 3"
    ).one()
    assert run_summary(read, 3) == Summary(
        *(int(number) for number in delivered),
        profiles=read.exec_driver_sql("SELECT count(*) FROM profile").scalar(),
        tags_held=read.exec_driver_sql("SELECT count(*) FROM profile_tag").scalar(),
        tags_entered=43,
        tags_left=16,
        messages=counts(read, "SELECT status, count(*) FROM message WHERE run_id = 3 GROUP BY 1"),
        not_sent=counts(
            read,
            "SELECT reason, count(*) FROM recipient WHERE reason IS NOT NULL"
            " AND occurrence = '2025-10-01' GROUP BY 1",
        ),
    )


def test_a_run_that_did_nothing_sums_up_to_nothing(read):
    found = run_summary(read, 77)
    assert (found.records_in, found.tags_entered, found.messages, found.not_sent) == (0, 0, {}, {})
    assert found.profiles > 0


@pytest.mark.parametrize(
    ("stage", "heading", "sql"),
    [
        ("collect", "新增", "SELECT sum(new) FROM source_delivery WHERE run_id = 3"),
        ("retag", "人数", "SELECT count(*) FROM profile_tag"),
        ("render", "目标人群", "SELECT sum(size) FROM audience WHERE run_id = 3"),
        (
            "render",
            "已生成",
            "SELECT count(content_hash) FROM recipient WHERE occurrence = '2025-10-01'",
        ),
        ("distribute", "进入发件箱", "SELECT count(*) FROM message WHERE run_id = 3"),
    ],
)
def test_a_stages_table_adds_up_to_what_is_stored(read, stage, heading, sql):
    rows = stage_table(read, 3, stage)
    assert sum(row[heading] for row in rows) == read.exec_driver_sql(sql).scalar()
    assert len({tuple(row) for row in rows}) == 1  # every row has the same headings


def test_unify_tells_totals_and_what_changed(read):
    rows = {row["项目"]: row["数量"] for row in stage_table(read, 3, "unify")}
    profiles = read.exec_driver_sql("SELECT count(*) FROM profile").scalar()
    assert rows["客户档案"] == f"{profiles} (+5)"
    assert rows["新建档案"] == "5"
    assert rows["内存峰值"] == "210 MiB"


def test_another_stage_shows_what_it_counted(read):
    assert stage_table(read, 3, "report") == [
        {"项目": "行", "数量": 1005},
        {"项目": "新增", "数量": 5},
    ]
    assert stage_table(read, 3, "no such stage") == []


def test_markdown_tells_stages_messages_and_what_waits(read):
    text = run_markdown(read, 3, {"看板": "http://x/dashboard"})
    unknown = read.exec_driver_sql("SELECT count(*) FROM message WHERE status = 'unknown'").scalar()
    assert text.startswith("# 每晚全流程 #3")
    assert "| 采集 |" in text
    assert f"- {unknown} 条消息结果不明" in text
    assert "- 18 行数据在隔离区" in text
    assert "- [看板](http://x/dashboard)" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") - line.count("\\|") for line in tables} <= {3, 4}


def test_markdown_of_a_quiet_run_says_that_nothing_happened(engine):
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO run (id, flow, as_of_at, now_at, dry_run, status, started_at)"
            " VALUES (1, 'nightly', 0, 0, true, 'completed', 0)"
        )
        text = run_markdown(connection, 1, {})
    assert "（试运行，不发送）" in text
    assert "本次没有产生新消息。" in text
    assert "没有需要你处理的事。" in text


def test_a_pipe_in_a_reason_breaks_no_table(engine, fill):
    fill(engine)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE run SET status = 'failed', error = 'a | b' WHERE id = 3")
        connection.exec_driver_sql("UPDATE run_stage SET counts = '{\"a|b\": 3}' WHERE run_id = 3")
        text = run_markdown(connection, 3, {})
    assert "a\\|b 3" in text
    assert "失败：a \\| b" in text


def test_there_is_no_report_of_a_run_that_never_was(read):
    with pytest.raises(LookupError, match="there is no run 77"):
        run_markdown(read, 77, {})
