"""Vouchers and gift cards of a real pretix: read as it means them, and told to it once."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.domain.conflicts import Kind
from boxoffice.domain.facts import GiftCardMoved, Guest, Line, Private, Sold
from boxoffice.domain.instants import micros
from boxoffice.ids import new_id, new_secret
from boxoffice.services import deal, gift_cards, redeem
from boxoffice.storage import conflicts, journal, outbox

pytestmark = pytest.mark.pretix
HOME = "/api/v1/organizers/demo/"
EVENT = f"{HOME}events/conf/"
_codes = itertools.count(10)


def made(server: Any, path: str, **body: Any) -> Any:
    status, row = server.ask("POST", path, body)
    assert status == 201, row
    return row


def settle(station: Any) -> None:
    for _ in range(3):
        station.sync()


def sell(station: Any, server: Any, voucher: str, price: int) -> str:
    item = server.known["conf"]["items"]["regular"]
    code = f"VCH{next(_codes)}"
    line = Line(number=1, item=item, price=price, voucher=voucher, saved=1)
    fact = Sold(event="conf", at=micros(datetime.now(UTC)), order=code, lines=(line,), total=price)
    private = Private(guests={"1": Guest(secret=new_secret(), name="Ada")})
    station.app.write(lambda c: deal.record(c, fact, private, new_id())).result()
    return code


def move(station: Any, card: str, amount: int, *, new: bool = False) -> str:
    act = new_id()
    fact = GiftCardMoved(
        event="conf", at=micros(datetime.now(UTC)), card="x", amount=amount, currency="EUR", why="redeemed", new=new
    )
    station.app.write(lambda c: journal.append(c, act, fact, Private(text=card))).result()
    return act


def test_a_voucher_is_read_and_redeemed_there(server, station):
    made(
        server,
        f"{EVENT}vouchers/",
        code="HALFPRESS",
        price_mode="percent",
        value="50.00",
        max_usages=1,
        budget="500.00",
    )
    north = station("North")
    north.sync()
    held = north.app.read(lambda c: redeem.voucher(c, "conf", "halfpress"))
    assert (held.mode, held.value, held.max_usages, held.budget) == ("percent", 5_000, 1, 50_000)
    first = sell(north, server, "HALFPRESS", 5_950)
    second = sell(north, server, "HALFPRESS", 5_950)
    settle(north)
    [row] = server.all(f"{EVENT}vouchers/?code=HALFPRESS")
    assert row["redeemed"] == 1
    orders = [server.ask("GET", f"{EVENT}orders/{code}/")[1] for code in (first, second)]
    assert [one["positions"][0]["voucher"] for one in orders] == [row["id"], None]
    found = [one for one in north.app.read(conflicts.open_ones) if one.ticket.startswith((first, second))]
    assert [(one.kind, one.ticket.startswith(second)) for one in found] == [(Kind.WITHOUT_VOUCHER, True)]
    assert north.app.outbox().waiting == north.app.outbox().parked == 0


def test_gift_cards_move_once_and_too_little_is_told(server, station):
    card = made(server, f"{HOME}giftcards/", secret="REALCARD2026ABC", value="50.00", currency="EUR")
    north = station("North")
    north.sync()
    assert north.app.read(lambda c: gift_cards.balance(c, "conf", "realcard2026abc", "EUR")).left == 5_000
    act = move(north, "realcard2026abc", -2_000)
    move(north, "newcard2026abcd", 3_000, new=True)
    move(north, "newcard2026abcd", -1_000)
    move(north, "REALCARD2026ABC", -9_000)
    settle(north)
    number = journal_number(north, act)
    north.app.write(lambda c: outbox.send_again(c, [number])).result()
    settle(north)
    there = {one["secret"]: one["value"] for one in server.all(f"{HOME}giftcards/")}
    assert (there["REALCARD2026ABC"], there["NEWCARD2026ABCD"]) == ("30.00", "20.00")
    assert len(server.all(f"{HOME}giftcards/{card['id']}/transactions/")) == 2  # what was put on it, and one payment
    [parked] = north.app.read(outbox.parked)
    assert "sufficient credit" in parked.because


def journal_number(station: Any, act: str) -> int:
    number = station.app.read(lambda c: journal.number(c, act))
    assert number is not None
    return int(number)
