"""From an address to the way it stands for. What a way needs is loaded when it is first gone."""

from __future__ import annotations

from collections.abc import Callable

from boxoffice.domain.printing import Language, Printer

from .address import Address, address_of
from .line import Line, LinePath
from .path import Path
from .system import SheetPrinter, SystemPath


def open_path(printer: Printer, sheets: SheetPrinter | None = None) -> Path:
    """The way to a printer. Nothing is opened before a parcel goes. Raises `BadInput` for an address that is none."""
    address = address_of(printer.address)
    match address.scheme:
        case "cups":
            from .cups import CupsPath

            return CupsPath(address.name, raw=printer.language is Language.ESCPOS)
        case "windows":
            from .windows import WindowsPath

            if printer.language is Language.PDF:
                return SystemPath(address.name, sheets)
            return WindowsPath(address.name)
        case "system":
            return SystemPath(address.name, sheets)
        case _:
            return LinePath(lambda stopped: _line(address, stopped))


def _line(address: Address, stopped: Callable[[], bool]) -> Line:
    match address.scheme:
        case "usb":
            from .usb_device import UsbLine

            return UsbLine(address, stopped)
        case "serial":
            from .serial_port import SerialLine

            return SerialLine(address, stopped)
        case "file":
            from .device_file import FileLine

            return FileLine(address.name, stopped)
        case _:
            from .network import NetworkLine

            return NetworkLine(address.name, address.port, stopped)
