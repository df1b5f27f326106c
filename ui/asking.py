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

_Words = tuple[str, str, Sequence[str]]
"""The heading, what the button says, and the usual reasons."""
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
    _ask(act, _WORDS[act], about, done, parent)


def ask_to_give_away(about: str, done: Granted, parent: QWidget) -> None:
    """Ask why something costs nothing: that is another price, in other words."""
    _ask(Act.PRICE, GIVEN_AWAY, about, done, parent)


def _ask(act: Act, words: _Words, about: str, done: Granted, parent: QWidget) -> None:
    heading, go, reasons = words
    window: object = parent.window()

    def go_on(reason: str) -> None:
        if isinstance(window, Permitting):
            window.with_leave(act, reason, lambda permits: done(reason, permits))
        else:
            done(reason, ())

    ReasonDialog(tr(heading), about, [tr(one) for one in reasons], go_on, parent, tr(go)).open()


GIVEN_AWAY: _Words = ("Given away", "Give it away", ("Guest list", "Goodwill", "Staff", "The organiser agreed"))
_WORDS: dict[Act, _Words] = {
    Act.PRICE: ("Another price", "Set the price", ("Damaged", "Goodwill", "Staff", "Price on the poster")),
    Act.TAKE_BACK_CARD: (
        "Take the payment back?",
        "Take back",
        ("Customer left", "Paid in another way", "Charged twice"),
    ),
    Act.CASH_OUT: ("Pay out the gift card", "Pay out", ("The holder asks for it", "The event is over", "Goodwill")),
    Act.OVERRULE: ("Sell it all the same?", "Sell", ("The organiser agreed", "Guest list", "Mistake in the catalogue")),
}
