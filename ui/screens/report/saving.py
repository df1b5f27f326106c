"""What can be done with a report: print it, keep it as a PDF or a table, or open it as a letter."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QWidget

from boxoffice.domain.documents import Report
from boxoffice.domain.printing import Language
from boxoffice.services import exporting, printing, spreadsheets
from boxoffice.services.exporting import Wish
from ui.language import number, tr
from ui.papers.files import writing
from ui.widgets.buttons import Button, Weight

if TYPE_CHECKING:
    from .screen import ReportScreen

_TABLES = (("attendees", "Attendees (XLSX)"), ("orders", "Orders (XLSX)"), ("payments", "Payments (XLSX)"))
_FILES = ((".pdf", "PDF"), (".csv", "CSV table"), (".json", "JSON"))


class SavePanel(QWidget):
    """Three buttons that belong to the report on the screen."""

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__()
        self._screen = screen
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.print = Button(tr("Print"), weight=Weight.QUIET, key="Ctrl+P")
        self.save = Button(tr("Save…"), weight=Weight.QUIET, key="Ctrl+S")
        self.mail = Button(tr("Mail"), weight=Weight.QUIET)
        self.print.clicked.connect(self._print)
        self.save.clicked.connect(self._choose)
        self.mail.clicked.connect(self._mail)
        for button in (self.print, self.save, self.mail):
            row.addWidget(button)

    def _print(self) -> None:
        report = self._screen.figures.report
        if report is None:
            return
        self._screen.paper.print(report, self._screen.slug)

    def _choose(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for ending, name in _FILES:
            menu.addAction(tr(name), partial(self._save_as, ending))
        if self._screen.is_about_event:
            for what, name in _TABLES:
                menu.addAction(tr(name), partial(self._export, what))
        menu.popup(self.save.mapToGlobal(QPoint(0, self.save.height())))

    def _save_as(self, ending: str) -> None:
        from printers.report_files import file_name

        report = self._screen.figures.report
        if report is None:
            return
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save…"), file_name(report) + ending, f"*{ending}")
        if chosen:
            path = Path(chosen).with_suffix(ending)
            self._write(report, lambda: path, lambda path: self._screen.tell(str(path)))

    def _export(self, what: str) -> None:
        """Everything of the event as a table."""
        name = f"{what}-{self._screen.slug}.xlsx"
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save…"), name, "*.xlsx;;*.csv")
        if chosen:
            self.export(what, Path(chosen))

    def export(self, what: str, path: Path) -> None:
        """Write a table beside the window, and say how much is in it. What was there gives way: somebody was asked."""
        app, wish = self._screen.app, Wish(event=self._screen.slug)

        def make() -> int:
            return app.read(lambda c: spreadsheets.write(path, exporting.table(c, app.shelf, what, wish), anew=True))

        self._screen.do(make, lambda rows: self._screen.tell(tr("{n} rows: {path}", n=number(rows), path=str(path))))

    def _mail(self) -> None:
        """A file that the mail program opens as a letter; it stays until the system clears its temporary folder."""
        from printers.report_files import file_name

        report = self._screen.figures.report
        if report is not None:
            name = f"{file_name(report)}.eml"
            self._write(report, lambda: Path(tempfile.mkdtemp(prefix="boxoffice-")) / name, self.open)

    def open(self, path: object) -> None:
        """Let the system's own program have a file."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._screen.tell(tr("No mail program opens it. The letter is here: {path}", path=str(path)))

    def _write(self, report: Report, place: Callable[[], Path], done: Callable[[Path], object]) -> None:
        """Make the file beside the window, where `place` says; `done` hears where it is."""
        app = self._screen.app

        def make() -> Path:
            from boxoffice import bootstrap
            from printers.rendering import SOMEWHERE

            copy = app.read(lambda c: printing.next_copy(c, report, datetime.now(UTC), "", ""))
            sheet = msgspec.structs.replace(SOMEWHERE, language=Language.PDF)
            with writing():
                path = place()
            made = bootstrap.renderer(app).file_of(report, sheet, path.suffix, copy)
            with writing():
                path.write_bytes(made)
            return path

        self._screen.do(make, done)
