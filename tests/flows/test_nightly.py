"""The whole line on a small firm: what comes out, again and again, and when something is wrong."""

import logging
import os

import pytest
import sqlalchemy as sa

from flows.collect import collect
from flows.distribute import distribute
from flows.nightly import nightly
from flows.render import render
from flows.retag import retag
from flows.unify import unify
from heliu.errors import ConfigError, SafetyStop, TransientError
from models.database import open_database, reading
from tasks.options import CampaignOptions, CollectOptions, RunOptions
from tests.flows.small_firm import (
    AS_OF,
    NOW,
    PEOPLE,
    SOURCES,
    files_below,
    home,
    phone,
    read_state,
    write_firm,
)

CLOCK = {"as_of": AS_OF, "now": NOW}
LOCALS = "segment: locals\ntitle: 同城\nwhen: { field: city, is: 成都 }\n"
HELLO = (
    "campaign: hello\ntitle: 问候\nsegment: locals\ntopic: service\n"
    "content: welcome_back\nchannels: [folder]\n"
)


def url() -> str:
    return os.environ.get("HELIU_DATABASE_URL") or f"sqlite:///{home()}/heliu.db"


def ask(sql: str) -> list[tuple[object, ...]]:
    engine = open_database(url())
    with reading(engine) as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(sql))]
    engine.dispose()
    return rows


def test_a_firm_with_its_own_columns_goes_from_rows_to_messages(firm):
    nightly(options=CollectOptions(**CLOCK))
    state = read_state(url())
    assert len(state["profiles"]) == PEOPLE
    assert {row[4] for row in state["messages"]} == {"accepted"}
    assert len(files_below(home())) == len(state["messages"]) > 0
    decided = [row for row in state["recipients"] if (row[3] is None) == (row[5] is None)]
    assert decided == []  # either a channel or one reason
    assert state["quarantine"] == [("visits", 39, "names no person: 'tel' empty")]
    assert (home() / "dashboard/index.html").is_file()


def test_the_next_run_on_the_same_state_changes_and_sends_nothing(firm):
    nightly(options=CollectOptions(**CLOCK))
    before, files = read_state(url()), files_below(home())
    nightly(options=CollectOptions(**CLOCK))
    assert read_state(url()) == before
    assert files_below(home()) == files
    changes = "SELECT count(*) FROM tag_change WHERE run_id = 2"
    assert (
        ask(changes)
        == ask(changes.replace("tag_change", "source_delivery") + " AND new > 0")
        == [(0,)]
    )


def test_the_next_day_writes_to_nobody_about_the_same_again(firm):
    nightly(options=CollectOptions(**CLOCK))
    first = {(row[0], row[2]) for row in read_state(url())["messages"]}
    nightly(options=CollectOptions(as_of="2025-10-02", now="2025-10-02T10:00:00+08:00"))
    messages = [(row[0], row[2]) for row in read_state(url())["messages"]]
    assert len(messages) == len(set(messages))
    assert first <= set(messages)


def test_the_stages_alone_come_to_the_same_as_nightly(sqlite_firm, tmp_path, monkeypatch):
    nightly(options=CollectOptions(**CLOCK))
    together = read_state(url())
    monkeypatch.setenv("HELIU_HOME", str(tmp_path / "again"))
    collect(options=CollectOptions(**CLOCK))
    unify(options=RunOptions(**CLOCK))
    retag(options=RunOptions(**CLOCK))
    render(options=CampaignOptions(**CLOCK))
    distribute(options=CampaignOptions(**CLOCK))
    assert read_state(url()) == together


def test_a_dry_run_sends_nothing_and_binds_nobody(sqlite_firm):
    nightly(options=CollectOptions(dry_run=True, **CLOCK))
    assert ask("SELECT count(*) FROM message") == [(0,)]
    assert ask("SELECT count(*) > 0 FROM recipient WHERE content_hash IS NOT NULL") == [(1,)]
    assert files_below(home()) == {}
    nightly(options=CollectOptions(**CLOCK))
    assert ask("SELECT count(*) > 0 FROM message") == [(1,)]


def test_a_source_that_delivers_less_than_half_stops_before_anything_is_published(sqlite_firm):
    nightly(options=CollectOptions(**CLOCK))
    before = read_state(url())
    (sqlite_firm / "members.csv").write_text(
        "\n".join((sqlite_firm / "members.csv").read_text("utf-8").splitlines()[:5]) + "\n", "utf-8"
    )
    with pytest.raises(SafetyStop, match="members delivers 4 rows"):
        nightly(options=CollectOptions(as_of="2025-10-02", now="2025-10-02T10:00:00+08:00"))
    assert read_state(url()) == before
    assert ask("SELECT status, error LIKE 'Stopped before%' FROM run WHERE id = 2") == [
        ("failed", 1)
    ]


def test_every_mistake_of_the_folder_is_told_before_anything_is_written(sqlite_firm):
    (sqlite_firm / "members.csv").unlink()
    (sqlite_firm / "rules/tags").mkdir(parents=True)
    (sqlite_firm / "rules/tags/x.y.yaml").write_text(
        "tag: x.y\ntitle: X\nwhen: { did: order_payed }\nexamples: []\n", "utf-8"
    )
    templates = sqlite_firm / "templates/messages/folder"
    templates.mkdir(parents=True)
    (templates / "welcome_back.txt").write_text(
        '{% extends "folder/_base.txt" %}{% block body %}{{ profile.nmae }}{% endblock %}', "utf-8"
    )
    with pytest.raises(ConfigError) as error:
        nightly(options=CollectOptions(**CLOCK))
    said = str(error.value)
    assert "sources.yaml:4:11: there is no file 'members.csv'" in said
    assert "x.y.yaml:3:14: unknown event 'order_payed' (did you mean 'order_paid'?)" in said
    assert "nmae" in said
    assert "welcome_back.txt:1:" in said
    assert ask("SELECT count(*) FROM run") == [(0,)]


