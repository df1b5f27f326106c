"""`terminals`: card terminals, whether they answer, every payment that was tried, and what to do about one in doubt."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from boxoffice.bootstrap import App, open_station
from boxoffice.domain.money import plain
from boxoffice.domain.payment import Attempt
from boxoffice.domain.terminals import Kind, Terminal
from boxoffice.errors import BadInput
from boxoffice.services import card, card_terminals
from boxoffice.storage import payments
from boxoffice.terminals import zvt_frames, zvt_session
from boxoffice.terminals.simulated import Behaviour

from . import consent
from .amounts import amount_in
from .cards import end, working
from .output import say
from .terminal_walk import MOMENTS, Walk

Subparsers = Any

_AROUND = timedelta(minutes=30)
_LAST_PORT = 65_535


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("terminals", parents=[common], help="card terminals, and the payments made at them")
    parser.set_defaults(run=run_list)
    verbs = parser.add_subparsers(metavar="ACTION")
    add = verbs.add_parser("add", parents=[common], help="set up a terminal, or change the one of that name")
    add.add_argument("name")
    add.add_argument("address", help="zvt:HOST[:20007], or simulated[:BEHAVIOUR]")
    add.add_argument("--password", default="000000", help="six digits that the terminal asks of a till")
    add.set_defaults(run=run_add)
    for name, text, run in (
        ("remove", "forget a terminal", run_remove),
        ("test", "see whether a terminal answers, and what its newest payment is", run_test),
        ("end-of-day", "have a terminal close its day, and compare its sum with ours", run_end_of_day),
    ):
        made = verbs.add_parser(name, parents=[common], help=text)
        made.add_argument("name")
        made.set_defaults(run=run)
        if run is run_end_of_day:
            made.add_argument("--operator", metavar="NAME", default="", help="who closes it")
        if run is run_test:
            _add_walk(made)
    _register_payments(verbs, common)


def _add_walk(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--walk", action="store_true", help="go through its bad moments: pull cables")
    parser.add_argument("--only", metavar="MOMENT", action="append", default=[], help="this moment of the walk")
    parser.add_argument("--amount", metavar="AMOUNT", default="", help="of each payment (default: the smallest)")
    parser.add_argument("--operator", metavar="NAME", default="", help="who goes through them")
    parser.add_argument(
        "--permitted-by", metavar="NAME", default="", help="who stands by what is settled and taken back"
    )


def _register_payments(verbs: Subparsers, common: argparse.ArgumentParser) -> None:
    found = verbs.add_parser("payments", parents=[common], help="what was tried; without a word, what is in doubt")
    found.add_argument("--receipt", type=int, metavar="N", help="by the number of our receipt")
    found.add_argument("--number", type=int, metavar="N", help="by the terminal's own number")
    found.add_argument("--at", metavar="TIME", help="around this time, ISO 8601")
    found.set_defaults(run=run_payments)
    recover = verbs.add_parser("recover", parents=[common], help="ask the terminal what became of a payment")
    recover.add_argument("attempt")
    recover.set_defaults(run=run_recover)
    settle = verbs.add_parser(
        "settle", parents=[common, consent.options()], help="say what became of a payment, after looking"
    )
    settle.add_argument("attempt")
    settle.add_argument("said", choices=["charged", "not-charged"])
    settle.add_argument("--reason", required=True, help="what you have seen")
    settle.add_argument("--number", type=int, metavar="N", default=0, help="the terminal's own number of it")
    settle.add_argument("--approval", metavar="CODE", default="", help="the approval code on its slip")
    settle.set_defaults(run=run_settle)
    words = "take back a charge that stands on no receipt"
    reverse = verbs.add_parser("reverse", parents=[common, consent.options()], help=words)
    reverse.add_argument("attempt")
    reverse.add_argument("--reason", required=True, help="why its sale did not happen")
    reverse.set_defaults(run=run_reverse)


def run_list(args: argparse.Namespace) -> int:
    """The terminals, and whether something is in doubt at them."""
    with open_station(args.data) as app:
        for terminal in app.read(card_terminals.terminals):
            taken = app.read(lambda c, name=terminal.name: payments.open_at(c, name))  # type: ignore[misc]
            values = {
                "name": terminal.name,
                "kind": terminal.kind.value,
                "address": f"{terminal.host}:{terminal.port}" if terminal.host else "",
                "in_doubt": taken.id if taken else None,
            }
            doubt = f", waits for the outcome of {taken.id}" if taken else ""
            say(args, values, f"{terminal.name}: {terminal.kind.value} {values['address']}{doubt}")
    return 0


def run_add(args: argparse.Namespace) -> int:
    """Set a terminal up."""
    terminal = _terminal(args.name, args.address, args.password)
    with open_station(args.data) as app:
        app.write(lambda c: card_terminals.put_terminal(c, terminal)).result()
    say(args, {"name": terminal.name, "kind": terminal.kind.value}, f"{terminal.name} is set up.")
    return 0


def _terminal(name: str, address: str, password: str) -> Terminal:
    kind, _, rest = address.partition(":")
    if kind == Kind.SIMULATED.value and rest in ("", *Behaviour):
        return Terminal(name=name, kind=Kind.SIMULATED, behaviour=rest or Behaviour.APPROVE.value)
    host, _, written = rest.partition(":")
    port = int(written or zvt_session.PORT) if (written or "1").isdecimal() else 0
    if kind != Kind.ZVT.value or not host or not 0 < port <= _LAST_PORT:
        raise BadInput(f"{address} is no terminal", "Nothing was changed.", "Write zvt:HOST, or simulated.")
    try:
        zvt_frames.password(password)
    except zvt_frames.Garbled as error:
        raise BadInput("This is no password of a terminal", f"{error}.", "Look into the terminal's papers.") from error
    return Terminal(name=name, kind=Kind.ZVT, host=host, port=port, password=password)


def run_remove(args: argparse.Namespace) -> int:
    """Forget a terminal."""
    with open_station(args.data) as app:
        app.write(lambda c: card_terminals.remove_terminal(c, args.name)).result()
    say(args, {"removed": args.name}, f"{args.name} is forgotten.")
    return 0


def run_test(args: argparse.Namespace) -> int:
    """See whether a terminal answers; with `--walk`, what it does when cables are pulled."""
    if args.walk:
        return _walk(args)
    with open_station(args.data) as app, working(app) as worker:
        about = worker.newest(args.name).result().evidence
    values = {
        "answers": True,
        "terminal_id": about.terminal_id,
        "receipt": about.receipt,
        "trace": about.trace,
    }
    text = (
        f"It answers. Its newest payment is {about.receipt:04d}."
        if about.receipt
        else "It answers, and has no payment."
    )
    say(args, values, text)
    return 0


def _walk(args: argparse.Namespace) -> int:
    chosen = [one for one in MOMENTS if not args.only or one.name in args.only]
    if not chosen or len(args.only) > len(chosen):
        there = ", ".join(one.name for one in MOMENTS)
        raise BadInput("There is no such moment", f"There are: {there}.", "Name one of them.")
    if not args.operator:
        raise BadInput("Who goes through it?", "Cards are charged, and what is in doubt is settled.", "Use --operator.")
    with open_station(args.data) as app, working(app) as worker:
        amount = amount_in(args.amount, app.read(card_terminals.currency)) if args.amount else 1
        walk = Walk(app, worker, args.name, args.operator, _ask, _tell, lambda act: consent.with_leave(app, args, act))
        try:
            found = [walk.at(moment, amount) for moment in chosen]
        finally:  # Who leaves in the middle of it has not paid for the test either.
            for attempt in walk.take_back():
                say(args, {"not_taken_back": attempt}, f"{attempt} stays charged: take it back at the terminal.")
    for one in found:
        say(args, msgspec.to_builtins(one), f"{one.moment:24}{one.state:16}{one.verdict}")
    return 1 if any(one.verdict == "differs" for one in found) else 0


def _ask(words: str) -> str:
    _tell(words)
    line = sys.stdin.readline()
    if not line:
        raise BadInput("Nobody answers", "The walk was left.", "Go through it at a keyboard.")
    return line


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def run_end_of_day(args: argparse.Namespace) -> int:
    """Have a terminal close its day."""
    with open_station(args.data) as app, working(app) as worker:
        day = worker.end_of_day(args.name, args.operator).result()
    has = "" if day.amount is None else plain(day.amount, day.currency)
    values = {
        "terminal": day.terminal,
        "amount": has or None,
        "number": day.number,
        "ours": plain(day.ours, day.currency),
        "ours_number": day.ours_number,
        "difference": None if day.difference is None else plain(day.difference, day.currency),
        "currency": day.currency,
        "text": day.text,
    }
    said = f"It has {has} {day.currency}" if has else "It does not say what it has"
    say(args, values, f"{day.text}\nClosed. {said}; here it is {values['ours']} {day.currency}.".lstrip())
    return 0


def run_payments(args: argparse.Namespace) -> int:
    """Attempts by what is known of them."""
    with open_station(args.data) as app:
        found = _found(app, args)
    for one in found:
        _say_attempt(args, one)
    return 0


def _found(app: App, args: argparse.Namespace) -> list[Attempt]:
    if args.receipt is not None:
        return app.read(lambda c: payments.of_receipt(c, args.receipt))
    if args.number is not None:
        return app.read(lambda c: payments.of_terminal_receipt(c, args.number))
    if args.at is None:
        return app.read(lambda c: [*payments.doubtful(c), *payments.strays(c)])
    try:
        at = datetime.fromisoformat(args.at)
    except ValueError as error:
        raise BadInput(f"{args.at} is no time", "", "Write it like 2026-11-21T09:00+01:00.") from error
    at = at.astimezone(UTC)
    return app.read(lambda c: payments.between(c, at - _AROUND, at + _AROUND))


def _say_attempt(args: argparse.Namespace, one: Attempt) -> None:
    amount = plain(one.amount, one.currency)
    values = {
        "attempt": one.id,
        "state": one.state.value,
        "way": one.way.value,
        "amount": amount,
        "currency": one.currency,
        "terminal": one.terminal,
        "terminal_id": one.evidence.terminal_id,
        "number": one.evidence.receipt,
        "card": " ".join(part for part in (one.evidence.card, one.evidence.pan) if part),
        "text": one.evidence.text,
        "because": one.because,
        "advice": one.advice,
        "began_at": one.began_at.isoformat(),
        "receipt": one.receipt,
        "settled_by": one.settled_by,
    }
    words = " ".join(part for part in (one.evidence.text, one.because) if part)
    text = f"{one.id}  {one.began_at:%Y-%m-%d %H:%M} UTC  {amount} {one.currency}  {one.terminal}  {one.state}  {words}"
    say(args, values, f"{text.rstrip()}\n    {one.advice}")


def run_recover(args: argparse.Namespace) -> int:
    """Ask the terminal what became of a payment."""
    with open_station(args.data) as app:
        app.read(lambda c: card.known(c, args.attempt))
        with working(app) as worker:
            one = worker.recover(args.attempt).result()
    _say_attempt(args, one)
    return 0 if not one.is_open else 1


def run_settle(args: argparse.Namespace) -> int:
    """Say what became of a payment."""
    with open_station(args.data) as app:
        seen = card.Seen(
            charged=args.said == "charged",
            by=args.operator,
            reason=args.reason,
            receipt=args.number,
            approval=args.approval,
        )
        counter = app.counter(args.operator)
        one = consent.with_leave(
            app, args, lambda permits: counter.cards.settle(args.attempt, seen, permits=permits).result()
        )
    _say_attempt(args, one)
    return 0


def run_reverse(args: argparse.Namespace) -> int:
    """Take back a charge that stands on no receipt."""
    with open_station(args.data) as app:
        counter = app.counter(args.operator)
        with working(app) as worker:
            begun = consent.with_leave(
                app, args, lambda permits: counter.cards.take_back(args.attempt, args.reason, permits=permits).result()
            )
            one = end(app, worker, begun)
    _say_attempt(args, one)
    return 0 if not one.is_charged and not one.is_open else 1
