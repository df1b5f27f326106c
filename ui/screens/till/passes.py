"""The place for passes: new ones with their dates, and one that somebody has, to see what is left and add to it.

Whatever is scanned or typed here is a pass's code; a digit and Enter take a pass off the list.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.cart import CartLine, HeldPass
from boxoffice.domain.catalog import Catalog, Item
from boxoffice.domain.offering import Choice, PassTerms
from boxoffice.domain.pass_choices import dates_of, name_of_choice
from boxoffice.domain.pricing import list_price
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from ui import answers, theme
from ui.clerks.clerk import Clerk
from ui.language import clock, language, name_of, number, plural, sentences, tr
from ui.money import money
from ui.shapes import Shape
from ui.sheets.photo_sheet import ask_for_photo
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.rows import CheckRow
from ui.widgets.slip import pixmap_of

from .sale_head import words_for

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
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(ground)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.code)
        left.addWidget(scroll, 1)
        self.card = _PassCard()
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
            button = Button(f"{number(place)}   {name_of(item.name)} · {price}", height=64)
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
        badges, event, key = self._till.station.badges, self._clerk.cart.event, f"{held.order}-{held.position}"

        def taken(image: bytes) -> None:
            background = self._till.background
            put = badges.put_photo(event, key, image) if background is None else background.ask(lambda: later(image))
            self._till.courier.bring(put, to=self, done=lambda _: self._show_held(), failed=self._till.tell)

        def later(image: bytes) -> None:
            badges.put_photo(event, key, image).result()

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

        def chosen(dates: tuple[CartLine, ...]) -> None:
            self._clerk.add_pass(line, dates)
            self._till.choose()

        ChoiceSheet(self._clerk, terms, name_of(item.name), line.id, chosen, self.window()).open()

    def _add_dates(self) -> None:
        held = self.held
        item = self._clerk.catalog.items.get(held.item) if held is not None else None
        if held is None or item is None or item.pass_terms is None or self._clerk.busy:
            return

        if not self._has_room(held):
            return

        def chosen(dates: tuple[CartLine, ...]) -> None:
            self._clerk.add_to(held)
            for line in dates:
                self._clerk.add_pass(line, ())
            self._till.choose()

        ChoiceSheet(self._clerk, item.pass_terms, held.name or name_of(item.name), "", chosen, self.window()).open()

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
    return " · ".join(said)


_FACE = 112
"""The height of a photo in pixels."""


class _PassCard(QFrame):
    """The pass that somebody has."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.name = QLabel()
        self.name.setFont(theme.bold(24))
        self.name.setWordWrap(True)
        self.face = QLabel()
        self.face.setAccessibleName(tr("Photo of the holder"))
        self.face.hide()
        self.photo = Button(tr("Photo…"), shape=Shape.CAMERA, height=56)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setFont(theme.font(theme.TEXT))
        self.dates = Button(tr("Add dates…"), weight=Weight.PRIMARY, height=56)
        self.tickets = Button(tr("Add tickets…"), height=56)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 18, 20, 18)
        rows.setSpacing(12)
        rows.addWidget(self.name)
        rows.addWidget(self.face)
        rows.addWidget(self.about)
        rows.addStretch(1)
        rows.addWidget(self.photo)
        rows.addWidget(self.dates)
        rows.addWidget(self.tickets)

    def say(self, text: str) -> None:
        """Nothing is shown but this."""
        self.name.hide()
        self.face.hide()
        self.photo.hide()
        self.dates.hide()
        self.tickets.hide()
        self.about.setText(text)

    def show_pass(self, name: str, facts: list[tuple[str, str]], photo: bytes | None, *, choices: bool) -> None:
        """Whose it is, and what is left of it."""
        self.name.setText(name)
        self.name.show()
        picture = pixmap_of(photo, _FACE)
        self.face.setVisible(picture is not None)
        if picture is not None:
            self.face.setPixmap(picture)
        self.photo.show()
        self.about.setText("\n".join(f"{label}: {value}" for label, value in facts))
        self.dates.setVisible(choices)
        self.tickets.show()


