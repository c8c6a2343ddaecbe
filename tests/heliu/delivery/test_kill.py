"""Senders killed with -9 and senders side by side: nobody skipped, nobody written to twice."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from models import Attempt, Message

NOW = datetime(2025, 10, 1, 2, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
PEOPLE = range(1, 161)
KILLS = 10
SEED = 20251001


class Senders:
    """Starts sender processes on one database and channel."""

    def __init__(self, process):
        self.process = process
        assert process.stdout.readline() == "ready\n"

    def start(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    @staticmethod
    def wait(*pids, seconds=30):
        until = time.monotonic() + seconds
        while any(alive(pid) for pid in pids):
            assert time.monotonic() < until, "a sender doesn't end"
            time.sleep(0.005)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def senders(url, home, channel, options):
    script = Path(__file__).with_name("sender.py")
    command = [sys.executable, str(script), url, str(home), NOW.isoformat(), channel]
    process = subprocess.Popen(
        [*command, json.dumps(options)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        yield Senders(process)
    finally:
        process.stdin.close()
        process.wait(10)


class Sink:
    """Takes every mail and counts whom it was for."""

    def __init__(self):
        self.got = Counter()

    async def handle_DATA(self, server, session, envelope):
        self.got[envelope.rcpt_tos[0]] += 1
        return "250 OK"


@pytest.fixture
def sink():
    handler = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.options = {
        "host": "127.0.0.1", "port": port, "security": "none", "sender": "a <a@example.com>",
    }  # fmt: skip
    yield handler
    controller.stop(no_assert=True)


@pytest.fixture
def waiting(world, make_campaign):
    """160 people with a message waiting on a channel."""

    def fill(channel):
        with world.at_once():
            world.contactable(*PEOPLE)
            world.content()
        assert world.outbox(make_campaign(channels=(channel,)), PEOPLE) == len(PEOPLE)
        return world

    return fill


def kill_now_and_then(at_work, longest):
    """Ten senders killed at random; the one after them is left alone. How many were at work."""
    chance, killed = random.Random(SEED), 0
    for _ in range(KILLS):
        pid = at_work.start()
        time.sleep(chance.uniform(0.005, longest))
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
            killed += 1
        at_work.wait(pid)
    at_work.wait(at_work.start())
    return killed


def test_a_killed_sender_of_files_skips_nobody(waiting, database_url, tmp_path):
    world = waiting("folder")
    with senders(database_url, tmp_path, "folder", {}) as at_work:
        assert kill_now_and_then(at_work, longest=0.06) >= 2
    assert world.rows(Message, "profile_id", "status") == [(id_, "accepted") for id_ in PEOPLE]
    files = [path.name for path in (tmp_path / "outbox").rglob("[0-9]*.txt")]
    assert sorted(files) == sorted(f"{id_}.txt" for id_ in PEOPLE)
    assert {"sending"}.isdisjoint(outcome for (outcome,) in world.rows(Attempt, "outcome"))


def test_a_killed_sender_of_mail_writes_to_nobody_twice_and_lists_its_doubts(
    waiting, database_url, tmp_path, sink
):
    world = waiting("email")
    with senders(database_url, tmp_path, "email", sink.options) as at_work:
        assert kill_now_and_then(at_work, longest=0.15) >= 2
    states = dict(world.rows(Message, "address", "status"))
    assert set(states.values()) <= {"accepted", "unknown"}
    assert all(sink.got[address] == 1 for address, status in states.items() if status == "accepted")
    assert max(sink.got.values()) == 1
    doubts = [address for address, status in states.items() if status == "unknown"]
    assert len(doubts) <= KILLS  # one message a call, so one doubt a kill at most
    assert set(states) - set(sink.got) <= set(doubts)


def test_two_senders_at_once_share_the_work_and_send_nothing_twice(
    waiting, database_url, tmp_path, sink
):
    world = waiting("email")
    with senders(database_url, tmp_path, "email", sink.options) as at_work:
        at_work.wait(at_work.start(), at_work.start())
    assert {status for (status,) in world.rows(Message, "status")} == {"accepted"}
    assert set(sink.got.values()) == {1}
    assert len(sink.got) == len(PEOPLE)
    assert world.rows(Attempt, "number") == [(1,)] * len(PEOPLE)
