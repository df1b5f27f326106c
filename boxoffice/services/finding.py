"""What a scanned code leads to: a ticket and the list that judges it, or the reason why there is none.

A code may be a ticket's own secret, a wristband's or card's, one that proves itself, or one that was revoked; and a
pass leads to the tickets that go with it. Which of several is meant, `domain.gate` chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import codes, gate
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.orders import Ticket
from boxoffice.domain.verdicts import Reason
from boxoffice.storage import barred, media, orders
from boxoffice.storage.at_door import Met
from boxoffice.storage.catalog import Known
from boxoffice.storage.connection import Connection


class Found(msgspec.Struct, frozen=True):
    """What a code led to: a ticket and the list that judges it, or the reason there is none."""

    list: CheckInList
    ticket: Ticket | None = None
    met: Met | None = None
    """The ticket with what else came along, where its own code was scanned."""
    signed: codes.SignedTicket | None = None
    reason: Reason = Reason.INVALID
    ambiguous: bool = False


def find(
    connection: Connection, known: Known, text: str, lists: Sequence[CheckInList], at: datetime, held: Sequence[Met]
) -> Found:
    """What a code leads to at a door of these lists; `held` are the tickets whose secret it is."""
    return (
        _chosen(connection, known, text, lists, at, held)
        or _signed(connection, known, text, lists)
        or _revoked(connection, text, lists)
        or Found(lists[0])
    )


def _chosen(
    connection: Connection, known: Known, text: str, lists: Sequence[CheckInList], at: datetime, held: Sequence[Met]
) -> Found | None:
    candidates = [one.ticket for one in held] or _on_medium(connection, text, at)
    if not candidates:
        return None
    addons = _addons(connection, candidates, lists)
    choice = gate.choose(
        candidates, lists, at, addons=addons, with_pass=_with_pass(connection, known, candidates, held)
    )
    if choice is None:
        return None
    met = next((one for one in held if one.ticket is choice.ticket), None)
    return Found(choice.list, ticket=choice.ticket, met=met, ambiguous=choice.ambiguous)


def _signed(connection: Connection, known: Known, text: str, lists: Sequence[CheckInList]) -> Found | None:
    for gate_list in lists:
        keys = known.catalog(connection, gate_list.event).event.valid_keys
        signed = codes.signed(text, keys) if keys else None
        if signed is not None:
            return Found(gate_list, signed=signed)
    return None


def _revoked(connection: Connection, text: str, lists: Sequence[CheckInList]) -> Found | None:
    events = barred.revoked_in(connection, text)
    gate_list = next((one for one in lists if one.event in events), None)
    return Found(gate_list, reason=Reason.REVOKED) if gate_list is not None else None


def _on_medium(connection: Connection, text: str, at: datetime) -> list[Ticket]:
    """The tickets that an active, unexpired wristband or card of this name stands for."""
    found = []
    for medium in media.by_identifier(connection, text):
        if not medium.active or (medium.expires is not None and medium.expires <= at):
            continue
        named = (orders.by_key(connection, medium.event, key) for key in medium.tickets)
        found += [ticket for ticket in named if ticket is not None]
    return found


def _with_pass(connection: Connection, known: Known, candidates: Sequence[Ticket], held: Sequence[Met]) -> list[Ticket]:
    """The tickets that go with a pass: of its own order, and those of other events, which bear its code.

    What only stands for a ticket of another event lets in nowhere.
    """
    terms_of = [known.catalog(connection, one.event).pass_terms(one.position.item) for one in candidates]
    share_a_code = len(candidates) > 1 and len({one.position.secret for one in candidates}) == 1
    beside = [one for one, terms in zip(candidates, terms_of, strict=True) if share_a_code and terms is None]
    for ticket, terms in zip(candidates, terms_of, strict=True):
        if terms is None or any(one.ticket is ticket and not one.has_addons for one in held):
            continue
        sold_for_elsewhere = {one.item for one in terms.choices if one.elsewhere is not None}
        beside += [
            other
            for other in orders.of_order(connection, ticket.event, ticket.order.code)
            if other.position.addon_to == ticket.position.number and other.position.item not in sold_for_elsewhere
        ]
    return beside


def _addons(connection: Connection, candidates: Sequence[Ticket], lists: Sequence[CheckInList]) -> list[Ticket]:
    matching = {one.event for one in lists if one.addon_match}
    if not matching:
        return []
    return [
        other
        for ticket in candidates
        if ticket.event in matching
        for other in orders.of_order(connection, ticket.event, ticket.order.code)
        if other.position.addon_to == ticket.position.number
    ]
