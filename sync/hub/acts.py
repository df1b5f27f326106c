"""Taking in what a station did: each act once, for good, whatever way and however often it arrives.

Every act is kept as it arrived, with what was answered, under its operation id; effect and answer are one
transaction. Its place in the station's chain is checked on arrival. A gap is only noted, because a station
holds acts back behind one that was refused; a place that is taken by another entry raises an alarm but not
a refusal, because people did go through that door.
"""

from __future__ import annotations

import functools
import itertools
import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, TextClause, text

from boxoffice.domain import journal
from boxoffice.domain.facts import Fact, kind_of
from boxoffice.domain.instants import micros
from boxoffice.domain.journal import Entry
from boxoffice.ports import Answer, Outcome, Receipt
from sync.wire.hub import Broken
from sync.wire.hub_feed import BROKEN

from . import auth, relays, sql
from .auth import Caller
from .effects import Effects, NotYet, fact_in

_SEALS = re.compile("[0-9a-f]{64}/[0-9a-f]{64}/(?:[0-9a-f]{2}){0,32}")
_WORDS = {outcome: outcome.value for outcome in Outcome}
_GENESIS = journal.GENESIS.hex()

log = logging.getLogger(__name__)

LONGEST_NAME = 100
LONGEST_BODY = 64 * 1024
MOST_GAPS = 100

_COPIED = "Its folder was copied, or put back from a backup: use only one of them, and enrol it anew."

_KNOWN = "SELECT operation, device, body, outcome, because FROM acts WHERE operation IN ({})"
_AROUND = text(
    "SELECT sequence, previous, hash FROM acts"
    " WHERE device = :device AND epoch = :epoch AND sequence BETWEEN :first AND :last"
)
_KEEP = sql.Insert(
    "acts",
    {
        **dict.fromkeys(("epoch", "sequence", "received_at"), "bigint"),
        **dict.fromkeys(("operation", "device", "kind", "body", "previous", "hash", "private", "salt"), "text"),
        **dict.fromkeys(("outcome", "because", "fault"), "text"),
    },
)
_ANSWER_ANEW = text("UPDATE acts SET outcome = :outcome, because = :because WHERE operation = :operation")
_MARKS = text("SELECT epoch, high_water, held, alarm FROM marks WHERE device = :device")
_MARK = text(
    "INSERT INTO marks (device, epoch, high_water, held, alarm)"
    " VALUES (:device, :epoch, :high_water, :held, :alarm) ON CONFLICT (device, epoch) DO UPDATE SET"
    " high_water = excluded.high_water, held = excluded.held, alarm = excluded.alarm"
)
_GAPS = text(
    "SELECT before + 1, sequence - 1 FROM (SELECT sequence, lag(sequence, 1, 0) OVER (ORDER BY sequence) AS before"
    " FROM acts WHERE device = :device AND epoch = :epoch) AS placed"
    " WHERE sequence > before + 1 ORDER BY sequence LIMIT :most"
)
_REFUSALS = text("SELECT body FROM acts WHERE kind = 'refused' ORDER BY received_at, operation")


class Mark(msgspec.Struct):
    """How far the hub has come with one epoch of a device."""

    high_water: int = 0
    held: int = 0
    alarm: str = ""


class Taken(msgspec.Struct, frozen=True):
    """What came of a batch: the word for the station, and the events in which something changed."""

    receipt: Receipt
    moved: dict[str, int]


def take(connection: Connection, caller: Caller, entries: Sequence[Entry | Broken], now: datetime) -> Taken:
    """Take in a batch of one device, in order; each entry is answered by itself. Raises `No` if it was revoked."""
    if not entries:
        return Taken(_receipt(connection, caller, (), _marks(connection, caller.id), now), {})
    auth.hold(connection, caller.id, micros(now))
    answers: list[Answer] = []
    moved: dict[str, int] = {}
    marks: Mapping[int, Mark] | None = None
    for device, run in itertools.groupby(entries, lambda entry: _owner(entry, caller)):
        speaker = caller if device == caller.id else auth.bearer(connection, caller, device)
        batch = _Batch(connection, speaker or caller, now)
        some = list(run)
        answers += batch.take(some) if speaker else [_of_another(entry) for entry in some]
        moved |= batch.keep()
        marks = batch.marks if device == caller.id else marks
    if marks is None:
        marks = _marks(connection, caller.id)
    return Taken(_receipt(connection, caller, tuple(answers), marks, now), moved)


