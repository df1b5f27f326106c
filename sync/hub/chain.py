"""The places of the devices' entries: whether each follows on the one before it, and how far the hub has come.

A gap is only noted, because a station holds acts back behind one that was refused. A place that is taken by
another entry raises an alarm but not a refusal, because people did go through that door.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import msgspec
from sqlalchemy import Connection, text

from boxoffice.domain import journal
from boxoffice.domain.journal import Entry

from . import sql

log = logging.getLogger(__name__)

MOST_GAPS = 100
COPIED = "Its folder was copied, or put back from a backup: use only one of them, and enrol it anew."

_GENESIS = journal.GENESIS.hex()
_AROUND = sql.Asking(
    "SELECT a.device, a.epoch, a.sequence, a.previous, a.hash FROM {given} JOIN acts a"
    " ON a.device = given.device AND a.epoch = given.epoch AND a.sequence BETWEEN given.first AND given.last",
    {"device": "text", "epoch": "bigint", "first": "bigint", "last": "bigint"},
)
_MARKS = text("SELECT epoch, high_water, held, alarm FROM marks WHERE device = :device")
_MARKS_OF = sql.Asking(
    "SELECT m.device, m.epoch, m.high_water, m.held, m.alarm FROM {given} JOIN marks m ON m.device = given.device",
    {"device": "text"},
)
_MARK = sql.Insert(
    "marks",
    {"device": "text", "epoch": "bigint", "high_water": "bigint", "held": "bigint", "alarm": "text"},
    "ON CONFLICT (device, epoch) DO UPDATE SET"
    " high_water = excluded.high_water, held = excluded.held, alarm = excluded.alarm",
)
_GAPS = text(
    "SELECT before + 1, sequence - 1 FROM (SELECT sequence, lag(sequence, 1, 0) OVER (ORDER BY sequence) AS before"
    " FROM acts WHERE device = :device AND epoch = :epoch) AS placed"
    " WHERE sequence > before + 1 ORDER BY sequence LIMIT :most"
)
_SEALS = text("SELECT hash FROM acts WHERE device = :device AND epoch = :epoch AND sequence = :sequence")
_LOOSE = text(
    "SELECT 1 FROM acts a WHERE a.device = :device AND a.epoch = :epoch AND a.sequence = 1 AND a.previous <> :genesis"
    " AND NOT EXISTS (SELECT 1 FROM acts b WHERE b.device = a.device AND b.epoch < a.epoch AND b.hash = a.previous)"
)


class Mark(msgspec.Struct):
    """How far the hub has come with one epoch of a device."""

    high_water: int = 0
    held: int = 0
    alarm: str = ""


Marks = Mapping[int, Mark]
"""How far the hub has come with a device, epoch by epoch."""


def marks(connection: Connection, device: str) -> Marks:
    """How far the hub has come with a device."""
    rows = sql.rows(connection, _MARKS, {"device": device})
    return {epoch: Mark(high_water, held, alarm) for epoch, high_water, held, alarm in rows}


def newest(some: Marks) -> tuple[int, Mark]:
    """The newest epoch that a device has spoken of, and how far the hub has come with it."""
    return max(some.items(), default=(0, Mark()), key=lambda one: one[0])


def gaps(connection: Connection, device: str, epoch: int, mark: Mark) -> tuple[tuple[int, int], ...]:
    """Sequences that are missing below the mark, as ranges."""
    if mark.held >= mark.high_water:
        return ()
    span = {"device": device, "epoch": epoch, "most": MOST_GAPS}
    return tuple((first, last) for first, last in sql.rows(connection, _GAPS, span))


def seals(connection: Connection, device: str, epoch: int, mark: Mark) -> tuple[str, ...]:
    """Hashes of what is held at the mark: by them a station knows whether it wrote that itself."""
    place = {"device": device, "epoch": epoch, "sequence": mark.high_water}
    return tuple(sealed for (sealed,) in sql.rows(connection, _SEALS, place))


def alarm(connection: Connection, device: str, epoch: int, mark: Mark) -> str:
    """What is held against an epoch of a device: also that nothing here leads up to it, as long as that is so."""
    if mark.alarm or epoch <= 1:
        return mark.alarm
    place = {"device": device, "epoch": epoch, "genesis": _GENESIS}
    if sql.row(connection, _LOOSE, place) is None:
        return ""
    return f"The entry {epoch}/1 of this station follows on one that is not here. Let it send all that waits there."


class Chains:
    """The chains of all devices whose entries are taken in together."""

    def __init__(self, connection: Connection, devices: Collection[str], entries: Iterable[Entry]) -> None:
        self._connection = connection
        self._marks: dict[str, dict[int, Mark]] = defaultdict(dict)
        self._touched: set[tuple[str, int]] = set()
        self._places: dict[tuple[str, int, int], list[tuple[str, str]]] = defaultdict(list)
        spans: dict[tuple[str, int], list[int]] = defaultdict(list)
        for entry in entries:
            spans[entry.device, entry.epoch].append(entry.sequence)
        around = [(*key, min(some) - 1, max(some) + 1) for key, some in spans.items()]
        self._read({*devices, *(device for device, _ in spans)}, around)

    def _read(self, devices: Collection[str], around: Collection[sql.Row]) -> None:
        for device, epoch, sequence, *seals in sql.ask(self._connection, _AROUND, around):
            self._places[device, epoch, sequence].append((seals[0], seals[1]))
        for device, epoch, *mark in sql.ask(self._connection, _MARKS_OF, [(device,) for device in devices]):
            self._marks[device][epoch] = Mark(*mark)

    def of(self, device: str) -> Marks:
        """How far the hub has come with a device by now."""
        return self._marks[device]

    def holds(self, entry: Entry) -> bool:
        """Whether this very entry has its place."""
        place = entry.device, entry.epoch, entry.sequence
        return (entry.previous, entry.hash) in self._places.get(place, ())

    def place(self, entry: Entry) -> str:
        """Give an entry its place; what is wrong with it there."""
        here = self._places[entry.device, entry.epoch, entry.sequence]
        fault = self._wrong(entry, here)
        if fault:
            fault = f"{fault.format(f'entry {entry.epoch}/{entry.sequence} of this station')} {COPIED}"
            self.alarm(entry, fault)
        mark = self._mark(entry)
        mark.held += not here
        mark.high_water = max(mark.high_water, entry.sequence)
        here.append((entry.previous, entry.hash))
        return fault

    def _wrong(self, entry: Entry, here: list[tuple[str, str]]) -> str:
        """What is wrong with an entry's place. Several are held in one place where a folder was copied."""
        if here:
            return "Another {} is here already."
        before = self._places.get((entry.device, entry.epoch, entry.sequence - 1))
        if before and all(sealed != entry.previous for _, sealed in before):
            return "The {} does not follow the one before it that is here."
        after = self._places.get((entry.device, entry.epoch, entry.sequence + 1))
        if after and all(previous != entry.hash for previous, _ in after):
            return "The {} does not lead to the one after it that is here."
        if entry.sequence == entry.epoch == 1 and entry.previous != _GENESIS:
            return "The {} does not stand at the beginning of a journal."
        return ""

    def alarm(self, entry: Entry, what: str) -> None:
        """Hold something against the epoch of an entry's device, until the device begins another."""
        log.warning("Journal of device %s: %s", entry.device, what)
        self._mark(entry).alarm = what

    def _mark(self, entry: Entry) -> Mark:
        self._touched.add((entry.device, entry.epoch))
        return self._marks[entry.device].setdefault(entry.epoch, Mark())

    def keep(self) -> None:
        """Write down how far it has come."""
        touched = ((device, epoch, self._marks[device][epoch]) for device, epoch in self._touched)
        sql.insert(self._connection, _MARK, [(*place, *msgspec.structs.astuple(mark)) for *place, mark in touched])
