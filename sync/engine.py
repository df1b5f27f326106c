"""The worker that keeps a station and its server in step, round after round.

It is poked by each commit, by the server's own stream and by a clock, and `pace` says whether it may talk.
Whatever goes wrong becomes part of its state and the loop goes on; nothing that a person does ever waits
for it, and nothing that it has not finished is lost when it stops.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from boxoffice.errors import DeviceRevoked, ServerTrouble, Trouble
from boxoffice.ports import CentralServer
from boxoffice.services import depart
from boxoffice.storage import conflicts, feeds, outbox, search_index, settings
from boxoffice.storage import connection as connections
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Lane

from .pace import Backoff, Pace
from .pull import Meanwhile
from .rounds import Round, Rounds
from .state import FirstSync, State
from .station import Station

log = logging.getLogger(__name__)

POLL = 30.0
"""Seconds between two looks at everything while the server's stream tells us what is new."""
DEBOUNCE = 0.01
"""Seconds after a commit before we do anything: the person who waited for it comes first."""
PROGRESS = 0.1
"""Seconds between two states that only tell of progress."""
PAUSE = 1.0
"""Seconds after a fault of our own before the loop goes on."""
PAGES = 8
"""Of the search index, tidied in one go: a person may have to wait for it."""


class Engine:
    """Sync of one open station with its server. `start` and `stop` it, or call `round_once` without starting it.

    `clock` only goes forward, `chance` is a number in [0, 1). Listeners in `on_state` are called with each
    new state, on the worker's thread; they must be quick and must not raise.
    """

    def __init__(
        self,
        station: Station,
        server: CentralServer,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.on_state: list[Callable[[State], None]] = []
        self.state = State()
        self._station = station
        self._server = server
        self._clock = clock
        self._chance = chance
        self._pace = Pace()
        self._stopping = threading.Event()
        self._poke = threading.Event()
        self._rounds = Rounds(station, server, self._stopping, clock, chance)
        self._line = _Line(server, self._rounds, self._poke, self._stopping, chance)
        self._hurried = False
        self._first_sync_stopped = False
        self._totals: dict[str, int | None] = {}
        self._poll_due = 0.0
        self._enrolment = station.read(settings.enrolment)
        self._tidy = b""
        """What the search index consisted of when there was nothing left to tidy."""
        self._thread = threading.Thread(target=self._work, name="sync", daemon=True)

    # From outside, on any thread

    def start(self) -> None:
        """Begin to work. Also a station that was sent away asks once whether that still holds."""
        self._hurried = True
        self._station.writer.after_commit.append(self._poke.set)
        self._thread.start()
        self._line.thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Stop talking, and let go of the server. What was under way ends, or is done again at the next start."""
        self._stopping.set()
        self._poke.set()
        self._line.retry()
        self._server.close()
        until = time.monotonic() + patience
        for thread in (self._thread, self._line.thread):
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))
        if self._poke.set in self._station.writer.after_commit:
            self._station.writer.after_commit.remove(self._poke.set)

    def hurry(self) -> None:
        """Talk to the server now: a person asks for it, or the network has come back."""
        self._hurried = True
        self._poke.set()

    def stop_first_sync(self) -> None:
        """Leave the events that are not whole as they are until `resume_first_sync`. Acts are still sent."""
        self._first_sync_stopped = True
        self._poke.set()

    def resume_first_sync(self) -> None:
        """Go on with the events that are not whole, from where they are."""
        self._first_sync_stopped = False
        self.hurry()

    def round_once(self) -> Round:
        """One round on the calling thread: push, then pull everything. Raises `ServerTrouble`."""
        return self._round(everything=True)

    # On the worker's thread

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look_around()
                self._tidy_search()
                if self._may_talk():
                    self._round(everything=not self._line.up or self._clock() >= self._poll_due)
            except Exception as error:  # noqa: BLE001 - the one guard of this loop
                if not self._stopping.is_set():
                    self._failed(error)

    def _tidy_search(self) -> None:
        """One short step towards a tidy index, so that no sale has to do it. Its commit wakes us for the next one."""
        writer, parts = self._station.writer, self._station.read(search_index.parts)
        if parts == self._tidy or writer.person_there:
            return
        if not writer.do(partial(search_index.merge, pages=PAGES), Lane.BACKGROUND):
            self._tidy = parts

    def _may_talk(self) -> bool:
        """Wait until something happens; whether it is time for a round."""
        self._poke.clear()
        if self._hurried:
            self._hurried = False
            self._pace.hurry()
            return True
        now = self._clock()
        news = self._line.lost or self._rounds.has_news()
        due = now + POLL if self.state.revoked else self._pace.next_at(now, waiting=news)
        if due <= now or self._stopping.is_set():
            return not self._stopping.is_set()
        if self._poke.wait(due - now):
            self._stopping.wait(DEBOUNCE)
        return False

    def _failed(self, error: Exception) -> None:
        """Known trouble becomes state; the unknown is our bug, and after a pause the loop goes on all the same."""
        asked = None
        if isinstance(error, ServerTrouble):
            asked = error.retry_after
            log.info("Sync waits: %s", error)
        else:
            log.error("Sync has a fault", exc_info=error)
            self._stopping.wait(PAUSE)
        fault = Trouble("Sync has a fault", "What was done is kept.", "It goes on by itself; the log says more.")
        self._pace.failed(self._clock(), self._chance(), asked)
        # Nothing is read here: where it is the store that fails, this would end the loop. It looks around next.
        self._show(trouble=error if isinstance(error, Trouble) else fault)

    def _round(self, *, everything: bool) -> Round:
        self._line.lost = False
        poll_due, self._poll_due = self._poll_due, 0.0
        try:
            done = self._rounds.run(everything=everything, skip=self._is_left_out, meanwhile=self._meanwhile)
        except DeviceRevoked:
            self._station.writer.do(self._sent_away, Lane.BACKGROUND)
            raise
        if self._station.read(_was_sent_away):
            self._station.writer.do(depart.taken_back, Lane.BACKGROUND)
        self._keep_what_is_held_against_us(done)
        if not done.broken_off:
            self._poll_due = self._clock() + POLL if everything else poll_due
        if done.pushed.trouble is not None:
            self._pace.failed(self._clock(), self._chance(), done.pushed.trouble.retry_after, silent=False)
        else:
            self._server_answers()
        self._station.read(connections.checkpoint)  # So that no commit at the door has to do it.
        self._look_around(
            trouble=done.trouble,
            cloned=done.forked is not None,
            skew_seconds=done.pushed.skew,
            alarm=done.pushed.alarm,
            sent_again=self.state.sent_again + done.pushed.again,
        )
        return done

    def _sent_away(self, connection: Connection) -> None:
        """Our server knows the station no more; what becomes of one that has another by now is not ours to say."""
        if settings.is_still_of(connection, self._enrolment):
            depart.sent_away(connection, datetime.now(UTC))

    def _keep_what_is_held_against_us(self, done: Round) -> None:
        """Whoever looks without asking the server, as `status` does, is to hear of a double too."""
        words = str(done.forked) if done.forked is not None else done.pushed.alarm
        if words != self._station.read(settings.held_against):
            self._station.writer.do(lambda c: settings.put_held_against(c, words), Lane.BACKGROUND)

    def _server_answers(self) -> None:
        was_online = self._pace.online
        self._pace.succeeded(self._clock())
        if self._pace.online and not was_online:
            self._line.retry()

    def _is_left_out(self, event: str) -> bool:
        return self._first_sync_stopped and self._station.read(lambda c: feeds.progress(c, event)).complete_at is None

    def _meanwhile(self, event: str) -> Meanwhile:
        """What to do while an event is taken in, which at the first sync takes a while."""
        before = self._station.read(lambda c: feeds.progress(c, event)).applied
        told_at = -math.inf

        def meanwhile(_applied: int, total: int | None) -> bool:
            nonlocal told_at
            self._totals[event] = None if total is None else before + total
            if self._rounds.has_acts():
                self._rounds.send()
            if self._clock() - told_at >= PROGRESS:
                told_at = self._clock()
                self._server_answers()
                self._look_around(trouble=None)
            return not self._is_left_out(event)

        return meanwhile

    def _look_around(self, **changes: Any) -> None:
        """Bring the state in line with the store and the pace, and change what else is known."""
        figures = self._station.read(self._figures)
        online = self._pace.online and not figures["revoked"]
        since = self.state.since
        if self._pace.known and (since is None or online is not self.state.online):
            since = datetime.now(UTC)
        self._show(online=online, since=since, **figures, **changes)

    def _figures(self, connection: Connection) -> dict[str, Any]:
        counts = outbox.counts(connection)
        events = [feeds.progress(connection, event) for event in self._rounds.events]
        whole = [event.complete_at for event in events if event.complete_at is not None]
        return {
            "revoked": _was_sent_away(connection),
            "waiting": counts.waiting,
            "parked": counts.parked,
            "oldest": datetime.fromisoformat(counts.oldest) if counts.oldest else None,
            "conflicts": conflicts.count_open(connection),
            "first_sync": tuple(
                FirstSync(event=event.event, applied=event.applied, total=self._totals.get(event.event))
                for event in events
                if event.complete_at is None
            ),
            "first_sync_stopped": self._first_sync_stopped,
            "data_as_of": min(whole) if whole and len(whole) == len(events) else None,
        }

    def _show(self, **changes: Any) -> None:
        state = msgspec.structs.replace(self.state, **changes)
        if state == self.state:
            return
        self.state = state
        for listener in self.on_state:
            listener(state)


def _was_sent_away(connection: Connection) -> bool:
    return settings.departure(connection) is not None


class _Line:
    """The thread that listens to the server's stream, and pokes the worker with what it hears."""

    def __init__(
        self,
        server: CentralServer,
        rounds: Rounds,
        poke: threading.Event,
        stopping: threading.Event,
        chance: Callable[[], float],
    ) -> None:
        self.up = False
        """Whether the server tells us what is new."""
        self.lost = False
        """Whether the line broke and nobody has looked yet whether the server is still there."""
        self.thread = threading.Thread(target=self._run, name="sync-line", daemon=True)
        self._server = server
        self._rounds = rounds
        self._poke = poke
        self._stopping = stopping
        self._chance = chance
        self._wanted = threading.Event()

    def retry(self) -> None:
        """The server is there: listen again, without waiting any longer."""
        self._wanted.set()

    def _run(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            try:
                self._listen()
            except ServerTrouble as trouble:
                log.info("No line to the server: %s", trouble)
            except Exception:
                log.exception("Listening to the server has a fault")
            if self.up:
                backoff = Backoff()
                self.up = False
                self.lost = True
                self._poke.set()
            self._wanted.wait(backoff.wait(self._chance()))
            self._wanted.clear()

    def _listen(self) -> None:
        """Listen until the line is lost."""
        events = self._rounds.events
        for event in self._server.listen(events) if events else ():
            self.up = True
            self._rounds.told(event)
            self._poke.set()
