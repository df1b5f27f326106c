"""Papers about what the replica knows: tickets, the summary of an order, a voucher; and what stands at their head.

Each is made whole from what is held now, in the language of whoever bought it. What an organiser wants on paper is
kept an event, or once for all events of this station; nothing of it is known to the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.documents import (
    BillLine,
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
from boxoffice.domain.vouchers import Voucher as Told
from boxoffice.domain.words import Localised, localised
from boxoffice.errors import BadInput, filled
from boxoffice.storage import checkins, orders, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import Stationery

from . import known_here, lookup

_STATES = {
    Status.PENDING: "pending",
    Status.PAID: "paid",
    Status.EXPIRED: "expired",
    Status.CANCELED: "canceled",
}


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
        raise missing(filled("There is no ticket {key} here", key=key))
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
        raise missing(filled("There is no order {code} here", code=code))
    catalog = shelf.of(connection, event)
    wanted = [one for one in held if opens_doors(catalog, one.position)]
    return tuple(_slip(connection, shelf, one, at, operator) for one in wanted)


def opens_doors(catalog: Catalog, position: Position) -> bool:
    """Whether a ticket is one to be carried and scanned: valid, for an item that admits, and no part of another."""
    item = catalog.items.get(position.item)
    return not position.canceled and position.addon_to is None and (item is None or item.admission)


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
    return checkins.of_ticket(connection, held.event, known_here.names_of(catalog, held))


def order(
    connection: Connection, shelf: Shelf, event: str, code: str, at: datetime, operator: str = ""
) -> OrderSummary:
    """What was bought, for whom, what is paid. Raises `BadInput` if the order is not here."""
    held = orders.by_code(connection, event, code)
    if held is None:
        raise missing(filled("There is no order {code} here", code=code))
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
        lines=tuple(_lines(connection, catalog, held, locale)),
        total=held.total,
        paid=held.paid,
        buyer=tuple(one for one in (held.customer, held.email, held.phone) if one),
        code=code,
    )


def _lines(connection: Connection, catalog: Catalog, held: Order, locale: str) -> Iterator[BillLine]:
    standing = [one for one in held.positions if not one.canceled]
    for position in standing:
        if position.addon_to is None:
            yield _line(connection, catalog, held, position, locale)
            below = (one for one in standing if one.addon_to == position.number)
            yield from (_line(connection, catalog, held, one, locale) for one in below)
    for fee in held.fees:
        yield BillLine(text=fee.description or fee.kind, each=fee.amount, amount=fee.amount)


def _line(connection: Connection, catalog: Catalog, held: Order, position: Position, locale: str) -> BillLine:
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
        left=lookup.left_of_pass(catalog, one, _passed(connection, catalog, one)),
    )


def voucher(connection: Connection, shelf: Shelf, told: Told, at: datetime, operator: str = "") -> Voucher:
    """A voucher to hand over: what it does to the price of what, how often, and until when."""
    catalog, locale = shelf.of(connection, told.event), settings.locale(connection)
    item = catalog.items.get(told.item or 0)
    kind = item.variation(told.variation) if item else None
    texts = (localised(item.name, locale) if item else "", localised(kind.value, locale) if kind else "")
    return Voucher(
        at=at,
        timezone=catalog.event.timezone,
        locale=locale,
        letterhead=letterhead(connection, catalog, locale),
        station=settings.station(connection).name,
        operator=operator,
        code=told.code,
        title=TITLES[Means.VOUCHER],
        mode=told.mode.value,
        value=told.value,
        currency=catalog.event.currency,
        uses=told.max_usages,
        valid_until=told.valid_until,
        texts=tuple(text for text in texts if text),
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


def missing(title: str) -> BadInput:
    """What is said of a paper that cannot be made of what is here."""
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
