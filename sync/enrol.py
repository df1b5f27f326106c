"""Becoming a station of a server: a token that works once is turned into one of this station's own.

The token is spent by the asking, so whatever could be wrong on this side is looked at first.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol, runtime_checkable

import msgspec

from boxoffice import __version__
from boxoffice.decoding import decode
from boxoffice.errors import BadInput, DeviceRevoked, Refused, ServerTrouble, filled
from boxoffice.ports import Enrolment
from boxoffice.storage import outbox, settings
from boxoffice.storage.writer import Lane

from .station import Station
from .wire.hub import HANDSHAKE, Invitation

log = logging.getLogger(__name__)

KINDS = ("hub", "pretix")
_SOFTWARE = f"boxoffice {__version__}"


class Newcomer(Station, Protocol):
    """A station that can join a server."""

    @property
    def enrolment(self) -> Enrolment | None:
        """The server that it belongs to now."""
        ...

    def join(self, enrolment: Enrolment) -> Future[None]:
        """Become a station of a server."""
        ...


def enrol(
    station: Newcomer, url: str, token: str, *, name: str = "", events: Sequence[str] = (), kind: str = ""
) -> Enrolment:
    """Enrol with a server and keep what it gave; with only some of its `events` if any are named.

    The dialect is one of `KINDS`; without it the server is asked for something that only one of them knows,
    because the code that servers show for a new station is the same.

    Raises `BadInput` for a token that does not work, `Refused` while acts wait for another server,
    `ServerTrouble` if the server cannot be reached; the token is then still good.
    """
    from .addresses import address

    where = address(url)
    _refuse_while_work_waits(station, where)
    given = _ask(kind or _kind_at(where), where, token, name)
    chosen = tuple(event for event in given.events if event in events) or given.events
    enrolment = msgspec.structs.replace(given, events=chosen)
    # Whoever asks for none in particular of a hub gets also what is loaded there next week.
    asks_each_round = enrolment.kind == "hub" and not events
    station.join(msgspec.structs.replace(given, events=()) if asks_each_round else enrolment).result()
    return enrolment


def _kind_at(url: str) -> str:
    from .pretix import client as pretix_client

    return "pretix" if pretix_client.is_spoken_at(url) else "hub"


def _ask(kind: str, url: str, token: str, name: str) -> Enrolment:
    from . import hub_client
    from .pretix import client as pretix_client

    if kind == "pretix":
        return pretix_client.enrol(url, token, name=name)
    given = hub_client.enrol(url, token, name=name, software=_SOFTWARE, hardware=_machine(), os=platform.platform())
    return msgspec.structs.replace(given, software=__version__)


@runtime_checkable
class WantsToKnow(Protocol):
    """A server that is told by itself what a station runs on. Raises `ServerTrouble`."""

    def introduce(self, software: str, hardware: str, os: str) -> None:
        """Tell it."""
        ...


def introduce(station: Station, server: object) -> None:
    """Tell the server of a new version of this program, once, where it wants to know. If it cannot listen: later."""
    known = station.read(settings.enrolment)
    if known is None or known.software in ("", __version__) or not isinstance(server, WantsToKnow):
        return
    try:
        server.introduce(_SOFTWARE, _machine(), platform.platform())
    except DeviceRevoked:
        raise
    except ServerTrouble as trouble:
        log.info("The server was not told of version %s: %s", __version__, trouble)
        return
    told = msgspec.structs.replace(known, software=__version__)
    station.writer.do(lambda c: settings.keep_enrolment(c, told), Lane.BACKGROUND)


def _refuse_while_work_waits(station: Newcomer, url: str) -> None:
    before = station.enrolment
    waiting = station.read(outbox.unsent).only_here
    if before is not None and before.url != url and waiting:
        raise Refused(
            "This station still has work for its old server",
            filled(
                "{waiting} acts wait for {url}. Nothing was changed, and the token is still good.",
                waiting=waiting,
                url=before.url,
            ),
            "Sync or export them first, or use another folder for the new server.",
        )


def _machine() -> str:
    return f"{platform.system()} {platform.machine()} {platform.node()}".strip()


def invitation(text: str) -> Invitation:
    """What the QR code for a new station says. Raises `BadInput` for other texts and for one of a later version."""
    try:
        version = decode(text, _Version).handshake_version
        if version > HANDSHAKE:
            raise BadInput(
                "This code is for a newer version",
                filled(
                    "It speaks version {version} of the greeting, this program knows {own}.",
                    version=version,
                    own=HANDSHAKE,
                ),
                "Please update this program, then read the code again.",
            )
        return decode(text, Invitation)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadInput(
            "This is not the code for a new station", "It holds no address and token.", "Ask for the right one."
        ) from error


class _Version(msgspec.Struct):
    handshake_version: int
