"""Hearing from PostgreSQL what the other processes of the hub have committed.

A notification is sent with its commit and handed to everybody who listens at that moment, and to nobody
later. So whenever the line is new, the listener is told that it may have missed something. On a thread,
because the driver's way of waiting without one does not work on every system's event loop.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from boxoffice.decoding import decoder
from boxoffice.errors import StorageTrouble

from .database import Database
from .documents import CHANNEL

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds before a lost line is tried again."""

_moved = decoder(dict[str, int])


class Ear:
    """Listens until it is closed. Both callbacks come from its own thread."""

    def __init__(
        self, database: Database, moved: Callable[[Mapping[str, int]], None], missed: Callable[[], None]
    ) -> None:
        """`moved` hears the newest version of each event that has anything new, `missed` that it may have missed some.

        `missed` is also called when the line stands for the first time.
        """
        self._database = database
        self._moved = moved
        self._missed = missed
        self._stopping = threading.Event()
        self._bell, self._rope = socket.socketpair()
        threading.Thread(target=self._listen, name="hub ear", daemon=True).start()

    def close(self) -> None:
        """Ask it to stop. Does not wait: the thread may be calling a server that does not answer."""
        self._stopping.set()
        self._rope.close()

    def _listen(self) -> None:
        with self._bell:
            while not self._stopping.is_set():
                try:
                    with self._database.own_line() as line:
                        self._hear(line)
                except StorageTrouble as trouble:
                    if not self._stopping.is_set():
                        log.warning("Listening for changes: %s", trouble)
                    self._stopping.wait(PAUSE)
                except Exception:
                    log.exception("Listening for changes has a fault")
                    self._stopping.wait(PAUSE)

    def _hear(self, line: psycopg.Connection) -> None:
        line.execute(f"LISTEN {CHANNEL}")
        self._missed()
        with selectors.DefaultSelector() as selector:
            selector.register(line, selectors.EVENT_READ)
            selector.register(self._bell, selectors.EVENT_READ)
            while not self._stopping.is_set():
                for notice in line.notifies(timeout=0):
                    self._take(notice.payload)
                selector.select()

    def _take(self, payload: str) -> None:
        try:
            moved = _moved.decode(payload)
        except msgspec.MsgspecError:
            self._missed()  # Somebody else shouts on our channel.
        else:
            self._moved(moved)
