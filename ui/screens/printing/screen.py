"""What waits for paper, what became of the rest, and the printers of this station."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from boxoffice import bootstrap
from boxoffice.bootstrap import App
from boxoffice.domain.printing import DRAWER, Answer, Job, Printer, Printing, State
from boxoffice.errors import Trouble
from boxoffice.services import papers, print_jobs, print_setup
from boxoffice.storage import print_queue
from ui.background import Background
from ui.courier import Courier
from ui.language import number, tr
from ui.papers.paper import PrintWorker, name_of
from ui.papers.preview import Preview
from ui.rights import Right
from ui.screens.page import Card, Page
from ui.sheets.settings.printer_routes import RoutesDialog
from ui.sheets.settings.printer_sheet import PrinterSheet
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import ReasonDialog

from .job_cards import DoneCard, OpenCard
from .printer_card import PrinterCard
from .section import Section

if TYPE_CHECKING:
    from printers.state import PrinterState

OPEN_SHOWN = 12
DONE_SHOWN = 6
_NARROW = 1000
"""Pixels below which buttons stand under the words, not beside them."""
_OLDER = 10
"""Seconds after which it is said anew how old something is."""


class _Open(NamedTuple):
    """What stands on the card of a document that waits."""

    narrow: bool
    job: Job
    printers: tuple[str, ...]
    age: float


class _Printer(NamedTuple):
    """What stands on the card of a printer."""

    narrow: bool
    printer: Printer
    held: PrinterState | None
    printers: tuple[str, ...]


class PrintingScreen(Page):
    """Questions first, then what waits, the printers, and what was printed last."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        background: Background,
        rights: frozenset[Right],
        worker: PrintWorker | None,
        failed: Callable[[Trouble], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Printing"), parent)
        self._app = app
        self._courier = courier
        self._background = background
        self._may_set = Right.SET_PRINTERS in rights
        self._worker = worker
        self._failed = failed
        self._renderer = bootstrap.renderer(app)
        self._narrow = False
        self._setup = Printing()
        self._furnish()
        self.look_again()

    def _furnish(self) -> None:
        self._drawer = Button(tr("Open drawer"))
        self._drawer.clicked.connect(self._open_drawer)
        self._new = Button(tr("Add a printer…"), weight=Weight.PRIMARY)
        self._new.clicked.connect(lambda: self._edit(None))
        self._new.setVisible(self._may_set)
        self._routes = Button(tr("What goes where…"))
        self._routes.clicked.connect(self._choose_routes)
        for tool in (self._drawer, self._routes, self._new):
            self.tools.addWidget(tool)
        self._waiting = Section(self._make_open, self._tell_open)
        self._printers = Section(self._make_printer, self._tell_printer)
        self._done = Section(self._make_done, self._tell_done)
        self._rest, self._none = Card(), Card()
        self._more = self._rest.say("", "muted")
        self._none.say(tr("No printer is set up"), "heading")
        self._none.say(tr("What is sold is kept and can be printed later."), "muted")
        for widget in (self._waiting, self._rest, self._printers, self._none, self._done):
            self.add(widget)
        for section in (self._waiting, self._printers, self._done):
            section.changed.connect(self._put_in_order)

    def look_again(self) -> None:
        """Show the queue and the printers as they are now. Only what has changed is touched: all this takes time."""
        self._setup = self._app.paper.setup
        jobs, lines, done = self._app.read(
            lambda c: (
                print_queue.first_open(c, OPEN_SHOWN),
                print_queue.lines(c),
                print_queue.done_ones(c, DONE_SHOWN),
            )
        )
        waiting, asks = sum(line.waiting for line in lines), sum(line.asks for line in lines)
        self.below.setText(tr("{waiting} waiting, {asks} to be answered", waiting=number(waiting), asks=number(asks)))
        self._drawer.setVisible(self._setup.route(DRAWER) is not None)
        self._routes.setVisible(self._may_set and bool(self._setup.printers))
        more = waiting + asks + sum(line.failed for line in lines) - len(jobs)
        self._more.setText(tr("and {many} more that wait", many=number(more)))
        self._rest.setVisible(more > 0)
        self._none.setVisible(not self._setup.printers)
        self._waiting.show_cards({job.operation: self._open(job) for job in jobs})
        self._printers.show_cards({one.name: self._printer(one) for one in self._setup.printers})
        self._done.show_cards({job.operation: (self._narrow, job) for job in done})

    def _open(self, job: Job) -> _Open:
        age = (datetime.now(UTC) - job.queued_at).total_seconds() // _OLDER * _OLDER
        return _Open(self._narrow, job, self._names, age)

    def _printer(self, printer: Printer) -> _Printer:
        held = self._worker.state.of(printer.name) if self._worker is not None else None
        return _Printer(self._narrow, printer, held, self._names)

    def _put_in_order(self) -> None:
        """Tab goes from top to bottom, whichever card came last."""
        tools = [self._drawer, self._routes, self._new]
        for before, after in pairwise((*tools, *self._waiting.stops, *self._printers.stops, *self._done.stops)):
            self.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        if narrow is not self._narrow:
            self._narrow = narrow
            self.look_again()

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(printer.name for printer in self._setup.printers)

    # Jobs

    def _make_open(self) -> OpenCard:
        card = OpenCard()
        card.preview_wanted.connect(self._preview)
        card.answered.connect(self._answer)
        card.cancelled.connect(self._cancel)
        card.sent_elsewhere.connect(self._redirect)
        card.hurried.connect(self._retry)
        return card

    def _tell_open(self, card: OpenCard, shown: _Open) -> None:
        card.be_narrow(shown.narrow)
        card.show_job(shown.job, shown.printers, shown.age)

    def _make_done(self) -> DoneCard:
        card = DoneCard()
        card.preview_wanted.connect(self._preview)
        card.again_wanted.connect(self._again)
        return card

    def _tell_done(self, card: DoneCard, shown: tuple[bool, Job]) -> None:
        narrow, job = shown
        card.be_narrow(narrow)
        card.show_job(job)

    def _answer(self, job: Job, said: Answer) -> None:
        self._bring(self._app.paper.answer(job.operation, said))

    def _cancel(self, job: Job) -> None:
        at = datetime.now(UTC)
        self._bring(self._app.write(lambda c: print_jobs.cancel(c, job.operation, at)))

    def _redirect(self, job: Job, to: str) -> None:
        self._bring(self._app.write(lambda c: print_jobs.redirect(c, job.operation, to)))

    def _retry(self, job: Job) -> None:
        if job.state is State.FAILED:
            self._bring(self._app.write(lambda c: print_jobs.retry(c, job.operation)))
        if self._worker is not None:
            self._worker.hurry(job.printer)

    def _again(self, job: Job) -> None:
        reasons = (tr("Lost"), tr("Torn or smudged"), tr("Did not come out"), tr("Asked for a second one"))
        about = tr("It is marked as a copy, unless none has come out before. Why?")
        dialog = ReasonDialog(
            tr("Print {what} again", what=name_of(job)),
            about,
            reasons,
            lambda reason: self._bring(self._app.paper.again(job.operation, reason=reason)),
            self.window(),
            tr("Print"),
        )
        dialog.open()

    def _preview(self, job: Job) -> None:
        printer = self._setup.printer(job.printer) or next(iter(self._setup.printers), None)
        Preview(
            name_of(job), lambda: self._renderer.preview(job, printer), self._background, self._courier, self.window()
        ).open()

    def _open_drawer(self) -> None:
        reasons = (tr("Give change"), tr("Wrong note"), tr("Look inside"), tr("Put money in"))
        ReasonDialog(
            tr("Open drawer"),
            tr("It is written down. Why?"),
            reasons,
            self._open_drawer_because,
            self.window(),
            tr("Open drawer"),
        ).open()

    def _open_drawer_because(self, reason: str) -> None:
        self._courier.attempt(
            lambda permits: self._app.paper.open_drawer(reason, permits=permits),
            to=self,
            done=lambda _: self.look_again(),
            failed=self._failed,
            reason=reason,
        )

    def _bring(self, future: Future[Any]) -> None:
        self._courier.bring(future, to=self, done=lambda _: self.look_again(), failed=self._failed)

    # Printers

    def _make_printer(self) -> PrinterCard:
        card = PrinterCard()
        card.sent_elsewhere.connect(self._redirect_all)
        card.change_wanted.connect(self._edit)
        card.test_wanted.connect(self._test)
        return card

    def _tell_printer(self, card: PrinterCard, shown: _Printer) -> None:
        card.be_narrow(shown.narrow)
        card.show_printer(shown.printer, shown.held, shown.printers, self._may_set)

    def _redirect_all(self, printer: str, to: str) -> None:
        self._bring(self._app.write(lambda c: print_jobs.redirect_all(c, printer, to)))

    def _test(self, printer: Printer) -> None:
        page = self._app.read(lambda c: papers.proof(c, datetime.now(UTC), printer.name))
        self._bring(self._app.paper.enqueue(page, printer=printer.name))
        if self._worker is not None:
            self._worker.hurry(printer.name)

    def _edit(self, printer: Printer | None) -> None:
        sheet = PrinterSheet(self._setup, printer, self._renderer, self._background, self._courier, self.window())
        sheet.chosen.connect(lambda chosen: self._bring(self._app.write(lambda c: print_setup.add_printer(c, chosen))))
        sheet.removed.connect(lambda name: self._bring(self._app.write(lambda c: print_setup.remove_printer(c, name))))
        sheet.open()

    def _choose_routes(self) -> None:
        RoutesDialog(self._setup, self._send, self.window()).open()

    def _send(self, kind: str, printer: str | None, fallback: str) -> None:
        """To a printer, nowhere (empty), or wherever such things go (None)."""

        def set_route(connection: Any) -> None:
            if printer is None:
                print_setup.send_kind_anywhere(connection, kind)
            else:
                print_setup.send_kind(connection, kind, printer, fallback)

        self._bring(self._app.write(set_route))
