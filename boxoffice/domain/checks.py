"""The checks of a scan, one function a row, in the order in which a steward should hear of them.

Each looks at the whole case and says what it has against it, in words, or nothing. What follows from
that, and what force does, is decided in `gate`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from . import explaining, money, passages, passes, questions, rules
from .catalog import Catalog, CheckInList, SubEvent
from .offering import PassTerms
from .orders import Order, Position, Status, Ticket
from .passages import Passage
from .verdicts import Reason, Wish
from .words import Sentence, localised

REPLACED = Sentence("This code was replaced by a newer one")


class Case(msgspec.Struct, frozen=True, kw_only=True):
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
    uses: tuple[passes.Use, ...] = ()
    """Where the ticket is a pass: its entries on all lists, by time."""

    def local(self, moment: datetime) -> datetime:
        """A moment as the event's clock shows it."""
        return moment.astimezone(passages.zone_of(self.catalog.event))

    @property
    def terms(self) -> PassTerms | None:
        """What the ticket lets its holder do, where it is a pass."""
        return self.catalog.pass_terms(self.item_id)

    def item_name(self) -> str:
        """What the ticket is called at the door."""
        return name_of_item(self.catalog, self.item_id, None, self.locale)


class No(NamedTuple):
    """What one check has against the entry."""

    reason: Reason
    because: Sentence


def _canceled(case: Case) -> No | None:
    order = case.order
    if order is None or (order.status in (Status.PAID, Status.PENDING) and not case.canceled):
        return None
    if order.status is Status.CANCELED:
        return No(Reason.CANCELED, Sentence("The order {order} was cancelled", {"order": order.code}))
    if order.status is Status.EXPIRED:
        return No(Reason.CANCELED, Sentence("The order {order} was not paid in time", {"order": order.code}))
    return No(Reason.CANCELED, Sentence("This ticket of the order {order} was cancelled", {"order": order.code}))


def _revoked(case: Case) -> No | None:
    return No(Reason.REVOKED, REPLACED) if case.revoked else None


def _blocked(case: Case) -> No | None:
    return No(Reason.BLOCKED, Sentence("This ticket is blocked; ask the organiser")) if case.blocked else None


def _unapproved(case: Case) -> No | None:
    order = case.order
    if order is None or not (order.require_approval and order.status is Status.PENDING):
        return None
    return No(Reason.UNAPPROVED, Sentence("The order {order} still waits for approval", {"order": order.code}))


def _out_of_time(case: Case) -> No | None:
    if case.valid_from is not None and case.at < case.valid_from:
        return No(Reason.INVALID_TIME, Sentence("Not valid before {time}", {"time": case.local(case.valid_from)}))
    if case.valid_until is not None and case.valid_until < case.at:
        return No(Reason.INVALID_TIME, Sentence("Was valid until {time}", {"time": case.local(case.valid_until)}))
    return None


def _unknown_item(case: Case) -> No | None:
    if case.order is not None or case.item_id in case.catalog.items:
        return None
    return No(Reason.ERROR, Sentence("This kind of ticket is not known here yet; fetch new data and scan again"))


def _other_product(case: Case) -> No | None:
    if case.list.covers(case.item_id):
        return None
    values = {"item": case.item_name(), "list": case.list.name}
    return No(Reason.PRODUCT, Sentence("{item} does not get in at {list}", values))


def _other_date(case: Case) -> No | None:
    if case.list.subevent is None or case.subevent_id == case.list.subevent:
        return None
    dates = case.catalog.subevents
    if case.subevent_id is None and case.terms is not None:
        return _other_date_of_pass(case, case.terms)
    own, other = dates.get(case.subevent_id or 0), dates.get(case.list.subevent)
    if case.subevent_id is None:
        values = {"other": _date_name(case, other)}
        return No(Reason.PRODUCT, Sentence("Belongs to no date; this is {other}", values))
    for name in (_date_name, _date_time):
        values = {"own": name(case, own), "other": name(case, other)}
        if values["own"] != values["other"]:
            return No(Reason.PRODUCT, Sentence("Belongs to {own}, not {other}", values))
    return No(Reason.PRODUCT, Sentence("Belongs to another date"))


