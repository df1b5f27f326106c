"""Cards at the till: one attempt at a time, receipts only for what was charged, and no Z over an open question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Item
from boxoffice.domain.facts import CardPaid
from boxoffice.domain.instants import moment
from boxoffice.domain.offering import PriceStep
from boxoffice.domain.operators import Operator
from boxoffice.domain.payment import Attempt, Illegal, State, Way, judge
from boxoffice.domain.payment_steps import (
    Approved,
    Asked,
    Begun,
    Captured,
    Compared,
    Declined,
    Lost,
    NotCharged,
    Puzzled,
    ReversalLost,
    Reversed,
    Sent,
    Step,
)
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.terminals import Evidence, Kind, Last, Mark, Terminal
from boxoffice.errors import BadInput, NeedsPermission, Refused
from boxoffice.ports import Role, Totals
from boxoffice.services import card, card_terminals, closing, sell, shifts
from boxoffice.storage import journal, operators, payments

YES = Evidence(receipt=42, trace=742, terminal_id="52500001", pan="************1234", card="Visa", approval="A1")
SAID_YES = (Compared(mark=Mark(receipt=41)), Sent(), Begun(), Approved(evidence=YES), Captured())
UNHEARD = (Compared(mark=Mark(receipt=41)), Sent(), Lost())


class Desk:
    """A till with a terminal, and a sale of 100.00 under way."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        counter.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED)))
        counter.open()
        self.bill = counter.begin(counter.cart(CartLine(id="l1", item=1)))

    def start(self, *steps: Step, amount: int = 10_000, **more: Any) -> Attempt:
        values: dict[str, Any] = {"operation": "sale-1", "terminal": "Till 1", **more}
        wish = card.Wish(event="conf26", amount=amount, currency="CHF", **values)
        begun = self.counter.write(lambda c: card.begin(c, wish, 10_000, self.counter.at("09:00")))
        return self.take(begun, *steps)

    def take(self, attempt: Attempt, *steps: Step) -> Attempt:
        name, at = attempt.id, self.counter.at("09:01")
        for step in steps:
            attempt = self.counter.write(lambda c, step=step: card.take(c, name, step, at))
        return attempt

    def settle(
        self, attempt: Attempt, *, charged: bool, by: str = "Ana", reason: str = "Its journal says so"
    ) -> Attempt:
        at = self.counter.at("09:30")
        seen = card.Seen(charged=charged, by=by, reason=reason, receipt=77, approval="B2")
        return self.counter.write(lambda c: card.settle(c, attempt.id, seen, at))

    def facts(self) -> list[CardPaid]:
        return [fact for _, fact in self.counter.app.read(lambda c: journal.newest(c, ["card"], 9))]

    def close(self, **more: Any) -> Any:
        counter = self.counter
        counter.write(lambda c: shifts.count(c, {1: 20_000}, counter.at("17:59")))
        return counter.write(lambda c: closing.close(c, counter.app.shelf, counter.at("18:00"), "Ana", "", **more))


@pytest.fixture
def desk(counter: Any) -> Desk:
    return Desk(counter)


def by_card(amount: int = 10_000) -> Offer:
    return Offer(means=Means.CARD, amount=amount)


def test_a_card_that_was_charged_stands_on_the_receipt(desk: Desk) -> None:
    desk.start(*SAID_YES)
    sale = desk.counter.finish(by_card())
    assert sale.receipt.tenders[0].details == ("Visa ************1234", "52500001 / 0042 / A1")
    assert [one.receipt for one in desk.counter.app.read(lambda c: payments.of_operation(c, "sale-1"))] == [1]
    (fact,) = desk.facts()
    assert (fact.outcome, fact.amount, fact.receipt, fact.by_hand) == ("captured", 10_000, 42, False)


