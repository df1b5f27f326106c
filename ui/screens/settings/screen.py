"""What this station is set to: its server, the lists of its door, its camera and gun, and how it looks and sounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from boxoffice.bootstrap import App
from ui.language import LANGUAGES, apart, tr
from ui.preferences import IN_A_WINDOW, Preferences
from ui.rights import Right
from ui.screens.page import Card, Page
from ui.sheets.settings.terminal_sheet import KINDS
from ui.theme import Look
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice, Number
from ui.widgets.rows import CheckRow

from .door_cards import DoorCards
from .input_cards import camera, gun
from .rows import labelled


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
        self._doors = DoorCards(app, self.door_chosen.emit, self.refresh, may=self._may)
        self.below.setText(tr("Each change counts at once."))
        self.refresh()

    def refresh(self) -> None:
        """Show everything as it is now."""
        self.clear()
        self.add(self._server())
        for card in self._doors.cards():
            self.add(card)
        if Right.DESIGN_BADGES in self._rights:
            self.add(self._badges())
            self.add(self._papers())
        if Right.SELL in self._rights:
            self.add(self._terminal())
            self.add(self._payment())
            self.add(self._training())
        if Right.LOOK_AFTER_PEOPLE in self._rights:
            self.add(self._people())
        self.add(camera(self._preferences, self.liked.emit))
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

    def setFocus(self, *_: object) -> None:
        self.take_keys()

    def take_keys(self) -> None:
        """Let the arrows choose what this door is for."""
        self._doors.take_keys()

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
        card.words.addLayout(labelled(tr("Screen for the customer"), box))
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
            card.say(apart(one.name, tr(KINDS[one.kind]), address))
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
            after.setSuffix(tr("{n} min", n=""))
            after.setValue(self._preferences.lock_after)
            after.valueChanged.connect(lambda value: self.liked.emit({"lock_after": value}))
            card.words.addLayout(labelled(tr("Lock without a hand on it after"), after))
        people = Button(tr("People…"))
        people.clicked.connect(lambda: self.people_pressed.emit())
        card.buttons.addWidget(people)
        return card

    def _screen(self) -> Card:
        card = Card()
        card.say(tr("Screen and sound"), "heading")
        look = Choice(tr("Colours"))
        for one, name in ((Look.SYSTEM, tr("as the system")), (Look.LIGHT, tr("light")), (Look.DARK, tr("dark"))):
            look.addItem(name, one)
        look.setCurrentIndex(look.findData(self._preferences.look))
        look.activated.connect(lambda index: self.liked.emit({"look": look.itemData(index)}))
        card.words.addLayout(labelled(tr("Colours"), look))
        language = Choice(tr("Language"))
        language.addItem(tr("as the system"), "")
        for code, name in LANGUAGES.items():
            language.addItem(name, code)
        language.setCurrentIndex(max(0, language.findData(self._preferences.language)))
        language.activated.connect(lambda index: self.liked.emit({"language": language.itemData(index)}))
        card.words.addLayout(labelled(tr("Language"), language))
        seconds = Number(tr("A good answer stays"))
        seconds.setRange(2, 60)
        seconds.setSuffix(tr("{n} s", n=""))
        seconds.setValue(self._preferences.seconds)
        seconds.valueChanged.connect(lambda value: self.liked.emit({"seconds": value}))
        card.words.addLayout(labelled(tr("A good answer stays"), seconds))
        mute = CheckRow(tr("Silent"))
        mute.setChecked(self._preferences.muted)
        mute.toggled.connect(lambda on: self.liked.emit({"muted": on}))
        card.words.addWidget(mute)
        return card

    def _gun(self) -> Card:
        card = gun(self._app.door, self._preferences, self._doors.set, self.liked.emit, may=self._may)
        test = Button(tr("Test the gun…"))
        test.clicked.connect(lambda: self.gun_test_pressed.emit())
        card.buttons.addWidget(test)
        return card
