"""Vouchers and gift cards of a pretix: what a station reads of them, and what it does there, once."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.conflicts import Kind
from boxoffice.domain.facts import GiftCardMoved, Guest, Line, Private, Sold
from boxoffice.domain.instants import micros
from boxoffice.domain.vouchers import Mode
from boxoffice.services import deal, gift_cards, redeem
from boxoffice.storage import conflicts, journal, outbox

EVENT = "conf26"
CARD = "GIFT2026ABCDEFGH"


def voucher(code: str = "HALF", **more: Any) -> dict[str, Any]:
    row = {"id": 7, "code": code, "max_usages": 2, "redeemed": 0, "min_usages": 1, "price_mode": "percent"}
    return row | {"value": "50.00", "budget": None, "tag": "press", "valid_until": None, **more}


@pytest.fixture
def sell(door, at_nine):
    def sell(code: str = "SALE1", with_it: str = "HALF") -> None:
        line = Line(number=1, item=1, price=5950, voucher=with_it, saved=5950)
        fact = Sold(event=EVENT, at=micros(at_nine), order=code, lines=(line,), total=5950)
        private = Private(guests={"1": Guest(secret=f"secret-{code}", name="Ada")})
        door.app.write(lambda c: deal.record(c, fact, private, f"sale-{code}")).result()

    return sell


@pytest.fixture
def move(door, at_nine):
    def move(amount: int, name: str = "m1", code: str = CARD, *, new: bool = False) -> None:
        fact = GiftCardMoved(
            event=EVENT, at=micros(at_nine), card="x", amount=amount, currency="EUR", why="redeemed", new=new
        )
        door.app.write(lambda c: journal.append(c, name, fact, Private(text=code))).result()

    return move


def left(door: Any) -> int:
    return door.app.read(lambda c: gift_cards.balance(c, EVENT, CARD, "EUR")).left


def test_vouchers_come_with_all_that_they_say(pretix, door):
    pretix.kinds["vouchers"] += [
        voucher(budget="100.00", budget_used="30.00", block_quota=True, item=1),
        voucher("FREE", id=8, price_mode="set", value="0.00"),
        voucher("OPEN", id=9, price_mode="none", value=None),
    ]
    door.sync()
    held = door.app.read(lambda c: redeem.voucher(c, EVENT, "half"))
    assert (held.mode, held.value, held.max_usages, held.tag) == (Mode.PERCENT, 5_000, 2, "press")
    assert (held.budget, held.budget_used, held.budget_left, held.has_room) == (10_000, 3_000, 7_000, True)
    assert door.app.read(lambda c: redeem.voucher(c, EVENT, "FREE")).price(11_900) == 0
    assert door.app.read(lambda c: redeem.voucher(c, EVENT, "OPEN")).price(11_900) == 11_900
    pretix.kinds["vouchers"].pop(0)
    door.sync(after=130)
    assert door.app.read(lambda c: redeem.voucher(c, EVENT, "HALF")) is None


def test_gift_cards_come_with_what_is_on_them(pretix, door):
    pretix.gift_card(CARD, "50.00", conditions="For concerts only")
    door.sync()
    assert left(door) == 5_000
    held = door.app.read(lambda c: gift_cards.balance(c, EVENT, CARD, "EUR"))
    assert held.conditions == "For concerts only"
    pretix.gift_cards[min(pretix.gift_cards)]["value"] = "20.00"
    door.sync(after=130)
    assert left(door) == 2_000


def test_a_sale_redeems_its_voucher_there(pretix, door, sell):
    pretix.kinds["vouchers"].append(voucher())
    sell()
    door.sync()
    assert (pretix.kinds["vouchers"][0]["redeemed"], pretix.orders["SALE1"]["total"]) == (1, "59.50")
    assert door.app.outbox().waiting == 0


def test_a_voucher_that_somebody_else_used_up_spoils_no_ticket_and_is_told(pretix, door, sell):
    pretix.kinds["vouchers"].append(voucher(redeemed=2))
    sell()
    door.sync()
    assert "SALE1" in pretix.orders
    [found] = door.app.read(conflicts.open_ones)
    assert found.kind is Kind.WITHOUT_VOUCHER
    assert "already been used" in found.sides[1].words
    assert (door.app.outbox().waiting, door.app.outbox().parked) == (0, 0)


@pytest.mark.parametrize("fault", ["mute", "twice", "lost", "cut", "busy", "error"])
@pytest.mark.parametrize("where", ["/giftcards/", "/transact/", "/transactions/"])
def test_a_card_moves_once_whatever_happens_to_its_requests(pretix, door, move, fault, where):
    move(5_000, new=True)
    move(-2_000, "m2")
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if path.partition("?")[0].endswith(where) else None
    for _ in range(4):
        door.sync()
    [card] = pretix.gift_cards.values()
    assert (card["secret"], card["value"]) == (CARD, "30.00")
    assert len(pretix.transactions[card["id"]]) == 2
    assert door.app.outbox().waiting == 0


def test_a_move_is_found_again_after_the_keys_are_forgotten(pretix, door, move):
    card = pretix.gift_card(CARD, "50.00")
    move(-2_000)
    pretix.fault = lambda _method, path: "mute" if "transact/" in path else None
    door.sync()
    pretix.fault = lambda _method, _path: None
    pretix.later(days=2)
    door.sync(after=120)
    assert (card["value"], len(pretix.transactions[card["id"]])) == ("30.00", 1)


def test_too_little_on_a_card_is_kept_with_what_to_do(pretix, door, move):
    pretix.gift_card(CARD, "10.00")
    move(-2_000)
    door.sync()
    [one] = door.app.read(outbox.parked)
    assert "sufficient credit" in one.because
    assert "send this again" in one.because


def test_a_card_that_nobody_has_told_of_yet_is_waited_for(pretix, door, move):
    move(-2_000)
    door.sync()
    assert (door.app.outbox().waiting, door.app.outbox().parked) == (1, 0)
    pretix.gift_card(CARD, "20.00")
    door.sync(after=120)
    assert door.app.outbox().waiting == 0


def test_a_device_that_may_not_read_them_goes_on_without(pretix, door):
    del pretix.kinds["vouchers"]
    door.sync()
    assert door.app.read(lambda c: redeem.voucher(c, EVENT, "HALF")) is None
