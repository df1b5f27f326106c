"""A shift at the till, and the report that says what happened in it.

An X and a Z are the same figures; the Z closes the shift, has a number, and carries on the totals that never go
back. Everything is reckoned from receipts and movements of cash as they were written, so that a report can be
checked against them at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from .documents import Movement, Receipt, Row, Section
from .money import plain
from .tenders import TITLES, Means


class Shift(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One drawer from its opening to its Z. Amounts are minor units."""

    id: str
    event: str
    currency: str
    operator: str = ""
    opened_at: datetime
    float: int = 0
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


class Booked(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A receipt as it stands in the books: the document, and what reports count."""

    number: int
    receipt: Receipt
    items: tuple[tuple[str, int, int], ...] = ()
    """Item by its name in the catalogue, how many, and what they came to with tax."""
    corrects: int = 0
    positions: tuple[tuple[int, int], ...] = ()
    """Positions of its order, with what this receipt says of their prices; negative where money went back."""

    @property
    def is_return(self) -> bool:
        """Whether money went back."""
        return self.receipt.total < 0


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
    copies: int = 0
    terminals: tuple[tuple[str, int, int], ...] = ()
    """What stands on receipts by card: terminal, how often, how much."""

    @property
    def sales(self) -> int:
        """What was sold, with tax."""
        return sum(one.receipt.total for one in self.receipts if not one.is_return)

    @property
    def returns(self) -> int:
        """What went back, negative."""
        return sum(one.receipt.total for one in self.receipts if one.is_return)

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


def sections(day: Day) -> tuple[Section, ...]:
    """The report: its parts in the order in which people read them. Titles and labels are English phrases."""
    parts = (
        _totals(day),
        _by_item(day),
        _by_cashier(day),
        _tenders(day),
        _terminals(day),
        _taxes(day),
        _counts(day),
        _drawer(day),
        _perpetual(day),
        _backlog(day),
    )
    return tuple(one for one in parts if one.rows)


def _totals(day: Day) -> Section:
    sold = [one for one in day.receipts if not one.is_return]
    back = [one for one in day.receipts if one.is_return]
    rounding = sum(one.receipt.rounding for one in day.receipts)
    rows = [
        Row(label="Sales", count=len(sold), amount=day.sales),
        Row(label="Returns", count=len(back), amount=day.returns),
        Row(label="Net", amount=day.sales + day.returns, strong=True),
    ]
    if rounding:
        rows.append(Row(label="Rounding of cash", amount=rounding))
    return Section(title="Totals", rows=tuple(rows))


def _by_item(day: Day) -> Section:
    named = ((name, number, amount) for one in day.receipts for name, number, amount in one.items)
    return Section(title="Items", rows=_rows(named))


def _by_cashier(day: Day) -> Section:
    named = ((one.receipt.operator or "Nobody", 1, one.receipt.total) for one in day.receipts)
    return Section(title="Cashiers", rows=_rows(named))


def _tenders(day: Day) -> Section:
    named = ((TITLES[t.tender], 1, t.amount) for one in day.receipts for t in one.receipt.tenders)
    return Section(title="Tenders", rows=_rows(named))


def _terminals(day: Day) -> Section:
    rows = (Row(label=name, count=number, amount=amount) for name, number, amount in day.terminals)
    return Section(title="Card terminals", rows=tuple(rows))


def _rows(named: Iterable[tuple[str, int, int]]) -> tuple[Row, ...]:
    counts: dict[str, int] = defaultdict(int)
    amounts: dict[str, int] = defaultdict(int)
    for name, number, amount in named:
        counts[name] += number
        amounts[name] += amount
    return tuple(Row(label=name, count=counts[name], amount=amounts[name]) for name in sorted(counts))


def _taxes(day: Day) -> Section:
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in day.receipts:
        for group in one.receipt.taxes:
            for place, amount in enumerate((group.base, group.tax, group.gross)):
                sums[group.rate, group.name][place] += amount
    rows = []
    for (rate, name), (base, tax, gross) in sorted(sums.items(), reverse=True):
        percent = f"{rate / 100:g} %"
        rows.append(Row(label=f"{name} {percent}".strip(), amount=gross, strong=True))
        rows.append(Row(label="Base", amount=base))
        rows.append(Row(label="Tax", amount=tax))
    return Section(title="Taxes", rows=tuple(rows))


def _counts(day: Day) -> Section:
    numbers = [one.number for one in day.receipts]
    opened = sum(move.movement is Movement.NO_SALE for move in day.moves)
    rows = [Row(label="Receipts", count=len(numbers))]
    if numbers:
        rows.append(Row(label="First and last", text=f"{min(numbers)} - {max(numbers)}"))
    rows.append(Row(label="Copies", count=day.copies))
    rows.append(Row(label="Drawer opened without a sale", count=opened))
    return Section(title="Receipts", rows=tuple(rows))


def _drawer(day: Day) -> Section:
    rows = [Row(label="Float", amount=day.shift.float)]
    for movement, label in _MOVES.items():
        those = [move.amount for move in day.moves if move.movement is movement]
        if those:
            rows.append(Row(label=label, count=len(those), amount=sum(those)))
    cash = day.expected - day.shift.float - sum(move.amount for move in day.moves)
    rows.append(Row(label="Cash sales", amount=cash))
    if day.counted is None:
        return Section(title="Drawer", rows=tuple(rows))
    for denomination, number in day.pieces or ():
        rows.append(Row(label=plain(denomination, day.shift.currency), count=number, amount=denomination * number))
    rows.append(Row(label="Expected", amount=day.expected))
    rows.append(Row(label="Counted", amount=day.counted))
    rows.append(Row(label="Difference", amount=day.counted - day.expected, strong=True))
    if day.reason:
        rows.append(Row(label="Reason", text=day.reason))
    return Section(title="Drawer", rows=tuple(rows))


_MOVES = {Movement.PAY_IN: "Paid in", Movement.PAY_OUT: "Paid out", Movement.DROP: "Drops"}


def _perpetual(day: Day) -> Section:
    if day.shift.training:
        return Section(title="Totals since the first day", rows=())
    rows = (
        Row(label="Sales", amount=day.after.sales),
        Row(label="Returns", amount=day.after.returns),
        Row(label="Net", amount=day.after.net, strong=True),
    )
    return Section(title="Totals since the first day", rows=rows)


def _backlog(day: Day) -> Section:
    rows = [
        Row(label="Not sent yet", count=day.backlog.unsent),
        Row(label="Refused by the server", count=day.backlog.parked),
        Row(label="Payments of unknown outcome", count=day.backlog.unknown),
        Row(label="Receipts not printed", count=day.backlog.unprinted),
    ]
    if day.backlog.strays:
        rows.append(Row(label="Card payments without a receipt", count=day.backlog.strays))
    rows += [Row(label="Card payment", text=name, amount=amount) for name, amount in day.backlog.cards]
    if any(day.chain):
        rows.append(Row(label="Journal", text=" - ".join(day.chain)))
    return Section(title="Open ends", rows=tuple(rows))
