"""Carries what other threads have to say to the Qt thread.

Futures and callbacks end on whatever thread did the work. The courier lets the rest happen on the thread
it lives on, by a queued signal, in the order in which it came; whatever is meant for a widget that is
gone by then is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from typing import ParamSpec, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from boxoffice.domain.permissions import Act, Permit
from boxoffice.errors import NeedsPermission, Trouble

from .apology import apology

T = TypeVar("T")
P = ParamSpec("P")


AskLeave = Callable[[Act, str, Callable[[Permit], object], Callable[[], object]], object]
"""Asks somebody to stand by an act, with the reason as far as it is known; then calls one of the two."""


class Courier(QObject):
    """Lives on the Qt thread; its methods may be called from any but `attempt`, which asks people."""

    _brought = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._brought.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.ask_leave: AskLeave | None = None
        """How people are asked for a permit; without it nobody is asked."""

    def bring(
        self,
        future: Future[T],
        *,
        to: QObject,
        done: Callable[[T], object],
        failed: Callable[[Trouble], object],
    ) -> None:
        """Call `done` with the future's value or `failed` with its trouble, later, unless `to` is gone.

        What is no trouble is a bug of ours and ends in the application's excepthook.
        """

        def arrived(future: Future[T]) -> None:
            self._send(to, lambda: _open(future, done, failed))

        future.add_done_callback(arrived)

    def attempt(
        self,
        act: Callable[[Sequence[Permit]], Future[T]],
        *,
        to: QObject,
        done: Callable[[T], object],
        failed: Callable[[Trouble], object],
        reason: str = "",
    ) -> None:
        """Do something guarded; where somebody has to stand by it, ask for their PIN and do it with their permit.

        `act` is called anew with each permit that it asks for. If nobody gives one, `failed` hears what was missing.
        It also hears of a bug of ours, so that nobody waits for ever for what will not come.
        """

        def go(permits: tuple[Permit, ...]) -> None:
            def refused(trouble: Trouble) -> None:
                self.ask(trouble, lambda permit: go((*permits, permit)), failed, reason)

            try:
                future = act(permits)
            except Trouble as trouble:
                refused(trouble)
                return
            self.bring(future, to=to, done=done, failed=refused)
            future.add_done_callback(self.to(to, lambda future: _own_up(future, failed)))

        go(())

    def ask(
        self,
        trouble: Trouble,
        again: Callable[[Permit], object],
        failed: Callable[[Trouble], object],
        reason: str = "",
    ) -> None:
        """Where the trouble is that somebody has to stand by it, ask for that and go on; any other one has failed."""
        wanted = trouble.act if isinstance(trouble, NeedsPermission) else ""
        if not wanted or self.ask_leave is None:
            failed(trouble)
            return
        self.ask_leave(Act(wanted), reason, again, lambda: failed(trouble))

    def to(self, receiver: QObject, call: Callable[P, object]) -> Callable[P, None]:
        """A callback for other threads: it lets `call` happen here, later, unless `receiver` is gone."""

        def callback(*args: P.args, **kwargs: P.kwargs) -> None:
            self._send(receiver, lambda: call(*args, **kwargs))

        return callback

    def _send(self, receiver: QObject, act: Callable[[], object]) -> None:
        if shiboken6.isValid(self):
            self._brought.emit(receiver, act)

    def _deliver(self, receiver: QObject, act: Callable[[], object]) -> None:
        if shiboken6.isValid(receiver):
            act()


def _open(future: Future[T], done: Callable[[T], object], failed: Callable[[Trouble], object]) -> None:
    try:
        value = future.result()
    except CancelledError:
        return
    except Trouble as trouble:
        failed(trouble)
        return
    done(value)


def _own_up(future: Future[T], failed: Callable[[Trouble], object]) -> None:
    if not future.cancelled() and not isinstance(future.exception(), Trouble | None):
        failed(apology())
