"""What an act of the till or the desk becomes in pretix, and what is there of it already.

An order is always created unpaid, because the server makes at most one payment with it; each tender is a
payment of its own, created first and confirmed then, because one that is created as confirmed swallows the
word that a quota is exhausted. Our operation id stands in the payment's data and in the refund's comment,
where it can be found again when everything else is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from boxoffice.decoding import convert, decode
from boxoffice.domain.catalog import Catalog, QuestionType
from boxoffice.domain.facts import Canceled, Exchanged, Extended, Guest, Line, Paid, Private, Refunded, Sold
from boxoffice.domain.instants import moment
from boxoffice.domain.orders import PaymentState, Status

from .hub_feed import BROKEN
from .pretix import amount_of, decimal, stamp
from .pretix_orders import MARK, OrderRow, PaymentRow, PositionRow, RefundRow

PROVIDER = "boxoffice"
UNFINISHED = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.TRANSIT)


def sale(
    fact: Sold, private: Private, places: int, catalog: Catalog | None = None, *, with_vouchers: bool = True
) -> dict[str, Any]:
    """A new order with our code and our secrets. Prices are ours too: they are what was asked for at the till.

    Answers need the `catalog`, which says whose are choices; without it none are told.
    """
    body: dict[str, Any] = {
        "code": fact.order,
        "status": Status.PENDING.value,
        "locale": fact.locale,
        "email": private.email or None,
        "send_email": False,
        "positions": [
            _line(line, private.guests.get(str(line.number), Guest()), places, catalog, with_vouchers=with_vouchers)
            for line in fact.lines
        ],
    }
    if private.phone:
        body["phone"] = private.phone
    return body


def _line(line: Line, guest: Guest, places: int, catalog: Catalog | None, *, with_vouchers: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "positionid": line.number,
        "item": line.item,
        "variation": line.variation,
        "price": decimal(line.price, places),
        "addon_to": line.addon_to,
        "subevent": line.subevent,
        "secret": guest.secret,
        "answers": list(_answers(guest, catalog)),
    }
    named: dict[str, Any] = {"attendee_name_parts": dict(guest.name_parts)} if guest.name_parts else {}
    more = {
        "attendee_name": "" if named else guest.name,
        "company": guest.company,
        "attendee_email": guest.email,
        "voucher": line.voucher if with_vouchers else "",
    }
    return body | named | {name: value for name, value in more.items() if value}


def _answers(guest: Guest, catalog: Catalog | None) -> Iterator[dict[str, Any]]:
    """Answers to questions that the event has; of choices it is the options that count."""
    for name, answer in guest.answers.items():
        question = catalog.questions.get(int(name)) if catalog is not None and name.isdecimal() else None
        if question is None or question.type is QuestionType.FILE:
            continue
        chosen = question.type in (QuestionType.CHOICE, QuestionType.CHOICES)
        options = [int(one) for one in answer.split(",") if one.strip().isdecimal()] if chosen else []
        yield {"question": question.id, "answer": answer, "options": options}


class _Refusal(msgspec.Struct):
    positions: list[dict[str, Any]] = []


def is_about_vouchers(body: bytes) -> bool:
    """Whether an order was not made because of its vouchers, and of nothing else."""
    try:
        said = decode(body)
        faults = [fault for one in convert(said, _Refusal).positions for fault in one]
    except BROKEN:
        return False
    return isinstance(said, dict) and said.keys() == {"positions"} and bool(faults) and set(faults) == {"voucher"}


def is_ours(row: OrderRow, private: Private) -> bool:
    """Whether the order of this code is the one that we sold: it opens for the same secrets."""
    secrets = {one.secret for one in row.positions}
    return all(guest.secret in secrets for guest in private.guests.values())


def payment(fact: Paid, operation: str, device: str, places: int) -> dict[str, Any]:
    """Money for an order, to be confirmed by another request."""
    return {
        "state": PaymentState.CREATED.value,
        "amount": decimal(fact.amount, places),
        "payment_date": stamp(moment(fact.at)),
        "provider": PROVIDER,
        "info": {
            "pos_id": device,
            "receipt_id": fact.receipt,
            "payment_type": fact.tender,
            "payment_data": {"operation": operation},
        },
        "send_email": False,
    }


def payment_of(row: OrderRow, name: str) -> PaymentRow | None:
    """The payment that an act of a station made, or that the server calls so."""
    return next((one for one in row.payments if name and name in (one.operation, str(one.local_id))), None)


def refund_of(row: OrderRow, operation: str) -> RefundRow | None:
    """The refund that an act of a station made."""
    return next((one for one in row.refunds if one.operation == operation), None)


def refund(fact: Refunded, operation: str, undone: PaymentRow | None, places: int) -> dict[str, Any]:
    """Money given back, to be marked as done by another request."""
    return {
        "state": PaymentState.CREATED.value,
        "source": "admin",
        "amount": decimal(fact.amount, places),
        "provider": (undone.provider if undone else None) or "manual",
        "payment": undone.local_id if undone else None,
        "comment": f"{fact.tender} {fact.receipt} {MARK}{operation}",
        "mark_canceled": False,
    }


def cancellation(fact: Canceled, places: int) -> dict[str, Any]:
    """A whole order is cancelled."""
    body: dict[str, Any] = {"send_email": False}
    return body | ({"cancellation_fee": decimal(fact.fee, places)} if fact.fee else {})


def is_canceled(row: OrderRow) -> bool:
    """Whether nothing of it is valid any more. With a fee the server keeps it open for the fee alone."""
    return row.status is Status.CANCELED or all(one.canceled for one in row.positions)


def position_of(row: OrderRow, number: int) -> PositionRow | None:
    """A position by its number."""
    return next((one for one in row.positions if one.positionid == number), None)


OF_TICKET: Mapping[str, str] = {"name": "attendee_name", "company": "company", "email": "attendee_email"}
OF_ORDER: Mapping[str, str] = {"email": "email", "phone": "phone"}


def edits(
    row: OrderRow | PositionRow, fields: Mapping[str, str], private: Private
) -> tuple[dict[str, str | None], str]:
    """What is still to be changed, in the server's words; or why it must not be."""
    body: dict[str, str | None] = {}
    for field, change in private.changes.items():
        if field not in fields:
            return {}, f"pretix knows no field {field} to edit."
        held = getattr(row, fields[field]) or ""
        if held == change.after:
            continue
        if held != change.before:
            return {}, f"Somebody else has changed {field} in the meantime: it says {held or 'nothing'}."
        body[fields[field]] = change.after
    return body, ""


