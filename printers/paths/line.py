"""A parcel over a line that runs both ways: first ask, then send, then wait for a word.

A network takes bytes for a printer that is long gone, so what was taken is no evidence. A printer that answers is
asked before (out of paper, nothing leaves) and behind the document (`confirmed`). One that never answers is
believed if it ends the connection in good order, for then it has read everything (`sent`); a reset, a silence or a
cut means that nobody knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from boxoffice.domain.printing import Condition, Paper, State
from boxoffice.errors import filled

from .path import NotSent, Parcel, Result, Withdrawn
from .status import CONFIRM, OPEN_NOW, Ask, Ear, Reached, Realtime, Unasked, condition

ANSWERS_WITHIN = 1.0
"""Seconds in which a printer that answers at all has answered."""
ASKS_AGAIN = 60.0
"""Seconds in which a printer that did not answer is not asked again, because that takes its time."""
SILENCE = 5.0
"""Seconds without a word after which nothing more is expected."""
LOOKS_EVERY = 1.0
WELL_BUT_UNCONFIRMED = 20.0
"""Seconds after which a printer that says it is well will not say any more that it has finished."""
WAITS_FOR_HANDS = 180.0
"""Seconds in which somebody may put in paper while a document is half printed."""
_SLICE = 0.1

NO_WORD = "It took everything and said nothing"
LOST = "The connection broke while it was being printed"
STOPPED = "The app was closed before the printer had answered"
SILENT_BEHIND = "The printer fell silent while it was being printed"


class LineLost(Exception):
    """The line broke. `nothing_left` says that surely no byte had gone."""

    def __init__(self, why: str, *, nothing_left: bool = False) -> None:
        super().__init__(why)
        self.nothing_left = nothing_left


class Line(Protocol):
    """Bytes there and back. `stopped` given at its opening ends each wait early."""

    ends: bool
    """Whether the other side ends it when it has read everything."""
    hears: bool
    """Whether anything can come back."""

    def write(self, data: bytes) -> None:
        """Send it all. Raises `LineLost`."""
        ...

    def read(self, seconds: float) -> bytes | None:
        """What has come within that time; None for nothing, empty for the end. Raises `LineLost`."""
        ...

    def finish(self) -> None:
        """Nothing more comes from us; wait until what we sent is on its way. Raises `LineLost`."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class LinePath:
    """A printer at the end of a line. Whether it answers is remembered from parcel to parcel."""

    def __init__(
        self, opens: Callable[[Callable[[], bool]], Line], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`opens` raises `NotSent`."""
        self._opens = opens
        self._clock = clock
        self._answers: bool | None = None
        self._asked_at = 0.0

    def look(self) -> Condition:
        """Ask, and send nothing else."""
        line = self._opens(lambda: False)
        try:
            said = _Talk(line, self._clock, lambda: False).ask() if line.hears else None
            return said or Condition()
        except LineLost as lost:
            raise _lost(lost) from lost
        finally:
            line.close()

    def deliver(self, parcel: Parcel) -> Result:
        """Ask, send, wait."""
        line = self._opens(parcel.stopped)
        try:
            return self._deliver(line, parcel)
        finally:
            line.close()

    def _deliver(self, line: Line, parcel: Parcel) -> Result:
        talk = _Talk(line, self._clock, parcel.stopped)
        said = self._ask(talk) if self._is_worth_asking(line, parcel) else None
        if said is not None:
            parcel.told(said)
            self._stop_at(said, parcel)
        data = parcel.data if said is None else OPEN_NOW if said.hindrance else parcel.data + CONFIRM
        if not parcel.begin():
            raise Withdrawn
        try:
            talk.forget_word()
            line.write(data)
        except LineLost as lost:
            if lost.nothing_left:
                raise _lost(lost) from lost
            return Result(state=State.UNKNOWN, because=STOPPED if parcel.stopped() else LOST)
        return self._wait(talk, parcel, said)

    def _wait(self, talk: _Talk, parcel: Parcel, said: Condition | None) -> Result:
        """For whatever will be known of what left."""
        try:
            if said is None:
                return talk.wait_for_end(parcel.silent)
            if said.hindrance:
                return Result(state=State.CONFIRMED if talk.ask() else State.UNKNOWN, condition=said)
            return talk.wait_for_word(parcel.told)
        except LineLost:
            return Result(state=State.UNKNOWN, because=STOPPED if parcel.stopped() else LOST)

    def _is_worth_asking(self, line: Line, parcel: Parcel) -> bool:
        silent_lately = self._answers is False and self._clock() - self._asked_at < ASKS_AGAIN
        return line.hears and not parcel.silent and not silent_lately

    def _ask(self, talk: _Talk) -> Condition | None:
        try:
            said = talk.ask()
        except LineLost as lost:
            raise _lost(lost) from lost
        if said is None and self._answers:
            raise NotSent("The printer does not answer", "Nothing was sent to it.", "Check it; the document waits.")
        self._answers, self._asked_at = said is not None, self._clock()
        return said

    def _stop_at(self, said: Condition, parcel: Parcel) -> None:
        if not said.hindrance or (parcel.drawer and said.paper is Paper.OUT):
            return
        raise NotSent(
            said.hindrance, "Nothing was sent to it.", "See to the printer; it prints by itself then.", condition=said
        )


def _lost(lost: LineLost) -> NotSent:
    return NotSent(
        "The printer hung up", filled("{lost}. Nothing was sent to it.", lost=lost), "Check it; the document waits."
    )


class _Talk:
    """Questions and answers on an open line."""

    def __init__(self, line: Line, clock: Callable[[], float], stopped: Callable[[], bool]) -> None:
        self._line = line
        self._clock = clock
        self._stopped = stopped
        self._ear = Ear()
        self._open: list[Ask] = []
        self._answers: dict[Ask, int] = {}
        self._reached: Reached | None = None
        self._unasked: Condition | None = None
        self._ended = False

    def ask(self) -> Condition | None:
        """How the printer is; None if it does not answer."""
        for ask in (Ask.PRINTER, Ask.OFFLINE, Ask.PAPER):
            self._question(ask)
            until = self._clock() + ANSWERS_WITHIN
            while self._open and (left := until - self._clock()) > 0 and not self._ended and not self._stopped():
                self._listen(min(left, _SLICE))
            if self._open and not self._answers:
                return self._unasked
            self._open.clear()
        return condition(self._answers)

    def _question(self, ask: Ask) -> None:
        self._open.append(ask)
        self._line.write(ask.bytes)

    def _listen(self, seconds: float) -> bool:
        """Take in what comes; whether anything did."""
        data = self._line.read(seconds)
        if data is None:
            return False
        if not data:
            self._ended = True
            return False
        for heard in self._ear.feed(data):
            match heard:
                case Realtime(byte) if self._open:
                    self._answers[self._open.pop(0)] = byte
                case Reached():
                    self._reached = heard
                case Unasked(said):
                    self._unasked = said
        return True

    def forget_word(self) -> None:
        """What it has come to the end of by now is an earlier document. Raises `LineLost`."""
        try:
            while self._listen(0):
                pass
        except LineLost as lost:
            raise LineLost(str(lost), nothing_left=True) from lost
        self._reached = None

    def wait_for_word(self, told: Callable[[Condition], object]) -> Result:
        """Until the printer has come to the end of the document, or will not say so any more."""
        begun = heard_at = looked_at = self._clock()
        said = Condition()
        while self._reached is None:
            if self._stopped():
                return Result(state=State.UNKNOWN, because=STOPPED, condition=said)
            if self._listen(_SLICE):
                heard_at = self._clock()
            now = self._clock()
            if self._ended or now - heard_at > SILENCE:
                return Result(state=State.UNKNOWN, because=LOST if self._ended else SILENT_BEHIND, condition=said)
            if now - looked_at < LOOKS_EVERY:
                continue
            looked_at = now
            if not self._open:
                now_said = condition(self._answers)
                if now_said != said:
                    said = now_said
                    told(said)
                if not said.hindrance and now - begun > WELL_BUT_UNCONFIRMED:
                    return Result(state=State.SENT, condition=said)
                if now - begun > WAITS_FOR_HANDS:
                    return Result(state=State.UNKNOWN, because=said.hindrance, condition=said)
                self._answers.clear()
                for ask in (Ask.PRINTER, Ask.OFFLINE, Ask.PAPER):
                    self._question(ask)
        return Result(state=State.CONFIRMED, condition=self._condition_at_end())

    def _condition_at_end(self) -> Condition:
        said = condition(self._answers)
        assert self._reached is not None  # noqa: S101 - the caller has waited for it
        return msgspec.structs.replace(said, paper=self._reached.paper)

    def wait_for_end(self, silent: bool) -> Result:
        """A printer that says nothing: has it read everything?"""
        self._listen(0)
        if self._ended:  # before we had come to an end
            return Result(state=State.UNKNOWN, because=LOST)
        self._line.finish()
        if not self._line.ends:
            return Result(state=State.SENT)
        until = self._clock() + SILENCE
        while not self._ended and (left := until - self._clock()) > 0:
            if self._stopped():
                return Result(state=State.UNKNOWN, because=STOPPED)
            self._listen(min(left, _SLICE))
        if self._ended or silent:
            return Result(state=State.SENT)
        return Result(state=State.UNKNOWN, because=NO_WORD)
