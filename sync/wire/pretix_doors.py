"""What an act at a door becomes in pretix: the request's path and body, and what its answer means.

An entry is always sent with `force`, because the person is inside already and the server can only take note;
it marks by itself those that a check of its own would have stopped. Sending it without first would leave a
refusal under the same nonce, and then neither could be taken back. The status says little: whatever is wrong
with a known ticket comes as 400, so the body is what counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from boxoffice.decoding import decode
from boxoffice.domain.facts import Admitted, Private, RefusedEntry, Undone
from boxoffice.domain.gate import Direction
from boxoffice.domain.instants import moment
from boxoffice.ports import Outcome

from .hub_feed import BROKEN
from .pretix import said, stamp

_TAKEN_BACK = "Cannot annul an unsuccessful checkin"


class Request(msgspec.Struct, frozen=True):
    """Something to tell the server, below its organiser."""

    path: str
    body: dict[str, Any]


class Word(msgspec.Struct, frozen=True):
    """What became of it."""

    outcome: Outcome
    because: str = ""


DONE = Word(Outcome.DONE)


def passage(fact: Admitted, answers: Mapping[str, str], secret: str, nonce: str) -> Request:
    """Somebody went in or out."""
    body: dict[str, Any] = {
        **_passage(secret, fact.list, fact.direction, moment(fact.at), nonce),
        "ignore_unpaid": fact.accepted_unpaid,
        "questions_supported": bool(answers),
        "answers": dict(answers),
    }
    return Request("checkinrpc/redeem/", body)


def end_of_stay(fact: Admitted, secret: str, gate_list: int, nonce: str) -> Request:
    """An exit that followed from an entry on another list."""
    body = _passage(secret, gate_list, Direction.EXIT, moment(fact.at), nonce)
    return Request("checkinrpc/redeem/", {**body, "questions_supported": False})


def _passage(secret: str, gate_list: int, direction: Direction, at: datetime, nonce: str) -> dict[str, Any]:
    return {
        "secret": secret,
        "source_type": "barcode",
        "lists": [gate_list],
        "type": direction.value,
        "datetime": stamp(at),
        "nonce": nonce,
        "force": True,
    }


def what_of_passage(status: int, body: bytes) -> Word:
    """The server's word on an entry or exit."""
    found = _answer(body)
    if found.status == "ok":
        return DONE
    if found.status and found.reason == "invalid" and status == 404:
        return Word(Outcome.REFUSED, "pretix knows no ticket with this code.")
    if found.status:
        why = f" ({found.reason_explanation})" if found.reason_explanation else ""
        return Word(Outcome.REFUSED, f"pretix does not record it: {found.reason or found.status}{why}.")
    return refused(status, body)


def refusal(fact: RefusedEntry, private: Private, nonce: str, position: int | None) -> Request:
    """Somebody was turned away. The server takes an item and a date only under their raw names."""
    body: dict[str, Any] = {
        "error_reason": fact.reason.value,
        "raw_barcode": private.text or fact.ticket or "?",
        "raw_source_type": "barcode",
        "datetime": stamp(moment(fact.at)),
        "type": fact.direction.value,
        "nonce": nonce,
    }
    if fact.explanation:
        body["error_explanation"] = fact.explanation
    if position is not None:
        body["position"] = position
    return Request(f"events/{quote(fact.event, safe='')}/checkinlists/{fact.list}/failed_checkins/", body)


def annulment(fact: Undone, private: Private, nonce: str, gate_list: int) -> Request:
    """A passage is taken back."""
    body: dict[str, Any] = {"nonce": nonce, "lists": [gate_list], "datetime": stamp(moment(fact.at))}
    if private.note:
        body["error_explanation"] = private.note
    return Request("checkinrpc/annul/", body)


def what_of_annulment(status: int, body: bytes) -> Word:
    """The server's word on it. One that came through before is as good as done."""
    found = _answer(body)
    if found.status == "ok" or _TAKEN_BACK in said(body):
        return DONE
    return refused(status, body)


_PRINTS = {"badge": "badge", "ticket": "ticket", "certificate": "certificate"}


def printed(what: str, at: datetime, device: str) -> dict[str, Any]:
    """Something was printed for a position."""
    kind = _PRINTS.get(what, "other")
    return {"datetime": stamp(at), "type": kind, "source": "boxoffice", "successful": True, "info": {"device": device}}


def is_printed(position: bytes, body: dict[str, Any]) -> bool:
    """Whether a position tells of this very print."""
    try:
        logs = decode(position, _Printed).print_logs
    except BROKEN:
        return False
    return any((one.at, one.type) == (datetime.fromisoformat(body["datetime"]), body["type"]) for one in logs)


class _Log(msgspec.Struct):
    at: datetime = msgspec.field(name="datetime")
    type: str = ""


class _Printed(msgspec.Struct):
    print_logs: list[_Log] = []


def refused(status: int, body: bytes) -> Word:
    """A no in the server's own words."""
    return Word(Outcome.REFUSED, said(body) or f"pretix answered {status}.")


class _Answer(msgspec.Struct):
    status: str = ""
    reason: str | None = None
    reason_explanation: str | None = None


def _answer(body: bytes) -> _Answer:
    try:
        return decode(body, _Answer)
    except BROKEN:
        return _Answer()
