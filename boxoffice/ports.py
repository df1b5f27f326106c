"""What a station asks of the world outside: of its central server, and of a card terminal.

Adapters fulfil these; services and workers know only these. Nothing here knows HTTP or a server's JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from boxoffice.domain.catalog import Event
from boxoffice.domain.permissions import Role as Role

if TYPE_CHECKING:
    from boxoffice.domain.journal import Entry
    from boxoffice.domain.nouns import Gone, Noun
    from boxoffice.domain.payment import Attempt
    from boxoffice.domain.payment_steps import Outcome as CardOutcome
    from boxoffice.domain.payment_steps import ReversalOutcome
    from boxoffice.domain.terminals import Evidence, Last, Mark


class Enrolment(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a server gives a new station. `token` is the device's own and secret."""

    kind: str
    """The dialect: `hub` or `pretix`."""
    url: str
    token: str
    device_id: str
    name: str
    organizer: str = ""
    events: tuple[str, ...] = ()
    gate: str = ""
    role: Role = Role.SUPERVISOR
    software: str = ""
    """The version of this program that the server was last told, where it wants to know."""
    private_key: str = ""
    """Opens what the server seals for this station alone; PEM, empty where it seals nothing."""


class Change(msgspec.Struct, frozen=True):
    """One thing that the server tells, and the cursor from which to go on after it."""

    cursor: str
    noun: Noun | Gone


class Feed(Protocol):
    """Changes of one event, oldest first, streamed. Ends when the station has caught up."""

    total: int | None
    """How many changes there are to come, where the server says it: for a true progress bar."""

    def __iter__(self) -> Iterator[Change]: ...

    def close(self) -> None:
        """Let go of it, read to its end or not."""
        ...


class Outcome(StrEnum):
    """What became of one act at the server."""

    DONE = "done"
    LATER = "later"
    """Not now: nothing was decided. It is sent again."""
    REFUSED = "refused"
    """The server said no for good. It is kept for a person."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The server's word on one act."""

    operation: str
    outcome: Outcome
    because: str = ""
    rival: Mapping[str, Any] | None = None
    """What was done at another station and stands in the way of a refused one, where the server knows it.

    The fields of a `conflicts.Side`, which nobody loads before there is one.
    """


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What a server holds of an epoch of a station that has begun another since."""

    epoch: int
    high_water: int
    """The highest sequence that it holds."""
    missing: tuple[tuple[int, int], ...] = ()
    """Ranges below that it does not hold (first and last, both missing)."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The server's word on a batch of acts."""

    answers: tuple[Answer, ...]
    """In the order of the acts. There may be fewer: those behind were not tried, and are sent again."""
    high_water: int | None = None
    """The highest sequence of this device and epoch that the server holds, where it says so."""
    epoch: int = 0
    """The epoch that the mark is of: the highest that the server holds; 0 if it holds nothing."""
    server_time: datetime | None = None
    missing: tuple[tuple[int, int], ...] = ()
    """Ranges of sequences below the mark that the server does not hold (first and last, both missing)."""
    alarm: str = ""
    """What the server holds against this station's journal: entries that were changed, or written twice."""
    seals: tuple[str, ...] = ()
    """Hashes of the entries at the mark, where the server says so; several where two wrote under one name."""
    earlier: tuple[Earlier, ...] | None = None
    """The epochs before that of the mark of which the server holds anything; None where it does not say."""


class CentralServer(Protocol):
    """A central server as a station sees it. Every method may raise `ServerTrouble`.

    `boxoffice.errors.DeviceRevoked` says that it no longer knows this station at all.
    """

    def events(self) -> Sequence[Event]:
        """The events that this station may see."""
        ...

    def changes(self, event: str, cursor: str) -> Feed:
        """Everything that changed after `cursor` (empty: from the start), as a stream."""
        ...

    def push(self, entries: Sequence[Entry]) -> Receipt:
        """Hand over acts in order; each is answered for itself, also when it was sent before."""
        ...

    def listen(self, events: Sequence[str]) -> Iterator[str]:
        """Slugs of events as something changes in them; blocks in between, ends when the line is lost."""
        ...

    def close(self) -> None:
        """Let go of connections; also ends a `listen` that another thread waits in."""
        ...


class Membership(Protocol):
    """What a station may change about its own place at its server. Every method may raise `ServerTrouble`."""

    def roll(self) -> str:
        """A new token in the place of the old one, to be kept at once."""
        ...

    def revoke(self) -> None:
        """Give the station up for good: its token opens nothing any more."""
        ...


class OwnServer(CentralServer, Membership, Protocol):
    """The central server of an enrolled station."""


class Word(msgspec.Struct, frozen=True):
    """What a terminal shows while it works: its own words, or its number for them."""

    text: str


class Ledger(Protocol):
    """Where a terminal's driver has each step written down before it takes it. Every method returns once it is on disk.

    What it raises ends the conversation: nothing may be said to the terminal that could not be written down.
    """

    def compared(self, mark: Mark) -> None:
        """The terminal's newest payment is this one; before the amount leaves."""
        ...

    def sent(self) -> None:
        """The amount is about to leave."""
        ...

    def begun(self) -> None:
        """The terminal has taken the order."""
        ...

    def approved(self, evidence: Evidence) -> None:
        """The terminal says yes; before it is told that this was heard."""
        ...

    def shows(self, word: Word) -> None:
        """What the terminal shows; nothing is written down."""
        ...


class Totals(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a terminal says of its day as it closes it."""

    amount: int | None = None
    number: int | None = None
    text: str = ""


class CardTerminal(Protocol):
    """A card terminal. One conversation at a time, on the thread that calls; only `stop` comes from others.

    An expected no, and silence as well, are outcomes. `DeviceTrouble` is raised where nothing was to be charged.
    """

    def pay(self, attempt: Attempt, ledger: Ledger) -> CardOutcome:
        """Charge a card, or give money back to one, as the attempt says."""
        ...

    def reverse(self, attempt: Attempt, shows: Callable[[Word], None]) -> ReversalOutcome:
        """Take back a payment of today. That it is about to happen was written down."""
        ...

    def last(self, currency: str, /) -> Last:
        """The terminal's newest transaction; without a receipt number if it has none. Raises `DeviceTrouble`."""
        ...

    def end_of_day(self, currency: str, /) -> Totals:
        """Have the terminal close its day. Raises `DeviceTrouble`."""
        ...

    def ready(self) -> None:
        """Forget that it was asked to break off what went before. Comes before each payment and each reversal."""
        ...

    def stop(self) -> None:
        """Ask the terminal to break off; it says itself what came of that."""
        ...
