"""`import`: a spreadsheet's list of attendees, into a hub or a station that has no server.

Everybody comes in or nobody: a dry run names the fault of each row, and so does the real one before it refuses.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxoffice import config, guest_file
from boxoffice.bootstrap import App, open_station
from boxoffice.domain import passages
from boxoffice.domain.catalog import Event
from boxoffice.domain.guest_list import Fault, Plan
from boxoffice.errors import BadInput, Refused
from boxoffice.ids import new_secret

from . import consent, hub
from .output import note, say

if TYPE_CHECKING:
    from boxoffice.domain.guest_list import Row
    from boxoffice.domain.permissions import Permit

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    help_ = "attendees from an XLSX or CSV file, into a hub or a station without a server"
    parser = subparsers.add_parser("import", parents=[common, consent.options()], help=help_)
    parser.add_argument("file", metavar="FILE", type=Path, help="one attendee a row; the first row names the columns")
    parser.add_argument("--dry-run", action="store_true", help="change nothing; name the fault of each row")
    parser.add_argument(
        "--template", action="store_true", help="write the first row of such a list into FILE, .csv or .xlsx"
    )
    help_ = "which event; a new one if it is not there (default: the only one, or as the file is called)"
    parser.add_argument("--event", metavar="SLUG", default="", help=help_)
    parser.add_argument("--currency", metavar="CODE", default="EUR", help="of a new event (%(default)s)")
    parser.add_argument("--timezone", metavar="NAME", default="UTC", help="of a new event (%(default)s)")
    parser.add_argument("--encoding", metavar="NAME", default="", help="of the file, if it is not seen by itself")
    help_ = f"the hub's database (default: {hub.FILE} in the folder of --data, if there is one; else the station there)"
    parser.add_argument("--db", metavar="URL", default="", help=help_)
    parser.add_argument("--reason", default="", help="why")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import; exit status 1 if a row has a fault, and then nobody is in."""
    if args.template:
        return _write_template(args)
    file = guest_file.read(args.file, args.encoding)
    look_only = args.dry_run or bool(file.faults)
    into = _into_hub if _is_hub(args) else _into_station
    found = into(args, file.rows, look_only=look_only)
    faults = sorted((*file.faults, *found[1].faults), key=lambda one: one.line)
    note(args, f"Read as {file.how}.")
    for name in file.ignored:
        note(args, f"The column {name} is not used.")
    return _tell(args, *found, faults)


def _write_template(args: argparse.Namespace) -> int:
    try:
        guest_file.write_template(args.file)
    except OSError as error:
        raise BadInput(f"{args.file} was not written", f"{error.strerror}.", "Choose another name.") from error
    say(args, {"template": str(args.file)}, f"{args.file}: fill in one attendee a row, and import it")
    return 0


def _tell(args: argparse.Namespace, event: str, plan: Plan, faults: list[Fault]) -> int:
    for one in faults:
        say(args, {"line": one.line, "fault": str(one.what)}, f"line {one.line}: {one.what}")
    values = {
        "event": event,
        "people": plan.people,
        "orders": plan.orders,
        "before": plan.before,
        "faults": len(faults),
        "imported": not (faults or args.dry_run),
    }
    if faults:
        text = f"{len(faults)} faults; nobody was imported"
    else:
        done = "would be imported" if args.dry_run else "imported"
        text = f"{plan.people} people in {plan.orders} orders {done} into {event}, {plan.before} were there before"
    say(args, values, text)
    return 1 if faults else 0


def _is_hub(args: argparse.Namespace) -> bool:
    return bool(args.db) or (config.folder(args.data).root / hub.FILE).exists()


def _into_hub(args: argparse.Namespace, rows: tuple[Row, ...], *, look_only: bool) -> tuple[str, Plan]:
    from sync.hub import documents, guests

    folder = config.folder(args.data)
    if not args.db and folder.store.exists():
        with App(folder) as station:
            if station.enrolment is not None:
                raise Refused(
                    "This hub's attendees come from the server above",
                    f"It is a station of {station.enrolment.url}. Nothing was imported.",
                    "Import them there.",
                )
    with closing(hub.database_of(args)) as database, database.writing() as connection:
        event = _event(args, documents.events(connection))
        do = guests.look if look_only else guests.take_over
        return event.slug, do(connection, rows, event, new_secret)


def _into_station(args: argparse.Namespace, rows: tuple[Row, ...], *, look_only: bool) -> tuple[str, Plan]:
    from boxoffice.services import importing

    with open_station(args.data) as app:
        app.read(importing.mind_server)
        event = _event(args, app.events())
        if look_only:
            return event.slug, app.read(lambda c: importing.look(c, app.shelf, rows, event, new_secret))
        consent.sign_in(app, args)
        shelf, operator, at = app.shelf, app.staff.name, datetime.now(UTC)

        def take_over(permits: Sequence[Permit]) -> Plan:
            return app.write(
                lambda c: importing.take_over(c, shelf, rows, event, new_secret, at, operator, permits)
            ).result()

        return event.slug, consent.with_leave(app, args, take_over)


def _event(args: argparse.Namespace, there: list[str]) -> Event:
    """The event that is meant, as it would be made if it is new."""
    named = str(args.event) or (there[0] if len(there) == 1 else "")
    if not named and there:
        raise BadInput("There are several events", f"They are {', '.join(there)}.", "Name one with --event.")
    slug = named or _named_after(args.file)
    currency = args.currency.upper()
    if not re.fullmatch("[A-Z]{3}", currency):
        raise BadInput(f"No currency is called {args.currency}", "Nothing was imported.", "Write it as EUR.")
    event = Event(slug=slug, name={"en": slug}, currency=currency, timezone=args.timezone)
    if not passages.has_clock(event):
        raise BadInput(f"No time zone is called {args.timezone}", "Nothing was imported.", "Write it as Europe/Berlin.")
    return event


def _named_after(file: Path) -> str:
    """What an event is called, for short, that a file makes and nobody has named."""
    return re.sub("[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "event"