def _owner(entry: Entry | Broken, caller: Caller) -> str:
    """Whose act it is. A station hands over its own, and what it could not send before it was enrolled anew."""
    return caller.id if isinstance(entry, Broken) else entry.device


def _of_another(entry: Entry | Broken) -> Answer:
    return Answer(entry.operation, Outcome.REFUSED, "It belongs to another station.")


def _receipt(
    connection: Connection, caller: Caller, answers: tuple[Answer, ...], marks: Mapping[int, Mark], now: datetime
) -> Receipt:
    epoch, mark = _newest(marks)
    return Receipt(
        answers=answers,
        high_water=mark.high_water,
        epoch=epoch,
        missing=gaps(connection, caller.id, epoch, mark),
        alarm=mark.alarm,
        server_time=now,
    )


def standing(connection: Connection, device: str) -> tuple[int, Mark]:
    """The newest epoch that a device has spoken of, and how far the hub has come with it."""
    return _newest(_marks(connection, device))


def _newest(marks: Mapping[int, Mark]) -> tuple[int, Mark]:
    return max(marks.items(), default=(0, Mark()), key=lambda one: one[0])


def gaps(connection: Connection, device: str, epoch: int, mark: Mark) -> tuple[tuple[int, int], ...]:
    """Sequences that are missing below the mark, as ranges."""
    if mark.held >= mark.high_water:
        return ()
    span = {"device": device, "epoch": epoch, "most": MOST_GAPS}
    return tuple((first, last) for first, last in sql.rows(connection, _GAPS, span))


def refusals(connection: Connection) -> list[str]:
    """The bodies of all refusals at the doors, oldest first."""
    return [body for (body,) in sql.rows(connection, _REFUSALS)]


def _marks(connection: Connection, device: str) -> dict[int, Mark]:
    rows = sql.rows(connection, _MARKS, {"device": device})
    return {epoch: Mark(high_water, held, alarm) for epoch, high_water, held, alarm in rows}


