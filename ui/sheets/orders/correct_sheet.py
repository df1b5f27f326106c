"""How a receipt was paid in truth: with a reason, and by a document of its own. What will happen is said before."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from boxoffice.domain import cash
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.money import plain
from boxoffice.domain.permissions import Permit
from boxoffice.domain.redeeming import Redemption
from boxoffice.domain.tenders import TITLES, Means, Offer, Settled, settle
from boxoffice.errors import Trouble
from boxoffice.services import corrections, standing
from ui import theme
from ui.language import tr
from ui.money import money, typed
from ui.sheets.paying.gift_card_field import GiftCardField
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import words_of

from .correcting import CorrectingSheet, Workplace

_TENDERS = (
    *(Means.CASH, Means.CARD, Means.WALLET, Means.TRANSFER),
    *(Means.CHEQUE, Means.GIFT_CARD, Means.AWAITED, Means.INVOICE),
)
_BESIDE = 760
"""A screen that is narrower has them all below each other."""
_AMOUNT = 104
"""The least width of a field, so that an amount of six digits is read whole."""


class CorrectSheet(CorrectingSheet):
    """How a receipt was paid in truth: an amount for each tender, empty where it was not used."""

    def __init__(self, at: Workplace, receipt: int, parent: QWidget) -> None:
        super().__init__(tr("Correct receipt {number}", number=receipt), at, parent)
        self._receipt = receipt
        self.fields: dict[Means, QLineEdit] = {}
        self._before: dict[str, int] = {}
        self._gave: list[Redemption] = []
        self._total = 0
        self._currency = "EUR"
        self._plan: corrections.Plan | None = None
        self._because = ""
        self.widen(720)
        try:
            held = self.app.read(lambda c: standing.standing(c, receipt))
            self._gave = self.app.read(lambda c: standing.gave_by(c, held))
        except Trouble as trouble:
            self.say(words_of(trouble))
            self.reason.hide()
            self.finish(tr("Correct"))
            return
        self._held = held
        self._total, self._currency = held.total, held.original.receipt.currency
        for _, one in held.tenders:
            self._before[one.tender] = self._before.get(one.tender, 0) + one.amount
        said = ", ".join(f"{tr(TITLES[name])} {money(sum_, self._currency)}" for name, sum_ in self._before.items())
        self.say(tr("It says: {tenders}. How was it paid in truth?", tenders=said or tr("nothing")))
        self._add_fields()
        self.onto = GiftCardField(self.counter.codes, held.event)
        self.onto.new.hide()
        if self._gave:
            self.onto.number.setPlaceholderText(tr("The same card: {code}", code=_shown(self._gave[0].code)))
        self.onto.changed.connect(self.look)
        self.add(self.onto)
        self.sum = QLabel()
        self.sum.setFont(theme.bold(24))
        self.sum.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.add(self.sum)
        self._take_up()
        self.finish(tr("Correct"))
        self.cards.mind(self.operation)

    def _add_fields(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        high = len(_TENDERS) // 2 if self.screen().availableGeometry().width() >= _BESIDE else len(_TENDERS)
        for index, means in enumerate(_TENDERS):
            row, side = index % high, 3 * (index // high)
            label = QLabel(tr(TITLES[means]))
            label.setWordWrap(True)
            field = QLineEdit()
            field.setMinimumSize(_AMOUNT, theme.TOUCH)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setAccessibleName(tr(TITLES[means]))
            if means.value in self._before:
                field.setText(plain(self._before[means.value], self._currency))
            field.textChanged.connect(lambda _: self.look())
            grid.addWidget(label, row, side)
            grid.addWidget(field, row, side + 1)
            whole = Button(tr("All of it"), weight=Weight.QUIET)
            whole.setAccessibleName(f"{tr('All of it')}: {tr(TITLES[means])}")
            whole.setAutoDefault(False)
            whole.clicked.connect(partial(self.all_by, means))
            grid.addWidget(whole, row, side + 2)
            self.fields[means] = field
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(4, 1)
        self.add_rows(grid)

    def _take_up(self) -> None:
        begun = self.take_up(self._held.event, self._held.order, What.CORRECTION, self._receipt)
        for means, field in self.fields.items() if begun is not None else ():
            amount = sum(one.amount for one in begun.offers if one.means is means) if begun else 0
            field.setText(plain(amount, self._currency) if amount else "")

    def all_by(self, means: Means) -> None:
        """All of it was paid in one way."""
        due = cash.rounded(self._total, cash.step(self._currency)) if means is Means.CASH else self._total
        for other, field in self.fields.items():
            field.setText(plain(due, self._currency) if other is means else "")
        asks = means is Means.GIFT_CARD and not (self.onto.code or self._gave)
        (self.onto.number if asks else self.reason).setFocus()

    @property
    def offers(self) -> list[Offer] | None:
        """What was typed; None where something is no amount."""
        found: list[Offer] = []
        for means, field in self.fields.items():
            if not (text := field.text().strip()):
                continue
            amount = typed(text, self._currency)
            if amount is None:
                return None
            if amount and means is Means.GIFT_CARD:
                found += self._by_gift_card(amount)
            elif amount:
                found += self._by_card(amount) if means is Means.CARD else [Offer(means=means, amount=amount)]
        return found

    def _by_gift_card(self, amount: int) -> list[Offer]:
        """Several cards that paid it stay what they are; else the one that is named has paid all of it."""
        if amount == -sum(one.amount for one in self._gave) and len(self._gave) > 1:
            return [Offer(means=Means.GIFT_CARD, amount=-one.amount, code=one.code) for one in self._gave]
        same = self._gave[0].code if self._gave else ""
        return [Offer(means=Means.GIFT_CARD, amount=amount, code=self.onto.code or same)]

    def _by_card(self, amount: int) -> list[Offer]:
        """Several cards that paid it stay what they are."""
        parts = [one.amount for _, one in self._held.tenders if one.tender == Means.CARD.value]
        return [Offer(means=Means.CARD, amount=one) for one in (parts if amount == sum(parts) else [amount])]

    @property
    def ready(self) -> bool:
        return self._plan is not None and not self._because

    @property
    def moves_cards(self) -> bool:
        plan = self._plan
        return plan is not None and bool(plan.cards.charged or plan.cards.sent_back)

    def look(self) -> None:
        offers = self.offers if self.fields else None
        self._plan, self._because = None, ""
        if offers is not None:
            self._look_at(offers)
        super().look()

    def _look_at(self, offers: list[Offer]) -> None:
        self.sum.setText(money(sum(one.amount for one in offers), self._currency))
        self.sum.setProperty("role", "" if self._is_covered(offers) else "warn")
        theme.restyle(self.sum)
        by_gift = any(one.means is Means.GIFT_CARD for one in offers)
        self.onto.setVisible(by_gift)
        if by_gift and not all(one.code for one in offers if one.means is Means.GIFT_CARD):
            self._because = tr("Which gift card?")
        try:
            self._plan = self.counter.orders.correction(self._receipt, offers, self.operation, self._amount(offers))
        except Trouble as trouble:
            self._because = words_of(trouble)
        plan = self._plan
        if plan is not None and self._says_so(offers, plan):
            self._plan = None
        self.tell(self._because or self._words(), "bad" if self._because else "")

    def _says_so(self, offers: list[Offer], plan: corrections.Plan) -> bool:
        sums: dict[str, int] = {}
        for one in offers:
            sums[one.means.value] = sums.get(one.means.value, 0) + one.amount
        return sums == self._before and not (plan.gifts_back or plan.gifts_taken)

    def _words(self) -> str:
        """What will happen beside the paper."""
        plan, currency = self._plan, self._currency
        if plan is None:
            return ""
        words = [
            tr("{amount} goes back onto gift card {code}.", amount=money(-one.amount, currency), code=_shown(one.code))
            for one in plan.gifts_back
        ]
        if self.cards.work.ready:
            words += [tr("The card is charged {amount}.", amount=money(one, currency)) for one in plan.cards.charged]
            words += [
                tr("{amount} goes back to the card at {terminal}.", amount=money(one.amount, currency),
                   terminal=tr(one.terminal))
                for one in plan.cards.sent_back
            ]  # fmt: skip
        return " ".join(words)

    def _is_covered(self, offers: list[Offer]) -> bool:
        return isinstance(settle(self._total, offers, cash.step(self._currency)), Settled)

    def _amount(self, offers: list[Offer]) -> int | None:
        return None if self._is_covered(offers) else sum(one.amount for one in offers)

    @property
    def errand(self) -> Errand:
        offers = self.offers or []
        return Errand(
            operation=self.operation,
            event=self._held.event,
            order=self._held.order,
            what=What.CORRECTION,
            reason=self.reason.text().strip(),
            receipt=self._receipt,
            amount=self._amount(offers),
            offers=tuple(offers),
        )

    def act(self, permits: Sequence[Permit]) -> Future[Any]:
        wish = self.errand
        return self.counter.orders.correct(
            self._receipt, wish.offers, wish.reason, wish.amount, operation=self.operation, permits=permits
        )


def _shown(code: str) -> str:
    from boxoffice.domain.gift_cards import shown

    return shown(code.upper())
