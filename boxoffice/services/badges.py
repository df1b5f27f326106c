"""Badges: which template a ticket gets, what stands on its badge, and putting it into the print queue.

A badge is made whole from the replica in the transaction that has it printed, so that it shows what was true then.
Printing is an act of its own and no entry. Where a list says so, an admission has its badge printed in the same
transaction; a ticket that has one already is left alone, unless the list wants one for each entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from boxoffice.domain import badge_files, money
from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.badge_checks import faults
from boxoffice.domain.badge_designs import standard
from boxoffice.domain.badge_files import Sheet
from boxoffice.domain.badges import PHOTO, QUESTION, Template
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import Badge, Letterhead
from boxoffice.domain.hanzi import COMPOUND_SURNAMES, is_han
from boxoffice.domain.orders import Ticket
from boxoffice.domain.passages import zone_of
from boxoffice.domain.printing import Job
from boxoffice.domain.words import localised
from boxoffice.errors import BadInput, filled
from boxoffice.ids import new_id
from boxoffice.storage import badges, orders, settings
from boxoffice.storage.badges import Kept
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import designs, known_here, lookup, photos, pictures, printing

STANDARD = standard("Standard", 62, 100)
"""What is printed where nothing was chosen."""


# Templates


def keep(connection: Connection, template: Template, template_id: str = "", now: datetime | None = None) -> Kept:
    """Keep a template, as a new one or in the place of another, of which other stations hear at `now`.

    Raises `BadInput` that names its faults.
    """
    found = faults(template)
    if found:
        said = " ".join(f"{fault}." for fault in found[:3])
        raise BadInput("This badge cannot be printed", said, "It was not kept. Mend it first.")
    kept = Kept(template_id or new_id(), template)
    badges.put(connection, kept)
    if now is not None:
        designs.changed_badge(connection, kept.id, now)
    return kept


def template_for(connection: Connection, event: str, item: int) -> Template:
    """What a ticket of this item gets: the item's own template, else the event's, else every event's, else ours."""
    return badges.chosen(connection, event, item) or badges.chosen(connection, "", 0) or STANDARD


def written(connection: Connection, template: Template) -> bytes:
    """A template as a file, with its pictures."""
    return badge_files.written(Sheet(template=template, pictures=badges.pictures(connection, template.pictures)))


def take_in(connection: Connection, sheet: Sheet) -> Kept:
    """Keep a template that came as a file, and the pictures that came with it. Raises `BadInput`."""
    digests = {named: badges.put_picture(connection, pictures.fit(image)) for named, image in sheet.pictures.items()}
    missing = [digest for digest in sheet.template.pictures if digest not in digests]
    if any(badges.picture(connection, digest) is None for digest in missing):
        raise BadInput("A picture of this badge is not in the file", "Nothing was kept.", "Export the badge again.")
    return keep(connection, sheet.template.with_pictures(digests))


# Badges


def badge_for(
    connection: Connection, shelf: Shelf, event: str, key: str, at: datetime, template: Template | None = None
) -> Badge:
    """The badge of a ticket (`CODE-number`), by its own template or another. Raises `BadInput` if it is not here."""
    held = orders.by_key(connection, event, key)
    if held is None:
        raise BadInput(
            filled("There is no ticket {key} here", key=key),
            "Nothing was printed.",
            "Sync first, or look for the name.",
        )
    return _made(connection, shelf.of(connection, event), held, at, template)


def _made(
    connection: Connection, catalog: Catalog, held: Ticket, at: datetime, template: Template | None = None
) -> Badge:
    locale = settings.locale(connection)
    ticket = known_here.with_local_answers(connection, catalog, held)
    photo = photos.shown(connection, catalog, ticket)
    return Badge(
        at=at,
        timezone=catalog.event.timezone,
        locale=locale,
        letterhead=Letterhead(event=localised(catalog.event.name, locale) or catalog.event.slug),
        station=settings.station(connection).name,
        ticket=ticket.key,
        template=template or template_for(connection, ticket.event, ticket.position.item),
        fields={**fields_of(connection, catalog, ticket, locale), **({PHOTO: photo} if photo else {})},
        photo=photo,
    )


