"""The worker that keeps an open station in step with its server, for as long as a window is open.

It comes up on a thread of its own, because what it talks with takes longer to load than a window to open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from boxoffice.errors import Trouble
from boxoffice.storage import settings

from .state import State

if TYPE_CHECKING:
    from .engine import Engine
    from .station import Station


class Sync:
    """The engine, or none: without an enrolment it waits for one. Listeners in `on_state` are called on its threads."""

    def __init__(self, station: Station) -> None:
        self.state = State()
        self.on_state: list[Callable[[State], None]] = []
        self._station = station
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin to talk to the server that the station belongs to now; also after it joined another one."""
        threading.Thread(target=self._come_up, name="sync-start", daemon=True).start()

    def hurry(self) -> None:
        """Talk to the server now: a person asks for it."""
        if engine := self._engine:
            engine.hurry()

    def stop_first_sync(self) -> None:
        """Leave the first download where it is; it goes on from there."""
        if engine := self._engine:
            engine.stop_first_sync()

    def resume_first_sync(self) -> None:
        """Go on with the first download."""
        if engine := self._engine:
            engine.resume_first_sync()

    def stop(self) -> None:
        """Stop talking; to be called before the station is closed. Nothing is lost, the outbox waits."""
        with self._lock:
            self._stopped = True
            self._let_go()

    def _come_up(self) -> None:
        with self._lock:
            if self._stopped:  # The station may be closed by now.
                return
            talked = self._engine is not None
            self._let_go()
            enrolment = self._station.read(settings.enrolment)
            if enrolment is None:
                if talked:
                    self._on_state(State())
                return
            from .engine import Engine
            from .servers import central_server

            try:
                server = central_server(enrolment, self._station)
            except Trouble as trouble:
                self._on_state(State(trouble=trouble))
                return
            self._engine = Engine(self._station, server)
            self._engine.on_state.append(self._on_state)
            self._engine.start()

    def _let_go(self) -> None:
        if self._engine is not None:
            self._engine.on_state.clear()  # A late answer, for which nobody waits, is none of the next one's state.
            self._engine.stop()
            self._engine = None

    def _on_state(self, state: State) -> None:
        self.state = state
        for listener in self.on_state:
            listener(state)
