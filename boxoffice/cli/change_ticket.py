"""`order change` and `order reprice`: a ticket of another type or date, and an open order at today's prices."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from boxoffice.bootstrap import App, open_station
from boxoffice.domain import cash
from boxoffice.domain.errands import Errand, What, Wish
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Refused
from boxoffice.services import amend, exchange, give_back

from . import cards, consent
from .amounts import amount_in
from .output import say
from .till import offer
from .wishes import line_of

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""


def register(verbs: Subparsers, which: argparse.ArgumentParser) -> None:
    """Add the verbs of this module below `order`."""
    change = verbs.add_parser("change", parents=[which], help="make a ticket one of another type, or for another date")
    change.add_argument("--position", metavar="N", type=int, required=True, help="the ticket")
    change.add_argument("--to", metavar="ITEM[:VARIATION][@DATE]", required=True, help="what it becomes")
    change.add_argument("--price", metavar="AMOUNT", help="another one than the catalogue's")
    change.add_argument("--role", default="", help="what the holder has shown to be")
    change.add_argument(
        "--tender",
        metavar="KIND[:CODE]",
        default="",
        help="for the difference (default: cash; what goes back, as it came)",
    )
    change.add_argument("--terminal", metavar="NAME", default="", help="that is to charge a card, or give back to one")
    change.add_argument("--allow", metavar="KIND", action="append", default=[], help="wave an objection through")
    change.add_argument("--reason", default="", help="why")
    change.add_argument("--may-oversell", action="store_true", help="take the risk that others sell the last ones")
    change.add_argument("--dry-run", action="store_true", help="say what it comes to, and do nothing")
    change.set_defaults(run=run_change)
    reprice = verbs.add_parser("reprice", parents=[which], help="an open order whose early price has run out")
    reprice.add_argument("--dry-run", action="store_true", help="say what it comes to, and do nothing")
    reprice.set_defaults(run=run_reprice)


def run_change(args: argparse.Namespace) -> int:
    """Change one ticket."""
    with open_station(args.data) as app:
        order = _order(app, args)
        catalog = app.catalog(order.event)
        line = line_of(args.to, "", catalog)
        held = next((one for one in order.positions if one.number == args.position), None)
        wish = Wish(
            position=args.position,
            item=line.item,
            variation=line.variation,
            subevent=line.subevent if "@" in args.to or held is None else held.subevent,
            price=None if args.price is None else amount_in(args.price, catalog.event.currency),
            role=args.role,
        )
        _exchange(app, args, order, (wish,), args.tender, args.reason, args.allow, may_oversell=args.may_oversell)
    return 0


def run_reprice(args: argparse.Namespace) -> int:
    """Bring an open order to today's prices."""
    with open_station(args.data) as app:
        order = _order(app, args)
        wishes = exchange.stale(order, app.catalog(order.event), datetime.now(UTC))
        if not wishes:
            raise Refused("Its prices still hold", "", "Nothing was changed.")
        _exchange(app, args, order, wishes, Means.CASH.value, "Its price had run out", ())
    return 0


def _exchange(
    app: App,
    args: argparse.Namespace,
    order: Order,
    wishes: Sequence[Wish],
    tender: str,
    reason: str,
    allowed: Sequence[str],
    *,
    may_oversell: bool = False,
) -> None:
    currency = app.catalog(order.event).event.currency
    counter = app.counter(args.operator)
    terms = counter.terms(order.event, order.code, wishes)
    values: dict[str, Any] = {
        "order": order.code,
        "difference": plain(terms.difference, currency),
        "due": plain(terms.due, currency),
        "total": plain(order.total + terms.difference, currency),
    }
    if args.dry_run:
        say(args, values, f"The difference is {values['difference']} {currency}.")
        return
    chosen = tender or (give_back.as_it_came(order).value if terms.due < 0 else Means.CASH.value)
    offers = [_offer(chosen, terms.due, currency)] if terms.due else []
    operation = cards.operation_for(counter, order.event, order.code, What.EXCHANGE)
    if counter.cards.terminals and any(one.means is Means.CARD for one in offers):
        errand = Errand(
            operation=operation,
            event=order.event,
            order=order.code,
            what=What.EXCHANGE,
            reason=reason,
            offers=tuple(offers),
            changes=tuple(wishes),
            allowed=tuple(allowed),
            may_oversell=may_oversell,
        )
        cards.move(app, args, counter, errand)
        offers = list(counter.cards.moved_for(operation))
    done = consent.with_leave(
        app,
        args,
        lambda permits: counter.exchange(
            order.event,
            order.code,
            wishes,
            offers,
            reason,
            operation=operation,
            allowed=allowed,
            may_oversell=may_oversell,
            permits=permits,
        ).result(),
    )
    number = done.booked.number if done.booked is not None else None
    slip = f"Slip {number}: " if number is not None else ""
    text = f"{slip}the difference is {values['difference']} {currency}{f', by {chosen}' if terms.due else ''}."
    say(args, {**values, "receipt": number, "tender": chosen if terms.due else None}, text)


def _offer(tender: str, due: int, currency: str) -> Offer:
    kind, _, code = tender.partition(":")
    means = offer(f"{kind}:0", currency).means
    amount = cash.rounded(due, cash.step(currency)) if means is Means.CASH else due
    return Offer(means=means, amount=amount, code=code if means is Means.GIFT_CARD else "")


def _order(app: App, args: argparse.Namespace) -> Order:
    events = [args.event] if args.event else app.events()
    return app.read(lambda c: amend.find(c, args.code, events))
