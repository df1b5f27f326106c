"""Pictures of codes as a camera at a door would see them, for the tour, the benchmarks and the tests.

Real sample sets cannot travel with the project, so these are drawn: a code on paper or on a phone, somewhere
in a cluttered scene, turned and tilted, then spoilt as lenses, hands and lamps spoil it. The same seed draws
the same picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from .opencv import cv2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .found import Picture

WIDTH, HEIGHT = 1280, 720
_PIXELS_A_MODULE = 8
_FOCAL_LENGTH = 900.0
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Pose(msgspec.Struct, frozen=True, kw_only=True):
    """Where a square lies in the picture: its middle, side, turn and tilt (in degrees, about an axis at `about`)."""

    x: float
    y: float
    side: float
    turn: float = 0.0
    tilt: float = 0.0
    about: float = 0.0

    def corners(self) -> NDArray[np.float32]:
        """The four corners in the picture, from the square's own top left, clockwise."""
        half = self.side / 2
        square = np.array([[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]])
        turned = square @ _rotation((0, 0, 1), self.turn).T
        axis = (float(np.cos(np.deg2rad(self.about))), float(np.sin(np.deg2rad(self.about))), 0.0)
        tilted = turned @ _rotation(axis, self.tilt).T
        flat = tilted[:, :2] * _FOCAL_LENGTH / (tilted[:, 2:] + _FOCAL_LENGTH)
        return np.asarray(flat + np.array([self.x, self.y]), dtype=np.float32)


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """How a code is seen and what spoils it; the lengths are in pixels, the shades from 0 to 255."""

    module: float
    turn: float
    tilt: float
    ink: float
    paper: float
    blur: float = 0.6
    motion: float = 0.0
    noise: float = 3.0
    glare: float = 0.0


def code(text: str) -> NDArray[np.bool_]:
    """The modules of a QR code (level M, with its margin of four), true where there is ink."""
    import qrcode

    drawing = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, mask_pattern=3)
    drawing.add_data(text)
    return np.array(drawing.get_matrix(), dtype=np.bool_)


def code_picture(modules: NDArray[np.bool_], ink: float = 0, paper: float = 255) -> Picture:
    """A code seen straight on, a few pixels a module."""
    flat = np.where(modules, ink, paper).astype(np.uint8)
    return flat.repeat(_PIXELS_A_MODULE, 0).repeat(_PIXELS_A_MODULE, 1)


def random_text(rng: np.random.Generator, length: int) -> str:
    """Letters and digits, as ticket secrets are."""
    return "".join(_ALPHABET[index] for index in rng.integers(0, len(_ALPHABET), length))


