"""Pictures and films as frames: what a camera would have given, from files.

Paths may hold any character (OpenCV's own reading of paths fails on some systems), pictures may be
transparent or deep, and a file that is neither picture nor film is named in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.errors import DeviceTrouble, filled

if TYPE_CHECKING:
    from .found import Picture

FILMS = {".avi", ".m4v", ".mkv", ".mjpeg", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".ts", ".webm", ".wmv"}
"""Files that are opened as films; everything else is a picture or nothing."""

SECONDS_A_STILL = 1.0
"""How long each picture of a folder is taken to be in sight."""

_USUAL_RATE = 30.0


class Frame(msgspec.Struct, frozen=True):
    """One frame at its own time, in seconds from the beginning."""

    picture: Any
    at: float
    number: int
    path: Path


def frames(path: Path) -> Iterator[Frame]:
    """The frames of a picture, a film, or a folder of pictures in the order of their names.

    Raises `DeviceTrouble` for what cannot be read; a folder's other files are passed over.
    """
    if path.is_dir():
        yield from _folder(path)
    elif is_film(path):
        yield from _film(path)
    else:
        yield Frame(read_picture(path), 0.0, 0, path)


def is_film(path: Path) -> bool:
    """Whether the file is to be opened as a film."""
    return path.suffix.lower() in FILMS


def read_picture(path: Path) -> Picture:
    """The picture in a file, grey or BGR, of eight bits, on white where it is transparent."""
    import numpy as np

    from .opencv import cv2

    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    try:
        picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    except cv2.error as error:
        raise _unreadable(path, str(error)) from error
    if picture is None:
        raise _unreadable(path, "It is no picture")
    return _plain(picture)


def _plain(picture: Picture) -> Picture:
    import numpy as np

    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    elif picture.dtype != np.uint8:
        picture = np.clip(picture * 255, 0, 255).astype(np.uint8)
    if picture.ndim == 3 and picture.shape[2] == 4:
        ink, share = picture[:, :, :3].astype(np.uint16), picture[:, :, 3:].astype(np.uint16)
        picture = ((ink * share + 255 * (255 - share)) // 255).astype(np.uint8)
    return np.ascontiguousarray(picture)


def _folder(path: Path) -> Iterator[Frame]:
    from .opencv import cv2

    names = sorted(one for one in path.iterdir() if one.is_file() and cv2.haveImageReader(str(one)))
    if not names:
        raise _unreadable(path, "There is no picture in it")
    for number, name in enumerate(names):
        yield Frame(read_picture(name), number * SECONDS_A_STILL, number, name)


def _film(path: Path) -> Iterator[Frame]:
    from .opencv import cv2

    if not path.is_file():
        raise _unreadable(path, "There is no such file")
    film = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        rate = film.get(cv2.CAP_PROP_FPS)
        rate = rate if 1.0 <= rate <= 1000.0 else _USUAL_RATE
        number = 0
        while (read := film.read())[0]:
            yield Frame(read[1], number / rate, number, path)
            number += 1
    finally:
        film.release()
    if not number:
        raise _unreadable(path, "It is no film")


def _unreadable(path: Path, because: str) -> DeviceTrouble:
    return DeviceTrouble(
        filled("{name} cannot be read", name=path.name), because, "Give a picture or a film that other programs show."
    )
