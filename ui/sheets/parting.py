"""The sheet of a station that its server has sent away: take what was never sent along, then wipe the rest.

Nothing here is in a hurry and nothing happens by itself: the door goes on with what it knows until a person has
decided. Wiping stays out of reach while anything stands neither with the server nor in a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from boxoffice.bootstrap import App
from boxoffice.errors import Trouble
from ui.background import Background
from ui.courier import Courier
from ui.language import plural, tr
from ui.rights import Right
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog, words_of

if TYPE_CHECKING:
    from boxoffice.services.depart import Standing


class PartingSheet(Dialog):
    """Export and wipe."""

    wiped = Signal()

    def __init__(
        self, app: App, courier: Courier, background: Background, rights: frozenset[Right], parent: QWidget
    ) -> None:
        super().__init__(tr("Wipe this station?"), parent)
        self.setObjectName("parting_sheet")
        self._app = app
        self._courier = courier
        self._background = background
        self._may_export = Right.WORK_OFF in rights
        self.say(
            tr("Names, e-mail addresses, answers and codes of all guests are removed from this computer for good.")
            + " "
            + tr("What was done here stays in its journal, without names; copies that were saved elsewhere stay.")
        )
        self.unsent = self.say("")
        self.trouble = self.say("")
        self.trouble.hide()
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.export = Button(tr("Save to a file…"))
        self.export.clicked.connect(self._ask_where)
        self.wipe = Button(tr("Wipe now"), weight=Weight.PRIMARY)
        self.wipe.clicked.connect(self._wipe)
        self.add_buttons(cancel, self.export, self.wipe)
        self._show(app.parting.standing)

    def _show(self, standing: Standing) -> None:
        unsent = standing.unsent
        self.wipe.setEnabled(standing.may_be_wiped)
        self.export.setVisible(self._may_export and bool(unsent.only_here))
        if unsent.only_here:
            left = plural(
                "{n} act was never sent. Save it to a file first: another station can send it.",
                "{n} acts were never sent. Save them to a file first: another station can send them.",
                unsent.only_here,
            )
            if not self._may_export:
                left += " " + tr("Somebody from the desk has to do that.")
        elif unsent.exported:
            left = plural(
                "{n} act that was never sent is in a file.",
                "{n} acts that were never sent are in a file.",
                unsent.exported,
            )
        else:
            left = tr("The server has everything that was done here.")
        self.unsent.setText(left)

    def _ask_where(self) -> None:
        where = QFileDialog(self, tr("Save to a file…"))
        where.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        where.setDefaultSuffix("jsonl")
        where.selectFile(f"unsent {self._app.station.name}.jsonl".replace("/", "-"))
        where.fileSelected.connect(self.save)
        where.open()

    def save(self, path: str) -> None:
        """Write what was never sent into this file."""
        written = self._background.ask(lambda: self._app.parting.export_unsent(Path(path)))
        self._courier.bring(written, to=self, done=self._on_saved, failed=self._on_trouble)

    def _on_saved(self, _: int) -> None:
        self.trouble.hide()
        self._show(self._app.parting.standing)

    def _wipe(self) -> None:
        self.wipe.setEnabled(False)
        self.is_waiting = True
        self._courier.attempt(self._app.parting.wipe, to=self, done=self._on_wiped, failed=self._on_not_wiped)

    def _on_wiped(self, _: None) -> None:
        self.accept()
        self.wiped.emit()

    def _on_not_wiped(self, trouble: Trouble) -> None:
        self.is_waiting = False
        self._on_trouble(trouble)

    def _on_trouble(self, trouble: Trouble) -> None:
        self.trouble.setText(words_of(trouble))
        self.trouble.show()
        self._show(self._app.parting.standing)
