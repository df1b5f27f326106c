"""`shift` and `sell`: the till's day without a screen, for scripts, kiosks and checks."""

from __future__ import annotations

import argparse
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from boxoffice.bootstrap import App, open_station
from boxoffice.counter import Counter
from boxoffice.domain import selling
from boxoffice.domain.cart import Cart
from boxoffice.domain.documents import Movement
from boxoffice.domain.money import plain
from boxoffice.domain.payment import Attempt
from boxoffice.domain.permissions import Act
from boxoffice.domain.pricing import Bill
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import BadInput, Refused
from boxoffice.services import books

from . import cards, consent, much_change
from .amounts import amount_in
from .output import say
from .report import event_of, into_file, say_report
from .wishes import cart_of, with_codes

log = logging.getLogger(__name__)

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    _register_shift(subparsers, common)
    sell = subparsers.add_parser(
        "sell", parents=[common, _who(), much_change.options()], help="one sale at the counter"
    )
    sell.add_argument(
        "--item",
        metavar="ITEM[:VARIATION][xN][@DATE]",
        action="append",
        default=[],
        dest="items",
        help="by id or name; in a series with its date",
    )
    sell.add_argument("--date", metavar="DATE", default="", help="of the items that name none, by id or name")
    help_ = "how it is paid: cash:50, card:20, giftcard:30:NUMBER; several add up"
    sell.add_argument(
        "--tender", metavar="KIND:AMOUNT[:REFERENCE]", action="append", default=[], dest="tenders", help=help_
    )
    sell.add_argument("--voucher", metavar="CODE", action="append", default=[], dest="vouchers", help="redeem it")
    sell.add_argument("--member", metavar="NUMBER", default="", help="the membership for members' prices")
    sell.add_argument(
        "--gift-card", metavar="AMOUNT[:NUMBER]", action="append", default=[], dest="gift_cards", help="sell one"
    )
    sell.add_argument("--top-up", metavar="AMOUNT:NUMBER", action="append", default=[], help="put more on a gift card")
    sell.add_argument("--change-onto", metavar="AMOUNT:NUMBER", action="append", default=[], help="change onto one")
    sell.add_argument("--name", default="", help="whose ticket it is, where it is one")
    sell.add_argument("--company", default="", help="where the holder of the ticket works")
    sell.add_argument("--role", default="", help="what the holder has shown to be, where a ticket is for some only")
    sell.add_argument(
        "--answer",
        metavar="QUESTION=VALUE",
        action="append",
        default=[],
        dest="answers",
        help="of a question by its id",
    )
    sell.add_argument("--email", default="", help="how to reach the buyer")
    sell.add_argument(
        "--pass", metavar="CODE", default="", dest="to_pass", help="add it to a pass that was sold before"
    )
    sell.add_argument(
        "--choose",
        metavar="CHOICE[@DATE]",
        action="append",
        default=[],
        dest="choices",
        help="a date that goes with a pass",
    )
    sell.add_argument("--quick", action="store_true", help="a walk-in: nobody is asked for anything")
    sell.add_argument("--check-in", metavar="LIST", type=int, help="let them in on this list as soon as it is paid")
    sell.add_argument("--allow", metavar="KIND", action="append", default=[], help="wave an objection through")
    sell.add_argument("--reason", default="", help="why an objection is waved through, or the risk taken")
    sell.add_argument("--terminal", metavar="NAME", default="", help="the card terminal, where there are several")
    sell.add_argument("--may-oversell", action="store_true", help="take the risk that others sell the last ones")
    sell.set_defaults(run=run_sell)


