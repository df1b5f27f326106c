"""What this station is set to: its server, the lists of its door, its camera and gun, and how it looks and sounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.door import Door
from boxoffice.storage.settings import ListSettings
from ui import theme
from ui.inputs.lens import AUTO, cameras
from ui.inputs.serial_line import ports
from ui.language import LANGUAGES, name_of, tr
from ui.preferences import IN_A_WINDOW, Preferences
from ui.rights import Right
from ui.sheets.settings.terminal_sheet import KINDS
from ui.theme import Look
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice, Number
from ui.widgets.rows import CheckRow

from .page import Card, Page

SPEEDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
"""Bits a second that guns are set to."""
_BADGES = {AutoPrint.NEVER: "never", AutoPrint.FIRST: "the first time", AutoPrint.ALWAYS: "each time"}


class SettingsScreen(Page):
    """Everything at once, on cards; each change counts at once and for the next start."""

    door_chosen = Signal(object)
    """A `Door`."""
    liked = Signal(dict)
    """Changes of the `Preferences`."""
    enrol_pressed = Signal()
    gun_test_pressed = Signal()
    badges_pressed = Signal()
    people_pressed = Signal()
    training_pressed = Signal()
    papers_pressed = Signal()
    terminal_pressed = Signal()
    tenders_pressed = Signal()

    def __init__(
        self,
        app: App,
        preferences: Preferences,
        rights: frozenset[Right],
        failed: Callable[[Any], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Settings"), parent)
        self._app = app
        self._preferences = preferences
        self._rights = rights
        self._may = Right.SET_LISTS in rights
        self._failed = failed
        self._of_event: dict[str, Choice] = {}
        self.below.setText(tr("Each change counts at once."))
        self.refresh()

    def refresh(self) -> None:
        """Show everything as it is now."""
        self._of_event.clear()
        self.clear()
        self.add(self._server())
        self.add(self._door())
        for gate_list in self._door_lists():
            self.add(self._list(gate_list))
        if Right.DESIGN_BADGES in self._rights:
            self.add(self._badges())
            self.add(self._papers())
        if Right.SELL in self._rights:
            self.add(self._terminal())
            self.add(self._payment())
            self.add(self._training())
        if Right.LOOK_AFTER_PEOPLE in self._rights:
            self.add(self._people())
        self.add(self._camera())
        self.add(self._gun())
        self.add(self._screen())

    def set_preferences(self, preferences: Preferences) -> None:
        """They were changed elsewhere."""
        self._preferences = preferences

    # The server

    def _server(self) -> Card:
        card = Card()
        card.say(tr("Server"), "heading")
        enrolment = self._app.enrolment
        if enrolment is None:
            card.say(tr("This station belongs to no server yet."), "warn")
        else:
            card.say(f"{enrolment.name} · {enrolment.url}")
            card.say(tr("Role: {role}", role=tr(enrolment.role.value)), "muted")
        join = Button(tr("Join a server…"), weight=Weight.PRIMARY if enrolment is None else Weight.PLAIN)
        join.clicked.connect(lambda: self.enrol_pressed.emit())
        card.buttons.addWidget(join)
        return card

    # The door

    def _door(self) -> Card:
        card = Card()
        card.say(tr("Door"), "heading")
        lists = self._app.lists()
        if not lists:
            card.say(tr("No check-in list has arrived yet."), "muted")
        for event in dict.fromkeys(one.event for one in lists):
            catalog = self._app.catalog(event)
            card.words.addLayout(self._choice_of(event, name_of(catalog.event.name) or event, lists))
        card.words.addLayout(_labelled(tr("Gate"), self._line(self._app.door.gate, self._on_gate, tr("Gate"))))
        return card

    def _choice_of(self, event: str, name: str, lists: Sequence[CheckInList]) -> QHBoxLayout:
        box = Choice(name)
        box.addItem(tr("not at this door"), None)
        for one in lists:
            if one.event == event:
                box.addItem(one.name, one.id)
        chosen = dict(self._app.door.lists).get(event)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.setEnabled(self._may)
        box.activated.connect(lambda _: self._on_lists())
        self._of_event[event] = box
        return _labelled(name, box)

    def _on_lists(self) -> None:
        chosen = tuple((event, box.currentData()) for event, box in self._of_event.items() if box.currentData())
        under_the_keys = next((event for event, box in self._of_event.items() if box.hasFocus()), "")
        self._set_door(lists=chosen)
        self.refresh()
        if under_the_keys in self._of_event:
            self._of_event[under_the_keys].setFocus()

    def setFocus(self, *_: object) -> None:
        self.take_keys()

    def take_keys(self) -> None:
        """Let the arrows choose what this door is for."""
        if self._of_event:
            next(iter(self._of_event.values())).setFocus()

    def _on_gate(self, text: str) -> None:
        self._set_door(gate=text.strip())

    def _set_door(self, **changes: Any) -> None:
        self.door_chosen.emit(msgspec.structs.replace(self._app.door, **changes))

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
        card.words.addLayout(_labelled(tr("Print the badge at an entry"), box))
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
        self.door_chosen.emit(self._app.door)

    def _badges(self) -> Card:
        card = Card()
        card.say(tr("Badges"), "heading")
        card.say(tr("What badges look like, and for whom."), "muted")
        design = Button(tr("Design badges…"))
        design.clicked.connect(lambda: self.badges_pressed.emit())
        card.buttons.addWidget(design)
        return card

    def _papers(self) -> Card:
        card = Card()
        card.say(tr("Receipts and tickets"), "heading")
        card.say(tr("Who gives them out, a logo, and what stands above and below."), "muted")
        write = Button(tr("Set up papers…"))
        write.clicked.connect(lambda: self.papers_pressed.emit())
        card.buttons.addWidget(write)
        return card

    def _payment(self) -> Card:
        card = Card()
        card.say(tr("Payment"), "heading")
        card.say(tr("What is taken here or for an event, and what the customer sees while paying."), "muted")
        box = Choice(tr("Screen for the customer"))
        box.addItem(tr("none"), "")
        box.addItem(tr("in a window"), IN_A_WINDOW)
        named = [screen.name() for screen in QGuiApplication.screens()]
        held = self._preferences.display
        missing = [held] if held not in ("", IN_A_WINDOW, *named) else []
        for name in (*named, *missing):
            box.addItem(name, name)
        box.setCurrentIndex(max(0, box.findData(held)))
        box.activated.connect(lambda _: self.liked.emit({"display": box.currentData()}))
        card.words.addLayout(_labelled(tr("Screen for the customer"), box))
        change = Button(tr("Tenders…"))
        change.clicked.connect(lambda: self.tenders_pressed.emit())
        change.setEnabled(self._may)
        card.buttons.addWidget(change)
        return card

    def _terminal(self) -> Card:
        card = Card()
        card.say(tr("Card terminal"), "heading")
        there = self._app.counter().cards.terminals
        for one in there:
            address = f"{one.host}:{one.port}" if one.host else ""
            card.say(" · ".join(part for part in (one.name, tr(KINDS[one.kind]), address) if part))
        if not there:
            card.say(tr("None: the cashier types what a terminal that stands apart has said."), "muted")
        change = Button(tr("Change…") if there else tr("Set up…"))
        change.clicked.connect(lambda: self.terminal_pressed.emit())
        card.buttons.addWidget(change)
        return card

    def _training(self) -> Card:
        card = Card()
        card.say(tr("Training"), "heading")
        card.say(
            tr("Sell without consequence: outside all books, with numbers and a drawer of its own, marked on paper."),
            "muted",
        )
        turn = Button(tr("End training") if self._app.staff.training else tr("Begin training…"))
        turn.clicked.connect(lambda: self.training_pressed.emit())
        card.buttons.addWidget(turn)
        return card

    def _people(self) -> Card:
        card = Card()
        card.say(tr("People"), "heading")
        everybody = self._app.staff.everybody
        if not everybody:
            card.say(tr("Nobody is known by name: no PIN is asked for, and everybody may do everything."), "muted")
        else:
            card.say(", ".join(one.name for one in everybody))
            after = Number(tr("Lock without a hand on it after"))
            after.setRange(0, 120)
            after.setSpecialValueText(tr("never"))
            after.setSuffix(" min")
            after.setValue(self._preferences.lock_after)
            after.valueChanged.connect(lambda value: self.liked.emit({"lock_after": value}))
            card.words.addLayout(_labelled(tr("Lock without a hand on it after"), after))
        people = Button(tr("People…"))
        people.clicked.connect(lambda: self.people_pressed.emit())
        card.buttons.addWidget(people)
        return card

    # Camera, gun, screen

    def _camera(self) -> Card:
        card = Card()
        card.say(tr("Camera"), "heading")
        box = Choice(tr("Camera"))
        box.setEditable(True)
        box.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        box.addItem(tr("the first there is"), AUTO)
        box.addItem(tr("none"), "")
        for device, name in cameras():
            box.addItem(f"{name} ({device})", device)
        _stand_at(box, self._preferences.camera)
        box.activated.connect(lambda index: self.liked.emit({"camera": str(box.itemData(index) or "")}))
        edit = box.lineEdit()
        if edit is not None:
            edit.setAccessibleName(tr("Camera"))
            edit.editingFinished.connect(lambda: self.liked.emit({"camera": _chosen_or_typed(box)}))
        card.words.addLayout(_labelled(tr("Look through"), box))
        card.say(tr("A number is a device; a film, a picture or a folder of pictures works too."), "muted")
        return card

    def _gun(self) -> Card:
        card = Card()
        card.say(tr("Barcode gun"), "heading")
        door: Door = self._app.door
        prefix = self._line(door.prefix, lambda text: self._set_door(prefix=text), tr("Prefix"))
        suffix = self._line(door.suffix, lambda text: self._set_door(suffix=text), tr("Suffix"))
        card.words.addLayout(_labelled(tr("Prefix"), prefix))
        card.words.addLayout(_labelled(tr("Suffix"), suffix))
        least = Number(tr("Shortest code"))
        least.setRange(4, 64)
        least.setValue(self._preferences.gun_least)
        least.valueChanged.connect(lambda value: self.liked.emit({"gun_least": value}))
        card.words.addLayout(_labelled(tr("Shortest code"), least))
        self._add_line(card)
        test = Button(tr("Test the gun…"))
        test.clicked.connect(lambda: self.gun_test_pressed.emit())
        card.buttons.addWidget(test)
        return card

    def _add_line(self, card: Card) -> None:
        """For a gun that does not type but stands on a serial port."""
        port = Choice(tr("On a serial line"))
        port.setEditable(True)
        port.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        port.addItem(tr("none"), "")
        for name, called in ports():
            port.addItem(called, name)
        _stand_at(port, self._preferences.gun_port)
        port.activated.connect(lambda index: self.liked.emit({"gun_port": str(port.itemData(index) or "")}))
        edit = port.lineEdit()
        if edit is not None:
            edit.setAccessibleName(tr("On a serial line"))
            edit.editingFinished.connect(lambda: self.liked.emit({"gun_port": _chosen_or_typed(port)}))
        card.words.addLayout(_labelled(tr("On a serial line"), port))
        speed = Choice(tr("Bits a second"))
        for one in SPEEDS:
            speed.addItem(str(one), one)
        speed.setCurrentIndex(speed.findData(self._preferences.gun_speed))
        speed.activated.connect(lambda index: self.liked.emit({"gun_speed": speed.itemData(index)}))
        card.words.addLayout(_labelled(tr("Bits a second"), speed))

    def _screen(self) -> Card:
        card = Card()
        card.say(tr("Screen and sound"), "heading")
        look = Choice(tr("Colours"))
        for one, name in ((Look.SYSTEM, tr("as the system")), (Look.LIGHT, tr("light")), (Look.DARK, tr("dark"))):
            look.addItem(name, one)
        look.setCurrentIndex(look.findData(self._preferences.look))
        look.activated.connect(lambda index: self.liked.emit({"look": look.itemData(index)}))
        card.words.addLayout(_labelled(tr("Colours"), look))
        language = Choice(tr("Language"))
        language.addItem(tr("as the system"), "")
        for code, name in LANGUAGES.items():
            language.addItem(name, code)
        language.setCurrentIndex(max(0, language.findData(self._preferences.language)))
        language.activated.connect(lambda index: self.liked.emit({"language": language.itemData(index)}))
        card.words.addLayout(_labelled(tr("Language"), language))
        seconds = Number(tr("A good answer stays"))
        seconds.setRange(2, 60)
        seconds.setSuffix(" s")
        seconds.setValue(self._preferences.seconds)
        seconds.valueChanged.connect(lambda value: self.liked.emit({"seconds": value}))
        card.words.addLayout(_labelled(tr("A good answer stays"), seconds))
        mute = CheckRow(tr("Silent"))
        mute.setChecked(self._preferences.muted)
        mute.toggled.connect(lambda on: self.liked.emit({"muted": on}))
        card.words.addWidget(mute)
        return card

    def _line(self, text: str, changed: Callable[[str], object], name: str) -> QLineEdit:
        line = QLineEdit(text)
        line.setMinimumHeight(theme.TOUCH)
        line.setAccessibleName(name)
        line.setEnabled(self._may)
        line.editingFinished.connect(lambda: changed(line.text()))
        return line


def _stand_at(box: Choice, chosen: str) -> None:
    """Show what was chosen or typed before."""
    at = box.findData(chosen)
    if at >= 0:
        box.setCurrentIndex(at)
    else:
        box.setEditText(chosen)


def _chosen_or_typed(box: Choice) -> str:
    """The name behind the words of a row, or what was typed in its place."""
    at = box.findText(box.currentText())
    return str(box.itemData(at) or "") if at >= 0 else box.currentText().strip()


def _labelled(text: str, widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    label = QLabel(text)
    label.setFixedWidth(240)
    label.setWordWrap(True)
    label.setBuddy(widget)
    row.addWidget(label)
    row.addWidget(widget, 1)
    return row
