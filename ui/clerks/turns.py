"""What is asked of the station without stopping the window: one thing after the other, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from boxoffice.domain.permissions import Permit
from boxoffice.errors import Trouble
from ui.courier import Courier

T = TypeVar("T")


class Turns(QObject):
    """Of one clerk: while one thing is asked, `busy` says that no other may be begun."""

    changed = Signal()
    """Busy, or free again."""
    failed = Signal()
    """Something could not be done, and was told."""

    def __init__(self, courier: Courier, report: Callable[[Trouble], object], parent: QObject) -> None:
        super().__init__(parent)
        self._courier = courier
        self._report = report
        self._turn = 0
        self.busy = False

    def go(
        self, future: Future[T], done: Callable[[T], object], failed: Callable[[Trouble], object] | None = None
    ) -> None:
        """Wait for the station, and go on with its answer."""
        self._turn = turn = self._turn + 1
        self._be_busy(busy=True)

        def over() -> None:
            if self._turn == turn:  # Else what follows has begun already, and no key comes in between.
                self._be_busy(busy=False)

        def arrived(value: T) -> None:
            done(value)
            over()

        def refused(trouble: Trouble) -> None:
            over()
            (failed or self._report)(trouble)
            self.failed.emit()

        self._courier.bring(future, to=self, done=arrived, failed=refused)
        future.add_done_callback(self._courier.to(self, lambda _: over()))

    def attempt(
        self,
        act: Callable[[Sequence[Permit]], Future[T]],
        done: Callable[[T], object],
        failed: Callable[[Trouble], object] | None = None,
        reason: str = "",
        had: tuple[Permit, ...] = (),
    ) -> None:
        """Like `go`, for what somebody may have to stand by."""

        def refused(trouble: Trouble) -> None:
            def again(permit: Permit) -> None:
                self.attempt(act, done, failed, reason, (*had, permit))

            self._courier.ask(trouble, again, failed or self._report, reason)

        self.go(act(had), done, refused)

    def beside(self, future: Future[T]) -> None:
        """Let it be done while other things go on; only its trouble is told."""
        self._courier.bring(future, to=self, done=lambda _: None, failed=self._report)

    def _be_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.changed.emit()
