"""Starts the window. Only Qt and the store are loaded before the first picture; all the rest comes after it."""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLoggingCategory, QObject, QTimer
from PySide6.QtWidgets import QApplication

from boxoffice.bootstrap import App
from boxoffice.scanning.wedge import WedgeSettings

from . import language, preferences, theme
from .courier import Courier
from .keys import Keys
from .main_window import MainWindow
from .syncing import SyncWorker

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

log = logging.getLogger(__name__)


def application(arguments: Sequence[str] = ()) -> QApplication:
    """The Qt application, made once."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    # Names come in every script there is; what no font of the system has is shown as boxes, and not logged again.
    QLoggingCategory.setFilterRules("qt.text.font.db=false")
    made = QApplication([sys.argv[0], *arguments])
    made.setApplicationName("boxoffice")
    made.setApplicationDisplayName("Box office")
    return made


def run(app: App, sync: SyncWorker | None = None, after_paint: Callable[[MainWindow], object] | None = None) -> int:
    """Show the station's window until it is closed. `after_paint` starts what need not be there before."""
    window = open_window(app, sync)
    _apologise_instead_of_dying(window)
    _AfterFirstPaint(window, lambda: _settle_in(window, after_paint))
    status = application().exec()
    close_window(window)
    return status


def open_window(app: App, sync: SyncWorker | None = None) -> MainWindow:
    """The window, shown, with everything that it needs for a scan."""
    qt = application()
    liked = preferences.load(app)
    language.set_language(liked.language)
    theme.install(liked.look, door_mode=liked.door_mode)
    door = app.door
    keys = Keys(WedgeSettings(prefix=door.prefix, suffix=door.suffix, least=liked.gun_least))
    qt.installEventFilter(keys)
    window = MainWindow(app, Courier(), keys, liked, sync)
    window.present()
    return window


def close_window(window: MainWindow) -> None:
    """Let go of what the window held, before the station is closed."""
    application().removeEventFilter(window.keys)
    window.sounds.close()
    window.background.stop()


def _settle_in(window: MainWindow, after_paint: Callable[[MainWindow], object] | None) -> None:
    """What is not needed for the first scan."""
    window.painted.emit()
    window.door.recount()
    QTimer.singleShot(400, window, window.sounds.prepare)
    if after_paint is not None:
        after_paint(window)


class _AfterFirstPaint(QObject):
    """Calls once, when the window has been painted."""

    def __init__(self, window: MainWindow, then: Callable[[], object]) -> None:
        super().__init__(window)
        self._then = then
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._then)
        return False


def _apologise_instead_of_dying(window: MainWindow) -> None:
    """A bug of ours is logged with everything about it; the person gets a short word, and the app stays up."""

    def unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        log.critical("Unforeseen: %s", error, exc_info=(kind, error, trace))
        window.problems.apologise()

    sys.excepthook = unforeseen


# One window a folder


def name_of_folder(app_folder: str) -> str:
    """The name under which the window of a folder can be called."""
    return "boxoffice-" + hashlib.sha256(app_folder.encode()).hexdigest()[:24]


def listen_for_others(window: MainWindow, folder: str) -> QLocalServer:
    """Come to the front when somebody starts the app again on the same folder."""
    from PySide6.QtNetwork import QLocalServer

    server = QLocalServer(window)
    server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
    # Only the one process that holds the folder's lock comes here, so a name left over belongs to the dead.
    QLocalServer.removeServer(name_of_folder(folder))
    server.newConnection.connect(lambda: _come_to_front(window, server))
    if not server.listen(name_of_folder(folder)):
        log.info("A second start will not find this window: %s", server.errorString())
    return server


def call_other(folder: str) -> bool:
    """Ask the window that has this folder open to come to the front; whether it heard."""
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(name_of_folder(folder))
    return socket.waitForConnected(1000)


def _come_to_front(window: MainWindow, server: QLocalServer) -> None:
    while server.hasPendingConnections():
        caller = server.nextPendingConnection()
        caller.disconnectFromServer()
        caller.deleteLater()
    if window.isMinimized():
        window.showNormal()
    window.raise_()
    window.activateWindow()
