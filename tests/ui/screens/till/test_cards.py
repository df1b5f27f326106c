"""Cards at the till that need a person: a terminal that stands apart, one that is gone, a payment in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from boxoffice.domain import payment, payment_steps
from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.payment import State
from boxoffice.domain.tenders import Means
from boxoffice.domain.terminals import Kind, Mark, Terminal
from boxoffice.errors import DeviceTrouble
from boxoffice.services import card, card_terminals
from boxoffice.storage import payments
from boxoffice.terminals.simulated import Behaviour, SimulatedTerminal
from boxoffice.terminals.worker import TerminalWorker
from ui import language
from ui.screens.till.drawer import CloseDialog
from ui.screens.till.screen import TillScreen
from ui.sheets.paying.card_list import CardPayments
from ui.sheets.paying.card_sheets import ByHandSheet, DoubtSheet
from ui.sheets.paying.terminal_day import TerminalDayRow
from ui.sheets.settings.terminal_sheet import TerminalSheet
from ui.widgets.buttons import Button
from ui.widgets.strip import Where


class Till:
    """A till with a simulated terminal, an open drawer, and a cart of 45.00 that somebody wants to pay."""

    def __init__(self, evening: Any, qtbot: Any) -> None:
        self.evening, self.qtbot, self.app = evening, qtbot, evening.app
        evening.enrol()
        evening.hear(
            Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="UTC"),
            Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500),
        )
        self.terminal = SimulatedTerminal()
        self.worker = TerminalWorker(self.app, lambda _: self.terminal)
        self.worker.start()
        self.app.counter().open("conf26", 20_000).result()
        self.window = evening.open()
        self.window.cards = self.worker
        self.window.go(Where.TILL)

    def with_terminal(self) -> None:
        self.app.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED))).result()

    @property
    def screen(self) -> TillScreen:
        return self.window.stack.currentWidget()

    def fill(self) -> None:
        self.screen.clerk.add(self.screen.clerk.assortment.wares()[0])
        self.screen.pay()
        self.rest()

    def rest(self) -> None:
        self.qtbot.waitUntil(lambda: not self.screen.clerk.busy)

    def sheet(self, kind: type) -> Any:
        def there() -> bool:
            return any(isinstance(one, kind) and one.isVisible() for one in QApplication.topLevelWidgets())

        self.qtbot.waitUntil(there)
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())

    def named(self, name: str) -> Any:
        def found() -> list[Any]:
            return [one for one in QApplication.topLevelWidgets() if one.objectName() == name and one.isVisible()]

        self.qtbot.waitUntil(lambda: bool(found()))
        return found()[0]

    def click(self, button: Button) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def press(self, sheet: Any, words: str) -> None:
        self.click(next(one for one in sheet.findChildren(Button) if one.text() == words))

    def attempts(self) -> list[payment.Attempt]:
        return self.app.read(lambda c: payments.newest(c, 9))

    def sold(self) -> Any:
        self.qtbot.waitUntil(lambda: self.app.counter().receipt(1) is not None)
        return self.app.counter().receipt(1).receipt

    def doubt(self, operation: str = "sale-9", *, terminal: str = "Till 1") -> payment.Attempt:
        """As a crash leaves it behind the amount."""
        wish = card.Wish(operation=operation, event="conf26", amount=4_500, currency="EUR", terminal=terminal)
        begun = self.app.write(lambda c: card.begin(c, wish, 4_500, datetime.now(UTC))).result()
        steps = (
            payment_steps.Compared(mark=Mark(receipt=41, terminal_id="1")),
            payment_steps.Sent(),
            payment_steps.Lost(because="Cut"),
        )
        for step in steps:
            self.app.write(lambda c, step=step: card.take(c, begun.id, step, datetime.now(UTC))).result()
        return begun


@pytest.fixture
def till(evening: Any, qtbot: Any) -> Iterator[Till]:
    till = Till(evening, qtbot)
    yield till
    till.worker.stop()


def test_a_card_at_a_terminal_apart_is_what_the_cashier_types(till: Till) -> None:
    till.fill()
    till.screen.clerk.payment.offer(Means.CARD, 4_500)
    sheet = till.sheet(ByHandSheet)
    assert "45.00" in "".join(one.text() for one in sheet.findChildren(QLabel))
    assert till.app.counter().cards.doubtful() != []  # From here on a crash leaves a question, not a lost payment.
    QTest.keyClicks(sheet.approval, "A17")
    QTest.keyClick(sheet.approval, Qt.Key.Key_Return)
    QTest.keyClicks(sheet.last_four, "1x234")
    QTest.keyClick(sheet.last_four, Qt.Key.Key_Return)
    assert till.sold().tenders[0].details == ("************1234", "A17")


def test_a_terminal_apart_that_said_no_sells_nothing_and_esc_is_no_answer(till: Till) -> None:
    till.fill()
    till.screen.clerk.payment.offer(Means.CARD, 4_500)
    sheet = till.sheet(ByHandSheet)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    till.click(sheet.no)
    till.rest()
    assert [one.state for one in till.attempts()] == [State.DECLINED]
    assert till.app.counter().receipt(1) is None


def test_a_terminal_that_is_gone_is_got_round_by_hand(till: Till) -> None:
    till.with_terminal()
    till.terminal.behaviour = Behaviour.CUT_BEFORE
    till.fill()
    till.screen.clerk.payment.offer(Means.CARD, 4_500)
    till.press(till.named("terminal_unreachable"), "Take it by hand")
    till.click(till.sheet(ByHandSheet).yes)
    till.sold()
    assert [(one.terminal, one.state) for one in till.attempts()] == [
        ("by hand", State.CAPTURED),
        ("Till 1", State.CANCELLED),
    ]


class Gone(SimulatedTerminal):
    """It charges, and cannot be asked."""

    def last(self, _: str) -> Any:
        raise DeviceTrouble("The terminal does not answer")


@pytest.fixture
def in_doubt(till: Till) -> Till:
    """Somebody paid, the line was cut, and the terminal does not say what became of it."""
    till.with_terminal()
    till.terminal = Gone(Behaviour.CUT_KEPT)
    till.fill()
    till.screen.clerk.payment.offer(Means.CARD, 4_500)
    return till


def test_in_doubt_the_sale_goes_on_with_what_a_person_has_seen(in_doubt: Till) -> None:
    sheet = in_doubt.sheet(DoubtSheet)
    assert not sheet.yes.isEnabled()
    sheet.reason.setText("Its journal shows it")
    sheet.name.setText("Ana")
    sheet.number.setText("0042")
    sheet.approval.setText("A17")
    in_doubt.click(sheet.yes)
    assert in_doubt.sold().tenders[0].details[-1].endswith("0042 / A17")
    assert in_doubt.attempts()[0].settled_by == "Ana"


def test_what_was_not_charged_is_paid_in_another_way(in_doubt: Till) -> None:
    sheet = in_doubt.sheet(DoubtSheet)
    sheet.reason.setText("Nothing in its journal")
    sheet.name.setText("Ana")
    in_doubt.click(sheet.no)
    in_doubt.rest()
    in_doubt.screen.clerk.payment.offer(Means.CASH, 4_500)
    assert in_doubt.sold().tenders[0].tender == "cash"


def test_put_off_it_is_counted_and_nothing_else_pays(in_doubt: Till) -> None:
    in_doubt.press(in_doubt.sheet(DoubtSheet), "Later")
    assert in_doubt.screen.cards.button.text() == "Card payments: 1 open"
    in_doubt.window.status.refresh()
    assert "1" in in_doubt.window.strip.places[Where.TILL].accessibleName()
    in_doubt.screen.clerk.payment.offer(Means.CASH, 4_500)
    in_doubt.rest()
    assert in_doubt.app.counter().receipt(1) is None
    in_doubt.screen.cards.show_list()
    in_doubt.press(in_doubt.sheet(CardPayments), "Look into it…")
    assert in_doubt.sheet(DoubtSheet).attempt.amount == 4_500


def test_the_terminal_is_asked_again(in_doubt: Till) -> None:
    sheet = in_doubt.sheet(DoubtSheet)
    kept = in_doubt.terminal.kept
    in_doubt.terminal.last = lambda _: kept[-1]
    in_doubt.click(sheet.again)
    assert in_doubt.sold().tenders[0].tender == "card"


def test_after_a_restart_the_cart_and_its_question_are_there(in_doubt: Till) -> None:
    in_doubt.press(in_doubt.sheet(DoubtSheet), "Later")
    window = in_doubt.window
    screen = TillScreen(in_doubt.app, window.courier, window.notices, window.problems.report)
    in_doubt.qtbot.addWidget(screen)
    screen.show()
    assert screen.cards.button.text() == "Card payments: 1 open"
    screen.pay()
    assert in_doubt.sheet(DoubtSheet).attempt.id == in_doubt.attempts()[0].id


@pytest.fixture
def listed(till: Till) -> Iterator[Callable[[str], list[str]]]:
    """What the list finds: the amounts' states."""
    till.with_terminal()
    till.doubt()
    till.doubt("sale-8", terminal="by hand")
    sheet = CardPayments(till.app, "EUR", till.window)
    till.qtbot.addWidget(sheet)
    yield lambda words: [one.operation for one in sheet.found(words)]
    language.set_clock(())


