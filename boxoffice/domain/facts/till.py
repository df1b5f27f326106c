"""Facts of the books: receipts, drawers and shifts, cards and gift cards, and carts that were put by."""

from __future__ import annotations

from .written import Written


class Receipted(Written, tag="receipt", frozen=True):
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


class GiftCardMoved(Written, tag="gift_card", frozen=True):
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


class ShiftOpened(Written, tag="shift_opened", frozen=True):
    """A drawer was opened for selling, with so much cash in it. The operation id names the shift for good."""

    currency: str
    amount: int = 0


class CashMoved(Written, tag="cash_moved", frozen=True):
    """Cash went into the drawer or out of it other than by a sale, or the drawer was opened for nothing."""

    shift: str
    number: int
    movement: str
    amount: int = 0
    """Minor units; what goes out of the drawer is negative."""


class DrawerOpened(Written, tag="drawer", frozen=True):
    """The cash drawer was told to open."""

    reason: str = ""
    receipt: str = ""
    """The sale that it was opened for."""
    unsure: bool = False
    """The printer took the order and was not heard of again."""


class DrawerCounted(Written, tag="counted", frozen=True):
    """A drawer was counted. Each count is told, so that nobody counts until it fits."""

    shift: str
    number: int
    """The first, second... count of the shift."""
    amount: int


class ShiftClosed(Written, tag="shift_closed", frozen=True):
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


class CardPaid(Written, tag="card", frozen=True):
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


class CardDayClosed(Written, tag="card_day", frozen=True):
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


class CartHeld(Written, tag="cart_held", frozen=True):
    """A cart was put by, for any till of the event to take up; what lies in it is private."""

    cart: str


class CartLetGo(Written, tag="cart_let_go", frozen=True):
    """A cart that was put by is not to be had any more: its own till goes on with it, or dropped it."""

    cart: str


BookFact = Receipted | ShiftOpened | CashMoved | DrawerCounted | ShiftClosed | CardPaid | CardDayClosed
"""What the books are made of."""
