"""Codes in one grey picture.

zxing-cpp looks first and its word stands: it is the fastest and the best, and in its plain mode hands on
exactly what was read. What it misses it often reads in the same picture made larger, sharper or evener; in a
live scene every third miss gets such a second look, and one in three is not searched for white on black, so
an empty scene costs little. pyzbar is asked last and is not believed beyond plain ASCII: it damages other
texts, so there it may only point at the place.

This runs in a process of its own (`worker_process`): the native code below has crashed before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import zxingcpp

from .found import QR_ONLY, Effort, Found, Outline

if TYPE_CHECKING:
    from .found import Picture

log = logging.getLogger(__name__)

SECOND_LOOK_EVERY = 3
"""Misses of a live picture for one second look."""

# A picture is not made larger beyond this: time and memory of a decoder are for the next frame.
_MOST_PIXELS = 24_000_000
# The plain name alone would let in Micro QR codes, which are so small that noise looks like them.
_NATIVE = {"QRCode": "QRCodeModel2"}
_NAMES = {native: name for name, native in _NATIVE.items()}
# How much of a picture is grain and not scene, in Wiener's filter: more leaves blur, less makes grain into scene.
_GRAIN = 0.004
_RETAIL = ("EAN13", "EAN8", "UPCA", "UPCE")

Look = Callable[["Picture"], tuple["Picture", float]]
"""Another picture of the same scene, and how much larger it is."""


class Decoder:
    """Reads the codes of pictures; remembers how many live ones in a row showed none."""

    def __init__(self, formats: Sequence[str] = QR_ONLY) -> None:
        self._formats = zxingcpp.barcode_formats_from_str(",".join(_NATIVE.get(name, name) for name in formats))
        self._zbar = _Zbar(formats)
        self._misses = 0

    def read(self, picture: Picture, effort: Effort = Effort.LIVE) -> tuple[Found, ...]:
        """The codes in a grey picture, each once."""
        if effort is Effort.THOROUGH:
            return self._read_thoroughly(picture)
        turn, step = divmod(self._misses, SECOND_LOOK_EVERY)
        found = self._read(picture, "plain", invert=step != 1)
        if not found and step == SECOND_LOOK_EVERY - 1:
            found = self._look_again(picture, _LIVE[turn % len(_LIVE)])
        self._misses = 0 if found else self._misses + 1
        return found

    def _read_thoroughly(self, picture: Picture) -> tuple[Found, ...]:
        """Everything there is, until something is found; small codes beside large ones included."""
        found = self._read(picture, "plain")
        for stage in _THOROUGH:
            found = _united(found, self._look_again(picture, stage))
            if found:
                return found
        return ()

    def _look_again(self, picture: Picture, stage: str) -> tuple[Found, ...]:
        if stage == "second opinion":
            return self._ask_zbar(picture)
        other, scale = _LOOKS[stage](picture)
        return self._read(other, stage, scale)

    def _read(self, picture: Picture, stage: str, scale: float = 1.0, *, invert: bool = True) -> tuple[Found, ...]:
        barcodes = zxingcpp.read_barcodes(
            picture,
            formats=self._formats,
            text_mode=zxingcpp.TextMode.Plain,
            try_rotate=True,
            try_downscale=True,
            try_invert=invert,
        )
        return _united(
            Found(one.text, _NAMES.get(one.format.name, one.format.name), _outline(one.position, scale), stage)
            for one in barcodes
            if one.text
        )

    def _ask_zbar(self, picture: Picture) -> tuple[Found, ...]:
        found: tuple[Found, ...] = ()
        for one in self._zbar.read(picture):
            if _is_plain(one.text):
                found = _united(found, [one])
            else:
                found = _united(found, self._read_place(picture, one.outline))
        return found

    def _read_place(self, picture: Picture, outline: Outline) -> tuple[Found, ...]:
        """What zxing-cpp reads where zbar pointed: that part of the picture alone, large and even."""
        place, left, top = _cut_out(picture, outline)
        if not place.size:
            return ()
        for stage in _CLOSE_UP:
            other, scale = _LOOKS[stage](place)
            found = self._read(other, "second opinion", scale)
            if found:
                return tuple(
                    Found(one.text, one.format, tuple((x + left, y + top) for x, y in one.outline), one.stage)
                    for one in found
                )
        return ()


class _Zbar:
    """pyzbar, loaded when it is first needed; machines without zbar do without."""

    def __init__(self, formats: Sequence[str]) -> None:
        self._names = ["QRCODE"] if "QRCode" in formats else []
        self._names += [name for name in _RETAIL if name in formats]
        self._pyzbar: Any = None
        self._looked = False

    def read(self, picture: Picture) -> Iterable[Found]:
        if not self._names or not self._there_is():
            return
        symbols = [self._pyzbar.ZBarSymbol[name] for name in self._names]
        for one in self._pyzbar.decode(picture, symbols=symbols):
            text = one.data.decode(errors="replace")
            name = "QRCode" if one.type == "QRCODE" else one.type
            yield Found(text, name, tuple((float(x), float(y)) for x, y in one.polygon), "second opinion")

    def _there_is(self) -> bool:
        if not self._looked:
            self._looked = True
            try:
                from pyzbar import pyzbar
            except ImportError as error:
                log.info("There is no zbar here, so no second opinion: %s", error)
            else:
                self._pyzbar = pyzbar
        return self._pyzbar is not None


def _united(*groups: Iterable[Found]) -> tuple[Found, ...]:
    """Each text once, as it was found first."""
    by_text: dict[str, Found] = {}
    for group in groups:
        for one in group:
            by_text.setdefault(one.text, one)
    return tuple(by_text.values())


def _outline(position: Any, scale: float) -> Outline:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return tuple((corner.x / scale, corner.y / scale) for corner in corners)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _cut_out(picture: Picture, outline: Outline) -> tuple[Picture, int, int]:
    """The part of the picture around the outline, with the white margin that a code needs."""
    if not outline:
        return picture[:0], 0, 0
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    margin = max(max(xs) - min(xs), max(ys) - min(ys)) // 4 + 4
    left, top = max(int(min(xs) - margin), 0), max(int(min(ys) - margin), 0)
    return np.ascontiguousarray(picture[top : int(max(ys) + margin), left : int(max(xs) + margin)]), left, top


def _enlarged(picture: Picture, factor: float = 2.0) -> tuple[Picture, float]:
    from .opencv import cv2

    factor = min(factor, (_MOST_PIXELS / picture.size) ** 0.5)
    if factor <= 1.0:
        return picture, 1.0
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), factor


def _enlarged_more(picture: Picture) -> tuple[Picture, float]:
    return _enlarged(picture, 3.0)


def _sharpened(picture: Picture) -> tuple[Picture, float]:
    """Edges that a lens out of focus or a moving hand has washed out."""
    from .opencv import cv2

    soft = cv2.GaussianBlur(picture, (0, 0), 3)
    return _enlarged(cv2.addWeighted(picture, 4, soft, -3, 0))


def _sharpened_more(picture: Picture) -> tuple[Picture, float]:
    """The same for grainy pictures: first calmer, then sharper."""
    from .opencv import cv2

    calm = cv2.GaussianBlur(picture, (0, 0), 1)
    soft = cv2.GaussianBlur(calm, (0, 0), 4)
    return _enlarged(cv2.addWeighted(calm, 7, soft, -6, 0))


def _refocused(picture: Picture, radius: float) -> tuple[Picture, float]:
    """The picture before a lens spread each point over `radius` pixels (Wiener's filter, on the spectrum)."""
    from .opencv import cv2

    height, width = picture.shape
    below = cv2.getOptimalDFTSize(height + 16) - height
    beside = cv2.getOptimalDFTSize(width + 16) - width
    framed = cv2.copyMakeBorder(picture.astype(np.float32), 0, below, 0, beside, cv2.BORDER_REPLICATE)
    spectrum = cv2.mulSpectrums(cv2.dft(framed), _undoing_blur(*framed.shape, radius), 0)
    sharp = cv2.dft(spectrum, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)
    return _enlarged(cv2.convertScaleAbs(np.maximum(sharp[:height, :width], 0)))


@lru_cache(maxsize=2)
def _undoing_blur(height: int, width: int, radius: float) -> Picture:
    """The filter's spectrum, packed as OpenCV packs that of a picture."""
    from .opencv import cv2

    down, across = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :]
    spread = np.exp(-2 * (np.pi * radius) ** 2 * (down**2 + across**2))
    return cv2.dft(np.fft.ifft2(spread / (spread**2 + _GRAIN)).real.astype(np.float32))


