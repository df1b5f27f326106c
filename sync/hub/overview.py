"""What there is to see of an event day at its hub: stations, arrivals, conflicts.

Check-ins are read once and then followed by their versions, so that a look costs what is new and not what
there is. That is a copy that any process can make for itself; nothing here is known to this one alone.
Nobody's name is in it: tickets go by their codes.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, text

from boxoffice.decoding import decoder
from boxoffice.domain.catalog import CheckInList, Event
from boxoffice.domain.checkins import CheckIn, Settlement
from boxoffice.domain.conflicts import Conflict, canceled_after_entry, double_entries
from boxoffice.domain.instants import moment
from boxoffice.domain.orders import Order, Status, Ticket
from boxoffice.domain.passages import Direction

from . import auth, chain, documents, leases, sql
from .database import Database

SILENT_AFTER = timedelta(minutes=5)
SLICE = timedelta(minutes=5)
SLICES = 12
MOST_CONFLICTS = 100

_CHANGED = text(
    "SELECT kind, id, body FROM documents WHERE event = :event AND version > :since AND version <= :upto"
    " AND kind IN ('checkin', 'settlement', 'order') ORDER BY version"
)
_REFUSED = text("SELECT device, count(*) FROM acts WHERE outcome = 'refused' GROUP BY device")
_checkins = decoder(CheckIn)
_settlements = decoder(Settlement)
_orders = decoder(Order)
_lists = decoder(CheckInList)
_events = decoder(Event)


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A station, as far as the hub can know: what it has not handed over yet, only it knows."""

    name: str
    role: str
    gate: str
    state: str
    """`revoked`, `alarm`, `missing`, `silent` or `fine`: the first that holds."""
    seen_at: datetime
    acts: int
    missing: int
    """Acts below its newest that have not come, as far as it is counted."""
    refused: int
    set_aside: int
    """Tickets that only this station may sell."""
    alarm: str


class Arrivals(msgspec.Struct, frozen=True, kw_only=True):
    """What went through one list."""

    event: str
    list: str
    came: int
    """Tickets that were let in, each once."""
    inside: int
    hour: tuple[int, ...]
    """Entries in slices of five minutes, the last one being the current."""


class Side(msgspec.Struct, frozen=True):
    """One side of a conflict."""

    what: str
    at: datetime | None
    """None where nobody said when."""
    gate: str
    device: str


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A conflict that nobody has settled."""

    event: str
    list: str
    ticket: str
    kind: str
    sides: tuple[Side, ...]


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page."""

    at: datetime
    stations: tuple[Station, ...]
    arrivals: tuple[Arrivals, ...]
    conflicts: tuple[Disagreement, ...]
    conflicts_in_all: int


