"""`printers`: what is set up and what can be found, its state, what goes to which; and the verbs of the queue."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from boxoffice import bootstrap
from boxoffice.bootstrap import open_station
from boxoffice.decoding import decode
from boxoffice.domain.printing import ROUTED, Language, Printer
from boxoffice.errors import BadInput, Trouble
from boxoffice.services import print_setup
from boxoffice.storage import print_queue

from . import print_jobs
from .output import advise, say
from .print_jobs import printer_of

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("printers", parents=[common], help="printers, what goes to which, and the queue")
    parser.set_defaults(run=run_list)
    verbs = parser.add_subparsers(metavar="ACTION")
    _register_setting_up(verbs, common)
    print_jobs.register(verbs, common)


def _register_setting_up(verbs: Subparsers, common: argparse.ArgumentParser) -> None:
    ask = verbs.add_parser("ask", parents=[common], help="ask the printers how they are")
    ask.set_defaults(run=run_ask)
    find = verbs.add_parser("find", parents=[common], help="printers that are plugged in, set up or in the network")
    find.add_argument("--seconds", type=float, default=2.0, help="how long to listen to the network")
    find.set_defaults(run=run_find)
    models = verbs.add_parser("models", parents=[common], help="models of printers, for --profile")
    models.add_argument("--file", metavar="FILE", help="know them from a newer file; empty for the usual one")
    models.set_defaults(run=run_models)
    add = verbs.add_parser("add", parents=[common], help="set up a printer, or change the one of that name")
    add.add_argument("name")
    add.add_argument(
        "address", help="tcp://HOST[:9100], usb:VENDOR:PRODUCT, serial:DEVICE?baud=19200, file:PATH, cups:NAME…"
    )
    add.add_argument("--language", choices=[one.value for one in Language], default=Language.ESCPOS.value)
    add.add_argument("--profile", default="", help="its model, as `printers models` lists them")
    add.add_argument("--columns", type=int, default=0)
    add.add_argument("--dots", type=int, default=0, help="how many dots it can print side by side")
    add.add_argument("--dpi", type=int, default=0)
    add.add_argument("--drawer", action="store_true", help="a cash drawer hangs on it")
    add.add_argument("--silent", action="store_true", help="it never answers: what it took counts as printed")
    add.add_argument("--for", dest="kinds", action="append", choices=ROUTED, default=[], help="what goes to it")
    add.set_defaults(run=run_add)
    remove = verbs.add_parser("remove", parents=[common], help="forget a printer")
    remove.add_argument("name")
    remove.set_defaults(run=run_remove)
    route = verbs.add_parser("route", parents=[common], help="let a kind of document go to a printer")
    route.add_argument("kind", choices=ROUTED)
    route.add_argument("name", help="a printer; `any` for the first that is made for it, `none` for not printing it")
    route.add_argument("--fallback", default="", help="the printer that takes over if that one cannot be reached")
    route.set_defaults(run=run_route)


def run_list(args: argparse.Namespace) -> int:
    """The printers, what goes to them and what waits before them."""
    with open_station(args.data) as app:
        held = app.paper.setup
        lines = {line.printer: line for line in app.read(print_queue.lines)}
        missing = bootstrap.renderer(app).missing()
    for trouble in missing:
        sys.stderr.write(f"boxoffice: {trouble}\n")
    if not held.printers:
        advise(args, "No printer is set up: `printers find` looks for some, `printers add` adds one.")
    for printer in held.printers:
        kinds = [kind for kind in ROUTED if (route := held.route(kind)) and route.printer == printer.name]
        line = lines.get(printer.name, print_queue.Line(printer=printer.name))
        values = {
            **msgspec.to_builtins(printer),
            "kinds": kinds,
            "waiting": line.waiting,
            "asks": line.asks,
            "failed": line.failed,
            "oldest": line.oldest.isoformat() if line.oldest else None,
        }
        waits = f", {line.waiting} waiting" if line.waiting else ""
        asks = f", {line.asks} to be answered" if line.asks else ""
        say(args, values, f"{printer.name:<16} {printer.address} for {', '.join(kinds) or 'nothing'}{waits}{asks}")
    return 0


def run_ask(args: argparse.Namespace) -> int:
    """How each printer is; exit status 3 if one does not answer or could not print."""
    from printers.paths.opening import open_path

    with open_station(args.data) as app:
        printers = app.paper.setup.printers
    troubled = False
    for printer in printers:
        trouble: Trouble | None = None
        values: dict[str, Any] = {"name": printer.name}
        try:
            condition = open_path(printer).look()
        except Trouble as found:
            trouble = found
        else:
            values |= msgspec.structs.asdict(condition)
            if condition.hindrance:
                trouble = Trouble(condition.hindrance)
        troubled = troubled or trouble is not None
        said = str(trouble) if trouble else f"paper {values['paper'].value}"
        say(args, {**values, "trouble": str(trouble) if trouble else None}, f"{printer.name:<16} {said}")
    return Trouble.exit_status if troubled else 0


def run_find(args: argparse.Namespace) -> int:
    """Printers that are not set up here, perhaps."""
    from printers.found import find

    found = find(args.seconds)
    if not found:
        advise(args, "No printer was found: `printers add NAME tcp://HOST` needs no finding.")
    for one in found:
        say(args, msgspec.to_builtins(one), f"{one.address:<32} {one.name}")
    return 0


def run_models(args: argparse.Namespace) -> int:
    """The models that can be chosen."""
    with open_station(args.data) as app:
        if args.file is not None:
            path = _models_file(args.file) if args.file else ""
            app.write(lambda c: print_setup.take_models(c, path)).result()
        models = bootstrap.renderer(app).models()
    for name, title in models.items():
        say(args, {"name": name, "title": title}, f"{name:<20} {title}")
    return 0


def _models_file(name: str) -> str:
    path = Path(name).resolve()
    try:
        facts = decode(path.read_bytes(), dict[str, Any])
    except (OSError, msgspec.MsgspecError) as error:
        raise BadInput("This is no file of printer models", f"{path}: {error}.", "Nothing was changed.") from error
    if not facts.get("profiles") or not facts.get("encodings"):
        raise BadInput("This is no file of printer models", f"{path} has none.", "Nothing was changed.")
    return str(path)


def run_add(args: argparse.Namespace) -> int:
    """Set up a printer."""
    from printers.paths.address import address_of

    address_of(args.address)
    printer = Printer(
        name=args.name,
        address=args.address,
        language=Language(args.language),
        profile=args.profile,
        columns=args.columns,
        dots=args.dots,
        dpi=args.dpi,
        drawer=args.drawer,
        silent=args.silent,
    )
    with open_station(args.data) as app:
        bootstrap.renderer(app).check(printer)

        def add(connection: Any) -> None:
            print_setup.add_printer(connection, printer)
            for kind in args.kinds:
                print_setup.send_kind(connection, kind, printer.name)

        app.write(add).result()
    say(args, msgspec.to_builtins(printer), f"{printer.name} is set up at {printer.address}")
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Forget a printer."""
    with open_station(args.data) as app:
        app.write(lambda c: print_setup.remove_printer(c, args.name)).result()
    say(args, {"removed": args.name}, f"{args.name} is forgotten")
    return 0


def run_route(args: argparse.Namespace) -> int:
    """Say where a kind of document goes."""
    with open_station(args.data) as app:
        if args.name == "any":
            app.write(lambda c: print_setup.send_kind_anywhere(c, args.kind)).result()
        else:
            chosen = "" if args.name == "none" else args.name
            for name in filter(None, (chosen, args.fallback)):
                printer_of(app, name)
            app.write(lambda c: print_setup.send_kind(c, args.kind, chosen, args.fallback)).result()
    values = {"kind": args.kind, "printer": args.name, "fallback": args.fallback or None}
    say(args, values, f"{args.kind} goes to {args.name}" + (f", else to {args.fallback}" if args.fallback else ""))
    return 0
