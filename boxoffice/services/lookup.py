"""What people look up: attendees as they type, the whole card of a ticket, a group, the last scans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from boxoffice.domain import codes, gate, passages, passes
from boxoffice.domain.catalog import Catalog, CheckInList, Question, QuestionType
from boxoffice.domain.checkins import CheckIn, HandOut
from boxoffice.domain.facts import Admitted, RefusedEntry
from boxoffice.domain.instants import moment
from boxoffice.domain.orders import Order, Status, Ticket, ticket_key
from boxoffice.domain.passages import Direction
from boxoffice.domain.passes import Left, Use
from boxoffice.domain.periods import name_of_date
from boxoffice.domain.printing import Printout
from boxoffice.domain.verdicts import Reason, Wish
from boxoffice.domain.words import localised
from boxoffice.storage import checkins, journal, media, orders, print_queue, settings
from boxoffice.storage import search as index
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.checkins import Counts
from boxoffice.storage.connection import Connection

from . import known_here, photos


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a search: enough to tell namesakes apart."""

    event: str
    ticket: str
    order: str
    name: str
    company: str = ""
    email: str = ""
    phone: str = ""
    item: str = ""
    status: Status = Status.PAID
    canceled: bool = False
    marks: Mapping[str, tuple[tuple[int, int], ...]] = {}
    """The parts that match, as spans by field: `name`, `company`, `email`, `phone`, `order`."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one ticket: what the steward or the desk may need to see."""

    ticket: Ticket
    item: str
    holder: str = ""
    """Whose it is: what goes with a ticket and bears no name belongs to the holder of that ticket."""
    variation: str = ""
    subevent: str = ""
    answers: tuple[tuple[Question, str], ...] = ()
    """Questions shown during check-in, with the answer as text."""
    addons: tuple[str, ...] = ()
    left: Left | None = None
    """What a pass is still good for; None for a ticket that is none, or has no such limit."""
    checkins: tuple[CheckIn, ...] = ()
    """All passages on all lists, annulled ones too, oldest first."""
    handed_out: tuple[HandOut, ...] = ()
    printed: tuple[Printout, ...] = ()
    """What came out on paper for it, at any station, oldest first."""
    photo: str = ""
    """The digest of the holder's picture, as it was taken or handed in; empty if there is none."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket of a group as a door's list sees it."""

    ticket: Ticket
    item: str
    covered: bool
    """Whether the list judges such tickets at all."""
    reason: Reason
    """What a scan would say now."""
    inside: bool


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One of the last answers that this station gave."""

    nonce: str
    at: datetime
    reason: Reason
    direction: Direction
    event: str
    list: int
    ticket: str
    name: str
    undone: bool = False


def search(connection: Connection, shelf: Shelf, text: str, limit: int = 20) -> list[Hit]:
    """Attendees by name, company, e-mail, phone's last digits or order code; best first."""
    locale = settings.locale(connection)
    found = index.find(connection, text, limit)
    catalogs = {event: shelf.of(connection, event) for event in {one.event for one in found}}
    return [_hit(catalogs[one.event], one, locale) for one in found]


def _hit(catalog: Catalog, found: index.Hit, locale: str) -> Hit:
    item = catalog.items.get(found.item)
    return Hit(
        event=found.event,
        ticket=ticket_key(found.order, found.number),
        order=found.order,
        name=found.name,
        company=found.company,
        email=found.email,
        phone=found.phone,
        item=localised(item.name, locale) if item else f"#{found.item}",
        status=found.status,
        canceled=found.canceled,
        marks=found.marks,
    )


def item_name(catalog: Catalog, ticket: Ticket, locale: str) -> str:
    """What a ticket is called for people."""
    item = catalog.items.get(ticket.position.item)
    return localised(item.name, locale) if item else f"#{ticket.position.item}"


def variation_name(catalog: Catalog, ticket: Ticket, locale: str) -> str:
    """What a ticket's kind of its item is called; empty if it has none."""
    item = catalog.items.get(ticket.position.item)
    variation = item.variation(ticket.position.variation) if item else None
    return localised(variation.value, locale) if variation else ""


def by_code(connection: Connection, text: str) -> list[Ticket]:
    """The tickets that a code stands for: their own secret, a wristband or member's card that carries them."""
    code = codes.clean(text)
    held = [
        found
        for medium in media.by_identifier(connection, code)
        if medium.active
        for key in medium.tickets
        if (found := orders.by_key(connection, medium.event, key)) is not None
    ]
    return [*orders.by_secret(connection, code), *held]


def card(connection: Connection, shelf: Shelf, event: str, key: str) -> Card | None:
    """Everything that is known of one ticket; None if the replica does not hold it."""
    held = orders.by_key(connection, event, key)
    if held is None:
        return None
    catalog, locale = shelf.of(connection, event), settings.locale(connection)
    ticket = known_here.with_local_answers(connection, catalog, held)
    date = catalog.subevents.get(ticket.position.subevent or 0)
    addons = (Ticket(ticket.order, one) for one in orders.addons(connection, ticket) if not one.canceled)
    passed = tuple(checkins.of_ticket(connection, event, known_here.names_of(catalog, ticket)))
    return Card(
        ticket=ticket,
        item=item_name(catalog, ticket, locale),
        holder=holder_of(connection, ticket),
        variation=variation_name(catalog, ticket, locale),
        subevent=localised(date.name, locale) if date else "",
        answers=tuple(answers_of(catalog, ticket, locale)),
        addons=tuple(name_of_part_anywhere(connection, shelf, ticket, addon, locale) for addon in addons),
        left=left_of_pass(catalog, ticket, passed),
        checkins=passed,
        handed_out=tuple(checkins.handed_out(connection, event, key)),
        printed=tuple(print_queue.printouts(connection, event, key)),
        photo=photos.shown(connection, catalog, ticket),
    )