class _Batch:
    """One batch of one device, while it is judged."""

    def __init__(self, connection: Connection, caller: Caller, now: datetime) -> None:
        self._connection = connection
        self._caller = caller
        self._now = micros(now)
        self._effects = Effects(connection, caller)
        self._known: dict[str, _Known] = {}
        self._chain = _Chain(connection, caller.id)
        self._new: list[sql.Row] = []
        self._done: list[str] = []
        self._anew: list[dict[str, object]] = []

    @property
    def marks(self) -> Mapping[int, Mark]:
        """How far the hub has come with this device, epoch by epoch."""
        return self._chain.marks

    def take(self, entries: Sequence[Entry | Broken]) -> list[Answer]:
        """Judge entries in order."""
        looked_at = [(entry, _misfit(entry)) for entry in entries]
        sound = [entry for entry, misfit in looked_at if isinstance(entry, Entry) and not misfit]
        self._known = _known(self._connection, sound)
        self._chain.look_around(sound)
        return [
            Answer(entry.operation, Outcome.REFUSED, misfit)
            if misfit or isinstance(entry, Broken)
            else self.answer(entry)
            for entry, misfit in looked_at
        ]

    def answer(self, entry: Entry) -> Answer:
        """Judge one entry. One that has to wait for another is not kept: it comes again."""
        known = self._known.get(entry.operation)
        if known is not None and not self._is_same(known, entry):
            self._chain.alarm(entry.epoch, f"Operation {entry.operation} came twice with different contents.")
            said = f"Another act came under this operation id before. {_COPIED}"
            return Answer(entry.operation, Outcome.REFUSED, said)
        try:
            answer = self._judge(entry) if known is None else self._judge_again(entry, known)
            if known is not None and known.device != self._caller.id:
                self._keep_place(entry)
        except NotYet as wait:
            return Answer(entry.operation, Outcome.LATER, str(wait))
        self._known[entry.operation] = _Known(self._caller.id, entry.body, answer.outcome, answer.because)
        return answer

    def _is_same(self, known: _Known, entry: Entry) -> bool:
        """Whether it is the act that came before: the same entry, or the same fact that another station hands on."""
        if (known.device, known.body) == (self._caller.id, entry.body):
            return True
        one, other = fact_in(known.body), fact_in(entry.body)
        return known.device != self._caller.id and one is not None and _unsigned(one) == _unsigned(other)

    def keep(self) -> dict[str, int]:
        """Write down everything that was judged; the newest version of each event that has anything new."""
        if self._new:
            sql.insert(self._connection, _KEEP, self._new)
        if self._anew:
            sql.many(self._connection, _ANSWER_ANEW, self._anew)
        self._chain.keep()
        relays.note(self._connection, self._done)
        return self._effects.keep()

    def _judge(self, entry: Entry) -> Answer:
        fact = fact_in(entry.body)
        because = self._refusal(entry, fact)
        fault = self._chain.place(entry)
        answer = _answer(entry, because, fault)
        kind = kind_of(fact) if fact else ""
        self._write(entry, kind, entry.operation, answer.outcome, answer.because, fault)
        self._note(answer)
        return answer

    def _write(self, entry: Entry, kind: str, name: str, outcome: Outcome, because: str, fault: str) -> None:
        place = (entry.epoch, entry.sequence, self._now, name, entry.device)
        said = (kind, entry.body, entry.previous, entry.hash, entry.private, entry.salt)
        self._new.append((*place, *said, _WORDS[outcome], because, fault))

    def _keep_place(self, entry: Entry) -> None:
        """The act came before by another way. This station's chain has a place for it all the same."""
        if not self._chain.holds(entry):
            self._write(entry, "", f"{entry.operation}@{entry.device}", Outcome.DONE, "", self._chain.place(entry))

    def _note(self, answer: Answer) -> None:
        if answer.outcome is Outcome.DONE:
            self._done.append(answer.operation)

    def _judge_again(self, entry: Entry, known: _Known) -> Answer:
        """An act that was here before. What was done stays so; what was refused may have become possible."""
        if known.outcome is Outcome.DONE:
            return Answer(entry.operation, known.outcome, known.because)
        answer = _answer(entry, self._refusal(entry, fact_in(entry.body)), "")
        self._anew.append({"operation": entry.operation, "outcome": answer.outcome.value, "because": answer.because})
        self._note(answer)
        return answer

    def _refusal(self, entry: Entry, fact: Fact | None) -> str:
        """Why an act cannot take effect; if nothing stands against it, it has."""
        if broken := _broken_seal(entry):
            self._chain.alarm(entry.epoch, f"Entry {entry.epoch}/{entry.sequence} {broken}.")
            return f"This entry {broken}."
        if fact is None:
            return "This hub does not know what it means; it may be older than the station."
        return self._effects.apply(entry, fact)


def _unsigned(fact: Fact | None) -> Fact | None:
    """A fact whoever hands it on."""
    return None if fact is None else msgspec.structs.replace(fact, station="")


def _answer(entry: Entry, because: str, fault: str) -> Answer:
    outcome = Outcome.REFUSED if because else Outcome.DONE
    return Answer(entry.operation, outcome, because or fault)


