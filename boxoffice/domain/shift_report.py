"""What stands on an X and on a Z, part by part, in the order in which people read it.

An X and a Z are the same figures; the Z closes the shift, has a number, and carries on the totals that never go
back. Titles and labels are English phrases that have a translation on paper and on the screen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from .documents import Movement, Row, Section
from .gift_cards import TITLES as CARD_TITLES
from .gift_cards import Why
from .money import plain
from .shift import Booked, Day
from .tenders import TITLES


def sections(day: Day) -> tuple[Section, ...]:
    """The report, without parts that have nothing to say.

    Before a blind count nothing stands on it from which the cash could be reckoned: no sums, and no cash.
    """
    parts = _before_the_count(day) if day.blind else _whole(day)
    return tuple(one for one in parts if one.rows)


UNTIL_COUNTED = "Shown when the drawer is counted"


def _before_the_count(day: Day) -> tuple[Section, ...]:
    return (
        Section(title="Totals", rows=(Row(label=UNTIL_COUNTED),)),
        _terminals(day),
        _counts(day),
        _drawer(day),
        _carried(day),
        _backlog(day),
        _till(day),
    )


def _whole(day: Day) -> tuple[Section, ...]:
    return (
        _totals(day),
        *_by_what(day),
        _by_cashier(day),
        _tenders(day),
        _gift_cards(day),
        _terminals(day),
        _taxes(day),
        _discounts(day),
        _counts(day),
        _drawer(day),
        _perpetual(day),
        _carried(day),
        _backlog(day),
        _till(day),
    )


def _totals(day: Day) -> Section:
    sold = [one for one in day.receipts if one.is_sale]
    back = [one for one in day.receipts if one.is_return]
    rows = [
        _summed("Sales", sold),
        _summed("Returns", back),
        *_if_any("Corrections", [one for one in day.receipts if one.correction]),
        Row(label="Net", amount=day.sales + day.returns, strong=True),
    ]
    rounded = [one.receipt.rounding for one in day.receipts if one.receipt.rounding]
    if rounded:
        rows.append(Row(label="Rounding of cash", count=len(rounded), amount=sum(rounded)))
    return Section(title="Totals", rows=tuple(rows))


def _summed(label: str, those: Sequence[Booked]) -> Row:
    return Row(label=label, count=len(those), amount=sum(one.revenue for one in those))


def _if_any(label: str, those: Sequence[Booked]) -> list[Row]:
    return [_summed(label, those)] if those else []


def _by_what(day: Day) -> tuple[Section, ...]:
    items = _rows(one for booked in day.receipts for one in booked.items)
    categories = _rows((name or NO_CATEGORY, n, amount) for one in day.receipts for name, n, amount in one.categories)
    number, amount = (sum(one.walk_ins[place] for one in day.receipts) for place in (0, 1))
    if number:
        items = (*items, Row(label=WALK_INS, count=number, amount=amount))
    return Section(title="Items", rows=items), Section(title="Categories", rows=categories)


NO_CATEGORY = "Without a category"
WALK_INS = "Of these, walk-ins"
"""Tickets of nobody in particular, counted once more."""


def _by_cashier(day: Day) -> Section:
    named = ((one.receipt.operator or NOBODY, 1, one.revenue) for one in day.receipts)
    return Section(title="Cashiers", rows=_rows(named))


NOBODY = "Nobody"


def _tenders(day: Day) -> Section:
    named = (
        (TITLES[t.tender], -1 if one.correction and t.amount < 0 else 1, t.amount)
        for one in day.receipts
        for t in one.receipt.tenders
    )
    return Section(title="Tenders", rows=_rows(named))


def _gift_cards(day: Day) -> Section:
    """What is owed to holders of gift cards, apart from what was sold: the sum is what became more of it, or less."""
    moves = [(why, amount) for one in day.receipts for why, amount in one.cards]
    rows = []
    for why in Why:
        those = [amount for what, amount in moves if what == why]
        if those:
            rows.append(Row(label=CARD_TITLES[why], count=len(those), amount=sum(those)))
    if rows:
        rows.append(Row(label="Owed to their holders", amount=sum(amount for _, amount in moves), strong=True))
    return Section(title="Gift cards", rows=tuple(rows))


def _terminals(day: Day) -> Section:
    rows = []
    for one in day.terminals:
        rows.append(Row(label=one.name, count=one.count, amount=one.amount, strong=True))
        if one.own is None:
            rows.append(Row(label="The terminal has not closed its day"))
            continue
        rows.append(Row(label="The terminal's own sum", amount=one.own))
        if one.own != one.amount:
            rows.append(Row(label="Difference", amount=one.own - one.amount, strong=True))
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
            if group.outside:
                continue
            for place, amount in enumerate((group.base, group.tax, group.gross)):
                sums[group.rate, group.name][place] += amount
    rows = []
    for (rate, name), (base, tax, gross) in sorted(sums.items(), reverse=True):
        percent = f"{rate / 100:g} %"
        rows.append(Row(label=f"{name} {percent}".strip(), amount=gross, strong=True))
        rows.append(Row(label="Base", amount=base))
        rows.append(Row(label="Tax", amount=tax))
    return Section(title="Taxes", rows=tuple(rows))


def _discounts(day: Day) -> Section:
    return Section(title="Discounts", rows=_rows(one for booked in day.receipts for one in booked.discounts))


def _counts(day: Day) -> Section:
    numbers = [one.number for one in day.receipts]
    opened = [move for move in day.moves if move.movement is Movement.NO_SALE]
    whole = None if day.blind else sum(one.receipt.total for one in day.receipts)
    rows = [Row(label="Receipts", count=len(numbers), amount=whole)]
    if numbers:
        rows.append(Row(label="First and last", text=f"{min(numbers)} - {max(numbers)}"))
    rows.append(Row(label="Copies", count=day.copies[0], amount=None if day.blind else day.copies[1]))
    voids = [one for one in day.receipts if one.void]
    rows.append(Row(label="Voids", count=len(voids)) if day.blind else _summed("Voids", voids))
    rows.append(Row(label="Drawer opened without a sale", count=len(opened)))
    rows += [Row(label="Slip", text=_slip(move.number, move.reason)) for move in opened]
    rows.append(Row(label="Training", count=day.training[0], amount=day.training[1]))
    return Section(title="Receipts", rows=tuple(rows))


def _drawer(day: Day) -> Section:
    rows = [Row(label="Float", amount=day.shift.float), *_pieces(day.shift.pieces, day.shift.currency)]
    for movement, label in MOVES.items():
        those = [move for move in day.moves if move.movement is movement]
        if those:
            rows.append(Row(label=label, count=len(those), amount=sum(move.amount for move in those)))
            rows += [Row(label="Slip", text=_slip(move.number, move.reason), amount=move.amount) for move in those]
    if day.blind:
        rows.append(Row(label="Cash sales", text=UNTIL_COUNTED))
        return Section(title="Drawer", rows=tuple(rows))
    cash = day.expected - day.shift.float - sum(move.amount for move in day.moves)
    rows.append(Row(label="Cash sales", amount=cash))
    if day.counted is None:
        return Section(title="Drawer", rows=tuple(rows))
    rows += [Row(label="Counted before", text=one.operator, amount=one.amount) for one in day.counts[:-1]]
    rows += _pieces(day.pieces or (), day.shift.currency)
    rows.append(Row(label="Expected", amount=day.expected))
    rows.append(Row(label="Counted", amount=day.counted))
    rows.append(Row(label="Difference", amount=day.counted - day.expected, strong=True))
    if day.reason:
        rows.append(Row(label="Reason", text=day.reason))
    rows += [Row(label=label, text=name) for label, name in day.people if name]
    return Section(title="Drawer", rows=tuple(rows))


def _pieces(pieces: Iterable[tuple[int, int]], currency: str) -> list[Row]:
    return [Row(label=plain(value, currency), count=number, amount=value * number) for value, number in pieces]


MOVES = {Movement.PAY_IN: "Paid in", Movement.PAY_OUT: "Paid out", Movement.DROP: "Drops"}


def _slip(number: int, reason: str) -> str:
    return " · ".join(part for part in (str(number), reason) if part)


def _perpetual(day: Day) -> Section:
    if day.shift.training:
        return Section(title="Totals since the first day", rows=())
    rows = (
        Row(label="Sales", amount=day.after.sales),
        Row(label="Returns", amount=day.after.returns),
        Row(label="Net", amount=day.after.net, strong=True),
    )
    return Section(title="Totals since the first day", rows=rows)


def _carried(day: Day) -> Section:
    rows = tuple(Row(label=STATES[one.state], text=one.name, amount=one.amount) for one in day.carried)
    before = (Row(label="In doubt at Z", text=str(day.last_z)),) if rows else ()
    return Section(title="Carried over", rows=(*before, *rows))


STATES = {
    "doubt": "Still unknown",
    "charged": "Charged after all",
    "not_charged": "Not charged after all",
}
"""How a card payment that was carried over stands now."""


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
    return Section(title="Open ends", rows=tuple(rows))


def _till(day: Day) -> Section:
    rows = []
    if day.place.server_time:
        rows.append(Row(label="By the server's clock", text=day.place.server_time))
    if day.place.device:
        rows.append(Row(label="Device", text=day.place.device))
    if day.place.software:
        rows.append(Row(label="Software", text=day.place.software))
    if any(day.chain):
        rows.append(Row(label="Journal", text=" - ".join(day.chain)))
    return Section(title="Till", rows=tuple(rows))
