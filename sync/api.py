"""One HTTP session between a station and its server, whatever the dialect.

Every foreign error ends here and becomes a `ServerTrouble` with a sentence. Venue networks lie: a login
page that answers with 200, a proxy's 502, a body that stops half-way, a certificate for another name are
all "later", never data; and the token goes to the server's own address and nowhere else. Importing this
loads `requests`, so whoever is on the way to the first window imports it late; but its tables (4 MiB) for texts that do
not say in which letters they were written, and for addresses in other letters than ours, wait until there is one.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urljoin, urlsplit

import msgspec
import urllib3

from boxoffice.decoding import decode
from boxoffice.errors import WORK_GOES_ON, BadInput, DeviceRevoked, ServerTrouble, filled
from boxoffice.postponing import put_off

with put_off("charset_normalizer", "idna") as stand_ins:
    for stand_in in stand_ins:
        # What requests asks of it when it is loaded itself.
        vars(stand_in)["__version__"] = version(stand_in.__name__)
    import requests
    from requests import PreparedRequest
    from requests.structures import CaseInsensitiveDict
    from requests.utils import default_headers, get_environ_proxies

if TYPE_CHECKING:
    from requests import Response

# What it warns of comes out of here as a sentence.
logging.getLogger("urllib3").setLevel(logging.ERROR)

JSON = "application/json"
CHUNK = 256 * 1024
LARGEST = 64 * 1024 * 1024
"""Bytes of an answer, or of one line of a stream, after decompression. Nothing honest comes near it."""
PATIENCE = 60.0
"""Seconds for a whole answer, so that one that drips in does not hold the sync up for ever."""
HOPS = 3
AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that name the certificates to trust, for networks with an authority of their own; the first one holds."""
_BODILESS = (204, 304)
_NO_MORE: Mapping[str, str] = {}

Parameters = Mapping[str, str] | Sequence[tuple[str, str]]


class Reply(msgspec.Struct, frozen=True):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _never(_: Reply) -> bool:
    return False


