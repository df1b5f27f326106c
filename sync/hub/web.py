"""How the hub's application reads a request and writes an answer; what it says where it answers with no."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from boxoffice.errors import StorageTrouble
from sync.wire import hub as wire

from .answers import No

log = logging.getLogger(__name__)

JSON = "application/json"
LARGEST_REQUEST = 8 * 1024 * 1024

_T = TypeVar("_T")


def token_of(request: Request) -> str:
    """The token that a device shows. Raises `No`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise No(401, "token", "This needs a device's token.")
    return token


async def body_of(request: Request) -> bytes:
    """The whole request, within measure. Raises `No`."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_REQUEST:
            raise No(413, "size", f"A request may have {LARGEST_REQUEST // 1024 // 1024} MiB at most.")
    return bytes(body)


def understood(read: Callable[[bytes], _T], body: bytes) -> _T:
    """What a body says. Raises `No`."""
    try:
        return read(body)
    except ValueError as error:
        raise No(400, "body", f"The request cannot be understood: {error}.") from error


def number_in(request: Request, name: str) -> int | None:
    """The number in a query; None where there is none. Raises `No`."""
    value = request.query_params.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise No(400, name, f"`{name}` is a whole number.")
    return int(value)


def clock() -> dict[str, str]:
    """The header that tells a device what time it is here."""
    return {wire.SERVER_TIME: f"{time.time():.6f}"}


def answer(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Something as JSON."""
    return Response(body, status, {**clock(), **(headers or {})}, JSON)


def empty(cookie: str) -> Response:
    """Nothing but a cookie."""
    return Response(status_code=204, headers={**clock(), "Set-Cookie": cookie})


def _word(status: int, word: str, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    return answer(wire.encode(wire.Word(word, sentence)), status, headers)


async def _no(_: Request, no: No) -> Response:
    return _word(no.status, no.word, no.sentence)


async def _http_no(_: Request, no: HTTPException) -> Response:
    return _word(no.status_code, "http", f"{no.detail}.", no.headers)


async def _storage_no(_: Request, trouble: StorageTrouble) -> Response:
    log.error("%s", trouble)
    return _word(503, "storage", "The hub's store does not work at the moment.", {"Retry-After": "5"})


async def _gone(_: Request, __: ClientDisconnect) -> Response:
    """The station went away in the middle of its question. Nothing was taken in, and nobody hears this."""
    return Response(status_code=400)


async def _our_fault(_: Request, __: Exception) -> Response:
    return _word(500, "internal", "The hub made a mistake. It is in its log.")


REFUSALS = {
    No: _no,
    HTTPException: _http_no,
    StorageTrouble: _storage_no,
    ClientDisconnect: _gone,
    Exception: _our_fault,
}
"""How each error is answered."""
