"""Starts the window. Only Qt and the store are loaded before the first picture; all the rest comes after it."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec

from PySide6.QtCore import QEvent, QLoggingCategory, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from boxoffice.bootstrap import App, card_worker, spooler
from boxoffice.config import Folder, folder
from boxoffice.errors import Trouble
from boxoffice.scanning.wedge import WedgeSettings
from boxoffice.storage import settings
from boxoffice.storage.lock import StationInUse
from sync.worker import Sync
from ui.inputs.keys import Keys

from . import language, preferences, theme
from .courier import Courier
from .main_window import MainWindow
from .syncing import SyncWorker

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

    from boxoffice.terminals.worker import TerminalWorker
    from printers.spooler import Spooler

log = logging.getLogger(__name__)

P = ParamSpec("P")

_LOADED = 3_000
"""Milliseconds after the first picture in which everything has come up."""


def application(arguments: Sequence[str] = ()) -> QApplication:
    """The Qt application, made once."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    made = QApplication([sys.argv[0], "-style", "fusion", *arguments])
    made.setApplicationName("boxoffice")
    made.setApplicationDisplayName("Box office")
    # What computes beside the window (a sync, a printer's page) lets it go on at once: to paint a screen it asks for
    # the interpreter some two hundred times, and would wait so long each time.
    sys.setswitchinterval(0.000_2)
    return made


def main(words: Sequence[str] = ()) -> int:
    """Open the station of a folder (`--data FOLDER`) and show its window."""
    try:
        return run(folder(words[1] if len(words) > 1 and words[0] == "--data" else None))
    except Trouble as trouble:
        return _cannot_open(trouble)


def run(place: Folder) -> int:
    """The window of a station, until it is closed. If another has the folder open, that one comes to the front."""
    application()
    try:
        station = App(place)
    except StationInUse as busy:
        return 0 if call_other(str(place.root)) else _cannot_open(busy)
    except Trouble as trouble:
        return _cannot_open(trouble)
    with station:
        return show(station, Sync(station))


def show(app: App, sync: Sync) -> int:
    """The window of an open station, until it is closed."""
    window = open_window(app, sync)
    _apologise_instead_of_dying(window)
    printing, cards = Printing(app), Cards(app)
    window.painted.connect(lambda: _settle_in(window, app, sync), Qt.ConnectionType.QueuedConnection)
    window.complete.connect(lambda: printing.start(window))
    window.complete.connect(lambda: cards.start(window))
    try:
        return application().exec()
    finally:
        close_window(window)
        cards.stop()
        printing.stop()
        sync.stop()


def _cannot_open(trouble: Trouble) -> int:
    from PySide6.QtWidgets import QMessageBox

    log.info("The window was not opened: %s", trouble)
    application()
    language.set_language("")  # What was chosen stands in a store that cannot be read.
    more = " ".join(language.tr(part) for part in (trouble.what, trouble.hint) if part)
    QMessageBox.critical(None, language.tr(trouble.title), more)
    return trouble.exit_status


def open_window(app: App, sync: SyncWorker | None = None) -> MainWindow:
    """The window, shown, with everything that it needs for a scan."""
    qt = application()
    # No font has every script that names come in, and few systems all that multimedia could use.
    QLoggingCategory.setFilterRules("qt.text.font.db=false\nqt.multimedia.*.info=false\nqt.multimedia.*.warning=false")
    liked = preferences.load(app)
    language.set_language(liked.language)
    if app.read(settings.locale) != language.language():
        app.write(lambda c: settings.put(c, "locale", language.language()))
    theme.install(liked.look, door_mode=liked.door_mode)
    door = app.door
    keys = Keys(WedgeSettings(prefix=door.prefix, suffix=door.suffix, least=liked.gun_least))
    window = MainWindow(app, Courier(), keys, liked, sync)
    _FirstPaint(window, lambda: qt.installEventFilter(keys))
    window.likes.present()
    return window


def close_window(window: MainWindow) -> None:
    """Let go of what the window held, before the station is closed."""
    window.leave()
    window.status.stop()
    application().removeEventFilter(window.keys)
    window.scans.eye.stop()
    window.scans.line.stop()
    window.sounds.close()
    window.background.stop()


def in_window(window: MainWindow, call: Callable[P, object]) -> Callable[P, None]:
    """A callback for other threads: what it calls happens in the window."""
    return window.courier.to(window, call)


def _settle_in(window: MainWindow, app: App, sync: Sync) -> None:
    """What is not needed for the first scan."""
    gc.freeze()
    gc.enable()
    window.door.load_the_rest()
    window.door.recount()
    sync.start()
    listen_for_others(window, str(app.folder.root))
    if app.enrolment is None:
        window.ask_for_server()
    QTimer.singleShot(400, window, window.sounds.prepare)
    QTimer.singleShot(500, window, window.likes.open_eye)
    QTimer.singleShot(500, window, window.likes.open_line)
    QTimer.singleShot(_LOADED, window, keep_what_is_loaded)


def keep_what_is_loaded() -> None:
    """Let collections look at nothing that is there by now: to walk it all would stop the window for a blink."""
    gc.freeze()


class Printing:
    """The threads that print, for as long as a window is open. They come up after its first picture."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._spooler: Spooler | None = None

    def start(self, window: MainWindow) -> None:
        """Print what waits, and let the window see it."""
        from ui.papers.system_printers import QtSheets

        made = window.background.ask(lambda: spooler(self._app, QtSheets()))
        window.courier.bring(
            made, to=window, done=lambda one: self._begin(window, one), failed=lambda one: window.problems.report(one)
        )

    def _begin(self, window: MainWindow, made: Spooler) -> None:
        self._spooler = made
        window.print_with(made)
        made.start()

    def stop(self) -> None:
        """Let go of the printers, before the station is closed."""
        if self._spooler is not None:
            self._spooler.stop()


class Cards:
    """The thread that speaks with card terminals, for as long as a window is open.

    It is there before there is a terminal: one that is set up, or changed, is spoken with from the next request on.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._worker: TerminalWorker | None = None

    def start(self, window: MainWindow) -> None:
        """Find out what an earlier run left without an answer, and charge cards from now on."""
        made = window.background.ask(lambda: card_worker(self._app))
        window.courier.bring(
            made, to=window, done=lambda one: self._begin(window, one), failed=lambda one: window.problems.report(one)
        )

    def _begin(self, window: MainWindow, made: TerminalWorker) -> None:
        made.start()
        window.cards = self._worker = made

    def stop(self) -> None:
        """Break off what goes on, and wait for how it ended, before the station is closed."""
        if self._worker is not None:
            self._worker.stop()


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
