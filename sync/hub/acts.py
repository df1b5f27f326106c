"""Taking in what the stations did: each act once, for good, whatever way and however often it arrives.

Every act is kept as it arrived, with what was answered, under its operation id; effect and answer are one
transaction. What can be said of an act without the database is looked at before, outside of it. The batches
of several stations are taken in together, because asking the database costs more than its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, text

from boxoffice.domain import journal
from boxoffice.domain.facts import Edited, Exchanged, Fact, kind_of
from boxoffice.domain.instants import micros
from boxoffice.domain.journal import Entry
from boxoffice.ports import Answer, Outcome, Receipt
from sync.wire.hub import Broken
from sync.wire.hub_feed import BROKEN

from . import auth, chain, relays, rivals, sql, turns
from .auth import Caller
from .chain import COPIED, Chains, Marks
from .effects import Effects, NotYet, fact_in

_SEALS = re.compile("[0-9a-f]{64}/[0-9a-f]{64}/(?:[0-9a-f]{2}){0,32}")
_LENGTH = len(journal.GENESIS)
_WORDS = {outcome: outcome.value for outcome in Outcome}

LONGEST_NAME = 100
LONGEST_BODY = 64 * 1024
LONGEST_PRIVATE = 6 * 1024 * 1024
"""With the files that were handed in at a door; a request may have a little more."""

_KNOWN = sql.Asking(
    "a.operation, a.device, a.body, a.outcome, a.because",
    "{given} JOIN acts a ON a.operation = given.operation",
    {"operation": "text"},
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


class Looked(msgspec.Struct, frozen=True, gc=False):
    """What arrived as an act, and what can be said of it by itself."""

    entry: Entry | Broken
    misfit: str = ""
    """Why it cannot even be an entry of a journal."""
    broken: str = ""
    """What is wrong with its seal."""
    fact: Fact | None = None


class Batch(msgspec.Struct, frozen=True):
    """What one device hands over at once, in order."""

    caller: Caller
    acts: Sequence[Looked]
    now: datetime


class Taken(msgspec.Struct, frozen=True):
    """What came of a batch: the word for the station, and the events in which something changed."""

    receipt: Receipt
    moved: dict[str, int]


def look(entries: Sequence[Entry | Broken]) -> list[Looked]:
    """Look at each act by itself. Needs no database."""
    return [_looked_at(entry) for entry in entries]


def greet(connection: Connection, caller: Caller, now: datetime) -> Receipt:
    """How far the hub has come with a device, and what it holds there."""
    marks = chain.marks(connection, caller.id)
    epoch, mark = chain.newest(marks)
    return msgspec.structs.replace(
        _receipt(connection, caller, (), marks, now),
        alarm=chain.alarm(connection, caller.id, epoch, mark),
        seals=chain.seals(connection, caller.id, epoch, mark),
        earlier=chain.before(connection, caller.id, marks, epoch),
    )


def take(connection: Connection, batches: Sequence[Batch]) -> list[Taken]:
    """Take in batches of several devices; each act is answered by itself. Raises `No` if a device was revoked."""
    auth.hold(connection, [batch.caller for batch in batches], micros(batches[-1].now))
    intake = _Intake(connection, batches)
    with turns.undisturbed():
        answers = [intake.answers(batch) for batch in batches]
    moved = intake.keep()
    return [
        Taken(_receipt(connection, batch.caller, said, intake.marks(batch.caller), batch.now), moved)
        for batch, said in zip(batches, answers, strict=True)
    ]


def _receipt(
    connection: Connection, caller: Caller, answers: tuple[Answer, ...], marks: Marks, now: datetime
) -> Receipt:
    epoch, mark = chain.newest(marks)
    return Receipt(
        answers=answers,
        high_water=mark.high_water,
        epoch=epoch,
        missing=chain.gaps(connection, caller.id, epoch, mark),
        alarm=mark.alarm,
        server_time=now,
    )


class _Known(msgspec.Struct, frozen=True):
    device: str
    body: str
    outcome: Outcome
    because: str


class _Intake:
    """What is taken in together, while it is judged."""

    def __init__(self, connection: Connection, batches: Sequence[Batch]) -> None:
        self._connection = connection
        self._speakers: dict[tuple[str, str], Caller | None] = {}
        entries = [entry for batch in batches for entry in self._heard(batch)]
        self._effects = Effects(connection)
        self._known = _known(connection, entries)
        self._chains = Chains(connection, [batch.caller.id for batch in batches], entries)
        self._new: list[sql.Row] = []
        self._names: dict[str, str] = {}
        self._done: list[str] = []
        self._anew: list[dict[str, object]] = []

    def marks(self, caller: Caller) -> Marks:
        """How far the hub has come with a device."""
        return self._chains.of(caller.id)

    def answers(self, batch: Batch) -> tuple[Answer, ...]:
        """Judge one device's batch."""
        at = micros(batch.now)
        return tuple([self._answer(batch.caller, one, at) for one in batch.acts])

    def _heard(self, batch: Batch) -> Iterator[Entry]:
        """What can be an entry of this device, or of one for which it speaks."""
        for act in batch.acts:
            entry = act.entry
            if isinstance(entry, Entry) and not act.misfit and self._speaker(batch.caller, entry):
                yield entry

    def _speaker(self, caller: Caller, entry: Entry) -> Caller | None:
        """Whose act it is. A station hands over its own, and what it could not send before it was enrolled anew."""
        if entry.device == caller.id:
            return caller
        pair = caller.id, entry.device
        if pair not in self._speakers:
            self._speakers[pair] = auth.bearer(self._connection, caller, entry.device)
        return self._speakers[pair]

    def _answer(self, caller: Caller, act: Looked, now: int) -> Answer:
        entry = act.entry
        if isinstance(entry, Broken):
            return Answer(entry.operation, Outcome.REFUSED, act.misfit)
        speaker = self._speaker(caller, entry)
        if speaker is None:
            return Answer(entry.operation, Outcome.REFUSED, "It belongs to another station.")
        if act.misfit:
            return Answer(entry.operation, Outcome.REFUSED, act.misfit)
        return self.answer(speaker, entry, act, now)

    def answer(self, caller: Caller, entry: Entry, act: Looked, now: int) -> Answer:
        """Judge one act. One that has to wait for another is not kept: it comes again."""
        self._names[caller.id] = caller.name
        known = self._known.get(entry.operation)
        if known is not None and not _is_same(known, entry, act.fact):
            self._chains.alarm(entry, f"Operation {entry.operation} came twice with different contents.")
            said = f"Another act came under this operation id before. {COPIED}"
            return Answer(entry.operation, Outcome.REFUSED, said)
        try:
            answer = (
                self._judge(caller, entry, act, now) if known is None else self._judge_again(caller, entry, act, known)
            )
        except NotYet as wait:
            return Answer(entry.operation, Outcome.LATER, str(wait))
        if known is not None and known.device != caller.id:
            self._keep_place(entry, now)
        self._known[entry.operation] = _Known(caller.id, entry.body, answer.outcome, answer.because)
        return answer

    def keep(self) -> dict[str, int]:
        """Write down everything that was judged; the newest version of each event that has anything new."""
        sql.insert(self._connection, _KEEP, self._new)
        sql.many(self._connection, _ANSWER_ANEW, self._anew)
        self._chains.keep()
        relays.note(self._connection, self._done)
        return self._effects.keep()

    def _judge(self, caller: Caller, entry: Entry, act: Looked, now: int) -> Answer:
        because = self._refusal(caller, entry, act)
        fault = self._chains.place(entry)
        answer = self._told(entry, act, because)
        kind = kind_of(act.fact) if act.fact else ""
        self._write(entry, kind, entry.operation, now, answer, fault)
        self._note(answer)
        return answer

    def _write(self, entry: Entry, kind: str, name: str, now: int, answer: Answer, fault: str) -> None:
        place = (entry.epoch, entry.sequence, now, name, entry.device)
        said = (kind, entry.body, entry.previous, entry.hash, entry.private, entry.salt)
        self._new.append((*place, *said, _WORDS[answer.outcome], answer.because, fault))

    def _keep_place(self, entry: Entry, now: int) -> None:
        """The act came before by another way. This station's chain has a place for it all the same."""
        if not self._chains.holds(entry):
            name = f"{entry.operation}@{entry.device}"
            self._write(entry, "", name, now, Answer(name, Outcome.DONE), self._chains.place(entry))

    def _note(self, answer: Answer) -> None:
        if answer.outcome is Outcome.DONE:
            self._done.append(answer.operation)

    def _told(self, entry: Entry, act: Looked, because: str) -> Answer:
        """The answer to an act; with what stands in its way, where another station has put the same thing right."""
        answer = _answer(entry, because)
        if not because or not isinstance(act.fact, Edited | Exchanged):
            return answer
        rival = rivals.of(self._connection, entry, act.fact, self._done_just_now())
        return msgspec.structs.replace(answer, rival=msgspec.to_builtins(rival)) if rival else answer

    def _done_just_now(self) -> Iterator[rivals.Done]:
        """The acts of this batch that took effect, the last first."""
        for row in reversed(self._new):
            _, _, _, operation, device, _, body, _, _, private, _, outcome, _, _ = row
            if outcome == Outcome.DONE.value:
                yield operation, self._names.get(device), body, private

    def _judge_again(self, caller: Caller, entry: Entry, act: Looked, known: _Known) -> Answer:
        """An act that was here before. What was done stays so; what was refused may have become possible."""
        if known.outcome is Outcome.DONE:
            return Answer(entry.operation, known.outcome, known.because)
        answer = self._told(entry, act, self._refusal(caller, entry, act))
        self._anew.append({"operation": entry.operation, "outcome": answer.outcome.value, "because": answer.because})
        self._note(answer)
        return answer

    def _refusal(self, caller: Caller, entry: Entry, act: Looked) -> str:
        """Why an act cannot take effect; if nothing stands against it, it has."""
        if act.broken:
            self._chains.alarm(entry, f"Entry {entry.epoch}/{entry.sequence} {act.broken}.")
            return f"This entry {act.broken}."
        if act.fact is None:
            return "This hub does not know what it means; it may be older than the station."
        return self._effects.apply(caller, entry, act.fact)


