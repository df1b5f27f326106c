"""How the station stands, said in the window's strip and above its screens: the line to the server, and what waits.

Nothing of it is on the first picture, so it is loaded after it. Many scans in a second are one look at the outbox.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from boxoffice import config

from .language import ago, clock, number, tr
from .shapes import Shape
from .widgets.banners import Banners
from .widgets.strip import Where

if TYPE_CHECKING:
    from boxoffice.storage.outbox import Counts
    from sync.state import State

    from .main_window import MainWindow
    from .syncing import SyncWorker

_OLD = 60
"""Seconds from which on it is said how long something has waited."""
_SKEW = 120
"""Seconds that a clock may be wrong before it is said."""
_SOON = 120
_REFRESH = 5_000


class Status(QObject):
    """For one window, as long as it is there."""

    def __init__(self, window: MainWindow, sync: SyncWorker | None) -> None:
        super().__init__(window)
        self._window = window
        self._station = window.station
        self._sync = sync
        self._heard = False
        self._fetching = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SOON)
        self._later.timeout.connect(self.refresh)
        self._every = QTimer(self)
        self._every.setInterval(_REFRESH)
        self._every.timeout.connect(self.refresh)
        self._every.start()
        window.keeper.changed.connect(self.refresh_soon)
        if sync is not None:
            sync.on_state.append(window.courier.to(self, self._on_sync))

    def move_in(self) -> None:
        """The window was built anew."""
        self.__dict__.pop("banners", None)

    def stop(self) -> None:
        """Say nothing any more: the window closes, and its station after it."""
        self._later.stop()
        self._every.stop()

    @cached_property
    def banners(self) -> Banners:
        """What is true for a while, above the screen."""
        shown, window = Banners(), self._window
        shown.outbox_pressed.connect(lambda: window.go(Where.OUTBOX))
        shown.part_pressed.connect(window.part)
        shown.enrol_pressed.connect(window.ask_for_server)
        if self._sync is not None:
            shown.stop_pressed.connect(self._sync.stop_first_sync)
            shown.resume_pressed.connect(self._sync.resume_first_sync)
        window.add_above(shown)
        return shown

    def refresh_soon(self) -> None:
        """Say it again in a moment."""
        if self._every.isActive() and not self._later.isActive():
            self._later.start()

    @property
    def is_behind(self) -> bool:
        """Whether something has changed that is not said yet."""
        return self._later.isActive()

    def refresh(self) -> None:
        """Say again how things stand."""
        window, strip = self._window, self._window.strip
        if self._heard:
            self._heard = False
            window.keeper.refresh()
            window.door.refresh()
        window.look_again()
        kept = self._station.outbox()
        strip.places[Where.OUTBOX].count(kept.waiting + kept.parked)
        strip.places[Where.CONFLICTS].count(len(self._station.conflicts()))
        self._count_cards()
        if window.paper is not None:
            window.paper.refresh()
        strip.show_refused(kept.parked)
        strip.show_key_in_folder(config.key_is_in_folder(self._station.folder))
        self._show_line(kept)
        self._show_wiped()

    def _count_cards(self) -> None:
        """Card payments that nobody knows the outcome of; asked once there is somebody to speak with terminals."""
        till = self._window.strip.places.get(Where.TILL)
        if self._window.cards is None or till is None:
            return
        from boxoffice.storage import payments

        till.count(len(self._station.read(payments.doubtful)))

    def _show_line(self, kept: Counts) -> None:
        if self._sync is not None:
            self._show_state(self._sync.state, kept)
            return
        text = tr("No server") if self._station.enrolment is None else tr("Not syncing")
        self._window.strip.show_line(text, "muted", Shape.CLOUD_OFF)

    def _show_wiped(self) -> None:
        departure = self._station.departure
        wiped_at = departure.wiped_at if departure else None
        if wiped_at is not None:
            self._window.strip.show_line(tr("No server"), "muted", Shape.CLOUD_OFF)
        if wiped_at is not None or "banners" in self.__dict__:
            self.banners.show_wiped(wiped_at)

    @property
    def online(self) -> bool:
        """Whether the server answers, as far as anybody knows."""
        return self._sync is not None and self._sync.state.online

    def _on_sync(self, state: State) -> None:
        """Something was sent or fetched, or the line is another."""
        if self._fetching and not state.first_sync:
            self._window.door.recount()
        self._fetching = bool(state.first_sync)
        self._heard = True
        self.refresh_soon()

    def _show_state(self, state: State, kept: Counts) -> None:
        strip = self._window.strip
        strip.show_line(*_line(state, _waits(kept.waiting, kept.oldest)))
        strip.line.setToolTip(str(state.trouble or ""))
        skew = abs(state.skew_seconds or 0)
        strip.show_skew(tr("Clock wrong by {time}", time=ago(skew)) if skew > _SKEW else "")
        stopped = state.revoked or state.cloned
        quiet = not (state.offline_since or stopped or state.alarm or state.sent_again or state.first_sync)
        if "banners" in self.__dict__ or not quiet:
            self.banners.show_state(state, kept.waiting)


def _line(state: State, waits: str) -> tuple[str, str, Shape]:
    """The line to the server in words, with their colour and their picture."""
    if state.revoked or state.cloned:
        return tr("Stopped") + waits, "bad", Shape.CLOUD_OFF
    if state.online:
        return tr("Online") + waits, "good", Shape.CLOUD
    if state.offline_since is not None:
        return tr("Offline since {when}", when=clock(state.offline_since)) + waits, "warn", Shape.CLOUD_OFF
    return tr("Connecting") + waits, "muted", Shape.CLOUD


def _waits(waiting: int, oldest: str | None) -> str:
    """How many acts wait and how old the oldest is."""
    if not waiting:
        return ""
    age = 0.0 if oldest is None else (datetime.now(UTC) - datetime.fromisoformat(oldest)).total_seconds()
    if age < _OLD:
        return " · " + tr("{n} waiting", n=number(waiting))
    return " · " + tr("{n} waiting, oldest {age}", n=number(waiting), age=ago(age))
