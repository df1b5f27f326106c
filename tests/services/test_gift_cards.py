"""Gift cards at the till: a debt to whoever holds them, in the books apart from what is sold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.gift_cards import GiftCard, Load, Transaction, Why, shown
from boxoffice.domain.printing import Printer
from boxoffice.domain.redeeming import Kind, State
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import BadInput, Refused
from boxoffice.services import corrections, disagree, gift_cards, print_setup, sell, shifts, voids
from boxoffice.storage import journal, outbox, print_queue, receipt_book, redeeming, verify

CODE = "GIFT2026ABCDEFGH"


def ticket(quantity: int = 1) -> CartLine:
    return CartLine(id="l1", item=1, quantity=quantity)


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


def by_card(amount: int, code: str = CODE) -> Offer:
    return Offer(means=Means.GIFT_CARD, amount=amount, code=code)


def load(amount: int, why: Why = Why.SOLD, code: str = CODE) -> Load:
    return Load(id="g1", code=code, amount=amount, why=why)


class Desk:
    """A till that is open, and what is known of one gift card."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        counter.open(0)

    def tell(self, value: int = 5_000, **more: Any) -> None:
        card = {"event": "conf26", "code": CODE, "currency": "CHF", "value": value, **more}
        self.counter.day.hear(GiftCard(**card))

    def left(self, code: str = CODE) -> int:
        return self.counter.app.read(lambda c: gift_cards.balance(c, "conf26", code, "CHF")).left

    def sell(self, *offers: Offer, lines: tuple[CartLine, ...] = (), loads: Any = (), name: str = "sale-1") -> Any:
        return self.counter.sell(Cart(id=name, event="conf26", lines=lines, loads=tuple(loads)), *offers)

    def states(self) -> list[tuple[State, int]]:
        return [(one.state, one.amount) for one in self.counter.app.read(redeeming.listing)]

    def facts(self) -> list[Any]:
        return [one.fact() for one in self.counter.app.read(lambda c: list(journal.entries(c)))]

    def is_sound(self) -> bool:
        return bool(self.counter.app.read(verify.check).sound)


@pytest.fixture
def desk(counter: Any) -> Desk:
    return Desk(counter)


def test_a_card_that_is_sold_is_no_revenue_and_no_base_of_tax(desk: Desk) -> None:
    sale = desk.sell(cash(5_000), loads=[load(5_000)])
    assert (sale.receipt.total, sale.order.code, sale.receipt.orders) == (5_000, "", ())
    [group] = sale.receipt.taxes
    assert (group.outside, group.tax, group.gross) == (True, 0, 5_000)
    z = desk.counter.close(5_000)
    rows = {(section.title, row.label): row for section in z.sections for row in section.rows}
    assert rows["Totals", "Net"].amount == 0
    assert rows["Tenders", "Cash"].amount == 5_000
    assert rows["Gift cards", "Gift cards sold"].amount == rows["Gift cards", "Owed to their holders"].amount == 5_000
    assert not any(title == "Taxes" for title, _ in rows)
    assert rows["Totals since the first day", "Sales"].amount == 0
    assert desk.is_sound()


def test_the_journal_tells_figures_and_no_number(desk: Desk) -> None:
    desk.sell(cash(5_000), loads=[load(5_000)])
    receipt = desk.facts()[-1]
    assert (receipt.total, receipt.loaded, receipt.taxes) == (5_000, 5_000, ())
    bodies = [one.body for one in desk.counter.app.read(lambda c: list(journal.entries(c)))]
    assert not any(CODE.casefold() in body.casefold() for body in bodies)
    assert shown(CODE) in str(desk.counter.app.read(lambda c: receipt_book.receipt(c, 1)))


def test_what_was_sold_here_can_be_spent_here_before_the_server_hears_of_it(desk: Desk) -> None:
    desk.sell(cash(12_000), loads=[load(12_000)])
    assert desk.left() == 12_000
    sale = desk.sell(by_card(10_000), lines=(ticket(),), name="sale-2")
    assert desk.left() == 2_000
    assert sale.receipt.tenders[0].details == ("GIFT2026ABC… 20.00 CHF",)
    assert [one.amount for one in sale.order.payments] == [10_000]
    assert desk.is_sound()


