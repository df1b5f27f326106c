"""The hub's one writing thread: jobs that wait together are committed together.

Making a commit durable takes far longer than the few rows of a station's batch, and two hundred stations
come at once after the internet was gone. Jobs of one kind are done at one go, behind a savepoint; if that
fails each is done by itself, so one that fails takes back nothing but itself. Nobody is answered before the
commit of all is on disk.
"""

from __future__ import annotations

import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection

from .database import Database

TOGETHER = 64

_G = TypeVar("_G")
_T = TypeVar("_T")
Doing = Callable[[Connection, Sequence[_G]], Sequence[_T]]
"""Does several jobs of one kind at once; their results in the same order."""


class _Job:
    """Work to be done, and whoever waits for it."""

    def __init__(self, doing: Doing[Any, Any], given: Any) -> None:
        self.doing = doing
        self.given = given
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.error: Exception | None = None

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
        return self.submit_to(lambda connection, _: [work(connection)], None)

    def submit_to(self, doing: Doing[_G, _T], given: _G) -> Future[_T]:
        """The same, at one go with all that wait to be done by the same function."""
        job = _Job(doing, given)
        self._take(job)
        return job.future

    def _take(self, job: _Job) -> None:
        self._jobs.put(job)

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

    def _together(self, jobs: Sequence[_Job]) -> None:
        of_a_kind: dict[Doing[Any, Any], list[_Job]] = defaultdict(list)
        for job in jobs:
            of_a_kind[job.doing].append(job)
        try:
            with self._database.writing() as connection:
                for some in of_a_kind.values():
                    self._do(connection, some)
        except Exception as error:  # noqa: BLE001 - the commit of all failed, so each of them did
            for job in jobs:
                job.error = error
        for job in jobs:
            job.tell()

    def _do(self, connection: Connection, jobs: Sequence[_Job]) -> None:
        """Do jobs of one kind; if they fail together, each by itself, so that only the one at fault does."""
        try:
            with self._database.troubles(), connection.begin_nested():
                results = jobs[0].doing(connection, [job.given for job in jobs])
        except Exception as error:  # noqa: BLE001 - it belongs to whoever gave the job, and is raised there
            if len(jobs) > 1:
                for job in jobs:
                    self._do(connection, [job])
                return
            jobs[0].error = error
            return
        for job, result in zip(jobs, results, strict=True):
            job.result = result
