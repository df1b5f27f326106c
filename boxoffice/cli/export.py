"""`export`: attendees, orders, payments and the journal as tables for spreadsheets."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from boxoffice.bootstrap import station_there
from boxoffice.services import exporting, spreadsheets
from boxoffice.services.exporting import WHAT, Wish

from .output import say
from .report import event_of

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("export", parents=[common], help="attendees, orders, payments or the journal")
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("file", metavar="FILE", type=Path, help="a .csv or .xlsx that is not there yet")
    parser.add_argument("--event", metavar="SLUG", help="where there are several")
    parser.add_argument("--state", choices=tuple(exporting.STATES), action="append", default=[], dest="states")
    parser.add_argument("--item", metavar="ID", type=int, action="append", default=[], dest="items")
    parser.add_argument("--search", metavar="TEXT", default="", help="those that a search finds")
    parser.add_argument("--order", metavar="CODE", action="append", default=[], dest="codes")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the table; how many rows it has."""
    with station_there(args.data) as app:
        event = "" if args.what == "journal" else event_of(app, args.event)
        wish = Wish(
            event=event, states=tuple(args.states), items=tuple(args.items), text=args.search, codes=tuple(args.codes)
        )
        rows = app.read(lambda c: spreadsheets.write(args.file, exporting.table(c, app.shelf, args.what, wish)))
    say(args, {"file": str(args.file), "rows": rows}, f"{args.file}: {rows} rows")
    return 0
