"""Papers that any screen has printed: it says where they go, shows them beforehand, and asks why another ticket.

A second receipt needs no question, for it says itself that it is a copy; a second ticket opens the door once only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from boxoffice import bootstrap
from boxoffice.bootstrap import App
from boxoffice.domain.documents import Document, kind_of
from boxoffice.domain.printing import Job
from boxoffice.errors import Trouble
from boxoffice.services.printing import PrintedBefore
from ui.background import Background
from ui.courier import Courier
from ui.language import clock, plural, tr
from ui.widgets.dialogs import ReasonDialog

from .paper import name_of


class GivingOut(QObject):
    """For one page, as long as it is there."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        say: Callable[[str], object],
        failed: Callable[[Trouble], object],
        page: QWidget,
        background: Background | None = None,
    ) -> None:
        super().__init__(page)
        self._app = app
        self._courier = courier
        self._say = say
        self._failed = failed
        self._page = page
        self._background = background

    def print(self, document: Document, event: str) -> None:
        """Have it printed; what was printed before comes out as a copy."""
        self._bring(self._app.paper.print(document, event=event), lambda job: self._tell([job]))

    def print_named(self, kind: str, name: str, event: str) -> None:
        """The same with what is held now under that name."""
        try:
            about, document = self._app.paper.find(kind, name, [event])
        except Trouble as trouble:
            self._failed(trouble)
            return
        self.print(document, about)

    def print_tickets(self, event: str, order: str, reason: str = "") -> None:
        """All tickets of an order that open a door."""

        def failed(trouble: Trouble) -> None:
            if isinstance(trouble, PrintedBefore):
                self._ask_why(trouble, lambda why: self.print_tickets(event, order, why))
            else:
                self._failed(trouble)

        printed = self._app.paper.print_tickets(event, order, reason=reason)
        self._courier.bring(printed, to=self, done=self._tell, failed=failed)

    def show(self, heading: str, document: Document) -> None:
        """What it looks like on the printer to which it would go, painted beside the window."""
        if self._background is None:
            return
        from printers.rendering import SOMEWHERE

        from .preview import Preview

        setup, renderer = self._app.paper.setup, bootstrap.renderer(self._app)
        route = setup.route(kind_of(document))
        printer = (setup.printer(route.printer) if route is not None else None) or SOMEWHERE
        paint = partial(renderer.proof_of, document, printer)
        Preview(heading, paint, self._background, self._courier, self._page.window()).open()

    def _bring(self, job: Future[Job], done: Callable[[Job], object]) -> None:
        self._courier.bring(job, to=self, done=done, failed=self._failed)

    def _tell(self, jobs: Sequence[Job]) -> None:
        if not jobs:
            self._say(tr("There is no ticket to print"))
            return
        job = jobs[0]
        if not job.printer:
            self._say(tr("{what} is kept: this station has no printer for it", what=name_of(job)))
        elif len(jobs) == 1 and job.because:
            why = tr(job.because)
            self._say(tr("{what} waits for {printer}: {why}", what=name_of(job), printer=job.printer, why=why))
        elif len(jobs) == 1:
            self._say(tr("{what} goes to {printer}", what=name_of(job), printer=job.printer))
        else:
            self._say(
                plural("{n} ticket goes to {printer}", "{n} tickets go to {printer}", len(jobs), printer=job.printer)
            )

    def _ask_why(self, before: PrintedBefore, again: Callable[[str], object]) -> None:
        printout = before.printout
        where = before.waits_at or printout.device or "?"
        about = tr(
            "Ticket {ticket} was printed: {where}, {when}. Why once more?",
            ticket=printout.ticket,
            where=where,
            when=clock(printout.at),
        )
        reasons = (tr("Lost"), tr("Torn or smudged"), tr("Did not come out"), tr("Name corrected"))
        ReasonDialog(tr("Print the tickets again"), about, reasons, again, self._page.window(), tr("Print")).open()
