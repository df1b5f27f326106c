"""The hub's web application: who asks, what they may, and where it is answered.

Nothing is remembered here that another process would need; devices, cursors and acts are in the database,
so several workers may serve one store. Work with the database is done on threads, never on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from boxoffice.domain.instants import micros
from boxoffice.errors import Refused, StorageTrouble, Trouble
from sync.wire import hub as wire
from sync.wire.hub_feed import NDJSON, TOTAL

from . import acts, auth, carts, chain, description, documents, feed, leases, page, web
from .answers import No
from .auth import Caller
from .database import Database
from .overview import Overviews
from .pokes import Pokes
from .trim import Trim, trim_for
from .writer import Writer

log = logging.getLogger(__name__)

MOST_EVENTS = 100
READERS = 4
"""Threads that look things up. More of them answer no sooner: they only take the processor from each other."""
HEARD_EVERY = 60_000_000
"""Microseconds after which it is noted anew that a device was heard."""

_T = TypeVar("_T")
TakeAbove = Callable[[str, str], object]
"""Takes up a cart of an event that the server above keeps."""


class Hub:
    """The endpoints, around one database."""

    def __init__(self, database: Database, take_above: TakeAbove | None = None, *, among_others: bool = False) -> None:
        """`take_above` asks the server above, if there is one, for a cart of an event. Raises `Trouble`.

        `among_others`: whether other processes serve the same database.
        """
        self._database = database
        self._take_above = take_above
        self._writer = Writer(database)
        self._readers = ThreadPoolExecutor(READERS, "hub reader")
        self.pokes = Pokes(database, among_others=among_others)
        self._overviews = Overviews(database)
        self._recognised = auth.Recognised()

    def app(self) -> Starlette:
        """The application to be served."""
        routes = [
            Route("/v1/enrol", self._enrol, methods=["POST"]),
            Route("/v1/events", self._events, methods=["GET"]),
            Route("/v1/events/{event}/changes", self._changes, methods=["GET"]),
            Route("/v1/events/{event}/stream", self._stream, methods=["GET"]),
            Route("/v1/stream", self._stream, methods=["GET"]),
            Route("/v1/acts", self._acts, methods=["POST"]),
            Route("/v1/events/{event}/leases", self._leases, methods=["POST"]),
            Route("/v1/events/{event}/carts/{cart}/take", self._take_cart, methods=["POST"]),
            Route("/v1/device/info", self._info, methods=["GET"]),
            Route("/v1/device/update", self._update, methods=["POST"]),
            Route("/v1/device/roll", self._roll, methods=["POST"]),
            Route("/v1/device/revoke", self._revoke, methods=["POST"]),
            Route("/", self._page, methods=["GET"], include_in_schema=False),
            Route("/login", self._login, methods=["POST"], include_in_schema=False),
            Route("/logout", self._logout, methods=["POST"], include_in_schema=False),
            Route("/overview", self._overview, methods=["GET"], include_in_schema=False),
            Route("/healthz", self._health, methods=["GET"]),
            Route("/openapi.json", self._describe, methods=["GET"]),
        ]
        app = Starlette(routes=routes, exception_handlers=web.REFUSALS)  # type: ignore[arg-type]
        app.router.redirect_slashes = False
        return app

    def close(self) -> None:
        """Finish what was begun. The server has ended by then."""
        self.pokes.join()
        self._readers.shutdown()
        self._writer.close()

    async def _enrol(self, request: Request) -> Response:
        arrival = web.understood(wire.arrival_of, await web.body_of(request))
        now = _now()
        device = await self._write(lambda c: auth.enrol(c, arrival, micros(now)))
        log.info("Enrolled %s as %s", device.name, device.device_id)
        return web.answer(wire.encode(device))

    async def _events(self, request: Request) -> Response:
        return web.answer(wire.events(await self._asked(request, _rows_of_events)))

    async def _changes(self, request: Request) -> Response:
        event = request.path_params["event"]
        since = request.query_params.get("since", "")
        limit = web.number_in(request, "limit")

        def look(connection: Connection, caller: Caller) -> tuple[feed.Span, Trim | None, bytes | None]:
            _open(connection, caller, event)
            span, trim = _span(connection, event, since), trim_for(connection, caller, event)
            return span, trim, feed.short(span, trim) if limit is None else None

        span, trim, short = await self._asked(request, look)
        lines = iter((short,)) if short else feed.lines(self._database, span, limit, trim)
        headers = {TOTAL: str(span.total), **web.clock(), "Cache-Control": "no-store"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            lines = feed.packed(lines)
            headers["Content-Encoding"] = "gzip"
        if short:
            return Response(b"".join(lines), headers=headers, media_type=NDJSON)
        return StreamingResponse(lines, headers=headers, media_type=NDJSON)

    async def _stream(self, request: Request) -> Response:
        asked = [request.path_params["event"]] if request.path_params else request.query_params.getlist("event")

        def look(connection: Connection, caller: Caller) -> None:
            for event in asked:
                _open(connection, caller, event)

        async def welcome() -> bool:
            try:
                await self._asked(request, look)
            except (No, StorageTrouble):
                return False
            return True

        await self._asked(request, look)
        if not 0 < len(asked) <= MOST_EVENTS:
            raise No(400, "event", f"Name the events to listen to, at most {MOST_EVENTS}.")
        headers = {**web.clock(), "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self.pokes.messages(asked, welcome), headers=headers, media_type="text/event-stream")

    async def _acts(self, request: Request) -> Response:
        token = web.token_of(request)
        caller = self._recognised.get(token) or await self._caller(request)
        entries = web.understood(wire.entries_of, await web.body_of(request))
        now = _now()
        if not entries:
            return web.answer(wire.encode(await self._asked(request, lambda c, caller: acts.greet(c, caller, now))))
        looked = acts.look(entries)
        try:
            taken = await self._take(acts.Batch(caller, looked, now))
        except No:
            self._recognised.forget(token)
            taken = await self._take(acts.Batch(await self._caller(request), looked, now))
        self.pokes.tell(taken.moved)
        return web.answer(wire.encode(taken.receipt))

    async def _take(self, batch: acts.Batch) -> acts.Taken:
        taken = await asyncio.wrap_future(self._writer.submit_to(acts.take, batch))
        self._recognised.note(batch.caller)
        return taken

    async def _leases(self, request: Request) -> Response:
        caller = await self._caller(request)
        event = request.path_params["event"]

        def count(connection: Connection) -> leases.Counted:
            _open(connection, caller, event)
            return leases.count(connection, caller, event, wish)

        wish = web.understood(wire.wish_of, await web.body_of(request))
        counted = await self._read(count)
        now = _now()
        lease = await self._write(lambda c: leases.settle(c, caller, event, wish, counted, now))
        return web.answer(wire.encode(lease))

    async def _take_cart(self, request: Request) -> Response:
        event, cart = request.path_params["event"], request.path_params["cart"]

        def look(connection: Connection, caller: Caller) -> tuple[Caller, bool]:
            _open(connection, caller, event)
            return caller, carts.is_kept_above(connection, caller, event, cart)

        caller, kept_above = await self._asked(request, look)
        if kept_above:
            await self._ask_above(event, cart)
        held, moved = await self._write(lambda c: carts.take(c, caller, event, cart))
        self.pokes.tell(moved)
        return web.answer(msgspec.json.encode(held))

    async def _ask_above(self, event: str, cart: str) -> None:
        if self._take_above is None:
            raise No(409, "above", "Another server keeps this cart.")
        try:
            await run_in_threadpool(self._take_above, event, cart)
        except Refused as no:
            raise No(409, "taken", no.what) from no
        except Trouble as trouble:
            log.info("A cart that is kept above cannot be had: %s", trouble)
            raise No(409, "above", "The server that keeps this cart cannot be asked now.") from trouble

    async def _info(self, request: Request) -> Response:
        return web.answer(wire.encode(await self._asked(request, _device)))

    async def _update(self, request: Request) -> Response:
        caller = await self._caller(request)
        arrival = web.understood(wire.arrival_of, await web.body_of(request))
        await self._write(lambda c: auth.describe(c, caller.id, arrival))
        return web.answer(wire.encode(await self._read(lambda c: _device(c, caller))))

    async def _roll(self, request: Request) -> Response:
        caller = await self._caller(request)
        token = await self._write(lambda c: auth.roll(c, caller.id))
        return web.answer(wire.encode(await self._read(lambda c: _device(c, caller, token))))

    async def _revoke(self, request: Request) -> Response:
        caller = await self._caller(request)
        now = _now()
        await self._write(lambda c: auth.revoke(c, caller.id, micros(now)))
        return web.answer(b"{}")

    async def _page(self, _: Request) -> Response:
        return Response(page.html(), headers=page.headers(), media_type="text/html")

    async def _login(self, request: Request) -> Response:
        token = (await web.body_of(request)).decode("utf-8", "replace")
        now = _now()
        return web.empty(await self._write(lambda c: page.log_in(c, token, micros(now))))

    async def _logout(self, request: Request) -> Response:
        session, now = request.cookies.get(page.COOKIE, ""), _now()
        return web.empty(await self._write(lambda c: page.log_out(c, session, micros(now))))

    async def _overview(self, request: Request) -> Response:
        session, now = request.cookies.get(page.COOKIE, ""), _now()
        await self._read(lambda c: page.recognise(c, session, micros(now)))
        found = await run_in_threadpool(self._overviews.look, now)
        return web.answer(msgspec.json.encode(found), headers={"Cache-Control": "no-store"})

    async def _health(self, _: Request) -> Response:
        await self._read(documents.newest)
        return web.answer(b'{"status":"ok"}')

    async def _describe(self, _: Request) -> Response:
        return web.answer(description.openapi())

    async def _caller(self, request: Request) -> Caller:
        """The device that asks. Raises `No`."""
        return await self._asked(request, lambda _, caller: caller)

    async def _asked(self, request: Request, job: Callable[[Connection, Caller], _T]) -> _T:
        """Look something up for the device that asks, in one go with finding out who it is. Raises `No`."""
        token = web.token_of(request)

        def recognised(connection: Connection) -> tuple[auth.Shown, _T]:
            shown = auth.recognise(connection, token)
            return shown, job(connection, shown.caller)

        shown, found = await self._read(recognised)
        now = micros(_now())
        if shown.rolled:
            await self._write(lambda c: auth.promote(c, token))
        if now - shown.seen_at > HEARD_EVERY:
            await self._write(lambda c: auth.hear(c, shown.caller.id, now))
        return found

    async def _read(self, job: Callable[[Connection], _T]) -> _T:
        def run() -> _T:
            with self._database.reading() as connection:
                return job(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def _write(self, job: Callable[[Connection], _T]) -> _T:
        return await asyncio.wrap_future(self._writer.submit(job))


def _now() -> datetime:
    return datetime.now(UTC)


def _open(connection: Connection, caller: Caller, event: str) -> None:
    """Raise `No` unless there is such an event and this device may see it; which of the two is not said."""
    if not (caller.may_see(event) and documents.is_open(connection, event)):
        raise No(404, "event", "This device is enrolled for no such event.")


def _span(connection: Connection, event: str, since: str) -> feed.Span:
    try:
        return feed.span(connection, event, since)
    except ValueError as error:
        raise No(400, "since", f"{error}.") from error


def _rows_of_events(connection: Connection, caller: Caller) -> list[bytes]:
    slugs = [event for event in documents.events(connection) if caller.may_see(event)]
    bodies = [documents.body(connection, event, "event", event) for event in slugs]
    return [body.encode() for body in bodies if body]


def _device(connection: Connection, caller: Caller, token: str = "") -> wire.Device:
    epoch, mark = chain.newest(chain.marks(connection, caller.id))
    return wire.Device(
        device_id=caller.id,
        name=caller.name,
        role=caller.role,
        token=token,
        events=tuple(event for event in documents.events(connection) if caller.may_see(event)),
        gate=caller.gate,
        epoch=epoch,
        high_water=mark.high_water,
        missing=chain.gaps(connection, caller.id, epoch, mark),
        alarm=chain.alarm(connection, caller.id, epoch, mark),
    )
