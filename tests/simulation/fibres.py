"""Code that blocks, as code on threads does, in a world where only one thing happens at a time.

It runs on a fibre: a thread that goes on only while the world's loop stands still, and waits by telling the loop what
for. A machine that is switched off cancels its fibres; each dies where it stands.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Killed(BaseException):
    """The machine is off. Nothing catches this, as nothing survives a power cut."""


class Turn:
    """Given by one thread and taken by another, which waits for it."""

    def __init__(self) -> None:
        lock = threading.Lock()
        lock.acquire()
        self.give = lock.release
        self.take = lock.acquire


class Hands:
    """Threads that have nothing to do: a new one takes longer than all that most of them do."""

    def __init__(self) -> None:
        self._idle: list[SimpleQueue[Callable[[], None]]] = []

    def do(self, work: Callable[[], None]) -> None:
        """Have it done by one of them."""
        if not self._idle:
            self._idle.append(SimpleQueue())
            threading.Thread(target=self._work, args=(self._idle[-1],), daemon=True).start()
        self._idle.pop().put(work)

    def _work(self, calls: SimpleQueue[Callable[[], None]]) -> None:
        while True:
            calls.get()()
            self._idle.append(calls)


_hands = Hands()


class Fibre:
    """Code that blocks. It has the world for itself until it waits for something, and then gives it back."""

    _current = threading.local()

    def __init__(self, work: Callable[[], Any], context: contextvars.Context) -> None:
        self._work = work
        self._context = context
        self._its_turn, self._our_turn = Turn(), Turn()
        self._wish: Awaitable[Any] | None = None
        self._answer: Any = None
        self._error: BaseException | None = None
        self._cut = False
        self._ended = False

    async def run(self) -> Any:
        """Let it run to its end, fulfilling its wishes in between. Cancelled, it dies where it stands."""
        task = asyncio.current_task()
        _hands.do(lambda: self._context.run(self._live))
        self._go_on()
        while not self._ended:
            assert self._wish is not None
            try:
                self._answer, self._error = await self._wish, None
            except asyncio.CancelledError:
                pass
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits on the fibre
                self._answer, self._error = None, error
            self._cut = bool(task and task.cancelling())  # also where a wait that was over just then swallowed it
            self._go_on()
        if self._cut:
            raise asyncio.CancelledError
        if self._error is not None:
            raise self._error
        return self._answer

    def _go_on(self) -> None:
        self._its_turn.give()
        self._our_turn.take()

    def _live(self) -> None:
        self._its_turn.take()
        Fibre._current.one = self
        try:
            self._answer, self._error = self._work(), None
        except BaseException as error:  # noqa: BLE001 - handed to whoever runs the fibre
            self._answer, self._error = None, error
        self._ended = True
        Fibre._current.one = None
        self._our_turn.give()

    @classmethod
    def wait(cls, wish: Callable[[], Awaitable[T]]) -> T:
        """Wait until something of the world has come about."""
        self: Fibre | None = getattr(cls._current, "one", None)
        assert self is not None, "Whoever stands outside of fibres must not wait."
        if self._cut:
            raise Killed
        self._wish = wish()
        self._our_turn.give()
        self._its_turn.take()
        if self._cut:
            raise Killed
        if self._error is not None:
            raise self._error
        return self._answer
