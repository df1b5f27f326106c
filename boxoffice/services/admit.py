"""One scan at a door: find the ticket, judge it, write the answer down, all in one transaction.

Nothing here waits for anybody. The answer given is durable when the future that carries it is done; the
server hears of it later, under the scan's own nonce.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import codes, gate, questions
from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.catalog import Catalog, CheckInList
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.door import Door
from boxoffice.domain.facts import Admitted, Fact, Private, RefusedEntry
from boxoffice.domain.instants import micros
from boxoffice.domain.journal import fact_of
from boxoffice.domain.offering import PassTerms
from boxoffice.domain.orders import Position, Ticket
from boxoffice.domain.passages import Direction, Passage
from boxoffice.domain.passes import Use
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.scan import Scan
from boxoffice.domain.verdicts import Reason, Verdict, Wish
from boxoffice.errors import BadInput, filled
from boxoffice.storage import at_door, barred, checkins, feeds, journal, media, orders
from boxoffice.storage.at_door import Met
from boxoffice.storage.catalog import Known, Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.journal import Newest
from boxoffice.storage.settings import Station

from . import guard


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
    found = _find(connection, known, text, lists, scan.at, seen.tickets)
    return _answer(
        connection,
        known,
        scan,
        text,
        found,
        wish,
        door.gate,
        operator,
        answered=seen.answered,
        newest=seen.newest,
    )


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
    found = _Found(gate_list, ticket=ticket) if ticket else _Found(gate_list)
    text = ticket.position.secret if ticket else key
    answered = journal.knows(connection, scan.nonce) is not None
    return _answer(connection, known, scan, text, found, wish, door.gate, operator, answered=answered)


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


class _Found(msgspec.Struct, frozen=True):
    """What a code led to: a ticket and the list that judges it, or the reason there is none."""

    list: CheckInList
    ticket: Ticket | None = None
    met: Met | None = None
    """The ticket with what else came along, where its own code was scanned."""
    signed: codes.SignedTicket | None = None
    reason: Reason = Reason.INVALID
    ambiguous: bool = False


def _find(
    connection: Connection, known: Known, text: str, lists: Sequence[CheckInList], at: datetime, held: Sequence[Met]
) -> _Found:
    candidates = [one.ticket for one in held] or _on_medium(connection, text, at)
    if candidates:
        choice = gate.choose(
            candidates,
            lists,
            at,
            addons=_addons(connection, candidates, lists),
            with_pass=_with_pass(connection, known, candidates, held),
        )
        if choice is not None:
            met = next((one for one in held if one.ticket is choice.ticket), None)
            return _Found(choice.list, ticket=choice.ticket, met=met, ambiguous=choice.ambiguous)
    for gate_list in lists:
        keys = known.catalog(connection, gate_list.event).event.valid_keys
        signed = codes.signed(text, keys) if keys else None
        if signed is not None:
            return _Found(gate_list, signed=signed)
    revoked = barred.revoked_in(connection, text)
    for gate_list in lists:
        if gate_list.event in revoked:
            return _Found(gate_list, reason=Reason.REVOKED)
    return _Found(lists[0])


def _on_medium(connection: Connection, text: str, at: datetime) -> list[Ticket]:
    """The tickets that an active, unexpired wristband or card of this name stands for."""
    found = []
    for medium in media.by_identifier(connection, text):
        if not medium.active or (medium.expires is not None and medium.expires <= at):
            continue
        tickets = (orders.by_key(connection, medium.event, key) for key in medium.tickets)
        found += [ticket for ticket in tickets if ticket is not None]
    return found


def _with_pass(connection: Connection, known: Known, candidates: Sequence[Ticket], held: Sequence[Met]) -> list[Ticket]:
    """The tickets that go with a pass: of its own order, and those of other events, which bear its code.

    What only stands for a ticket of another event lets in nowhere.
    """
    if len(candidates) > 1 and len({one.position.secret for one in candidates}) == 1:
        beside = [one for one in candidates if not _is_pass(known.catalog(connection, one.event), one.position.item)]
    else:
        beside = []
    for ticket in candidates:
        terms = _terms(known.catalog(connection, ticket.event), ticket.position.item)
        if terms is None or any(one.ticket is ticket and not one.has_addons for one in held):
            continue
        sold_for_elsewhere = {one.item for one in terms.choices if one.elsewhere is not None}
        beside += [
            other
            for other in orders.of_order(connection, ticket.event, ticket.order.code)
            if other.position.addon_to == ticket.position.number and other.position.item not in sold_for_elsewhere
        ]
    return beside


def _terms(catalog: Catalog, item_id: int) -> PassTerms | None:
    item = catalog.items.get(item_id)
    return item.pass_terms if item is not None else None


def _is_pass(catalog: Catalog, item_id: int) -> bool:
    return _terms(catalog, item_id) is not None


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


def _answer(
    connection: Connection,
    known: Known,
    scan: Scan,
    text: str,
    found: _Found,
    wish: Wish,
    gate_name: str,
    operator: str,
    *,
    answered: bool,
    newest: Newest | None = None,
) -> Verdict:
    if gate_name and not wish.gate:  # the list's rules may ask for it
        wish = msgspec.structs.replace(wish, gate=gate_name)
    verdict = _judged(connection, known, scan, text, found, wish)
    if answered and (written := journal.knows(connection, scan.nonce)) is not None:
        return _as_before(verdict, fact_of(written))
    if wish.preview or verdict.repeated or verdict.reason is Reason.INCOMPLETE:
        return verdict
    _record(connection, known, scan, text, found, wish, verdict, operator, newest)
    return verdict


def _as_before(verdict: Verdict, fact: Fact) -> Verdict:
    """The answer that this nonce was given the first time."""
    if isinstance(fact, RefusedEntry):
        return msgspec.structs.replace(verdict, reason=fact.reason, repeated=True)
    return msgspec.structs.replace(verdict, reason=Reason.OK, explanation=None, questions=(), repeated=True)


def _judged(connection: Connection, known: Known, scan: Scan, text: str, found: _Found, wish: Wish) -> Verdict:
    """What the rules say, with everything looked up that they need."""
    if found.signed is not None:
        return _judged_signed(connection, known, scan, text, found, wish)
    event, age = found.list.event, _age(connection, found, scan.at)
    if found.ticket is None or found.ambiguous or found.ticket.event != event:
        return gate.refuse(
            _reason(found), wish, scan.at, scan.nonce, gate_list=found.list, ticket=found.ticket, data_age=age
        )
    catalog = known.catalog(connection, event)
    names = names_of(catalog, found.ticket)
    return gate.judge(
        with_local_answers(connection, catalog, found.ticket),
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


def _reason(found: _Found) -> Reason:
    """Why a code is refused that names no ticket of the list's event, or too many."""
    if found.ambiguous:
        return Reason.AMBIGUOUS
    return Reason.PRODUCT if found.ticket is not None else found.reason


