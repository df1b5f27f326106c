"""What a station did, as values that are written down once and never changed.

A fact's body goes into the journal's chain and to the server. It names tickets as people do
(`CODE-number`), never by a database id, and holds integers and texts only. What is personal (the code
as read, answers, notes) stands in `Private`, apart, so that it can be destroyed while the chain holds.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .passages import Direction
from .verdicts import Reason


class Guest(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Whose ticket it is, and the secret that opens the door."""

    secret: str = ""
    name: str = ""
    company: str = ""
    email: str = ""
    answers: Mapping[str, str] = {}
    role: str = ""
    """What the holder has shown to be, where the ticket is for some people only."""
    name_parts: Mapping[str, str] = {}
    """The parts of the name, where they are asked one by one."""


class Change(msgspec.Struct, frozen=True):
    """What a field said, and what it says now. The first half shows whether somebody else was there in between."""

    before: str
    after: str


class Private(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The personal part of a fact. Only its salted HMAC stands in the chain."""

    text: str = ""
    """The code as it was read."""
    answers: Mapping[str, str] = {}
    note: str = ""
    guests: Mapping[str, Guest] = {}
    """Of a sale: who goes with each position, by its number (as text)."""
    email: str = ""
    phone: str = ""
    """Of a sale: how to reach the buyer."""
    changes: Mapping[str, Change] = {}
    """Of an edit: `name`, `company` and `email` of a ticket, `email` and `phone` of an order."""
    asked: str = ""
    permitted: str = ""
    """Names of who wanted to do something guarded, and who stood by it."""
    operator: str = ""
    """Of a receipt: who served. Of a scan, or of a settled conflict: who was signed in."""
    cart: str = ""
    """Of a cart that was put by: all of it, for the till that takes it up."""
    pictures: Mapping[str, bytes] = {}
    """Of a design: what is to be seen on it, by the names that it has for them; of a photo: it."""
    person: str = ""
    """Of a change of people: what they are called, for the other stations."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing personal to keep."""
        return self == _NOTHING


_NOTHING = Private()


class _Fact(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag_field="kind"):
    event: str
    at: int
    """When it happened by the station's clock: microseconds since 1970 in UTC."""
    station: str = ""
    """The name of the station that did it, where another one hands it on."""


class Admitted(_Fact, tag="admitted", frozen=True):
    """Somebody passed a door. The operation id is the scan's nonce."""

    list: int
    ticket: str
    """`CODE-number`, or `sig:` and a digest for a signed ticket that the replica does not hold."""
    direction: Direction = Direction.ENTRY
    gate: str = ""
    source: str = ""
    forced: bool = False
    """A check would have said no; somebody with permission said yes."""
    unaware: bool = False
    """Forced for another reason than an earlier entry, which nobody there knew of."""
    accepted_unpaid: bool = False
    ended: tuple[int, ...] = ()
    """Other lists of the event on which this entry ended the stay."""


class RefusedEntry(_Fact, tag="refused", frozen=True):
    """Somebody was turned away."""

    list: int
    reason: Reason
    ticket: str = ""
    """Empty if the code belongs to no ticket."""
    direction: Direction = Direction.ENTRY
    gate: str = ""
    source: str = ""
    explanation: str = ""


class Undone(_Fact, tag="undone", frozen=True):
    """A passage was taken back; why, in a person's words, is private."""

    list: int
    ticket: str
    nonce: str
    """The scan that is taken back."""


class HandedOut(_Fact, tag="handed_out", frozen=True):
    """Things were given to the holder of a ticket: badge colour, T-shirt, lunch."""

    ticket: str
    what: tuple[str, ...]


class Settled(_Fact, tag="settled", frozen=True):
    """A person decided what to make of a conflict."""

    conflict: str
    action: str
    """`accept`, `annul` or `escalate`."""
    ticket: str = ""
    nonce: str = ""
    """With `annul`: the scan that no longer counts."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One position of a sale; `price` in minor units, `addon_to` the number of the position before it."""

    number: int
    item: int
    variation: int | None = None
    price: int = 0
    addon_to: int | None = None
    subevent: int | None = None
    voucher: str = ""
    """The code of the voucher with which it was bought, and what that took off."""
    saved: int = 0


class Sold(_Fact, tag="sold", frozen=True):
    """An order came into being here, with a code and secrets of our own. Paying it is another act."""

    order: str
    lines: tuple[Line, ...]
    total: int
    locale: str = "en"


class Paid(_Fact, tag="paid", frozen=True):
    """Money was taken for an order: one act a tender. Its operation id names the payment for good."""

    order: str
    amount: int
    tender: str
    """`cash`, `card` or whatever else the till knows."""
    receipt: str = ""
    awaited: bool = False
    """It was promised only: the payment waits to be confirmed."""
    confirms: str = ""
    """The promise that it fulfils: the operation of that one."""
    withdraws: tuple[str, ...] = ()
    """The promises in whose place it came: nobody waits for those any more."""


class Refunded(_Fact, tag="refunded", frozen=True):
    """Money was given back."""

    order: str
    amount: int
    tender: str
    payment: str = ""
    """The payment that it undoes: the operation that took it, or the server's id."""
    receipt: str = ""
    reopens: bool = False
    """The money never came: what is missing of the order is open again."""


class Canceled(_Fact, tag="canceled", frozen=True):
    """An order was cancelled, or only some of its positions; a fee may be kept."""

    order: str
    positions: tuple[int, ...] = ()
    """Their numbers; none is the whole order."""
    fee: int = 0


class Reactivated(_Fact, tag="reactivated", frozen=True):
    """A cancelled order is valid again."""

    order: str


class Withdrawn(_Fact, tag="withdrawn", frozen=True):
    """Nobody waits any more for money that was to come: what it was for was taken back."""

    order: str
    promises: tuple[str, ...]
    """The operations that promised it."""


class Edited(_Fact, tag="edited", frozen=True):
    """Something about an order (`position` 0) or one of its tickets was put right; what, is private."""

    order: str
    position: int = 0
    item: int | None = None
    """The ticket is one for another item now."""
    variation: int | None = None


class Swap(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one position was, and what it is now; prices in minor units. The first half shows whether it still was."""

    position: int
    item: int
    variation: int | None = None
    subevent: int | None = None
    price: int = 0
    was_item: int
    was_variation: int | None = None
    was_subevent: int | None = None
    was_price: int = 0
    again: bool = False
    """This station had made it another one before, and elsewhere it was made again what it had been."""

    @property
    def found(self) -> tuple[int, int | None, int | None, int]:
        """What the position was."""
        return self.was_item, self.was_variation, self.was_subevent, self.was_price

    @property
    def made(self) -> tuple[int, int | None, int | None, int]:
        """What it is now."""
        return self.item, self.variation, self.subevent, self.price


class Exchanged(_Fact, tag="exchanged", frozen=True):
    """Tickets became tickets of another type, for another date, or at another price. The money is another act."""

    order: str
    swaps: tuple[Swap, ...]


class Extended(_Fact, tag="extended", frozen=True):
    """More tickets were bought into an order, as with a pass. Whose they are is private, and paying another act."""

    order: str
    lines: tuple[Line, ...]


class Printed(_Fact, tag="printed", frozen=True):
    """Paper came out for a ticket, or a copy of something else."""

    ticket: str = ""
    what: str = "badge"
    document: str = ""
    """The number of the receipt or report that it is a copy of."""
    copy: int = 0
    reason: str = ""


class DrawerOpened(_Fact, tag="drawer", frozen=True):
    """The cash drawer was told to open."""

    reason: str = ""
    receipt: str = ""
    """The sale that it was opened for."""
    unsure: bool = False
    """The printer took the order and was not heard of again."""


class Receipted(_Fact, tag="receipt", frozen=True):
    """A receipt, or a slip about money that went back, was given out: the figures that the books are made of."""

    number: int
    """Dense by station; those of training are numbered apart."""
    shift: str
    total: int
    currency: str
    rounding: int = 0
    taxes: tuple[tuple[int, int, int], ...] = ()
    """Rate in basis points, base, tax."""
    tenders: tuple[tuple[str, int], ...] = ()
    order: str = ""
    corrects: int = 0
    """The number of the receipt that it is about."""
    training: bool = False
    what: str = ""
    """`return`, `void` or `correction`; empty for a sale."""
    items: tuple[tuple[str, int, int], ...] = ()
    """Item, how many, and what they came to with tax."""
    categories: tuple[tuple[str, int, int], ...] = ()
    walk_ins: tuple[int, int] = (0, 0)
    loaded: int = 0
    """What of the total was put on gift cards: in no tax group, and no revenue."""


class GiftCardMoved(_Fact, tag="gift_card", frozen=True):
    """What is on a gift card became more, or less.

    Its number is private; by `card` two acts are known to be about the same one. They do not wait for each other:
    what tops a card up must not stand behind what was refused because there was too little on it.
    """

    card: str
    amount: int
    """Minor units; negative where it paid for something."""
    currency: str
    why: str
    receipt: str = ""
    order: str = ""
    new: bool = False
    """Nobody has had this card before, as far as the station knows: it comes into being by this."""


class ShiftOpened(_Fact, tag="shift_opened", frozen=True):
    """A drawer was opened for selling, with so much cash in it. The operation id names the shift for good."""

    currency: str
    amount: int = 0


class CashMoved(_Fact, tag="cash_moved", frozen=True):
    """Cash went into the drawer or out of it other than by a sale, or the drawer was opened for nothing."""

    shift: str
    number: int
    movement: str
    amount: int = 0
    """Minor units; what goes out of the drawer is negative."""


class DrawerCounted(_Fact, tag="counted", frozen=True):
    """A drawer was counted. Each count is told, so that nobody counts until it fits."""

    shift: str
    number: int
    """The first, second... count of the shift."""
    amount: int


class ShiftClosed(_Fact, tag="shift_closed", frozen=True):
    """A shift was counted and closed with a Z report."""

    shift: str
    number: int
    """Of the Z; dense by station."""
    sales: int
    returns: int
    """Negative."""
    expected: int
    counted: int
    all_sales: int
    """Of all Z reports of this station, this one included; never goes back."""
    all_returns: int
    in_doubt: tuple[str, ...] = ()
    """Card payments of unknown outcome that are carried into the next period."""


class CardPaid(_Fact, tag="card", frozen=True):
    """What became of one payment by card at a terminal, or of taking it back. Paying an order is another act."""

    attempt: str
    operation: str
    """The sale, payment or refund that it was for."""
    terminal: str
    outcome: str
    amount: int
    """Minor units; negative where money goes back to the card."""
    currency: str
    terminal_id: str = ""
    receipt: int = 0
    """The terminal's own number of it."""
    trace: int = 0
    by_hand: bool = False
    """A person said so, and not the terminal."""


class CardDayClosed(_Fact, tag="card_day", frozen=True):
    """A terminal has closed its day: what it says it has turned over, and what was written down here."""

    terminal: str
    currency: str
    ours: int
    """Minor units; what went back to cards is taken off."""
    ours_number: int
    amount: int | None = None
    """As the terminal says; None where it does not."""
    number: int | None = None
    shift: str = ""


class Permitted(_Fact, tag="permitted", frozen=True):
    """Somebody with a PIN stood by something guarded. Names and the reason are private."""

    act: str
    by: str
    """The id of who stood by it."""
    about: str = ""
    """The order, ticket, shift or sale that it was about."""
    asked: str = ""
    """The id of who was signed in; empty for nobody."""


class StaffChanged(_Fact, tag="staff", frozen=True):
    """An operator came, left, signed in, has another role or PIN, or typed wrong PINs until there was a wait."""

    operator: str
    what: str
    """`added`, `role`, `pin`, `left`, `signed_in`, `signed_out` or `blocked`."""
    role: str = ""
    by: str = ""
    """The id of who did it, where it was another one."""


class CartHeld(_Fact, tag="cart_held", frozen=True):
    """A cart was put by, for any till of the event to take up; what lies in it is private."""

    cart: str


class CartLetGo(_Fact, tag="cart_let_go", frozen=True):
    """A cart that was put by is not to be had any more: its own till goes on with it, or dropped it."""

    cart: str


class Designed(_Fact, tag="designed", frozen=True):
    """The words on papers, or the badge of an item, look different now; pictures are private."""

    design: str
    """Which one."""
    body: str = ""
    """All of it, written down; empty where it was taken back."""


class Photographed(_Fact, tag="photographed", frozen=True):
    """The holder of a ticket has another photo; without the private part, none any more."""

    ticket: str


OrderFact = Sold | Paid | Refunded | Withdrawn | Canceled | Reactivated | Edited | Exchanged | Extended
"""Facts about an order. They stand behind each other and before what happens to its tickets."""

Fact = (
    Admitted
    | RefusedEntry
    | Undone
    | HandedOut
    | Settled
    | Sold
    | Paid
    | Refunded
    | Withdrawn
    | Canceled
    | Reactivated
    | Edited
    | Exchanged
    | Extended
    | Printed
    | Receipted
    | ShiftOpened
    | CashMoved
    | ShiftClosed
    | DrawerOpened
    | CardPaid
    | CardDayClosed
    | DrawerCounted
    | Permitted
    | StaffChanged
    | GiftCardMoved
    | CartHeld
    | CartLetGo
    | Designed
    | Photographed
)

TillFact = (
    Receipted
    | ShiftOpened
    | CashMoved
    | DrawerCounted
    | ShiftClosed
    | CardPaid
    | CardDayClosed
    | Permitted
    | StaffChanged
)
"""Facts of the books: a server keeps them, and nothing follows from them there."""


def kind_of(fact: Fact) -> str:
    """The fact's name in the journal and on the wire."""
    return str(fact.__struct_config__.tag)


def subject_of(fact: Fact) -> str:
    """What the order of sending is kept for: facts about one ticket, or one order, go out in sequence."""
    if ticket := getattr(fact, "ticket", ""):
        return f"{fact.event}/{ticket}"
    if isinstance(fact, OrderFact):
        return f"{fact.event}/{fact.order}"
    if isinstance(fact, CartHeld | CartLetGo):
        return f"{fact.event}/cart:{fact.cart.replace('-', '')}"  # No dash: that would make it a ticket.
    if isinstance(fact, Designed):
        return f"{fact.event}/design:{fact.design.replace('-', '')}"
    return ""


def order_of(subject: str) -> str:
    """The order that a ticket's subject belongs to: what its facts wait for. Empty for anything but a ticket's."""
    order, dash, number = subject.rpartition("-")
    return order if dash and number.isdecimal() and "/" in order else ""
