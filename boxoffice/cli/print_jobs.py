"""`printers queue` and what is done with a job: tried again, sent elsewhere, answered, printed anew; the drawer."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from boxoffice import bootstrap
from boxoffice.bootstrap import App, open_station
from boxoffice.domain.printing import CAME_OUT, WAITING, Answer, Job, Printer, State
from boxoffice.errors import BadInput, Refused, Trouble, filled
from boxoffice.services import papers, print_jobs
from boxoffice.storage import print_queue

from . import consent
from .output import advise, say

Subparsers = Any

_LOOKS_EVERY = 0.05


def register(verbs: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module to those of `printers`."""
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
    verb("sent", "write what left for a job into a file, as the printer got it", run_sent, "job", "file")
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


def printer_of(app: App, name: str) -> Printer:
    """A printer by its name. Raises `BadInput` if there is none."""
    found = app.paper.setup.printer(name)
    if found is None:
        raise BadInput(f"There is no printer {name}", "Nothing was changed.", "`boxoffice printers` lists them.")
    return found


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
    """What became of a job; 0 if it came out, else it says what can be done now."""
    _say_job(args, job)
    verbs = f"`boxoffice printers {{verb}} {job.operation}"
    if job.state is State.QUEUED:
        elsewhere = verbs.format(verb="redirect") + " PRINTER`"
        advise(args, f"It waits for {job.printer}; {elsewhere} sends it elsewhere.")
    elif job.asks:
        ways = verbs.format(verb="answer") + " came-out|again|cancel`"
        advise(args, f"Look at the printer, then {ways} settles it.")
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
            app.write(lambda c: print_jobs.cancel(c, job.operation, datetime.now(UTC))).result()
            _say_job(args, msgspec.structs.replace(job, because=because))
            return Trouble.exit_status
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
        app.write(lambda c: print_jobs.retry(c, operation)).result()
        (job,) = bring(app, args.wait, [operation])
    return say_outcome(args, job)


def run_cancel(args: argparse.Namespace) -> int:
    """Take a job out of the queue."""
    with open_station(args.data) as app:
        operation = _find(app, args.job)
        job = app.write(lambda c: print_jobs.cancel(c, operation, datetime.now(UTC))).result()
    _say_job(args, job)
    return 0


def run_sent(args: argparse.Namespace) -> int:
    """The bytes that left last, which may be asked for when nobody believes what lies on the counter."""
    path = Path(args.file)
    with open_station(args.data) as app:
        operation = _find(app, args.job)
        data, job = app.read(lambda c: (print_queue.sent_bytes(c, operation), print_queue.find(c, operation)))
    if not data or job is None:
        raise Refused("Nothing has left for this job", "Or it is no longer kept.", "Nothing was written.")
    try:
        path.write_bytes(data)
    except OSError as error:
        raise BadInput(
            "The file cannot be written", f"{path}: {error.strerror}.", "Nothing was written. Choose another place."
        ) from error
    say(args, {"file": str(path), "bytes": len(data), "sha256": job.sent}, f"{path}: {len(data)} bytes, {job.sent}")
    return 0


def run_redirect(args: argparse.Namespace) -> int:
    """Let another printer do it."""
    with open_station(args.data) as app:
        printer_of(app, args.to)
        if app.paper.setup.printer(args.what) is not None:
            moved = app.write(lambda c: print_jobs.redirect_all(c, args.what, args.to)).result()
            if not moved:
                raise Refused(
                    filled("No paper waits for {printer}", printer=args.what),
                    "Nothing was changed.",
                    "`boxoffice printers queue` lists what waits.",
                )
        else:
            operation = _find(app, args.what)
            moved = [app.write(lambda c: print_jobs.redirect(c, operation, args.to)).result()]
        jobs = bring(app, args.wait, [job.operation for job in moved])
    return max(say_outcome(args, job) for job in jobs)


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
