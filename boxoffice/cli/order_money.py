"""`order pay`, `refund`, `correct` and `void`: what moves money for an order that there is.

Where cards are moved, that comes first; the receipt is written when all of it has moved, under the same operation.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import msgspec

from boxoffice.domain.errands import What
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import BadInput
from boxoffice.services.give_back import Back

from . import cards, much_change
from .order_desk import OrderDesk, order_desk

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""


def register(verbs: Subparsers, which: argparse.ArgumentParser) -> None:
    """Add the verbs of this module below `order`."""
    pay = verbs.add_parser("pay", parents=[which, much_change.options()], help="take the money for what is open")
    pay.add_argument(
        "--tender",
        metavar="KIND:AMOUNT",
        action="append",
        required=True,
        dest="tenders",
        help="cash:50, card:20; several add up",
    )
    pay.add_argument("--terminal", metavar="NAME", default="", help="that is to charge a card")
    pay.add_argument("--reason", default="", help="why something is given away")
    pay.set_defaults(run=run_pay)

    refund = verbs.add_parser("refund", parents=[which], help="give money back; it cancels what it was for")
    refund.add_argument("--position", metavar="N[=AMOUNT]", action="append", dest="positions", help="all, if none")
    refund.add_argument(
        "--tender", metavar="KIND[:CODE]", default=Means.CASH.value, help="how it goes back (default: cash)"
    )
    refund.add_argument("--reason", required=True)
    refund.add_argument("--terminal", metavar="NAME", default="", help="at which a card is given back to")
    refund.add_argument("--keep-valid", action="store_true", help="a part of the price only; the ticket stays")
    refund.add_argument("--dry-run", action="store_true", help="say what would go back, and do nothing")
    refund.set_defaults(run=run_refund)

    correct = verbs.add_parser("correct", parents=[which], help="say how it was paid in truth; the first entry stays")
    correct.add_argument("--receipt", metavar="N", type=int, help="of this till; default: the newest sale of the order")
    correct.add_argument("--tender", metavar="KIND:AMOUNT[:CODE]", action="append", default=[], dest="tenders")
    correct.add_argument("--amount", metavar="AMOUNT", help="what was paid in all, where it is not what stands there")
    correct.add_argument("--terminal", metavar="NAME", default="", help="that is to charge a card, or give back to one")
    correct.add_argument("--reason", required=True)
    correct.set_defaults(run=run_correct)

    void = verbs.add_parser("void", parents=[which], help="take back a whole sale of this shift, as it was paid")
    void.add_argument("--receipt", metavar="N", type=int, help="default: the newest sale of the order")
    void.add_argument("--reason", required=True)
    void.add_argument("--terminal", metavar="NAME", default="", help="at which a card is given back to")
    void.set_defaults(run=run_void)


def run_pay(args: argparse.Namespace) -> int:
    """Pay what is open."""
    with order_desk(args) as desk:
        offers = desk.offers(args.tenders)
        much_change.mind(args, desk.order.total - desk.order.paid, offers, desk.currency)
        operation = _charge(desk, offers)
        event, code, orders = desk.order.event, desk.order.code, desk.counter.orders
        payment = desk.with_leave(
            lambda permits: orders.pay(event, code, offers, operation=operation, permits=permits).result(),
        )
        came = sum(one.amount for one in payment.receipt.tenders if one.amount > 0)
        paid, change = desk.plain(came), desk.plain(payment.change)
        values = {"receipt": payment.booked.number, "paid": paid, "change": change}
        text = f"Receipt {payment.booked.number}: {paid} {desk.currency}, change {change}."
        desk.say({**values, **desk.as_json(payment.order)}, text)
    return 0


def _charge(desk: OrderDesk, offers: Sequence[Offer]) -> str:
    """Charge the cards that were not charged by an attempt before; the name of the operation."""
    beside = tuple(one for one in offers if one.means is not Means.CARD)
    errand = msgspec.structs.replace(desk.errand(What.PAYMENT), offers=beside, reason=desk.args.reason)
    at_terminals = desk.counter.cards
    moved = at_terminals.moved_for(errand.operation)
    open_ones = [one for one in offers if one not in moved]
    cards.charge(
        desk.app,
        desk.counter,
        open_ones,
        lambda amount: desk.with_leave(
            lambda permits: at_terminals.charge_order(errand, amount, desk.args.terminal, permits=permits).result()
        ),
    )
    return errand.operation


def run_refund(args: argparse.Namespace) -> int:
    """Give money back."""
    with order_desk(args) as desk:
        order, wished = desk.order, _wished(desk, args.positions)
        back = desk.counter.orders.quote(order.event, order.code, wished)
        values, owed_no_longer = _quoted(desk, back)
        if args.dry_run:
            desk.say(values, f"{values['back']} {desk.currency} would go back.{owed_no_longer}")
            return 0
        offers = [desk.offer(args.tender, -back.due)] if back.due else []
        errand = desk.errand(What.REFUND)
        if back.due and args.tender == Means.CARD.value and desk.counter.cards.terminals:
            details = None if wished is None else tuple(wished.items())
            desk.move_cards(errand, wished=details, reason=args.reason, keep_valid=args.keep_valid)
            offers = list(desk.counter.cards.moved_for(errand.operation))
        done = desk.with_leave(
            lambda permits: desk.counter.orders.give_back(
                order.event,
                order.code,
                offers,
                args.reason,
                wished,
                operation=errand.operation,
                keep_valid=args.keep_valid,
                permits=permits,
            ).result(),
        )
        back_by = f" {values['back']} {desk.currency} goes back by {args.tender}." if back.due else ""
        text = f"Receipt {done.booked.number}:{back_by}{owed_no_longer}"
        desk.say({**values, "receipt": done.booked.number, **desk.as_json(done.order)}, text)
    return 0


def _quoted(desk: OrderDesk, back: Back) -> tuple[dict[str, str], str]:
    """What would go back, and a sentence about what is only owed no longer."""
    values = {"back": desk.plain(back.due)}
    if not back.credited:
        return values, ""
    credited = desk.plain(back.total - back.due)
    return values | {"owed_no_longer": credited}, f" {credited} {desk.currency} is owed no longer."


def _wished(desk: OrderDesk, positions: Sequence[str] | None) -> dict[int, int | None] | None:
    if positions is None:
        return None
    wished: dict[int, int | None] = {}
    for text in positions:
        number, equals, amount = text.partition("=")
        if not number.isdecimal():
            raise BadInput(f"{text} is no position", "Nothing was given back.", "Write N or N=AMOUNT.")
        wished[int(number)] = desk.amount(amount) if equals else None
    return wished


def run_correct(args: argparse.Namespace) -> int:
    """Say how a receipt was paid in truth."""
    with order_desk(args) as desk:
        number, offers = desk.receipt(), desk.offers(args.tenders)
        amount = None if args.amount is None else desk.amount(args.amount)
        operation = desk.move_cards(
            desk.errand(What.CORRECTION), receipt=number, offers=tuple(offers), amount=amount, reason=args.reason
        )
        done = desk.with_leave(
            lambda permits: desk.counter.orders.correct(
                number, offers, args.reason, amount, operation=operation, permits=permits
            ).result(),
        )
        tenders = {one.tender: desk.plain(one.amount) for one in done.receipt.tenders if one.amount > 0}
        values = {"receipt": done.booked.number, "corrects": number, "tenders": tenders}
        paid = ", ".join(f"{amount} by {tender}" for tender, amount in tenders.items()) or "nothing"
        desk.say({**values, **desk.as_json(done.order)}, f"Receipt {done.booked.number} corrects {number}: {paid}.")
    return 0


def run_void(args: argparse.Namespace) -> int:
    """Take back a sale."""
    with order_desk(args) as desk:
        number = desk.receipt()
        orders = desk.counter.orders
        operation = desk.move_cards(desk.errand(What.VOID), receipt=number, reason=args.reason)
        done = desk.with_leave(
            lambda permits: orders.void(number, args.reason, operation=operation, permits=permits).result(),
        )
        back = desk.plain(-done.receipt.total)
        values = {"receipt": done.booked.number, "voids": number, "back": back}
        text = f"Receipt {done.booked.number} takes back receipt {number}: {back} {desk.currency}."
        desk.say({**values, **desk.as_json(done.order)}, text)
    return 0
