"""`make up`: server, work pool, worker and deployments on this machine; Ctrl-C stops them.

Started from Python and not from a shell, because a worker that a shell puts in
the background never sees the signal that should stop it.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
POOL = "heliu"
READY_SECONDS = 120
STOP_SECONDS = 20
DEPLOYMENT = "nightly/nightly"


def main() -> int:
    """Start everything, say where it is, wait; give back the exit status."""
    port = int(os.environ.get("PREFECT_SERVER_API_PORT", "4200"))
    api = f"http://127.0.0.1:{port}/api"
    environment = surroundings(port, api)
    if answers(api):
        print(
            f"Something answers on port {port} already. Set PREFECT_SERVER_API_PORT to a free one."
        )
        return 1
    started: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # A shell that starts us in the background has SIGINT ignored, for us and all we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started.append(start(environment, "server", "start"))
        wait_until(lambda: answers(api), started, "the Prefect server")
        prefect(environment, "work-pool", "create", POOL, "--type", "process", "--overwrite")
        prefect(environment, "--no-prompt", "deploy", "--all")
        started.append(start(environment, "worker", "start", "--pool", POOL, "--name", "heliu"))
        wait_until(lambda: worker_is_online(api), started, "the worker")
        print(directions(api), flush=True)
        while all(process.poll() is None for process in started):
            time.sleep(1)
        print("A process has ended by itself; stopping the rest.")
        return 1
    except (KeyboardInterrupt, SystemExit):
        return 0
    except RuntimeError as error:
        print(error)
        return 1
    finally:
        stop(started)


def surroundings(port: int, api: str) -> dict[str, str]:
    """The environment of all of them; what is set already stays."""
    home = Path(os.environ.get("HELIU_HOME", ROOT / ".heliu")).resolve()
    defaults = {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # Flow runs older than 90 days go too; by default only events do.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "HELIU_HOME": str(home),
    }
    Path(os.environ.get("PREFECT_HOME", defaults["PREFECT_HOME"])).mkdir(
        parents=True, exist_ok=True
    )
    said = {"PREFECT_SERVER_API_PORT": str(port), "PREFECT_API_URL": api}
    return {**defaults, **os.environ, **said}


def start(environment: Mapping[str, str], *words: str) -> subprocess.Popen[bytes]:
    """Start a Prefect process that hears Ctrl-C from us alone, so that it is stopped in order."""
    return subprocess.Popen(
        [sys.executable, "-m", "prefect", *words],
        cwd=ROOT,
        env=dict(environment),
        start_new_session=True,
    )


def prefect(environment: Mapping[str, str], *words: str) -> None:
    """Run one Prefect command to its end.

    Raises:
        RuntimeError: It failed; its output says why.
    """
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *words],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"prefect {' '.join(words)} failed:\n{done.stdout}{done.stderr}")


def answers(api: str) -> bool:
    """Whether a Prefect server is there."""
    try:
        return requests.get(f"{api}/health", timeout=(1, 5)).ok
    except requests.RequestException:
        return False


def worker_is_online(api: str) -> bool:
    """Whether the pool has a worker that has reported."""
    try:
        found = requests.post(f"{api}/work_pools/{POOL}/workers/filter", json={}, timeout=(1, 10))
        return found.ok and any(worker.get("status") == "ONLINE" for worker in found.json())
    except requests.RequestException:
        return False


def wait_until(ready, started: list[subprocess.Popen[bytes]], what: str) -> None:  # type: ignore[no-untyped-def]
    """Wait for something to come up.

    Raises:
        RuntimeError: It ended, or takes too long.
    """
    until = time.monotonic() + READY_SECONDS
    while not ready():
        if any(process.poll() is not None for process in started):
            raise RuntimeError(f"{what} ended while starting.")
        if time.monotonic() > until:
            raise RuntimeError(f"{what} is not ready after {READY_SECONDS} s.")
        time.sleep(0.5)


def directions(api: str) -> str:
    """Where to look and how to start a run."""
    ui = api.removesuffix("/api")
    return f"""
Heliu is up.
  UI      {ui}
  CLI     PREFECT_API_URL={api} .venv/bin/prefect deployment run '{DEPLOYMENT}' --watch
  curl    ID=$(curl -s {api}/deployments/name/{DEPLOYMENT} |
            python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
          curl -X POST {api}/deployments/$ID/create_flow_run \\
            -H 'content-type: application/json' \\
            -d '{{"parameters": {{"options": {{"dry_run": true}}}}, "idempotency_key": "first"}}'
Ctrl-C stops server and worker.
"""


def stop(started: list[subprocess.Popen[bytes]]) -> None:
    """Stop the worker before the server, so that it can say goodbye."""
    for process in reversed(started):
        if process.poll() is not None:
            continue
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
