"""Vouchers and gift cards at the till's screen: typed or scanned, sold, spent, and found again."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from boxoffice.domain.catalog import Event, Item, TaxRule
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.orders import Status
from boxoffice.domain.tenders import Means, Tendering
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.services import tendering
from boxoffice.storage import orders, print_queue
from ui.screens.till.gift_vouchers import GiftVouchersPage
from ui.screens.till.places import Place
from ui.sheets.orders.order_gift_card import OrderGiftCard
from ui.sheets.orders.order_money import PaySheet
from ui.sheets.paying.gift_card_sheet import GiftCardSheet
from ui.widgets.dialogs import ReasonDialog
from ui.widgets.strip import Where

CARD = "GIFT2026ABCDEFGH"


class Desk:
    """A till that is open, with a ticket, a voucher and a gift card."""

    def __init__(self, evening: Any, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.app = evening.app
        evening.enrol()
        evening.hear(
            Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="UTC"),
            TaxRule(id=1, event="conf26", name={"en": "VAT"}, rate=1900),
            Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500, tax_rule=1),
            Voucher(id=1, event="conf26", code="HALF", mode=Mode.PERCENT, value=5_000),
            GiftCard(event="conf26", code=CARD, currency="EUR", value=3_000),
        )
        self.app.counter().open("conf26", 20_000).result()
        window = evening.open()
        window.go(Where.TILL)
        self.screen: Any = window.stack.currentWidget()
        self.clerk = self.screen.clerk

    @property
    def page(self) -> GiftVouchersPage:
        assert isinstance(self.screen.page, GiftVouchersPage)
        return self.screen.page

    def rest(self) -> None:
        self.qtbot.waitUntil(lambda: not self.clerk.busy)

    def keys(self, text: str, *keys: Qt.Key) -> None:
        target = QApplication.focusWidget()
        assert target is not None
        for one in text:
            QTest.keyClicks(target, one)
        if text:  # What may be a gun's is held for a moment.
            self.qtbot.waitUntil(lambda: isinstance(target, QLineEdit) and target.text() == text)
        for key in keys:
            QTest.keyClick(QApplication.focusWidget(), key)
        self.rest()

    def sheet(self) -> Any:
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, GiftCardSheet) and one.isVisible())

    def receipt(self, number: int) -> Any:
        self.qtbot.waitUntil(lambda: self.app.counter().receipt(number) is not None)
        return self.app.counter().receipt(number).receipt


@pytest.fixture
def desk(evening: Any, qtbot: Any) -> Desk:
    return Desk(evening, qtbot)


def test_a_voucher_is_typed_into_the_cart_and_taken_out_again(desk: Desk) -> None:
    desk.keys("1", Qt.Key.Key_Return)
    desk.screen.go(Place.VOUCHERS)
    desk.keys("half")
    assert desk.page.about.text().startswith("Voucher: 50 % less\n1 of 1 uses left")
    desk.keys("", Qt.Key.Key_Return)
    assert (desk.screen.place, desk.clerk.bill.total) == (Place.EVENT, 2_250)
    desk.clerk.drop_voucher("HALF")
    assert desk.clerk.bill.total == 4_500


def test_a_voucher_that_comes_while_the_cart_is_put_by_does_not_take_it_up_again(desk: Desk) -> None:
    desk.clerk.add(desk.clerk.assortment.wares()[0])
    desk.rest()
    desk.clerk.hold()
    said = desk.clerk.take_code("HALF")
    desk.rest()
    desk.app.write(lambda _: None).result()
    assert len(desk.app.counter().held("conf26")) == 1
    assert desk.clerk.cart.empty
    assert said == "One moment…"


def test_a_scanned_voucher_says_why_it_cannot_be_used(desk: Desk) -> None:
    assert desk.screen.take_scan("HALF")
    desk.keys("", Qt.Key.Key_Return)
    assert desk.page.problem.text() == "There is nothing in the cart that this voucher is for"


def test_a_voucher_that_is_typed_where_tickets_are_sought_leads_to_its_place(desk: Desk) -> None:
    desk.screen.search.setText("HALF")
    QTest.keyClick(desk.screen.search, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.screen.place is Place.VOUCHERS)
    assert desk.page.code.text() == "HALF"
    assert desk.screen.search.text() == ""
    desk.screen.go(Place.EVENT)
    desk.screen.go(Place.VOUCHERS)
    assert desk.page.code.selectedText() == "HALF"  # What is typed next comes in its place.


def test_a_gift_card_is_sold_by_keys_and_found_by_its_beginning(desk: Desk) -> None:
    desk.screen.go(Place.VOUCHERS)
    desk.page.code.setText("NEWCARD2026XYZ12")
    desk.keys("", Qt.Key.Key_Return)
    desk.keys("50", Qt.Key.Key_Return)
    assert desk.clerk.bill.total == 5_000
    desk.keys("", Qt.Key.Key_F9)
    desk.keys("", Qt.Key.Key_Return)
    assert desk.receipt(1).orders == ()
    desk.screen.choose()
    desk.screen.go(Place.VOUCHERS)
    desk.page.search.setText("newcard2026")
    assert [one.amount for one in desk.page._listed or ()] == [5_000]
    desk.page.search.setText("newcard202")
    assert desk.page._listed == ()


def test_a_card_pays_as_far_as_it_reaches(desk: Desk) -> None:
    desk.keys("1", Qt.Key.Key_Return)
    desk.keys("", Qt.Key.Key_F9)
    desk.keys("", Qt.Key.Key_F3)
    sheet = desk.sheet()
    sheet.code.setText(CARD)
    assert sheet.amount == 3_000
    QTest.keyClick(sheet.code, Qt.Key.Key_Return)
    desk.rest()
    assert desk.clerk.payment.open_amount() == 1_500
    assert desk.clerk.counter.codes.what_is("conf26", CARD).card.left == 0
    QTest.keyClick(desk.screen.payment.amount, Qt.Key.Key_Return)
    assert [(one.tender, one.amount) for one in desk.receipt(1).tenders] == [("giftcard", 3_000), ("cash", 1_500)]


def test_change_goes_onto_the_card_that_is_scanned_while_paying(desk: Desk) -> None:
    desk.keys("1", Qt.Key.Key_Return)
    desk.keys("", Qt.Key.Key_F9)
    desk.keys("50")
    assert desk.screen.take_scan(CARD)
    sheet = desk.sheet()
    assert sheet.change.isEnabled()
    sheet.change.click()
    receipt = desk.receipt(1)
    assert (receipt.total, receipt.tenders[0].change) == (5_000, 0)
    assert desk.clerk.counter.codes.what_is("conf26", CARD).card.left == 3_500


def test_who_goes_back_to_the_cart_sets_nothing_aside_any_more(desk: Desk) -> None:
    desk.keys("1", Qt.Key.Key_Return)
    desk.keys("", Qt.Key.Key_F9)
    desk.screen.payment.ask_for_gift_card(CARD)
    desk.sheet().take.click()
    desk.rest()
    QTest.keyClick(desk.screen.payment.amount, Qt.Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: desk.clerk.counter.codes.what_is("conf26", CARD).card.left == 3_000)


def test_a_card_is_paid_out_where_the_event_allows_it(desk: Desk) -> None:
    desk.screen.go(Place.VOUCHERS)
    desk.page.code.setText(CARD)
    assert not desk.page.pay_out.isVisible()
    desk.app.write(lambda c: tendering.choose(c, "conf26", Tendering(cash_out=True))).result()
    desk.page.code.setText(CARD + " ")
    QTest.mouseClick(desk.page.pay_out, Qt.MouseButton.LeftButton)
    (asks,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, ReasonDialog) and one.isVisible()]
    asks._finish("She asks for it")
    receipt = desk.receipt(1)
    assert (receipt.total, receipt.reason) == (-3_000, "She asks for it")


@pytest.mark.parametrize(("code", "mode", "value"), [("HALF", "percent", 5_000), (CARD, "", 3_000)])
def test_a_voucher_and_a_card_are_printed_where_they_are_looked_up(
    desk: Desk, code: str, mode: str, value: int
) -> None:
    desk.screen.go(Place.VOUCHERS)
    assert not desk.page.print.isVisible()
    desk.page.code.setText(code)
    desk.page.print.click()
    desk.qtbot.waitUntil(lambda: "is kept" in desk.screen.notices.text)
    (job,) = desk.app.read(lambda c: print_queue.done_ones(c, 5))
    assert (job.document.code, job.document.mode, job.document.value) == (code, mode, value)


def test_a_card_pays_an_order_that_there_is(desk: Desk, evening: Any) -> None:
    code = evening.ticket(status=Status.PENDING, price=4_500, order={"total": 4_500}).order.code
    order = desk.app.read(lambda c: orders.by_code(c, "conf26", code))
    desk.screen.go(Place.ORDERS)
    pay = PaySheet(desk.screen.page.money, order, desk.screen.window())
    pay.open()
    pay.ask_for_card()
    (card,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, OrderGiftCard) and one.isVisible()]
    card.take_scan(CARD)
    card.pay()
    assert pay.due.text() == "15.00\u00a0EUR"
    pay.take(Means.CASH)
    assert [(one.tender, one.amount) for one in desk.receipt(1).tenders] == [("giftcard", 3_000), ("cash", 1_500)]
