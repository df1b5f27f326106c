"""The reports as somebody reads them at night: live figures, what differs, and receipts that are put right."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from boxoffice import bootstrap
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Event, Item, TaxRule
from boxoffice.domain.documents import Movement, Report
from boxoffice.domain.printing import Printer
from boxoffice.domain.reconciling import Cause, Difference, Reconciliation
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Trouble
from boxoffice.services import print_setup, reconciling
from boxoffice.services.reconciling import Compared
from ui.money import money
from ui.papers.preview import Preview
from ui.screens.outbox import OutboxScreen
from ui.screens.report.screen import ReportScreen, Tab
from ui.screens.till.places import Place
from ui.sheets.orders.correct_sheet import CorrectSheet
from ui.sheets.orders.void_sheet import VoidSheet
from ui.sheets.paying.card_list import CardPayments
from ui.widgets.buttons import Button
from ui.widgets.strip import Where


class Books:
    """A till that sold one ticket, and whoever reads what became of it."""

    def __init__(self, evening: Any, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.app = evening.app
        evening.enrol()
        evening.hear(
            Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="UTC"),
            TaxRule(id=1, event="conf26", name={"en": "VAT"}, rate=1900),
            Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500, tax_rule=1),
        )
        self.counter = self.app.counter("Ana")
        self.counter.open("conf26", 20_000).result()
        self.sell("s1")
        self.window = evening.open()
        self.window.go(Where.TILL)
        self.window.stack.currentWidget().go(Place.REPORT)

    def sell(self, name: str) -> None:
        self.counter.begin(Cart(id=name, event="conf26", lines=(CartLine(id="a", item=1),))).result()
        self.counter.finish(name, [Offer(means=Means.CASH, amount=4_500)]).result()

    @property
    def page(self) -> ReportScreen:
        page = self.window.stack.currentWidget()._pages[Place.REPORT]
        assert isinstance(page, ReportScreen)
        return page

    def shows(self, amount: int, title: str = "Totals") -> None:
        """The net amount of the report on the screen becomes this."""

        def net() -> int | None:
            report = self.page.figures.report
            found = [one for one in report.sections if one.title == title] if report else []
            return found[0].rows[-1].amount if found else None

        self.qtbot.waitUntil(lambda: net() == amount)

    def words(self) -> str:
        return " ".join(one.text() for one in self.page.findChildren(QLabel) if one.isVisible())

    def press(self, words: str) -> None:
        button = next(one for one in self.page.findChildren(Button) if one.text() == words and one.isVisible())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def sheet(self, kind: type) -> Any:
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


@pytest.fixture
def books(evening: Any, qtbot: Any) -> Books:
    return Books(evening, qtbot)


def test_the_figures_of_the_shift_are_live(books: Books) -> None:
    books.shows(4_500)
    assert books.page.title.text() == "X report"
    books.sell("s2")
    books.page.look_again()
    books.shows(9_000)


def test_a_day_has_its_hours_and_the_event_its_prices(books: Books) -> None:
    books.page.go(Tab.DAY)
    books.qtbot.waitUntil(lambda: books.page.title.text() == "Report of the day")
    books.shows(4_500)
    books.page.go(Tab.EVENT)
    books.shows(4_500, "Tickets sold")


def test_what_differs_says_what_to_do_next(books: Books) -> None:
    books.page.go(Tab.DIFFERENCES)
    books.qtbot.waitUntil(lambda: "Not sent yet" in books.words())
    assert "It goes out with the next sync" in books.words()
    assert "Here 45.00\u00a0EUR, at the server nothing" in books.words()


def test_each_difference_leads_to_where_its_next_step_is_done(books: Books, monkeypatch: Any) -> None:
    at, order = datetime.now(UTC), books.app.counter().receipt(1).receipt.orders[0]
    causes = (Cause.UNKNOWN, Cause.NOT_THERE, Cause.MISCOUNTED, Cause.REFUSED)
    rows = tuple(Difference(cause=one, where="server", at=at, ours=1, receipt=1, order=order) for one in causes)
    found = Reconciliation(lines=(), terminals=(), differences=rows)
    monkeypatch.setattr(reconciling, "over", lambda *_: found)

    def follow(words: str) -> None:
        books.page.go(Tab.DIFFERENCES)
        books.qtbot.waitUntil(lambda: "Sent, and not there" in books.words())
        books.press(words)

    follow("Card payments")
    books.sheet(CardPayments).close()
    till = books.window.stack.currentWidget()
    follow("Order")
    assert till.place is Place.ORDERS
    books.qtbot.waitUntil(lambda: f"Order {order}" in [one.text() for one in till.page.findChildren(QLabel)])
    till.go(Place.REPORT)
    next(one for one in books.page.differences.findChildren(Button) if one.text() == "Receipts").click()
    assert books.page.tab is Tab.RECEIPTS
    follow("Outbox")
    assert isinstance(books.window.stack.currentWidget(), OutboxScreen)


def test_a_wrong_tender_is_put_right_where_it_is_seen(books: Books) -> None:
    books.page.go(Tab.RECEIPTS)
    books.qtbot.waitUntil(lambda: "Receipt 1" in books.words())
    books.press("Correct…")
    sheet = books.sheet(CorrectSheet)
    assert not sheet.button.isEnabled()
    sheet.all_by(Means.CARD)
    sheet.reason.setText("Wrong key")
    QTest.mouseClick(sheet.button, Qt.MouseButton.LeftButton)
    books.qtbot.waitUntil(lambda: "Correction" in books.words())
    booked = books.counter.receipt(2)
    assert booked is not None
    assert [(one.tender, one.amount) for one in booked.receipt.tenders] == [("cash", -4_500), ("card", 4_500)]


def test_a_sale_is_taken_back_where_it_is_seen(books: Books) -> None:
    books.page.go(Tab.RECEIPTS)
    books.qtbot.waitUntil(lambda: "Receipt 1" in books.words())
    books.press("Take back…")
    sheet = books.sheet(VoidSheet)
    sheet.reason.setText("Wrong person")
    QTest.mouseClick(sheet.button, Qt.MouseButton.LeftButton)
    books.qtbot.waitUntil(lambda: "Taken back" in books.words())
    booked = books.counter.receipt(2)
    assert booked is not None
    assert booked.void


def test_a_receipt_is_found_by_its_number(books: Books) -> None:
    books.sell("s2")
    books.page.go(Tab.RECEIPTS)
    books.page.receipts.wanted.setText("2")
    books.qtbot.waitUntil(lambda: "Receipt 2" in books.words() and "Receipt 1 ·" not in books.words())


def test_a_receipt_is_seen_as_it_is_printed_and_a_slip_printed_again(books: Books) -> None:
    books.counter.move(Movement.PAY_OUT, 700, "Milk").result()
    printer = Printer(name="Till", address="tcp://127.0.0.1:9", profile="TM-T20II")
    books.app.write(lambda c: print_setup.add_printer(c, printer)).result()
    books.page.go(Tab.RECEIPTS)
    books.qtbot.waitUntil(
        lambda: f"Slip 1 · Take out · {money(-700, 'EUR')}" in books.words() and "Milk" in books.words()
    )
    books.press("Show")
    sheet = books.sheet(Preview)
    books.qtbot.waitUntil(lambda: not sheet.picture.pixmap().isNull())
    receipt = books.counter.receipt(1).receipt
    paper = QImage.fromData(bootstrap.renderer(books.app).picture_of(receipt, printer))
    assert sheet._paper.toImage().convertToFormat(paper.format()) == paper
    sheet.close()
    books.press("Print a copy")
    books.qtbot.waitUntil(lambda: [job.subject for job in books.app.paper.queue] == ["1"])
    assert books.app.paper.queue[0].document.reason == "Milk"


def test_a_letter_is_written_for_the_mail_program(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    books.shows(4_500)
    opened: list[Path] = []
    monkeypatch.setattr(books.page.saving, "open", opened.append)
    books.press("Mail")
    books.qtbot.waitUntil(lambda: bool(opened))
    letter: Any = message_from_bytes(opened[0].read_bytes(), policy=default)
    assert letter["Subject"].startswith("X report · Conference")
    opened[0].unlink()
    opened[0].parent.rmdir()


def test_a_letter_that_cannot_be_written_is_said(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> str:
        raise OSError(ENOSPC, "No space left on device")

    books.shows(4_500)
    told: list[Trouble] = []
    monkeypatch.setattr(books.page._till, "tell", told.append)
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    books.press("Mail")
    books.qtbot.waitUntil(lambda: bool(told))
    assert told[0].title == "The file was not written"


def test_reports_are_read_while_the_drawer_is_closed(books: Books) -> None:
    books.counter.count({100: 245}).result()
    z: Report = books.counter.close().result()
    till = books.window.stack.currentWidget()
    till.go(Place.EVENT)
    books.qtbot.waitUntil(lambda: till.clerk.shift is None)
    till.open_panel.reports_pressed.emit()
    books.qtbot.waitUntil(lambda: books.page.title.text() == "Z report 1")
    assert books.page.figures.report == z
    books.page.go(Tab.RECEIPTS)
    books.qtbot.waitUntil(lambda: "Z report 1" in books.words())
    books.press("Show")
    books.qtbot.waitUntil(lambda: books.page.title.text() == "Z report 1")


def test_single_days_are_looked_at_and_turned_by_keys(books: Books, monkeypatch: Any) -> None:
    page = books.page
    before = page.today - timedelta(days=1)
    monkeypatch.setattr(reconciling, "by_day", lambda *_: (Compared(before, 2), Compared(page.today, 0)))
    QTest.keyClick(page, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    page.go(Tab.DIFFERENCES)
    books.qtbot.waitUntil(lambda: [one.text() for one in page.differences.days.values()] != [])
    told = [one.text().partition(" · ")[2] for one in page.differences.days.values()]
    assert told == ["2 differ", "agrees"]
    page.differences.days[before].click()
    assert page.today == before
    page.take_keys()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    books.qtbot.waitUntil(lambda: page.day is None)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    books.qtbot.waitUntil(lambda: page.day == before)
