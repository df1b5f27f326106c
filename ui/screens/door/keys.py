"""What the keys at the door do, in words: the sheet of keys shows them."""

from __future__ import annotations

from ui.language import tr


def keys() -> list[tuple[str, str]]:
    """Each key, and what it does."""
    return [
        (tr("Space, Esc"), tr("Clear the answer")),
        (tr("Enter"), tr("Go on: confirm, seen, all done")),
        ("F2", tr("Search by name")),
        ("F3", tr("The rest of the order")),
        ("F6", tr("Let in anyway, where it is allowed")),
        ("F7", tr("Turn entry and exit")),
        ("F8", tr("Undo the last passage")),
        ("F9", tr("Take the money for an unpaid ticket")),
        ("1 … 9", tr("Tick what is done")),
    ]
