"""`order`: what the desk does with an order that there is."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from boxoffice.services import amend

from . import change_ticket, consent, order_money
from .order_desk import order_desk

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    words = "show, pay, change, refund, correct, void, cancel, reactivate or edit an order"
    order = subparsers.add_parser("order", help=words)
    verbs = order.add_subparsers(metavar="WHAT", required=True)
    which = argparse.ArgumentParser(add_help=False, parents=[common, consent.options()])
    which.add_argument("code", metavar="CODE", help="of the order, as `search` finds it")
    which.add_argument("--event", metavar="SLUG", help="where several have an order of that code")
    verbs.add_parser("show", parents=[which], help="all of it").set_defaults(run=run_show)

    proof = verbs.add_parser("proof", parents=[which], help="keep the picture of a transfer: it awaits confirmation")
    proof.add_argument("file", metavar="FILE", help="a PNG or JPEG")
    proof.add_argument("--reference", metavar="TEXT", default="", help="what stands on the transfer")
    proof.set_defaults(run=run_proof)

    order_money.register(verbs, which)

    cancel = verbs.add_parser("cancel", parents=[which], help="cancel it, or some of its tickets")
    cancel.add_argument("--position", metavar="N", type=int, action="append", default=[], dest="positions")
    cancel.add_argument("--reason", required=True)
    cancel.add_argument("--fee", metavar="AMOUNT", default="0", help="what is kept")
    cancel.set_defaults(run=run_cancel)

    again = verbs.add_parser("reactivate", parents=[which], help="make a cancelled order valid, if places are left")
    again.add_argument(
        "--may-oversell", action="store_true", help="take places that others sell, or that there are not"
    )
    again.add_argument("--reason", default="", help="why that risk is taken")
    again.set_defaults(run=run_reactivate)

    change_ticket.register(verbs, which)

    edit = verbs.add_parser("edit", parents=[which], help="put a name or an address right")
    edit.add_argument("--position", metavar="N", type=int, default=0, help="the ticket; without it the order")
    help_ = "of the order email or phone; of a ticket name, company or email"
    edit.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", required=True, type=_pair, dest="wanted", help=help_
    )
    edit.set_defaults(run=run_edit)


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=VALUE")
    return field, value


def run_show(args: argparse.Namespace) -> int:
    """Show an order."""
    with order_desk(args) as desk:
        desk.show(desk.order)
    return 0


def run_proof(args: argparse.Namespace) -> int:
    """Keep the proof of a transfer."""
    from boxoffice.services import pictures

    with order_desk(args) as desk:
        order, orders, image = desk.order, desk.counter.orders, pictures.from_file(Path(args.file))
        done = desk.with_leave(
            lambda permits: orders.attach(order.event, order.code, image, args.reference, permits=permits).result(),
        )
        desk.show(done)
    return 0


def run_cancel(args: argparse.Namespace) -> int:
    """Cancel."""
    with order_desk(args) as desk:
        order, fee, now = desk.order, desk.amount(args.fee), datetime.now(UTC)
        done = desk.with_leave(
            lambda permits: desk.app.write(
                lambda c: amend.cancel(c, order, args.positions, args.reason, now, fee, args.operator, permits)
            ).result(),
        )
        desk.show(done)
    return 0


def run_reactivate(args: argparse.Namespace) -> int:
    """Make valid again."""
    with order_desk(args) as desk:
        order, stock, now = desk.order, desk.counter.stock, datetime.now(UTC)
        done = desk.with_leave(
            lambda permits: desk.app.write(
                lambda c: amend.reactivate(
                    c,
                    stock,
                    order,
                    now,
                    args.operator,
                    may_oversell=args.may_oversell,
                    reason=args.reason,
                    permits=permits,
                )
            ).result(),
        )
        desk.show(done)
    return 0


def run_edit(args: argparse.Namespace) -> int:
    """Put something right."""
    with order_desk(args) as desk:
        order, wanted, now = desk.order, dict(args.wanted), datetime.now(UTC)
        done = desk.with_leave(
            lambda permits: desk.app.write(
                lambda c: amend.edit(c, order, args.position, wanted, now, args.operator, permits)
            ).result(),
        )
        desk.show(done)
    return 0
