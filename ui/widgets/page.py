"""Pages beside the door: a title, quiet cards on a column of readable width, rows of label and field."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import theme

_WIDE = 1040


class Page(QScrollArea):
    """A column that scrolls. Sections are added below each other."""

    def __init__(self, title: str, about: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setProperty("role", "page")
        column = QWidget()
        column.setMaximumWidth(_WIDE)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.rows = QVBoxLayout(column)
        self.rows.setContentsMargins(24, 20, 24, 28)
        self.rows.setSpacing(16)
        centred = QHBoxLayout(page)
        centred.setContentsMargins(0, 0, 0, 0)
        centred.addStretch(1)
        centred.addWidget(column, 1000)
        centred.addStretch(1)
        self.title = heading(title, 26)
        self.rows.addWidget(self.title)
        self.about = muted(about)
        self.rows.addWidget(self.about)
        self.about.setVisible(bool(about))
        self._body = QVBoxLayout()
        self._body.setSpacing(16)
        self.rows.addLayout(self._body)
        self.rows.addStretch(1)
        self.setWidget(page)

    def add(self, widget: QWidget) -> None:
        """One more section."""
        self._body.addWidget(widget)

    def clear(self) -> None:
        """Take all sections away."""
        while (item := self._body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


class Section(QFrame):
    """A card with a heading and rows."""

    def __init__(self, title: str = "", about: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(22, 18, 22, 20)
        self.column.setSpacing(12)
        if title:
            self.column.addWidget(heading(title, 18))
        if about:
            self.column.addWidget(muted(about))
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(20)
        self._form.setVerticalSpacing(12)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.column.addLayout(self._form)

    def add_row(self, label: str, field: QWidget) -> None:
        """A label and its field."""
        name = QLabel(label)
        name.setMinimumWidth(180)
        name.setMinimumHeight(theme.TOUCH)
        name.setWordWrap(True)
        name.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(label)
        self._form.addRow(name, field)

    def add(self, widget: QWidget) -> None:
        """Something over the whole width."""
        self.column.addWidget(widget)


class Toggle(QCheckBox):
    """A switch with its words at the right."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setMinimumHeight(theme.TOUCH)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def hitButton(self, _pos: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 70, theme.TOUCH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(2, self.height() / 2 - 13, 46, 26)
        on = self.isChecked()
        painter.setPen(QPen(theme.color("accent" if on else "muted"), 1.5))
        painter.setBrush(theme.color("accent" if on else "surface"))
        painter.drawRoundedRect(track, 13, 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("on_accent" if on else "muted"))
        knob = track.right() - 23 if on else track.left() + 3
        painter.drawEllipse(QRectF(knob, track.top() + 3, 20, 20))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2.5))
            painter.drawRoundedRect(track.adjusted(-1, -3, 1, 3), 16, 16)
        painter.setFont(theme.font(theme.TEXT))
        painter.setPen(theme.color("ink" if self.isEnabled() else "disabled"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(60, 0, self.width() - 62, self.height()), flags, self.text())


def heading(text: str, pixels: int) -> QLabel:
    """A heading."""
    label = QLabel(text)
    label.setFont(theme.bold(pixels) if pixels > 20 else theme.half_bold(pixels))
    label.setWordWrap(True)
    return label


def muted(text: str) -> QLabel:
    """A quiet sentence."""
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
