"""The question that only a person can answer: did it come out? Above every screen, until somebody says so."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxoffice.domain.printing import Answer, Job
from ui import theme
from ui.language import clock, plural, tr
from ui.papers.paper import name_of

from .buttons import Button, Weight


class PaperQuestion(QFrame):
    """About the oldest print whose outcome nobody knows."""

    answered = Signal(str, object)
    """The job's operation, and the `Answer`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("paper_question")
        self.setProperty("role", "banner")
        self._operation = ""
        self._title = QLabel()
        self._title.setFont(theme.bold(17))
        self._more = QLabel()
        for label in (self._title, self._more):
            label.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._more)
        self.came_out = Button(tr("It came out"), weight=Weight.PRIMARY)
        self.again = Button(tr("Print again as a copy"))
        self.leave = Button(tr("Leave it"), weight=Weight.QUIET)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 16, 8)
        row.setSpacing(10)
        row.addLayout(words, 1)
        for button, said in (
            (self.leave, Answer.CANCEL),
            (self.again, Answer.AGAIN),
            (self.came_out, Answer.CAME_OUT),
        ):
            button.clicked.connect(lambda _=False, one=said: self.answered.emit(self._operation, one))
            row.addWidget(button)
        self.hide()

    @property
    def text(self) -> str:
        """Everything that is shown."""
        return f"{self._title.text()} {self._more.text()}".strip()

    def ask(self, jobs: list[Job]) -> None:
        """Ask about the oldest of these; about nothing if there is none."""
        self.setVisible(bool(jobs))
        if not jobs:
            return
        job = jobs[0]
        self._operation = job.operation
        self._title.setText(tr("Did it come out? {what}", what=name_of(job)))
        about = tr("{printer}, {when}: {why}", printer=job.printer, when=clock(job.changed_at), why=tr(job.because))
        others = plural("{n} more to be answered.", "{n} more to be answered.", len(jobs) - 1)
        self._more.setText(f"{about}. {others}" if len(jobs) > 1 else f"{about}.")
        self.setAccessibleName(self.text)