class Api:
    """The session. One thread at a time sends; `close` may come from any."""

    def __init__(
        self,
        url: str,
        authorization: str = "",
        *,
        connect: float = 3.0,
        read: float = 15.0,
        authority: str | bool = True,
        clock: str = "",
        revoked: Callable[[Reply], bool] = _never,
    ) -> None:
        """`authority` is a file with the certificates to trust; `clock` a header with
        the server's time in Unix seconds, if it has one besides `Date`.

        `revoked` tells from a 401 or 403 whether the server sent this station away for good.
        """
        self.url = address(url)
        self.skew: float | None = None
        """Seconds by which the server's clock is ahead of ours, by its last answer."""
        self._host = urlsplit(self.url).netloc
        self._timeout = (connect, read)
        self._clock = clock
        self._revoked = revoked
        self._session = requests.Session()
        self._authority = authority
        self._is_near = _is_loopback(self.url)  # No proxy leads back to this machine.
        self._is_secure = self.url.startswith("https:")
        self._headers = {**default_headers(), "Accept-Encoding": "identity" if self._is_near else "gzip"}
        self.authorize(authorization)
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._closed = False

    def get(
        self,
        path: str,
        params: Parameters | None = None,
        *,
        welcome: Collection[int] = (),
        headers: Mapping[str, str] = _NO_MORE,
    ) -> Reply:
        """Ask for something. Statuses in `welcome` are handed back instead of raised, if the body is JSON."""
        return self._whole("GET", path, params, None, welcome, headers)

    def post(
        self, path: str, body: bytes = b"{}", *, welcome: Collection[int] = (), headers: Mapping[str, str] = _NO_MORE
    ) -> Reply:
        """Tell something, as JSON."""
        return self._whole("POST", path, None, body, welcome, headers)

    def send(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        welcome: Collection[int] = (),
        headers: Mapping[str, str] = _NO_MORE,
    ) -> Reply:
        """Tell something by another method than POST."""
        return self._whole(method, path, None, body, welcome, headers)

    def picture(self, path: str) -> bytes:
        """The bytes of a picture. Raises `ServerTrouble` for anything that is none."""
        response = self._send("GET", path, None, None, media="image/*")
        reply = self._reply(response)
        if reply.status != 200:
            self._refused(reply)
        found = response.headers.get("content-type", "")
        if not found.startswith("image/"):
            raise self._in_the_way(
                filled("It came as {what} instead of a picture.", what=found or "something without a name")
            )
        return reply.body

    def stream(
        self, path: str, params: Parameters | None = None, *, media: str, silence: float | None = None
    ) -> Stream:
        """Ask for something that comes line by line; `silence` is how many seconds may pass without a byte."""
        sent = time.time()
        response = self._send("GET", path, params, None, media=media, silence=silence)
        if response.status_code != 200:
            self._refused(self._reply(response))
        self._is(response, media)
        self._measure(response, sent)
        stream = Stream(response, self._host, self._forget)
        with self._lock:
            self._streams.add(stream)
            closed = self._closed
        if closed:
            stream.cut()
        return stream

    def authorize(self, authorization: str) -> None:
        """Go on with another token."""
        self._authorization = {"Authorization": authorization} if authorization else {}

    @property
    def closed(self) -> bool:
        """Whether somebody wants this to end."""
        return self._closed

    def close(self) -> None:
        """Let go of all connections; streams that another thread reads end at once."""
        with self._lock:
            self._closed = True
            streams = list(self._streams)
        for stream in streams:
            stream.cut()
        self._session.close()

    def _forget(self, stream: Stream) -> None:
        with self._lock:
            self._streams.discard(stream)

    def _whole(
        self,
        method: str,
        path: str,
        params: Parameters | None,
        body: bytes | None,
        welcome: Collection[int],
        headers: Mapping[str, str],
    ) -> Reply:
        sent = time.time()
        response = self._send(method, path, params, body, more=headers)
        reply = self._reply(response)
        if reply.status not in welcome and not 200 <= reply.status < 300:
            self._refused(reply)
        if reply.status not in _BODILESS:
            self._is(response, JSON)
        self._measure(response, sent)
        return reply

    def _send(
        self,
        method: str,
        path: str,
        params: Parameters | None,
        body: bytes | None,
        *,
        media: str = JSON,
        silence: float | None = None,
        more: Mapping[str, str] = _NO_MORE,
    ) -> Response:
        target = self._within(path)
        timeout = (self._timeout[0], silence or self._timeout[1])
        headers = {"Accept": media} | ({"Content-Type": JSON} if body is not None else {}) | dict(more)
        for _ in range(HOPS):
            try:
                response = self._ask(method, _full(target, _pairs(params)), body, headers, timeout)
            except OSError as error:  # Those of the HTTP library are OSErrors too.
                raise self._unreachable(error) from error
            if not response.is_redirect:
                return response
            target, params = self._elsewhere(method, response), None
        raise self._in_the_way("It sends us in circles.")

    def _ask(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout: tuple[float, float]
    ) -> Response:
        """One request, as `Session.request` makes it, without what no server of ours needs and each would pay for.

        That is cookies, redirects, hooks, and a `.netrc`, which would put in another token than ours.
        """
        request = PreparedRequest()
        request.method, request.url, request.body = method, url, body
        request.headers = CaseInsensitiveDict(self._headers | headers | self._authorization)
        request.prepare_content_length(body)
        proxies = {} if self._is_near else get_environ_proxies(url)
        return self._session.get_adapter(url).send(
            request, stream=True, timeout=timeout, verify=self._verified_by(), proxies=proxies
        )

    def _verified_by(self) -> str | bool:
        """The authority that was given; without one, what the environment names, or those of the HTTP library."""
        if self._authority is not True or not self._is_secure:
            return self._authority
        return next((named for name in AUTHORITIES if (named := os.environ.get(name))), True)

    def _within(self, path: str) -> str:
        """The full address of a path, or of a link that the server gave. Raises if it leads away."""
        if "://" not in path:
            return self.url + path
        if _origin(path) != _origin(self.url):
            raise self._in_the_way(
                filled("It sends us to {netloc}, which is another server.", netloc=urlsplit(path).netloc)
            )
        return path

    def _elsewhere(self, method: str, response: Response) -> str:
        location = urljoin(response.url, response.headers["location"])
        response.close()
        if method != "GET":
            raise self._in_the_way(filled("It sends us on to {location} instead of listening.", location=location))
        return self._within(location)

    def _reply(self, response: Response) -> Reply:
        """The whole answer, as long as it stays within measure."""
        until = time.monotonic() + PATIENCE
        parts, size = [], 0
        with response:
            if response.raw.length_remaining is None and not response.raw.chunked:
                raise _cut_off(self._host, "It does not say where it ends.")
            for part in _parts(response, self._host):
                parts.append(part)
                size += len(part)
                if size > LARGEST:
                    raise _too_much(self._host)
                if time.monotonic() > until:
                    raise _cut_off(self._host, "It was still not complete after a minute.")
        return Reply(response.status_code, response.headers, b"".join(parts))

    def _is(self, response: Response, media: str) -> None:
        found = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if found != media:
            response.close()
            raise self._in_the_way(
                filled("It came as {what} instead of {media}.", what=found or "something without a name", media=media)
            )

    def _measure(self, response: Response, sent: float) -> None:
        """Take the server's clock from an answer, if it came fast enough to mean something."""
        server = _clock(response.headers.get(self._clock)) or _date(response.headers.get("Date"))
        now = time.time()
        if server is not None and 0 <= now - sent < 5:
            self.skew = server - (sent + now) / 2

    def _refused(self, reply: Reply) -> NoReturn:
        """Say in words why an answer is none."""
        if reply.status in (401, 403) and self._revoked(reply):
            raise DeviceRevoked(
                "This station was sent away",
                filled("{host} no longer knows it. Everything that was done here is kept.", host=self._host),
                "Ask the organiser for a new code, and enrol again.",
                status=reply.status,
            )
        said = _said(reply) or filled("It answered {status}.", status=reply.status)
        if reply.status in (408, 409, 425, 429) or reply.status >= 500:
            raise ServerTrouble(
                "The server is busy",
                filled("{host}: {said}", host=self._host, said=said),
                WORK_GOES_ON,
                status=reply.status,
                retry_after=_seconds(reply.headers.get("retry-after")),
            )
        raise ServerTrouble(
            "The server says no",
            filled("{host}: {said}", host=self._host, said=said),
            "Check this station's enrolment.",
            status=reply.status,
        )

    def _unreachable(self, error: OSError) -> ServerTrouble:
        if not isinstance(error, requests.RequestException):
            return ServerTrouble(
                "The certificates to trust are not there",
                filled("{path} holds none. Nothing was sent to {host}.", path=self._verified_by(), host=self._host),
                filled("Put the file in its place, or take back {names}.", names=", ".join(AUTHORITIES)),
            )
        if isinstance(error, requests.exceptions.SSLError):
            return ServerTrouble(
                "The server cannot prove who it is",
                filled("The certificate that came for {host} is not good. Nothing was sent to it.", host=self._host),
                "Check this computer's date and time, and whether the network wants you to log in first.",
            )
        if isinstance(error, requests.exceptions.ProxyError):
            return ServerTrouble(
                "The proxy does not let us through", filled("{host} was not reached.", host=self._host), WORK_GOES_ON
            )
        if _has(error, urllib3.exceptions.NameResolutionError):
            return ServerTrouble(
                "The server's name is not found", filled("Nobody here knows {host}.", host=self._host), WORK_GOES_ON
            )
        if isinstance(error, requests.exceptions.Timeout):
            return ServerTrouble(
                "The server does not answer", filled("{host} kept us waiting too long.", host=self._host), WORK_GOES_ON
            )
        if isinstance(error, requests.exceptions.ConnectionError):
            return ServerTrouble(
                "The server is not reached", filled("{host} takes no calls.", host=self._host), WORK_GOES_ON
            )
        return ServerTrouble(
            "The server is not reached",
            filled("{host}: {name}.", host=self._host, name=type(error).__name__),
            WORK_GOES_ON,
        )

    def _in_the_way(self, what: str) -> ServerTrouble:
        return ServerTrouble(
            "Something else answers instead of the server",
            filled("{host}: {what}", host=self._host, what=what),
            "Open a browser and see whether the network wants you to log in.",
        )


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
        for part in _parts(self._response, self._host):
            first, *others = part.split(b"\n")
            begun.append(first)
            size += len(first)
            if size > LARGEST:
                raise _too_much(self._host)
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


