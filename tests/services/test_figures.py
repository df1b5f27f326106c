"""What stands on an X and a Z: every figure of the day, and what the next one takes over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from boxoffice import __version__
from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Category, Discount, Item, TaxRule
from boxoffice.domain.documents import Copy, Movement, Report
from boxoffice.domain.facts import Guest
from boxoffice.domain.printing import Printer, State
from boxoffice.domain.stock import Anchor
from boxoffice.domain.tenders import Means, Offer
from boxoffice.services import named_papers, print_jobs, print_setup, printing, sell, shifts
from boxoffice.storage import leases, receipt_book, settings, till

GRACE = Guest(name="Grace Hopper")


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


def x(counter: Any, at: str = "17:00") -> Report:
    return counter.app.read(lambda c: shifts.x_report(c, counter.app.shelf, counter.at(at)))


def rows(report: Report, title: str) -> dict[str, tuple[int | None, int | None, str]]:
    (section,) = [one for one in report.sections if one.title == title]
    return {one.label: (one.count, one.amount, one.text) for one in section.rows}


def printed(counter: Any, document: Any) -> Any:
    """The document came out of a printer."""
    at = counter.at("16:00")
    counter.write(lambda c: print_setup.add_printer(c, Printer(name="Till", address="tcp://127.0.0.1:1")))
    job = counter.write(lambda c: printing.again(c, document, at, event="conf26", reason="Lost"))
    counter.write(lambda c: print_jobs.begin(c, job.operation, b"bytes", at))
    return counter.write(lambda c: print_jobs.ended(c, job.operation, State.CONFIRMED, "", at)) or job


@pytest.fixture
def fair(counter: Any) -> Any:
    """A till with a category, and with every third ticket at half its price."""
    counter.day.hear(
        Category(id=2, event="conf26", name={"en": "Tickets"}),
        Item(id=1, event="conf26", name={"en": "Regular"}, price=10_000, tax_rule=1, category=2),
        Discount(
            id=1, event="conf26", name="Three for two and a half", all_items=True, min_count=3, percent=5_000,
            cheapest_only=1,
        ),
    )  # fmt: skip
    counter.open()
    return counter


def test_sales_stand_by_category_and_walk_ins_apart(fair: Any) -> None:
    fair.sell(fair.cart(CartLine(id="a", item=1, guest=GRACE)), cash(10_000))
    fair.sell(fair.cart(CartLine(id="a", item=1, quantity=2), name="sale-2"), cash(20_000))
    report = x(fair)
    assert rows(report, "Categories") == {"Tickets": (3, 30_000, "")}
    assert rows(report, "Items")["Of these, walk-ins"] == (2, 20_000, "")
    walk_in = fair.app.read(lambda c: receipt_book.receipt(c, 2)).receipt.orders[0]
    fair.give_back(walk_in, cash(-10_000), wished={1: None})
    assert rows(x(fair), "Items")["Of these, walk-ins"] == (1, 10_000, "")


def test_discounts_stand_by_name_with_what_they_took_off(fair: Any) -> None:
    fair.sell(fair.cart(CartLine(id="a", item=1, quantity=3)), cash(25_000))
    assert rows(x(fair), "Discounts") == {"Three for two and a half": (1, -5_000, "")}


def test_copies_and_training_are_counted_and_change_nothing(fair: Any) -> None:
    sale = fair.sell(fair.cart(CartLine(id="a", item=1)), cash(10_000))
    printed(fair, sale.receipt)
    assert printed(fair, sale.receipt).copy == 1
    shelf = fair.app.shelf
    fair.write(lambda c: shifts.open_shift(c, shelf, "conf26", 0, fair.at("11:00"), training=True))
    fair.write(
        lambda c: sell.begin(c, shelf, fair.cart(CartLine(id="a", item=1), name="try", training=True), fair.at("11:01"))
    )
    fair.write(
        lambda c: sell.finish(c, shelf, fair.stock, "try", [cash(10_000)], fair.at("11:02"), training=True)
    )  # fmt: skip
    receipts = rows(x(fair), "Receipts")
    assert receipts["Copies"] == (1, 10_000, "")
    assert receipts["Training"] == (1, 10_000, "")
    assert receipts["Receipts"] == (1, 10_000, "")


def test_each_drop_is_listed_with_the_number_of_its_slip(fair: Any) -> None:
    for amount in (5_000, 7_000):
        fair.write(lambda c: shifts.move(c, fair.app.shelf, Movement.DROP, amount, "To the safe", fair.at("12:00")))  # noqa: B023
    (drawer,) = [one for one in x(fair).sections if one.title == "Drawer"]
    assert [(one.text, one.amount) for one in drawer.rows if one.label == "Slip"] == [
        ("1 · To the safe", -5_000),
        ("2 · To the safe", -7_000),
    ]


def test_machine_software_and_both_clocks_are_named(counter: Any) -> None:
    wall = counter.at("07:00")
    ahead = Anchor(server=wall + timedelta(minutes=90), wall=wall, steady=0.0, process="")
    counter.write(lambda c: leases.set_anchor(c, ahead))
    counter.open()
    till_rows = rows(x(counter), "Till")
    assert till_rows["Device"][2] == "d1"
    assert till_rows["Software"][2] == f"boxoffice {__version__}"
    assert till_rows["By the server's clock"][2] == "2026-11-21 09:30 - 2026-11-21 18:30"


def test_a_z_is_kept_byte_for_byte_and_printed_again_as_a_copy(fair: Any) -> None:
    fair.sell(fair.cart(CartLine(id="a", item=1)), cash(10_000))
    z = fair.close(30_000)
    (kept,) = fair.app.read(lambda c: c.execute("SELECT document FROM z_reports").fetchone())
    assert kept.encode() == msgspec.json.encode(z)
    assert fair.app.read(lambda c: till.z(c, 1)) == z
    _, found = fair.app.read(lambda c: named_papers.find(c, fair.app.shelf, "z", "1", ["conf26"], fair.at("19:00")))
    assert found == z
    printed(fair, found)
    copy = fair.app.read(lambda c: printing.next_copy(c, found, fair.at("19:01"), "Ana", "For the organiser"))
    assert copy == Copy(1, fair.at("19:01"), "Ana", "For the organiser")


def test_items_and_categories_stand_in_the_language_of_the_report(fair: Any) -> None:
    fair.day.hear(
        Category(id=2, event="conf26", name={"en": "Tickets", "de": "Eintritte"}),
        Item(id=1, event="conf26", name={"en": "Regular", "de": "Normal"}, price=10_000, tax_rule=1, category=2),
        TaxRule(id=1, event="conf26", name={"en": "VAT", "de": "MwSt."}, rate=1_900),
    )
    fair.sell(fair.cart(CartLine(id="a", item=1, guest=GRACE)), cash(10_000))
    fair.write(lambda c: settings.put(c, "locale", "de"))
    fair.sell(fair.cart(CartLine(id="a", item=1, guest=GRACE), name="sale-2"), cash(10_000))
    report = x(fair)
    assert "MwSt. 19 %" in rows(report, "Taxes")
    assert rows(report, "Items") == {"Normal": (2, 20_000, "")}
    assert rows(report, "Categories") == {"Eintritte": (2, 20_000, "")}
    zed = fair.close(40_000)
    assert rows(zed, "Items") == rows(report, "Items")
