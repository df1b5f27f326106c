"""What can come out on paper, as values: whole, and in no layout yet.

A document is written once, in the transaction of what it tells of, and holds everything that stands on it, so
that it prints the same a year later and on another printer. How it looks is decided where it is laid out; which
bytes it becomes, by the printer that is plugged in then. Amounts are minor units of the document's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from .badges import Template
from .passes import Left


class Letterhead(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Who gives the document out, and what an event wants above and below everything."""

    event: str = ""
    """The event's name in the document's language."""
    organiser: str = ""
    address: tuple[str, ...] = ()
    tax_id: str = ""
    logo: str = ""
    """The digest under which the store keeps the picture; empty for none."""
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


class _Document(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag_field="kind"):
    at: datetime
    """When what it tells of happened; UTC."""
    timezone: str = "UTC"
    """The event's, for the times that people read."""
    locale: str = "en"
    letterhead: Letterhead = Letterhead()
    station: str = ""
    operator: str = ""
    """Who served: as printed."""
    training: bool = False


class BillLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of a bill. `amount` is `quantity` times `each`, and negative where money goes back."""

    text: str
    quantity: int = 1
    each: int = 0
    amount: int = 0
    tax: str = ""
    """The letter of its tax group."""
    notes: tuple[str, ...] = ()
    """Below it: variation, date, whose ticket it is, a discount's name, the text of its ticket type."""
    part: bool = False
    """It belongs to the line before it: an add-on, a discount."""
    left: Left | None = None
    """Of a pass: what each of them is good for."""


