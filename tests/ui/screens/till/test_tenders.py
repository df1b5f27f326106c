"""Tenders that ask for something, and the screen that the customer sees meanwhile."""

from __future__ import annotations

import io
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.progress import Progress, progress
from boxoffice.domain.tenders import Means, Tendering
from boxoffice.errors import StorageTrouble, Trouble
from boxoffice.services import tendering
from boxoffice.storage import orders
from ui.customer_display import Line
from ui.preferences import IN_A_WINDOW
from ui.sheets.paying.much_change import MuchChangeSheet
from ui.sheets.paying.tender_sheets import TenderSheet, TransferSheet
from ui.sheets.settings.tendering_sheet import TenderingSheet
from ui.widgets.dialogs import ReasonDialog
from ui.widgets.strip import Where


class Paying:
    """A cart with one ticket, about to be paid."""

    def __init__(self, evening: Any, qtbot: Any, *, currency: str = "EUR", price: int = 4_500) -> None:
        self.app, self.qtbot = evening.app, qtbot
        evening.enrol()
        evening.hear(
            Event(slug="conf26", name={"en": "Conference"}, currency=currency, timezone="UTC"),
            Item(id=1, event="conf26", name={"en": "Regular"}, price=price),
        )
        self.app.counter().open("conf26", 0).result()
        self.window = evening.open()
        self.window.go(Where.TILL)
        self.screen = self.window.stack.currentWidget()
        self.rest()

    def begin(self) -> None:
        self.screen.clerk.add(self.screen.clerk.assortment.wares()[0])
        self.screen.pay()
        self.rest()

    def rest(self) -> None:
        self.qtbot.waitUntil(lambda: not self.screen.clerk.busy)

    def by(self, means: Means) -> Any:
        self.screen.payment.means[means].click()
        kinds = (TenderSheet, ReasonDialog)
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kinds) and one.isVisible())

    def sold(self) -> Any:
        self.qtbot.waitUntil(lambda: self.app.counter().receipt(1) is not None)
        return self.app.counter().receipt(1).receipt


@pytest.fixture
def paying(evening: Any, qtbot: Any) -> Paying:
    return Paying(evening, qtbot)


def slip() -> bytes:
    """The photo of a slip."""
    picture = io.BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "PNG")
    return picture.getvalue()


def much_change() -> MuchChangeSheet:
    """The question that is open."""
    shown = (one for one in QApplication.topLevelWidgets() if isinstance(one, MuchChangeSheet))
    return next(one for one in shown if one.isVisible())


def test_a_pin_in_the_field_of_the_amount_becomes_no_change(paying: Paying) -> None:
    paying.begin()
    field = paying.screen.payment.amount
    field.setText("271448")
    QTest.keyClick(field, Qt.Key.Key_Return)
    asked = much_change()
    assert asked.windowTitle() == "Give 271,403.00\u00a0EUR change?"
    QTest.keyClick(asked.focusWidget(), Qt.Key.Key_Return)
    assert not asked.isVisible()
    assert (paying.app.counter().receipt(1), field.selectedText()) == (None, "271448")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(much_change().on, Qt.Key.Key_Space)
    assert paying.sold().tenders[0].change == 27_140_300


def test_a_cheque_is_taken_with_its_number(paying: Paying) -> None:
    paying.begin()
    sheet = paying.by(Means.CHEQUE)
    assert not sheet.go.isEnabled()
    sheet.field.setText("4711")
    QTest.keyClick(sheet.field, Qt.Key.Key_Return)
    assert [(one.tender, one.details) for one in paying.sold().tenders] == [("cheque", ("4711",))]


def test_a_transfer_waits_with_the_photo_of_its_slip(paying: Paying) -> None:
    paying.begin()
    sheet = paying.by(Means.TRANSFER)
    assert isinstance(sheet, TransferSheet)
    assert not sheet.wait.isEnabled()
    sheet.picker.take(slip())
    sheet.await_it()
    code = paying.sold().orders[0]
    assert progress(paying.app.read(lambda c: orders.by_code(c, "conf26", code))) is Progress.AWAITING
    assert len(paying.app.counter().orders.proofs("conf26", code)) == 1


