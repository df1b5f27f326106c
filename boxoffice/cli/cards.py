"""Card terminals as the verbs about orders use them: a charge for what is open, money back until nothing is left."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from boxoffice import bootstrap
from boxoffice.bootstrap import App
from boxoffice.counter import Counter
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.money import plain
from boxoffice.domain.payment import Attempt, State, Way
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.terminals import Kind
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.ports import Word
from boxoffice.services import card_terminals
from boxoffice.terminals.manual import ManualTerminal, Typed
from boxoffice.terminals.worker import TerminalWorker

from . import consent

log = logging.getLogger(__name__)

Charge = Callable[[int], Attempt]
"""Writes down that a card is to be charged so much; minor units."""


@contextmanager
def working(app: App) -> Iterator[TerminalWorker]:
    """The worker of a station, for as long as a verb needs it."""
    worker = bootstrap.card_worker(app)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def shown(word: Word) -> None:
    """What a terminal says while it works."""
    log.info("The terminal: %s", word.text)


def operation_for(counter: Counter, event: str, order: str, what: What) -> str:
    """Under which name money is moved: that of what cards were moved for before, if it has no receipt yet."""
    begun = counter.cards.unfinished(event, order) if order else None
    return begun.operation if begun is not None and begun.what is what else new_id()


def end(app: App, worker: TerminalWorker, begun: Attempt) -> Attempt:
    """Take an attempt that was written down to its end; at a terminal apart, by what is typed of it."""
    by = (
        ManualTerminal(_typed)
        if app.read(lambda c: card_terminals.terminal(c, begun.terminal)).kind is Kind.MANUAL
        else None
    )
    if begun.state is State.REVERSING:
        return worker.reverse(begun.id, shown, by).result()
    return worker.pay(begun.id, shown, by).result()


def _typed(attempt: Attempt) -> Typed | None:
    """What somebody types of a terminal that stands apart: a line from standard input; None if nobody can say."""
    back = attempt.way is Way.REFUND or attempt.state is State.REVERSING
    amount = f"{plain(attempt.amount, attempt.currency)} {attempt.currency}"
    does = "Give back" if back else "Charge"
    sys.stderr.write(f"{does} {amount} at the card terminal. Then: yes [APPROVAL [LAST FOUR]], or no; else unknown: ")
    sys.stderr.flush()
    said, *about = sys.stdin.readline().split() or [""]
    if said not in ("yes", "no"):
        return None
    approval, last_four = [*about, "", ""][:2]
    return Typed(charged=said == "yes", approval=approval, last_four=last_four)


def charge(app: App, counter: Counter, offers: Sequence[Offer], begin: Charge) -> None:
    """Charge what is offered by card, at stations with terminals; `begin` writes one attempt down.

    Raises `Refused` with what to tell the customer.
    """
    offered = [one for one in offers if one.means is Means.CARD]
    if not offered or not counter.cards.terminals:
        return
    with working(app) as worker:
        for one in offered:
            ended = end(app, worker, begin(one.amount))
            if not ended.is_charged:
                raise _refused(ended, "The card was not charged")


def move(app: App, args: argparse.Namespace, counter: Counter, errand: Errand) -> None:
    """Charge cards, and give back to them, until all has moved that an errand wants. Raises `Refused`.

    What cannot be taken back goes as a refund.
    """

    def advance() -> Attempt | None:
        return consent.with_leave(
            app, args, lambda permits: counter.cards.advance(errand, args.terminal, permits=permits).result()
        )

    with working(app) as worker:  # It begins before anything is written down, else it would take that for left behind.
        begun = advance()
        while begun is not None:
            ended = end(app, worker, begun)
            if ended.state not in (State.REVERSED, State.REVERSAL_DECLINED, State.CAPTURED):
                goes_back = begun.way is Way.REFUND or begun.state is State.REVERSING
                raise _refused(ended, "Nothing went back to the card" if goes_back else "The card was not charged")
            begun = advance()


def _refused(ended: Attempt, title: str) -> Refused:
    words = ended.evidence.text or ended.because
    if ended.is_open:
        return Refused(ended.advice, words, f"`boxoffice terminals recover {ended.id}`, or settle it.")
    return Refused(title, words, ended.advice)
