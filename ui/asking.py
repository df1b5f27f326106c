"""The one question for whatever not everybody may: why, and who stands by it.

Screens ask here and go on with the answer; which act needs whom stands in `boxoffice.domain.permissions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from boxoffice.domain.permissions import Act, Permit

from .language import tr
from .widgets.dialogs import ReasonDialog

Granted = Callable[[str, tuple[Permit, ...]], object]
"""Goes on with the reason, and with what somebody stands by."""


def ask(act: Act, about: str, done: Granted, parent: QWidget) -> None:
    """Ask for the reason of an act that is guarded."""
    heading, go, reasons = _WORDS[act]
    dialog = ReasonDialog(
        tr(heading), about, [tr(one) for one in reasons], lambda reason: done(reason, ()), parent, tr(go)
    )
    dialog.open()


_WORDS: dict[Act, tuple[str, str, Sequence[str]]] = {
    Act.PRICE: ("Another price", "Set the price", ("Damaged", "Goodwill", "Staff", "Price on the poster")),
    Act.OVERRULE: ("Sell it all the same?", "Sell", ("The organiser agreed", "Guest list", "Mistake in the catalogue")),
}
