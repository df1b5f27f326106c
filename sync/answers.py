"""What comes back from a server: a whole answer, or one that is read line by line, as far as it comes.

Nothing honest is without an end, and what breaks off or cannot be unpacked is no answer; both are said in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec
import urllib3

from boxoffice.errors import WORK_GOES_ON, ServerTrouble, filled

if TYPE_CHECKING:
    from requests import Response

CHUNK = 256 * 1024
LARGEST = 64 * 1024 * 1024
"""Bytes of an answer, or of one line of a stream, after decompression. Nothing honest comes near it."""


class Reply(msgspec.Struct, frozen=True):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Stream:
    """An answer that comes line by line. Close it, or use it in a `with`; `cut` may come from another thread."""

    def __init__(self, response: Response, host: str, forget: Callable[[Stream], None]) -> None:
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._host = host
        self._forget = forget

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        """The lines, without their ends. One that is not ended is handed out last. Raises `ServerTrouble`."""
        begun: list[bytes] = []
        size = 0
        for part in parts(self._response, self._host):
            first, *others = part.split(b"\n")
            begun.append(first)
            size += len(first)
            if size > LARGEST:
                raise too_much(self._host)
            if not others:
                continue
            yield b"".join(begun)
            *lines, last = others
            yield from lines
            begun, size = [last], len(last)
        if size:
            yield b"".join(begun)

    def close(self) -> None:
        """Let go of it, read to the end or not."""
        self._forget(self)
        self._response.close()

    def cut(self) -> None:
        """End it for whoever is reading it; the reader closes it."""
        try:
            self._response.raw.shutdown()
        except (RuntimeError, ValueError, OSError):
            return  # It has ended by itself.


def parts(response: Response, host: str) -> Iterator[bytes]:
    """The body as it comes in, decompressed. `iter_content` would wait until a chunk is full."""
    try:
        while part := response.raw.read1(CHUNK, decode_content=True):
            yield part
    except urllib3.exceptions.ReadTimeoutError as error:
        raise cut_off(host, "It fell silent half-way.") from error
    except urllib3.exceptions.DecodeError as error:
        raise cut_off(host, "It is packed in a way that cannot be unpacked.") from error
    except urllib3.exceptions.HTTPError as error:
        raise cut_off(host, "The connection broke half-way.") from error


def cut_off(host: str, what: str) -> ServerTrouble:
    """Not all of it came."""
    return ServerTrouble(
        "The server's answer is not complete", filled("{host}: {what}", host=host, what=what), WORK_GOES_ON
    )


def too_much(host: str) -> ServerTrouble:
    """More came than anything honest is long."""
    return ServerTrouble(
        "The server's answer has no end",
        filled("{host} sent more than {most} MiB at once.", host=host, most=LARGEST // 1024 // 1024),
        "Nothing of it was taken over. Tell the organiser.",
    )
