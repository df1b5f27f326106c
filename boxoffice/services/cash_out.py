"""Paying out in cash what is on a gift card, where the event allows it: off unless somebody has said so.

Nothing is sold or given back by it: money that was owed to the holder is owed no more. It has a receipt of its own,
outside all taxes and no revenue, and somebody stands by it, because cash that has gone does not come back where the
server knows that the card was spent elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from boxoffice.domain import cash
from boxoffice.domain.documents import BillLine
from boxoffice.domain.gift_cards import ON_A_BILL, OUTSIDE, Load, Why, shown
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Booked, Shift
from boxoffice.domain.tax import Charge, tally
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import BadInput, Refused
from boxoffice.ids import new_id
from boxoffice.storage import accepted, receipt_book
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import books, gift_cards, guard, shifts


class CashedOut(books.Entered, frozen=True, kw_only=True):
    """A gift card that was paid out."""

    paid: int
    """What was handed over, minor units; positive."""


def worth(
    connection: Connection, event: str, code: str, currency: str, now: datetime, amount: int | None = None
) -> int:
    """What would be paid out: all that is on the card, or `amount`. Raises `Refused` with the reason why not."""
    if not accepted.taken(connection, event).cash_out:
        raise Refused(
            "Gift cards are not paid out here",
            "Nothing was paid out.",
            "The event can allow it: what is taken as payment, in the settings.",
        )
    held = gift_cards.balance(connection, event, code, currency)
    wanted = held.left if amount is None else amount
    if amount is not None and amount <= 0:
        raise BadInput("Name an amount above nothing", "Nothing was paid out.", "All of it, if none is named.")
    gift_cards.mind(held, currency, wanted, now)
    return wanted


def cash_out(
    connection: Connection,
    shelf: Shelf,
    code: str,
    reason: str,
    now: datetime,
    operator: str = "",
    *,
    amount: int | None = None,
    operation: str = "",
    permits: Sequence[Permit] = (),
) -> CashedOut:
    """Pay out what is on a card, or a part of it. Under one `operation` it is done once.

    Raises `Refused`, `BadInput`, `NeedsPermission`; nothing is changed then.
    """
    operation = operation or new_id()
    if (booked := receipt_book.receipt_of(connection, operation)) is not None:
        return CashedOut(booked=booked, paid=_paid(booked))
    if not reason.strip():
        raise BadInput("A reason is needed", "Nothing was paid out.", "Say why the card is paid out.")
    shift = shifts.needed(connection)
    load = Load(
        id="",
        code=code,
        amount=-worth(connection, shift.event, code, shift.currency, now, amount),
        why=Why.CASHED_OUT,
    )
    guard.need(
        connection,
        Act.CASH_OUT,
        now,
        operator=operator,
        permits=permits,
        reason=reason,
        event=shift.event,
        about=shown(code.upper()),
    )
    known = shelf.now(connection)
    page = _page(connection, shift, load, operation, reason.strip(), now, operator)
    booked = books.book(connection, known, known.catalog(connection, shift.event), page)
    return CashedOut(booked=booked, paid=_paid(booked))


def _page(
    connection: Connection, shift: Shift, load: Load, operation: str, reason: str, now: datetime, operator: str
) -> books.Page:
    """What is booked of it, with what it does to the card written down."""
    number, amount = books.next_number(connection, shift), load.amount
    reckoned = tally([Charge(amount, OUTSIDE)])
    handed = Offer(means=Means.CASH, amount=cash.rounded(amount, cash.step(shift.currency)))
    notes = (shown(load.code.upper()),)
    line = BillLine(text=ON_A_BILL[Why.CASHED_OUT], each=amount, amount=amount, tax=reckoned.letters[0], notes=notes)
    return books.Page(
        operation=operation,
        number=number,
        shift=shift,
        now=now,
        operator=operator,
        lines=(line,),
        total=reckoned.total,
        taxes=reckoned.groups,
        items=(),
        settled=books.covered(amount, (handed,), shift),
        order="",
        reason=reason,
        cards=gift_cards.book(connection, operation, shift.event, shift.currency, (), (load,), number, "", now),
    )


def _paid(booked: Booked) -> int:
    return -sum(one.amount for one in booked.receipt.tenders)
