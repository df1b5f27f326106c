"""Whether the window may close: with work that waits, it asks first.

Nothing would be lost but a badge that was not saved; a person who goes home shall know all the same what is still to
be sent and to be printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .language import plural, tr
from .widgets.buttons import Button, Weight
from .widgets.dialogs import Dialog
from .widgets.strip import Where

if TYPE_CHECKING:
    from .main_window import MainWindow


class Waiting(msgspec.Struct, frozen=True):
    """What was begun at this station and has not come to its end."""

    acts: int
    """That the server has not heard of."""
    papers: int
    """That are not printed."""
    badge: str
    """The name of one that was changed and not saved."""

    def __bool__(self) -> bool:
        return bool(self.acts or self.papers or self.badge)


def waiting(window: MainWindow) -> Waiting:
    """What waits in this window and behind it."""
    papers = window.paper.waiting if window.paper is not None else 0
    return Waiting(window.station.outbox().waiting, papers, _unsaved_badge(window.unfinished.get(Where.BADGES)))


def _unsaved_badge(begun: object) -> str:
    if begun is None:
        return ""
    from ui.screens.badges.badge_draft import Draft

    return begun.template.name if isinstance(begun, Draft) and begun.would_be_missed else ""


def ask(window: MainWindow, found: Waiting) -> None:
    """Say what waits, and close if that is wanted all the same."""
    dialog = Dialog(tr("Close with work waiting?"), window)
    dialog.setObjectName("close_dialog")
    for sentence in _sentences(found):
        dialog.say(sentence)
    stay = Button(tr("Stay"), key="Esc")
    stay.clicked.connect(dialog.reject)
    leave = Button(tr("Close"), weight=Weight.PRIMARY)
    leave.clicked.connect(window.leave)
    dialog.add_buttons(stay, leave)
    dialog.open()


def _sentences(found: Waiting) -> list[str]:
    said = []
    if found.acts:
        acts = plural("{n} act has not reached the server.", "{n} acts have not reached the server.", found.acts)
        said.append(acts + " " + tr("Nothing is lost: it waits on this computer and is sent after the next start."))
    if found.papers:
        documents = plural("{n} document is not on paper yet.", "{n} documents are not on paper yet.", found.papers)
        said.append(documents + " " + tr("It is printed after the next start."))
    if found.badge:
        said.append(tr("{name} was changed and not saved.", name=found.badge) + " " + tr("The changes would be lost."))
    return said
