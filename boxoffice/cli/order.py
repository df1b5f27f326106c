"""`order`: what the desk does with an order that there is."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from boxoffice.bootstrap import App, open_station
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.progress import progress
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.words import localised
from boxoffice.errors import BadInput
from boxoffice.services import amend
from boxoffice.storage import till

from . import cards, change_ticket, consent
from .amounts import amount_in
from .output import say
from .till import offer

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    words = "show, pay, change, refund, correct, void, cancel, reactivate or edit an order"
    order = subparsers.add_parser("order", help=words)
    verbs = order.add_subparsers(metavar="WHAT", required=True)
    which = argparse.ArgumentParser(add_help=False, parents=[common, consent.options()])
    which.add_argument("code", metavar="CODE")
    which.add_argument("--event", metavar="SLUG", help="where several have an order of that code")
    verbs.add_parser("show", parents=[which], help="all of it").set_defaults(run=run_show)

    pay = verbs.add_parser("pay", parents=[which], help="take the money for what is open")
    pay.add_argument("--tender", metavar="KIND:AMOUNT", action="append", required=True, dest="tenders")
    pay.add_argument("--terminal", metavar="NAME", default="", help="that is to charge a card")
    pay.set_defaults(run=run_pay)

    proof = verbs.add_parser("proof", parents=[which], help="keep the picture of a transfer: it awaits confirmation")
    proof.add_argument("file", metavar="FILE", help="a PNG or JPEG")
    proof.add_argument("--reference", metavar="TEXT", default="", help="what stands on the transfer")
    proof.set_defaults(run=run_proof)

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

    cancel = verbs.add_parser("cancel", parents=[which], help="cancel it, or some of its tickets")
    cancel.add_argument("--position", metavar="N", type=int, action="append", default=[], dest="positions")
    cancel.add_argument("--reason", required=True)
    cancel.add_argument("--fee", metavar="AMOUNT", default="0", help="what is kept")
    cancel.set_defaults(run=run_cancel)

    again = verbs.add_parser("reactivate", parents=[which], help="make a cancelled order valid, if places are left")
    again.add_argument("--may-oversell", action="store_true")
    again.set_defaults(run=run_reactivate)

    change_ticket.register(verbs, which)

    edit = verbs.add_parser("edit", parents=[which], help="put a name or an address right")
    edit.add_argument("--position", metavar="N", type=int, default=0, help="the ticket; without it the order")
    edit.add_argument("--set", metavar="FIELD=VALUE", action="append", required=True, type=_pair, dest="wanted")
    edit.set_defaults(run=run_edit)


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=VALUE")
    return field, value


def run_show(args: argparse.Namespace) -> int:
    """Show an order."""
    with open_station(args.data) as app:
        _say(args, app, _order(app, args))
    return 0


def run_pay(args: argparse.Namespace) -> int:
    """Pay what is open."""
    with open_station(args.data) as app:
        order = _order(app, args)
        currency = _currency(app, order)
        offers = [offer(one, currency) for one in args.tenders]
        consent.sign_in(app, args)
        counter = app.counter(args.operator)
        operation = cards.operation_for(counter, order.event, order.code, What.PAYMENT)
        errand = Errand(operation=operation, event=order.event, order=order.code)
        moved = list(counter.cards.moved_for(operation))
        for one in offers if counter.cards.terminals else ():
            if one.means is Means.CARD and one not in moved:
                begin = partial(counter.cards.charge_order, errand, one.amount, args.terminal)
                cards.charge(app, lambda begin=begin: begin().result())  # type: ignore[misc]
        payment = counter.pay(order.event, order.code, offers, operation=operation).result()
        change = plain(payment.change, currency)
        came = sum(one.amount for one in payment.receipt.tenders if one.amount > 0)
        values = {"receipt": payment.booked.number, "paid": plain(came, currency), "change": change}
        text = f"Receipt {payment.booked.number}: {values['paid']} {currency}, change {change}."
        say(args, {**values, **_as_json(app, payment.order)}, text)
    return 0


def run_proof(args: argparse.Namespace) -> int:
    """Keep the proof of a transfer."""
    from boxoffice.services import pictures

    with open_station(args.data) as app:
        order = _order(app, args)
        image = pictures.from_file(Path(args.file))
        _say(args, app, app.counter(args.operator).attach(order.event, order.code, image, args.reference).result())
    return 0


def run_refund(args: argparse.Namespace) -> int:
    """Give money back."""
    with open_station(args.data) as app:
        order = _order(app, args)
        currency = _currency(app, order)
        wished = _wished(args.positions, currency)
        counter = app.counter(args.operator)
        back = counter.quote(order.event, order.code, wished)
        total = plain(back.due, currency)
        credited = plain(back.total - back.due, currency) if back.credited else ""
        values: dict[str, Any] = {"back": total}
        values |= {"owed_no_longer": credited} if credited else {}
        more = f" {credited} {currency} is owed no longer." if credited else ""
        if args.dry_run:
            say(args, values, f"{total} {currency} would go back.{more}")
            return 0
        kind, _, code = args.tender.partition(":")
        means = offer(f"{kind}:0", currency).means
        offers = [Offer(means=means, amount=counter.rounded(back, kind), code=code)] if back.due else []
        operation = cards.operation_for(counter, order.event, order.code, What.REFUND)
        if args.tender == Means.CARD.value and back.due and counter.cards.terminals:
            errand = Errand(
                operation=operation,
                event=order.event,
                order=order.code,
                what=What.REFUND,
                wished=None if wished is None else tuple(wished.items()),
                reason=args.reason,
                keep_valid=args.keep_valid,
            )
            cards.move(app, args, counter, errand)
            offers = list(counter.cards.moved_for(operation))
        done = consent.with_leave(
            app,
            args,
            lambda permits: counter.give_back(
                order.event,
                order.code,
                offers,
                args.reason,
                wished,
                operation=operation,
                keep_valid=args.keep_valid,
                permits=permits,
            ).result(),
        )
        values |= {"receipt": done.booked.number}
        back_by = f" {total} {currency} goes back by {args.tender}." if back.due else ""
        say(args, {**values, **_as_json(app, done.order)}, f"Receipt {done.booked.number}:{back_by}{more}")
    return 0


def _wished(positions: list[str] | None, currency: str) -> dict[int, int | None] | None:
    if positions is None:
        return None
    wished: dict[int, int | None] = {}
    for text in positions:
        number, equals, amount = text.partition("=")
        if not number.isdecimal():
            raise BadInput(f"{text} is no position", "Nothing was given back.", "Write N or N=AMOUNT.")
        wished[int(number)] = amount_in(amount, currency) if equals else None
    return wished


def run_correct(args: argparse.Namespace) -> int:
    """Say how a receipt was paid in truth."""
    with open_station(args.data) as app:
        order = _order(app, args)
        currency = _currency(app, order)
        number = args.receipt or _newest_sale(app, order)
        offers = [offer(one, currency) for one in args.tenders]
        amount = None if args.amount is None else amount_in(args.amount, currency)
        counter = app.counter(args.operator)
        operation = cards.operation_for(counter, order.event, order.code, What.CORRECTION)
        errand = Errand(
            operation=operation,
            event=order.event,
            order=order.code,
            what=What.CORRECTION,
            receipt=number,
            offers=tuple(offers),
            amount=amount,
            reason=args.reason,
        )
        cards.move(app, args, counter, errand)
        done = consent.with_leave(
            app,
            args,
            lambda permits: counter.correct(
                number, offers, args.reason, amount, operation=operation, permits=permits
            ).result(),
        )
        tenders = {one.tender: plain(one.amount, currency) for one in done.receipt.tenders if one.amount > 0}
        values = {"receipt": done.booked.number, "corrects": number, "tenders": tenders}
        paid = ", ".join(f"{amount} by {tender}" for tender, amount in tenders.items()) or "nothing"
        say(args, {**values, **_as_json(app, done.order)}, f"Receipt {done.booked.number} corrects {number}: {paid}.")
    return 0


def run_void(args: argparse.Namespace) -> int:
    """Take back a sale."""
    with open_station(args.data) as app:
        order = _order(app, args)
        number = args.receipt or _newest_sale(app, order)
        counter = app.counter(args.operator)
        operation = cards.operation_for(counter, order.event, order.code, What.VOID)
        errand = Errand(
            operation=operation,
            event=order.event,
            order=order.code,
            what=What.VOID,
            receipt=number,
            reason=args.reason,
        )
        cards.move(app, args, counter, errand)
        done = consent.with_leave(
            app,
            args,
            lambda permits: counter.void(number, args.reason, operation=operation, permits=permits).result(),
        )
        back = plain(-done.receipt.total, _currency(app, order))
        values = {"receipt": done.booked.number, "voids": number, "back": back}
        text = f"Receipt {done.booked.number} takes back receipt {number}: {back} {_currency(app, order)}."
        say(args, {**values, **_as_json(app, done.order)}, text)
    return 0


def _newest_sale(app: App, order: Order) -> int:
    receipts = app.read(lambda c: till.receipts_of_order(c, order.event, order.code))
    sales = [one.number for one in receipts if one.is_sale]
    if not sales:
        raise BadInput(f"This till has no receipt of order {order.code}", "Nothing was done.", "Look at another till.")
    return sales[-1]


def run_cancel(args: argparse.Namespace) -> int:
    """Cancel."""
    with open_station(args.data) as app:
        order = _order(app, args)
        fee = amount_in(args.fee, _currency(app, order))
        now = datetime.now(UTC)
        done = consent.with_leave(
            app,
            args,
            lambda permits: app.write(
                lambda c: amend.cancel(c, order, args.positions, args.reason, now, fee, args.operator, permits)
            ).result(),
        )
        _say(args, app, done)
    return 0


def run_reactivate(args: argparse.Namespace) -> int:
    """Make valid again."""
    with open_station(args.data) as app:
        order = _order(app, args)
        stock = app.counter(args.operator).stock
        now = datetime.now(UTC)
        done = app.write(lambda c: amend.reactivate(c, stock, order, now, may_oversell=args.may_oversell)).result()
        _say(args, app, done)
    return 0


def run_edit(args: argparse.Namespace) -> int:
    """Put something right."""
    with open_station(args.data) as app:
        order = _order(app, args)
        now = datetime.now(UTC)
        done = app.write(lambda c: amend.edit(c, order, args.position, dict(args.wanted), now, app.staff.name)).result()
        _say(args, app, done)
    return 0


def _order(app: App, args: argparse.Namespace) -> Order:
    events = [args.event] if args.event else app.events()
    return app.read(lambda c: amend.find(c, args.code, events))


def _currency(app: App, order: Order) -> str:
    return app.catalog(order.event).event.currency


def _say(args: argparse.Namespace, app: App, order: Order) -> None:
    say(args, _as_json(app, order), _as_text(app, order))


def _as_json(app: App, order: Order) -> Mapping[str, Any]:
    catalog, currency = app.catalog(order.event), _currency(app, order)
    receipts = app.read(lambda c: till.receipts_of_order(c, order.event, order.code))
    return {
        "order": order.code,
        "event": order.event,
        "status": progress(order).lower(),
        "total": plain(order.total, currency),
        "paid": plain(order.paid, currency),
        "due": plain(max(0, order.total - order.paid) if order.status is not Status.CANCELED else 0, currency),
        "currency": currency,
        "email": order.email,
        "phone": order.phone,
        "positions": [
            {
                "position": one.number,
                "item": localised(catalog.items[one.item].name) if one.item in catalog.items else str(one.item),
                "name": one.name,
                "company": one.company,
                "price": plain(one.price, currency),
                "addon_to": one.addon_to,
                "canceled": one.canceled,
            }
            for one in order.positions
        ],
        "receipts": [one.number for one in receipts],
    }


def _as_text(app: App, order: Order) -> str:
    values = _as_json(app, order)
    lines = [f"{values['order']} ({values['event']}): {values['status']}, {values['total']} {values['currency']}"]
    for one in values["positions"]:
        gone = " (cancelled)" if one["canceled"] else ""
        lines.append(f"  {one['position']}  {one['item']}  {one['name']}  {one['price']}{gone}")
    lines.append(f"  paid {values['paid']}, open {values['due']}")
    return "\n".join(lines)
