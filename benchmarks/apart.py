"""A piece of work in a process of its own: what it answers, and what it took."""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Took(NamedTuple):
    """What a piece of work answered and used, its own workers included."""

    answer: Any
    cpu_s: float
    wall_s: float
    peak_mib: float  # of all its processes together


class Failed(RuntimeError):
    """The work ended with an error; its last lines say which."""


def apart(module: str, function: str, *arguments: Any, env: dict[str, str] | None = None) -> Took:
    """Call a function of a module in a fresh Python.

    Args:
        module: Importable from the project's folder.
        function: Its name there; it takes and gives what JSON can say.
        arguments: What it is given.
        env: More environment.

    Raises:
        Failed: It did.
    """
    call = json.dumps([module, function, arguments])
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.apart", call],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    peak = _Peak(process.pid)
    out, err = process.communicate()
    wall = time.perf_counter() - started
    if process.returncode:
        raise Failed("\n".join(err.decode(errors="replace").splitlines()[-8:]))
    answer, cpu, own_peak = json.loads(out.splitlines()[-1])
    return Took(answer, cpu, wall, max(own_peak, peak.stop()))


class _Peak:
    """Watches the memory of all processes of a session, where the system shows them."""

    def __init__(self, session: int) -> None:
        self.session, self.highest, self.over = session, 0.0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def stop(self) -> float:
        self.over.set()
        self.thread.join()
        return self.highest

    def _watch(self) -> None:
        while not self.over.wait(0.2):
            self.highest = max(self.highest, resident_mib(self.session))


def resident_mib(session: int) -> float:
    """MiB held by the processes of a session; 0 where there is no /proc."""
    pages = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(words[3]) == session:
            pages += int(words[21])
    return pages * PAGE / 2**20


def usage() -> tuple[float, float]:
    """CPU seconds and peak MiB of this process; its ended workers' time included."""
    own, ended = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    scale = 2**20 if sys.platform == "darwin" else 2**10
    cpu = sum(one.ru_utime + one.ru_stime for one in (own, ended))
    return cpu, max(own.ru_maxrss, ended.ru_maxrss) / scale


def main(call: str) -> None:
    module, function, arguments = json.loads(call)
    imported = __import__(module, fromlist=[function])
    answer = getattr(imported, function)(*arguments)
    print()
    print(json.dumps([answer, *usage()]))


if __name__ == "__main__":
    main(sys.argv[1])