def _other_date_of_pass(case: Case, terms: PassTerms) -> No | None:
    if terms.holds_on(case.list.subevent):
        return None
    values = {"other": _date_name(case, case.catalog.subevents.get(case.list.subevent or 0))}
    return No(Reason.PRODUCT, Sentence("This pass is not good for {other}", values))


def _date_name(case: Case, date: SubEvent | None) -> object:
    return (localised(date.name, case.locale) if date else "") or _date_time(case, date)


def _date_time(case: Case, date: SubEvent | None) -> object:
    return case.local(date.date_from) if date and date.date_from else "a date that is not known here"


def _unpaid(case: Case) -> No | None:
    order = case.order
    if order is None or order.status is not Status.PENDING or order.valid_if_pending:
        return None
    if case.wish.accept_unpaid and case.list.include_pending:
        return None
    currency = case.catalog.event.currency
    still_open = f"{money.plain(order.total - order.paid, currency)} {currency}"
    return No(Reason.UNPAID, Sentence("Paid tickets only; {amount} open", {"amount": still_open}))


def _against_rules(case: Case) -> No | None:
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
        return No(Reason.RULES, explaining.explain(case.list.rules, circumstances))
    except rules.RuleTrouble as trouble:
        return No(
            Reason.RULES,
            Sentence("The rules of {list} make no sense: {why}", {"list": case.list.name, "why": str(trouble)}),
        )


def _unanswered(case: Case) -> No | None:
    if not case.inquiry.blocks:
        return None
    if case.inquiry.misfit is not None:
        return No(Reason.INCOMPLETE, case.inquiry.misfit)
    first = next(question for question in case.inquiry.open if question.required)
    return No(
        Reason.INCOMPLETE,
        Sentence("To be answered first: {question}", {"question": questions.label(first, case.locale)}),
    )


def _spent(case: Case) -> No | None:
    terms = case.terms
    if terms is None:
        return None
    spent = passes.spent(terms, case.uses, case.list.id, case.catalog.event, case.at)
    return None if spent is None else No(Reason.ALREADY_REDEEMED, spent.because)


def _used(case: Case) -> No | None:
    if case.terms is not None and passes.rules_itself(case.terms) and case.terms.counts_at(case.list.id):
        return None
    if passages.entry_allowed(case.history, case.list):
        return None
    entries = passages.entries(case.history)
    if case.list.allow_entry_after_exit:
        return No(Reason.ALREADY_REDEEMED, _seen("Inside since {time}", case, entries[-1]))
    return No(Reason.ALREADY_REDEEMED, _seen("Already used {time}", case, entries[0]))


def _seen(text: str, case: Case, passage: Passage) -> Sentence:
    where = ", ".join(filter(None, (passage.gate, passage.device)))
    values = {"time": case.local(passage.at), "where": where}
    return Sentence(f"{text}: {{where}}" if where else text, values)


_Check = Callable[[Case], No | None]

CHECKS: tuple[_Check, ...] = (
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
    _spent,
    _used,  # 11
)
_ENTRIES_ONLY = frozenset((_out_of_time, _against_rules, _unanswered, _spent, _used))
CHECKS_OF_EXITS = tuple(check for check in CHECKS if check not in _ENTRIES_ONLY)


def name_of_item(catalog: Catalog, item_id: int, variation_id: int | None, locale: str) -> str:
    """An item with its variation, as it is called out: `T-shirt, L`."""
    item = catalog.items.get(item_id)
    if item is None:
        return f"#{item_id}"
    variation = item.variation(variation_id)
    names = (localised(item.name, locale) or f"#{item_id}", localised(variation.value, locale) if variation else "")
    return ", ".join(filter(None, names))
