"""Looks up what the rules of the door need to know of a ticket, and asks them. Nothing is written here.

Most scans need nothing that did not come along with the ticket; what only some need is asked for only then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import codes, gate
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.orders import Position, Ticket
from boxoffice.domain.passages import Passage
from boxoffice.domain.passes import Use
from boxoffice.domain.scan import Scan
from boxoffice.domain.verdicts import Reason, Verdict, Wish
from boxoffice.storage import barred, checkins, feeds, orders
from boxoffice.storage.at_door import Met
from boxoffice.storage.catalog import Known
from boxoffice.storage.connection import Connection

from . import known_here
from .finding import Found


class Asked(msgspec.Struct, frozen=True):
    """One scan, and what is wanted of the door."""

    scan: Scan
    text: str
    """The code in it, without what a gun adds."""
    wish: Wish
    operator: str
    """Who is signed in; empty for nobody."""


def judged(connection: Connection, known: Known, asked: Asked, found: Found) -> Verdict:
    """What the rules say, with everything looked up that they need."""
    if found.signed is not None:
        return _judged_signed(connection, known, asked, found, found.signed)
    scan, wish, event = asked.scan, asked.wish, found.list.event
    age = _age(connection, found, scan.at)
    if found.ticket is None or found.ambiguous or found.ticket.event != event:
        return gate.refuse(
            _reason(found), wish, scan.at, scan.nonce, gate_list=found.list, ticket=found.ticket, data_age=age
        )
    catalog = known.catalog(connection, event)
    names = known_here.names_of(catalog, found.ticket)
    return gate.judge(
        known_here.with_local_answers(connection, catalog, found.ticket),
        found.list,
        catalog,
        _history(connection, names, found),
        wish,
        scan.at,
        scan.nonce,
        addons=_addons_of(connection, catalog, found.ticket, found.met),
        uses=_uses(connection, catalog, found.ticket.position.item, names),
        locale=known.locale(connection),
        data_age=age,
    )


def _reason(found: Found) -> Reason:
    """Why a code is refused that names no ticket of the list's event, or too many."""
    if found.ambiguous:
        return Reason.AMBIGUOUS
    return Reason.PRODUCT if found.ticket is not None else found.reason


def _history(connection: Connection, names: Sequence[str], found: Found) -> tuple[Passage, ...]:
    if len(names) == 1 and found.met is not None and not found.met.passed:
        return ()
    return checkins.history(connection, found.list.event, found.list.id, names)


def _uses(connection: Connection, catalog: Catalog, item_id: int, names: Sequence[str]) -> tuple[Use, ...]:
    """Every passage that counts with a pass, on all lists; nothing of what is none."""
    if catalog.pass_terms(item_id) is None:
        return ()
    passed = checkins.of_ticket(connection, catalog.event.slug, names)
    return tuple(Use(one.list, one.passage()) for one in passed if not one.annulled)


def _judged_signed(
    connection: Connection, known: Known, asked: Asked, found: Found, signed: codes.SignedTicket
) -> Verdict:
    event, at, names = found.list.event, asked.scan.at, (codes.signed_key(asked.text),)
    catalog = known.catalog(connection, event)
    return gate.judge_signed(
        signed,
        found.list,
        catalog,
        checkins.history(connection, event, found.list.id, names),
        asked.wish,
        at,
        asked.scan.nonce,
        revoked=event in barred.revoked_in(connection, asked.text),
        blocked=barred.is_blocked(connection, event, asked.text),
        uses=_uses(connection, catalog, signed.item, names),
        locale=known.locale(connection),
        data_age=_age(connection, found, at),
    )


def _addons_of(connection: Connection, catalog: Catalog, ticket: Ticket, met: Met | None) -> tuple[Position, ...]:
    if met is not None and not met.has_addons:
        return ()
    if not any(category.is_addon for category in catalog.categories.values()):
        return ()
    return orders.addons(connection, ticket)


def _age(connection: Connection, found: Found, now: datetime) -> float | None:
    """Seconds since the replica was last in step, as it came along with the ticket where it did."""
    if found.met is not None and found.met.ticket.event == found.list.event:
        return feeds.age(found.met.complete_at, now)
    return feeds.data_age(connection, found.list.event, now)
