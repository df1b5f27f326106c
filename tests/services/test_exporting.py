"""Attendees, orders, payments and the journal as tables: all of them, some of them, and nothing that opens a door."""

from __future__ import annotations

import csv
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Item, Question, SubEvent, Variation
from boxoffice.domain.orders import Status
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import BadInput
from boxoffice.services import exporting, spreadsheets
from boxoffice.services.exporting import Wish


class Desk:
    """An event with a few attendees, and a folder to write into."""

    def __init__(self, counter: Any, folder: Path) -> None:
        self.day, self.app, self.folder = counter.day, counter.app, folder
        self.counter = counter
        self._files = 0

    def rows(self, what: str = "attendees", **wish: Any) -> list[dict[str, str]]:
        path = self.write(what, ".csv", **wish)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, what: str, ending: str, **wish: Any) -> Path:
        self._files += 1
        path = self.folder / f"{self._files}{ending}"
        wanted = Wish(event="conf26", **wish)
        self.app.read(lambda c: spreadsheets.write(path, exporting.table(c, self.app.shelf, what, wanted)))
        return path


@pytest.fixture
def desk(counter: Any, tmp_path: Path) -> Desk:
    return Desk(counter, tmp_path)


def test_attendees_have_their_answers_and_when_they_came(desk: Desk) -> None:
    desk.day.hear(Question(id=7, event="conf26", question={"en": "Diet"}, items=(1,)))
    ada = desk.day.ticket("Ada Lovelace", answers={"7": "vegan"}, price=10_000)
    desk.day.ticket("张三")
    desk.day.scan(ada, "09:30")
    first, second = desk.rows()
    assert (first["Name"], first["Diet"], first["Price"], first["Currency"]) == (
        "Ada Lovelace",
        "vegan",
        "100.00",
        "CHF",
    )
    assert first["First entry"] == "2026-11-21 09:30:00+00:00"
    assert (second["Name"], second["First entry"]) == ("张三", "")
    assert "secret" not in str(first).casefold()


def test_every_column_of_an_attendee_says_what_stands_above_it(desk: Desk) -> None:
    kinds = (Variation(id=7, value={"en": "Balcony"}),)
    desk.day.hear(
        SubEvent(id=11, event="conf26", name={"en": "Saturday"}),
        Item(id=3, event="conf26", name={"en": "Concert"}, variations=kinds),
    )
    buyer = {"code": "BUYER", "customer": "Mary Somerville", "email": "mary@example.org", "phone": "030 1234"}
    ticket = {"number": 2, "item": 3, "variation": 7, "subevent": 11, "seat": "Row 7", "price": 4_550}
    person = {"company": "Analytical Engines", "email": "ada@example.org"}
    desk.day.ticket(order={**buyer, "placed_at": desk.counter.at("08:00").replace(microsecond=7)}, **ticket, **person)
    (row,) = desk.rows()
    assert row == {
        "Order": "BUYER",
        "Position": "2",
        "State": "paid",
        "Item": "Concert",
        "Kind": "Balcony",
        "Date": "Saturday",
        "Seat": "Row 7",
        "Name": "Ada Lovelace",
        "Company": "Analytical Engines",
        "E-mail": "ada@example.org",
        "Buyer": "Mary Somerville",
        "Buyer's e-mail": "mary@example.org",
        "Phone": "030 1234",
        "Price": "45.50",
        "Currency": "CHF",
        "Ordered": "2026-11-21 08:00:00+00:00",
        "First entry": "",
    }


def test_all_the_filtered_and_the_chosen_ones(desk: Desk) -> None:
    paid = desk.day.ticket("Ada Lovelace")
    unpaid = desk.day.ticket("Grace Hopper", status=Status.PENDING)
    shirt = desk.day.ticket("Ada Byron", item=2)

    def names(**wish: Any) -> list[str]:
        return [row["Name"] for row in desk.rows(**wish)]

    assert names() == ["Ada Lovelace", "Grace Hopper", "Ada Byron"]
    assert names(states=("unpaid",)) == ["Grace Hopper"]
    assert names(items=(2,)) == ["Ada Byron"]
    assert names(text="ada") == ["Ada Lovelace", "Ada Byron"]
    assert names(codes=(paid.order.code, unpaid.order.code.lower())) == ["Ada Lovelace", "Grace Hopper"]
    assert names(text="ada", items=(shirt.position.item,)) == ["Ada Byron"]