def _register_shift(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    shift = subparsers.add_parser("shift", help="the till's day: open, move cash, count, close")
    verbs = shift.add_subparsers(metavar="WHAT", required=True)
    parents = [common, _who()]
    opened = verbs.add_parser("open", parents=parents, help="open the drawer for selling")
    lies = opened.add_mutually_exclusive_group(required=True)
    lies.add_argument("--float", metavar="AMOUNT", dest="amount", help="what lies in it")
    lies.add_argument("--count", metavar="FILE", help="what was counted in it: a line for each note and coin")
    opened.add_argument("--event", metavar="SLUG", help="where there are several")
    opened.set_defaults(run=run_open)
    for movement, words in _MOVES.items():
        moved = verbs.add_parser(movement.value.replace("_", "-"), parents=parents, help=words)
        if movement is not Movement.NO_SALE:
            moved.add_argument("amount", metavar="AMOUNT")
        moved.add_argument("--reason", required=True, help="what for")
        moved.set_defaults(run=run_move, movement=movement)
    count = verbs.add_parser("count", parents=parents, help="count the drawer, before anybody says what it should be")
    count.add_argument("file", metavar="FILE", help="a line for each note and coin: `50.00 x 3`")
    count.set_defaults(run=run_count)
    closed = verbs.add_parser(
        "close", parents=[*parents, into_file()], help="close the shift that was counted; prints its Z"
    )
    closed.add_argument("--reason", default="", help="why the count differs")
    closed.add_argument("--witness", metavar="NAME", default="", help="who has seen that it differs")
    closed.add_argument(
        "--despite-unknown", action="store_true", help="a supervisor closes while a card payment is in doubt"
    )
    closed.set_defaults(run=run_close)
    so_far = verbs.add_parser("x", parents=[*parents, into_file()], help="the figures so far")
    so_far.set_defaults(run=run_x)
    zed = verbs.add_parser(
        "z", parents=[*parents, into_file()], help="a Z as it was closed; the last one if none is named"
    )
    zed.add_argument("number", metavar="N", type=int, nargs="?")
    zed.set_defaults(run=run_z)


_MOVES = {
    Movement.PAY_IN: "put cash into the drawer",
    Movement.PAY_OUT: "take cash out for something",
    Movement.DROP: "take cash to the safe",
    Movement.NO_SALE: "open the drawer for nothing",
}


def _who() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, parents=[consent.options()])
    parser.add_argument("--training", action="store_true", help="outside all books, with numbers of its own")
    return parser


# The shift


def run_open(args: argparse.Namespace) -> int:
    """Open a shift."""
    with open_station(args.data) as app:
        event = event_of(app, args.event)
        currency = app.catalog(event).event.currency
        pieces = dict(_pieces(args.count, currency)) if args.count else None
        amount = amount_in(args.amount or "0", currency)
        shift = _counter(app, args).open(event, amount, pieces=pieces).result()
        values = {"shift": shift.id, "event": event, "currency": currency, "float": plain(shift.float, currency)}
        say(args, values, f"The shift is open with {plain(shift.float, currency)} {currency}.")
    return 0


def run_move(args: argparse.Namespace) -> int:
    """Move cash."""
    with open_station(args.data) as app:
        counter = _counter(app, args)
        shift = _shift(counter)
        amount = 0 if args.movement is Movement.NO_SALE else amount_in(args.amount, shift.currency)
        slip = consent.with_leave(
            app, args, lambda permits: counter.move(args.movement, amount, args.reason, permits=permits).result()
        )
        moved = plain(slip.amount, slip.currency)
        say(args, {"slip": int(slip.number), "amount": moved}, f"Slip {slip.number}: {moved} {slip.currency}")
    return 0


def run_count(args: argparse.Namespace) -> int:
    """Keep a count of the drawer."""
    with open_station(args.data) as app:
        counter = _counter(app, args)
        currency = _shift(counter).currency
        counted = plain(counter.count(dict(_pieces(args.file, currency))).result(), currency)
        say(args, {"counted": counted}, f"Counted: {counted} {currency}.")
    return 0


_PIECES = re.compile(r"\s*(?P<denomination>[0-9.,]+)\s*[x×,;:\t ]\s*(?P<number>[0-9]+)\s*")


