"""Card terminals as the verbs about orders use them: a charge for what is open, money back until nothing is left."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from boxoffice import bootstrap
from boxoffice.bootstrap import App
from boxoffice.counter import Counter
from boxoffice.domain.payment import Attempt, State
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.ports import Word
from boxoffice.storage.payments import Errand
from boxoffice.terminals.worker import TerminalWorker

from . import consent

log = logging.getLogger(__name__)


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


def operation_for(counter: Counter, event: str, order: str, *, gives_back: bool) -> str:
    """Under which name money is moved: that of what cards were moved for before, if it has no receipt yet."""
    begun = counter.unfinished(event, order)
    return begun.operation if begun is not None and begun.gives_back is gives_back else new_id()


def end(worker: TerminalWorker, begun: Attempt) -> Attempt:
    """Take an attempt that was written down to its end."""
    if begun.state is State.REVERSING:
        return worker.reverse(begun.id, shown).result()
    return worker.pay(begun.id, shown).result()


def charge(app: App, begin: Callable[[], Attempt]) -> None:
    """Charge a card. Raises `Refused` with what to tell the customer."""
    with working(app) as worker:
        ended = end(worker, begin())
    if not ended.is_charged:
        raise _refused(ended, "The card was not charged")


def send_back(app: App, args: argparse.Namespace, counter: Counter, errand: Errand) -> None:
    """Give back to cards until nothing is left: what cannot be taken back goes as a refund. Raises `Refused`."""
    with working(app) as worker:
        while counter.left_to_send(errand) > 0:
            begun = consent.with_leave(
                app, args, lambda permits: counter.send_back(errand, args.terminal, permits=permits).result()
            )
            ended = end(worker, begun)
            if ended.state not in (State.REVERSED, State.REVERSAL_DECLINED, State.CAPTURED):
                raise _refused(ended, "Nothing went back to the card")


def _refused(ended: Attempt, title: str) -> Refused:
    words = ended.evidence.text or ended.because
    if ended.is_open:
        return Refused(ended.advice, words, f"`boxoffice terminals recover {ended.id}`, or settle it.")
    return Refused(title, words, ended.advice)
