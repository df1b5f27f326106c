"""Acts of the till and the desk take effect in a pretix once, however late and however often they are sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from boxoffice.domain.badges import Template
from boxoffice.domain.catalog import Question, QuestionType
from boxoffice.domain.documents import Badge
from boxoffice.domain.facts import (
    Canceled,
    Change,
    Edited,
    Exchanged,
    Extended,
    Guest,
    Line,
    Paid,
    Printed,
    Private,
    Reactivated,
    Refunded,
    Sold,
    Swap,
    Withdrawn,
)
from boxoffice.domain.gate import Reason
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Status
from boxoffice.domain.printing import Printer, State
from boxoffice.domain.progress import Progress, progress
from boxoffice.services import deal, print_jobs, print_setup
from boxoffice.services.printing import PrintedBefore
from boxoffice.storage import catalog, journal, orders, outbox

EVENT = "conf26"
CODE = "SALE1"
SOON = 12.0
"""Seconds after which orders are asked for again, and nothing yet of what organisers change."""
FAULTS = ["mute", "twice", "lost", "cut", "busy", "error", "portal"]


@pytest.fixture
def act(door, at_nine):
    """Does something at the till: `act(Paid, amount=100, tender="cash")`."""

    def act(kind, private=None, **more):
        fact = kind(event=EVENT, at=micros(at_nine), order=CODE, **more)
        return door.app.write(lambda c: deal.record(c, fact, private)).result()

    return act


@pytest.fixture
def sell(act):
    """Sells a regular ticket with a workshop to Ada, unpaid."""

    def sell():
        lines = (Line(number=1, item=1, price=11900), Line(number=2, item=4, price=4760, addon_to=1))
        guests = {
            "1": Guest(secret="made-here-1", name="Ada", email="ada@example.org"),
            "2": Guest(secret="made-here-2"),
        }
        return act(Sold, Private(guests=guests, email="buyer@example.org"), lines=lines, total=16660)

    return sell


@pytest.fixture
def hear(door):
    """The station has heard of nouns."""

    def take_in(*nouns):
        door.app.write(lambda c: [catalog.put(c, noun) for noun in nouns]).result()

    return take_in


@pytest.fixture
def pay(act):
    return lambda: act(Paid, amount=16660, tender="cash", receipt="R-7")


def parked(door):
    return [one.because for one in door.app.read(outbox.parked)]


def everything_went_out(door):
    """In four rounds at most; and one more afterwards finds nothing left to do."""
    for _ in range(3):
        door.sync(after=SOON)
        if not door.app.outbox().waiting:
            break
    door.sync(after=SOON)
    assert (door.app.outbox().waiting, parked(door)) == (0, [])


def test_a_sale_is_let_in_here_before_anybody_hears_of_it(door, sell, pay):
    sell()
    pay()
    assert door.scan("made-here-1").reason is Reason.OK


def test_a_sale_and_its_payment_arrive_as_they_were_made(pretix, door, sell, pay):
    sell()
    pay()
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert (order["status"], order["total"], order["email"]) == ("p", "166.60", "buyer@example.org")
    assert [one["secret"] for one in order["positions"]] == ["made-here-1", "made-here-2"]
    assert order["positions"][1]["addon_to"] == order["positions"][0]["id"]
    [payment] = order["payments"]
    assert (payment["provider"], payment["state"], payment["amount"]) == ("boxoffice", "confirmed", "166.60")
    assert (payment["info"]["payment_type"], payment["info"]["receipt_id"]) == ("cash", "R-7")


def test_no_payment_is_created_with_the_order(pretix, door, sell, pay):
    sell()
    pay()
    everything_went_out(door)
    body = next(body for method, path, body in pretix.requests if method == "POST" and path.endswith("/orders/"))
    assert body["status"] == "n"
    assert not {"payment_provider", "payment_info", "payment_date"} & set(body)


def test_each_tender_is_a_payment_of_its_own(pretix, door, sell, act):
    sell()
    act(Paid, amount=10000, tender="cash")
    act(Paid, amount=6660, tender="card")
    everything_went_out(door)
    assert [(one["amount"], one["state"]) for one in pretix.orders[CODE]["payments"]] == [
        ("100.00", "confirmed"),
        ("66.60", "confirmed"),
    ]


@pytest.mark.parametrize("fault", [None, "lost"])
def test_what_was_sold_on_invoice_waits_there_until_it_is_paid_in_another_way(pretix, door, sell, act, fault):
    sell()
    waits = act(Paid, amount=16660, tender="invoice", awaited=True, receipt="7").payments[0].operation
    everything_went_out(door)
    told = door.app.read(lambda c: orders.by_code(c, EVENT, CODE))
    assert [(one.operation, one.tender, one.receipt) for one in told.payments] == [(waits, "invoice", "7")]
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if path.endswith("/cancel/") else None
    act(Paid, amount=16660, tender="cash", withdraws=(waits,))
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert (order["status"], [one["state"] for one in order["payments"]]) == ("p", ["canceled", "confirmed"])


@pytest.mark.parametrize("fault", [None, "lost", "busy"])
def test_what_nobody_waits_for_any_more_is_not_waited_for_there_either(pretix, door, sell, act, fault):
    sell()
    promise = act(Paid, amount=16660, tender="invoice", awaited=True).payments[0].operation
    everything_went_out(door)
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if path.endswith("/cancel/") else None
    assert act(Withdrawn, promises=(promise,)).payments == ()
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert (order["status"], [one["state"] for one in order["payments"]]) == ("n", ["canceled"])


@pytest.mark.parametrize("fault", [None, "lost"])
def test_a_transfer_that_was_promised_is_confirmed_there_when_it_is_confirmed_here(pretix, door, sell, act, fault):
    sell()
    promise = act(Paid, amount=16660, tender="transfer", awaited=True).payments[0].operation
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if path.endswith("/payments/") else None
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert (order["status"], [one["state"] for one in order["payments"]]) == ("n", ["created"])
    told = door.app.read(lambda c: orders.by_code(c, EVENT, CODE))
    assert progress(told) is Progress.AWAITING
    act(Paid, amount=16660, tender="transfer", confirms=promise)
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert (order["status"], [one["state"] for one in order["payments"]]) == ("p", ["confirmed"])


@pytest.mark.parametrize("fault", [None, "lost", "busy"])
def test_money_that_never_came_leaves_the_order_open_there_too(pretix, door, sell, pay, act, fault):
    sell()
    pay()
    everything_went_out(door)
    payment = next(iter(pretix.orders[CODE]["payments"]))["info"]["payment_data"]["operation"]
    act(Paid, amount=10000, tender="transfer")
    changed = act(Refunded, amount=16660, tender="cash", payment=payment, reopens=True)
    assert changed.status is Status.PENDING
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if path.endswith("/mark_pending/") else None
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert order["status"] == "n"
    assert [one["amount"] for one in order["refunds"]] == ["166.60"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("where", ["/orders/", "/payments/", "/confirm/", "/refunds/", "/done/", f"/{CODE}/"])
def test_each_act_takes_effect_once_whatever_happens_to_its_requests(pretix, door, sell, pay, act, fault, where):
    sell()
    pay()
    act(Refunded, amount=1660, tender="cash")
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if path.partition("?")[0].endswith(where) else None
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert [one["state"] for one in order["payments"]] == ["confirmed"]
    assert [(one["amount"], one["state"]) for one in order["refunds"]] == [("16.60", "done")]
    assert order["status"] == "p"


@pytest.mark.parametrize("step", ["/orders/", "/payments/", "/confirm/", "/refunds/", "/done/"])
def test_ten_days_later_nothing_is_sold_or_paid_twice(pretix, door, sell, pay, act, step):
    """The server forgets a key after a day; what it was the key of stands there all the same."""
    sell()
    pay()
    act(Refunded, amount=1660, tender="cash")
    faults = iter(["mute"])
    pretix.fault = lambda method, path: next(faults, None) if method == "POST" and path.endswith(step) else None
    door.sync()
    pretix.later(days=10)
    everything_went_out(door)
    assert [order["code"] for order in pretix.orders.values()].count(CODE) == 1
    assert len([1 for order in pretix.orders.values() if order["positions"][0]["secret"] == "made-here-1"]) == 1
    assert [one["amount"] for one in pretix.orders[CODE]["payments"]] == ["166.60"]
    assert [one["amount"] for one in pretix.orders[CODE]["refunds"]] == ["16.60"]


def test_a_no_of_yesterday_is_not_believed_when_it_is_told_again(pretix, door, sell):
    pretix.quota_left = 1
    sell()
    door.sync()
    assert "not enough quota" in parked(door)[0]
    pretix.quota_left = 5
    door.app.write(outbox.retry).result()
    everything_went_out(door)
    assert CODE in pretix.orders


def test_a_payment_that_the_quota_forbids_is_told_and_not_swallowed(pretix, door, sell, pay):
    sell()
    door.sync()
    pretix.quota_left = 0
    pay()
    door.sync()
    assert parked(door) == ["There is not enough quota available."]
    assert pretix.orders[CODE]["status"] == "n"


def test_what_depends_on_a_sale_that_was_refused_waits_behind_it(pretix, door, sell, pay):
    pretix.quota_left = 1
    sell()
    pay()
    door.scan("made-here-1")
    door.sync()
    assert len(parked(door)) == 1
    assert door.app.outbox().waiting == 2
    pretix.quota_left = 5
    door.app.write(outbox.retry).result()
    everything_went_out(door)
    assert len(pretix.passages("made-here-1")) == 1


def test_a_code_that_another_order_has_is_told(pretix, door, sell):
    pretix.sold(CODE)
    sell()
    door.sync()
    assert parked(door) == [f"Another order of pretix is called {CODE}."]


def test_what_the_server_says_meanwhile_does_not_undo_what_was_done_here(pretix, door, sell, pay):
    sell()
    door.sync()
    pay()
    pretix.fault = lambda _method, path: "lost" if "/payments/" in path else None
    pretix.put(pretix.orders[CODE])
    door.sync()
    assert door.app.outbox().waiting == 1
    assert door.app.read(lambda c: orders.by_code(c, EVENT, CODE)).status is Status.PAID
    assert door.scan("made-here-1").reason is Reason.OK


def test_a_refund_names_the_payment_that_it_undoes(pretix, door, sell, pay, act):
    sell()
    pay()
    [payment] = door.app.read(lambda c: orders.by_code(c, EVENT, CODE)).payments
    act(Refunded, amount=1660, tender="cash", payment=payment.operation)
    everything_went_out(door)
    [refund] = pretix.orders[CODE]["refunds"]
    assert (refund["payment"], refund["provider"]) == (1, "boxoffice")
    door.sync()
    assert door.app.read(lambda c: orders.by_code(c, EVENT, CODE)).paid == 15000


def test_an_order_is_cancelled_and_made_valid_again(pretix, door, sell, pay, act):
    sell()
    pay()
    act(Canceled)
    everything_went_out(door)
    assert pretix.orders[CODE]["status"] == "c"
    assert door.scan("made-here-1").reason is Reason.CANCELED
    act(Reactivated)
    everything_went_out(door)
    assert pretix.orders[CODE]["status"] == "p"


def test_a_cancellation_whose_answer_is_lost_is_done(pretix, door, sell, pay, act):
    sell()
    pay()
    act(Canceled)
    faults = iter(["mute"])
    pretix.fault = lambda _method, path: next(faults, None) if "mark_canceled" in path else None
    everything_went_out(door)


def test_one_position_is_cancelled(pretix, door, sell, pay, act):
    sell()
    pay()
    act(Canceled, positions=(2,))
    everything_went_out(door)
    assert [one["canceled"] for one in pretix.orders[CODE]["positions"]] == [False, True]


def test_an_edit_changes_only_what_it_saw(pretix, door, sell, act):
    sell()
    act(Edited, Private(changes={"name": Change("Ada", "Ada Lovelace"), "company": Change("", "ACME")}), position=1)
    act(Edited, Private(changes={"phone": Change("", "+49 30 1234")}))
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert (order["positions"][0]["attendee_name"], order["positions"][0]["company"]) == ("Ada Lovelace", "ACME")
    assert order["phone"] == "+49 30 1234"


def test_an_edit_of_what_somebody_else_changed_is_kept_for_a_person(pretix, door, sell, act):
    sell()
    everything_went_out(door)
    pretix.orders[CODE]["positions"][0]["attendee_name"] = "Augusta"
    act(Edited, Private(changes={"name": Change("Ada", "Ada Lovelace")}), position=1)
    door.sync()
    assert parked(door) == ["Somebody else has changed name in the meantime: it says Augusta."]
    assert pretix.orders[CODE]["positions"][0]["attendee_name"] == "Augusta"


def test_an_order_that_is_not_there_is_told(pretix, door, act, sell):
    sell()
    everything_went_out(door)
    del pretix.orders[CODE]
    act(Paid, amount=16660, tender="cash")
    door.sync()
    assert parked(door) == [f"pretix knows no order {CODE}."]


@pytest.mark.parametrize("fault", ["mute", "twice"])
def test_a_badge_that_was_printed_is_told_once(pretix, door, at_nine, fault):
    pretix.sold("NEWBY")
    door.sync()
    fact = Printed(event=EVENT, at=micros(at_nine + timedelta(minutes=1)), ticket="NEWBY-1")
    door.app.write(lambda c: journal.append(c, "print-1", fact)).result()
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if "printlog" in path else None
    door.sync()
    pretix.later(days=2)
    everything_went_out(door)
    [log] = pretix.orders["NEWBY"]["positions"][0]["print_logs"]
    assert (log["type"], log["info"]) == ("badge", {"device": door.enrolment.device_id})


def test_a_badge_that_another_device_printed_is_known_here_and_our_own_is_not_told_twice(pretix, door, at_nine):
    order = pretix.sold("NEWBY")
    position = order["positions"][0]
    theirs = {"datetime": at_nine.isoformat(), "type": "badge", "successful": True, "source": "pretixSCAN"}
    position["print_logs"] = [
        {"id": 71, "device_id": 9, **theirs},
        {"id": 72, "device_id": 9, **theirs, "successful": False},
    ]
    pretix.put(order)
    door.sync()
    [told] = door.app.lookup.card(EVENT, "NEWBY-1").printed
    assert (told.what, told.device, told.at) == ("badge", "Device 9", at_nine)
    badge = Badge(at=at_nine, ticket="NEWBY-1", template=Template(name="Plain", width=54, height=86))
    with pytest.raises(PrintedBefore):
        door.app.paper.enqueue(badge, event=EVENT).result()
    printer = Printer(name="Badges", address="file:badges")
    door.app.write(lambda c: print_setup.add_printer(c, printer)).result()
    job = door.app.paper.enqueue(badge, event=EVENT, reason="Lost").result()
    door.app.write(lambda c: print_jobs.begin(c, job.operation, b"badge", at_nine)).result()
    later = at_nine + timedelta(minutes=5)
    door.app.write(lambda c: print_jobs.ended(c, job.operation, State.SENT, "", later)).result()
    door.sync()
    pretix.put(pretix.orders["NEWBY"])
    pretix.later(days=2)
    door.sync()
    assert [one.at for one in door.app.lookup.card(EVENT, "NEWBY-1").printed] == [at_nine, later]


# Other types, other dates, more tickets

DEARER = Swap(position=1, item=2, price=17900, was_item=1, was_price=11900)


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_a_change_of_ticket_type_and_its_difference_arrive_once(pretix, door, sell, pay, act, fault):
    sell()
    pay()
    act(Exchanged, swaps=(DEARER,))
    act(Paid, amount=6000, tender="cash")
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if "/change/" in path else None
    everything_went_out(door)
    order = pretix.orders[CODE]
    assert (order["positions"][0]["item"], order["positions"][0]["price"]) == (2, "179.00")
    assert (order["total"], order["status"], len(order["payments"])) == ("226.60", "p", 2)


@pytest.mark.parametrize("change", [{"item": 3}, {"price": "119.005"}])
def test_a_ticket_that_somebody_else_has_changed_is_not_changed_over_it(pretix, door, sell, act, change):
    sell()
    everything_went_out(door)
    pretix.orders[CODE]["positions"][0].update(change)
    act(Exchanged, swaps=(DEARER,))
    door.sync(after=1)
    assert parked(door) == [f"Somebody else has changed ticket {CODE}-1 in the meantime."]


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_tickets_that_are_added_to_an_order_arrive_once(pretix, door, sell, act, fault):
    sell()
    more = (Line(number=3, item=4, price=4760, addon_to=1), Line(number=4, item=1, price=0, addon_to=1))
    act(Extended, Private(guests={"3": Guest(secret="s3"), "4": Guest(secret="s4")}), lines=more)
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if "/change/" in path else None
    everything_went_out(door)
    assert [(one["positionid"], one["item"]) for one in pretix.orders[CODE]["positions"]] == [
        *((1, 1), (2, 4), (3, 4), (4, 1)),
    ]
    door.sync(after=3600)
    told = door.app.read(lambda c: orders.by_code(c, EVENT, CODE))
    assert [one.addon_to for one in told.positions] == [None, 1, 1, 1]


def test_answers_and_parts_of_names_go_along_as_the_server_wants_them(pretix, door, act, hear):
    hear(
        Question(id=7, event=EVENT, type=QuestionType.CHOICES, items=(1,)),
        Question(id=8, event=EVENT, type=QuestionType.TEXT, items=(1,)),
    )
    parts = {"given_name": "Ada", "family_name": "Lovelace"}
    guest = Guest(secret="s", name="Ada Lovelace", name_parts=parts, answers={"7": "11,12", "8": "none", "99": "x"})
    act(Sold, Private(guests={"1": guest}), lines=(Line(number=1, item=1, price=0),), total=0)
    door.sync()
    body = next(body for method, path, body in pretix.requests if method == "POST" and path.endswith("/orders/"))
    position = body["positions"][0]
    assert position["answers"] == [
        {"question": 7, "answer": "11,12", "options": [11, 12]},
        {"question": 8, "answer": "none", "options": []},
    ]
    assert (position["attendee_name_parts"], "attendee_name" in position) == (parts, False)
