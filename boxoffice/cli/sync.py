"""`enrol`, `sync`, `leave`: the station and its server."""

from __future__ import annotations

import argparse
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxoffice.bootstrap import App, open_station, station_there
from boxoffice.domain.permissions import Act
from boxoffice.errors import BadInput
from sync.servers import central_server

from . import consent
from .output import say

if TYPE_CHECKING:
    from boxoffice.ports import OwnServer
    from sync.rounds import Round

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    enrol = subparsers.add_parser("enrol", parents=[common], help="make this folder a station of a server")
    enrol.add_argument("url", metavar="URL", nargs="?", default="", help="the server's address")
    enrol.add_argument(
        "token", metavar="TOKEN", nargs="?", default="", help="as shown there for a new device; works once"
    )
    enrol.add_argument("--qr", metavar="IMAGE", type=Path, help="read address and token from a picture")
    enrol.add_argument("--kind", choices=("hub", "pretix"), default="", help="what it is; found out if not said")
    enrol.add_argument("--event", metavar="SLUG", action="append", default=[], help="only this event; may come often")
    enrol.add_argument("--name", default="", help="what people call this station")
    help_ = "a new token for this station, in the place of one that somebody may have seen"
    enrol.add_argument("--roll", action="store_true", help=help_)
    enrol.set_defaults(run=run_enrol)
    sync = subparsers.add_parser("sync", parents=[common], help="one round: push, then pull")
    sync.set_defaults(run=run_sync)
    help_ = "send what waits, give this station up at its server, and wipe what it holds of other people"
    leave = subparsers.add_parser("leave", parents=[common, consent.options()], help=help_)
    leave.add_argument("--reason", default="", help="why")
    leave.set_defaults(run=run_leave)


def run_enrol(args: argparse.Namespace) -> int:
    """Turn a token into a station; exit status 1 if it may not see an event that was named."""
    from sync.enrol import enrol, invitation

    if args.roll:
        return _roll(args)
    if args.qr is not None:
        invited = invitation(_read_code(args.qr))
        args.url, args.token = invited.url, invited.token
    if not (args.url and args.token):
        raise BadInput("Where to, and with which token?", "", "Give URL and TOKEN, or --qr IMAGE.")
    with open_station(args.data) as app:
        given = enrol(app, args.url, args.token, name=args.name, events=args.event, kind=args.kind)
    unknown = [event for event in args.event if event not in given.events]
    values = {
        "station": given.name,
        "device": given.device_id,
        "server": given.url,
        "role": given.role.value,
        "events": list(given.events),
        "unknown_events": unknown,
    }
    text = (
        f"{given.name or given.device_id} is now a station of {given.url} for {', '.join(given.events) or 'no event'}"
    )
    say(args, values, text)
    if unknown:
        sys.stderr.write(f"boxoffice: The server shows this station no event called {', '.join(unknown)}.\n")
    return 1 if unknown else 0


def _roll(args: argparse.Namespace) -> int:
    from sync.leaving import roll

    if args.url or args.qr:
        raise BadInput("A new token comes from the station's own server", "", "Give --roll alone.")
    with station_there(args.data) as app:
        with contextlib.closing(_own_server(app)) as server:
            rolled = roll(app, server)
        with contextlib.closing(_own_server(app)) as server:
            server.push(())  # A hub lets the old one live until somebody comes with the new one.
    say(args, {"station": rolled.name, "rolled": True}, f"{rolled.name or rolled.device_id} has a new token")
    return 0


def _own_server(app: App) -> OwnServer:
    enrolment = app.enrolment
    if enrolment is None:
        raise BadInput("This station has no server", "", "Enrol it first: boxoffice enrol URL TOKEN.")
    return central_server(enrolment, app)


def run_leave(args: argparse.Namespace) -> int:
    """Leave and wipe; exit status 1 if the server does not have everything that was done here."""
    from sync.leaving import leave

    with station_there(args.data) as app:
        permits = consent.permits_for(app, args, Act.WIPE)
        with contextlib.closing(_own_server(app)) as server:
            sent = leave(app, server, datetime.now(UTC))
        app.parting.wipe(permits).result()
    text = f"{sent} acts were sent. This station has left its server and holds nothing of other people any more."
    say(args, {"sent": sent, "left": True, "wiped": True}, text)
    return 0


def _read_code(path: Path) -> str:
    from boxoffice.scanning.found import Effort
    from boxoffice.scanning.frames import read_picture
    from boxoffice.scanning.worker import DecodingProcess

    with contextlib.closing(DecodingProcess()) as decoder:
        found = decoder.read(read_picture(path), Effort.THOROUGH).found
    if not found:
        raise BadInput(f"There is no code in {path.name}", "", "Take the picture closer, with more light.")
    return found[0].text


def run_sync(args: argparse.Namespace) -> int:
    """One round; exit status 3 if any part of it did not come through. What did is kept."""
    from sync.engine import Engine

    with station_there(args.data) as app:
        with contextlib.closing(_own_server(app)) as server:
            done = Engine(app, server).round_once()
        values = _moved(app, done)
    say(args, values, _told(values))
    if done.trouble is not None:
        raise done.trouble
    return 0


def _moved(app: App, done: Round) -> dict[str, Any]:
    waiting = app.outbox()
    return {
        "sent": done.pushed.done,
        "refused": done.pushed.parked,
        "sent_again": done.pushed.again,
        "waiting": waiting.waiting,
        "parked": waiting.parked,
        "received": {event: pulled.applied for event, pulled in done.pulled.items()},
        "conflicts": len(app.conflicts()),
        "skew_s": None if done.pushed.skew is None else round(done.pushed.skew, 3),
        "alarm": done.pushed.alarm or None,
    }


def _told(values: dict[str, Any]) -> str:
    received = ", ".join(f"{number} changes of {event}" for event, number in values["received"].items())
    lines = [
        f"sent: {values['sent']} acts, {values['refused']} of them refused; {values['waiting']} wait",
        f"received: {received or 'nothing'}",
    ]
    if values["conflicts"]:
        lines.append(f"conflicts: {values['conflicts']} (boxoffice conflicts)")
    if values["alarm"]:
        lines.append(f"alarm: {values['alarm']}")
    return "\n".join(lines)
