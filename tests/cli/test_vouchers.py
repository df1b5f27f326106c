"""`vouchers` and `sell`: codes redeemed, cards sold and spent, and what became of them, without a screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from boxoffice.bootstrap import App
from boxoffice.cli.main import run
from boxoffice.config import Folder
from boxoffice.domain.catalog import Event
from boxoffice.domain.memberships import Membership
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.services import hear

Verb = Callable[..., Any]


@pytest.fixture
def codes(verb: Verb, tmp_path: Path) -> Verb:
    with App(Folder(tmp_path)) as app:
        nouns = (
            Voucher(id=1, event="conf26", code="HALF2026PRESS", mode=Mode.PERCENT, value=5_000),
            Membership(event="conf26", number="M-100", type_name="Friends"),
        )
        app.write(lambda c: [hear.apply(c, app.shelf, one) for one in nouns]).result()
    verb("shift", "open", "--float", "0")
    return verb


def test_a_day_with_a_voucher_and_a_gift_card(codes: Verb) -> None:
    assert codes("vouchers", "show", "half2026press")["left"] == 1
    sale = codes("sell", "--item", "1", "--voucher", "half2026press", "--tender", "cash:50")
    assert sale["total"] == "50.00"
    used = codes("vouchers", "list", "HALF2026PRE", "--state", "redeemed")
    assert (used["code"], used["order"], used["amount"]) == ("HALF2026…", sale["order"], "50.00")
    card = codes("sell", "--gift-card", "120:GIFT2026ABCDEFGH", "--tender", "cash:120")
    assert (card["gift_cards"], card["order"], card["tickets"]) == (["GIFT2026ABCDEFGH"], "", [])
    spent = codes("sell", "--item", "1", "--tender", "giftcard:100:GIFT2026ABCDEFGH")
    assert spent["total"] == "100.00"
    assert codes("vouchers", "show", "gift2026abcdefgh")["left"] == "20.00"
    change = codes("sell", "--item", "2:XXL", "--change-onto", "2:GIFT2026ABCDEFGH", "--tender", "cash:30")
    assert (change["total"], change["change"]) == ("30.00", "0.00")
    assert codes("vouchers", "show", "gift2026abcdefgh")["left"] == "22.00"
    x = codes("shift", "x")["sections"]
    assert {row["label"]: row["amount"] for row in x["Gift cards"]} == {
        "Gift cards sold": "120.00",
        "Change put on gift cards": "2.00",
        "Paid with gift cards": "-100.00",
        "Owed to their holders": "22.00",
    }
    assert codes("verify")["sound"] is True


def test_a_code_is_found_by_its_first_eleven_characters_and_by_no_fewer(
    codes: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes("sell", "--item", "1", "--voucher", "half2026press", "--tender", "cash:50")
    assert codes("vouchers", "list", "half2026pre")["state"] == "redeemed"
    assert run(["vouchers", "list", "half2026pr", "--data", str(tmp_path)]) == 1
    assert "Nothing became of such a code here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("--item", "1", "--voucher", "NOSUCH", "--tender", "cash:50"), (1, "This voucher cannot be used")),
        (("--item", "1", "--tender", "giftcard:100:NOSUCH"), (1, "This gift card does not pay so much")),
        (("--item", "1", "--tender", "giftcard:100"), (2, "Which gift card?")),
        (("--top-up", "10:NOSUCH", "--tender", "cash:10"), (1, "Nothing can be put on this gift card")),
    ],
)
def test_what_cannot_be_says_why_and_holds_nothing(codes: Verb, words: tuple[str, ...], answer: Any) -> None:
    assert codes("sell", *words) == answer
    assert codes("vouchers", "tidy") == {"let_go": 0}


def test_a_code_that_nobody_knows_is_no(codes: Verb, tmp_path: Path, capsys: Any) -> None:
    assert codes("vouchers", "show", "m-100")["type"] == "Friends"
    assert run(["vouchers", "show", "NOSUCH", "--data", str(tmp_path)]) == 1
    assert "knows of no such" in capsys.readouterr().out


def test_when_it_was_is_told_by_the_clock_of_the_event(
    codes: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    used = codes("sell", "--item", "1", "--voucher", "half2026press", "--tender", "cash:50")
    assert used["total"] == "50.00"
    far = Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="Pacific/Auckland")
    with App(Folder(tmp_path)) as app:
        app.write(lambda c: hear.apply(c, app.shelf, far)).result()
    at = datetime.fromisoformat(codes("vouchers", "list")["at"])
    assert run(["vouchers", "list", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(f"{at.astimezone(ZoneInfo('Pacific/Auckland')):%d %b %H:%M} ")


def test_money_goes_back_onto_a_gift_card(codes: Verb) -> None:
    sale = codes("sell", "--item", "1", "--tender", "cash:100")
    back = ("order", "refund", sale["order"], "--reason", "Ill", "--tender", "giftcard:BACK2026ABCDEFGH")
    codes(*back)
    assert codes("vouchers", "show", "BACK2026ABCDEFGH")["left"] == "100.00"


def test_a_card_is_paid_out_once_the_event_allows_it(codes: Verb) -> None:
    codes("sell", "--gift-card", "120:GIFT2026ABCDEFGH", "--tender", "cash:120")
    out = ("vouchers", "cash-out", "GIFT2026ABCDEFGH", "--reason", "She asks for it")
    assert codes(*out) == (1, "Gift cards are not paid out here")
    assert codes("tenders", "--event", "conf26", "--cash-out", "yes")["cash_out"] is True
    assert codes(*out, "--amount", "20")["paid"] == "20.00"
    assert codes(*out)["paid"] == "100.00"
    assert codes("vouchers", "show", "GIFT2026ABCDEFGH")["left"] == "0.00"
    assert codes("verify")["sound"] is True


def test_what_a_gift_card_paid_by_mistake_is_put_back_on_it(codes: Verb) -> None:
    codes("sell", "--gift-card", "120:GIFT2026ABCDEFGH", "--tender", "cash:120")
    order = codes("sell", "--item", "1", "--tender", "giftcard:100:GIFT2026ABCDEFGH")["order"]
    right = ("order", "correct", order, "--reason", "Wrong key")
    assert codes(*right, "--tender", "cash:100")["tenders"] == {"cash": "100.00"}
    assert codes("vouchers", "show", "GIFT2026ABCDEFGH")["left"] == "120.00"
    assert codes(*right, "--tender", "giftcard:100:GIFT2026ABCDEFGH")["tenders"] == {"giftcard": "100.00"}
    assert codes("vouchers", "show", "GIFT2026ABCDEFGH")["left"] == "20.00"
