"""Sender processes to be killed: reads "go" lines, forks a sender for each, says its number.

Run as: python sender.py DATABASE_URL HOME NOW CHANNEL OPTIONS_JSON
Imports are done once, so that a sender is at work milliseconds after it is asked for.
"""

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from heliu.channels import open_channel
from heliu.delivery import DispatchRules, claim_due, send_claim, settle_orphans, worker_name
from models.database import open_database

RULES = DispatchRules(zone=ZoneInfo("Asia/Shanghai"))


def send_everything(url: str, home: str, now: datetime, name: str, options: str) -> None:
    engine = open_database(url)
    channel = open_channel(name, json.loads(options), Path(home), str)
    channel.batch_size = min(channel.batch_size, 4)  # many small calls: many places to die in
    settle_orphans(engine, channel, now)
    while (claim := claim_due(engine, name, now, 40, worker=worker_name())).ids:
        send_claim(engine, claim, channel, now, RULES)
    engine.dispose()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed leave no zombies
    url, home, now, name, options = sys.argv[1:]
    print("ready", flush=True)
    for _ in sys.stdin:
        if child := os.fork():
            print(child, flush=True)
            continue
        send_everything(url, home, datetime.fromisoformat(now), name, options)
        os._exit(0)


if __name__ == "__main__":
    main()
