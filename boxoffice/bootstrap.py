"""One station, put together: folder, key, store, services. No Qt, so tests and scripts build it too.

Every verb goes through the writer and comes back as a future; everything that is only read is read on
the calling thread with a connection of its own.

A window is painted before most of this is loaded: opening needs the store and the settings; the rooms behind
a verb are entered when it is called. `load_the_rest` does so in good time, so that the first scan finds them.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from boxoffice import config
from boxoffice.config import Folder
from boxoffice.domain.door import Door
from boxoffice.errors import BadInput, Refused
from boxoffice.storage import catalog, connection, schema, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.lock import Lock
from boxoffice.storage.writer import Job, Lane, Writer, transact
from sync.state import State

if TYPE_CHECKING:
    from boxoffice.badge_desk import BadgeDesk
    from boxoffice.counter import Counter
    from boxoffice.domain.cart import Cart
    from boxoffice.domain.catalog import Catalog, CheckInList
    from boxoffice.domain.checkins import HandOut
    from boxoffice.domain.conflicts import Conflict
    from boxoffice.domain.documents import Document
    from boxoffice.domain.held import HeldCart
    from boxoffice.domain.permissions import Permit
    from boxoffice.domain.printing import Answer, Printing
    from boxoffice.domain.printing import Job as PrintJob
    from boxoffice.domain.scan import Scan
    from boxoffice.domain.verdicts import Verdict, Wish
    from boxoffice.ports import Enrolment, OwnServer
    from boxoffice.services.admit import Undoing
    from boxoffice.services.depart import Standing
    from boxoffice.services.lookup import Answered, Card, Hit, Member
    from boxoffice.services.stock import Stock
    from boxoffice.staff import Staff
    from boxoffice.storage import outbox
    from boxoffice.storage.checkins import Counts
    from boxoffice.storage.settings import Departure, ListSettings, Station
    from boxoffice.terminals.worker import TerminalWorker
    from printers.paths.system import SheetPrinter
    from printers.rendering import Renderer
    from printers.spooler import Spooler
    from sync.engine import Engine

T = TypeVar("T")


_BESIDE_THE_WINDOW = 500
"""KiB that a worker's connection keeps: it reads through what it needs and rarely meets a page again."""


