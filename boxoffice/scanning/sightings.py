"""Codes in files, read as the camera at the door reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from .found import Effort, Found
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
