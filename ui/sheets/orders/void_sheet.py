"""A sale that was a mistake is taken back whole: with a reason, and by a document of its own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from PySide6.QtWidgets import QWidget

from boxoffice.domain.errands import Errand, What
from boxoffice.domain.permissions import Permit
from boxoffice.domain.tenders import TITLES
from boxoffice.errors import Trouble
from boxoffice.services import charged, voids
from boxoffice.services.standing import Standing
from ui.language import tr
from ui.money import money
from ui.widgets.dialogs import words_of

from .correcting import CorrectingSheet, Workplace


class VoidSheet(CorrectingSheet):
    """A whole sale is taken back, by the tenders that paid it."""

    def __init__(self, at: Workplace, receipt: int, parent: QWidget) -> None:
        super().__init__(tr("Take back receipt {number}", number=receipt), at, parent)
        self._receipt = receipt
        self._held: Standing | None = None
        try:
            held = self._held = self.app.read(lambda c: voids.plan(c, receipt))
        except Trouble as trouble:
            self.say(words_of(trouble))
            self.reason.hide()
            self.finish(tr("Take back"))
            return
        currency = held.original.receipt.currency
        self.take_up(held.event, held.order, What.VOID, receipt)
        self._stood = self.app.read(lambda c: charged.on_receipts(c, held.numbers, self.operation))
        self.say(tr("{amount} goes back as it came, and its tickets are cancelled.",
                    amount=money(held.total, currency)))  # fmt: skip
        for _, one in held.tenders:
            self.say(f"{tr(TITLES[one.tender])}  {money(one.amount, currency)}")
        if self._stood and self.cards.work.ready:
            back = sum(one.amount for one in self._stood)
            self.tell(tr("The terminal gives {amount} back to the card first.", amount=money(back, currency)))
        self.where.insertItem(0, tr("Where the card was charged"), "")
        self.where.setCurrentIndex(0)
        self.finish(tr("Take back"))
        self.reason.setFocus()
        self.cards.mind(self.operation)

    @property
    def ready(self) -> bool:
        return self._held is not None

    @property
    def moves_cards(self) -> bool:
        return self._held is not None and bool(self._stood)

    @property
    def errand(self) -> Errand:
        held = self._held
        return Errand(
            operation=self.operation,
            event=held.event if held else "",
            order=held.order if held else "",
            what=What.VOID,
            reason=self.reason.text().strip(),
            receipt=self._receipt,
        )

    def act(self, permits: Sequence[Permit]) -> Future[Any]:
        return self.counter.orders.void(self._receipt, self.errand.reason, operation=self.operation, permits=permits)
