"""What the server does not know yet, and what it refused: each act with its state and the server's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.facts import Admitted, Fact, HandedOut, RefusedEntry, Settled, Undone
from boxoffice.domain.gate import Direction
from boxoffice.domain.instants import moment
from boxoffice.errors import Trouble
from boxoffice.storage import outbox
from boxoffice.storage.outbox import PARKED, Waiting
from ui import answers, theme
from ui.courier import Courier
from ui.language import ago, clock_with_seconds, number, plural, tr
from ui.rights import Right
from ui.shapes import Shape
from ui.widgets.buttons import Button, Weight
from ui.widgets.page import heading, muted

_MOST = 500
_Index = QModelIndex | QPersistentModelIndex


class Acts(QAbstractTableModel):
    """The rows of the outbox."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Waiting, tuple[str, ...]]] = []

    def show(self, acts: list[Waiting]) -> None:
        """Take other rows."""
        self.beginResetModel()
        self._rows = [(one, _cells(one)) for one in acts]
        self.endResetModel()

    def act(self, row: int) -> Waiting | None:
        """The act of a row."""
        return self._rows[row][0] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (tr("Time"), tr("What"), tr("Ticket"), tr("State"), tr("The server's words"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        act, cells = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cells[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 3:
            return theme.color("bad" if act.state == PARKED else "muted")
        return None


def _cells(act: Waiting) -> tuple[str, ...]:
    fact = act.entry.fact()
    state = tr("Refused") if act.state == PARKED else tr("Waiting")
    if act.tries and act.state != PARKED:
        state = plural("Tried once", "Tried {n} times", act.tries)
    return (
        clock_with_seconds(moment(fact.at)),
        what_it_was(fact),
        getattr(fact, "ticket", ""),
        state,
        act.because or "",
    )


def what_it_was(fact: Fact) -> str:
    """An act in a few words."""
    match fact:
        case Admitted():
            return tr("Exit") if fact.direction is Direction.EXIT else tr("Entry")
        case RefusedEntry():
            return tr("Turned away: {why}", why=answers.word_for(fact.reason))
        case Undone():
            return tr("Taken back")
        case HandedOut():
            return tr("Handed out: {what}", what=", ".join(fact.what))
        case Settled():
            return tr("Conflict settled")


class OutboxScreen(QWidget):
    """A table, and two buttons: send now, and try again what was refused."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        rights: frozenset[Right],
        hurry: Callable[[], object],
        report: Callable[[Trouble], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._courier = courier
        self._hurry = hurry
        self._report = report
        self._words = muted("")
        self.acts = Acts(self)
        self.table = QTableView()
        self._dress(self.table)
        self._nothing = QLabel(tr("Nothing waits. The server knows everything that was done here."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("role", "muted")
        self._nothing.setWordWrap(True)
        self.now = Button(tr("Send now"), shape=Shape.BOX, weight=Weight.PRIMARY)
        self.now.clicked.connect(self._on_now)
        self.again = Button(tr("Try refused ones again"), shape=Shape.UNDO)
        self.again.clicked.connect(self._on_again)
        self.again.setVisible(Right.WORK_OFF in rights)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(heading(tr("Outbox"), 26))
        words.addWidget(self._words)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addLayout(words, 1)
        top.addWidget(self.again, 0, Qt.AlignmentFlag.AlignBottom)
        top.addWidget(self.now, 0, Qt.AlignmentFlag.AlignBottom)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 20, 24, 20)
        rows.setSpacing(16)
        rows.addLayout(top)
        rows.addWidget(self.table, 1)
        rows.addWidget(self._nothing, 1)

    def _dress(self, table: QTableView) -> None:
        table.setModel(self.acts)
        table.setAccessibleName(tr("Outbox"))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.TOUCH)
        table.setShowGrid(False)
        table.setAlternatingRowColors(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setWordWrap(False)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column, wide in enumerate((110, 300, 130, 130)):
            table.setColumnWidth(column, wide)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Read the outbox again."""
        counts = self._app.outbox()
        acts = self._app.read(lambda c: outbox.listing(c, _MOST))
        self.acts.show(acts)
        self.table.setVisible(bool(acts))
        self._nothing.setVisible(not acts)
        self.again.setEnabled(counts.parked > 0)
        self._words.setText(_summary(counts, len(acts)))

    def _on_now(self) -> None:
        self._hurry()

    def _on_again(self) -> None:
        """What was refused goes out once more; whether it is accepted now is the server's word."""
        future = self._app.write(outbox.retry)
        self._courier.bring(future, to=self, done=self._on_retried, failed=self._report)

    def _on_retried(self, _: int) -> None:
        self.refresh()
        self._hurry()


def _summary(counts: outbox.Counts, shown: int) -> str:
    words = [
        plural("{n} act waits for the server.", "{n} acts wait for the server.", counts.waiting),
        plural("{n} was refused.", "{n} were refused.", counts.parked) if counts.parked else "",
    ]
    if counts.oldest is not None:
        age = (datetime.now(UTC) - datetime.fromisoformat(counts.oldest)).total_seconds()
        words.append(tr("The oldest is {age} old.", age=ago(age)))
    if shown >= _MOST:
        words.append(tr("The first {n} are shown.", n=number(_MOST)))
    return " ".join(word for word in words if word)
