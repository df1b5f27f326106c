"""What happens in one seed: doors and tills at work in bad weather, nights in between, mishaps, and then a quiet hour.

Everything is drawn from the seed before and while it happens, in an order that only the seed decides. At
the end the network is healthy, all laptops are awake, and the promises are looked at.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order, Position, Status
from sync import pace
from sync.enrol import enrol
from sync.rounds import Rounds

from . import promises, tills
from .laptops import EVENT, Laptop
from .network import CONNECTING, DAY, FAIR, ON_THE_WAY, URL, Network, Weather
from .stores import STORES
from .trade import trade
from .venue import Venue
from .world import MORNING, World
from .world import Event as Flag

NAMES = ("north", "south", "east", "west")
TICKETS = tuple(f"A{number}" for number in range(1, 7))
YEAR = 365 * DAY
DRAINED_WITHIN = 30.0
HEARD_WITHIN = 90.0
HEARTBEAT = pace.HEARTBEAT
IDLE_HEARTBEAT = 20.0
"""Seconds. Once everything is sent, nobody need ask so often whether all are there."""


def an_order(code: str, status: Status = Status.PAID) -> Order:
    held = Position(number=1, item=1, secret=f"secret-{code}", name="Ada Lovelace")
    return Order(event=EVENT, code=code, status=status, positions=(held,))


def catalog() -> list[Noun]:
    return [
        Event(slug=EVENT, timezone="UTC", date_from=MORNING),
        Item(id=1, event=EVENT, name={"en": "Regular"}),
        CheckInList(id=1, event=EVENT, name="Main entrance"),
        CheckInList(id=2, event=EVENT, name="Terrace", allow_entry_after_exit=True),
        *tills.nouns(EVENT),
    ]


def make_templates(folder: Path) -> None:
    """A hub with an event, and laptops that have enrolled: each once before and once after its first sync."""
    world = World(-1)  # which is no day: what is drawn there is never drawn again
    network = Network(world)
    (folder / "hub").mkdir(parents=True)
    venue = Venue(world, network, folder / "hub")
    venue.switch_on()
    venue.load(*catalog(), *map(an_order, TICKETS))

    async def prepare() -> None:
        for name in NAMES:
            laptop = Laptop(world, network, name, folder / "ready" / name)
            laptop.folder.mkdir(parents=True)
            with laptop.here():
                laptop.app = App(Folder(laptop.folder))
                laptop.app.write(lambda c: tills.set_up(c, EVENT)).result()
            await laptop.run(lambda one=laptop: enrol(one.app, URL, venue.invite(one.name), name=one.name.title()))
            laptop.app.close()
            STORES.forget_all()
            shutil.copytree(laptop.folder, folder / "fresh" / name)
            with laptop.here():
                laptop.app = App(Folder(laptop.folder))
            await laptop.run(lambda one=laptop: _first_round(one))
            laptop.app.close()
        STORES.forget_all()
        await venue.crash()

    world.live(prepare())
    network.close()
    assert world.loop.faults == []


def _first_round(laptop: Laptop) -> None:
    from sync.servers import central_server

    server = central_server(laptop.app.enrolment)
    rounds = Rounds(laptop.app, server, Flag(), lambda: 0.0, lambda: 0.5)
    rounds.run(everything=True, skip=lambda _: False, meanwhile=lambda _: lambda *_: True)
    server.close()


class Day:
    """One seed."""

    def __init__(self, seed: int, templates: Path, folder: Path) -> None:
        self.world = World(seed)
        self.chance = self.world.chance
        self.network = Network(self.world)
        STORES.bring(templates / "hub", folder / "hub" / "hub.db")
        self.venue = Venue(self.world, self.network, folder / "hub", backup=templates / "hub" / "hub.db")
        self.laptops: list[Laptop] = []
        self.tickets = list(TICKETS)
        self.unpaid = list(tills.UNPAID)
        self.cards = list(tills.CARDS)
        self.promises = promises.Watch(self)
        self._folder = folder
        for name in NAMES[: self.chance.choice((2, 2, 2, 3, 3, 4))]:
            kind = "fresh" if self.chance.random() < 0.15 else "ready"
            STORES.bring(templates / kind / name, Folder(folder / name).store)
            ahead = self.chance.choice((0, 0, 0, 1.5, -40, 700, YEAR, -YEAR))
            self.laptops.append(Laptop(self.world, self.network, name, folder / name, ahead))
        self._at_first = len(self.laptops)

    def live(self) -> None:
        """Let it happen. Raises `AssertionError` with the whole story where a promise is broken."""
        try:
            self.world.live(self._live())
        except promises.Broken as broken:
            self.world.tell("", f"BROKEN: {broken}")
            raise AssertionError("\n".join(self._report())) from None
        finally:
            self._end()
        if self.world.loop.faults:
            raise AssertionError("\n".join([*self._report(), *self.world.loop.faults]))

    def _report(self) -> list[str]:
        again = f"BOXOFFICE_SEED={self.world.seed} .venv/bin/python -m pytest tests/simulation -k any_day"
        return [f"Seed {self.world.seed}. To see it again: {again}", *self.world.story]

    def _end(self) -> None:
        for laptop in self.laptops:
            if laptop.app is not None:
                laptop.app.writer.stop()
                laptop.app.readers.close()
                laptop.app._lock.release()
        for laptop in self.laptops[self._at_first :]:
            STORES.forget(Folder(laptop.folder).store)
        self.venue.shut()
        self.network.close()

    async def _live(self) -> None:
        pace.HEARTBEAT = HEARTBEAT
        self.venue.switch_on()
        for laptop in self.laptops:
            laptop.tell(f"opens, its clock {laptop.ahead:+.0f} s")
            laptop.open()
            if self.chance.random() < 0.8:
                laptop.till.set_aside(self.chance.choice((1, 2, 3)))
        for number in range(self.chance.choice((1, 1, 2, 2, 3))):
            if number:
                await self._night()
            await self._spell()
        self._heal()
        await self._all_but_what_is_choked_on()
        self.network.chokes_on = frozenset()
        await self._quiet_hour()

    # Bad weather

    async def _spell(self) -> None:
        length = self.chance.uniform(2, 8)
        dead = self.chance.random() < 0.1
        length += self.chance.uniform(60, 120) if dead else 0  # long enough for the longest wait between two tries
        for laptop in self.laptops:
            self.network.weather[laptop.name] = weather = self._dead() if dead else self._weather()
            laptop.tell(f"weather: {weather}")
        acts = [self._act] * self.chance.randint(2, 8) + [self._mishap] * self.chance.randint(0, 3)
        moments = sorted((self.chance.uniform(0, length), number) for number, _ in enumerate(acts))
        begun = self.world.now()
        for moment, number in moments:
            await asyncio.sleep(max(0.001, begun + moment - self.world.now()))
            await acts[number]()
            self.promises.look_meanwhile()
        await asyncio.sleep(max(0.0, begun + length - self.world.now()))

    def _weather(self) -> Weather:
        kind = self.chance.random()
        if kind < 0.15:
            return FAIR
        if kind < 0.25:
            return self._dead()
        if kind < 0.35:
            return Weather(cut=0.5, cut_tls=0.5)
        mishaps = self.chance.sample(ON_THE_WAY, self.chance.randint(1, 4))
        return Weather(**{name: self.chance.choice((0.1, 0.3, 0.6)) for name in mishaps})

    def _dead(self) -> Weather:
        return Weather(**{self.chance.choice(CONNECTING): 1.0, "broken_before": 1.0})

    async def _night(self) -> None:
        """Everybody goes home; what is on its way stays on its way."""
        for laptop in self.laptops:
            if self.chance.random() < 0.3:
                laptop.tell("loses its power")
                laptop.crash()
            else:
                await laptop.close()
        night = self.chance.choice((1.0, 60.0, 3_600.0, DAY / 2, 3 * DAY))
        self.world.tell("", f"everybody sleeps for {night:.0f} s")
        if self.chance.random() < 0.2:
            self.chance.choice(self.laptops).restore()
        await asyncio.sleep(night)
        for laptop in self.laptops:
            if self.chance.random() < 0.1:
                laptop.ahead = self.chance.choice((0.0, YEAR, -YEAR))
            laptop.tell(f"opens, its clock {laptop.ahead:+.0f} s")
            laptop.open()

    # Acts and mishaps

    async def _act(self) -> None:
        laptop = self.chance.choice(self.laptops)
        if self.chance.random() < 0.55:
            trade(self, laptop)
            return
        ticket = self.chance.choice(self.tickets)
        match self.chance.random():
            case share if share < 0.55:
                laptop.scan(ticket)
            case share if share < 0.65:
                laptop.scan(ticket, list_id=2)
            case share if share < 0.72:
                laptop.scan(ticket, list_id=2, out=True)
            case share if share < 0.76:
                laptop.scan("nobody")
            case share if share < 0.86:
                laptop.undo()
            case share if share < 0.90:
                laptop.hand_out(ticket)
            case share if share < 0.93:
                code = f"{laptop.name[0].upper()}{len(self.tickets)}"
                if laptop.give_ticket(code):
                    self.tickets.append(code)
            case share if share < 0.95:
                laptop.put_by()
            case _:
                laptop.settle(self.chance.choice(("accept", "annul", "escalate")))

    async def _mishap(self) -> None:
        laptop = self.chance.choice(self.laptops)
        match self.chance.randrange(12):
            case 0 | 1:
                await self.venue.restart(self.chance.choice((0.1, 2.0)))
                self.promises.look_at_hub()
            case 2:
                self.venue.back_up()
            case 3 | 4:
                await self.venue.set_back()
            case 5 | 6:
                laptop.tell("loses its power")
                laptop.crash()
                await asyncio.sleep(self.chance.choice((0.0, 3.0)))
                laptop.tell("is back")
                laptop.open()
            case 7:
                if laptop.app is not None:
                    laptop.tell("makes a backup")
                    laptop.back_up()
            case 8:
                self._copy(laptop)
            case 9:
                self.tickets.append(f"B{len(self.tickets)}")
                self.world.tell("hub", f"{self.tickets[-1]} is sold")
                self.venue.load(an_order(self.tickets[-1]))
            case 10:
                laptop.ahead += self.chance.choice((3_600.0, YEAR, -YEAR))
                laptop.tell(f"clock is now {laptop.ahead:+.0f} s")
            case _:
                act = self.chance.choice([act for one in self.laptops for act in one.acts] or [None])
                if act is not None:
                    self.world.tell("", f"something on the way cannot stand {act.operation[-6:]}")
                    self.network.chokes_on |= {act.operation}

    def _copy(self, laptop: Laptop) -> None:
        if laptop.copied or laptop.app is None or self.chance.random() < 0.5:
            return
        twin = Laptop(self.world, self.network, f"{laptop.name}2", self._folder / f"{laptop.name}2", laptop.ahead)
        laptop.tell(f"is copied to {twin}")
        laptop.copy_to(twin)
        twin.open()
        self.laptops.append(twin)

    # The end

    def _heal(self) -> None:
        self.world.tell("", "the weather is fair from here on")
        self.network.weather.clear()
        for laptop in self.laptops:
            if laptop.app is None:
                laptop.open()

    async def _all_but_what_is_choked_on(self) -> None:
        """What cannot be digested holds up nothing but what is about the same ticket."""
        if self.promises.is_anything_choked_on():
            await self._drain("Acts wait for others that have nothing to do with them", self.promises.held_up)

    async def _drain(self, otherwise: str, waiting: Callable[[], dict[str, int]]) -> None:
        healed = self.world.now()
        while waiting():
            if self.world.now() > self._asked_to_wait(healed) + DRAINED_WITHIN:
                raise promises.Broken(f"{otherwise}, 30 s after the weather got fair: {waiting()}")
            await asyncio.sleep(1.0)
        self.world.tell("", f"it took {self.world.now() - healed:.0f} s to send what waited")

    def _asked_to_wait(self, since: float) -> float:
        """Until when the hub has asked anybody to wait. Looked at each time: such a wish may still be on its way."""
        return max([since, *self.network.asked_until.values()])

    async def _quiet_hour(self) -> None:
        await self._drain("The outboxes are not empty", self.promises.undrained)
        pace.HEARTBEAT = IDLE_HEARTBEAT
        begun = self.world.now()
        while self.promises.unheard():
            if self.world.now() > self._asked_to_wait(begun) + HEARD_WITHIN:
                raise promises.Broken(f"Not everybody has heard everything after 90 s: {self.promises.unheard()}")
            await asyncio.sleep(1.0)
        if any(laptop.copied for laptop in self.laptops):
            await asyncio.sleep(2 * pace.HEARTBEAT)  # Until each has asked the hub once more whether it is alone.
        self.promises.look()
