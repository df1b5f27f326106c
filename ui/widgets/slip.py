"""The slip beside an answer: a quiet sheet with whatever the person at the door has to read, tick or fill in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.passages import Direction
from boxoffice.domain.verdicts import Reason
from boxoffice.services.lookup import Member
from ui import answers, theme
from ui.language import breakable, plural, tr

from .buttons import Button, Weight
from .fit_label import FitLabel
from .rows import CheckRow


class Slip(QFrame):
    """A sheet with a heading, a body that scrolls if it has to, and buttons at its foot."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("slip")
        self.setProperty("role", "card")
        self._title = FitLabel(pixels=17, least=13, weight=theme.half_bold(1).weight())
        self._title.setText(heading)
        self._body = QWidget()
        self._body.setProperty("role", "page")
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(0, 0, 6, 0)
        self._rows.setSpacing(6)
        self._rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._body)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 14, 14, 14)
        whole.setSpacing(10)
        whole.addWidget(self._title)
        whole.addWidget(scroll, 1)
        whole.addLayout(self._foot)

    def go_on(self) -> bool:
        """Enter: do what the slip asks for; whether it asks for anything."""
        return False

    def tick(self, number: int) -> bool:
        """A digit: tick the row of this number; whether there is such a thing."""
        return number < 0

    def take_focus(self) -> bool:
        """Put the cursor where something is to be filled in; whether there is such a place."""
        return False

    @property
    def needs_care(self) -> bool:
        """Whether one careless key must not end it."""
        return False

    @property
    def can_be_left_out(self) -> bool:
        """Whether a small window may do without it."""
        return False

    def add(self, widget: QWidget) -> None:
        """One more row of the body."""
        self._rows.addWidget(widget)

    def add_button(self, button: Button, stretch: int = 0) -> None:
        """One more button at the foot."""
        self._foot.addWidget(button, stretch)


class FactsSlip(Slip):
    """All that is known of a ticket, label and value."""

    def __init__(
        self,
        heading: str,
        facts: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
        *,
        pixels: int = theme.TEXT,
        photo: bytes | None = None,
    ) -> None:
        super().__init__(heading, parent)
        if face := face_of(photo, _FACE):
            self.add(face)
        self.add(facts_table(facts, pixels))

    @property
    def can_be_left_out(self) -> bool:
        return True


_FACE = 200
"""The height of a photo in pixels: a face is told from another one at arm's length."""


def face_of(photo: bytes | None, height: int) -> QLabel | None:
    """The holder's photo, so high; None where there is none."""
    picture = pixmap_of(photo, height)
    if picture is None:
        return None
    face = QLabel()
    face.setObjectName("face")
    face.setAccessibleName(tr("Photo of the holder"))
    face.setPixmap(picture)
    return face


def pixmap_of(photo: bytes | None, height: int) -> QPixmap | None:
    """A photo, so high; None where there is none."""
    picture = QPixmap()
    if not photo or not picture.loadFromData(photo):
        return None
    return picture.scaledToHeight(height, Qt.TransformationMode.SmoothTransformation)


def facts_table(facts: Sequence[tuple[str, str]], pixels: int = theme.TEXT) -> QWidget:
    """Labels and values in two columns."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(7)
    grid.setColumnStretch(1, 1)
    for row, (label, value) in enumerate(facts):
        name = QLabel(label)
        name.setProperty("role", "muted")
        name.setWordWrap(len(label) > 16)
        name.setMaximumWidth(11 * pixels)
        name.setFont(theme.font(pixels))
        held = QLabel(breakable(value))
        held.setTextFormat(Qt.TextFormat.PlainText)
        held.setFont(theme.font(pixels))
        held.setWordWrap(True)
        held.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = Qt.AlignmentFlag.AlignTop
        held.setAlignment(top | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        grid.addWidget(name, row, 0, top)
        grid.addWidget(held, row, 1, top)
    return table


class HandOutSlip(Slip):
    """What is to be handed out, as a list to tick; stays until somebody says that it is done."""

    done = Signal(tuple)
    """What was ticked; may be nothing."""

    def __init__(
        self,
        things: Sequence[str],
        facts: Sequence[tuple[str, str]] = (),
        parent: QWidget | None = None,
        *,
        pixels: int = theme.TEXT,
    ) -> None:
        super().__init__(tr("To do here"), parent)
        self._things = [CheckRow(thing) for thing in things]
        for row in self._things:
            self.add(row)
        if facts:
            self.add(_gap())
            self.add(facts_table(facts, pixels))
        everything = Button(tr("All done"), weight=Weight.PRIMARY, key=tr("Enter"), height=56)
        everything.clicked.connect(self.go_on)
        some = Button(tr("Only ticked"), height=56)
        some.clicked.connect(self.finish)
        self.add_button(everything, 3)
        self.add_button(some, 2)

    @property
    def needs_care(self) -> bool:
        return True

    def tick(self, number: int) -> bool:
        there = 0 < number <= len(self._things)
        if there:
            self._things[number - 1].toggle()
        return there

    def go_on(self) -> bool:
        """Everything was given."""
        for row in self._things:
            row.setChecked(True)
        self.finish()
        return True

    def finish(self) -> None:
        """Only what is ticked was given."""
        self.done.emit(tuple(row.text() for row in self._things if row.isChecked()))


class GroupSlip(Slip):
    """The other tickets of the order: all of them, or those that are ticked."""

    chosen = Signal(tuple)
    """Tickets that shall pass now."""

    def __init__(
        self, order: str, members: Sequence[Member], direction: Direction, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            plural("{n} more in order {order}", "{n} more in order {order}", len(members), order=order), parent
        )
        self._direction = direction
        self._chosen = False
        self._members: list[tuple[CheckRow, Member]] = []
        for member in members:
            row = CheckRow(member.ticket.position.name or tr("No name"), below=member.item, end=self._state(member))
            row.setChecked(self._fits(member))
            row.setEnabled(self._possible(member))
            row.toggled.connect(self._count)
            self._members.append((row, member))
            self.add(row)
        self._pass = Button("", weight=Weight.PRIMARY, key="F3", height=56)
        self._pass.clicked.connect(self.go_on)
        self.add_button(self._pass, 1)
        self._count()

    def tick(self, number: int) -> bool:
        there = 0 < number <= len(self._members)
        if there and (row := self._members[number - 1][0]).isEnabled():
            row.toggle()
        return there

    def _fits(self, member: Member) -> bool:
        if self._direction is Direction.EXIT:
            return member.inside
        return member.reason is Reason.OK and not member.inside

    def _possible(self, member: Member) -> bool:
        return self._direction is Direction.EXIT or member.reason is Reason.OK

    def _state(self, member: Member) -> str:
        if member.inside:
            return tr("Inside")
        return "" if member.reason is Reason.OK else answers.word_for(member.reason)

    def _count(self) -> None:
        number = len(self.ticked)
        way = ("Let out {n}", "Let out {n}") if self._direction is Direction.EXIT else ("Let in {n}", "Let in {n}")
        self._pass.setText(plural(*way, number))
        self._pass.setEnabled(number > 0)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The tickets that are ticked."""
        return tuple(member.ticket.key for row, member in self._members if row.isChecked())

    def go_on(self) -> bool:
        """Let pass whoever is ticked, once: pressed again while that is on its way, it would be refused."""
        if self.ticked and not self._chosen:
            self._chosen = True
            self.chosen.emit(self.ticked)
        return True


def _gap() -> QWidget:
    line = QFrame()
    line.setProperty("role", "line")
    return line
