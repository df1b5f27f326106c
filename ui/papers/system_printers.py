"""The system's printers as Qt knows them, lent to the spooler: for sheets and labels where there is no CUPS.

Called on a printer's own thread. Each page is painted as large as it is, in the printer's own dots. Where nobody
prints on such a printer, Qt's printing is never loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QPointF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter

from boxoffice.errors import DeviceTrouble

from . import pdf_pages

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_FINEST = 600
"""Dots an inch; finer ones only take longer."""


class QtSheets:
    """Fulfils `printers.paths.system.SheetPrinter`."""

    def names(self) -> list[str]:
        """The printers that the system knows."""
        from PySide6.QtPrintSupport import QPrinterInfo

        return list(QPrinterInfo.availablePrinterNames())

    def print_pdf(self, name: str, data: bytes, title: str) -> None:
        """Print all pages. Raises `DeviceTrouble` if the printer does not take them."""
        from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

        printer = QPrinter(QPrinterInfo.printerInfo(name), QPrinter.PrinterMode.HighResolution)
        printer.setDocName(title)
        print_pages(printer, data)


def print_pages(printer: QPrinter, data: bytes) -> None:
    """Print the pages of a PDF at their true size. Raises `DeviceTrouble`."""
    printer.setResolution(min(printer.resolution(), _FINEST))
    painter = QPainter()
    for sheet in pdf_pages.sheets(data):
        paper = QPageSize(sheet.millimetres, QPageSize.Unit.Millimeter)
        printer.setPageLayout(QPageLayout(paper, QPageLayout.Orientation.Portrait, QMarginsF()))
        printer.setFullPage(True)
        begun = printer.newPage() if painter.isActive() else painter.begin(printer)
        if not begun:
            raise DeviceTrouble("The system's printer takes nothing", printer.printerName(), "Is it set up there?")
        painter.drawImage(QPointF(), sheet.drawn(printer.resolution()))
    painter.end()
