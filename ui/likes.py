"""What the person at this window likes: taken as it was chosen last, changed here, and worn by everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer

from boxoffice.scanning.wedge import WedgeSettings
from boxoffice.storage import settings

from . import language, preferences, theme
from .living import Following
from .preferences import Preferences

if TYPE_CHECKING:
    from .main_window import MainWindow


class Likes(QObject):
    """For one window; `chosen` is what holds now."""

    def __init__(self, window: MainWindow, chosen: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self.chosen = chosen

    def choose(self, **changes: object) -> None:
        """Change what the person likes, now and for the next start."""
        window, before = self._window, self.chosen
        self.chosen = after = msgspec.structs.replace(before, **changes)
        preferences.save(window.station, after)
        window.sounds.mute(after.muted)
        window.door.set_preferences(after)
        for screen in window.screens.values():
            shown: object = screen
            if isinstance(shown, Following):
                shown.follow(after)
        if before.camera != after.camera:
            self.open_eye()
        if (before.gun_port, before.gun_speed) != (after.gun_port, after.gun_speed):
            self.open_line()
        if before.language != after.language:
            self._speak(after.language)
        if (before.look, before.door_mode) != (after.look, after.door_mode):
            theme.wear(after.look, door_mode=after.door_mode)
        if before.door_mode != after.door_mode:
            self.present()
        if before.gun_least != after.gun_least:
            self.set_gun()

    def mute(self) -> None:
        """Silence, or not."""
        self.choose(muted=not self.chosen.muted)

    def next_look(self) -> None:
        """Light, dark, door mode, and round again."""
        if self.chosen.door_mode:
            self.choose(look=theme.Look.LIGHT, door_mode=False)
        elif theme.colours().dark:
            self.choose(door_mode=True)
        else:
            self.choose(look=theme.Look.DARK)

    def toggle_door_mode(self) -> None:
        """The whole screen, dark and large, or not."""
        self.choose(door_mode=not self.chosen.door_mode)

    def present(self) -> None:
        """Show the window as large as it is wanted."""
        if self.chosen.door_mode:
            self._window.showFullScreen()
        elif self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.show()

    def open_eye(self) -> None:
        """Look through the camera that was chosen."""
        self._window.scans.eye.through(self.chosen.camera)

    def open_line(self) -> None:
        """Listen to the gun on the serial line that was chosen."""
        self._window.scans.line.listen(self.chosen.gun_port, self.chosen.gun_speed)

    def set_gun(self) -> None:
        """Listen for the gun that stands at this door."""
        door = self._window.keeper.door
        self._window.keys.set_gun(WedgeSettings(prefix=door.prefix, suffix=door.suffix, least=self.chosen.gun_least))

    def _speak(self, chosen: str) -> None:
        language.set_language(chosen)
        self._window.station.write(lambda c: settings.put(c, "locale", language.language()))
        # Not now: the choice that was made is still being told about.
        QTimer.singleShot(0, self._window, self._window.rebuild)
