"""What sheets have in common that put right how a receipt was paid, or take back a whole sale.

Each sheet has one operation for as long as it is open, so that a second Enter does nothing twice. What a terminal has
to charge, or to give back, it does first; what it will do is said before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from boxoffice.bootstrap import App
from boxoffice.counter import Counter
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.permissions import Permit
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services.card_terminals import BY_HAND
from ui import theme
from ui.courier import Courier
from ui.language import tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.text_field import TextField

from .order_cards import OrderCards

if TYPE_CHECKING:
    from boxoffice.terminals.worker import TerminalWorker


class Workplace(NamedTuple):
    """Where something is put right: the station, its till, and what speaks with its card terminals."""

    app: App
    counter: Counter
    courier: Courier
    worker: Callable[[], TerminalWorker | None]
    failed: Callable[[Trouble], object]


class CorrectingSheet(Dialog):
    """A receipt, a reason, and a button that does it."""

    corrected = Signal()

    def __init__(self, heading: str, at: Workplace, parent: QWidget) -> None:
        super().__init__(heading, parent)
        self.setObjectName("correcting")
        self.at = at
        self.app, self.counter = at.app, at.counter
        self.operation = new_id()
        self.cards = OrderCards(at.app, at.courier, at.worker, self)
        self.cards.moved.connect(self._book)
        self.cards.failed.connect(self._on_failed)
        self.cards.shows.connect(self.tell)
        self.reason = TextField(tr("Why"))
        self.reason.textChanged.connect(lambda _: self.look())
        self.reason.returnPressed.connect(self._on_return)
        self.where = Choice(tr("Card terminal"))
        for terminal in self.counter.cards.terminals:
            self.where.addItem(terminal.name, terminal.name)
        self.where.addItem(tr("Card by hand"), BY_HAND.name)
        self.wrong = QLabel()
        self.wrong.setWordWrap(True)

    def finish(self, words: str) -> None:
        """The foot of the sheet."""
        self.add(self.where)
        self.add(self.reason)
        self.add(self.wrong)
        self.button = Button(words, weight=Weight.PRIMARY, key=tr("Enter"))
        self.button.clicked.connect(self._go)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.button)
        self.look()

    def look(self) -> None:
        """What was typed may be enough now."""
        self.where.setVisible(self.moves_cards and self.cards.work.ready)
        self.button.setEnabled(self.ready and bool(self.reason.text().strip()) and not self.cards.busy)

    def tell(self, words: str, role: str = "") -> None:
        """Say how it stands."""
        self.wrong.setText(words)
        self.wrong.setProperty("role", role)
        theme.restyle(self.wrong)

    @property
    def ready(self) -> bool:
        """Whether there is something to do."""
        return True

    @property
    def moves_cards(self) -> bool:
        """Whether a terminal has something to do first."""
        return False

    @property
    def errand(self) -> Errand:
        """What cards are moved for."""
        raise NotImplementedError

    def act(self, permits: Sequence[Permit]) -> Future[Any]:
        """Do it, with the leave of whoever stands by it."""
        raise NotImplementedError

    def take_up(self, event: str, order: str, what: What, receipt: int) -> Errand | None:
        """Go on with what an earlier sheet has begun and a crash has left."""
        begun = self.counter.cards.unfinished(event, order) if order else None
        if begun is None or (begun.what, begun.receipt) != (what, receipt):
            return None
        self.operation = begun.operation
        self.reason.setText(begun.reason)
        return begun

    def _on_return(self) -> None:
        if self.button.isEnabled():
            self._go()

    def _go(self) -> None:
        if self.cards.busy or self.is_waiting:
            return
        self.button.setEnabled(False)
        if self.moves_cards and self.cards.work.ready:
            self.cards.carry_out(self.errand, str(self.where.currentData()))
        else:
            self._book()

    def _book(self) -> None:
        reason = self.reason.text().strip()
        self.is_waiting = True
        self.at.courier.attempt(self.act, to=self, done=self._on_done, failed=self._on_failed, reason=reason)

    def _on_done(self, _: object) -> None:
        self.corrected.emit()
        self.accept()

    def _on_failed(self, trouble: Trouble) -> None:
        self.is_waiting = False
        self.look()
        self.tell(words_of(trouble), "bad")

    def reject(self) -> None:
        """While the terminal works there is no way back but to ask it to let it be."""
        if self.cards.busy:
            self.cards.work.break_off()
        else:
            super().reject()
