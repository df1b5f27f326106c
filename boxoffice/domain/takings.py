"""What every till of an event has taken, receipt by receipt, and the report of a day that is made of it.

A station's own receipts and those that the server tells of the other ones are the same value here, so that a report
over one till and one over all of them are reckoned in one way. The titles are English phrases with a translation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

import msgspec

from .documents import Row, Section
from .facts import Private, Receipted
from .instants import moment
from .shift import Booked
from .shift_report import NO_CATEGORY, NOBODY, WALK_INS
from .tenders import TITLES

Figures = tuple[tuple[str, int, int], ...]
"""Name, how many, how much."""


class What(StrEnum):
    """What a receipt is about."""

    SALE = "sale"
    RETURN = "return"
    VOID = "void"
    CORRECTION = "correction"
    CASH_OUT = "cash_out"
    """A gift card was paid out: no revenue."""


class Taking(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One receipt of any till. Amounts are minor units, negative where money went back."""

    event: str
    operation: str
    station: str = ""
    device: str = ""
    number: int
    shift: str = ""
    what: What = What.SALE
    at: datetime
    total: int
    rounding: int = 0
    currency: str
    cashier: str = ""
    tenders: tuple[tuple[str, int], ...] = ()
    taxes: tuple[tuple[int, int, int], ...] = ()
    """Rate in basis points, base, tax."""
    items: Figures = ()
    categories: Figures = ()
    walk_ins: tuple[int, int] = (0, 0)
    order: str = ""
    corrects: int = 0
    loaded: int = 0
    """What of the total was put on gift cards, and is no revenue."""

    @property
    def revenue(self) -> int:
        """What was sold, or went back, with tax."""
        return self.total - self.loaded


def summed(named: Iterable[tuple[str, int, int]]) -> Figures:
    """Name, number and amount, once for each name, in the order in which they came."""
    sums: dict[str, tuple[int, int]] = {}
    for name, number, amount in named:
        before = sums.get(name, (0, 0))
        sums[name] = (before[0] + number, before[1] + amount)
    return tuple((name, number, amount) for name, (number, amount) in sums.items())


def what_of(booked: Booked) -> What:
    """What a receipt of this till is about."""
    if booked.correction:
        return What.CORRECTION
    if booked.void:
        return What.VOID
    if booked.is_cash_out:
        return What.CASH_OUT
    return What.RETURN if booked.is_return else What.SALE


def of_fact(operation: str, fact: Receipted, private: Private, station: str, device: str) -> Taking:
    """What another station has told of a receipt."""
    return Taking(
        event=fact.event,
        operation=operation,
        station=station,
        device=device,
        number=fact.number,
        shift=fact.shift,
        what=What(fact.what) if fact.what in set(What) else What.SALE,
        at=moment(fact.at),
        total=fact.total,
        rounding=fact.rounding,
        currency=fact.currency,
        cashier=private.operator,
        tenders=fact.tenders,
        taxes=fact.taxes,
        items=fact.items,
        categories=fact.categories,
        walk_ins=fact.walk_ins,
        order=fact.order,
        corrects=fact.corrects,
        loaded=fact.loaded,
    )


def of_booked(operation: str, event: str, shift: str, booked: Booked, device: str) -> Taking:
    """A receipt of this till."""
    receipt = booked.receipt
    return Taking(
        event=event,
        operation=operation,
        station=receipt.station,
        device=device,
        number=booked.number,
        shift=shift,
        what=what_of(booked),
        at=receipt.at,
        total=receipt.total,
        rounding=receipt.rounding,
        currency=receipt.currency,
        cashier=receipt.operator,
        tenders=tuple((one.tender, one.amount) for one in receipt.tenders),
        taxes=tuple((one.rate, one.base, one.tax) for one in receipt.taxes if not one.outside),
        items=booked.items,
        categories=booked.categories,
        walk_ins=booked.walk_ins,
        order=receipt.orders[0] if receipt.orders else "",
        corrects=booked.corrects,
        loaded=booked.loaded,
    )


def sections(takings: Sequence[Taking], zone: tzinfo) -> tuple[Section, ...]:
    """The report over these receipts, without parts that have nothing to say."""
    parts = (
        _totals(takings),
        Section(title=HOURS, rows=_hours(takings, zone)),
        _grouped("Stations", ((one.station or NOBODY, 1, one.revenue) for one in takings)),
        _grouped("Cashiers", ((one.cashier or NOBODY, 1, one.revenue) for one in takings)),
        _grouped("Tenders", _by_tender(takings)),
        _items(takings),
        _grouped("Categories", _by_category(takings)),
        _taxes(takings),
    )
    return tuple(one for one in parts if one.rows)


