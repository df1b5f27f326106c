"""The desk: somebody is found by what they say, seen whole, let in, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication, QLabel

from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.orders import Status
from boxoffice.domain.printing import Printer, Printout
from boxoffice.domain.tenders import Means, Offer
from boxoffice.ports import Role
from boxoffice.services import print_setup
from ui.widgets.badge import StateBadge
from ui.widgets.strip import Where


@pytest.fixture
def desk(evening: Any) -> Any:
    return lambda: evening.go(Where.DESK)


@pytest.fixture
def find(evening: Any, hands: Any) -> Any:
    """Type on the desk's search, and take the first row."""

    def type_it(screen: Any, text: str) -> None:
        hands.person(text, screen.search)
        evening.qtbot.waitUntil(lambda: screen.results.model.rowCount() > 0)
        hands.person("\r", screen.search)
        evening.qtbot.waitUntil(lambda: "Everything known" in evening.words(screen))

    return type_it


def test_somebody_is_found_by_the_beginning_of_a_name_and_let_in(
    evening: Any, desk: Any, find: Any, hands: Any
) -> None:
    evening.enrol()
    evening.ticket("Grace Hopper")
    screen = desk()
    find(screen, "hop")
    evening.buttons(screen)["Let in at the door"].click()
    evening.answer("Let in?")
    hands.person("\r")
    evening.answer("Valid")
    assert evening.panel.answer.name == "Grace Hopper"


def test_who_is_inside_is_said_and_taken_back_with_a_reason(evening: Any, desk: Any, find: Any) -> None:
    evening.enrol()
    ticket = evening.ticket("Grace Hopper")
    evening.passed(ticket)
    screen = desk()
    find(screen, "hop")
    assert "Inside since" in evening.words(screen)
    evening.buttons(screen)["Take back entry…"].click()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    evening.buttons(QApplication.activeModalWidget())["Wrong person"].click()
    evening.qtbot.waitUntil(lambda: "Inside since" not in evening.words(screen))
    assert [one.annulled for one in evening.app.lookup.card("conf26", ticket.key).checkins] == [True]


def test_who_comes_in_while_their_card_is_open_is_seen_to_be_inside(evening: Any, desk: Any, find: Any) -> None:
    evening.enrol()
    ticket = evening.ticket("Grace Hopper")
    screen = desk()
    find(screen, "hop")
    evening.passed(ticket)
    evening.window.status.refresh()
    evening.qtbot.waitUntil(lambda: "Inside since" in evening.words(screen))


def test_a_card_that_did_not_change_stays_as_it_is_under_the_hand(evening: Any, desk: Any, find: Any) -> None:
    evening.enrol()
    evening.ticket("Grace Hopper")
    screen = desk()
    find(screen, "hop")
    enter = evening.buttons(screen)["Let in at the door"]
    evening.window.status.refresh()
    assert evening.buttons(screen)["Let in at the door"] is enter


def test_the_others_of_the_order_are_one_press_away(evening: Any, desk: Any, find: Any) -> None:
    evening.enrol()
    evening.family("Marie Curie", "Pierre Curie")
    screen = desk()
    find(screen, "marie")
    other = next(text for text in evening.buttons(screen) if "Pierre Curie" in text)
    evening.buttons(screen)[other].click()
    evening.qtbot.waitUntil(lambda: any("Marie Curie" in text for text in evening.buttons(screen)))


def test_an_order_that_is_not_paid_says_so(evening: Any, desk: Any, find: Any) -> None:
    evening.enrol()
    evening.ticket("Grace Hopper", status=Status.PENDING)
    screen = desk()
    find(screen, "hop")
    assert [badge.accessibleName() for badge in screen.findChildren(StateBadge)] == ["Not paid"]


def test_a_steward_has_no_desk(evening: Any) -> None:
    evening.enrol(Role.STEWARD)
    window = evening.open()
    assert Where.DESK not in window.strip.places
    window.go(Where.DESK)
    assert window.stack.currentWidget() is window.door


# Badges


@pytest.fixture
def badges_waiting(evening: Any) -> Any:
    """The badges in the queue of a printer: ticket and reason."""
    printer = Printer(name="Badges", address="tcp://127.0.0.1:1")
    evening.app.write(lambda c: print_setup.add_printer(c, printer)).result()
    return lambda: [(job.subject, job.reason) for job in evening.app.paper.queue]


def test_a_badge_is_printed_without_an_entry_and_again_with_a_reason(
    evening: Any, desk: Any, find: Any, badges_waiting: Any
) -> None:
    evening.enrol(Role.DESK)
    ticket = evening.ticket("Grace Hopper")
    screen = desk()
    find(screen, "hop")
    evening.buttons(screen)["Print badge"].click()
    evening.qtbot.waitUntil(lambda: badges_waiting() == [(ticket.key, "")])
    assert evening.app.lookup.card("conf26", ticket.key).checkins == ()
    evening.buttons(screen)["Print badge"].click()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    assert "Grace Hopper has a badge: Badges" in evening.words(QApplication.activeModalWidget())
    evening.buttons(QApplication.activeModalWidget())["Lost"].click()
    evening.qtbot.waitUntil(lambda: badges_waiting() == [(ticket.key, ""), (ticket.key, "Lost")])


