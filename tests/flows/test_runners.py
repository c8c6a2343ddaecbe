"""Whoever works off the ranges, and whichever engine judges: the same tags."""

import sys
import threading

import pytest
import sqlalchemy as sa

from flows.collect import collect
from flows.retag import retag
from flows.unify import unify
from heliu.errors import PermanentError
from heliu.tags.checksum import checksum_of
from models.database import open_database, reading
from tasks import tags
from tasks.options import CollectOptions, RetagOptions, RunOptions
from tasks.runners import runner
from tasks.settings import FirmFile, Retagging, Settings, settings
from tests.flows.small_firm import AS_OF, NOW, PEOPLE

CLOCK = {"as_of": AS_OF, "now": NOW}
WORDS = (
    "SELECT profile_id, sum(1 << number) FROM profile_tag "
    "JOIN tag ON tag.name = profile_tag.tag WHERE number < 60 GROUP BY profile_id"
)


@pytest.fixture
def several_ranges(monkeypatch):
    """Five people a range."""
    split = tags.ranges.split
    monkeypatch.setattr(tags.ranges, "split", lambda connection: split(connection, 5))


@pytest.fixture
def on_dask(monkeypatch):
    """The ranges judged in threads of Dask's."""
    judged, judge_range = [], tags.ranges.judge_range

    def watched(*arguments):
        if "Dask" in threading.current_thread().name:
            judged.append(arguments[-1])
        return judge_range(*arguments)

    monkeypatch.setattr(tags.ranges, "judge_range", watched)
    return judged


def retagged(tmp_path, monkeypatch, **setting):
    """Forget every tag, set everybody's anew, and give the checksum."""
    with open_database(settings().database_url).begin() as connection:
        for table in ("profile_tag", "tag_change", "tag_run", "tag_count"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    lines = "\n".join(f'{name} = "{value}"' for name, value in setting.items())
    (tmp_path / "heliu.toml").write_text(f"[retag]\n{lines}\n", encoding="utf-8")
    monkeypatch.setenv("HELIU_CONFIG", str(tmp_path / "heliu.toml"))
    assert retag(options=RetagOptions(**CLOCK))["profiles"] == PEOPLE
    with reading(open_database(settings().database_url)) as connection:
        return checksum_of(connection.execute(sa.text(WORDS)).all())


def test_threads_dask_and_duckdb_come_to_the_same(
    sqlite_firm, tmp_path, monkeypatch, several_ranges, on_dask
):
    from distributed import LocalCluster

    collect(options=CollectOptions(**CLOCK))
    unify(options=RunOptions(**CLOCK))
    threads = retagged(tmp_path, monkeypatch)
    assert threads > 0
    on_this_machine = {"host": "127.0.0.1", "protocol": "tcp://", "dashboard_address": None}
    with LocalCluster(n_workers=2, processes=False, **on_this_machine) as cluster:
        address = cluster.scheduler_address
        assert retagged(tmp_path, monkeypatch, runner="dask", dask=address) == threads
        assert len(on_dask) == 5  # one a range
    assert retagged(tmp_path, monkeypatch, engine="duckdb") == threads
    assert not (settings().home / "lake").exists()


def test_dask_not_installed_is_told_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    here = Settings(
        firm=tmp_path,
        home=tmp_path,
        database_url="sqlite://",
        file=FirmFile(),
        retag=Retagging(runner="dask", dask="tcp://127.0.0.1:8786"),
    )
    with pytest.raises(PermanentError, match=r"heliu\[dask\]"):
        runner(here)