def test_a_part_is_paid_by_card_and_the_rest_in_cash(desk: Desk) -> None:
    desk.tell(3_000)
    sale = desk.sell(by_card(3_000), cash(10_000), lines=(ticket(),))
    assert (sale.change, desk.left()) == (3_000, 0)
    assert sale.order.paid == sale.order.total


def test_several_cards_pay_one_sale(desk: Desk) -> None:
    desk.tell(6_000)
    desk.tell(6_000, code="SECOND00000000")
    desk.sell(by_card(6_000), by_card(4_000, "SECOND00000000"), lines=(ticket(),))
    assert (desk.left(), desk.left("SECOND00000000")) == (0, 2_000)


def test_change_goes_onto_a_card(desk: Desk) -> None:
    desk.tell(0)
    sale = desk.sell(cash(12_000), lines=(ticket(),), loads=[load(2_000, Why.CHANGE)])
    assert (sale.change, sale.receipt.total, sale.order.total, sale.order.paid) == (0, 12_000, 10_000, 10_000)
    assert desk.left() == 2_000
    assert desk.is_sound()


@pytest.mark.parametrize(
    ("card", "amount", "why"),
    [
        ({"value": 500}, 1_000, "only 5.00 left"),
        ({"value": 0}, 1_000, "nothing left"),
        ({"currency": "EUR"}, 1_000, "in EUR"),
        ({"expires": datetime(2026, 11, 20, tzinfo=UTC)}, 1_000, "valid until 20 Nov"),
        ({"testmode": True}, 1_000, "testing only"),
        ({"code": "ANOTHER0000000"}, 1_000, "No gift card has this number"),
    ],
)
def test_a_card_says_why_it_does_not_pay(desk: Desk, card: dict[str, Any], amount: int, why: str) -> None:
    desk.tell(**card)
    with pytest.raises(Refused, match=why):
        desk.sell(by_card(amount), cash(9_000), lines=(ticket(),))
    assert desk.states() == []


def test_nobody_pays_with_a_card_that_nobody_named(desk: Desk) -> None:
    with pytest.raises(BadInput, match="Which gift card"):
        desk.sell(by_card(10_000, ""), lines=(ticket(),))


def test_a_card_is_paid_for_with_money(desk: Desk) -> None:
    desk.tell(20_000)
    with pytest.raises(Refused, match="paid for with money"):
        desk.sell(by_card(5_000), loads=[load(5_000, code="NEWCARD000000")])
    with pytest.raises(Refused, match="paid for with money"):
        desk.sell(Offer(means=Means.INVOICE, amount=5_000), loads=[load(5_000, code="NEWCARD000000")], name="s2")
    sale = desk.sell(
        by_card(10_000), cash(5_000), lines=(ticket(),), loads=[load(5_000, code="NEWCARD000000")], name="s3"
    )
    assert [(one.tender, one.amount) for one in sale.order.payments] == [("giftcard", 10_000)]


def test_a_number_is_sold_once(desk: Desk) -> None:
    desk.sell(cash(5_000), loads=[load(5_000)])
    with pytest.raises(Refused, match="top it up instead"):
        desk.sell(cash(5_000), loads=[load(5_000, code=CODE.lower())], name="sale-2")
    desk.sell(cash(1_000), loads=[load(1_000, Why.TOPPED_UP)], name="sale-3")
    assert desk.left() == 6_000
    with pytest.raises(Refused, match="No gift card has this number"):
        desk.sell(cash(1_000), loads=[load(1_000, Why.TOPPED_UP, "UNKNOWN000000")], name="sale-4")


def test_money_goes_back_onto_a_card_also_a_new_one(desk: Desk) -> None:
    sale = desk.sell(cash(10_000), lines=(ticket(),))
    back = desk.counter.give_back(sale.order.code, by_card(-10_000))
    assert (back.receipt.total, back.receipt.tenders[0].amount) == (-10_000, -10_000)
    assert desk.left() == 10_000
    assert desk.facts()[-2].new
    rows = {(one.title, row.label): row for one in desk.counter.close(10_000).sections for row in one.rows}
    assert rows["Gift cards", "Given back onto gift cards"].amount == 10_000
    assert rows["Totals", "Returns"].amount == -10_000
    assert desk.is_sound()


