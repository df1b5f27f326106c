"""The sheet on which a printer is set up: what was found, or what is typed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.domain.printing import Language, Printer, Printing
from boxoffice.errors import Trouble
from printers.paths.address import address_of
from ui import theme
from ui.background import Background
from ui.courier import Courier
from ui.language import tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice, Number
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.form import FormRows
from ui.widgets.rows import CheckRow

if TYPE_CHECKING:
    from printers.found import Found
    from printers.rendering import Renderer

FOUND_SHOWN = 4
_AS_THE_MODEL, _MOST_COLUMNS = 31, 56
"""Letters on a line: one less than paper has at least stands for what the model has."""


class PrinterSheet(Dialog):
    """Name, way, model and width of a printer."""

    chosen = Signal(object)
    """The `Printer` as it is to be."""
    removed = Signal(str)
    """The name of the one to be forgotten."""

    def __init__(
        self,
        setup: Printing,
        printer: Printer | None,
        renderer: Renderer,
        background: Background,
        courier: Courier,
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Change {printer}", printer=printer.name) if printer else tr("Add a printer"), parent)
        self.setObjectName("printer_sheet")
        self.widen(620)
        self._setup = setup
        self._printer = printer or Printer(name="", address="")
        self._found = QVBoxLayout()
        self._found.setSpacing(6)
        if printer is None:
            self._looking = self.say(tr("Looking for printers…"))
            self.add_rows(self._found)
            courier.bring(background.ask(_find), to=self, done=self._show_found, failed=self._on_not_found)
        rows = FormRows()
        self.name = rows.ask_line(tr("Name"), self._printer.name)
        self.name.setEnabled(printer is None)
        self.address = rows.ask_line(tr("Address"), self._printer.address)
        self.address.setPlaceholderText("tcp://192.168.1.50")
        self.model = Choice(tr("Model"))
        self.model.addItem(tr("usual model"), "")
        if self._printer.profile:
            self.model.addItem(self._printer.profile, self._printer.profile)
            self.model.setCurrentIndex(1)
        courier.bring(background.ask(renderer.models), to=self, done=self._show_models, failed=self._show_trouble)
        rows.ask(tr("Model"), self.model)
        self.columns = Number(tr("Letters on a line"))
        self.columns.setRange(_AS_THE_MODEL, _MOST_COLUMNS)
        self.columns.setSpecialValueText(tr("as the model"))
        self.columns.setValue(self._printer.columns or _AS_THE_MODEL)
        rows.ask(tr("Letters on a line"), self.columns)
        self.add_rows(rows)
        self.sheets = self._tick(tr("It takes sheets or labels, not a roll"), self._printer.language is Language.PDF)
        self.drawer = self._tick(tr("A cash drawer hangs on it"), self._printer.drawer)
        self.silent = self._tick(tr("It never answers: what it took counts as printed"), self._printer.silent)
        self._trouble = self.say("")
        self._trouble.setProperty("role", "bad")
        self._trouble.hide()
        self._lay_buttons(is_new=printer is None)
        (self.address if printer else self.name).setFocus()

    def _lay_buttons(self, *, is_new: bool) -> None:
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        keep = Button(tr("Keep"), weight=Weight.PRIMARY)
        keep.clicked.connect(self._keep)
        if is_new:
            self.add_buttons(cancel, keep)
            return
        forget = Button(tr("Remove"), weight=Weight.QUIET)
        forget.clicked.connect(self._remove)
        self.add_buttons(forget, cancel, keep)

    def _tick(self, text: str, on: bool) -> CheckRow:
        row = CheckRow(text, height=theme.TOUCH)
        row.setChecked(on)
        self.add(row)
        return row

    def _show_models(self, models: dict[str, str]) -> None:
        chosen = self.model.currentData()
        while self.model.count() > 1:
            self.model.removeItem(1)
        for name, title in models.items():
            self.model.addItem(title if title == name else f"{title} ({name})", name)
        self.model.setCurrentIndex(max(0, self.model.findData(chosen)))

    def _show_found(self, found: list[Found]) -> None:
        held = {one.address for one in self._setup.printers}
        new = [one for one in found if one.address not in held]
        self._looking.setText(tr("Found:") if new else tr("No other printer was found. Its address can be typed."))
        for one in new[:FOUND_SHOWN]:
            button = Button(f"{one.name} · {one.address}")
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._take, one))
            self._found.addWidget(button)

    def _on_not_found(self, trouble: Trouble) -> None:
        self._show_found([])
        self._show_trouble(trouble)

    def _take(self, found: Found, _: bool = False) -> None:
        self.name.setText(self.name.text() or found.name)
        self.address.setText(found.address)
        self.sheets.setChecked(found.language is Language.PDF)

    def _show_trouble(self, trouble: Trouble) -> None:
        self._trouble.setText(words_of(trouble))
        self._trouble.show()

    def _keep(self) -> None:
        name = self.name.text().strip()
        if not name or (self.name.isEnabled() and self._setup.printer(name)):
            self._show_trouble(Trouble("Each printer needs a name of its own"))
            return
        try:
            address_of(self.address.text())
        except Trouble as trouble:
            self._show_trouble(trouble)
            return
        printer = msgspec.structs.replace(
            self._printer,
            name=name,
            address=self.address.text().strip(),
            language=Language.PDF if self.sheets.isChecked() else Language.ESCPOS,
            profile=str(self.model.currentData() or ""),
            columns=0 if self.columns.value() == _AS_THE_MODEL else self.columns.value(),
            drawer=self.drawer.isChecked(),
            silent=self.silent.isChecked(),
        )
        self.accept()
        self.chosen.emit(printer)

    def _remove(self) -> None:
        self.accept()
        self.removed.emit(self._printer.name)


def _find() -> list[Found]:
    from printers.found import find

    return find()