def _history(connection: Connection, names: Sequence[str], found: _Found) -> tuple[Passage, ...]:
    if len(names) == 1 and found.met is not None and not found.met.passed:
        return ()
    return checkins.history(connection, found.list.event, found.list.id, names)


def _uses(connection: Connection, catalog: Catalog, item_id: int, names: Sequence[str]) -> tuple[Use, ...]:
    """Every passage that counts with a pass, on all lists; nothing of what is none."""
    if not _is_pass(catalog, item_id):
        return ()
    passed = checkins.of_ticket(connection, catalog.event.slug, names)
    return tuple(Use(one.list, one.passage()) for one in passed if not one.annulled)


def _judged_signed(connection: Connection, known: Known, scan: Scan, text: str, found: _Found, wish: Wish) -> Verdict:
    event = found.list.event
    assert found.signed is not None  # noqa: S101 - the caller looked
    catalog = known.catalog(connection, event)
    return gate.judge_signed(
        found.signed,
        found.list,
        catalog,
        checkins.history(connection, event, found.list.id, (codes.signed_key(text),)),
        wish,
        scan.at,
        scan.nonce,
        revoked=event in barred.revoked_in(connection, text),
        blocked=barred.is_blocked(connection, event, text),
        uses=_uses(connection, catalog, found.signed.item, (codes.signed_key(text),)),
        locale=known.locale(connection),
        data_age=_age(connection, found, scan.at),
    )


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


def _addons_of(connection: Connection, catalog: Catalog, ticket: Ticket, met: Met | None) -> tuple[Position, ...]:
    if met is not None and not met.has_addons:
        return ()
    if not any(category.is_addon for category in catalog.categories.values()):
        return ()
    return orders.addons(connection, ticket)


def _age(connection: Connection, found: _Found, now: datetime) -> float | None:
    if found.met is not None and found.met.ticket.event == found.list.event:
        return _since(found.met.complete_at, now)
    return data_age(connection, found.list.event, now)