def test_what_a_card_was_charged_is_what_it_costs_though_the_early_price_has_ended_meanwhile(desk: Desk) -> None:
    counter, ends = desk.counter, desk.counter.at("09:10")
    early = Item(
        id=8,
        event="conf26",
        name={"en": "Early"},
        price=9_000,
        tax_rule=1,
        price_steps=(PriceStep(until=ends, price=7_000),),
        available_until=ends,
    )
    counter.day.hear(early)
    counter.begin(counter.cart(CartLine(id="l1", item=8)))
    desk.start(*SAID_YES, amount=7_000)
    with pytest.raises(Refused, match="charged for this already"):
        counter.finish(Offer(means=Means.CASH, amount=9_000), at="09:05")
    sale = counter.finish(by_card(7_000), at="09:11")
    assert (sale.receipt.total, sale.receipt.at) == (7_000, counter.at("09:11"))
    counter.begin(counter.cart(CartLine(id="l1", item=8), name="sale-2"), "09:09")
    with pytest.raises(Refused, match="cannot be sold as it is"):
        counter.finish(Offer(means=Means.CASH, amount=7_000), name="sale-2", at="09:11")


@pytest.mark.parametrize("steps", [(), SAID_YES[:2], SAID_YES[:4], UNHEARD, (*SAID_YES[:3], Declined(text="No"))])
def test_no_receipt_without_a_charge(desk: Desk, steps: tuple[Step, ...]) -> None:
    desk.start(*steps)
    with pytest.raises(Refused):
        desk.counter.finish(by_card())


def test_no_receipt_forgets_a_card_that_was_charged(desk: Desk) -> None:
    desk.start(*SAID_YES, amount=4_000)
    with pytest.raises(Refused, match="charged for this already"):
        desk.counter.finish(Offer(means=Means.CASH, amount=10_000))
    with pytest.raises(Refused, match="No card was charged"):
        desk.counter.finish(by_card(6_000), by_card(4_000))
    assert desk.counter.finish(by_card(4_000), Offer(means=Means.CASH, amount=6_000)).receipt.total == 10_000


def test_two_cards_pay_one_bill_and_no_third_pays_more(desk: Desk) -> None:
    desk.start(*SAID_YES, amount=4_000)
    desk.start(*SAID_YES[1:], amount=6_000)
    with pytest.raises(Refused, match="No card is charged more"):
        desk.start(amount=1)
    assert len(desk.counter.finish(by_card(6_000), by_card(4_000)).receipt.tenders) == 2


def test_the_next_payment_is_told_apart_from_this_one(desk: Desk) -> None:
    desk.start(*SAID_YES, amount=4_000)
    assert desk.start(amount=6_000).baseline == Mark(receipt=42, trace=742, terminal_id="52500001")


def test_while_the_outcome_is_unknown_neither_sale_nor_terminal_starts_another(desk: Desk) -> None:
    desk.start(*UNHEARD)
    with pytest.raises(Refused, match="not settled"):
        desk.start()
    with pytest.raises(Refused, match="taken"):
        desk.start(operation="sale-2")
    with pytest.raises(Refused, match="charged for this sale"):
        desk.counter.write(lambda c: sell.drop(c, "sale-1", desk.counter.at("09:02")))
    with pytest.raises(Refused, match="taken"):
        desk.counter.write(lambda c: card_terminals.remove_terminal(c, "Till 1"))
    with pytest.raises(Refused, match="This terminal is taken"):
        desk.counter.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.ZVT)))


def test_a_terminal_that_is_changed_stays_the_one_that_is_not_named(desk: Desk) -> None:
    def change(connection: Any) -> list[str]:
        card_terminals.put_terminal(connection, Terminal(name="Till 2", kind=Kind.SIMULATED))
        first = card_terminals.terminal(connection, "")
        card_terminals.put_terminal(connection, msgspec.structs.replace(first, password="123456"))
        return [one.name for one in card_terminals.terminals(connection)]

    assert desk.counter.write(change) == ["Till 1", "Till 2"]


