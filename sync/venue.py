"""A hub at the venue: a central server to the laptops around it, and a station of the server above.

The laptops keep each other in step through it while the internet is gone. Downwards, what the server above
tells is put before the laptops before the hub's own cursor moves past it; upwards, what the laptops did goes
through the journal of the hub's own station, so it is sent once, in order, and waits as long as it has to.
What a laptop did is never taken back because the server above has not heard of it yet.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec
from sqlalchemy import Connection as HubConnection

from boxoffice.domain import changes
from boxoffice.domain.catalog import Event
from boxoffice.domain.checkins import CheckIn, HandOut, Objection, Settlement
from boxoffice.domain.facts import OrderFact, Private
from boxoffice.domain.held import HeldCart
from boxoffice.domain.journal import Entry, fact_of, private_of
from boxoffice.domain.nouns import Gone, Noun, event_of, id_of, kind_of
from boxoffice.domain.orders import Order
from boxoffice.domain.printing import Printout
from boxoffice.errors import Refused, ServerTrouble, Trouble
from boxoffice.ports import CentralServer, Change, Enrolment, Feed, Receipt
from boxoffice.services import overlay, relay
from boxoffice.storage import feeds, journal, outbox
from boxoffice.storage import settings as own
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Lane

from .engine import Engine
from .hub import documents, relays
from .hub.database import Database
from .hub.documents import Document
from .hub.relays import OBJECTION, Relay
from .hub_client import Hub as Above
from .station import Station
from .wire.hub_feed import noun_of

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Rows that are put before the laptops, or acts that are handed on, in one transaction."""
MOST_WAITING = 10_000
"""Acts that can have come since they were last handed on; far fewer do."""
LOOK_EVERY = 0.5
"""Seconds between two looks at what the laptops did. They themselves do not wait for this."""
_OnOrder = tuple[str, OrderFact, Private]
"""An act on an order, by its operation."""


