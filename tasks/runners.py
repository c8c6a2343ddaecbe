"""Who works off the ranges of a retag: threads, processes, or a Dask cluster, as a setting says."""

import os
from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from heliu.errors import PermanentError
from tasks.settings import Settings


def runner(here: Settings) -> TaskRunner[Any]:
    """The task runner the settings name; use it as a context, and `map` tasks on it.

    Raises:
        PermanentError: It is Dask, and heliu[dask] isn't installed.
    """
    workers = here.retag.workers or os.cpu_count() or 1
    match here.retag.runner:
        case "processes":
            return ProcessPoolTaskRunner(max_workers=workers)
        case "dask":
            return _dask(here.retag.dask)
    return ThreadPoolTaskRunner(max_workers=workers)


def _dask(address: str | None) -> TaskRunner[Any]:
    try:
        from prefect_dask import DaskTaskRunner
    except ImportError as error:
        raise PermanentError("a retag on Dask needs it: pip install 'heliu[dask]'") from error
    runner: TaskRunner[Any] = DaskTaskRunner(address=address)
    return runner
