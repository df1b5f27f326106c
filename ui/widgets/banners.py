"""What is true for a while, said between the strip and the screen: no server, first download, sync has stopped.

Nothing here has to be answered, and nothing of it stops a scan.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from boxoffice.errors import WORK_GOES_ON
from ui import theme
from ui.alarms import alarm_words
from ui.language import clock, joined, number, plural, sentences, tr

from .buttons import Button, Weight

if TYPE_CHECKING:
    from sync.state import State


_SMALL = 520
"""The height of a window below which there is room for one sentence only: 1366 × 768 at twice its size."""


class Banner(QFrame):
    """A sentence or two and a button."""

    pressed = Signal()

    def __init__(self, name: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "banner")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setFont(theme.half_bold(theme.TEXT))
        self.button = Button(button, weight=Weight.QUIET)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.pressed)
        self.column = QVBoxLayout()
        self.column.setSpacing(6)
        self.column.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 2, 10, 2)
        row.addLayout(self.column, 1)
        row.addWidget(self.button)
        self.wanted = False
        """Whether it has something to say, if there is room."""
        self.hide()

    def hide(self) -> None:
        """It has nothing to say any more."""
        self.wanted = False
        super().hide()

    def say(self, *sentences: str) -> None:
        """Show this, as soon as there is room."""
        self.wanted = True
        self.words.setText(joined(*sentences))
        self.setAccessibleName(self.words.text())


class Banners(QWidget):
    """All of them, one below the other."""

    outbox_pressed = Signal()
    part_pressed = Signal()
    enrol_pressed = Signal()
    stop_pressed = Signal()
    resume_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hidden: datetime | None = None
        self._since: datetime | None = None
        self._stopped_by_person = False
        self._sent_away = False
        self._seen_again = 0
        self._sent_again = 0
        self.alarm = Banner("alarm", tr("Outbox"))
        self.again = Banner("sent_again", tr("Hide"))
        self.offline = Banner("offline", tr("Hide"))
        self.stopped = Banner("stopped", tr("Outbox"))
        self.wiped = Banner("wiped", tr("Join a server…"))
        self.first_sync = Banner("first_sync", tr("Stop"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.first_sync.column.addWidget(self.bar)
        self.first_sync.column.setContentsMargins(0, 6, 0, 8)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(1)
        self._all = (self.wiped, self.stopped, self.alarm, self.again, self.offline, self.first_sync)
        for banner in self._all:
            rows.addWidget(banner)
        self.alarm.pressed.connect(self.outbox_pressed)
        self.again.pressed.connect(self._on_again_seen)
        self.offline.pressed.connect(self._on_hide)
        self.stopped.pressed.connect(self._on_stopped)
        self.wiped.pressed.connect(self.enrol_pressed)
        self.first_sync.pressed.connect(self._on_first_sync)

    def show_state(self, state: State, waiting: int) -> None:
        """Say what of this is worth a line."""
        self._show_stopped(state)
        self._show_alarm(state)
        self._show_offline(state, waiting)
        self._show_first_sync(state)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In a small window the first of them alone: all of them would leave no room for the work."""
        few = self.window().height() < _SMALL
        for place, banner in enumerate([one for one in self._all if one.wanted]):
            if banner.isHidden() is not (few and place > 0):
                banner.setVisible(not (few and place))

    def show_wiped(self, at: datetime | None) -> None:
        """Say that the station was wiped, and when; None if it was not."""
        if at is None:
            self.wiped.hide()
            return
        self.stopped.hide()
        gone = tr("This station was wiped at {when}: it knows no guests.", when=clock(at))
        self.wiped.say(gone, tr("Enrol it to use it again."))
        self._fit()

    def _on_stopped(self) -> None:
        if self._sent_away:
            self.part_pressed.emit()
        else:
            self.outbox_pressed.emit()

    def _show_stopped(self, state: State) -> None:
        self._sent_away = state.revoked
        self.stopped.button.setText(tr("Wipe…") if state.revoked else tr("Outbox"))
        if state.revoked:
            why = tr("The server no longer accepts this station.")
            then = tr("Ask the organiser to enrol it again, or wipe it.")
        elif state.cloned:
            why = tr("The server has already heard from a copy of this station.")
            then = tr("Ask the organiser which computer shall go on.")
        else:
            self.stopped.hide()
            return
        self.stopped.say(why, tr("Scanning goes on; nothing is sent, and everything is kept."), then)

    def _show_alarm(self, state: State) -> None:
        """What the server holds against this station's journal, and what it had lost of it."""
        if state.alarm and not (state.revoked or state.cloned):
            fault = tr("What the server has of this station does not fit together.")
            self.alarm.say(fault, alarm_words(state.alarm), tr("Everything is kept here; tell the organiser."))
        else:
            self.alarm.hide()
        self._sent_again = state.sent_again
        if state.sent_again > self._seen_again:
            lost = plural(
                "The server was set back and had lost {n} act of this station; it is sent again.",
                "The server was set back and had lost {n} acts of this station; they are sent again.",
                state.sent_again,
            )
            self.again.say(lost)

    def _on_again_seen(self) -> None:
        self._seen_again = self._sent_again
        self.again.hide()
        self._fit()

    def _show_offline(self, state: State, waiting: int) -> None:
        since = state.offline_since
        self._since = since
        if since is None or state.revoked or state.cloned:
            self._hidden = None
            self.offline.hide()
            return
        if self._hidden == since:
            return
        acts = plural(
            "{n} act waits here and is sent by itself.", "{n} acts wait here and are sent by themselves.", waiting
        )
        self.offline.say(
            tr("No server since {when}.", when=clock(since)),
            self._why(state),
            tr("Scanning, searching and undoing work as always."),
            acts if waiting else "",
        )

    @staticmethod
    def _why(state: State) -> str:
        """What stands in the way, where somebody can do something about it."""
        trouble = state.trouble
        if trouble is None or not trouble.hint or trouble.hint == WORK_GOES_ON:
            return ""
        return sentences(trouble.title, trouble.hint)

    def _on_hide(self) -> None:
        self._hidden = self._since
        self.offline.hide()
        self._fit()

    def _show_first_sync(self, state: State) -> None:
        if not state.first_sync:
            self.first_sync.hide()
            return
        totals = [one.total for one in state.first_sync]
        applied = sum(one.applied for one in state.first_sync)
        total = sum(one for one in totals if one is not None) if None not in totals else None
        self._stopped_by_person = state.first_sync_stopped
        self.bar.setRange(0, total or 0)
        self.bar.setValue(min(applied, total or 0))
        self.first_sync.button.setText(tr("Go on") if state.first_sync_stopped else tr("Stop"))
        if total is None:
            come = tr("{n} so far", n=number(applied))
        else:
            come = tr("{n} of {all}", n=number(applied), all=number(total))
        if state.first_sync_stopped:
            self.first_sync.say(tr("Fetching the event was stopped: {come}.", come=come))
        else:
            self.first_sync.say(tr("Fetching the event: {come}.", come=come))

    def _on_first_sync(self) -> None:
        if self._stopped_by_person:
            self.resume_pressed.emit()
        else:
            self.stop_pressed.emit()
