"""Where doors disagreed: both sides are shown, and the desk lead settles it with one press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.conflicts import Side
from boxoffice.domain.facts import Change, Edited, Private
from boxoffice.domain.gate import Direction
from boxoffice.domain.gift_cards import GiftCard, Transaction
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Status
from boxoffice.ids import new_id
from boxoffice.ports import Role
from boxoffice.services import disagree
from boxoffice.storage import journal
from ui.widgets.strip import Where

MORNING = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def admitted_twice(evening: Any) -> Any:
    """Another door let in, two minutes later, who had come in here."""

    def both(name: str = "Ada Lovelace") -> Any:
        ticket = evening.ticket(name)
        evening.passed(ticket, MORNING)
        evening.hear(
            CheckIn(
                event="conf26",
                list=1,
                ticket=ticket.key,
                direction=Direction.ENTRY,
                at=MORNING + timedelta(minutes=2),
                nonce=new_id(),
                gate="West",
                device="West door",
                device_id="d2",
            )
        )
        return ticket

    return both


@pytest.fixture
def screen(evening: Any) -> Any:
    return lambda: evening.go(Where.CONFLICTS)


def test_with_nothing_to_settle_it_says_so(evening: Any, screen: Any) -> None:
    evening.enrol()
    assert "All doors agree about who came in" in evening.words(screen())


def test_both_sides_are_shown_with_time_gate_and_station(evening: Any, screen: Any, admitted_twice: Any) -> None:
    evening.enrol()
    ticket = admitted_twice()
    said = evening.words(screen())
    assert "1 is open" in said
    assert f"Let in twice — {ticket.key} · Main entrance" in said
    assert "in · South · North door" in said
    assert "in · West · West door" in said
    assert evening.window.strip.places[Where.CONFLICTS].isVisible()


def test_leaving_it_as_it_is_settles_it_and_tells_the_server(evening: Any, screen: Any, admitted_twice: Any) -> None:
    evening.enrol()
    admitted_twice()
    shown = screen()
    waiting = evening.app.outbox().waiting
    evening.buttons(shown)["Leave as it is"].click()
    evening.qtbot.waitUntil(lambda: "Nothing to settle" in evening.words(shown))
    assert evening.app.conflicts() == []
    assert evening.app.outbox().waiting == waiting + 1


def test_taking_the_later_entry_back_takes_back_the_later_one(evening: Any, screen: Any, admitted_twice: Any) -> None:
    evening.enrol()
    ticket = admitted_twice()
    shown = screen()
    evening.buttons(shown)["Take the later entry back"].click()
    evening.qtbot.waitUntil(lambda: "Nothing to settle" in evening.words(shown))
    passages = evening.app.lookup.card("conf26", ticket.key).checkins
    assert [(one.gate, one.annulled) for one in passages] == [("South", False), ("West", True)]


def test_passing_it_on_keeps_it_open_with_the_note(evening: Any, screen: Any, hands: Any, admitted_twice: Any) -> None:
    evening.enrol()
    admitted_twice()
    shown = screen()
    evening.buttons(shown)["Pass on…"].click()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    hands.person("ask Eve\r")
    evening.qtbot.waitUntil(lambda: "Note: ask Eve" in evening.words(shown))
    assert len(evening.app.conflicts()) == 1


def test_a_steward_sees_it_and_settles_nothing(evening: Any, screen: Any, admitted_twice: Any) -> None:
    evening.enrol(Role.STEWARD)
    admitted_twice()
    shown = screen()
    assert "Let in twice" in evening.words(shown)
    assert evening.buttons(shown) == {}


def test_one_that_arrives_while_somebody_looks_is_shown(evening: Any, screen: Any, admitted_twice: Any) -> None:
    evening.enrol()
    shown = screen()
    admitted_twice("Late Arrival")
    evening.window.status.refresh()
    evening.qtbot.waitUntil(lambda: "Late Arrival" in evening.words(shown))


def test_an_entry_with_a_ticket_that_was_cancelled_since_can_be_taken_back(evening: Any, screen: Any) -> None:
    evening.enrol()
    ticket = evening.ticket("Ada Lovelace")
    evening.passed(ticket, MORNING)
    evening.hear(msgspec.structs.replace(ticket.order, status=Status.CANCELED))
    shown = screen()
    assert "Cancelled after it was let in" in evening.words(shown)
    evening.buttons(shown)["Take the entry back"].click()
    evening.qtbot.waitUntil(lambda: "Nothing to settle" in evening.words(shown))
    assert evening.app.lookup.counts(evening.app.lists()[0]).inside == 0


def test_what_the_server_refused_is_sent_again_or_taken_back(evening: Any, screen: Any) -> None:
    evening.enrol()
    for name in ("Ada Lovelace", "Grace Hopper"):
        nonce = evening.passed(evening.ticket(name))
        evening.app.write(lambda c, one=nonce: disagree.look_at_refusal(c, one, "No such list", MORNING)).result()
    shown = screen()
    said = evening.words(shown)
    assert "Refused by the server — A0001-1 · Main entrance" in said
    assert "refused · the server · No such list" in said
    evening.buttons(shown)["Send again"].click()
    evening.qtbot.waitUntil(lambda: "1 is open" in evening.words(shown))
    evening.qtbot.waitUntil(lambda: "Take it back here too" in evening.buttons(shown))
    evening.buttons(shown)["Take it back here too"].click()
    evening.qtbot.waitUntil(lambda: "Nothing to settle" in evening.words(shown))
    assert evening.app.outbox().parked == 0


def test_who_took_from_a_gift_card_what_another_till_had_taken_is_shown_with_both(evening: Any, screen: Any) -> None:
    evening.enrol()
    first = Transaction(operation="n", amount=-4_000, at=MORNING, device="North till", person="Ada")
    late = Transaction(operation="s", amount=-3_000, at=MORNING, device="South till", person="Grace")
    told = {"currency": "EUR", "value": 1_000, "transactions": (first,), "turned_away": (late,)}
    evening.hear(GiftCard(event="conf26", code="CARD0000AAAABBBB", **told))
    page = screen()
    said = evening.words(page)
    assert "More was taken from a gift card than was on it" in said
    assert "gift card · North till · Ada · -40.00 EUR" in said
    assert "gift card · South till · Grace · -30.00 EUR" in said
    assert list(evening.buttons(page)) == ["Pass on…", "Leave as it is"]


def test_an_edit_at_two_places_shows_what_each_made_of_it_when_and_who(evening: Any, screen: Any) -> None:
    evening.enrol(name="Desk 1")
    ticket = evening.ticket("Ada Lovelace")
    fact = Edited(event="conf26", at=micros(MORNING), order=ticket.order.code, position=1)
    ours = Private(changes={"name": Change("Ada Lovelace", "Ada King")}, operator="Ana")
    theirs = Side(
        what="edited",
        at=MORNING - timedelta(minutes=5),
        device="Desk 2",
        person="Ben",
        changes={"name": Change("Ada Lovelace", "Ada Byron")},
    )
    words = "Somebody else has changed name in the meantime: it says Ada Byron."

    def refused(connection: Any) -> None:
        operation = new_id()
        journal.append(connection, operation, fact, ours)
        disagree.look_at_refusal(connection, operation, words, MORNING + timedelta(hours=1), theirs)

    evening.app.write(refused).result()
    said = evening.words(screen())
    assert "edited · Desk 1 · Ana · Whose it is: Ada Lovelace → Ada King" in said
    assert "edited · Desk 2 · Ben · Whose it is: Ada Lovelace → Ada Byron" in said
    assert words in said
