"""The queue on the screen: seen, asked about, sent elsewhere, and never in the way of the window."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from boxoffice import bootstrap
from boxoffice.domain.documents import BillLine, Receipt
from boxoffice.domain.operators import NewOperator
from boxoffice.domain.printing import Language, Printer, State
from boxoffice.ports import Role
from boxoffice.services import print_jobs, print_setup
from boxoffice.storage import print_queue
from printers import fonts
from ui.screens.printing.job_cards import OpenCard
from ui.screens.printing.paper_card import PaperCard
from ui.screens.printing.printer_card import PrinterCard
from ui.screens.printing.screen import OPEN_SHOWN
from ui.screens.printing.section import FEW
from ui.sheets.permission import PermissionSheet
from ui.sheets.settings.printer_sheet import PrinterSheet
from ui.widgets.badge import Badge
from ui.widgets.buttons import Button
from ui.widgets.choice import Choice
from ui.widgets.strip import Where

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


class Counter:
    """A till with printers, at the window of an evening."""

    def __init__(self, evening: Any) -> None:
        self.evening = evening
        self.app = evening.app
        self.spooler: Any = None

    def do(self, verb: Callable[..., Any], *values: Any, **named: Any) -> Any:
        return self.app.write(lambda c: verb(c, *values, **named)).result()

    def printer(self, name: str, port: int, **properties: Any) -> None:
        self.do(print_setup.add_printer, Printer(name=name, address=f"tcp://127.0.0.1:{port}", **properties))

    def receipt(self, number: str) -> Receipt:
        line = BillLine(text="Weekend 会议", each=1250, amount=1250)
        return Receipt(at=NOW, number=number, currency="EUR", lines=(line,), total=1250)

    def sell(self, number: str) -> str:
        operation: str = self.app.paper.enqueue(self.receipt(number), event="conf26").result().operation
        return operation

    def state(self, operation: str) -> State:
        job = self.app.read(lambda c: print_queue.find(c, operation))
        assert job is not None
        return State(job.state)

    def open(self, role: Role = Role.SUPERVISOR) -> Any:
        self.evening.enrol(role)
        window = self.evening.open()
        self.spooler = bootstrap.spooler(self.app)
        window.print_with(self.spooler)
        self.spooler.start()
        names = {one.name for one in self.app.paper.setup.printers}
        self.evening.qtbot.waitUntil(lambda: set(window.strip.printers) == names)
        return window

    def cards(self, screen: Any) -> list[Any]:
        """The papers and printers that can be seen."""
        return [card for card in screen.findChildren(PaperCard) if card.isVisible()]

    def signs(self, screen: Any) -> list[str]:
        return [sign.accessibleName() for sign in screen.findChildren(Badge) if sign.isVisible()]

    def at_the_queue(self) -> Any:
        window = self.open()
        window.go(Where.PRINTING)
        return window.stack.currentWidget()


@pytest.fixture
def counter(evening: Any) -> Iterator[Counter]:
    counter = Counter(evening)
    yield counter
    if counter.spooler is not None:
        counter.spooler.stop(patience=60)


def test_without_a_printer_it_says_so(counter: Counter) -> None:
    assert "No printer is set up" in counter.evening.words(counter.at_the_queue())


def test_a_steward_has_no_place_for_paper(counter: Counter) -> None:
    assert Where.PRINTING not in counter.open(Role.STEWARD).strip.places


def test_what_waits_is_shown_with_why_and_counted_in_the_strip(counter: Counter, network_printer: Any) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    counter.sell("R-1")
    screen = counter.at_the_queue()
    counter.evening.qtbot.waitUntil(lambda: "The printer cannot be reached" in counter.evening.words(screen))
    assert "Receipt R-1" in counter.evening.words(screen)
    window = counter.evening.window
    counter.evening.qtbot.waitUntil(lambda: window.strip.places[Where.PRINTING].words == "Printing 1")
    till = window.strip.printers["Till"]
    counter.evening.qtbot.waitUntil(lambda: till.words == "Till: The printer cannot be reached 1")


def test_a_card_says_something_else_in_place_and_none_is_made_anew(counter: Counter, network_printer: Any) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    counter.sell("R-1")
    screen = counter.at_the_queue()
    counter.evening.qtbot.waitUntil(lambda: "The printer cannot be reached" in counter.evening.words(screen))
    there = counter.cards(screen)
    counter.sell("R-2")
    counter.evening.qtbot.waitUntil(lambda: "Receipt R-2" in counter.evening.words(screen))
    screen.look_again()
    assert [card for card in counter.cards(screen) if card in there] == there
    network_printer.comes_back()
    counter.spooler.hurry()
    counter.evening.qtbot.waitUntil(lambda: "Ready" in counter.signs(screen))
    (till,) = screen.findChildren(PrinterCard)
    assert till in there


def test_many_documents_get_their_cards_a_few_at_a_time(counter: Counter, network_printer: Any) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    for number in range(2 * FEW + 8):
        counter.sell(f"R-{number}")
    window = counter.open()
    window.go(Where.PRINTING)
    screen = window.stack.currentWidget()
    assert len(screen.findChildren(OpenCard)) == FEW
    counter.evening.qtbot.waitUntil(lambda: counter.evening.words(screen).count("Receipt R-") == OPEN_SHOWN)
    assert f"and {2 * FEW + 8 - OPEN_SHOWN} more that wait" in counter.evening.words(screen)


def test_who_stands_on_a_button_finds_it_again_and_never_on_another_paper(
    counter: Counter, network_printer: Any
) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    first, second = counter.sell("R-1"), counter.sell("R-2")
    screen = counter.at_the_queue()
    counter.evening.qtbot.waitUntil(lambda: len(counter.cards(screen)) == 3)
    counter.spooler.stop(patience=60)  # It would write what came of its own tries over what is written here.
    screen.look_again()
    card = next(one for one in screen.findChildren(OpenCard) if "Receipt R-1" in counter.evening.words(one))
    counter.evening.buttons(card)["Try now"].setFocus()
    for state in (State.SENDING, State.QUEUED):
        counter.do(_put_into, first, state)
        screen.look_again()
        assert QApplication.focusWidget() is (card if state is State.SENDING else card.button("Try now"))
    counter.do(print_jobs.cancel, first, NOW)
    screen.look_again()
    assert counter.state(second) is State.QUEUED
    assert not isinstance(QApplication.focusWidget(), Button)


def test_a_card_that_goes_serves_another_paper_unless_a_finger_is_on_it(counter: Counter, network_printer: Any) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    first, second = counter.sell("R-1"), counter.sell("R-2")
    screen = counter.at_the_queue()
    counter.evening.qtbot.waitUntil(lambda: "Receipt R-2" in counter.evening.words(screen))
    one, two = screen.findChildren(OpenCard)
    one.button("Cancel").setDown(True)
    for operation in (first, second):
        counter.do(print_jobs.cancel, operation, NOW)
    third = counter.sell("R-3")
    screen.look_again()
    counter.evening.qtbot.waitUntil(lambda: not one.isVisible())
    assert "Receipt R-3" in counter.evening.words(two)
    one.button("Cancel").click()
    assert counter.state(third) is State.QUEUED


def test_tab_goes_down_the_queue_whichever_came_last(counter: Counter, network_printer: Any) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    counter.sell("R-1")
    screen = counter.at_the_queue()
    counter.sell("R-2")

    def both_can_be_tried() -> bool:  # There is less to do about one that a printer is being tried with.
        screen.look_again()
        ways = [counter.evening.buttons(card) for card in screen.findChildren(OpenCard)]
        return len(ways) == 2 and all("Try now" in way for way in ways)

    counter.evening.qtbot.waitUntil(both_can_be_tried)
    at: Any = screen._waiting.stops[0]
    passed = []
    while at is not None and len(passed) < 8:
        passed.append(at.text())
        at = next((one for one in _after(at) if isinstance(one, Button) and one.isVisible()), None)
    assert passed == [*2 * ["Preview", "Cancel", "Try now"], "Change…", "Test page"]


def _after(widget: QWidget) -> Iterator[QWidget]:
    following = widget.nextInFocusChain()
    while following is not widget:
        yield following
        following = following.nextInFocusChain()


def _put_into(connection: Any, operation: str, state: State) -> None:
    """As it is for the moment in which its printer is tried."""
    connection.execute("UPDATE print_queue SET state = ? WHERE operation = ?", (state.value, operation))


def test_one_tap_sends_it_elsewhere(counter: Counter, network_printer: Any, knifeless_printer: Any) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    counter.printer("Office", knifeless_printer.port)
    operation = counter.sell("R-1")
    screen = counter.at_the_queue()
    counter.evening.qtbot.waitUntil(lambda: "Send to Office" in counter.evening.buttons(screen))
    counter.evening.buttons(screen)["Send to Office"].click()
    counter.evening.qtbot.waitUntil(lambda: counter.state(operation) is State.CONFIRMED)


@pytest.mark.qt_log_ignore("This plugin does not support")  # of the offscreen platform, of every menu
def test_the_chip_offers_to_send_all_that_waits_elsewhere(
    counter: Counter, network_printer: Any, knifeless_printer: Any
) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    counter.printer("Office", knifeless_printer.port)
    jobs = [counter.sell("R-1"), counter.sell("R-2")]
    window = counter.open()
    counter.evening.qtbot.waitUntil(lambda: window.strip.printers["Till"].words.endswith("2"))
    window.strip.printers["Till"].click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(one for one in menu.actions() if one.text() == "Send all 2 to Office")
    action.trigger()
    menu.close()
    counter.evening.qtbot.waitUntil(lambda: window.notices.text == "2 sent to Office")
    counter.evening.qtbot.waitUntil(lambda: {counter.state(one) for one in jobs} == {State.CONFIRMED})


@pytest.mark.parametrize(("button", "copies"), [("It came out", 0), ("Print again as a copy", 1), ("Leave it", 0)])
def test_an_unknown_outcome_is_asked_about_above_every_screen(
    counter: Counter, network_printer: Any, button: str, copies: int
) -> None:
    counter.printer("Till", network_printer.port)
    operation = counter.sell("R-1")
    counter.do(print_jobs.begin, operation, b"half", datetime.now(UTC))
    window = counter.open()
    counter.evening.qtbot.waitUntil(lambda: window.paper.question.isVisible())
    assert "Did it come out? Receipt R-1" in window.paper.question.text
    counter.evening.buttons(window.paper.question)[button].click()
    counter.evening.qtbot.waitUntil(lambda: not window.paper.question.isVisible())
    if copies:
        network_printer.wait_for_documents(1)
    assert len(network_printer.documents) == copies


def test_the_preview_is_the_picture_of_the_paper(counter: Counter, network_printer: Any) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    operation = counter.sell("R-1")
    screen = counter.at_the_queue()
    counter.evening.qtbot.waitUntil(lambda: "Preview" in counter.evening.buttons(screen))
    counter.evening.buttons(screen)["Preview"].click()
    sheet: Any = QApplication.activeModalWidget()
    counter.evening.qtbot.waitUntil(lambda: not sheet.picture.pixmap().isNull())
    job = counter.app.read(lambda c: print_queue.find(c, operation))
    till = counter.app.paper.setup.printer("Till")
    paper = QImage.fromData(bootstrap.renderer(counter.app).preview(job, till))
    assert sheet._paper.toImage().convertToFormat(paper.format()) == paper
    sheet.close()


def test_the_preview_of_a_sheet_is_the_sheet(counter: Counter) -> None:
    counter.do(print_setup.add_printer, Printer(name="Office", address="system:Office", language=Language.PDF))
    counter.app.paper.enqueue(counter.receipt("R-1"), printer="Office").result()
    screen = counter.at_the_queue()
    counter.evening.qtbot.waitUntil(lambda: "Preview" in counter.evening.buttons(screen))
    counter.evening.buttons(screen)["Preview"].click()
    sheet: Any = QApplication.activeModalWidget()
    counter.evening.qtbot.waitUntil(lambda: not sheet.picture.pixmap().isNull())
    assert round(sheet._paper.height() / sheet._paper.width(), 2) == round(297 / 210, 2)
    picture = sheet._paper.toImage()
    rows = range(0, picture.height(), 2)
    assert any(picture.pixelColor(x, y).lightness() < 60 for y in rows for x in range(0, picture.width(), 2))
    sheet.close()


def test_a_printer_is_set_up_on_the_screen_and_tried(
    counter: Counter, network_printer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from printers import found

    there = found.Found("Kitchen", f"tcp://127.0.0.1:{network_printer.port}")
    monkeypatch.setattr(found, "find", lambda: [there])
    screen = counter.at_the_queue()
    counter.evening.buttons(screen)["Add a printer…"].click()
    sheet: Any = QApplication.activeModalWidget()
    assert isinstance(sheet, PrinterSheet)
    counter.evening.qtbot.waitUntil(lambda: f"Kitchen · {there.address}" in counter.evening.buttons(sheet))
    counter.evening.buttons(sheet)[f"Kitchen · {there.address}"].click()
    sheet.columns.setValue(32)
    counter.evening.buttons(sheet)["Keep"].click()
    counter.evening.qtbot.waitUntil(lambda: "Test page" in counter.evening.buttons(screen))
    assert counter.app.paper.setup.printer("Kitchen").columns == 32
    counter.evening.buttons(screen)["Test page"].click()
    network_printer.wait_for_documents(1)


def test_a_printer_keeps_its_model_though_the_others_are_not_known_yet(counter: Counter) -> None:
    printer = Printer(name="Till", address="tcp://127.0.0.1:9", profile="TM-T20II")
    kept: list[Printer] = []
    window = counter.evening.open()
    slow: Any = SimpleNamespace(ask=lambda _: Future(), models=dict)
    sheet = PrinterSheet(counter.app.paper.setup, printer, slow, slow, window.courier, window)
    sheet.chosen.connect(kept.append)
    sheet._keep()
    assert kept == [printer]


def test_what_cannot_be_an_address_is_said_so_and_not_kept(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from printers import found

    monkeypatch.setattr(found, "find", list)
    screen = counter.at_the_queue()
    counter.evening.buttons(screen)["Add a printer…"].click()
    sheet: Any = QApplication.activeModalWidget()
    sheet.name.setText("Till")
    sheet.address.setText("usb:what")
    counter.evening.buttons(sheet)["Keep"].click()
    assert "usb:what is no address of a printer" in counter.evening.words(sheet)
    assert sheet.isVisible()
    sheet.close()
    assert counter.app.paper.setup.printers == ()


def test_a_kind_is_sent_another_way(counter: Counter, network_printer: Any, knifeless_printer: Any) -> None:
    counter.printer("Till", network_printer.port)
    counter.printer("Office", knifeless_printer.port)
    screen = counter.at_the_queue()
    counter.evening.buttons(screen)["What goes where…"].click()
    sheet: Any = QApplication.activeModalWidget()
    box = next(one for one in sheet.findChildren(Choice) if one.accessibleName() == "Badge: printer")
    box.setCurrentIndex(box.findText("Office"))
    box.activated.emit(box.currentIndex())
    counter.evening.qtbot.waitUntil(lambda: "badge" in counter.app.paper.setup.routes)
    assert counter.app.paper.setup.routes["badge"].printer == "Office"
    sheet.close()


def test_a_receipt_is_printed_once_more_with_a_reason(counter: Counter, network_printer: Any) -> None:
    counter.printer("Till", network_printer.port)
    operation = counter.sell("R-1")
    screen = counter.at_the_queue()
    counter.evening.qtbot.waitUntil(lambda: "Print again…" in counter.evening.buttons(screen))
    assert counter.state(operation) is State.CONFIRMED
    counter.evening.buttons(screen)["Print again…"].click()
    counter.evening.buttons(QApplication.activeModalWidget())["Lost"].click()
    network_printer.wait_for_documents(2)
    _, second = counter.app.read(lambda c: print_queue.of_original(c, operation))
    assert (second.copy, second.reason) == (1, "Lost")


def test_the_drawer_is_opened_with_a_reason_by_whoever_may(counter: Counter, network_printer: Any) -> None:
    counter.printer("Till", network_printer.port, drawer=True)
    screen = counter.at_the_queue()
    counter.app.staff.add([NewOperator(name="Sven", role=Role.ORGANISER, pin="271828")])
    counter.evening.buttons(screen)["Open drawer"].click()
    counter.evening.buttons(QApplication.activeModalWidget())["Give change"].click()
    counter.evening.qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), PermissionSheet))
    assert network_printer.pulses == 0
    sheet: Any = QApplication.activeModalWidget()
    sheet.enter("Sven", "271828")
    counter.evening.qtbot.waitUntil(lambda: network_printer.pulses == 1)


def test_a_typeface_that_is_missing_is_said_at_the_start(
    counter: Counter, network_printer: Any, monkeypatch: pytest.MonkeyPatch, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("DroidSansFallback.ttf is missing")
    monkeypatch.setattr(fonts, "gone", lambda: ["DroidSansFallback.ttf"])
    counter.printer("Till", network_printer.port)
    window = counter.open()
    said = "The typeface DroidSansFallback.ttf is missing Some names will be printed as boxes. Install the app anew."
    counter.evening.qtbot.waitUntil(lambda: window.problems.text == said)


def test_closing_with_paper_waiting_asks_first(counter: Counter, network_printer: Any) -> None:
    network_printer.refuses()
    counter.printer("Till", network_printer.port)
    counter.sell("R-1")
    window = counter.open()
    counter.evening.qtbot.waitUntil(lambda: counter.spooler.state.waiting == 1)
    window.close()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    assert "1 document is not on paper yet." in counter.evening.words(dialog)
    counter.evening.buttons(dialog)["Close"].click()
    counter.evening.qtbot.waitUntil(lambda: not window.isVisible())


def test_the_window_never_waits_for_a_printer(
    counter: Counter, network_printer: Any, knifeless_printer: Any, scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers: set[threading.Thread] = set()
    connect = socket.create_connection

    def create_connection(*place: Any, **how: Any) -> Any:
        callers.add(threading.current_thread())
        return connect(*place, **how)

    monkeypatch.setattr(socket, "create_connection", create_connection)
    counter.printer("Till", network_printer.port)
    counter.printer("Office", knifeless_printer.port)
    network_printer.holds_at(40)
    knifeless_printer.holds_at(40)
    window = counter.open()
    for number in range(6):
        counter.app.paper.enqueue(counter.receipt(f"R-{number}"), printer=("Till", "Office")[number % 2])
    for printer in (network_printer, knifeless_printer):
        printer.wait_until(lambda one=printer: one.received == 40)
    window.go(Where.PRINTING)
    assert counter.evening.buttons(window.stack.currentWidget())
    window.go(Where.DOOR)
    scan(counter.evening.ticket())
    counter.evening.answer("Valid")
    assert (network_printer.received, knifeless_printer.received) == (40, 40)
    assert callers
    assert threading.main_thread() not in callers
