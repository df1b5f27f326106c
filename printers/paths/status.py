"""What ESC/POS printers say of themselves, bytes in and words out, however the bytes were cut.

Three kinds of answers share one wire: to a question that is answered at once (DLE EOT), to one that is answered
when everything before it was printed (GS r), and what a printer says unasked (automatic status back). Fixed bits
tell them apart. No socket and no clock in here.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from boxoffice.domain.printing import Condition, Paper


class Ask(IntEnum):
    """The questions of DLE EOT."""

    PRINTER = 1
    OFFLINE = 2
    FAULT = 3
    PAPER = 4

    @property
    def bytes(self) -> bytes:
        """The question on the wire."""
        return bytes((0x10, 0x04, self))


CONFIRM = b"\x1dr\x01"
"""GS r 1: the paper sensor, answered in its turn, so behind all that was sent before it."""
OPEN_NOW = b"\x10\x14\x01\x00\x02"
"""DLE DC4: the drawer's pulse, also by a printer that is out of paper and takes nothing else."""

_LOW = 0x03
_END = 0x0C


class Realtime(msgspec.Struct, frozen=True):
    """The answer to the oldest question that is open."""

    byte: int


class Reached(msgspec.Struct, frozen=True):
    """The printer has come to the `CONFIRM` behind a document."""

    paper: Paper


class Unasked(msgspec.Struct, frozen=True):
    """Automatic status: everything at once."""

    condition: Condition


Heard = Realtime | Reached | Unasked


class Ear:
    """Takes bytes as they come."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Heard]:
        """What was said, as far as it is whole. What fits nothing is passed over."""
        self._rest += data
        heard: list[Heard] = []
        while self._rest:
            first = self._rest[0]
            if first == 0x37:  # a block: ends with NUL
                end = self._rest.find(b"\0")
                if end < 0 and len(self._rest) < 80:
                    break
                self._rest = self._rest[max(end, 0) + 1 :]
            elif first & 0x93 == 0x12:
                heard.append(Realtime(first))
                self._rest = self._rest[1:]
            elif first & 0x93 == 0x10:
                if len(self._rest) < 4:
                    break
                heard.append(Unasked(_automatic(self._rest[:4])))
                self._rest = self._rest[4:]
            elif first & 0x90 == 0x00:
                heard.append(Reached(_paper(first, _LOW, _END)))
                self._rest = self._rest[1:]
            else:
                self._rest = self._rest[1:]
        return heard


def condition(answers: dict[Ask, int]) -> Condition:
    """What the answers to DLE EOT say together; what was not answered stays unknown."""
    printer, offline, paper = (answers.get(ask) for ask in (Ask.PRINTER, Ask.OFFLINE, Ask.PAPER))
    return Condition(
        paper=_sensor(paper, offline),
        online=None if printer is None else not printer & 0x08,
        cover_open=None if offline is None else bool(offline & 0x04),
        fault=None if offline is None else bool(offline & 0x40),
    )


def _sensor(paper: int | None, offline: int | None) -> Paper:
    if offline is not None and offline & 0x20:
        return Paper.OUT
    return Paper.UNKNOWN if paper is None else _paper(paper, 0x0C, 0x60)


def _paper(byte: int, low: int, out: int) -> Paper:
    if byte & out:
        return Paper.OUT
    return Paper.LOW if byte & low else Paper.OK


def _automatic(four: bytes) -> Condition:
    return Condition(
        paper=_paper(four[2], _LOW, _END),
        online=not four[0] & 0x08,
        cover_open=bool(four[0] & 0x20),
        fault=bool(four[1] & 0x6C),
    )
