"""The place of the orders at the till, and money for a ticket that stands at the door unpaid."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from boxoffice.domain.catalog import Item
from boxoffice.domain.orders import Status
from boxoffice.domain.printing import Printer
from boxoffice.domain.progress import Progress, progress
from boxoffice.domain.tenders import Means
from boxoffice.services import print_setup
from boxoffice.storage import orders
from ui.screens.till.places import Place
from ui.sheets.orders.order_money import PaySheet
from ui.sheets.orders.order_proofs import ProofSheet
from ui.sheets.paying.much_change import MuchChangeSheet
from ui.widgets.dialogs import ReasonDialog
from ui.widgets.strip import Where


@pytest.fixture
def evening(evening: Any) -> Any:
    evening.enrol()
    evening.hear(Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500))
    evening.app.counter().open("conf26", 0).result()
    return evening


def _owing(evening: Any) -> Any:
    return evening.ticket(status=Status.PENDING, order={"total": 4_500}, price=4_500)


def _order(evening: Any, code: str) -> Any:
    return evening.app.read(lambda c: orders.by_code(c, "conf26", code))


def _sheet(kind: type) -> Any:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


def test_a_ticket_held_to_the_till_leads_to_its_order_which_is_paid_there(evening: Any, qtbot: Any, scan: Any) -> None:
    owing = _owing(evening)
    till = evening.go(Where.TILL)
    scan(owing)
    qtbot.waitUntil(lambda: till.place is Place.ORDERS)
    qtbot.waitUntil(lambda: "Take 45.00\u00a0EUR…" in evening.buttons(till.page))
    evening.buttons(till.page)["Take 45.00\u00a0EUR…"].click()
    _sheet(PaySheet).take(Means.CASH)
    qtbot.waitUntil(lambda: till.page.badge.accessibleName() == "Paid")
    assert _order(evening, owing.order.code).status is Status.PAID


def _at_the_proof(evening: Any) -> tuple[Any, Any]:
    """An order that is owed, and the till at which its proof is about to be attached."""
    owing = _owing(evening)
    till = evening.go(Where.TILL)
    till.go(Place.ORDERS)
    till.page.show_order("conf26", owing.order.code)
    evening.qtbot.waitUntil(lambda: "Attach proof…" in evening.buttons(till.page))
    evening.buttons(till.page)["Attach proof…"].click()
    return owing, till


def test_a_proof_is_kept_once_and_told_whatever_is_pressed(evening: Any, qtbot: Any) -> None:
    owing, _ = _at_the_proof(evening)
    sheet, accepted = _sheet(ProofSheet), []
    sheet.accepted.connect(lambda: accepted.append(1))
    slip = io.BytesIO()
    Image.new("RGB", (20, 20)).save(slip, "PNG")
    sheet.picker.take(slip.getvalue())
    with evening.held_up():
        sheet.go.click()
        sheet.go.click()
        sheet.reject()
        still_there = sheet.isVisible()
    assert still_there
    qtbot.waitUntil(lambda: bool(accepted))
    evening.settle()
    assert len(evening.app.counter().orders.proofs("conf26", owing.order.code)) == 1


def test_a_transfer_is_confirmed_once_its_proof_was_looked_at(evening: Any, qtbot: Any) -> None:
    owing, till = _at_the_proof(evening)
    sheet = _sheet(ProofSheet)
    slip = io.BytesIO()
    Image.new("RGB", (20, 20)).save(slip, "PNG")
    sheet.picker.take(slip.getvalue())
    sheet.keep()
    qtbot.waitUntil(lambda: progress(_order(evening, owing.order.code)) is Progress.AWAITING)
    qtbot.waitUntil(lambda: "Look at it" in evening.buttons(till.page))
    evening.buttons(till.page)["Confirm 45.00\u00a0EUR"].click()
    qtbot.waitUntil(lambda: progress(_order(evening, owing.order.code)) is Progress.PAID)


def _printed(evening: Any) -> list[Any]:
    queue: list[Any] = evening.app.paper.queue
    return [(job.kind, job.subject, job.copy) for job in queue]


def test_tickets_are_printed_once_more_with_a_reason_only_and_the_order_at_any_time(evening: Any, qtbot: Any) -> None:
    paid = evening.ticket(order={"code": "A7B9C", "total": 4_500})
    printer = Printer(name="Till", address="tcp://127.0.0.1:9")
    evening.app.write(lambda c: print_setup.add_printer(c, printer)).result()
    till = evening.go(Where.TILL)
    till.go(Place.ORDERS)
    till.page.show_order("conf26", "A7B9C")
    qtbot.waitUntil(lambda: "Print the tickets" in evening.buttons(till.page))
    evening.buttons(till.page)["Print the tickets"].click()
    qtbot.waitUntil(lambda: till.notices.text == f"Ticket {paid.key} goes to Till")
    evening.buttons(till.page)["Print the tickets"].click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ReasonDialog))
    assert f"Ticket {paid.key} was printed: Till" in evening.words(_sheet(ReasonDialog))
    evening.buttons(_sheet(ReasonDialog))["Lost"].click()
    qtbot.waitUntil(lambda: _printed(evening) == [("ticket", paid.key, 0), ("ticket", paid.key, 1)])
    evening.buttons(till.page)["Print the order"].click()
    qtbot.waitUntil(lambda: _printed(evening)[2:] == [("order", "A7B9C", 0)])
    evening.app.write(lambda c: print_setup.remove_printer(c, "Till")).result()
    evening.buttons(till.page)["Print the order"].click()
    qtbot.waitUntil(lambda: till.notices.text == "Order A7B9C is kept: this station has no printer for it")


def test_the_money_for_an_unpaid_ticket_is_taken_at_the_door_and_lets_in(
    evening: Any, qtbot: Any, scan: Any, hands: Any
) -> None:
    owing = _owing(evening)
    evening.open()
    scan(owing)
    evening.answer("Not paid")
    hands.press(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: any(isinstance(one, PaySheet) for one in QApplication.topLevelWidgets()))
    hands.person("\r")
    evening.answer("Valid")
    assert evening.app.counter().receipt(1).receipt.total == 4_500


def test_the_change_at_the_door_stays_until_the_next_scan(evening: Any, qtbot: Any, scan: Any, hands: Any) -> None:
    owing = _owing(evening)
    window = evening.open()
    scan(owing)
    evening.answer("Not paid")
    hands.press(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: any(isinstance(one, PaySheet) for one in QApplication.topLevelWidgets()))
    hands.person("271448\r")
    assert "271,403.00" in _sheet(MuchChangeSheet).windowTitle()
    hands.person("\r")
    _sheet(PaySheet).field.clear()
    hands.person("50\r")
    evening.answer("Valid")
    band = window.door._band
    assert band.change.figure.text() == "5.00\u00a0EUR"
    window.door.clear()
    assert band.change.isVisible()
    assert not band.last_scans.isVisible()
    scan("NOBODY")
    evening.answer("Unknown")
    assert not band.change.isVisible()
    assert band.last_scans.isVisible()
