"""`conflicts`: what the stations disagreed about, and how it is settled."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import msgspec

from boxoffice.bootstrap import station_there
from boxoffice.domain import edits
from boxoffice.domain.catalog import Catalog
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
        catalogs = {event: app.catalog(event) for event in {one.event for one in found}}
    if not found:
        note(args, "Nothing is in dispute.")
    for one in found:
        sides = "; ".join(_words(side, catalogs[one.event]) for side in one.sides)
        noted = f" (note: {one.note})" if one.note else ""
        say(args, values(one), f"{one.id[:8]} {one.kind} {one.event}/{one.ticket}: {sides}{noted}")
    return 1 if found else 0


def _words(side: Side, catalog: Catalog) -> str:
    when = f"{side.at.astimezone(zone_of(catalog.event)):%d %b %H:%M:%S}" if side.at else ""
    done = " ".join(part for part in (when, side.what, side.gate, _by(side)) if part)
    made = [f"{field}: {was or '-'} -> {now or '-'}" for field, was, now in edits.made(side, catalog, "en")]
    words = "; ".join(part for part in (side.words, *made) if part)
    return f"{done}: {words}" if words else done


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
            | _made(side)
            for side in one.sides
        ],
        "action": one.action,
        "note": one.note,
    }


def _made(side: Side) -> dict[str, Any]:
    """What an edit made of what; nothing of any other act."""
    if not (side.changes or side.swaps):
        return {}
    return {"changes": msgspec.to_builtins(side.changes), "swaps": msgspec.to_builtins(side.swaps)}


def run_settle(args: argparse.Namespace) -> int:
    """Settle a conflict."""
    with station_there(args.data) as app:
        consent.sign_in(app, args)
        settle = partial(app.settle, args.conflict, args.action, args.note)
        settled = consent.with_leave(app, args, lambda permits: settle(permits=permits).result())
    say(args, values(settled), f"{settled.id[:8]}: {args.action}")
    return 0
