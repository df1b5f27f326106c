"""A ticket becomes another one at the desk: what it is to be, what it costs or gives back, and how.

The difference is shown before anything happens. The sheet has one operation for as long as it is open, so that a card
that was charged for it is never charged again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from boxoffice.domain import cash, dates
from boxoffice.domain.cart import Objection
from boxoffice.domain.catalog import Item
from boxoffice.domain.errands import Errand, What, Wish
from boxoffice.domain.orders import Order, Position
from boxoffice.domain.pricing import list_price
from boxoffice.domain.selling import names_of_roles
from boxoffice.domain.tenders import TITLES, Means, Offer
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import exchange, give_back
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.services.exchange import Done
from boxoffice.services.terms import Terms
from ui import theme
from ui.language import apart, language, name_of, sentences, tell, tr
from ui.screens.till.sale_head import words_for
from ui.sheets.paying.gift_card_field import GiftCardField
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.rows import CheckRow
from ui.widgets.text_field import TextField

from .order_cards import OrderCards

if TYPE_CHECKING:
    from .order_money import OrderMoney

_TENDERS = (Means.CASH, Means.CARD, Means.WALLET, Means.TRANSFER, Means.CHEQUE, Means.GIFT_CARD)
_BY_HAND = "card by hand"


class ChangeSheet(Dialog):
    """What one ticket of an order is to become."""

    def __init__(self, desk: OrderMoney, order: Order, position: Position, parent: QWidget) -> None:
        super().__init__(tr("Change ticket {ticket}", ticket=f"{order.code}-{position.number}"), parent)
        self.setObjectName("change_sheet")
        self.widen(560)
        self._desk = desk
        self._order = order
        self._position = position
        self._operation = desk.operation(order, What.EXCHANGE)
        self._catalog = desk.app.catalog(order.event)
        self._terms: Terms | None = None
        self._objections: tuple[Objection, ...] = ()
        self._cards = OrderCards(desk.app, desk.courier, lambda: desk.worker(), self)
        self._cards.shows.connect(self._say)
        self._cards.moved.connect(self._on_moved)
        self._cards.failed.connect(self._failed)
        self._busy = False
        self._due = 0
        self._came = give_back.as_it_came(order)
        locale = language()
        is_now = exchange.name_of(self._catalog, position.item, position.variation, position.subevent, locale)
        self.say(apart(is_now, position.name, desk.amount(order, position.price)))
        self._ask_what()
        self.difference = QLabel()
        self.difference.setFont(theme.bold(34))
        self.difference.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.add(self.difference)
        self.tender = Choice(tr("How it is paid"))
        self.add(self.tender)
        self.onto = GiftCardField(desk.app.counter().codes, order.event)
        self.add(self.onto)
        self.reason = TextField(tr("Why"))
        self.add(self.reason)
        self.about = self.say("")
        self.about.setProperty("role", "warn")
        self.go = Button(tr("Change the ticket"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.go.clicked.connect(self.change)
        self.reason.returnPressed.connect(self.change)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.go)
        self.tender.currentIndexChanged.connect(self._show_card)
        self._take_up()
        self._show()
        self.kind.setFocus()
        self._cards.mind(self._operation)

    def _ask_what(self) -> None:
        """The kind, the date, whether its holder is one who may have it, and what stands against it."""
        self.kind = Choice(tr("What it becomes"))
        kinds = self._kinds()
        self.kinds = [(item.id, variation) for item, variation, _ in kinds]
        """What each row of the choice stands for."""
        for _, _, words in kinds:
            self.kind.addItem(words)
        now = (self._position.item, self._position.variation)
        self.kind.setCurrentIndex(self.kinds.index(now) if now in self.kinds else 0)
        self.add(self.kind)
        self.date = Choice(tr("For which date"))
        for one in dates.offered(self._catalog, datetime.now(UTC)):
            self.date.addItem(words_for(one), one.id)
        self.date.setCurrentIndex(max(0, self.date.findData(self._position.subevent)))
        self.date.setVisible(self.date.count() > 0)
        self.add(self.date)
        self.role = CheckRow("")
        self.role.hide()
        self.add(self.role)
        self.against = self.say("")
        self.against.setProperty("role", "warn")
        self.allow = CheckRow(tr("Change it all the same"))
        self.add(self.allow)
        self.kind.currentIndexChanged.connect(self._on_chosen)
        self.date.currentIndexChanged.connect(self._on_chosen)
        self.role.toggled.connect(self._show)
        self.allow.toggled.connect(self._show)

    def _take_up(self) -> None:
        """Go on where a card was moved for it, and the slip is missing."""
        begun = self._desk.app.counter().cards.unfinished(self._order.event, self._order.code)
        if begun is None or begun.operation != self._operation or not begun.changes:
            return
        wish = begun.changes[0]
        if (wish.item, wish.variation) in self.kinds:
            self.kind.setCurrentIndex(self.kinds.index((wish.item, wish.variation)))
        self.date.setCurrentIndex(max(0, self.date.findData(wish.subevent)))
        self.role.setChecked(bool(wish.role))
        self.allow.setChecked(bool(begun.allowed))
        self.reason.setText(begun.reason)
        self._came = Means.CARD

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
                named = apart(*words, self._desk.amount(self._order, price))
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

    def _on_chosen(self) -> None:
        """What was allowed of one ticket is not allowed of another."""
        self.allow.setChecked(False)
        self._show()

    def _show(self) -> None:
        item = self._catalog.items[self.kinds[self.kind.currentIndex()][0]]
        self.role.setVisible(bool(item.roles))
        self.role.setText(
            tr("Has shown to be one of: {role}", role=names_of_roles(self._catalog, item.roles, language()))
        )
        counter = self._desk.app.counter()
        because = ""
        self._terms = None
        self._objections = ()
        try:
            self._terms = counter.orders.terms(self._order.event, self._order.code, (self._wish,))
            self._objections = counter.orders.against(self._order.event, self._order.code, (self._wish,))
        except Trouble as trouble:
            because = sentences(trouble.title, trouble.hint)
        difference = self._terms.difference if self._terms is not None else 0
        due = self._terms.due if self._terms is not None else 0
        sign = "+" if difference > 0 else ""
        self.difference.setText(f"{sign}{self._desk.amount(self._order, difference)}")
        self._offer_tenders(due)
        self.about.setText(because)
        self.against.setText(sentences(*(tell(one.words) for one in self._objections)))
        self.against.setVisible(bool(self._objections))
        self.allow.setVisible(bool(self._objections) and all(one.may_be_allowed for one in self._objections))
        self.go.setEnabled(self._may_go and not self._busy)

    @property
    def _may_go(self) -> bool:
        """Whether nothing stands against it, or somebody is to stand by what does."""
        allowed = not self.allow.isHidden() and self.allow.isChecked()
        return self._terms is not None and (allowed or not self._objections)

    @property
    def _allowed(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.kind for one in self._objections))

    def _offer_tenders(self, due: int) -> None:
        """What goes back goes as it came, unless something else is chosen."""
        came_and_went = self._due * due > 0
        chosen = self.tender.currentData() if came_and_went else (self._came.value if due < 0 else None)
        self._due = due
        taken = self._desk.app.counter().tendering(self._order.event)
        self.tender.blockSignals(True)
        self.tender.clear()
        for means in _TENDERS:
            if taken.takes(means) or (due < 0 and means is self._came):
                self.tender.addItem(tr(TITLES[means]), means.value)
                if means is Means.CARD and self._cards.wanted:
                    self.tender.addItem(tr("Card by hand"), _BY_HAND)
        self.tender.setCurrentIndex(max(0, self.tender.findData(chosen)))
        self.tender.blockSignals(False)
        self.tender.setVisible(due != 0)
        self._show_card()

    def _show_card(self) -> None:
        by_gift = bool(self._due) and self.tender.currentData() == Means.GIFT_CARD.value
        self.onto.setVisible(by_gift)
        self.onto.new.setVisible(self._due < 0)

    def change(self) -> None:
        """Do it, after a terminal has charged the card, or given back to it, where one does."""
        terms = self._terms
        if terms is None or self._busy or not self._may_go:
            return
        if self._means is Means.CARD and terms.due and self._cards.wanted:
            self._be_busy(busy=True)
            by_hand = self.tender.currentData() == _BY_HAND or not self._desk.app.counter().cards.terminals
            self._cards.carry_out(self._errand(terms), BY_HAND.name if by_hand else "")
            return
        self._book(self._offers(terms))

    @property
    def _means(self) -> Means:
        chosen = str(self.tender.currentData() or Means.CASH.value)
        return Means.CARD if chosen == _BY_HAND else Means(chosen)

    def _offers(self, terms: Terms) -> list[Offer]:
        if not terms.due:
            return []
        means = self._means
        step = cash.step(self._desk.currency(self._order)) if means is Means.CASH else 1
        code = self.onto.code if means is Means.GIFT_CARD else ""
        return [Offer(means=means, amount=cash.rounded(terms.due, step), code=code)]

    def _errand(self, terms: Terms) -> Errand:
        return Errand(
            operation=self._operation,
            event=self._order.event,
            order=self._order.code,
            what=What.EXCHANGE,
            reason=self.reason.text().strip(),
            offers=tuple(self._offers(terms)),
            changes=(self._wish,),
            allowed=self._allowed,
        )

    def _on_moved(self) -> None:
        self._book(list(self._desk.app.counter().cards.moved_for(self._operation)))

    def _book(self, offers: list[Offer]) -> None:
        order, counter, wish, allowed = self._order, self._desk.app.counter(), self._wish, self._allowed
        reason = self.reason.text().strip()
        self._be_busy(busy=True)
        self._desk.courier.attempt(
            lambda permits: counter.orders.exchange(
                order.event, order.code, (wish,), offers, reason,
                operation=self._operation, allowed=allowed, permits=permits,
            ),
            to=self,
            done=self._done,
            failed=self._failed,
            reason=reason,
        )  # fmt: skip

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
        self.about.setText(words_of(trouble))

    def _say(self, text: str) -> None:
        self.about.setText(text)

    def _be_busy(self, *, busy: bool) -> None:
        self._busy = busy
        for widget in (self.kind, self.date, self.role, self.allow, self.tender, self.onto, self.reason):
            widget.setEnabled(not busy)
        self.go.setEnabled(self._may_go and not busy)

    def reject(self) -> None:
        """While the terminal works there is no way back but to ask it to let it be."""
        if self._busy:
            self._cards.work.break_off()
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
            lambda permits: counter.orders.exchange(
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
