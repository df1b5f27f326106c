"""A film of badges that are held up one after the other, for the tour and the tests.

Each badge comes in from one side, passes and leaves, turned, tilted, out of focus, moved and lit a little
differently; some are phones with a white code on black. The same seed makes the same film.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from boxoffice.errors import DeviceTrouble

from .opencv import cv2
from .sample_codes import Pose, clutter, code, code_picture, lay, moved

if TYPE_CHECKING:
    from .found import Picture

RATE = 30
_PHONES_EVERY = 7
_BADGE, _CODE = 420, 340
"""Sides of a badge and of the code on it as drawn, in pixels."""


class Badge(msgspec.Struct, frozen=True):
    """What is on a badge: the text of its code, and the name under it."""

    text: str
    name: str = ""


class Passing(msgspec.Struct, frozen=True, kw_only=True):
    """How one badge passes: from where to where, and how it is held and seen."""

    start: tuple[float, float]
    end: tuple[float, float]
    side: float
    turn: float
    spin: float
    tilt: float
    about: float
    light: float
    blur: float
    motion: float
    direction: float


def write_film(
    path: Path,
    badges: Sequence[Badge],
    *,
    size: tuple[int, int] = (1280, 720),
    frames_a_badge: int = 14,
    pause: int = 2,
    seed: int = 1,
) -> int:
    """Film the badges, with `pause` empty frames between two; the number of frames written.

    The film is Motion JPEG in AVI, which OpenCV writes and reads everywhere.
    """
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, size)
    if not film.isOpened():
        raise DeviceTrouble(
            "The sample film cannot be written", f"{path} is no place for it.", "Choose another folder."
        )
    rng = np.random.default_rng(seed)
    room = cv2.cvtColor(clutter(rng, *size), cv2.COLOR_GRAY2BGR)
    grains = cycle([_grain(room, rng) for _ in range(5)])
    written = 0
    try:
        for frame in _scenes(room, badges, frames_a_badge, pause, rng):
            film.write(cv2.add(frame, next(grains), dtype=cv2.CV_8U))
            written += 1
    finally:
        film.release()
    return written


def _scenes(
    room: Picture, badges: Sequence[Badge], frames_a_badge: int, pause: int, rng: np.random.Generator
) -> Iterator[Picture]:
    for number, badge in enumerate(badges):
        drawing = _drawn(badge, phone=number % _PHONES_EVERY == _PHONES_EVERY - 1)
        passing = _passing((room.shape[1], room.shape[0]), rng)
        lit = cv2.convertScaleAbs(room, alpha=passing.light)
        for moment in np.linspace(0, 1, frames_a_badge):
            yield _scene(lit, drawing, passing, float(moment))
        yield from repeat(lit, pause)


def _grain(room: Picture, rng: np.random.Generator) -> Picture:
    return np.asarray(rng.integers(-6, 7, room.shape), dtype=np.int16)


def _drawn(badge: Badge, *, phone: bool) -> Picture:
    """The badge seen straight on."""
    ink, paper = (235, 15) if phone else (20, 245)
    drawing = np.full((_BADGE, _BADGE, 3), paper, dtype=np.uint8)
    flat = cv2.resize(code_picture(code(badge.text), ink, paper), (_CODE, _CODE), interpolation=cv2.INTER_AREA)
    left = (_BADGE - _CODE) // 2
    drawing[10 : 10 + _CODE, left : left + _CODE] = flat[:, :, None]
    cv2.putText(drawing, badge.name, (left + 20, _BADGE - 28), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (ink, ink, ink), 2)
    return drawing


def _passing(size: tuple[int, int], rng: np.random.Generator) -> Passing:
    width, height = size
    side = rng.uniform(0.5, 0.65) * height
    from_left = rng.random() < 0.5
    start, end = (-side * 0.3, width + side * 0.3) if from_left else (width + side * 0.3, -side * 0.3)
    middle = height / 2
    return Passing(
        start=(start, middle + rng.uniform(-0.08, 0.08) * height),
        end=(end, middle + rng.uniform(-0.08, 0.08) * height),
        side=side,
        turn=rng.uniform(-25, 25),
        spin=rng.uniform(-15, 15),
        tilt=rng.uniform(0, 30),
        about=rng.uniform(0, 360),
        light=rng.uniform(0.55, 1.1),
        blur=rng.uniform(0.4, 1.6),
        motion=rng.uniform(0, 5),
        direction=rng.uniform(-15, 15),
    )


def _scene(room: Picture, drawing: Picture, passing: Passing, moment: float) -> Picture:
    """The scene at a moment between 0 (the badge comes in) and 1 (it is leaving)."""
    start, end = np.array(passing.start), np.array(passing.end)
    x, y = start + (end - start) * moment
    pose = Pose(
        x=float(x),
        y=float(y),
        side=passing.side,
        turn=passing.turn + passing.spin * moment,
        tilt=passing.tilt,
        about=passing.about,
    )
    scene = room.copy()
    lay(scene, cv2.convertScaleAbs(drawing, alpha=passing.light), pose)
    place = _place(scene, pose)
    if place.size:
        place[:] = moved(cv2.GaussianBlur(place, (0, 0), passing.blur), passing.motion, passing.direction)
    return scene


def _place(scene: Picture, pose: Pose) -> Picture:
    """The part of the scene in which the badge lies; the rest of it holds still and is sharp."""
    corners = pose.corners()
    left, top = np.maximum(corners.min(axis=0) - 10, 0).astype(int)
    right, bottom = np.maximum(corners.max(axis=0) + 10, 0).astype(int)
    return scene[top:bottom, left:right]
