"""What went over the line as a capture file, for a dissector that somebody else has written.

Each frame becomes a TCP segment between two made-up machines; only what a dissector looks at is filled in.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from .wire import Passing

PORT = 20007
_TILL = (bytes([127, 0, 0, 1]), 40001)
_TERMINAL = (bytes([127, 0, 0, 2]), PORT)
_RAW_IP = 101
_ACK_PUSH = 0x18


def write(path: Path, passed: Iterable[Passing]) -> None:
    """Write a capture of these frames, in their order."""
    at = {True: 1, False: 1}
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0xFFFF, _RAW_IP))
        for one in passed:
            packet = _packet(one, at[one.to_terminal], at[not one.to_terminal])
            at[one.to_terminal] += len(one.data)
            seconds, part = divmod(one.at, 1)
            file.write(struct.pack("<IIII", int(seconds), int(part * 1e6), len(packet), len(packet)) + packet)


def _packet(one: Passing, sequence: int, acknowledged: int) -> bytes:
    source, target = (_TILL, _TERMINAL) if one.to_terminal else (_TERMINAL, _TILL)
    tcp = struct.pack(">HHIIBBHHH", source[1], target[1], sequence, acknowledged, 5 << 4, _ACK_PUSH, 0xFFFF, 0, 0)
    length = 20 + len(tcp) + len(one.data)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 6, 0, source[0], target[0])
    return ip + tcp + one.data
