"""A card that says something else without being made anew.

While printers fail and come back, what stands on a card changes every moment. To make it anew takes the window longer
than a person may notice, and would take the button away on which somebody's finger already is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QWidget

from ui.language import breakable
from ui.screens.page import Card
from ui.shapes import Shape
from ui.widgets.badge import Badge
from ui.widgets.buttons import Button, Weight


class Offer(NamedTuple):
    """A button that a card is to have now, and what it does."""

    text: str
    act: Callable[[], object]
    weight: Weight = Weight.PLAIN


class PaperCard(Card):
    """A sign and a title, lines below them, and buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = Badge(Shape.PRINTER, "muted", "")
        self._title = self.say("", "heading")
        self.words.removeWidget(self._title)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        self.words.addLayout(head)
        self._lines: list[QLabel] = []
        self._buttons: dict[str, Button] = {}
        self._offers: dict[str, Offer] = {}
        self._left = ""
        self.buttons.addStretch()

    def be_narrow(self, narrow: bool) -> None:
        """Let the buttons stand under the words, not beside them."""
        directions = QBoxLayout.Direction
        self.row.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
        self.buttons.setStretch(0, int(narrow))

    def head(self, sign: tuple[Shape, str, str], title: str) -> None:
        """What it is about, and how that stands."""
        self._sign.say(*sign)
        _say(self._title, title)

    def lines(self, *lines: tuple[str, str]) -> None:
        """What stands below, each with its role in the style sheet. Those without words are left out."""
        shown = [line for line in lines if line[0]]
        while len(self._lines) < len(shown):
            self._lines.append(self.say("", shown[len(self._lines)][1]))
        for label, (text, role) in zip(self._lines, shown, strict=False):
            _say(label, text)
            _play(label, role)
            _let_be_seen(label)
        for label in self._lines[len(shown) :]:
            label.hide()

    def offer(self, *offers: Offer) -> None:
        """Have these buttons, in this order.

        Whoever stands on one that goes stays at the card, and stands on it again as soon as it is back: else the next
        press of Enter would do something that nobody meant.
        """
        self._offers = {one.text: one for one in offers}
        for place, one in enumerate(offers, start=1):
            button = self._buttons.get(one.text) or self._new(one)
            if self.buttons.indexOf(button) != place:
                self.buttons.insertWidget(place, button)
            _let_be_seen(button)
        for text, button in self._buttons.items():
            if text in self._offers:
                continue
            if button.hasFocus():
                self._left = text
                self.setFocus()
            button.hide()
        if self.hasFocus() and self._left in self._offers:
            self._buttons[self._left].setFocus()

    def button(self, text: str) -> Button:
        """The button with these words."""
        return self._buttons[text]

    @property
    def is_touched(self) -> bool:
        """Whether somebody has the focus here or a button under the finger: what comes of it was meant for this one."""
        return self.hasFocus() or any(button.hasFocus() or button.isDown() for button in self._buttons.values())

    @property
    def stops(self) -> list[Button]:
        """The buttons that it has now, from left to right."""
        return [self._buttons[text] for text in self._offers]

    def _new(self, offer: Offer) -> Button:
        button = self._buttons[offer.text] = Button(offer.text, weight=offer.weight)
        button.clicked.connect(lambda: self._press(offer.text))
        return button

    def _press(self, text: str) -> None:
        if text in self._offers:
            self._offers[text].act()


def _say(label: QLabel, text: str) -> None:
    words = breakable(text)
    if label.text() != words:
        label.setText(words)


def _let_be_seen(widget: QWidget) -> None:
    if widget.isHidden():
        widget.show()


def _play(label: QLabel, role: str) -> None:
    if label.property("role") != role:
        label.setProperty("role", role)
        label.style().unpolish(label)
        label.style().polish(label)
