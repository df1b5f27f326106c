"""Pictures that come to paper from a person's files, in greys."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from boxoffice.errors import BadInput, filled

if TYPE_CHECKING:
    from PIL.Image import Image


def on_white(content: bytes) -> Image:
    """A picture in greys; where one can see through it, the paper is white. Raises `BadInput`."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as found:
            found.load()
            if "A" not in found.getbands() and "transparency" not in found.info:
                return found.convert("L")
            layered = found.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadInput(
            "This picture is damaged", filled("{error}.", error=error), "Choose another logo or photo."
        ) from error
    return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("L")
