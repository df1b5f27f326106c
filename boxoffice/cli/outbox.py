"""`outbox`: what waits for the server, and what it refused."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from boxoffice.bootstrap import station_there
from boxoffice.errors import BadInput
from boxoffice.services import disagree
from boxoffice.storage import outbox
from boxoffice.storage.outbox import Waiting

from .output import note, say

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("outbox", parents=[common], help="what waits, what the server refused and why")
    parser.set_defaults(run=run_list)
    verbs = parser.add_subparsers(metavar="ACTION")
    retry = verbs.add_parser("retry", parents=[common], help="send refused acts again")
    retry.add_argument("operation", nargs="?", help="one of them; default all")
    retry.set_defaults(run=run_retry)
    park = verbs.add_parser("park", parents=[common], help="set one aside, so that others of its ticket wait with it")
    park.add_argument("operation", help="as `outbox` prints it")
    park.add_argument("--because", default="Set aside by hand", help="why; stands beside it")
    park.set_defaults(run=run_park)
    help_ = "write what no server has taken into a file, for people and for another station"
    export = verbs.add_parser("export", parents=[common], help=help_)
    export.add_argument("file", metavar="FILE", type=Path, help="where to")
    export.set_defaults(run=run_export)
    help_ = "send what another station could not send, from the file that it has exported"
    bring = verbs.add_parser("import", parents=[common], help=help_)
    bring.add_argument("file", metavar="FILE", type=Path, help="as `outbox export` wrote it there")
    bring.set_defaults(run=run_import)


def run_list(args: argparse.Namespace) -> int:
    """Everything in the outbox, oldest first."""
    with station_there(args.data) as app:
        kept = app.read(lambda c: outbox.listing(c, -1))
        if not kept:
            note(args, "Nothing waits.")
        for one in kept:
            why = f": {one.because}" if one.because else ""
            say(args, _values(one), f"{one.state:<8} {one.entry.operation} {one.subject} tried {one.tries}{why}")
    return 0


def _values(one: Waiting) -> dict[str, Any]:
    return {
        "operation": one.entry.operation,
        "sequence": one.entry.sequence,
        "state": one.state,
        "tries": one.tries,
        "because": one.because,
        "exported": one.exported,
        "body": msgspec.Raw(one.entry.body.encode()),
    }


def run_retry(args: argparse.Namespace) -> int:
    """Put refused acts back among those that wait."""
    with station_there(args.data) as app:
        number = app.send_again(args.operation).result()
    say(args, {"retried": number}, f"{number} will be sent again")
    return 0 if number else 1


def run_park(args: argparse.Namespace) -> int:
    """Set one act aside."""
    with station_there(args.data) as app:
        known = {one.entry.operation for one in app.read(lambda c: outbox.listing(c, -1))}
        if args.operation not in known:
            raise BadInput(
                f"{args.operation} is not in the outbox", "Nothing was changed.", "`boxoffice outbox` lists it."
            )
        app.write(lambda c: disagree.look_at_refusal(c, args.operation, args.because, datetime.now(UTC))).result()
    say(args, {"parked": args.operation}, f"{args.operation} is set aside")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write what no server has taken into a file, one act a line, for people and for another station."""
    with station_there(args.data) as app:
        written = app.parting.export_unsent(args.file)
    say(args, {"exported": written, "file": str(args.file)}, f"{written} acts written to {args.file}")
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Hand on what another station has exported."""
    with station_there(args.data) as app:
        carried, taken = app.parting.import_unsent(args.file)
    values = {"read": carried, "taken": taken, "file": str(args.file)}
    say(args, values, f"{taken} acts taken over from {args.file}, {carried - taken} were here before")
    return 0
