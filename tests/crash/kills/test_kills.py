"""A station is killed at any moment; every answer that it gave stands afterwards, once, here and at the hub."""

from __future__ import annotations

import os
import time

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.facts import Admitted
from boxoffice.domain.instants import moment
from boxoffice.domain.offering import Choice, Elsewhere, PassTerms
from boxoffice.domain.operators import Operator
from boxoffice.domain.permissions import Role
from boxoffice.domain.redeeming import Kind, State
from boxoffice.domain.tenders import Tendering
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.storage import (
    accepted,
    checkins,
    feeds,
    journal,
    operators,
    orders,
    receipt_book,
    redeeming,
    till,
    verify,
)

RUNS = range(1_000 if os.environ.get("BOXOFFICE_PROVE") == "1" else 20)

SCANNING = ("-m", "boxoffice", "scan", "-", "--json", "--list", "1")
SCANNING_IN_STEP = (
    "-c",
    """
import sys

import requests  # Loaded beforehand, so that sync is at work with the first scan

import sync.engine
from boxoffice.bootstrap import App
from sync.worker import Sync
from boxoffice.cli.main import run

begin = App.__enter__
App.__enter__ = lambda app: (Sync(app).start(), begin(app))[1]
sys.exit(run(["scan", "-", "--json", "--list", "1"]))
""",
)
"""The same with sync at work behind it, as it is behind the window."""
SELLING = (
    "-c",
    """
import json
import sys

from boxoffice.bootstrap import open_station
from boxoffice.domain.cart import Cart, CartLine, HeldPass
from boxoffice.domain.documents import Movement
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.gift_cards import Load
from boxoffice.domain.tenders import Means, Offer
from boxoffice.ids import new_id
from boxoffice.domain.errands import Wish


def in_cash(amount):
    return [Offer(means=Means.CASH, amount=amount)]


def leave(*acts):  # What somebody with a PIN would give; looking at PINs is proven elsewhere.
    return [Permit(id=new_id(), act=act, by=sven.id, name=sven.name, reason="Seen it") for act in acts]


with open_station(None) as app:
    till = app.counter("Ana")
    sven = next((one for one in app.staff.everybody if one.name == "Sven"), None)
    for line in sys.stdin:
        sale = line.strip()
        if till.shift is None:
            till.open("conf26", 0).result()
        till.begin(Cart(id=sale, event="conf26", lines=(CartLine(id="a", item=1, quantity=2),))).result()
        sold = till.finish(sale, in_cash(5_000)).result()
        print(json.dumps(["sold", sale, sold.booked.number, sold.order.code]), flush=True)
        operation = "back of " + sale
        back = till.orders.give_back(
            "conf26", sold.order.code, in_cash(-2_500), "Ill", {1: None}, operation=operation, permits=leave(Act.REFUND)
        )
        print(json.dumps(["back", operation, back.result().booked.number, sold.order.code]), flush=True)
        if sold.booked.number % 4 == 1:
            right = [Offer(means=Means.CARD, amount=5_000)]
            operation = "right of " + sale
            put = till.orders.correct(
                sold.booked.number, right, "Wrong key", operation=operation, permits=leave(Act.CORRECTION)
            )
            print(json.dumps(["back", operation, put.result().booked.number, sold.order.code]), flush=True)
        gift, spent = "gift " + sale, "spent " + sale
        load = Load(id="g", code="CARD " + sale, amount=3_000)
        half = (CartLine(id="a", item=1, voucher="HALF"),)
        till.begin(Cart(id=gift, event="conf26", lines=half, loads=(load,))).result()
        given = till.finish(gift, in_cash(4_250)).result()
        print(json.dumps(["sold", gift, given.booked.number, given.order.code]), flush=True)
        till.begin(Cart(id=spent, event="conf26", lines=(CartLine(id="a", item=1),))).result()
        by_card = [Offer(means=Means.GIFT_CARD, amount=2_500, code=load.code)]
        paid = till.finish(spent, by_card).result()
        print(json.dumps(["sold", spent, paid.booked.number, paid.order.code]), flush=True)
        operation = "cash of " + sale
        put = till.orders.correct(
            paid.booked.number, in_cash(2_500), "Wrong key", operation=operation, permits=leave(Act.CORRECTION)
        )
        print(json.dumps(["back", operation, put.result().booked.number, paid.order.code]), flush=True)
        operation = "out of " + sale
        out = till.codes.cash_out(load.code, "She asks", 500, operation=operation, permits=leave(Act.CASH_OUT))
        print(json.dumps(["out", operation, out.result().booked.number, ""]), flush=True)
        wrong = "wrong " + sale
        till.hold(Cart(id=wrong, event="conf26", lines=(CartLine(id="a", item=1),))).result()
        till.recall(wrong).result()
        other = till.finish(wrong, in_cash(2_500)).result()
        print(json.dumps(["sold", wrong, other.booked.number, other.order.code]), flush=True)
        operation = "void of " + sale
        permits = leave(Act.VOID)
        gone = till.orders.void(other.booked.number, "Wrong ticket", operation=operation, permits=permits).result()
        print(json.dumps(["back", operation, gone.booked.number, other.order.code]), flush=True)
        slip = till.move(Movement.NO_SALE, 0, "Change", permits=leave(Act.NO_SALE)).result()
        print(json.dumps(["slip", slip.number, 0, ""]), flush=True)
        operation, better = "other of " + sale, (Wish(position=2, item=2),)
        changed = till.orders.exchange("conf26", sold.order.code, better, in_cash(500), "Better", operation=operation)
        print(json.dumps(["changed", operation, changed.result().booked.number, sold.order.code]), flush=True)
        season, more = "season " + sale, "more " + sale
        day = CartLine(id="b", item=4, choice=1, part_of="a")
        till.begin(Cart(id=season, event="conf26", lines=(CartLine(id="a", item=3), day))).result()
        one = till.finish(season, in_cash(1_500)).result()
        print(json.dumps(["sold", season, one.booked.number, one.order.code]), flush=True)
        held = HeldPass(order=one.order.code, position=1, item=3)
        till.begin(Cart(id=more, event="conf26", to_pass=held, lines=(CartLine(id="a", item=1),))).result()
        added = till.finish(more, in_cash(2_500)).result()
        print(json.dumps(["sold", more, added.booked.number, one.order.code]), flush=True)
        if sold.booked.number % 6 == 1:
            till.count({2_500: 1}).result()
            z = till.close("Nobody counts so fast", permits=leave(Act.DIFFERENCE)).result()
            print(json.dumps(["closed", z.number, 0, ""]), flush=True)
""",
)
"""A till that sells two tickets, gives one back, redeems a voucher, sells a gift card and takes it, puts a tender
right, pays a gift card out, holds a cart and takes it up, takes a sale back, makes a ticket a better one, sells a pass
and adds to it, opens the drawer for nothing, and closes now and then; somebody stands by all of it but the sales."""


