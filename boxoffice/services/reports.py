"""Reports beyond a shift: a day over all tills that this station knows of, and the event as it stands.

They are made of what is in the store, so they are there without a network; what other tills have taken is as fresh
as the last sync, and the report says when that was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import Report, Row, Section
from boxoffice.domain.instants import day_by
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Status
from boxoffice.domain.passages import zone_of
from boxoffice.domain.shift_report import UNTIL_COUNTED
from boxoffice.domain.takings import Taking, of_booked, sections
from boxoffice.domain.words import localised
from boxoffice.errors import BadInput, filled
from boxoffice.storage import catalog, feeds, outbox, receipt_book, settings, takings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.takings import Sold

from . import figures, naming, papers

DAY = "Report of the day"
EVENT = "Event overview"


def span(known: Catalog, day: date) -> tuple[datetime, datetime]:
    """A day by the event's clock; its end is outside."""
    return day_by(day, zone_of(known.event))


def taken(connection: Connection, event: str, since: datetime, until: datetime) -> list[Taking]:
    """Every receipt of a time (its end is outside): ours, and those that were heard of.

    Without those of a shift that has to be counted before anybody sees its figures.
    """
    device = settings.station(connection).device
    hidden = figures.unseen(connection, event)
    own = [
        of_booked(operation, event, shift, booked, device)
        for operation, shift, booked in receipt_book.receipts_between(connection, event, since, until)
        if shift != hidden
    ]
    return sorted([*own, *takings.between(connection, event, since, until)], key=lambda one: (one.at, one.operation))


def of_day(
    connection: Connection, shelf: Shelf, event: str, now: datetime, day: date | None = None, operator: str = ""
) -> Report:
    """The report of a day, today's if none is named. Raises `BadInput` for an event that is not here."""
    known = _known(connection, shelf, event)
    zone = zone_of(known.event)
    since, until = span(known, day or now.astimezone(zone).date())
    found = taken(connection, event, since, until)
    names = naming.names(known, settings.locale(connection))
    parts = (*sections([names.of_taking(one) for one in found], zone), _freshness(connection, event))
    return _report(connection, known, DAY, now, since, min(until, now), parts, operator)


def of_event(connection: Connection, shelf: Shelf, event: str, now: datetime, operator: str = "") -> Report:
    """What was sold of everything, at which price, wherever it was sold; and what all tills have taken.

    Raises `BadInput` for an event that is not here.
    """
    known = _known(connection, shelf, event)
    zone, locale = zone_of(known.event), settings.locale(connection)
    sold = takings.sold(connection, event)
    found = taken(connection, event, _FIRST, _LAST)
    paid = [one for one in sold if one.status == Status.PAID]
    parts = (
        _prices("Tickets sold", paid, known, locale),
        _prices("Ordered, not paid", [one for one in sold if one.status == Status.PENDING], known, locale),
        _states(sold),
        Section(title=DAYS, rows=over_time(takings.sold_by_day(connection, event, zone))),
        *(one for one in sections(found, zone) if one.title in _OF_TILLS),
        _freshness(connection, event),
    )
    shown = tuple(one for one in parts if one.rows)
    return _report(connection, known, EVENT, now, None, now, shown, operator)


DAYS = "Sold over time"


def over_time(days: Sequence[tuple[date, int, int]]) -> tuple[Row, ...]:
    """Day, number and amount, in no more rows than can be read: by day, by week (from its Monday) or by month.

    Days, weeks and months in which nothing was sold are among them: time goes on without them too.
    """
    if not days:
        return ()
    first, last = days[0][0], days[-1][0]
    begin = next((one for one in (_day, _week) if (one(last) - one(first)) / _STEPS[one] < _MOST), _month)
    sums: dict[date, list[int]] = {}
    at = begin(first)
    while at <= last:
        sums[at] = [0, 0]
        at = begin(at + _STEPS[begin])
    for one, number, amount in days:
        sums[begin(one)][0] += number
        sums[begin(one)][1] += amount
    written = "%Y-%m" if begin is _month else "%Y-%m-%d"
    return tuple(Row(label=f"{one:{written}}", count=number, amount=amount) for one, (number, amount) in sums.items())


def _day(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)


_STEPS = {_day: timedelta(days=1), _week: timedelta(days=7), _month: timedelta(days=31)}
_MOST = 31
_OF_TILLS = ("Stations", "Tenders")
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9000, 1, 1, tzinfo=UTC)


def _known(connection: Connection, shelf: Shelf, event: str) -> Catalog:
    if event not in catalog.events(connection):
        raise BadInput(
            filled("No event is called {event}", event=event), "There is no report.", "Sync first, or name another one."
        )
    return shelf.of(connection, event)


def _prices(title: str, sold: list[Sold], known: Catalog, locale: str) -> Section:
    rows = [Row(label=_name(one, known, locale), text="", count=one.number, amount=one.amount) for one in sold]
    several = {row.label for row in rows if sum(other.label == row.label for other in rows) > 1}
    named = [
        _at_price(row, one.price, known) if row.label in several else row for row, one in zip(rows, sold, strict=True)
    ]
    number, amount = sum(one.number for one in sold), sum(one.amount for one in sold)
    whole = (Row(label="Total", count=number, amount=amount, strong=True),) if rows else ()
    return Section(title=title, rows=(*sorted(named, key=lambda row: -(row.amount or 0)), *whole))


def _at_price(row: Row, price: int, known: Catalog) -> Row:
    label = f"{row.label} · {plain(price, known.event.currency)}"
    return Row(label=label, count=row.count, amount=row.amount)


def _name(one: Sold, known: Catalog, locale: str) -> str:
    item = known.items.get(one.item)
    if item is None:
        return str(one.item)
    kind = item.variation(one.variation)
    return " · ".join(localised(part, locale) for part in (item.name, kind.value if kind else None) if part)


def _states(sold: list[Sold]) -> Section:
    rows = []
    for label, states in _STATES:
        those = [one for one in sold if one.status in states]
        if those:
            number, amount = sum(one.number for one in those), sum(one.amount for one in those)
            rows.append(Row(label=label, count=number, amount=amount))
    return Section(title="Tickets by state", rows=tuple(rows))


_STATES = (
    ("Paid", {Status.PAID.value}),
    ("Not paid", {Status.PENDING.value}),
    ("Expired", {Status.EXPIRED.value}),
    ("Cancelled", {Status.CANCELED.value}),
)


def _freshness(connection: Connection, event: str) -> Section:
    """How far this can be believed: what other stations do not know yet, and what this one may not."""
    waiting = outbox.counts(connection)
    heard = feeds.progress(connection, event).complete_at
    rows = [
        Row(label="Not sent yet", count=waiting.waiting),
        Row(label="Refused by the server", count=waiting.parked),
    ]
    if figures.unseen(connection, event):
        rows.append(Row(label="The shift that is open here", text=UNTIL_COUNTED))
    if heard is not None:
        rows.append(Row(label="Other tills as of", at=heard))
    return Section(title="Open ends", rows=tuple(rows))


def _report(
    connection: Connection,
    known: Catalog,
    title: str,
    now: datetime,
    since: datetime | None,
    until: datetime | None,
    parts: tuple[Section, ...],
    operator: str,
) -> Report:
    locale = settings.locale(connection)
    return Report(
        at=now,
        title=title,
        timezone=known.event.timezone,
        locale=locale,
        letterhead=papers.letterhead(connection, known, locale),
        station=settings.station(connection).name,
        operator=operator,
        currency=known.event.currency,
        since=since,
        until=until,
        sections=parts,
    )
