"""pretix's words for what was bought and who passed a door, read into our nouns.

Tickets are called `CODE-number` here; the server's own ids stay beside them, because it asks for them back.
A check-in of the server's carries no nonce: it is called by the server's id, and known again as our own by
device, list and moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.orders import (
    Blocked,
    Fee,
    Medium,
    Order,
    Payment,
    PaymentState,
    Position,
    Refund,
    Revoked,
    Status,
    ticket_key,
)
from boxoffice.domain.passages import Direction
from boxoffice.domain.printing import Printout

from .pretix import money, name_of

ANNULLED = "annulled"
MARK = "boxoffice:"
"""Stands before an act's operation id in texts that the server keeps for us."""
_NAME = "pretix:"


class _AnswerRow(msgspec.Struct):
    question: int
    answer: str = ""
    options: list[int] = []

    def kept(self) -> str:
        """In the form in which our rules keep it."""
        if self.options:
            return ",".join(str(option) for option in self.options)
        return {"True": "true", "False": "false"}.get(self.answer, self.answer)


class _SeatRow(msgspec.Struct):
    name: str = ""


class PassageRow(msgspec.Struct):
    """A check-in as it stands beside its position, or in the history of all."""

    id: int
    at: datetime = msgspec.field(name="datetime")
    gate_list: int = msgspec.field(name="list")
    type: Direction = Direction.ENTRY
    auto_checked_in: bool = False
    gate: int | None = None
    device_id: int | None = None
    position: int | None = None
    created: datetime | None = None
    successful: bool = True
    error_reason: str | None = None

    @property
    def counts(self) -> bool:
        """Whether somebody passed, or did before it was taken back; a refusal is nobody else's business."""
        return self.successful or self.error_reason == ANNULLED

    def noun(self, event: str, ticket: str, organizer: str, gates: Mapping[int, str]) -> CheckIn:
        """As our noun.

        The server names devices and gates by numbers, and lets no device ask what another one or its gate is called.
        A device only hears the name of the gate where it stands itself. So another one is called by its gate where it
        has one, else by its number.
        """
        if self.at.tzinfo is None:
            raise ValueError("a check-in has no zone")
        gate = "" if self.gate is None else gates.get(self.gate, f"Gate {self.gate}")
        device = "" if self.device_id is None else gate or f"Device {self.device_id}"
        return CheckIn(
            event=event,
            list=self.gate_list,
            ticket=ticket,
            direction=self.type,
            at=self.at,
            nonce=passage_name(self.id),
            gate=gate,
            device=device,
            device_id=name_of(organizer, self.device_id),
            annulled=not self.successful,
            auto=self.auto_checked_in,
        )


def passage_name(checkin: int) -> str:
    """The name of a check-in for which the server hands out no nonce."""
    return f"{_NAME}{checkin}"


def is_passage_name(nonce: str) -> bool:
    """Whether a check-in has no name but the server's."""
    return nonce.startswith(_NAME)


class PrintRow(msgspec.Struct):
    """Something that was printed for a position. Writing it does not move the order's date: it comes with the next
    change of the order.
    """  # fmt: skip

    id: int
    at: datetime = msgspec.field(name="datetime")
    type: str = "badge"
    successful: bool = True
    device_id: int | None = None

    def noun(self, event: str, ticket: str, organizer: str) -> Printout:
        """As our noun; the server names devices by numbers."""
        if self.at.tzinfo is None:
            raise ValueError("a print has no zone")
        return Printout(
            event=event,
            ticket=ticket,
            what=self.type,
            at=self.at,
            device="" if self.device_id is None else f"Device {self.device_id}",
            device_id=name_of(organizer, self.device_id),
            operation=f"{_NAME}print:{self.id}",
        )


class PositionRow(msgspec.Struct):
    """One ticket or add-on."""

    id: int
    positionid: int
    item: int
    variation: int | None = None
    price: Decimal | None = None
    attendee_name: str | None = None
    attendee_email: str | None = None
    company: str | None = None
    secret: str = ""
    addon_to: int | None = None
    subevent: int | None = None
    seat: _SeatRow | None = None
    canceled: bool = False
    blocked: list[str] | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    answers: list[_AnswerRow] = []
    checkins: list[PassageRow] = []
    print_logs: list[PrintRow] = []
    order: str = ""

    def part(self, numbers: Mapping[int, int], places: int) -> Position:
        """As a position of our order."""
        return Position(
            number=self.positionid,
            item=self.item,
            variation=self.variation,
            price=money(self.price, places),
            secret=self.secret,
            name=self.attendee_name or "",
            company=self.company or "",
            email=self.attendee_email or "",
            subevent=self.subevent,
            addon_to=numbers.get(self.addon_to or 0),
            seat=self.seat.name if self.seat else None,
            canceled=self.canceled,
            blocked=bool(self.blocked),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            answers={str(one.question): one.kept() for one in self.answers},
            server_id=self.id,
        )


