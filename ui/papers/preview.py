"""A sheet that shows beforehand what comes out: the picture that is made from the same lines as the paper."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from boxoffice.errors import Trouble
from ui.background import Background
from ui.courier import Courier
from ui.language import tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog, words_of

from . import pdf_pages

_SHEET_DPI = 144
"""So that small letters can be read on a screen."""


class Preview(Dialog):
    """Painted on another thread, then shown at the size of the printer's dots, or as wide as there is room.

    A roll is a PNG; of sheets it is the PDF itself, drawn as it is for the system's printers.
    """

    def __init__(
        self, heading: str, paint: Callable[[], bytes], background: Background, courier: Courier, parent: QWidget
    ) -> None:
        super().__init__(heading, parent)
        self.setObjectName("preview")
        self._paper = QPixmap()
        self.picture = QLabel(tr("One moment…"))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.picture.setAccessibleName(heading)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName(heading)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self.picture)
        window = parent.window()
        self._scroll.setMinimumSize(min(660, window.width() - 160), max(200, window.height() - 260))
        self.add(self._scroll)
        close = Button(tr("Close"), weight=Weight.PRIMARY, key="Esc")
        close.clicked.connect(self.accept)
        self.add_buttons(close)
        courier.bring(background.ask(paint), to=self, done=self._show, failed=self._failed)

    def _show(self, proof: bytes) -> None:
        if proof.startswith(b"%PDF"):
            self._paper = QPixmap.fromImage(pdf_pages.below_each_other(proof, _SHEET_DPI))
        else:
            self._paper.loadFromData(proof)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._paper.isNull():
            return
        room = self._scroll.viewport().width() - 16
        narrow = self._paper.width() > room
        smooth = Qt.TransformationMode.SmoothTransformation
        self.picture.setPixmap(self._paper.scaledToWidth(room, smooth) if narrow else self._paper)

    def _failed(self, trouble: Trouble) -> None:
        self.picture.setText(words_of(trouble))
        self.picture.setWordWrap(True)
