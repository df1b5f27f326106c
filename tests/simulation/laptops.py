"""A laptop at a door: the real station and the real engine on a machine that crashes, sleeps and is copied.

Whatever a person was told is remembered here, beside the station's own store: that is what was promised.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec

from boxoffice import config
from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.door import Door
from boxoffice.domain.facts import Guest, Line, Private, Sold
from boxoffice.domain.gate import Direction, Verdict, Wish
from boxoffice.domain.instants import micros
from boxoffice.domain.scan import Scan, Source
from boxoffice.errors import BadInput, Refused
from boxoffice.ids import new_id
from boxoffice.services import deal, held
from boxoffice.services.stock import Stock
from boxoffice.storage import backup, feeds, journal
from boxoffice.terminals.simulated import SimulatedTerminal
from sync.engine import Engine
from sync.servers import central_server

from .network import Network
from .stores import STORES
from .tills import Till
from .world import Machine, Time, World

EVENT = "conf26"


class Act(msgspec.Struct, frozen=True):
    """Something that a person was told is done."""

    laptop: str
    operation: str
    what: str


class Laptop(Machine):
    """One station: its folder, its open store, its engine, and what it promised."""

    def __init__(self, world: World, network: Network, name: str, folder: Path, ahead: float = 0.0) -> None:
        super().__init__(world, network, name, ahead)
        self.folder = folder
        self.app: App | None = None
        self.engine: Engine | None = None
        self.acts: list[Act] = []
        self.set_aside: set[str] = set()
        """Acts that a person took out of the store by bringing an older backup back."""
        self.till = Till(self, EVENT)
        self.terminal = SimulatedTerminal(now=self.clock)
        """It stands beside the laptop, and knows what it has charged whatever the laptop knows."""
        self.copied = False
        """Whether there is, or was, a second laptop with this store."""

    def __str__(self) -> str:
        return self.name

    # Opening and ending

    def open(self) -> None:
        """Start the program."""
        with self.here():
            self.app = App(Folder(self.folder))
            self.app.stock = Stock(self.app.shelf, steady=Time.monotonic)
            enrolment = self.app.enrolment
            assert enrolment is not None
            self.engine = Engine(self.app, central_server(enrolment), clock=Time.monotonic, chance=self.chance.random)
            self.engine.start()

    async def close(self) -> None:
        """End the program as a person does."""
        if self.app is None:
            return
        app, engine, self.app, self.engine = self.app, self.engine, None, None
        await self.run(engine.stop)
        with self.here():
            app.close()
        self._end_threads()

    def crash(self) -> None:
        """The program ends where it stands."""
        if self.app is None:
            return
        app, self.app, self.engine = self.app, None, None
        app.writer.stop()
        app.readers.close()
        app._lock.release()
        self._end_threads()
        self.network.cut(self)

    def _end_threads(self) -> None:
        for thread in self.threads:
            if thread.task is not None:
                thread.task.cancel()
        self.threads.clear()

    def copy_to(self, other: Laptop) -> None:
        """Copy the whole folder, as somebody does who sets up a second laptop quickly."""
        assert self.app is not None
        shutil.rmtree(other.folder, ignore_errors=True)  # which another day may have left
        other.folder.mkdir()
        self.app.backup(other.folder / "station.db")
        shutil.copyfile(self.folder / "key", other.folder / "key")
        other.copied = self.copied = True
        other.acts = []

    def back_up(self) -> None:
        """A backup, as `boxoffice backup` makes it."""
        assert self.app is not None
        target = self.folder / "backup.db"
        target.unlink(missing_ok=True)
        self.app.backup(target)

    def restore(self) -> None:
        """Bring the backup back, as `boxoffice restore` does. The program is closed."""
        source, folder = self.folder / "backup.db", Folder(self.folder)
        if self.app is not None or not source.exists():
            return
        self.tell("brings its backup back")
        STORES.forget(folder.store)
        key = config.key(folder)
        with self.here():
            backup.restore(source, folder.store, key)
            app = App(folder)
        there = {one.operation for one in app.read(lambda c: list(journal.entries(c)))}
        app.close()
        self.set_aside |= {act.operation for act in self.acts} - there

    # What people do

    def scan(self, ticket: str, list_id: int = 1, *, out: bool = False, force: bool = False) -> Verdict | None:
        """Hold a ticket to it."""
        scan = None

        def do(app: App) -> Verdict:
            nonlocal scan
            scan = Scan(f"secret-{ticket}", Source.MANUAL, self.clock(), new_id())
            door = Door(lists=((EVENT, list_id),), gate=self.name)
            wish = Wish(direction=Direction.EXIT if out else Direction.ENTRY, force=force)
            return app.gate.admit(scan, door, wish).result()

        way = "out" if out else "in"
        verdict: Verdict | None = self._do(f"scans {ticket} {way} at list {list_id}", do)
        if verdict is not None and scan is not None:
            said = "admitted" if verdict.admitted else f"refused ({verdict.reason.value})"
            self._promise(scan.nonce, f"{said}: {ticket} {way} at list {list_id}")
        return verdict

    def undo(self) -> None:
        """Take the last passage that counts back, whoever saw it."""

        def do(app: App) -> Any:
            rows = app.read(lambda c: c.execute(_COUNTING).fetchall())
            return app.gate.undo(rows[0][0], self.clock()).result() if rows else None

        if self._do("takes a passage back", do) is not None:
            self._promise_newest()

    def hand_out(self, ticket: str) -> None:
        """Give something to the holder of a ticket."""

        def do(app: App) -> Any:
            return app.gate.hand_out(EVENT, f"{ticket}-1", ("badge",), self.clock()).result()

        given = self._do(f"hands a badge to {ticket}", do)
        if given is not None:
            self._promise(given.operation, f"badge for {ticket}")

    def give_ticket(self, code: str) -> bool:
        """Make an order of one free ticket, which opens doors from now on. Whether it was made."""
        guests = {"1": Guest(secret=f"secret-{code}", name="Grace Hopper")}

        def do(app: App) -> Any:
            at = micros(self.clock())
            sold = Sold(event=EVENT, at=at, order=code, lines=(Line(number=1, item=1),), total=0)
            return app.write(lambda c: deal.record(c, sold, Private(guests=guests))).result()

        made = self._do(f"makes order {code}", do) is not None
        if made:
            self._promise_newest()
        return made

    def put_by(self) -> None:
        """Put a cart by, for any till to take up."""

        def do(app: App) -> Any:
            now = self.clock()
            cart = Cart(id=new_id(), event=EVENT, lines=(CartLine(id="l1", item=1),))
            app.write(lambda c: held.tell(c, cart, now)).result()
            return cart

        if self._do("puts a cart by", do) is not None:
            self._promise_newest()

    def settle(self, action: str) -> None:
        """Settle the oldest conflict."""

        def do(app: App) -> Any:
            found = app.conflicts()
            return app.settle(found[0].id, action, "Looked at", self.clock()).result() if found else None

        self.book(f"settles a conflict: {action}", do)

    def book(self, what: str, act: Any) -> Any:
        """Do something, and promise all that was written down for it."""
        if self.app is None:
            return None
        [(last,)] = self.rows("SELECT coalesce(max(id), 0) FROM journal")
        done = self._do(what, act)
        for operation, kind in self.rows("SELECT operation, kind FROM journal WHERE id > ? ORDER BY id", last):
            self._promise(operation, f"{what}: {kind}")
        return done

    def _do(self, what: str, act: Any) -> Any:
        if self.app is None:
            return None
        with self.here():
            try:
                return act(self.app)
            except (Refused, BadInput) as no:
                self.tell(f"{what}: no ({no.title})")
                return None

    def _promise(self, operation: str, what: str) -> None:
        self.acts.append(Act(self.name, operation, what))
        self.tell(f"{what} [{operation[-6:]}]")

    def _promise_newest(self, number: int = 1) -> None:
        """What an act without a name of its own is called in the journal."""
        assert self.app is not None
        with self.here():
            written = self.app.writer.do(lambda c: c.execute(_NEWEST, (number,)).fetchall())
        for operation, kind in reversed(written):
            self._promise(operation, kind)

    # Looking into it

    def read(self, question: Any) -> Any:
        assert self.app is not None
        return self.app.read(question)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        return self.read(lambda c: c.execute(sql, values).fetchall())

    @property
    def device(self) -> str:
        assert self.app is not None
        return self.app.station.device

    def waiting(self) -> int:
        return self.read(lambda c: c.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()[0])

    def progress(self) -> feeds.Progress:
        return self.read(lambda c: feeds.progress(c, EVENT))

    def journal(self) -> list[journal.Entry]:
        return self.read(lambda c: list(journal.entries(c)))


_COUNTING = "SELECT nonce FROM checkins WHERE NOT annulled AND NOT auto ORDER BY id DESC LIMIT 1"
_NEWEST = "SELECT operation, kind FROM journal ORDER BY id DESC LIMIT ?"
