"""Time, chance and threads of a world that exists only as long as a test: whoever waits, waits for nobody real.

One asyncio loop is the world's clock: when nobody has anything to do, it jumps to the next moment at which
somebody has. Code that blocks goes on only while the loop stands still, so at any moment one thing happens, and the
same seed gives the same day. Each machine has a clock of its own, which may be wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import heapq
import itertools
import logging
import random
import threading
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeVar

from .fibres import Fibre

T = TypeVar("T")

MORNING = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

MOMENT = 0.02
"""Seconds at most that a job waits for its thread, or a commit for the disk."""

_machine: contextvars.ContextVar[Machine] = contextvars.ContextVar("machine")


class Loop(asyncio.BaseEventLoop):
    """The world's clock. Instead of waiting it turns time forward; there is nothing else that it could hear of."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.faults: list[str] = []
        self.set_exception_handler(lambda _, context: self.faults.append(describe(context)))
        self._due: deque[asyncio.Handle] = deque()
        self._alarms: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = itertools.count()

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Any, *arguments: Any, context: contextvars.Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, arguments, self, context)
        self._due.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_at(
        self, when: float, callback: Any, *arguments: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Of two at the same moment, the one that was asked for first."""
        handle = asyncio.TimerHandle(when, callback, arguments, self, context)
        heapq.heappush(self._alarms, (when, next(self._numbers), handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Its moment comes, and then it is left out."""

    def _run_once(self) -> None:
        """What asyncio's own loop does in each turn, without looking at sockets."""
        while self._alarms and self._alarms[0][2].cancelled():
            heapq.heappop(self._alarms)
        if not self._due:
            if not self._alarms:
                raise RuntimeError("Everybody waits for somebody, and nobody for the clock.")
            self.now = max(self.now, self._alarms[0][0])
        while self._alarms and self._alarms[0][0] <= self.now:
            self._due.append(heapq.heappop(self._alarms)[2])
        for _ in range(len(self._due)):
            handle = self._due.popleft()
            if not handle.cancelled():
                handle._run()

    def run_in_executor(self, _executor: Any, job: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:  # type: ignore[override]
        """Instead of another thread: a moment later, on the spot."""
        return asyncio.ensure_future(in_a_moment(job, *arguments), loop=self)


async def in_a_moment(job: Callable[..., T], *arguments: Any) -> T:
    """Stands where somebody has a pool of threads: others come in between, as they could on a real machine."""
    await asyncio.sleep(MOMENT * this_machine().chance.random())
    return job(*arguments)


def describe(context: dict[str, Any]) -> str:
    """What a task that nobody waited for died of."""
    error = context.get("exception")
    return f"{context.get('message')}: {type(error).__name__}: {error}"


class World:
    """One seed's time, chance and story."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = random.Random(f"{seed}")
        self.loop = Loop()
        self.story: list[str] = []
        self.warnings: list[str] = []
        self._tasks: dict[asyncio.Task[Any], None] = {}

    def now(self) -> float:
        """Seconds since the morning; everybody's true time, which nobody knows."""
        return self.loop.time()

    def tell(self, who: str, what: str) -> None:
        """A line of the story."""
        time = MORNING + timedelta(seconds=self.now())
        self.story.append(f"{time:%d %b %H:%M:%S}.{time.microsecond // 1000:03} {who:<7} {what}")

    def warned(self, who: str, record: logging.LogRecord) -> None:
        """Something of the real code logged a warning."""
        self.warnings.append(record.getMessage())
        self.tell(who, f"{record.levelname}: {record.getMessage()}")
        if record.exc_info and record.exc_info[1] is not None:
            self.story += traceback.format_exception(record.exc_info[1])

    def go(self, work: Awaitable[T]) -> asyncio.Task[T]:
        """Begin something that goes on by itself."""
        task = asyncio.Task(work, loop=self.loop)
        self._tasks[task] = None
        task.add_done_callback(self._tasks.pop)
        return task

    def live(self, story: Awaitable[T]) -> T:
        """Let a story happen, and end everything that still goes on after it."""
        try:
            return self.loop.run_until_complete(story)
        finally:
            while self._tasks:
                for task in list(self._tasks):
                    task.cancel()
                self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()


class Machine:
    """A computer: its name, and a clock that may be wrong."""

    def __init__(self, world: World, network: Any, name: str, ahead: float = 0.0) -> None:
        self.world = world
        self.network = network
        self.name = name
        self.ahead = ahead
        self.threads: list[Thread] = []
        self.chance = random.Random(f"{world.seed} {name}")
        """Its own, so that what happens here does not depend on who else was awake at the same moment."""

    def clock(self) -> datetime:
        """What it takes the time to be."""
        return MORNING + timedelta(seconds=self.world.now() + self.ahead)

    @contextlib.contextmanager
    def here(self) -> Iterator[None]:
        """What is done inside is done on this machine."""
        token = _machine.set(self)
        try:
            yield
        finally:
            _machine.reset(token)

    def run(self, work: Callable[[], T]) -> asyncio.Task[T]:
        """Run code that blocks on this machine, as on a thread of its own, until it ends or is cancelled."""
        with self.here():
            return self.world.go(Fibre(work, contextvars.copy_context()).run())

    def __str__(self) -> str:
        return self.name

    def tell(self, what: str) -> None:
        """A line of the story."""
        self.world.tell(self.name, what)


def this_machine() -> Machine:
    """On which machine we are."""
    return _machine.get()


def within(loop: asyncio.AbstractEventLoop, seconds: float | None) -> asyncio.Future[None]:
    """Something that comes about by itself after so many seconds, unless somebody brings it about before."""
    future: asyncio.Future[None] = loop.create_future()
    if seconds is not None:
        timer = loop.call_later(seconds, come_about, future)
        future.add_done_callback(lambda _: timer.cancel())
    return future


def come_about(future: asyncio.Future[None]) -> None:
    """Let it come about, if it has not already."""
    if not future.done():
        future.set_result(None)


class Event:
    """`threading.Event` in the world's time."""

    def __init__(self) -> None:
        self._set = False
        self._waiting: dict[asyncio.Future[None], None] = {}

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True
        for future in list(self._waiting):
            come_about(future)

    def clear(self) -> None:
        self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        if not self._set:
            future = within(this_machine().world.loop, timeout)
            self._waiting[future] = None
            future.add_done_callback(self._waiting.pop)
            Fibre.wait(lambda: future)
        return self._set


class Thread:
    """`threading.Thread` in the world's time, on the machine of whoever starts it."""

    def __init__(self, *, target: Callable[[], None], name: str, daemon: bool) -> None:
        assert daemon, "A thread that keeps the program from ending is none of ours."
        self._target = target
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        machine = this_machine()
        self.task = machine.run(self._target)
        machine.threads.append(self)

    def is_alive(self) -> bool:
        return self.task is not None and not self.task.done()

    def join(self, timeout: float | None = None) -> None:
        Fibre.wait(lambda: asyncio.wait([self.task], timeout=timeout))


class Threading:
    """Stands where a module has the library's `threading`."""

    Event = Event
    Thread = Thread
    Lock = threading.Lock


class Time:
    """Stands where a module has the library's `time`."""

    @staticmethod
    def time() -> float:
        return this_machine().clock().timestamp()

    @staticmethod
    def monotonic() -> float:
        return this_machine().world.now()


class Datetime(datetime):
    """Stands where a module asks `datetime` for the time."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return this_machine().clock().astimezone(tz)
