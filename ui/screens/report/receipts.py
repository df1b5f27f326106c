"""Every receipt, slip and Z of this till: found by number, seen, printed again, put right, taken back."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from boxoffice.domain.documents import Movement
from boxoffice.domain.shift import Booked, Move
from boxoffice.domain.takings import what_of
from boxoffice.domain.tenders import TITLES
from boxoffice.storage import cash_drawer, receipt_book, till
from ui.language import apart, clock, plural, tr
from ui.money import money
from ui.screens.page import Card, Page
from ui.sheets.orders.correct_sheet import CorrectSheet
from ui.sheets.orders.void_sheet import VoidSheet
from ui.widgets.buttons import Button, Weight
from ui.widgets.text_field import TextField

if TYPE_CHECKING:
    from .screen import ReportScreen

SHOWN = 30
OTHERS_SHOWN = 5
"""Of Z and of slips."""
KINDS = {
    "sale": "",
    "return": "Refund",
    "void": "Taken back",
    "correction": "Correction",
    "cash_out": "Gift card cashed out",
}


MOVES = {
    Movement.FLOAT: "Float",
    Movement.PAY_IN: "Put in",
    Movement.PAY_OUT: "Take out",
    Movement.DROP: "To the safe",
    Movement.NO_SALE: "Open the drawer only",
}
_Found = tuple[list[Booked], list[tuple[int, datetime, int]], list[Move], int, str]


class ReceiptsPage(Page):
    """Newest first; a number typed finds one."""

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(tr("Receipts"))
        self._screen = screen
        self.be_plain()
        self.wanted = TextField(tr("Number of a receipt or code of an order"))
        self.wanted.setMinimumWidth(320)
        self.wanted.textChanged.connect(lambda _: screen.look_again())
        self._shown: object = None
        self.setFocusProxy(self.wanted)

    def look_again(self) -> None:
        """What there is now."""
        screen, text = self._screen, self.wanted.text().strip()
        event = screen.slug

        def find() -> _Found:
            found, many = screen.app.read(lambda c: receipt_book.newest_receipts(c, event, text, SHOWN))
            zs = screen.app.read(lambda c: till.z_list(c, OTHERS_SHOWN)) if not text else []
            moves = screen.app.read(lambda c: cash_drawer.newest_moves(c, event, OTHERS_SHOWN)) if not text else []
            shift = screen.app.counter().shift
            return found, zs, moves, many, shift.id if shift is not None else ""

        screen.ask(find, self._show)

    def _show(self, found: _Found) -> None:
        if found == self._shown:
            return
        self._shown = found
        receipts, zs, moves, many, _ = found
        self._screen.about.setText(plural("{n} receipt", "{n} receipts", many))
        self.clear()
        for number, at, net in zs:
            self.add(self._z(number, at, net))
        for move in moves:
            self.add(self._slip(move))
        for one in receipts:
            self.add(self._receipt(one))
        if not receipts and not zs and not moves:
            self.say_empty(tr("No receipt"), tr("Nothing was sold here yet, or none has this number."))

    def _z(self, number: int, at: datetime, net: int) -> Card:
        card = Card()
        card.say(tr("Z report {number}", number=number), "heading")
        card.say(f"{clock(at)} · {money(net, self._screen.currency)}", "muted")
        again = Button(tr("Print a copy"), weight=Weight.QUIET)
        again.clicked.connect(partial(self._print_z, number))
        show = Button(tr("Show"), weight=Weight.QUIET)
        show.clicked.connect(partial(self._screen.read_z, number))
        card.buttons.addWidget(again)
        card.buttons.addWidget(show)
        return card

    def _slip(self, move: Move) -> Card:
        card = Card()
        words = (tr("Slip {number}", number=move.number), tr(MOVES[move.movement]))
        amount = money(move.amount, self._screen.currency) if move.amount else ""
        card.say(apart(*words, amount), "heading")
        card.say(apart(clock(move.at), move.operator, move.reason), "muted")
        again = Button(tr("Print a copy"), weight=Weight.QUIET)
        again.clicked.connect(
            lambda _=False: self._screen.paper.print_named("slip", str(move.number), self._screen.slug)
        )
        card.buttons.addWidget(again)
        return card

    def _receipt(self, one: Booked) -> Card:
        card, receipt, screen = Card(), one.receipt, self._screen
        kind = tr(KINDS[_kind(one)]) if KINDS[_kind(one)] else ""
        for_what = tr("for receipt {number}", number=one.corrects) if one.corrects else ""
        title = tr("Receipt {number}", number=one.number)
        card.say(apart(title, money(receipt.total, receipt.currency), kind, for_what),
                 "heading")  # fmt: skip
        tenders = ", ".join(
            f"{tr(TITLES.get(t.tender, t.tender))} {money(t.amount, receipt.currency)}" for t in receipt.tenders
        )
        about = (clock(receipt.at), ", ".join(receipt.orders), tenders, receipt.operator, receipt.reason)
        card.say(apart(*about), "muted")
        again = Button(tr("Print a copy"), weight=Weight.QUIET)
        again.clicked.connect(lambda _=False: screen.paper.print(receipt, screen.slug))
        show = Button(tr("Show"), weight=Weight.QUIET)
        show.clicked.connect(lambda _=False: screen.paper.show(title, receipt))
        card.buttons.addWidget(again)
        card.buttons.addWidget(show)
        if one.can_be_corrected:
            correct = Button(tr("Correct…"), weight=Weight.QUIET)
            correct.clicked.connect(partial(self._correct, one.number))
            card.buttons.addWidget(correct)
        if one.is_sale:
            back = Button(tr("Take back…"), weight=Weight.QUIET)
            back.clicked.connect(partial(self._void, one.number))
            card.buttons.addWidget(back)
        return card

    def _print_z(self, number: int) -> None:
        self._screen.paper.print_named("z", str(number), self._screen.slug)

    def _correct(self, number: int) -> None:
        screen = self._screen
        sheet = CorrectSheet(screen.workplace, number, screen.window())
        sheet.corrected.connect(screen.look_again)
        sheet.open()

    def _void(self, number: int) -> None:
        screen = self._screen
        sheet = VoidSheet(screen.workplace, number, screen.window())
        sheet.corrected.connect(screen.look_again)
        sheet.open()


def _kind(one: Booked) -> str:
    return what_of(one).value