def holder_of(connection: Connection, ticket: Ticket) -> str:
    """The name on a ticket, or else on the one that it goes with; empty if there is none on either."""
    position = ticket.position
    if position.name or position.addon_to is None:
        return position.name
    main = orders.by_key(connection, ticket.event, ticket_key(ticket.order.code, position.addon_to))
    return main.position.name if main else ""


def left_of_pass(catalog: Catalog, ticket: Ticket, passed: Iterable[CheckIn]) -> Left | None:
    """What a pass is still good for after these passages; None for any other ticket, or if nothing is counted."""
    terms = catalog.pass_terms(ticket.position.item)
    if terms is None:
        return None
    used = passes.uses(terms, [Use(one.list, one.passage()) for one in passed if not one.annulled])
    found = passes.left(terms, used, catalog.event)
    return found if found.limited else None


def name_of_part(catalog: Catalog, ticket: Ticket, part: Ticket, locale: str) -> str:
    """What goes with a ticket, with its date where that is another one."""
    name = name_with_variation(catalog, part, locale)
    date = catalog.subevents.get(part.position.subevent or 0)
    if date is None or part.position.subevent == ticket.position.subevent:
        return name
    return f"{name}, {name_of_date(catalog, date, locale)}"


def name_of_part_anywhere(connection: Connection, shelf: Shelf, ticket: Ticket, part: Ticket, locale: str) -> str:
    """Like `name_of_part`; with the event and its date, where it stands for a ticket of another event."""
    catalog = shelf.of(connection, ticket.event)
    name = name_of_part(catalog, ticket, part, locale)
    there = next((one for one in orders.sharing(connection, _alone(ticket)) if one.key == part.key), None)
    if there is None:
        return name
    elsewhere = shelf.of(connection, there.event)
    date = elsewhere.subevents.get(there.position.subevent or 0)
    when = name_of_date(elsewhere, date, locale) if date is not None else ""
    return ", ".join(one for one in (name, localised(elsewhere.event.name, locale), when) if one)


def _alone(ticket: Ticket) -> Order:
    return msgspec.structs.replace(ticket.order, positions=(ticket.position,))


def name_with_variation(catalog: Catalog, ticket: Ticket, locale: str) -> str:
    """Item and variation in one."""
    variation = variation_name(catalog, ticket, locale)
    return f"{item_name(catalog, ticket, locale)} {variation}".strip()


def answers_of(catalog: Catalog, ticket: Ticket, locale: str) -> list[tuple[Question, str]]:
    """What was answered about a ticket, in the order in which it is asked."""
    shown = sorted(catalog.questions.values(), key=lambda one: (one.position, one.id))
    return [
        (question, _as_text(question, ticket.position.answers[str(question.id)], locale))
        for question in shown
        if ticket.position.answers.get(str(question.id))
    ]


def _as_text(question: Question, answer: str, locale: str) -> str:
    """A stored answer as people read it: the names of the options chosen, not their ids."""
    if question.type not in (QuestionType.CHOICE, QuestionType.CHOICES):
        return answer
    names = {str(option.id): localised(option.answer, locale) for option in question.options}
    return ", ".join(names.get(one.strip(), one.strip()) for one in answer.split(","))


def group(connection: Connection, shelf: Shelf, event: str, code: str, list_id: int, at: datetime) -> list[Member]:
    """The tickets of an order as one list sees them, by number; add-ons that the list does not cover are left out."""
    catalog, locale = shelf.of(connection, event), settings.locale(connection)
    gate_list = catalog.lists.get(list_id)
    if gate_list is None:
        return []
    members = []
    for ticket in orders.of_order(connection, event, code):
        covered = gate_list.covers(ticket.position.item)
        if ticket.position.addon_to is not None and not covered:
            continue
        history = checkins.history(connection, event, list_id, known_here.names_of(catalog, ticket))
        answered = known_here.with_local_answers(connection, catalog, ticket)
        verdict = gate.judge(answered, gate_list, catalog, history, Wish(preview=True), at)
        inside = passages.present(passages.until(history, gate_list, catalog.event, at))
        members.append(
            Member(
                ticket=ticket,
                item=item_name(catalog, ticket, locale),
                covered=covered,
                reason=verdict.reason,
                inside=inside,
            )
        )
    return members


def counts(connection: Connection, shelf: Shelf, gate_list: CheckInList, at: datetime) -> Counts:
    """The figures of a list, without those whom its closing time has sent home."""
    if gate_list.exit_all_at is None:
        return checkins.counts(connection, gate_list)
    closed = passages.last_closing(gate_list, shelf.of(connection, gate_list.event).event, at)
    return checkins.counts(connection, gate_list, closed)


def last_scans(connection: Connection, limit: int = 10) -> list[Answered]:
    """The last answers of this station, newest first."""
    answers = []
    for operation, fact in journal.newest(connection, ("admitted", "refused"), limit):
        if not isinstance(fact, Admitted | RefusedEntry):
            continue
        ticket = orders.by_key(connection, fact.event, fact.ticket) if fact.ticket else None
        passage = checkins.find(connection, operation)
        answers.append(
            Answered(
                nonce=operation,
                at=moment(fact.at),
                reason=fact.reason if isinstance(fact, RefusedEntry) else Reason.OK,
                direction=fact.direction,
                event=fact.event,
                list=fact.list,
                ticket=fact.ticket,
                name=holder_of(connection, ticket) if ticket else "",
                undone=passage is not None and passage.annulled,
            )
        )
    return answers
