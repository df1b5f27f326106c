"""What it means that a server did not answer, or not as it should: every foreign error becomes a `ServerTrouble`.

Venue networks lie: a login page that answers with 200, a proxy's 502, a certificate for another name are all
"later", never data.
"""

from __future__ import annotations

import msgspec
import urllib3

from boxoffice.decoding import decode
from boxoffice.errors import WORK_GOES_ON, DeviceRevoked, ServerTrouble, filled

from .answers import Reply
from .light_requests import requests

BUSY = (408, 409, 425, 429)
"""Statuses that mean "later", beside those of a server that is in trouble itself."""
LONGEST_WORDS = 500


def unreachable(host: str, error: requests.RequestException) -> ServerTrouble:
    """There was no answer."""
    if isinstance(error, requests.exceptions.SSLError):
        return ServerTrouble(
            "The server cannot prove who it is",
            filled("The certificate that came for {host} is not good. Nothing was sent to it.", host=host),
            "Check this computer's date and time, and whether the network wants you to log in first.",
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return ServerTrouble(
            "The proxy does not let us through", filled("{host} was not reached.", host=host), WORK_GOES_ON
        )
    if _has(error, urllib3.exceptions.NameResolutionError):
        return ServerTrouble(
            "The server's name is not found", filled("Nobody here knows {host}.", host=host), WORK_GOES_ON
        )
    if isinstance(error, requests.exceptions.Timeout):
        return ServerTrouble(
            "The server does not answer", filled("{host} kept us waiting too long.", host=host), WORK_GOES_ON
        )
    if isinstance(error, requests.exceptions.ConnectionError):
        return ServerTrouble("The server is not reached", filled("{host} takes no calls.", host=host), WORK_GOES_ON)
    return ServerTrouble(
        "The server is not reached", filled("{host}: {name}.", host=host, name=type(error).__name__), WORK_GOES_ON
    )


def without_certificates(host: str, path: str | bool, names: tuple[str, ...]) -> ServerTrouble:
    """The file that says whom to trust is not where it should be."""
    return ServerTrouble(
        "The certificates to trust are not there",
        filled("{path} holds none. Nothing was sent to {host}.", path=path, host=host),
        filled("Put the file in its place, or take back {names}.", names=", ".join(names)),
    )


def in_the_way(host: str, what: str) -> ServerTrouble:
    """There was an answer, and the server did not give it."""
    return ServerTrouble(
        "Something else answers instead of the server",
        filled("{host}: {what}", host=host, what=what),
        "Open a browser and see whether the network wants you to log in.",
    )


def sent_away(host: str, reply: Reply) -> DeviceRevoked:
    """The server does not know this station any more."""
    return DeviceRevoked(
        "This station was sent away",
        filled("{host} no longer knows it. Everything that was done here is kept.", host=host),
        "Ask the organiser for a new code, and enrol again.",
        status=reply.status,
    )


def refused(host: str, reply: Reply, retry_after: float | None) -> ServerTrouble:
    """The server answered that it cannot now, or will not. `retry_after` is in seconds."""
    said = _said(reply) or filled("It answered {status}.", status=reply.status)
    if reply.status in BUSY or reply.status >= 500:
        return ServerTrouble(
            "The server is busy",
            filled("{host}: {said}", host=host, said=said),
            WORK_GOES_ON,
            status=reply.status,
            retry_after=retry_after,
        )
    return ServerTrouble(
        "The server says no",
        filled("{host}: {said}", host=host, said=said),
        "Check this station's enrolment.",
        status=reply.status,
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
    return (words.message or words.detail)[:LONGEST_WORDS]


def _has(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether this or what it wraps is of a kind; requests hides the reason in arguments."""
    inner = [one for one in (*error.args, getattr(error, "reason", None)) if isinstance(one, BaseException)]
    return isinstance(error, kind) or any(_has(one, kind) for one in inner)