def _pieces(file: str, currency: str) -> Iterator[tuple[int, int]]:
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("The count cannot be read", f"{file}: {error}.", "Nothing was kept.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _PIECES.fullmatch(line)
        if found is None:
            raise BadInput(f"Line {number} is no count", f"It says: {line}", "Write it like `50.00 x 3`.")
        yield amount_in(found["denomination"], currency), int(found["number"])


def run_close(args: argparse.Namespace) -> int:
    """Close the shift."""
    with open_station(args.data) as app:
        counter = _counter(app, args)
        report = consent.with_leave(
            app,
            args,
            lambda permits: counter.close(
                args.reason, despite_unknown=args.despite_unknown, witness=args.witness, permits=permits
            ).result(),
        )
        say_report(args, app, report)
    return 0


def run_x(args: argparse.Namespace) -> int:
    """Say the figures so far."""
    with open_station(args.data) as app:
        say_report(args, app, _counter(app, args).x_report())
    return 0


def run_z(args: argparse.Namespace) -> int:
    """Say a Z again."""
    with open_station(args.data) as app:
        report = _counter(app, args).z_report(args.number)
        if report is None:
            raise Refused("There is no such Z", "", "A shift that is closed has one.")
        say_report(args, app, report)
    return 0


# Selling


def run_sell(args: argparse.Namespace) -> int:
    """One sale, from an empty cart to its receipt."""
    with open_station(args.data) as app:
        counter = _counter(app, args)
        shift = _shift(counter)
        held = counter.find_pass(shift.event, args.to_pass) if args.to_pass else None
        cart = with_codes(
            args, counter.codes, cart_of(args, app.catalog(shift.event), app.catalog, held), shift.currency
        )
        offers = [offer(one, shift.currency) for one in args.tenders]
        bill = counter.begin(cart).result()
        try:
            much_change.mind(args, bill.total, offers, shift.currency)
            books.covered(bill.total, tuple(offers), shift)  # Before a card is charged for too little.
            cards.charge(app, counter, offers, _charging(app, args, counter, cart.id, offers))
            sale = consent.with_leave(
                app,
                args,
                lambda permits: counter.finish(
                    cart.id, offers, may_oversell=args.may_oversell, permits=permits
                ).result(),
            )
        except (Refused, BadInput):
            if not any(one.is_open or one.is_stray for one in counter.cards.of(cart.id)):
                counter.drop(cart.id).result()
            _want_more(app, counter, cart, bill)
            raise
        total, change = plain(bill.total, shift.currency), plain(sale.change, shift.currency)
        values = {
            "receipt": sale.booked.number,
            "order": sale.order.code,
            "total": total,
            "rounding": plain(sale.receipt.rounding, shift.currency),
            "change": change,
            "currency": shift.currency,
            "gift_cards": [load.code for load in cart.loads],
            "tickets": [{"position": one.number, "secret": one.secret} for one in sale.order.positions],
        }
        about = f", order {sale.order.code}" if sale.order.code else ""
        text = f"Receipt {sale.booked.number}{about}: {total} {shift.currency}, change {change}."
        say(args, values, text)
    return 0


def _charging(app: App, args: argparse.Namespace, counter: Counter, sale: str, offers: Sequence[Offer]) -> cards.Charge:
    """How one card is charged for a sale: with all permits that the sale asks for, before the terminal hears of it."""
    beside = [one for one in offers if one.means is not Means.CARD]

    def begin(amount: int) -> Attempt:
        return consent.with_leave(
            app,
            args,
            lambda permits: counter.cards.charge(
                sale, amount, args.terminal, beside=beside, may_oversell=args.may_oversell, permits=permits
            ).result(),
        )

    return begin


def _want_more(app: App, counter: Counter, cart: Cart, bill: Bill) -> None:
    """Have the next sync set aside what this sale takes more of than this till may sell, where there is any left."""
    taking = selling.pieces_of(one for one in bill.units if not one.has_room)
    outlook = app.read(lambda c: counter.stock.outlook(c, cart.event))
    needed = outlook.needs(taking, app.catalog(cart.event).quotas.values())
    if needed and not counter.training and not outlook.lacks(needed):
        app.write(lambda c: counter.stock.want(c, cart.event, needed)).result()


def _counter(app: App, args: argparse.Namespace) -> Counter:
    consent.sign_in(app, args)
    if args.training:
        app.staff.begin_training(consent.permits_for(app, args, Act.TRAINING)).result()
    return app.counter(args.operator, training=args.training)


def _shift(counter: Counter) -> Any:
    shift = counter.shift
    if shift is None:
        raise Refused("No shift is open", "Nothing was done.", "Open one: `boxoffice shift open --float AMOUNT`.")
    return shift


def offer(text: str, currency: str) -> Offer:
    """A tender as people type it: `cash:20`, `cheque:20:4711` or `giftcard:20:CODE` with its number.

    Raises `BadInput`.
    """
    kind, colon, rest = text.partition(":")
    amount, _, detail = rest.partition(":")
    try:
        means = Means(kind)
    except ValueError:
        there = ", ".join(Means)
        raise BadInput(f"{kind} is no tender", f"There are: {there}.", "Write KIND:AMOUNT.") from None
    if not colon:
        raise BadInput(f"How much by {kind}?", "Nothing was sold.", "Write KIND:AMOUNT.")
    if means is Means.GIFT_CARD:
        return Offer(means=means, amount=amount_in(amount, currency), code=detail)
    return Offer(means=means, amount=amount_in(amount, currency), details=(detail,) if detail else ())