def test_a_slip_that_cannot_be_read_is_said_where_it_was_chosen(paying: Paying, tmp_path: Path) -> None:
    paying.begin()
    picker = paying.by(Means.TRANSFER).picker
    picker.open_file(tmp_path / "gone.png")
    assert picker.image is None
    assert any("The picture cannot be read" in label.text() for label in picker.findChildren(QLabel))
    (tmp_path / "slip.png").write_bytes(slip())
    picker.open_file(tmp_path / "slip.png")
    assert picker.image is not None


def test_a_transfer_with_a_photo_is_taken_once_though_enter_is_pressed_twice(paying: Paying) -> None:
    handed: list[Means] = []
    kept: Future[str] = Future()
    failures: list[Trouble] = []
    sheet = TransferSheet(
        "45.00",
        Tendering(),
        lambda means, *_: handed.append(means),
        paying.window,
        lambda _: kept,
        paying.window.courier,
        failures.append,
    )
    sheet.picker.take(slip())
    sheet.take()
    sheet.take()
    kept.set_exception(StorageTrouble("The disk is full"))
    paying.qtbot.waitUntil(lambda: bool(failures))
    kept = Future()
    sheet.take()
    sheet.take()
    kept.set_result("digest")
    paying.qtbot.waitUntil(lambda: bool(handed))
    assert (len(failures), handed) == (1, [Means.TRANSFER])


def test_an_invoice_leaves_the_order_unpaid_and_says_so(paying: Paying) -> None:
    paying.begin()
    sheet = paying.by(Means.INVOICE)
    sheet.field.setText("Lakeside Ltd")
    sheet.take()
    assert paying.sold().tenders[0].details == ("Lakeside Ltd",)
    paying.qtbot.waitUntil(lambda: paying.screen.done.accessibleName() == "The order stays unpaid 45.00\u00a0EUR")


def test_what_is_given_away_says_why(paying: Paying) -> None:
    paying.begin()
    paying.by(Means.FREE)._finish("Guest list")
    assert [(one.tender, one.details) for one in paying.sold().tenders] == [("free", ("Guest list",))]


def test_what_is_not_taken_here_is_not_offered(paying: Paying) -> None:
    sheet = TenderingSheet(paying.app, paying.window.courier, paying.window.problems.report, paying.window)
    sheet.rows[Means.CHEQUE].setChecked(False)
    sheet.keep()
    paying.qtbot.waitUntil(lambda: not paying.screen.clerk.payment.tendering.takes(Means.CHEQUE))
    paying.begin()
    assert not paying.screen.payment.means[Means.CHEQUE].isVisible()
    assert paying.screen.payment.means[Means.WALLET].isVisible()


def test_the_customer_follows_the_cart_the_code_and_the_change(paying: Paying) -> None:
    paying.app.write(lambda c: tendering.choose(c, "", Tendering(wallet_code="https://pay/1"))).result()
    paying.window.likes.choose(display=IN_A_WINDOW)
    display = paying.screen._follower.window
    assert display.isVisible()
    assert display.shown.idle
    paying.begin()
    assert (display.shown.lines, display.shown.figure) == ((Line("Regular", "45.00"),), "45.00\u00a0EUR")
    sheet = paying.by(Means.WALLET)
    assert display.shown.code == "https://pay/1"
    sheet.reject()
    assert display.shown.code == ""
    paying.screen.payment.amount.setText("50")
    QTest.keyClick(paying.screen.payment.amount, Qt.Key.Key_Return)
    paying.sold()
    paying.qtbot.waitUntil(lambda: display.shown.figure == "5.00\u00a0EUR")
    paying.screen.choose()
    paying.window.likes.choose(display="DP-7")  # It was pulled out meanwhile.
    assert not display.isVisible()


@pytest.mark.parametrize(
    ("currency", "price", "shown"), [("JPY", 1_200, "1,200\u00a0JPY"), ("KWD", 12_500, "12.500\u00a0KWD")]
)
def test_a_currency_has_its_own_places(evening: Any, qtbot: Any, currency: str, price: int, shown: str) -> None:
    paying = Paying(evening, qtbot, currency=currency, price=price)
    paying.begin()
    assert paying.screen.payment._due.text() == shown
    field: QLineEdit = paying.screen.payment.amount
    field.setText(shown.partition("\u00a0")[0].replace(",", ""))
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert paying.sold().tenders[0].amount == price
