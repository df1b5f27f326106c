"""`printers`: what is set up and what can be found, its state, and everything about the queue before it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from boxoffice import bootstrap
from boxoffice.bootstrap import App, open_station
from boxoffice.decoding import decode
from boxoffice.domain.printing import CAME_OUT, ROUTED, WAITING, Answer, Job, Language, Printer, State
from boxoffice.errors import BadInput, Refused, Trouble
from boxoffice.services import papers, printing
from boxoffice.storage import print_queue

from . import consent
from .output import say

Subparsers = Any

_LOOKS_EVERY = 0.05


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("printers", parents=[common], help="printers, what goes to which, and the queue")
    parser.set_defaults(run=run_list)
    verbs = parser.add_subparsers(metavar="ACTION")
    _register_setting_up(verbs, common)
    _register_queue(verbs, common)


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


def _register_queue(verbs: Subparsers, common: argparse.ArgumentParser) -> None:
    waiting = argparse.ArgumentParser(add_help=False)
    waiting.add_argument("--wait", type=float, default=10.0, metavar="SECONDS", help="how long to wait for paper")

    def verb(name: str, text: str, run: Callable[[argparse.Namespace], int], *names: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = verbs.add_parser(name, parents=[common, waiting], help=text)
        for one in names:
            made.add_argument(one, metavar=one.upper())
        made.set_defaults(run=run)
        return made

    test = verb("test", "print a page that shows width, letters, codes and knife", run_test, "name")
    test.add_argument("--drawer", action="store_true", help="open the drawer, too")
    queue = verb("queue", "what waits, failed or needs an answer", run_queue)
    queue.add_argument("--done", type=int, default=0, metavar="N", help="the last so many that have ended, too")
    verb("work", "print what waits, until nothing does or time is up", run_work)
    verb("retry", "try a job once more", run_retry, "job")
    verb("cancel", "take a job out of the queue", run_cancel, "job")
    redirect = verb("redirect", "let another printer do a job, or everything that waits for a printer", run_redirect)
    redirect.add_argument("what", metavar="JOB|PRINTER")
    redirect.add_argument("to", metavar="PRINTER")
    answer = verb("answer", "say what became of a job whose outcome nobody knows", run_answer, "job")
    answer.add_argument("said", choices=[one.value.replace("_", "-") for one in Answer])
    again = verb("again", "print a document once more, marked as a copy", run_again, "job")
    again.add_argument("--reason", default="")
    drawer = verbs.add_parser(
        "drawer", parents=[common, waiting, consent.options()], help="open the cash drawer for no sale"
    )
    drawer.add_argument("--reason", required=True, help="what for")
    drawer.set_defaults(run=run_drawer)


# Printers


def run_list(args: argparse.Namespace) -> int:
    """The printers, what goes to them and what waits before them."""
    with open_station(args.data) as app:
        held = app.paper.setup
        lines = {line.printer: line for line in app.read(print_queue.lines)}
        missing = bootstrap.renderer(app).missing()
    for sentence in missing:
        sys.stderr.write(f"boxoffice: {sentence}\n")
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

    for one in find(args.seconds):
        say(args, msgspec.to_builtins(one), f"{one.address:<32} {one.name}")
    return 0


def run_models(args: argparse.Namespace) -> int:
    """The models that can be chosen."""
    with open_station(args.data) as app:
        if args.file is not None:
            path = _models_file(args.file) if args.file else ""
            app.write(lambda c: printing.take_models(c, path)).result()
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
            printing.add_printer(connection, printer)
            for kind in args.kinds:
                printing.send_kind(connection, kind, printer.name)

        app.write(add).result()
    say(args, msgspec.to_builtins(printer), f"{printer.name} is set up at {printer.address}")
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Forget a printer."""
    with open_station(args.data) as app:
        app.write(lambda c: printing.remove_printer(c, args.name)).result()
    say(args, {"removed": args.name}, f"{args.name} is forgotten")
    return 0


def run_route(args: argparse.Namespace) -> int:
    """Say where a kind of document goes."""
    with open_station(args.data) as app:
        if args.name == "any":
            app.write(lambda c: printing.send_kind_anywhere(c, args.kind)).result()
        else:
            chosen = "" if args.name == "none" else args.name
            for name in filter(None, (chosen, args.fallback)):
                printer_of(app, name)
            app.write(lambda c: printing.send_kind(c, args.kind, chosen, args.fallback)).result()
    values = {"kind": args.kind, "printer": args.name, "fallback": args.fallback or None}
    say(args, values, f"{args.kind} goes to {args.name}" + (f", else to {args.fallback}" if args.fallback else ""))
    return 0


def printer_of(app: App, name: str) -> Printer:
    """A printer by its name. Raises `BadInput` if there is none."""
    found = app.paper.setup.printer(name)
    if found is None:
        raise BadInput(f"There is no printer {name}", "Nothing was changed.", "`boxoffice printers` lists them.")
    return found


# The queue


def run_queue(args: argparse.Namespace) -> int:
    """What waits, failed or needs an answer; exit status 1 if there is something."""
    with open_station(args.data) as app:
        jobs = app.paper.queue
        done = app.read(lambda c: print_queue.done_ones(c, args.done)) if args.done else []
    for job in (*reversed(done), *jobs):
        _say_job(args, job)
    return 1 if jobs else 0


