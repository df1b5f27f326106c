"""The grammar of ESC/POS: where one command ends and the next begins, and nothing of what they do.

Written from the command reference of Epson's receipt printers, and from nothing that we send ourselves. It takes
bytes however they were cut and gives whole commands. What is not in its table is an error with its place: nothing
is skipped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

TEXT = "text"


class Command(NamedTuple):
    """One command as it stood in the stream; `arguments` is what comes after its name."""

    offset: int
    name: str
    data: bytes
    arguments: bytes


class NotUnderstood(Exception):
    """Bytes that are no command of the reference, or one with a value that it does not have."""

    def __init__(self, offset: int, data: bytes, why: str = "no such command") -> None:
        super().__init__(f"At byte {offset}: {data[:16].hex(' ')}{'…' if len(data) > 16 else ''}: {why}")
        self.offset = offset
        self.data = data
        self.why = why


Length = Callable[[bytes], int | None]
"""How many bytes of arguments there are, told from their beginning; None if that is not enough to say."""


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _counted(size: int, at: int = 0, each: int = 1) -> Length:
    """A number of `size` bytes says how much follows it."""

    def length(after: bytes) -> int | None:
        return None if len(after) < at + size else at + size + each * _little(after[at : at + size])

    return length


def _cut(after: bytes) -> int | None:
    if not after:
        return None
    return 1 if after[0] in b"\x00\x0101" else 2


def _bar_code(after: bytes) -> int | None:
    if not after:
        return None
    if after[0] <= 6:
        end = after.find(b"\0", 1)
        return None if end < 0 else end + 1
    return None if len(after) < 2 else 2 + after[1]


def _bit_image(after: bytes) -> int | None:
    return None if len(after) < 3 else 3 + _little(after[1:3]) * (3 if after[0] in (32, 33) else 1)


def _raster(after: bytes) -> int | None:
    return None if len(after) < 5 else 5 + _little(after[1:3]) * _little(after[3:5])


def _real_time_status(after: bytes) -> int | None:
    if not after:
        return None
    return 2 if after[0] in (7, 8, 18) else 1


def _real_time_function(after: bytes) -> int | None:
    if not after:
        return None
    return {1: 3, 2: 3, 3: 6, 7: 2, 8: 8}.get(after[0], 1)


def _tabs(after: bytes) -> int | None:
    """Up to 32 positions, ended by NUL or by one that is not greater than the one before it."""
    for place, position in enumerate(after):
        if position == 0 or place == 32:
            return place + 1
    return None


_LENGTHS: dict[str, int | Length] = {
    **dict.fromkeys(("HT", "LF", "FF", "CR", "CAN"), 0),
    "DLE EOT": _real_time_status,
    "DLE ENQ": 1,
    "DLE DC4": _real_time_function,
    **dict.fromkeys(("ESC @", "ESC 2", "ESC L", "ESC S", "ESC FF", "ESC i", "ESC m", "ESC v"), 0),
    **dict.fromkeys(("ESC !", "ESC -", "ESC SP", "ESC %", "ESC 3", "ESC =", "ESC ?", "ESC E", "ESC G", "ESC J"), 1),
    **dict.fromkeys(("ESC K", "ESC M", "ESC R", "ESC T", "ESC V", "ESC a", "ESC d", "ESC e", "ESC r", "ESC t"), 1),
    **dict.fromkeys(("ESC u", "ESC {", "ESC c 0", "ESC c 1", "ESC c 3", "ESC c 4", "ESC c 5"), 1),
    **dict.fromkeys(("ESC $", "ESC \\"), 2),
    "ESC p": 3,
    "ESC W": 8,
    "ESC D": _tabs,
    "ESC *": _bit_image,
    "ESC (": _counted(2, at=1),
    **dict.fromkeys(("GS !", "GS #", "GS /", "GS B", "GS H", "GS I", "GS T", "GS a", "GS b", "GS f", "GS h"), 1),
    **dict.fromkeys(("GS r", "GS w", "GS j"), 1),
    **dict.fromkeys(("GS $", "GS L", "GS P", "GS W", "GS \\"), 2),
    "GS :": 0,
    "GS ^": 3,
    "GS (": _counted(2, at=1),
    "GS 8": _counted(4, at=1),
    "GS V": _cut,
    "GS k": _bar_code,
    "GS v 0": _raster,
    **dict.fromkeys(("FS &", "FS ."), 0),
    **dict.fromkeys(("FS !", "FS -", "FS C", "FS W"), 1),
    **dict.fromkeys(("FS S", "FS p"), 2),
    "FS (": _counted(2, at=1),
}
_CONTROLS = {"EOT": 4, "ENQ": 5, "HT": 9, "LF": 10, "FF": 12, "CR": 13, "DLE": 16, "DC4": 20, "CAN": 24, "ESC": 27}
_CONTROLS |= {"FS": 28, "GS": 29, "SP": 32}
_PREFIXES = {
    bytes(_CONTROLS.get(word) or ord(word) for word in name.split(" ")): (name, length)
    for name, length in _LENGTHS.items()
}
_BEGINNINGS = {prefix[:size] for prefix in _PREFIXES for size in range(1, len(prefix))}
_FAMILIES = ("ESC (", "GS (", "GS 8", "FS (")
"""Their first argument, a letter, is part of the name."""
_FAR_ENOUGH = 1024
"""Bytes of arguments within which every command says how long it is."""
_TEXT = re.compile(rb"[\x20-\xff]+")


class Reader:
    """Takes bytes as they come and gives the commands that are whole."""

    def __init__(self) -> None:
        self.offset = 0
        """Of what comes next, from the first byte ever fed."""
        self._data = b""
        self._at = 0

    @property
    def rest(self) -> bytes:
        """The beginning of a command whose end has not come."""
        return self._data[self._at :]

    def feed(self, data: bytes) -> Iterator[Command]:
        """The commands that are whole now, one by one. Raises `NotUnderstood` where one is none."""
        self._data = self.rest + data
        self._at = 0
        return iter(self.next, None)

    def next(self) -> Command | None:
        """The next whole command of what was fed."""
        beginning = self._data[self._at : self._at + 3]
        if not beginning:
            return None
        if text := _TEXT.match(self._data, self._at):
            return self._take(TEXT, text.end() - self._at, 0)
        for size in range(1, len(beginning) + 1):
            if (prefix := beginning[:size]) in _PREFIXES:
                return self._whole(*_PREFIXES[prefix], size)
            if prefix not in _BEGINNINGS:
                raise NotUnderstood(self.offset, prefix)
        return None

    def skip(self) -> int:
        """Give up on the byte that is no command, and say what it was."""
        self.offset += 1
        self._at += 1
        return self._data[self._at - 1]

    def _whole(self, name: str, length: int | Length, size: int) -> Command | None:
        after = self._data[self._at + size : self._at + size + _FAR_ENOUGH]
        needed = length if isinstance(length, int) else length(after)
        if needed is None or len(self._data) - self._at < size + needed:
            return None
        if name not in _FAMILIES:
            return self._take(name, size + needed, size)
        if not 0x21 <= after[0] < 0x7F:
            raise NotUnderstood(self.offset, self._data[self._at : self._at + size + 1])
        return self._take(f"{name} {chr(after[0])}", size + needed, size + 1)

    def _take(self, name: str, size: int, begins: int) -> Command:
        data = self._data[self._at : self._at + size]
        command = Command(self.offset, name, data, data[begins:])
        self.offset += size
        self._at += size
        return command
