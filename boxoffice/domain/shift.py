"""A shift at the till: receipts, movements of cash, what is still open, and the totals that never go back.

A `Day` is everything that a report is made of. It is reckoned from receipts and movements as they were written, so
that a report can be checked against them at any time. What stands on the report is said in `shift_report`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from .documents import Movement, Receipt
from .gift_cards import LOADS
from .tenders import Means


class Shift(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One drawer from its opening to its Z. Amounts are minor units."""

    id: str
    event: str
    currency: str
    operator: str = ""
    opened_at: datetime
    server_opened_at: datetime | None = None
    """By the server's clock, as far as the station knew it."""
    float: int = 0
    pieces: tuple[tuple[int, int], ...] = ()
    """The float as it was counted: denomination and number of pieces; empty where only its sum was said."""
    training: bool = False
    closed_at: datetime | None = None
    z: int | None = None


class Move(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Cash in or out of the drawer other than by a sale; out is negative."""

    number: int
    movement: Movement
    amount: int
    at: datetime
    operator: str = ""
    reason: str = ""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """One count of the drawer. Who counts again is seen to do so."""

    number: int
    at: datetime
    operator: str
    pieces: tuple[tuple[int, int], ...]

    @property
    def amount(self) -> int:
        """What it comes to."""
        return worth(self.pieces)


class Booked(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A receipt as it stands in the books: the document, and what reports count."""

    number: int
    receipt: Receipt
    items: tuple[tuple[str, int, int], ...] = ()
    """Item by its name in the catalogue, how many, and what they came to with tax."""
    corrects: int = 0
    positions: tuple[tuple[int, int], ...] = ()
    """Positions of its order, with what this receipt says of their prices; negative where money went back."""
    categories: tuple[tuple[str, int, int], ...] = ()
    """The same as `items`, by category; an empty name for what is in none."""
    discounts: tuple[tuple[str, int, int], ...] = ()
    """What made something cheaper, for how many things, and by how much (negative)."""
    walk_ins: tuple[int, int] = (0, 0)
    """Tickets without a name or a way to reach the buyer: how many, and what they came to."""
    cards: tuple[tuple[str, int], ...] = ()
    """What happened to gift cards: why (a word of `gift_cards.Why`), and by how much one became more or less."""

    @property
    def loaded(self) -> int:
        """What of the total was put on gift cards: no revenue, but owed to whoever holds them."""
        return sum(amount for why, amount in self.cards if why in LOADS)

    @property
    def revenue(self) -> int:
        """What was sold, or went back, with tax."""
        return self.receipt.total - self.loaded

    @property
    def change(self) -> int:
        """What was handed back of the cash that was given."""
        return sum(one.change for one in self.receipt.tenders)

    @property
    def correction(self) -> bool:
        """Whether it only says that another receipt was paid in another way, or another amount."""
        return self.receipt.correction

    @property
    def void(self) -> bool:
        """Whether a sale of this shift was taken back as a whole."""
        return self.receipt.void

    @property
    def is_return(self) -> bool:
        """Whether money went back for something."""
        return self.receipt.total < 0 and not self.correction and not self.is_cash_out

    @property
    def is_cash_out(self) -> bool:
        """Whether the holder of a gift card got in cash what was on it; nothing was sold or given back by it."""
        return self.loaded < 0 and not self.revenue

    @property
    def is_sale(self) -> bool:
        """Whether something was sold, or an order paid."""
        return self.receipt.total >= 0 and not self.correction

    @property
    def can_be_corrected(self) -> bool:
        """Whether a correction can be about it: a sale, or what was paid here for one of another till."""
        return self.is_sale or (self.correction and not self.corrects)


class Perpetual(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Totals of all Z reports of a station. They never go back."""

    sales: int = 0
    returns: int = 0
    """Negative."""

    @property
    def net(self) -> int:
        """Sales less returns."""
        return self.sales + self.returns


class Backlog(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the server does not have yet, and what nobody knows the outcome of."""

    unsent: int = 0
    parked: int = 0
    unknown: int = 0
    unprinted: int = 0
    strays: int = 0
    """Cards that were charged, and stand on no receipt."""
    cards: tuple[tuple[str, int], ...] = ()
    """Those of unknown outcome and those without a receipt, by name and amount."""


class TerminalSum(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on receipts by card at one terminal, beside what it says itself."""

    name: str
    count: int = 0
    amount: int = 0
    own: int | None = None
    """The sum of its end of day; None while it has not closed its day since."""


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A card payment that was in doubt at the Z before, and how it stands now."""

    name: str
    amount: int
    state: str


class Place(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Which machine says all this, and what time it was elsewhere."""

    device: str = ""
    software: str = ""
    server_time: str = ""
    """From when until when by the server's clock; empty if the station never heard it."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report is made of."""

    shift: Shift
    receipts: Sequence[Booked]
    moves: Sequence[Move]
    before: Perpetual = Perpetual()
    backlog: Backlog = Backlog()
    pieces: tuple[tuple[int, int], ...] | None = None
    """The cash that was counted, blind: denomination and number of pieces; None for an X."""
    reason: str = ""
    """Why the count differs."""
    chain: tuple[str, str] = ("", "")
    """The journal's head when the shift was opened and now, short."""
    copies: tuple[int, int] = (0, 0)
    """Receipts that were printed once more, and what stands on them."""
    training: tuple[int, int] = (0, 0)
    """Receipts of training in the same time, and what stands on them."""
    terminals: tuple[TerminalSum, ...] = ()
    carried: tuple[Carried, ...] = ()
    counts: Sequence[Count] = ()
    """Every count of the drawer, the last one included."""
    people: tuple[tuple[str, str], ...] = ()
    """Who did what at the close: an English phrase, and a name."""
    last_z: int = 0
    """The number of the Z before."""
    blind: bool = False
    """Nobody is shown yet what should be in the drawer: it has to be counted first."""
    place: Place = Place()

    @property
    def sales(self) -> int:
        """What was sold, with tax, and what corrections have added."""
        return sum(one.revenue for one in self.receipts if one.receipt.total >= 0)

    @property
    def returns(self) -> int:
        """What went back, and what corrections have taken off; negative."""
        return sum(one.revenue for one in self.receipts if one.receipt.total < 0)

    @property
    def expected(self) -> int:
        """The cash that should lie in the drawer."""
        cash = sum(
            tender.amount
            for one in self.receipts
            for tender in one.receipt.tenders
            if tender.tender == Means.CASH.value
        )
        return self.shift.float + cash + sum(move.amount for move in self.moves)

    @property
    def counted(self) -> int | None:
        """What the count comes to."""
        return None if self.pieces is None else worth(self.pieces)

    @property
    def after(self) -> Perpetual:
        """The perpetual totals with this shift in them; training changes nothing."""
        if self.shift.training:
            return self.before
        return Perpetual(sales=self.before.sales + self.sales, returns=self.before.returns + self.returns)


def worth(pieces: Iterable[tuple[int, int]]) -> int:
    """What notes and coins come to."""
    return sum(denomination * number for denomination, number in pieces)
