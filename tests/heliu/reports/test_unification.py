"""The report of unify says what the tables say, warns once a kind, and names nobody."""

import json
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from heliu.errors import SafetyStop
from heliu.identity.tables.audit import AuditStop, Figures, stop_if_too_much
from heliu.identity.tables.stops import forget_stop, raise_if_stopped, save_stop
from heliu.identity.tables.whole import Evidence, Sized, Whole, measure
from heliu.reports.dashboard import build_dashboard
from heliu.reports.figures.unifying import Shared, UnifyReport, newest_unify, unify_report
from heliu.reports.unification import alerts, tables, totals, unify_markdown
from heliu.reports.words import Words
from models.database import open_database, reading, writing


class Limits:
    max_moved_percent = 5
    max_growth = 2


@pytest.fixture
def say(zone):
    return Words("zh", zone)


@pytest.fixture
def firm(engine, fill):
    return fill(engine)


def read(engine, run=3) -> UnifyReport:
    with reading(engine) as connection:
        return unify_report(connection, run)


def scalar(engine, query):
    with reading(engine) as connection:
        return connection.execute(sa.text(query)).scalar()


def a_stop() -> AuditStop:
    moved = {n: (n, 1) for n in range(2, 60)} | dict.fromkeys(range(100, 120), (90, 100))
    with pytest.raises(AuditStop) as stop:
        stop_if_too_much(Figures(200, 120, 9), Figures(200, 60, 60), moved, Limits())
    return stop.value


def stop_run(engine, run=3):
    with writing(engine) as connection:
        save_stop(connection, run, a_stop())
        connection.execute(
            sa.text("UPDATE run_stage SET counts = :c WHERE run_id = :r AND stage = 'unify'"),
            {"c": json.dumps({"stopped": 1}), "r": run},
        )


def test_every_figure_is_the_tables_own(engine, firm):
    report = read(engine)
    asked = [
        (report.profiles, "SELECT count(*) FROM profile"),
        (report.whole.figures.records, "SELECT sum(records) FROM profile"),
        (report.whole.figures.largest, "SELECT max(records) FROM profile"),
        (report.whole.linked_profiles, "SELECT count(*) FROM profile WHERE sources > 1"),
        (
            sum(report.edges("refused").values()),
            "SELECT count(*) FROM edge WHERE status = 'refused'",
        ),
        (report.new, "SELECT sum(new) FROM source_delivery WHERE run_id = 3"),
        (report.deleted, "SELECT sum(deleted) FROM source_delivery WHERE run_id = 3"),
        (report.demoted_new, "SELECT count(*) FROM demotion WHERE run_id = 3"),
        (report.opened, "SELECT count(*) FROM review_item WHERE opened_run_id = 3"),
        (report.closed, "SELECT count(*) FROM review_item WHERE closed_run_id = 3"),
        (report.waiting, "SELECT count(*) FROM review_item WHERE closed_run_id IS NULL"),
        (
            report.milliseconds,
            "SELECT milliseconds FROM run_stage WHERE run_id = 3 AND stage = 'unify'",
        ),
        (report.agreement.pairs, "SELECT count(*) FROM decision"),
    ]
    assert all(found == scalar(engine, query) for found, query in asked)
    assert report.new + report.changed + report.same == report.whole.figures.records
    assert report.before == report.profiles - 5
    assert [one.run_id for one in report.history] == [1, 2, 3]
    assert [one.id for one in report.whole.largest] == [
        row[0]
        for row in sorted(
            ((id_, -records) for id_, records in _profiles(engine)), key=lambda row: row[::-1]
        )[:10]
    ]


def _profiles(engine):
    with reading(engine) as connection:
        return list(connection.execute(sa.text("SELECT id, records FROM profile")))