def test_what_stands_apart_is_not_forgotten(desk: Desk) -> None:
    with pytest.raises(BadInput, match="stands apart"):
        desk.counter.write(lambda c: card_terminals.remove_terminal(c, "by hand"))


def test_the_terminal_settles_it(desk: Desk) -> None:
    lost = desk.start(*UNHEARD)
    assert desk.take(lost, Asked(), NotCharged()).state is State.NOT_CHARGED
    assert desk.start().baseline == Mark(receipt=41)


def test_a_person_settles_it_by_name_and_reason(desk: Desk) -> None:
    lost = desk.start(*UNHEARD)
    with pytest.raises(BadInput):
        desk.settle(lost, charged=True, reason=" ")
    settled = desk.settle(lost, charged=True)
    assert (settled.settled_by, settled.evidence.receipt, settled.evidence.approval) == ("Ana", 77, "B2")
    assert desk.facts()[0].by_hand
    with pytest.raises(Refused):
        desk.settle(lost, charged=False)
    assert desk.counter.finish(by_card()).receipt.total == 10_000
    desk.counter.begin(desk.counter.cart(CartLine(id="l1", item=1), name="sale-2"))
    assert desk.start(operation="sale-2").baseline is None  # What the terminal has now, it has to be asked.


def test_a_crash_leaves_a_question_where_the_amount_may_have_left(desk: Desk) -> None:
    at = desk.counter.at("09:02")
    one = desk.start(*SAID_YES[:3])
    left = desk.counter.write(lambda c: card.left_behind(c, {one.id}, at))
    assert [one.state for one in left] == [State.UNKNOWN]
    assert desk.counter.write(lambda c: card.left_behind(c, {one.id}, at)) == left


def test_what_was_begun_since_the_start_is_left_alone(desk: Desk) -> None:
    begun = desk.start(Compared(mark=Mark(receipt=41)))
    assert desk.counter.write(lambda c: card.left_behind(c, {"older"}, desk.counter.at("09:02"))) == []
    assert desk.take(begun, Sent()).state is State.SENT


def test_a_crash_before_that_leaves_nothing(desk: Desk) -> None:
    one = desk.start(Compared(mark=Mark(receipt=41)))
    assert desk.counter.write(lambda c: card.left_behind(c, {one.id}, desk.counter.at("09:02"))) == []
    assert [one.outcome for one in desk.facts()] == ["cancelled"]


def test_no_step_is_taken_twice(desk: Desk) -> None:
    done = desk.start(*SAID_YES)
    with pytest.raises(Illegal):
        desk.take(done, Captured())


def test_a_day_is_not_closed_over_an_open_question(desk: Desk) -> None:
    desk.start(*UNHEARD, operation="sale-2")
    desk.counter.write(lambda c: sell.drop(c, "sale-1", desk.counter.at("09:02")))
    with pytest.raises(Refused, match="unknown"):
        desk.close()
    with pytest.raises(Refused, match="unknown"):
        desk.close(despite_unknown=True)  # Without a reason.
    desk.counter.write(lambda c: shifts.count(c, {1: 20_000}, desk.counter.at("17:59")))
    counter = desk.counter
    at = counter.at("18:00")
    z = counter.write(lambda c: closing.close(c, counter.app.shelf, at, "Ana", "Bank is asked", despite_unknown=True))
    rows = {row.label: row for section in z.sections for row in section.rows if section.title == "Open ends"}
    assert rows["Payments of unknown outcome"].count == 1
    assert rows["Card payment"].amount == 10_000
    assert rows["Card payment"].text.startswith("Till 1 ")