NO_DATE = 0
"""Stands for an event that has no dates to choose from."""


def words_for_event(catalog: Catalog) -> str:
    """An event of one date as people call it."""
    event = catalog.event
    begins = clock(event.date_from) if event.date_from is not None else ""
    return " · ".join(part for part in (name_of(event.name) or event.slug, begins) if part)


class ChoiceSheet(Dialog):
    """The events of a pass, and of each the dates among which one is taken."""

    def __init__(
        self,
        clerk: Clerk,
        terms: PassTerms,
        whose: str,
        above: str,
        done: Callable[[tuple[CartLine, ...]], object],
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Dates for {whose}", whose=whose), parent)
        self.setObjectName("choice_sheet")
        self.setMinimumWidth(600)
        self._clerk = clerk
        self._terms = terms
        self._above = above
        self._done = done
        ground = QWidget()
        ground.setProperty("role", "page")
        rows = QVBoxLayout(ground)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(8)
        rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows: dict[tuple[int, int], CheckRow] = {}
        self._words: dict[tuple[int, int], str] = {}
        for choice in terms.choices:
            price = f" · {money(choice.price, clerk.currency)}" if choice.price else ""
            title = QLabel(f"{name_of_choice(choice, clerk.catalog, language())}{price}")
            title.setFont(theme.half_bold(17))
            rows.addWidget(title)
            self._offer(choice, rows)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumSize(520, min(420, 60 * (len(self.rows) + len(terms.choices)) + 12))
        scroll.setWidget(ground)
        self.add(scroll)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.go = Button(tr("Into the cart"), weight=Weight.PRIMARY)
        self.go.clicked.connect(self.take)
        self.add_buttons(cancel, self.go)
        if self.rows:
            next(iter(self.rows.values())).setFocus()
        self._show()

    def _offer(self, choice: Choice, rows: QVBoxLayout) -> None:
        """The dates of one choice; an event elsewhere that has none is one itself."""
        catalog = (
            self._clerk.catalog_of(choice.elsewhere.event) if choice.elsewhere is not None else self._clerk.catalog
        )
        if catalog is None:
            missing = QLabel(tr("This event is not known at this station."))
            missing.setProperty("role", "muted")
            rows.addWidget(missing)
            return
        dates = {date.id: words_for(date) for date in dates_of(choice, catalog)}
        if not dates and not catalog.event.has_subevents:
            dates = {NO_DATE: words_for_event(catalog)}
        for date, words in dates.items():
            row = self.rows[choice.id, date] = CheckRow(words, one_of_many=True)
            row.clicked.connect(partial(self._on_row, choice.id, date))
            rows.addWidget(row)
            self._words[choice.id, date] = words

    def _on_row(self, choice: int, date: int) -> None:
        """One date of each: another one lets go of the first, the same one again of itself."""
        for (other, at), row in self.rows.items():
            if other == choice and at != date:
                row.setChecked(False)
        self._show()

    def _show(self) -> None:
        taken = sum(row.isChecked() for row in self.rows.values())
        most = self._terms.max_choices
        enough = taken >= self._terms.min_choices if self._above else taken > 0
        self.go.setEnabled(enough and (most is None or taken <= most))

    def take(self) -> None:
        """Put them into the cart."""
        taken = [place for place, row in self.rows.items() if row.isChecked()]
        lines = tuple(self._line(choice, date) for choice, date in taken)
        self.accept()
        self._done(lines)

    def _line(self, choice: int, date: int) -> CartLine:
        meant = next(one for one in self._terms.choices if one.id == choice)
        line = CartLine(id=new_id(), item=meant.item, variation=meant.variation, part_of=self._above, choice=choice)
        if meant.elsewhere is None:
            return msgspec.structs.replace(line, subevent=date)
        there = date if date != NO_DATE else None
        return msgspec.structs.replace(line, date_elsewhere=there, note=self._words[choice, date])