def _is_same(known: _Known, entry: Entry, fact: Fact | None) -> bool:
    """Whether it is the act that came before: the same entry, or the same fact that another station hands on."""
    if (known.device, known.body) == (entry.device, entry.body):
        return True
    one = fact_in(known.body)
    return known.device != entry.device and one is not None and _unsigned(one) == _unsigned(fact)


def _unsigned(fact: Fact | None) -> Fact | None:
    """A fact whoever hands it on."""
    return None if fact is None else msgspec.structs.replace(fact, station="")


def _answer(entry: Entry, because: str) -> Answer:
    outcome = Outcome.REFUSED if because else Outcome.DONE
    return Answer(entry.operation, outcome, str(because))


def _known(connection: Connection, entries: Sequence[Entry]) -> dict[str, _Known]:
    """What became of those operations that came before."""
    rows = sql.ask(connection, _KNOWN, [(entry.operation,) for entry in entries])
    return {name: _Known(device, body, Outcome(outcome), because) for name, device, body, outcome, because in rows}


def _looked_at(entry: Entry | Broken) -> Looked:
    if isinstance(entry, Broken):
        return Looked(entry, f"It cannot be read: {entry.why}.")
    if misfit := _misfit(entry):
        return Looked(entry, misfit)
    broken = _broken_seal(entry)
    if broken and not _SEALS.fullmatch(f"{entry.hash}/{entry.previous}/{entry.salt}"):
        return Looked(entry, "Its seal is none.")
    return Looked(entry, "", broken, fact_in(entry.body))


def _broken_seal(entry: Entry) -> str:
    """What is wrong with an entry by itself, whatever stands before it. A seal that holds is one in shape, too."""
    try:
        previous, salt = bytes.fromhex(entry.previous), bytes.fromhex(entry.salt)
        if len(previous) != _LENGTH or len(salt) > _LENGTH or salt.hex() != entry.salt:
            return "has no seal"
        return " and ".join(journal.faults(entry, previous))
    except BROKEN:
        return "holds no JSON"
    except ValueError:
        return "has no seal"


def _misfit(entry: Entry) -> str:
    """Why something cannot even be an entry of a journal. It is not kept."""
    if not (0 < len(entry.operation) <= LONGEST_NAME and entry.operation.isprintable()):
        return "Its operation id is none."
    if not (0 <= entry.epoch < 2**31 and 0 < entry.sequence < 2**53):
        return "Its place in the journal is none."
    too_long = len(entry.body) > LONGEST_BODY or len(entry.private) > LONGEST_PRIVATE
    if too_long or "\0" in entry.body or "\0" in entry.private:
        return "It is too long, or no text."
    return ""
