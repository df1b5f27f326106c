"""Who is at the window: signing in, locking, handing over, and a PIN on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxoffice.domain.catalog import Item
from boxoffice.domain.documents import Movement
from boxoffice.domain.operators import NewOperator, Person
from boxoffice.domain.orders import Status
from boxoffice.domain.permissions import Act, Role
from boxoffice.domain.scan import Source
from boxoffice.domain.tenders import Means
from boxoffice.domain.terminals import Kind, Terminal
from boxoffice.ids import new_scan
from boxoffice.services import card_terminals, seals
from boxoffice.storage import cash_drawer, operators, payments, receipt_book
from boxoffice.terminals.simulated import SimulatedTerminal
from boxoffice.terminals.worker import TerminalWorker
from ui import asking
from ui.screens.lock import LockCover
from ui.screens.till.drawer import MoveDialog
from ui.screens.till.screen import TillScreen
from ui.sheets.permission import PermissionSheet
from ui.sheets.settings.people_sheet import PeopleSheet, PinSheet, RoleSheet
from ui.widgets.buttons import Button
from ui.widgets.dialogs import ReasonDialog
from ui.widgets.strip import Where

PINS = {"Olga": "314159", "Sven": "271828", "Ana": "4711", "Ben": "8264"}
ROLES = {"Olga": Role.ORGANISER, "Sven": Role.SUPERVISOR, "Ana": Role.CASHIER, "Ben": Role.CASHIER}


class Shop:
    """A window with people."""

    def __init__(self, evening: Any, qtbot: Any, role: Role = Role.SUPERVISOR) -> None:
        self.evening = evening
        self.app = evening.app
        self.qtbot = qtbot
        evening.enrol(role)
        evening.hear(Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500))
        self.app.staff.add([NewOperator(name=name, role=ROLES[name], pin=PINS[name]) for name in PINS])
        self.window = evening.open()

    @property
    def cover(self) -> LockCover:
        (found,) = [one for one in self.window.findChildren(LockCover) if not one.isHidden()]
        return found

    def sign_in(self, who: str, pin: str = "") -> None:
        cover = self.cover
        at = sorted(PINS).index(who)
        while cover._chosen != at:
            QTest.keyClick(cover.pin, Qt.Key.Key_Down)
        cover.pin.setText(pin or PINS[who])
        QTest.keyClick(cover.pin, Qt.Key.Key_Return)
        if not pin:
            self.qtbot.waitUntil(lambda: self.app.staff.name == who and not self.window.locking.is_covered)

    @property
    def till(self) -> TillScreen:
        screen = self.window.stack.currentWidget()
        assert isinstance(screen, TillScreen)
        return screen

    def rest(self) -> None:
        self.qtbot.waitUntil(lambda: not self.till.clerk.busy)

    def open_drawer(self) -> None:
        self.window.go(Where.TILL)
        self.till.clerk.drawer.open("conf26", 0)
        self.rest()
        self.qtbot.waitUntil(lambda: self.till.clerk.shift is not None)

    def sheet(self) -> PermissionSheet:
        def there() -> list[PermissionSheet]:
            return [one for one in self.window.findChildren(PermissionSheet) if one.isVisible()]

        self.qtbot.waitUntil(lambda: len(there()) == 1)
        return there()[0]


@pytest.fixture(autouse=True)
def _cheap_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "MEMORY_KIB", 8)
    monkeypatch.setattr(seals, "PASSES", 1)


@pytest.fixture
def shop(evening: Any, qtbot: Any) -> Shop:
    return Shop(evening, qtbot)


def test_nobody_sees_anything_before_a_pin(shop: Shop) -> None:
    assert shop.window.locking.is_covered
    assert not shop.window.stack.isVisible()
    shop.sign_in("Ana", "0000")
    shop.qtbot.waitUntil(shop.cover.trouble.isVisible)
    assert "This is not the PIN" in shop.cover.trouble.text()
    shop.sign_in("Ana")
    assert shop.window.stack.isVisible()
    assert shop.window.strip.person.words == "Ana"


def test_a_code_that_is_scanned_at_a_locked_desk_is_not_lost_without_a_word(shop: Shop) -> None:
    shop.window.scans.take(new_scan("secret-1", Source.WEDGE))
    assert "Sign in first" in shop.cover.trouble.text()


def test_a_door_goes_on_scanning_with_nobody_signed_in(evening: Any, qtbot: Any) -> None:
    shop = Shop(evening, qtbot, Role.STEWARD)
    assert not shop.window.locking.is_covered
    assert shop.window.locking.lets_scan()
    shop.window.locking.lock()
    assert not shop.window.locking.is_covered


def test_a_cashier_does_not_get_to_the_badges_and_an_organiser_does(shop: Shop) -> None:
    shop.sign_in("Ana")
    assert Where.BADGES not in shop.window.strip.places
    assert Where.TILL in shop.window.strip.places
    shop.window.locking.lock()
    shop.sign_in("Olga")
    assert Where.BADGES in shop.window.strip.places


def test_after_a_while_without_a_hand_it_locks_and_comes_back_to_the_same_cart(shop: Shop) -> None:
    shop.sign_in("Ana")
    shop.open_drawer()
    clerk = shop.till.clerk
    clerk.add(clerk.assortment.wares()[0])
    cart = clerk.cart
    for _ in range(62):
        shop.window.locking.look()
    assert shop.window.locking.is_covered
    # It would survive a crash, too.
    shop.qtbot.waitUntil(lambda: [one.cart for one in clerk.counter.left_open("conf26")] == [cart])
    shop.sign_in("Ana")
    assert shop.till.clerk.cart == cart
    assert shop.till.isVisible()


def test_who_waited_for_a_terminal_sees_what_came_of_it_before_the_window_locks(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.sign_in("Ana")
    shop.open_drawer()
    with monkeypatch.context() as terminal:
        terminal.setattr(type(shop.till.clerk), "busy", True)
        for _ in range(70):
            shop.window.locking.look()
    shop.window.locking.look()
    assert not shop.window.locking.is_covered


def test_another_one_takes_over_the_drawer_and_the_books_tell_them_apart(shop: Shop) -> None:
    shop.sign_in("Ana")
    shop.open_drawer()
    from boxoffice.domain.tenders import Means

    for who in ("Ana", "Ben"):
        clerk = shop.till.clerk
        clerk.add(clerk.assortment.wares()[0])
        clerk.payment.offer(Means.CASH, 4_500)
        shop.qtbot.waitUntil(lambda: not shop.till.clerk.busy and shop.till.clerk.cart.empty)
        shop.till.choose()
        if who == "Ana":
            shop.window.locking.lock()
            shop.sign_in("Ben")
            assert shop.till.clerk.shift is not None
    shift = shop.till.clerk.shift
    assert shift is not None
    booked = shop.app.read(lambda c: receipt_book.receipts_of_shift(c, shift.id))
    assert [one.receipt.operator for one in booked] == ["Ana", "Ben"]


def test_what_was_begun_in_a_sheet_is_there_again_for_the_same_person_only(shop: Shop) -> None:
    shop.sign_in("Ana")
    shop.open_drawer()
    sheet = MoveDialog(shop.till.clerk, shop.window)
    sheet.open()
    sheet.reason.setText("Ice")
    shop.window.locking.lock()
    assert not sheet.isVisible()
    shop.sign_in("Ana")
    assert sheet.isVisible()
    assert sheet.reason.text() == "Ice"
    shop.window.locking.lock()
    gone = []
    sheet.finished.connect(gone.append)
    shop.sign_in("Ben")
    assert gone


def move(shop: Shop) -> Callable[[], list[Any]]:
    shop.sign_in("Ana")
    shop.open_drawer()
    shop.till.clerk.drawer.move(Movement.PAY_OUT, 500, "Ice for the bar")
    shift = shop.till.clerk.shift
    assert shift is not None
    return lambda: shop.app.read(lambda c: cash_drawer.moves_of_shift(c, shift.id))


def test_digits_are_the_pin_wherever_the_focus_is(shop: Shop) -> None:
    cover = shop.cover
    person = next(one for one in cover._buttons if one.text().startswith("Ana"))
    person.setFocus()
    QTest.keyClicks(person, "47")
    shop.qtbot.waitUntil(lambda: cover.pin.text() == "47")


def test_a_supervisor_stands_by_one_act_with_a_pin_and_is_not_signed_in(shop: Shop) -> None:
    moves = move(shop)
    sheet = shop.sheet()
    assert [sheet.who.itemText(at).split(" ")[0] for at in range(sheet.who.count())] == ["Olga", "Sven"]
    assert sheet.reason.isHidden()  # It was said before.
    QTest.keyClick(sheet.pin, Qt.Key.Key_Down)
    sheet.pin.setText("000000")  # Six keys at once would be a gun's.
    QTest.keyClick(sheet.pin, Qt.Key.Key_Return)
    shop.qtbot.waitUntil(sheet.trouble.isVisible)
    sheet.pin.setText(PINS["Sven"])
    QTest.keyClick(sheet.pin, Qt.Key.Key_Return)
    shop.qtbot.waitUntil(lambda: len(moves()) == 1)
    (kept,) = shop.app.read(operators.permissions)
    assert (kept.asked, kept.permitted, kept.reason) == ("Ana", "Sven", "Ice for the bar")
    assert shop.app.staff.name == "Ana"


def test_without_a_permit_nothing_happens_and_the_till_goes_on(shop: Shop) -> None:
    moves = move(shop)
    shop.sheet().reject()
    shop.rest()
    assert moves() == []
    assert QApplication.activeModalWidget() is None
    assert not shop.till.clerk.busy


def test_no_card_is_charged_beside_a_gift_that_nobody_stands_by_yet(shop: Shop, request: pytest.FixtureRequest) -> None:
    """As after a start, when a cart is taken up again and nobody remembers who stood by it."""
    worker = TerminalWorker(shop.app, lambda _: SimulatedTerminal())
    worker.start()
    request.addfinalizer(worker.stop)
    shop.window.cards = worker
    shop.app.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED))).result()
    shop.sign_in("Ana")
    shop.open_drawer()
    clerk = shop.till.clerk
    clerk.add(clerk.assortment.wares()[0])
    shop.rest()
    clerk.payment.offer(Means.FREE, 500, details=("The band",))
    clerk.payment.offer(Means.CARD, 4_000)
    shop.sheet().reject()
    shop.rest()
    assert shop.app.read(lambda c: payments.newest(c, 9)) == []
    clerk.payment.offer(Means.CARD, 4_000)
    sheet = shop.sheet()
    QTest.keyClick(sheet.pin, Qt.Key.Key_Down)
    sheet.reason.setText("The band")
    sheet.pin.setText(PINS["Sven"])
    QTest.keyClick(sheet.pin, Qt.Key.Key_Return)
    shop.qtbot.waitUntil(lambda: not shop.till.clerk.busy and shop.till.clerk.cart.empty)  # Nobody is asked twice.
    assert [one.amount for one in shop.app.read(lambda c: payments.newest(c, 9))] == [4_000]
    assert [one.permitted for one in shop.app.read(operators.permissions)] == ["Sven"]


def test_the_first_organiser_is_added_in_the_settings_and_signs_in_from_then_on(evening: Any, qtbot: Any) -> None:
    evening.enrol()
    window = evening.open()
    window.go(Where.SETTINGS)
    window.stack.currentWidget().people_pressed.emit()
    (sheet,) = window.findChildren(PeopleSheet)
    assert [sheet.role.itemData(at) for at in range(sheet.role.count())] == [Role.ORGANISER]
    QTest.keyClicks(sheet.name, "Olga")
    for field in (sheet.pin, sheet.again):
        field.setText("314159")
    QTest.keyClick(sheet.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: evening.app.staff.in_use and sheet.role.count() == 5)
    sheet.accept()
    assert window.locking.is_covered


def test_a_forgotten_pin_is_given_anew_with_a_supervisors(shop: Shop) -> None:
    shop.sign_in("Sven")
    shop.window.go(Where.SETTINGS)
    screen: Any = shop.window.stack.currentWidget()
    screen.people_pressed.emit()
    (people,) = shop.window.findChildren(PeopleSheet)
    people._change_pin(next(one for one in shop.app.staff.everybody if one.name == "Ana"))("9073")
    sheet = shop.sheet()
    assert sheet.who.currentText().startswith("Sven")  # Who is signed in comes first.
    sheet.pin.setText(PINS["Sven"])
    QTest.keyClick(sheet.pin, Qt.Key.Key_Return)
    shop.qtbot.waitUntil(lambda: bool(shop.app.read(operators.permissions)))
    shop.qtbot.waitUntil(lambda: people.trouble.isHidden())
    shop.window.locking.lock()
    PINS["Ana"], before = "9073", PINS["Ana"]
    try:
        shop.sign_in("Ana")
    finally:
        PINS["Ana"] = before


def test_somebody_is_given_another_role_with_the_pin_that_it_needs(shop: Shop) -> None:
    shop.sign_in("Olga")
    shop.window.go(Where.SETTINGS)
    screen: Any = shop.window.stack.currentWidget()
    screen.people_pressed.emit()
    (people,) = shop.window.findChildren(PeopleSheet)
    (button,) = [one for one in people.findChildren(Button) if one.accessibleName().endswith("role… Ana")]
    button.click()
    (role,) = people.findChildren(RoleSheet)
    assert not role.go.isEnabled()
    assert role.pin.isHidden()
    role.role.setCurrentIndex(role.role.findData(Role.SUPERVISOR))
    assert not role.go.isEnabled()
    for field in (role.pin, role.again):
        field.setText("907351")
    QTest.keyClick(role.again, Qt.Key.Key_Return)
    sheet = shop.sheet()
    sheet.pin.setText(PINS["Olga"])
    QTest.keyClick(sheet.pin, Qt.Key.Key_Return)
    shop.qtbot.waitUntil(lambda: bool(shop.app.read(operators.permissions)))
    shop.qtbot.waitUntil(lambda: people.trouble.isHidden())
    ana = next(one for one in shop.app.staff.everybody if one.name == "Ana")
    assert ana.role is Role.SUPERVISOR


def test_another_price_is_permitted_when_it_is_set_and_sold_with_that(shop: Shop) -> None:
    shop.sign_in("Ana")
    shop.open_drawer()
    clerk = shop.till.clerk
    clerk.add(clerk.assortment.wares()[0])
    shop.rest()
    line = clerk.cart.lines[0].id
    asking.ask(Act.PRICE, "Cheaper", lambda why, permits: clerk.reprice(line, 4_000, why, permits), shop.till)
    (why,) = [one for one in shop.window.findChildren(ReasonDialog) if one.isVisible()]
    why._finish("Damaged")
    sheet = shop.sheet()
    sheet.pin.setText(PINS["Olga"])
    QTest.keyClick(sheet.pin, Qt.Key.Key_Return)
    shop.qtbot.waitUntil(lambda: clerk.cart.lines[0].override is not None)
    clerk.payment.offer(Means.CASH, 4_000)
    shop.qtbot.waitUntil(lambda: shop.app.counter().receipt(1) is not None)
    (kept,) = shop.app.read(operators.permissions)
    assert (kept.act, kept.permitted, kept.reason) == (Act.PRICE, "Olga", "Damaged")


def test_a_cashier_lets_somebody_in_anyway_with_a_supervisors_pin(shop: Shop) -> None:
    shop.sign_in("Ana")
    cases: list[Any] = []
    shop.window.keeper.answered.connect(cases.append)
    ticket = shop.evening.ticket(status=Status.PENDING)
    shop.window.scans.take(new_scan(ticket.position.secret, Source.WEDGE))
    shop.qtbot.waitUntil(lambda: len(cases) == 1)
    shop.window.keeper.force(cases[0])
    sheet = shop.sheet()
    sheet.pin.setText(PINS["Olga"])
    assert not sheet.go.isEnabled()  # A reason is wanted, too.
    sheet.reason.setText("Speaker without a ticket")
    sheet._ask()
    shop.qtbot.waitUntil(lambda: len(cases) == 2)
    assert cases[1].verdict.forced
    (kept,) = shop.app.read(operators.permissions)
    assert (kept.act, kept.asked, kept.permitted) == (Act.FORCE, "Ana", "Olga")


def test_where_nobody_with_a_pin_is_left_an_organiser_is_given_one(evening: Any, qtbot: Any) -> None:
    evening.enrol(Role.SUPERVISOR)
    (olga,) = evening.app.staff.add([NewOperator(name="Olga", role=Role.ORGANISER, pin="314159")])
    later = {"event": "conf26", "role": Role.ORGANISER, "changed_at": datetime(2099, 1, 1, tzinfo=UTC)}
    evening.hear(Person(id="p8", name="Otto", **later), Person(id=olga.id, name="Olga", active=False, **later))
    window = evening.open()
    assert window.locking.is_covered
    (cover,) = window.findChildren(LockCover)
    (give,) = [one for one in cover.findChildren(Button) if "Otto" in one.text()]
    QTest.mouseClick(give, Qt.MouseButton.LeftButton)
    (sheet,) = window.findChildren(PinSheet)
    for field in (sheet.pin, sheet.again):
        field.setText("804613")
    QTest.keyClick(sheet.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(one._people for one in window.findChildren(LockCover)))
    (asks,) = [one for one in window.findChildren(LockCover) if one._people]
    asks.enter("Otto", "804613")
    qtbot.waitUntil(lambda: evening.app.staff.name == "Otto" and not window.locking.is_covered)
