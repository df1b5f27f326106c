"""Who is at this window: nobody until a PIN is given, and nobody again after a while without a hand on it.

What was begun stays as it is underneath, and the cart is kept by the station as well. A station that is there for a
door alone goes on scanning, whoever has gone. Where nobody is known by name, none of this is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QDialog

from boxoffice.domain.permissions import Role

from .language import tr
from .rights import rights_here
from .widgets.strip import Where

if TYPE_CHECKING:
    from boxoffice.domain.operators import Operator
    from ui.clerks.clerk import Clerk

    from .main_window import MainWindow
    from .screens.lock import LockCover

_LOOK = 5_000
"""Milliseconds between two looks at whether somebody is there."""


@runtime_checkable
class Serving(Protocol):
    """A screen with somebody who serves at it."""

    clerk: Clerk


class Locking(QObject):
    """Covers the window, and takes the cover off for whoever gives a PIN."""

    changed = Signal()
    """Somebody else is here now, or nobody."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._staff = window.station.staff
        self._cover: LockCover | None = None
        self._last: Operator | None = None
        self._put_by: list[QDialog] = []
        self._quiet = 0
        self._seen: tuple[int, QPoint] = (0, QPoint())
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.move_in()
        if self._staff.in_use:
            self.lock()

    @property
    def is_covered(self) -> bool:
        """Whether a PIN is asked for before anything else."""
        return self._cover is not None

    def move_in(self) -> None:
        """The window was made anew."""
        window = self._window
        window.strip.person_pressed.connect(self.lock)
        window.strip.show_person(self._staff.name)
        if self._cover is not None:
            self._cover = None
            self._put_cover()

    def lets_scan(self) -> bool:
        """Whether a scan may go to the door; else whoever scans is told why not."""
        self._quiet = 0
        if self._cover is None:
            return True
        self._cover.say(tr("A code was scanned and not counted. Sign in first."))
        return False

    def lock(self) -> None:
        """Ask for a PIN before anything else happens. What was begun stays."""
        if not self._staff.in_use or self._cover is not None:
            return
        self._last = self._staff.operator or self._last
        self._staff.sign_out()
        self._window.strip.show_person("")
        self._put_dialogs_by()
        if not self._is_for_a_door:
            self._put_cover()
        self.changed.emit()

    @property
    def _is_for_a_door(self) -> bool:
        enrolment = self._window.station.enrolment
        return enrolment is not None and enrolment.role is Role.STEWARD

    @property
    def _clerk(self) -> Clerk | None:
        """Who serves at the till, if it was visited."""
        till: object = self._window.screens.get(Where.TILL)
        return till.clerk if isinstance(till, Serving) else None

    def _put_dialogs_by(self) -> None:
        for dialog in self._window.findChildren(QDialog):
            if not dialog.isVisible():
                continue
            if dialog.objectName() == "permission_sheet":
                dialog.reject()
                continue
            dialog.hide()
            self._put_by.append(dialog)

    def _put_cover(self) -> None:
        from .screens.lock import LockCover

        window = self._window
        self._cover = LockCover(self._staff, window.courier, window.background, self._last)
        self._cover.signed_in.connect(self._on_signed_in)
        self._cover.pin_given.connect(self._ask_anew)
        window.stack.hide()
        window.strip.show_places(able=False)
        window.room_for_cover().addWidget(self._cover, 1)
        self._cover.show()
        self._cover.take_keys()

    def _ask_anew(self) -> None:
        """There are other people to ask for now."""
        cover, self._cover = self._cover, None
        if cover is not None:
            cover.hide()
            cover.deleteLater()
        self._put_cover()

    def uncover(self) -> None:
        """Nobody is known by name any more, or somebody has given a PIN."""
        cover, self._cover = self._cover, None
        if cover is not None:
            cover.hide()
            cover.deleteLater()
        window = self._window
        window.stack.show()
        window.strip.show_places(able=True)
        window.strip.show_person(self._staff.name)

    def refresh(self) -> None:
        """People have changed: whoever is here may have left."""
        self._window.strip.show_person(self._staff.name)

    def lock_if_nobody(self) -> None:
        """From now on it is asked who is here: the first people were added, or whoever was here has left."""
        if self._staff.operator is None:
            self.lock()

    def _on_signed_in(self, operator: Operator) -> None:
        window = self._window
        same = self._last is None or operator.id == self._last.id
        self._last = operator
        self._quiet = 0
        self.uncover()
        if rights_here(window.station) != window.rights:
            if (clerk := self._clerk) is not None:
                window.unfinished[Where.TILL] = clerk.unfinished
            window.rebuild()
        for dialog in self._put_by:
            dialog.open() if same else dialog.reject()
        self._put_by = []
        self.changed.emit()
        shown = window.stack.currentWidget()
        if shown is not None and not any(one.isVisible() for one in window.findChildren(QDialog)):
            shown.setFocus()

    def look(self) -> None:
        """Whether somebody was here since the last look; if nobody was for long enough, lock."""
        minutes = self._window.preferences.lock_after
        seen = (self._window.keys.presses, QCursor.pos())
        self._quiet = 0 if seen != self._seen else self._quiet + _LOOK
        self._seen = seen
        clerk = self._clerk
        if clerk is not None and clerk.busy:
            self._quiet = 0  # Somebody waits for a terminal, and wants to see what came of it.
            return
        if minutes and self._staff.operator is not None and self._quiet >= minutes * 60_000:
            self.lock()
