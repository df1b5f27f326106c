"""The one question for whatever not everybody may: why, and who stands by it.

Screens ask here and go on with the answer; which act needs whom stands in `boxoffice.domain.permissions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from boxoffice.domain.permissions import Act, Permit

from .language import tr
from .widgets.dialogs import ReasonDialog

Granted = Callable[[str, tuple[Permit, ...]], object]
"""Goes on with the reason, and with what somebody stands by."""


@runtime_checkable
class Permitting(Protocol):
    """A window in which somebody can stand by an act."""

    def with_leave(self, act: Act, reason: str, then: Callable[[tuple[Permit, ...]], object]) -> None:
        """Go on with the permit of whoever stands by it, or without one where none is needed."""
        ...


def ask(act: Act, about: str, done: Granted, parent: QWidget) -> None:
    """Ask for the reason of an act that is guarded."""
    heading, go, reasons = _WORDS[act]
    window: object = parent.window()

    def go_on(reason: str) -> None:
        if isinstance(window, Permitting):
            window.with_leave(act, reason, lambda permits: done(reason, permits))
        else:
            done(reason, ())

    ReasonDialog(tr(heading), about, [tr(one) for one in reasons], go_on, parent, tr(go)).open()


_WORDS: dict[Act, tuple[str, str, Sequence[str]]] = {
    Act.PRICE: ("Another price", "Set the price", ("Damaged", "Goodwill", "Staff", "Price on the poster")),
    Act.OVERRULE: ("Sell it all the same?", "Sell", ("The organiser agreed", "Guest list", "Mistake in the catalogue")),
}