class Readers:
    """Reading connections, one a thread, kept open."""

    def __init__(self, folder: Folder, key: bytes) -> None:
        self._folder = folder
        self._key = key
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: list[Connection] = []

    def here(self) -> Connection:
        """The calling thread's own connection."""
        held: Connection | None = getattr(self._local, "connection", None)
        if held is None:
            cache = None if threading.current_thread() is threading.main_thread() else _BESIDE_THE_WINDOW
            held = connection.reading(self._folder.store, self._key, cache)
            self._local.connection = held
            with self._lock:
                self._all.append(held)
        return held

    def close(self) -> None:
        """Close them all; only after the threads that used them have ended or will not read again."""
        with self._lock:
            for one in self._all:
                one.close()
            self._all.clear()
        self._local = threading.local()


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
            self._key = config.key(folder)
            self.writer = Writer(folder.store, self._key, self._prepare)
        except BaseException:
            self._lock.release()
            raise
        self.readers = Readers(folder, self._key)
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
        from boxoffice.services import admit, disagree, lookup  # noqa: F401

    # Who and where

    @property
    def enrolment(self) -> Enrolment | None:
        """The server this station belongs to; None before enrolment."""
        return self.read(settings.enrolment)

    @property
    def station(self) -> Station:
        """How this station signs."""
        return self.read(settings.station)

    def join(self, enrolment: Enrolment) -> Future[None]:
        """Become a station of a server. Raises `Refused` if unsent acts belong to another one."""
        from boxoffice.services import admit

        return self.write(lambda c: admit.join(c, enrolment))

    # Parting from a server

    @property
    def departure(self) -> Departure | None:
        """That the station and its server have parted; None while they have not."""
        return self.read(settings.departure)

    @property
    def standing(self) -> Standing:
        """Whether the station has parted from its server, and what only it has."""
        from boxoffice.services import depart

        return self.read(depart.standing)

    def export_unsent(self, target: Path) -> int:
        """Write what no server has taken into a file, on the calling thread, and note that it is there; how many acts.

        Raises `BadInput` if the file is there already, `StorageTrouble` if it cannot be written.
        """
        from boxoffice.services import carry
        from boxoffice.storage import outbox

        now = datetime.now(UTC)
        written = self.read(lambda c: carry.write(c, self.shelf, target, now))
        self.write(lambda c: outbox.mark_exported(c, written, now)).result()
        return len(written)

    def import_unsent(self, source: Path) -> tuple[int, int]:
        """Hand on what another station has exported, on the calling thread; how many acts, and how many were new.

        Raises `BadInput` for a file that is none, or about an event that this station does not have.
        """
        from boxoffice.services import carry

        carried = carry.read(source)
        return len(carried.entries), self.write(lambda c: carry.take(c, self.shelf, carried)).result()

    def wipe(self, permits: Sequence[Permit] = ()) -> Future[None]:
        """Forget for good what the station holds of other people; what it did itself stays in its journal.

        Raises `Refused` while it belongs to a server, and while acts were neither sent nor exported.
        `StorageTrouble` says that the rest is done at the next start.
        """
        return self.writer.alone(lambda c: self._wipe(c, permits))

    def _wipe(self, connection: Connection, permits: Sequence[Permit]) -> None:
        from boxoffice.services import depart
        from boxoffice.storage import wiping

        depart.look_into_kept(connection, self.folder.store, self._key)
        operator = self.staff.name
        transact(connection, lambda c: depart.wipe(c, datetime.now(UTC), operator, permits))
        self.staff.forget()
        wiping.finish(connection, self.folder.store)

    # The till

    @cached_property
    def stock(self) -> Stock:
        """What is limited, and how much of it is set aside for this station."""
        from boxoffice.services.stock import Stock

        return Stock(self.shelf)

    # The door

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

    def admit(self, scan: Scan, door: Door, wish: Wish, permits: Sequence[Permit] = ()) -> Future[Verdict]:
        """Judge a scan and write the answer down. Mint a new nonce for each decision of a person."""
        if wish.insists:
            return self.write(lambda c: self._redeem(c, self.shelf, scan, door, wish, self.staff.name, permits))
        return self.write(lambda c: self._redeem(c, self.shelf, scan, door, wish))

    @cached_property
    def _redeem(self) -> Callable[..., Verdict]:
        """What every scan calls: looking for its module each time would cost it more than some of its checks."""
        from boxoffice.services.admit import redeem

        return redeem

    def admit_ticket(
        self, scan: Scan, event: str, ticket: str, door: Door, wish: Wish, permits: Sequence[Permit] = ()
    ) -> Future[Verdict]:
        """Like `admit` for a ticket chosen by name (`CODE-number`)."""
        from boxoffice.services import admit

        operator = self.staff.name if wish.insists else ""
        return self.write(
            lambda c: admit.redeem_ticket(c, self.shelf, scan, event, ticket, door, wish, operator, permits)
        )

    def undo(self, nonce: str, at: datetime | None = None, reason: str = "") -> Future[Undoing]:
        """Take a passage back. Raises `Refused` if there is none of that nonce, or it was taken back."""
        from boxoffice.services import admit

        return self.write(lambda c: admit.undo(c, nonce, at or datetime.now(UTC), reason))

    def hand_out(self, event: str, ticket: str, what: tuple[str, ...], at: datetime | None = None) -> Future[HandOut]:
        """Write down what was given to the holder of a ticket."""
        from boxoffice.services import admit

        return self.write(lambda c: admit.hand_out(c, event, ticket, what, at or datetime.now(UTC)))

    # The till

    def held_elsewhere(self, event: str) -> list[HeldCart]:
        """Carts that other tills have put by, as far as this station has heard."""
        from boxoffice.storage import held_carts

        return self.read(lambda c: held_carts.of_event(c, event))

    def take_cart(self, event: str, cart: str) -> Cart:
        """Take up another till's cart: asks the server, on the calling thread. Raises `Refused`, `ServerTrouble`."""
        from boxoffice.services import held

        enrolment = self.enrolment
        if enrolment is None or enrolment.kind != "hub":
            raise Refused("Carts are not shared here", "Nothing was changed.", "Take it up where it was put by.")
        from sync.hub_client import Hub

        with contextlib.closing(Hub(enrolment)) as server:
            taken = server.take_cart(event, cart)
        return self.write(lambda c: held.take_in(c, taken, datetime.now(UTC))).result()

    def counter(self, operator: str = "", *, training: bool | None = None) -> Counter:
        """The till of this station, for whoever stands at it: who is signed in, where nobody is named."""
        from boxoffice.counter import Counter

        trains = self.staff.training if training is None else training
        return Counter(self, operator or self.staff.name, training=trains)

    # People

    @cached_property
    def staff(self) -> Staff:
        """Who works here, and who of them is signed in."""
        from boxoffice.staff import Staff

        return Staff(self)

    # Badges

    @property
    def badges(self) -> BadgeDesk:
        """Templates, pictures, and the badge of a ticket."""
        from boxoffice.badge_desk import BadgeDesk

        return BadgeDesk(self)

    # Looking things up; all of these read on the calling thread

    def catalog(self, event: str) -> Catalog:
        """The event's nouns."""
        return self.read(lambda c: self.shelf.of(c, event))

    def events(self) -> list[str]:
        """Slugs of the events in the replica."""
        return self.read(catalog.events)

    def lists(self) -> list[CheckInList]:
        """All check-in lists, by event and name."""
        return self.read(catalog.check_in_lists)

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """Attendees as the desk finds them, best first."""
        from boxoffice.services import lookup

        return self.read(lambda c: lookup.search(c, self.shelf, text, limit))

    def card(self, event: str, ticket: str) -> Card | None:
        """Everything that is known of one ticket."""
        from boxoffice.services import lookup

        return self.read(lambda c: lookup.card(c, self.shelf, event, ticket))

    def group(self, event: str, code: str, list_id: int) -> list[Member]:
        """The tickets of an order as one list sees them: who is in, who may come."""
        from boxoffice.services import lookup

        return self.read(lambda c: lookup.group(c, self.shelf, event, code, list_id, datetime.now(UTC)))

    def counts(self, gate_list: CheckInList) -> Counts:
        """Entries, tickets seen and people inside of one list."""
        from boxoffice.storage import checkins

        return self.read(lambda c: checkins.counts(c, gate_list, datetime.now(UTC)))

    def expected(self, gate_list: CheckInList) -> int:
        """Of how many: the tickets that the list covers. Takes a moment on large events; keep the figure."""
        from boxoffice.storage import checkins

        return self.read(lambda c: checkins.expected(c, gate_list))

    def last_scans(self, limit: int = 10) -> list[Answered]:
        """The last answers of this station, newest first."""
        from boxoffice.services import lookup

        return self.read(lambda c: lookup.last_scans(c, limit))

    def outbox(self) -> outbox.Counts:
        """How much waits for the server, and how much it refused."""
        from boxoffice.storage import outbox

        return self.read(outbox.counts)

    def conflicts(self) -> list[Conflict]:
        """What nobody has settled yet."""
        from boxoffice.storage import conflicts

        return self.read(conflicts.open_ones)

    # Paper

    def printing(self) -> Printing:
        """The printers of this station, and what goes to which."""
        from boxoffice.services import printing

        return self.read(printing.setup)

    def print_document(
        self,
        document: Document,
        *,
        event: str = "",
        operator: str = "",
        reason: str = "",
        printer: str = "",
        at: datetime | None = None,
    ) -> Future[PrintJob]:
        """Put a document into the print queue. Raises `PrintedBefore` for a second badge without a reason."""
        from boxoffice.services import printing

        return self.write(
            lambda c: printing.enqueue(
                c,
                document,
                at or datetime.now(UTC),
                event=event,
                operator=operator,
                reason=reason,
                printer=printer,
            )
        )

    def print_again(
        self, operation: str, *, operator: str = "", reason: str = "", printer: str = ""
    ) -> Future[PrintJob]:
        """Print a document of the queue once more, marked as a copy if it came out or may have."""
        from boxoffice.services import printing

        return self.write(
            lambda c: printing.reprint(
                c, operation, datetime.now(UTC), operator=operator, reason=reason, printer=printer
            )
        )

    def answer_print(self, operation: str, said: Answer, *, operator: str = "") -> Future[PrintJob]:
        """Say what became of a job whose outcome nobody knows."""
        from boxoffice.services import printing

        return self.write(lambda c: printing.answer(c, operation, said, datetime.now(UTC), operator=operator))

    def open_drawer(
        self, *, event: str = "", receipt: str = "", operator: str = "", reason: str = ""
    ) -> Future[PrintJob | None]:
        """Have the cash drawer opened now; None if this station has none."""
        from boxoffice.services import printing

        return self.write(
            lambda c: printing.open_drawer(
                c, datetime.now(UTC), event=event, receipt=receipt, operator=operator, reason=reason
            )
        )

    def print_queue(self) -> list[PrintJob]:
        """Everything that waits for paper, failed, or needs an answer; oldest first."""
        from boxoffice.storage import print_queue

        return self.read(print_queue.open_ones)

    def send_again(self, operation: str | None = None) -> Future[int]:
        """Put an act that the server refused, or all of them, back among those that wait; how many."""
        from boxoffice.services import disagree

        return self.write(lambda c: disagree.send_again(c, operation, datetime.now(UTC)))

    def settle(self, conflict: str, action: str, note: str = "", at: datetime | None = None) -> Future[Conflict]:
        """Settle a conflict: `accept`, `annul` (the later or refused entry no longer counts) or `escalate`."""
        from boxoffice.services import disagree

        return self.write(lambda c: disagree.settle(c, conflict, action, note, at or datetime.now(UTC)))

    def backup(self, target: Path) -> None:
        """A consistent copy, written on the calling thread while work goes on."""
        from boxoffice.storage import backup

        backup.write(self.readers.here(), target)


