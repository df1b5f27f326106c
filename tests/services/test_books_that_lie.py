"""Faults planted in the books of exchanges and extensions: each of them is found, and sound books are left in peace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import Cart, CartLine, HeldPass
from boxoffice.domain.catalog import Item
from boxoffice.domain.errands import Wish
from boxoffice.domain.facts import Exchanged, Extended
from boxoffice.domain.offering import PassTerms
from boxoffice.domain.tenders import Means, Offer
from boxoffice.services import exchange
from boxoffice.storage import journal, orders, verify

VIP, PASS = 3, 4
_SEASON = PassTerms(entries=3)


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


class Books:
    """A till that has sold a ticket and made it a better one, and has sold a pass and added to it."""

    def __init__(self, counter: Any) -> None:
        self.counter, self.app = counter, counter.app
        counter.day.hear(
            Item(id=VIP, event="conf26", name={"en": "VIP"}, price=25_000, tax_rule=1),
            Item(
                id=PASS, event="conf26", name={"en": "Pass"}, price=5_000, tax_rule=1, pass_terms=PassTerms(entries=3)
            ),
        )
        counter.open(0)
        self.code = counter.sell(counter.cart(CartLine(id="a", item=1)), cash(10_000)).order.code
        self.change(VIP, cash(15_000))
        season = counter.sell(counter.cart(CartLine(id="p", item=PASS), name="pass"), cash(5_000)).order.code
        held = HeldPass(order=season, position=1, item=PASS)
        more = Cart(id="more", event="conf26", to_pass=held, lines=(CartLine(id="a", item=1),))
        counter.begin(more)
        counter.finish(cash(10_000), name="more")

    def change(self, item: int, *offers: Offer, operation: str = "better") -> None:
        wishes, at = (Wish(position=1, item=item),), self.counter.at("11:00")
        self.counter.write(
            lambda c: exchange.exchange(
                c, self.app.shelf, self.counter.stock, "conf26", self.code, wishes, offers, "Better", at, "Ana",
                operation=operation,
            )
        )  # fmt: skip

    def faults(self) -> tuple[str, ...]:
        found: tuple[str, ...] = self.app.read(verify.check).faults
        return found

    def plant(self, *statements: str) -> None:
        def lie(connection: Any) -> None:
            for name in ("receipts_are_never_changed", "receipts_are_never_taken_out"):
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)

        self.counter.write(lie)

    def fact(self, kind: type) -> Any:
        entries = self.app.read(lambda c: list(journal.entries(c)))
        return next(one.fact() for one in entries if isinstance(one.fact(), kind))

    def write(self, operation: str, fact: Any) -> None:
        self.counter.write(lambda c: journal.append(c, operation, fact))


@pytest.fixture
def books(counter: Any) -> Books:
    return Books(counter)


def test_books_that_tell_the_truth_are_sound(books: Books) -> None:
    books.change(1, cash(-15_000), operation="back again")
    books.change(VIP, cash(15_000), operation="better after all")
    assert books.faults() == ()


def test_a_ticket_that_was_made_again_elsewhere_what_it_had_been_can_be_changed_once_more(books: Books) -> None:
    order = books.app.read(lambda c: orders.by_code(c, "conf26", books.code))
    (held,) = order.positions
    there = msgspec.structs.replace(held, item=1, price=10_000)
    books.counter.write(lambda c: orders.put(c, msgspec.structs.replace(order, positions=(there,), total=10_000)))
    books.change(VIP, cash(15_000), operation="better once more")
    assert books.faults() == ()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE receipts SET total = 14000 WHERE number = 2", "Receipt 2 says 14000; the journal says 15000."),
        ("UPDATE receipts SET total = 14000 WHERE number = 2", "prices of its exchange differ by 15000"),
        (
            "UPDATE receipts SET body = replace(body, '\"amount\":-10000', '\"amount\":-9000') WHERE number = 2",
            "The lines of receipt 2 are not what its exchange replaced.",
        ),
        ("UPDATE receipts SET operation = 'x' WHERE number = 2", "moved money, but has no slip"),
        ("UPDATE receipts SET operation = 'x' WHERE number = 2", "an exchange that the journal does not know"),
        ("UPDATE receipts SET operation = 'x' WHERE number = 2", "gave out receipt 2, but there is no such receipt"),
        ("UPDATE receipts SET total = 9000 WHERE number = 4", "says 9000 for tickets that cost 10000"),
        ("UPDATE receipts SET operation = 'x' WHERE number = 4", "gave out receipt 4, but there is no such receipt"),
    ],
)
def test_what_was_changed_behind_the_journal_is_found(books: Books, statement: str, fault: str) -> None:
    books.plant(statement)
    assert any(fault in one for one in books.faults()), books.faults()


def twice_in_one(books: Books) -> tuple[str, Any]:
    fact = books.fact(Exchanged)
    return "again", msgspec.structs.replace(fact, swaps=fact.swaps * 2)


def twice_in_a_row(books: Books) -> tuple[str, Any]:
    return "again", books.fact(Exchanged)


def added_twice(books: Books) -> tuple[str, Any]:
    return "again", books.fact(Extended)


@pytest.mark.parametrize(
    ("lie", "fault"),
    [
        (twice_in_one, "replaces a position of"),
        (twice_in_a_row, "was replaced more than once"),
        (added_twice, "came into being more than once"),
    ],
)
def test_what_the_journal_tells_twice_is_found(
    books: Books, lie: Callable[[Books], tuple[str, Any]], fault: str
) -> None:
    books.write(*lie(books))
    assert any(fault in one for one in books.faults()), books.faults()


def test_money_that_moved_more_than_the_slip_says_is_found(books: Books) -> None:
    from boxoffice.domain.facts import Paid

    books.write("better/7", Paid(event="conf26", at=1, order=books.code, amount=100, tender="cash"))
    assert any("its exchange moved 15100" in one for one in books.faults())


def test_money_that_moved_more_than_the_receipt_of_a_sale_says_is_found(books: Books) -> None:
    from boxoffice.domain.facts import Refunded

    books.write("sale-1/7", Refunded(event="conf26", at=1, order=books.code, amount=100, tender="cash"))
    assert "Receipt 1 says that 10000 came for its order; 9900 did." in books.faults()
