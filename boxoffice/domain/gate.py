"""The verdict: may this ticket pass this list, now, in this direction?

No database and no clock: the tickets found, their history and the time come in as arguments. The
order of the checks is the order in which the steward should hear of them, and it is the order of the
field's best-known open server (pretix 2026.8), so an offline answer is the one the server would give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from . import explaining, passages, questions, rules
from .catalog import Catalog, CheckInList, Item, Question, SubEvent, Variation
from .codes import SignedTicket
from .orders import Order, Position, Status, Ticket
from .passages import Direction, Passage
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


class Reason(StrEnum):
    """The answer in one word: `ok`, or why not."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    INVALID = "invalid"
    UNPAID = "unpaid"
    BLOCKED = "blocked"
    INVALID_TIME = "invalid_time"
    CANCELED = "canceled"
    ALREADY_REDEEMED = "already_redeemed"
    PRODUCT = "product"
    RULES = "rules"
    AMBIGUOUS = "ambiguous"
    REVOKED = "revoked"
    UNAPPROVED = "unapproved"
    ERROR = "error"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the steward asked for beside the scan itself."""

    direction: Direction = Direction.ENTRY
    gate: str = ""
    gate_id: int | None = None
    """The server's id of the gate, where it is known; rules about gates go by it, else by the name."""
    accept_unpaid: bool = False
    force: bool = False
    answers: Mapping[str, str] = {}
    """Question id or identifier to answer, as typed."""
    skip_questions: bool = False
    """Optional questions were shown and left empty on purpose."""
    preview: bool = False
    """Judge only; nothing is recorded."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one scan, and all that the person at the door should see with it."""

    reason: Reason
    explanation: Sentence | None = None
    """Why not, or with `forced` what was overruled."""
    ticket: Ticket | None = None
    list: CheckInList | None = None
    item: str = ""
    variation: str = ""
    attention: bool = False
    texts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    """Questions to ask now, in order; those required block the entry."""
    answers: Mapping[str, str] = {}
    """Answers given with this scan that were accepted: question id to stored form."""
    first_entry: Passage | None = None
    direction: Direction = Direction.ENTRY
    gate: str = ""
    at: datetime
    nonce: str = ""
    forced: bool = False
    """Admitted only because of force: a check would have said no."""
    overruled: tuple[Reason, ...] = ()
    """What force went past, in the order of the checks."""
    repeated: bool = False
    """This nonce had been answered before; nothing was written again."""
    addons: tuple[str, ...] = ()
    """Names of the add-ons that belong to the ticket: what is handed out."""
    data_age: float | None = None
    """Seconds since the replica was last in step with the server; None if it never was."""

    @property
    def admitted(self) -> bool:
        """Whether the person may pass."""
        return self.reason is Reason.OK

    @property
    def unaware(self) -> bool:
        """Forced without anybody here knowing of an earlier entry: if there was one, it is a conflict."""
        return self.forced and Reason.ALREADY_REDEEMED not in self.overruled


class Choice(msgspec.Struct, frozen=True):
    """Which of the tickets found is meant, and the list that judges it."""

    ticket: Ticket
    list: CheckInList
    ambiguous: bool = False
    """Several fit equally well; `ticket` is the first of them."""