def test_orders_and_payments_tell_what_was_paid_and_how(desk: Desk) -> None:
    desk.counter.open()
    cart = desk.counter.cart(CartLine(id="a", item=1, quantity=2))
    sale = desk.counter.sell(cart, Offer(means=Means.CARD, amount=5_000), Offer(means=Means.CASH, amount=15_000))
    desk.counter.give_back(sale.order.code, Offer(means=Means.CASH, amount=-10_000), wished={2: None})
    (order,) = desk.rows("orders")
    assert (order["Order"], order["State"], order["Tickets"]) == (sale.order.code, "paid", "1")
    assert (order["Paid"], order["Paid by"]) == ("100.00", "card, cash")
    assert [(one["What"], one["Tender"], one["Amount"]) for one in desk.rows("payments")] == [
        ("payment", "card", "50.00"),
        ("payment", "cash", "150.00"),
        ("refund", "cash", "-100.00"),
    ]
    kinds = [one["What"] for one in desk.rows("journal")]
    assert kinds[:3] == ["shift_opened", "sold", "paid"]


def test_nothing_that_somebody_typed_is_reckoned_with(desk: Desk) -> None:
    desk.day.ticket('=HYPERLINK("http://127.0.0.1")')
    assert desk.rows()[0]["Name"] == '\'=HYPERLINK("http://127.0.0.1")'
    with zipfile.ZipFile(desk.write("attendees", ".xlsx")) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "HYPERLINK" in sheet
    assert "<f>" not in sheet


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("+41 79 123 45 67", "+41 79 123 45 67"),
        ("+41791234567", "+41791234567"),
        ("+49-30-1234-0", "+49-30-1234-0"),
        ("+41 79 123 45 67=1", "'+41 79 123 45 67=1"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("+A1", "'+A1"),
        ("+1*2", "'+1*2"),
        ("+1\n=2", "'+1\n=2"),
        ("+", "'+"),
        ("+ -", "'+ -"),
        ("+١٢٣", "'+١٢٣"),
        ("-41 79", "'-41 79"),
    ],
)
def test_a_phone_number_stays_as_it_was_typed_and_no_formula_does(desk: Desk, typed: str, written: str) -> None:
    desk.day.ticket(order={"phone": typed})
    assert desk.rows("orders")[0]["Phone"] == written


def test_amounts_and_times_are_numbers_in_a_workbook(desk: Desk) -> None:
    at = desk.counter.at("00:00") + timedelta(hours=6)
    desk.day.ticket("Ada Lovelace", price=10_000, order={"placed_at": at})
    with zipfile.ZipFile(desk.write("attendees", ".xlsx")) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>100.00</v>" in sheet or "<v>100</v>" in sheet
    assert "<v>46347.25</v>" in sheet


def test_nothing_is_overwritten_and_no_half_a_file_stays(desk: Desk) -> None:
    there = desk.write("attendees", ".csv")
    wish = Wish(event="conf26")
    with pytest.raises(BadInput, match="already there"):
        desk.app.read(lambda c: spreadsheets.write(there, exporting.table(c, desk.app.shelf, "attendees", wish)))
    there.write_text("old")
    table = exporting.table
    desk.app.read(lambda c: spreadsheets.write(there, table(c, desk.app.shelf, "attendees", wish), anew=True))
    assert there.read_text(encoding="utf-8-sig") != "old"
    with pytest.raises(BadInput, match=r"exported into a \.pdf"):
        desk.write("attendees", ".pdf")
    with pytest.raises(BadInput, match="No order is ever lost"):
        desk.write("attendees", ".csv", states=("lost",))
    assert [path.suffix for path in desk.folder.glob("[0-9]*")] == [".csv"]
