"""The process in which pictures are decoded: `python -m boxoffice.scanning.worker_process`.

It may crash or hang without hurting anybody, so it is given nothing but pictures: no Qt, no store, no network.
The window goes before it where both want the processor. It ends when its parent does, and kills itself when one
picture takes too long, even if nobody is left to ask.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import os
import signal
import sys
import time
from typing import BinaryIO

import msgspec

from boxoffice.decoding import decode

from .found import Effort, Found

GIVES_WAY = 5
"""By how much its priority is below that of the app: a third of the processor while both are busy, all of it else."""


class Request(msgspec.Struct, frozen=True):
    """Read the picture that lies in the slot."""

    serial: int
    height: int
    width: int
    effort: Effort


class Reading(msgspec.Struct, frozen=True):
    """What was found in one picture, and the seconds it took. Serial 0 says that the process is ready."""

    serial: int
    found: tuple[Found, ...] = ()
    seconds: float = 0.0


def main() -> None:
    """Answer requests, one JSON line each, until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("size", type=int)
    parser.add_argument("formats")
    parser.add_argument("patience", type=float)
    words = parser.parse_args()
    # The parent ends this process by closing its input; a Ctrl+C in the terminal is the parent's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    _give_way()
    answers = _own_output()
    # A parent that is gone wants no answer.
    with contextlib.suppress(BrokenPipeError):
        _serve(words.address, words.size, words.formats.split(","), words.patience, answers)


def _give_way() -> None:
    """Let whoever shows something go first; on Windows the parent has seen to it."""
    if sys.platform != "win32":
        os.nice(GIVES_WAY)


def _own_output() -> BinaryIO:
    """The pipe to the parent, out of reach of native libraries that print."""
    ours = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return ours


def _serve(address: str, size: int, formats: list[str], patience: float, answers: BinaryIO) -> None:
    from . import opencv  # noqa: F401 — loaded now, so that no frame waits for it
    from .decoder import Decoder
    from .slot import Slot

    slot, decoder = Slot(size, address), Decoder(formats)
    answers.write(msgspec.json.encode(Reading(0)) + b"\n")
    for line in sys.stdin.buffer:
        request = decode(line, Request)
        _hurry(patience)
        begun = time.perf_counter()
        found = decoder.read(slot.picture(request.height, request.width), request.effort)
        reading = Reading(request.serial, found, time.perf_counter() - begun)
        _hurry(0)
        answers.write(msgspec.json.encode(reading) + b"\n")


def _hurry(seconds: float) -> None:
    """End this process after so long, whatever native code it is lost in; 0 takes it back."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
