"""Writes down what became of a scan: the passage, the journal's entry, and what an entry brings with it.

An entry may end stays on other lists and have a badge printed; all of it becomes true together, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from boxoffice.domain import codes
from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.facts import Admitted, Private, RefusedEntry
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Ticket
from boxoffice.domain.passages import Direction
from boxoffice.domain.verdicts import Verdict
from boxoffice.storage import checkins, journal
from boxoffice.storage.catalog import Known
from boxoffice.storage.connection import Connection
from boxoffice.storage.journal import Newest
from boxoffice.storage.settings import Station

from .finding import Found
from .judging import Asked


def record(
    connection: Connection, known: Known, asked: Asked, found: Found, verdict: Verdict, newest: Newest | None
) -> None:
    """Write the answer down. `newest` is the journal's last entry, for whoever has seen it in this transaction."""
    key = _key(found, asked.text)
    fact: Admitted | RefusedEntry
    if verdict.admitted:
        fact, private = _pass_through(connection, known, asked, found, verdict, key)
    else:
        fact, private = _refused(asked, found, verdict, key)
    station = known.station(connection)
    journal.append(connection, asked.scan.nonce, fact, private, station=station, newest=newest)
    if verdict.admitted and found.ticket is not None and verdict.direction is Direction.ENTRY:
        _print_badge(connection, known, found.list, found.ticket, verdict.at)


def _refused(asked: Asked, found: Found, verdict: Verdict, key: str) -> tuple[RefusedEntry, Private]:
    refused = RefusedEntry(
        event=found.list.event,
        at=micros(asked.scan.at),
        list=found.list.id,
        ticket=key,
        direction=verdict.direction,
        gate=verdict.gate,
        source=str(asked.scan.source),
        reason=verdict.reason,
        explanation=str(verdict.explanation or ""),
    )
    return refused, Private(text=asked.text, operator=asked.operator)


def _pass_through(
    connection: Connection, known: Known, asked: Asked, found: Found, verdict: Verdict, key: str
) -> tuple[Admitted, Private]:
    """Keep the passage and what was answered with it; what the journal is to say of it."""
    passage = _passage(known.station(connection), found.list, verdict, key, asked.operator)
    admitted = Admitted(
        event=found.list.event,
        at=micros(asked.scan.at),
        list=found.list.id,
        ticket=key,
        direction=verdict.direction,
        gate=verdict.gate,
        source=str(asked.scan.source),
        forced=verdict.forced,
        unaware=verdict.unaware,
        accepted_unpaid=asked.wish.accept_unpaid and not verdict.forced,
        ended=_end_stays(connection, known, found.list, passage),
    )
    checkins.put(connection, passage, own=True, first=found.met is not None and not found.met.passed)
    files: Mapping[str, bytes] = {}
    if verdict.answers:
        checkins.put_answers(connection, found.list.event, key, verdict.answers)
        files = _hand_in(connection, verdict.answers, asked.wish.files)
    text = _text_of(found, asked.text)
    return admitted, Private(text=text, answers=verdict.answers, files=files, operator=asked.operator)


def _hand_in(connection: Connection, answers: Mapping[str, str], files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Keep the files that the answers speak of."""
    if not files:
        return {}
    from . import attachments

    handed_in = attachments.named(answers, files)
    attachments.keep(connection, handed_in.values())
    return handed_in


def _print_badge(connection: Connection, known: Known, gate_list: CheckInList, ticket: Ticket, at: datetime) -> None:
    """Have the badge printed, where this station does so at an entry on this list."""
    when = known.list_settings(connection, gate_list.event, gate_list.id).badges
    if when is not AutoPrint.NEVER:
        from . import badges

        badges.print_at_entry(connection, known.catalog(connection, gate_list.event), ticket, at, when)


def _key(found: Found, text: str) -> str:
    if found.ticket is not None:
        return found.ticket.key
    return codes.signed_key(text) if found.signed is not None else ""


def _text_of(found: Found, text: str) -> str:
    """The code that a server finds the ticket by: of one that goes with a pass its own, where the list is not wide."""
    ticket = found.ticket
    if ticket is None or found.met is not None or found.list.addon_match or ticket.position.addon_to is None:
        return text
    return ticket.position.secret


def _passage(station: Station, gate_list: CheckInList, verdict: Verdict, key: str, operator: str) -> CheckIn:
    return CheckIn(
        event=gate_list.event,
        list=gate_list.id,
        ticket=key,
        direction=verdict.direction,
        at=verdict.at,
        nonce=verdict.nonce,
        gate=verdict.gate,
        device=station.name,
        device_id=station.device,
        person=operator,
        forced=verdict.forced,
        unaware=verdict.unaware,
    )


def _end_stays(connection: Connection, known: Known, gate_list: CheckInList, entry: CheckIn) -> tuple[int, ...]:
    """Close the stay on other lists, where this list (or this station) says so and the person is inside there."""
    if entry.direction is Direction.EXIT:
        return ()
    own = known.list_settings(connection, gate_list.event, gate_list.id)
    ended = []
    for other in dict.fromkeys(gate_list.ends_stay_on + own.ends_stay_on):
        history = checkins.history(connection, entry.event, other, (entry.ticket,))
        if not history or history[-1].direction is Direction.EXIT:
            continue
        leaving = msgspec.structs.replace(
            entry,
            list=other,
            direction=Direction.EXIT,
            nonce=f"{entry.nonce}/{other}",
            forced=False,
            unaware=False,
            auto=True,
        )
        checkins.put(connection, leaving, own=True)
        ended.append(other)
    return tuple(ended)
