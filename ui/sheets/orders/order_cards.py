"""Cards on the sheets about an order: charged or given back to at a terminal, with whatever that may ask of a person.

Each sheet has one errand for as long as it is open; what has moved for it is asked of the station, never remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.errands import What
from boxoffice.domain.payment import FOR_A_PERSON, Attempt, State
from boxoffice.domain.permissions import Permit
from boxoffice.errors import Trouble
from ui.clerks.card_work import NOT_READY, CardWork
from ui.courier import Courier
from ui.sheets.paying.card_sheets import DoubtSheet, by_hand

if TYPE_CHECKING:
    from boxoffice.domain.errands import Errand
    from boxoffice.services.card import Seen
    from boxoffice.terminals.worker import TerminalWorker


Begin = Callable[[Sequence[Permit]], Future[Any]]
"""The next step of a card payment, with what was permitted of it; None where there is none left."""


class OrderCards(QObject):
    """One errand at a time, to its end."""

    shows = Signal(str)
    """What the terminal says while it works."""
    moved = Signal()
    """Money has moved, as it should."""
    failed = Signal(object)
    """It did not: a `Trouble` to be shown."""

    def __init__(self, app: App, courier: Courier, worker: Callable[[], TerminalWorker | None], sheet: QWidget) -> None:
        super().__init__(sheet)
        self._app = app
        self._courier = courier
        self._sheet = sheet
        self.work = CardWork(app, courier, worker, self)
        self.work.shows.connect(self.shows)
        self.work.asks.connect(lambda attempt, answer: by_hand(attempt, answer, sheet))
        self._errand: Errand | None = None
        self._terminal = ""
        self.busy = False

    @property
    def wanted(self) -> bool:
        """Whether a card is taken this way here: there is a terminal, or somebody to type what one apart says."""
        return bool(self._app.counter().cards.terminals) or self.work.ready

    def charge(self, errand: Errand, amount: int, terminal: str) -> None:
        """Charge a card for an open order."""
        cards = self._app.counter().cards
        self._begin(errand, terminal, lambda permits: cards.charge_order(errand, amount, terminal, permits=permits))

    def carry_out(self, errand: Errand, terminal: str) -> None:
        """Charge cards and give back to them, one movement after another, until all has moved that it wants."""
        counter = self._app.counter()
        self._begin(errand, terminal, lambda permits: counter.cards.advance(errand, terminal, permits=permits))

    def mind(self, operation: str) -> None:
        """Ask about what an earlier try has left in doubt."""
        for one in self._app.counter().cards.about(operation):
            if one.state in FOR_A_PERSON:
                self._ask(one)
                return

    def _begin(self, errand: Errand, terminal: str, begin: Begin) -> None:
        if not self.work.ready:
            self.failed.emit(Trouble(*NOT_READY))
            return
        self._errand, self._terminal = errand, terminal
        self._attempt(begin, self._on_written, errand.reason)

    def _on_written(self, attempt: Attempt | None) -> None:
        if attempt is None:
            self.moved.emit()
            return
        self._wait(self.work.run(attempt), self._on_end)

    def _on_end(self, attempt: Attempt) -> None:
        errand = self._errand
        if attempt.is_open:
            self._ask(attempt)
        elif not self._has_moved(attempt):
            title = "The card was not charged" if attempt.reversed_for == "" else "The payment stays charged"
            self.failed.emit(Trouble(title, attempt.evidence.text or attempt.because, attempt.advice))
        elif errand is not None and errand.what is not What.PAYMENT:
            self.carry_out(errand, self._terminal)
        else:
            self.moved.emit()

    def _has_moved(self, attempt: Attempt) -> bool:
        taken_back = attempt.reversed_for and attempt.state is State.REVERSED
        return bool(taken_back) or (attempt.state is State.CAPTURED)

    def _ask(self, attempt: Attempt) -> None:
        name = self._app.counter().operator
        sheet = DoubtSheet(attempt, name, self._sheet, may_ask=self.work.may_ask(attempt))
        sheet.settled.connect(lambda seen: self._settle(attempt, seen))
        sheet.asked_again.connect(lambda: self._wait(self.work.ask_again(attempt), self._on_end))
        sheet.open()

    def _settle(self, attempt: Attempt, seen: Seen) -> None:
        counter = self._app.counter()
        self._attempt(lambda permits: counter.cards.settle(attempt.id, seen, permits), self._on_end, seen.reason)

    def _wait(self, future: Future[Attempt], done: Callable[[Attempt], object]) -> None:
        self._attempt(lambda _: future, done, "")

    def _attempt(self, begin: Begin, done: Callable[[Any], object], reason: str) -> None:
        """Wait for it; where somebody has to stand by it, ask for that first."""
        self.busy = True

        def arrived(attempt: Attempt | None) -> None:
            self.busy = False
            done(attempt)

        def failed(trouble: Trouble) -> None:
            self.busy = False
            self.failed.emit(trouble)

        self._courier.attempt(begin, to=self, done=arrived, failed=failed, reason=reason)
