"""What the doors disagreed about, both sides next to each other, until somebody has decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.conflicts import Kind
from boxoffice.errors import Trouble
from ui import theme
from ui.courier import Courier
from ui.language import clock, tr
from ui.rights import Right
from ui.widgets.buttons import Button, Weight
from ui.widgets.page import Page, Section, heading, muted

if TYPE_CHECKING:
    from boxoffice.domain.conflicts import Conflict


class ConflictCard(Section):
    """One conflict: whose ticket, both passages, and what can be decided."""

    def __init__(
        self,
        conflict: Conflict,
        name: str,
        list_name: str,
        settle: Callable[[str, str, str], object],
        *,
        may_settle: bool,
    ) -> None:
        super().__init__()
        self.setObjectName("conflict")
        self._conflict = conflict
        self._settle = settle
        twice = conflict.kind is Kind.DOUBLE_ENTRY
        what = tr("Let in at two doors") if twice else tr("Let in with a ticket that is cancelled now")
        self.add(heading(name or conflict.ticket, 20))
        self.add(muted(f"{what} · {conflict.ticket} · {list_name}"))
        sides = QHBoxLayout()
        sides.setSpacing(12)
        for index, passage in enumerate(conflict.passages):
            sides.addWidget(_side(passage, tr("First, counts") if index == 0 else tr("Second")), 1)
        self.column.addLayout(sides)
        if conflict.action == "escalate":
            self.add(muted(tr("Passed on: {note}", note=conflict.note or "—")))
        if may_settle:
            self._add_decision(twice=twice)

    def _add_decision(self, *, twice: bool) -> None:
        self.note = QLineEdit()
        self.note.setMinimumHeight(theme.TOUCH)
        self.note.setPlaceholderText(tr("Note (who, why)"))
        self.note.setAccessibleName(tr("Note"))
        self.add(self.note)
        row = QHBoxLayout()
        row.setSpacing(10)
        choices = [("accept", tr("Leave as it is"), Weight.PRIMARY), ("escalate", tr("Pass on"), Weight.PLAIN)]
        if twice:
            choices.insert(1, ("annul", tr("Second entry does not count"), Weight.PLAIN))
        for action, words, weight in choices:
            button = Button(words, weight=weight)
            button.setObjectName(f"settle_{action}")
            button.clicked.connect(lambda _=False, chosen=action: self._decide(chosen))
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)

    def _decide(self, action: str) -> None:
        self._settle(self._conflict.id, action, self.note.text().strip())


def _side(passage: CheckIn, title: str) -> QFrame:
    side = QFrame()
    side.setProperty("role", "side")
    rows = QVBoxLayout(side)
    rows.setContentsMargins(16, 12, 16, 12)
    rows.setSpacing(2)
    rows.addWidget(muted(title))
    time = QLabel(clock(passage.at))
    time.setFont(theme.bold(22))
    rows.addWidget(time)
    rows.addWidget(QLabel(" · ".join(part for part in (passage.gate, passage.device) if part) or "—"))
    return side


class ConflictsScreen(Page):
    """All conflicts that are open."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        rights: frozenset[Right],
        settled: Callable[[], object],
        report: Callable[[Trouble], object],
        parent: QWidget | None = None,
    ) -> None:
        about = tr("Doors that could not hear of each other may both have let the same ticket in. Nothing was lost.")
        super().__init__(tr("Conflicts"), about, parent)
        self._app = app
        self._courier = courier
        self._rights = rights
        self._settled = settled
        self._report = report
        self._shown: tuple[object, ...] | None = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._shown = None
        self.refresh()

    def refresh(self) -> None:
        """Read the conflicts again; cards that somebody writes a note in stay as they are."""
        conflicts = self._app.conflicts()
        key = tuple((one.id, one.action) for one in conflicts)
        if key == self._shown:
            return
        self._shown = key
        self.clear()
        for conflict in conflicts:
            self.add(self._card(conflict))
        if not conflicts:
            nothing = Section()
            words = QLabel(tr("No conflicts. The doors agree."))
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            words.setMinimumHeight(120)
            nothing.add(words)
            self.add(nothing)

    def _card(self, conflict: Conflict) -> ConflictCard:
        card = self._app.card(conflict.event, conflict.ticket)
        gate_list = self._app.catalog(conflict.event).lists.get(conflict.list)
        return ConflictCard(
            conflict,
            card.ticket.position.name if card else "",
            gate_list.name if gate_list else str(conflict.list),
            self._on_settle,
            may_settle=Right.WORK_OFF in self._rights,
        )

    def _on_settle(self, conflict: str, action: str, note: str) -> None:
        future = self._app.settle(conflict, action, note)
        self._courier.bring(future, to=self, done=self._on_settled, failed=self._report)

    def _on_settled(self, _: Conflict) -> None:
        self.refresh()
        self._settled()
