"""`order`: what the desk does with an order, without a screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Verb = Callable[..., Any]


@pytest.fixture
def open_till(verb: Verb) -> Verb:
    verb("shift", "open", "--float", "100")
    return verb


def test_it_shows_what_is_open(verb: Verb) -> None:
    shown = verb("order", "show", "WEB01")
    assert (shown["status"], shown["total"], shown["paid"], shown["due"]) == ("unpaid", "200.00", "0.00", "200.00")
    assert [one["name"] for one in shown["positions"]] == ["Ada Lovelace", "Grace Hopper"]


def test_an_order_is_paid_and_partly_given_back(open_till: Verb) -> None:
    paid = open_till("order", "pay", "WEB01", "--tender", "card:150", "--tender", "cash:100")
    assert (paid["receipt"], paid["status"], paid["change"]) == (1, "paid", "50.00")
    asked = open_till("order", "refund", "WEB01", "--position", "2", "--reason", "Ill", "--dry-run")
    assert asked == {"back": "100.00"}
    back = open_till("order", "refund", "WEB01", "--position", "2", "--reason", "Ill")
    assert (back["receipt"], back["back"], back["total"]) == (2, "100.00", "100.00")
    assert [one["canceled"] for one in back["positions"]] == [False, True]
    assert open_till("order", "show", "WEB01")["receipts"] == [1, 2]


def test_a_wrong_tender_and_a_wrong_amount_are_put_right(open_till: Verb) -> None:
    open_till("order", "pay", "WEB01", "--tender", "transfer:200")
    right = open_till("order", "correct", "WEB01", "--tender", "card:200", "--reason", "It was a card")
    assert (right["receipt"], right["corrects"], right["tenders"]) == (2, 1, {"card": "200.00"})
    less = open_till("order", "correct", "WEB01", "--amount", "150", "--tender", "card:150", "--reason", "The bank")
    assert (less["receipt"], less["status"], less["due"]) == (3, "paid in part", "50.00")


def test_a_sale_is_taken_back_in_one_step(open_till: Verb) -> None:
    sold = open_till("sell", "--item", "Regular", "--tender", "cash:100")
    gone = open_till("order", "void", sold["order"], "--reason", "Wrong ticket")
    assert (gone["receipt"], gone["voids"], gone["back"], gone["status"]) == (2, 1, "100.00", "cancelled")
    assert open_till("order", "void", "WEB01", "--reason", "x") == (2, "This till has no receipt of order WEB01")


def test_a_part_of_the_price_goes_back_and_the_ticket_stays(open_till: Verb) -> None:
    open_till("order", "pay", "WEB01", "--tender", "cash:200")
    words = ("--position", "1=12.50", "--reason", "Late", "--keep-valid", "--tender", "card")
    back = open_till("order", "refund", "WEB01", *words)
    assert back["back"] == "12.50"
    assert not any(one["canceled"] for one in back["positions"])


def test_a_cancelled_order_can_be_made_valid_again(verb: Verb) -> None:
    assert verb("order", "cancel", "WEB01", "--reason", "Twice")["status"] == "cancelled"
    assert verb("order", "cancel", "WEB01", "--reason", "Twice") == (1, "This order is cancelled already")
    assert verb("order", "reactivate", "WEB01")["status"] == "unpaid"


def test_one_ticket_of_two_is_cancelled(verb: Verb) -> None:
    gone = verb("order", "cancel", "WEB01", "--position", "1", "--reason", "Ill")
    assert (gone["status"], gone["total"]) == ("unpaid", "100.00")
    rest = verb("order", "cancel", "WEB01", "--position", "2", "--reason", "Ill")
    assert rest["status"] == "cancelled"


def test_a_name_is_put_right(verb: Verb) -> None:
    edited = verb("order", "edit", "WEB01", "--position", "2", "--set", "name=Grace B. Hopper", "--set", "company=Navy")
    assert edited["positions"][1]["name"] == "Grace B. Hopper"
    assert edited["positions"][1]["company"] == "Navy"
    assert verb("order", "edit", "WEB01", "--set", "email=a@example.org")["email"] == "a@example.org"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("show", "NONE"), (2, "There is no order NONE")),
        (("pay", "WEB01", "--tender", "cash:199"), (1, "The bill is not covered")),
        (("pay", "WEB01", "--tender", "cash:271448"), (1, "So much cash is unlikely")),
        (("refund", "WEB01", "--reason", "Ill"), (1, "No more goes back than was paid")),
        (("refund", "WEB01", "--reason", "Ill", "--position", "x"), (2, "x is no position")),
        (("cancel", "WEB01", "--reason", " "), (2, "A reason is needed")),
        (("cancel", "WEB01", "--reason", "Ill", "--position", "7"), (2, "Order WEB01 has no valid position 7")),
        (("reactivate", "WEB01"), (1, "This order is not cancelled")),
        (("edit", "WEB01", "--set", "secret=mine"), (2, "secret cannot be edited")),
        (("edit", "WEB01", "--position", "9", "--set", "name=X"), (2, "Order WEB01 has no position 9")),
    ],
)
def test_what_cannot_be_done_says_why(open_till: Verb, words: tuple[str, ...], answer: tuple[int, str]) -> None:
    assert open_till("order", *words) == answer
    assert open_till("order", "show", "WEB01")["status"] == "unpaid"


def test_a_ticket_is_changed_and_the_difference_taken(open_till: Verb) -> None:
    open_till("order", "pay", "WEB01", "--tender", "card:200")
    words = ("--position", "1", "--to", "T-shirt:XXL", "--reason", "Will not come")
    asked = open_till("order", "change", "WEB01", *words, "--dry-run")
    assert (asked["difference"], asked["due"], asked["total"]) == ("-72.00", "-72.00", "128.00")
    done = open_till("order", "change", "WEB01", *words)
    assert (done["receipt"], done["due"]) == (2, "-72.00")
    shown = open_till("order", "show", "WEB01")
    assert [(one["item"], one["price"]) for one in shown["positions"]] == [("T-shirt", "28.00"), ("Regular", "100.00")]
    assert (shown["paid"], shown["due"], shown["receipts"]) == ("128.00", "0.00", [1, 2])


def test_an_order_whose_prices_hold_is_not_priced_anew(open_till: Verb) -> None:
    assert open_till("order", "reprice", "WEB01") == (1, "Its prices still hold")


def test_a_receipt_of_another_order_is_not_taken_back(open_till: Verb) -> None:
    first = open_till("sell", "--item", "Regular", "--tender", "cash:100")["order"]
    second = open_till("sell", "--item", "Regular", "--tender", "cash:100")
    wrong = ("order", "void", first, "--receipt", str(second["receipt"]), "--reason", "Mistake")
    assert open_till(*wrong) == (2, f"Receipt 2 is not about order {first}")
    assert open_till("order", "void", second["order"], "--receipt", "2", "--reason", "Mistake")["voids"] == 2
