"""One printer of this station: how it is, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from boxoffice.domain.printing import Printer
from ui.language import apart, plural, tr
from ui.papers.paper import health
from ui.shapes import Shape
from ui.widgets.buttons import Weight

from .job_cards import elsewhere
from .paper_card import Offer, PaperCard

if TYPE_CHECKING:
    from printers.state import PrinterState


class PrinterCard(PaperCard):
    """Of one printer."""

    sent_elsewhere = Signal(str, str)
    """All that waits for the printer with the first name shall go to the other one."""
    change_wanted = Signal(object)
    """The `Printer`, as in the signal below."""
    test_wanted = Signal(object)

    def show_printer(self, printer: Printer, held: PrinterState | None, printers: Sequence[str], may_set: bool) -> None:
        """Say how it is now. `held` is what its thread knows; `printers` are the names of all that there are."""
        colour, words = health(held) if held is not None else ("muted", tr("Not asked"))
        self.head((Shape.PRINTER, colour, words), printer.name)
        trouble = held.trouble if held is not None else None
        self.lines(
            (_about(printer), "muted"),
            (" ".join(tr(part) for part in trouble.parts()[1:]) if trouble is not None else "", "warn"),
        )
        offers: list[Offer] = []
        if held is not None and held.waiting:
            others = [name for name in printers if name != printer.name]
            offers += elsewhere(self, others, partial(self.sent_elsewhere.emit, printer.name))
        if may_set:
            offers.append(Offer(tr("Change…"), partial(self.change_wanted.emit, printer), Weight.QUIET))
        self.offer(*offers, Offer(tr("Test page"), partial(self.test_wanted.emit, printer)))


def _about(printer: Printer) -> str:
    model = printer.profile or tr("usual model")
    columns = plural("{n} column", "{n} columns", printer.columns) if printer.columns else ""
    drawer = tr("with drawer") if printer.drawer else ""
    return apart(printer.address, model, columns, drawer)
