"""`make up` as its user has it: started, triggered over HTTP, stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.flows.small_firm import read_state, write_firm

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = {"as_of": "2025-10-01", "now": "2025-10-01T10:00:00+08:00"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    """The running script, its API address, and its home."""
    root = tmp_path_factory.mktemp("up")
    write_firm(root / "firm")
    port = free_port()
    environment = {
        **os.environ,
        "HELIU_FIRM": str(root / "firm"),
        "HELIU_HOME": str(root / "home"),
        "PREFECT_HOME": str(root / "prefect"),
        "PREFECT_SERVER_API_PORT": str(port),
    }
    for name in ("PREFECT_API_URL", "HELIU_DATABASE_URL"):
        environment.pop(name, None)
    log = (root / "up.log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "app.up"], env=environment, stdout=log, stderr=log, cwd=ROOT
    )
    until = time.monotonic() + 150
    while "Heliu is up." not in (root / "up.log").read_text():
        assert process.poll() is None, (root / "up.log").read_text()[-3000:]
        assert time.monotonic() < until, (root / "up.log").read_text()[-3000:]
        time.sleep(0.5)
    yield process, f"http://127.0.0.1:{port}/api", root / "home"
    if process.poll() is None:  # a test failed: server and worker must go all the same
        process.terminate()
        process.wait(60)


def post(url: str, body: object) -> requests.Response:
    """A SQLite server may answer 503 while busy; a caller tries again."""
    for _ in range(20):
        answer = requests.post(url, json=body, timeout=30)
        if answer.status_code != 503:
            return answer
        time.sleep(1)
    raise AssertionError("the server stays busy")


def trigger(api: str, deployment: str, options: dict[str, object], key: str) -> requests.Response:
    found = requests.get(f"{api}/deployments/name/{deployment}", timeout=30).json()
    body = {"parameters": {"options": options}, "idempotency_key": key}
    return post(f"{api}/deployments/{found['id']}/create_flow_run", body)


def wait_for_end(api: str, run: str) -> dict[str, object]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        state = requests.get(f"{api}/flow_runs/{run}", timeout=30).json()["state"]
        if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            return state
        time.sleep(1)
    raise AssertionError("the run does not end")


def test_every_deployment_is_there_with_a_form_that_explains_itself(up):
    _, api, _ = up
    deployments = post(f"{api}/deployments/filter", {}).json()
    names = {one["name"]: one for one in deployments}
    assert set(names) == {
        "nightly", "dispatch", "collect", "unify", "retag", "render", "distribute", "report",
        "train_matching", "review", "explain", "erase", "preview_tags",
    }  # fmt: skip
    assert {one["schedule"]["timezone"] for one in names["nightly"]["schedules"]} == {
        "Asia/Shanghai"
    }
    form = names["nightly"]["parameter_openapi_schema"]["definitions"]["NightlyOptions"]
    assert all(field["title"] and field["description"] for field in form["properties"].values())


def test_the_server_plans_the_nights_to_come(up):
    """A server whose scheduler breaks looks well: it must have planned runs."""
    _, api, _ = up
    until = time.monotonic() + 60
    planned: list[dict[str, object]] = []
    while not planned and time.monotonic() < until:
        mine = {"deployments": {"name": {"any_": ["nightly"]}}}
        runs = post(f"{api}/flow_runs/filter", mine).json()
        planned = [run for run in runs if run["auto_scheduled"]]
        time.sleep(1)
    assert planned
    assert {str(run["expected_start_time"])[11:16] for run in planned} == {"18:00"}  # 02:00 +08:00


def test_a_run_triggered_over_http_completes_and_the_same_key_starts_no_second(up):
    _, api, home = up
    first = trigger(api, "nightly/nightly", OPTIONS, "night-1")
    again = trigger(api, "nightly/nightly", OPTIONS, "night-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    state = wait_for_end(api, first.json()["id"])
    assert state["type"] == "COMPLETED", state.get("message")
    assert read_state(f"sqlite:///{home}/heliu.db")["messages"]
    keys = {one["key"] for one in post(f"{api}/artifacts/filter", {}).json()}
    assert {"heliu-collect", "heliu-unify", "heliu-retag", "heliu-render", "heliu-run"} <= keys


def test_wrong_parameters_are_refused_before_anything_starts(up):
    _, api, _ = up
    refused = trigger(api, "nightly/nightly", {"dry_rum": True}, "wrong")
    assert refused.status_code == 409
    assert "dry_rum" in refused.text


def test_ctrl_c_stops_everything(up):
    process, api, _ = up
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{api}/health", timeout=5)
