"""Taking a passage back: the last one with a key and at once, an earlier one with a reason and the right to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.clerks.cases import Case, Stage
from ui.clerks.doorkeeper import Doorkeeper
from ui.language import tr
from ui.notices import Notices
from ui.rights import Right
from ui.widgets.answer_panel import AnswerPanel

if TYPE_CHECKING:
    from boxoffice.services.lookup import Answered


class TakingBack:
    """What the undo key does, and what it needs to know of the screen."""

    def __init__(self, panel: AnswerPanel, keeper: Doorkeeper, notices: Notices, rights: frozenset[Right]) -> None:
        self._panel = panel
        self._keeper = keeper
        self._notices = notices
        self._rights = rights
        self.reopened: Answered | None = None
        """The row of the last scans on the screen, if it may be taken back."""

    def undo(self, case: Case | None) -> None:
        """Take back the row that was opened, or who is on the screen, or else whoever passed last."""
        if self.reopened is not None:
            self._ask_why(self.reopened.nonce, self.reopened.name)
        elif case is not None and case.verdict.admitted and case.stage is Stage.DONE:
            if not self._keeper.undo_recent(case.scan.nonce):
                self._ask_why(case.scan.nonce, case.verdict.ticket.position.name if case.verdict.ticket else "")
        elif not self._keeper.undo_last():
            self._notices.say(tr("Nothing to undo from the last ten seconds. Open a row of the last scans instead."))

    def _ask_why(self, nonce: str, name: str) -> None:
        if Right.UNDO_LATER not in self._rights:
            self._notices.say(tr("More than ten seconds ago: only the desk may take it back."))
            return
        from ui.widgets.dialogs import ReasonDialog

        self._panel.hold()
        reasons = (tr("Wrong person"), tr("Scanned by mistake"), tr("Wrong list"), tr("Left again at once"))
        dialog = ReasonDialog(
            tr("Take back"),
            tr("{name} will no longer count as passed. Why?", name=name or tr("This ticket")),
            reasons,
            lambda reason: self._keeper.undo(nonce, reason),
            self._panel.window(),
        )
        dialog.open()
