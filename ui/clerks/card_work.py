"""Bringing a card payment that was written down to its end, at whichever terminal it is for.

Both the till and the sheets about orders do it this way. What a terminal apart has said is asked of whoever listens
to `asks`; everything else is the worker's.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from boxoffice.bootstrap import App
from boxoffice.domain.payment import Attempt, State
from boxoffice.domain.terminals import Kind, TerminalDay
from boxoffice.errors import DeviceTrouble, Trouble
from boxoffice.ports import Word
from boxoffice.services import card_terminals
from ui.courier import Courier
from ui.language import tr

if TYPE_CHECKING:
    from boxoffice.terminals.manual import ManualTerminal
    from boxoffice.terminals.worker import TerminalWorker

NOT_READY = ("The terminal is not ready yet", "", "Try it again in a moment.")


class CardWork(QObject):
    """The way from a screen to the terminals."""

    shows = Signal(str)
    """What a terminal says while it works."""
    asks = Signal(object, object)
    """Somebody has to read a terminal apart: the `Attempt`, and whom to tell what was typed (a `Typed`, or None)."""

    def __init__(
        self, app: App, courier: Courier, worker: Callable[[], TerminalWorker | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._courier = courier
        self._worker = worker

    @property
    def ready(self) -> bool:
        """Whether anything can be done with a card yet."""
        return self._worker() is not None

    def run(self, attempt: Attempt) -> Future[Attempt]:
        """Take it to its end: a charge, a refund, or a payment that is taken back. Fails with `DeviceTrouble`."""
        worker = self._worker()
        if worker is None:
            return _failed(DeviceTrouble(*NOT_READY))
        by = self._by_hand(attempt)
        shows = self._courier.to(self, self._on_word)
        if attempt.state is State.REVERSING:
            return worker.reverse(attempt.id, shows, by)
        return worker.pay(attempt.id, shows, by)

    def ask_again(self, attempt: Attempt) -> Future[Attempt]:
        """Have its terminal say what became of it. Fails with `DeviceTrouble`."""
        worker = self._worker()
        return worker.recover(attempt.id) if worker is not None else _failed(DeviceTrouble(*NOT_READY))

    def may_ask(self, attempt: Attempt) -> bool:
        """Whether its terminal can be asked what became of it."""
        return attempt.state is State.UNKNOWN and self._kind(attempt) is not Kind.MANUAL and self.ready

    def close_day(self, terminal: str, operator: str) -> Future[TerminalDay]:
        """Have a terminal close its day. Fails with `Refused`, `DeviceTrouble`."""
        worker = self._worker()
        return worker.end_of_day(terminal, operator) if worker is not None else _failed(DeviceTrouble(*NOT_READY))

    def break_off(self) -> None:
        """Ask the terminal at work to let it be; it says itself what became of the payment."""
        if (worker := self._worker()) is not None:
            worker.break_off()

    def _kind(self, attempt: Attempt) -> Kind:
        return self._app.read(lambda c: card_terminals.terminal(c, attempt.terminal)).kind

    def _by_hand(self, attempt: Attempt) -> ManualTerminal | None:
        from boxoffice.terminals.manual import ManualTerminal, Typing

        if self._kind(attempt) is not Kind.MANUAL:
            return None
        typing = Typing(self._courier.to(self, lambda one: self.asks.emit(one, typing.answer)))
        return ManualTerminal(typing)

    def _on_word(self, word: Word) -> None:
        self.shows.emit(tr(word.text))


def _failed(trouble: Trouble) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(trouble)
    return future
