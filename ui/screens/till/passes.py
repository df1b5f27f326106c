"""The place for passes: new ones with their dates, and one that somebody has, to see what is left and add to it.

Whatever is scanned or typed here is a pass's code; a digit and Enter take a pass off the list.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain import cart as carts
from boxoffice.domain.cart import Cart, CartLine, HeldPass
from boxoffice.domain.catalog import Item
from boxoffice.domain.offering import PassTerms
from boxoffice.domain.pricing import list_price
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from ui import answers
from ui.language import apart, name_of, number, plural, sentences, tr
from ui.money import money
from ui.sheets.photo_sheet import ask_for_photo
from ui.widgets.buttons import Button

from .choice_sheet import ChoiceSheet
from .pass_card import PassCard
from .portraits import keep

if TYPE_CHECKING:
    from ui.sheets.photo_sheet import PhotoSheet

    from .screen import TillScreen


class PassPage(QWidget):
    """Passes for sale at the left, the one that was scanned at the right."""

    def __init__(self, till: TillScreen) -> None:
        super().__init__()
        self.setObjectName("passes")
        self._till = till
        self._clerk = till.clerk
        self._items: list[Item] = []
        self.held: HeldPass | None = None
        self.code = QLineEdit()
        self.code.setFixedHeight(56)
        self.code.setPlaceholderText(tr("Scan a pass, or type its code or number"))
        self.code.setAccessibleName(tr("Scan a pass, or type its code or number"))
        self.code.returnPressed.connect(self._on_return)
        ground = QWidget()
        ground.setProperty("role", "page")
        self._list = QVBoxLayout(ground)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(10)
        self._list.setAlignment(Qt.AlignmentFlag.AlignTop)
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Passes for sale"))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(ground)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.code)
        left.addWidget(scroll, 1)
        self.card = PassCard()
        self.card.dates.clicked.connect(self._add_dates)
        self.card.tickets.clicked.connect(self._add_tickets)
        self.card.photo.clicked.connect(self.ask_for_photo)
        beside = QHBoxLayout(self)
        beside.setContentsMargins(20, 14, 20, 16)
        beside.setSpacing(16)
        beside.addLayout(left, 62)
        beside.addWidget(self.card, 38)
        self.buttons: list[Button] = []
        self.look_again()

    def look_again(self) -> None:
        """What there is now."""
        catalog, currency = self._clerk.catalog, self._clerk.currency
        items = sorted(
            (one for one in catalog.items.values() if one.active and one.pass_terms is not None),
            key=lambda one: (one.position, one.id),
        )
        if items != self._items or not self._list.count():
            self._items = items
            self._show_items([(one, money(self._price(one), currency)) for one in items])
        self._show_held()

    def _price(self, item: Item) -> int:
        return list_price(self._clerk.catalog, item, None, None, datetime.now(UTC))

    def _show_items(self, items: list[tuple[Item, str]]) -> None:
        while (held := self._list.takeAt(0)) is not None:
            if (widget := held.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = []
        for place, (item, price) in enumerate(items, start=1):
            button = Button(f"{number(place)}   {name_of(item.name)} · {price}", height=64, listed=True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._sell, item))
            self._list.addWidget(button)
            if item.pass_terms is not None and (said := words_of(item.pass_terms)):
                below = QLabel(said)
                below.setProperty("role", "muted")
                below.setWordWrap(True)
                self._list.addWidget(below)
            self.buttons.append(button)
        if not items:
            nothing = QLabel(tr("This event sells no passes."))
            nothing.setProperty("role", "muted")
            self._list.addWidget(nothing)

    def take_keys(self) -> None:
        """Let what is typed be a code."""
        self.code.setFocus()

    def take_scan(self, text: str) -> bool:
        """A code was read while this is shown."""
        self._find(text)
        return True

    def _on_return(self) -> None:
        text = self.code.text().strip()
        self.code.clear()
        if text.isdecimal() and 0 < int(text) <= len(self._items):
            self._sell(self._items[int(text) - 1])
        elif text:
            self._find(text)

    def _find(self, code: str) -> None:
        try:
            self.held = self._clerk.counter.find_pass(self._clerk.cart.event, code)
        except Trouble as trouble:
            self.held = None
            self.card.say(sentences(trouble.title, trouble.hint))
            return
        self._show_held()

    def _show_held(self) -> None:
        held = self.held
        if held is None:
            self.card.say(tr("Scan a pass to see what is left of it, and to add to it."))
            return
        card = self._till.station.lookup.card(self._clerk.cart.event, f"{held.order}-{held.position}")
        if card is None:
            self.card.say(tr("Scan a pass to see what is left of it, and to add to it."))
            return
        facts = [(label, value) for label, value in answers.facts(card, contact=False) if value]
        item = self._clerk.catalog.items.get(held.item)
        choices = item is not None and item.pass_terms is not None and bool(item.pass_terms.choices)
        photo = self._till.station.badges.picture(card.photo) if card.photo else None
        self.card.show_pass(held.name or tr("No name"), facts, photo, choices=choices)

    def ask_for_photo(self) -> PhotoSheet | None:
        """Open the sheet on which the holder's photo is taken; None while there is no pass."""
        held = self.held
        if held is None:
            return None
        till, event, key = self._till, self._clerk.cart.event, f"{held.order}-{held.position}"

        def taken(image: bytes) -> None:
            keep(till, event, key, image, self, lambda _: self._show_held())

        return ask_for_photo(held.name or key, self._till.payment.eye, taken, self.window())

    # What is sold

    def _sell(self, item: Item) -> None:
        terms = item.pass_terms
        line = CartLine(id=new_id(), item=item.id)
        if terms is None or self._clerk.busy:
            return
        if not terms.choices:
            self._clerk.add_pass(line, ())
            self._till.choose()
            return

        def would_be(dates: tuple[CartLine, ...]) -> Cart:
            return carts.added(Cart(id=self._clerk.cart.id, event=item.event), line, *dates)

        def chosen(dates: tuple[CartLine, ...]) -> None:
            self._clerk.add_pass(line, dates)
            self._till.choose()

        ChoiceSheet(self._clerk, terms, name_of(item.name), line.id, would_be, chosen, self.window()).open()

    def _add_dates(self) -> None:
        held = self.held
        item = self._clerk.catalog.items.get(held.item) if held is not None else None
        if held is None or item is None or item.pass_terms is None or self._clerk.busy:
            return

        if not self._has_room(held):
            return

        def would_be(dates: tuple[CartLine, ...]) -> Cart:
            cart = msgspec.structs.replace(self._clerk.cart, to_pass=held)
            return msgspec.structs.replace(cart, lines=(*cart.lines, *dates))

        def chosen(dates: tuple[CartLine, ...]) -> None:
            self._clerk.add_to(held)
            for line in dates:
                self._clerk.add_pass(line, ())
            self._till.choose()

        whose = held.name or name_of(item.name)
        ChoiceSheet(self._clerk, item.pass_terms, whose, "", would_be, chosen, self.window()).open()

    def _add_tickets(self) -> None:
        if self.held is not None and self._has_room(self.held):
            self._clerk.add_to(self.held)
            self._till.choose()

    def _has_room(self, held: HeldPass) -> bool:
        """Whether the cart holds nothing that is somebody else's."""
        cart = self._clerk.cart
        if cart.empty or cart.to_pass == held:
            return True
        self._till.notices.say(tr("Sell or empty the cart first."))
        return False


def words_of(terms: PassTerms) -> str:
    """What a pass lets its holder do, in a line."""
    said = []
    if terms.entries is not None:
        said.append(plural("{n} entry", "{n} entries", terms.entries))
    if terms.days is not None:
        said.append(plural("{n} day", "{n} days", terms.days))
    if terms.once_a_day:
        said.append(tr("once a day at each place"))
    if terms.choices:
        said.append(tr("with dates to choose"))
    if terms.named:
        said.append(tr("for one person"))
    if terms.photo:
        said.append(tr("with the holder's photo"))
    return apart(*said)
