"""What the demo's things for sale look like on tiles: small pictures drawn for this project, under its licence.

They go with the items themselves, as `data:` addresses, so that whoever loads the demo needs no other file.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

import assets
from boxoffice.domain.catalog import Item
from boxoffice.domain.nouns import Noun


def pictured(nouns: Iterable[Noun]) -> Iterator[Noun]:
    """The same nouns, with a picture for each item that there is one of."""
    for noun in nouns:
        yield msgspec.structs.replace(noun, picture=_picture(noun.name["en"])) if isinstance(noun, Item) else noun


@cache
def _picture(name: str) -> str:
    file = f"samples/shop/{name.lower().replace(' ', '-')}.png"
    if not assets.exists(file):
        return ""
    return f"data:image/png;base64,{base64.b64encode(assets.read_bytes(file)).decode()}"
