"""What decoders are asked and what they answer, in values that travel between processes.

No picture library in here: the window and the command line know these, and load none of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.errors import BadInput, filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # Eight bits: rows of grey, or of blue, green and red. OpenCV's own types promise less.
    Picture = NDArray[Any]

Point = tuple[float, float]
Outline = tuple[Point, ...]
"""The four corners of a code in pixels, from its own top left, clockwise as the code is read."""

QR_ONLY = ("QRCode",)

_SPELLINGS = {
    "qr": ("QRCode",),
    "ean": ("EAN13", "EAN8"),
    "upc": ("UPCA", "UPCE"),
    "code128": ("Code128",),
    "code39": ("Code39",),
    "itf": ("ITF",),
    "aztec": ("Aztec",),
    "datamatrix": ("DataMatrix",),
    "pdf417": ("PDF417",),
}


class Effort(StrEnum):
    """How much time a picture is worth."""

    LIVE = "live"
    """One of many of the same scene: quick, with a second look every now and then."""
    THOROUGH = "thorough"
    """The only one: everything is tried."""


class Found(msgspec.Struct, frozen=True):
    """One code in one picture, with exactly the text that was read."""

    text: str
    format: str
    outline: Outline = ()
    stage: str = ""
    """Which look at the picture found it."""


def formats_named(names: Iterable[str]) -> tuple[str, ...]:
    """The decoders' formats for names as people write them (`qr`, `ean`, `upc`, ...)."""
    chosen: list[str] = []
    for name in names:
        key = name.strip().lower()
        if key not in _SPELLINGS:
            raise BadInput(
                filled("No format is called {name}", name=name),
                "",
                filled("There are: {names}.", names=", ".join(_SPELLINGS)),
            )
        chosen += _SPELLINGS[key]
    return tuple(dict.fromkeys(chosen))
