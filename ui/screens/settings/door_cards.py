"""The settings of a door: what is scanned here, and what holds for each of its lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from PySide6.QtWidgets import QHBoxLayout

from boxoffice.bootstrap import App
from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.door import Door
from boxoffice.storage.settings import ListSettings
from ui.language import name_of, tr
from ui.screens.page import Card
from ui.widgets.choice import Choice
from ui.widgets.rows import CheckRow

from .rows import labelled, line

_BADGES = {AutoPrint.NEVER: "never", AutoPrint.FIRST: "the first time", AutoPrint.ALWAYS: "each time"}


class DoorCards:
    """A card for the door and one for each list; what is chosen on them goes to `chosen` as a `Door`."""

    def __init__(self, app: App, chosen: Callable[[Door], object], refresh: Callable[[], object], *, may: bool) -> None:
        self._app = app
        self._chosen = chosen
        self._refresh = refresh
        self._may = may
        self._of_event: dict[str, Choice] = {}

    def cards(self) -> list[Card]:
        """All of them, as things stand now."""
        self._of_event.clear()
        return [self._door(), *(self._list(one) for one in self._door_lists())]

    def _door(self) -> Card:
        card = Card()
        card.say(tr("Door"), "heading")
        lists = self._app.lists()
        if not lists:
            card.say(tr("No check-in list has arrived yet."), "muted")
        for event in dict.fromkeys(one.event for one in lists):
            catalog = self._app.catalog(event)
            card.words.addLayout(self._choice_of(event, name_of(catalog.event.name) or event, lists))
        card.words.addLayout(labelled(tr("Gate"), line(self._app.door.gate, self._on_gate, tr("Gate"), able=self._may)))
        return card

    def _choice_of(self, event: str, name: str, lists: Sequence[CheckInList]) -> QHBoxLayout:
        box = Choice(name)
        box.addItem(tr("not at this door"), None)
        for one in lists:
            if one.event == event:
                box.addItem(one.name, one.id)
        chosen = dict(self._app.door.lists).get(event)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        # Whoever may not change it still has to say it once: a door without a list lets nobody in.
        box.setEnabled(self._may or not self._app.door.lists)
        box.activated.connect(lambda _: self._on_lists())
        self._of_event[event] = box
        return labelled(name, box)

    def _on_lists(self) -> None:
        chosen = tuple((event, box.currentData()) for event, box in self._of_event.items() if box.currentData())
        under_the_keys = next((event for event, box in self._of_event.items() if box.hasFocus()), "")
        self.set(lists=chosen)
        self._refresh()
        if under_the_keys in self._of_event:
            self._of_event[under_the_keys].setFocus()

    def take_keys(self) -> None:
        """Let the arrows choose what this door is for."""
        if self._of_event:
            next(iter(self._of_event.values())).setFocus()

    def _on_gate(self, text: str) -> None:
        self.set(gate=text.strip())

    def set(self, **changes: Any) -> None:
        """Let the door be another one from now on."""
        self._chosen(msgspec.structs.replace(self._app.door, **changes))

    def _door_lists(self) -> list[CheckInList]:
        chosen = set(self._app.door.lists)
        return [one for one in self._app.lists() if (one.event, one.id) in chosen]

    def _list(self, gate_list: CheckInList) -> Card:
        card = Card()
        card.say(gate_list.name, "heading")
        own = self._app.list_settings(gate_list.event, gate_list.id)
        preview = CheckRow(
            tr("Look first, let in on confirmation"), below=tr("A scan shows the ticket; Enter lets it in.")
        )
        preview.setChecked(own.preview)
        preview.setEnabled(self._may)
        preview.toggled.connect(lambda on: self._set_list(gate_list, preview=on))
        card.words.addWidget(preview)
        box = Choice(tr("Print the badge at an entry"))
        box.addItems([tr(word) for word in _BADGES.values()])
        box.setCurrentIndex(list(_BADGES).index(own.badges))
        box.setEnabled(self._may)
        box.activated.connect(lambda at: self._set_list(gate_list, badges=list(_BADGES)[at]))
        card.words.addLayout(labelled(tr("Print the badge at an entry"), box))
        for other in self._app.lists():
            if other.event != gate_list.event or other.id == gate_list.id:
                continue
            by_server = other.id in gate_list.ends_stay_on
            row = CheckRow(
                tr("An entry here ends the stay in {room}", room=other.name),
                end=tr("set by the server") if by_server else "",
            )
            row.setChecked(by_server or other.id in own.ends_stay_on)
            row.setEnabled(self._may and not by_server)
            row.toggled.connect(partial(self._on_ends, gate_list, other.id))
            card.words.addWidget(row)
        return card

    def _on_ends(self, gate_list: CheckInList, other: int, on: bool) -> None:
        held = self._app.list_settings(gate_list.event, gate_list.id).ends_stay_on
        self._set_list(
            gate_list, ends_stay_on=tuple(dict.fromkeys((*held, other))) if on else tuple(x for x in held if x != other)
        )

    def _set_list(self, gate_list: CheckInList, **changes: Any) -> None:
        held = self._app.list_settings(gate_list.event, gate_list.id)
        changed: ListSettings = msgspec.structs.replace(held, **changes)
        # Waited for: the next row that is ticked builds on it. It takes a millisecond.
        self._app.set_list(gate_list.event, gate_list.id, changed).result()
        self._chosen(self._app.door)