class _Chain:
    """The places of one device's entries, and how far the hub has come with them."""

    def __init__(self, connection: Connection, device: str) -> None:
        self._connection = connection
        self._device = device
        self.marks = _marks(connection, device)
        self._touched: set[int] = set()
        self._places: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)

    def look_around(self, entries: Iterable[Entry]) -> None:
        """See what is there already around the places of these."""
        sequences: dict[int, list[int]] = defaultdict(list)
        for entry in entries:
            sequences[entry.epoch].append(entry.sequence)
        for epoch, some in sequences.items():
            self._read(epoch, min(some) - 1, max(some) + 1)

    def _read(self, epoch: int, first: int, last: int) -> None:
        span = {"device": self._device, "epoch": epoch, "first": first, "last": last}
        for sequence, previous, sealed in sql.rows(self._connection, _AROUND, span):
            self._places[epoch, sequence].append((previous, sealed))

    def holds(self, entry: Entry) -> bool:
        """Whether this very entry has its place."""
        return (entry.previous, entry.hash) in self._places.get((entry.epoch, entry.sequence), ())

    def place(self, entry: Entry) -> str:
        """Give an entry its place; what is wrong with it there."""
        fault = ""
        here = self._places[entry.epoch, entry.sequence]
        if wrong := self._wrong(entry, here):
            fault = wrong.format(f"entry {entry.epoch}/{entry.sequence} of this station") + f" {_COPIED}"
            self.alarm(entry.epoch, fault)
        mark = self._mark(entry.epoch)
        mark.held += not here
        mark.high_water = max(mark.high_water, entry.sequence)
        here.append((entry.previous, entry.hash))
        return fault

    def _wrong(self, entry: Entry, here: list[tuple[str, str]]) -> str:
        """What is wrong with an entry's place. Several are held in one place where a folder was copied."""
        if here:
            return "Another {} is here already."
        before = self._places.get((entry.epoch, entry.sequence - 1))
        if before and all(sealed != entry.previous for _, sealed in before):
            return "The {} does not follow the one before it that is here."
        after = self._places.get((entry.epoch, entry.sequence + 1))
        if after and all(previous != entry.hash for previous, _ in after):
            return "The {} does not lead to the one after it that is here."
        if entry.sequence == entry.epoch == 1 and entry.previous != _GENESIS:
            return "The {} does not stand at the beginning of a journal."
        return ""

    def alarm(self, epoch: int, what: str) -> None:
        """Hold something against this epoch of the device, until it begins another."""
        log.warning("Journal of device %s: %s", self._device, what)
        self._mark(epoch).alarm = what

    def _mark(self, epoch: int) -> Mark:
        self._touched.add(epoch)
        return self.marks.setdefault(epoch, Mark())

    def keep(self) -> None:
        """Write down how far it has come."""
        rows = [
            {"device": self._device, "epoch": epoch, **msgspec.structs.asdict(self.marks[epoch])}
            for epoch in self._touched
        ]
        if rows:
            sql.many(self._connection, _MARK, rows)


class _Known(msgspec.Struct, frozen=True):
    device: str
    body: str
    outcome: Outcome
    because: str


def _known(connection: Connection, entries: Sequence[Entry]) -> dict[str, _Known]:
    """What became of those operations that came before."""
    if not entries:
        return {}
    values = {f"o{number}": entry.operation for number, entry in enumerate(entries)}
    rows = sql.rows(connection, _asking_for(len(values)), values)
    return {name: _Known(device, body, Outcome(outcome), because) for name, device, body, outcome, because in rows}


@functools.lru_cache
def _asking_for(number: int) -> TextClause:
    return text(_KNOWN.format(", ".join(f":o{one}" for one in range(number))))


def _broken_seal(entry: Entry) -> str:
    """What is wrong with an entry by itself, whatever stands before it."""
    try:
        return " and ".join(journal.faults(entry, bytes.fromhex(entry.previous)))
    except BROKEN:
        return "holds no JSON"


def _misfit(entry: Entry | Broken) -> str:
    """Why something cannot even be an entry of a journal. It is not kept."""
    if isinstance(entry, Broken):
        return f"It cannot be read: {entry.why}."
    if not (0 < len(entry.operation) <= LONGEST_NAME and entry.operation.isprintable()):
        return "Its operation id is none."
    if not (0 <= entry.epoch < 2**31 and 0 < entry.sequence < 2**53):
        return "Its place in the journal is none."
    if not _SEALS.fullmatch(f"{entry.hash}/{entry.previous}/{entry.salt}"):
        return "Its seal is none."
    if any(len(text) > LONGEST_BODY or "\0" in text for text in (entry.body, entry.private)):
        return "It is too long, or no text."
    return ""