@pytest.mark.parametrize(
    "card",
    [{"currency": "EUR"}, {"testmode": True}, {"expires": datetime(2026, 11, 20, tzinfo=UTC)}, {"code": "SHORT"}],
)
def test_no_money_goes_back_onto_a_card_that_could_not_pay_with_it(desk: Desk, card: dict[str, Any]) -> None:
    desk.tell(**card)
    sale = desk.sell(cash(10_000), lines=(ticket(),))
    with pytest.raises(Refused, match="Nothing can be put on this gift card"):
        desk.counter.give_back(sale.order.code, by_card(-10_000, card.get("code", CODE)))
    assert desk.states() == []


def test_what_is_set_aside_for_one_cart_pays_for_no_other(desk: Desk) -> None:
    desk.tell(10_000)
    counter = desk.counter
    cart = counter.cart(ticket())
    counter.begin(cart)
    counter.write(lambda c: gift_cards.reserve(c, cart, CODE, 8_000, "CHF", counter.at("09:00")))
    with pytest.raises(Refused, match=r"only 20.00 left"):
        desk.sell(by_card(10_000), lines=(ticket(),), name="sale-2")
    counter.finish(by_card(8_000), cash(2_000))
    assert (desk.left(), desk.states()) == (2_000, [(State.REDEEMED, -8_000)])


def test_no_more_is_set_aside_than_is_on_a_card(desk: Desk) -> None:
    desk.tell(10_000)
    counter = desk.counter
    cart = counter.cart(ticket())
    counter.begin(cart)
    with pytest.raises(Refused, match="does not pay so much"):
        counter.write(lambda c: gift_cards.reserve(c, cart, CODE, 10_001, "CHF", counter.at("09:00")))
    assert (desk.left(), desk.states()) == (10_000, [])


def test_a_dropped_cart_lets_go_of_what_was_set_aside(desk: Desk) -> None:
    desk.tell(10_000)
    counter = desk.counter
    cart = counter.cart(ticket())
    counter.begin(cart)
    counter.write(lambda c: gift_cards.reserve(c, cart, CODE, 8_000, "CHF", counter.at("09:00")))
    assert desk.left() == 2_000
    counter.write(lambda c: sell.drop(c, "sale-1", counter.at("09:05")))
    assert (desk.left(), desk.states()) == (10_000, [(State.ABANDONED, -8_000)])


def test_an_order_is_paid_by_card_once(desk: Desk) -> None:
    desk.tell(10_000)
    sale = desk.sell(Offer(means=Means.INVOICE, amount=10_000), lines=(ticket(),))
    first = desk.counter.pay(sale.order.code, by_card(10_000), operation="pay-1")
    again = desk.counter.pay(sale.order.code, by_card(10_000), operation="pay-1")
    assert first.booked == again.booked
    assert desk.left() == 0
    assert desk.is_sound()


def test_the_servers_figure_counts_what_it_has_heard_of_once(desk: Desk) -> None:
    desk.tell(10_000)
    desk.sell(by_card(4_000), cash(6_000), lines=(ticket(),))
    act = next(one.act for one in desk.counter.app.read(redeeming.listing))
    desk.tell(6_000, transactions=(Transaction(operation=act, amount=-4_000),))
    assert desk.left() == 6_000
    desk.counter.write(lambda c: (outbox.done(c, act), redeeming.arrived(c, act)))
    assert desk.left() == 6_000


def test_until_the_server_tells_its_figure_anew_ours_is_moved_by_what_it_has(desk: Desk) -> None:
    desk.tell(10_000)
    desk.sell(by_card(4_000), cash(6_000), lines=(ticket(),))
    act = next(one.act for one in desk.counter.app.read(redeeming.listing))
    desk.counter.write(lambda c: (outbox.done(c, act), redeeming.arrived(c, act)))
    assert desk.left() == 6_000
    desk.tell(6_000)
    assert desk.left() == 6_000
    desk.counter.write(lambda c: redeeming.lost(c, [act]))
    desk.tell(10_000)
    assert desk.left() == 6_000


def test_what_the_server_refuses_is_parked_and_can_be_sent_again(desk: Desk) -> None:
    desk.tell(10_000)
    desk.sell(by_card(10_000), lines=(ticket(),))
    act = next(one.act for one in desk.counter.app.read(redeeming.listing))
    at = desk.counter.at("11:00")
    desk.counter.write(lambda c: disagree.look_at_refusal(c, act, "There were 3.00 CHF left", at))
    assert desk.states() == [(State.REFUSED, -10_000)]
    assert desk.counter.app.outbox().parked == 1
    assert desk.is_sound()
    desk.counter.write(lambda c: disagree.send_again(c, act, at))
    assert desk.states() == [(State.REDEEMED, -10_000)]


