"""At the desk a ticket becomes another one, the difference is shown first, and an open order gets today's price."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from boxoffice.domain.catalog import Event, EventSettings, Item
from boxoffice.domain.offering import PriceStep
from boxoffice.domain.orders import Status
from boxoffice.domain.tenders import Means, Offer
from ui.widgets.strip import Where

VIP, STUDENT = 7, 8


@pytest.fixture
def till(evening: Any) -> Any:
    """The drawer is open, and there is more than one kind of ticket."""
    evening.enrol()
    over = datetime.now(UTC) - timedelta(days=1)
    evening.hear(
        Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="UTC"),
        Item(
            id=1,
            event="conf26",
            name={"en": "Regular"},
            price=4_500,
            price_steps=(PriceStep(until=over, price=3_000, name={"en": "Early bird"}),),
        ),
        Item(id=VIP, event="conf26", name={"en": "VIP"}, price=6_000),
        Item(id=STUDENT, event="conf26", name={"en": "Student"}, price=2_000, roles=("student",)),
        EventSettings(event="conf26", roles={"student": {"en": "students"}}),
    )
    evening.app.counter().open("conf26", 10_000).result()
    return evening.app.counter()


@pytest.fixture
def press(evening: Any, hands: Any) -> Any:
    """Finds somebody at the desk and presses a button on their card; the sheet that opens."""

    def do(name: str, button: str) -> Any:
        screen = evening.go(Where.DESK)
        hands.person(name, screen.search)
        evening.qtbot.waitUntil(lambda: screen.results.model.rowCount() > 0)
        hands.person("\r", screen.search)
        evening.qtbot.waitUntil(lambda: button in evening.buttons(screen))
        evening.buttons(screen)[button].click()
        evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
        return QApplication.activeModalWidget()

    return do


def sold(evening: Any, till: Any) -> Any:
    ticket = evening.ticket("Grace Hopper", status=Status.PENDING, order={"total": 4_500}, price=4_500)
    till.orders.pay("conf26", ticket.order.code, [Offer(means=Means.CASH, amount=4_500)]).result()
    return ticket


def test_a_ticket_becomes_a_better_one_and_the_difference_is_shown_and_taken(
    evening: Any, till: Any, press: Any
) -> None:
    ticket = sold(evening, till)
    sheet = press("hop", "Change ticket…")
    sheet.kind.setCurrentIndex(sheet.kinds.index((VIP, None)))
    assert sheet.difference.text() == "+15.00\u00a0EUR"
    sheet.change()
    evening.qtbot.waitUntil(lambda: till.receipt(2) is not None)
    assert (till.receipt(2).receipt.total, till.receipt(2).corrects) == (1_500, 1)
    assert evening.app.lookup.card("conf26", ticket.key).item == "VIP"


def test_a_ticket_for_some_only_says_so_until_the_proof_was_seen(evening: Any, till: Any, press: Any) -> None:
    sold(evening, till)
    sheet = press("hop", "Change ticket…")
    sheet.kind.setCurrentIndex(sheet.kinds.index((STUDENT, None)))
    assert "students only" in sheet.against.text()
    assert not sheet.go.isEnabled()
    sheet.role.setChecked(True)
    assert sheet.against.isHidden()
    sheet.change()
    evening.qtbot.waitUntil(lambda: till.receipt(2) is not None)
    assert till.receipt(2).receipt.total == -2_500


def test_a_ticket_that_is_not_sold_yet_is_changed_into_where_somebody_allows_it(
    evening: Any, till: Any, press: Any
) -> None:
    opens = datetime.now(UTC) + timedelta(days=1)
    evening.hear(Item(id=VIP, event="conf26", name={"en": "VIP"}, price=6_000, available_from=opens))
    sold(evening, till)
    sheet = press("hop", "Change ticket…")
    sheet.kind.setCurrentIndex(sheet.kinds.index((VIP, None)))
    assert sheet.against.text().startswith("The sale of VIP begins at")
    assert not sheet.go.isEnabled()
    sheet.allow.setChecked(True)
    sheet.change()
    evening.qtbot.waitUntil(lambda: till.receipt(2) is not None)
    assert till.receipt(2).receipt.total == 1_500


def test_an_early_price_that_has_run_out_becomes_todays(evening: Any, till: Any, press: Any) -> None:
    placed = datetime.now(UTC) - timedelta(days=3)
    order = {"total": 3_000, "placed_at": placed}
    ticket = evening.ticket("Grace Hopper", status=Status.PENDING, order=order, price=3_000)
    sheet = press("hop", "Today's price…")
    assert "Regular: 45.00\u00a0EUR instead of 30.00\u00a0EUR" in evening.words(sheet)
    sheet.reprice()
    evening.qtbot.waitUntil(lambda: evening.app.lookup.card("conf26", ticket.key).ticket.order.total == 4_500)
