"""The sheet on which somebody's photo is taken: the camera's live picture or a file, and a frame that is kept of it.

The picture stands still once it is taken; the frame is moved and made smaller until the face fills it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.language import tr
from ui.papers.images import as_png
from ui.shapes import Shape
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog, ask_for_picture, words_of

if TYPE_CHECKING:
    from ui.inputs.lens import Eye

_WIDE, _HIGH = 1200, 900
"""Pixels of a photo before it is cut."""
_STEP = 0.03
"""How far a key moves the frame: a part of the picture."""
_CLOSER = 1.15
_CLOSEST = 4.0
_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class CropView(QWidget):
    """A picture and the frame, three wide and four high, of what is kept of it. Arrows move it, + and - size it."""

    def __init__(self, parent: QWidget | None = None, *, whole: bool = False) -> None:
        """`whole` begins with all of the picture in the frame, whatever its shape: a paper, and not a face."""
        super().__init__(parent)
        self.setObjectName("crop")
        self.setAccessibleName(tr("Photo: the arrows move the frame, + and - make it smaller and larger"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(560, 380)
        self._picture = QImage()
        self._message = ""
        self._closer = 1.0
        self._middle = QPointF(0.5, 0.5)
        self._held: QPointF | None = None
        self._whole = whole

    def show_picture(self, picture: QImage, *, anew: bool = False) -> None:
        """Show a picture; `anew` puts the frame back into its middle."""
        self._picture = picture
        if anew:
            self._closer, self._middle = 1.0, QPointF(0.5, 0.5)
        self.update()

    def show_message(self, message: str) -> None:
        """Say why there is no picture."""
        self._message = message
        self.update()

    @property
    def frame(self) -> QRect:
        """What is kept, in the picture's pixels."""
        wide, high = self._picture.width(), self._picture.height()
        across = (wide if self._whole else min(wide, high * 3 / 4)) / self._closer
        down = across * (high / max(wide, 1) if self._whole else 4 / 3)
        left = min(max(self._middle.x() * wide - across / 2, 0.0), wide - across)
        top = min(max(self._middle.y() * high - down / 2, 0.0), high - down)
        return QRectF(left, top, across, down).toAlignedRect().intersected(self._picture.rect())

    def cropped(self) -> QImage:
        """What is in the frame; nothing where there is no picture."""
        return self._picture.copy(self.frame) if not self._picture.isNull() else QImage()

    def move_frame(self, right: float, down: float) -> None:
        """Move it by parts of the picture; it stays inside."""
        if self._picture.isNull():
            return
        # From where it stands, not from where it would have gone beyond the edge.
        frame = QRectF(self.frame)
        x, y = frame.center().x() / self._picture.width(), frame.center().y() / self._picture.height()
        self._middle = QPointF(x + right, y + down)
        self.update()

    def size_frame(self, factor: float) -> None:
        """Make it so many times smaller; never larger than the picture."""
        self._closer = min(max(self._closer * factor, 1.0), _CLOSEST)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = _MOVES.get(Qt.Key(event.key()))
        if move is not None:
            self.move_frame(_STEP * move[0], _STEP * move[1])
        elif event.text() in ("+", "-"):
            self.size_frame(_CLOSER if event.text() == "+" else 1 / _CLOSER)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.size_frame(_CLOSER if event.angleDelta().y() > 0 else 1 / _CLOSER)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None or self._picture.isNull():
            return
        moved, shown = event.position() - self._held, self._shown()
        self._held = event.position()
        self.move_frame(moved.x() / shown.width(), moved.y() / shown.height())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None

    def _shown(self) -> QRectF:
        """Where the picture stands on the widget."""
        size = QSize(self._picture.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, *size.toTuple())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor("#0B0E12"))
        if self._picture.isNull():
            painter.setPen(QColor("#D5DDE5"))
            painter.setFont(theme.font(theme.TEXT))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
            if self.hasFocus():
                painter.setPen(QPen(QColor("#FFFFFF"), 4))
                painter.drawRect(self.rect().adjusted(2, 2, -2, -2))
            return
        shown, frame = self._shown(), QRectF(self.frame)
        painter.drawImage(shown, self._picture)
        scale = shown.width() / self._picture.width()
        kept = QRectF(
            shown.left() + frame.left() * scale,
            shown.top() + frame.top() * scale,
            frame.width() * scale,
            frame.height() * scale,
        )
        around = QPainterPath()
        around.addRect(shown)
        around.addRect(kept)
        painter.fillPath(around, QColor(0, 0, 0, 150))
        painter.setPen(QPen(QColor("#FFFFFF"), 4 if self.hasFocus() else 2))
        painter.drawRect(kept)


