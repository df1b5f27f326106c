"""Pictures from a person's files, made fit to be kept and printed: logos, and photos of attendees.

A file may be anything. What is no PNG or JPEG, is too large, or would unfold into more than a camera ever takes is
refused before it is unfolded; the rest is turned upright, made no larger than paper needs, and written anew, so that
nothing of the file but its picture is kept (no place, no name, no thumbnail).
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from boxoffice.errors import BadInput, filled

MOST_BYTES = 24 * 2**20
"""Of a file."""
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1200
"""In pixels, of what is kept: 100 mm at 300 dpi."""

PORTRAIT = 360, 480
"""Pixels: 30 × 40 mm at 300 dpi."""
MOST_OF_A_PORTRAIT = 44_000
"""Bytes: as text, a third more, it fits into one message to a server."""

_HINT = "Choose a PNG or JPEG file, or make it smaller first."


def from_file(path: Path) -> bytes:
    """The picture in a file, fit to be kept. Raises `BadInput`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _too_large(filled("{name} has more than {most} MB.", name=path.name, most=MOST_BYTES // 2**20))
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(
            "The picture cannot be read", filled("{name}: {error}.", name=path.name, error=error.strerror), _HINT
        ) from error
    return fit(content)


def fit(content: bytes) -> bytes:
    """A picture fit to be kept: PNG for drawings and what one can see through, JPEG for photos. Raises `BadInput`."""
    from PIL import Image, UnidentifiedImageError

    if len(content) > MOST_BYTES:
        raise _too_large(filled("It has more than {most} MB.", most=MOST_BYTES // 2**20))
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as found:
            if found.width * found.height > MOST_PIXELS:
                raise _too_large(
                    filled("It would be {width} × {height} pixels large.", width=found.width, height=found.height)
                )
            found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            found.load()
            return content if _is_fit(found) else _written(_upright(found))
    except UnidentifiedImageError as error:
        raise BadInput("This is no picture that can be printed", "It is no PNG and no JPEG.", _HINT) from error
    except Image.DecompressionBombError as error:
        raise _too_large("It would unfold into more pixels than any camera takes.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInput("This picture is damaged", filled("{error}.", error=error), _HINT) from error


def portrait(content: bytes) -> bytes:
    """A face for badges and doors: the middle of a picture, three wide and four high, as a small JPEG.

    Raises `BadInput`.
    """
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(fit(content)), formats=("PNG", "JPEG")) as found:
        seen = found.convert("RGBA")
    whole = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    face = ImageOps.fit(whole, PORTRAIT, Image.Resampling.LANCZOS)
    for quality in (88, 75, 60, 40, 20):
        written = io.BytesIO()
        face.save(written, "JPEG", quality=quality)
        if written.tell() <= MOST_OF_A_PORTRAIT:
            break
    return written.getvalue()


def light(content: bytes, most: int) -> bytes:
    """A picture that is fit to be kept, in no more bytes than these: smaller and smaller until it is."""
    from PIL import Image

    if len(content) <= most:
        return content
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as found:
        found.load()
        side = max(found.size)
        while len(content) > most and side > 1:
            side = int(0.8 * side)
            smaller = found.copy()
            smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
            content = _written(smaller)
    return content


def _is_fit(found: Any) -> bool:
    """Whether it is as we write pictures ourselves: small enough, with nothing in it but the picture."""
    alone = not set(found.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "transparency"}
    return alone and max(found.size) <= LONGEST_SIDE and found.mode in ("RGB", "RGBA")


def _too_large(what: str) -> BadInput:
    return BadInput("This picture is too large", what, _HINT)


def _upright(found: Any) -> Any:
    """As the camera was held, and no larger than paper needs."""
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(found)
    has_holes = "A" in picture.getbands() or "transparency" in picture.info
    picture = picture.convert("RGBA" if has_holes else "RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return picture


def _written(picture: Any) -> bytes:
    colours = picture.getcolors(256)
    written = io.BytesIO()
    if colours is not None or picture.mode == "RGBA":
        picture.save(written, "PNG", optimize=True)
    else:
        picture.save(written, "JPEG", quality=88)
    return written.getvalue()
