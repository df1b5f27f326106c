"""`report`: a day, the event, and our books beside those of server and terminals, without a screen."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from boxoffice import bootstrap
from boxoffice.bootstrap import App, station_there
from boxoffice.domain.documents import Report
from boxoffice.domain.money import plain
from boxoffice.domain.passages import zone_of
from boxoffice.domain.printing import Language
from boxoffice.domain.reconciling import CAUSES, NEXT, SIDES, Difference, Reconciliation, Sum, summed
from boxoffice.errors import BadInput
from boxoffice.services import printing, reconciling, reports

from .output import say

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    report = subparsers.add_parser("report", help="a day, the event, or our books beside the server's and terminals'")
    verbs = report.add_subparsers(metavar="WHAT", required=True)
    about = argparse.ArgumentParser(add_help=False, parents=[common])
    about.add_argument("--event", metavar="SLUG", help="where there are several")
    day = verbs.add_parser("day", parents=[about, into_file()], help="what all tills took on a day")
    day.add_argument("day", metavar="YYYY-MM-DD", nargs="?", type=_date, help="default: today, by the event's clock")
    day.set_defaults(run=run_day)
    whole = verbs.add_parser("event", parents=[about, into_file()], help="what was sold of everything, at which price")
    whole.set_defaults(run=run_event)
    both = verbs.add_parser("reconcile", parents=[about], help="our books beside the server's and the terminals'")
    both.add_argument("--from", metavar="YYYY-MM-DD", type=_date, dest="first", help="default: today")
    both.add_argument("--to", metavar="YYYY-MM-DD", type=_date, dest="last", help="default: the same day")
    both.add_argument("--by", choices=SIDES, action="append", help="sum up by this; again for more (default: all)")
    both.set_defaults(run=run_reconcile)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, which is written YYYY-MM-DD") from error


def into_file() -> argparse.ArgumentParser:
    """The option to write a report into a file."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--to", metavar="FILE", type=Path, help="into a .pdf, .eml (a letter), .csv, .json or .txt")
    return parser


def run_day(args: argparse.Namespace) -> int:
    """The report of a day."""
    with station_there(args.data) as app:
        event = event_of(app, args.event)
        say_report(args, app, app.read(lambda c: reports.of_day(c, app.shelf, event, datetime.now(UTC), args.day)))
    return 0


def run_event(args: argparse.Namespace) -> int:
    """The overview of the event."""
    with station_there(args.data) as app:
        event = event_of(app, args.event)
        say_report(args, app, app.read(lambda c: reports.of_event(c, app.shelf, event, datetime.now(UTC))))
    return 0


def event_of(app: App, named: str | None) -> str:
    """The event that is meant. Raises `BadInput` where there is none of that name, or no name and several."""
    events = app.events()
    meant = [named] if named else events
    if len(meant) == 1 and meant[0] in events:
        return meant[0]
    title = f"No event is called {named}" if named else "Which event?"
    there = f"There are: {', '.join(events)}." if events else "There is none here."
    raise BadInput(title, there, "Name it with --event." if events else "Sync first.")


def say_report(args: argparse.Namespace, app: App, report: Report) -> None:
    """Say a report, or write it into the file that was named. Raises `BadInput` if that cannot be."""
    from printers import layout, report_files
    from printers.render import plain as plain_paper

    if args.to is not None:
        _into_file(args, app, report)
        return
    paper = layout.Paper()
    say(args, report_files.values(report), plain_paper.write(layout.lay_out(report, paper), paper.columns))


def _into_file(args: argparse.Namespace, app: App, report: Report) -> None:
    from printers.rendering import SOMEWHERE

    copy = app.read(lambda c: printing.next_copy(c, report, datetime.now(UTC), "", ""))
    sheet = msgspec.structs.replace(SOMEWHERE, language=Language.PDF)
    made = bootstrap.renderer(app).file_of(report, sheet, args.to.suffix.lower(), copy)
    try:
        args.to.write_bytes(made)
    except OSError as error:
        raise BadInput(
            "The file cannot be written", f"{args.to}: {error.strerror}.", "Choose another place."
        ) from error
    say(args, {"file": str(args.to), "bytes": len(made)}, f"{args.to}: {len(made)} bytes")


# Reconciliation


def run_reconcile(args: argparse.Namespace) -> int:
    """Our books beside those of the others; exit status 1 if they differ."""
    with station_there(args.data) as app:
        event = event_of(app, args.event)
        known = app.catalog(event)
        first = args.first or datetime.now(UTC).astimezone(zone_of(known.event)).date()
        last = args.last or first
        if last < first:
            raise BadInput(f"{last} is before {first}", "Nothing was compared.", "Write the first day with --from.")
        since, until = reports.span(known, first)[0], reports.span(known, last)[1]
        found = app.read(lambda c: reconciling.over(c, event, since, until))
    _say(args, found, known.event.currency)
    return 1 if found.differences else 0


def _say(args: argparse.Namespace, found: Reconciliation, currency: str) -> None:
    for line in summed(found.lines, args.by or SIDES):
        sides = {side: getattr(line, side) for side in args.by or SIDES}
        values = {**sides, "ours": _side(line.ours, currency), "server": _side(line.server, currency)}
        if line.ours is None:
            values["station"] = line.station
        names = " · ".join(part for part in (*sides.values(), "" if line.ours else line.station) if part)
        say(args, {"sum": values}, f"{names}: {_words(line.ours, currency)}, server {_words(line.server, currency)}")
    for one in found.terminals:
        own = None if one.own is None else plain(one.own, currency)
        at_terminal = {"name": one.terminal, "ours": _side(one.ours, currency), "own": own, "number": one.own_number}
        said = own or "says no sum"
        say(args, {"terminal": at_terminal}, f"{one.terminal}: {_words(one.ours, currency)}, terminal {said}")
    for difference in found.differences:
        _say_difference(args, difference, currency)
    if not found.differences and not args.json:
        say(args, {}, "Everything agrees.")


def _side(one: Sum | None, currency: str) -> dict[str, Any] | None:
    return None if one is None else {"count": one.count, "amount": plain(one.amount, currency)}


def _words(one: Sum | None, currency: str) -> str:
    return "not ours" if one is None else f"{one.count} × {plain(one.amount, currency)} {currency}"


def _say_difference(args: argparse.Namespace, one: Difference, currency: str) -> None:
    theirs = None if one.theirs is None else plain(one.theirs, currency)
    perhaps = None if one.perhaps is None else plain(one.perhaps, currency)
    values = {
        "cause": one.cause.value,
        "where": one.where,
        "at": one.at.isoformat(),
        "receipt": one.receipt,
        "order": one.order,
        "tender": one.tender,
        "cashier": one.cashier,
        "ours": plain(one.ours, currency),
        "theirs": theirs,
        "perhaps": perhaps,
        "about": one.about,
        "next": NEXT[one.cause],
    }
    subject = " · ".join(
        part for part in (f"receipt {one.receipt}" if one.receipt else "", one.order, one.tender, one.about) if part
    )
    there = "nothing" if perhaps is None else f"{perhaps} or nothing"
    sums = f"{values['ours']} here, {theirs or there} at the {one.where}"
    say(args, {"difference": values}, f"! {CAUSES[one.cause]}: {subject}: {sums}\n    {NEXT[one.cause]}")