def data_age(connection: Connection, event: str, now: datetime) -> float | None:
    """Seconds since the replica last had everything the server had; None if it never did."""
    return _since(feeds.progress(connection, event).complete_at, now)


def _since(complete: datetime | None, now: datetime) -> float | None:
    return None if complete is None else max(0.0, (now - complete).total_seconds())


def _record(
    connection: Connection,
    known: Known,
    scan: Scan,
    text: str,
    found: _Found,
    wish: Wish,
    verdict: Verdict,
    operator: str,
    newest: Newest | None,
) -> None:
    key, station = _key(found, text), known.station(connection)
    if not verdict.admitted:
        refused = RefusedEntry(
            event=found.list.event,
            at=micros(scan.at),
            list=found.list.id,
            ticket=key,
            direction=verdict.direction,
            gate=verdict.gate,
            source=str(scan.source),
            reason=verdict.reason,
            explanation=str(verdict.explanation or ""),
        )
        private = Private(text=text, operator=operator)
        journal.append(connection, scan.nonce, refused, private, station=station, newest=newest)
        return
    ended = _end_stays(connection, known, found, verdict, key, operator)
    admitted = Admitted(
        event=found.list.event,
        at=micros(scan.at),
        list=found.list.id,
        ticket=key,
        direction=verdict.direction,
        gate=verdict.gate,
        source=str(scan.source),
        forced=verdict.forced,
        unaware=verdict.unaware,
        accepted_unpaid=wish.accept_unpaid and not verdict.forced,
        ended=ended,
    )
    first = found.met is not None and not found.met.passed
    _pass(connection, station, verdict, found.list, key, scan.nonce, operator, first=first)
    if verdict.answers:
        checkins.put_answers(connection, found.list.event, key, verdict.answers)
    private = Private(text=_text_of(found, text), answers=verdict.answers, operator=operator)
    journal.append(connection, scan.nonce, admitted, private, station=station, newest=newest)
    if found.ticket is not None and verdict.direction is Direction.ENTRY:
        _print_badge(connection, known, found.list, found.ticket, verdict.at)


def _print_badge(connection: Connection, known: Known, gate_list: CheckInList, ticket: Ticket, at: datetime) -> None:
    """Have the badge printed, where this station does so at an entry on this list."""
    when = known.list_settings(connection, gate_list.event, gate_list.id).badges
    if when is not AutoPrint.NEVER:
        from . import badges

        badges.print_at_entry(connection, known.catalog(connection, gate_list.event), ticket, at, when)


def _key(found: _Found, text: str) -> str:
    if found.ticket is not None:
        return found.ticket.key
    return codes.signed_key(text) if found.signed is not None else ""


def _text_of(found: _Found, text: str) -> str:
    """The code that a server finds the ticket by: of one that goes with a pass its own, where the list is not wide."""
    ticket = found.ticket
    if ticket is None or found.met is not None or found.list.addon_match or ticket.position.addon_to is None:
        return text
    return ticket.position.secret


def _pass(
    connection: Connection,
    station: Station,
    verdict: Verdict,
    gate_list: CheckInList,
    key: str,
    nonce: str,
    operator: str,
    *,
    first: bool = False,
    auto: bool = False,
) -> None:
    passage = CheckIn(
        event=gate_list.event,
        list=gate_list.id,
        ticket=key,
        direction=Direction.EXIT if auto else verdict.direction,
        at=verdict.at,
        nonce=nonce,
        gate=verdict.gate,
        device=station.name,
        device_id=station.device,
        person=operator,
        forced=verdict.forced and not auto,
        unaware=verdict.unaware and not auto,
        auto=auto,
    )
    checkins.put(connection, passage, own=True, first=first)


def _end_stays(
    connection: Connection, known: Known, found: _Found, verdict: Verdict, key: str, operator: str
) -> tuple[int, ...]:
    """Close the stay on other lists, where this list (or this station) says so and the person is inside there."""
    if verdict.direction is Direction.EXIT:
        return ()
    own = known.list_settings(connection, found.list.event, found.list.id)
    others = found.list.ends_stay_on + own.ends_stay_on
    if not others:
        return ()
    ended = []
    for other in dict.fromkeys(others):
        history = checkins.history(connection, found.list.event, other, (key,))
        if not history or history[-1].direction is Direction.EXIT:
            continue
        elsewhere = msgspec.structs.replace(found.list, id=other)
        station, nonce = known.station(connection), f"{verdict.nonce}/{other}"
        _pass(connection, station, verdict, elsewhere, key, nonce, operator, auto=True)
        ended.append(other)
    return tuple(ended)
