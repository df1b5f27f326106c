"""Ties the window to the threads that print: chips in the strip, and the question above the screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from boxoffice.domain.printing import Answer, Job
from boxoffice.errors import DeviceTrouble
from boxoffice.services import print_jobs
from boxoffice.storage import print_queue
from ui.language import number, plural, tr
from ui.widgets.paper_question import PaperQuestion
from ui.widgets.strip import Where

from .paper import PrintWorker, health

if TYPE_CHECKING:
    from printers.state import PrinterState, State
    from ui.main_window import MainWindow

MOST_CHIPS = 3
"""Of printers that are well. The others are always shown."""


class PaperDesk:
    """For one window, as long as it is there."""

    def __init__(self, window: MainWindow, worker: PrintWorker) -> None:
        self.worker = worker
        self._window = window
        self._furnish()
        worker.on_state.append(window.courier.to(window, lambda _: window.status.refresh_soon()))
        if window.station.paper.setup.printers:
            self._look_for_typefaces()

    def _look_for_typefaces(self) -> None:
        """Say at the start, and not with the first name that needs it, what some names cannot be written without."""
        window = self._window

        def tell(missing: list[DeviceTrouble]) -> None:
            for trouble in missing[:1]:
                window.problems.report(trouble)

        def look() -> list[DeviceTrouble]:
            from printers.fonts import missing

            return missing()

        window.courier.bring(window.background.ask(look), to=window, done=tell, failed=window.problems.report)

    def move_in(self) -> None:
        """The window was built anew."""
        self._furnish()

    def _furnish(self) -> None:
        self.question = PaperQuestion()
        self.question.answered.connect(self._answer)
        self._window.add_above(self.question)
        self._window.strip.printer_pressed.connect(self._offer)

    @property
    def waiting(self) -> int:
        """How many documents wait for paper."""
        return self.worker.state.waiting

    def refresh(self) -> None:
        """Say again how things stand."""
        state = self.worker.state
        place = self._window.strip.places.get(Where.PRINTING)
        if place is not None:
            place.count(state.waiting + state.asks + state.failed)
        self._window.strip.show_printers([_chip(one) for one in _worth_showing(state)])
        self.question.ask(self._window.station.read(print_queue.asked) if state.asks else [])

    def _answer(self, operation: str, said: Answer) -> None:
        window = self._window
        window.courier.bring(
            window.station.paper.answer(operation, said),
            to=window,
            done=lambda _: window.status.refresh(),
            failed=lambda trouble: window.problems.report(trouble),
        )

    def _offer(self, name: str, chip: QWidget) -> None:
        """What can be done about a printer, right where it is shown."""
        menu = QMenu(chip)
        menu.setObjectName("printer_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        held = self.worker.state.of(name)
        if held is not None and held.waiting:
            for other in self.worker.state.printers:
                if other.printer.name != name:
                    words = plural(
                        "Send it to {printer}", "Send all {n} to {printer}", held.waiting, printer=other.printer.name
                    )
                    menu.addAction(words, partial(self._redirect, name, other.printer.name))
            menu.addAction(tr("Try now"), partial(self.worker.hurry, name))
        menu.addAction(tr("Show the queue"), partial(self._window.go, Where.PRINTING))
        menu.popup(chip.mapToGlobal(QPoint(0, chip.height())))

    def _redirect(self, name: str, to: str) -> None:
        window = self._window

        def done(sent: list[Job]) -> None:
            window.notices.say(tr("{n} sent to {printer}", n=number(len(sent)), printer=to))

        window.courier.bring(
            window.station.write(lambda c: print_jobs.redirect_all(c, name, to)),
            to=window,
            done=done,
            failed=lambda trouble: window.problems.report(trouble),
        )


def _worth_showing(state: State) -> list[PrinterState]:
    well = [one for one in state.printers if one.well and not one.waiting]
    return [one for one in state.printers if one not in well[MOST_CHIPS:]]


def _chip(one: PrinterState) -> tuple[str, str, str, int]:
    colour, words = health(one)
    return one.printer.name, "" if colour == "muted" else words, colour, one.waiting
