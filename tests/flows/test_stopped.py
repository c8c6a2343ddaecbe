"""A night whose unify is stopped goes on with the profiles as last published, and says so."""

import json
import os

import pytest
import sqlalchemy as sa
from prefect.events import emit_event

from flows.nightly import nightly
from flows.unify import unify
from heliu.errors import SafetyStop
from models.database import open_database, reading
from tasks.options import CollectOptions, NightlyOptions, RunOptions, UnifyOptions
from tests.flows.small_firm import files_below, home, phone, read_state

FIRST = {"as_of": "2025-10-01", "now": "2025-10-01T10:00:00+08:00"}
SECOND = {"as_of": "2025-10-02", "now": "2025-10-02T10:00:00+08:00"}
PUBLISHED = ("members", "profiles", "golden")


def url() -> str:
    return os.environ.get("HELIU_DATABASE_URL") or f"sqlite:///{home()}/heliu.db"


def ask(sql: str) -> list[tuple[object, ...]]:
    engine = open_database(url())
    with reading(engine) as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(sql))]
    engine.dispose()
    return rows


def swallow(folder, rows=30):
    """A member who is suddenly told thirty times over."""
    path = folder / "members.csv"
    told = [f"Z{n:03},赵伟国,{phone(0)},,成都,,2024-03-01" for n in range(rows)]
    path.write_text(path.read_text("utf-8") + "\n".join(told) + "\n", "utf-8")


def artifacts(key: str) -> list[str]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    with get_client(sync_client=True) as client:
        found = client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
        )
    return [str(one.data) for one in sorted(found, key=lambda one: one.created)]


def test_a_stopped_night_sends_by_the_old_profiles_and_fails_at_its_end(
    sqlite_firm, monkeypatch, caplog
):
    events = []

    def note(**told):
        events.append(told)
        return emit_event(**told)

    monkeypatch.setattr("tasks.reports.emit_event", note)
    nightly(options=CollectOptions(**FIRST))
    before, sent = read_state(url()), files_below(home())
    swallow(sqlite_firm)
    with pytest.raises(SafetyStop, match=r"the largest profile would grow from \d to 3\d records"):
        nightly(options=CollectOptions(**SECOND))

    after = read_state(url())
    assert {name: after[name] for name in PUBLISHED} == {name: before[name] for name in PUBLISHED}
    assert len(after["records"]) == len(before["records"]) + 30  # collected all the same
    stages = ask("SELECT stage, counts FROM run_stage WHERE run_id = 2 AND finished_at > 0")
    assert {stage for stage, _ in stages} == {
        "collect", "unify", "retag", "render", "distribute", "report",
    }  # fmt: skip
    assert json.loads(dict(stages)["unify"])["stopped"] == 1
    assert ask("SELECT status, error LIKE 'Stopped before%' FROM run WHERE id = 2") == [
        ("failed", 1)
    ]
    assert files_below(home()).keys() >= sent.keys()
    page = (home() / "dashboard/index.html").read_text("utf-8")
    assert "合并 #2 被审计拦截" in page
    assert "接受变化" in artifacts("unify")[-1]
    stopped = [one for one in events if one["event"] == "heliu.unify.stopped"]
    assert [one["payload"]["run_id"] for one in stopped] == [2]
    assert "unify stopped: Stopped before anything was published" in caplog.text

    # Asked again it is stopped again; accepted it publishes, and the banner goes.
    with pytest.raises(SafetyStop):
        unify(options=RunOptions(**SECOND))
    nightly(options=NightlyOptions(accept_changes=True, **SECOND))
    ((largest,),) = ask("SELECT max(records) FROM profile")
    assert largest > 30
    assert ask("SELECT run_id FROM unify_stop ORDER BY run_id") == [(2,), (3,)]
    assert "被审计拦截" not in (home() / "dashboard/index.html").read_text("utf-8")
    assert "被审计拦截" not in artifacts("unify")[-1]


def test_every_run_reports_on_unify(sqlite_firm):
    nightly(options=CollectOptions(**FIRST))
    text = artifacts("unify")[-1]
    ((profiles,),) = ask("SELECT count(*) FROM profile")
    assert f"| 客户档案 | {profiles} |" in text
    assert "内存峰值" in text
    assert "整理" in text
    assert phone(3) not in text
    unify(options=UnifyOptions(**SECOND))
    assert f"| 客户档案 | {profiles} (+0) |" in artifacts("unify")[-1]
