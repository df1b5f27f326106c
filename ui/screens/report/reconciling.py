"""What differs between our books and those of others: each row with its cause and what to do, then the sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.passages import zone_of
from boxoffice.domain.reconciling import CAUSES, NEXT, SIDES, Cause, Difference, Line, Reconciliation, Sum, summed
from boxoffice.domain.tenders import TITLES
from boxoffice.services import reconciling
from boxoffice.services.reconciling import Compared
from boxoffice.storage.connection import Connection
from ui import theme
from ui.card_words import card_words
from ui.language import apart, clock, day_words, number, tr
from ui.money import bare, money
from ui.screens.page import Card
from ui.sheets.orders.correct_sheet import CorrectSheet
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice

if TYPE_CHECKING:
    from .screen import ReportScreen

DAYS = 8
"""As many days as there is room for; the arrows lead to those before."""
SHOWN = 60
"""Rows of one cause are alike; more than this nobody reads at a stretch."""
MANY = 3
"""More payments than this that merely wait stand on one card."""
BY = {"tender": "By tender", "cashier": "By cashier", "period": "By shift", "station": "By station"}
SIDES_OF = (
    "Here {ours}, at the server {theirs}",
    "Here {ours}, at the terminal {theirs}",
    "Expected {ours}, counted {theirs}",
)
PERHAPS = "Here {ours}, at the terminal {theirs} or nothing"
_CORRECTABLE = frozenset({Cause.TYPED, Cause.OTHER_AMOUNT, Cause.NOT_CHARGED})
_IN_OUTBOX = frozenset({Cause.NOT_SENT, Cause.REFUSED})
_AT_SERVER = frozenset({Cause.NOT_THERE, Cause.OTHER_AMOUNT})
_ON_CARDS = frozenset({Cause.UNKNOWN, Cause.NOT_TAKEN_BACK, Cause.DOUBLE, Cause.NOT_CHARGED})
_AMONG_RECEIPTS = frozenset({Cause.UNEXPLAINED, Cause.MISCOUNTED, Cause.BY_HAND})


class ReconcilePage(QScrollArea):
    """Differences first; below them both sides of each sum."""

    outbox_wanted = Signal()
    cards_wanted = Signal()
    order_wanted = Signal(str, str)
    """Event and code of an order that has to be looked at."""

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__()
        self._screen = screen
        self.found: Reconciliation | None = None
        self.setAccessibleName(tr("What differs"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = QWidget()
        ground.setProperty("role", "page")
        self._rows = QVBoxLayout(ground)
        self._rows.setContentsMargins(0, 4, 8, 24)
        self._rows.setSpacing(10)
        self.by = Choice(tr("Summed up by"))
        for side, name in BY.items():
            self.by.addItem(tr(name), (side,))
        self.by.addItem(tr("By everything"), SIDES)
        self.by.currentIndexChanged.connect(lambda _: self._build())
        self.by.setMaximumWidth(320)
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self._sums = QVBoxLayout()
        self.days: dict[date, Button] = {}
        self._days = QHBoxLayout()
        self._days.setSpacing(8)
        self._rows.addLayout(self._days)
        self._rows.addLayout(self._list)
        self._rows.addWidget(self.by)
        self._rows.addLayout(self._sums)
        self._rows.addStretch(1)
        self.setWidget(ground)

    def look_again(self) -> None:
        """Compare again."""
        screen = self._screen
        event, (since, until) = screen.slug, screen.span
        zone, now = zone_of(screen.app.catalog(event).event), datetime.now(UTC)

        def compare(connection: Connection) -> tuple[Reconciliation, tuple[Compared, ...]]:
            found = reconciling.over(connection, event, since, until)
            return found, reconciling.by_day(connection, event, zone, now)

        screen.ask(lambda: screen.app.read(compare), lambda both: self._show_both(*both))

    def _show_both(self, found: Reconciliation, days: tuple[Compared, ...]) -> None:
        self._show_days(days)
        self._show(found)

    def _show_days(self, days: tuple[Compared, ...]) -> None:
        """One button a day on which money moved; with a single one there is nothing to choose."""
        while (item := self._days.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.days = {}
        for one in days[-DAYS:] if len(days) > 1 or (days and days[0].day != self._screen.today) else ():
            state = tr("{n} differ", n=number(one.differs)) if one.differs else tr("agrees")
            button = Button(f"{day_words(one.day)} · {state}", weight=Weight.QUIET)
            button.setCheckable(True)
            button.setChecked(one.day == self._screen.today)
            button.clicked.connect(partial(self._screen.look_at, one.day))
            self.days[one.day] = button
            self._days.addWidget(button)
        self._days.addStretch(1)

    def _show(self, found: Reconciliation) -> None:
        if found != self.found:
            self.found = found
            self._build()

    def _build(self) -> None:
        found, currency = self.found, self._screen.currency
        if found is None:
            return
        for layout in (self._list, self._sums):
            while (item := layout.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
        if not found.differences:
            card = Card()
            card.say(tr("Everything agrees"), "heading")
            card.say(tr("Server, terminals and drawer say what our books say."), "muted")
            self._list.addWidget(card)
        unsent = [one for one in found.differences if one.cause is Cause.NOT_SENT]
        together = unsent if len(unsent) > MANY else []
        if together:
            self._list.addWidget(self._of_many(together, currency))
        rest = [one for one in found.differences if one not in together]
        for one in rest[:SHOWN]:
            self._list.addWidget(self._card(one, currency))
        if len(rest) > SHOWN:
            note = Card()
            note.say(tr("and {many} more", many=number(len(rest) - SHOWN)), "muted")
            self._list.addWidget(note)
        self._sums.addWidget(_table(summed(found.lines, self.by.currentData()), currency))
        if found.terminals:
            self._sums.addWidget(_terminals(found, currency))

    def _of_many(self, those: list[Difference], currency: str) -> Card:
        """What merely waits for the network is one thing, however much of it there is."""
        card = Card()
        card.say(tr(CAUSES[Cause.NOT_SENT]), "heading")
        numbers = [one.receipt for one in those if one.receipt]
        card.say(tr("Receipts {first} to {last}", first=min(numbers), last=max(numbers)), "muted")
        amount = money(sum(one.ours for one in those), currency)
        card.say(tr("{n} payments, {amount} in all", n=number(len(those)), amount=amount))
        card.say(tr(NEXT[Cause.NOT_SENT]), "warn")
        self._lead(card, those[0])
        return card

    def _card(self, one: Difference, currency: str) -> Card:
        card = Card()
        card.say(tr(CAUSES[one.cause]), "heading")
        subject = (
            clock(one.at),
            tr("Receipt {number}", number=one.receipt) if one.receipt else "",
            one.order,
            tr(TITLES.get(one.tender, one.tender)) if one.tender else "",
            one.cashier,
            card_words(one.about),
        )
        card.say(apart(*subject), "muted")
        theirs = tr("nothing") if one.theirs is None else money(one.theirs, currency)
        words = dict(zip(("server", "terminal", "drawer"), SIDES_OF, strict=True))
        if one.perhaps is not None:
            words, theirs = {one.where: PERHAPS}, money(one.perhaps, currency)
        card.say(tr(words[one.where], ours=money(one.ours, currency), theirs=theirs))
        card.say(tr(NEXT[one.cause]), "warn")
        if one.receipt and one.cause in _CORRECTABLE:
            correct = Button(tr("Correct…"))
            correct.clicked.connect(partial(self._correct, one.receipt))
            card.buttons.addWidget(correct)
        self._lead(card, one)
        return card

    def _lead(self, card: Card, one: Difference) -> None:
        """A button to where the next step is done."""
        screen = self._screen
        if one.cause in _IN_OUTBOX:
            _way(card, tr("Outbox"), self.outbox_wanted.emit)
        elif one.cause in _AT_SERVER and one.order and screen.counter.shift is not None:
            _way(card, tr("Order"), partial(self.order_wanted.emit, screen.slug, one.order))
        elif one.cause in _ON_CARDS:
            _way(card, tr("Card payments"), self.cards_wanted.emit)
        elif one.cause in _AMONG_RECEIPTS:
            _way(card, tr("Receipts"), screen.show_receipts)

    def _correct(self, receipt: int) -> None:
        screen = self._screen
        sheet = CorrectSheet(screen.workplace, receipt, screen.window())
        sheet.corrected.connect(screen.look_again)
        sheet.open()


def _way(card: Card, words: str, go: Callable[[], object]) -> None:
    button = Button(words)
    button.clicked.connect(lambda: go())
    card.buttons.addWidget(button)


def _table(lines: tuple[Line, ...], currency: str) -> QFrame:
    heads = (tr("What"), tr("Here"), "", tr("Server"), "", tr("Difference"))
    rows = [
        (_name(line), *_pair(line.ours, currency), *_pair(line.server, currency), _gap(line, currency))
        for line in lines
    ]
    return _grid(heads, rows)


def _name(line: Line) -> str:
    tender = tr(TITLES.get(line.tender, line.tender)) if line.tender else ""
    return apart(line.station, line.period, line.cashier, tender) or tr("Nobody")


def _pair(one: Sum | None, currency: str) -> tuple[str, str]:
    return ("", "–") if one is None else (number(one.count), bare(one.amount, currency))


def _gap(line: Line, currency: str) -> str:
    if line.ours is None or line.ours == line.server:
        return ""
    return bare(line.server.amount - line.ours.amount, currency)


def _terminals(found: Reconciliation, currency: str) -> QFrame:
    heads = (tr("Terminal"), tr("Here"), "", tr("Terminal"), "", tr("Difference"))
    rows = []
    for one in found.terminals:
        own = tr("says no sum") if one.own is None else bare(one.own, currency)
        number_ = "" if one.own_number is None else number(one.own_number)
        gap = "" if one.own in (None, one.ours.amount) else bare((one.own or 0) - one.ours.amount, currency)
        rows.append((f"{one.terminal} · {clock(one.at)}", *_pair(one.ours, currency), number_, own, gap))
    return _grid(heads, rows)


def _grid(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    grid = QGridLayout(card)
    grid.setContentsMargins(18, 12, 18, 12)
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for row, cells in enumerate((heads, *rows)):
        for column, text in enumerate(cells):
            label = QLabel(text)
            label.setFont(theme.bold(14) if not row or column == len(cells) - 1 else theme.font(15))
            label.setTextFormat(Qt.TextFormat.PlainText)
            if row and column == len(cells) - 1:
                label.setProperty("role", "bad")
            if column:
                label.setAlignment(right)
            grid.addWidget(label, row, column)
    return card