def _say_job(args: argparse.Namespace, job: Job) -> None:
    values = {
        "job": job.operation,
        "kind": job.kind,
        "subject": job.subject or None,
        "event": job.event or None,
        "state": job.state.value,
        "asks": job.asks,
        "answer": job.answer.value if job.answer else None,
        "copy": job.copy,
        "printer": job.printer or None,
        "tries": job.tries,
        "because": job.because or None,
        "queued_at": job.queued_at.isoformat(),
        "changed_at": job.changed_at.isoformat(),
        "sent": job.sent or None,
    }
    what = f"{job.kind} {job.subject}".strip() + (f" COPY {job.copy}" if job.copy else "")
    state = f"{job.state.value}: did it come out?" if job.asks else job.state.value
    why = f" ({job.because})" if job.because else ""
    say(args, values, f"{job.operation} {what} at {job.printer or 'no printer'}: {state}{why}")


def _find(app: App, letters: str) -> str:
    """A job by the first letters of its name."""
    found = app.read(lambda c: print_queue.beginning_with(c, letters))
    if len(found) != 1:
        what = "more than one job begins so" if found else "no job begins so"
        raise BadInput(f"{letters}: {what}", "Nothing was changed.", "`boxoffice printers queue` lists them.")
    return found[0].operation


def bring(app: App, seconds: float, operations: Sequence[str] = ()) -> list[Job]:
    """Let the printers work until these jobs have ended, or everything has, or time is up."""
    spooler = bootstrap.spooler(app)
    spooler.start()
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until and any(job.state in WAITING for job in _these(app, operations)):
            time.sleep(_LOOKS_EVERY)
    finally:
        spooler.stop()
    return _these(app, operations)


def _these(app: App, operations: Sequence[str]) -> list[Job]:
    if not operations:
        return app.paper.queue
    found = (app.read(partial(print_queue.find, operation=operation)) for operation in operations)
    return [job for job in found if job is not None]


def say_outcome(args: argparse.Namespace, job: Job) -> int:
    """What became of a job; 0 if it came out."""
    _say_job(args, job)
    return 0 if job.state in CAME_OUT else Trouble.exit_status


def run_test(args: argparse.Namespace) -> int:
    """Print the test page."""
    with open_station(args.data) as app:
        printer = printer_of(app, args.name)
        drawer = args.drawer and printer.drawer
        page = app.read(lambda c: papers.proof(c, datetime.now(UTC), printer.name, drawer=drawer))
        job = app.paper.enqueue(page, printer=printer.name).result()
        (job,) = bring(app, args.wait, [job.operation])
        if job.state is State.QUEUED:  # A test that comes out tomorrow is none.
            because = job.because
            app.write(lambda c: printing.cancel(c, job.operation, datetime.now(UTC))).result()
            job = msgspec.structs.replace(job, because=because)
    return say_outcome(args, job)


def run_work(args: argparse.Namespace) -> int:
    """Print what waits."""
    with open_station(args.data) as app:
        jobs = bring(app, args.wait)
    for job in jobs:
        _say_job(args, job)
    return Trouble.exit_status if jobs else 0


def run_retry(args: argparse.Namespace) -> int:
    """Try a job once more."""
    with open_station(args.data) as app:
        operation = _find(app, args.job)
        app.write(lambda c: printing.retry(c, operation)).result()
        (job,) = bring(app, args.wait, [operation])
    return say_outcome(args, job)


def run_cancel(args: argparse.Namespace) -> int:
    """Take a job out of the queue."""
    with open_station(args.data) as app:
        operation = _find(app, args.job)
        job = app.write(lambda c: printing.cancel(c, operation, datetime.now(UTC))).result()
    _say_job(args, job)
    return 0


def run_redirect(args: argparse.Namespace) -> int:
    """Let another printer do it."""
    with open_station(args.data) as app:
        operations = _to_redirect(app, args.what)

        def move(connection: Any) -> None:
            for operation in operations:
                printing.redirect(connection, operation, args.to)

        app.write(move).result()
        jobs = bring(app, args.wait, operations)
    return max((say_outcome(args, job) for job in jobs), default=Refused.exit_status)


def _to_redirect(app: App, what: str) -> list[str]:
    jobs = [job for job in app.paper.queue if job.printer == what and job.state in (State.QUEUED, State.FAILED)]
    return [job.operation for job in jobs] or [_find(app, what)]


def run_answer(args: argparse.Namespace) -> int:
    """Say what became of a job."""
    said = Answer(args.said.replace("-", "_"))
    with open_station(args.data) as app:
        operation = _find(app, args.job)
        job = app.paper.answer(operation, said).result()
        if said is Answer.AGAIN:
            (job,) = bring(app, args.wait, [job.operation])
    _say_job(args, job)
    return 0 if said is not Answer.AGAIN or job.state in CAME_OUT else Trouble.exit_status


def run_again(args: argparse.Namespace) -> int:
    """Print a document once more."""
    with open_station(args.data) as app:
        operation = _find(app, args.job)
        job = app.paper.again(operation, reason=args.reason).result()
        (job,) = bring(app, args.wait, [job.operation])
    return say_outcome(args, job)


def run_drawer(args: argparse.Namespace) -> int:
    """Open the drawer."""
    with open_station(args.data) as app:
        consent.sign_in(app, args)
        job = consent.with_leave(
            app,
            args,
            lambda permits: app.paper.open_drawer(args.reason, operator=args.operator, permits=permits).result(),
        )
        if job is None:
            raise Refused("This station has no drawer", "Nothing was opened.", "Name the printer it hangs on.")
        (job,) = bring(app, args.wait, [job.operation])
    return say_outcome(args, job)
