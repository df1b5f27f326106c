"""The sounds of the four answers, computed: told apart by rise, beat, length and pitch, also by a tired ear.

The files in `assets/sounds` are what this makes (`python -m ui.tones` writes them); a test holds them to it.
"""

from __future__ import annotations

import io
import math
import struct
import sys
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path

RATE = 22_050
_LOUD = 0.62
_EDGE = 0.008
"""Seconds over which a tone swells and fades, so that it does not click."""

Tones = Sequence[tuple[float, float]]
"""Pitch in hertz (0 for a pause) and length in seconds."""

SOUNDS: Mapping[str, Tones] = {
    "valid": ((659.3, 0.09), (987.8, 0.16)),
    "caution": ((587.3, 0.11), (0, 0.06), (587.3, 0.11)),
    "refusal": ((155.6, 0.62),),
    "passing": ((440.0, 0.10),),
}


def samples(tones: Tones) -> list[int]:
    """The tones as signed numbers of 16 bits."""
    found: list[int] = []
    for pitch, seconds in tones:
        count = round(seconds * RATE)
        found += [round(32767 * _LOUD * _swell(i, count) * _voice(pitch, i / RATE)) for i in range(count)]
    return found


def _voice(pitch: float, at: float) -> float:
    """A tone with two overtones: small loudspeakers swallow a low one without."""
    if not pitch:
        return 0.0
    turn = 2 * math.pi * pitch * at
    return 0.68 * math.sin(turn) + 0.22 * math.sin(2 * turn) + 0.10 * math.sin(3 * turn)


def _swell(index: int, count: int) -> float:
    edge = min(round(_EDGE * RATE), count // 2) or 1
    return min(1.0, index / edge, (count - 1 - index) / edge)


def file_of(tones: Tones) -> bytes:
    """The tones as a WAV file."""
    numbers = samples(tones)
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(numbers)}h", *numbers))
    return held.getvalue()


def write(folder: Path) -> None:
    """Write all sounds into a folder."""
    for name, tones in SOUNDS.items():
        (folder / f"{name}.wav").write_bytes(file_of(tones))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("assets/sounds"))