class Overviews:
    """Follows the store, and says how things stand. Threads may share one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = threading.Lock()
        self._days: dict[str, _Day] = defaultdict(_Day)

    def look(self, now: datetime) -> Overview:
        """How things stand now."""
        with self._turn, self._database.reading() as connection:
            arrivals: list[Arrivals] = []
            conflicts: list[Disagreement] = []
            for slug in documents.events(connection):
                day = self._days[slug]
                day.follow(connection, slug)
                lists = _lists_of(connection, slug)
                arrivals += day.arrivals(slug, lists, now)
                conflicts += day.conflicts(connection, slug, lists)
            return Overview(
                at=now,
                stations=tuple(_stations(connection, now)),
                arrivals=tuple(arrivals),
                conflicts=tuple(conflicts[:MOST_CONFLICTS]),
                conflicts_in_all=len(conflicts),
            )


def _lists_of(connection: Connection, event: str) -> dict[int, CheckInList]:
    found = [_lists.decode(body) for body in documents.of_kind(connection, event, "list")]
    return {one.id: one for one in sorted(found, key=lambda one: one.id)}


class _Day:
    """One event: its passages by list and ticket, what was settled, which orders were cancelled."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._version = 0
        self._passages: dict[tuple[int, str], dict[str, CheckIn]] = defaultdict(dict)
        self._twice: set[tuple[int, str]] = set()
        self._counted: dict[tuple[int, str], tuple[bool, bool]] = {}
        self._came: Counter[int] = Counter()
        self._inside: Counter[int] = Counter()
        self._recent: dict[str, tuple[int, datetime]] = {}
        self._settled: set[str] = set()
        self._canceled: dict[str, Order] = {}

    def follow(self, connection: Connection, event: str) -> None:
        """Take in what is new."""
        upto = documents.newest(connection)
        if upto < self._version:  # the store was put back
            self._begin()
        span = {"event": event, "since": self._version, "upto": upto}
        for kind, name, body in sql.rows(connection, _CHANGED, span):
            if body is not None:
                self._take(kind, name, body)
            elif kind == "order":
                self._canceled.pop(name, None)
        self._version = upto

    def _take(self, kind: str, name: str, body: str) -> None:
        match kind:
            case "checkin":
                self._pass(name, _checkins.decode(body))
            case "settlement":
                settlement = _settlements.decode(body)
                if settlement.action == "escalate":
                    self._settled.discard(name)
                else:
                    self._settled.add(name)
            case "order":
                self._canceled.pop(name, None)
                if f'"status":"{Status.CANCELED}"' in body or '"canceled":true' in body:
                    self._canceled[name] = _orders.decode(body)

    def _pass(self, name: str, checkin: CheckIn) -> None:
        place = checkin.list, checkin.ticket
        passages = self._passages[place]
        passages[name] = checkin
        if len(passages) > 1:
            self._twice.add(place)
        counting = sorted((one for one in passages.values() if not one.annulled), key=lambda one: one.at)
        came = any(one.direction is Direction.ENTRY for one in counting)
        inside = bool(counting) and counting[-1].direction is Direction.ENTRY
        before = self._counted.get(place, (False, False))
        self._counted[place] = came, inside
        self._came[checkin.list] += came - before[0]
        self._inside[checkin.list] += inside - before[1]
        self._recent.pop(name, None)
        if checkin.direction is Direction.ENTRY and not checkin.annulled:
            self._recent[name] = checkin.list, checkin.at

    def arrivals(self, event: str, lists: dict[int, CheckInList], now: datetime) -> Iterator[Arrivals]:
        oldest = now - SLICES * SLICE
        self._recent = {name: one for name, one in self._recent.items() if one[1] > oldest}
        hours: dict[int, Counter[int]] = defaultdict(Counter)
        for list_id, at in self._recent.values():
            hours[list_id][int((now - at) / SLICE)] += 1
        for list_id, gate_list in lists.items():
            hour = tuple(hours[list_id][slice_] for slice_ in reversed(range(SLICES)))
            came, inside = self._came[list_id], self._inside[list_id]
            yield Arrivals(event=event, list=gate_list.name, came=came, inside=inside, hour=hour)

    def conflicts(self, connection: Connection, event: str, lists: dict[int, CheckInList]) -> Iterator[Disagreement]:
        body = documents.body(connection, event, "event", event)
        if body is None:
            return
        found = {one.id: one for one in self._found(_events.decode(body), lists)}
        for conflict in sorted(found.values(), key=_newest, reverse=True):
            if conflict.id not in self._settled:
                yield _shown(conflict, lists)

    def _found(self, event: Event, lists: dict[int, CheckInList]) -> Iterator[Conflict]:
        for list_id, ticket in self._twice:
            if gate_list := lists.get(list_id):
                yield from double_entries(self._passages[list_id, ticket].values(), gate_list, event)
        for order in self._canceled.values():
            for position in order.positions:
                held = Ticket(order, position)
                for list_id in lists:
                    passages = self._passages.get((list_id, held.key), {})
                    if conflict := canceled_after_entry(held, passages.values()):
                        yield conflict


def _newest(conflict: Conflict) -> datetime:
    return max(side.at for side in conflict.sides if side.at is not None)


def _shown(conflict: Conflict, lists: dict[int, CheckInList]) -> Disagreement:
    sides = tuple(Side(one.what, one.at, one.gate, one.device) for one in conflict.sides)
    gate_list = lists[conflict.list]
    return Disagreement(
        event=conflict.event, list=gate_list.name, ticket=conflict.ticket, kind=conflict.kind.value, sides=sides
    )


def _stations(connection: Connection, now: datetime) -> Iterable[Station]:
    refused: dict[str, int] = dict(sql.rows(connection, _REFUSED))
    aside: Counter[str] = Counter()
    for held in leases.outstanding(connection):
        aside[held.device] += held.lease.granted - held.lease.sold
    for known in auth.devices(connection):
        caller = known.caller
        epoch, mark = chain.newest(chain.marks(connection, caller.id))
        gaps = chain.gaps(connection, caller.id, epoch, mark)
        missing = sum(last - first + 1 for first, last in gaps)
        alarm = chain.alarm(connection, caller.id, epoch, mark)
        seen_at = moment(known.seen_at)
        yield Station(
            name=caller.name,
            role=caller.role.value,
            gate=caller.gate,
            state=_state(known, alarm, missing, now - seen_at),
            seen_at=seen_at,
            acts=mark.high_water,
            missing=missing,
            refused=refused.get(caller.id, 0),
            set_aside=aside[caller.id],
            alarm=alarm,
        )


def _state(known: auth.Known, alarm: str, missing: int, silence: timedelta) -> str:
    if known.revoked:
        return "revoked"
    if alarm:
        return "alarm"
    if missing:
        return "missing"
    return "silent" if silence > SILENT_AFTER else "fine"
