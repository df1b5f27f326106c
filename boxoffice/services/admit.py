"""One scan at a door: find the ticket, judge it, write the answer down, all in one transaction.

Nothing here waits for anybody. The answer given is durable when the future that carries it is done; the
server hears of it later, under the scan's own nonce.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from boxoffice.domain import codes
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.door import Door
from boxoffice.domain.facts import Fact, RefusedEntry
from boxoffice.domain.journal import fact_of
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.scan import Scan
from boxoffice.domain.verdicts import Reason, Verdict, Wish
from boxoffice.errors import BadInput, filled
from boxoffice.storage import at_door, journal, orders
from boxoffice.storage.catalog import Known, Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.journal import Newest

from . import guard, passing
from .finding import Found, find
from .judging import Asked, judged


def redeem(
    connection: Connection,
    shelf: Shelf,
    scan: Scan,
    door: Door,
    wish: Wish,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Verdict:
    """Admit or refuse one scan; both are facts that the server will want to know.

    A scan whose nonce was answered before is answered again and written down no second time. Raises
    `BadInput` if the door has no list.
    """
    if wish.insists:
        _permit(connection, scan, wish, operator, permits)
    text = codes.clean(scan.text, prefix=door.prefix, suffix=door.suffix)
    seen = at_door.look(connection, text, scan.nonce)
    known = shelf.at(seen.version)
    lists = door_lists(connection, known, door)
    found = find(connection, known, text, lists, scan.at, seen.tickets)
    asked = Asked(scan, text, _at(door, wish), operator)
    return _answer(connection, known, asked, found, answered=seen.answered, newest=seen.newest)


def redeem_ticket(
    connection: Connection,
    shelf: Shelf,
    scan: Scan,
    event: str,
    key: str,
    door: Door,
    wish: Wish,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Verdict:
    """Like `redeem`, for a ticket that was chosen by name: from the search or the group panel."""
    if wish.insists:
        _permit(connection, scan, wish, operator, permits, event)
    known = shelf.now(connection)
    lists = door_lists(connection, known, door)
    ticket = orders.by_key(connection, event, key)
    gate_list = next((one for one in lists if one.event == event), lists[0])
    text = ticket.position.secret if ticket else key
    asked = Asked(scan, text, _at(door, wish), operator)
    answered = journal.knows(connection, scan.nonce) is not None
    return _answer(connection, known, asked, Found(gate_list, ticket=ticket), answered=answered)


def _permit(
    connection: Connection, scan: Scan, wish: Wish, operator: str, permits: Sequence[Permit], event: str = ""
) -> None:
    """Raises `Refused` if this station only scans, `NeedsPermission` if somebody else has to stand by it."""
    guard.mind_steward(connection)
    if wish.preview or journal.knows(connection, scan.nonce) is not None:
        return
    act = Act.FORCE if wish.force else Act.ACCEPT_UNPAID
    guard.need(connection, act, scan.at, operator=operator, permits=permits, event=event, about=scan.nonce)


def door_lists(connection: Connection, known: Known, door: Door) -> tuple[CheckInList, ...]:
    """The door's lists as they are now. Raises `BadInput` if there is none, or one is gone."""
    return known.remembered(("door", door.lists), connection, lambda c: _read_lists(c, known, door))


def _read_lists(connection: Connection, known: Known, door: Door) -> tuple[CheckInList, ...]:
    found = []
    for event, list_id in door.lists:
        gate_list = known.catalog(connection, event).lists.get(list_id)
        if gate_list is None:
            raise BadInput(
                filled("Check-in list {event}/{list_id} is not there", event=event, list_id=list_id),
                "It was removed on the server, or has not arrived yet. Nothing was recorded.",
                "Choose another list, or sync first.",
            )
        found.append(gate_list)
    if not found:
        raise BadInput("No check-in list is chosen", "Nothing was recorded.", "Choose the list of this door.")
    return tuple(found)


def _at(door: Door, wish: Wish) -> Wish:
    """The wish, with the gate at which it is asked: the list's rules may ask for it."""
    if not door.gate or wish.gate:
        return wish
    return msgspec.structs.replace(wish, gate=door.gate)


def _answer(
    connection: Connection,
    known: Known,
    asked: Asked,
    found: Found,
    *,
    answered: bool,
    newest: Newest | None = None,
) -> Verdict:
    verdict = judged(connection, known, asked, found)
    if answered and (written := journal.knows(connection, asked.scan.nonce)) is not None:
        return _as_before(verdict, fact_of(written))
    if asked.wish.preview or verdict.repeated or verdict.reason is Reason.INCOMPLETE:
        return verdict
    passing.record(connection, known, asked, found, verdict, newest)
    return verdict


def _as_before(verdict: Verdict, fact: Fact) -> Verdict:
    """The answer that this nonce was given the first time."""
    if isinstance(fact, RefusedEntry):
        return msgspec.structs.replace(verdict, reason=fact.reason, repeated=True)
    return msgspec.structs.replace(verdict, reason=Reason.OK, explanation=None, questions=(), repeated=True)