def print_badge(
    connection: Connection,
    shelf: Shelf,
    event: str,
    key: str,
    at: datetime,
    *,
    operator: str = "",
    reason: str = "",
    printer: str = "",
) -> Job:
    """Have the badge of a ticket printed, which is no entry.

    Raises `BadInput` if the ticket is not here, `PrintedBefore` if it has a badge (from whichever desk) and there is
    no reason for another one.
    """
    badge = badge_for(connection, shelf, event, key, at)
    return printing.enqueue(connection, badge, at, event=event, operator=operator, reason=reason, printer=printer)


AGAIN_AT_ENTRY = "Another entry"
"""The reason of a badge that a list wants for each entry."""


def print_at_entry(
    connection: Connection, catalog: Catalog, ticket: Ticket, at: datetime, when: AutoPrint
) -> Job | None:
    """Have the badge printed in the transaction of an entry; None if the ticket has one and that is enough."""
    reason = AGAIN_AT_ENTRY if when is AutoPrint.ALWAYS else ""
    try:
        return printing.enqueue(
            connection, _made(connection, catalog, ticket, at), at, event=ticket.event, reason=reason
        )
    except printing.PrintedBefore:
        return None


def pictures_of(connection: Connection, badge: Badge) -> Mapping[str, bytes]:
    """The pictures that stand on a badge, by their digests."""
    return badges.pictures(connection, (*badge.template.pictures, badge.photo))


def fields_of(connection: Connection, catalog: Catalog, ticket: Ticket, locale: str) -> dict[str, str]:
    """What a badge can say of a ticket: its fields, and each answer by the question's id and by its identifier."""
    position, order = ticket.position, ticket.order
    item = catalog.items.get(position.item)
    category = catalog.categories.get(item.category or 0) if item else None
    given, family = _parts_of(position.name)
    addons = (Ticket(order, one) for one in orders.addons(connection, ticket) if not one.canceled)
    fields = {
        "name": position.name,
        "given_name": given,
        "family_name": family,
        "company": position.company,
        "email": position.email,
        "item": lookup.item_name(catalog, ticket, locale),
        "variation": lookup.variation_name(catalog, ticket, locale),
        "category": localised(category.name, locale) if category else "",
        "event": localised(catalog.event.name, locale) or catalog.event.slug,
        "date": _date_of(catalog, ticket, locale),
        "order": order.code,
        "ticket": ticket.key,
        "seat": position.seat or "",
        "secret": position.secret,
        "price": f"{money.plain(position.price, catalog.event.currency)} {catalog.event.currency}",
        "addons": ", ".join(lookup.name_with_variation(catalog, addon, locale) for addon in addons),
    }
    for question, answer in lookup.answers_of(catalog, ticket, locale):
        fields[f"{QUESTION}{question.id}"] = answer
        if question.identifier:
            fields[f"{QUESTION}{question.identifier}"] = answer
    return {name: said for name, said in fields.items() if said}


def _parts_of(name: str) -> tuple[str, str]:
    """Given and family name, as far as a whole name tells: the last word is the family's, with what belongs to it."""
    words = name.split()
    if len(words) == 1 and all(is_han(letter) for letter in name.strip()):
        surname = 2 if words[0][:2] in COMPOUND_SURNAMES and len(words[0]) > 2 else 1
        return words[0][surname:], words[0][:surname]
    if len(words) < 2:
        return name.strip(), ""
    first = len(words) - 1
    while first > 1 and words[first - 1].islower():
        first -= 1
    return " ".join(words[:first]), " ".join(words[first:])


def _date_of(catalog: Catalog, ticket: Ticket, locale: str) -> str:
    """The date that a ticket is for, in words: of its own in a series, else the event's from first to last day."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date, format_interval

    subevent = catalog.subevents.get(ticket.position.subevent or 0)
    name = localised(subevent.name, locale) if subevent else ""
    begins, ends = (subevent or catalog.event).date_from, (subevent or catalog.event).date_to
    if begins is None:
        return name
    try:
        spoken = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        spoken = Locale("en")
    zone = zone_of(catalog.event)
    first = begins.astimezone(zone).date()
    last = ends.astimezone(zone).date() if ends else first
    when = format_interval(first, last, "yMMMd", locale=spoken) if last > first else format_date(first, locale=spoken)
    return f"{name}, {when}" if name else str(when)
