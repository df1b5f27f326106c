"""Handing the outbox over, oldest first, until the server has everything or cannot go on.

Nothing leaves the outbox before its answer is on disk: a crash in between sends it again, and the server
knows it by its operation id. The order is kept for each ticket; an act that the server cannot digest is
set aside together with those behind it on the same ticket, and everybody else's go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from boxoffice.decoding import decode
from boxoffice.domain.conflicts import Side
from boxoffice.domain.facts import order_of
from boxoffice.errors import DeviceRevoked, ServerTrouble, filled
from boxoffice.ports import Answer, CentralServer, Outcome, Receipt
from boxoffice.services import disagree, overlay
from boxoffice.storage import beneath, feeds, journal, outbox, redeeming, settings
from boxoffice.storage.connection import Connection
from boxoffice.storage.outbox import Waiting
from boxoffice.storage.writer import Lane

from .pace import Backoff
from .station import Station

log = logging.getLogger(__name__)

LARGEST_BATCH = 100
LARGEST_BYTES = 256 * 1024
MOST_A_RUN = 2_000
"""Acts; then the server is heard again before the rest is sent. Under a flood of scans there is always a rest."""
MOST_TRIES = 5_000
"""How often an act is sent again that the server puts off while it takes others: an undoing, say, of an entry that
never arrives there. That is about a day online; time in which nobody answers does not count, and no clock does."""
_SUSPECTS_A_RUN = 3
"""How many acts of which nothing was known yet may prove hard to digest before the server is called busy; and how many
of those that are known to be are tried once more. So they never take all the tries there are: the others are met."""
_NO_END = 2**62
_Ranges = tuple[tuple[int, int], ...]
_ALL: _Ranges = ((1, _NO_END),)
_NEVER = frozenset({400, 413, 422})
"""What a server answers to a request that it will not take however often it is sent."""


class ForkedJournal(ServerTrouble):
    """The server holds a later journal under this station's name: the disk was copied, or an older one put back."""


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What one run did."""

    done: int = 0
    parked: int = 0
    held: int = 0
    """Acts that the server could not take now, though it takes others; and those behind them."""
    again: int = 0
    """Acts that the server had lost, put back into the outbox."""
    more_after: int | None = None
    """Number of the last act that was sent, if it ended with more to send."""
    skew: float | None = None
    """Seconds by which the server's clock is ahead of ours."""
    alarm: str = ""
    """What the server holds against our journal."""
    trouble: ServerTrouble | None = None
    """Why it stopped before the end, though the server answers."""


