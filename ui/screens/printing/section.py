"""A column of cards, each known by a key: what it says changes in place, one that has gone is dropped.

Many that are new come a few at a time, with a look at what else waits for the window in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ui.widgets.buttons import Button

from .paper_card import PaperCard

C = TypeVar("C", bound=PaperCard)
V = TypeVar("V")

FEW = 3
"""Cards that are new at once: each takes some three thousandths of a second until it is painted."""


class Section(QWidget, Generic[C, V]):
    """Cards below each other. `make` makes one, `tell` has it say something; only if that is not what it says."""

    changed = Signal()
    """A button has come, gone or moved."""

    def __init__(self, make: Callable[[], C], tell: Callable[[C, V], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._make = make
        self._tell = tell
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(12)
        self._wanted: Mapping[str, V] = {}
        self._cards: dict[str, C] = {}
        self._told: dict[str, V] = {}
        self._stood: list[Button] = []
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show)

    def show_cards(self, wanted: Mapping[str, V]) -> None:
        """Have a card for each of these, in their order."""
        self._wanted = wanted
        if not self._later.isActive():
            self._show()

    @property
    def stops(self) -> list[Button]:
        """The buttons of all cards, in the order in which they stand."""
        return [button for key in self._wanted if key in self._cards for button in self._cards[key].stops]

    def _show(self) -> None:
        spare = self._take_gone()
        new = place = 0
        for key, value in self._wanted.items():
            card = self._cards.get(key)
            if card is None:
                new += 1
                if new > FEW:
                    continue
                card = self._cards[key] = spare.pop() if spare else self._make()
            if key not in self._told or self._told[key] != value:
                self._told[key] = value
                self._tell(card, value)
            if self._rows.indexOf(card) != place:
                self._rows.insertWidget(place, card)
            place += 1
        for card in spare:
            self._drop(card)
        if new > FEW:
            self._later.start(0)
        stops = self.stops
        if stops != self._stood:
            self._stood = stops
            self.changed.emit()

    def _take_gone(self) -> list[C]:
        """Cards whose key has gone, for another one: all but those that somebody touches, which are dropped."""
        spare = []
        for key in [key for key in self._cards if key not in self._wanted]:
            card = self._cards.pop(key)
            self._told.pop(key, None)
            if card.is_touched:
                self._drop(card)
            else:
                spare.append(card)
        return spare

    def _drop(self, card: C) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and (focus is card or card.isAncestorOf(focus)):
            # Not on to the next card: a second press of Enter was not meant for that one.
            self.setFocus()
        self._rows.removeWidget(card)
        card.hide()
        card.deleteLater()
