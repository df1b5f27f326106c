"""Between the thread of a gun on a serial line and the window: codes on to the door, and where the line stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from boxoffice.domain.scan import Scan
from boxoffice.scanning.state import Phase, SourceState
from ui.courier import Courier
from ui.language import sentences, tr

if TYPE_CHECKING:
    from boxoffice.scanning.serial_gun import SerialGun


class SerialLine(QObject):
    """Owns the gun. `changed` comes on the Qt thread."""

    changed = Signal(object)
    """A `SourceState`."""

    def __init__(self, courier: Courier, take: Callable[[Scan], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gun: SerialGun | None = None
        self._at = ("", 0)
        self._take = courier.to(self, take)
        self._tell = courier.to(self, self._on_state)

    def listen(self, port: str, speed: int) -> None:
        """Hear this port from now on, at so many bits a second; an empty name is none."""
        if (port, speed) == self._at:
            return
        self.stop()
        if not port:
            return
        from boxoffice.scanning.serial_gun import SerialGun

        self._at = (port, speed)
        self._gun = SerialGun(port, on_scan=self._take, on_state=self._tell, baudrate=speed)
        self._gun.start()

    def stop(self) -> None:
        """Let the port go."""
        gun, self._gun, self._at = self._gun, None, ("", 0)
        if gun is not None:
            gun.stop()

    def _on_state(self, state: SourceState) -> None:
        self.changed.emit(state)


def words_for(state: SourceState) -> str:
    """Where the line stands, for people."""
    if state.trouble is not None:
        return sentences(*state.trouble.parts())
    return tr("The gun's line is open.") if state.phase is Phase.RUNNING else ""


def ports() -> list[tuple[str, str]]:
    """The serial ports of this machine: the name that finds each again, and what people call it."""
    from boxoffice.scanning.serial_gun import found_ports

    return [(one.hardware or one.device, f"{one.description} ({one.device})") for one in found_ports()]