class Push:
    """Runs through the outbox. Between runs it remembers only which acts were hard to digest.

    `now` is a clock that only goes forward, `chance` a number in [0, 1).
    """

    def __init__(
        self, station: Station, server: CentralServer, now: Callable[[], float], chance: Callable[[], float]
    ) -> None:
        self._station = station
        self._server = server
        self._now = now
        self._chance = chance
        self._suspects: dict[str, _Suspect] = {}

    def run(self, stopped: Callable[[], bool]) -> Pushed:
        """Send what waits. Raises `ServerTrouble` if nobody answers, `ForkedJournal` if nothing may be sent.

        What was answered before that is kept. `stopped` is asked between batches. It ends after `MOST_A_RUN` acts.
        """
        run = self._greet()
        trouble: ServerTrouble | None = None
        try:
            while not stopped() and (batch := self._batch(run)):
                receipt = self._send(run, batch)
                if receipt is not None:
                    self._keep(run, batch, receipt)
                if run.answered >= MOST_A_RUN:
                    run.more_after = run.seen
                    break
        except _Stuck as stuck:
            trouble = stuck.trouble
        return run.pushed(trouble)

    def _greet(self) -> _Run:
        """Ask how far the server has come, before anything is sent that would hide what it has lost."""
        begun = datetime.now(UTC)
        receipt = self._server.push(())
        run = _Run(receipt, begun)
        run.second_chances = self._next_suspects()
        if self._station.read(lambda c: _lost(c, receipt)):
            run.again = self._station.writer.do(lambda c: _send_again(c, receipt), Lane.BACKGROUND)
            log.info("The server has lost %s acts that it once had; they are sent again", run.again)
        return run

    def _next_suspects(self) -> set[str]:
        """The acts hard to digest whose turn it is to be tried again; they go to the end of the queue."""
        due = [operation for operation, suspect in self._suspects.items() if suspect.due <= self._now()]
        chosen = due[:_SUSPECTS_A_RUN]
        for operation in chosen:
            self._suspects[operation] = self._suspects.pop(operation)
        return set(chosen)

    def _may_try(self, run: _Run, operation: str, suspect: _Suspect) -> bool:
        return operation in run.second_chances or (run.gets_better and suspect.due <= self._now())

    def _batch(self, run: _Run) -> list[Waiting]:
        """The next acts whose turn it is; one that was hard to digest goes alone."""
        while page := self._station.read(lambda c: outbox.waiting(c, run.size, after=run.seen)):
            batch: list[Waiting] = []
            size = 0
            for one in page:
                suspect = self._suspects.get(one.entry.operation)
                size += len(one.entry.body) + len(one.entry.private)
                if batch and (suspect or size > LARGEST_BYTES):
                    break
                run.seen = one.number
                if run.holds(one) or (suspect and not self._may_try(run, one.entry.operation, suspect)):
                    run.hold(one)
                    continue
                batch.append(one)
                if suspect:
                    break
            if batch:
                return batch
        return []

    def _send(self, run: _Run, batch: Sequence[Waiting]) -> Receipt | None:
        """One request; its receipt, or None if smaller ones are to be tried."""
        try:
            receipt = self._server.push([one.entry for one in batch])
        except DeviceRevoked:
            raise
        except ServerTrouble as trouble:
            if trouble.retry_after is not None:
                raise _Stuck(trouble) from trouble
            self._server.push(())  # Is it the batch or the server? A server that does not answer this raises here.
            log.info("The server does not digest %s acts from %s on: %s", len(batch), batch[0].entry.operation, trouble)
            receipt = _said_of_all(batch, trouble)
        else:
            run.size = min(LARGEST_BATCH, run.size * 2)
        if len(batch) > 1 and all(answer.outcome is Outcome.LATER for answer in receipt.answers):
            run.size = max(1, len(batch) // 10)
            run.seen = batch[0].number - 1
            return None
        return receipt

    def _keep(self, run: _Run, batch: Sequence[Waiting], receipt: Receipt) -> None:
        """Write the server's word down, all of it in one transaction."""
        self._station.writer.do(lambda c: _apply(c, receipt.answers), Lane.BACKGROUND)
        run.heard(receipt)
        if len(receipt.answers) < len(batch):
            run.seen = batch[len(receipt.answers)].number - 1
        for one, answer in zip(batch, receipt.answers, strict=False):
            if answer.outcome is not Outcome.LATER:
                run.gets_better = self._suspects.pop(one.entry.operation, None) is not None or run.gets_better
                continue
            run.hold(one)
            known = one.entry.operation in self._suspects
            run.gets_better = run.gets_better and not known
            run.suspects += len(batch) == 1 and not known
            suspect = self._suspects.setdefault(one.entry.operation, _Suspect())
            suspect.due = self._now() + suspect.backoff.wait(self._chance())
        self._station.read(lambda c: _lost(c, receipt))
        if run.suspects >= _SUSPECTS_A_RUN:
            raise _Stuck(ServerTrouble("The server is busy", receipt.answers[0].because, "What was done waits here."))


class _Stuck(Exception):
    """The server answers, but nothing more can be handed over now."""

    def __init__(self, trouble: ServerTrouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class _Suspect:
    """An act that the server could not take while it took others."""

    def __init__(self) -> None:
        self.backoff = Backoff()
        self.due = 0.0


class _Run:
    """How far one run has come."""

    def __init__(self, greeting: Receipt, begun: datetime) -> None:
        self.again = 0
        self.seen = 0
        self.size = LARGEST_BATCH
        self.done = 0
        self.parked = 0
        self.suspects = 0
        self.second_chances: set[str] = set()
        self.gets_better = False
        """Whether the server has just digested what it could not digest before: then the rest of it may go on, too."""
        self.answered = 0
        self.more_after: int | None = None
        self.held: set[int] = set()
        self.subjects: set[str] = set()
        self.alarm = greeting.alarm
        self.skew: float | None = None
        if greeting.server_time is not None:
            half = (datetime.now(UTC) - begun) / 2
            self.skew = (greeting.server_time - begun - half).total_seconds()

    def holds(self, one: Waiting) -> bool:
        """Whether something is held that this one has to come after."""
        return bool(self.subjects) and not self.subjects.isdisjoint((_subject(one), order_of(one.subject)))

    def hold(self, one: Waiting) -> None:
        self.held.add(one.number)
        self.subjects.add(_subject(one))

    def heard(self, receipt: Receipt) -> None:
        self.alarm = receipt.alarm
        self.answered += len(receipt.answers)
        self.done += sum(answer.outcome is Outcome.DONE for answer in receipt.answers)
        self.parked += sum(answer.outcome is Outcome.REFUSED for answer in receipt.answers)

    def pushed(self, trouble: ServerTrouble | None) -> Pushed:
        return Pushed(
            done=self.done,
            parked=self.parked,
            held=len(self.held),
            again=self.again,
            more_after=self.more_after,
            skew=self.skew,
            alarm=self.alarm,
            trouble=trouble,
        )


def _subject(one: Waiting) -> str:
    """What must stay in order; an act that is about no ticket stands for itself."""
    return one.subject or one.entry.operation


def _said_of_all(batch: Sequence[Waiting], trouble: ServerTrouble) -> Receipt:
    """What was said about a whole request as a word on each act in it."""
    never = len(batch) == 1 and trouble.status in _NEVER
    outcome = Outcome.REFUSED if never else Outcome.LATER
    because = trouble.what or trouble.title
    return Receipt(answers=tuple(Answer(one.entry.operation, outcome, because) for one in batch))


def _apply(connection: Connection, answers: Sequence[Answer]) -> None:
    has_beneath = bool(beneath.names(connection))
    for answer in answers:
        match answer.outcome:
            case Outcome.DONE:
                if has_beneath:
                    overlay.arrived(connection, answer.operation)
                outbox.done(connection, answer.operation)
                redeeming.arrived(connection, answer.operation)
                if answer.because:
                    disagree.look_at_remark(connection, answer.operation, answer.because, datetime.now(UTC))
            case Outcome.REFUSED:
                disagree.look_at_refusal(
                    connection, answer.operation, answer.because, datetime.now(UTC), _rival(answer)
                )
            case Outcome.LATER:
                _put_off(connection, answer, datetime.now(UTC))


def _rival(answer: Answer) -> Side | None:
    """What the server says was there before; nothing where it says it in words that nobody here knows."""
    try:
        return decode(msgspec.json.encode(answer.rival), Side) if answer.rival else None
    except msgspec.ValidationError as error:
        log.warning("The server names nobody of whom anything is known: %s", error)
        return None


def _put_off(connection: Connection, answer: Answer, now: datetime) -> None:
    """It is sent again, but not for ever: what it waits for may never come, so in the end a person is told."""
    tries = outbox.later(connection, answer.operation, answer.because)
    if tries >= MOST_TRIES:
        words = f"It was put off {tries} times, while others were taken. {answer.because}"
        disagree.look_at_refusal(connection, answer.operation, words, now)


def _lost(connection: Connection, receipt: Receipt) -> list[int]:
    """Numbers of acts that the server had taken and has no more. Raises `ForkedJournal`."""
    if receipt.high_water is None:
        return []
    station = settings.station(connection)
    epoch, sequence, _ = journal.head(connection, station.device)
    last = sequence if epoch == station.epoch else 0
    if (receipt.epoch, receipt.high_water) > (station.epoch, last):
        raise ForkedJournal(
            "This station has a double, or was set back",
            filled(
                "The server holds its act {there}; the last here is {here}. Everything is kept here,"
                " and nothing more is sent.",
                there=f"{receipt.epoch}/{receipt.high_water}",
                here=f"{station.epoch}/{last}",
            ),
            "Use only one copy of a station. Export its journal, then enrol it anew.",
        )
    gone: dict[int, _Ranges] = dict.fromkeys(range(receipt.epoch + 1, station.epoch + 1), _ALL)
    anothers = _is_anothers(connection, station.device, receipt)
    gone[receipt.epoch] = _ALL if anothers else (*receipt.missing, (receipt.high_water + 1, _NO_END))
    if receipt.earlier is not None:
        gone |= dict.fromkeys(range(1, receipt.epoch), _ALL)
        gone |= {one.epoch: (*one.missing, (one.high_water + 1, _NO_END)) for one in receipt.earlier}
    return [
        number
        for epoch, ranges in sorted(gone.items())
        for number in outbox.acknowledged(connection, station.device, epoch, ranges)
    ]


def _is_anothers(connection: Connection, device: str, receipt: Receipt) -> bool:
    """Whether the server holds a copy's act where it had taken one of ours.

    It was set back then, and heard the copy first. How much of ours it has kept only it can tell, by the
    operations: it is given all of them.
    """
    if not receipt.seals or receipt.high_water is None:
        return False
    mark = ((receipt.high_water, receipt.high_water),)
    ours = outbox.acknowledged(connection, device, receipt.epoch, mark)
    return any(journal.entry(connection, number).hash not in receipt.seals for number in ours)


def _send_again(connection: Connection, receipt: Receipt) -> int:
    """The server was brought back from an older state: give it the acts that it lost, and ask for all it knows."""
    lost = _lost(connection, receipt)
    outbox.send_again(connection, lost)
    redeeming.lost(connection, [journal.entry(connection, number).operation for number in lost])
    feeds.start_over(connection)
    return len(lost)
