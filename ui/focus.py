"""The eye follows the keyboard: what gets the focus is scrolled into view, through every list that it is in.

Qt does so for Tab inside of one list. It does not for the first field after the buttons of a sheet, nor where Enter
goes on to the next field.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSlider, QApplication, QScrollArea, QWidget

_AROUND = 12
"""Pixels that are seen around it."""

_TURNS = {
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
}


def turn_page(inside: QScrollArea, event: QKeyEvent) -> bool:
    """Scroll, if that is what this key is for: a list is no stop of its own on the way of the Tab key."""
    turn = _TURNS.get(Qt.Key(event.key()))
    if turn is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return False
    inside.verticalScrollBar().triggerAction(turn)
    return True


def in_order(*groups: QWidget) -> None:
    """Let the Tab key come to all that is in these, one after the other, as they are named."""
    inside = (one for group in groups for one in (group, *group.findChildren(QWidget)))
    stops = [one for one in inside if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for one, following in pairwise(stops):
        QWidget.setTabOrder(one, following)


class Follower(QObject):
    """Follows the focus for as long as its window is there."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None:
            return
        around = now.parentWidget()
        while around is not None and not around.isWindow():
            # From the innermost outwards: where it stands in the outer one depends on the inner one.
            if isinstance(around, QScrollArea):
                _show(now, around)
            around = around.parentWidget()


def _show(widget: QWidget, inside: QScrollArea) -> None:
    """Qt's own call looks at the cursor of a field and cuts off what is around it."""
    ground, seen = inside.widget(), inside.viewport().size()
    if ground is None or not ground.isAncestorOf(widget):
        return
    middle = widget.mapTo(ground, widget.rect().center())
    beside = min(widget.width() // 2 + _AROUND, seen.width() // 2)
    above = min(widget.height() // 2 + _AROUND, seen.height() // 2)
    inside.ensureVisible(middle.x(), middle.y(), beside, above)
