"""Work for test_parallel.py: a worker process finds it by name."""

import os


def adding(number):
    """Adds, and tells in which process."""
    return lambda chunk: (chunk + number, os.getpid())


def failing(text):
    """Refuses every chunk."""

    def work(chunk):
        raise ValueError(text)

    return work


def dying(_):
    """Ends the process at the third chunk."""

    def work(chunk):
        return os._exit(3) if chunk == 2 else chunk

    return work


def unable(text):
    """Can't even begin."""
    raise LookupError(text)


def chatty(_):
    """Prints, which must not get between the answers."""

    def work(chunk):
        print("said", chunk)
        return chunk

    return work
