"""A card payment as reports name it, by its terminal and its id, in words that a person can say to another."""

from __future__ import annotations

import re

from .language import tr

_NAME = re.compile(r"(?P<terminal>.+) [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{6}(?P<end>[0-9a-f]{6})")


def card_words(name: str) -> str:
    """The terminal and the end of the id, which tells two of them apart; other words as they are."""
    found = _NAME.fullmatch(name)
    return f"{tr(found['terminal'])} …{found['end']}" if found is not None else name
