"""One station, put together: folder, key, store, and the rooms around them. No Qt, so tests and scripts build it too.

Every verb goes through the writer and comes back as a future; everything that is only read is read on
the calling thread with a connection of its own.

A window is painted before most of this is loaded: opening needs the store and the settings; a room is loaded when
it is entered. `load_the_rest` does so in good time, so that the first scan finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from boxoffice import config
from boxoffice.config import Folder
from boxoffice.domain.door import Door
from boxoffice.storage import catalog, schema, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.lock import Lock
from boxoffice.storage.readers import Readers
from boxoffice.storage.writer import Job, Lane, Writer

if TYPE_CHECKING:
    from boxoffice.badge_desk import BadgeDesk
    from boxoffice.counter import Counter
    from boxoffice.domain.catalog import Catalog, CheckInList
    from boxoffice.domain.conflicts import Conflict
    from boxoffice.domain.permissions import Permit
    from boxoffice.gate import Gate
    from boxoffice.lookup import Lookup
    from boxoffice.parting import Parting
    from boxoffice.ports import Enrolment
    from boxoffice.print_desk import PrintDesk
    from boxoffice.services.stock import Stock
    from boxoffice.shared_carts import SharedCarts
    from boxoffice.staff import Staff
    from boxoffice.storage import outbox
    from boxoffice.storage.settings import Departure, ListSettings
    from boxoffice.storage.settings import Station as Signature
    from boxoffice.terminals.worker import TerminalWorker
    from printers.paths.system import SheetPrinter
    from printers.rendering import Renderer
    from printers.spooler import Spooler

T = TypeVar("T")


class App:
    """A station that is open.

    With `at_once` whoever has something written waits for it, and does it without another thread where nobody else
    writes: right for a command, wrong for a window. Raises `StationInUse` if another window has it,
    `StorageTrouble` if it cannot be opened.
    """

    def __init__(self, folder: Folder, *, at_once: bool = False) -> None:
        self.folder = folder
        self._at_once = at_once
        self._lock = Lock(folder.lock)
        try:
            self.key = config.key(folder)
            self.writer = Writer(folder.store, self.key, self._prepare)
        except BaseException:
            self._lock.release()
            raise
        self.readers = Readers(folder, self.key)
        self.shelf = Shelf()

    def _prepare(self, connection: Connection) -> None:
        schema.prepare(connection)
        departure = settings.departure(connection)
        if departure is not None and departure.wiping_since is not None and departure.wiped_at is None:
            from boxoffice.storage import wiping

            wiping.finish(connection, self.folder.store)

    def close(self) -> None:
        """Finish what was accepted and let go of the folder."""
        self.writer.stop()
        self.readers.close()
        self._lock.release()

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, question: Callable[[Connection], T]) -> T:
        """Ask the store on the calling thread."""
        return question(self.readers.here())

    def write(self, job: Job[T], lane: Lane = Lane.PERSON) -> Future[T]:
        """Change the store in one transaction; on the writing thread, unless a person's work is done at once here."""
        if self._at_once and lane is Lane.PERSON:
            return self.writer.at_once(job)
        return self.writer.submit(job, lane)

    @staticmethod
    def load_the_rest() -> None:
        """Load what the verbs need, on any thread: until it is there, the first to ask for it loads it."""
        from boxoffice import gate, lookup  # noqa: F401
        from boxoffice.services import disagree  # noqa: F401

    # Who and where

    @property
    def enrolment(self) -> Enrolment | None:
        """The server this station belongs to; None before enrolment."""
        return self.read(settings.enrolment)

    @property
    def departure(self) -> Departure | None:
        """That the station and its server have parted; None while they have not."""
        return self.read(settings.departure)

    @property
    def station(self) -> Signature:
        """How this station signs."""
        return self.read(settings.station)

    def join(self, enrolment: Enrolment) -> Future[None]:
        """Become a station of a server. Raises `Refused` if unsent acts belong to another one."""
        from boxoffice.services import join

        return self.write(lambda c: join.join(c, enrolment))

    @property
    def door(self) -> Door:
        """What the door was last set to."""
        return self.read(lambda c: settings.get(c, "door", Door, Door()))

    def set_door(self, door: Door) -> Future[None]:
        """Set the door, for now and the next start."""
        return self.write(lambda c: settings.put(c, "door", door))

    def list_settings(self, event: str, list_id: int) -> ListSettings:
        """What this station does differently on a list (preview, ends the stay elsewhere)."""
        return self.read(lambda c: settings.list_settings(c, event, list_id))

    def set_list(self, event: str, list_id: int, chosen: ListSettings) -> Future[None]:
        """Change what this station does on a list."""
        return self.write(lambda c: settings.put(c, f"list/{event}/{list_id}", chosen))

    # Rooms, each loaded when it is first entered

    @cached_property
    def gate(self) -> Gate:
        """Where scans are judged."""
        from boxoffice.gate import Gate

        return Gate(self)

    @cached_property
    def lookup(self) -> Lookup:
        """What is known of people, orders and lists."""
        from boxoffice.lookup import Lookup

        return Lookup(self)

    def counter(self, operator: str = "", *, training: bool | None = None) -> Counter:
        """The till of this station, for whoever stands at it: who is signed in, where nobody is named."""
        from boxoffice.counter import Counter

        trains = self.staff.training if training is None else training
        return Counter(self, operator or self.staff.name, training=trains)

    @property
    def shared_carts(self) -> SharedCarts:
        """Carts that other tills have put by."""
        from boxoffice.shared_carts import SharedCarts

        return SharedCarts(self)

    @cached_property
    def stock(self) -> Stock:
        """What is limited, and how much of it is set aside for this station."""
        from boxoffice.services.stock import Stock

        return Stock(self.shelf)

    @property
    def paper(self) -> PrintDesk:
        """Printers, and the queue before them."""
        from boxoffice.print_desk import PrintDesk

        return PrintDesk(self, self.staff.name)

    @property
    def badges(self) -> BadgeDesk:
        """Templates, pictures, and the badge of a ticket."""
        from boxoffice.badge_desk import BadgeDesk

        return BadgeDesk(self, self.staff.name)

    @cached_property
    def staff(self) -> Staff:
        """Who works here, and who of them is signed in."""
        from boxoffice.staff import Staff

        return Staff(self)

    @property
    def parting(self) -> Parting:
        """How the station leaves its server without losing what it did."""
        from boxoffice.parting import Parting

        return Parting(self)

    # What the server said, and what it has yet to hear

    def catalog(self, event: str) -> Catalog:
        """The event's nouns."""
        return self.read(lambda c: self.shelf.of(c, event))

    def events(self) -> list[str]:
        """Slugs of the events in the replica."""
        return self.read(catalog.events)

    def time_zones(self) -> list[str]:
        """The zones of the events' clocks."""
        return self.read(catalog.time_zones)

    def lists(self) -> list[CheckInList]:
        """All check-in lists, by event and name."""
        return self.read(catalog.check_in_lists)

    def outbox(self) -> outbox.Counts:
        """How much waits for the server, and how much it refused."""
        from boxoffice.storage import outbox

        return self.read(outbox.counts)

    def conflicts(self) -> list[Conflict]:
        """What nobody has settled yet."""
        from boxoffice.storage import conflicts

        return self.read(conflicts.open_ones)

    def send_again(self, operation: str | None = None) -> Future[int]:
        """Put an act that the server refused, or all of them, back among those that wait; how many."""
        from boxoffice.services import disagree

        return self.write(lambda c: disagree.send_again(c, operation, datetime.now(UTC)))

    def settle(
        self,
        conflict: str,
        action: str,
        note: str = "",
        at: datetime | None = None,
        permits: Sequence[Permit] = (),
    ) -> Future[Conflict]:
        """Settle a conflict: `accept`, `annul` (the later or refused entry no longer counts) or `escalate`."""
        from boxoffice.services import disagree

        moment, operator = at or datetime.now(UTC), self.staff.name
        return self.write(lambda c: disagree.settle(c, conflict, action, note, moment, operator, permits))

    def backup(self, target: Path) -> None:
        """A consistent copy, written on the calling thread while work goes on."""
        from boxoffice.storage import backup

        backup.write(self.readers.here(), target)


