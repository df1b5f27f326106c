"""Sheets for the system's printers: as many as there are, as large as they are."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot

from boxoffice.errors import DeviceTrouble
from ui.papers.system_printers import QtSheets, print_pages


@pytest.fixture
def sheets() -> bytes:
    """Two badges of 54 × 86 mm with a black field in the middle of the first."""
    from fpdf import FPDF

    document = FPDF(unit="mm", format=(54, 86))
    for number in range(2):
        document.add_page()
        if not number:
            document.rect(17, 33, 20, 20, style="F")
    return bytes(document.output())


def to_file(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def test_pages_keep_their_number_size_and_place(qtbot: QtBot, tmp_path: Path, sheets: bytes) -> None:
    printed: list[BaseException | None] = []

    def print_them() -> None:  # on a printer's own thread, as in the app
        try:
            print_pages(to_file(tmp_path / "paper.pdf"), sheets)
        except BaseException as error:  # noqa: BLE001 - shown below
            printed.append(error)
        else:
            printed.append(None)

    thread = threading.Thread(target=print_them)
    thread.start()
    qtbot.waitUntil(lambda: bool(printed))
    thread.join()
    assert printed == [None]
    paper = QPdfDocument()
    paper.load(str(tmp_path / "paper.pdf"))
    assert paper.pageCount() == 2
    size = paper.pagePointSize(0)
    assert (round(size.width() / 72 * 25.4), round(size.height() / 72 * 25.4)) == (54, 86)
    picture = paper.render(0, size.toSize())
    dark = [QColor(picture.pixel(round(x / 25.4 * 72), round(y / 25.4 * 72))).lightness() < 100 for x, y in SPOTS]
    assert dark == [True, True, False, False]
    paper.close()


SPOTS = ((27, 43), (18.5, 34.5), (14, 30), (40, 56))
"""Within the field, just within its corner, and outside of it; in mm."""


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_that_takes_nothing_is_named(qtbot: QtBot, tmp_path: Path, sheets: bytes) -> None:
    with pytest.raises(DeviceTrouble, match="takes nothing"):
        print_pages(to_file(tmp_path / "nowhere" / "paper.pdf"), sheets)


def test_the_systems_printers_are_named(qtbot: QtBot) -> None:
    assert isinstance(QtSheets().names(), list)
