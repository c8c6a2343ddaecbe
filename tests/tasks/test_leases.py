import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from heliu.errors import TransientError
from models.database import open_database, reading, writing
from tasks.leases import LEASE, lease


def holders(engine):
    with reading(engine) as connection:
        return connection.execute(sa.select(LEASE.c.name)).scalars().all()


def test_a_stage_is_held_by_one_and_given_back(engine):
    with lease(engine, "unify"):
        assert holders(engine) == ["unify"]
        with pytest.raises(TransientError, match="held by another run"), lease(engine, "unify", 0):
            pass
        with lease(engine, "retag", 0):
            pass
    assert holders(engine) == []


def test_whoever_waits_gets_it_next(engine):
    order = []

    def second():
        with lease(engine, "unify", 20):
            order.append("second")

    with lease(engine, "unify"):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.3)
        order.append("first")
    waiting.join(20)
    assert order == ["first", "second"]


def test_a_dead_process_of_this_host_is_replaced_at_once(engine, database_url):
    code = (
        "import sys, os, signal\n"
        "from models.database import open_database\n"
        "from tasks.leases import lease\n"
        "with lease(open_database(sys.argv[1]), 'unify'):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    died = subprocess.run([sys.executable, "-c", code, database_url], check=False)
    assert died.returncode == -9
    assert holders(engine) == ["unify"]
    with lease(engine, "unify", 0):
        pass
    assert holders(engine) == []


@pytest.mark.parametrize(("left", "taken"), [(60, False), (-1, True)])
def test_another_hosts_lease_counts_until_it_runs_out(sqlite_url, left, taken):
    engine = open_database(sqlite_url)
    now = datetime.now(UTC)
    with writing(engine) as connection:
        row = {"name": "unify", "holder": "elsewhere|1|2", "token": "x", "acquired_at": now}
        connection.execute(sa.insert(LEASE).values(**row, expires_at=now + timedelta(seconds=left)))
    if taken:
        with lease(engine, "unify", 0):
            pass
    else:
        with pytest.raises(TransientError), lease(engine, "unify", 0):
            pass
    engine.dispose()
