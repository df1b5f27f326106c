"""What stands in the place of an answer while nobody has been scanned."""

from __future__ import annotations

from boxoffice.domain.passages import Direction
from ui.clerks.doorkeeper import Doorkeeper
from ui.language import tr
from ui.widgets.answer_panel import Idle


def ready(keeper: Doorkeeper, word: str, *, searches: bool) -> Idle:
    """That the door is ready, another word, or what has to be chosen first."""
    leaving = keeper.door.direction is Direction.EXIT
    if not keeper.lists:
        return Idle(tr("Choose a list"), tr("Which check-in list is this door for? Press here above."), "", leaving)
    usual = tr("Ready to let out") if leaving else tr("Ready")
    below = tr("Scan a ticket, or search by name with F2") if searches else tr("Scan a ticket")
    return Idle(word or usual, below, "", leaving)