@pytest.fixture
def codes(evening):
    """Tickets, each a second time right after, and codes that nobody sold."""
    return [
        code
        for number in range(1, 201)
        for code in (evening.secret(number), evening.secret(number), f"nobody's ticket {number}")
    ]


def check(app, answers):
    """Each answer stands in the journal as it was given, in order; one more may have been on its way."""
    entries = app.read(lambda c: list(journal.entries(c)))
    nonces = [answer["nonce"] for answer in answers]
    assert [entry.operation for entry in entries][: len(nonces)] == nonces
    assert len(entries) - len(nonces) in (0, 1)
    for entry, answer in zip(entries, answers, strict=False):
        fact = entry.fact()
        assert isinstance(fact, Admitted) == (answer["verdict"] == "ok")
        if isinstance(fact, Admitted):
            assert fact.ticket == f"{answer['order']}-{answer['position']}"
            assert app.read(lambda c, nonce=entry.operation: checkins.is_own(c, nonce))
        else:
            assert fact.reason == answer["verdict"]
    assert app.read(verify.check).faults == ()
    return entries


ORDERS = "SELECT id FROM documents WHERE kind = 'order'"


def codes_of_orders(app):
    return app.read(lambda c: c.execute("SELECT code FROM orders ORDER BY code").fetchall())


@pytest.mark.parametrize("run", RUNS)
def test_while_scanning(run, scratch, new_station, killed, codes, chance):
    # The sleeps below wait for nothing: they choose the moment of the kill.
    def when(door):
        if chance.random() < 0.15:  # before it has said anything
            time.sleep(chance.uniform(0, 0.2))
            return
        door.has_answered(chance.randrange(1, 100))
        time.sleep(chance.uniform(0, 0.01))

    folder = new_station(scratch / "station")
    answers = killed(SCANNING, folder, codes, when)
    with App(Folder(folder)) as app:
        entries = check(app, answers)
        assert app.outbox().waiting == len(entries)


@pytest.mark.parametrize("run", RUNS)
def test_while_scanning_and_syncing(run, scratch, venues, killed, codes, chance, evening):
    with venues(scratch / "venue") as venue:

        def when(door):
            if sending:
                venue.was_asked("/acts", chance.randrange(1, 7))
            else:
                venue.was_asked("/changes")
            time.sleep(chance.uniform(0, 0.05))

        # While people keep coming, it is busy with sending; with the last of them it turns to what is new.
        sending = run % 2 == 0
        answers = killed(SCANNING_IN_STEP, venue.station, codes if sending else codes[:30], when)
        with App(Folder(venue.station)) as app:
            check(app, answers)
            cursor = app.read(lambda c: feeds.progress(c, evening.event)).cursor
            version = int(cursor.rpartition(".")[2] or 0)
            held = set(codes_of_orders(app))
            # What the cursor is behind is there; rows of a sheaf that was cut short may be, and come again.
            assert set(venue.query(f"{ORDERS} AND version <= {version}")) <= held <= set(venue.query(ORDERS))
        venue.sync()
        with App(Folder(venue.station)) as app:
            entries = check(app, answers)
            admitted = [entry.operation for entry in entries if isinstance(entry.fact(), Admitted)]
            counts = app.outbox()
            assert codes_of_orders(app) == venue.query(f"{ORDERS} ORDER BY id")
        assert (counts.waiting, counts.parked) == (0, 0)
        assert venue.query("SELECT operation, outcome FROM acts ORDER BY sequence") == [
            (entry.operation, "done") for entry in entries
        ]
        assert venue.query("SELECT alarm FROM marks WHERE alarm <> ''") == []
        assert venue.query("SELECT id FROM documents WHERE kind = 'checkin' ORDER BY id") == [
            (operation,) for operation in sorted(admitted)
        ]


