"""The system's printers as Qt knows them, lent to the spooler: for sheets and labels where there is no CUPS.

Called on a printer's own thread. Each page is painted as large as it is, in the printer's own dots. Where nobody
prints on such a printer, Qt's printing is never loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QMarginsF, QPointF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter

from boxoffice.errors import DeviceTrouble

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_POINTS_TO_MM = 25.4 / 72
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
    from PySide6.QtPdf import QPdfDocument

    printer.setResolution(min(printer.resolution(), _FINEST))
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    painter = QPainter()
    for page in range(document.pageCount()):
        points = document.pagePointSize(page)
        size = QSizeF(points.width() * _POINTS_TO_MM, points.height() * _POINTS_TO_MM)
        paper = QPageSize(size, QPageSize.Unit.Millimeter)
        printer.setPageLayout(QPageLayout(paper, QPageLayout.Orientation.Portrait, QMarginsF()))
        printer.setFullPage(True)
        begun = printer.newPage() if painter.isActive() else painter.begin(printer)
        if not begun:
            raise DeviceTrouble("The system's printer takes nothing", printer.printerName(), "Is it set up there?")
        dots = (size / 25.4 * printer.resolution()).toSize()
        painter.drawImage(QPointF(), _on_white(document.render(page, dots)))
    painter.end()
    document.close()


def _on_white(page: QImage) -> QImage:
    """A page as opaque as paper: what can be seen through is slow, or black, on some systems."""
    sheet = QImage(page.size(), QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.white)
    painter = QPainter(sheet)
    painter.drawImage(QPointF(), page)
    painter.end()
    return sheet
