"""`print`: a paper from the store or the replica, onto a printer, into a file, or as a picture of what it would be."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from boxoffice import bootstrap
from boxoffice.bootstrap import App, station_there
from boxoffice.domain.documents import Copy, Document, OrderSummary, kind_of
from boxoffice.domain.printing import Printer
from boxoffice.errors import BadInput
from boxoffice.services import named_papers, papers, printing

from .output import say
from .print_jobs import bring, printer_of, say_outcome

Subparsers = Any

_TEST = "test"
_NAMELESS = ("x", _TEST)
_OFFICE = "A4"


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("print", parents=[common], help="any paper: of the till, of an order, a test page")
    parser.add_argument("kind", choices=(*named_papers.KINDS, _TEST))
    parser.add_argument("id", metavar="ID", nargs="?", default="", help="number, CODE-N or CODE; none for x and test")
    parser.add_argument("--event", metavar="SLUG", help="where several have an order of that code")
    parser.add_argument("--printer", metavar="NAME", default="", help="default: the one for such papers")
    parser.add_argument("--to", metavar="FILE", type=Path, help="into a .bin, .txt, .pdf or .png instead of a printer")
    parser.add_argument("--preview", metavar="FILE.png", type=Path, help="a picture of what would come out; no paper")
    parser.add_argument("--model", metavar="MODEL", default="", help="as which model: `printers models`, or A4")
    parser.add_argument("--columns", metavar="N", type=int, default=0, help="letters on a line")
    parser.add_argument("--operator", metavar="NAME", default="", help="who prints it; stands on copies")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why once more; stands on copies")
    parser.add_argument("--wait", metavar="SECONDS", type=float, default=10.0, help="how long to wait for the paper")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one document; exit status 3 if it did not come out in time: then it waits in the queue."""
    if not args.id and args.kind not in _NAMELESS:
        raise BadInput(f"Which {args.kind}?", "", "Name its number, CODE-N or CODE.")
    with station_there(args.data) as app:
        event, document = _document(app, args)
        if args.to is None and args.preview is None:
            return _onto_paper(app, args, event, document)
        copy = app.read(lambda c: printing.next_copy(c, document, datetime.now(UTC), args.operator, args.reason))
        for path, ending in ((args.to, None), (args.preview, ".png")):
            if path is not None:
                _into_file(app, args, document, copy, path, ending or path.suffix.lower())
    return 0


def _document(app: App, args: argparse.Namespace) -> tuple[str, Document]:
    now = datetime.now(UTC)
    if args.kind == _TEST:
        chosen = _printer(app, args, _TEST)
        return "", app.read(lambda c: papers.proof(c, now, chosen.name or chosen.profile, drawer=chosen.drawer))
    events = [args.event] if args.event else app.events()
    return app.paper.find(args.kind, args.id, events, operator=args.operator)


def _onto_paper(app: App, args: argparse.Namespace, event: str, document: Document) -> int:
    printer = args.printer and printer_of(app, args.printer).name
    if not printer and app.paper.setup.route(kind_of(document)) is None:
        raise BadInput(
            f"This station has no printer for a {args.kind}",
            "Nothing was printed.",
            "Set one up with `boxoffice printers add`, or write a file with --to.",
        )

    job = app.paper.print(document, event=event, operator=args.operator, reason=args.reason, printer=printer).result()
    (ended,) = bring(app, args.wait, [job.operation])
    return say_outcome(args, ended)


def _into_file(
    app: App, args: argparse.Namespace, document: Document, copy: Copy | None, path: Path, ending: str
) -> None:
    printer = _printer(app, args, kind_of(document))
    if ending == ".pdf" and isinstance(document, OrderSummary) and not (args.printer or args.model):
        printer = msgspec.structs.replace(printer, profile=_OFFICE, columns=0, dots=0, dpi=0)
    made = bootstrap.renderer(app).file_of(document, printer, ending, copy)
    try:
        path.write_bytes(made)
    except OSError as error:
        raise BadInput(
            "The file cannot be written", f"{path}: {error.strerror}.", "Nothing was printed. Choose another place."
        ) from error
    values = {"file": str(path), "bytes": len(made), "copy": copy.number if copy else 0}
    say(args, values, f"{path}: {len(made)} bytes" + (f", marked as copy {copy.number}" if copy else ""))


def _printer(app: App, args: argparse.Namespace, kind: str) -> Printer:
    """The printer as which a file is written: the one that was named, else the one for such papers, else any."""
    from printers.rendering import SOMEWHERE

    route = app.paper.setup.route(kind)
    name = args.printer or (route.printer if route else "")
    found = printer_of(app, name) if name else SOMEWHERE
    if not args.model and not args.columns:
        return found
    return msgspec.structs.replace(
        found, profile=args.model or found.profile, columns=args.columns or found.columns, dots=0, dpi=0
    )
