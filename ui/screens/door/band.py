"""The band below the answer: the camera's picture, and the last scans. It takes what the answer leaves, or nothing.

Only change that is due takes its room from the answer, where there is no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.last_scans import LastScans

from .change_due import ChangeDue

if TYPE_CHECKING:
    from ui.widgets.camera_view import CameraView

_HIGH = 190
_LEAST = 56
_CHANGE = 124
"""The least height of change that is due."""


class Band(QWidget):
    """Last scans, and a picture in front of them if there is a camera."""

    def __init__(self) -> None:
        super().__init__()
        self.camera: CameraView | None = None
        self.last_scans = LastScans()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 8, 14, 8)
        self._row.setSpacing(18)
        self._row.addWidget(self.last_scans, 1)
        self.change = ChangeDue()
        self._row.addWidget(self.change, 1)

    def show_camera(self, there: bool) -> bool:
        """Make room for the camera's picture, or take it away; whether that changed anything."""
        if there == (self.camera is not None):
            return False
        if self.camera is None:
            from ui.widgets.camera_view import CameraView

            self.camera = CameraView()
            self._row.insertWidget(0, self.camera)
        else:
            self.camera.hide()
            self.camera.deleteLater()
            self.camera = None
        return True

    def show_change(self, receipt: int, amount: str) -> None:
        """Show what goes back on a receipt, in the place of the last scans."""
        self.change.tell(receipt, amount)
        self._swap(due=True)

    def hide_change(self) -> None:
        """It was given."""
        self._swap(due=False)

    def _swap(self, *, due: bool) -> None:
        self.change.setVisible(due)
        self.last_scans.setVisible(not due)

    def take_room(self, left: int, window: int) -> None:
        """Be as high as is left in a window of this height; too little is none."""
        high = min(max(left, 0), max(_HIGH, round(window * 0.2)))
        if not self.change.isHidden():
            high = max(high, _CHANGE)
        self.setVisible(high >= _LEAST)
        self.setFixedHeight(max(high, _LEAST))
        if self.camera is not None:
            self.camera.setFixedWidth(max(96, round((high - 16) * 16 / 9)))
