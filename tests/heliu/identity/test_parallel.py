"""Chunks done by several processes: the same answers in the same order, whoever did them."""

import os
import sys
from pathlib import Path

import pytest

from heliu.errors import TransientError
from heliu.identity.parallel import LEAST, in_processes

CHUNKS = range(12)


@pytest.fixture
def work(monkeypatch):
    """The functions workers do, from a module they find by its name."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import chunk_work

    yield chunk_work
    sys.modules.pop("chunk_work", None)


def answers(start, argument=0, records=LEAST, processes=2, chunks=CHUNKS):
    return in_processes(start, (argument,), chunks, records=records, processes=processes)


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_answers_come_in_the_order_of_the_chunks(work, processes):
    found = list(answers(work.adding, 5, processes=processes))
    assert [answer for answer, _ in found] == [chunk + 5 for chunk in CHUNKS]


def test_much_is_done_elsewhere_and_little_here(work):
    elsewhere = {process for _, process in answers(work.adding)}
    here = {process for _, process in answers(work.adding, records=LEAST - 1)}
    assert len(elsewhere) <= 2
    assert os.getpid() not in elsewhere
    assert here == {os.getpid()}


def test_chunks_are_taken_as_they_are_needed(work):
    taken = []

    def chunks():
        for chunk in range(100):
            taken.append(chunk)
            yield chunk

    found = answers(work.adding, chunks=chunks())
    next(found)
    assert len(taken) <= 6
    found.close()


@pytest.mark.parametrize("processes", [1, 2])
def test_what_the_work_raises_is_raised_here(work, processes):
    with pytest.raises(ValueError, match="no good"):
        list(answers(work.failing, "no good", processes=processes))
    with pytest.raises(LookupError, match="no use"):
        list(answers(work.unable, "no use", processes=processes))


def test_a_worker_that_dies_is_a_transient_error_after_the_answers_before(work):
    found = answers(work.dying)
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(TransientError):
        list(found)


def test_what_the_work_prints_is_no_answer(work):
    assert list(answers(work.chatty)) == list(CHUNKS)


def test_no_chunks_are_no_answers(work):
    assert list(answers(work.adding, chunks=[])) == []
