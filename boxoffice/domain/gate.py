"""The verdict: may this ticket pass this list, now, in this direction?

No database and no clock: the tickets found, their history and the time come in as arguments. The
order of the checks is the order in which the steward should hear of them, and it is the order of the
field's best-known open server (pretix 2026.8), so an offline answer is the one the server would give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from . import passages, passes, questions
from .catalog import Catalog, CheckInList, Item, Variation
from .checks import CHECKS, CHECKS_OF_EXITS, REPLACED, Case, No, name_of_item
from .codes import SignedTicket
from .orders import Order, Position, Ticket
from .passages import Direction, Passage
from .passes import Use
from .verdicts import Reason, Verdict, Wish
from .words import Sentence, localised

__all__ = [
    "Choice",
    "Direction",
    "Passage",
    "Reason",
    "Verdict",
    "Wish",
    "choose",
    "judge",
    "judge_signed",
    "refuse",
]


class Choice(msgspec.Struct, frozen=True):
    """Which of the tickets found is meant, and the list that judges it."""

    ticket: Ticket
    list: CheckInList
    ambiguous: bool = False
    """Several fit equally well; `ticket` is the first of them."""


def choose(
    candidates: Sequence[Ticket],
    lists: Sequence[CheckInList],
    at: datetime,
    *,
    addons: Sequence[Ticket] = (),
    with_pass: Sequence[Ticket] = (),
) -> Choice | None:
    """Which ticket is meant by a code, and by which of the door's lists (one for each event) it is judged.

    `candidates` are the tickets that the code itself names: with this secret, or on this wristband.
    `addons` are the add-on positions of those; they count only where the list has `addon_match`. `with_pass` are
    the tickets that go with a pass: its one code stands for each of them, on its own date before the pass itself.
    None if none of them belongs to an event that this door has a list for.
    """
    if len(candidates) == 1 and not addons and not with_pass:
        return next((Choice(candidates[0], one) for one in lists if one.event == candidates[0].event), None)
    by_event = {one.event: one for one in lists}
    found = [Choice(ticket, by_event[ticket.event]) for ticket in candidates if ticket.event in by_event]
    children = [Choice(ticket, by_event[ticket.event]) for ticket in addons if ticket.event in by_event]
    chosen = [Choice(ticket, by_event[ticket.event]) for ticket in with_pass if ticket.event in by_event]
    if (meant := next((one for one in chosen if _is_for_this_date(one)), None)) is not None:
        return meant
    # A ticket that goes with a pass to another event bears its code too, and is not meant on another date.
    found = [one for one in found if not any(one.ticket is other for other in with_pass)] or found
    found += [child for child in children if child.list.addon_match]
    if len(found) < 2:
        return found[0] if found else None
    return _the_one_meant(found, at)


def _is_for_this_date(one: Choice) -> bool:
    position, gate_list = one.ticket.position, one.list
    on_date = gate_list.subevent is None or position.subevent == gate_list.subevent
    return on_date and not position.canceled and gate_list.covers(position.item)


def _the_one_meant(found: list[Choice], at: datetime) -> Choice:
    # A cancelled position is no candidate for the server as long as there is another one.
    standing = [one for one in found if not one.ticket.position.canceled] or found
    covered = [one for one in standing if one.list.covers(one.ticket.position.item)]
    valid = [one for one in covered if _valid_at(one.ticket.position, at)]
    if not valid:
        return _nearest_in_time(covered or standing, at)
    if len(valid) > 1:
        return Choice(valid[0].ticket, valid[0].list, ambiguous=True)
    return valid[0]


def _valid_at(position: Position, at: datetime) -> bool:
    if position.valid_from is not None and at < position.valid_from:
        return False
    return position.valid_until is None or at <= position.valid_until


def _nearest_in_time(found: list[Choice], at: datetime) -> Choice:
    """The one valid next, else the most recently valid, else the first."""
    begins = [(one.ticket.position.valid_from, one) for one in found]
    coming = [(begin, one) for begin, one in begins if begin is not None and begin > at]
    if coming:
        return min(coming, key=lambda pair: pair[0])[1]
    ends = [(one.ticket.position.valid_until, one) for one in found]
    gone = [(end, one) for end, one in ends if end is not None and end < at]
    if gone:
        return max(gone, key=lambda pair: pair[0])[1]
    return found[0]


def judge(
    ticket: Ticket,
    gate_list: CheckInList,
    catalog: Catalog,
    history: tuple[Passage, ...],
    wish: Wish,
    at: datetime,
    nonce: str = "",
    *,
    blocked: bool = False,
    addons: Sequence[Position] = (),
    uses: Sequence[Use] = (),
    locale: str = "en",
    data_age: float | None = None,
) -> Verdict:
    """Decide one scan of a ticket that the station knows.

    `history` are the passages of this ticket on this list that count, `at` is the time of the scan.
    `blocked` is for a secret on the event's list of blocked ones. `addons` are the add-on positions of
    the ticket; without them those in the ticket's order are taken. A nonce that stands in the history
    gives `repeated`: there is nothing to write. Answers are accepted whatever the verdict is. `uses` are the
    entries of a pass on all lists; for any other ticket none are needed.
    """
    position, order = ticket.position, ticket.order
    return _decide(
        Case(
            catalog=catalog,
            list=gate_list,
            history=passages.until(history, gate_list, catalog.event, at),
            wish=wish,
            at=at,
            nonce=nonce,
            locale=locale,
            data_age=data_age,
            ticket=ticket,
            order=order,
            item_id=position.item,
            variation_id=position.variation,
            subevent_id=position.subevent,
            valid_from=position.valid_from,
            valid_until=position.valid_until,
            canceled=position.canceled,
            blocked=blocked or position.blocked,
            inquiry=_inquire(catalog, position.item, position.answers, wish, locale),
            addons=tuple(addons) or tuple(one for one in order.positions if one.addon_to == position.number),
            uses=_uses(catalog, position.item, uses),
        )
    )


def judge_signed(
    signed: SignedTicket,
    gate_list: CheckInList,
    catalog: Catalog,
    history: tuple[Passage, ...],
    wish: Wish,
    at: datetime,
    nonce: str = "",
    *,
    revoked: bool = False,
    blocked: bool = False,
    uses: Sequence[Use] = (),
    locale: str = "en",
    data_age: float | None = None,
) -> Verdict:
    """Decide one scan of a signed ticket that the station does not hold, by what the ticket says itself.

    `history` and `uses` are what this station knows of it, kept under `codes.signed_key`.
    """
    return _decide(
        Case(
            catalog=catalog,
            list=gate_list,
            history=passages.until(history, gate_list, catalog.event, at),
            wish=wish,
            at=at,
            nonce=nonce,
            locale=locale,
            data_age=data_age,
            item_id=signed.item,
            variation_id=signed.variation,
            subevent_id=signed.subevent,
            valid_from=signed.valid_from,
            valid_until=signed.valid_until,
            revoked=revoked,
            blocked=blocked,
            inquiry=_inquire(catalog, signed.item, {}, wish, locale),
            uses=_uses(catalog, signed.item, uses),
        )
    )


def _uses(catalog: Catalog, item_id: int, history: Sequence[Use]) -> tuple[Use, ...]:
    terms = catalog.pass_terms(item_id) if history else None
    return passes.uses(terms, history) if terms is not None else ()


def _inquire(catalog: Catalog, item: int, known: Mapping[str, str], wish: Wish, locale: str) -> questions.Inquiry:
    """What is to be asked; nothing of those who leave."""
    if wish.direction is Direction.EXIT or not questions.asked_about(catalog, item):
        return questions.NOTHING
    zone = passages.zone_of(catalog.event)
    return questions.inquire(catalog, item, known, wish.answers, zone, skip=wish.skip_questions, locale=locale)


def refuse(
    reason: Reason,
    wish: Wish,
    at: datetime,
    nonce: str = "",
    *,
    gate_list: CheckInList | None = None,
    ticket: Ticket | None = None,
    catalog: Catalog | None = None,
    explanation: Sentence | None = None,
    locale: str = "en",
    data_age: float | None = None,
) -> Verdict:
    """A no without judging: nothing was found (`invalid`, `revoked`), or too much (`ambiguous`).

    The `catalog` of the ticket's event gives its item a name.
    """
    item = catalog.items.get(ticket.position.item) if catalog and ticket else None
    variation = item.variation(ticket.position.variation) if item and ticket else None
    return Verdict(
        reason=reason,
        explanation=explanation or _WITHOUT_JUDGING.get(reason),
        ticket=ticket,
        list=gate_list,
        item=localised(item.name, locale) if item else "",
        variation=localised(variation.value, locale) if variation else "",
        direction=wish.direction,
        gate=wish.gate,
        at=at,
        nonce=nonce,
        data_age=data_age,
    )


_WITHOUT_JUDGING = {
    Reason.INVALID: Sentence("No ticket with this code is known here"),
    Reason.PRODUCT: Sentence("This ticket belongs to another event"),
    Reason.REVOKED: REPLACED,
    Reason.AMBIGUOUS: Sentence("This code stands for several tickets; look the person up by name"),
    Reason.ERROR: Sentence("This ticket cannot be judged here; send the person to the desk"),
}


def _decide(case: Case) -> Verdict:
    """The first check that says no; force goes past them all, but not past an item that is not known."""
    objections = _objections(case)
    no = next(objections, None)
    if no is None or (no.reason is Reason.ALREADY_REDEEMED and _recorded(case)):
        return _verdict(case, Reason.OK, repeated=_recorded(case))
    if not case.wish.force:
        return _verdict(case, no.reason, no.because)
    overruled = (no, *objections)
    if error := next((one for one in overruled if one.reason is Reason.ERROR), None):
        return _verdict(case, error.reason, error.because)
    return _verdict(case, Reason.OK, no.because, overruled=overruled, repeated=_recorded(case))


def _objections(case: Case) -> Iterator[No]:
    for check in CHECKS if case.wish.direction is Direction.ENTRY else CHECKS_OF_EXITS:
        if (no := check(case)) is not None:
            yield no


def _recorded(case: Case) -> bool:
    """Whether this very scan was written down before."""
    return bool(case.nonce) and any(
        passage.nonce == case.nonce and passage.direction is case.wish.direction for passage in case.history
    )


def _verdict(
    case: Case,
    reason: Reason,
    explanation: Sentence | None = None,
    *,
    overruled: tuple[No, ...] = (),
    repeated: bool = False,
) -> Verdict:
    item = case.catalog.items.get(case.item_id)
    variation = item.variation(case.variation_id) if item else None
    entries = passages.entries(case.history)
    attention, texts = _to_say(case.order, item, variation)
    return Verdict(
        reason=reason,
        explanation=explanation,
        ticket=case.ticket,
        list=case.list,
        item=case.item_name(),
        variation=localised(variation.value, case.locale) if variation else "",
        attention=attention,
        texts=texts,
        questions=case.inquiry.open if reason is Reason.INCOMPLETE or (reason is Reason.OK and not overruled) else (),
        answers=case.inquiry.accepted,
        first_entry=entries[0] if entries else None,
        direction=case.wish.direction,
        gate=case.wish.gate,
        at=case.at,
        nonce=case.nonce,
        forced=bool(overruled),
        overruled=tuple(one.reason for one in overruled),
        repeated=repeated,
        addons=_addon_names(case),
        left=_left(case, admitted=reason is Reason.OK and not repeated),
        data_age=case.data_age,
    )


def _left(case: Case, *, admitted: bool) -> passes.Left | None:
    """What is left of a pass; with whoever comes in now, one entry less."""
    terms = case.terms
    if terms is None:
        return None
    counted = case.uses
    if admitted and case.wish.direction is Direction.ENTRY and terms.counts_at(case.list.id):
        counted = (*counted, passes.Use(case.list.id, Passage(Direction.ENTRY, case.at)))
    found = passes.left(terms, counted, case.catalog.event)
    return found if found.limited else None


def _to_say(*nouns: Order | Item | Variation | None) -> tuple[bool, tuple[str, ...]]:
    """Whether any of them asks for attention, and what they tell the steward."""
    there = [one for one in nouns if one is not None]
    texts = [one.checkin_text for one in there if one.checkin_text]
    return any(one.checkin_attention for one in there), tuple(texts)


def _addon_names(case: Case) -> tuple[str, ...]:
    if not case.addons:
        return ()
    standing = (one for one in case.addons if not one.canceled)
    return tuple(name_of_item(case.catalog, one.item, one.variation, case.locale) for one in standing)
