"""`scan`, `undo` and `search`: what the door screen does, for scripts and headless doors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from boxoffice.bootstrap import App, station_there
from boxoffice.domain.catalog import CheckInList, Question
from boxoffice.domain.door import Door
from boxoffice.domain.passages import Direction
from boxoffice.domain.scan import Source
from boxoffice.domain.verdicts import Reason, Verdict, Wish
from boxoffice.domain.words import localised
from boxoffice.errors import BadInput
from boxoffice.ids import new_scan

from . import consent
from .output import flush, note, say

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    scan = subparsers.add_parser("scan", parents=[common, consent.options()], help="judge and record one scan")
    scan.add_argument("code", metavar="CODE", help="the code as read; - reads one a line and answers one a line")
    lists = "who may enter where: its ID, its NAME or EVENT/ID; one per event"
    scan.add_argument("--list", metavar="LIST", action="append", required=True, dest="lists", help=lists)
    scan.add_argument("--exit", action="store_true", help="the person leaves")
    scan.add_argument("--at", metavar="TIME", type=_time, help="of the scan, in ISO 8601; default now")
    scan.add_argument("--accept-unpaid", action="store_true", help="let unpaid orders in where the list allows it")
    answer = "of a question by its id, as an incomplete scan names it; a file as @PATH; one per question"
    scan.add_argument(
        "--answer", metavar="QUESTION=VALUE", action="append", type=_answer, default=[], dest="answers", help=answer
    )
    scan.add_argument("--gate", metavar="NAME", default="", help="stands above the gate from the enrolment")
    scan.add_argument("--reason", default="", help="why somebody is let in in spite of a check")
    scan.add_argument("--force", action="store_true", help="let in whatever a check says")
    scan.set_defaults(run=run_scan)

    undo = subparsers.add_parser("undo", parents=[common, consent.options()], help="take a check-in back")
    undo.add_argument("nonce", metavar="NONCE", help="as `scan` printed it")
    undo.add_argument("--reason", default="", help="why")
    undo.set_defaults(run=run_undo)

    search = subparsers.add_parser("search", parents=[common], help="find attendees and orders")
    help_ = "a name, company, e-mail, order code, or the last digits of a phone"
    search.add_argument("text", metavar="TEXT", help=help_)
    search.add_argument("--limit", metavar="N", type=int, default=20, help="no more than so many (%(default)s)")
    search.set_defaults(run=run_search)


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO 8601 time") from error
    return moment if moment.tzinfo else moment.astimezone()


def _answer(text: str) -> tuple[str, str]:
    question, equals, value = text.partition("=")
    if not equals or not question:
        raise argparse.ArgumentTypeError(f"{text!r} is not QUESTION=VALUE")
    return question, value


def run_scan(args: argparse.Namespace) -> int:
    """Judge one code, or each line of standard input."""
    with station_there(args.data) as app:
        door = door_of(app, args.lists, args.gate)
        consent.sign_in(app, args)
        answers, files = _answered(app, door, dict(args.answers))
        wish = Wish(
            direction=Direction.EXIT if args.exit else Direction.ENTRY,
            accept_unpaid=args.accept_unpaid,
            force=args.force,
            answers=answers,
            files=files,
        )
        if args.code != "-":
            verdict = _scan(app, args, args.code, door, wish)
            return 0 if verdict.admitted else 1
        for code in _lines():
            _scan(app, args, code, door, wish)
            flush()
    return 0


def _answered(app: App, door: Door, answers: dict[str, str]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Answers, and the files that some of them name as @PATH. Raises `BadInput`."""
    files: dict[str, bytes] = {}
    if not any(value.startswith("@") for value in answers.values()):
        return answers, files
    from boxoffice.domain.attachments import name_of
    from boxoffice.services import attachments

    for name, value in answers.items():
        wanting = (attachments.question_named(app.catalog(event), name) for event, _ in door.lists)
        question = next((one for one in wanting if one is not None), None)
        if question is None or not value.startswith("@"):
            continue
        content = attachments.from_file(Path(value[1:]), portrait=question.valid_file_portrait)
        answers[name] = name_of(content)
        files[answers[name]] = content
    return answers, files


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode(errors="replace").rstrip("\r\n")


def _scan(app: App, args: argparse.Namespace, code: str, door: Door, wish: Wish) -> Verdict:
    scan = new_scan(code, Source.SCRIPT, args.at)
    verdict = consent.with_leave(app, args, lambda permits: app.gate.admit(scan, door, wish, permits).result())
    say(args, as_json(verdict), as_text(verdict))
    return verdict


