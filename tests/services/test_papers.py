"""Tickets and summaries from what the replica knows, with the head that an organiser chose for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.domain.catalog import Event, Item, SubEvent, Variation
from boxoffice.domain.offering import PassTerms
from boxoffice.domain.orders import Fee, Order, Payment, PaymentState, Position, Status
from boxoffice.domain.passes import Left
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.errors import BadInput
from boxoffice.services import papers
from boxoffice.storage import settings
from boxoffice.storage.settings import Stationery

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
EVENT = Event(slug="conf26", name={"en": "Conference", "de": "Konferenz"}, timezone="Europe/Berlin", date_from=EVENING)
TICKET = Item(
    id=1,
    event="conf26",
    name={"en": "Weekend", "de": "Wochenende"},
    variations=(Variation(id=5, value={"en": "Reduced", "de": "Ermäßigt"}),),
)
WORKSHOP = Item(id=2, event="conf26", name={"en": "Workshop"}, admission=False)
SHIRT = Item(id=3, event="conf26", name={"en": "T-shirt"}, admission=False)
BOUGHT = Order(
    event="conf26",
    code="A7B9C",
    status=Status.PAID,
    locale="de-informal",
    email="ada@example.org",
    customer="Ada Lovelace",
    total=8000,
    positions=(
        Position(number=1, item=1, variation=5, price=4500, secret="secret-1", name="Ada Lovelace", seat="Row 3"),
        Position(number=2, item=2, price=1200, addon_to=1),
        Position(number=3, item=3, price=1500),
        Position(number=4, item=1, price=4500, canceled=True),
    ),
    payments=(Payment(id="1", amount=4500, state=PaymentState.CONFIRMED),),
    fees=(Fee(kind="shipping", amount=800, description="Versand"),),
)
CHOSEN = Stationery(
    organiser="Bühne am See",
    address=("Seestraße 1",),
    tax_id="DE1",
    header=({"en": "Welcome", "de": "Willkommen"},),
    footer=({"en": "Thank you"},),
    tickets={"1": ({"de": "Nur mit Ausweis"},), "3": ({"de": "Am Stand abholen"},)},
)


@pytest.fixture
def station(day: Any) -> Any:
    """A day with an order of a ticket, an add-on of it, a shirt, and a ticket that was cancelled."""
    day.hear(EVENT, TICKET, WORKSHOP, SHIRT, BOUGHT)
    return day


def choose(station: Any, event: str, chosen: Stationery) -> None:
    station.app.write(lambda connection: settings.put_stationery(connection, event, chosen)).result()


def slip(station: Any, key: str) -> Any:
    return station.app.read(lambda connection: papers.ticket(connection, station.app.shelf, "conf26", key, NOW, "Ada"))


def test_a_ticket_speaks_the_language_of_its_order(station) -> None:
    choose(station, "", CHOSEN)
    made = slip(station, "A7B9C-1")
    assert (made.item, made.variation, made.parts) == ("Wochenende", "Ermäßigt", ("Workshop",))
    assert (made.code, made.ticket, made.seat, made.price) == ("secret-1", "A7B9C-1", "Row 3", 4500)
    assert (made.begins, made.timezone) == (EVENING, "Europe/Berlin")
    assert made.texts == ("Nur mit Ausweis",)
    assert made.letterhead.event == "Konferenz"
    assert made.letterhead.header == ("Willkommen",)
    assert made.letterhead.footer == ("Thank you",)


def test_what_an_event_chose_stands_before_what_the_station_chose(station) -> None:
    choose(station, "", CHOSEN)
    choose(station, "conf26", Stationery(organiser="Another house"))
    head = slip(station, "A7B9C-1").letterhead
    assert (head.organiser, head.header) == ("Another house", ())


def test_without_a_choice_the_event_alone_stands_at_the_head(station) -> None:
    head = slip(station, "A7B9C-1").letterhead
    assert (head.event, head.organiser, head.logo) == ("Konferenz", "", "")


def test_a_date_of_a_series_is_named_with_its_own_times(station) -> None:
    later = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
    station.hear(SubEvent(id=9, event="conf26", name={"de": "Sonntag"}, date_from=later))
    station.ticket(order={"locale": "de", "code": "B1111"}, subevent=9)
    made = slip(station, "B1111-1")
    assert (made.date, made.begins) == ("Sonntag", later)


@pytest.mark.parametrize("key", ["A7B9C-9", "NOPE-1", "nonsense"])
def test_a_ticket_that_is_not_here_is_not_printed(station, key: str) -> None:
    with pytest.raises(BadInput, match="There is no ticket"):
        slip(station, key)


def test_a_pass_says_what_it_is_still_good_for(station: Any) -> None:
    station.hear(Item(id=1, event="conf26", name={"en": "Pass"}, pass_terms=PassTerms(entries=10, days=3)))
    pass_ = station.ticket(order={"code": "C1111"}, secret="pass")
    left = Left(entries=10, of_entries=10, days=3, of_days=3)
    assert slip(station, "C1111-1").left == left
    station.scan(pass_, at="10:00")
    assert slip(station, "C1111-1").left == Left(entries=9, of_entries=10, days=2, of_days=3)
    assert slip(station, station.ticket(item=3).key).left is None
    summary = station.app.read(lambda c: papers.order(c, station.app.shelf, "conf26", "C1111", NOW))
    assert [line.left for line in summary.lines] == [Left(entries=9, of_entries=10, days=2, of_days=3)]


def test_a_cancelled_ticket_is_not_printed(station) -> None:
    with pytest.raises(BadInput, match="cancelled"):
        slip(station, "A7B9C-4")


def test_an_order_gives_a_ticket_for_each_that_opens_a_door(station) -> None:
    made = station.app.read(lambda c: papers.tickets(c, station.app.shelf, "conf26", "A7B9C", NOW))
    assert [one.ticket for one in made] == ["A7B9C-1"]


def test_a_summary_has_add_ons_below_their_ticket_and_fees_at_the_end(station) -> None:
    made = station.app.read(lambda c: papers.order(c, station.app.shelf, "conf26", "A7B9C", NOW))
    assert [(line.text, line.amount, line.part) for line in made.lines] == [
        ("Wochenende", 4500, False),
        ("Workshop", 1200, True),
        ("T-shirt", 1500, False),
        ("Versand", 800, False),
    ]
    assert sum(line.amount for line in made.lines) == made.total == 8000
    assert (made.paid, made.state) == (4500, "paid")
    assert made.buyer == ("Ada Lovelace", "ada@example.org")
    assert made.lines[0].notes == ("Ermäßigt", "Row 3", "Ada Lovelace")


def test_an_order_that_is_not_here_has_no_summary(station) -> None:
    with pytest.raises(BadInput, match="There is no order NOPE"):
        station.app.read(lambda c: papers.order(c, station.app.shelf, "conf26", "NOPE", NOW))


def test_a_voucher_says_what_it_does_to_the_price_of_what(station) -> None:
    told = Voucher(id=1, event="conf26", code="GIFT", mode=Mode.PERCENT, value=5000, item=1, variation=5, max_usages=3)
    made = station.app.read(lambda c: papers.voucher(c, station.app.shelf, told, NOW))
    assert (made.code, made.title, made.mode, made.value, made.uses) == ("GIFT", "Voucher", "percent", 5000, 3)
    assert made.texts == ("Weekend", "Reduced")
    assert made.letterhead.event == "Conference"