class PaymentRow(msgspec.Struct):
    """Money for an order. `details` shows what we put into it."""

    local_id: int
    state: PaymentState = PaymentState.CREATED
    amount: Decimal | None = None
    provider: str | None = None
    payment_date: datetime | None = None
    details: Any = None

    @property
    def operation(self) -> str:
        """The act of a station that it stands for; empty if it is none."""
        found = self.details.get("payment_data") if isinstance(self.details, dict) else None
        found = found.get("operation") if isinstance(found, dict) else None
        return found if isinstance(found, str) else ""

    @property
    def _tender(self) -> str:
        """How a station was paid, in its own word; else how the server calls it."""
        ours = self.details.get("payment_type") if isinstance(self.details, dict) and self.operation else None
        return ours if isinstance(ours, str) and ours else self.provider or ""

    def part(self, places: int) -> Payment:
        """As a payment of our order."""
        return Payment(
            id=str(self.local_id),
            amount=money(self.amount, places),
            state=self.state,
            tender=self._tender,
            at=self.payment_date,
            operation=self.operation,
            receipt=self._receipt,
        )

    @property
    def _receipt(self) -> str:
        found = self.details.get("receipt_id") if isinstance(self.details, dict) and self.operation else None
        return str(found) if found else ""


class RefundRow(msgspec.Struct):
    """Money given back. The comment ends with the act that it stands for."""

    local_id: int
    state: PaymentState = PaymentState.CREATED
    amount: Decimal | None = None
    payment: int | None = None
    provider: str | None = None
    execution_date: datetime | None = None
    comment: str | None = None

    @property
    def operation(self) -> str:
        """The act of a station that it stands for; empty if it is none."""
        _, mark, operation = (self.comment or "").rpartition(MARK)
        return operation.strip() if mark else ""

    def part(self, places: int) -> Refund:
        """As a refund of our order."""
        return Refund(
            id=str(self.local_id),
            amount=money(self.amount, places),
            state=self.state,
            tender=self.provider or "",
            payment="" if self.payment is None else str(self.payment),
            at=self.execution_date,
            operation=self.operation,
        )


class _FeeRow(msgspec.Struct):
    fee_type: str = ""
    value: Decimal | None = None
    description: str | None = None
    canceled: bool = False


class _AddressRow(msgspec.Struct):
    name: str | None = None
    company: str | None = None


class OrderRow(msgspec.Struct):
    """An order with all that belongs to it."""

    code: str
    status: Status = Status.PENDING
    testmode: bool = False
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    placed_at: datetime | None = msgspec.field(name="datetime", default=None)
    expires: datetime | None = None
    total: Decimal | None = None
    require_approval: bool = False
    valid_if_pending: bool = False
    checkin_attention: bool = False
    checkin_text: str | None = None
    invoice_address: _AddressRow | None = None
    positions: list[PositionRow] = []
    payments: list[PaymentRow] = []
    refunds: list[RefundRow] = []
    fees: list[_FeeRow] = []
    api_meta: Any = None

    def noun(self, event: str, places: int) -> Order:
        """As our noun."""
        numbers = {one.id: one.positionid for one in self.positions}
        address = self.invoice_address
        return Order(
            event=event,
            code=self.code,
            status=self.status,
            email=self.email or "",
            phone=self.phone or "",
            locale=self.locale or "en",
            placed_at=self.placed_at,
            expires_at=self.expires,
            total=money(self.total, places),
            require_approval=self.require_approval,
            valid_if_pending=self.valid_if_pending,
            checkin_attention=self.checkin_attention,
            checkin_text=self.checkin_text or None,
            customer=(address.name or address.company or "") if address else "",
            positions=tuple(one.part(numbers, places) for one in self.positions),
            payments=tuple(one.part(places) for one in self.payments),
            refunds=tuple(one.part(places) for one in self.refunds),
            fees=tuple(
                Fee(kind=one.fee_type, amount=money(one.value, places), description=one.description or "")
                for one in self.fees
                if not one.canceled
            ),
        )

    def passages(self, event: str, organizer: str, gates: Mapping[int, str]) -> Iterator[CheckIn]:
        """The check-ins of all its positions."""
        for position in self.positions:
            for one in position.checkins:
                yield one.noun(event, ticket_key(self.code, position.positionid), organizer, gates)

    def printouts(self, event: str, organizer: str) -> Iterator[Printout]:
        """What came out on paper for any of its positions."""
        for position in self.positions:
            for one in position.print_logs:
                if one.successful:
                    yield one.noun(event, ticket_key(self.code, position.positionid), organizer)


class BlockedRow(msgspec.Struct):
    """A secret that must not open a door for now."""

    secret: str
    blocked: bool = True
    updated: datetime | None = None

    def noun(self, event: str, _places: int) -> Blocked:
        """As our noun."""
        return Blocked(event=event, secret=self.secret, blocked=self.blocked)


class RevokedRow(msgspec.Struct):
    """A secret that was valid once."""

    secret: str
    created: datetime | None = None

    def noun(self, event: str, _places: int) -> Revoked:
        """As our noun."""
        return Revoked(event=event, secret=self.secret)


class KeySetRow(msgspec.Struct):
    """Keys to chips, each sealed for one device."""

    public_id: int
    organizer: str = ""
    active: bool = True
    media_type: str = ""
    uid_key: str = ""
    diversification_key: str = ""


class MediumRow(msgspec.Struct):
    """A wristband or card. Its tickets are named by the server's ids, and may be of any event."""

    identifier: str
    type: str = "barcode"
    active: bool = True
    expires: datetime | None = None
    linked_orderposition: int | None = None
    linked_orderpositions: list[int] = []

    @property
    def linked(self) -> list[int]:
        """Ids of the positions that it stands for."""
        if self.linked_orderpositions or self.linked_orderposition is None:
            return self.linked_orderpositions
        return [self.linked_orderposition]

    def noun(self, event: str, tickets: tuple[str, ...]) -> Medium:
        """As our noun of one event."""
        return Medium(
            identifier=self.identifier,
            event=event,
            type=self.type,
            active=self.active,
            expires=self.expires,
            tickets=tickets,
        )
