"""Raw bytes to a printer of Windows, through the system's spooler.

Windows keeps what it took and tries again by itself: what it has counts as sent. It is written from the reference of
the spooler's functions and tested against a stand-in; on a real Windows it has never run.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Protocol

from boxoffice.domain.printing import Condition, Paper, State
from boxoffice.errors import filled

from .path import NotSent, Parcel, Result, Withdrawn

_PAPER_OUT = 0x10
_PAPER_JAM = 0x08
_OFFLINE = 0x80
_DOOR_OPEN = 0x0040_0000
_LOCAL_AND_CONNECTED = 0x02 | 0x04


class Spool(Protocol):
    """The functions of the system's spooler, as far as they are needed. Each raises `OSError`."""

    def names(self) -> list[str]:
        """The printers that are set up."""
        ...

    def status(self, name: str) -> int:
        """The printer's bits (PRINTER_INFO_2)."""
        ...

    def begin(self, name: str, title: str) -> object:
        """Open a raw document; nothing is printed before it ends."""
        ...

    def write(self, document: object, data: bytes) -> int:
        """Add bytes; how many were taken."""
        ...

    def end(self, document: object) -> None:
        """It is complete."""
        ...

    def abort(self, document: object) -> None:
        """Throw it away."""
        ...


class WindowsPath:
    """One printer of Windows."""

    def __init__(self, name: str, spool: Spool | None = None) -> None:
        self._name = name
        self._spool = spool

    def look(self) -> Condition:
        """As the system believes that the printer is."""
        try:
            bits = self._there().status(self._name)
        except OSError as error:
            raise self._not_sent(error) from error
        return Condition(
            paper=Paper.OUT if bits & _PAPER_OUT else Paper.UNKNOWN,
            online=not bits & _OFFLINE,
            cover_open=bool(bits & _DOOR_OPEN),
            fault=bool(bits & _PAPER_JAM),
        )

    def deliver(self, parcel: Parcel) -> Result:
        """Give the whole document to the system; it prints none of it before the end."""
        spool = self._there()
        try:
            document = spool.begin(self._name, parcel.title)
        except OSError as error:
            raise self._not_sent(error) from error
        if not parcel.begin():
            spool.abort(document)
            raise Withdrawn
        try:
            rest = parcel.data
            while rest:
                rest = rest[spool.write(document, rest) :]
        except OSError as error:
            spool.abort(document)
            raise self._not_sent(error) from error
        try:
            spool.end(document)
        except OSError as error:
            return Result(state=State.UNKNOWN, because=str(error))
        return Result(state=State.SENT)

    def _there(self) -> Spool:
        if self._spool is None:
            self._spool = system_spool()
        if self._spool is None:
            raise NotSent(
                "This is no Windows",
                filled("{name} is a printer of Windows.", name=self._name),
                "Choose another way to it.",
            )
        return self._spool

    def _not_sent(self, error: OSError) -> NotSent:
        what = filled("{name}: {error}.", name=self._name, error=error)
        return NotSent("Windows did not take it", what, "Is the printer set up? It waits here.")


def printers() -> list[str]:
    """The printers of Windows; none elsewhere."""
    spool = system_spool()
    try:
        return spool.names() if spool else []
    except OSError:
        return []


def system_spool() -> Spool | None:
    """The system's spooler, on Windows."""
    return _Winspool() if sys.platform == "win32" else None


class _DocInfo(ctypes.Structure):
    _fields_ = (("name", ctypes.c_wchar_p), ("output", ctypes.c_wchar_p), ("type", ctypes.c_wchar_p))


class _PrinterInfo4(ctypes.Structure):
    _fields_ = (("name", ctypes.c_wchar_p), ("server", ctypes.c_wchar_p), ("attributes", ctypes.c_uint32))


class _PrinterInfo2(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_wchar_p) for name in ("server", "name", "share", "port", "driver", "comment", "location")),
        ("mode", ctypes.c_void_p),
        *((name, ctypes.c_wchar_p) for name in ("separator", "processor", "type", "parameters")),
        ("security", ctypes.c_void_p),
        *((name, ctypes.c_uint32) for name in ("attributes", "priority", "default", "start", "until", "status")),
        *((name, ctypes.c_uint32) for name in ("jobs", "pages")),
    )


class _Winspool:
    def __init__(self) -> None:
        library: Any = ctypes
        self._calls: Any = library.WinDLL("winspool.drv", use_last_error=True)
        self._library = library

    def names(self) -> list[str]:
        needed, returned = ctypes.c_uint32(), ctypes.c_uint32()
        self._calls.EnumPrintersW(_LOCAL_AND_CONNECTED, None, 4, None, 0, ctypes.byref(needed), ctypes.byref(returned))
        if not needed.value:
            return []
        room = ctypes.create_string_buffer(needed.value)
        self._check(
            self._calls.EnumPrintersW(
                _LOCAL_AND_CONNECTED, None, 4, room, needed, ctypes.byref(needed), ctypes.byref(returned)
            )
        )
        rows = ctypes.cast(room, ctypes.POINTER(_PrinterInfo4))
        return [str(rows[at].name) for at in range(returned.value)]

    def status(self, name: str) -> int:
        handle = self._open(name)
        try:
            needed = ctypes.c_uint32()
            self._calls.GetPrinterW(handle, 2, None, 0, ctypes.byref(needed))
            room = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(_PrinterInfo2)))
            self._check(self._calls.GetPrinterW(handle, 2, room, needed, ctypes.byref(needed)))
            return int(ctypes.cast(room, ctypes.POINTER(_PrinterInfo2))[0].status)
        finally:
            self._calls.ClosePrinter(handle)

    def begin(self, name: str, title: str) -> object:
        handle = self._open(name)
        about = _DocInfo(title, None, "RAW")
        try:
            self._check(self._calls.StartDocPrinterW(handle, 1, ctypes.byref(about)))
            self._check(self._calls.StartPagePrinter(handle))
        except OSError:
            self._calls.ClosePrinter(handle)
            raise
        return handle

    def write(self, document: object, data: bytes) -> int:
        taken = ctypes.c_uint32()
        self._check(self._calls.WritePrinter(document, data, len(data), ctypes.byref(taken)))
        return taken.value

    def end(self, document: object) -> None:
        try:
            self._check(self._calls.EndPagePrinter(document))
            self._check(self._calls.EndDocPrinter(document))
        finally:
            self._calls.ClosePrinter(document)

    def abort(self, document: object) -> None:
        self._calls.AbortPrinter(document)
        self._calls.ClosePrinter(document)

    def _open(self, name: str) -> ctypes.c_void_p:
        handle = ctypes.c_void_p()
        self._check(self._calls.OpenPrinterW(name, ctypes.byref(handle), None))
        return handle

    def _check(self, done: int) -> None:
        if not done:
            raise self._library.WinError(self._library.get_last_error())