HOURS = "Hours"


def _totals(takings: Sequence[Taking]) -> Section:
    rows = []
    for label, kinds in _KINDS:
        those = [one.revenue for one in takings if one.what in kinds]
        if those or What.SALE in kinds:
            rows.append(Row(label=label, count=len(those), amount=sum(those)))
    rows.append(Row(label="Net", count=len(takings), amount=sum(one.revenue for one in takings), strong=True))
    for label, loaded in _loaded(takings):
        if loaded:
            rows.append(Row(label=label, count=len(loaded), amount=sum(loaded)))
    rounded = [one.rounding for one in takings if one.rounding]
    if rounded:
        rows.append(Row(label="Rounding of cash", count=len(rounded), amount=sum(rounded)))
    return Section(title="Totals", rows=tuple(rows))


def _loaded(takings: Sequence[Taking]) -> Iterator[tuple[str, list[int]]]:
    yield "Put on gift cards, no revenue", [one.loaded for one in takings if one.loaded > 0]
    yield "Gift cards cashed out, no revenue", [one.loaded for one in takings if one.loaded < 0]


_KINDS = (
    ("Sales", {What.SALE}),
    ("Returns", {What.RETURN}),
    ("Voids", {What.VOID}),
    ("Corrections", {What.CORRECTION}),
)


def _hours(takings: Iterable[Taking], zone: tzinfo) -> tuple[Row, ...]:
    """Each hour from the first to the last, the quiet ones too; with its day, if there are several."""
    by_hour: dict[datetime, list[int]] = defaultdict(list)
    for one in takings:
        by_hour[one.at.astimezone(zone).replace(minute=0, second=0, microsecond=0)].append(one.revenue)
    if not by_hour:
        return ()
    first, last = min(by_hour), max(by_hour)
    if last - first > _LONGEST:
        return _days(by_hour)
    hours = [first + timedelta(hours=n) for n in range(int((last - first) / timedelta(hours=1)) + 1)]
    written = "%H:00" if first.date() == last.date() else "%m-%d %H:00"
    return tuple(Row(label=f"{one:{written}}", count=len(by_hour[one]), amount=sum(by_hour[one])) for one in hours)


_LONGEST = timedelta(hours=36)
"""Beyond this, days are told and not hours."""


def _days(by_hour: dict[datetime, list[int]]) -> tuple[Row, ...]:
    by_day: dict[str, list[int]] = defaultdict(list)
    for hour in sorted(by_hour):
        by_day[f"{hour:%Y-%m-%d}"] += by_hour[hour]
    return tuple(Row(label=day, count=len(sums), amount=sum(sums)) for day, sums in by_day.items())


def _items(takings: Sequence[Taking]) -> Section:
    found = _grouped("Items", (one for taking in takings for one in taking.items))
    number, amount = (sum(one.walk_ins[place] for one in takings) for place in (0, 1))
    if not number:
        return found
    walk_ins = Row(label=WALK_INS, count=number, amount=amount)
    return msgspec.structs.replace(found, rows=(*found.rows, walk_ins))


def _by_tender(takings: Sequence[Taking]) -> Iterator[tuple[str, int, int]]:
    """What a correction takes back is one less, and no payment of its own."""
    for one in takings:
        for name, amount in one.tenders:
            taken_back = one.what is What.CORRECTION and amount < 0
            yield TITLES.get(name, name), -1 if taken_back else 1, amount


def _by_category(takings: Sequence[Taking]) -> Iterator[tuple[str, int, int]]:
    for one in takings:
        for name, number, amount in one.categories:
            yield name or NO_CATEGORY, number, amount


def _taxes(takings: Sequence[Taking]) -> Section:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in takings:
        for rate, base, tax in one.taxes:
            sums[rate][0] += base
            sums[rate][1] += tax
    rows = []
    for rate, (base, tax) in sorted(sums.items(), reverse=True):
        rows.append(Row(label=f"{rate / 100:g} %", amount=base + tax, strong=True))
        rows.append(Row(label="Base", amount=base))
        rows.append(Row(label="Tax", amount=tax))
    return Section(title="Taxes", rows=tuple(rows))


def _grouped(title: str, named: Iterable[tuple[str, int, int]]) -> Section:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, number, amount in named:
        sums[name][0] += number
        sums[name][1] += amount
    ordered = sorted(sums.items(), key=lambda one: (-one[1][1], one[0]))
    return Section(title=title, rows=tuple(Row(label=name, count=n, amount=amount) for name, (n, amount) in ordered))
