"""Every card payment that was tried: found by receipt, amount or time, with the terminal's words and what to do.

Without a search it begins with those that somebody has to look after. A row says what to tell the customer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.payment import FOR_A_PERSON, Attempt, State, Way
from boxoffice.storage import payments
from ui.language import apart, clock, number, on_the_wall, tr
from ui.money import money, typed
from ui.screens.page import Card
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.text_field import TextField

_NEWEST = 40
_AROUND = timedelta(minutes=30)
_TIME = re.compile(r"(\d{1,2}):(\d{2})")

STATES: Mapping[State, str] = {
    State.NEW: "about to begin",
    State.INTENT: "about to begin",
    State.SENT: "at the terminal",
    State.IN_PROGRESS: "at the terminal",
    State.APPROVED: "at the terminal",
    State.CAPTURED: "charged",
    State.DECLINED: "refused",
    State.ABORTED: "broken off",
    State.CANCELLED: "never reached the terminal",
    State.UNKNOWN: "outcome unknown",
    State.RECOVERING: "being found out",
    State.NOT_CHARGED: "not charged",
    State.NEEDS_HUMAN: "needs a person",
    State.REVERSING: "being taken back",
    State.REVERSED: "taken back",
    State.REVERSAL_DECLINED: "charged; could not be taken back",
    State.REVERSAL_UNKNOWN: "unknown whether it was taken back",
}
_OF_REFUNDS: Mapping[State, str] = {State.CAPTURED: "given back", State.NOT_CHARGED: "not given back"}


def state_of(attempt: Attempt) -> str:
    """How it stands, in the language in use."""
    refund = _OF_REFUNDS.get(attempt.state) if attempt.way is Way.REFUND else None
    return tr(refund or STATES[attempt.state])


class CardPayments(Dialog):
    """The list, and what can be done about each."""

    asked = Signal(object)
    """A payment in doubt is to be settled: the `Attempt`."""
    given_up = Signal(object)
    """A payment without a receipt is to be taken back: the `Attempt`."""
    taken_up = Signal(object)
    """What it was for is to go on: the `Attempt`."""

    def __init__(self, app: App, currency: str, parent: QWidget) -> None:
        super().__init__(tr("Card payments"), parent)
        self.setObjectName("card_payments")
        self._app = app
        self._currency = currency
        self.search = TextField(tr("Receipt number, amount (12.50) or time (18:05)"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.look_again)
        self.add(self.search)
        ground = QWidget()
        ground.setProperty("role", "page")
        self._cards = QVBoxLayout(ground)
        self._cards.setSpacing(10)
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Card payments"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(ground)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumHeight(420)
        self.widen(780)
        self.add(scroll)
        close = Button(tr("Close"), key="Esc", weight=Weight.PRIMARY)
        close.clicked.connect(self.reject)
        self.add_buttons(close)
        self.look_again()
        self.search.setFocus()

    def look_again(self) -> None:
        """Show what is found now."""
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        found = self.found(self.search.text())
        strays = {one.id for one in self._app.read(payments.strays)}
        for one in found:
            self._cards.addWidget(self._card(one, goes_on=one.id in strays))
        if not found:
            empty = Card()
            sought = bool(self.search.text().strip())
            empty.say(tr("No card payment is like that.") if sought else tr("No card was charged here yet."), "muted")
            self._cards.addWidget(empty)
        self._cards.addStretch(1)

    def found(self, text: str) -> Sequence[Attempt]:
        """What the words in the search find."""
        text = text.strip()
        if not text:
            return self._app.read(lambda c: _once([*payments.loose(c), *payments.newest(c, _NEWEST)]))
        if (time := _TIME.fullmatch(text)) and int(time[1]) < 24 and int(time[2]) < 60:
            at = _last(int(time[1]), int(time[2]))
            return self._app.read(lambda c: payments.between(c, at - _AROUND, at + _AROUND)[::-1])
        amount = typed(text, self._currency)
        numbers = [int(text)] if text.isdecimal() and text.isascii() else []
        return self._app.read(
            lambda c: _once(
                [
                    *(one for n in numbers for one in payments.of_receipt(c, n)),
                    *(one for n in numbers for one in payments.of_terminal_receipt(c, n)[::-1]),
                    *(payments.of_amount(c, amount) if amount is not None else ()),
                ]
            )
        )

    def _card(self, one: Attempt, *, goes_on: bool) -> Card:
        card = Card()
        amount = money(-one.amount if one.way is Way.REFUND else one.amount, one.currency)
        card.say(f"{amount} · {state_of(one)}", "heading")
        card.say(apart(*self._facts(one)), "muted")
        words = " ".join(part for part in (tr(one.evidence.text), tr(one.because) if one.because else "") if part)
        if words:
            card.say(words, "warn" if one.state in FOR_A_PERSON else "")
        card.say(tr("Tell the customer: {words}", words=tr(one.advice)), "muted")
        if one.settled_by:
            card.say(tr("{name} says so: {words}", name=one.settled_by, words=one.reason), "muted")
        for words_, signal in self._deeds(one, goes_on=goes_on):
            button = Button(tr(words_))
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, to=signal: self._leave(to, one))
            card.buttons.addWidget(button)
        return card

    def _facts(self, one: Attempt) -> Sequence[str]:
        evidence = one.evidence
        return (
            clock(one.began_at),
            tr(one.terminal),
            " ".join(part for part in (evidence.card, evidence.pan) if part),
            tr("slip {number}", number=f"{evidence.receipt:04d}") if evidence.receipt else "",
            tr("receipt {number}", number=number(one.receipt)) if one.receipt is not None else "",
            tr("without a receipt") if one.is_stray else "",
        )

    def _deeds(self, one: Attempt, *, goes_on: bool) -> Sequence[tuple[str, SignalInstance]]:
        if one.state in FOR_A_PERSON:
            return (("Look into it…", self.asked),)
        deeds = [("Go on with it…", self.taken_up)] if goes_on else []
        if goes_on and one.is_stray and one.way is Way.CHARGE:
            deeds.append(("Take it back…", self.given_up))
        return deeds

    def _leave(self, signal: SignalInstance, one: Attempt) -> None:
        self.accept()
        signal.emit(one)


def _last(hour: int, minute: int) -> datetime:
    """When the clock of the events stood so last, today or yesterday."""
    now = datetime.now(UTC)
    wall = on_the_wall(now)
    at = now + (wall.replace(hour=hour, minute=minute, second=0) - wall)
    return at if at <= now + _AROUND else at - timedelta(days=1)


def _once(attempts: Sequence[Attempt]) -> list[Attempt]:
    return list({one.id: one for one in attempts}.values())