class PhotoSheet(Dialog):
    """Takes one photo, or none."""

    taken = Signal(bytes)
    """What was in the frame, as PNG."""

    def __init__(self, heading: str, eye: Eye | None, parent: QWidget, *, whole: bool = False) -> None:
        """`eye` is the window's camera, which lends its pictures while it looks.

        `whole` is for a paper that somebody shows: nothing of it is cut off unasked.
        """
        super().__init__(heading, parent)
        self.setObjectName("photo_sheet")
        self.widen(720)
        self.view = CropView(whole=whole)
        self.view.show_message(tr("No camera looks. Choose a picture from a file."))
        self.add(self.view)
        self._live = False
        choose = Button(tr("Choose a picture…"))
        choose.clicked.connect(self._choose)
        self.snap = Button(tr("Take a photo"), shape=Shape.CAMERA)
        self.snap.clicked.connect(self._on_snap)
        self.keep = Button(tr("Keep"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.keep.setDefault(True)
        self.keep.clicked.connect(self._on_keep)
        self.keep.setEnabled(False)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        looks = eye is not None and eye.looking
        self.snap.setVisible(looks)
        self.add_buttons(cancel, choose, self.snap, self.keep)
        if eye is not None and looks:
            self._look_through(eye)
        (self.snap if looks else choose).setFocus()

    def _look_through(self, eye: Eye) -> None:
        self._live = True
        self.view.show_message(tr("The camera starts…"))

        def show(picture: QImage, _outlines: object) -> None:
            # Whoever shows the small picture elsewhere asks for a small one each time.
            eye.fit(_WIDE, _HIGH)
            if self._live:
                self.view.show_picture(picture)

        eye.fit(_WIDE, _HIGH)
        eye.seen.connect(show)
        self.finished.connect(lambda _: eye.seen.disconnect(show))

    def _on_snap(self) -> None:
        """The picture stands still, or moves again."""
        self._live = not self._live
        self.snap.setText(tr("Take a photo") if self._live else tr("Once more"))
        self.keep.setEnabled(not self._live and not self.view.cropped().isNull())
        if not self._live:
            self.keep.setFocus()

    def _choose(self) -> None:
        if file := ask_for_picture(self.window()):
            self.open_file(file)

    def open_file(self, file: Path) -> None:
        """Show the picture in a file, to be cut."""
        from boxoffice.errors import BadInput
        from boxoffice.services import pictures

        try:
            image = QImage.fromData(pictures.from_file(file))
        except BadInput as trouble:
            self._live = False
            self.keep.setEnabled(False)
            self.view.show_picture(QImage())
            self.view.show_message(words_of(trouble))
            return
        self._live = False
        self.snap.setText(tr("Once more"))
        self.view.show_picture(image, anew=True)
        self.keep.setEnabled(True)
        self.keep.setFocus()

    def _on_keep(self) -> None:
        cropped = self.view.cropped()
        if cropped.isNull():
            return
        self.accept()
        self.taken.emit(as_png(cropped))


def ask_for_photo(name: str, eye: Eye | None, taken: Callable[[bytes], object], parent: QWidget) -> PhotoSheet:
    """Open the sheet for somebody's face; what was taken goes to `taken`."""
    return open_photo_sheet(tr("Photo of {name}", name=name), eye, taken, parent)


def open_photo_sheet(
    heading: str, eye: Eye | None, taken: Callable[[bytes], object], parent: QWidget, *, whole: bool = False
) -> PhotoSheet:
    """Open the sheet for what the heading says; what was taken goes to `taken`."""
    sheet = PhotoSheet(heading, eye, parent, whole=whole)
    sheet.taken.connect(taken)
    sheet.open()
    return sheet