def test_payments_are_found_by_amount_and_time(listed: Callable[[str], list[str]]) -> None:
    assert sorted(listed("")) == ["sale-8", "sale-9"]
    assert sorted(listed("45.00")) == ["sale-8", "sale-9"]
    assert listed("45.01") == []
    assert listed("no") == []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        language.set_clock([zone])
        assert sorted(listed(f"{datetime.now(ZoneInfo(zone)):%H:%M}")) == ["sale-8", "sale-9"]


def test_a_terminal_is_set_up_and_answers_without_a_restart(till: Till) -> None:
    sheet = TerminalSheet(till.app, till.window.courier, lambda: till.worker, till.window)
    till.qtbot.addWidget(sheet)
    sheet.show()
    assert not sheet.keep.isEnabled()  # An address is wanted.
    sheet.kind.setCurrentIndex(sheet.kind.findData(Kind.SIMULATED.value))
    till.click(sheet.test)
    till.qtbot.waitUntil(lambda: "99999999" in sheet.about.text())
    assert [one.kind for one in till.app.counter().cards.terminals] == [Kind.SIMULATED]


def test_the_terminals_day_is_closed_beside_the_count_and_stands_on_the_z(till: Till) -> None:
    till.with_terminal()
    till.fill()
    till.screen.clerk.payment.offer(Means.CARD, 4_500)
    till.sold()
    sheet = CloseDialog(till.screen.clerk, till.window)
    till.qtbot.addWidget(sheet)
    sheet.show()
    (row,) = sheet.findChildren(TerminalDayRow)
    assert "not closed" in row.words.text()
    till.click(row.close_day)
    till.qtbot.waitUntil(lambda: "has" in row.words.text())
    assert row.words.text().replace("\u00a0", " ") == "Till 1 has 45.00 EUR. Here: 45.00 EUR in 1 payment"
    assert [one.difference for one in till.app.counter().cards.days()] == [0]