def test_a_badge_of_another_desk_is_shown_on_the_card(evening: Any, desk: Any, find: Any) -> None:
    evening.enrol()
    ticket = evening.ticket("Grace Hopper")
    at = datetime.now(UTC)
    evening.hear(Printout(event="conf26", ticket=ticket.key, what="badge", at=at, device="South", operation="o1"))
    screen = desk()
    find(screen, "hop")
    assert "Badge printed at" in evening.words(screen)
    assert "South" in evening.words(screen)
    assert "Print badge again…" in evening.buttons(screen)


def test_a_photo_is_chosen_for_a_badge_and_taken_away(evening: Any, desk: Any, find: Any, tmp_path: Path) -> None:
    evening.enrol()
    ticket = evening.ticket("Grace Hopper")
    screen = desk()
    find(screen, "hop")
    file = tmp_path / "face.png"
    Image.new("RGB", (400, 300), "grey").save(file)
    card = evening.app.lookup.card("conf26", ticket.key)

    def offered() -> list[str]:
        evening.qtbot.waitUntil(lambda: "Photo…" in evening.buttons(screen))
        return [one.text() for one in evening.buttons(screen)["Photo…"].menu().actions()]

    assert offered() == ["Take a photo or choose one…"]
    sheet = screen.badges.ask_for_photo(card)
    assert not sheet.keep.isEnabled()
    sheet.open_file(file)
    assert sheet.view.frame.getRect() == (87, 0, 226, 300)
    sheet.keep.click()
    evening.qtbot.waitUntil(lambda: evening.app.badges.photo("conf26", ticket.key) != "")
    evening.qtbot.waitUntil(lambda: screen.findChild(QLabel, "face") is not None)
    assert offered() == ["Take a photo or choose one…", "Take the photo away"]
    screen.badges.set_photo(card, None)
    evening.qtbot.waitUntil(lambda: evening.app.badges.photo("conf26", ticket.key) == "")
    evening.qtbot.waitUntil(lambda: screen.findChild(QLabel, "face") is None)


# Money


@pytest.fixture
def till(evening: Any) -> Any:
    """The drawer is open, and a ticket costs something."""
    evening.enrol()
    evening.hear(
        Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="UTC"),
        Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500),
    )
    evening.app.counter().open("conf26", 10_000).result()
    return evening.app.counter()


def test_an_open_order_is_paid_where_it_was_found(evening: Any, desk: Any, find: Any, hands: Any, till: Any) -> None:
    ticket = evening.ticket("Grace Hopper", status=Status.PENDING, order={"total": 4_500}, price=4_500)
    screen = desk()
    find(screen, "hop")
    evening.buttons(screen)["Take 45.00\u00a0EUR…"].click()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    sheet = QApplication.activeModalWidget()
    hands.person("50\r", sheet.field)
    evening.qtbot.waitUntil(lambda: till.receipt(1) is not None)
    assert till.receipt(1).receipt.tenders[0].change == 500
    card = evening.app.lookup.card("conf26", ticket.key)
    assert card.ticket.order.status is Status.PAID
    evening.qtbot.waitUntil(lambda: "Give back…" in evening.buttons(screen))


def test_what_goes_back_is_shown_first_and_needs_a_reason(evening: Any, desk: Any, find: Any, till: Any) -> None:
    ticket = evening.ticket("Grace Hopper", status=Status.PENDING, order={"total": 4_500}, price=4_500)
    till.orders.pay("conf26", ticket.order.code, [Offer(means=Means.CARD, amount=4_500)]).result()
    screen = desk()
    find(screen, "hop")
    evening.buttons(screen)["Give back…"].click()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    sheet = QApplication.activeModalWidget()
    assert sheet.total.text() == "45.00\u00a0EUR"
    assert not sheet.go.isEnabled()
    sheet.reason.setText("Ill")
    sheet.tender.setCurrentIndex(1)
    sheet.go.click()
    evening.qtbot.waitUntil(lambda: till.receipt(2) is not None)
    back = till.receipt(2).receipt
    assert (back.total, back.corrects, back.tenders[0].tender) == (-4_500, "1", "card")
    assert evening.app.lookup.card("conf26", ticket.key).ticket.order.status is Status.CANCELED


def test_without_a_shift_no_money_is_taken(evening: Any, desk: Any, find: Any) -> None:
    evening.enrol()
    evening.ticket("Grace Hopper", status=Status.PENDING, order={"total": 4_500}, price=4_500)
    screen = desk()
    find(screen, "hop")
    (pay,) = (button for words, button in evening.buttons(screen).items() if words.startswith("Take 45"))
    assert not pay.isEnabled()
    assert pay.toolTip() == "Open the drawer at the till first."


def test_a_desk_that_may_not_sell_sees_no_money(evening: Any, desk: Any, find: Any) -> None:
    evening.enrol(role=Role.DESK)
    evening.ticket("Grace Hopper", status=Status.PENDING, order={"total": 4_500}, price=4_500)
    screen = desk()
    find(screen, "hop")
    assert not [words for words in evening.buttons(screen) if words.startswith("Take 45")]