def test_what_was_in_doubt_at_a_z_is_named_in_the_next_one_with_what_became_of_it(desk: Desk) -> None:
    lost = desk.start(*UNHEARD, operation="sale-2")
    counter = desk.counter
    counter.write(lambda c: sell.drop(c, "sale-1", counter.at("09:02")))
    counter.write(lambda c: shifts.count(c, {1: 20_000}, counter.at("17:59")))
    at = counter.at("18:00")
    counter.write(lambda c: closing.close(c, counter.app.shelf, at, "Ana", "Bank is asked", despite_unknown=True))
    counter.open()

    def carried() -> list[tuple[str, str, int | None]]:
        report = counter.app.read(lambda c: shifts.x_report(c, counter.app.shelf, counter.at("19:00")))
        return [(row.label, row.text, row.amount) for one in report.sections for row in one.rows
                if one.title == "Carried over"]  # fmt: skip

    assert carried() == [("In doubt at Z", "1", None), ("Still unknown", f"Till 1 {lost.id}", 10_000)]
    desk.take(lost, Asked(), NotCharged())
    assert carried()[1][0] == "Not charged after all"


def test_only_a_supervisor_closes_all_the_same(desk: Desk) -> None:
    desk.start(*UNHEARD, operation="sale-2")
    desk.counter.write(lambda c: sell.drop(c, "sale-1", desk.counter.at("09:02")))
    desk.counter.day.enrol(Role.CASHIER)
    counter = desk.counter
    counter.write(lambda c: shifts.count(c, {1: 20_000}, counter.at("17:59")))
    with pytest.raises(Refused, match="unknown"):
        counter.write(
            lambda c: closing.close(c, counter.app.shelf, counter.at("18:00"), "Ana", "Late", despite_unknown=True)
        )


def test_money_goes_back_to_the_card_that_was_charged(desk: Desk) -> None:
    paid = desk.start(*SAID_YES)
    sale = desk.counter.finish(by_card())
    code = sale.order.code
    with pytest.raises(Refused, match="Nothing went back"):
        desk.counter.give_back(code, by_card(-10_000), operation="back-1")
    at = desk.counter.at("10:00") - timedelta(minutes=5)
    desk.counter.write(lambda c: card.reverse(c, paid.id, "back-1", at))
    desk.take(paid, Reversed())
    back = desk.counter.give_back(code, by_card(-10_000), operation="back-1")
    assert back.receipt.tenders[0].details[0] == "Visa ************1234"
    assert desk.facts()[0].amount == -10_000
    rows = desk.close().sections
    assert next((one.rows[0].count, one.rows[0].amount) for one in rows if one.title == "Card terminals") == (2, 0)


def test_a_refund_is_an_attempt_of_its_own(desk: Desk) -> None:
    desk.start(*SAID_YES)
    code = desk.counter.finish(by_card()).order.code
    desk.start(*SAID_YES[1:], operation="back-1", way=Way.REFUND, amount=2_500)
    back = desk.counter.give_back(code, by_card(-2_500), wished={1: 2_500}, operation="back-1")
    assert back.receipt.total == -2_500


def test_a_reversal_that_nobody_heard_of_blocks_the_day(desk: Desk) -> None:
    paid = desk.start(*SAID_YES)
    desk.counter.finish(by_card())
    desk.counter.write(lambda c: card.reverse(c, paid.id, "", desk.counter.at("09:02")))
    desk.take(paid, ReversalLost())
    with pytest.raises(Refused, match="unknown"):
        desk.close()
    assert desk.settle(paid, charged=False).state is State.REVERSED


def test_the_end_of_a_terminals_day_is_kept_beside_ours_and_stands_on_the_z(desk: Desk) -> None:
    desk.start(*SAID_YES)
    desk.counter.finish(by_card())
    at = desk.counter.at("17:50")
    day = desk.counter.write(lambda c: card_terminals.close_day(c, "Till 1", Totals(amount=9_000, number=1), at, "Ana"))
    assert (day.ours, day.ours_number, day.difference) == (10_000, 1, -1_000)
    ((_, fact),) = desk.counter.app.read(lambda c: journal.newest(c, ["card_day"], 9))
    assert (fact.amount, fact.ours) == (9_000, 10_000)
    rows = next(one.rows for one in desk.close().sections if one.title == "Card terminals")
    assert [(row.label, row.amount) for row in rows] == [
        ("Till 1", 10_000),
        ("The terminal's own sum", 9_000),
        ("Difference", -1_000),
    ]
    again = desk.counter.write(lambda c: card_terminals.close_day(c, "Till 1", Totals(), at + timedelta(hours=1)))
    assert (again.ours, again.since, again.difference) == (0, at, None)


