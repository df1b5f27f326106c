"""Pictures of codes for the tests of everything that looks at pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from boxoffice.scanning import sample_codes
from boxoffice.scanning.sample_codes import Pose

Show = Callable[..., Any]


@pytest.fixture
def show() -> Show:
    """A grey frame with codes in it, side by side, seen straight on: `show("ABC", "DEF")`."""

    def draw(*texts: str, width: int = 640, height: int = 360, ink: int = 0, paper: int = 255) -> Any:
        frame = np.full((height, width), 128, dtype=np.uint8)
        for number, text in enumerate(texts):
            place = width / len(texts)
            pose = Pose(x=place * (number + 0.5), y=height / 2, side=min(place, height) * 0.8)
            sample_codes.lay(frame, sample_codes.code_picture(sample_codes.code(text), ink, paper), pose)
        return frame

    return draw