def test_kept_figures_are_read_and_nothing_is_counted_again(sqlite_engine, fill):
    fill(sqlite_engine)
    kept = Whole(Counter({1: 7, 3: 2}), 2, 6, [Sized(9, 3, 2)], Counter())
    with writing(sqlite_engine) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO unify_state (id, rules_hash, run_id, counts)"
                " VALUES (1, 'abcdef0123', 3, :c)"
            ),
            {"c": kept.as_json()},
        )
    asked = []
    sa.event.listen(sqlite_engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    report = read(sqlite_engine)
    assert report.whole == kept
    assert report.policy == "abcdef01"
    for table in ("profile", "edge", "record", "identifier"):
        assert not [query for query in asked if f"FROM {table} " in f"{query} "]


def test_records_since_a_stopped_run_count_for_the_next(engine, firm):
    stop_run(engine, 2)
    report = read(engine)
    both = "SELECT sum(new) FROM source_delivery WHERE run_id IN (2, 3)"
    assert report.new == scalar(engine, both)
    assert report.stopped is None
    assert read(engine, 2).stopped.run_id == 2


def test_a_stopped_run_tells_what_it_wanted(engine, firm, say):
    stop_run(engine)
    report = read(engine)
    assert report.stopped.wanted == a_stop().wanted
    text = unify_markdown(report, say)
    assert "78 / 200 条记录会换档案，最大档案从 9 条变为 60 条" in text
    assert "| 1 | 58 | 58 | 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 … |" in text  # merged into 1
    assert "| 90 | 20 | 1 | 100 |" in text  # split from 90
    (alert,) = [alert for alert in alerts(report) if alert.kind == "stopped"]
    assert alert.counts == {"moved": 78, "records": 200}
    assert "--accept-changes" in alert.says


def test_a_stop_is_kept_until_the_same_run_publishes(engine):
    with writing(engine) as connection:
        save_stop(connection, 7, a_stop())
        save_stop(connection, 7, a_stop())  # a second try
        raise_if_stopped(connection, 8)
        with pytest.raises(SafetyStop, match="78 of 200 records") as error:
            raise_if_stopped(connection, 7)
        assert str(error.value) == str(a_stop())
        forget_stop(connection, 7)
        raise_if_stopped(connection, 7)


def test_each_kind_of_alarm_is_raised_once_with_counts_only(engine, firm):
    found = {alert.kind: alert.counts for alert in alerts(read(engine))}
    assert found == {
        "poisoned": {"values": 1, "rows": 30},
        "demoted": {"new": 2, "values": 12},
    }
    assert alerts(UnifyReport(1)) == []


def test_shared_values_are_masked(engine, firm, say):
    report = read(engine)
    assert report.demoted[0] == Shared("phone", "+8640****0011", 71, 51, False)
    text = unify_markdown(report, say)
    with reading(engine) as connection:
        private = {
            *connection.execute(sa.text("SELECT value FROM demotion")).scalars(),
            *connection.execute(sa.text("SELECT value FROM poisoned_value")).scalars(),
            *connection.execute(sa.text("SELECT value FROM identifier")).scalars(),
            *connection.execute(sa.text("SELECT DISTINCT name FROM profile")).scalars(),
        }
    assert len(private) > 100
    assert not [value for value in private if value in text]


def test_counts_told_by_reason_and_step_have_tables_of_their_own(engine, firm, say):
    found = {title: [list(row) for row in table.rows] for title, table in tables(read(engine), say)}
    assert found["拒用的值"] == [["手机号", "打码", "4"], ["生日", "没有这一天", "2"]]
    assert found["各步用时"] == [["整理", "900 毫秒"], ["判定", "300 毫秒"]]
    assert sum(int(row[1]) for row in found["每个档案的记录数"]) == read(engine).profiles


def test_a_database_where_nothing_ran_has_an_empty_report(engine, say):
    with reading(engine) as connection:
        assert newest_unify(connection) is None
    report = read(engine, 1)
    assert (report.profiles, report.before, report.history) == (0, None, [])
    assert ("客户档案", "0") in totals(report, say)
    assert [title for title, _ in tables(report, say)] == ["合并总览"]


def test_markdown_keeps_its_tables_whatever_words_hold(say):
    evil = Evidence("deterministic", "a|b", "refused", "*x* [y](javascript:z) <b>\nnext")
    report = UnifyReport(1, whole=Whole(Counter({1: 1}), 0, 0, [], Counter({evil: 1})))
    text = unify_markdown(report, say)
    (line,) = [line for line in text.splitlines() if "javascript" in line]
    assert line == r"| 规则 | a\|b | \*x\* \[y\](javascript:z) \<b> next | 1 |"


def test_the_page_warns_of_a_stopped_run_until_one_publishes(
    sqlite_engine, fill, tmp_path, zone, now
):
    fill(sqlite_engine)
    stop_run(sqlite_engine)

    def page() -> str:
        path = build_dashboard(sqlite_engine, tmp_path, "甲", zone, now)
        return path.read_text("utf-8")

    text = page()
    assert "合并 #3 被审计拦截" in text
    assert 'id="wanted-1"' in text
    with writing(sqlite_engine) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO run (id, flow, as_of_at, now_at, dry_run, status, started_at) "
                "VALUES (4, 'unify', 0, 0, false, 'completed', 0)"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO run_stage (run_id, stage, started_at, finished_at, milliseconds,"
                " counts) VALUES (4, 'unify', 0, 1, 5, '{\"profiles\": 120}')"
            )
        )
    assert "被审计拦截" not in page()


def test_a_reader_of_english_meets_no_chinese(sqlite_engine, fill, zone):
    fill(sqlite_engine)
    stop_run(sqlite_engine)
    text = unify_markdown(read(sqlite_engine), Words("en", zone))
    assert not [letter for letter in text if "\u4e00" <= letter <= "\u9fff"]


def test_both_databases_report_the_same(sqlite_url, postgres_url, fill):
    found = []
    for url in (sqlite_url, postgres_url):
        engine = open_database(url)
        fill(engine)
        report = read(engine)
        found.append(replace(report, whole=Whole()))
        with reading(engine) as connection:
            found[-1] = (found[-1], measure(connection).as_json())
        engine.dispose()
    assert found[0] == found[1]
