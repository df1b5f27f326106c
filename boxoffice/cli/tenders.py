"""`tenders`: which means are taken, for an event or at this station, and what customers are shown for them."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from boxoffice.bootstrap import open_station
from boxoffice.domain.tenders import TITLES, Means, Tendering
from boxoffice.errors import BadInput
from boxoffice.services import tendering
from boxoffice.storage import accepted

from .output import say

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("tenders", parents=[common], help="what is taken as payment, and what is not")
    parser.add_argument("--event", metavar="SLUG", default="", help="for one event; default: at this station")
    parser.add_argument("--off", metavar="KIND", action="append", default=[], help="take it no more")
    parser.add_argument("--on", metavar="KIND", action="append", default=[], help="take it again")
    parser.add_argument("--wallet-name", metavar="NAME", help="whose QR wallet it is")
    parser.add_argument("--wallet-code", metavar="TEXT", help="what its static code says; empty for none")
    parser.add_argument("--bank", metavar="LINE", action="append", help="a line for transfers: account, number, bank")
    parser.add_argument("--cash-out", choices=("yes", "no"), help="whether gift cards are paid out in cash")
    parser.add_argument("--blind", choices=("yes", "no"), help="whether a drawer is counted before figures are shown")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Change what was named, and show all of it."""
    with open_station(args.data) as app:
        if args.event and args.event not in app.events():
            raise BadInput(f"There is no event {args.event} here", "Nothing was changed.", "Sync first.")

        def change(connection: Any) -> Tendering:
            held = accepted.own(connection, args.event)
            wanted = _wanted(held, args)
            if wanted != held:
                tendering.choose(connection, args.event, wanted)
            return accepted.taken(connection, args.event)

        shown = app.write(change).result()
    taken = {means.value: shown.takes(means) for means in Means if means is not Means.AWAITED}
    values = {
        "taken": taken,
        "wallet_name": shown.wallet_name,
        "wallet_code": shown.wallet_code,
        "bank": shown.bank,
        "cash_out": shown.cash_out,
        "blind": shown.blind,
    }
    lines = [f"{TITLES[means]}: {'yes' if takes else 'no'}" for means, takes in taken.items()]
    lines.append(f"Gift cards paid out in cash: {'yes' if shown.cash_out else 'no'}")
    lines.append(f"Drawer counted before figures are shown: {'yes' if shown.blind else 'no'}")
    lines += [
        f"{name}: {shown}" for name, shown in (("Wallet", shown.wallet_name), ("Code", shown.wallet_code)) if shown
    ]
    say(args, values, "\n".join([*lines, *shown.bank]))
    return 0


def _wanted(held: Tendering, args: argparse.Namespace) -> Tendering:
    off = (set(held.off) | set(args.off)) - set(args.on)
    chosen: dict[str, Any] = {"off": tuple(sorted(off))}
    for name in ("wallet_name", "wallet_code"):
        if getattr(args, name) is not None:
            chosen[name] = getattr(args, name)
    for name in ("cash_out", "blind"):
        if getattr(args, name) is not None:
            chosen[name] = getattr(args, name) == "yes"
    if args.bank is not None:
        chosen["bank"] = tuple(line for line in args.bank if line)
    return msgspec.structs.replace(held, **chosen)
