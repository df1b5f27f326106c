"""What was bought: orders, their positions, and the secrets that open doors.

An order belongs to the server. A position is one ticket (or add-on) in it; `number` counts from 1
within the order and is what people print and say, never a database id. Prices are minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class Status(StrEnum):
    """The state of an order, in the server's letters."""

    PENDING = "n"
    PAID = "p"
    EXPIRED = "e"
    CANCELED = "c"


class Position(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One ticket or add-on of an order."""

    number: int
    item: int
    variation: int | None = None
    price: int = 0
    secret: str = ""
    name: str = ""
    company: str = ""
    email: str = ""
    subevent: int | None = None
    addon_to: int | None = None
    """The number of the position that this one is an add-on to."""
    seat: str | None = None
    canceled: bool = False
    blocked: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    answers: Mapping[str, str] = {}
    """Question id (as text) to answer; choices as comma-separated option ids."""
    server_id: int | None = None
    """The server's own id where it asks for it back."""
    voucher: str = ""
    """The code of the voucher with which it was bought, where the server has to know; stations keep it elsewhere."""
    saved: int = 0


class PaymentState(StrEnum):
    """How far a payment or a refund has come, in the server's words."""

    CREATED = "created"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELED = "canceled"
    FAILED = "failed"
    REFUNDED = "refunded"
    TRANSIT = "transit"
    EXTERNAL = "external"
    DONE = "done"


class Payment(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Money for an order, minor units. `operation` names the act of the station that took it, if one did."""

    id: str
    amount: int
    state: PaymentState = PaymentState.CREATED
    tender: str = ""
    """How it is paid, in the server's word: `boxoffice`, `manual`, `banktransfer`, or ours: `cash`, `card`."""
    at: datetime | None = None
    operation: str = ""
    receipt: str = ""
    """The number of the station's receipt on which it stands; empty for one that no till has written."""


class Refund(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Money given back, minor units; `payment` is the id of the one that it undoes."""

    id: str
    amount: int
    state: PaymentState = PaymentState.CREATED
    tender: str = ""
    payment: str = ""
    at: datetime | None = None
    operation: str = ""


class Fee(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something on the bill that is no ticket: shipping, a fee for cancelling. Minor units."""

    kind: str
    amount: int
    description: str = ""


class Order(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An order with its positions. A position that is missing from a newer version was cancelled."""

    event: str
    code: str
    status: Status = Status.PENDING
    email: str = ""
    phone: str = ""
    locale: str = "en"
    placed_at: datetime | None = None
    expires_at: datetime | None = None
    total: int = 0
    require_approval: bool = False
    valid_if_pending: bool = False
    checkin_attention: bool = False
    checkin_text: str | None = None
    customer: str = ""
    """The buyer's name."""
    positions: tuple[Position, ...] = ()
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    fees: tuple[Fee, ...] = ()

    @property
    def clear(self) -> bool:
        """Whether a door need know no more of it: it is paid, and has nothing to say to whoever scans."""
        return self.status is Status.PAID and not self.checkin_attention and not self.checkin_text

    @property
    def paid(self) -> int:
        """What was paid and not given back, minor units."""
        kept = sum(one.amount for one in self.payments if one.state in _PAID)
        return kept - sum(one.amount for one in self.refunds if one.state in _GIVEN_BACK)


_PAID = (PaymentState.CONFIRMED, PaymentState.REFUNDED)
_GIVEN_BACK = (PaymentState.DONE, PaymentState.TRANSIT, PaymentState.CREATED)


class Ticket(msgspec.Struct, frozen=True):
    """A position together with the order it stands in: what one scan is about."""

    order: Order
    """Without its positions where only one ticket was asked for; of a clear one, a door is told no more than that."""
    position: Position

    @property
    def event(self) -> str:
        """The slug of the event that the ticket belongs to."""
        return self.order.event

    @property
    def key(self) -> str:
        """The name under which check-ins of this ticket are kept: `CODE-number`."""
        return ticket_key(self.order.code, self.position.number)


def ticket_key(code: str, number: int) -> str:
    """The name of a ticket within its event, as printed on badges and kept with check-ins."""
    return f"{code}-{number}"


class Medium(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A wristband or card that stands for tickets (`CODE-number`) of one event."""

    identifier: str
    event: str
    type: str = "barcode"
    active: bool = True
    expires: datetime | None = None
    tickets: tuple[str, ...] = ()


class MediumKeys(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A set of keys with which a reader proves to chips of one kind that it belongs to the organiser."""

    id: int
    organizer: str = ""
    type: str = ""
    active: bool = True
    uid_key: bytes
    diversification_key: bytes


class Blocked(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A secret that must not open a door for now; `blocked` false lifts it again."""

    event: str
    secret: str
    blocked: bool = True


class Revoked(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A secret that was valid once and never will be again."""

    event: str
    secret: str