def _crisp(picture: Picture) -> tuple[Picture, float]:
    """Codes whose modules are hardly two pixels wide."""
    from .opencv import cv2

    large, factor = _enlarged(picture)
    return cv2.addWeighted(large, 3, cv2.blur(large, (9, 9)), -2, 0), factor


def _levelled(picture: Picture) -> tuple[Picture, float]:
    """Faint codes, shadows and glare. Local contrast reads more than an adaptive threshold here."""
    from .opencv import cv2

    calm = cv2.GaussianBlur(picture, (0, 0), 0.8)
    return _enlarged(cv2.createCLAHE(3.0, (8, 8)).apply(calm))


def _calmed(picture: Picture) -> tuple[Picture, float]:
    """Grain of a camera in the dark."""
    from .opencv import cv2

    if min(picture.shape) < 2:
        return picture, 1.0
    return cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 0.5


_LOOKS: dict[str, Look] = {
    "enlarged": _enlarged,
    "enlarged more": _enlarged_more,
    "sharpened": _sharpened,
    "sharpened more": _sharpened_more,
    "refocused 2": lambda picture: _refocused(picture, 2.0),
    "refocused 3": lambda picture: _refocused(picture, 3.0),
    "crisp": _crisp,
    "levelled": _levelled,
    "calmed": _calmed,
}
# Ten looks, one every third frame: what can be read is read within a second.
_LIVE = (
    *("enlarged", "levelled", "enlarged", "sharpened more", "enlarged", "sharpened"),
    *("crisp", "refocused 2", "enlarged", "second opinion"),
)
_THOROUGH = (
    *("enlarged", "levelled", "sharpened", "crisp", "enlarged more", "calmed", "second opinion"),
    *("refocused 2", "refocused 3", "sharpened more"),
)
_CLOSE_UP = ("enlarged", "enlarged more", "sharpened", "levelled", "crisp")
