"""The place of gift vouchers: one field for a code of any kind, what it is, what can be done with it, and what became
of all of them here.

A voucher or a membership goes into the cart; a gift card is sold under a number of its own or a new one, topped up,
or its balance is said. The list is found by the first eleven characters of a code, exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.code_counter import Found
from boxoffice.domain.gift_cards import Why, shown
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.redeeming import Redemption, State
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from ui import asking, code_words, theme
from ui.language import apart, clock, number, tell, tr
from ui.money import money, typed
from ui.papers.giving_out import GivingOut
from ui.screens.page import Card
from ui.shapes import Shape
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import words_of
from ui.widgets.text_field import TextField

if TYPE_CHECKING:
    from boxoffice.services.cash_out import CashedOut

    from .screen import TillScreen

_USUAL = (2_500, 5_000, 10_000)
"""Amounts that are often put on a card, minor units of a currency with two digits."""


class GiftVouchersPage(QWidget):
    """The code at the left, the list at the right."""

    def __init__(self, till: TillScreen) -> None:
        super().__init__()
        self._till = till
        self._clerk = till.clerk
        self._found = Found()
        self._listed: tuple[Redemption, ...] | None = None
        self._paper = GivingOut(till.station, till.courier, till.notices.say, till.tell, self)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(20, 14, 20, 16)
        whole.setSpacing(16)
        whole.addWidget(self._desk(), 46)
        whole.addWidget(self._list(), 54)
        self._clerk.changed.connect(self._on_changed)
        self._look()

    # One code

    def _desk(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        rows = QVBoxLayout(card)
        rows.setContentsMargins(20, 16, 20, 16)
        rows.setSpacing(12)
        rows.addWidget(_heading(tr("Voucher, gift card or membership")))
        self.code = TextField(tr("Scan it, or type its number"))
        self.code.textChanged.connect(self._look)
        self.code.returnPressed.connect(self._on_return)
        self.new = Button(tr("New number"))
        self.new.clicked.connect(self._make_number)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.code, 1)
        line.addWidget(self.new)
        rows.addLayout(line)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setFont(theme.half_bold(theme.TEXT))
        rows.addWidget(self.about)
        self.use = Button(tr("Into the cart"), weight=Weight.PRIMARY, height=56)
        self.use.clicked.connect(self._use)
        rows.addWidget(self.use)
        rows.addLayout(self._loading())
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("role", "bad")
        rows.addWidget(self.problem)
        rows.addStretch(1)
        return card

    def _loading(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(8)
        self.amount = TextField(tr("Amount on the card"))
        self.amount.textChanged.connect(self._look)
        self.amount.returnPressed.connect(self._load)
        rows.addWidget(self.amount)
        self._quick = QHBoxLayout()
        self._quick.setSpacing(8)
        self._usual: list[tuple[Button, int]] = []
        for one in _USUAL:
            button = Button("")
            button.clicked.connect(lambda _=False, amount=one: self._fill_in(amount))
            self._usual.append((button, one))
            self._quick.addWidget(button, 1)
        rows.addLayout(self._quick)
        self.load = Button(tr("Sell this gift card"), weight=Weight.PRIMARY, height=56)
        self.load.clicked.connect(self._load)
        rows.addWidget(self.load)
        self.pay_out = Button(tr("Pay out in cash…"), height=56)
        self.pay_out.clicked.connect(self._pay_out)
        rows.addWidget(self.pay_out)
        self.print = Button(tr("Print it"), shape=Shape.PRINTER, height=56)
        self.print.clicked.connect(self._print)
        rows.addWidget(self.print)
        return rows

    def _fill_in(self, amount: int) -> None:
        from boxoffice.domain.money import exponent, plain

        currency = self._clerk.currency
        self.amount.setText(plain(amount * 10 ** exponent(currency) // 100, currency))
        self.amount.setFocus()

    def _make_number(self) -> None:
        self.code.setText(self._clerk.counter.codes.new_number())
        self.amount.setFocus()

    def _look(self) -> None:
        clerk, code = self._clerk, self.code.text().strip()
        self.problem.clear()
        self._found = clerk.counter.codes.what_is(clerk.cart.event, code, clerk.cart.id) if code else Found()
        lines = code_words.of_code(self._found, clerk.currency)
        if code and not lines:
            lines = [tr("This station knows of no such code. It can be sold as a new gift card.")]
        self.about.setText("\n".join(lines))
        goes_in = self._found.voucher is not None or self._found.member is not None
        self.use.setVisible(goes_in)
        can_load = bool(code) and not goes_in
        for widget in (self.amount, self.load, *(button for button, _ in self._usual)):
            widget.setVisible(can_load)
        self.load.setText(tr("Top it up") if self._found.card is not None else tr("Sell this gift card"))
        amount = typed(self.amount.text(), clerk.currency)
        self.load.setEnabled(can_load and bool(amount) and not clerk.busy)
        card = self._found.card
        may_pay_out = clerk.shift is not None and not clerk.counter.training and clerk.payment.tendering.cash_out
        self.pay_out.setVisible(can_load and card is not None and may_pay_out)
        self.pay_out.setEnabled(card is not None and card.left > 0 and not clerk.busy)
        self.print.setVisible(card is not None or self._found.voucher is not None)

    def _print(self) -> None:
        self._paper.print_named("voucher", self.code.text().strip(), self._clerk.cart.event)

    def _on_return(self) -> None:
        if self.use.isVisible():
            self._use()
        elif self.amount.isVisible():
            self.amount.setFocus()

    def _use(self) -> None:
        if (because := self._clerk.take_code(self.code.text().strip())) is not None:
            self.problem.setText(because)
            return
        self.code.clear()
        self._till.choose()

    def _load(self) -> None:
        amount = typed(self.amount.text(), self._clerk.currency)
        code = self.code.text().strip()
        if not amount or not code:
            return
        why = Why.TOPPED_UP if self._found.card is not None else Why.SOLD
        words = self._clerk.counter.codes.why_no_load(self._clerk.cart.event, code, amount, why)
        if words is not None:
            self.problem.setText(tell(words))
            return
        self._clerk.load(code, amount, why)
        self.code.clear()
        self.amount.clear()
        self._till.choose()

    def _pay_out(self) -> None:
        """What was typed as an amount, or all that is on the card."""
        clerk, code = self._clerk, self.code.text().strip()
        amount = typed(self.amount.text(), clerk.currency) or None
        operation = new_id()
        try:
            worth = clerk.counter.codes.worth(clerk.cart.event, code, amount)
        except Trouble as trouble:
            self.problem.setText(words_of(trouble))
            return
        about = tr("{amount} goes to the holder in cash.", amount=money(worth, clerk.currency))

        def granted(reason: str, permits: tuple[Permit, ...]) -> None:
            codes = clerk.counter.codes
            clerk.turns.attempt(
                lambda more: codes.cash_out(code, reason, worth, operation=operation, permits=more),
                self._on_paid_out,
                lambda trouble: self.problem.setText(words_of(trouble)),
                reason,
                permits,
            )

        asking.ask(Act.CASH_OUT, about, granted, self)

    def _on_paid_out(self, done: CashedOut) -> None:
        self.code.clear()
        self.amount.clear()
        paid = money(done.paid, self._clerk.currency)
        self._till.notices.say(tr("Receipt {number}: {amount} back", number=done.booked.number, amount=paid))
        self._clerk.changed.emit()

    # What became of them

    def _list(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        rows = QVBoxLayout(card)
        rows.setContentsMargins(20, 16, 20, 16)
        rows.setSpacing(10)
        rows.addWidget(_heading(tr("What became of them here")))
        self.search = TextField(tr("First eleven characters"))
        self.search.textChanged.connect(self.look_again)
        self.state = Choice(tr("State"))
        self.state.addItem(tr("All"), "")
        for state, name in code_words.STATES.items():
            self.state.addItem(tr(name), state.value)
        self.state.currentIndexChanged.connect(self.look_again)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.search, 1)
        line.addWidget(self.state)
        rows.addLayout(line)
        ground = QWidget()
        ground.setProperty("role", "page")
        self._rows = QVBoxLayout(ground)
        self._rows.setSpacing(8)
        self._rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("What became of them here"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(ground)
        rows.addWidget(scroll, 1)
        return card

    def _on_changed(self) -> None:
        if self.isVisible():
            self.look_again()

    def look_again(self) -> None:
        """What is known of the code, and what became of all of them, as it is now."""
        currency = self._clerk.currency
        for button, amount in self._usual:
            button.setText(money(amount, currency))
        self._look()
        chosen = self.state.currentData()
        found = self._clerk.counter.codes.listing(self.search.text(), State(chosen) if chosen else None)
        if tuple(found) == self._listed:
            return
        self._listed = tuple(found)
        while self._rows.count() > 1:
            item = self._rows.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for one in found[:_SHOWN]:
            self._rows.insertWidget(self._rows.count() - 1, self._row(one))
        if not found:
            empty = Card()
            sought = bool(self.search.text().strip() or chosen)
            empty.say(tr("None is like that.") if sought else tr("Nothing yet"), "muted")
            self._rows.insertWidget(0, empty)

    def _row(self, one: Redemption) -> Card:
        card = Card()
        worth = money(one.amount, self._clerk.currency_of(one.event)) if one.amount else ""
        times = tr("{n} times", n=number(one.number)) if one.number > 1 else ""
        card.say(apart(shown(one.code.upper()), worth, times), "heading")
        card.say(code_words.of_state(one), code_words.ROLES.get(one.state, ""))
        receipt = tr("receipt {number}", number=number(one.receipt)) if one.receipt else ""
        facts = (code_words.of_reason(one), clock(one.changed_at), receipt, one.order)
        card.say(apart(*facts), "muted")
        if one.because:
            card.say(one.because, "warn")
        return card

    def take_keys(self) -> None:
        """What is typed is a code, in place of the one that was typed last."""
        self.code.setFocus()
        self.code.selectAll()

    def take_scan(self, text: str) -> bool:
        """A voucher, a card or a membership that was held to the gun."""
        self.code.setText(text)
        self.code.setFocus()
        return True


_SHOWN = 100


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    label.setWordWrap(True)
    return label
