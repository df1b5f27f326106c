"""Papers as people ask for them: by their number, by a ticket, by a code.

What was written once and for all comes out as it was written; everything else is made of what is held now. A slip or
a voucher that is in the print queue already is the one that lies there, so that its copy says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from boxoffice.domain.documents import Document
from boxoffice.errors import BadInput, filled
from boxoffice.storage import orders, receipt_book, redeeming, till
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import badges, gift_cards, papers, printing, shifts

KINDS = ("receipt", "x", "z", "slip", "badge", "ticket", "order", "voucher")
"""What can be asked for. An X has no name: it is of the shift that is open."""

Found = tuple[str, Document]
"""The event that a document is about, empty for none, and the document."""


def find(
    connection: Connection,
    shelf: Shelf,
    kind: str,
    name: str,
    events: Sequence[str],
    at: datetime,
    operator: str = "",
) -> Found:
    """The document of that name. Raises `BadInput` if there is none, or more than one of the events has one."""
    match kind:
        case "receipt":
            return _receipt(connection, name)
        case "x":
            return "", shifts.x_report(connection, shelf, at, operator)
        case "z":
            return _z(connection, name)
        case "slip":
            return _slip(connection, shelf, name)
        case "voucher":
            return _voucher(connection, shelf, name, events, at, operator)
        case _:
            return _of_order(connection, shelf, kind, name, events, at, operator)


def _receipt(connection: Connection, name: str) -> Found:
    booked = receipt_book.receipt(connection, int(name)) if name.isdecimal() else None
    if booked is None:
        raise _not_at_this_till(filled("There is no receipt {name} at this till", name=name))
    return receipt_book.event_of_receipt(connection, int(name)), booked.receipt


def _z(connection: Connection, name: str) -> Found:
    report = till.z(connection, int(name)) if name.isdecimal() else None
    if report is None:
        raise _not_at_this_till(filled("There is no Z {name} at this till", name=name))
    return "", report


def _slip(connection: Connection, shelf: Shelf, name: str) -> Found:
    found = shifts.slip(connection, shelf, int(name)) if name.isdecimal() else None
    if found is None:
        raise _not_at_this_till(filled("There is no slip {name} at this till", name=name))
    event, document = found
    return event, printing.as_written(connection, document)


def _not_at_this_till(title: str) -> BadInput:
    return BadInput(title, "Nothing was printed.", "Look at its number again.")


def _voucher(
    connection: Connection, shelf: Shelf, code: str, events: Sequence[str], at: datetime, operator: str
) -> Found:
    made = {event: voucher_or_card(connection, shelf, event, code, at, operator) for event in events}
    there = {event: paper for event, paper in made.items() if paper is not None}
    event = _only_one(list(there), filled("There is no voucher or gift card {code} here", code=code), code)
    return event, there[event]


def voucher_or_card(
    connection: Connection, shelf: Shelf, event: str, code: str, at: datetime, operator: str = ""
) -> Document | None:
    """A voucher, or a gift card with what is left on it; None for a code that is not known here."""
    told = redeeming.voucher(connection, event, code)
    if told is not None:
        return printing.as_written(connection, papers.voucher(connection, shelf, told, at, operator))
    currency = shelf.of(connection, event).event.currency
    held = gift_cards.balance(connection, event, code, currency)
    if held.card is None:
        return None
    paper = papers.gift_card(connection, shelf, event, held.code.upper(), held.left, at, operator)
    return printing.as_written(connection, paper)


def _of_order(
    connection: Connection, shelf: Shelf, kind: str, name: str, events: Sequence[str], at: datetime, operator: str
) -> Found:
    make: Mapping[str, Callable[[str], Document]] = {
        "badge": lambda event: badges.badge_for(connection, shelf, event, name, at),
        "ticket": lambda event: papers.ticket(connection, shelf, event, name, at, operator),
        "order": lambda event: papers.order(connection, shelf, event, name, at, operator),
    }
    code = name if kind == "order" else name.partition("-")[0]
    known = [event for event in events if orders.of_order(connection, event, code)]
    what = "ticket" if kind == "badge" else kind
    event = _only_one(known, filled("There is no {kind} {name} here", kind=what, name=name), code)
    return event, make[kind](event)


def _only_one(events: Sequence[str], missing: str, code: str) -> str:
    if not events:
        raise papers.missing(missing)
    if len(events) > 1:
        names = filled("{names}.", names=", ".join(events))
        raise BadInput(filled("Several events have {code}", code=code), names, "Name the event.")
    return events[0]
