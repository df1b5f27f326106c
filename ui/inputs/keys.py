"""Every key press of the application passes here first: guns type like keyboards.

The filter feeds `scanning.wedge`, which says what was a gun and what a person. What a gun types reaches no
field and presses no button, whatever has the focus, dialogs included; what a person types is handed back
to where it was going.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QWidget

from boxoffice.scanning.wedge import KeyClock, Reaction, Wedge, WedgeSettings

_PRESS = QEvent.Type.KeyPress
_RELEASE = QEvent.Type.KeyRelease
_OVERRIDE = QEvent.Type.ShortcutOverride

_BARE = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Meta,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_ScrollLock,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_Hyper_L,
        Qt.Key.Key_Hyper_R,
        Qt.Key.Key_Mode_switch,
        Qt.Key.Key_unknown,
    }
)

_TEXT_OF = {Qt.Key.Key_Return: "\r", Qt.Key.Key_Enter: "\r", Qt.Key.Key_Tab: "\t"}

_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_ALT_GR_ON_WINDOWS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class HeldKey(NamedTuple):
    """A copy of a press, and where it was going."""

    target: QObject
    event: QKeyEvent


class _Sighting(NamedTuple):
    """One event on its way: Qt shows it to the filter again for the window, the widget and its parents."""

    address: int
    kind: QEvent.Type
    key: int
    seen_by: set[int]


class Keys(QObject):
    """The event filter. `scanned` carries the text of each scan of a gun."""

    scanned = Signal(str)

    def __init__(self, settings: WedgeSettings, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._clock = KeyClock()
        self._wedge: Wedge[HeldKey] = Wedge(settings)
        self._swallowed: set[int] = set()
        self._replayed: set[int] = set()
        self.presses = 0
        """How many keys were pressed so far: whether somebody is there."""
        self._passing: _Sighting | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer)

    def set_gun(self, settings: WedgeSettings) -> None:
        """The gun types differently from now on. A burst under way is forgotten."""
        self._wedge = Wedge(settings)
        self._timer.stop()

    def eventFilter(self, receiver: QObject, event: QEvent) -> bool:
        # Everything that happens in the application comes by here, and to ask it for its type takes longest.
        if not isinstance(event, QKeyEvent) or not isinstance(receiver, (QWindow, QWidget)):
            return False
        kind = event.type()
        if kind is not _PRESS and kind is not _RELEASE and kind is not _OVERRIDE:
            return False
        if _address(event) in self._replayed:
            return False
        if kind is _OVERRIDE:
            return self._on_override(event)
        if self._on_its_way(receiver, event):
            return False
        if kind is _RELEASE:
            return self._on_release(event)
        return self._on_press(receiver, event)

    def _on_its_way(self, receiver: QObject, event: QKeyEvent) -> bool:
        """Whether this is an event that was looked at before, on its way from one receiver to the next."""
        address, here = _address(event), _address(receiver)
        passing = self._passing
        if passing is not None and (address, event.type(), event.key()) == passing[:3] and here not in passing.seen_by:
            passing.seen_by.add(here)
            return True
        self._passing = _Sighting(address, event.type(), event.key(), {here})
        return False

    def _on_override(self, event: QKeyEvent) -> bool:
        """A key with text comes here as a press before any shortcut may have it."""
        if not _text(event):
            return False
        event.accept()
        return True

    def _on_release(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key not in self._swallowed:
            return False
        if not event.isAutoRepeat():
            self._swallowed.discard(key)
        return True

    def _on_press(self, receiver: QObject, event: QKeyEvent) -> bool:
        if event.key() in _BARE:
            return False
        self.presses += 1
        at = self._clock.pressed(event.timestamp(), self._now())
        held = HeldKey(receiver, event.clone())
        reaction = self._wedge.press(held, _text(event), at, repeated=event.isAutoRepeat())
        if reaction.swallow:
            self._swallowed.add(event.key())
            self._passing = None
        else:
            self._swallowed.discard(event.key())
        self._obey(reaction)
        return reaction.swallow or not shiboken6.isValid(receiver)

    def _on_timer(self) -> None:
        """Keys that came during a stall are in the queue and belong to the burst: they go first."""
        QTimer.singleShot(0, self._on_silence)

    def _on_silence(self) -> None:
        self._obey(self._wedge.silence(self._clock.now(self._now())))

    def _obey(self, reaction: Reaction[HeldKey]) -> None:
        for held in reaction.replay:
            self._replay(held)
        for scan in reaction.scans:
            self.scanned.emit(scan)
        self._wake_up()

    def _wake_up(self) -> None:
        wake_at = self._wedge.wake_at
        if wake_at is None:
            self._timer.stop()
            return
        left = wake_at - self._clock.now(self._now())
        self._timer.start(max(0, round(left * 1000)))

    def _replay(self, held: HeldKey) -> None:
        target: QObject | None = held.target if shiboken6.isValid(held.target) else QGuiApplication.focusWindow()
        if target is None:
            return
        self._send(target, held.event)
        if shiboken6.isValid(target):
            self._send(target, _release_of(held.event))

    def _send(self, target: QObject, event: QKeyEvent) -> None:
        """Past this filter. Known by its address, because a dialog may open in it and keys of its own come."""
        address = _address(event)
        self._replayed.add(address)
        try:
            QCoreApplication.sendEvent(target, event)
        finally:
            self._replayed.discard(address)


def _address(thing: shiboken6.Object) -> int:
    return int(shiboken6.getCppPointer(thing)[0])


def _text(event: QKeyEvent) -> str:
    """What the key types; nothing for commands."""
    if event.key() in _TEXT_OF:
        return "" if event.modifiers() & _COMMAND else _TEXT_OF[Qt.Key(event.key())]
    text = event.text()
    command = event.modifiers() & _COMMAND
    if not command or (command == _ALT_GR_ON_WINDOWS and text.isprintable()):
        return text
    return ""


def _release_of(press: QKeyEvent) -> QKeyEvent:
    return QKeyEvent(
        QEvent.Type.KeyRelease,
        press.key(),
        press.modifiers(),
        press.nativeScanCode(),
        press.nativeVirtualKey(),
        press.nativeModifiers(),
        press.text(),
        False,
        1,
        press.device(),
    )
