"""The cameras of a Linux machine by name, as the kernel tells them.

A camera is a node below /dev; so are its second stream, a television card's teletext and a chip that scales
pictures. Only the kernel's answer tells which of them gives pictures (VIDIOC_QUERYCAP of the V4L2 interface).
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

_QUERY = 0x8068_5600
"""VIDIOC_QUERYCAP: reads 104 bytes, number 0 of the interface `V`."""
_ANSWER = struct.Struct("=16s32s32s3I12x")
"""Driver, name, bus, version, what the device can do, what this node of it can do."""
_NODES_DIFFER = 0x8000_0000
_CAPTURES = 0x0000_0001
_STREAMS = 0x0400_0000
_CONVERTS = 0x0000_4000 | 0x0000_8000
"""Takes pictures in and gives them out: a chip, not a camera."""


def cameras(folder: Path = Path("/dev")) -> list[tuple[str, str]]:
    """The path to open each camera by, and its name, in the kernel's order."""
    nodes = sorted(folder.glob("video[0-9]*"), key=lambda node: (len(node.name), node.name))
    answers = ((str(node), _ask(node)) for node in nodes)
    return [(path, name) for path, answer in answers if answer and (name := name_of(answer))]


def name_of(answer: bytes) -> str:
    """What people call the camera of this answer of the kernel; empty if it is none."""
    _, name, _, _, device, node = _ANSWER.unpack(answer)
    can = node if device & _NODES_DIFFER else device
    if not can & _CAPTURES or not can & _STREAMS or can & _CONVERTS:
        return ""
    return bytes(name).partition(b"\0")[0].decode(errors="replace").strip() or "Video"


def _ask(node: Path) -> bytes | None:
    """The kernel's answer; None where nothing is behind the node, or somebody else's camera."""
    if sys.platform != "linux":
        return None
    from fcntl import ioctl

    answer = bytearray(_ANSWER.size)
    try:
        opened = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        ioctl(opened, _QUERY, answer)
    except OSError:
        return None
    finally:
        os.close(opened)
    return bytes(answer)
