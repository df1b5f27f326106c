"""The power goes at any moment of an evening; what somebody was told is there afterwards, once and whole.

Each test records an evening, cuts it off in a thousand and more places, and wakes the station up on each
of the disks that may have been left. What it then holds must be, to the last row, what it held after the
last act that somebody was told of, or after the one that was under way.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from boxoffice import config
from boxoffice.bootstrap import App, restore_station
from boxoffice.config import Folder
from boxoffice.domain import payment_steps
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Item
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.documents import Movement, Receipt
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.errands import Wish as NewTicket
from boxoffice.domain.facts import Guest
from boxoffice.domain.gate import Wish
from boxoffice.domain.gift_cards import Load
from boxoffice.domain.instants import moment
from boxoffice.domain.operators import NewOperator
from boxoffice.domain.orders import Blocked
from boxoffice.domain.permissions import Act, Permit, Role
from boxoffice.domain.printing import Answer, Job, Printer, State
from boxoffice.domain.scan import Source
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.domain.terminals import Evidence, Kind, Mark, Terminal
from boxoffice.ids import new_id, new_scan
from boxoffice.ports import Totals
from boxoffice.services import card, card_terminals, disagree, hear, operators, print_jobs, print_setup, printing, seals
from boxoffice.storage import accepted, feeds, outbox, print_queue, schema
from boxoffice.storage import connection as connections

STORE = "station/station.db"
BACKUP = "station/friday.backup"
NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEPT = "station/station.before-restore-1.db"


@pytest.fixture(params=range(20 if os.environ.get("BOXOFFICE_PROVE") == "1" else 1), ids="night-{}".format)
def power_goes(request, cuts, rounds) -> Callable[[Any], None]:
    """Cut an evening off in so many places that all tests together make 10,000 disks, or a million."""

    def examine(recorded: Any) -> None:
        assert recorded.whole()
        wanted = rounds(834, 4_170)
        outcome = cuts(recorded, wanted, seed=request.param)
        assert outcome.faults == []
        assert outcome.disks == wanted

    return examine


def test_while_people_are_let_in_and_turned_away(night, power_goes, evening):
    with night() as here:
        for number in range(1, 16):
            here.scan(evening.secret(number))
            here.scan(evening.secret(number))
            here.scan(f"nobody's ticket {number}")
    power_goes(here.recorded)


def test_while_check_ins_are_taken_back(night, power_goes, evening):
    with night() as here:
        for number in range(1, 13):
            nonce = here.scan(evening.secret(number))
            here.act(lambda: here.app.gate.undo(nonce, reason="Wrong person").result())  # noqa: B023 - done at once
            here.scan(evening.secret(number))
    power_goes(here.recorded)


def test_while_the_server_takes_what_waits(night, power_goes, evening):
    with night() as here:
        nonces = [here.scan(evening.secret(number)) for number in range(1, 17)]
        for taken, refused, later in zip(nonces[::3], nonces[1::3], nonces[2::3], strict=False):
            here.write(lambda c: outbox.done(c, taken))  # noqa: B023
            here.write(lambda c: disagree.look_at_refusal(c, refused, "No such list", NINE))  # noqa: B023
            here.write(lambda c: outbox.later(c, later, "Busy"))  # noqa: B023
        here.write(lambda c: disagree.send_again(c, None, NINE))
    power_goes(here.recorded)


def test_while_a_till_sells_gives_back_counts_and_closes(night, power_goes, evening, monkeypatch):
    monkeypatch.setattr(seals, "MEMORY_KIB", 8)
    monkeypatch.setattr(seals, "PASSES", 1)
    priced = Item(id=1, event=evening.event, name={"en": "Regular"}, price=2_500)
    with night() as here:
        here.act(lambda: evening.hear(here.app, priced))
        here.write(lambda c: print_setup.add_printer(c, Printer(name="Till", address="tcp://127.0.0.1:1", drawer=True)))
        staff = here.app.staff
        here.act(lambda: staff.add([NewOperator(name="Ana", role=Role.ORGANISER, pin="314159")]))
        (ana,) = staff.everybody
        here.write(lambda c: operators.begin_try(c, "Ana", 1_000, NINE))
        here.write(lambda c: operators.right_pin(c, ana.id))

        def leave(act):
            return [Permit(id=new_id(), act=act, by=ana.id, name="Ana", reason="Seen it")]

        till = here.app.counter("Ana")
        here.act(lambda: till.open(evening.event, 0, pieces={5_000: 2}).result())
        for number in range(1, 3):
            named = (CartLine(id=str(one), item=1, guest=Guest(name=f"Guest {one}")) for one in range(number))
            cart = Cart(id=new_id(), event=evening.event, lines=tuple(named))
            here.act(lambda: till.begin(cart).result())  # noqa: B023 - done at once
            sold = []
            cash = [Offer(means=Means.CASH, amount=10_000)]
            here.act(lambda: sold.append(till.finish(cart.id, cash).result()))  # noqa: B023
            code = sold[0].order.code
            back = [Offer(means=Means.CASH, amount=-2_500)]
            may = leave(Act.REFUND)
            here.act(lambda: till.orders.give_back(evening.event, code, back, "Ill", {1: None}, permits=may).result())  # noqa: B023
        by_card = [Offer(means=Means.CARD, amount=5_000)]
        here.act(lambda: till.orders.correct(3, by_card, "Wrong key", permits=leave(Act.CORRECTION)).result())
        wrong = Cart(id=new_id(), event=evening.event, lines=(CartLine(id="a", item=1),))
        here.act(lambda: till.begin(wrong).result())
        here.act(lambda: till.finish(wrong.id, [Offer(means=Means.CASH, amount=2_500)]).result())
        here.act(lambda: till.orders.void(6, "Wrong person", permits=leave(Act.VOID)).result())
        here.act(lambda: till.move(Movement.DROP, 5_000, "To the safe").result())
        here.act(lambda: till.count({5_000: 2, 2_500: 1}).result())
        here.act(lambda: till.close("Miscounted", permits=leave(Act.DIFFERENCE)).result())
    power_goes(here.recorded)


def test_while_gift_cards_carts_promises_and_tickets_change_hands(night, power_goes, evening):
    priced = (
        Item(id=1, event=evening.event, name={"en": "Regular"}, price=2_500),
        Item(id=2, event=evening.event, name={"en": "Better"}, price=3_000),
    )
    picture = io.BytesIO()
    Image.new("L", (8, 8), 0).save(picture, "PNG")
    ticket = (CartLine(id="a", item=1),)
    with night() as here:
        here.act(lambda: evening.hear(here.app, *priced))
        here.write(lambda c: accepted.keep(c, evening.event, Tendering(cash_out=True)))
        till = here.app.counter("Ana")
        here.act(lambda: till.open(evening.event, 0).result())

        def sell(name: str, *offers: Offer, loads: tuple[Load, ...] = ()) -> str:
            done = []
            cart = Cart(id=name, event=evening.event, lines=ticket, loads=loads)
            here.act(lambda: till.hold(cart).result())
            here.act(lambda: till.recall(name).result())
            here.act(lambda: done.append(till.finish(name, offers).result()))
            return str(done[0].order.code)

        def cash(amount: int) -> Offer:
            return Offer(means=Means.CASH, amount=amount)

        def gift(amount: int) -> Offer:
            return Offer(means=Means.GIFT_CARD, amount=amount, code="GIFT2026ABCDEFGH")

        sell("sold", cash(9_500), loads=(Load(id="g", code="GIFT2026ABCDEFGH", amount=7_000),))
        spent = sell("spent", gift(2_500))
        here.act(lambda: till.orders.correct(2, [cash(2_500)], "Wrong key").result())
        here.act(lambda: till.orders.correct(2, [gift(2_500)], "Right after all").result())
        here.act(lambda: till.codes.cash_out("GIFT2026ABCDEFGH", "She asks for it", 2_000).result())
        later = sell("later", Offer(means=Means.AWAITED, amount=2_500))
        here.act(lambda: till.orders.attach(evening.event, later, picture.getvalue(), "Ada").result())
        here.act(lambda: till.orders.correct(6, [Offer(means=Means.INVOICE, amount=2_500)], "On invoice").result())
        here.act(lambda: till.orders.pay(evening.event, later, [Offer(means=Means.TRANSFER, amount=2_500)]).result())
        owed = sell("owed", Offer(means=Means.INVOICE, amount=2_500))
        here.act(lambda: till.orders.give_back(evening.event, owed, [], "Never paid").result())
        better = [NewTicket(position=1, item=2)]
        here.act(lambda: till.orders.exchange(evening.event, spent, better, [gift(500)], "Better").result())
    power_goes(here.recorded)


def test_while_a_card_is_charged_in_doubt_settled_and_taken_back(night, power_goes, evening):
    priced = Item(id=1, event=evening.event, name={"en": "Regular"}, price=2_500)
    evidence = Evidence(receipt=42, trace=742, terminal_id="52500001", pan="************1234")
    terminal = Terminal(name="Till 1", kind=Kind.SIMULATED)
    with night() as here:
        here.act(lambda: evening.hear(here.app, priced))
        here.write(lambda c: card_terminals.put_terminal(c, terminal))
        till = here.app.counter("Ana")
        here.act(lambda: till.open(evening.event, 0).result())
        cart = Cart(id=new_id(), event=evening.event, lines=(CartLine(id="a", item=1),))
        here.act(lambda: till.begin(cart).result())
        begun = []
        here.act(lambda: begun.append(till.cards.charge(cart.id, 2_500).result()))
        steps = (payment_steps.Compared(mark=Mark(receipt=41)), payment_steps.Sent(), payment_steps.Begun())
        for step in (
            *steps,
            payment_steps.Approved(evidence=evidence),
            payment_steps.Lost(),
            payment_steps.Asked(),
            payment_steps.Puzzled(),
        ):
            here.write(lambda c: card.take(c, begun[0].id, step, NINE))  # noqa: B023 - done at once
        seen = card.Seen(charged=True, by="Ana", reason="Its journal shows it", receipt=42)
        here.act(lambda: till.cards.settle(begun[0].id, seen).result())
        sold = []
        here.act(lambda: sold.append(till.finish(cart.id, [Offer(means=Means.CARD, amount=2_500)]).result()))
        back = Errand(operation="back-1", event=evening.event, order=sold[0].order.code, what=What.REFUND, reason="Ill")
        here.act(lambda: till.cards.advance(back).result())
        here.write(lambda c: card.take(c, begun[0].id, payment_steps.Reversed(), NINE))
        here.act(lambda: till.cards.finish_errand("back-1").result())
        here.write(lambda c: card_terminals.close_day(c, "Till 1", Totals(amount=0, number=0), NINE, "Ana"))
    power_goes(here.recorded)


def test_while_paper_comes_out_and_a_person_answers_for_it(night, power_goes, evening):
    receipt = Receipt(at=NINE, number="7", currency="EUR", lines=(), total=0)
    with night() as here:
        here.write(lambda c: print_setup.add_printer(c, Printer(name="Till", address="tcp://127.0.0.1:1", drawer=True)))
        for state in (State.CONFIRMED, State.UNKNOWN, State.SENT) * 3:
            jobs: list[Job] = []
            here.write(lambda c: jobs.append(printing.enqueue(c, receipt, NINE, event=evening.event)))  # noqa: B023
            here.write(lambda c: jobs.append(_drawer(c, evening.event)))  # noqa: B023
            for job in jobs:
                here.write(lambda c: print_queue.not_sent(c, job.operation, "Out of paper"))  # noqa: B023
                here.write(lambda c: print_jobs.begin(c, job.operation, b"bytes", NINE))  # noqa: B023
                here.write(lambda c: print_jobs.ended(c, job.operation, state, "", NINE))  # noqa: B023
            if state is State.UNKNOWN:
                here.write(lambda c: print_jobs.answer(c, jobs[0].operation, Answer.AGAIN, NINE))  # noqa: B023
    power_goes(here.recorded)


def _drawer(connection: Any, event: str) -> Job:
    job = printing.open_drawer(connection, NINE, event=event)
    assert job is not None
    return job


def test_while_a_page_of_the_server_is_taken_in(night, power_goes, evening):
    def page(number: int) -> list[Any]:
        passage = CheckIn(
            event=evening.event, list=1, ticket=f"C{number:04d}-1", at=moment(number), nonce=new_id(), device="South"
        )
        bought = evening.order(number + 100, customer=f"Buyer {number}")
        return [bought, evening.order(number, email="new@example.org"), passage,
                Blocked(event=evening.event, secret=evening.secret(number))]  # fmt: skip

    with night() as here:
        for number in range(1, 13):
            here.scan(evening.secret(number))
            nouns = page(number)

            def take_in(connection: Any) -> None:
                for noun in nouns:  # noqa: B023
                    hear.apply(connection, here.app.shelf, noun)
                feeds.move(connection, evening.event, f"c{number}", len(nouns))  # noqa: B023

            here.write(take_in)
    power_goes(here.recorded)


def test_while_the_log_is_emptied_again_and_again(night, power_goes, evening):
    with night(checkpoint=12) as here:
        for number in range(1, 13):
            here.scan(evening.secret(number))
            here.scan(evening.secret(number))
    power_goes(here.recorded)


def test_while_a_new_station_is_made(scratch, recording, holds, evening, power_goes):
    empty = connections.writable(scratch / "empty.db", bytes(32))
    schema.prepare(empty)
    new = {STORE: holds(empty)}
    empty.close()
    with recording(scratch) as recorded:
        recorded.told(new)
        with App(config.folder(str(scratch / "station"))) as app:
            recorded.told(new)
            for number in range(3):
                recorded.act(
                    lambda: evening.hear(app, evening.order(number)),  # noqa: B023
                    lambda: {STORE: app.read(holds)},
                )
    power_goes(recorded)


def test_while_a_backup_is_written(night, power_goes, evening, scratch):
    with night() as here:
        for number in range(1, 4):
            here.scan(evening.secret(number))
        copied = here.stores()[STORE]
        here.act(lambda: here.app.backup(scratch / BACKUP), lambda: {STORE: copied, BACKUP: copied})
        scan = new_scan(evening.secret(5), Source.WEDGE)
        here.act(
            lambda: here.app.gate.admit(scan, evening.door, Wish()).result(), lambda: {**here.stores(), BACKUP: copied}
        )
    power_goes(here.recorded)


def test_while_a_backup_is_brought_back(night, recording, power_goes, evening, scratch, holds):
    with night() as here:
        here.scan(evening.secret(1))
        here.app.backup(scratch / BACKUP)
        for number in range(2, 5):
            here.scan(evening.secret(number))
        before = here.stores()[STORE]
    station = str(scratch / "station")

    def stores() -> dict[str, str]:
        key = config.key(Folder(scratch / "station"))
        connection = connections.reading(scratch / STORE, key)
        restored = holds(connection)
        connection.close()
        return {STORE: restored, KEPT: before}

    with recording(scratch) as recorded:
        recorded.told({STORE: before})
        recorded.act(lambda: restore_station(station, Path(scratch / BACKUP)), stores)
    power_goes(recorded)
