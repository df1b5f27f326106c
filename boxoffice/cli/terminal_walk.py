"""A walk through a card terminal's bad moments, with the real device.

A person pulls the cable, the till says what it made of that, and both are compared with the terminal's own journal.

It moves real money, the smallest amount there is each time, and takes back at the end what was charged. What the walk
needs of a person is asked for by `ask`, so that a test can play the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec

from boxoffice.bootstrap import App
from boxoffice.domain.payment import FOR_A_PERSON, Attempt, State
from boxoffice.domain.permissions import Permit
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import card, card_terminals
from boxoffice.storage import catalog
from boxoffice.storage.connection import Connection
from boxoffice.terminals.worker import TerminalWorker

from .cards import shown

_NOTHING_MOVED = frozenset({State.CANCELLED, State.DECLINED, State.ABORTED, State.NOT_CHARGED})


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One moment at which something goes wrong, and what the person does."""

    name: str
    first: str = ""
    """Before the amount is sent; it is waited for."""
    then: str
    """While the terminal works."""
    after: str = ""
    """To put it right again; it is waited for."""


PLUG_IN = "Plug everything in again, wait until the terminal is ready, and press Enter."
MOMENTS = (
    Moment(name="paid", then="Pay with a card, as a customer would."),
    Moment(name="declined", then="Let it decline: a card that it does not take, or a wrong PIN."),
    Moment(name="stopped", then="Press the red key when it asks for a card."),
    Moment(name="cable before", first="Pull the network cable, and press Enter.", then="Wait.", after=PLUG_IN),
    Moment(
        name="cable at the card",
        then="When it asks for a card, pull the network cable. Present no card, and wait until it gives up.",
        after=PLUG_IN,
    ),
    Moment(
        name="cable before the bank",
        then="When it asks for a card, pull the network cable, and pay all the same if it lets you.",
        after=PLUG_IN,
    ),
    Moment(
        name="cable at the bank",
        then="Present the card, and pull the network cable while it connects.",
        after=PLUG_IN,
    ),
    Moment(
        name="cable at the yes",
        then="Present the card, and pull the network cable as it says that it was approved.",
        after=PLUG_IN,
    ),
    Moment(
        name="cable at the slip",
        then="Pay, and pull the network cable while its slip is printed.",
        after=PLUG_IN,
    ),
    Moment(
        name="power at the card",
        then="When it asks for a card, take the terminal's power away.",
        after=PLUG_IN,
    ),
    Moment(
        name="power at the bank", then="Present the card, and take its power away while it connects.", after=PLUG_IN
    ),
    Moment(name="power at the yes", then="Pay, and take its power away as it says approved.", after=PLUG_IN),
)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one moment."""

    moment: str
    state: str
    charged: bool
    """By the terminal's own journal, as the person has read it."""
    verdict: str
    """`agrees`, `asks` (a person would be asked, and has answered) or `differs`."""
    because: str = ""


Leave = Callable[[Callable[[Sequence[Permit]], Attempt]], Attempt]
"""Does something with the leave of whoever stands by it."""


class Walk:
    """One walk at one terminal. `ask` shows words and waits for a line; `tell` only shows them."""

    def __init__(
        self,
        app: App,
        worker: TerminalWorker,
        terminal: str,
        operator: str,
        ask: Callable[[str], str],
        tell: Callable[[str], object],
        leave: Leave = lambda act: act(()),
    ) -> None:
        self._app = app
        self._worker = worker
        self._terminal = app.read(lambda c: card_terminals.terminal(c, terminal)).name
        self._operator = operator
        self._ask = ask
        self._tell = tell
        self._leave = leave
        self._charged: list[str] = []

    def at(self, moment: Moment, amount: int) -> Found:
        """Go through one moment. Raises `Refused` while the terminal is taken."""
        self._tell(f"\n{moment.name.capitalize()}. {moment.then}")
        if moment.first:
            self._ask(moment.first)
        begun = self._begin(amount)
        ended = self._worker.pay(begun.id, shown).result()
        self._tell(f"The till says: {ended.state.replace('_', ' ')}. {ended.evidence.text or ended.because}".rstrip())
        if moment.after:
            self._ask(moment.after)
        if ended.is_open:
            ended = self._worker.recover(begun.id).result()
            self._tell(f"Asked again, it says: {ended.state.replace('_', ' ')}. {ended.because}".rstrip())
        if ended.is_charged:
            self._charged.append(ended.id)  # Before anything is asked: whoever leaves now has not paid for the test.
        charged = self._yes("Look at the terminal's journal, or its slip. Was the card charged? [y/n] ")
        found = Found(
            moment=moment.name,
            state=ended.state.value,
            charged=charged,
            verdict=_verdict(ended, charged=charged),
            because=ended.because,
        )
        self._put_right(ended, charged=charged)
        self._tell(f"{found.verdict}.")
        return found

    def _begin(self, amount: int) -> Attempt:
        def job(connection: Connection) -> Attempt:
            wish = card.Wish(
                operation=f"test/{new_id()}",
                event=next(iter(catalog.events(connection)), ""),
                amount=amount,
                currency=card_terminals.currency(connection),
                terminal=self._terminal,
                operator=self._operator,
            )
            return card.begin(connection, wish, amount, datetime.now(UTC))

        return self._app.write(job).result()

    def _yes(self, question: str) -> bool:
        while (said := self._ask(question).strip().lower()[:1]) not in ("y", "n"):
            self._tell("y or n, please.")
        return said == "y"

    def _put_right(self, ended: Attempt, *, charged: bool) -> None:
        if ended.state in FOR_A_PERSON:
            seen = card.Seen(charged=charged, by=self._operator, reason="Seen in its journal, at a test")
            counter = self._app.counter(self._operator)
            self._leave(lambda permits: counter.cards.settle(ended.id, seen, permits).result())
            if charged:
                self._charged.append(ended.id)

    def take_back(self) -> list[str]:
        """Take back what was charged; the attempts that stay charged, to be given back by hand."""
        left = []
        for attempt in self._charged:
            try:
                self._leave(partial(self._begin_to_take_back, attempt))
                if self._worker.reverse(attempt, shown).result().state is not State.REVERSED:
                    left.append(attempt)
            except Trouble as trouble:
                self._tell(str(trouble))
                left.append(attempt)
        self._charged = []
        return left

    def _begin_to_take_back(self, attempt: str, permits: Sequence[Permit]) -> Attempt:
        return self._app.counter(self._operator).cards.take_back(attempt, "It was a test", permits=permits).result()


def _verdict(ended: Attempt, *, charged: bool) -> str:
    if ended.state in FOR_A_PERSON:
        return "asks"
    agrees = ended.is_charged if charged else ended.state in _NOTHING_MOVED
    return "agrees" if agrees else "differs"
