"""Starts the window. Only Qt and the store are loaded before the first picture; all the rest comes after it."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLoggingCategory, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from boxoffice.bootstrap import App, open_station
from boxoffice.config import folder
from boxoffice.errors import Trouble
from boxoffice.scanning.wedge import WedgeSettings
from boxoffice.storage.lock import StationInUse

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
    made = QApplication([sys.argv[0], "-style", "fusion", *arguments])
    made.setApplicationName("boxoffice")
    made.setApplicationDisplayName("Box office")
    return made


def main(words: Sequence[str] = ()) -> int:
    """Open the station of a folder (`--data FOLDER`) and show its window."""
    data = words[1] if len(words) > 1 and words[0] == "--data" else None
    application()
    try:
        station = open_station(data)
    except StationInUse as busy:
        return _hand_over(data, busy)
    except Trouble as trouble:
        return _cannot_open(trouble)
    with station:
        return run(station)


def _hand_over(data: str | None, busy: Trouble) -> int:
    """Somebody has the folder open: their window comes to the front instead of a second one."""
    if call_other(str(folder(data).root)):
        return 0
    return _cannot_open(busy)


def _cannot_open(trouble: Trouble) -> int:
    from PySide6.QtWidgets import QMessageBox

    log.info("The window was not opened: %s", trouble)
    QMessageBox.critical(None, trouble.title, " ".join(part for part in (trouble.what, trouble.hint) if part))
    return trouble.exit_status


def run(app: App, sync: SyncWorker | None = None, after_paint: Callable[[MainWindow], object] | None = None) -> int:
    """Show the station's window until it is closed. `after_paint` starts what need not be there before."""
    window = open_window(app, sync)
    _apologise_instead_of_dying(window)
    window.painted.connect(lambda: _settle_in(window, after_paint), Qt.ConnectionType.QueuedConnection)
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
    window = MainWindow(app, Courier(), keys, liked, sync)
    _FirstPaint(window, lambda: qt.installEventFilter(keys))
    window.present()
    return window


def close_window(window: MainWindow) -> None:
    """Let go of what the window held, before the station is closed."""
    application().removeEventFilter(window.keys)
    window.sounds.close()
    window.background.stop()


def _settle_in(window: MainWindow, after_paint: Callable[[MainWindow], object] | None) -> None:
    """What is not needed for the first scan."""
    gc.freeze()
    gc.enable()
    window.door.load_the_rest()
    window.door.recount()
    QTimer.singleShot(400, window, window.sounds.prepare)
    if after_paint is not None:
        after_paint(window)


class _FirstPaint(QObject):
    """Notices the first picture: no key can come before it, and what has to be there for keys is slow to start."""

    def __init__(self, window: MainWindow, then: Callable[[], object]) -> None:
        super().__init__(window)
        self._then = then
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._then()
            self._window.painted.emit()
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
    import hashlib

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
