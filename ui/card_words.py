"""A card payment as reports name it, by its terminal and its id, in words that a person can say to another."""

from __future__ import annotations

from boxoffice.domain.terminals import short_name

from .language import tr


def card_words(name: str) -> str:
    """The terminal and the end of the id, which tells two of them apart; other words as they are."""
    found = short_name(name)
    return f"{tr(found[0])} …{found[1]}" if found is not None else name