class Sync:
    """The worker that keeps an open station in step with its server.

    It comes up on a thread of its own, because what it talks with takes longer to load than a window to
    open. Without an enrolment it waits for one. Listeners in `on_state` are called on its threads.
    """

    def __init__(self, app: App) -> None:
        self.state = State()
        self.on_state: list[Callable[[State], None]] = []
        self._app = app
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin to talk to the server that the station belongs to now; also after it joined another one."""
        threading.Thread(target=self._come_up, name="sync-start", daemon=True).start()

    def hurry(self) -> None:
        """Talk to the server now: a person asks for it."""
        if self._engine is not None:
            self._engine.hurry()

    def stop_first_sync(self) -> None:
        """Leave the first download where it is; it goes on from there."""
        if self._engine is not None:
            self._engine.stop_first_sync()

    def resume_first_sync(self) -> None:
        """Go on with the first download."""
        if self._engine is not None:
            self._engine.resume_first_sync()

    def stop(self) -> None:
        """Stop talking; to be called before the station is closed. Nothing is lost, the outbox waits."""
        with self._lock:
            self._stopped = True
            self._let_go()

    def _come_up(self) -> None:
        with self._lock:
            talked = self._engine is not None
            self._let_go()
            enrolment = self._app.read(settings.enrolment)
            if self._stopped or enrolment is None:
                if talked:
                    self._on_state(State())
                return
            from sync.engine import Engine

            self._engine = Engine(self._app, central_server(enrolment, self._app))
            self._engine.on_state.append(self._on_state)
            self._engine.start()

    def _let_go(self) -> None:
        if self._engine is not None:
            self._engine.stop()
            self._engine = None

    def _on_state(self, state: State) -> None:
        self.state = state
        for listener in self.on_state:
            listener(state)


def central_server(enrolment: Enrolment, app: App | None = None) -> OwnServer:
    """The server of an enrolment, in its own dialect; with the open station, for servers that ask back.

    Raises `BadInput` for a kind that is not spoken here.
    """
    if enrolment.kind == "hub":
        from sync.hub_client import Hub

        return Hub(enrolment)
    if enrolment.kind == "pretix":
        from sync.pretix_client import Pretix
        from sync.replica import Replica

        return Pretix(enrolment, Replica(app) if app is not None else None)
    raise BadInput(f"Servers of the kind {enrolment.kind} are not spoken to", "", "Enrol with a hub or a pretix.")


def renderer(app: App) -> Renderer:
    """What makes bytes and pictures of documents, for this station's printers."""
    from boxoffice.storage import badges
    from printers.rendering import Renderer

    models = app.printing().models
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
    """The station of a folder, ready to work for a command."""
    return App(config.folder(data), at_once=True)


def restore_station(data: str | None, source: Path) -> Path | None:
    """Bring a backup back into a folder that no window has open; where the old store is kept now."""
    from boxoffice.storage import backup

    folder = config.folder(data)
    lock = Lock(folder.lock)
    try:
        return backup.restore(source, folder.store, config.key(folder))
    finally:
        lock.release()
