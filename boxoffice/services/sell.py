"""One sale: from a cart to an order with its tickets, its payments and its receipt, in one transaction.

The cart is kept as soon as selling begins, under the id that the sale keeps for good: a second Enter, a second click
or a restart in between finishes the same sale and never another one. No device and no network is waited for here;
paper and cards have their own places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import asking, pricing, selling
from boxoffice.domain import cart as carts
from boxoffice.domain.cart import Cart
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import Tendered
from boxoffice.domain.orders import Order
from boxoffice.domain.payment import Attempt
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.pricing import Bill
from boxoffice.domain.shift import Booked, Shift
from boxoffice.domain.stock import Piece
from boxoffice.domain.tenders import Means, Offer, as_they_are
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.storage import begun_sales, orders, receipt_book
from boxoffice.storage.catalog import Known, Shelf
from boxoffice.storage.connection import Connection

from . import (
    books,
    card,
    card_terminals,
    elsewhere,
    gift_cards,
    guard,
    held,
    on_payment,
    pass_sale,
    redeem,
    shifts,
    sold,
    tendering,
)
from .sold import Selling
from .stock import Stock


class Sale(books.Entered, frozen=True, kw_only=True):
    """A sale that is done."""

    order: Order


def begin(connection: Connection, shelf: Shelf, cart: Cart, now: datetime) -> Bill:
    """Keep a cart as a sale under way, and say what it costs. Raises `Refused` if it was sold or dropped before."""
    if not begun_sales.keep_open(connection, cart, now):
        raise Refused("This sale is over", "Nothing was changed.", "Begin a new one.")
    if not cart.training:
        redeem.hold(connection, cart, now)
    return reckon(connection, shelf, cart, now)


def reckon(connection: Connection, shelf: Shelf, cart: Cart, now: datetime) -> Bill:
    """What a cart costs now."""
    return _bill(connection, shelf.of(connection, cart.event), cart, now)


def _bill(connection: Connection, catalog: Catalog, cart: Cart, now: datetime) -> Bill:
    return pricing.bill(cart, catalog, now, redeem.known(connection, cart))


def hold(connection: Connection, cart: Cart, note: str, now: datetime, *, shared: bool = True) -> None:
    """Put a cart by; it is there after a restart, and where it is `shared` any till of the event may take it up."""
    named = msgspec.structs.replace(cart, note=note or cart.note)
    begun_sales.put_sale(connection, named, begun_sales.HELD, now)
    if shared:
        held.tell(connection, named, now)
    gift_cards.release(connection, cart.id, now)
    if not cart.training:
        redeem.hold(connection, cart, now)


def recall(connection: Connection, sale_id: str, now: datetime) -> Cart:
    """Take a cart that was put by up again. Raises `BadInput` if there is none of that name."""
    sale = begun_sales.sale(connection, sale_id)
    if sale is None or sale.state not in (begun_sales.HELD, begun_sales.OPEN):
        raise BadInput("No such cart was put by", "Nothing was changed.", "Look at the list of held carts.")
    held.let_go(connection, sale, now)
    begun_sales.put_sale(connection, sale.cart, begun_sales.OPEN, now)
    return sale.cart


def drop(connection: Connection, sale_id: str, now: datetime) -> None:
    """Let a cart go. What was sold stays sold. Raises `Refused` if a card was charged for it, or may have been."""
    sale = begun_sales.sale(connection, sale_id)
    if sale is not None and sale.state in (begun_sales.HELD, begun_sales.OPEN):
        card.mind_sale(connection, sale_id)
        held.let_go(connection, sale, now)
        begun_sales.end_sale(connection, sale_id, begun_sales.DROPPED, now)
        redeem.let_go(connection, sale_id, now)


def charge(
    connection: Connection,
    shelf: Shelf,
    stock: Stock,
    sale_id: str,
    amount: int,
    terminal: str,
    now: datetime,
    operator: str = "",
    permits: Sequence[Permit] = (),
    *,
    beside: Sequence[Offer] = (),
    may_oversell: bool = False,
) -> Attempt:
    """Write down that a card is to be charged for a sale under way: no more than it costs, with what was charged.

    `beside` is what else is offered for it, as far as that is known. Raises `BadInput` if nothing was begun, `Refused`
    as `card.begin` does, if no shift is open, and as `finish` would for what cannot be sold as it is, is sold out or is
    not paid for in this way, and `NeedsPermission` for all that `finish` would ask for.
    """
    under_way = begun_sales.sale(connection, sale_id)
    if under_way is None or under_way.cart.empty or under_way.cart.training or under_way.state != begun_sales.OPEN:
        raise BadInput("There is nothing to pay", "No card was charged.", "Put something into the cart.")
    known, cart = shelf.now(connection), under_way.cart
    _mind_people(connection, cart, beside, now, operator, permits, may_oversell=may_oversell)
    shift = shifts.needed(connection)
    shifts.mind_event(shift, cart.event)
    offers = [*beside, Offer(means=Means.CARD, amount=amount)]
    wish = card.Wish(
        operation=sale_id,
        event=cart.event,
        amount=amount,
        currency=shift.currency,
        terminal=card_terminals.terminal(connection, terminal).name,
        operator=operator,
    )
    tendering.mind(connection, known, cart.event, offers)
    catalog = known.catalog(connection, cart.event)
    bill = _allowed_bill(connection, shelf, known, cart, shift, now, card.as_of(connection, sale_id, now))
    gift_cards.vouched(connection, sale_id, cart.event, shift.currency, beside, now)
    _mind_payment(cart, catalog, bill, as_they_are(offers))
    may_oversell = may_oversell or _may_oversell(cart)
    stock.mind(connection, cart.event, _pieces(bill), may_oversell=may_oversell)
    elsewhere.mind_stock(connection, stock, cart, catalog, may_oversell=may_oversell, takes=False)
    return card.begin(connection, wish, bill.total, now)


def finish(
    connection: Connection,
    shelf: Shelf,
    stock: Stock,
    sale_id: str,
    offers: Sequence[Offer],
    now: datetime,
    operator: str = "",
    *,
    may_oversell: bool = False,
    training: bool = False,
    permits: Sequence[Permit] = (),
) -> Sale:
    """Sell what stands in the cart. Done twice, it answers what it answered first.

    Raises `Refused` if a rule says no or the offers do not cover the bill, `BadInput` if nothing was begun. The cart
    is as it was then.
    """
    if (booked := receipt_book.receipt_of(connection, sale_id)) is not None:
        return _done(connection, booked)
    cart = _cart(connection, sale_id, training=training)
    shift = shifts.needed(connection, training=training)
    _mind_people(connection, cart, offers, now, operator, permits, may_oversell=may_oversell)
    shifts.mind_event(shift, cart.event)
    known = shelf.now(connection)
    agreed = _agreed(connection, shelf, known, cart, offers, shift, now, operator)
    if not training:
        _take_places(connection, stock, agreed, may_oversell=may_oversell or _may_oversell(cart))
    return _written_down(connection, shelf, known, agreed)


def _agreed(
    connection: Connection,
    shelf: Shelf,
    known: Known,
    cart: Cart,
    offers: Sequence[Offer],
    shift: Shift,
    now: datetime,
    operator: str,
) -> Selling:
    """What is sold, at which price, for what. Raises `Refused` if a rule says no or the offers do not cover it."""
    catalog, locale = known.catalog(connection, cart.event), known.locale(connection)
    by_card = any(one.means is Means.CARD for one in offers)
    priced_at = card.as_of(connection, cart.id, now) if by_card else now
    bill = _allowed_bill(connection, shelf, known, cart, shift, now, priced_at)
    tendering.mind(connection, known, cart.event, offers, cart.id)
    paid = card.vouched(connection, cart.id, offers, training=cart.training)
    paid = gift_cards.vouched(connection, cart.id, cart.event, shift.currency, paid, now, training=cart.training)
    settled = books.covered(bill.total, paid, shift)
    _mind_payment(cart, catalog, bill, settled.tendered)
    return Selling(
        held=pass_sale.opened(connection, cart, settled) if not cart.training else None,
        cart=cart,
        catalog=catalog,
        bill=bill,
        paid=paid,
        settled=settled,
        shift=shift,
        number=books.next_number(connection, shift),
        locale=locale,
        now=now,
        operator=operator,
    )


def _allowed_bill(
    connection: Connection, shelf: Shelf, known: Known, cart: Cart, shift: Shift, now: datetime, priced_at: datetime
) -> Bill:
    """What a cart costs. Raises `Refused` for what no card is charged for, because no receipt would say it."""
    catalog = known.catalog(connection, cart.event)
    _mind_rules(connection, shelf, cart, catalog, known.locale(connection), priced_at)
    gift_cards.mind_loads(connection, cart, shift.currency, now)
    return _bill(connection, catalog, cart, priced_at)


def _mind_payment(cart: Cart, catalog: Catalog, bill: Bill, tendered: Sequence[Tendered]) -> None:
    """Raises `Refused` for what is not paid for in this way."""
    gift_cards.mind_what_they_buy(tendered, bill.revenue)
    if not cart.training:
        elsewhere.mind_payment(cart, catalog, tendered)


def _written_down(connection: Connection, shelf: Shelf, known: Known, selling: Selling) -> Sale:
    cart, now, operator = selling.cart, selling.now, selling.operator
    order = sold.order(connection, selling, known.station(connection))
    page = sold.page(selling, order.code)
    if not cart.training:
        page = msgspec.structs.replace(page, cards=_codes(connection, selling, order.code))
    booked = books.book(connection, known, selling.catalog, page)
    if any(one.means is Means.CARD for one in selling.paid):  # What a card has moved and was not offered was refused.
        card.stand_on(connection, cart.id, booked.number)
    if page.cards:
        gift_cards.hand_out(connection, shelf, cart.id, now, operator)
    begun_sales.end_sale(connection, cart.id, begun_sales.FINISHED, now)
    if not cart.training:
        tendering.keep_proofs(connection, cart.event, order.code, selling.paid, now, operator)
    if not cart.training and selling.held is None:
        on_payment.follow(connection, shelf, order, cart.id, now, operator, cart.check_in, known)
    return Sale(booked=booked, order=order)


def _cart(connection: Connection, sale_id: str, *, training: bool) -> Cart:
    """What is sold. Raises `BadInput` if that is nothing, `Refused` for what others may have by now."""
    under_way = begun_sales.sale(connection, sale_id)
    if under_way is None or under_way.cart.empty:
        raise BadInput("There is nothing to sell", "Nothing was done.", "Put something into the cart.")
    if under_way.state == begun_sales.HELD:
        raise Refused("This cart was put by", "Nothing was sold.", "Take it up again first.")
    if under_way.state != begun_sales.OPEN:
        raise Refused("This sale is over", "Nothing was sold.", "Begin a new one.")
    if under_way.cart.training is not training:
        raise Refused("Training and selling do not mix", "Nothing was sold.", "Begin a new cart.")
    return under_way.cart


def _mind_people(
    connection: Connection,
    cart: Cart,
    offers: Sequence[Offer],
    now: datetime,
    operator: str,
    permits: Sequence[Permit],
    *,
    may_oversell: bool,
) -> None:
    """Raises `NeedsPermission` if somebody else has to stand by this sale."""
    for act, about in _guarded(cart, offers, may_oversell=may_oversell):
        if not guard.was_permitted(connection, act, about):
            guard.need(connection, act, now, operator=operator, permits=permits, event=cart.event, about=about)


def _guarded(cart: Cart, offers: Sequence[Offer], *, may_oversell: bool) -> Iterator[tuple[Act, str]]:
    """What a sale asks for, and under which name it may have been permitted before: its card was charged then."""
    yield Act.SELL, cart.id
    if cart.training:
        return
    if cart.allowed:
        yield Act.OVERRULE, carts.overruling(cart)
    if may_oversell:
        yield Act.OVERRULE, f"{cart.id}/oversell"
    for line in cart.lines:
        if line.override is not None:
            yield Act.PRICE, carts.repricing(cart, line)
    if any(one.means is Means.FREE and one.amount for one in offers):
        yield Act.PRICE, f"{cart.id}/free"  # What is given away is another price than the catalogue's.


def _codes(connection: Connection, selling: Selling, order: str) -> tuple[tuple[str, int], ...]:
    """What the sale does to vouchers and gift cards; of the cards, why and by how much."""
    cart, number, now = selling.cart, selling.number, selling.now
    redeem.redeemed(connection, cart, selling.bill, selling.first, order, number, now)
    return gift_cards.book(
        connection, cart.id, cart.event, selling.shift.currency, selling.paid, cart.loads, number, order, now
    )


def _done(connection: Connection, booked: Booked) -> Sale:
    receipt = booked.receipt
    event = receipt_book.event_of_receipt(connection, booked.number, training=receipt.training)
    order = orders.by_code(connection, event, receipt.orders[0]) if receipt.orders else None
    return Sale(booked=booked, order=order or Order(event=event, code=""))


def _mind_rules(connection: Connection, shelf: Shelf, cart: Cart, catalog: Catalog, locale: str, now: datetime) -> None:
    known, members = redeem.known(connection, cart), redeem.members(connection, cart)
    against = selling.objections(cart, catalog, now, known, {}, locale, members)
    against += elsewhere.objections(connection, shelf, cart, catalog, now)
    against += pass_sale.objections(connection, cart, catalog, locale)
    against += asking.missing(cart, catalog, locale)
    if against:
        words, more = against[0].words, len(against) - 1
        raise Refused(
            "This cannot be sold as it is",
            filled("{words}. And {more} more.", words=words, more=more) if more else filled("{words}.", words=words),
            "Change the cart, or allow it.",
        )


def _may_oversell(cart: Cart) -> bool:
    """Whether somebody with permission has taken the risk, which is asked for with all that was waved through."""
    return selling.OVERSELL in cart.allowed


def _take_places(connection: Connection, stock: Stock, selling: Selling, *, may_oversell: bool) -> None:
    """Take what is sold from its quotas, here and at the events to which it lets in as well."""
    cart = selling.cart
    stock.sell(connection, cart.event, cart.id, _pieces(selling.bill), may_oversell=may_oversell)
    elsewhere.mind_stock(connection, stock, cart, selling.catalog, may_oversell=may_oversell, takes=True)


def _pieces(bill: Bill) -> list[Piece]:
    """What takes from a quota: everything but what a voucher keeps back, or sells in spite of it."""
    return selling.pieces_of(one for one in bill.units if not one.has_room)
