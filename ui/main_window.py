"""The window: the strip, what is to be said above the screen, and the screens.

What it does beside showing them has rooms of its own: where scans go, what the strip says, what the person likes, who
is here. Screens beside the door are made when they are first visited, so that the start pays for the door alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.door import Door
from boxoffice.domain.permissions import Act, Permit
from ui.clerks.cases import Case
from ui.clerks.doorkeeper import Doorkeeper
from ui.inputs.keys import Keys
from ui.inputs.scans import Scans

from .background import Background
from .courier import Courier
from .focus import Follower, in_order
from .language import tr
from .likes import Likes
from .living import Living, Typing
from .locking import Locking
from .notices import Notices
from .preferences import Preferences
from .rights import Right, rights_here
from .screens.door.screen import DoorScreen
from .sounds import Sounds
from .syncing import SyncWorker
from .training import Training
from .widgets.strip import Strip, Where

if TYPE_CHECKING:
    from boxoffice.terminals.worker import TerminalWorker
    from ui.papers.paper import PrintWorker
    from ui.papers.paper_desk import PaperDesk

    from .problems import Problems
    from .status import Status

_NEEDS = {
    Where.DESK: Right.SEARCH,
    Where.TILL: Right.SELL,
    Where.BADGES: Right.DESIGN_BADGES,
    Where.PRINTING: Right.PRINT,
}
"""Places that not everybody may enter."""


class MainWindow(QWidget):
    """Everything a person sees of the station."""

    painted = Signal()
    """The first picture is on the screen: what took its time may begin."""
    complete = Signal()
    """Figures and rows are there too, and everything that a scan needs is loaded."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        keys: Keys,
        preferences: Preferences,
        sync: SyncWorker | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self.courier = courier
        self.keys = keys
        self._sync = sync
        self._closing = False
        self.background = Background()
        self._follower = Follower(self)
        self.sounds = Sounds(self, muted=preferences.muted)
        self.likes = Likes(self, preferences)
        self.keeper = Doorkeeper(app, courier, self)
        self.scans = Scans(self)
        self.unfinished: dict[Where, object] = {}
        """What was begun in a place and is not saved: it is there again when the place is made anew."""
        self._screens: dict[Where, QWidget] = {}
        self._inside: QWidget | None = None
        self.paper: PaperDesk | None = None
        """The threads that print, and what is said of them; None before they have come up."""
        self.cards: TerminalWorker | None = None
        self.setMinimumSize(680, 380)
        self.resize(1366, 768)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._build()
        self._listen()
        self.locking = Locking(self)
        self.training = Training(self._app.staff, self.courier, self._above, self._below, self)
        self.training.changed.connect(self.keep_order)
        self.courier.ask_leave = self._ask_leave

    def rebuild(self) -> None:
        """Make everything anew: in another language, or for a station with another role."""
        where = next(where for where, piece in self.strip.places.items() if piece.isChecked())
        self.__dict__.pop("problems", None)
        self.status.move_in()
        self._screens = {}
        self._build()
        if self.paper is not None:
            self.paper.move_in()
        self._give_keys()
        if self._inside is not None:
            self._inside.show()
        self.go(where)
        self.locking.move_in()
        self.training.move_in(self._above, self._below)
        self.keep_order()
        self.status.refresh()
        self.door.refresh()
        self._show_sound()
        self.door.recount()

    def _build(self) -> None:
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self._inside = QWidget()
        self._whole.addWidget(self._inside)
        self._rights = rights_here(self._app)
        self.setWindowTitle(self._title())
        places = tuple(where for where in Where if _NEEDS.get(where) in (None, *self._rights))
        self.strip = Strip(places)
        self.stack = QStackedWidget()
        self._above = QVBoxLayout()
        rows = QVBoxLayout(self._inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.strip)
        rows.addLayout(self._above)
        rows.addWidget(self.stack, 1)
        self._rows = rows
        self._below = QVBoxLayout()
        rows.addLayout(self._below)
        self.notices = Notices(self._inside)
        self.door = DoorScreen(
            self._app,
            self.keeper,
            self.courier,
            self.sounds,
            self.notices,
            self.preferences,
            self._rights,
            self.background,
        )
        self.door.lend(self.scans.eye)
        self._screens[Where.DOOR] = self.door
        self.stack.addWidget(self.door)
        self.strip.went.connect(self.go)
        self.strip.mute_pressed.connect(self.likes.mute)
        self.strip.look_pressed.connect(self.likes.next_look)
        self.door.money_wanted.connect(self._take_money)
        self.door.search.new_wanted.connect(self._sell_to)
        self.door.wants_settings.connect(lambda: self.go(Where.SETTINGS))
        self.go(Where.DOOR)

    def _title(self) -> str:
        name = self._app.station.name
        return tr("{station} — box office", station=name) if name else tr("Box office")

    def _listen(self) -> None:
        self.painted.connect(self._on_painted, Qt.ConnectionType.QueuedConnection)
        self.sounds.changed.connect(self._show_sound)

    @cached_property
    def status(self) -> Status:
        """How the station stands, in the strip and above the screen."""
        from .status import Status

        return Status(self, self._sync)

    @cached_property
    def problems(self) -> Problems:
        """Troubles, above the screen."""
        from .problems import Problems

        shown = Problems()
        self.add_above(shown)
        return shown

    def _on_painted(self) -> None:
        for key, slot in (
            ("F1", self.show_keys),
            ("F11", self.likes.toggle_door_mode),
            ("F12", self.likes.mute),
            ("Ctrl+L", self.locking.lock),
        ):
            QShortcut(QKeySequence(key), self, slot)
        self._give_keys()
        # After whoever else waits for the picture: loading takes turns with this thread.
        QTimer.singleShot(0, self, self._load_the_rest)

    def _give_keys(self) -> None:
        """Keys that lead to what was built. Nobody presses one before there is a picture."""
        for index, where in enumerate(self.strip.places):
            QShortcut(QKeySequence(f"Ctrl+{index + 1}"), self.strip, partial(self.go, where))
        self.door.give_keys()

    def _load_the_rest(self) -> None:
        """The first picture said what is scanned here; figures and rows follow, with all that a scan needs."""
        loaded = self.background.ask(self._app.load_the_rest)
        self.courier.bring(loaded, to=self, done=self._on_loaded, failed=lambda one: self.problems.report(one))

    def _on_loaded(self, _: None) -> None:
        self.status.refresh()
        self.door.refresh()
        self.complete.emit()

    # Paper

    def print_with(self, worker: PrintWorker) -> None:
        """Show what these threads do, and let a person tell them what to do."""
        from ui.papers.paper_desk import PaperDesk

        self.paper = PaperDesk(self, worker)
        self.status.refresh()

    def add_above(self, widget: QWidget) -> None:
        """Something to be said between the strip and the screen."""
        self._above.addWidget(widget)
        self.keep_order()

    def keep_order(self) -> None:
        """Whenever something came up there, the Tab key comes to it where the eye does: before the screen."""
        items = (self._above.itemAt(at) for at in range(self._above.count()))
        above = [widget for item in items if item is not None and (widget := item.widget()) is not None]
        in_order(*sorted(self.strip.findChildren(QPushButton), key=lambda piece: piece.x()), *above)

    # Places

    def go(self, where: Where) -> None:
        """Show a place."""
        if where not in self.strip.places:
            where = Where.DOOR
        screen = self._screens.get(where) or self._make(where)
        self.stack.setCurrentWidget(screen)
        self.strip.stand_at(where)
        self.keep_order()
        self.look_again()
        screen.setFocus()
        if where is Where.DOOR:
            self.door.panel.setFocus()

    def look_again(self) -> None:
        """Let the screen that stands here show what there is now."""
        shown: object = self.stack.currentWidget()
        if isinstance(shown, Living):
            shown.look_again()

    def _make(self, where: Where) -> QWidget:
        from .places import make

        screen = self._screens[where] = make(where, self)
        if screen is not self.door:
            self.stack.addWidget(screen)
        return screen

    # What the other screens ask for

    @property
    def station(self) -> App:
        """The station whose window this is."""
        return self._app

    @property
    def rights(self) -> frozenset[Right]:
        """What may be done at this station."""
        return self._rights

    @property
    def screens(self) -> dict[Where, QWidget]:
        """The places that were visited."""
        return self._screens

    def room_for_cover(self) -> QVBoxLayout:
        """Where something is put that stands in the place of every screen."""
        return self._rows

    def with_leave(self, act: Act, reason: str, then: Callable[[tuple[Permit, ...]], object]) -> None:
        """Go on with the permit of whoever stands by an act, or without one where none is needed."""
        if not self._app.staff.asks_for_pin(act):
            then(())
            return
        self._ask_leave(act, reason, lambda permit: then((permit,)), lambda: None)

    def _ask_leave(
        self, act: Act, reason: str, granted: Callable[[Permit], object], refused: Callable[[], object]
    ) -> None:
        from ui.sheets.permission import PermissionSheet

        staff = self._app.staff
        PermissionSheet(staff, self.courier, self.background, act, reason, granted, refused, self).open()

    @property
    def preferences(self) -> Preferences:
        """What the person likes."""
        return self.likes.chosen

    def hurry(self) -> None:
        """Talk to the server now."""
        if self._sync is not None:
            self._sync.hurry()

    def set_door(self, door: Door) -> None:
        """Set the door and the gun that stands at it."""
        self.keeper.set_door(door)
        self.likes.set_gun()
        self.door.refresh()
        self.door.recount()

    def on_joined(self) -> None:
        """The station has another server: talk to that one, and let its role say what may be done."""
        self.rebuild()
        if self._sync is not None:
            self._sync.start()

    def on_wiped(self) -> None:
        """The station belongs to nobody any more, and knows nobody."""
        self.keeper.set_door(self._app.door)
        self.on_joined()

    def _take_money(self, case: Case) -> None:
        """Somebody stands at the door and has not paid."""
        from .places import take_money

        take_money(self, case)

    def _sell_to(self, name: str) -> None:
        """Somebody at the door has no ticket yet."""
        from .places import sell_to

        sell_to(self, name)

    def part(self) -> None:
        """The server has sent this station away: ask whether to wipe it."""
        from .places import part

        part(self)

    def ask_for_server(self) -> None:
        """The first start: this station belongs to nobody yet."""
        from .places import enrol

        enrol(self)

    def _show_sound(self) -> None:
        trouble = self.sounds.trouble
        self.strip.show_sound(muted=self.sounds.muted, able=trouble is None)
        if trouble is not None:
            self.strip.sound.setToolTip(" ".join(tr(part) for part in trouble.parts()))

    # Dialogs, and the end

    def show_keys(self) -> None:
        """The sheet of keys."""
        from .places import show_keys

        show_keys(self)

    def event(self, event: QEvent) -> bool:
        """While a dialog lies over the answer, no time passes for it."""
        if event.type() in (QEvent.Type.WindowBlocked, QEvent.Type.WindowUnblocked):
            self.door.pause(event.type() is QEvent.Type.WindowBlocked)
        if event.type() is QEvent.Type.WindowUnblocked:
            QTimer.singleShot(0, self, self._give_focus)
        return super().event(event)

    def _give_focus(self) -> None:
        """A dialog may have changed what had the keys before: a till needs them where it is typed."""
        shown: object = self.stack.currentWidget()
        if isinstance(shown, Typing):
            shown.take_keys()

    def closeEvent(self, event: QCloseEvent) -> None:
        from . import closing

        waiting = closing.waiting(self)
        if self._closing or not waiting:
            self._closing = True
            event.accept()
            return
        event.ignore()
        closing.ask(self, waiting)

    def leave(self) -> None:
        """Close, whatever waits."""
        self._closing = True
        self.close()