def clutter(rng: np.random.Generator, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """A scene without a code: shades, boxes, lines, discs and writing."""
    across = np.linspace(rng.uniform(40, 200), rng.uniform(40, 200), width)
    down = np.linspace(rng.uniform(-40, 40), rng.uniform(-40, 40), height)
    scene = np.clip(across[None, :] + down[:, None], 0, 255).astype(np.uint8)
    for _ in range(rng.integers(8, 25)):
        _CLUTTER[rng.integers(len(_CLUTTER))](scene, rng)
    return cv2.GaussianBlur(scene, (0, 0), 1.0)


def lay(scene: Picture, drawing: Picture, pose: Pose) -> None:
    """Lay a flat drawing into the scene, as seen in that pose. What falls outside the scene is cut off."""
    corners = pose.corners()
    left, top = np.floor(corners.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 2
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, scene.shape[1]), min(bottom, scene.shape[0])
    if left >= right or top >= bottom:
        return
    place = scene[top:bottom, left:right]
    edge_y, edge_x = drawing.shape[:2]
    # A drawing finer than the picture is seen twice as large and averaged, as a sensor does; bare samples of it
    # would be full of false edges.
    fine = 2 if edge_x > 1.3 * pose.side else 1
    flat = np.array([[0, 0], [edge_x, 0], [edge_x, edge_y], [0, edge_y]], dtype=np.float32) - 0.5
    view = cv2.getPerspectiveTransform(flat, fine * (corners - (left, top)).astype(np.float32))
    size = (fine * place.shape[1], fine * place.shape[0])
    seen = cv2.warpPerspective(drawing, view, size, borderMode=cv2.BORDER_REPLICATE)
    there = cv2.warpPerspective(np.full(drawing.shape[:2], 255, np.uint8), view, size)
    if fine > 1:
        seen, there = (cv2.resize(one, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for one in (seen, there))
    cv2.copyTo(seen, cv2.threshold(there, 127, 255, cv2.THRESH_BINARY)[1], place)


def moved(picture: Picture, length: float, direction: float) -> Picture:
    """The picture as a hand moving that many pixels within the exposure would leave it."""
    size = int(length) | 1
    if size < 3:
        return picture
    middle = (size - 1) / 2
    step = np.array([np.cos(np.deg2rad(direction)), np.sin(np.deg2rad(direction))]) * middle
    kernel = np.zeros((size, size), dtype=np.float32)
    start, end = np.rint(middle - step).astype(int), np.rint(middle + step).astype(int)
    cv2.line(kernel, tuple(start.tolist()), tuple(end.tolist()), 1.0, 1)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def grainy(picture: Picture, noise: float, rng: np.random.Generator) -> Picture:
    """The picture with the grain of a sensor."""
    grain = rng.normal(0, noise, picture.shape).astype(np.float32)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def picture(kind: str, text: str, rng: np.random.Generator) -> Picture:
    """A frame with this code in it, spoilt in the way that `kind` (one of `KINDS`) says."""
    modules = code(text)
    scene = KINDS[kind](rng)
    side = min(scene.module * modules.shape[0], 0.92 * HEIGHT)
    frame = clutter(rng)
    pose = _somewhere(Pose(x=0, y=0, side=side, turn=scene.turn, tilt=scene.tilt, about=rng.uniform(0, 360)), rng)
    lay(frame, code_picture(modules, scene.ink, scene.paper), pose)
    frame = cv2.GaussianBlur(frame, (0, 0), scene.blur)
    frame = moved(frame, scene.motion, rng.uniform(0, 180))
    if scene.glare:
        frame = _glaring(frame, pose, scene.glare, rng)
    return grainy(frame, scene.noise, rng)


def _somewhere(pose: Pose, rng: np.random.Generator) -> Pose:
    """The same pose, moved to where all of it is in the picture."""
    corners = pose.corners()
    low, high = -corners.min(axis=0) + 5, np.array([WIDTH, HEIGHT]) - corners.max(axis=0) - 5
    x, y = rng.uniform(low, np.maximum(high, low + 1))
    return msgspec.structs.replace(pose, x=float(x), y=float(y))


def _glaring(frame: Picture, pose: Pose, strength: float, rng: np.random.Generator) -> Picture:
    """A lamp's reflection on the code."""
    spot: Picture = np.zeros(frame.shape, dtype=np.float32)
    x, y = rng.normal((pose.x, pose.y), pose.side * 0.3)
    axes = (int(pose.side * rng.uniform(0.12, 0.4)), int(pose.side * rng.uniform(0.08, 0.2)))
    cv2.ellipse(spot, (int(x), int(y)), axes, rng.uniform(0, 180), 0, 360, 1.0, -1)
    spot = cv2.GaussianBlur(spot, (0, 0), pose.side * 0.08)
    return np.asarray(np.clip(frame + spot * strength, 0, 255), dtype=np.uint8)


def _easy(rng: np.random.Generator) -> Scene:
    return Scene(
        module=rng.uniform(3.2, 7),
        turn=rng.uniform(-8, 8),
        tilt=rng.uniform(0, 10),
        ink=rng.uniform(10, 50),
        paper=rng.uniform(200, 250),
    )


def _but(**changes: Callable[[np.random.Generator, Scene], float]) -> Callable[[np.random.Generator], Scene]:
    """The easy scene, but for these."""

    def draw(rng: np.random.Generator) -> Scene:
        easy = _easy(rng)
        return msgspec.structs.replace(easy, **{name: change(rng, easy) for name, change in changes.items()})

    return draw


def _faint(rng: np.random.Generator) -> Scene:
    middle, half = rng.uniform(40, 210), rng.uniform(6, 24)
    noise = rng.uniform(2, 6)
    return msgspec.structs.replace(_easy(rng), ink=middle - half, paper=middle + half, noise=noise)


def _everything(rng: np.random.Generator) -> Scene:
    module, half = rng.uniform(1.8, 5), rng.uniform(30, 100)
    middle = rng.uniform(half, 255 - half)
    half = -half if rng.random() < 0.3 else half
    return Scene(
        module=module,
        turn=rng.uniform(0, 360),
        tilt=rng.uniform(0, 45),
        ink=middle - half,
        paper=middle + half,
        blur=module * rng.uniform(0.2, 0.6),
        motion=module * rng.uniform(0.5, 1.1) if rng.random() < 0.3 else 0.0,
        noise=rng.uniform(3, 18),
        glare=rng.uniform(120, 330) if rng.random() < 0.3 else 0.0,
    )


KINDS: Mapping[str, Callable[[np.random.Generator], Scene]] = {
    "easy": _easy,
    "phone": _but(ink=lambda _rng, easy: easy.paper, paper=lambda _rng, easy: easy.ink),
    "rotation": _but(turn=lambda rng, _easy: rng.uniform(0, 360)),
    "perspective": _but(turn=lambda rng, _easy: rng.uniform(0, 360), tilt=lambda rng, _easy: rng.uniform(30, 62)),
    "glare": _but(glare=lambda rng, _easy: rng.uniform(120, 330)),
    "noise": _but(noise=lambda rng, _easy: rng.uniform(20, 60)),
    "motion": _but(motion=lambda rng, easy: easy.module * rng.uniform(0.7, 2.2)),
    "small": _but(module=lambda rng, _easy: rng.uniform(1.3, 2.3)),
    "low contrast": _faint,
    "blur": _but(blur=lambda rng, easy: easy.module * rng.uniform(0.35, 1.1)),
    "everything": _everything,
}
"""Ways to spoil a picture, from the easy ones on. `phone` is white on black."""


def _rotation(axis: tuple[float, float, float], degrees: float) -> NDArray[np.float64]:
    matrix, _ = cv2.Rodrigues(np.array(axis, dtype=np.float64) * np.deg2rad(degrees))
    return np.asarray(matrix, dtype=np.float64)


def _point(scene: Picture, rng: np.random.Generator) -> tuple[int, int]:
    x, y = rng.integers(0, (scene.shape[1], scene.shape[0]))
    return int(x), int(y)


def _shade(rng: np.random.Generator) -> int:
    return int(rng.integers(0, 255))


def _box(scene: Picture, rng: np.random.Generator) -> None:
    x, y = _point(scene, rng)
    width, height = (int(side) for side in rng.integers(10, 200, 2))
    cv2.rectangle(scene, (x, y), (x + width, y + height), _shade(rng), -1)


def _line(scene: Picture, rng: np.random.Generator) -> None:
    cv2.line(scene, _point(scene, rng), _point(scene, rng), _shade(rng), int(rng.integers(1, 8)))


def _disc(scene: Picture, rng: np.random.Generator) -> None:
    cv2.circle(scene, _point(scene, rng), int(rng.integers(5, 90)), _shade(rng), -1)


def _writing(scene: Picture, rng: np.random.Generator) -> None:
    size = float(rng.uniform(0.5, 2))
    cv2.putText(scene, random_text(rng, 12), _point(scene, rng), cv2.FONT_HERSHEY_SIMPLEX, size, _shade(rng), 2)


def _stripes(scene: Picture, rng: np.random.Generator) -> None:
    x, y = _point(scene, rng)
    for _ in range(20):
        width = int(rng.integers(1, 6))
        cv2.rectangle(scene, (x, y), (x + width, y + 60), _shade(rng), -1)
        x += width + int(rng.integers(1, 6))


def _squares(scene: Picture, rng: np.random.Generator) -> None:
    """What looks like a corner of a QR code and is none."""
    x, y = _point(scene, rng)
    module = int(rng.integers(3, 10))
    for inset, shade in ((0, 0), (1, 255), (2, 0)):
        low, high = inset * module, (7 - inset) * module
        cv2.rectangle(scene, (x + low, y + low), (x + high, y + high), shade, -1)


_CLUTTER = (_box, _line, _disc, _writing, _stripes, _squares)
