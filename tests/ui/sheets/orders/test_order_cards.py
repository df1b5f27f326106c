"""Cards at the desk: an open order is paid at the terminal, and money goes back the way it came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.payment import State, Way
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.terminals import Kind, Terminal
from boxoffice.errors import DeviceTrouble
from boxoffice.services import card_terminals
from boxoffice.storage import orders, payments, receipt_book
from boxoffice.terminals.simulated import Behaviour, SimulatedTerminal
from boxoffice.terminals.worker import TerminalWorker
from ui.sheets.orders.change_sheet import ChangeSheet
from ui.sheets.orders.correct_sheet import CorrectSheet
from ui.sheets.orders.correcting import Workplace
from ui.sheets.orders.give_back_sheet import GiveBackSheet
from ui.sheets.orders.order_money import OrderMoney, PaySheet
from ui.sheets.paying.card_sheets import ByHandSheet, DoubtSheet


class Desk:
    """A desk with a simulated terminal, and an order over 45.00 that nobody has paid."""

    def __init__(self, evening: Any, qtbot: Any) -> None:
        self.app, self.qtbot, self.hear, self.held_up = evening.app, qtbot, evening.hear, evening.held_up
        evening.enrol()
        evening.hear(
            Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="UTC"),
            Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500),
        )
        self.terminal = SimulatedTerminal()
        self.worker = TerminalWorker(self.app, lambda _: self.terminal)
        self.worker.start()
        self.app.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED))).result()
        self.app.counter().open("conf26", 20_000).result()
        self.window = evening.open()
        self.troubles: list[Any] = []
        self.money = OrderMoney(
            self.app, self.window.courier, self.window.rights, lambda _: None, self.troubles.append, self.window
        )
        self.money.worker = lambda: self.worker
        self.code = evening.ticket(status=Status.PENDING, price=4_500, order={"total": 4_500}).order.code

    @property
    def order(self) -> Order:
        return self.app.read(lambda c: orders.by_code(c, "conf26", self.code))

    def attempts(self) -> list[Any]:
        return self.app.read(lambda c: payments.newest(c, 9))

    def paying(self) -> PaySheet:
        sheet = PaySheet(self.money, self.order, self.window)
        sheet.open()
        return sheet

    def paid(self) -> None:
        self.paying().take(Means.CARD)
        self.qtbot.waitUntil(lambda: self.order.paid == 4_500)

    def refunding(self) -> GiveBackSheet:
        sheet = GiveBackSheet(self.money, self.order, self.window)
        sheet.reason.setText("Ill")
        sheet.open()
        return sheet

    def sheet(self, kind: type) -> Any:
        def found() -> list[Any]:
            return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]

        self.qtbot.waitUntil(lambda: bool(found()))
        return found()[0]

    def click(self, button: Any) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def desk(evening: Any, qtbot: Any) -> Iterator[Desk]:
    desk = Desk(evening, qtbot)
    yield desk
    desk.worker.stop()


def test_an_open_order_is_paid_and_given_back_at_the_terminal(desk: Desk) -> None:
    desk.paid()
    sheet = desk.refunding()
    assert sheet.tender.currentData() == "card"  # As it came.
    desk.click(sheet.go)
    desk.qtbot.waitUntil(lambda: desk.order.paid == 0)
    assert [one.state for one in desk.attempts()] == [State.REVERSED]
    assert [one.is_payment for one in desk.terminal.kept] == [True, False]


def test_what_the_terminal_does_not_take_back_goes_back_by_hand(desk: Desk) -> None:
    desk.paid()
    desk.terminal.behaviour = Behaviour.DECLINE
    sheet = desk.refunding()
    desk.click(sheet.go)
    desk.qtbot.waitUntil(lambda: sheet.about.text().startswith("The payment stays charged"))
    assert (desk.order.paid, desk.troubles) == (4_500, [])
    sheet.tender.setCurrentIndex(sheet.tender.findData("card by hand"))
    desk.click(sheet.go)
    desk.click(desk.sheet(ByHandSheet).yes)
    desk.qtbot.waitUntil(lambda: desk.order.paid == 0)
    assert next((one.way, one.terminal) for one in desk.attempts()) == (Way.REFUND, "by hand")


def gone(_: str) -> Any:
    raise DeviceTrouble("The terminal does not answer")


def test_a_sheet_that_is_opened_again_goes_on_where_it_was(desk: Desk) -> None:
    desk.terminal.behaviour = Behaviour.CUT_KEPT
    sheet = desk.paying()
    kept = desk.terminal.last
    desk.terminal.last = gone
    sheet.take(Means.CARD)
    doubt = desk.sheet(DoubtSheet)
    doubt.reject()
    sheet.reject()
    desk.terminal.last = kept
    desk.paying()
    doubt = desk.sheet(DoubtSheet)
    desk.click(doubt.again)
    desk.qtbot.waitUntil(lambda: desk.order.paid == 4_500)
    assert len(desk.attempts()) == 1


def correcting(desk: Desk, receipt: int = 1) -> CorrectSheet:
    at = Workplace(desk.app, desk.app.counter(), desk.window.courier, lambda: desk.worker, desk.troubles.append)
    sheet = CorrectSheet(at, receipt, desk.window)
    sheet.open()
    sheet.reason.setText("Wrong key")
    return sheet


def test_what_was_typed_as_cash_is_charged_to_the_card_and_given_back_again(desk: Desk) -> None:
    desk.paying().take(Means.CASH)
    desk.qtbot.waitUntil(lambda: desk.order.paid == 4_500)
    sheet = correcting(desk)
    sheet.all_by(Means.CARD)
    assert sheet.wrong.text() == "The card is charged 45.00\u00a0EUR."
    desk.click(sheet.button)
    desk.qtbot.waitUntil(lambda: desk.app.counter().receipt(2) is not None)
    assert [(one.state, one.receipt) for one in desk.attempts()] == [(State.CAPTURED, 2)]
    sheet = correcting(desk)
    sheet.all_by(Means.CHEQUE)
    assert sheet.wrong.text() == "45.00\u00a0EUR goes back to the card at Till 1."
    desk.click(sheet.button)
    desk.qtbot.waitUntil(lambda: desk.app.counter().receipt(3) is not None)
    assert [(one.state, one.back_receipt) for one in desk.attempts()] == [(State.REVERSED, 3)]


def test_a_card_that_is_refused_leaves_the_sheet_open_with_its_words(desk: Desk) -> None:
    desk.paying().take(Means.CASH)
    desk.qtbot.waitUntil(lambda: desk.order.paid == 4_500)
    desk.terminal.behaviour = Behaviour.DECLINE
    sheet = correcting(desk)
    sheet.all_by(Means.CARD)
    desk.click(sheet.button)
    desk.qtbot.waitUntil(lambda: "declined the card" in sheet.wrong.text())
    assert sheet.isVisible()
    sheet.all_by(Means.CHEQUE)
    desk.click(sheet.button)
    desk.qtbot.waitUntil(lambda: desk.app.counter().receipt(2) is not None)


def test_a_cheaper_ticket_gives_the_difference_back_to_the_card(desk: Desk) -> None:
    desk.hear(Item(id=2, event="conf26", name={"en": "Reduced"}, price=2_000))
    desk.paid()
    sheet = ChangeSheet(desk.money, desk.order, desk.order.positions[0], desk.window)
    sheet.open()
    sheet.kind.setCurrentIndex(sheet.kinds.index((2, None)))
    assert sheet.tender.currentData() == "card"  # As it came.
    sheet.change()
    desk.qtbot.waitUntil(lambda: desk.order.total == 2_000 and desk.order.paid == 2_000)
    assert next((one.way, one.amount) for one in desk.attempts()) == (Way.REFUND, 2_500)


def test_money_goes_back_by_keyboard_alone(desk: Desk) -> None:
    desk.paid()
    sheet = desk.refunding()
    assert sheet.focusWidget() is sheet.reason
    QTest.keyClick(sheet.reason, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.order.paid == 0)


def test_a_part_of_the_price_goes_back_and_the_ticket_stays_valid(desk: Desk) -> None:
    desk.paid()
    sheet = desk.refunding()
    sheet.part.setText("1,5x")
    assert (sheet.go.isEnabled(), sheet.about.text()) == (False, "This is no amount.")
    sheet.part.setText("15")
    sheet.keep.setChecked(True)
    assert sheet.total.text() == "15.00\u00a0EUR"
    desk.click(sheet.go)
    desk.qtbot.waitUntil(lambda: desk.order.paid == 3_000)
    assert (desk.order.status, desk.order.positions[0].canceled) == (Status.PAID, False)
    assert next((one.way, one.amount) for one in desk.attempts()) == (Way.REFUND, 1_500)


def test_what_was_sold_on_invoice_is_taken_off_it_at_the_desk(desk: Desk) -> None:
    counter = desk.app.counter()
    counter.begin(Cart(id="s", event="conf26", lines=(CartLine(id="a", item=1),))).result()
    desk.code = counter.finish("s", [Offer(means=Means.INVOICE, amount=4_500)]).result().order.code
    sheet = desk.refunding()
    assert sheet.total.text() == "0.00\u00a0EUR"
    assert sheet.about.text() == "45.00\u00a0EUR is owed no longer. What is given back is cancelled."
    desk.click(sheet.go)
    desk.qtbot.waitUntil(lambda: desk.order.status is Status.CANCELED)
    assert [(one.tender, one.amount) for one in counter.receipt(2).receipt.tenders] == [("invoice", -4_500)]


def paying(desk: Desk) -> Any:
    sheet = desk.paying()
    sheet.field.setText("50")
    return sheet, sheet.cash


def giving_back(desk: Desk) -> Any:
    desk.app.counter().orders.pay("conf26", desk.code, [Offer(means=Means.CASH, amount=4_500)]).result()
    sheet = desk.refunding()
    return sheet, sheet.go


def correcting_it(desk: Desk) -> Any:
    desk.app.counter().orders.pay("conf26", desk.code, [Offer(means=Means.CASH, amount=4_500)]).result()
    sheet = correcting(desk)
    sheet.all_by(Means.CHEQUE)
    return sheet, sheet.button


@pytest.mark.parametrize("begin", [paying, giving_back, correcting_it])
def test_what_is_being_written_down_is_told_whatever_is_pressed(desk: Desk, begin: Any) -> None:
    sheet, go = begin(desk)
    told: list[int] = []
    sheet.accepted.connect(lambda: told.append(1))
    with desk.held_up():
        desk.click(go)
        desk.click(go)
        sheet.reject()
        still_there = sheet.isVisible()
    assert still_there
    desk.qtbot.waitUntil(lambda: bool(told))
    booked, _ = desk.app.read(lambda c: receipt_book.newest_receipts(c, "conf26", "", 9))
    assert len(booked) == (1 if begin is paying else 2)
    assert (told, desk.troubles) == ([1], [])
