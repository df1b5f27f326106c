"""Cards at the till: the sheets that a payment may need, and the way to the list of all of them.

What nobody knows the outcome of opens a sheet by itself, and is counted on the button until somebody settles it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.payment import FOR_A_PERSON, Attempt
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.tenders import Means
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.storage import payments
from ui import asking
from ui.clerks.clerk import Clerk
from ui.language import number, tr
from ui.money import money
from ui.sheets.paying.card_list import CardPayments
from ui.sheets.paying.card_sheets import ByHandSheet, DoubtSheet, by_hand
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog


class TillCards(QObject):
    """What a clerk's cards ask of the person at the till."""

    def __init__(self, app: App, clerk: Clerk, screen: QWidget) -> None:
        super().__init__(screen)
        self._app = app
        self._clerk = clerk
        self._screen = screen
        self._next: list[Callable[[], object]] = []
        clerk.turns.changed.connect(self._on_free)
        self.button = Button(tr("Card payments"), weight=Weight.QUIET)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.show_list)
        clerk.payment.cards.asks.connect(self._on_asks)
        clerk.payment.in_doubt.connect(self.ask)
        clerk.payment.unreachable.connect(self._on_unreachable)
        clerk.changed.connect(self.look_again)
        self.look_again()

    def look_again(self) -> None:
        """Count what somebody has to look after."""
        mine = self._clerk.cart.id
        loose = [one for one in self._clerk.counter.cards.loose() if one.is_doubtful or one.operation != mine]
        words = tr("Card payments: {n} open", n=number(len(loose))) if loose else tr("Card payments")
        self.button.setText(words)
        self.button.set_weight(Weight.PRIMARY if loose else Weight.QUIET)

    def show_list(self) -> None:
        """All of them, and what to do about each."""
        sheet = CardPayments(self._app, self._clerk.currency, self._screen.window())
        sheet.asked.connect(self.ask)
        sheet.given_up.connect(self._on_given_up)
        sheet.taken_up.connect(self._on_taken_up)
        sheet.open()

    def _on_given_up(self, attempt: Attempt) -> None:
        amount = money(attempt.amount, attempt.currency)
        about = tr("{amount} goes back to the card; its sale did not happen.", amount=amount)

        def granted(reason: str, permits: tuple[Permit, ...]) -> None:
            self._when_free(lambda: self._clerk.payment.give_up(attempt, reason, permits))

        asking.ask(Act.TAKE_BACK_CARD, about, granted, self._screen)

    def ask(self, attempt: Attempt) -> None:
        """A person is to say what became of it."""
        if attempt.state not in FOR_A_PERSON or self._is_asked(attempt):
            return
        clerk = self._clerk
        may_ask = clerk.payment.cards.may_ask(attempt)
        sheet = DoubtSheet(attempt, clerk.counter.operator, self._screen.window(), may_ask=may_ask)
        sheet.settled.connect(lambda seen: self._when_free(lambda: clerk.payment.settle(attempt, seen)))
        sheet.asked_again.connect(lambda: self._when_free(lambda: clerk.payment.ask_again(attempt)))
        sheet.open()

    def _when_free(self, act: Callable[[], object]) -> None:
        """What was answered on a sheet is done once the clerk has both hands free."""
        self._next.append(act)
        self._on_free()

    def _on_free(self) -> None:
        if self._next and not self._clerk.busy:
            self._next.pop(0)()

    def _is_asked(self, attempt: Attempt) -> bool:
        shown = (one for one in QApplication.topLevelWidgets() if isinstance(one, DoubtSheet) and one.isVisible())
        return any(one.attempt.id == attempt.id for one in shown)

    def _on_asks(self, attempt: Attempt, answer: object) -> ByHandSheet:
        return by_hand(attempt, answer, self._screen.window())  # type: ignore[arg-type]

    def _on_taken_up(self, attempt: Attempt) -> None:
        operation = attempt.reversed_for or attempt.operation
        if self._app.read(lambda c: payments.errand(c, operation)) is None:
            self._clerk.recall(operation)
        else:
            self._clerk.payment.finish_errand(operation)

    def _on_unreachable(self, attempt: Attempt) -> None:
        clerk, amount = self._clerk, money(attempt.amount, attempt.currency)
        sheet = Dialog(tr("The terminal cannot be used"), self._screen.window())
        sheet.setObjectName("terminal_unreachable")
        sheet.say(tr(attempt.because))
        sheet.say(tr("Nothing was charged. {amount} can be taken at a terminal that stands apart.", amount=amount))

        def offer(terminal: str, _: bool = False) -> None:
            sheet.accept()
            self._when_free(lambda: clerk.payment.offer(Means.CARD, attempt.amount, terminal))

        back = Button(tr("Another tender"), key="Esc", height=56)
        back.clicked.connect(sheet.reject)
        again = Button(tr("Try again"), height=56)
        again.clicked.connect(partial(offer, attempt.terminal))
        apart = Button(tr("Take it by hand"), weight=Weight.PRIMARY, height=56)
        apart.clicked.connect(partial(offer, BY_HAND.name))
        sheet.add_buttons(back, again, apart)
        sheet.open()