def door_of(app: App, names: list[str], gate: str = "") -> Door:
    """A door with the lists that were named. Raises `BadInput` for a name that fits none, or several."""
    every, enrolment = app.lists(), app.enrolment
    if not every:
        hint = "Fetch them first: boxoffice sync." if enrolment else "Enrol it first: boxoffice enrol URL TOKEN."
        raise BadInput("This station has no lists yet", f"It lies in {app.folder.root}.", hint)
    chosen = [_list_named(name, every) for name in names]
    events = [one.event for one in chosen]
    if len(set(events)) < len(events):
        raise BadInput("Two lists of one event", "A door has one list per event.", "Leave out one --list.")
    own_gate = enrolment.gate if enrolment else ""
    return Door(lists=tuple((one.event, one.id) for one in chosen), gate=gate or own_gate)


def _list_named(name: str, every: list[CheckInList]) -> CheckInList:
    event, slash, rest = name.rpartition("/")
    among = [one for one in every if one.event == event] if slash else every
    wanted = rest if slash else name
    found = [one for one in among if str(one.id) == wanted] or [one for one in among if one.name == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(f"{len(found)} lists are called {name}", f"{_named(found)}.", "Name it as EVENT/ID.")
    raise BadInput(f"No list is called {name}", f"There are: {_named(among or every)}.", "Name it as EVENT/ID.")


def _named(lists: list[CheckInList]) -> str:
    return ", ".join(f"{one.event}/{one.id} ({one.name})" for one in lists)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The object that `scan --json` prints; a contract with the scripts of others."""
    ticket, first, gate_list = verdict.ticket, verdict.first_entry, verdict.list
    position = ticket.position if ticket else None
    return {
        "verdict": verdict.reason.value,
        "explanation": str(verdict.explanation) if verdict.explanation else None,
        "attendee": (position.name or None) if position else None,
        "company": (position.company or None) if position else None,
        "item": verdict.item or None,
        "variation": verdict.variation or None,
        "event": ticket.event if ticket else (gate_list.event if gate_list else None),
        "order": ticket.order.code if ticket else None,
        "position": position.number if position else None,
        "seat": position.seat if position else None,
        "attention": verdict.attention,
        "texts": list(verdict.texts),
        "questions": [_question(one) for one in verdict.questions if verdict.reason is Reason.INCOMPLETE],
        "first_entry": {"at": first.at.isoformat(), "gate": first.gate or None, "device": first.device or None}
        if first
        else None,
        "list": {"id": gate_list.id, "name": gate_list.name} if gate_list else None,
        "direction": verdict.direction.value,
        "at": verdict.at.astimezone(UTC).isoformat(),
        "nonce": verdict.nonce,
        "data_age_s": None if verdict.data_age is None else round(verdict.data_age, 1),
    } | _left(verdict)


def _left(verdict: Verdict) -> dict[str, Any]:
    """What a pass is still good for; nothing of any other ticket."""
    left = verdict.left
    return {} if left is None else {"left": {"entries": left.entries, "days": left.days}}


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "question": localised(question.question),
        "type": question.type.value,
        "required": question.required,
        "options": [{"id": option.id, "answer": localised(option.answer)} for option in question.options],
    }


def as_text(verdict: Verdict) -> str:
    """One line for a person."""
    ticket = verdict.ticket
    whose = f"{ticket.position.name or 'no name'}, {verdict.item} ({ticket.key})" if ticket else "unknown ticket"
    why = f": {verdict.explanation}" if verdict.explanation else ""
    return f"{verdict.reason.value.upper()} {whose}{why}"


def run_undo(args: argparse.Namespace) -> int:
    """Take a check-in back."""
    with station_there(args.data) as app:
        consent.sign_in(app, args)
        take_back = partial(app.gate.undo, args.nonce, reason=args.reason)
        undone = consent.with_leave(app, args, lambda permits: take_back(permits=permits).result())
    values = {
        "undone": undone.nonce,
        "ticket": undone.ticket,
        "attendee": undone.name or None,
        "direction": undone.direction.value,
    }
    say(args, values, f"Taken back: {undone.direction.value} of {undone.name or undone.ticket}")
    return 0


def run_search(args: argparse.Namespace) -> int:
    """Attendees as the desk finds them."""
    with station_there(args.data) as app:
        hits = app.lookup.search(args.text, args.limit)
    if not hits:
        note(args, "Nobody is found.")
    for hit in hits:
        values = {
            "event": hit.event,
            "order": hit.order,
            "ticket": hit.ticket,
            "attendee": hit.name,
            "company": hit.company or None,
            "email": hit.email or None,
            "item": hit.item,
            "status": hit.status.value,
            "canceled": hit.canceled,
        }
        say(args, values, f"{hit.ticket:<12} {hit.name}  {hit.company}  {hit.item}  {hit.status.name.lower()}")
    return 0 if hits else 1
