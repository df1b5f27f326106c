"""The report of a day over all tills, and of the event wherever it was sold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.documents import Report
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.takings import Taking, What
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import BadInput
from boxoffice.services import reports
from boxoffice.storage import settings


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


def rows(report: Report, title: str) -> list[tuple[str, int | None, int | None]]:
    return [(one.label, one.count, one.amount) for part in report.sections if part.title == title for one in part.rows]


class Fair:
    """This till, and what the server tells of another one."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        counter.open()

    def other(self, at: str, amount: int, **more: Any) -> None:
        values = {"tenders": (("card", amount),), "items": (("Regular", 1, amount),), "cashier": "Ben", **more}
        self.counter.day.hear(
            Taking(
                event="conf26", operation=f"other-{at}/receipt", station="Till 2", device="d2", number=1,
                at=self.counter.at(at), total=amount, currency="CHF", **values,
            )
        )  # fmt: skip

    def day(self, on: date | None = None) -> Report:
        counter = self.counter
        return counter.app.read(lambda c: reports.of_day(c, counter.app.shelf, "conf26", counter.at("20:00"), on))

    def event(self) -> Report:
        counter = self.counter
        return counter.app.read(lambda c: reports.of_event(c, counter.app.shelf, "conf26", counter.at("20:00")))


@pytest.fixture
def fair(counter: Any) -> Fair:
    return Fair(counter)


def test_a_day_is_the_sum_over_all_tills(fair: Fair) -> None:
    fair.counter.sell(fair.counter.cart(CartLine(id="a", item=1)), cash(10_000))
    fair.other("11:30", 9_000)
    fair.other("13:00", -9_000, what=What.RETURN, items=(("Regular", -1, -9_000),))
    report = fair.day()
    assert rows(report, "Totals") == [("Sales", 2, 19_000), ("Returns", 1, -9_000), ("Net", 3, 10_000)]
    assert rows(report, "Stations") == [("North door", 1, 10_000), ("Till 2", 2, 0)]
    assert rows(report, "Cashiers") == [("Ana", 1, 10_000), ("Ben", 2, 0)]
    assert rows(report, "Tenders") == [("Cash", 1, 10_000), ("Card", 2, 0)]
    assert rows(report, "Items")[0] == ("Regular", 1, 10_000)


def test_quiet_hours_stand_between_busy_ones(fair: Fair) -> None:
    fair.counter.sell(fair.counter.cart(CartLine(id="a", item=1)), cash(10_000))
    fair.other("11:30", 9_000)
    assert rows(fair.day(), "Hours") == [("09:00", 1, 10_000), ("10:00", 0, 0), ("11:00", 1, 9_000)]


def test_another_day_has_a_report_of_its_own(fair: Fair) -> None:
    fair.other("11:30", 9_000)
    assert rows(fair.day(date(2026, 11, 20)), "Totals") == [("Sales", 0, 0), ("Net", 0, 0)]


def test_a_receipt_of_this_till_that_the_server_tells_back_counts_once(fair: Fair) -> None:
    fair.counter.sell(fair.counter.cart(CartLine(id="a", item=1)), cash(10_000))
    fair.counter.day.hear(
        Taking(event="conf26", operation="sale-1/receipt", number=1, at=fair.counter.at("09:01"), total=10_000,
               currency="CHF")
    )  # fmt: skip
    assert rows(fair.day(), "Totals")[-1] == ("Net", 1, 10_000)


def test_the_event_stands_by_item_and_price_wherever_it_was_sold(fair: Fair) -> None:
    def web(code: str, status: Status, *prices: int) -> None:
        positions = tuple(
            Position(number=n, item=1, price=price, secret=f"{code}{n}") for n, price in enumerate(prices, 1)
        )
        at = fair.counter.at("07:00")
        order = Order(event="conf26", code=code, status=status, total=sum(prices), positions=positions, placed_at=at)
        fair.counter.day.hear(order)

    web("EARLY", Status.PAID, 8_000, 8_000)
    web("LATE", Status.PENDING, 10_000)
    web("GONE", Status.CANCELED, 10_000)
    fair.counter.sell(fair.counter.cart(CartLine(id="a", item=1)), cash(10_000))
    report = fair.event()
    assert rows(report, "Tickets sold") == [
        ("Regular · 80.00", 2, 16_000), ("Regular · 100.00", 1, 10_000), ("Total", 3, 26_000),
    ]  # fmt: skip
    assert rows(report, "Ordered, not paid")[0] == ("Regular", 1, 10_000)
    assert rows(report, "Tickets by state")[-1] == ("Cancelled", 1, 10_000)
    assert rows(report, "Sold over time") == [("2026-11-21", 3, 26_000)]
    assert rows(report, "Stations") == [("North door", 1, 10_000)]


def test_what_was_sold_in_summer_stands_on_its_day_by_the_summer_clock(fair: Fair) -> None:
    """The overview is asked for in winter, an hour later by the clock."""
    counter = fair.counter
    counter.day.hear(Event(slug="conf26", timezone="Europe/Zurich", currency="CHF", name={"en": "Conf 26"}))
    at = datetime(2026, 10, 23, 22, 30, tzinfo=UTC)  # Half past midnight there, and half past eleven by today's clock.
    ticket = Position(number=1, item=1, price=8_000, secret="s")
    counter.day.hear(
        Order(event="conf26", code="EARLY", status=Status.PAID, placed_at=at, total=8_000, positions=(ticket,))
    )
    assert rows(fair.event(), "Sold over time")[0] == ("2026-10-24", 1, 8_000)


@pytest.mark.parametrize(
    ("last", "labels"),
    [
        (date(2026, 11, 3), ["2026-11-01", "2026-11-02", "2026-11-03"]),
        (date(2026, 12, 10), ["2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30",
                              "2026-12-07"]),
        (date(2027, 8, 1), ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06",
                            "2027-07", "2027-08"]),
    ],
)  # fmt: skip
def test_quiet_times_stand_in_it_too(last: date, labels: list[str]) -> None:
    told = reports.over_time([(date(2026, 11, 1), 2, 200), (last, 1, 50)])
    assert [one.label for one in told] == labels
    assert (told[0].amount, told[-1].amount, sum(one.count or 0 for one in told)) == (200, 50, 3)


def test_it_says_how_far_it_can_be_believed(fair: Fair) -> None:
    assert rows(fair.day(), "Open ends") == [("Not sent yet", 1, None), ("Refused by the server", 0, None)]


def test_an_event_that_is_not_here_has_no_report(fair: Fair) -> None:
    app = fair.counter.app
    with pytest.raises(BadInput, match="nowhere"):
        app.read(lambda c: reports.of_event(c, app.shelf, "nowhere", fair.counter.at("20:00")))


def test_reports_call_items_by_the_names_of_their_own_language(fair: Fair) -> None:
    counter = fair.counter
    counter.sell(counter.cart(CartLine(id="a", item=1)), cash(10_000))
    counter.day.hear(Item(id=1, event="conf26", name={"en": "Regular", "de": "Normal"}, price=10_000, tax_rule=1))
    counter.write(lambda c: settings.put(c, "locale", "de"))
    fair.other("11:30", 9_000)
    assert rows(fair.day(), "Items")[0] == ("Normal", 2, 19_000)
    assert rows(fair.event(), "Tickets sold")[0] == ("Normal", 1, 10_000)
