"""Papers about what the replica knows: tickets, the summary of an order, a voucher; and what stands at their head.

Each is made whole from what is held now, in the language of whoever bought it. What an organiser wants on paper is
kept an event, or once for all events of this station; nothing of it is known to the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.documents import (
    BillLine,
    Document,
    Letterhead,
    OrderSummary,
    Receipt,
    Tendered,
    TestPage,
    TicketSlip,
    Voucher,
)
from boxoffice.domain.orders import Order, Position, Status, Ticket
from boxoffice.domain.tenders import TITLES, Means
from boxoffice.domain.vouchers import Mode
from boxoffice.domain.vouchers import Voucher as Sold
from boxoffice.domain.words import Localised, localised
from boxoffice.errors import BadInput, filled
from boxoffice.storage import checkins, orders, settings, till
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import Stationery

from . import admit, badges, lookup

_STATES = {
    Status.PENDING: "pending",
    Status.PAID: "paid",
    Status.EXPIRED: "expired",
    Status.CANCELED: "canceled",
}


KINDS = ("receipt", "z", "badge", "ticket", "order")
"""What can be asked for by its number, its ticket or its code."""


def find(
    connection: Connection,
    shelf: Shelf,
    kind: str,
    name: str,
    events: Sequence[str],
    at: datetime,
    operator: str = "",
) -> tuple[str, Document]:
    """The document of that name, and the event that it is about.

    Receipts and Z are those that were written then; the others are made of what is held now. Raises `BadInput` if
    there is none, or more than one of the events has one.
    """
    if kind == "receipt":
        return _receipt(connection, name)
    if kind == "z":
        return _z(connection, name)
    make: Mapping[str, Callable[[str], Document]] = {
        "badge": lambda event: badges.badge_for(connection, shelf, event, name, at),
        "ticket": lambda event: ticket(connection, shelf, event, name, at, operator),
        "order": lambda event: order(connection, shelf, event, name, at, operator),
    }
    code = name if kind == "order" else name.partition("-")[0]
    known = [event for event in events if orders.of_order(connection, event, code)]
    if len(known) > 1:
        raise BadInput(
            filled("Several events have an order {code}", code=code),
            filled("{names}.", names=", ".join(known)),
            "Name the event.",
        )
    if not known:
        raise _missing(filled("There is no {kind} {name} here", kind=kind, name=name))
    return known[0], make[kind](known[0])


def _receipt(connection: Connection, name: str) -> tuple[str, Document]:
    booked = till.receipt(connection, int(name)) if name.isdecimal() else None
    if booked is None:
        raise BadInput(
            filled("There is no receipt {name} at this till", name=name),
            "Nothing was printed.",
            "Look at its number again.",
        )
    return till.event_of_receipt(connection, int(name)), booked.receipt


def _z(connection: Connection, name: str) -> tuple[str, Document]:
    report = till.z(connection, int(name)) if name.isdecimal() else None
    if report is None:
        raise BadInput(
            filled("There is no Z {name} at this till", name=name), "Nothing was printed.", "Look at its number again."
        )
    return "", report


def letterhead(connection: Connection, catalog: Catalog, locale: str) -> Letterhead:
    """What stands above and below everything of an event, in one language."""
    return letterhead_of(settings.stationery(connection, catalog.event.slug), catalog, locale)


def letterhead_of(chosen: Stationery, catalog: Catalog, locale: str) -> Letterhead:
    """What an organiser has chosen to stand there, in one language."""
    return Letterhead(
        event=localised(catalog.event.name, locale) or catalog.event.slug,
        organiser=chosen.organiser,
        address=chosen.address,
        tax_id=chosen.tax_id,
        logo=chosen.logo,
        header=_in(chosen.header, locale),
        footer=_in(chosen.footer, locale),
    )


def ticket(connection: Connection, shelf: Shelf, event: str, key: str, at: datetime, operator: str = "") -> TicketSlip:
    """A ticket (`CODE-number`) to take home. Raises `BadInput` if it is not here, or was cancelled."""
    held = orders.by_key(connection, event, key)
    if held is None:
        raise _missing(filled("There is no ticket {key} here", key=key))
    if held.position.canceled or held.order.status is Status.CANCELED:
        raise BadInput(
            filled("Ticket {key} is cancelled", key=key), "Nothing was printed.", "Look for the one that stands for it."
        )
    return _slip(connection, shelf, held, at, operator)


def tickets(
    connection: Connection, shelf: Shelf, event: str, code: str, at: datetime, operator: str = ""
) -> tuple[TicketSlip, ...]:
    """All tickets of an order that open a door, without those that go with another one. Raises `BadInput`."""
    held = orders.of_order(connection, event, code)
    if not held:
        raise _missing(filled("There is no order {code} here", code=code))
    catalog = shelf.of(connection, event)
    wanted = [one for one in held if not one.position.canceled and _is_carried(catalog, one.position)]
    return tuple(_slip(connection, shelf, one, at, operator) for one in wanted)


def _is_carried(catalog: Catalog, position: Position) -> bool:
    item = catalog.items.get(position.item)
    return position.addon_to is None and (item is None or item.admission)


def _slip(connection: Connection, shelf: Shelf, held: Ticket, at: datetime, operator: str) -> TicketSlip:
    catalog, locale, position = shelf.of(connection, held.event), held.order.locale, held.position
    date = catalog.subevents.get(position.subevent or 0)
    when = date or catalog.event
    addons = (Ticket(held.order, one) for one in orders.addons(connection, held) if not one.canceled)
    texts = settings.stationery(connection, held.event).tickets.get(str(position.item), ())
    return TicketSlip(
        at=at,
        timezone=catalog.event.timezone,
        locale=locale,
        letterhead=letterhead(connection, catalog, locale),
        station=settings.station(connection).name,
        operator=operator,
        ticket=held.key,
        code=position.secret,
        item=lookup.item_name(catalog, held, locale),
        variation=lookup.variation_name(catalog, held, locale),
        name=position.name,
        company=position.company,
        begins=when.date_from,
        admission=when.date_admission,
        date=localised(date.name, locale) if date else "",
        seat=position.seat or "",
        price=position.price,
        currency=catalog.event.currency,
        parts=tuple(lookup.name_of_part_anywhere(connection, shelf, held, one, locale) for one in addons),
        texts=_in(texts, locale),
        left=lookup.left_of_pass(catalog, held, _passed(connection, catalog, held)),
    )


def _passed(connection: Connection, catalog: Catalog, held: Ticket) -> list[CheckIn]:
    return checkins.of_ticket(connection, held.event, admit.names_of(catalog, held))


def order(
    connection: Connection, shelf: Shelf, event: str, code: str, at: datetime, operator: str = ""
) -> OrderSummary:
    """What was bought, for whom, what is paid. Raises `BadInput` if the order is not here."""
    held = orders.by_code(connection, event, code)
    if held is None:
        raise _missing(filled("There is no order {code} here", code=code))
    catalog, locale = shelf.of(connection, event), held.locale
    return OrderSummary(
        at=at,
        timezone=catalog.event.timezone,
        locale=locale,
        letterhead=letterhead(connection, catalog, locale),
        station=settings.station(connection).name,
        operator=operator,
        order=code,
        state="approval pending" if held.require_approval else _STATES[held.status],
        currency=catalog.event.currency,
        lines=tuple(_lines(catalog, held, locale)),
        total=held.total,
        paid=held.paid,
        buyer=tuple(one for one in (held.customer, held.email, held.phone) if one),
        code=code,
    )


def _lines(catalog: Catalog, held: Order, locale: str) -> Iterator[BillLine]:
    standing = [one for one in held.positions if not one.canceled]
    for position in standing:
        if position.addon_to is None:
            yield _line(catalog, held, position, locale)
            below = (one for one in standing if one.addon_to == position.number)
            yield from (_line(catalog, held, one, locale) for one in below)
    for fee in held.fees:
        yield BillLine(text=fee.description or fee.kind, each=fee.amount, amount=fee.amount)


def _line(catalog: Catalog, held: Order, position: Position, locale: str) -> BillLine:
    one = Ticket(held, position)
    date = catalog.subevents.get(position.subevent or 0)
    notes = (
        lookup.variation_name(catalog, one, locale),
        localised(date.name, locale) if date else "",
        position.seat or "",
        position.name,
    )
    return BillLine(
        text=lookup.item_name(catalog, one, locale),
        each=position.price,
        amount=position.price,
        notes=tuple(note for note in notes if note),
        part=position.addon_to is not None,
    )


def voucher(
    connection: Connection, shelf: Shelf, sold: Sold, title: str, at: datetime, locale: str, operator: str = ""
) -> Voucher:
    """A voucher to hand over; its worth stands on it where it has one in money."""
    catalog = shelf.of(connection, sold.event)
    return Voucher(
        at=at,
        timezone=catalog.event.timezone,
        locale=locale,
        letterhead=letterhead(connection, catalog, locale),
        station=settings.station(connection).name,
        operator=operator,
        code=sold.code,
        title=title,
        value=sold.value if sold.mode is Mode.SUBTRACT else None,
        currency=catalog.event.currency,
        valid_until=sold.valid_until,
    )


def gift_card(
    connection: Connection, shelf: Shelf, event: str, code: str, value: int, at: datetime, operator: str = ""
) -> Voucher:
    """A gift card to hand over: its whole number, and what was put on it at first."""
    catalog, locale = shelf.of(connection, event), settings.locale(connection)
    return Voucher(
        at=at,
        timezone=catalog.event.timezone,
        locale=locale,
        letterhead=letterhead(connection, catalog, locale),
        station=settings.station(connection).name,
        operator=operator,
        code=code,
        title=TITLES[Means.GIFT_CARD],
        value=value,
        currency=catalog.event.currency,
    )


def proof(connection: Connection, at: datetime, printer: str, *, drawer: bool = False) -> TestPage:
    """The page that shows what a printer can, in the language of this station."""
    return TestPage(
        at=at,
        locale=settings.locale(connection),
        station=settings.station(connection).name,
        printer=printer,
        drawer=drawer,
    )


def _in(texts: Sequence[Localised], locale: str) -> tuple[str, ...]:
    found = (localised(one, locale) for one in texts)
    return tuple(one for one in found if one)


def _missing(title: str) -> BadInput:
    return BadInput(title, "Nothing was printed.", "Sync first, or look for the name.")


# Specimens


def specimens(catalog: Catalog, chosen: Stationery, locale: str, at: datetime) -> tuple[Receipt, TicketSlip]:
    """A receipt and a ticket that nobody has bought, on paper that is still being chosen."""
    event = catalog.event
    item = next((one for one in catalog.items.values() if one.active and one.admission and one.price), None)
    name = localised(item.name, locale) if item else event.slug
    price = item.price if item else 0
    head = letterhead_of(chosen, catalog, locale)
    receipt = Receipt(
        at=at,
        timezone=event.timezone,
        locale=locale,
        letterhead=head,
        number="0",
        currency=event.currency,
        lines=(BillLine(text=name, each=price, amount=price),),
        total=price,
        tenders=(Tendered(tender=Means.CASH, amount=price, given=price),),
        training=True,
    )
    slip = TicketSlip(
        at=at,
        timezone=event.timezone,
        locale=locale,
        letterhead=head,
        ticket="SAMPLE-1",
        code="SAMPLE-1",
        item=name,
        begins=event.date_from,
        price=price,
        currency=event.currency,
        texts=_in(chosen.tickets.get(str(item.id), ()), locale) if item else (),
        training=True,
    )
    return receipt, slip
