"""Printers of the operating system for sheets: badges and A4 on whatever printer is there.

Where there is CUPS, `lp` takes a PDF. Elsewhere the window lends what it has: Qt speaks to every system's printers,
but lives in the window alone, so without a window this way is closed and says so.
"""

from __future__ import annotations

from typing import Protocol

from boxoffice.domain.printing import Condition, State
from boxoffice.errors import DeviceTrouble, filled

from .path import NotSent, Parcel, Result, Withdrawn


class SheetPrinter(Protocol):
    """What the window lends. Called on a printer's own thread."""

    def names(self) -> list[str]:
        """The printers that the system knows."""
        ...

    def print_pdf(self, name: str, data: bytes, title: str) -> None:
        """Hand all pages to a printer. Raises `DeviceTrouble` if it does not take them."""
        ...


class SystemPath:
    """One printer of the system."""

    def __init__(self, name: str, sheets: SheetPrinter | None) -> None:
        self._name = name
        self._sheets = sheets

    def look(self) -> Condition:
        """The system says no more than that it knows the printer."""
        self._there()
        return Condition()

    def deliver(self, parcel: Parcel) -> Result:
        """Hand it over to the system's own queue."""
        sheets = self._there()
        if not parcel.begin():
            raise Withdrawn
        try:
            sheets.print_pdf(self._name, parcel.data, parcel.title)
        except DeviceTrouble as trouble:
            return Result(state=State.UNKNOWN, because=str(trouble))
        return Result(state=State.SENT)

    def _there(self) -> SheetPrinter:
        if self._sheets is None:
            raise NotSent(
                "This printer needs the app's window", "A command alone cannot reach it.", "Open the app; it waits."
            )
        if self._name not in self._sheets.names():
            raise NotSent(
                filled("The system knows no printer {name}", name=self._name),
                "Nothing was sent.",
                "Is it set up there?",
            )
        return self._sheets
