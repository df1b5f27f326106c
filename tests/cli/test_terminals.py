"""`terminals`: set up, tested, and a payment in doubt followed to its end; `sell` with a card."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.cli.main import run
from boxoffice.config import Folder
from boxoffice.domain import payment_steps
from boxoffice.domain.payment import State
from boxoffice.domain.terminals import Evidence, Mark
from boxoffice.services import card
from boxoffice.storage import payments

Verb = Callable[..., Any]
SELL = ("sell", "--item", "T-shirt:XXL", "--tender", "card:28")


@pytest.fixture
def till(verb: Verb) -> Verb:
    verb("shift", "open", "--float", "0")
    return verb


def test_a_terminal_is_set_up_tested_and_forgotten(verb: Verb) -> None:
    assert verb("terminals", "add", "Till 1", "simulated") == {"name": "Till 1", "kind": "simulated"}
    assert verb("terminals")["in_doubt"] is None
    assert verb("terminals", "test", "Till 1")["answers"] is True
    assert verb("terminals", "end-of-day", "Till 1")["amount"] == "0.00"
    assert verb("terminals", "remove", "Till 1") == {"removed": "Till 1"}
    assert verb("terminals", "test", "Till 1") == (2, "No terminal is called Till 1")


def test_a_walk_that_somebody_leaves_takes_back_what_it_has_charged(
    verb: Verb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    verb("terminals", "add", "Till 1", "simulated")
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    walk = ("terminals", "test", "Till 1", "--walk", "--operator", "Ana", "--only", "paid", "--only", "declined")
    assert run([*walk, "--data", str(tmp_path)]) == 2  # Its second question nobody answers.
    with App(Folder(tmp_path)) as app:
        tried = app.read(lambda c: payments.between(c, datetime.min.replace(tzinfo=UTC), datetime.now(UTC)))
    assert [one.state for one in tried] == [State.REVERSED, State.REVERSED]


@pytest.mark.parametrize(
    "address", ["", "zvt", "zvt:", "zvt:host:x", "zvt:host:0", "zvt:host:99999", "simulated:never", "usb:1"]
)
def test_what_is_no_terminal_changes_nothing(verb: Verb, address: str) -> None:
    assert verb("terminals", "add", "Till 1", address) == (2, f"{address} is no terminal")


def test_a_terminal_that_is_not_there_is_said_so(verb: Verb) -> None:
    verb("terminals", "add", "Till 1", "zvt:127.0.0.1:1")
    assert verb("terminals", "test", "Till 1") == (3, "The terminal Till 1 does not answer")


def test_a_card_is_charged_and_its_payment_found_by_the_receipt(till: Verb) -> None:
    till("terminals", "add", "Till 1", "simulated")
    sale = till(*SELL)
    found = till("terminals", "payments", "--receipt", str(sale["receipt"]))
    assert (found["state"], found["amount"]) == ("captured", "28.00")
    assert till("terminals", "payments", "--number", str(found["number"])) == found
    assert till("terminals", "payments", "--at", found["began_at"]) == found


def test_a_sale_takes_what_somebody_types_of_a_terminal_that_stands_apart(
    till: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    till("terminals", "add", "Till 1", "simulated:decline")
    monkeypatch.setattr("sys.stdin", io.StringIO("yes A1 1234\n"))
    sale = till(*SELL, "--terminal", "by hand")
    assert till("terminals", "payments", "--receipt", str(sale["receipt"]))["state"] == "captured"


def test_a_card_that_is_declined_sells_nothing_and_leaves_no_cart(till: Verb) -> None:
    till("terminals", "add", "Till 1", "simulated:decline")
    assert till(*SELL) == (1, "The card was not charged")
    assert till("sell", "--item", "T-shirt:XXL", "--tender", "cash:28")["receipt"] == 1


@pytest.mark.parametrize(
    ("item", "amount", "title"),
    [("T-shirt:XXL", "1", "The bill is not covered"), ("T-shirt", "25", "This cannot be sold as it is")],
)
def test_no_card_is_charged_for_what_is_not_sold_then(till: Verb, item: str, amount: str, title: str) -> None:
    till("terminals", "add", "Till 1", "simulated")
    assert till("sell", "--item", item, "--tender", f"card:{amount}") == (1, title)
    assert till("terminals", "end-of-day", "Till 1")["ours"] == "0.00"


def test_a_terminal_that_cannot_be_reached_charges_nothing(till: Verb) -> None:
    till("terminals", "add", "Till 1", "zvt:127.0.0.1:1")
    assert till(*SELL) == (1, "The card was not charged")
    assert till("terminals")["in_doubt"] is None


def test_a_payment_in_doubt_is_settled_by_name_and_reason(till: Verb, tmp_path: Path) -> None:
    till("terminals", "add", "Till 1", "simulated")
    leave_in_doubt(tmp_path)
    doubt = till("terminals", "payments")
    name = doubt["attempt"]
    till("terminals", "test", "Till 1")  # It is asked with each start, and knows of nothing at all.
    assert till("terminals")["in_doubt"] == name
    assert till("terminals", "reverse", name, "--reason", "Left") == (1, "This payment is not settled yet")
    words = ("terminals", "settle", name, "not-charged", "--operator", "Ana")
    assert till(*words, "--reason", " ") == (2, "Who says so, and why?")
    settled = till(*words, "--reason", "Nothing in its journal")
    assert (settled["state"], settled["settled_by"]) == ("not_charged", "Ana")
    assert till("terminals", "reverse", name, "--reason", "Left") == (1, "The card was not charged")
    assert till(*words, "--reason", "Twice") == (1, "There is nothing to settle")


def leave_in_doubt(folder: Path) -> None:
    """As a crash does behind the amount."""
    wish = card.Wish(operation="sale-1", event="conf26", amount=1250, currency="EUR", terminal="Till 1")
    steps = (
        payment_steps.Compared(mark=Mark(receipt=41, terminal_id="52500001")),
        payment_steps.Sent(),
        payment_steps.Lost(),
    )
    with App(Folder(folder)) as app:
        begun = app.write(lambda c: card.begin(c, wish, 1250, datetime.now(UTC))).result()
        for step in steps:
            app.write(lambda c, step=step: card.take(c, begun.id, step, datetime.now(UTC))).result()


def test_money_goes_back_to_the_card_through_the_terminal(till: Verb) -> None:
    till("terminals", "add", "Till 1", "simulated")
    order = till(*SELL)["order"]
    assert till("order", "refund", order, "--tender", "card", "--reason", "Too large")["back"] == "28.00"
    (one,) = [till("terminals", "payments", "--receipt", "1")]
    assert one["state"] == "reversed"
    assert till("terminals", "end-of-day", "Till 1", "--operator", "Ana")["ours"] == "0.00"


def test_after_the_end_of_day_it_goes_back_as_a_refund(till: Verb) -> None:
    till("terminals", "add", "Till 1", "simulated")
    order = till(*SELL)["order"]
    till("terminals", "end-of-day", "Till 1")
    till("order", "refund", order, "--tender", "card", "--reason", "Too large")
    assert till("terminals", "payments", "--receipt", "2")["way"] == "refund"


def test_a_terminal_that_says_no_gives_nothing_back(till: Verb) -> None:
    till("terminals", "add", "Till 1", "simulated")
    order = till(*SELL)["order"]
    till("terminals", "add", "Till 1", "simulated:decline")
    refund = ("order", "refund", order, "--reason", "Too large")
    assert till(*refund, "--tender", "card") == (1, "Nothing went back to the card")
    assert till("order", "show", order)["paid"] == "28.00"
    assert till(*refund)["back"] == "28.00"


def test_what_is_put_right_charges_a_card_and_gives_back_to_it(till: Verb) -> None:
    till("terminals", "add", "Till 1", "simulated")
    order = till("sell", "--item", "T-shirt:XXL", "--tender", "cash:28")["order"]
    right = ("order", "correct", order, "--reason", "Wrong key")
    assert till(*right, "--tender", "card:28")["tenders"] == {"card": "28.00"}
    assert till("terminals", "payments", "--receipt", "2")["state"] == "captured"
    assert till(*right, "--tender", "cash:28")["tenders"] == {"cash": "28.00"}
    assert till("terminals", "payments", "--receipt", "2")["state"] == "reversed"
    assert till("terminals", "end-of-day", "Till 1")["ours"] == "0.00"


def test_a_sale_by_card_is_taken_back_and_the_card_gets_its_money(till: Verb) -> None:
    till("terminals", "add", "Till 1", "simulated")
    order = till(*SELL)["order"]
    assert till("order", "void", order, "--reason", "Wrong size")["back"] == "28.00"
    assert till("terminals", "payments", "--receipt", "1")["state"] == "reversed"
    assert till("order", "show", order)["status"] == "cancelled"


def test_what_a_card_paid_apart_goes_back_as_somebody_types_it(
    till: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = till("sell", "--item", "T-shirt:XXL", "--tender", "cash:28")["order"]
    monkeypatch.setattr("sys.stdin", io.StringIO("yes A1 1234\nyes\n"))
    right = ("order", "correct", order, "--reason", "Wrong key", "--terminal", "by hand")
    assert till(*right, "--tender", "card:28")["tenders"] == {"card": "28.00"}
    assert till(*right, "--tender", "cash:28")["tenders"] == {"cash": "28.00"}


def test_a_change_charges_the_difference_and_gives_it_back_as_it_came(till: Verb) -> None:
    till("terminals", "add", "Till 1", "simulated")
    order = till(*SELL)["order"]
    change = ("order", "change", order, "--position", "1", "--reason", "Other")
    up = till(*change, "--to", "Regular", "--tender", "card")
    assert (up["difference"], up["tender"]) == ("72.00", "card")
    down = till(*change, "--to", "T-shirt:XXL")
    assert (down["difference"], down["tender"]) == ("-72.00", "card")
    assert till("terminals", "payments", "--receipt", "2")["state"] == "reversed"


def test_a_charge_without_a_receipt_is_taken_back_with_its_reason(till: Verb, tmp_path: Path) -> None:
    till("terminals", "add", "Till 1", "simulated")
    leave_charged(tmp_path)
    stray = till("terminals", "payments")["attempt"]
    assert till("terminals", "reverse", stray, "--reason", " ") == (2, "A reason is needed")
    assert till("terminals", "reverse", stray, "--reason", "She left")["state"] == "reversed"


def leave_charged(folder: Path) -> None:
    """As a crash does between the terminal and the receipt."""
    wish = card.Wish(operation="sale-1", event="conf26", amount=1250, currency="EUR", terminal="Till 1")
    yes = payment_steps.Approved(evidence=Evidence(receipt=42, terminal_id="52500001"))
    mark = payment_steps.Compared(mark=Mark(receipt=41, terminal_id="52500001"))
    with App(Folder(folder)) as app:
        begun = app.write(lambda c: card.begin(c, wish, 1250, datetime.now(UTC))).result()
        for step in (mark, payment_steps.Sent(), payment_steps.Begun(), yes, payment_steps.Captured()):
            app.write(lambda c, step=step: card.take(c, begun.id, step, datetime.now(UTC))).result()