def test_what_has_lost_its_receipt_is_gone_on_with_from_the_list(till: Till) -> None:
    """The app ended between the terminal's yes and the receipt."""
    till.with_terminal()
    till.fill()
    cart = till.screen.clerk.cart.id
    till.worker.pay(till.app.counter().cards.charge(cart, 4_500).result().id, lambda _: None).result()
    till.screen.clerk.begin_anew()
    assert till.screen.cards.button.text() == "Card payments: 1 open"
    till.screen.choose()
    till.screen.cards.show_list()
    till.press(till.sheet(CardPayments), "Go on with it…")
    till.qtbot.waitUntil(lambda: till.screen.clerk.cart.id == cart)
    till.screen.pay()
    till.rest()
    QTest.keyClick(till.screen.payment.amount, Qt.Key.Key_Return)
    assert [(one.tender, one.amount) for one in till.sold().tenders] == [("card", 4_500)]


def test_a_trouble_beside_a_card_payment_does_not_give_the_till_free(till: Till) -> None:
    till.with_terminal()
    till.terminal.behaviour = Behaviour.STALL
    till.fill()
    till.screen.pay()
    till.rest()
    clerk, shown = till.screen.clerk, []
    clerk.payment.terminal_shows.connect(shown.append)
    clerk.payment.offer(Means.CARD, 4_500)
    till.qtbot.waitUntil(lambda: bool(shown))
    failed: Future[None] = Future()
    failed.set_exception(DeviceTrouble("Something else"))
    clerk.turns.beside(failed)
    QApplication.processEvents()
    till.app.write(lambda _: None).result()
    QApplication.processEvents()
    still_busy = clerk.busy
    clerk.payment.break_off()
    till.rest()
    assert still_busy
