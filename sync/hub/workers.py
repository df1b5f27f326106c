"""Several processes that serve one hub behind one listening socket; the system shares the calls out.

They have nothing in common but the socket and the database. A process that ends unasked is replaced; if
this one ends, however it does, the others finish what they began and end too.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType

from .app import Hub, TakeAbove
from .database import Database
from .serve import Server

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between the starts of two processes in one place: one that ends at once must not be started all the time."""
LOOK_EVERY = 0.5
"""Seconds between two looks at whether somebody asked to stop; a signal does not end a wait for processes."""

_processes = multiprocessing.get_context("spawn")


class Workers:
    """The processes, and this one that watches over them."""

    def __init__(
        self,
        url: str,
        listener: socket.socket,
        number: int,
        ready: Callable[[], None],
        take_above: TakeAbove | None = None,
    ) -> None:
        """`ready` is called once all of them answer; `take_above` goes with each into its process."""
        self._url = url
        self._listener = listener
        self._take_above = take_above
        self._ready = ready
        self._places = [_Place() for _ in range(number)]
        self._stopping = False

    def serve_until_stopped(self) -> None:
        """Serve until a signal, and finish what was begun."""
        before = [(number, signal.signal(number, self._on_signal)) for number in (signal.SIGINT, signal.SIGTERM)]
        try:
            self._serve()
        finally:
            for place in self._places:
                place.stop()
            for place in self._places:
                place.wait()
            for number, handler in before:
                signal.signal(number, handler)

    def _serve(self) -> None:
        is_told = False
        while not self._stopping:
            for place in self._places:
                if place.is_vacant:
                    place.fill(self._url, self._listener, self._take_above)
            answers = [place.answers() for place in self._places]
            if not is_told and all(answers):
                is_told = True
                self._ready()
            wait([one for place in self._places for one in place.signs], LOOK_EVERY)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


class _Place:
    """A place for one process after the other."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._word: Connection | None = None
        self._answers = False
        self._started_at = 0.0

    @property
    def is_vacant(self) -> bool:
        return self._process is None or not self._process.is_alive()

    @property
    def signs(self) -> list[int | Connection]:
        """What there is to wait for: that it is ready, that it has ended."""
        signs: list[int | Connection] = [self._word] if self._word else []
        return [*signs, self._process.sentinel] if self._process and self._process.is_alive() else signs

    def fill(self, url: str, listener: socket.socket, take_above: TakeAbove | None) -> None:
        """Start a process here, if the last one was not started a moment ago."""
        if time.monotonic() - self._started_at < PAUSE:
            return
        if self._process is not None:
            log.error("A process of the hub ended with status %s; another takes its place", self._process.exitcode)
        self._started_at = time.monotonic()
        self._answers = False
        self._word, word = _processes.Pipe(duplex=False)
        process = _processes.Process(target=_serve, args=(url, listener, word, take_above), name="hub worker")
        with word:
            try:
                process.start()
            except OSError as error:  # There is no room for it now; the others go on.
                log.warning("A process of the hub cannot be started: %s", error)
                self._process = None
            else:
                self._process = process

    def answers(self) -> bool:
        """Whether the process that was last started here has said that it answers."""
        if self._word is not None and self._word.poll():
            with contextlib.suppress(EOFError), self._word:
                self._word.recv()
                self._answers = True
            self._word = None
        return self._answers

    def stop(self) -> None:
        """Ask the process here to stop."""
        if self._process is not None:
            self._process.terminate()

    def wait(self) -> None:
        """Wait until the process here has ended."""
        if self._process is not None:
            self._process.join()


def _serve(url: str, listener: socket.socket, word: Connection, take_above: TakeAbove | None) -> None:
    """One process: a hub of its own on the shared socket."""

    def ready() -> None:
        word.send(os.getpid())
        word.close()

    with closing(Database(url)) as database:
        server = Server(Hub(database, take_above, among_others=True), listener, ready)
        threading.Thread(target=_stop_with_the_parent, args=(server,), name="orphan watch", daemon=True).start()
        server.serve_until_stopped()


def _stop_with_the_parent(server: Server) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        server.stop()
