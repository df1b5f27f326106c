"""One round of sync: hand over what waits, then take in what is new, event by event.

What is wrong with one event stays with that event: it is tried again later by itself, and neither the
others nor what this station has to say wait for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import msgspec

from boxoffice.errors import DeviceRevoked, ServerTrouble
from boxoffice.ports import CentralServer
from boxoffice.storage import outbox, settings

from .enrol import introduce
from .leasing import Leasing
from .pace import Backoff
from .pull import Meanwhile, Pulled, pull
from .push import ForkedJournal, Push, Pushed
from .shop_pictures import ShopPictures
from .station import Station

log = logging.getLogger(__name__)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one round moved."""

    pushed: Pushed = Pushed()
    pulled: dict[str, Pulled] = {}
    forked: ForkedJournal | None = None
    """Why nothing may be sent any more."""
    troubles: dict[str, ServerTrouble] = {}
    """Events that could not be taken in, though the server answers."""

    @property
    def broken_off(self) -> bool:
        """Whether the server took nothing more and asked for a pause, so that nothing was taken in."""
        return self.pushed.trouble is not None and self.pushed.trouble.retry_after is not None

    @property
    def trouble(self) -> ServerTrouble | None:
        """What a person should know of first."""
        return self.forked or self.pushed.trouble or next(iter(self.troubles.values()), None)


class Rounds:
    """Round after round on one thread. `told` may be called from any."""

    def __init__(
        self,
        station: Station,
        server: CentralServer,
        stopping: threading.Event,
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._station = station
        self._server = server
        self._stopping = stopping
        self._clock = clock
        self._chance = chance
        self._push = Push(station, server, clock, chance)
        self._leasing = Leasing(station, server, clock)
        self._pictures = ShopPictures(station, server)
        self._seen = 0
        self._told: set[str] = set()
        self._ill: dict[str, _Illness] = {}
        self.events: tuple[str, ...] = ()
        """The events to be synced; known after the first round has begun."""
        self.forked: ForkedJournal | None = None

    def told(self, event: str) -> None:
        """The server has something new for an event."""
        self._told.add(event)

    def has_news(self) -> bool:
        """Whether there is something to send or to fetch that was not there at the last round."""
        return bool(self._told) or self.has_acts() or self._leasing.is_wanted()

    def has_acts(self) -> bool:
        """Whether there is something to send that was not there when we last sent."""
        return self.forked is None and self._station.read(outbox.newest) > self._seen

    def send(self) -> Pushed:
        """Hand over what waits, unless nothing may be sent any more. Raises `ServerTrouble` if nobody answers."""
        newest = self._station.read(outbox.newest)
        try:
            pushed = self._push.run(self._stopping.is_set)
        except ForkedJournal as forked:
            if self.forked is None:
                log.warning("%s", forked)
            self.forked = forked
            return Pushed()
        self.forked = None
        self._seen = max(self._seen, newest if pushed.more_after is None else pushed.more_after)
        return pushed

    def run(self, *, everything: bool, skip: Callable[[str], bool], meanwhile: Callable[[str], Meanwhile]) -> Round:
        """One round: all events, or only those that have something new.

        Raises `ServerTrouble` if nobody answers. `skip` leaves events out; `meanwhile` makes what is called
        while one is taken in.
        """
        told = set(self._told)
        self._told.difference_update(told)
        introduce(self._station, self._server)
        pushed = self.send()
        done = Round(pushed=pushed, forked=self.forked)
        if done.broken_off:
            self._told.update(told)
            return done
        self.events = self._all_events(anew=everything)
        for event in self.events:
            wanted = event in told or (everything and self._is_well(event))
            if wanted and not skip(event) and not self._stopping.is_set():
                self._take_in(event, meanwhile(event), done)
        if not self._stopping.is_set():  # Else whoever stops it would wait for this too, or the station be gone.
            self._leasing.run()
            self._pictures.run(self.events)
        return done

    def _all_events(self, *, anew: bool) -> tuple[str, ...]:
        enrolment = self._station.read(settings.enrolment)
        if enrolment is not None and enrolment.events:
            return enrolment.events
        if self.events and not anew:
            return self.events
        return tuple(event.slug for event in self._server.events())

    def _is_well(self, event: str) -> bool:
        illness = self._ill.get(event)
        return illness is None or illness.due <= self._clock()

    def _take_in(self, event: str, meanwhile: Meanwhile, done: Round) -> None:
        try:
            done.pulled[event] = pull(self._station, self._server, event, self._stopping, meanwhile)
        except DeviceRevoked:
            raise
        except ServerTrouble as trouble:
            self._server.push(())  # Is it the event or the server? A server that does not answer this raises here.
            log.info("%s cannot be taken in: %s", event, trouble)
            illness = self._ill.setdefault(event, _Illness())
            illness.due = self._clock() + illness.backoff.wait(self._chance(), trouble.retry_after)
            done.troubles[event] = trouble
            return
        self._ill.pop(event, None)
        if not done.pulled[event].complete:
            self._told.add(event)


class _Illness:
    """An event that could not be taken in though the server answers."""

    def __init__(self) -> None:
        self.backoff = Backoff()
        self.due = 0.0
