"""Work by several processes: chunks in, what is made of each out, in order.

Each worker is a fresh Python which loads only what the work needs; nothing is forked, so
threads and open databases of the caller don't matter, and it is the same on every system.
(multiprocessing would load the caller's main module in each: seconds, where that is Prefect.)
"""

import gc
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import IO, Any, TypeVar

from heliu.errors import TransientError

Chunk = TypeVar("Chunk")
Answer = TypeVar("Answer")

LEAST = 50_000  # records: starting workers takes as long as reading some ten thousand
SERVE = "from heliu.identity.parallel import serve; serve()"
AHEAD = 2  # chunks asked for per worker, so that none waits for the caller


def in_processes(
    start: Callable[..., Callable[[Chunk], Answer]],
    arguments: tuple[Any, ...],
    chunks: Iterable[Chunk],
    *,
    records: int,
    processes: int | None = None,
) -> Iterator[Answer]:
    """What the work makes of each chunk, in the order given.

    Args:
        start: Called once in each process; gives the work. A function of a module, found
            by its name there.
        arguments: What `start` is given; can be pickled.
        chunks: Taken as they are needed, some ahead.
        records: How many records there are in all: few are done in this process.
        processes: None for two, or one on a machine of one core.

    Raises:
        TransientError: A worker died; chunks answered before are good.
        Exception: What the work raised, in whichever process.
    """
    if processes is None:
        processes = min(2, os.cpu_count() or 1)
    if processes < 2 or records < LEAST:
        yield from map(start(*arguments), chunks)
        return
    with ExitStack() as stack:
        free: SimpleQueue[_Worker] = SimpleQueue()
        for _ in range(processes):
            free.put(stack.enter_context(_Worker(start, arguments)))
        pool = stack.enter_context(ThreadPoolExecutor(processes))
        asked: deque[Future[Answer]] = deque()
        try:
            for chunk in chunks:
                asked.append(pool.submit(_ask, free, chunk))
                if len(asked) >= AHEAD * processes:
                    yield asked.popleft().result()
            while asked:
                yield asked.popleft().result()
        finally:
            for future in asked:
                future.cancel()


def _ask(free: "SimpleQueue[_Worker]", chunk: Any) -> Any:
    worker = free.get()
    try:
        return worker.ask(chunk)
    finally:
        free.put(worker)


class _Worker:
    """A process that does chunks, one at a time."""

    def __init__(self, start: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        path = os.pathsep.join(folder for folder in sys.path if folder)
        self.process = subprocess.Popen(  # noqa: S603  words of our own
            [sys.executable, "-c", SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what breaks is raised here; a trace may quote data
            env={**os.environ, "PYTHONPATH": path},
        )
        self.told = (start, arguments)

    def __enter__(self) -> "_Worker":
        self.send(self.told)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()  # it keeps nothing
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what it was sent last can't reach it any more
                    pipe.close()
        self.process.wait()

    def send(self, what: Any) -> None:
        try:
            _send(self.process.stdin, what)
        except OSError as error:
            raise TransientError("a worker process ended before its work") from error

    def ask(self, chunk: Any) -> Any:
        self.send(chunk)
        try:
            done, answer = _receive(self.process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise TransientError("a worker process ended before its work") from error
        if not done:
            raise answer
        return answer


def serve() -> None:
    """A worker's life: the work to do, then chunks until there are no more."""
    told, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what somebody prints is no answer
    gc.disable()  # it looks through everything remembered, over and over, and finds nothing
    work: Callable[[Any], Any] | None = None
    while True:
        try:
            what = _receive(told)
        except EOFError:
            return
        try:
            if work is None:
                start, arguments = what
                work = start(*arguments)
                continue
            answer = True, work(what)
        except Exception as error:
            answer = False, error
        _send(answers, answer)


def _send(pipe: IO[bytes] | None, what: Any) -> None:
    assert pipe is not None
    pickle.dump(what, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> Any:
    assert pipe is not None
    return pickle.load(pipe)  # noqa: S301  from our own process
