"""Cards and gift cards where something is put right: what was charged goes back, what was not is charged, once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Item
from boxoffice.domain.errands import Errand, What, Wish
from boxoffice.domain.gift_cards import GiftCard, Load
from boxoffice.domain.orders import Status
from boxoffice.domain.payment import Attempt, State, Way
from boxoffice.domain.payment_steps import (
    Approved,
    Begun,
    Captured,
    Compared,
    Declined,
    ReversalDeclined,
    Reversed,
    Sent,
    Step,
)
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.terminals import Evidence, Kind, Mark, Terminal
from boxoffice.errors import BadInput, Refused
from boxoffice.ports import Totals
from boxoffice.services import (
    card,
    card_terminals,
    charged,
    corrections,
    errands,
    exchange,
    gift_cards,
    sell,
    shifts,
    voids,
)
from boxoffice.storage import orders, payments, redeeming, verify

YES = Evidence(receipt=42, trace=742, terminal_id="52500001", pan="************1234", card="Visa", approval="A1")
SAID_YES = (Compared(mark=Mark(receipt=41)), Sent(), Begun(), Approved(evidence=YES), Captured())
SAID_NO = (*SAID_YES[:3], Declined(text="No"))
CODE = "GIFT2026ABCDEFGH"


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


def by_card(amount: int) -> Offer:
    return Offer(means=Means.CARD, amount=amount)


def gift(amount: int, code: str = CODE) -> Offer:
    return Offer(means=Means.GIFT_CARD, amount=amount, code=code)


class Office:
    """A till with a card terminal, and somebody who puts things right."""

    def __init__(self, counter: Any) -> None:
        self.counter, self.app = counter, counter.app
        counter.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED)))
        counter.open(0)

    def take(self, attempt: Attempt, *steps: Step) -> Attempt:
        at = self.counter.at("12:01")
        for step in steps:
            attempt = self.counter.write(lambda c, one=attempt.id, step=step: card.take(c, one, step, at))
        return attempt

    def sell(self, *offers: Offer, name: str = "sale-1", loads: tuple[Load, ...] = ()) -> Any:
        """One ticket of 100.00, and what is put on gift cards."""
        cart = Cart(id=name, event="conf26", lines=(CartLine(id="a", item=1),), loads=loads)
        self.counter.begin(cart)
        at, stock = self.counter.at("09:00"), self.counter.stock
        for one in (one for one in offers if one.means is Means.CARD):
            wanted = one.amount
            begun = self.counter.write(lambda c, a=wanted: sell.charge(c, self.app.shelf, stock, name, a, "", at))
            self.take(begun, *SAID_YES)
        return self.counter.finish(*offers, name=name)

    def card_knows(self, value: int) -> None:
        self.counter.day.hear(GiftCard(event="conf26", code=CODE, currency="CHF", value=value))

    def left(self, code: str = CODE) -> int:
        return self.app.read(lambda c: gift_cards.balance(c, "conf26", code, "CHF")).left

    def errand(self, code: str, what: What, *offers: Offer, name: str = "fix", **more: Any) -> Errand:
        values = {"operation": name, "event": "conf26", "order": code, "what": what, "reason": "Wrong key", **more}
        return Errand(offers=offers, **values)

    def advance(self, errand: Errand, *steps: Step) -> Attempt | None:
        """The next movement of a card, and what the terminal says to it."""
        at = self.counter.at("12:00")
        begun = self.counter.write(lambda c: errands.advance(c, self.app.shelf, self.counter.stock, errand, "", at))
        return None if begun is None else self.take(begun, *steps)

    def correct(self, number: int, *offers: Offer, name: str = "fix", **more: Any) -> corrections.Corrected:
        at = self.counter.at("12:05")
        return self.counter.write(
            lambda c: corrections.correct(
                c, self.app.shelf, number, offers, "Wrong key", at, "Eve", operation=name, **more
            )
        )

    def void(self, number: int, name: str = "fix") -> Any:
        at = self.counter.at("12:05")
        return self.counter.write(
            lambda c: voids.void(c, self.app.shelf, number, "Wrong person", at, "Eve", operation=name)
        )

    def finish(self, name: str = "fix") -> errands.Finished:
        at = self.counter.at("12:10")
        return self.counter.write(lambda c: errands.finish(c, self.app.shelf, self.counter.stock, name, at))

    def close_the_terminals_day(self) -> None:
        at = self.counter.at("11:00")
        self.counter.write(lambda c: card_terminals.close_day(c, "Till 1", Totals(), at))

    def at_terminal(self) -> int:
        """What stands on the receipts of the shift by card at the terminal."""
        report = self.app.read(lambda c: shifts.x_report(c, self.app.shelf, self.counter.at("17:00")))
        rows = (row for one in report.sections if one.title == "Card terminals" for row in one.rows)
        return next((row.amount or 0 for row in rows), 0)

    def rows(self, title: str) -> dict[str, Any]:
        report = self.app.read(lambda c: shifts.x_report(c, self.app.shelf, self.counter.at("17:00")))
        return {row.label: row.amount for one in report.sections if one.title == title for row in one.rows}

    def is_sound(self) -> bool:
        return self.app.read(verify.check).faults == ()


@pytest.fixture
def office(counter: Any) -> Office:
    return Office(counter)


def tenders(receipt: Any) -> list[tuple[str, int]]:
    return [(one.tender, one.amount) for one in receipt.tenders]


def test_a_terminal_is_asked_to_take_back_what_it_may_still_have(office: Office) -> None:
    for number, kind in enumerate((Kind.ZVT, Kind.MANUAL)):
        named = Terminal(name=f"Hall {number}", kind=kind)
        office.counter.write(lambda c, one=named: card_terminals.put_terminal(c, one))
    office.sell(by_card(10_000))
    (paid,) = office.app.read(lambda c: payments.newest(c, 9))

    def may_go_back(**other: Any) -> bool:
        one = msgspec.structs.replace(paid, **other)
        return bool(office.app.read(lambda c: charged.can_be_reversed(c, one)))

    assert may_go_back()
    assert may_go_back(terminal="Hall 0")
    assert may_go_back(terminal="Hall 1", evidence=Evidence())
    assert not may_go_back(terminal="Hall 0", evidence=Evidence()), "it asks for the number of its receipt"
    assert not may_go_back(terminal="Taken away")
    assert not may_go_back(state=State.DECLINED)
    office.close_the_terminals_day()
    assert not may_go_back()


# The right tender is a card


def test_a_card_is_charged_before_the_paper_says_so(office: Office) -> None:
    sale = office.sell(cash(10_000))
    wish = office.errand(sale.order.code, What.CORRECTION, by_card(10_000), receipt=1)
    charged = office.advance(wish, *SAID_YES)
    assert charged is not None
    assert (charged.way, charged.amount) == (Way.CHARGE, 10_000)
    assert office.advance(wish) is None
    done = office.correct(1, by_card(10_000))
    assert tenders(done.receipt) == [("cash", -10_000), ("card", 10_000)]
    assert done.receipt.tenders[1].details[0] == "Visa ************1234"
    assert office.at_terminal() == 10_000
    assert office.is_sound()


def test_a_card_that_is_refused_leaves_everything_as_it_was(office: Office) -> None:
    sale = office.sell(cash(10_000))
    office.advance(office.errand(sale.order.code, What.CORRECTION, by_card(10_000), receipt=1), *SAID_NO)
    with pytest.raises(Refused, match="No card was charged"):
        office.correct(1, by_card(10_000))
    assert office.correct(1, Offer(means=Means.CHEQUE, amount=10_000), name="other").order.paid == 10_000


def test_nothing_is_charged_for_a_correction_that_cannot_be(office: Office) -> None:
    sale = office.sell(cash(10_000))
    wish = office.errand(sale.order.code, What.CORRECTION, by_card(11_000), receipt=1, amount=11_000)
    with pytest.raises(Refused, match="cannot have been paid"):
        office.advance(wish)
    with pytest.raises(BadInput, match="reason"):
        office.advance(office.errand(sale.order.code, What.CORRECTION, by_card(10_000), receipt=1, reason=" "))


# The wrong tender was a card


@pytest.mark.parametrize("closed", [False, True], ids=["same-day", "day-after"])
def test_a_card_gets_back_what_it_was_charged_by_mistake(office: Office, closed: bool) -> None:
    sale = office.sell(by_card(10_000))
    if closed:
        office.close_the_terminals_day()
    wish = office.errand(sale.order.code, What.CORRECTION, cash(10_000), receipt=1)
    with pytest.raises(Refused, match="went back"):
        office.correct(1, cash(10_000))
    back = office.advance(wish, *(SAID_YES if closed else (Reversed(),)))
    assert back is not None
    assert (back.way, back.state) == ((Way.REFUND, State.CAPTURED) if closed else (Way.CHARGE, State.REVERSED))
    assert office.advance(wish) is None
    done = office.correct(1, cash(10_000))
    assert tenders(done.receipt) == [("card", -10_000), ("cash", 10_000)]
    assert (done.order.status, done.order.paid, office.at_terminal()) == (Status.PAID, 10_000, 0)
    assert office.is_sound()


def test_what_the_terminal_does_not_take_back_is_refunded(office: Office) -> None:
    sale = office.sell(by_card(10_000))
    wish = office.errand(sale.order.code, What.CORRECTION, cash(10_000), receipt=1)
    office.advance(wish, ReversalDeclined(text="No", code="B5"))
    refund = office.advance(wish, *SAID_YES)
    assert refund is not None
    assert (refund.way, refund.amount) == (Way.REFUND, 10_000)
    assert office.correct(1, cash(10_000)).order.paid == 10_000
    assert office.is_sound()


def test_another_sum_is_charged_before_the_wrong_one_goes_back(office: Office) -> None:
    sale = office.sell(by_card(10_000))
    truth = (by_card(6_000), cash(4_000))
    wish = office.errand(sale.order.code, What.CORRECTION, *truth, receipt=1)
    first, second = office.advance(wish, *SAID_YES), office.advance(wish, Reversed())
    assert first is not None
    assert second is not None
    assert ((first.way, first.amount), second.state) == ((Way.CHARGE, 6_000), State.REVERSED)
    done = office.correct(1, *truth)
    assert tenders(done.receipt) == [("card", -10_000), ("card", 6_000), ("cash", 4_000)]
    assert office.at_terminal() == 6_000
    assert office.is_sound()


def test_a_card_that_was_right_is_left_alone(office: Office) -> None:
    sale = office.sell(by_card(6_000), cash(4_000))
    cheque = Offer(means=Means.CHEQUE, amount=4_000)
    assert office.advance(office.errand(sale.order.code, What.CORRECTION, by_card(6_000), cheque, receipt=1)) is None
    done = office.correct(1, by_card(6_000), cheque)
    assert done.receipt.tenders[2].details[0] == "Visa ************1234"
    assert [one.state for one in office.app.read(lambda c: payments.newest(c, 9))] == [State.CAPTURED]
    assert office.at_terminal() == 6_000
    later = office.errand(sale.order.code, What.CORRECTION, cash(10_000), receipt=1, name="fix-2")
    assert office.advance(later, Reversed()) is not None
    assert office.correct(1, cash(10_000), name="fix-2").order.paid == 10_000
    assert office.is_sound()


def test_a_crash_between_the_terminal_and_the_paper_leaves_what_can_be_finished(office: Office) -> None:
    sale = office.sell(by_card(10_000))
    office.advance(office.errand(sale.order.code, What.CORRECTION, cash(10_000), receipt=1), Reversed())
    with pytest.raises(Refused, match="not finished"):
        office.correct(1, cash(10_000), name="other")
    finished = office.finish().corrected
    assert finished is not None
    assert tenders(finished.receipt) == [("card", -10_000), ("cash", 10_000)]
    assert office.is_sound()


def test_what_went_back_to_a_card_does_not_go_back_twice(office: Office) -> None:
    sale = office.sell(by_card(10_000))
    back = office.errand(sale.order.code, What.REFUND, name="back", wished=((1, 4_000),), keep_valid=True)
    office.advance(back, *SAID_YES)
    office.counter.give_back(sale.order.code, by_card(-4_000), wished={1: 4_000}, operation="back", keep_valid=True)
    with pytest.raises(Refused, match="given back already"):
        office.advance(office.errand(sale.order.code, What.CORRECTION, cash(10_000), receipt=1))


# Gift cards


def test_what_a_gift_card_gave_by_mistake_is_on_it_again(office: Office) -> None:
    office.card_knows(10_000)
    office.sell(gift(10_000))
    done = office.correct(1, cash(10_000))
    assert tenders(done.receipt) == [("giftcard", -10_000), ("cash", 10_000)]
    assert (office.left(), done.order.paid) == (10_000, 10_000)
    assert office.rows("Gift cards") == {
        "Put back onto gift cards": 10_000, "Paid with gift cards": -10_000, "Owed to their holders": 0,
    }  # fmt: skip
    assert office.is_sound()


def test_what_was_no_cash_is_taken_from_the_gift_card(office: Office) -> None:
    office.card_knows(12_000)
    office.sell(cash(10_000))
    done = office.correct(1, gift(10_000))
    assert (office.left(), done.receipt.tenders[1].details) == (2_000, ("GIFT2026ABC… 20.00 CHF",))
    assert office.is_sound()
    with pytest.raises(Refused, match="does not pay so much"):
        office.sell(gift(10_000), name="sale-2")


def test_the_wrong_gift_card_gets_its_money_back_and_the_right_one_pays_as_much(office: Office) -> None:
    office.card_knows(10_000)
    other = "OTHER2026ABCDEFG"
    office.counter.day.hear(GiftCard(event="conf26", code=other, currency="CHF", value=10_000))
    office.sell(gift(10_000))
    office.correct(1, gift(10_000, other))
    assert (office.left(), office.left(other)) == (10_000, 0)
    assert office.is_sound()
    with pytest.raises(Refused, match="It says so already"):
        office.correct(1, gift(10_000, other), name="fix-2")


def test_another_sum_from_the_same_card_needs_no_more_than_is_on_it(office: Office) -> None:
    office.card_knows(6_000)
    office.sell(gift(6_000), cash(4_000))
    office.correct(1, gift(3_000), cash(7_000))
    assert office.left() == 3_000
    office.correct(1, gift(6_000), cash(4_000), name="fix-2")
    assert office.left() == 0
    assert office.is_sound()


def test_a_card_that_has_run_out_since_gets_its_money_back_all_the_same(office: Office) -> None:
    office.card_knows(10_000)
    office.sell(gift(10_000))
    office.counter.day.hear(
        GiftCard(event="conf26", code=CODE, currency="CHF", value=10_000, expires=office.counter.at("10:00"))
    )
    assert office.correct(1, cash(10_000)).order.paid == 10_000


def test_a_gift_card_is_not_taken_for_itself_anew(office: Office) -> None:
    office.card_knows(10_000)
    office.sell(gift(4_000), cash(6_000))
    office.correct(1, gift(4_000), Offer(means=Means.CHEQUE, amount=6_000))
    assert (office.left(), len(office.app.read(redeeming.listing))) == (6_000, 1)
    office.correct(1, cash(10_000), name="fix-2")
    assert office.left() == 10_000
    assert office.is_sound()


def test_a_receipt_over_a_gift_card_is_corrected_in_its_tender_alone(office: Office) -> None:
    load = Load(id="g", code="NEWCARD", amount=5_000)
    sale = office.sell(cash(15_000), loads=(load,))
    cheque = Offer(means=Means.CHEQUE, amount=15_000)
    with pytest.raises(Refused, match="stays on it"):
        office.correct(1, cash(9_000), amount=9_000)
    with pytest.raises(Refused, match="paid for with money"):
        office.correct(1, Offer(means=Means.INVOICE, amount=15_000))
    done = office.correct(1, cheque)
    assert (done.order.paid, sale.order.total) == (10_000, 10_000)
    assert [one.amount for one in done.order.refunds] == [10_000]
    assert office.rows("Tenders") == {"Cash": 0, "Cheque": 15_000}
    assert office.is_sound()


def test_a_receipt_over_nothing_but_a_gift_card_is_corrected_too(office: Office) -> None:
    office.counter.begin(Cart(id="g", event="conf26", loads=(Load(id="g", code="NEWCARD", amount=5_000),)))
    office.counter.finish(cash(5_000), name="g")
    done = office.correct(1, Offer(means=Means.CHEQUE, amount=5_000))
    assert (done.receipt.orders, tenders(done.receipt)) == ((), [("cash", -5_000), ("cheque", 5_000)])
    assert office.is_sound()


# Taking back


@pytest.mark.parametrize("closed", [False, True], ids=["same-day", "day-after"])
def test_a_sale_by_card_is_taken_back_through_the_terminal(office: Office, closed: bool) -> None:
    sale = office.sell(by_card(6_000), cash(4_000))
    if closed:
        office.close_the_terminals_day()
    wish = office.errand(sale.order.code, What.VOID, receipt=1)
    with pytest.raises(Refused, match="went back"):
        office.void(1)
    office.advance(wish, *(SAID_YES if closed else (Reversed(),)))
    assert office.advance(wish) is None
    done = office.void(1)
    assert tenders(done.receipt) == [("card", -6_000), ("cash", -4_000)]
    assert (done.receipt.void, done.order.status, done.order.paid) == (True, Status.CANCELED, 0)
    assert (office.at_terminal(), office.rows("Receipts")["Voids"]) == (0, -10_000)
    assert office.is_sound()


def test_two_cards_get_back_what_each_has_paid(office: Office) -> None:
    sale = office.sell(by_card(6_000), by_card(4_000))
    office.close_the_terminals_day()
    wish = office.errand(sale.order.code, What.VOID, receipt=1)
    amounts = [one.amount for one in (office.advance(wish, *SAID_YES), office.advance(wish, *SAID_YES)) if one]
    assert amounts == [6_000, 4_000]
    voided = office.finish().given
    assert voided is not None
    assert voided.order.paid == 0
    assert office.is_sound()


def test_what_may_not_be_taken_back_moves_no_card(office: Office) -> None:
    sale = office.sell(by_card(10_000))
    office.counter.close(0)
    office.counter.open(0)
    with pytest.raises(Refused, match="another shift"):
        office.advance(office.errand(sale.order.code, What.VOID, receipt=1))


# Exchanges

VIP, DAY = 3, 4


@pytest.fixture
def changing(office: Office) -> Office:
    office.counter.day.hear(
        Item(id=VIP, event="conf26", name={"en": "VIP"}, price=25_000, tax_rule=1),
        Item(id=DAY, event="conf26", name={"en": "One day"}, price=4_000, tax_rule=1),
    )
    return office


def swap(office: Office, code: str, item: int, *offers: Offer) -> exchange.Done:
    at, wishes = office.counter.at("12:05"), (Wish(position=1, item=item),)
    return office.counter.write(
        lambda c: exchange.exchange(
            c, office.app.shelf, office.counter.stock, "conf26", code, wishes, offers, "Other", at, "Eve",
            operation="fix",
        )
    )  # fmt: skip


def test_a_cheaper_ticket_gives_its_difference_back_to_the_card(changing: Office) -> None:
    code = changing.sell(by_card(10_000)).order.code
    wish = changing.errand(code, What.EXCHANGE, by_card(-6_000), changes=(Wish(position=1, item=DAY),))
    back = changing.advance(wish, *SAID_YES)
    assert back is not None
    assert (back.way, back.amount) == (Way.REFUND, 6_000)
    done = swap(changing, code, DAY, by_card(-6_000))
    assert (done.order.total, done.order.paid) == (4_000, 4_000)
    assert changing.at_terminal() == 4_000
    assert changing.is_sound()


def test_a_better_ticket_is_paid_by_a_card_that_is_charged_first(changing: Office) -> None:
    code = changing.sell(cash(10_000)).order.code
    wish = changing.errand(code, What.EXCHANGE, by_card(15_000), changes=(Wish(position=1, item=VIP),))
    changing.advance(wish, *SAID_YES)
    with pytest.raises(Refused, match="not finished"):
        changing.counter.give_back(code, cash(-10_000))
    done = changing.finish().exchanged
    assert done is not None
    assert (done.order.total, done.order.paid, changing.at_terminal()) == (25_000, 25_000, 15_000)
    assert changing.is_sound()


def test_of_two_tenders_the_card_is_charged_its_own_share_of_a_better_ticket(changing: Office) -> None:
    code = changing.sell(cash(10_000)).order.code
    shares = by_card(9_000), cash(6_000)
    wish = changing.errand(code, What.EXCHANGE, *shares, changes=(Wish(position=1, item=VIP),))
    charged = changing.advance(wish, *SAID_YES)
    assert charged is not None
    assert (charged.way, charged.amount) == (Way.CHARGE, 9_000)
    assert changing.advance(wish) is None
    assert swap(changing, code, VIP, *shares).order.paid == 25_000


def test_no_card_is_charged_for_a_change_that_cannot_be(changing: Office) -> None:
    changing.counter.day.hear(
        Item(id=VIP, event="conf26", name={"en": "VIP"}, price=25_000, tax_rule=1, roles=("patron",))
    )
    code = changing.sell(cash(10_000)).order.code
    with pytest.raises(Refused, match="cannot be changed so"):
        changing.advance(changing.errand(code, What.EXCHANGE, by_card(15_000), changes=(Wish(position=1, item=VIP),)))
    assert changing.app.read(lambda c: orders.by_code(c, "conf26", code)).total == 10_000
