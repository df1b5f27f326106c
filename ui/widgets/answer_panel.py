"""The answer, over the whole width of the window: readable at arm's length, in bad light, in five seconds.

Colour, sign, word and sound say the same thing. The panel arranges itself by hand, so that the word never
gets smaller than it must be and nothing ever overlaps: what does not fit becomes smaller, then shorter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui import shapes, theme
from ui.answers import Answer
from ui.shapes import Shape
from ui.theme import Tone

from .answer_ground import Ground
from .buttons import Button
from .countdown import Countdown
from .fit_label import FitLabel

if TYPE_CHECKING:
    from .slip import Slip

WORD = 48
"""The least height of the answer's word in pixels."""

_ROOM_FOR_BOTH = 860
"""From this width on there is room for an answer and all that is known of the ticket."""


class Idle(NamedTuple):
    """What the panel says while nobody is there."""

    word: str
    below: str
    hint: str
    leaving: bool
    """Exits are let out here, which looks different."""


class AnswerPanel(QWidget):
    """Shows an answer, or that it is ready for the next one."""

    ran_out = Signal()
    """The time of an answer is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answer")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(200)
        self._answer: Answer | None = None
        self._idle = Idle("", "", "", leaving=False)
        self._word = FitLabel(self, weight=QFont.Weight.Bold, lines=2)
        self._word.setObjectName("answer_word")
        self._name = FitLabel(self, weight=QFont.Weight.DemiBold, lines=2)
        self._name.setObjectName("answer_name")
        self._what = FitLabel(self, lines=2)
        self._notes = FitLabel(self, weight=QFont.Weight.DemiBold, lines=5)
        self._notes.setObjectName("answer_notes")
        self._small = FitLabel(self, lines=1)
        self._next = FitLabel(self, weight=QFont.Weight.DemiBold, lines=1)
        self._next.setObjectName("answer_next")
        self._next.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._actions = QWidget(self)
        self._action_row = QHBoxLayout(self._actions)
        self._action_row.setContentsMargins(0, 0, 0, 0)
        self._action_row.setSpacing(12)
        self._buttons: list[Button] = []
        self._slip: Slip | None = None
        self._sign = QRectF()
        self._ground = Ground(self)
        self._countdown = Countdown(self)
        self._countdown.over.connect(self.ran_out)
        theme.the().changed.connect(self._repaint)

    # What it shows

    @property
    def answer(self) -> Answer | None:
        """The answer that is shown; None while the panel is ready for the next."""
        return self._answer

    @property
    def slip(self) -> Slip | None:
        """The sheet beside the answer."""
        return self._slip

    @property
    def countdown(self) -> float | None:
        """Seconds until the answer goes; None if it stays."""
        return self._countdown.left if self._countdown.running else None

    def show_idle(self, idle: Idle) -> None:
        """Nobody is there."""
        if self._answer is None and idle == self._idle:
            return
        self._answer = None
        self._idle = idle
        self._fill(idle.word, "", "", (idle.below,), "", None, (), None)
        self.setAccessibleName(idle.word)
        self.setAccessibleDescription(" ".join((idle.below, idle.hint)))

    def show_answer(
        self,
        answer: Answer,
        *,
        slip: Slip | None = None,
        actions: Sequence[Button] = (),
        seconds: float | None = None,
    ) -> None:
        """Show an answer, for so many seconds if it does not wait for somebody."""
        self._answer = answer
        notes = (*answer.notes, *(f"• {text}" for text in answer.texts))
        self._fill(answer.word, answer.name, answer.what, notes, answer.small, slip, actions, answer.kind.tone)
        self.setAccessibleName(answer.word)
        self.setAccessibleDescription(answer.spoken())
        if seconds is not None:
            self._countdown.start(seconds, answer.kind.tone.text)
            self.update()

    def show_next(self, text: str) -> None:
        """Say at the top which answers wait behind this one; empty for none."""
        self._next.setText(text)
        self._arrange()
        self.update()

    def hold(self) -> None:
        """Keep the answer: somebody is reading or ticking."""
        self._countdown.stop()
        self.update()

    def pause(self, paused: bool) -> None:
        """Let no time pass while something lies over the answer."""
        self._countdown.pause(paused)

    def replace_slip(self, slip: Slip | None) -> None:
        """Put another sheet beside the answer."""
        self._set_slip(slip)
        self._arrange()

    def _fill(
        self,
        word: str,
        name: str,
        what: str,
        notes: Sequence[str],
        small: str,
        slip: Slip | None,
        actions: Sequence[Button],
        tone: Tone | None,
    ) -> None:
        self._countdown.stop()
        for label, text in (
            (self._word, word),
            (self._name, name),
            (self._what, what),
            (self._notes, "\n".join(note for note in notes if note)),
            (self._small, small),
            (self._next, ""),
        ):
            label.setText(text)
        self._set_slip(slip)
        self._set_actions(actions, tone)
        self._tint()
        self._arrange()
        self.update()

    def _set_slip(self, slip: Slip | None) -> None:
        if self._slip is not None and self._slip is not slip:
            self._slip.hide()
            self._slip.deleteLater()
        self._slip = slip
        if slip is not None:
            slip.setParent(self)
            slip.show()

    def _set_actions(self, actions: Sequence[Button], tone: Tone | None) -> None:
        for old in self._buttons:
            self._action_row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._buttons = list(actions)
        while self._action_row.count():
            self._action_row.takeAt(0)
        for button in self._buttons:
            button.set_tone(tone)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._action_row.addWidget(button)
        self._action_row.addStretch(1)

    def _tint(self) -> None:
        tone = self._answer.kind.tone if self._answer else None
        ink = tone.text if tone else "#FFFFFF" if self._idle.leaving else theme.colours().ink
        for label in (self._word, self._name, self._what, self._notes, self._small):
            label.set_ink(QColor(ink))
        self._next.set_ink(QColor(tone.fill if tone else ink))

    def _repaint(self) -> None:
        self._tint()
        self.update()

    # Where everything goes

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        margin = max(16, min(40, height // 12))
        self._countdown.setGeometry(0, 0, width, 10)
        if self._answer is None:
            self._next.hide()
            self._arrange_idle(margin)
            return
        words = self._arrange_next(self._arrange_slip(margin))
        words = self._arrange_actions(words)
        side = min(max(words.height() * 0.42, 72), words.width() * 0.26, 230)
        self._sign = QRectF(words.left(), words.top() + 4, side, side)
        left = round(words.left() + side + margin)
        self._arrange_words(QRect(left, words.top(), max(words.right() - left, 60), words.height()))

    def _arrange_next(self, room: QRect) -> QRect:
        """What waits behind this answer stands above it."""
        if not self._next.text():
            self._next.hide()
            return room
        self._next.set_pixels(17, 13)
        self._next.setGeometry(room.left() + 14, room.top(), room.width() - 28, 36)
        self._next.show()
        return room.adjusted(0, 48, 0, 0)

    def _arrange_slip(self, margin: int) -> QRect:
        whole = QRect(margin, margin, self.width() - 2 * margin, self.height() - 2 * margin)
        if self._slip is None:
            return whole
        self._slip.setVisible(self.width() >= _ROOM_FOR_BOTH or not self._slip.can_be_left_out)
        if self._slip.isHidden():
            return whole
        wide = max(min(round(self.width() * 0.37), 640), min(380, self.width() // 2))
        gap = max(12, margin // 2)
        self._slip.setGeometry(self.width() - wide - gap, gap, wide, self.height() - 2 * gap)
        whole.setRight(self.width() - wide - gap - margin)
        return whole

    def _arrange_actions(self, room: QRect) -> QRect:
        if not self._buttons:
            self._actions.hide()
            return room
        tall = theme.TOUCH_AT_DOOR if self.height() >= 400 else 56 if self.height() >= 300 else theme.TOUCH
        narrow = sum(button.sizeHint().width() + 12 for button in self._buttons) > room.width()
        for button in self._buttons:
            button.set_height(tall)
            button.be_brief(brief=narrow)
        self._actions.setGeometry(room.left(), room.bottom() - tall + 1, room.width(), tall)
        self._actions.show()
        return room.adjusted(0, 0, 0, -tall - 14)

    def _arrange_words(self, room: QRect) -> None:
        """The word keeps its size; everything else becomes smaller together until it fits."""
        base = float(room.height())
        word = min(max(base * 0.26, WORD), 150)
        while word > WORD and not (self._word.fits(room.width(), word)):
            word -= 2
        self._word.set_lines(1 if self._word.fits(room.width(), word) else 2)
        self._word.set_pixels(word, 40)
        factor = 1.0
        while True:
            sizes = (
                (self._name, max(min(base * 0.185 * factor, 104), 22)),
                (self._what, max(min(base * 0.095 * factor, 50), 15)),
                (self._notes, max(min(base * 0.09 * factor, 46), 15)),
                (self._small, max(min(base * 0.052 * factor, 24), 13)),
            )
            tall = self._word.needed(room.width(), word)
            tall += sum(label.needed(room.width(), size) + 6 for label, size in sizes if label.text())
            if tall <= base or factor < 0.45:
                break
            factor -= 0.06
        y = room.top()
        y = self._place(self._word, room, y, word)
        for label, size in sizes:
            # A name is shown whole as long as it can be read; of the rest the beginning will do.
            label.set_pixels(size, max(size * (0.55 if label is self._name else 0.8), 13))
            y = self._place(label, room, y, size)

    def _place(self, label: FitLabel, room: QRect, y: int, pixels: float) -> int:
        if not label.text():
            label.hide()
            return y
        pixels = min(pixels, label.fitted(room.width()))
        tall = min(round(label.needed(room.width(), pixels)) + 2, max(room.bottom() - y, 0))
        if tall < pixels:
            label.hide()
            return y
        label.setGeometry(room.left(), y, room.width(), tall)
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        label.show()
        return y + tall + 6

    def _arrange_idle(self, margin: int) -> None:
        for label in (self._name, self._what, self._small):
            label.hide()
        self._actions.hide()
        height, width = self.height(), self.width()
        side = min(max(height * 0.3, 64), 200)
        word, below = min(max(height * 0.14, 40), 84), min(max(height * 0.06, 17), 30)
        room = width - 2 * margin
        self._word.set_pixels(word, 30)
        self._word.set_lines(1)
        self._notes.set_pixels(below, 14)
        tall = self._notes.needed(room, below)
        top = round((height - side - margin / 2 - word * 1.25 - 8 - tall) / 2)
        self._sign = QRectF((width - side) / 2, top, side, side)
        self._word.setGeometry(margin, round(top + side + margin / 2), room, round(word * 1.25))
        self._notes.setGeometry(margin, self._word.geometry().bottom() + 8, room, round(tall) + 4)
        for label in (self._word, self._notes):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            label.show()

    # How it looks

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._answer is None:
            self._paint_idle(painter)
        else:
            self._paint_answer(painter, self._answer)
            if self._next.text():
                self._paint_next(painter, self._answer)
        if self.hasFocus() and self._answer is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor("#FFFFFF") if self._idle.leaving else theme.color("line"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_idle(self, painter: QPainter) -> None:
        leaving = self._idle.leaving
        painter.fillRect(self.rect(), QColor(theme.PASSING.fill) if leaving else theme.color("surface"))
        ink = QColor("#FFFFFF") if leaving else theme.color("muted")
        shapes.draw(painter, Shape.ARROW if leaving else Shape.FRAME, self._sign, ink)

    def _paint_answer(self, painter: QPainter, answer: Answer) -> None:
        top = self._countdown.height() if self._countdown.running else 0
        painter.drawPixmap(0, 0, self._ground.picture(answer.kind, top))
        tone = answer.kind.tone
        shapes.draw(painter, answer.kind.shape, self._sign, QColor(tone.text), QColor(tone.fill))

    def _paint_next(self, painter: QPainter, answer: Answer) -> None:
        """On a ground of its own, because stripes may lie below it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(answer.kind.tone.text))
        painter.drawRoundedRect(QRectF(self._next.geometry()).adjusted(-14, 0, 14, 0), 10, 10)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Whoever touches the answer wants to read it."""
        self.hold()
        super().mousePressEvent(event)
