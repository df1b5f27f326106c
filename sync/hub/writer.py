"""The hub's one writing thread: jobs that wait together are committed together.

Making a commit durable takes far longer than the few rows of a station's batch, and two hundred stations
come at once after the internet was gone. Each job has a savepoint of its own, so one that fails takes back
nothing but itself; nobody is answered before the commit of all is on disk.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection

from .database import Database

TOGETHER = 64

_T = TypeVar("_T")


class _Job:
    """Work to be done, and whoever waits for it."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.error: Exception | None = None

    def do(self, database: Database, connection: Connection) -> None:
        try:
            with database.troubles(), connection.begin_nested():
                self.result = self.work(connection)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever gave the job, and is raised there
            self.error = error

    def tell(self) -> None:
        if self.error is not None:
            self.future.set_exception(self.error)
            return
        self.future.set_result(self.result)


class Writer:
    """Takes jobs from any thread, and does them in their order on its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="hub writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], _T]) -> Future[_T]:
        """Do this inside a transaction. The future is done when its commit is on disk, or it failed."""
        job = _Job(work)
        self._jobs.put(job)
        return job.future

    def close(self) -> None:
        """Do what was submitted until now, then end."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        going_on = True
        while going_on:
            waiting = [self._jobs.get()]
            while len(waiting) < TOGETHER and not self._jobs.empty():
                waiting.append(self._jobs.get())
            going_on = None not in waiting
            self._together([job for job in waiting if job is not None and job.future.set_running_or_notify_cancel()])

    def _together(self, jobs: list[_Job]) -> None:
        try:
            with self._database.writing() as connection:
                for job in jobs:
                    job.do(self._database, connection)
        except Exception as error:  # noqa: BLE001 - the commit of all failed, so each of them did
            for job in jobs:
                job.error = error
        for job in jobs:
            job.tell()