def hire(connection):
    """Somebody who sells and somebody who permits; nobody asks for their PINs here."""
    for name, role in (("Ana", Role.CASHIER), ("Sven", Role.SUPERVISOR)):
        operators.put(connection, Operator(id=name.lower(), name=name, role=role), moment(0))
        operators.put_pin(connection, name.lower(), "sealed")


_OF_TWO_EVENTS = PassTerms(
    entries=3, choices=(Choice(id=1, item=4, price=500, elsewhere=Elsewhere(event="museum", item=1)),)
)


@pytest.mark.parametrize("run", RUNS[: len(RUNS) // 2])
def test_while_selling_giving_back_and_closing(run, scratch, new_station, killed, chance, evening):
    def when(counter):
        counter.has_answered(chance.randrange(1, 25))
        time.sleep(chance.uniform(0, 0.01))  # It waits for nothing: it chooses the moment of the kill.

    folder = new_station(scratch / "station", tickets=1)
    with App(Folder(folder)) as app:
        half = Voucher(id=1, event=evening.event, code="HALF", mode=Mode.PERCENT, value=5_000, max_usages=999)
        evening.hear(
            app,
            Item(id=1, event=evening.event, name={"en": "Regular"}, price=2_500),
            Item(id=2, event=evening.event, name={"en": "Better"}, price=3_000),
            Item(id=3, event=evening.event, name={"en": "Pass"}, price=1_000, pass_terms=_OF_TWO_EVENTS),
            Item(id=4, event=evening.event, name={"en": "Museum"}, admission=False),
            Event(slug="museum", timezone="UTC"),
            Item(id=1, event="museum", name={"en": "Day"}),
            half,
        )
        app.write(hire).result()
        app.write(lambda c: accepted.keep(c, evening.event, Tendering(cash_out=True))).result()
    answers = killed(SELLING, folder, [f"sale-{number}" for number in range(200)], when)
    with App(Folder(folder)) as app:
        assert app.read(verify.check).faults == ()
        for kind, operation, number, code in answers:
            if kind == "closed":
                assert app.counter().z_report(operation) is not None
                continue
            if kind == "slip":
                continue
            booked = app.read(lambda c, operation=operation: receipt_book.receipt_of(c, operation))
            assert booked.number == number
            assert booked.receipt.orders == ((code,) if code else ())
            assert app.read(lambda c, operation=operation: journal.knows(c, f"{operation}/receipt"))
            if operation.startswith("season "):
                there = app.read(lambda c, code=code: orders.by_code(c, "museum", code))
                here = app.read(lambda c, code=code: orders.by_code(c, evening.event, code))
                assert [one.secret for one in there.positions] == [here.positions[0].secret]
        receipts = app.read(lambda c: c.execute("SELECT number FROM receipts ORDER BY number").fetchall())
        assert [number for (number,) in receipts] == list(range(1, len(receipts) + 1))
        for _, operation, _, _ in (one for one in answers if str(one[1]).startswith(("gift ", "spent "))):
            codes = app.read(lambda c, operation=operation: redeeming.of_operation(c, operation))
            assert [one.state for one in codes if one.kind is Kind.GIFT_CARD] in ([State.LOADED], [State.REDEEMED])
        answered = sum(kind not in ("closed", "slip") for kind, *_ in answers)
        slips = [int(operation) for kind, operation, *_ in answers if kind == "slip"]
        assert slips == list(range(1, len(slips) + 1))
        # Whatever was guarded is there with who stood by it, or not at all.
        permitted = app.read(lambda c: c.execute("SELECT count(*) FROM permissions").fetchone()[0])
        told = sum(kind in ("back", "slip", "closed", "out") for kind, *_ in answers)
        assert permitted - told in (0, 1)
        assert len(receipts) - answered in (0, 1)
        closed = sum(kind == "closed" for kind, *_ in answers)
        assert app.read(till.perpetual)[0] - closed in (0, 1)
        # Whoever was served stands once: finishing the sale again answers what it answered first.
        sold = [one for one in answers if one[0] == "sold"]
        if sold:
            _, operation, number, _ = sold[-1]
            assert app.counter().finish(operation, []).result().booked.number == number
