"""What waits for paper, what became of the rest, and the printers of this station."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from boxoffice import bootstrap
from boxoffice.bootstrap import App
from boxoffice.domain.printing import DRAWER, Answer, Job, Printer, Printing, State
from boxoffice.errors import Trouble
from boxoffice.services import papers, print_setup, printing
from boxoffice.storage import print_queue
from ui.background import Background
from ui.courier import Courier
from ui.language import ago, clock, number, plural, tr
from ui.papers.paper import ANSWERS, PrintWorker, health, name_of, sign_of
from ui.papers.preview import Preview
from ui.rights import Right
from ui.shapes import Shape
from ui.sheets.settings.printer_routes import RoutesDialog
from ui.sheets.settings.printer_sheet import PrinterSheet
from ui.widgets.badge import Badge
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import ReasonDialog

from .page import Card, Page

if TYPE_CHECKING:
    from printers.state import PrinterState

OPEN_SHOWN = 12
DONE_SHOWN = 6
_NARROW = 1000
"""Pixels below which buttons stand under the words, not beside them."""


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
        self._drawer = Button(tr("Open drawer"))
        self._drawer.clicked.connect(self._open_drawer)
        self._new = Button(tr("Add a printer…"), weight=Weight.PRIMARY)
        self._new.clicked.connect(lambda: self._edit(None))
        self._new.setVisible(self._may_set)
        self._routes = Button(tr("What goes where…"))
        self._routes.clicked.connect(self._choose_routes)
        self.tools.addWidget(self._drawer)
        self.tools.addWidget(self._routes)
        self.tools.addWidget(self._new)
        self._waiting, self._printers, self._done = (_Section() for _ in range(3))
        for section in (self._waiting, self._printers, self._done):
            self.add(section)
        self.look_again()

    def look_again(self) -> None:
        """Show the queue and the printers as they are now. What has not changed is left alone: all this takes time."""
        self._setup = self._app.paper.setup
        jobs = self._app.paper.queue
        done = self._app.read(lambda c: print_queue.done_ones(c, DONE_SHOWN))
        state = self._worker.state if self._worker is not None else None
        self._drawer.setVisible(self._setup.route(DRAWER) is not None)
        waiting = sum(job.state in (State.QUEUED, State.SENDING) for job in jobs)
        asks = sum(job.asks for job in jobs)
        self.below.setText(tr("{waiting} waiting, {asks} to be answered", waiting=number(waiting), asks=number(asks)))
        self._waiting.show_cards(self._open_cards(jobs))
        printers = state.printers if state is not None else ()
        self._printers.show_cards(self._printer_cards(printers))
        self._routes.setVisible(self._may_set and bool(self._setup.printers))
        self._done.show_cards(
            _Wanted(job.operation, (self._narrow, job), partial(self._done_card, job)) for job in done
        )

    def _open_cards(self, jobs: list[Job]) -> Iterator[_Wanted]:
        shown = sorted(jobs, key=lambda one: not one.asks)
        for job in shown[:OPEN_SHOWN]:
            yield _Wanted(job.operation, (self._narrow, self._setup, job), partial(self._open_card, job))
        more = len(shown) - OPEN_SHOWN
        if more > 0:
            yield _Wanted("", more, partial(self._rest_card, more))

    def _rest_card(self, more: int) -> Card:
        rest = Card()
        rest.say(tr("and {many} more that wait", many=number(more)), "muted")
        return rest

    def _printer_cards(self, states: Sequence[PrinterState]) -> Iterator[_Wanted]:
        held = {one.printer.name: one for one in states}
        for printer in self._setup.printers:
            about = (self._narrow, self._setup, held.get(printer.name))
            yield _Wanted(printer.name, about, partial(self._printer_card, printer))
        if not self._setup.printers:
            yield _Wanted("", None, self._no_printer_card)

    def _no_printer_card(self) -> Card:
        none = Card()
        none.say(tr("No printer is set up"), "heading")
        none.say(tr("What is sold is kept and can be printed later."), "muted")
        return none

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        if narrow is not self._narrow:
            self._narrow = narrow
            self.look_again()

    # Jobs

    def _open_card(self, job: Job) -> Card:
        card = self._job_card(job)
        age = (datetime.now(UTC) - job.queued_at).total_seconds()
        since = tr("since {when}, {age}", when=clock(job.queued_at), age=ago(age))
        card.say(tr("For {printer}, {since}", printer=job.printer or tr("no printer"), since=since), "muted")
        if job.because:
            card.say(tr(job.because), "bad" if job.state is State.FAILED else "warn")
        if job.asks:
            card.say(tr("Nobody knows whether it came out. Look at the printer."), "warn")
            for text, said, weight in (
                (tr("Leave it"), Answer.CANCEL, Weight.QUIET),
                (tr("Print again as a copy"), Answer.AGAIN, Weight.PLAIN),
                (tr("It came out"), Answer.CAME_OUT, Weight.PRIMARY),
            ):
                self._button(card, text, partial(self._answer, job, said), weight)
            return card
        if job.state in (State.QUEUED, State.FAILED):
            cancel = partial(printing.cancel, operation=job.operation, at=datetime.now(UTC))
            self._button(card, tr("Cancel"), lambda: self._bring(self._app.write(cancel)), Weight.QUIET)
            others = [one for one in self._setup.printers if one.name != job.printer]
            if others and job.kind != DRAWER:
                self._elsewhere(card, others, lambda to: self._redirect(job, to))
            self._button(card, tr("Try now"), lambda: self._retry(job))
        return card

    def _answer(self, job: Job, said: Answer) -> None:
        self._bring(self._app.paper.answer(job.operation, said))

    def _done_card(self, job: Job) -> Card:
        card = self._job_card(job)
        said = tr(ANSWERS[job.answer]) if job.answer in ANSWERS else ""
        why = tr(job.because) if job.because else ""
        words = (job.printer, clock(job.changed_at), said or why, job.reason)
        card.say(" · ".join(part for part in words if part), "muted")
        if job.document is not None:
            self._button(card, tr("Print again…"), lambda: self._again(job))
        return card

    def _job_card(self, job: Job) -> Card:
        card = Card(narrow=self._narrow)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Badge(*sign_of(job)), 0, Qt.AlignmentFlag.AlignTop)
        card.words.addLayout(row)
        title = card.say(name_of(job), "heading")
        card.words.removeWidget(title)
        row.addWidget(title, 1)
        if job.document is not None:
            self._button(card, tr("Preview"), lambda: self._preview(job), Weight.QUIET)
        return card

    def _button(self, card: Card, text: str, act: Callable[[], object], weight: Weight = Weight.PLAIN) -> Button:
        button = Button(text, weight=weight)
        button.clicked.connect(lambda _=False: act())
        card.buttons.addWidget(button)
        return button

    def _elsewhere(self, card: Card, others: list[Printer], go: Callable[[str], object]) -> None:
        """One tap where there is one other printer, else a choice."""
        if len(others) == 1:
            name = others[0].name
            self._button(card, tr("Send to {printer}", printer=name), lambda: go(name))
            return
        button = Button(tr("Send elsewhere…"))
        button.clicked.connect(lambda _=False: choose_printer(button, others, go))
        card.buttons.addWidget(button)

    def _redirect(self, job: Job, to: str) -> None:
        self._bring(self._app.write(lambda c: printing.redirect(c, job.operation, to)))

    def _retry(self, job: Job) -> None:
        if job.state is State.FAILED:
            self._bring(self._app.write(lambda c: printing.retry(c, job.operation)))
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

    def _printer_card(self, printer: Printer) -> Card:
        card = Card(narrow=self._narrow)
        held = self._worker.state.of(printer.name) if self._worker is not None else None
        row = QHBoxLayout()
        row.setSpacing(12)
        colour, words = health(held) if held is not None else ("muted", tr("Not asked"))
        row.addWidget(Badge(Shape.PRINTER, colour, words), 0, Qt.AlignmentFlag.AlignTop)
        card.words.addLayout(row)
        title = card.say(printer.name, "heading")
        card.words.removeWidget(title)
        row.addWidget(title, 1)
        model = printer.profile or tr("usual model")
        columns = plural("{n} column", "{n} columns", printer.columns) if printer.columns else ""
        drawer = tr("with drawer") if printer.drawer else ""
        card.say(" · ".join(part for part in (printer.address, model, columns, drawer) if part), "muted")
        if held is not None and held.trouble is not None:
            card.say(" ".join(tr(part) for part in held.trouble.parts()[1:]), "warn")
        waiting = held.waiting if held is not None else 0
        others = [one for one in self._setup.printers if one.name != printer.name]
        if waiting and others:
            self._elsewhere(card, others, lambda to: self._redirect_all(printer.name, to))
        if self._may_set:
            self._button(card, tr("Change…"), lambda: self._edit(printer), Weight.QUIET)
        self._button(card, tr("Test page"), lambda: self._test(printer))
        return card

    def _redirect_all(self, printer: str, to: str) -> None:
        self._bring(self._app.write(lambda c: printing.redirect_all(c, printer, to)))

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


class _Wanted(NamedTuple):
    """A card that is to be there: which one, what it is made of, and how."""

    key: str
    about: object
    make: Callable[[], Card]


class _Section(QWidget):
    """Cards below each other, of which only those are made anew that show something else now: each takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(12)
        self._shown: dict[str, tuple[object, Card]] = {}

    def show_cards(self, wanted: Iterable[_Wanted]) -> None:
        before, self._shown = self._shown, {}
        for place, one in enumerate(wanted):
            about, card = before.get(one.key, (None, None))
            if card is None or about != one.about:
                card = one.make()
            self._shown[one.key] = (one.about, card)
            if self._rows.indexOf(card) != place:
                self._rows.insertWidget(place, card)
        kept = {id(card) for _, card in self._shown.values()}
        for _, card in before.values():
            if id(card) not in kept:
                self._rows.removeWidget(card)
                card.hide()
                card.deleteLater()


def choose_printer(at: QWidget, printers: list[Printer], chosen: Callable[[str], object]) -> None:
    """A menu of printers at a button."""
    menu = QMenu(at)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for printer in printers:
        menu.addAction(tr("Send to {printer}", printer=printer.name), partial(chosen, printer.name))
    menu.popup(at.mapToGlobal(QPoint(0, at.height())))
