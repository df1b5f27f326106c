"""The window: the strip, what is to be said above the screen, and the screens.

A scan belongs to the door, whichever screen is open, unless a till is open and sells. Screens beside the door are
made when they are first visited, so that the start pays for the door alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from boxoffice import config
from boxoffice.bootstrap import App
from boxoffice.domain.door import Door
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.scan import Scan, Source
from boxoffice.ids import new_scan
from boxoffice.scanning.state import Phase, SourceState
from boxoffice.scanning.wedge import WedgeSettings
from boxoffice.storage import settings

from . import language, theme
from . import preferences as chosen_by_person
from .background import Background
from .courier import Courier
from .doorkeeper import Case, Doorkeeper
from .keys import Keys
from .language import ago, clock, number, plural, tr
from .lens import Eye, words_for
from .living import Following, Keyed, Living, Scanning, Typing
from .locking import Locking
from .notices import Notices
from .preferences import Preferences
from .rights import Right, rights_here
from .screens.door.screen import DoorScreen
from .shapes import Shape
from .sounds import Sounds
from .syncing import SyncWorker
from .training import Training
from .widgets.strip import Strip, Where

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from boxoffice.scanning.found import Outline, Picture
    from boxoffice.storage.outbox import Counts
    from boxoffice.terminals.worker import TerminalWorker
    from sync.state import State

    from .paper import PrintWorker
    from .paper_desk import PaperDesk
    from .problems import Problems
    from .widgets.banners import Banners

log = logging.getLogger(__name__)

_SKEW = 120
_REFRESH = 5_000


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
        self._preferences = preferences
        self._sync = sync
        self._closing = False
        self._heard = False
        self._fetching = False
        self.background = Background()
        self.sounds = Sounds(self, muted=preferences.muted)
        self.eye = Eye(courier, self.take, self)
        self.keeper = Doorkeeper(app, courier, self)
        self._listener: Callable[[str], bool] | None = None
        self._typed_listener: Callable[[str], bool] | None = None
        self.unfinished: dict[Where, object] = {}
        """What was begun in a place and is not saved: it is there again when the place is made anew."""
        self._screens: dict[Where, QWidget] = {}
        self._inside: QWidget | None = None
        self._paper: PaperDesk | None = None
        self.cards: TerminalWorker | None = None
        self.setMinimumSize(680, 380)
        self.resize(1366, 768)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._build()
        self._listen()
        self.locking = Locking(self)
        self.training = Training(self._app.staff, self.courier, self._above, self._below, self)
        self.courier.ask_leave = self._ask_leave

    def rebuild(self) -> None:
        """Make everything anew: in another language, or for a station with another role."""
        where = next(where for where, piece in self.strip.places.items() if piece.isChecked())
        for made in ("problems", "banners"):
            self.__dict__.pop(made, None)
        self._screens = {}
        self._build()
        if self._paper is not None:
            self._paper.move_in()
        self._give_keys()
        if self._inside is not None:
            self._inside.show()
        self.go(where)
        self.locking.move_in()
        self.training.move_in(self._above, self._below)
        self.refresh()
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
            self._preferences,
            self._rights,
            self.background,
        )
        self._screens[Where.DOOR] = self.door
        self.stack.addWidget(self.door)
        self.strip.went.connect(self.go)
        self.strip.mute_pressed.connect(self.mute)
        self.strip.look_pressed.connect(self.next_look)
        self.door.money_wanted.connect(self._take_money)
        self.door.wants_settings.connect(lambda: self.go(Where.SETTINGS))
        self.go(Where.DOOR)

    def _title(self) -> str:
        name = self._app.station.name
        return tr("{station} — box office", station=name) if name else tr("Box office")

    def _listen(self) -> None:
        self.painted.connect(self._on_painted, Qt.ConnectionType.QueuedConnection)
        self.keys.scanned.connect(self._on_keys_scanned, Qt.ConnectionType.QueuedConnection)
        self.sounds.changed.connect(self._show_sound)
        self.eye.seen.connect(self._on_picture)
        self.eye.changed.connect(self._on_camera)
        self.keeper.changed.connect(self.refresh_soon)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(120)
        self._later.timeout.connect(self.refresh)
        self._every = QTimer(self)
        self._every.setInterval(_REFRESH)
        self._every.timeout.connect(self.refresh)
        self._every.start()
        if self._sync is not None:
            self._sync.on_state.append(self.courier.to(self, self._on_sync))

    @cached_property
    def problems(self) -> Problems:
        """Troubles, above the screen."""
        from .problems import Problems

        shown = Problems()
        self._above.addWidget(shown)
        return shown

    @cached_property
    def banners(self) -> Banners:
        """What is true for a while, above the screen."""
        from .widgets.banners import Banners

        shown = Banners()
        shown.outbox_pressed.connect(lambda: self.go(Where.OUTBOX))
        shown.part_pressed.connect(self.part)
        shown.enrol_pressed.connect(self.ask_for_server)
        if self._sync is not None:
            shown.stop_pressed.connect(self._sync.stop_first_sync)
            shown.resume_pressed.connect(self._sync.resume_first_sync)
        self._above.addWidget(shown)
        return shown

    def _on_painted(self) -> None:
        for key, slot in (
            ("F1", self.show_keys),
            ("F11", self.toggle_door_mode),
            ("F12", self.mute),
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
        self.refresh()
        self.door.refresh()
        self.complete.emit()

    # Scans

    def _on_keys_scanned(self, text: str) -> None:
        if self._typed_listener is not None and self._typed_listener(text):
            return
        self.take(new_scan(self._preferences.mending.mend(text), Source.WEDGE))

    def take(self, scan: Scan) -> None:
        """A scan of any source. Whoever asked for the next one gets it, then an open till; else it is for the door."""
        if self._listener is not None and self._listener(scan.text):
            return
        if not self.locking.lets_scan():
            return
        shown: object = self.stack.currentWidget()
        if isinstance(shown, Scanning) and shown.take_scan(scan.text):
            return
        if self._app.staff.training:
            self.notices.say(tr("This is training: nobody is let in, and no code is counted."))
            return
        if self.stack.currentWidget() is not self.door:
            self.go(Where.DOOR)
        self.door.take(scan)

    def let_in(self, event: str, ticket: str) -> None:
        """Somebody was found by name and shall pass the door."""
        if self._app.staff.training:
            self.notices.say(tr("This is training: nobody is let in, and no code is counted."))
            return
        self.go(Where.DOOR)
        self.keeper.choose(event, ticket)

    def on_frame(self, picture: Picture, outlines: tuple[Outline, ...]) -> None:
        """Show a picture of a camera that somebody else looks through; may be called from any thread."""
        self.eye.on_frame(picture, outlines)

    def start_camera(self) -> None:
        """Look through the camera that was chosen."""
        self.eye.through(self._preferences.camera)

    def _on_picture(self, picture: QImage, outlines: tuple[Outline, ...]) -> None:
        view = self.door.show_camera(there=True)
        if view is not None:
            view.show_picture(picture, outlines)
            sharp = view.devicePixelRatioF()
            self.eye.fit(round(view.width() * sharp), round(view.height() * sharp))

    def _on_camera(self, state: SourceState) -> None:
        there = state.phase is not Phase.STOPPED
        view = self.door.show_camera(there=there)
        if view is not None and state.phase is not Phase.RUNNING:
            view.show_message(words_for(state))
        if state.trouble is not None:
            self.notices.say(words_for(state))

    def listen_to_scans(self, listener: Callable[[str], bool] | None) -> None:
        """Let somebody else have the scans, as long as they take them: the enrolment, the gun's test."""
        self._listener = listener

    def listen_to_typed(self, listener: Callable[[str], bool] | None) -> None:
        """Let somebody else have what the gun types, before it is put right."""
        self._typed_listener = listener

    # Paper

    def print_with(self, worker: PrintWorker) -> None:
        """Show what these threads do, and let a person tell them what to do."""
        from .paper_desk import PaperDesk

        self._paper = PaperDesk(self, worker)
        self.refresh()

    @property
    def print_worker(self) -> PrintWorker | None:
        """The threads that print; None before they have come up."""
        return self._paper.worker if self._paper is not None else None

    def add_above(self, widget: QWidget) -> None:
        """Something to be said between the strip and the screen."""
        self._above.addWidget(widget)

    # Places

    def go(self, where: Where) -> None:
        """Show a place."""
        if where not in self.strip.places:
            where = Where.DOOR
        screen = self._screens.get(where) or self._make(where)
        self.stack.setCurrentWidget(screen)
        self.strip.stand_at(where)
        self._look_again()
        screen.setFocus()
        if where is Where.DOOR:
            self.door.panel.setFocus()

    def _look_again(self) -> None:
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
        from .permission import PermissionSheet

        staff = self._app.staff
        PermissionSheet(staff, self.courier, self.background, act, reason, granted, refused, self).open()

    @property
    def preferences(self) -> Preferences:
        """What the person likes."""
        return self._preferences

    def hurry(self) -> None:
        """Talk to the server now."""
        if self._sync is not None:
            self._sync.hurry()

    def set_door(self, door: Door) -> None:
        """Set the door and the gun that stands at it."""
        self.keeper.set_door(door)
        self._set_gun(door)
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

    def part(self) -> None:
        """The server has sent this station away: ask whether to wipe it."""
        from .places import part

        part(self)

    def ask_for_server(self) -> None:
        """The first start: this station belongs to nobody yet."""
        from .places import enrol

        enrol(self)

    def _set_gun(self, door: Door) -> None:
        self.keys.set_gun(WedgeSettings(prefix=door.prefix, suffix=door.suffix, least=self._preferences.gun_least))

    # What the strip says

    def refresh_soon(self) -> None:
        """Many scans in a second are one look at the outbox."""
        if not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        """Say again how things stand."""
        if self._heard:
            self._heard = False
            self.keeper.refresh()
            self.door.refresh()
        self._look_again()
        kept = self._app.outbox()
        self.strip.places[Where.OUTBOX].count(kept.waiting + kept.parked)
        self.strip.places[Where.CONFLICTS].count(len(self._app.conflicts()))
        self._count_cards()
        if self._paper is not None:
            self._paper.refresh()
        self.strip.show_refused(kept.parked)
        self.strip.show_key_in_folder(config.key_is_in_folder(self._app.folder))
        if self._sync is None:
            text = tr("No server") if self._app.enrolment is None else tr("Not syncing")
            self.strip.show_line(text, "muted", Shape.CLOUD_OFF)
        else:
            self._show_state(self._sync.state, kept)
        self._show_wiped()

    def _count_cards(self) -> None:
        """Card payments that nobody knows the outcome of; asked once there is somebody to speak with terminals."""
        if self.cards is None or Where.TILL not in self.strip.places:
            return
        from boxoffice.storage import payments

        self.strip.places[Where.TILL].count(len(self._app.read(payments.doubtful)))

    def _show_wiped(self) -> None:
        departure = self._app.departure
        wiped_at = departure.wiped_at if departure else None
        if wiped_at is not None:
            self.strip.show_line(tr("No server"), "muted", Shape.CLOUD_OFF)
        if wiped_at is not None or "banners" in self.__dict__:
            self.banners.show_wiped(wiped_at)

    def _on_sync(self, state: State) -> None:
        """Something was sent or fetched, or the line is another."""
        if self._fetching and not state.first_sync:
            self.door.recount()
        self._fetching = bool(state.first_sync)
        self._heard = True
        self.refresh_soon()

    def _show_state(self, state: State, kept: Counts) -> None:
        waits = _waits(kept.waiting, kept.oldest)
        if state.revoked or state.cloned:
            self.strip.show_line(tr("Stopped") + waits, "bad", Shape.CLOUD_OFF)
        elif state.online:
            self.strip.show_line(tr("Online") + waits, "good", Shape.CLOUD)
        elif state.offline_since is not None:
            since = clock(state.offline_since)
            self.strip.show_line(tr("Offline since {when}", when=since) + waits, "warn", Shape.CLOUD_OFF)
        else:
            self.strip.show_line(tr("Connecting") + waits, "muted", Shape.CLOUD)
        self.strip.line.setToolTip(str(state.trouble or ""))
        skew = abs(state.skew_seconds or 0)
        self.strip.show_skew(tr("Clock wrong by {time}", time=ago(skew)) if skew > _SKEW else "")
        quiet = not (state.offline_since or state.revoked or state.cloned or state.first_sync)
        if "banners" in self.__dict__ or not quiet:
            self.banners.show_state(state, kept.waiting)

    # Looks and sounds

    def mute(self) -> None:
        """Silence, or not."""
        self.choose(muted=not self._preferences.muted)

    def _show_sound(self) -> None:
        trouble = self.sounds.trouble
        self.strip.show_sound(muted=self.sounds.muted, able=trouble is None)
        if trouble is not None:
            self.strip.sound.setToolTip(str(trouble))

    def next_look(self) -> None:
        """Light, dark, door mode, and round again."""
        if self._preferences.door_mode:
            self.choose(look=theme.Look.LIGHT, door_mode=False)
        elif theme.colours().dark:
            self.choose(door_mode=True)
        else:
            self.choose(look=theme.Look.DARK)

    def toggle_door_mode(self) -> None:
        """The whole screen, dark and large, or not."""
        self.choose(door_mode=not self._preferences.door_mode)

    def choose(self, **changes: object) -> None:
        """Change what the person likes, now and for the next start."""
        before = self._preferences
        self._preferences = msgspec.structs.replace(before, **changes)
        chosen_by_person.save(self._app, self._preferences)
        self.sounds.mute(self._preferences.muted)
        self.door.set_preferences(self._preferences)
        for screen in self._screens.values():
            shown: object = screen
            if isinstance(shown, Following):
                shown.follow(self._preferences)
        if before.camera != self._preferences.camera:
            self.start_camera()
        if before.language != self._preferences.language:
            language.set_language(self._preferences.language)
            self._app.write(lambda c: settings.put(c, "locale", language.language()))
            # Not now: the choice that was made is still being told about.
            QTimer.singleShot(0, self, self.rebuild)
        if (before.look, before.door_mode) != (self._preferences.look, self._preferences.door_mode):
            theme.wear(self._preferences.look, door_mode=self._preferences.door_mode)
        if before.door_mode != self._preferences.door_mode:
            self.present()
        if before.gun_least != self._preferences.gun_least:
            self._set_gun(self.keeper.door)

    def present(self) -> None:
        """Show the window as large as it is wanted."""
        if self._preferences.door_mode:
            self.showFullScreen()
        elif self.isFullScreen():
            self.showNormal()
        else:
            self.show()

    # Dialogs, and the end

    def show_keys(self) -> None:
        """The sheet of keys."""
        from .widgets.dialogs import KeysSheet

        general = [
            ("F1", tr("This sheet")),
            ("F11", tr("Door mode")),
            ("F12", tr("Mute")),
            ("Ctrl+L", tr("Lock, or hand over")),
            ("Ctrl+1 … 8", tr("Change the place")),
        ]
        shown: object = self.stack.currentWidget()
        own = shown.keys() if isinstance(shown, Keyed) else DoorScreen.keys()
        KeysSheet([*own, *general], self).open()

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
        waiting = self._app.outbox().waiting
        paper = self._paper.waiting if self._paper is not None else 0
        badge = self._unsaved_badge()
        if self._closing or not (waiting or paper or badge):
            self._closing = True
            event.accept()
            return
        event.ignore()
        self._ask_to_close(waiting, paper, badge)

    def _unsaved_badge(self) -> str:
        """The name of a badge that was changed and not saved; empty if there is none."""
        if Where.BADGES not in self.unfinished:
            return ""
        from .badge_draft import Draft

        begun = self.unfinished[Where.BADGES]
        if not isinstance(begun, Draft) or not begun.is_dirty or not begun.may_undo:
            return ""
        return begun.template.name

    def _ask_to_close(self, waiting: int, paper: int, badge: str) -> None:
        from .widgets.buttons import Button, Weight
        from .widgets.dialogs import Dialog

        dialog = Dialog(tr("Close with work waiting?"), self)
        dialog.setObjectName("close_dialog")
        if waiting:
            acts = plural("{n} act has not reached the server.", "{n} acts have not reached the server.", waiting)
            dialog.say(acts + " " + tr("Nothing is lost: it waits on this computer and is sent after the next start."))
        if paper:
            documents = plural("{n} document is not on paper yet.", "{n} documents are not on paper yet.", paper)
            dialog.say(documents + " " + tr("It is printed after the next start."))
        if badge:
            dialog.say(tr("{name} was changed and not saved.", name=badge) + " " + tr("The changes would be lost."))
        stay = Button(tr("Stay"), key="Esc")
        stay.clicked.connect(dialog.reject)
        leave = Button(tr("Close"), weight=Weight.PRIMARY)
        leave.clicked.connect(self.leave)
        dialog.add_buttons(stay, leave)
        dialog.open()

    def leave(self) -> None:
        """Close, whatever waits."""
        self._closing = True
        self.close()


def _waits(waiting: int, oldest: str | None) -> str:
    """How many acts wait and how old the oldest is."""
    if not waiting:
        return ""
    text = " · " + tr("{n} waiting", n=number(waiting))
    if oldest is None:
        return text
    age = (datetime.now(UTC) - datetime.fromisoformat(oldest)).total_seconds()
    return text + ", " + tr("oldest {age}", age=ago(age)) if age >= 60 else text
