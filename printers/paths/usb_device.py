"""A printer on USB, without a driver of the system: its own pair of pipes, opened for each job and let go behind it.

After it was unplugged a device opens again only if nothing of the old one is held, so nothing ever is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from boxoffice.errors import filled

from .address import Address
from .line import LineLost
from .path import NotSent

TAKES_WITHIN = 5.0
_PIECE = 4096
_CLASS_PRINTER = 7
_IN = 0x80


class UsbLine:
    """A claimed printer. Raises `NotSent` if it is not there, or not ours to have."""

    ends = False

    def __init__(self, address: Address, stopped: Callable[[], bool], backend: Any = None) -> None:
        import usb.core
        import usb.util

        self._stopped = stopped
        self._trouble, self._silence = usb.core.USBError, usb.core.USBTimeoutError
        self._util = usb.util
        self._device = _find(address, backend)
        if self._device is None:
            raise _not_there(address, "it is not plugged in, or switched off")
        try:
            self._claim()
        except (usb.core.USBError, NotImplementedError) as error:
            usb.util.dispose_resources(self._device)
            raise _not_there(address, str(error)) from error

    def _claim(self) -> None:
        try:
            self._device.get_active_configuration()
        except self._trouble:
            self._device.set_configuration()
        interface = _printing_interface(self._device)
        number = interface.bInterfaceNumber
        try:
            if self._device.is_kernel_driver_active(number):
                self._device.detach_kernel_driver(number)
        except NotImplementedError:
            pass  # This system has no driver in the way.
        self._util.claim_interface(self._device, number)
        ends = {bool(end.bEndpointAddress & _IN): end for end in interface if end.bmAttributes & 3 == 2}
        self._out, self._in = ends[False], ends.get(True)
        self.hears = self._in is not None

    def write(self, data: bytes) -> None:
        """Send it all, as long as it takes something. Raises `LineLost`."""
        for at in range(0, len(data), _PIECE):
            if self._stopped():
                raise LineLost("The app is closing", nothing_left=at == 0)
            piece = data[at : at + _PIECE]
            try:
                while piece:
                    piece = piece[self._out.write(piece, round(TAKES_WITHIN * 1000)) :]
            except self._trouble as error:
                raise LineLost(str(error)) from error

    def read(self, seconds: float) -> bytes | None:
        """What has come within that time; None for nothing, empty for the end. Raises `LineLost`."""
        if self._in is None:
            return None
        try:
            data = bytes(self._in.read(self._in.wMaxPacketSize, max(1, round(seconds * 1000))))
        except self._silence:
            return None
        except self._trouble as error:
            raise LineLost(str(error)) from error
        return data or None

    def finish(self) -> None:
        """What a USB device took, it has."""

    def close(self) -> None:
        """Let go of it."""
        self._util.dispose_resources(self._device)


def _find(address: Address, backend: Any) -> Any:
    import usb.core

    try:
        found = usb.core.find(
            find_all=True, idVendor=address.vendor, idProduct=address.product, backend=backend or usb_library()
        )
        return next((one for one in found if not address.serial or one.serial_number == address.serial), None)
    except usb.core.USBError as error:
        raise _not_there(address, str(error)) from error
    except usb.core.NoBackendError as error:
        raise _no_library() from error


def usb_library() -> Any:
    """The backend; None lets the package look for one itself."""
    return None


def _no_library() -> NotSent:
    return NotSent(
        "USB printers need libusb", "It is not on this computer.", "Install libusb 1.0, or choose another way."
    )


def _not_there(address: Address, why: str) -> NotSent:
    return NotSent(
        "The USB printer cannot be opened",
        filled(
            "{vendor}:{product}: {why}. Nothing was sent.",
            vendor=f"{address.vendor:04x}",
            product=f"{address.product:04x}",
            why=why,
        ),
        "Check cable and power, and whether another program has it; the document waits.",
    )


def _printing_interface(device: Any) -> Any:
    """The printer's part of the device; the first one of a device that does not say what it is."""
    interfaces = [interface for configuration in device for interface in configuration]
    return next((one for one in interfaces if one.bInterfaceClass == _CLASS_PRINTER), interfaces[0])


class UsbPrinter(msgspec.Struct, frozen=True):
    """A printer that is plugged in."""

    vendor: int
    product: int
    name: str


def plugged_in(backend: Any = None) -> list[UsbPrinter]:
    """The printers on USB; none where there is no library to ask."""
    import usb.core

    try:
        devices = list(usb.core.find(find_all=True, custom_match=_is_printer, backend=backend or usb_library()))
    except (usb.core.NoBackendError, usb.core.USBError):
        return []
    return [UsbPrinter(one.idVendor, one.idProduct, _name(one)) for one in devices]


def _is_printer(device: Any) -> bool:
    if device.bDeviceClass == _CLASS_PRINTER:
        return True
    return any(interface.bInterfaceClass == _CLASS_PRINTER for configuration in device for interface in configuration)


def _name(device: Any) -> str:
    try:
        return " ".join(part for part in (device.manufacturer, device.product) if part)
    except (ValueError, NotImplementedError, OSError):  # A device that must not be opened still has its numbers.
        return ""
