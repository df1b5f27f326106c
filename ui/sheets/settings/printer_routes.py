"""The sheet that says which kind of document goes to which printer, and where else if that one cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from boxoffice.domain.printing import DRAWER, Printing
from ui.language import tr
from ui.papers.paper import KINDS
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog

_USUAL = "*"

Send = Callable[[str, "str | None", str], object]
"""Hears kind, printer (None for the usual one, empty for nowhere) and fallback."""


class RoutesDialog(Dialog):
    """One row a kind. Each change counts at once."""

    def __init__(self, setup: Printing, send: Send, parent: QWidget) -> None:
        super().__init__(tr("What goes to which printer"), parent)
        self.setObjectName("routes_dialog")
        self.widen(640)
        self._setup = setup
        self._send = send
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for row, (kind, name) in enumerate((kind, tr(name)) for kind, name in KINDS.items() if kind != "test"):
            first, then = self._first(kind, name), self._then(kind, name)
            for box in (first, then):
                box.activated.connect(partial(self._on_chosen, kind, first, then))
            for column, widget in enumerate((QLabel(name), first, then)):
                grid.addWidget(widget, row, column)
        self.add_rows(grid)
        close = Button(tr("Close"), weight=Weight.PRIMARY, key="Esc")
        close.clicked.connect(self.accept)
        self.add_buttons(close)

    def _first(self, kind: str, name: str) -> Choice:
        usual = Printing(printers=self._setup.printers).route(kind)
        box = Choice(tr("{kind}: printer", kind=name))
        box.addItem(tr("usual: {printer}", printer=usual.printer if usual else tr("nowhere")), _USUAL)
        box.addItem(tr("not printed here"), "")
        for printer in self._setup.printers:
            if kind != DRAWER or printer.drawer:
                box.addItem(printer.name, printer.name)
        chosen = self._setup.routes.get(kind)
        box.setCurrentIndex(max(0, box.findData(chosen.printer if chosen else _USUAL)))
        return box

    def _then(self, kind: str, name: str) -> Choice:
        box = Choice(tr("{kind}: printer in its place", kind=name))
        box.addItem(tr("then nowhere else"), "")
        for printer in self._setup.printers:
            box.addItem(tr("else {printer}", printer=printer.name), printer.name)
        chosen = self._setup.routes.get(kind)
        box.setCurrentIndex(max(0, box.findData(chosen.fallback) if chosen else 0))
        box.setEnabled(bool(chosen and chosen.printer) and kind != DRAWER)
        return box

    def _on_chosen(self, kind: str, first: Choice, then: Choice, _: int) -> None:
        printer = str(first.currentData())
        then.setEnabled(printer not in (_USUAL, "") and kind != DRAWER)
        self._send(kind, None if printer == _USUAL else printer, str(then.currentData()))
