"""`order change` and `order reprice`: a ticket of another type or date, and an open order at today's prices."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from boxoffice.domain.errands import Errand, What, Wish
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Refused
from boxoffice.services import exchange, give_back
from boxoffice.services.terms import stale

from .order_desk import OrderDesk, order_desk
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
    with order_desk(args) as desk:
        line = line_of(args.to, "", desk.catalog)
        held = next((one for one in desk.order.positions if one.number == args.position), None)
        wish = Wish(
            position=args.position,
            item=line.item,
            variation=line.variation,
            subevent=line.subevent if "@" in args.to or held is None else held.subevent,
            price=None if args.price is None else desk.amount(args.price),
            role=args.role,
        )
        _exchange(desk, (wish,), args.tender, args.reason, args.allow, may_oversell=args.may_oversell)
    return 0


def run_reprice(args: argparse.Namespace) -> int:
    """Bring an open order to today's prices."""
    with order_desk(args) as desk:
        wishes = stale(desk.order, desk.catalog, datetime.now(UTC))
        if not wishes:
            raise Refused("Its prices still hold", "", "Nothing was changed.")
        _exchange(desk, wishes, Means.CASH.value, "Its price had run out", ())
    return 0


def _exchange(
    desk: OrderDesk,
    wishes: Sequence[Wish],
    tender: str,
    reason: str,
    allowed: Sequence[str],
    *,
    may_oversell: bool = False,
) -> None:
    order = desk.order
    terms = desk.counter.orders.terms(order.event, order.code, wishes)
    difference = desk.plain(terms.difference)
    values: dict[str, Any] = {
        "order": order.code,
        "difference": difference,
        "due": desk.plain(terms.due),
        "total": desk.plain(order.total + terms.difference),
    }
    if desk.args.dry_run:
        desk.say(values, f"The difference is {difference} {desk.currency}.")
        return
    chosen = tender or (give_back.as_it_came(order).value if terms.due < 0 else Means.CASH.value)
    offers = [desk.offer(chosen, terms.due)] if terms.due else []
    errand = msgspec.structs.replace(
        desk.errand(What.EXCHANGE),
        reason=reason,
        offers=tuple(offers),
        changes=tuple(wishes),
        allowed=tuple(allowed),
        may_oversell=may_oversell,
    )
    done = _done(desk, errand)
    number = done.booked.number if done.booked is not None else None
    slip = f"Slip {number}: " if number is not None else ""
    text = f"{slip}the difference is {difference} {desk.currency}{f', by {chosen}' if terms.due else ''}."
    desk.say({**values, "receipt": number, "tender": chosen if terms.due else None}, text)


def _done(desk: OrderDesk, errand: Errand) -> exchange.Done:
    """Move the cards, where there are terminals for that, and write the exchange down."""
    offers: Sequence[Offer] = errand.offers
    if desk.counter.cards.terminals and any(one.means is Means.CARD for one in offers):
        desk.move_cards(errand)
        offers = desk.counter.cards.moved_for(errand.operation)
    return desk.with_leave(
        lambda permits: desk.counter.orders.exchange(
            errand.event,
            errand.order,
            errand.changes,
            offers,
            errand.reason,
            operation=errand.operation,
            allowed=errand.allowed,
            may_oversell=errand.may_oversell,
            permits=permits,
        ).result(),
    )
