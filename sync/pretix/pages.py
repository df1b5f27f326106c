"""Asks a pretix for the lists of one event, page by page, and remembers what this device may not see."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from boxoffice.errors import ServerTrouble
from sync.wire import pretix as wire

from .lists import NEEDED

if TYPE_CHECKING:
    from sync.answers import Reply
    from sync.api import Api, Parameters

    from .cursor import Memory

log = logging.getLogger(__name__)


class Pages:
    """What is denied once is not asked for again, unless it is needed at every door."""

    def __init__(self, api: Api, event: str, memory: Memory) -> None:
        self._api = api
        self._event = event
        self._memory = memory

    def one(
        self, path: str, params: Parameters | None = None, *, kind: str, headers: Mapping[str, str] = {}
    ) -> Reply | None:
        """One answer, which may be that nothing is new; None if it is not for this device. Raises `ServerTrouble`."""
        reply = self._api.get(path, params, welcome=(304, 403, 404), headers=headers)
        if reply.status not in (403, 404):
            return reply
        words = wire.said(reply.body)
        if kind in NEEDED:
            raise _denied(kind, reply, words)
        log.info("This device does not see %s of %s: %s", kind, self._event, words)
        self._memory.denied.add(kind)
        return None

    def all(
        self, path: str, params: Sequence[tuple[str, str]], kind: str, headers: Mapping[str, str] = {}
    ) -> Iterator[Reply]:
        """Page after page; a link that leads to another server ends it. Raises `ServerTrouble`."""
        reply = self.one(path, params, kind=kind, headers=headers)
        while reply is not None:
            yield reply
            following = wire.page_of(reply.body).next if reply.status == 200 else None
            reply = self.one(following, kind=kind) if following else None


def _denied(kind: str, reply: Reply, words: str) -> ServerTrouble:
    if wire.is_narrow(reply.status, words):
        return wire.too_narrow(f"it may not read what is needed at a door ({kind})")
    return ServerTrouble(
        "The server says no", words, "Ask the organiser whether this device may see the event.", status=reply.status
    )
