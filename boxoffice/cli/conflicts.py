"""`conflicts`: what the stations disagreed about, and how it is settled."""

from __future__ import annotations

import argparse
from datetime import tzinfo
from functools import partial
from typing import Any

from boxoffice.bootstrap import station_there
from boxoffice.domain.conflicts import Conflict, Side
from boxoffice.domain.passages import zone_of

from . import consent
from .output import note, say

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("conflicts", parents=[common], help="what the stations disagreed about")
    parser.set_defaults(run=run_list)
    verbs = parser.add_subparsers(metavar="ACTION")
    settle = verbs.add_parser("settle", parents=[common, consent.options()], help="settle one")
    settle.add_argument("conflict", metavar="ID", help="as `conflicts` prints it; its first letters are enough")
    settle.add_argument("--action", choices=("accept", "annul", "escalate"), default="accept")
    settle.add_argument("--note", default="", help="what the next person should know; needed to escalate")
    settle.set_defaults(run=run_settle)


def run_list(args: argparse.Namespace) -> int:
    """What nobody has settled yet; exit status 1 if there is something."""
    with station_there(args.data) as app:
        found = app.conflicts()
        zones = {event: zone_of(app.catalog(event).event) for event in {one.event for one in found}}
    if not found:
        note(args, "Nothing is in dispute.")
    for one in found:
        sides = "; ".join(_words(side, zones[one.event]) for side in one.sides)
        noted = f" (note: {one.note})" if one.note else ""
        say(args, values(one), f"{one.id[:8]} {one.kind} {one.event}/{one.ticket}: {sides}{noted}")
    return 1 if found else 0


def _words(side: Side, zone: tzinfo) -> str:
    when = f"{side.at.astimezone(zone):%d %b %H:%M:%S}" if side.at else ""
    done = " ".join(part for part in (when, side.what, side.gate, _by(side)) if part)
    return f"{done}: {side.words}" if side.words else done


def _by(side: Side) -> str:
    if side.what in ("sold", "oversold", "overspent"):
        return ""
    return "by " + (", ".join(part for part in (side.person, side.device) if part) or "the server")


def values(one: Conflict) -> dict[str, Any]:
    """A conflict as one JSON object."""
    return {
        "id": one.id,
        "kind": one.kind,
        "event": one.event,
        "list": one.list,
        "ticket": one.ticket,
        "sides": [
            {
                "what": side.what,
                "at": side.at.isoformat() if side.at else None,
                "gate": side.gate or None,
                "device": side.device or None,
                "person": side.person or None,
                "nonce": side.nonce or None,
                "words": side.words or None,
            }
            for side in one.sides
        ],
        "action": one.action,
        "note": one.note,
    }


def run_settle(args: argparse.Namespace) -> int:
    """Settle a conflict."""
    with station_there(args.data) as app:
        consent.sign_in(app, args)
        settle = partial(app.settle, args.conflict, args.action, args.note)
        settled = consent.with_leave(app, args, lambda permits: settle(permits=permits).result())
    say(args, values(settled), f"{settled.id[:8]}: {args.action}")
    return 0