@pytest.mark.parametrize(
    ("database", "error", "says"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", TransientError, "can't be opened"),
        ("mysql://x/y", ConfigError, "no database URL"),
        ("nonsense", ConfigError, "no database URL"),
    ],
)
def test_a_database_that_is_not_there_is_one_clear_error(
    sqlite_firm, monkeypatch, database, error, says
):
    monkeypatch.setenv("HELIU_DATABASE_URL", database)
    with pytest.raises(error, match=says):
        nightly(options=CollectOptions(**CLOCK))


def test_a_wrong_time_zone_is_told_with_its_line(sqlite_firm):
    (sqlite_firm / "heliu.toml").write_text('language = "zh"\ntimezone = "Asia/Peking"\n', "utf-8")
    with pytest.raises(ConfigError, match=r"heliu.toml:2: timezone: there is no time zone"):
        nightly(options=CollectOptions(**CLOCK))


def test_an_unreachable_mail_server_fails_the_run_and_loses_no_message(sqlite_firm):
    (sqlite_firm / "heliu.toml").write_text(
        '[channels.folder]\nkind = "folder"\n'
        '[channels.email]\nkind = "email"\nhost = "127.0.0.1"\nport = 1\nsender = "a@example.com"\n'
        'consent_channel = "wecom"\n',
        "utf-8",
    )
    (sqlite_firm / "campaigns").mkdir()
    (sqlite_firm / "campaigns/unpaid_order.yaml").write_text(
        "campaign: unpaid_order\ntitle: 待支付订单\nsegment: unpaid_orders\ntopic: service\n"
        "content: unpaid_order\nchannels: [email]\n",
        "utf-8",
    )
    with pytest.raises(TransientError, match="out of reach"):
        distribute_all()
    statuses = ask("SELECT DISTINCT status FROM message WHERE channel = 'email'")
    assert statuses == [("queued",)]


def distribute_all() -> None:
    """nightly, its retries without their waiting."""
    from tasks import delivery

    sender = delivery.send_batch
    delivery.send_batch = sender.with_options(retries=0)
    try:
        import flows.dispatch

        flows.dispatch.send_batch = delivery.send_batch
        nightly(options=CollectOptions(**CLOCK))
    finally:
        delivery.send_batch = sender
        flows.dispatch.send_batch = sender


def test_logs_carry_no_person(sqlite_firm, caplog):
    caplog.set_level(logging.DEBUG)
    (sqlite_firm / "members.csv").write_text(
        (sqlite_firm / "members.csv").read_text("utf-8")
        + "Z1,赵伟国,1,x,y,notanumber,2024-13-01\n",
        "utf-8",
    )
    nightly(options=CollectOptions(**CLOCK))
    for secret in (phone(3), "赵伟国", "m3@example.com"):
        assert secret not in caplog.text


def test_a_retry_of_a_prefect_run_goes_on_with_its_row_and_clock(sqlite_firm, monkeypatch):
    from prefect.runtime import flow_run

    from tasks.runs import open_run

    monkeypatch.setattr(flow_run, "id", "the-same-run", raising=False)
    with pytest.raises(ZeroDivisionError), open_run("nightly", RunOptions(**CLOCK)) as first:
        raise ZeroDivisionError
    with open_run("nightly", RunOptions()) as second:
        assert second == first
    assert ask("SELECT id, status, error FROM run") == [(1, "completed", None)]


def test_a_campaign_that_rests_on_a_stale_source_waits_until_it_is_heard_of(sqlite_firm, caplog):
    limit = "file: visits.csv\n    owner: web-team\n    max_age: 36h"
    sources = SOURCES.replace("file: visits.csv", limit)
    (sqlite_firm / "sources.yaml").write_text(sources, "utf-8")
    for folder, name, text in (("rules/segments", "locals", LOCALS), ("campaigns", "hello", HELLO)):
        (sqlite_firm / folder).mkdir(parents=True)
        (sqlite_firm / folder / f"{name}.yaml").write_text(text, "utf-8")

    state = nightly(options=CollectOptions(**CLOCK), return_state=True)
    assert (state.name, state.is_completed()) == ("Held", True)
    assert state.message.endswith("unpaid_order, course_recommendation, welcome_back")
    assert ask("SELECT campaign FROM audience") == [("hello",)]
    assert ask("SELECT count(*) > 0 FROM message") == [(1,)]
    assert ask("SELECT kind, name, owner, max_age_seconds FROM lateness") == [
        ("source", "visits", "web-team", 36 * 3600)
    ]
    assert "source visits is 62h old, may be at most 36h; owner web-team" in caplog.text
    page = (home() / "dashboard/index.html").read_text("utf-8")
    assert "个活动暂停：所用数据过旧" in page

    with (sqlite_firm / "visits.csv").open("a", encoding="utf-8") as file:
        file.write(f"y1,in,{phone(1)},2025-09-30 20:00:00,,,\n")
    collect(options=CollectOptions(**CLOCK))
    render(options=CampaignOptions(**CLOCK))
    assert ask("SELECT count(*) FROM audience WHERE occurrence = '2025-10-01'") == [(4,)]
    assert ask("SELECT count(*) FROM lateness WHERE run_id > 1") == [(0,)]


def test_more_people_tomorrow_are_more_profiles(firm):
    nightly(options=CollectOptions(**CLOCK))
    write_firm(firm, PEOPLE + 6)
    nightly(options=CollectOptions(as_of="2025-10-02", now="2025-10-02T10:00:00+08:00"))
    assert ask("SELECT count(*) FROM profile") == [(PEOPLE + 6,)]
