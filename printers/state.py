"""What the spooler shows of itself: one value that screens and commands can keep as long as they like."""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain.printing import Condition, Printer
from boxoffice.errors import Trouble


class PrinterState(msgspec.Struct, frozen=True, kw_only=True):
    """One printer and what stands before it."""

    printer: Printer
    condition: Condition = Condition()
    """As it last said."""
    trouble: Trouble | None = None
    """Why the last try put nothing on paper."""
    busy: bool = False
    waiting: int = 0
    asks: int = 0
    """Jobs of which a person has to say what became of them."""
    failed: int = 0
    oldest: datetime | None = None

    @property
    def well(self) -> bool:
        """Whether nothing is known against it."""
        return self.trouble is None and not self.condition.hindrance


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All printers at one moment."""

    printers: tuple[PrinterState, ...] = ()
    waiting: int = 0
    """Jobs before all printers, those that are gone too."""
    asks: int = 0
    failed: int = 0
    oldest: datetime | None = None

    def of(self, name: str) -> PrinterState | None:
        """One printer by its name."""
        return next((one for one in self.printers if one.printer.name == name), None)
