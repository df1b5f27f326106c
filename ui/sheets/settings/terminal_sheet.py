"""The sheet on which this station's card terminal is set up, and tried: it counts from the next payment on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.terminals import Kind, Last, Terminal
from boxoffice.errors import Trouble
from boxoffice.services import card_terminals
from ui import theme
from ui.clerks.card_work import NOT_READY
from ui.courier import Courier
from ui.language import apart, tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice, Number
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.form import FormRows

if TYPE_CHECKING:
    from boxoffice.terminals.worker import TerminalWorker

KINDS = {
    Kind.ZVT: "On the network (ZVT)",
    Kind.MANUAL: "Stands apart: the cashier types what it says",
    Kind.SIMULATED: "Simulated, for trying things out",
}


class TerminalSheet(Dialog):
    """Kind, name, address, port and password, and whether it answers."""

    changed = Signal()

    def __init__(
        self, app: App, courier: Courier, worker: Callable[[], TerminalWorker | None], parent: QWidget
    ) -> None:
        super().__init__(tr("Card terminal"), parent)
        self.setObjectName("terminal_sheet")
        self.widen(620)
        self._app = app
        self._courier = courier
        self._worker = worker
        there = app.read(card_terminals.terminals)
        self._before = there[0] if there else None
        one = self._before or Terminal(name=tr("Till terminal"), kind=Kind.ZVT)
        rows = FormRows()
        self.kind = Choice(tr("Kind"))
        for kind, words in KINDS.items():
            self.kind.addItem(tr(words), kind.value)
        self.kind.setCurrentIndex(self.kind.findData(one.kind.value))
        rows.ask(tr("Kind"), self.kind)
        self.name = rows.ask_line(tr("Name"), one.name)
        self.name.setEnabled(self._before is None)
        self.host = rows.ask_line(tr("Address"), one.host)
        self.host.setPlaceholderText("192.168.1.60")
        self.port = Number(tr("Port"))
        self.port.setRange(1, 65_535)
        self.port.setGroupSeparatorShown(False)
        self.port.setValue(one.port)
        rows.ask(tr("Port"), self.port)
        self.password = rows.ask_line(tr("Password of the till"), one.password)
        self.password.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{6}"), self))
        self.add_rows(rows)
        self.about = self.say(tr("The address stands in the terminal's own menu; the password in its papers."))
        self.about.setProperty("role", "muted")
        self.test = Button(tr("Keep and test"))
        self.keep = Button(tr("Keep"), weight=Weight.PRIMARY)
        cancel = Button(tr("Close"), key="Esc")
        self.test.clicked.connect(lambda: self._keep(self._try))
        self.keep.clicked.connect(lambda: self._keep(self.accept))
        cancel.clicked.connect(self.reject)
        remove = Button(tr("Remove"), weight=Weight.QUIET)
        remove.clicked.connect(self._remove)
        self.add_buttons(*((remove,) if self._before else ()), cancel, self.test, self.keep)
        self.kind.currentIndexChanged.connect(self._look)
        for line in (self.name, self.host, self.password):
            line.textChanged.connect(self._look)
        self._look()
        self.host.setFocus()

    @property
    def _kind(self) -> Kind:
        return Kind(self.kind.currentData())

    def _look(self) -> None:
        networked = self._kind is Kind.ZVT
        for field in (self.host, self.port, self.password):
            field.setEnabled(networked)
        whole = bool(self.host.text().strip()) and self.password.hasAcceptableInput()
        self.keep.setEnabled(bool(self.name.text().strip()) and (whole or not networked))
        self.test.setEnabled(self.keep.isEnabled() and self._kind is not Kind.MANUAL)

    def _keep(self, then: Callable[[], object]) -> None:
        terminal = Terminal(
            name=self.name.text().strip(),
            kind=self._kind,
            host=self.host.text().strip(),
            port=self.port.value(),
            password=self.password.text(),
        )
        kept = self._app.write(lambda c: card_terminals.put_terminal(c, terminal))

        def done(_: None) -> None:
            self._before = terminal
            self.name.setEnabled(False)
            self.changed.emit()
            then()

        self._courier.bring(kept, to=self, done=done, failed=self._on_trouble)

    def _try(self) -> None:
        worker = self._worker()
        if worker is None or self._before is None:
            self._on_trouble(Trouble(*NOT_READY))
            return
        self._say(tr("Asking the terminal…"), "muted")
        asked = worker.newest(self._before.name)
        self._courier.bring(asked, to=self, done=self._on_answer, failed=self._on_trouble)

    def _on_answer(self, last: Last) -> None:
        about = last.evidence
        newest = tr("its newest payment is {number}", number=f"{about.receipt:04d}") if about.receipt else ""
        known = apart(about.terminal_id, newest or tr("it has no payment yet"))
        self._say(tr("The terminal answers: {words}", words=known), "good")

    def _on_trouble(self, trouble: Trouble) -> None:
        self._say(words_of(trouble), "bad")

    def _say(self, words: str, role: str) -> None:
        theme.tell(self.about, words, role)

    def _remove(self) -> None:
        if self._before is None:
            return
        name = self._before.name
        gone = self._app.write(lambda c: card_terminals.remove_terminal(c, name))
        self._courier.bring(gone, to=self, done=partial(self._on_removed), failed=self._on_trouble)

    def _on_removed(self, _: None) -> None:
        self.changed.emit()
        self.accept()
