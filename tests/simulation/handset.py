"""What writes requests to a line and reads answers from it: the same bytes as ever, taken apart more quickly.

Python's own `http.client` is made for any mail there could be, and spends more on the headers of an answer than the
hub on all of it. What a line brings, cut short or not, means here what it means there; pools, retries and errors above
are the HTTP library's own.
"""

from __future__ import annotations

from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.connection import HTTPSConnection

from .lines import Line
from .world import this_machine

AT_ONCE = 65_536

_find_pool = HTTPAdapter.get_connection_with_tls_context


def pool_of(adapter: HTTPAdapter, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
    """The connections of an adapter, which all lead to one server; looked for once, not for each request."""
    known: Any = vars(adapter).get("pool")
    if known is None or known.pool is None:  # which is a closed one
        known = vars(adapter)["pool"] = _find_pool(adapter, request, verify, proxies, cert)
        this_machine().network.pools.append(known)
    return known


class Handset(HTTPSConnection):
    """One connection of the HTTP library."""

    sock: Any

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        """Say it, in one piece."""
        self.sock.settimeout(self.timeout)
        self._asked = {
            "request_method": method,
            "request_url": url,
            "preload_content": options["preload_content"],
            "decode_content": options["decode_content"],
            "enforce_content_length": options["enforce_content_length"],
        }
        fields = [f"{method} {url} HTTP/1.1", f"Host: {self.host}", *(f"{name}: {headers[name]}" for name in headers)]
        self.sock.sendall("\r\n".join(fields).encode("latin-1") + b"\r\n\r\n" + (body or b""))

    def getresponse(self) -> HTTPResponse:
        """Hear how the answer begins."""
        self.sock.settimeout(self.timeout)
        hang_up = self.sock.shutdown
        heard = Heard(self.sock)
        try:
            heard.begin()
        except ConnectionError:
            self.close()
            raise
        if heard.ends_with_the_line:
            self.close()
        return HTTPResponse(
            body=heard,
            headers=heard.msg,
            status=heard.status,
            version=11,
            version_string="HTTP/1.1",
            reason=heard.reason,
            original_response=heard,  # type: ignore[arg-type]
            sock_shutdown=hang_up,
            **self._asked,
        )


class Heard:
    """An answer, as it comes in."""

    def __init__(self, line: Line) -> None:
        self.msg = HTTPHeaderDict()
        self.status = 0
        self.reason = ""
        self.closed = False
        self.ends_with_the_line = False
        self._line = line
        self._there = b""
        self._left: int | None = None
        """Bytes until the end, or until the end of this part; None if nobody knows."""
        self._in_parts = False

    def begin(self) -> None:
        """Hear all before the body. Where the line ends, what was said by then holds."""
        while b"\r\n\r\n" not in self._there and self._hear():
            pass
        head, _, self._there = self._there.partition(b"\r\n\r\n")
        if not head:
            raise RemoteDisconnected("Remote end closed connection without response")
        first, *fields = head.decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        status, _, self.reason = rest.partition(" ")
        if not (version.startswith("HTTP/") and status.isdecimal() and int(status) > 99):
            raise BadStatusLine(first)
        self.status = int(status)
        for field in fields:
            name, colon, value = field.partition(":")
            if colon:
                self.msg.add(name, value.strip())
        self._in_parts = self.msg.get("transfer-encoding", "") == "chunked"
        length = self.msg.get("content-length", "")
        self._left = int(length) if length.isdecimal() and not self._in_parts else None
        if self.status in (204, 304):
            self._left = 0
        self.ends_with_the_line = self._left is None and not self._in_parts
        if self._left == 0:
            self.close()

    def _hear(self) -> bool:
        """Wait for more; False where the line ends."""
        more = self._line.take(AT_ONCE)
        self._there += more
        return bool(more)

    def read1(self, most: int = AT_ONCE) -> bytes:
        """Some of the body, empty at its end."""
        if self.closed or (self._in_parts and not self._left and not self._next_part()):
            return b""
        if not self._there and not self._hear():
            self.close()
            if self._in_parts:
                raise IncompleteRead(b"")
            return b""
        size = most if self._left is None else min(most, self._left)
        part, self._there = self._there[:size], self._there[size:]
        if self._left is not None:
            self._left -= len(part)
            if self._left == 0 and not self._in_parts:
                self.close()
        return part

    read = read1

    def _next_part(self) -> bool:
        """Go to the next part, or to the end."""
        if self._left == 0:
            self._word()
        size = self._word()
        try:
            self._left = int(size, 16)
        except ValueError:
            self.close()
            raise IncompleteRead(b"") from None
        if self._left == 0:
            self._word()
            self.close()
        return self._left > 0

    def _word(self) -> bytes:
        while b"\r\n" not in self._there and self._hear():
            pass
        word, _, self._there = self._there.partition(b"\r\n")
        return word

    def close(self) -> None:
        """There is no more of it, or nobody wants it."""
        self.closed = True

    def isclosed(self) -> bool:
        """Whether the line is free for the next."""
        return self.closed
