"""Plays the sound of an answer, once. A machine without loudspeakers is told about once, and works on in silence.

Qt's multimedia is loaded after the first paint: it takes longer than the whole window, and on some
systems it is not there at all.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

import assets
from boxoffice.errors import DeviceTrouble
from ui.start import multimedia

from .answers import Kind

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

log = logging.getLogger(__name__)


class Sounds(QObject):
    """Four sounds. `prepare` when there is time; until then answers are silent."""

    played = Signal(object)
    """The `Kind` whose sound was started."""
    changed = Signal()
    """Muted or not, able or not."""

    def __init__(self, parent: QObject | None = None, *, muted: bool = False) -> None:
        super().__init__(parent)
        self._muted = muted
        self._effects: dict[Kind, QSoundEffect] = {}
        self._devices: QMediaDevices | None = None
        self.trouble: DeviceTrouble | None = None
        """Why nothing can be heard, if that is so."""

    @property
    def muted(self) -> bool:
        """Whether somebody wants silence."""
        return self._muted

    def mute(self, muted: bool) -> None:
        """Silence, or not."""
        self._muted = muted
        self.changed.emit()

    def prepare(self) -> None:
        """Load the sounds, or find out why there are none."""
        try:
            known = multimedia.devices()
        except ImportError as error:
            log.info("No sound: %s", error)
            self._silent(DeviceTrouble("No sound", "The system's sound library is missing.", "Answers are shown only."))
            return
        self._devices = known(self)
        self._devices.audioOutputsChanged.connect(self._load)
        self._load()

    def _load(self) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

        # All of them end first: new ones would share the way to the loudspeaker that has just gone.
        self._effects = {}
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            self._silent(DeviceTrouble("No sound", "This computer has no loudspeaker.", "Answers are shown only."))
            return
        self.trouble = None
        for kind in Kind:
            effect = QSoundEffect(device)
            effect.setSource(QUrl.fromLocalFile(str(assets.path(f"sounds/{kind.value}.wav"))))
            effect.setVolume(1.0)
            self._effects[kind] = effect
        self.changed.emit()

    def _silent(self, trouble: DeviceTrouble) -> None:
        self.trouble = trouble
        self.changed.emit()

    def play(self, kind: Kind) -> None:
        """Let this answer be heard, once; a sound under way gives way."""
        if self._muted:
            return
        for other in self._effects.values():
            other.stop()
        effect = self._effects.get(kind)
        if effect is not None:
            effect.play()
        self.played.emit(kind)

    def close(self) -> None:
        """Let go of the loudspeaker."""
        self._effects = {}