def exchange(row: OrderRow, fact: Exchanged, places: int) -> tuple[list[dict[str, Any]], str]:
    """What is still to be changed of which positions, in the server's words; or why it must not be."""
    bodies: list[dict[str, Any]] = []
    for swap in fact.swaps:
        held = position_of(row, swap.position)
        if held is None or held.canceled:
            return [], f"pretix knows no valid position {swap.position} of {fact.order}."
        now = (held.item, held.variation, held.subevent, held.price or Decimal(0))
        if now == (swap.item, swap.variation, swap.subevent, amount_of(swap.price, places)):
            continue
        if now != (swap.was_item, swap.was_variation, swap.was_subevent, amount_of(swap.was_price, places)):
            return [], f"Somebody else has changed ticket {fact.order}-{swap.position} in the meantime."
        body: dict[str, Any] = {
            "item": swap.item,
            "variation": swap.variation,
            "price": decimal(swap.price, places),
        }
        if swap.subevent is not None:
            body["subevent"] = swap.subevent
        bodies.append({"position": held.id, "body": body})
    return bodies, ""


def extension(
    row: OrderRow, fact: Extended, private: Private, places: int, catalog: Catalog | None = None
) -> tuple[list[dict[str, Any]], str]:
    """Positions that are still to be made, in the server's words; or why they must not be.

    The server numbers them itself, so they have to be the next ones; and it makes secrets of its own.
    """
    bodies: list[dict[str, Any]] = []
    following = max((one.positionid for one in row.positions), default=0) + 1
    for line in fact.lines:
        held = position_of(row, line.number)
        if held is not None:
            if (held.item, held.subevent) == (line.item, line.subevent):
                continue
            return [], f"pretix has another position {line.number} of {fact.order} already."
        if line.number != following + len(bodies):
            return [], f"pretix has other positions of {fact.order} than this station knew of."
        body = _line(line, private.guests.get(str(line.number), Guest()), places, catalog, with_vouchers=False)
        bodies.append({name: value for name, value in body.items() if name not in ("positionid", "secret")})
    return bodies, ""
