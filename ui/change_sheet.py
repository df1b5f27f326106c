"""A ticket becomes another one at the desk: what it is to be, what it costs or gives back, and how.

The difference is shown before anything happens. The sheet has one operation for as long as it is open, so that a card
that was charged for it is never charged again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from boxoffice.domain import cash, dates
from boxoffice.domain.catalog import Item
from boxoffice.domain.orders import Order, Position
from boxoffice.domain.payment import Attempt
from boxoffice.domain.pricing import list_price
from boxoffice.domain.selling import names_of_roles
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import exchange
from boxoffice.services.exchange import Done, Terms, Wish

from . import theme
from .card_sheets import by_hand
from .card_work import CardWork
from .language import language, name_of, tr
from .screens.till.sale_head import words_for
from .widgets.buttons import Button, Weight
from .widgets.choice import Choice
from .widgets.dialogs import Dialog
from .widgets.rows import CheckRow

if TYPE_CHECKING:
    from .order_money import OrderMoney

_TENDERS = (
    (Means.CASH, "Cash"),
    (Means.CARD, "Card"),
    (Means.WALLET, "QR wallet"),
    (Means.TRANSFER, "Bank transfer"),
    (Means.CHEQUE, "Cheque"),
)


class ChangeSheet(Dialog):
    """What one ticket of an order is to become."""

    def __init__(self, desk: OrderMoney, order: Order, position: Position, parent: QWidget) -> None:
        super().__init__(tr("Change ticket {ticket}", ticket=f"{order.code}-{position.number}"), parent)
        self.setObjectName("change_sheet")
        self.setMinimumWidth(560)
        self._desk = desk
        self._order = order
        self._position = position
        self._operation = new_id()
        self._catalog = desk.app.catalog(order.event)
        self._terms: Terms | None = None
        self._work = CardWork(desk.app, desk.courier, lambda: desk.worker(), self)
        self._work.shows.connect(self._say)
        self._work.asks.connect(lambda attempt, answer: by_hand(attempt, answer, self))
        self._busy = False
        locale = language()
        is_now = exchange.name_of(self._catalog, position.item, position.variation, position.subevent, locale)
        self.say(" · ".join(part for part in (is_now, position.name, desk.amount(order, position.price)) if part))
        self.kind = Choice(tr("What it becomes"))
        kinds = self._kinds()
        self.kinds = [(item.id, variation) for item, variation, _ in kinds]
        """What each row of the choice stands for."""
        for _, _, words in kinds:
            self.kind.addItem(words)
        now = (position.item, position.variation)
        self.kind.setCurrentIndex(self.kinds.index(now) if now in self.kinds else 0)
        self.add(self.kind)
        self.date = Choice(tr("For which date"))
        for one in dates.offered(self._catalog, datetime.now(UTC)):
            self.date.addItem(words_for(one), one.id)
        self.date.setCurrentIndex(max(0, self.date.findData(position.subevent)))
        self.date.setVisible(self.date.count() > 0)
        self.add(self.date)
        self.role = CheckRow("")
        self.role.hide()
        self.add(self.role)
        self.difference = QLabel()
        self.difference.setFont(theme.bold(34))
        self.difference.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.add(self.difference)
        self.tender = Choice(tr("How it is paid"))
        self.add(self.tender)
        self.reason = QLineEdit()
        self.reason.setMinimumHeight(theme.TOUCH)
        self.reason.setPlaceholderText(tr("Why"))
        self.reason.setAccessibleName(tr("Why"))
        self.add(self.reason)
        self.about = self.say("")
        self.about.setProperty("role", "warn")
        self.go = Button(tr("Change the ticket"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.go.clicked.connect(self.change)
        self.reason.returnPressed.connect(self.change)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.go)
        self.kind.currentIndexChanged.connect(self._show)
        self.date.currentIndexChanged.connect(self._show)
        self.role.toggled.connect(self._show)
        self._show()
        self.kind.setFocus()

    def _kinds(self) -> list[tuple[Item, int | None, str]]:
        """What tickets there are, each with its kinds; add-ons become add-ons only."""
        addons = {one.id for one in self._catalog.categories.values() if one.is_addon}
        own = self._catalog.items.get(self._position.item)
        is_part = own is not None and own.category in addons
        found = []
        for item in sorted(self._catalog.items.values(), key=lambda one: (one.position, one.id)):
            if not item.active or (item.category in addons) != is_part:
                continue
            for variation in [one for one in item.variations if one.active] or (None,):
                kind = variation.id if variation is not None else None
                price = list_price(self._catalog, item, kind, self._position.subevent, datetime.now(UTC))
                words = (name_of(item.name), name_of(variation.value) if variation is not None else "")
                named = " · ".join((*(part for part in words if part), self._desk.amount(self._order, price)))
                found.append((item, kind, named))
        return found

    @property
    def _wish(self) -> Wish:
        item, variation = self.kinds[self.kind.currentIndex()]
        known = self._catalog.items[item]
        is_pass = known.pass_terms is not None
        role = known.roles[0] if known.roles and self.role.isChecked() else ""
        date = None if is_pass or not self.date.count() else self.date.currentData()
        return Wish(position=self._position.number, item=item, variation=variation, subevent=date, role=role)

    def _show(self) -> None:
        item = self._catalog.items[self.kinds[self.kind.currentIndex()][0]]
        self.role.setVisible(bool(item.roles))
        self.role.setText(
            tr("Has shown to be one of: {role}", role=names_of_roles(self._catalog, item.roles, language()))
        )
        counter = self._desk.app.counter()
        because = ""
        self._terms = None
        try:
            self._terms = counter.terms(self._order.event, self._order.code, (self._wish,))
        except Trouble as trouble:
            because = " ".join(tr(part) for part in (trouble.title, trouble.hint) if part)
        difference = self._terms.difference if self._terms is not None else 0
        due = self._terms.due if self._terms is not None else 0
        sign = "+" if difference > 0 else ""
        self.difference.setText(f"{sign}{self._desk.amount(self._order, difference)}")
        self._offer_tenders(due)
        self.about.setText(because)
        self.go.setEnabled(self._terms is not None and not self._busy)

    def _offer_tenders(self, due: int) -> None:
        """Money goes back to a card on its own sheet, because a terminal has to do it."""
        chosen = self.tender.currentData()
        taken = self._desk.app.counter().tendering(self._order.event)
        self.tender.clear()
        for means, name in _TENDERS:
            if taken.takes(means) and not (means is Means.CARD and due < 0 and self._has_terminals):
                self.tender.addItem(tr(name), means.value)
        self.tender.setCurrentIndex(max(0, self.tender.findData(chosen)))
        self.tender.setVisible(due != 0)

    @property
    def _has_terminals(self) -> bool:
        return bool(self._desk.app.counter().terminals)

    def change(self) -> None:
        """Do it, after the card was charged where one is."""
        terms = self._terms
        if terms is None or self._busy:
            return
        means = Means(self.tender.currentData()) if terms.due else Means.CASH
        if terms.due > 0 and means is Means.CARD and self._has_terminals:
            self._charge()
            return
        step = cash.step(self._desk.currency(self._order)) if means is Means.CASH else 1
        self._book([Offer(means=means, amount=cash.rounded(terms.due, step))] if terms.due else [])

    def _charge(self) -> None:
        order, counter = self._order, self._desk.app.counter()
        self._be_busy(busy=True)
        begun = counter.charge_difference(order.event, order.code, (self._wish,), self._operation)

        def written(attempt: Attempt) -> None:
            self._desk.courier.bring(self._work.run(attempt), to=self, done=self._on_charged, failed=self._failed)

        self._desk.courier.bring(begun, to=self, done=written, failed=self._failed)

    def _on_charged(self, attempt: Attempt) -> None:
        self._be_busy(busy=False)
        if attempt.is_charged:
            self._book([Offer(means=Means.CARD, amount=attempt.amount)])
            return
        title = "Nobody knows yet whether the card was charged" if attempt.is_open else "The card was not charged"
        self._failed(Trouble(title, attempt.evidence.text or attempt.because, attempt.advice))

    def _book(self, offers: list[Offer]) -> None:
        order, counter, wish = self._order, self._desk.app.counter(), self._wish
        reason = self.reason.text().strip()
        self._be_busy(busy=True)
        self._desk.courier.attempt(
            lambda permits: counter.exchange(
                order.event, order.code, (wish,), offers, reason, operation=self._operation, permits=permits
            ),
            to=self,
            done=self._done,
            failed=self._failed,
            reason=reason,
        )

    def _done(self, done: Done) -> None:
        if done.booked is None:
            due = self._desk.amount(done.order, done.order.total - done.order.paid)
            self._desk.say(tr("The ticket is changed; {amount} is to pay", amount=due))
        else:
            difference = self._desk.amount(done.order, done.booked.receipt.total)
            self._desk.say(
                tr("Receipt {number}: the difference is {amount}", number=done.booked.number, amount=difference)
            )
        self._desk.changed.emit()
        self.accept()

    def _failed(self, trouble: Trouble) -> None:
        self._be_busy(busy=False)
        self.about.setText(" ".join(tr(part) for part in trouble.parts()))

    def _say(self, text: str) -> None:
        self.about.setText(text)

    def _be_busy(self, *, busy: bool) -> None:
        self._busy = busy
        for widget in (self.kind, self.date, self.role, self.tender, self.reason, self.go):
            widget.setEnabled(not busy)

    def reject(self) -> None:
        """While the terminal works there is no way back but to ask it to let it be."""
        if self._busy:
            self._work.break_off()
            return
        super().reject()


class RepriceSheet(Dialog):
    """An open order whose early price has run out: what it costs today, and the difference, before it is so."""

    def __init__(self, desk: OrderMoney, order: Order, wishes: tuple[Wish, ...], terms: Terms, parent: QWidget) -> None:
        super().__init__(tr("Today's price for order {order}", order=order.code), parent)
        self.setObjectName("reprice_sheet")
        self._desk = desk
        self._order = order
        self._wishes = wishes
        self._operation = new_id()
        self.say(tr("The price that it was ordered at has run out."))
        catalog = desk.app.catalog(order.event)
        for swap in terms.swaps:
            what = exchange.name_of(catalog, swap.item, swap.variation, swap.subevent, language())
            was, now = desk.amount(order, swap.was_price), desk.amount(order, swap.price)
            self.say(tr("{what}: {now} instead of {was}", what=what, now=now, was=was))
        total = QLabel(f"+{desk.amount(order, terms.difference)}" if terms.difference > 0 else "")
        total.setFont(theme.bold(34))
        total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.add(total)
        self.go = Button(tr("Take today's price"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.go.clicked.connect(self.reprice)
        cancel = Button(tr("Leave it"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.go)
        self.go.setDefault(True)
        self.go.setFocus()

    def reprice(self) -> None:
        """Change the order's prices to today's."""
        order, counter = self._order, self._desk.app.counter()
        self.go.setEnabled(False)
        self._desk.courier.attempt(
            lambda permits: counter.exchange(
                order.event, order.code, self._wishes, (), "Its price had run out",
                operation=self._operation, permits=permits,
            ),
            to=self,
            done=self._done,
            failed=self._failed,
        )  # fmt: skip

    def _done(self, done: Done) -> None:
        due = self._desk.amount(done.order, done.order.total - done.order.paid)
        self._desk.say(tr("The order costs today's price; {amount} is to pay", amount=due))
        self._desk.changed.emit()
        self.accept()

    def _failed(self, trouble: Trouble) -> None:
        self.go.setEnabled(True)
        self._desk.failed(trouble)