class Venue:
    """What connects a hub's store with the server above. `start` and `stop` it, or call its two halves."""

    def __init__(self, station: Station, database: Database, upstream: CentralServer, url: str) -> None:
        """`station` is the hub's own; `url` is the address of the server above that it belongs to."""
        self._station = station
        self._database = database
        self._stopping = threading.Event()
        self.server = Before(upstream, database, station, self.hand_up)
        self.engine = Engine(station, self.server)
        self._objections: dict[str, str] | None = None
        """What the laptops were told that the server above will not have; None before anybody has looked."""
        self._thread = threading.Thread(target=self._work, name="venue", daemon=True)
        with database.reading() as connection:
            is_new = not relays.is_below(connection, url)
        if is_new:  # What the station has read before, the laptops have not.
            station.writer.do(feeds.start_over, Lane.BACKGROUND)
        with database.writing() as connection:
            relays.begin(connection, url)

    def start(self) -> None:
        """Begin to listen to both sides."""
        self.engine.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop talking. What the laptops did and the server above does not know waits in the store."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self.engine.stop()

    @property
    def take_cart(self) -> Callable[[str, str], None]:
        """What takes up a cart that the server above keeps, in any process of this hub."""
        return partial(take_cart, self._station.read(own.enrolment))

    def hand_up(self) -> int:
        """Put what the laptops did into the journal of the hub's own station; how many acts there were."""
        handed = 0
        while not self._stopping.is_set():
            with self._database.reading() as connection:
                some = relays.waiting(connection, AT_ONCE)
            if not some:
                break
            self._station.writer.do(lambda c, acts=some: self._take(c, acts), Lane.BACKGROUND)  # type: ignore[misc]
            with self._database.writing() as connection:
                relays.done(connection, [one.operation for one in some])
            handed += len(some)
        self._tell_objections()
        return handed

    def _tell_objections(self) -> None:
        """Tell the laptops what the server above will not have of what they did, and when it is over."""
        refused = self._station.read(_objections)
        if self._objections is None:
            with self._database.reading() as connection:
                self._objections = relays.objections(connection)
        told = self._objections
        new = [one for name, one in refused.items() if name not in told]
        over = [Document(event, OBJECTION, name, None) for name, event in told.items() if name not in refused]
        if new or over:
            with self._database.writing() as connection:
                documents.put(connection, [*map(documents.document, new), *over])
            self._objections = {name: one.event for name, one in refused.items()}

    def _take(self, connection: Connection, acts: Sequence[Relay]) -> None:
        for one in acts:
            private = private_of(one.private)
            relay.hand_on(connection, self._station.shelf, one.operation, fact_of(one.body), private, one.name)

    def _work(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            try:
                self.hand_up()
            except Trouble as trouble:
                log.warning("What the laptops did is not handed on yet: %s", trouble)
            except Exception:
                log.exception("What the laptops did is not handed on yet")


def _objections(connection: Connection) -> dict[str, Objection]:
    """What the server above has refused of the acts that were handed on."""
    found: dict[str, Objection] = {}
    for one in outbox.parked(connection, -1):
        fact = one.entry.fact()
        if fact.station:
            words = one.because or ""
            at = datetime.now(UTC)
            found[one.entry.operation] = Objection(event=fact.event, operation=one.entry.operation, at=at, words=words)
    return found


def take_cart(enrolment: Enrolment | None, event: str, cart: str) -> None:
    """Take up a cart that the server above keeps, in the name of this hub. Raises `Refused`, `ServerTrouble`."""
    if enrolment is None or enrolment.kind != "hub":
        raise Refused("This cart cannot be taken", "The server above keeps no carts.", "Look at the list again.")
    with contextlib.closing(Above(enrolment)) as above:
        above.take_cart(event, cart)


class Before:
    """The server above, as the hub's own station sees it: whatever it tells is before the laptops first."""

    def __init__(
        self, upstream: CentralServer, database: Database, station: Station, hand_up: Callable[[], object]
    ) -> None:
        self._upstream = upstream
        self._database = database
        self._station = station
        self._hand_up = hand_up

    def events(self) -> Sequence[Event]:
        """The events that the hub may see."""
        return self._upstream.events()

    def changes(self, event: str, cursor: str) -> Passed:
        """Everything that changed after `cursor`; each change is handed out when the laptops can have it."""
        self._hand_up()  # What the laptops did is laid over what is told, as far as it is known.
        return Passed(self._upstream.changes(event, cursor), self._database, self._station)

    def push(self, entries: Sequence[Entry]) -> Receipt:
        """Hand over acts in order."""
        return self._upstream.push(entries)

    def listen(self, events: Sequence[str]) -> Iterator[str]:
        """Slugs of events as something changes in them."""
        return self._upstream.listen(events)

    def close(self) -> None:
        """Let go of connections."""
        self._upstream.close()


class Passed:
    """A feed of the server above, on its way through the hub's store."""

    def __init__(self, feed: Feed, database: Database, station: Station) -> None:
        self._feed = feed
        self._database = database
        self._station = station
        self._device = station.read(own.station).device
        self.total = feed.total

    def __iter__(self) -> Iterator[Change]:
        some: list[Change] = []
        try:
            for change in self._feed:
                some.append(change)
                if len(some) >= AT_ONCE:
                    yield from self._put(some)
                    some = []
        except ServerTrouble:
            yield from self._put(some)
            raise
        yield from self._put(some)

    def close(self) -> None:
        """Let go of it before its end."""
        self._feed.close()

    def _put(self, some: list[Change]) -> list[Change]:
        latest = {_name(change.noun): change.noun for change in some}
        with self._database.writing() as connection:  # No laptop can do anything between the look and what is put.
            waiting = _on_orders(relays.waiting(connection, MOST_WAITING))
            acts = self._station.read(outbox.orders_with_acts) | {
                f"{fact.event}/{fact.order}" for _, fact, _ in waiting
            }
            if acts:
                latest = {name: self._with_acts(noun, acts, waiting) for name, noun in latest.items()}
            wanted = [document for noun in latest.values() if (document := self._document(connection, noun))]
            documents.put(connection, wanted)
        return some

    def _with_acts(self, noun: Noun | Gone, orders: Container[str], waiting: Sequence[_OnOrder]) -> Noun | Gone:
        if isinstance(noun, Order) and f"{noun.event}/{noun.code}" in orders:
            return self._station.read(lambda c: _with_acts(c, noun, waiting))
        return noun

    def _document(self, connection: HubConnection, noun: Noun | Gone) -> Document | None:
        """What is new to the laptops about a noun, if anything is."""
        held = documents.body(connection, *_name(noun))
        if isinstance(noun, Gone):
            return Document(noun.event, noun.kind, noun.id, None) if held else None
        if fault := documents.unnameable(noun):
            log.warning("A %s from above cannot be kept: %s", kind_of(noun), fault)
            return None
        if isinstance(noun, CheckIn):
            return self._passage(noun, held)
        if isinstance(noun, HeldCart):
            return self._cart(noun, held)
        if isinstance(noun, HandOut | Settlement | Printout) and held:
            return None
        if isinstance(noun, Printout) and noun.device_id == self._device:
            return None  # The server's own name for what this hub told it.
        new = documents.document(noun)
        return new if new.body != held else None

    def _cart(self, told: HeldCart, held: str | None) -> Document | None:
        """A cart that is kept above. Who of the laptops here has it the server above does not know."""
        known = noun_of("held_cart", held.encode()) if held else None
        is_ours = told.taken_by == self._device or (isinstance(known, HeldCart) and known.taken_by)
        new = documents.document(told)
        return None if is_ours or new.body == held else new

    def _passage(self, told: CheckIn, held: str | None) -> Document | None:
        """A passage. Of one that a laptop here saw, only that it was taken back is news."""
        if held is None:
            # Some servers have names of their own for what this hub told them.
            return None if told.device_id == self._device else documents.document(told)
        known = noun_of("checkin", held.encode())
        if not isinstance(known, CheckIn) or known.annulled or not told.annulled:
            return None
        return documents.document(msgspec.structs.replace(known, annulled=True))


def _with_acts(connection: Connection, order: Order, waiting: Sequence[_OnOrder]) -> Order:
    """What the laptops did laid over it: what is in the journal of the hub's own station, then what is not yet."""
    order = overlay.with_own_acts(connection, order)
    for operation, fact, private in waiting:
        if (fact.event, fact.order) == (order.event, order.code) and journal.knows(connection, operation) is None:
            changed = changes.after(order, fact, private, operation)
            order = order if isinstance(changed, str) else changed
    return order


def _on_orders(acts: Sequence[Relay]) -> list[_OnOrder]:
    read = ((one.operation, fact_of(one.body), private_of(one.private)) for one in acts)
    return [(operation, fact, private) for operation, fact, private in read if isinstance(fact, OrderFact)]


def _name(noun: Noun | Gone) -> tuple[str, str, str]:
    if isinstance(noun, Gone):
        return noun.event, noun.kind, noun.id
    return event_of(noun), kind_of(noun), id_of(noun)
