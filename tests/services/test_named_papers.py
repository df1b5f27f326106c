"""Papers found by the name that people give them, and the copy that says the same as the first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.documents import CashSlip, Movement, Voucher, kind_of
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.printing import Printer, State
from boxoffice.domain.vouchers import Mode
from boxoffice.domain.vouchers import Voucher as Told
from boxoffice.errors import BadInput
from boxoffice.services import named_papers, print_jobs, print_setup, printing, shifts
from boxoffice.storage import print_queue, redeeming, settings
from boxoffice.storage.settings import Stationery

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TOLD = Told(id=1, event="conf26", code="FRIEND2026TEN", mode=Mode.SUBTRACT, value=1_000)


@pytest.fixture
def station(day: Any) -> Any:
    """A day with one order, a voucher, and an open drawer out of which something was taken."""
    day.hear(
        Event(slug="conf26", name={"en": "Conference"}, currency="EUR"),
        Item(id=1, event="conf26", name={"en": "Weekend"}),
        Order(event="conf26", code="A7B9C", status=Status.PAID, positions=(Position(number=1, item=1, secret="one"),)),
    )
    day.do = lambda verb, *values, **named: day.app.write(lambda c: verb(c, *values, **named)).result()
    day.do(redeeming.put_voucher, TOLD)
    day.do(shifts.open_shift, day.app.shelf, "conf26", 20_000, NOW, "Ana")
    day.do(shifts.move, day.app.shelf, Movement.PAY_OUT, 700, "Milk", NOW, "Ana")
    return day


def found(station: Any, kind: str, name: str, at: datetime = NOW) -> Any:
    events = station.app.events()
    return station.app.read(lambda c: named_papers.find(c, station.app.shelf, kind, name, events, at))


@pytest.mark.parametrize(
    ("kind", "name", "event", "document"),
    [
        ("ticket", "A7B9C-1", "conf26", "ticket"),
        ("badge", "A7B9C-1", "conf26", "badge"),
        ("order", "A7B9C", "conf26", "order"),
        ("voucher", "friend2026ten", "conf26", "voucher"),
        ("slip", "1", "conf26", "cash"),
        ("x", "", "", "report"),
    ],
)
def test_a_paper_is_found_by_its_name_with_the_event_that_it_is_about(
    station: Any, kind: str, name: str, event: str, document: str
) -> None:
    about, paper = found(station, kind, name)
    assert (about, kind_of(paper)) == (event, document)


def test_a_slip_is_written_as_it_was_moved(station: Any) -> None:
    _, slip = found(station, "slip", "1")
    assert isinstance(slip, CashSlip)
    assert (slip.number, slip.movement, slip.amount) == ("1", Movement.PAY_OUT, -700)
    assert (slip.operator, slip.reason, slip.at) == ("Ana", "Milk", NOW)


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        *(("slip", "2", "There is no slip 2"), ("slip", "x", "There is no slip x"), ("z", "1", "There is no Z 1")),
        *(("receipt", "1", "There is no receipt 1"), ("voucher", "NOPE", "There is no voucher or gift card NOPE")),
        *(("order", "NOPE", "There is no order NOPE"), ("ticket", "NOPE-1", "There is no ticket NOPE-1")),
    ],
)
def test_what_is_not_here_is_named(station: Any, kind: str, name: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        found(station, kind, name)


def test_a_code_that_two_events_have_is_not_guessed(station: Any) -> None:
    station.hear(Event(slug="fest26"), Item(id=1, event="fest26"))
    station.hear(Order(event="fest26", code="A7B9C", positions=(Position(number=1, item=1, secret="other"),)))
    station.do(redeeming.put_voucher, msgspec.structs.replace(TOLD, event="fest26"))
    for kind, name in (("order", "A7B9C"), ("voucher", "FRIEND2026TEN")):
        with pytest.raises(BadInput, match="Several events"):
            found(station, kind, name)


@pytest.mark.parametrize(("kind", "name"), [("slip", "1"), ("voucher", "FRIEND2026TEN")])
def test_what_is_printed_once_more_says_what_the_first_said_and_that_it_is_a_copy(
    station: Any, kind: str, name: str
) -> None:
    station.do(print_setup.add_printer, Printer(name="Till", address="tcp://127.0.0.1:9"))
    event, first = found(station, kind, name)
    job = station.do(printing.again, first, NOW, event=event)
    station.do(print_jobs.begin, job.operation, b"", NOW)
    station.do(print_jobs.ended, job.operation, State.CONFIRMED, "", NOW)
    station.do(settings.put_stationery, "", Stationery(organiser="Another house"))
    _, second = found(station, kind, name, NOW + timedelta(hours=1))
    assert second == first
    assert station.do(printing.again, second, NOW, event=event).copy == 1


def test_neither_queue_nor_journal_tells_the_end_of_a_code(station: Any) -> None:
    station.do(print_setup.add_printer, Printer(name="Till", address="tcp://127.0.0.1:9"))
    event, paper = found(station, "voucher", "FRIEND2026TEN")
    assert isinstance(paper, Voucher)
    assert paper.code == "FRIEND2026TEN"
    job = station.do(printing.again, paper, NOW, event=event)
    assert job.subject == "FRIEND20…"
    assert station.app.read(lambda c: print_queue.named(c, "FRIEND20…", "voucher")) == [job]
