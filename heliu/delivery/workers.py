"""Who holds a claim, and whether they still live.

A lease would expire on its own; knowing that its holder is dead on this very
machine saves the wait, so that a run that was killed can be repeated at once.
"""

import os
import socket
import subprocess
from pathlib import Path

MARK = "|"


def worker_name(process: int | None = None) -> str:
    """Name a process (this one unless told) so that it can't be taken for a later one of its id.

    Returns:
        `place|process id|start`, where place is the host and the space its process ids live in.
    """
    process = process or os.getpid()
    return MARK.join([_place(), str(process), _started(process)])


def is_dead(worker: str) -> bool:
    """Whether a worker lived on this machine and is gone; of other machines we can't tell."""
    place, _, rest = worker.partition(MARK)
    process, _, started = rest.partition(MARK)
    if place != _place() or not process.isdigit():
        return False
    return _started(int(process)) != started


def _place() -> str:
    """Two containers of one host name have process ids of their own."""
    try:
        space = str(os.stat("/proc/self/ns/pid").st_ino)
        space += Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        space = ""
    return f"{socket.gethostname()}/{space}"


def _started(process: int) -> str:
    """When a process began, in the system's own words; empty where there is none."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return "" if Path("/proc/self").exists() else _started_by_ps(process)
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]  # a zombie sends nothing


def _started_by_ps(process: int) -> str:
    answer = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "lstart=", "-p", str(process)],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()
