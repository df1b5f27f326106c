"""Codes as pictures in whole dots: a QR or a CODE128 with the quiet zone that readers ask for, and nothing blurred."""

from __future__ import annotations

import functools
from typing import Any

from PIL import Image

from boxoffice.errors import BadInput, filled


def square(text: str, side: int) -> Image.Image:
    """A QR (error correction M) of `side` dots or a little less, quiet zone included. Raises `BadInput`."""
    flat = _drawn(text, bars=False)
    dots = side // flat.width
    if dots < 1:
        raise BadInput(
            "A QR code does not fit into its place",
            filled("It needs {needed} dots and has {there}.", needed=flat.width, there=side),
            "Make it larger on the badge, or let it say less.",
        )
    return flat.resize((flat.width * dots, flat.height * dots), Image.Resampling.NEAREST)


def bars(text: str, width: int, height: int) -> Image.Image:
    """A CODE128 of `width` dots or a little less, quiet zone included. Raises `BadInput`."""
    flat = _drawn(text, bars=True)
    dots = width // flat.width
    if dots < 1:
        raise BadInput(
            "A bar code does not fit into its place",
            filled("It needs {needed} dots and has {there}.", needed=flat.width, there=width),
            "Make it wider on the badge, or let it say less.",
        )
    row = flat.crop((0, flat.height // 2, flat.width, flat.height // 2 + 1))
    return row.resize((flat.width * dots, max(1, height)), Image.Resampling.NEAREST)


@functools.lru_cache(maxsize=64)
def _drawn(text: str, *, bars: bool) -> Image.Image:
    """The code with one pixel a module, quiet zone included."""
    import zxingcpp

    try:
        if bars:
            code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
        else:
            code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    except ValueError as error:
        raise BadInput(
            "A bar code cannot say this" if bars else "A QR code cannot say so much",
            filled("{what}: {number} letters.", what=repr(text[:40]), number=len(text)),
            "Let it say less, or use a QR code instead of a bar code.",
        ) from error
    picture: Any = code.to_image(scale=1, add_hrt=False, add_quiet_zones=True)
    height, width = picture.shape
    return Image.frombytes("L", (width, height), bytes(picture))
