"""A ticket as it is known here: what was done with it and answered at this station belongs to it as well."""

from __future__ import annotations

import msgspec

from boxoffice.domain import codes, questions
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.orders import Ticket
from boxoffice.storage import checkins
from boxoffice.storage.connection import Connection


def names_of(catalog: Catalog, ticket: Ticket) -> tuple[str, ...]:
    """The names under which passages of a ticket may be kept: its own, and the one from before the replica held it."""
    if not catalog.event.valid_keys:
        return (ticket.key,)
    return ticket.key, codes.signed_key(ticket.position.secret)


def with_local_answers(connection: Connection, catalog: Catalog, ticket: Ticket) -> Ticket:
    """The ticket with what was answered at this station laid over what the server knows."""
    if not questions.asked_about(catalog, ticket.position.item):
        return ticket
    local = checkins.answers(connection, ticket.event, ticket.key)
    if not local:
        return ticket
    merged = {**ticket.position.answers, **local}
    return Ticket(ticket.order, msgspec.structs.replace(ticket.position, answers=merged))
