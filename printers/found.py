"""The printers that can be seen from here, so that nobody types an address: plugged in, set up, or in the network.

The network is asked by multicast DNS; what answers there says that it is there and no more. Nothing is sent to a
printer before a person has chosen it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from boxoffice import config
from boxoffice.domain.printing import Language, Printer

from .paths import cups, usb_device, windows

if TYPE_CHECKING:
    from zeroconf import Zeroconf

RAW = "_pdl-datastream._tcp.local."
IPP = "_ipp._tcp.local."
_PATIENCE_MS = 1_000
_LONGEST = 63


class Found(msgspec.Struct, frozen=True, order=True):
    """A printer that is there, as it would be set up."""

    name: str
    address: str
    language: Language = Language.ESCPOS

    def printer(self) -> Printer:
        """Set up like this."""
        return Printer(name=self.name, address=self.address, language=self.language)


def find(seconds: float = 2.0) -> list[Found]:
    """Everything that can be seen within so long. Takes that time; not for the thread of a window."""
    found = [*_on_usb(), *_on_serial_ports(), *_set_up()]
    return found + [one for one in in_network(seconds) if one.address not in {other.address for other in found}]


def _on_usb() -> list[Found]:
    return [
        Found(one.name or f"USB {one.vendor:04x}:{one.product:04x}", f"usb:{one.vendor:04x}:{one.product:04x}")
        for one in usb_device.plugged_in()
    ]


def _on_serial_ports() -> list[Found]:
    from serial.tools import list_ports

    ports = [port for port in list_ports.comports() if port.hwid not in ("", "n/a", None)]
    return [Found(port.description or port.device, f"serial:{quote(port.device)}") for port in ports]


def _set_up() -> list[Found]:
    of_cups = [Found(name, f"cups:{quote(name)}", Language.PDF) for name in cups.queues()]
    return of_cups + [Found(name, f"windows:{quote(name)}") for name in windows.printers()]


def in_network(seconds: float) -> list[Found]:
    """Printers that answer a question to all; none where there is no network to ask in."""
    from zeroconf import InterfaceChoice, ServiceBrowser, Zeroconf

    try:
        line = Zeroconf(interfaces=config.interfaces() or InterfaceChoice.All)
    except OSError:
        return []
    names: set[tuple[str, str]] = set()
    try:
        browser = ServiceBrowser(line, [RAW, IPP], handlers=[_noting(names)])
        time.sleep(seconds)  # Nobody can say when the last one has answered.
        browser.cancel()
        return sorted({one for service, name in names if (one := _asked(line, service, name))})
    finally:
        line.close()


def _noting(names: set[tuple[str, str]]) -> Callable[..., None]:
    def note(zeroconf: Zeroconf, service_type: str, name: str, state_change: Any) -> None:  # noqa: ARG001
        names.add((service_type, name))

    return note


def _asked(line: Zeroconf, service: str, name: str) -> Found | None:
    """Where a printer is. One that speaks IPP alone is the system's to set up."""
    info = line.get_service_info(service, name, _PATIENCE_MS)
    addresses = info.parsed_addresses() if info is not None else []
    if info is None or not addresses or service != RAW:
        return None
    label = "".join(letter for letter in name.removesuffix(f".{service}") if letter.isprintable())[:_LONGEST]
    host = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    return Found(label, f"tcp://{host}:{info.port or 9100}")