class TaxGroup(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one tax rate makes of a bill: `base + tax = gross`. The rate is in basis points."""

    letter: str
    rate: int
    base: int
    tax: int
    gross: int
    name: str = ""
    """As reports count it, whatever language the paper speaks."""
    called: str = ""
    """What it is called in the document's language; empty where that is its name."""
    outside: bool = False
    """No tax rate at all: what was put on gift cards, which is taxed when it is spent."""


class Tendered(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One way in which it was paid. `amount` is what counts; `given` what was handed over, `change` what came back."""

    tender: str
    """`cash`, `card`, `voucher`…: the word of the till."""
    amount: int
    given: int = 0
    change: int = 0
    rounding: int = 0
    """What `amount` has more than was owed, because there are no coins for it."""
    details: tuple[str, ...] = ()
    """The terminal's text for the customer, a reference, what is left on a gift card."""

    @property
    def covers(self) -> int:
        """What of the bill it pays; also where that is too little for any coin, and nothing changed hands."""
        return self.amount - self.rounding


class Receipt(_Document, tag="receipt", frozen=True):
    """A sale, or with negative amounts money that was given back: then `corrects` names the receipt it is about."""

    number: str
    currency: str
    lines: tuple[BillLine, ...]
    total: int
    tenders: tuple[Tendered, ...] = ()
    taxes: tuple[TaxGroup, ...] = ()
    rounding: int = 0
    """Of cash; `total + rounding` is what the tenders sum up to."""
    orders: tuple[str, ...] = ()
    corrects: str = ""
    correction: bool = False
    """It says how another receipt was paid in truth: nothing was sold or given back by it."""
    void: bool = False
    """It takes back a whole sale of the same shift."""
    exchange: bool = False
    """Tickets became others by it: its lines are what each was, below zero, and what it is now, in turn."""
    reason: str = ""
    code: str = ""
    """What the code at its end says; empty for none."""


class Movement(StrEnum):
    """Why the drawer was opened without a sale."""

    FLOAT = "float"
    PAY_IN = "pay_in"
    PAY_OUT = "pay_out"
    DROP = "drop"
    NO_SALE = "no_sale"


class CashSlip(_Document, tag="cash", frozen=True):
    """Cash that went into the drawer or out of it other than by a sale, for two people to sign."""

    number: str
    """Dense; empty for a float, which is no movement."""
    movement: Movement
    currency: str
    amount: int = 0
    reason: str = ""
    counted: tuple[tuple[int, int], ...] = ()
    """Denomination and how many of it, where it was counted."""


class Row(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One row of a report; None where the row has no such column."""

    label: str
    """An English phrase that has a translation, or a name from the event."""
    count: int | None = None
    amount: int | None = None
    text: str = ""
    """In place of figures, or behind the label: a period, a number, a hash, a rate."""
    at: datetime | None = None
    """A moment, in place of figures."""
    strong: bool = False


class Section(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Rows of a report that belong together under a title (an English phrase that has a translation)."""

    title: str
    rows: tuple[Row, ...]


class Report(_Document, tag="report", frozen=True):
    """The figures of a shift: an X without a number, or the Z that closed it. One with a title is about more."""

    currency: str
    title: str = ""
    """An English phrase that has a translation; empty for X and Z."""
    number: int | None = None
    """Of the Z; None for an X."""
    since: datetime | None = None
    until: datetime | None = None
    sections: tuple[Section, ...] = ()


class Badge(_Document, tag="badge", frozen=True):
    """What somebody wears around the neck. The template is part of it: a reprint looks the same."""

    ticket: str
    """`CODE-number`."""
    template: Template
    fields: Mapping[str, str] = {}
    """By the names of `badges.FIELDS`; answers as `question:ID`."""
    photo: str = ""
    """The digest under which the store keeps the picture; empty for none."""


class TicketSlip(_Document, tag="ticket", frozen=True):
    """A ticket on roll paper or A4, with the code that opens the door."""

    ticket: str
    code: str
    """What the QR says."""
    item: str
    variation: str = ""
    name: str = ""
    company: str = ""
    begins: datetime | None = None
    admission: datetime | None = None
    date: str = ""
    """The name of the date, in a series."""
    seat: str = ""
    price: int | None = None
    currency: str = "EUR"
    parts: tuple[str, ...] = ()
    """The add-ons that go with it."""
    texts: tuple[str, ...] = ()
    """Of its ticket type."""
    left: Left | None = None
    """Of a pass: what it was still good for when this was printed."""


class OrderSummary(_Document, tag="order", frozen=True):
    """An order on one sheet: what was bought, for whom, what is paid and what is still open."""

    order: str
    state: str
    """An English phrase that has a translation."""
    currency: str
    lines: tuple[BillLine, ...]
    total: int
    paid: int = 0
    buyer: tuple[str, ...] = ()
    """Name, e-mail, phone: what is known."""
    code: str = ""


class Voucher(_Document, tag="voucher", frozen=True):
    """A gift card or voucher: its code, and what it is worth."""

    code: str
    title: str
    """An English phrase that has a translation."""
    mode: str = ""
    """What `value` does to a price, in the word of `vouchers.Mode`; empty where it is what lies on a gift card."""
    value: int | None = None
    """Minor units; basis points of a percentage."""
    currency: str = "EUR"
    uses: int = 1
    valid_until: datetime | None = None
    texts: tuple[str, ...] = ()
    """What it is for, where it is not for everything."""


class TestPage(_Document, tag="test", frozen=True):
    """What shows a printer's width, letters, codes, knife and drawer."""

    __test__ = False  # pytest: a page, not a test
    printer: str = ""
    drawer: bool = False


Document = Receipt | CashSlip | Report | Badge | TicketSlip | OrderSummary | Voucher | TestPage

KINDS: dict[str, type[Document]] = {
    str(one.__struct_config__.tag): one
    for one in (Receipt, CashSlip, Report, Badge, TicketSlip, OrderSummary, Voucher, TestPage)
}


class Copy(msgspec.Struct, frozen=True):
    """The mark of every print but the first."""

    number: int
    """1 for the first copy."""
    at: datetime
    operator: str = ""
    reason: str = ""


def kind_of(document: Document) -> str:
    """The document's word in the queue and on the command line."""
    return str(document.__struct_config__.tag)