def test_a_terminal_that_has_charged_is_not_believed_to_have_nothing(desk: Desk) -> None:
    """One that never tells its newest payment would else clear each payment that was lost."""
    desk.start(*SAID_YES, amount=4_000)
    lost = desk.start(Compared(mark=Mark(terminal_id="52500001")), Sent(), Lost(), Asked(), amount=6_000)
    assert isinstance(judge(lost, Last(evidence=Evidence(terminal_id="52500001")), desk.counter.at("09:05")), Puzzled)


def test_without_a_terminal_a_card_is_taken_at_one_apart(counter: Any) -> None:
    counter.open()
    assert counter.sell(counter.cart(CartLine(id="l1", item=1)), by_card()).receipt.tenders[0].details == ()


def test_verify_finds_card_payments_that_journal_and_receipts_do_not_know(desk: Desk) -> None:
    desk.start(*SAID_YES)
    desk.counter.finish(by_card())
    assert desk.counter.app.read(lambda c: list(payments.faults(c))) == []
    stray = desk.start(*SAID_YES[:4], operation="sale-2")
    changed = msgspec.structs.replace(stray, state=State.CAPTURED, receipt=9)
    desk.counter.write(lambda c: payments.put(c, changed))
    assert desk.counter.app.read(lambda c: list(payments.faults(c))) == [
        f"The card payment {stray.id} is captured; the journal says nothing.",
        f"The card payment {stray.id} stands on receipt 9, which there is not.",
    ]


def test_a_stray_charge_is_taken_back_for_a_reason_and_by_who_may(desk: Desk) -> None:
    stray = desk.start(*SAID_YES)
    at = desk.counter.at("09:40")

    def give_up(reason: str, **more: Any) -> Attempt:
        return desk.counter.write(lambda c: card.give_up(c, stray.id, reason, at, **more))

    with pytest.raises(BadInput, match="reason"):
        give_up(" ")
    desk.counter.write(hire)
    with pytest.raises(NeedsPermission, match="PIN"):
        give_up("She left", operator="Eve")
    with pytest.raises(NeedsPermission, match="may not"):
        give_up("She left", operator="Ana")
    assert desk.counter.app.read(lambda c: payments.attempt(c, stray.id)) == stray
    permit = Permit(id="p-1", act=Act.TAKE_BACK_CARD, by="eve", name="Eve", reason="She left")
    begun = give_up("She left", operator="Ana", permits=(permit,))
    assert (begun.state, desk.take(begun, Reversed()).reason) == (State.REVERSING, "She left")
    assert [one.reason for one in desk.counter.app.read(lambda c: operators.permissions(c, about=stray.id))] == [
        "She left"
    ]


def hire(connection: Any) -> None:
    """A cashier and a supervisor."""
    for name, role in (("Ana", Role.CASHIER), ("Eve", Role.SUPERVISOR)):
        operators.put(connection, Operator(id=name.lower(), name=name, role=role), moment(0))
        operators.put_pin(connection, name.lower(), "sealed")


def test_what_stands_on_a_receipt_is_refunded_and_not_given_up(desk: Desk) -> None:
    sold = desk.start(*SAID_YES)
    desk.counter.finish(by_card())
    with pytest.raises(Refused, match="stands on a receipt"):
        desk.counter.write(lambda c: card.give_up(c, sold.id, "Wrong", desk.counter.at("09:40")))
