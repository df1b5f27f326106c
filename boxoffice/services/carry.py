"""What a station could not send, carried to another one in a file.

Each line is one act: a sentence for people, and the journal's entry as it would have been sent, with the seal
that shows whether somebody changed it on the way. The station that reads it hands the acts on as its own, under
the operation ids that they have had from the start, so an act that did reach the server is not done twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from boxoffice.config import sync_folder
from boxoffice.decoding import decode
from boxoffice.domain import journal as seals
from boxoffice.domain import money
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.facts import Fact, Private, Sold, kind_of
from boxoffice.domain.instants import moment
from boxoffice.domain.journal import Entry
from boxoffice.domain.passages import zone_of
from boxoffice.errors import BadInput, StorageTrouble, filled
from boxoffice.storage import catalog, orders, outbox, settings
from boxoffice.storage.backup import sync_file
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.outbox import Waiting

from . import relay

_KIND = "boxoffice: acts that were not sent"
_BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: whose acts these are."""

    file: str = _KIND
    version: int = 1
    station: str = ""
    device: str
    server: str = ""
    at: datetime
    acts: int


class Line(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One act."""

    told: str
    because: str = ""
    """Why the server refused it, if it did."""
    entry: Entry


class Carried(msgspec.Struct, frozen=True):
    """A file that was read."""

    heading: Heading
    entries: tuple[Entry, ...]


def write(connection: Connection, shelf: Shelf, target: Path, at: datetime) -> list[int]:
    """Write everything that no server has taken into a file; the numbers of those acts, to be marked as exported.

    The file appears when all of it is on disk. Raises `BadInput` if there is one of that name, `StorageTrouble`
    if it cannot be written.
    """
    unsent = outbox.listing(connection, -1)
    if target.exists():
        raise BadInput(
            filled("{target} is already there", target=target), "Nothing was overwritten.", "Choose another name."
        )
    partial = target.with_name(target.name + ".partial")
    try:
        with partial.open("wb") as file:
            file.writelines(_lines(connection, shelf, unsent, at))
        sync_file(partial)
        partial.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageTrouble(
            "The export was not written", filled("{error}.", error=error.strerror), "Choose another place."
        ) from error
    return [one.number for one in unsent]


def _lines(connection: Connection, shelf: Shelf, unsent: list[Waiting], at: datetime) -> Iterator[bytes]:
    station, server = settings.station(connection), settings.enrolment(connection)
    heading = Heading(
        station=station.name, device=station.device, server=server.url if server else "", at=at, acts=len(unsent)
    )
    yield msgspec.json.encode(heading) + b"\n"
    for one in unsent:
        line = Line(told=_told(connection, shelf, one.entry), because=one.because or "", entry=one.entry)
        yield msgspec.json.encode(line) + b"\n"


def _told(connection: Connection, shelf: Shelf, entry: Entry) -> str:
    """An act in words, for whoever has to write it into another system by hand."""
    fact, private = entry.fact(), entry.private_part()
    known = shelf.of(connection, fact.event)
    ticket = orders.by_key(connection, fact.event, getattr(fact, "ticket", ""))
    when = f"{moment(fact.at).astimezone(zone_of(known.event)):%Y-%m-%d %H:%M:%S %Z}"
    name = ticket.position.name if ticket else ", ".join(one.name for one in private.guests.values() if one.name)
    subject = getattr(fact, "ticket", "") or getattr(fact, "order", "")
    parts = (when, kind_of(fact).replace("_", " "), *_details(fact, private, known), subject, name, fact.event)
    return " · ".join(part for part in parts if part)


def _details(fact: Fact, private: Private, known: Catalog) -> Iterator[str]:
    for field in ("direction", "reason", "action", "tender", "receipt", "gate"):
        yield str(getattr(fact, field, "") or "")
    if gate_list := known.lists.get(getattr(fact, "list", 0)):
        yield gate_list.name
    amount = fact.total if isinstance(fact, Sold) else getattr(fact, "amount", None)
    if amount is not None:
        yield f"{money.plain(amount, known.event.currency)} {known.event.currency}"
    what = getattr(fact, "what", ())
    yield what if isinstance(what, str) else ", ".join(what)
    yield from (f"{field}: {change.before} -> {change.after}" for field, change in private.changes.items())


def read(source: Path) -> Carried:
    """A file that `write` wrote. Raises `BadInput` for anything else, and for an act that was changed since."""
    try:
        with source.open("rb") as file:
            first, *rest = file.read().splitlines() or [b""]
        heading = decode(first, Heading)
        entries = tuple(_entry(number, line) for number, line in enumerate(rest, 2))
    except OSError as error:
        raise BadInput(
            filled("{source} cannot be read", source=source),
            filled("{error}.", error=error.strerror),
            "Nothing was taken over.",
        ) from error
    except _BROKEN as error:
        raise _spoilt(source, str(error)) from error
    if heading.file != _KIND or heading.version != 1:
        raise _spoilt(source, "It is a file of another kind, or of a later version of this program")
    if len(entries) != heading.acts:
        raise _spoilt(
            source, filled("It should hold {acts} acts and holds {number}", acts=heading.acts, number=len(entries))
        )
    return Carried(heading, entries)


def _entry(number: int, line: bytes) -> Entry:
    entry = decode(line, Line).entry
    entry.fact()
    if faults := seals.faults(entry, bytes.fromhex(entry.previous)):
        raise ValueError(filled("Line {number}: the act {names}", number=number, names=" and ".join(faults)))
    return entry


def _spoilt(source: Path, why: str) -> BadInput:
    return BadInput(
        filled("{name} cannot be taken over", name=source.name),
        filled("{why}. Nothing was changed.", why=why),
        "Export it again.",
    )


def take(connection: Connection, shelf: Shelf, carried: Carried) -> int:
    """Hand on the acts of another station; how many there were that were not known here.

    Raises `BadInput` if they are about an event that this station does not have: its server would refuse them.
    """
    there = {"", *catalog.events(connection)}
    if foreign := sorted({one.fact().event for one in carried.entries} - there):
        raise BadInput(
            filled("This station has no event {foreign}", foreign=foreign[0]),
            "Nothing was changed.",
            "Take them to a station that has it.",
        )
    name = carried.heading.station or carried.heading.device
    return sum(
        relay.hand_on(connection, shelf, one.operation, one.fact(), one.private_part(), name) for one in carried.entries
    )
