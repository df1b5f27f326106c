"""Sheets that put right how a receipt was paid, or take back a whole sale: with a reason, by a document of its own.

Each sheet has one operation for as long as it is open, so that a second Enter does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from boxoffice.bootstrap import App
from boxoffice.counter import Counter
from boxoffice.domain import cash
from boxoffice.domain.money import plain
from boxoffice.domain.permissions import Permit
from boxoffice.domain.tenders import TITLES, Means, Offer, Settled, settle
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import corrections

from . import theme
from .courier import Courier
from .language import tr
from .money import money, typed
from .widgets.buttons import Button, Weight
from .widgets.dialogs import Dialog

_TENDERS = (Means.CASH, Means.CARD, Means.WALLET, Means.TRANSFER, Means.CHEQUE)


class _Sheet(Dialog):
    """A receipt, a reason, and a button that does it."""

    corrected = Signal()

    def __init__(
        self,
        heading: str,
        app: App,
        counter: Counter,
        courier: Courier,
        failed: Callable[[Trouble], object],
        parent: QWidget,
    ) -> None:
        super().__init__(heading, parent)
        self.setObjectName("correcting")
        self.app, self.counter = app, counter
        self._courier, self._failed = courier, failed
        self.operation = new_id()
        self.reason = QLineEdit()
        self.reason.setMinimumHeight(theme.TOUCH)
        self.reason.setPlaceholderText(tr("Why"))
        self.reason.setAccessibleName(tr("Why"))
        self.reason.textChanged.connect(lambda _: self.look())
        self.wrong = QLabel()
        self.wrong.setProperty("role", "bad")
        self.wrong.setWordWrap(True)

    def finish(self, words: str) -> None:
        """The foot of the sheet."""
        self.add(self.reason)
        self.add(self.wrong)
        self.button = Button(words, weight=Weight.PRIMARY)
        self.button.clicked.connect(self._go)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.button)
        self.look()

    def look(self) -> None:
        """What was typed may be enough now."""
        self.button.setEnabled(self.ready and bool(self.reason.text().strip()))

    @property
    def ready(self) -> bool:
        """Whether there is something to do."""
        return True

    def act(self, permits: Sequence[Permit]) -> Future[Any]:
        """Do it, with the leave of whoever stands by it."""
        raise NotImplementedError

    def _go(self) -> None:
        self.button.setEnabled(False)
        reason = self.reason.text().strip()
        self._courier.attempt(self.act, to=self, done=self._on_done, failed=self._on_failed, reason=reason)

    def _on_done(self, _: object) -> None:
        self.corrected.emit()
        self.accept()

    def _on_failed(self, trouble: Trouble) -> None:
        self.wrong.setText(" ".join(tr(part) for part in (trouble.title, trouble.what, trouble.hint) if part))
        self.look()


class CorrectSheet(_Sheet):
    """How a receipt was paid in truth: an amount for each tender, empty where it was not used."""

    def __init__(
        self,
        app: App,
        counter: Counter,
        courier: Courier,
        receipt: int,
        failed: Callable[[Trouble], object],
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Correct receipt {number}", number=receipt), app, counter, courier, failed, parent)
        self._receipt = receipt
        self.fields: dict[Means, QLineEdit] = {}
        self._before: dict[str, int] = {}
        self._total = 0
        self._currency = "EUR"
        try:
            held = app.read(lambda c: corrections.standing(c, receipt))
        except Trouble as trouble:
            self.say(" ".join(tr(part) for part in (trouble.title, trouble.what, trouble.hint) if part))
            self.finish(tr("Correct"))
            return
        self._total, self._currency = held.total, held.original.receipt.currency
        for _, one in held.tenders:
            self._before[one.tender] = self._before.get(one.tender, 0) + one.amount
        said = ", ".join(f"{tr(TITLES[name])} {money(sum_, self._currency)}" for name, sum_ in self._before.items())
        self.say(tr("It says: {tenders}. How was it paid in truth?", tenders=said or tr("nothing")))
        self._add_fields()
        self.sum = QLabel()
        self.sum.setFont(theme.bold(24))
        self.sum.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.add(self.sum)
        self.finish(tr("Correct"))

    def _add_fields(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        for row, means in enumerate(_TENDERS):
            label = QLabel(tr(TITLES[means]))
            field = QLineEdit()
            field.setMinimumHeight(theme.TOUCH)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setAccessibleName(tr(TITLES[means]))
            if means.value in self._before:
                field.setText(plain(self._before[means.value], self._currency))
            field.textChanged.connect(lambda _: self.look())
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            whole = Button(tr("All of it"), weight=Weight.QUIET)
            whole.setAutoDefault(False)
            whole.clicked.connect(partial(self.all_by, means))
            grid.addWidget(whole, row, 2)
            self.fields[means] = field
        self.add_rows(grid)

    def all_by(self, means: Means) -> None:
        """All of it was paid in one way."""
        due = cash.rounded(self._total, cash.step(self._currency)) if means is Means.CASH else self._total
        for other, field in self.fields.items():
            field.setText(plain(due, self._currency) if other is means else "")
        self.reason.setFocus()

    @property
    def offers(self) -> list[Offer] | None:
        """What was typed; None where something is no amount."""
        found = []
        for means, field in self.fields.items():
            if not (text := field.text().strip()):
                continue
            amount = typed(text, self._currency)
            if amount is None:
                return None
            if amount:
                found.append(Offer(means=means, amount=amount))
        return found

    @property
    def ready(self) -> bool:
        offers = self.offers
        return bool(self.fields) and offers is not None and {o.means.value: o.amount for o in offers} != self._before

    def look(self) -> None:
        offers = self.offers
        if self.fields and offers is not None:
            paid = sum(one.amount for one in offers)
            self.sum.setText(money(paid, self._currency))
            self.sum.setProperty("role", "" if self._is_covered(offers) else "warn")
        super().look()

    def _is_covered(self, offers: list[Offer]) -> bool:
        return isinstance(settle(self._total, offers, cash.step(self._currency)), Settled)

    def act(self, permits: Sequence[Permit]) -> Future[Any]:
        offers = self.offers or []
        amount = None if self._is_covered(offers) else sum(one.amount for one in offers)
        return self.counter.correct(
            self._receipt, offers, self.reason.text().strip(), amount, operation=self.operation, permits=permits
        )


class VoidSheet(_Sheet):
    """A whole sale is taken back, by the tenders that paid it."""

    def __init__(
        self,
        app: App,
        counter: Counter,
        courier: Courier,
        receipt: int,
        failed: Callable[[Trouble], object],
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Take back receipt {number}", number=receipt), app, counter, courier, failed, parent)
        self._receipt = receipt
        booked = counter.receipt(receipt)
        if booked is not None:
            self.say(tr("{amount} goes back as it came, and its tickets are cancelled.",
                        amount=money(booked.receipt.total, booked.receipt.currency)))  # fmt: skip
        self.finish(tr("Take back"))

    def act(self, permits: Sequence[Permit]) -> Future[Any]:
        reason = self.reason.text().strip()
        return self.counter.void(self._receipt, reason, operation=self.operation, permits=permits)
