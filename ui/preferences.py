"""What the person at this station likes: colours, sounds, how long an answer stays. Kept in the station's store."""

from __future__ import annotations

from concurrent.futures import Future

import msgspec

from boxoffice.bootstrap import App
from boxoffice.scanning.layouts import Mending
from boxoffice.storage import settings

from .theme import Look

_KEY = "screen"
IN_A_WINDOW = "window"
"""In place of a screen's name: a window that is moved about."""


class Preferences(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything that is chosen for the eyes, the ears and the hands, and nothing that decides an entry."""

    look: Look = Look.SYSTEM
    door_mode: bool = False
    muted: bool = False
    language: str = ""
    """Empty is the system's."""
    seconds: int = 6
    """How long a good answer stays; others stay twice as long."""
    camera: str = "auto"
    """Number, device, film or folder; `auto` is the first there is, empty is none."""
    lock_after: int = 5
    """Minutes without a hand on it, until whoever is signed in has to give the PIN again; 0 for never."""
    gun_least: int = 6
    """Characters that make a scan."""
    gun_port: str = ""
    """The serial port that a gun is on: a device, or what finds it again in whichever socket; empty is none."""
    gun_speed: int = 9600
    """Bits a second on that port."""
    display: str = ""
    """The screen that the customer sees, by its name; empty is none."""
    mending: Mending = Mending()
    """How to put right what a gun for another keyboard types."""


def load(app: App) -> Preferences:
    """What was chosen last."""
    return app.read(lambda connection: settings.get(connection, _KEY, Preferences, Preferences()))


def save(app: App, chosen: Preferences) -> Future[None]:
    """Keep it for the next start; nobody needs to wait for that."""
    return app.write(lambda connection: settings.put(connection, _KEY, chosen))