def choose(
    candidates: Sequence[Ticket], lists: Sequence[CheckInList], at: datetime, *, addons: Sequence[Ticket] = ()
) -> Choice | None:
    """Which ticket is meant by a code, and by which of the door's lists (one for each event) it is judged.

    `candidates` are the tickets that the code itself names: with this secret, or on this wristband.
    `addons` are the add-on positions of those; they count only where the list has `addon_match`.
    None if none of them belongs to an event that this door has a list for.
    """
    by_event = {one.event: one for one in lists}
    found = [Choice(ticket, by_event[ticket.event]) for ticket in candidates if ticket.event in by_event]
    children = [Choice(ticket, by_event[ticket.event]) for ticket in addons if ticket.event in by_event]
    found += [child for child in children if child.list.addon_match]
    if len(found) < 2:
        return found[0] if found else None
    return _the_one_meant(found, at)


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
    locale: str = "en",
    data_age: float | None = None,
) -> Verdict:
    """Decide one scan of a ticket that the station knows.

    `history` are the passages of this ticket on this list that count, `at` is the time of the scan.
    `blocked` is for a secret on the event's list of blocked ones. `addons` are the add-on positions of
    the ticket; without them those in the ticket's order are taken. A nonce that stands in the history
    gives `repeated`: there is nothing to write. Answers are accepted whatever the verdict is.
    """
    position, order = ticket.position, ticket.order
    return _decide(
        _Case(
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
            inquiry=_inquire(catalog, position.item, position.answers, wish),
            addons=tuple(addons) or tuple(one for one in order.positions if one.addon_to == position.number),
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
    locale: str = "en",
    data_age: float | None = None,
) -> Verdict:
    """Decide one scan of a signed ticket that the station does not hold, by what the ticket says itself.

    `history` is what this station knows of it, kept under `codes.signed_key`.
    """
    return _decide(
        _Case(
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
            inquiry=_inquire(catalog, signed.item, {}, wish),
        )
    )


def _inquire(catalog: Catalog, item: int, known: Mapping[str, str], wish: Wish) -> questions.Inquiry:
    """What is to be asked; nothing of those who leave."""
    if not catalog.questions or wish.direction is Direction.EXIT:
        return questions.NOTHING
    zone = passages.zone_of(catalog.event)
    return questions.inquire(catalog, item, known, wish.answers, zone, skip=wish.skip_questions)


def refuse(
    reason: Reason,
    wish: Wish,
    at: datetime,
    nonce: str = "",
    *,
    gate_list: CheckInList | None = None,
    ticket: Ticket | None = None,
    explanation: Sentence | None = None,
    data_age: float | None = None,
) -> Verdict:
    """A no without judging: nothing was found (`invalid`, `revoked`), or too much (`ambiguous`)."""
    return Verdict(
        reason=reason,
        explanation=explanation or _WITHOUT_JUDGING.get(reason),
        ticket=ticket,
        list=gate_list,
        direction=wish.direction,
        gate=wish.gate,
        at=at,
        nonce=nonce,
        data_age=data_age,
    )


_WITHOUT_JUDGING = {
    Reason.INVALID: Sentence("No ticket with this code is known here"),
    Reason.PRODUCT: Sentence("This ticket belongs to another event"),
    Reason.REVOKED: Sentence("This code was replaced by a newer one"),
    Reason.AMBIGUOUS: Sentence("This code stands for several tickets; look the person up by name"),
    Reason.ERROR: Sentence("This ticket cannot be judged here; send the person to the desk"),
}


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    """One scan with all that its checks look at. A signed ticket that is not held here has no order."""

    catalog: Catalog
    list: CheckInList
    history: tuple[Passage, ...]
    wish: Wish
    at: datetime
    nonce: str
    locale: str
    data_age: float | None
    ticket: Ticket | None = None
    order: Order | None = None
    item_id: int
    variation_id: int | None
    subevent_id: int | None
    valid_from: datetime | None
    valid_until: datetime | None
    canceled: bool = False
    revoked: bool = False
    blocked: bool = False
    inquiry: questions.Inquiry = questions.NOTHING
    addons: tuple[Position, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """A moment as the event's clock shows it."""
        return moment.astimezone(passages.zone_of(self.catalog.event))

    def item_name(self) -> str:
        return _name(self.catalog, self.item_id, None, self.locale)


class _No(NamedTuple):
    """What one check has against the entry."""

    reason: Reason
    because: Sentence


def _canceled(case: _Case) -> _No | None:
    order = case.order
    if order is None or (order.status in (Status.PAID, Status.PENDING) and not case.canceled):
        return None
    if order.status is Status.CANCELED:
        return _No(Reason.CANCELED, Sentence("The order {order} was cancelled", {"order": order.code}))
    if order.status is Status.EXPIRED:
        return _No(Reason.CANCELED, Sentence("The order {order} was not paid in time", {"order": order.code}))
    return _No(Reason.CANCELED, Sentence("This ticket of the order {order} was cancelled", {"order": order.code}))


def _revoked(case: _Case) -> _No | None:
    return _No(Reason.REVOKED, _WITHOUT_JUDGING[Reason.REVOKED]) if case.revoked else None


def _blocked(case: _Case) -> _No | None:
    return _No(Reason.BLOCKED, Sentence("This ticket is blocked; ask the organiser")) if case.blocked else None


def _unapproved(case: _Case) -> _No | None:
    order = case.order
    if order is None or not (order.require_approval and order.status is Status.PENDING):
        return None
    return _No(Reason.UNAPPROVED, Sentence("The order {order} still waits for approval", {"order": order.code}))


def _out_of_time(case: _Case) -> _No | None:
    if case.valid_from is not None and case.at < case.valid_from:
        return _No(Reason.INVALID_TIME, Sentence("Not valid before {time}", {"time": case.local(case.valid_from)}))
    if case.valid_until is not None and case.valid_until < case.at:
        return _No(Reason.INVALID_TIME, Sentence("Was valid until {time}", {"time": case.local(case.valid_until)}))
    return None


def _unknown_item(case: _Case) -> _No | None:
    if case.order is not None or case.item_id in case.catalog.items:
        return None
    return _No(Reason.ERROR, Sentence("This kind of ticket is not known here yet; fetch new data and scan again"))


def _other_product(case: _Case) -> _No | None:
    if case.list.covers(case.item_id):
        return None
    values = {"item": case.item_name(), "list": case.list.name}
    return _No(Reason.PRODUCT, Sentence("{item} does not get in at {list}", values))


def _other_date(case: _Case) -> _No | None:
    if case.list.subevent is None or case.subevent_id == case.list.subevent:
        return None
    dates = case.catalog.subevents
    own, other = dates.get(case.subevent_id or 0), dates.get(case.list.subevent)
    if case.subevent_id is None:
        return _No(Reason.PRODUCT, Sentence("Belongs to no date; this is {other}", {"other": _date_name(case, other)}))
    for name in (_date_name, _date_time):
        values = {"own": name(case, own), "other": name(case, other)}
        if values["own"] != values["other"]:
            return _No(Reason.PRODUCT, Sentence("Belongs to {own}, not {other}", values))
    return _No(Reason.PRODUCT, Sentence("Belongs to another date"))


def _date_name(case: _Case, date: SubEvent | None) -> object:
    return (localised(date.name, case.locale) if date else "") or _date_time(case, date)


def _date_time(case: _Case, date: SubEvent | None) -> object:
    return case.local(date.date_from) if date and date.date_from else "a date that is not known here"


def _unpaid(case: _Case) -> _No | None:
    order = case.order
    if order is None or order.status is not Status.PENDING or order.valid_if_pending:
        return None
    if case.wish.accept_unpaid and case.list.include_pending:
        return None
    open_amount = _amount(order.total, case.catalog.event.currency)
    return _No(Reason.UNPAID, Sentence("Paid tickets only; {amount} open", {"amount": open_amount}))


def _against_rules(case: _Case) -> _No | None:
    if not case.list.rules:
        return None
    circumstances = rules.Circumstances(
        item=case.item_id,
        variation=case.variation_id,
        gate=case.wish.gate,
        gate_id=case.wish.gate_id,
        now=case.at,
        event=case.catalog.event,
        subevent=case.catalog.subevents.get(case.subevent_id or 0),
        history=case.history,
    )
    try:
        if rules.holds(case.list.rules, circumstances):
            return None
        return _No(Reason.RULES, explaining.explain(case.list.rules, circumstances))
    except rules.RuleTrouble as trouble:
        return _No(
            Reason.RULES,
            Sentence("The rules of {list} make no sense: {why}", {"list": case.list.name, "why": str(trouble)}),
        )


def _unanswered(case: _Case) -> _No | None:
    if not case.inquiry.blocks:
        return None
    if case.inquiry.misfit is not None:
        return _No(Reason.INCOMPLETE, case.inquiry.misfit)
    first = next(question for question in case.inquiry.open if question.required)
    return _No(Reason.INCOMPLETE, Sentence("To be answered first: {question}", {"question": questions.label(first)}))


def _used(case: _Case) -> _No | None:
    if passages.entry_allowed(case.history, case.list):
        return None
    entries = passages.entries(case.history)
    if case.list.allow_entry_after_exit:
        return _No(Reason.ALREADY_REDEEMED, _seen("Inside since {time}", case, entries[-1]))
    return _No(Reason.ALREADY_REDEEMED, _seen("Already used {time}", case, entries[0]))


def _seen(text: str, case: _Case, passage: Passage) -> Sentence:
    where = ", ".join(filter(None, (passage.gate, passage.device)))
    values = {"time": case.local(passage.at), "where": where}
    return Sentence(f"{text}: {{where}}" if where else text, values)


_Check = Callable[[_Case], _No | None]

_CHECKS: tuple[_Check, ...] = (
    _revoked,
    _canceled,  # row 1
    _blocked,  # 2
    _unapproved,  # 3
    _out_of_time,  # 4
    _unknown_item,
    _other_product,  # 5
    _other_date,  # 6
    _unpaid,  # 7
    _against_rules,  # 8
    _unanswered,  # 9
    # 10 is the nonce that was seen before
    _used,  # 11
)
_ENTRIES_ONLY = frozenset((_out_of_time, _against_rules, _unanswered, _used))
_CHECKS_OF_EXITS = tuple(check for check in _CHECKS if check not in _ENTRIES_ONLY)


def _decide(case: _Case) -> Verdict:
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


def _objections(case: _Case) -> Iterator[_No]:
    for check in _CHECKS if case.wish.direction is Direction.ENTRY else _CHECKS_OF_EXITS:
        if (no := check(case)) is not None:
            yield no


def _recorded(case: _Case) -> bool:
    """Whether this very scan was written down before."""
    return bool(case.nonce) and any(
        passage.nonce == case.nonce and passage.direction is case.wish.direction for passage in case.history
    )


def _verdict(
    case: _Case,
    reason: Reason,
    explanation: Sentence | None = None,
    *,
    overruled: tuple[_No, ...] = (),
    repeated: bool = False,
) -> Verdict:
    item = case.catalog.items.get(case.item_id)
    variation = item.variation(case.variation_id) if item else None
    entries = passages.entries(case.history)
    return Verdict(
        reason=reason,
        explanation=explanation,
        ticket=case.ticket,
        list=case.list,
        item=case.item_name(),
        variation=localised(variation.value, case.locale) if variation else "",
        attention=_attention(case.order, item, variation),
        texts=_texts(case.order, item, variation),
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
        data_age=case.data_age,
    )


def _attention(order: Order | None, item: Item | None, variation: Variation | None) -> bool:
    return any(one.checkin_attention for one in (order, item, variation) if one is not None)


def _texts(order: Order | None, item: Item | None, variation: Variation | None) -> tuple[str, ...]:
    return tuple(one.checkin_text for one in (order, item, variation) if one is not None and one.checkin_text)


def _addon_names(case: _Case) -> tuple[str, ...]:
    return tuple(_name(case.catalog, one.item, one.variation, case.locale) for one in case.addons if not one.canceled)


def _name(catalog: Catalog, item_id: int, variation_id: int | None, locale: str) -> str:
    """An item with its variation, as it is called out: `T-shirt, L`."""
    item = catalog.items.get(item_id)
    if item is None:
        return f"#{item_id}"
    variation = item.variation(variation_id)
    names = (localised(item.name, locale) or f"#{item_id}", localised(variation.value, locale) if variation else "")
    return ", ".join(filter(None, names))


_FEWER_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "UGX": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def _amount(minor: int, currency: str) -> str:
    digits = _FEWER_DIGITS.get(currency, 2)
    return f"{minor / 10**digits:.{digits}f} {currency}"
