"""Who gets a scan: whoever asked for the next one, then the screen that is shown, else the door.

It does not matter whether a gun typed it or a camera saw it; pictures of the camera are shown at the door alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from boxoffice.domain.scan import Scan, Source
from boxoffice.ids import new_scan
from boxoffice.scanning.state import Phase, SourceState
from ui.language import tr
from ui.living import Scanning
from ui.widgets.strip import Where

from .lens import Eye, words_for
from .serial_line import SerialLine
from .serial_line import words_for as line_words

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from boxoffice.scanning.found import Outline
    from ui.main_window import MainWindow

Listener = Callable[[str], bool]
"""Hears a code, and says whether it was for it."""


class Scans(QObject):
    """What comes from guns and cameras to one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._listener: Listener | None = None
        self._typed_listener: Listener | None = None
        self._said_of_line = ""
        """A gun that is not there is looked for again and again; that is said once."""
        self._lost_camera: SourceState | None = None
        """What stands against the camera, as long as nothing has changed for the better."""
        self.eye = Eye(window.courier, self.take, self)
        self.eye.seen.connect(self._on_picture)
        self.eye.changed.connect(self._on_camera)
        self.line = SerialLine(window.courier, self.take, self)
        self.line.changed.connect(self._on_line)
        window.keys.scanned.connect(self._on_keys_scanned, Qt.ConnectionType.QueuedConnection)

    def listen(self, listener: Listener | None) -> None:
        """Let somebody else have the scans, as long as they take them: the enrolment, the gun's test."""
        self._listener = listener

    def listen_to_typed(self, listener: Listener | None) -> None:
        """Let somebody else have what the gun types, before it is put right."""
        self._typed_listener = listener

    def _on_keys_scanned(self, text: str) -> None:
        if self._typed_listener is not None and self._typed_listener(text):
            return
        self.take(new_scan(self._window.preferences.mending.mend(text), Source.WEDGE))

    def take(self, scan: Scan) -> None:
        """A scan of any source. Whoever asked for the next one gets it, then an open till; else it is for the door."""
        window = self._window
        if self._listener is not None and self._listener(scan.text):
            return
        if not window.locking.lets_scan():
            return
        shown: object = window.stack.currentWidget()
        if isinstance(shown, Scanning) and shown.take_scan(scan.text):
            return
        if self._is_training():
            return
        if shown is not window.door:
            window.go(Where.DOOR)
        window.door.take(scan)

    def let_in(self, event: str, ticket: str) -> None:
        """Somebody was found by name and shall pass the door."""
        if self._is_training():
            return
        self._window.go(Where.DOOR)
        self._window.keeper.choose(event, ticket)

    def _is_training(self) -> bool:
        if not self._window.station.staff.training:
            return False
        self._window.notices.say(tr("This is training: nobody is let in, and no code is counted."))
        return True

    def _on_picture(self, picture: QImage, outlines: tuple[Outline, ...]) -> None:
        view = self._window.door.show_camera(there=True)
        if view is not None:
            view.show_picture(picture, outlines)
            sharp = view.devicePixelRatioF()
            self.eye.fit(round(view.width() * sharp), round(view.height() * sharp))

    def _on_camera(self, state: SourceState) -> None:
        """What is looked for again and again is said once, until it works again."""
        lost = self._lost_camera
        if lost is not None and (
            state.phase is Phase.OPENING or (state.phase, lost.phase) == (Phase.MISSING, Phase.UNPLUGGED)
        ):
            return
        view = self._window.door.show_camera(there=state.phase is not Phase.STOPPED)
        words = words_for(state)
        if view is not None and state.phase is not Phase.RUNNING:
            view.show_message(words)
        self._lost_camera = state if state.trouble is not None else None
        if state.trouble is not None and (lost is None or words != words_for(lost)):
            self._window.notices.say(words)
        elif lost is not None and state.phase is Phase.RUNNING and state.trouble is None:
            self._window.notices.say(tr("The camera works again."))

    def _on_line(self, state: SourceState) -> None:
        if state.trouble is None and state.phase is not Phase.RUNNING:
            return
        words = line_words(state)
        if words != self._said_of_line:
            self._window.notices.say(words)
        self._said_of_line = words
