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
from boxoffice.ports import Earlier

from . import sql

log = logging.getLogger(__name__)

MOST_GAPS = 100
COPIED = "Its folder was copied, or put back from a backup: use only one of them, and enrol it anew."

_GENESIS = journal.GENESIS.hex()
_AROUND = sql.Asking(
    "a.device, a.epoch, a.sequence, a.previous, a.hash",
    "{given} JOIN acts a"
    " ON a.device = given.device AND a.epoch = given.epoch AND a.sequence BETWEEN given.first AND given.last",
    {"device": "text", "epoch": "bigint", "first": "bigint", "last": "bigint"},
)
_MARKS = text("SELECT epoch, high_water, held, alarm FROM marks WHERE device = :device")
_MARKS_OF = sql.Asking(
    "m.device, m.epoch, m.high_water, m.held, m.alarm",
    "{given} JOIN marks m ON m.device = given.device",
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


_Seals = tuple[str, str]
"""Whom an entry follows, and its own seal."""
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


def before(connection: Connection, device: str, some: Marks, epoch: int) -> tuple[Earlier, ...]:
    """How far the hub has come with a device's earlier epochs: a hub that was set back may have lost of them, too."""
    return tuple(
        Earlier(epoch=one, high_water=mark.high_water, missing=gaps(connection, device, one, mark))
        for one, mark in sorted(some.items())
        if one < epoch
    )


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


class _Epoch:
    """One epoch of a device, as far as what is taken in has to do with it."""

    def __init__(self, mark: Mark | None = None) -> None:
        self.mark = mark or Mark()
        self.places: dict[int, tuple[_Seals, ...]] = {}
        """What is held in each place. Several are held in one where a folder was copied."""
        self.touched = False


class Chains:
    """The chains of all devices whose entries are taken in together."""

    def __init__(self, connection: Connection, devices: Collection[str], entries: Iterable[Entry]) -> None:
        self._connection = connection
        self._epochs: dict[str, dict[int, _Epoch]] = defaultdict(dict)
        spans: dict[tuple[str, int], list[int]] = defaultdict(list)
        for entry in entries:
            spans[entry.device, entry.epoch].append(entry.sequence)
        around = [(*key, min(some) - 1, max(some) + 1) for key, some in spans.items()]
        self._read({*devices, *(device for device, _ in spans)}, around)

    def _read(self, devices: Collection[str], around: Collection[sql.Row]) -> None:
        for device, epoch, *mark in sql.ask(self._connection, _MARKS_OF, [(device,) for device in devices]):
            self._epochs[device][epoch] = _Epoch(Mark(*mark))
        for device, epoch, sequence, *seals in sql.ask(self._connection, _AROUND, around):
            places = self._epoch(device, epoch).places
            places[sequence] = (*places.get(sequence, ()), (seals[0], seals[1]))

    def of(self, device: str) -> Marks:
        """How far the hub has come with a device by now."""
        return {number: epoch.mark for number, epoch in self._epochs[device].items()}

    def holds(self, entry: Entry) -> bool:
        """Whether this very entry has its place."""
        places = self._epoch(entry.device, entry.epoch).places
        return (entry.previous, entry.hash) in places.get(entry.sequence, ())

    def place(self, entry: Entry) -> str:
        """Give an entry its place; what is wrong with it there."""
        epoch, sequence = self._epoch(entry.device, entry.epoch), entry.sequence
        here = epoch.places.get(sequence, ())
        fault = _wrong(entry, epoch.places, here)
        if fault:
            fault = f"{fault.format(f'entry {entry.epoch}/{sequence} of this station')} {COPIED}"
            self.alarm(entry, fault)
        epoch.touched = True
        if not here:
            epoch.mark.held += 1
        if sequence > epoch.mark.high_water:
            epoch.mark.high_water = sequence
        epoch.places[sequence] = (*here, (entry.previous, entry.hash))
        return fault

    def alarm(self, entry: Entry, what: str) -> None:
        """Hold something against the epoch of an entry's device, until the device begins another."""
        log.warning("Journal of device %s: %s", entry.device, what)
        epoch = self._epoch(entry.device, entry.epoch)
        epoch.mark.alarm, epoch.touched = what, True

    def _epoch(self, device: str, number: int) -> _Epoch:
        epochs = self._epochs[device]
        found = epochs.get(number)
        if found is None:
            found = epochs[number] = _Epoch()
        return found

    def keep(self) -> None:
        """Write down how far it has come."""
        touched = (
            (device, number, *msgspec.structs.astuple(epoch.mark))
            for device, epochs in self._epochs.items()
            for number, epoch in epochs.items()
            if epoch.touched
        )
        sql.insert(self._connection, _MARK, list(touched))


def _wrong(entry: Entry, places: Mapping[int, tuple[_Seals, ...]], here: tuple[_Seals, ...]) -> str:
    """What is wrong with an entry's place."""
    if here:
        return "Another {} is here already."
    before = places.get(entry.sequence - 1)
    if before and entry.previous not in [sealed for _, sealed in before]:
        return "The {} does not follow the one before it that is here."
    after = places.get(entry.sequence + 1)
    if after and entry.hash not in [previous for previous, _ in after]:
        return "The {} does not lead to the one after it that is here."
    if entry.sequence == entry.epoch == 1 and entry.previous != _GENESIS:
        return "The {} does not stand at the beginning of a journal."
    return ""
