"""Parcels, and a note of what became of them."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.printing import Condition
from printers.paths.path import Parcel


class Post:
    """Hands out parcels and sees what is written down before they leave."""

    def __init__(self) -> None:
        self.begun = 0
        self.wanted = True
        self.stop = False
        self.conditions: list[Condition] = []

    def parcel(self, data: bytes = b"Thank you\n", **how: Any) -> Parcel:
        def begin() -> bool:
            self.begun += 1
            return self.wanted

        return Parcel(
            data=data,
            title="receipt R-1",
            begin=begin,
            stopped=lambda: self.stop,
            told=self.conditions.append,
            **how,
        )


@pytest.fixture
def post() -> Post:
    return Post()
