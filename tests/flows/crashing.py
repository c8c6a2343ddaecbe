"""Run nightly in a process of its own and kill it -9 just before its Nth commit.

python crashing.py N: N = 0 kills nowhere and prints how many commits there were.
"""

import os
import signal
import sys

import sqlalchemy as sa

from flows.nightly import nightly
from tasks.options import CollectOptions

commits = 0


def main(kill_at: int) -> None:
    """Count commits on every engine of this process and die where it was asked."""

    @sa.event.listens_for(sa.Engine, "commit")
    def _count(_connection: sa.Connection) -> None:
        global commits
        commits += 1
        if commits == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    nightly(options=CollectOptions(as_of="2025-10-01", now="2025-10-01T10:00:00+08:00"))
    print("commits", commits)


if __name__ == "__main__":
    main(int(sys.argv[1]))