def _pairs(params: Parameters | None) -> tuple[tuple[str, str], ...]:
    return tuple(params.items() if isinstance(params, Mapping) else params or ())


@lru_cache(maxsize=1_000)
def _full(url: str, params: tuple[tuple[str, str], ...]) -> str:
    """The address that is asked, spelled as the protocol wants it; most are asked again and again."""
    request = PreparedRequest()
    request.prepare_url(url, params)
    return request.url or url


def address(url: str) -> str:
    """A server's address as it is kept: no slash at the end. Raises `BadInput` if it is none."""
    try:
        parts = urlsplit(url.strip())
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        fine = False
    if not fine:
        raise BadInput(
            "That is not a server's address",
            filled("Got {url}.", url=repr(url)),
            "It looks like https://tickets.example.org.",
        )
    return parts._replace(query="", fragment="").geturl().rstrip("/")


def _parts(response: Response, host: str) -> Iterator[bytes]:
    """The body as it comes in, decompressed. `iter_content` would wait until a chunk is full."""
    try:
        while part := response.raw.read1(CHUNK, decode_content=True):
            yield part
    except urllib3.exceptions.ReadTimeoutError as error:
        raise _cut_off(host, "It fell silent half-way.") from error
    except urllib3.exceptions.DecodeError as error:
        raise _cut_off(host, "It is packed in a way that cannot be unpacked.") from error
    except urllib3.exceptions.HTTPError as error:
        raise _cut_off(host, "The connection broke half-way.") from error


