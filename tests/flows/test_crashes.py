"""kill -9 in the middle of any stage, and a rerun, end like an undisturbed run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from models.database import open_database, reading
from tests.flows.small_firm import files_below, read_state, write_firm

SCRIPT = Path(__file__).with_name("crashing.py")
SHARES = (0.12, 0.3, 0.45, 0.6, 0.72, 0.84, 0.95)  # of all commits: every stage is hit


def run(firm: Path, home: Path, api: str, kill_at: int) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "HELIU_FIRM": str(firm),
        "HELIU_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
    }
    environment.pop("HELIU_DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(kill_at)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=SCRIPT.parents[2],
    )


def runs_of(home: Path) -> list[str]:
    engine = open_database(f"sqlite:///{home}/heliu.db")
    with reading(engine) as connection:
        rows = connection.execute(sa.text("SELECT status FROM run ORDER BY id")).scalars().all()
    engine.dispose()
    return list(rows)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, prefect_api):
    """The firm's folder, how many commits a run makes, and what it ends with."""
    root = tmp_path_factory.mktemp("undisturbed")
    write_firm(root / "firm")
    done = run(root / "firm", root / "home", prefect_api, 0)
    assert done.returncode == 0, done.stderr[-2000:]
    commits = int(done.stdout.split()[-1])
    state = read_state(f"sqlite:///{root}/home/heliu.db")
    return root / "firm", commits, state, files_below(root / "home")


@pytest.mark.parametrize("share", SHARES)
def test_killed_and_run_again_it_ends_the_same(undisturbed, prefect_api, tmp_path, share):
    firm, commits, state, files = undisturbed
    killed = run(firm, tmp_path, prefect_api, max(1, round(share * commits)))
    assert killed.returncode == -9
    again = run(firm, tmp_path, prefect_api, 0)
    assert again.returncode == 0, again.stderr[-2000:]
    assert read_state(f"sqlite:///{tmp_path}/heliu.db") == state
    assert files_below(tmp_path) == files
    assert runs_of(tmp_path) == ["crashed", "completed"]