def renderer(app: App) -> Renderer:
    """What makes bytes and pictures of documents, for this station's printers."""
    from boxoffice.storage import badges
    from printers.rendering import Renderer

    models = app.paper.setup.models
    return Renderer(
        app.folder.printers,
        lambda digest: app.read(lambda c: badges.picture(c, digest)),
        Path(models) if models else None,
    )


def spooler(app: App, sheets: SheetPrinter | None = None) -> Spooler:
    """The workers that bring this station's queue to paper; to be started and stopped by the caller."""
    from printers.spooler import Spooler

    return Spooler(app, renderer(app), sheets)


def card_worker(app: App) -> TerminalWorker:
    """The worker that speaks with this station's card terminals; to be started and stopped by the caller."""
    from boxoffice.terminals.worker import TerminalWorker

    return TerminalWorker(app)


def open_station(data: str | None = None) -> App:
    """The station of a folder, ready to work for a command; a new one where there is none."""
    return App(config.folder(data), at_once=True)


def station_there(data: str | None = None) -> App:
    """The same for a command that has no work at a station that is not there. Raises `BadInput`: a slip in the path."""
    return App(config.there(data), at_once=True)


def restore_station(data: str | None, source: Path) -> Path | None:
    """Bring a backup back into a folder that no window has open; where the old store is kept now."""
    from boxoffice.storage import backup

    folder = config.folder(data)
    lock = Lock(folder.lock)
    try:
        return backup.restore(source, folder.store, config.key(folder))
    finally:
        lock.release()