def _cut_off(host: str, what: str) -> ServerTrouble:
    return ServerTrouble(
        "The server's answer is not complete", filled("{host}: {what}", host=host, what=what), WORK_GOES_ON
    )


def _too_much(host: str) -> ServerTrouble:
    return ServerTrouble(
        "The server's answer has no end",
        filled("{host} sent more than {most} MiB at once.", host=host, most=LARGEST // 1024 // 1024),
        "Nothing of it was taken over. Tell the organiser.",
    )


class _Words(msgspec.Struct):
    message: str = ""
    detail: str = ""


def _said(reply: Reply) -> str:
    """What a JSON error says to people, in the spelling of either dialect."""
    try:
        words = decode(reply.body, _Words)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return (words.message or words.detail)[:500]


def _has(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether this or what it wraps is of a kind; requests hides the reason in arguments."""
    inner = [one for one in (*error.args, getattr(error, "reason", None)) if isinstance(one, BaseException)]
    return isinstance(error, kind) or any(_has(one, kind) for one in inner)


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` as seconds from now; it may also be a date."""
    if retry_after and retry_after.strip().isdecimal():
        return float(retry_after)
    then = _date(retry_after)
    return None if then is None else max(0.0, then - time.time())


def _clock(header: str | None) -> float | None:
    """A header with Unix seconds; None if it says nothing."""
    try:
        seconds = float(header or "nan")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _date(header: str | None) -> float | None:
    """An HTTP date in Unix seconds; None if it says nothing."""
    try:
        return parsedate_to_datetime(header or "").timestamp() + 0.5  # it was cut to whole seconds
    except (ValueError, OverflowError):
        return None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _is_loopback(url: str) -> bool:
    """Whether the server is on this machine, where packing costs more than it saves."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
