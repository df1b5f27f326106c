"""The till, driven as a cashier drives it: by keys, with the mouse only where there is no other way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import AddOnRule, Category, Event, Item, Quota, TaxRule, Variation
from boxoffice.domain.documents import Movement
from boxoffice.domain.held import HeldCart, packed
from boxoffice.domain.orders import Status
from boxoffice.domain.terminals import Kind, Terminal
from boxoffice.ports import Role
from boxoffice.services import card_terminals, held
from boxoffice.storage import cash_drawer, journal, orders
from boxoffice.terminals.simulated import Behaviour, SimulatedTerminal
from boxoffice.terminals.worker import TerminalWorker
from ui.screens.till.cart_rows import _Words
from ui.screens.till.drawer import CloseDialog, MoveDialog, ReportDialog
from ui.screens.till.held import RecallDialog
from ui.screens.till.line_sheet import LineSheet
from ui.screens.till.places import Place
from ui.screens.till.screen import TillScreen
from ui.sheets.orders.void_sheet import VoidSheet
from ui.widgets.dialogs import ReasonDialog
from ui.widgets.strip import Where


class Cashier:
    """Somebody at the till."""

    def __init__(self, evening: Any, qtbot: Any) -> None:
        self.evening = evening
        self.qtbot = qtbot
        self.app = evening.app
        evening.enrol()
        evening.hear(
            Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="UTC"),
            TaxRule(id=1, event="conf26", name={"en": "VAT"}, rate=1900),
            Category(id=1, event="conf26", name={"en": "Tickets"}),
            Category(id=2, event="conf26", name={"en": "Catering"}, is_addon=True, position=1),
            Item(
                id=1,
                event="conf26",
                name={"en": "Regular"},
                price=4_500,
                tax_rule=1,
                category=1,
                addons=(AddOnRule(category=2),),
            ),
            Item(
                id=2,
                event="conf26",
                name={"en": "T-shirt"},
                price=2_500,
                category=1,
                position=1,
                variations=(Variation(id=7, value={"en": "M"}), Variation(id=8, value={"en": "XXL"}, price=2_800)),
            ),
            Item(id=3, event="conf26", name={"en": "Dinner"}, price=3_000, category=2),
        )
        self.window = evening.open()
        self.window.go(Where.TILL)

    @property
    def screen(self) -> TillScreen:
        screen = self.window.stack.currentWidget()
        assert isinstance(screen, TillScreen)
        return screen

    def type(self, text: str) -> None:
        """Digits and letters; `↵` is Enter, `P` the key to pay, `C` the one for a card."""
        for one in text:
            key = {"↵": Qt.Key.Key_Return, "P": Qt.Key.Key_F9, "C": Qt.Key.Key_F6}.get(one)
            self.rest()
            target = QApplication.focusWidget()
            assert target is not None
            if key is None:
                QTest.keyClicks(target, one)
            else:
                QTest.keyClick(target, key)
        self.rest()

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(QApplication.focusWidget(), key)
        self.rest()

    def rest(self) -> None:
        """Until the station has answered."""
        self.qtbot.waitUntil(lambda: not self.screen.clerk.busy)

    def open(self) -> None:
        self.type("200↵")
        self.qtbot.waitUntil(lambda: self.screen.clerk.shift is not None)

    def sold(self) -> Any:
        return self.app.counter().receipt(1)

    def dialog(self, kind: Any) -> Any:
        def there() -> list[Any]:
            return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]

        self.qtbot.waitUntil(lambda: bool(there()))
        return there()[0]


@pytest.fixture
def cashier(evening: Any, qtbot: Any) -> Cashier:
    return Cashier(evening, qtbot)


def test_a_cash_sale_of_one_ticket_takes_no_more_than_eight_keys(cashier: Cashier) -> None:
    cashier.open()
    keys = "1↵P50↵"
    assert len(keys) <= 8
    cashier.type(keys)
    booked = cashier.sold()
    assert booked is not None
    assert (booked.receipt.total, booked.receipt.tenders[0].change) == (4_500, 500)
    assert cashier.screen.done.change.text() == "5.00\u00a0EUR"
    cashier.type("↵")
    assert cashier.screen.search.hasFocus()


def test_enter_alone_is_the_whole_sum_in_cash(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P↵")
    booked = cashier.sold()
    assert booked is not None
    assert booked.receipt.tenders[0].amount == 4_500


@pytest.fixture
def terminal(cashier: Cashier) -> Iterator[SimulatedTerminal]:
    """A card terminal at the till."""
    made = SimulatedTerminal()
    cashier.app.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED))).result()
    worker = TerminalWorker(cashier.app, lambda _: made)
    worker.start()
    cashier.window.cards = worker
    yield made
    worker.stop()


def test_the_card_key_lets_the_terminal_take_it(cashier: Cashier, terminal: SimulatedTerminal) -> None:
    cashier.open()
    cashier.type("1↵PC")
    cashier.qtbot.waitUntil(lambda: cashier.sold() is not None)
    assert [one.amount for one in terminal.kept] == [4_500]
    assert cashier.sold().receipt.tenders[0].details[0] == "Simulated ************0000"


def test_a_card_that_is_declined_is_said_so_and_cash_pays(cashier: Cashier, terminal: SimulatedTerminal) -> None:
    terminal.behaviour = Behaviour.DECLINE
    cashier.open()
    cashier.type("1↵PC")
    cashier.qtbot.waitUntil(lambda: bool(cashier.app.read(lambda c: journal.newest(c, ["card"], 1))))
    cashier.type("↵")
    cashier.qtbot.waitUntil(lambda: cashier.sold() is not None)
    assert cashier.sold().receipt.tenders[0].tender == "cash"
    assert terminal.kept == []


def test_nothing_leaves_the_payment_while_the_terminal_works(cashier: Cashier, terminal: SimulatedTerminal) -> None:
    terminal.behaviour = Behaviour.STALL
    cashier.open()
    cashier.type("1↵P")
    clerk = cashier.screen.clerk
    with cashier.qtbot.waitSignal(clerk.payment.terminal_shows):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert clerk.busy
    assert clerk.payment.offers == ()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)  # Asks the terminal to break it off.
    cashier.qtbot.waitUntil(lambda: not clerk.busy)
    assert not clerk.cart.empty
    assert cashier.app.counter().cards.doubtful() == []


def test_two_tenders_are_split_to_the_cent(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P20.50C24.50↵")
    booked = cashier.sold()
    assert booked is not None
    assert [(one.tender, one.amount) for one in booked.receipt.tenders] == [("card", 2_050), ("cash", 2_450)]


def test_a_card_is_not_charged_too_much(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P50C")
    assert cashier.sold() is None
    assert "Only cash gives change" in cashier.window.problems.text


def test_a_name_finds_a_tile_as_well_as_its_number(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("xxl↵")
    assert [(line.item, line.variation) for line in cashier.screen.clerk.cart.lines] == [(2, 8)]


def test_an_add_on_is_off_until_there_is_a_ticket_for_it(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("dinn↵")
    assert cashier.screen.clerk.cart.empty
    cashier.screen.search.clear()
    cashier.type("1↵dinn↵")
    ticket, dinner = cashier.screen.clerk.cart.lines
    assert dinner.part_of == ticket.id


def test_escape_goes_back_to_the_cart_and_nothing_is_paid(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P20C")
    cashier.press(Qt.Key.Key_Escape)
    assert cashier.screen.search.hasFocus()
    assert cashier.screen.clerk.payment.offers == ()
    assert not cashier.screen.clerk.cart.empty


def test_a_line_stays_under_the_finger_though_the_window_looks_around(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵")
    lines = cashier.screen.cart.findChildren(_Words)
    cashier.qtbot.waitUntil(lambda: any(one.isVisible() for one in lines))
    cashier.window.status.refresh()
    assert any(one.isVisible() for one in lines)


def test_a_cart_is_put_by_and_taken_up_again(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵")
    cashier.press(Qt.Key.Key_F4)
    cashier.qtbot.waitUntil(lambda: cashier.screen.clerk.cart.empty)
    cashier.press(Qt.Key.Key_F5)
    sheet = cashier.dialog(RecallDialog)
    button = next(one for one in sheet.findChildren(type(cashier.screen.cart.pay)) if "1" in one.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    cashier.qtbot.waitUntil(lambda: not cashier.screen.clerk.cart.empty)
    assert cashier.screen.clerk.bill.total == 4_500


def test_a_cart_that_was_about_to_be_paid_is_there_after_a_restart(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P")
    cashier.rest()
    screen = TillScreen(cashier.app, cashier.window.courier, cashier.window.notices, cashier.window.problems.report)
    cashier.qtbot.addWidget(screen)
    assert screen.clerk.bill.total == 4_500


def test_what_cannot_be_sold_says_so_and_cannot_be_paid(cashier: Cashier) -> None:
    cashier.open()
    cashier.evening.hear(Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500, max_per_order=1))
    cashier.type("1↵1↵")
    assert not cashier.screen.cart.pay.isEnabled()
    cashier.screen.clerk.allow("too many")
    assert cashier.screen.cart.pay.isEnabled()


def test_what_was_sold_opens_the_door(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P↵")
    booked = cashier.sold()
    assert booked is not None
    order = cashier.app.read(lambda c: orders.by_code(c, "conf26", booked.receipt.orders[0]))
    assert order.status is Status.PAID


def test_the_day_is_counted_blind_and_closed(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P↵↵")
    sheet = CloseDialog(cashier.screen.clerk, cashier.window)
    sheet.open()
    sheet.pieces[20_000].setValue(1)
    sheet._close_shift()
    cashier.qtbot.waitUntil(sheet.reason.isVisible)
    assert cashier.screen.clerk.shift is not None
    sheet.pieces[2_000].setValue(2)
    sheet.pieces[500].setValue(1)
    sheet._close_shift()
    cashier.qtbot.waitUntil(lambda: cashier.screen.clerk.shift is None)
    z = cashier.app.counter().z_report()
    assert z is not None
    assert z.number == 1
    cashier.dialog(ReportDialog).close()


def test_a_sale_just_made_is_taken_back_by_the_key_that_empties_a_cart(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P↵")
    cashier.press(Qt.Key.Key_F8)
    sheet = cashier.dialog(VoidSheet)
    sheet.reason.setText("Wrong ticket")
    QTest.mouseClick(sheet.button, Qt.MouseButton.LeftButton)
    cashier.qtbot.waitUntil(lambda: cashier.app.counter().receipt(2) is not None)
    assert cashier.app.counter().receipt(2).void
    cashier.qtbot.waitUntil(cashier.screen.search.isVisible)


def test_cash_is_moved_with_a_reason(cashier: Cashier) -> None:
    cashier.open()
    sheet = MoveDialog(cashier.screen.clerk, cashier.window)
    sheet.open()
    sheet.amount.setText("50")
    assert not sheet._go.isEnabled()
    sheet.reason.setText("To the safe")
    QTest.mouseClick(sheet._go, Qt.MouseButton.LeftButton)
    cashier.rest()
    shift = cashier.screen.clerk.shift
    (move,) = cashier.app.read(lambda c: cash_drawer.moves_of_shift(c, shift.id))
    assert (move.movement, move.amount) == (Movement.DROP, -5_000)


def test_a_desk_has_no_till(evening: Any) -> None:
    evening.enrol(Role.DESK)
    assert Where.TILL not in evening.open().strip.places


def test_each_place_has_a_key(cashier: Cashier) -> None:
    cashier.open()
    for number, place in enumerate(Place, start=1):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key(ord(str(number))), Qt.KeyboardModifier.AltModifier)
        assert cashier.screen.place is place
        assert cashier.screen.bar.buttons[place].isChecked()
    cashier.press(Qt.Key.Key_F2)
    assert cashier.screen.place is Place.EVENT
    assert cashier.screen.search.hasFocus()


def test_a_payment_is_left_before_a_place(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵P")
    cashier.screen.go(Place.REPORT)
    assert cashier.screen.place is Place.EVENT
    assert cashier.screen.payment.amount.hasFocus()


def test_arrows_walk_over_the_tiles_and_a_number_before_a_star_says_how_many(cashier: Cashier) -> None:
    cashier.open()
    cashier.press(Qt.Key.Key_Right)
    cashier.press(Qt.Key.Key_Right)
    cashier.press(Qt.Key.Key_Return)
    cashier.type("3*xxl↵")
    assert [(one.variation, one.quantity) for one in cashier.screen.clerk.cart.lines] == [(7, 1), (8, 3)]


def test_what_is_sold_out_says_so_and_cannot_be_added(cashier: Cashier) -> None:
    cashier.evening.hear(Quota(id=1, event="conf26", size=5, available=0, items=(1,)))
    cashier.open()
    tile = cashier.screen.tiles._tiles[0]
    cashier.qtbot.waitUntil(lambda: tile.stand.gone)
    assert "Sold out" in tile.accessibleName()
    cashier.type("1↵")
    assert cashier.screen.clerk.cart.empty


def test_what_others_may_be_selling_is_said_before_anybody_pays_and_sold_with_permission(cashier: Cashier) -> None:
    cashier.evening.hear(Quota(id=1, event="conf26", size=5, items=(1,)))
    cashier.open()
    tile = cashier.screen.tiles._tiles[0]
    cashier.qtbot.waitUntil(lambda: tile.stand.here == 0)
    assert "0 of 5 here" in tile.accessibleName()
    cashier.type("1↵")
    assert [one.kind for one in cashier.screen.clerk.objections] == ["oversell"]
    assert not cashier.screen.cart.pay.isEnabled()
    allow = next(one for one in cashier.screen.cart.findChildren(QPushButton) if one.text() == "Sell it all the same")
    allow.click()
    cashier.dialog(ReasonDialog)._finish("The organiser agreed")
    cashier.window.activateWindow()
    cashier.qtbot.waitUntil(cashier.screen.cart.pay.isEnabled)
    cashier.type("P↵")
    cashier.qtbot.waitUntil(lambda: cashier.sold() is not None)


def test_what_keeps_a_full_cart_from_being_paid_comes_into_view(cashier: Cashier) -> None:
    items = [Item(id=n, event="conf26", name={"en": f"Kind {n}"}, price=100, position=n) for n in range(20, 40)]
    cashier.evening.hear(*items, Quota(id=1, event="conf26", size=5, items=(39,)))
    cashier.open()
    cashier.window.resize(1366, 768)
    clerk = cashier.screen.clerk
    cashier.qtbot.waitUntil(lambda: clerk.limited.outlook.left == {1: 5})
    for ware in clerk.assortment.wares():
        clerk.add(ware)
        cashier.qtbot.waitUntil(lambda: not clerk.busy)
    assert [one.kind for one in clerk.objections] == ["oversell"]

    scroll = cashier.screen.cart.findChild(QScrollArea)

    def asked() -> list[QPushButton]:
        shown = [one for one in scroll.findChildren(QPushButton) if one.isVisible()]
        return [one for one in shown if one.text() == "Sell it all the same"]

    cashier.qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0 and bool(asked()))
    cashier.qtbot.waitUntil(
        lambda: asked()[0].geometry().bottom() <= scroll.verticalScrollBar().value() + scroll.height()
    )


def test_a_shelf_shows_its_own_tiles_under_their_own_numbers(cashier: Cashier) -> None:
    cashier.open()
    for _ in range(2):
        cashier.press(Qt.Key.Key_PageDown)
    shown = [tile.place for tile in cashier.screen.tiles._tiles if tile.isVisible()]
    assert shown == [4]


def _line_sheet(cashier: Cashier) -> LineSheet:
    words = next(one for one in cashier.screen.cart.findChildren(QPushButton) if one.text() == "Regular")
    QTest.mouseClick(words, Qt.MouseButton.LeftButton)
    sheet: LineSheet = cashier.dialog(LineSheet)
    return sheet


def test_a_line_gets_a_note_and_another_price_with_its_reason(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵")
    sheet = _line_sheet(cashier)
    sheet.note.setText("Wheelchair")
    sheet.price.setText("30")
    QTest.keyClick(sheet.price, Qt.Key.Key_Return)
    reason = cashier.dialog(ReasonDialog)
    reason._finish("Goodwill")
    cashier.window.activateWindow()
    cashier.qtbot.waitUntil(cashier.screen.search.hasFocus)
    cashier.type("P↵")
    booked = cashier.sold()
    assert booked is not None
    assert (booked.receipt.total, booked.receipt.lines[0].notes) == (3_000, ("Wheelchair",))


def test_a_price_of_thousands_stays_what_it_is_when_only_the_note_is_changed(cashier: Cashier) -> None:
    cashier.evening.hear(Item(id=1, event="conf26", name={"en": "Regular"}, price=120_000))
    cashier.open()
    cashier.type("1↵")
    sheet = _line_sheet(cashier)
    sheet.note.setText("Front row")
    QTest.keyClick(sheet.note, Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert (cashier.screen.clerk.bill.total, cashier.screen.clerk.cart.lines[0].note) == (120_000, "Front row")


def test_a_cart_is_put_by_under_a_name_and_taken_up_in_its_place(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵")
    cashier.screen.go(Place.CART)
    page = cashier.screen.page
    page.name.setText("Blue coat")
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    cashier.qtbot.waitUntil(lambda: not page.held.empty)
    cashier.rest()  # The window may have looked around before the clerk had the station's answer.
    assert cashier.screen.clerk.cart.empty
    (button,) = page.held._shown.values()
    cashier.qtbot.waitUntil(button.isVisible)
    assert "Blue coat" in button.text()
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    cashier.window.status.refresh()
    assert button.isVisible()
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    cashier.qtbot.waitUntil(lambda: page.held.empty)
    cashier.rest()
    assert cashier.screen.clerk.bill.total == 4_500


def test_a_cart_is_there_after_a_crash_though_nobody_wanted_to_pay_yet(cashier: Cashier) -> None:
    cashier.open()
    cashier.type("1↵2↵")
    cashier.app.write(lambda _: None).result()
    screen = TillScreen(cashier.app, cashier.window.courier, cashier.window.notices, cashier.window.problems.report)
    cashier.qtbot.addWidget(screen)
    assert screen.clerk.bill.total == 7_000


def test_a_cart_of_another_till_is_taken_up_where_the_server_gives_it(cashier: Cashier, monkeypatch: Any) -> None:
    cashier.open()
    there = Cart(id="other", event="conf26", lines=(CartLine(id="l1", item=1),), note="Blue coat")
    at = datetime.now(UTC) - timedelta(minutes=3)
    noun = HeldCart(event="conf26", id="other", cart=packed(there), at=at, device="South till", device_id="d2")
    cashier.evening.hear(noun)

    def given(*_: object) -> Cart:
        return cashier.app.write(lambda c: held.take_in(c, noun, at)).result()

    monkeypatch.setattr("boxoffice.shared_carts.SharedCarts.take", given)
    cashier.press(Qt.Key.Key_F5)
    sheet = cashier.dialog(RecallDialog)
    button = next(one for one in sheet.findChildren(QPushButton) if "South till · Blue coat" in one.text())
    assert "3 min" in button.text()
    button.click()
    cashier.qtbot.waitUntil(lambda: not cashier.screen.clerk.cart.empty)
    assert cashier.screen.clerk.cart.id != "other"
    assert cashier.app.shared_carts.elsewhere("conf26") == []


def test_news_of_what_is_left_comes_to_tiles_that_were_asked_about(cashier: Cashier) -> None:
    """Between the question and its answer a server may take something off sale."""
    cashier.evening.hear(Quota(id=1, event="conf26", size=50, items=(1,)))
    cashier.open()
    cashier.window.status.stop()  # Now and then it has every place look again, which brings other tiles.
    catalogue = cashier.screen.catalogue
    cashier.qtbot.waitUntil(lambda: not catalogue._asking)
    shown = catalogue.tiles.wares
    catalogue._ask_for_left()
    assert catalogue._asking
    cashier.evening.hear(Item(id=3, event="conf26", name={"en": "Dinner"}, price=3_000, category=2, active=False))
    cashier.qtbot.waitUntil(lambda: not catalogue._asking)
    assert catalogue.tiles.wares == shown
    catalogue.show_wares()
    assert [ware.item.id for ware in catalogue.tiles.wares] == [ware.item.id for ware in shown if ware.item.id != 3]


def test_a_drawer_that_is_opened_with_two_presses_has_no_trouble(cashier: Cashier) -> None:
    told: list[Any] = []
    cashier.screen.tell = told.append
    cashier.screen.open_panel.amount.setText("200")
    with cashier.evening.held_up():
        QTest.keyClick(cashier.screen.open_panel.amount, Qt.Key.Key_Return)
        QTest.keyClick(cashier.screen.open_panel.amount, Qt.Key.Key_Return)
    cashier.qtbot.waitUntil(lambda: cashier.screen.clerk.shift is not None)
    cashier.rest()
    cashier.evening.settle()
    assert told == []
