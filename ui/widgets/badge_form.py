"""What is chosen on a badge, in fields: everything that a hand can do on the picture, typed, and all the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from boxoffice.domain.badge_designs import SIZES
from boxoffice.domain.badges import FIELDS, PHOTO, Align, Box, Element, Image, Square, Template, Vertical, Words
from ui import theme
from ui.language import tr

from .buttons import Button, Weight
from .choice import Choice, Measure, Number
from .rows import CheckRow

FIELD_NAMES = {
    "name": "Name",
    "given_name": "Given name",
    "family_name": "Family name",
    "company": "Company",
    "email": "E-mail",
    "item": "Ticket type",
    "variation": "Variation",
    "category": "Category",
    "event": "Event",
    "date": "Date",
    "order": "Order",
    "ticket": "Ticket number",
    "seat": "Seat",
    "secret": "Code of the ticket",
    "price": "Price",
    "addons": "Add-ons",
    "photo": "Photo",
}
"""What people call the fields; each has a translation."""

ALIGNED = {Align.LEFT: "left", Align.CENTER: "centre", Align.RIGHT: "right"}
STANDING = {Vertical.TOP: "top", Vertical.MIDDLE: "middle", Vertical.BOTTOM: "bottom"}
PLACES = {"x": "From the left", "y": "From the top", "width": "Width", "height": "Height"}
TURNED = {0: "upright", 1: "turned right", 2: "on its head", 3: "turned left"}


class BadgeForm(QScrollArea):
    """The fields of one element, or of the badge."""

    edited = Signal(object, str)
    """Changed properties, and the act that they belong to."""
    resized = Signal(float, float)
    """Another size of the badge, in mm."""
    picture_wanted = Signal()
    used = Signal(int, bool)
    """An item (0 is all of the event's) shall have this badge, or not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("badge_form")
        self.setAccessibleName(tr("What is chosen"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(300)
        self.setMaximumWidth(380)
        self._shown: object = None
        self._refreshers: list[Callable[[Any], None]] = []
        self._page = QWidget()
        self._items: list[CheckRow] = []
        self._questions: Mapping[str, str] = {}

    def know_questions(self, questions: Mapping[str, str]) -> None:
        """The answers that can be printed: field to what was asked."""
        self._questions = questions
        self._shown = None

    def show_element(self, index: int, element: Element) -> None:
        """Show an element's fields; those that are there already are only brought up to date."""
        key = (index, type(element))
        if self._shown != key:
            self._shown = key
            self._build_element(element)
        self._refresh(element)

    def show_template(self, template: Template, items: Sequence[tuple[int, str, bool, str]]) -> None:
        """Show the badge's own fields, and which items (number, name, whether, who else) have it."""
        key = ("badge", tuple(one[:2] for one in items))
        if self._shown != key:
            self._shown = key
            self._build_template(items)
        for row, (_, _, whether, other) in zip(self._items, items, strict=True):
            _quietly(row, row.setChecked, whether)
            row.set_end(other)
        self._refresh(template)

    def _refresh(self, value: Any) -> None:
        for refresh in self._refreshers:
            refresh(value)

    # Fields

    def _begin(self, heading: str) -> QVBoxLayout:
        self._refreshers = []
        page = QWidget(self.viewport())
        page.setProperty("role", "page")
        rows = QVBoxLayout(page)
        rows.setContentsMargins(2, 0, 10, 12)
        rows.setSpacing(10)
        title = QLabel(heading)
        title.setProperty("role", "heading")
        rows.addWidget(title)
        self._page = page
        return rows

    def _end(self, rows: QVBoxLayout) -> None:
        """The page is whole: show it in the place of the one before."""
        rows.addStretch(1)
        before = self.takeWidget()
        if before is not None:
            # Not at once: one of its fields may be the one that is still telling about a change.
            before.hide()
            before.deleteLater()
        self.setWidget(self._page)
        self._page.show()

    def _pair(self, *fields: tuple[str, QWidget]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        for column, (name, widget) in enumerate(fields):
            label = QLabel(name)
            label.setProperty("role", "small")
            label.setBuddy(widget)
            grid.addWidget(label, 0, column)
            grid.addWidget(widget, 1, column)
            grid.setColumnStretch(column, 1)
        return grid

    def _measure(self, name: str, field: str, unit: str, least: float, most: float) -> Measure:
        box = Measure(name, unit, least, most)
        box.valueChanged.connect(lambda value: self.edited.emit({field: round(value, 2)}, f"type {field}"))
        self._refreshers.append(lambda one: _quietly(box, box.setValue, getattr(one, field)))
        return box

    def _number(self, name: str, field: str, least: int, most: int) -> Number:
        box = Number(name)
        box.setRange(least, most)
        box.valueChanged.connect(lambda value: self.edited.emit({field: value}, f"type {field}"))
        self._refreshers.append(lambda one: _quietly(box, box.setValue, getattr(one, field)))
        return box

    def _choice(self, name: str, field: str, values: Mapping[Any, str]) -> Choice:
        box = Choice(name)
        box.addItems([tr(word) for word in values.values()])
        known = list(values)
        box.activated.connect(lambda at: self.edited.emit({field: known[at]}, ""))
        self._refreshers.append(lambda one: _quietly(box, box.setCurrentIndex, known.index(getattr(one, field))))
        return box

    def _tick(self, name: str, field: str) -> CheckRow:
        row = CheckRow(name, height=theme.TOUCH)
        row.toggled.connect(lambda on: self.edited.emit({field: on}, ""))
        self._refreshers.append(lambda one: _quietly(row, row.setChecked, getattr(one, field)))
        return row

    def _line(self, name: str, field: str, hint: str = "") -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setMinimumHeight(theme.TOUCH)
        line.setPlaceholderText(hint)
        line.textEdited.connect(lambda text: self.edited.emit({field: text}, f"type {field}"))
        self._refreshers.append(lambda one: _keep_text(line, getattr(one, field)))
        return line

    def _text(self, rows: QVBoxLayout, name: str) -> None:
        box = QPlainTextEdit()
        box.setAccessibleName(name)
        box.setTabChangesFocus(True)
        box.setFixedHeight(74)

        def changed() -> None:
            self.edited.emit({"text": box.toPlainText()}, "type text")

        def refresh(one: Any) -> None:
            if box.toPlainText() != one.text:
                with QSignalBlocker(box):
                    box.setPlainText(one.text)

        box.textChanged.connect(changed)
        self._refreshers.append(refresh)
        rows.addLayout(self._pair((name, box)))
        insert = Button(tr("Insert a field…"))
        insert.setMenu(self._fields_menu(lambda field: box.insertPlainText("{" + field + "}")))
        rows.addWidget(insert)

    def _fields_menu(self, chosen: Callable[[str], object]) -> QMenu:
        menu = QMenu(self)
        for field in FIELDS:
            menu.addAction(tr(FIELD_NAMES[field]), partial(chosen, field))
        if self._questions:
            menu.addSeparator()
        for field, asked in self._questions.items():
            menu.addAction(asked, partial(chosen, field))
        return menu

    # An element

    def _build_element(self, element: Element) -> None:
        rows = self._begin(tr(_KINDS[type(element)]))
        match element:
            case Words():
                self._build_words(rows)
            case Square():
                self._text(rows, tr("What the code says"))
                rows.addWidget(self._tick(tr("Bars instead of a square"), "bars"))
            case Image():
                self._build_image(rows, element)
            case Box():
                rows.addWidget(self._tick(tr("Filled"), "filled"))
                stroke = self._measure(tr("Thickness"), "stroke", "mm", 0.05, 20)
                rows.addLayout(self._pair((tr("Thickness"), stroke)))
        self._build_place(rows, element)
        self._end(rows)

    def _build_words(self, rows: QVBoxLayout) -> None:
        self._text(rows, tr("Text"))
        size = self._measure(tr("Largest letters"), "size", "pt", 4, 300)
        smallest = self._measure(tr("Smallest letters"), "smallest", "pt", 4, 300)
        rows.addLayout(self._pair((tr("Largest letters"), size), (tr("Smallest letters"), smallest)))
        align = self._choice(tr("Across"), "align", ALIGNED)
        vertical = self._choice(tr("Up and down"), "vertical", STANDING)
        rows.addLayout(self._pair((tr("Across"), align), (tr("Up and down"), vertical)))
        rows.addLayout(self._pair((tr("Lines at most"), self._number(tr("Lines at most"), "lines", 1, 20))))
        rows.addWidget(self._tick(tr("Bold"), "bold"))
        rows.addWidget(self._tick(tr("White on black"), "inverse"))
        rows.addWidget(self._tick(tr("Capitals"), "upper"))

    def _build_image(self, rows: QVBoxLayout, image: Image) -> None:
        photo = CheckRow(tr("The holder's photo"), height=theme.TOUCH)
        photo.toggled.connect(lambda on: self.edited.emit({"picture": PHOTO if on else ""}, ""))
        self._refreshers.append(lambda one: _quietly(photo, photo.setChecked, one.picture == PHOTO))
        rows.addWidget(photo)
        file = Button(tr("Choose a picture…"), weight=Weight.PLAIN if image.picture else Weight.PRIMARY)
        file.clicked.connect(lambda: self.picture_wanted.emit())
        rows.addWidget(file)

    def _build_place(self, rows: QVBoxLayout, element: Element) -> None:
        place = [(tr(name), self._measure(tr(name), field, "mm", 0, 300)) for field, name in PLACES.items()]
        rows.addLayout(self._pair(*place[:2]))
        rows.addLayout(self._pair(*place[2:]))
        if not isinstance(element, Box):
            rows.addLayout(self._pair((tr("Turn"), self._choice(tr("Turn"), "turns", TURNED))))
        condition = self._line(tr("Only if"), "shown_if", tr("always"))
        condition.setToolTip(tr("A field that must not be empty, field=value, or either with ! before it"))
        chooser = Button("…")
        chooser.setAccessibleName(tr("Choose the field"))
        chooser.setMenu(self._fields_menu(lambda field: self.edited.emit({"shown_if": field}, "")))
        line = QHBoxLayout()
        line.addWidget(condition, 1)
        line.addWidget(chooser)
        held = QWidget()
        held.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(self._pair((tr("Only if"), held)))

    # The badge

    def _build_template(self, items: Sequence[tuple[int, str, bool, str]]) -> None:
        rows = self._begin(tr("The badge"))
        rows.addLayout(self._pair((tr("Name"), self._line(tr("Name"), "name"))))
        sizes = Choice(tr("Size"))
        for name, size in SIZES.items():
            sizes.addItem(tr(name), size)
        sizes.addItem(tr("own size"), None)
        sizes.activated.connect(lambda at: self.resized.emit(*sizes.itemData(at)) if sizes.itemData(at) else None)
        self._refreshers.append(lambda one: _quietly(sizes, sizes.setCurrentIndex, _size_at(sizes, one)))
        rows.addLayout(self._pair((tr("Size"), sizes)))
        sides = [Measure(tr(name), "mm", 20, 300, 1) for name in ("Width", "Height")]
        for side in sides:
            side.valueChanged.connect(lambda _: self.resized.emit(sides[0].value(), sides[1].value()))
        self._refreshers.append(lambda one: _quietly(sides[0], sides[0].setValue, one.width))
        self._refreshers.append(lambda one: _quietly(sides[1], sides[1].setValue, one.height))
        rows.addLayout(self._pair((tr("Width"), sides[0]), (tr("Height"), sides[1])))
        turn = self._choice(tr("On the paper"), "quarter_turns", TURNED)
        rows.addLayout(self._pair((tr("On the paper"), turn)))
        if items:
            heading = QLabel(tr("Printed for"))
            heading.setProperty("role", "heading")
            rows.addWidget(heading)
        self._items = []
        for number, name, *_ in items:
            row = CheckRow(name, height=theme.TOUCH)
            self._items.append(row)
            row.toggled.connect(lambda on, number=number: self.used.emit(number, on))
            rows.addWidget(row)
        self._end(rows)


_KINDS: Mapping[type, str] = {Words: "Text", Square: "Code", Image: "Picture", Box: "Frame or line"}


def kind_of(element: Element) -> str:
    """What people call such an element."""
    return tr(_KINDS[type(element)])


def _size_at(sizes: Choice, template: Template) -> int:
    for at, size in enumerate(SIZES.values()):
        if size == (template.width, template.height):
            return at
    return sizes.count() - 1


def _quietly(widget: QWidget, change: Callable[[Any], object], value: Any) -> None:
    """Bring a field up to date without it saying that somebody did."""
    with QSignalBlocker(widget):
        change(value)


def _keep_text(line: QLineEdit, text: str) -> None:
    if line.text() != text:
        line.setText(text)
