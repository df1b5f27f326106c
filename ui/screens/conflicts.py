"""What the stations disagreed about, or the server refused: both sides of each, and what the desk lead decides."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain import edits
from boxoffice.domain.conflicts import Conflict, Kind, Side
from boxoffice.domain.passages import Direction
from ui import theme
from ui.courier import Courier
from ui.language import apart, clock, language, plural, tr
from ui.refusals import FIELDS, refusal_words
from ui.rights import Right
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog

from .page import Card, Page


class ConflictsScreen(Page):
    """Open conflicts, oldest first. Each stays until somebody settles it, here or at another station."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        rights: frozenset[Right],
        failed: Callable[[Any], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Conflicts"), parent)
        self._app = app
        self._courier = courier
        self._may = Right.WORK_OFF in rights
        self._failed = failed
        self._shown: tuple[Conflict, ...] | None = None
        self.look_again()

    def look_again(self) -> None:
        """Show what is open now."""
        found = tuple(self._app.conflicts())
        if found == self._shown:
            return
        self._shown = found
        self.below.setText(plural("{n} is open", "{n} are open", len(found)))
        self.clear()
        for conflict in found:
            self.add(self._card(conflict))
        if not found:
            self.say_empty(tr("Nothing to settle"), tr("All doors agree about who came in."))

    def _card(self, conflict: Conflict) -> Card:
        card = Card()
        held = self._app.lookup.card(conflict.event, conflict.ticket)
        name = held.ticket.position.name if held else conflict.ticket
        card.say(name or conflict.ticket or conflict.sides[0].words or tr("Without a ticket"), "heading")
        card.say(tr(_WHAT[conflict.kind]) + self._where(conflict), "warn")
        for side in conflict.sides[conflict.kind in _NAMED_BY_THE_FIRST :]:
            card.say(self._side(side, conflict.event))
        if conflict.note:
            card.say(tr("Note: {note}", note=conflict.note), "muted")
        if self._may:
            self._add_buttons(card, conflict, name or tr(_WHAT[conflict.kind]))
        return card

    def _side(self, side: Side, event: str) -> str:
        by = side.device or (tr("the server") if side.what in _OF_SERVER else "")
        made = edits.made(side, self._app.catalog(event), language())
        parts = (
            clock(side.at) if side.at else "",
            tr(_DONE.get(side.what, side.what)),
            side.gate,
            by,
            side.person,
            tr("forced") if side.forced else "",
            refusal_words(side.words) if side.what == "refused" else side.words,
            *(f"{_field(field)}: {before or '–'} → {after or '–'}" for field, before, after in made),
        )
        return apart(*parts)

    def _where(self, conflict: Conflict) -> str:
        gate_list = self._app.catalog(conflict.event).lists.get(conflict.list)
        parts = (conflict.ticket, gate_list.name if gate_list else "")
        where = apart(*parts)
        return f" — {where}" if where else ""

    def _add_buttons(self, card: Card, conflict: Conflict, name: str) -> None:
        accept = Button(tr("Leave as it is"))
        accept.clicked.connect(lambda: self._settle(conflict.id, "accept", ""))
        escalate = Button(tr("Pass on…"), weight=Weight.QUIET)
        escalate.clicked.connect(lambda: self._ask_note(conflict, name))
        card.buttons.addWidget(escalate)
        card.buttons.addWidget(accept)
        if conflict.kind.is_refusal:
            again = Button(tr("Send again"), weight=Weight.PRIMARY)
            again.clicked.connect(lambda: self._bring(self._app.send_again(conflict.sides[0].nonce)))
            card.buttons.addWidget(again)
        if taken_back := _taken_back(conflict):
            annul = Button(taken_back, weight=Weight.PRIMARY if conflict.kind is Kind.DOUBLE_ENTRY else Weight.PLAIN)
            annul.clicked.connect(lambda: self._settle(conflict.id, "annul", ""))
            card.buttons.addWidget(annul)

    def _ask_note(self, conflict: Conflict, name: str) -> None:
        NoteDialog(name, lambda note: self._settle(conflict.id, "escalate", note), self).open()

    def _settle(self, conflict_id: str, action: str, note: str) -> None:
        self._bring(self._app.settle(conflict_id, action, note))

    def _bring(self, future: Future[Any]) -> None:
        self._courier.bring(future, to=self, done=lambda _: self.look_again(), failed=self._failed)


class NoteDialog(Dialog):
    """What the next person should know."""

    def __init__(self, name: str, done: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(tr("Pass on {name}", name=name), parent)
        self.setObjectName("note_dialog")
        self._done = done
        self.say(tr("The conflict stays open, with your note, at every station."))
        self._note = QLineEdit()
        self._note.setMinimumHeight(theme.TOUCH)
        self._note.setAccessibleName(tr("Note"))
        self._note.returnPressed.connect(self._finish)
        self.add(self._note)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        keep = Button(tr("Keep the note"), weight=Weight.PRIMARY, key=tr("Enter"))
        keep.clicked.connect(self._finish)
        self.add_buttons(cancel, keep)
        self._note.setFocus()

    def _finish(self) -> None:
        if self._note.text().strip():
            self.accept()
            self._done(self._note.text().strip())


_WHAT = {
    Kind.DOUBLE_ENTRY: "Let in twice",
    Kind.CANCELED_AFTER_ENTRY: "Cancelled after it was let in",
    Kind.REFUSED_ACT: "Refused by the server",
    Kind.EDITED_TWICE: "Edited at two places",
    Kind.OVERSOLD: "More was sold than there is",
    Kind.VOUCHER_OVERUSED: "A voucher was used too often",
    Kind.WITHOUT_VOUCHER: "Sold, but not with this voucher",
    Kind.WITHOUT_FILE: "Let in, but the server has no file",
    Kind.CARD_OVERSPENT: "More was taken from a gift card than was on it",
}

_NAMED_BY_THE_FIRST = (Kind.OVERSOLD, Kind.VOUCHER_OVERUSED, Kind.CARD_OVERSPENT)
"""Kinds whose first side says what it is about; no person did that."""

_OF_SERVER = ("refused", "canceled")

_DONE = {
    "entry": "in",
    "exit": "out",
    "refused": "refused",
    "canceled": "cancelled",
    "undone": "taken back",
    "handed_out": "handed out",
    "settled": "settled",
    "sold": "sold",
    "oversold": "oversold",
    "overused": "used too often",
    "gift_card": "gift card",
    "paid": "paid",
    "refunded": "refunded",
    "reactivated": "made valid again",
    "edited": "edited",
    "exchanged": "exchanged",
    "printed": "printed",
}


def _field(name: str) -> str:
    """What was edited; a ticket goes by its number."""
    return tr("Ticket {key}", key=name) if name.isdecimal() else tr(FIELDS.get(name, name))


def _taken_back(conflict: Conflict) -> str:
    """What the button says that takes a passage back; nothing where there is none to take back."""
    if conflict.kind is Kind.DOUBLE_ENTRY:
        return tr("Take the later entry back")
    if conflict.kind in (Kind.CANCELED_AFTER_ENTRY, Kind.WITHOUT_FILE):
        return tr("Take the entry back")
    if conflict.kind is Kind.REFUSED_ACT and conflict.sides[0].what in tuple(Direction):
        return tr("Take it back here too")
    return ""