def test_a_code_is_found_by_its_first_eleven_characters(desk: Desk) -> None:
    desk.sell(cash(5_000), loads=[load(5_000)])
    desk.sell(cash(5_000), loads=[load(5_000, code="GIFT2026ABXXXXXX")], name="sale-2")
    found = desk.counter.app.read(lambda c: redeeming.listing(c, "gift2026 abc"))
    assert [one.code for one in found] == [CODE.casefold()]
    assert desk.counter.app.read(lambda c: redeeming.listing(c, "GIFT2026")) == []
    assert desk.counter.app.read(redeeming.counts) == {(Kind.GIFT_CARD, State.LOADED): (2, 10_000)}


def test_training_moves_no_card(desk: Desk) -> None:
    desk.tell(10_000)
    counter, shelf = desk.counter, desk.counter.app.shelf
    counter.write(lambda c: shifts.open_shift(c, shelf, "conf26", 0, counter.at("08:00"), training=True))
    counter.begin(counter.cart(ticket(), training=True))
    counter.write(
        lambda c: sell.finish(c, shelf, counter.stock, "sale-1", [by_card(10_000)], counter.at("09:00"), training=True)
    )
    assert (desk.left(), desk.states(), desk.is_sound()) == (10_000, [], True)


def test_books_that_were_bent_are_found_out(desk: Desk) -> None:
    desk.tell(10_000)
    desk.sell(by_card(10_000), lines=(ticket(),))
    desk.counter.write(lambda c: c.execute("UPDATE redemptions SET amount = -9000"))
    faults = desk.counter.app.read(verify.check).faults
    assert faults[0] == "Receipt 1 says that gift cards paid 10000, but they gave 9000."
    assert len(faults) == 2


def test_a_new_card_comes_on_paper_with_its_whole_number(desk: Desk) -> None:
    desk.counter.write(lambda c: print_setup.add_printer(c, Printer(name="Till", address="tcp://127.0.0.1:1")))
    desk.sell(cash(5_000), loads=[load(5_000)])
    desk.sell(cash(1_000), loads=[load(1_000, Why.TOPPED_UP)], name="sale-2")
    jobs = [one for one in desk.counter.app.read(print_queue.open_ones) if one.kind == "voucher"]
    assert [(one.document.code, one.document.value) for one in jobs] == [(CODE, 5_000)]


def test_what_cards_have_paid_goes_back_onto_them_when_a_sale_is_taken_back(desk: Desk) -> None:
    desk.tell(6_000)
    desk.sell(by_card(6_000), cash(4_000), lines=(ticket(),))
    shelf, at = desk.counter.app.shelf, desk.counter.at("10:00")
    desk.counter.write(lambda c: voids.void(c, shelf, 1, "Wrong ticket", at))
    assert desk.left() == 6_000
    assert desk.is_sound()


def test_nothing_goes_back_onto_a_card_from_which_the_server_never_took_it(desk: Desk) -> None:
    desk.tell(10_000)
    desk.sell(by_card(10_000), lines=(ticket(),))
    act = next(one.act for one in desk.counter.app.read(redeeming.listing))
    shelf, at = desk.counter.app.shelf, desk.counter.at("10:00")
    desk.counter.write(lambda c: disagree.look_at_refusal(c, act, "There were 3.00 CHF left", at))
    with pytest.raises(Refused, match="server has refused what this gift card paid"):
        desk.counter.write(lambda c: voids.void(c, shelf, 1, "Wrong ticket", at))
    with pytest.raises(Refused, match="server has refused what this gift card paid"):
        desk.counter.write(lambda c: corrections.correct(c, shelf, 1, [cash(10_000)], "It was cash", at))
    assert desk.states() == [(State.REFUSED, -10_000)]


def test_a_sale_that_put_money_on_a_card_is_not_taken_back(desk: Desk) -> None:
    desk.sell(cash(5_000), loads=[load(5_000)])
    shelf, at = desk.counter.app.shelf, desk.counter.at("10:00")
    with pytest.raises(Refused, match="put money on a gift card"):
        desk.counter.write(lambda c: voids.void(c, shelf, 1, "Wrong", at))
