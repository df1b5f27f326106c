"""Codes in files: what the command line and the enrolment read from pictures and films."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from boxoffice.errors import BadInput

from .found import QR_ONLY, Effort, Found
from .once import Presence
from .worker import DecodingProcess


class Sighting(msgspec.Struct, frozen=True):
    """One code in one frame of a file, and the seconds that reading the frame took."""

    path: Path
    frame: int
    found: Found
    seconds: float


def sightings(
    path: Path, decoder: DecodingProcess, *, thorough: bool = False, every_frame: bool = False
) -> Iterator[Sighting]:
    """The codes in a picture, in each picture of a folder, or in a film.

    In a film each code is named once for as long as it stays in sight, unless `every_frame` asks for more, and
    frames are read as quickly as a camera's unless `thorough` gives each the time of a single picture.
    Raises `DeviceTrouble` for what cannot be read.
    """
    from .frames import frames, is_film

    film = is_film(path)
    presence = Presence()
    effort = Effort.THOROUGH if thorough or not film else Effort.LIVE
    for frame in frames(path):
        reading = decoder.read(frame.picture, effort)
        fresh = presence.seen((one.text for one in reading.found), frame.at)
        for one in reading.found:
            if every_frame or not film or one.text in fresh:
                yield Sighting(frame.path, frame.number if film else 0, one, reading.seconds)


def text_in(path: Path) -> str:
    """The text of the one code in a picture. Raises `BadInput` if there is none, or more than one."""
    decoder = DecodingProcess(QR_ONLY)
    try:
        texts = {one.found.text for one in sightings(path, decoder)}
    finally:
        decoder.close()
    if len(texts) == 1:
        return texts.pop()
    what = f"There are {len(texts)} codes in it." if texts else "There is no code in it."
    raise BadInput(f"{path.name} does not show one code", what, "Give a picture of the one code, filling most of it.")
