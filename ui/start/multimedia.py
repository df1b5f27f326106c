"""Loads Qt's multimedia, on Linux without the film player that comes with it.

For its first question Qt loads that player, 15 MiB of libraries in a sixth of a second, though nobody here plays
films. Where it finds none, devices and sound effects are all there, and nothing else is used; the cameras' names are
the kernel's then (`boxoffice.scanning.v4l2`). Elsewhere the player knows them, so it stays.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QMessageLogContext, QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaDevices

log = logging.getLogger(__name__)


def devices() -> type[QMediaDevices]:
    """Where Qt knows loudspeakers and cameras from. Raises `ImportError` where the system's sound library is missing.

    There has to be an application already.
    """
    # Qt's own client for PipeWire takes the process down when a loudspeaker goes; PipeWire speaks PulseAudio too.
    os.environ.setdefault("QT_AUDIO_BACKEND", "pulseaudio")
    from PySide6.QtMultimedia import QMediaDevices

    if sys.platform == "linux":
        _ask_without_player(QMediaDevices)
    return QMediaDevices


def _ask_without_player(media_devices: type[QMediaDevices]) -> None:
    """The first question decides for good; any later one changes nothing."""
    places = QCoreApplication.libraryPaths()
    handler = qInstallMessageHandler(_note)
    QCoreApplication.setLibraryPaths([])
    try:
        media_devices.defaultAudioOutput()
    finally:
        QCoreApplication.setLibraryPaths(places)
        qInstallMessageHandler(handler)


def _note(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt warns of what was wanted, and of a machine without loudspeakers; the strip says that in better words."""
    log.info("Qt's multimedia: %s", text)
