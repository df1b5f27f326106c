"""One HTTP session between a station and its server, whatever the dialect.

Every foreign error ends here and becomes a `ServerTrouble` with a sentence, and the token goes to the server's own
address and nowhere else. Importing this loads the HTTP library, so whoever is on the way to the first window
imports it late.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urljoin, urlsplit

from boxoffice.errors import ServerTrouble, filled

from . import answers, no_answer, server_times
from .addresses import address, is_loopback, origin
from .answers import Reply, Stream
from .light_requests import requests

if TYPE_CHECKING:
    from requests import Response

JSON = "application/json"
PATIENCE = 60.0
"""Seconds for a whole answer, so that one that drips in does not hold the sync up for ever."""
HOPS = 3
AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that name the certificates to trust, for networks with an authority of their own; the first one holds."""
_BODILESS = (204, 304)
_NO_MORE: Mapping[str, str] = {}

Parameters = Mapping[str, str] | Sequence[tuple[str, str]]


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
        self._is_near = is_loopback(self.url)  # No proxy leads back to this machine.
        self._is_secure = self.url.startswith("https:")
        self._headers = {**requests.utils.default_headers(), "Accept-Encoding": "identity" if self._is_near else "gzip"}
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
            raise no_answer.in_the_way(
                self._host, filled("It came as {what} instead of a picture.", what=found or "something without a name")
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
        raise no_answer.in_the_way(self._host, "It sends us in circles.")

    def _ask(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout: tuple[float, float]
    ) -> Response:
        """One request, as `Session.request` makes it, without what no server of ours needs and each would pay for.

        That is cookies, redirects, hooks, and a `.netrc`, which would put in another token than ours.
        """
        request = requests.PreparedRequest()
        request.method, request.url, request.body = method, url, body
        request.headers = requests.structures.CaseInsensitiveDict(self._headers | headers | self._authorization)
        request.prepare_content_length(body)
        proxies = {} if self._is_near else requests.utils.get_environ_proxies(url)
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
        if origin(path) != origin(self.url):
            raise no_answer.in_the_way(
                self._host, filled("It sends us to {netloc}, which is another server.", netloc=urlsplit(path).netloc)
            )
        return path

    def _elsewhere(self, method: str, response: Response) -> str:
        location = urljoin(response.url, response.headers["location"])
        response.close()
        if method != "GET":
            raise no_answer.in_the_way(
                self._host, filled("It sends us on to {location} instead of listening.", location=location)
            )
        return self._within(location)

    def _reply(self, response: Response) -> Reply:
        """The whole answer, as long as it stays within measure."""
        until = time.monotonic() + PATIENCE
        parts, size = [], 0
        with response:
            if response.raw.length_remaining is None and not response.raw.chunked:
                raise answers.cut_off(self._host, "It does not say where it ends.")
            for part in answers.parts(response, self._host):
                parts.append(part)
                size += len(part)
                if size > answers.LARGEST:
                    raise answers.too_much(self._host)
                if time.monotonic() > until:
                    raise answers.cut_off(self._host, "It was still not complete after a minute.")
        return Reply(response.status_code, response.headers, b"".join(parts))

    def _is(self, response: Response, media: str) -> None:
        found = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if found != media:
            response.close()
            raise no_answer.in_the_way(
                self._host,
                filled("It came as {what} instead of {media}.", what=found or "something without a name", media=media),
            )

    def _measure(self, response: Response, sent: float) -> None:
        """Take the server's clock from an answer, if it came fast enough to mean something."""
        server = server_times.clock(response.headers.get(self._clock)) or server_times.date(
            response.headers.get("Date")
        )
        now = time.time()
        if server is not None and 0 <= now - sent < 5:
            self.skew = server - (sent + now) / 2

    def _refused(self, reply: Reply) -> NoReturn:
        """Say in words why an answer is none."""
        if reply.status in (401, 403) and self._revoked(reply):
            raise no_answer.sent_away(self._host, reply)
        raise no_answer.refused(
            self._host, reply, server_times.seconds_from(time.time(), reply.headers.get("retry-after"))
        )

    def _unreachable(self, error: OSError) -> ServerTrouble:
        if isinstance(error, requests.RequestException):
            return no_answer.unreachable(self._host, error)
        return no_answer.without_certificates(self._host, self._verified_by(), AUTHORITIES)


def _pairs(params: Parameters | None) -> tuple[tuple[str, str], ...]:
    return tuple(params.items() if isinstance(params, Mapping) else params or ())


@lru_cache(maxsize=1_000)
def _full(url: str, params: tuple[tuple[str, str], ...]) -> str:
    """The address that is asked, spelled as the protocol wants it; most are asked again and again."""
    request = requests.PreparedRequest()
    request.prepare_url(url, params)
    return request.url or url
