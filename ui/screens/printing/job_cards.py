"""One document of the queue: what it is, how it stands, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from boxoffice.domain.printing import DRAWER, Answer, Job, State
from ui.language import ago, apart, clock, tr
from ui.papers.paper import ANSWERS, name_of, sign_of
from ui.widgets.buttons import Weight

from .paper_card import Offer, PaperCard


class OpenCard(PaperCard):
    """Of a document that waits, failed, or needs an answer."""

    preview_wanted = Signal(object)
    """The `Job`, as in the signals below."""
    answered = Signal(object, object)
    """And the `Answer`."""
    cancelled = Signal(object)
    sent_elsewhere = Signal(object, str)
    """And the printer's name."""
    hurried = Signal(object)

    def show_job(self, job: Job, printers: Sequence[str], age: float) -> None:
        """Say how it stands now, `age` seconds after it came. `printers` are the names of all that there are."""
        self.head(sign_of(job), name_of(job))
        since = tr("since {when}, {age}", when=clock(job.queued_at), age=ago(age))
        ask = tr("Nobody knows whether it came out. Look at the printer.") if job.asks else ""
        self.lines(
            (tr("For {printer}, {since}", printer=job.printer or tr("no printer"), since=since), "muted"),
            (tr(job.because) if job.because else "", "bad" if job.state is State.FAILED else "warn"),
            (ask, "warn"),
        )
        self.offer(*self._preview(job), *(self._answers(job) if job.asks else self._ways(job, printers)))

    def _preview(self, job: Job) -> Iterator[Offer]:
        if job.document is not None:
            yield Offer(tr("Preview"), partial(self.preview_wanted.emit, job), Weight.QUIET)

    def _answers(self, job: Job) -> Iterator[Offer]:
        for text, said, weight in (
            (tr("Leave it"), Answer.CANCEL, Weight.QUIET),
            (tr("Print again as a copy"), Answer.AGAIN, Weight.PLAIN),
            (tr("It came out"), Answer.CAME_OUT, Weight.PRIMARY),
        ):
            yield Offer(text, partial(self.answered.emit, job, said), weight)

    def _ways(self, job: Job, printers: Sequence[str]) -> Iterator[Offer]:
        if job.state not in (State.QUEUED, State.FAILED):
            return
        yield Offer(tr("Cancel"), partial(self.cancelled.emit, job), Weight.QUIET)
        if job.kind != DRAWER:
            others = [name for name in printers if name != job.printer]
            yield from elsewhere(self, others, partial(self.sent_elsewhere.emit, job))
        yield Offer(tr("Try now"), partial(self.hurried.emit, job))


class DoneCard(PaperCard):
    """Of a document of which no more is to come."""

    preview_wanted = Signal(object)
    """The `Job`, as in the signal below."""
    again_wanted = Signal(object)

    def show_job(self, job: Job) -> None:
        """Say what became of it."""
        self.head(sign_of(job), name_of(job))
        said = tr(ANSWERS[job.answer]) if job.answer in ANSWERS else ""
        why = tr(job.because) if job.because else ""
        words = (job.printer, clock(job.changed_at), said or why, job.reason)
        self.lines((apart(*words), "muted"))
        if job.document is None:
            self.offer()
            return
        self.offer(
            Offer(tr("Preview"), partial(self.preview_wanted.emit, job), Weight.QUIET),
            Offer(tr("Print again…"), partial(self.again_wanted.emit, job)),
        )


def elsewhere(card: PaperCard, others: Sequence[str], go: Callable[[str], object]) -> Iterator[Offer]:
    """One tap where there is one other printer, else a choice."""
    if len(others) == 1:
        yield Offer(tr("Send to {printer}", printer=others[0]), partial(go, others[0]))
    elif others:
        text = tr("Send elsewhere…")
        yield Offer(text, lambda: choose_printer(card.button(text), others, go))


def choose_printer(at: QWidget, printers: Iterable[str], chosen: Callable[[str], object]) -> None:
    """A menu of printers at a button."""
    menu = QMenu(at)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for printer in printers:
        menu.addAction(tr("Send to {printer}", printer=printer), partial(chosen, printer))
    menu.popup(at.mapToGlobal(QPoint(0, at.height())))
