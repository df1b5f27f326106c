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
from boxoffice.domain.progress import Progress, progress
from boxoffice.domain.tenders import Means
from boxoffice.storage import orders
from ui.screens.till.places import Place
from ui.sheets.orders.order_money import PaySheet
from ui.sheets.orders.order_proofs import ProofSheet
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


def test_a_transfer_is_confirmed_once_its_proof_was_looked_at(evening: Any, qtbot: Any) -> None:
    owing = _owing(evening)
    till = evening.go(Where.TILL)
    till.go(Place.ORDERS)
    till.page.show_order("conf26", owing.order.code)
    qtbot.waitUntil(lambda: "Attach proof…" in evening.buttons(till.page))
    evening.buttons(till.page)["Attach proof…"].click()
    sheet = _sheet(ProofSheet)
    slip = io.BytesIO()
    Image.new("RGB", (20, 20)).save(slip, "PNG")
    sheet.picker.take(slip.getvalue())
    sheet.keep()
    qtbot.waitUntil(lambda: progress(_order(evening, owing.order.code)) is Progress.AWAITING)
    qtbot.waitUntil(lambda: "Look at it" in evening.buttons(till.page))
    evening.buttons(till.page)["Confirm 45.00\u00a0EUR"].click()
    qtbot.waitUntil(lambda: progress(_order(evening, owing.order.code)) is Progress.PAID)


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
