"""Everything that changed in one event of a pretix, as one resumable stream of nouns.

pretix has no feed: each kind is a list of its own, with its own way of saying what is new. So the cursor
carries, for each kind, how far we are; and each noun travels with the cursor from which to go on behind it.
Small lists are read whole and compared row by row, which also tells what is gone. Orders come first by the
date of their making, so that a first download that was cut goes on where it was, then by what was modified.
Check-ins come by when the server heard of them, a little of what is known already each time, because a row
that was begun earlier may be committed later. No list tells of check-ins that were deleted in the back office; but
deleting touches the order, which then comes without them. So whatever we hold of an order that came and the
server does not is taken back, our own too, unless it may have arrived only after the server had looked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from boxoffice.decoding import decode, decoder
from boxoffice.domain import money
from boxoffice.domain.nouns import Gone, Noun, id_of
from boxoffice.domain.orders import Blocked, Medium, Order, Revoked, ticket_key
from boxoffice.ports import Change
from sync.wire import pretix as wire
from sync.wire import pretix_orders as orders_wire
from sync.wire.hub_feed import BROKEN, nonsense
from sync.wire.measure import measure_of

from .cursor import First, Memory, Seen, Window, cursor_of, place_of
from .lists import CATALOG_EVERY, KINDS, NEEDED, ORDERS, ORDERS_EVERY, SECRETS_EVERY, Kind
from .pages import Pages
from .times import LINKED_LATE, earlier, generated, later, settled

if TYPE_CHECKING:
    from sync.api import Api
    from sync.replica import Replica, Sent

_CANCELED_TOO = {"include_canceled_positions": "true"}
_order_row = decoder(orders_wire.OrderRow).decode
_passage_row = decoder(orders_wire.PassageRow).decode
_order_measure = measure_of(Order)


class PretixFeed:
    """One look at one event. After the last change the cursor is the place from which to go on."""

    def __init__(
        self,
        api: Api,
        organizer: str,
        event: str,
        cursor: str,
        memory: Memory,
        replica: Replica | None,
        gates: Mapping[int, str],
    ) -> None:
        """Raises `ServerTrouble` (410) for a cursor that is none, so that whoever has it begins anew."""
        self.total: int | None = None
        """How many changes there are at least; grows while a first download meets check-ins."""
        self._api = api
        self._organizer = organizer
        self._event = event
        self._memory = memory
        self._pages = Pages(api, event, memory)
        self._replica = replica
        self._gates = gates
        self._place = place_of(cursor)
        self._cursor: str | None = cursor or None
        self._organizer_home = f"/api/v1/organizers/{quote(organizer, safe='')}/"
        self._home = f"{self._organizer_home}events/{quote(event, safe='')}/"
        self._told = 0

    def __iter__(self) -> Iterator[Change]:
        """The changes. Raises `ServerTrouble` where it breaks off; what was handed out before it is good."""
        for kind, about in KINDS.items():
            yield from self._whole(kind, about)
        yield from self._orders()
        for kind, every, window in self._windows():
            if self._memory.is_due(kind, every) and kind not in self._memory.denied:
                yield from window()
                self._memory.was_read(kind)

    def close(self) -> None:
        """Let go of it. Nothing is open between two pages."""

    def _windows(self) -> Sequence[tuple[str, float, Callable[[], Iterator[Change]]]]:
        return (
            ("blocked", SECRETS_EVERY, self._blocked),
            ("revoked", SECRETS_EVERY, self._revoked),
            ("media", CATALOG_EVERY, self._media),
            ("checkins", 0.0, self._checkins),
        )

    # How a noun goes out

    def _out(self, nouns: Iterable[Noun | Gone], then: Callable[[], None]) -> Iterator[Change]:
        """Hand out nouns under the cursor before them, and the last under the one behind them all."""
        held: Noun | Gone | None = None
        for noun in nouns:
            if held is not None:
                yield self._change(held)
            held = noun
        then()
        self._cursor = None
        if held is not None:
            yield self._change(held)

    def _change(self, noun: Noun | Gone) -> Change:
        if self._cursor is None:
            self._cursor = cursor_of(self._place)
        self._told += 1
        return Change(self._cursor, noun)

    # Lists that are read whole

    def _whole(self, kind: str, about: Kind) -> Iterator[Change]:
        before = self._place.seen.get(kind, Seen())
        if kind in self._memory.denied or not (self._is_missing(kind) or self._memory.is_due(kind, about.every)):
            return
        found = self._read_whole(kind, about, before)
        if found is not None:
            nouns, modified = found
            if kind == "event":
                self._memory.places = money.exponent(nouns[0].currency)
            rows = {id_of(noun): _digest(msgspec.json.encode(noun)) for noun in nouns}
            changed: list[Noun | Gone] = [noun for noun in nouns if before.rows.get(id_of(noun)) != rows[id_of(noun)]]
            changed += [Gone(kind, self._event, name) for name in before.rows if name not in rows]
            yield from self._out(changed, partial(self._place.seen.__setitem__, kind, Seen(rows, modified)))
        self._memory.was_read(kind)

    def _is_missing(self, kind: str) -> bool:
        """Whether it was not read from this cursor on, or holds nothing without which nobody can be let in."""
        if kind in NEEDED:
            return not self._place.seen.get(kind, Seen()).rows
        return kind not in self._place.seen

    def _read_whole(self, kind: str, about: Kind, before: Seen) -> tuple[list[Any], str] | None:
        """All nouns of a kind; None if they are the same as before, or not for this device."""
        headers = {"If-Modified-Since": before.modified} if about.dated and before.modified else {}
        reader = wire.Rows(about.row, about.noun, self._event, self._memory.places)
        if about.single:
            reply = self._pages.one(self._home + about.path, kind=kind)
            return None if reply is None else (list(reader.nouns([msgspec.Raw(reply.body)])), "")
        nouns: list[Any] = []
        modified = ""
        home = self._organizer_home if about.of_organizer else self._home
        for number, reply in enumerate(self._pages.all(home + about.path, about.params, kind, headers)):
            if reply.status == 304:
                return None
            nouns += reader.nouns(wire.page_of(reply.body).results)
            if number == 0 and about.dated:
                modified = settled(reply.headers)
        return None if kind in self._memory.denied else (nouns, modified)

    # Orders

    def _orders(self) -> Iterator[Change]:
        if self._memory.is_due("orders", ORDERS_EVERY):
            yield from self._modified_orders() if self._place.orders else self._first_orders()
            self._memory.was_read("orders")

    def _first_orders(self) -> Iterator[Change]:
        """All orders by the date of their making; each page moves the cursor."""
        first = self._place.first
        params = [*ORDERS, ("ordering", "datetime")]
        if first is not None and first.since:
            params.append(("created_since", first.since))
        read = 0
        for reply in self._pages.all(f"{self._home}orders/", params, "orders"):
            first = first or First(generated(reply))
            page = wire.page_of(reply.body)
            rows = self._rows(page)
            self.total = self._told + page.count - read
            read += len(page.results)
            nouns = [noun for row in rows if not row.testmode for noun in self._nouns(row)]
            then = partial(self._came_to, first, rows) if page.next else partial(self._have_all, first)
            yield from self._out(nouns, then)

    def _came_to(self, first: First, rows: Sequence[orders_wire.OrderRow]) -> None:
        made = rows[-1].placed_at if rows else None
        self._place.first = First(first.stamp, wire.stamp(made) if made else first.since)

    def _have_all(self, first: First) -> None:
        """From here on it is enough to ask for what was modified, and for who passed, since we began."""
        self._place.orders, self._place.first = first.stamp, None
        self._place.checkins = Window(self._place.checkins.since or first.stamp)

    def _modified_orders(self) -> Iterator[Change]:
        """What was modified, newest first. The stamp moves when all of it is there: what is modified meanwhile
        comes to the front, where we were already, and is met again by the next look.
        """  # fmt: skip
        stamp = ""
        before = self._replica.now() if self._replica else None

        def nouns() -> Iterator[Noun | Gone]:
            nonlocal stamp
            params = [*ORDERS, ("ordering", "-last_modified"), ("modified_since", self._place.orders)]
            for reply in self._pages.all(f"{self._home}orders/", params, "orders"):
                stamp = stamp or generated(reply)
                for row in self._rows(wire.page_of(reply.body)):
                    if not row.testmode:
                        yield from self._nouns(row)
                        yield from self._vanished(row, before)

        def then() -> None:
            self._place.orders = stamp or self._place.orders

        yield from self._out(nouns(), then)

    def _rows(self, page: wire.Page) -> list[orders_wire.OrderRow]:
        try:
            rows = [_order_row(raw) for raw in page.results]
        except BROKEN as error:
            raise nonsense(f"In the orders of {self._event}: {error}.") from error
        for row in rows:
            self._memory.name(row)
        return rows

    def _nouns(self, row: orders_wire.OrderRow) -> Iterator[Noun]:
        """An order, who has passed with its tickets, and what was printed for them."""
        try:
            order = row.noun(self._event, self._memory.places)
            passages = list(row.passages(self._event, self._organizer, self._gates))
            printouts = list(row.printouts(self._event, self._organizer))
        except (ValueError, ArithmeticError) as error:
            raise nonsense(f"In order {row.code}: {error}.") from error
        if fault := _order_measure.fault(order):
            raise nonsense(f"In order {row.code}: {fault}.")
        yield order
        yield from passages
        yield from printouts

    def _vanished(self, row: orders_wire.OrderRow, before: Sent | None) -> Iterator[Gone]:
        """Check-ins that we hold and the server no longer counts: taken back, or deleted in its back office."""
        if self._replica is None or before is None:
            return
        told = [one for position in row.positions for one in position.checkins]
        names = {orders_wire.passage_name(one.id) for one in told}
        passed = {(one.gate_list, one.at, one.type) for one in told}
        for held in self._replica.passages(self._event, row.code):
            if orders_wire.is_passage_name(held.nonce):
                gone = held.nonce not in names
            else:
                gone = (held.list, held.at, held.direction) not in passed and before.holds(held.nonce)
            if gone:
                yield Gone("checkin", self._event, held.nonce)

    # Lists that only grow

    def _checkins(self) -> Iterator[Change]:
        window = self._place.checkins
        params = [("page_size", str(wire.PAGE)), ("created_since", earlier(window.since))] if window.since else []
        for reply in self._pages.all(f"{self._home}checkins/", params, "checkins"):
            page = wire.page_of(reply.body)
            digest = _digest(reply.body)
            if page.next is None and digest == window.digest:
                return
            rows = self._passages(page)
            names = self._names(row.position for row in rows if row.counts and row.position)
            nouns = [
                row.noun(self._event, names[row.position], self._organizer, self._gates)
                for row in rows
                if row.counts and row.position in names
            ]
            newest = max((wire.stamp(row.created) for row in rows if row.created), default=window.since)
            # Never back: what lies before the window would look like news.
            moved = Window(later(newest, window.since), "" if page.next else digest)
            yield from self._out(nouns, partial(setattr, self._place, "checkins", moved))

    def _passages(self, page: wire.Page) -> list[orders_wire.PassageRow]:
        try:
            rows = [_passage_row(raw) for raw in page.results]
        except BROKEN as error:
            raise nonsense(f"In the check-ins of {self._event}: {error}.") from error
        if any(row.at.tzinfo is None for row in rows):
            raise nonsense(f"In the check-ins of {self._event}: a time has no zone.")
        return rows

    def _names(self, ids: Iterable[int]) -> dict[int, str]:
        """What tickets are called: from memory, from the store, or else the server is asked."""
        wanted = set(ids)
        names = self._names_in_store(wanted)
        for one in wanted - names.keys():
            reply = self._api.get(f"{self._home}orderpositions/{one}/", _CANCELED_TOO, welcome=(403, 404))
            if reply.status == 200:
                row = wire.understood(reply.body, orders_wire.PositionRow)
                names[one] = ticket_key(row.order, row.positionid)
        return names

    def _blocked(self) -> Iterator[Change]:
        reader = wire.Rows(orders_wire.BlockedRow, Blocked, self._event, self._memory.places)
        yield from self._window("blocked", "blockedsecrets/", ("updated_since", "updated"), reader)

    def _revoked(self) -> Iterator[Change]:
        reader = wire.Rows(orders_wire.RevokedRow, Revoked, self._event, self._memory.places)
        yield from self._window("revoked", "revokedsecrets/", ("created_since", "created"), reader)

    def _window(self, kind: str, path: str, fields: tuple[str, str], reader: wire.Rows) -> Iterator[Change]:
        """A list that the server gives newest first: it is ours when all of it has come."""
        window: Window = getattr(self._place, kind)
        since, field = fields
        params = [("page_size", str(wire.PAGE))]
        if window.since:
            params.append((since, earlier(window.since)))
        rows: list[msgspec.Raw] = []
        for reply in self._pages.all(self._home + path, params, kind):
            rows += wire.page_of(reply.body).results
        digest = _digest(b"".join(map(bytes, rows)))
        if digest == window.digest:
            return
        newest = max((str(decode(raw).get(field) or "") for raw in rows), default=window.since)
        moved = Window(newest or window.since, digest)
        yield from self._out(reader.nouns(rows), partial(setattr, self._place, kind, moved))

    def _media(self) -> Iterator[Change]:
        """Wristbands and cards belong to the organiser; those with tickets of this event belong to it here too."""
        window = self._place.media
        params = [("page_size", str(wire.PAGE))]
        if window.since:
            params.append(("updated_since", earlier(window.since, LINKED_LATE)))
        stamp = ""
        for reply in self._pages.all(f"{self._organizer_home}reusablemedia/", params, "media"):
            stamp = stamp or reply.headers.get(wire.GENERATED, "")
            rows = [wire.understood(bytes(raw), orders_wire.MediumRow) for raw in wire.page_of(reply.body).results]
            names = self._names_in_store({one for row in rows for one in row.linked})
            yield from self._out(self._of_this_event(rows, names), _nothing)
        self._place.media = Window(stamp)
        self._cursor = None

    def _of_this_event(self, rows: Iterable[orders_wire.MediumRow], names: Mapping[int, str]) -> Iterator[Medium]:
        for row in rows:
            tickets = tuple(names[one] for one in row.linked if one in names)
            known = self._replica is not None and self._replica.has_medium(self._event, row.identifier)
            if tickets or known:
                yield row.noun(self._event, tickets)

    def _names_in_store(self, ids: set[int]) -> dict[int, str]:
        names = self._memory.names(ids)
        if self._replica is not None:
            names |= self._replica.keys(self._event, ids - names.keys())
        return names


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def _nothing() -> None:
    """The cursor moves with the whole list, not with a page."""
