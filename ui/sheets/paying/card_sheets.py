"""Card payments that need a person: what a terminal apart has said, and what became of a payment in doubt.

Neither sheet lets go of a question by accident: what is not answered stays open, is counted, and is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from boxoffice.domain.payment import Attempt, State, Way
from boxoffice.services.card import Seen
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.terminals.manual import Typed
from ui import theme
from ui.language import clock, tr
from ui.money import money
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.form import FormRows


class _Sheet(Dialog):
    """A sheet with an amount that can be read from across the counter, and lines to fill in."""

    def __init__(self, heading: str, attempt: Attempt, parent: QWidget) -> None:
        super().__init__(heading, parent)
        self.attempt = attempt
        self.widen(620)
        amount = QLabel(money(attempt.amount, attempt.currency))
        amount.setFont(theme.bold(40))
        amount.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.add(amount)

    def _fields(self, *named: tuple[str, QLineEdit]) -> None:
        rows = FormRows()
        for name, field in named:
            rows.ask(name, field)
        self.add_rows(rows)


class ByHandSheet(_Sheet):
    """What the cashier reads off a terminal that stands apart."""

    answered = Signal(object)
    """A `Typed`, or None if nobody knows what the terminal said."""

    def __init__(self, attempt: Attempt, parent: QWidget) -> None:
        back = attempt.way is Way.REFUND or attempt.state is State.REVERSING
        super().__init__(tr("Give it back at the terminal") if back else tr("Take it at the terminal"), attempt, parent)
        self.setObjectName("by_hand")
        self.say(tr("Do it at the card terminal, then type what its slip says."))
        self.approval, self.last_four = QLineEdit(), QLineEdit()
        self.approval.setMaxLength(20)
        self.last_four.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,4}"), self))
        self._fields((tr("Approval code"), self.approval), (tr("Last four digits of the card"), self.last_four))
        self.unknown = Button(tr("I cannot tell"), weight=Weight.QUIET)
        self.no = Button(tr("The terminal said no"))
        self.yes = Button(tr("It went through"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.unknown.clicked.connect(lambda: self._answer(None))
        self.no.clicked.connect(lambda: self._answer(Typed(charged=False)))
        self.yes.clicked.connect(self._on_yes)
        self.approval.returnPressed.connect(self.last_four.setFocus)
        self.last_four.returnPressed.connect(self._on_yes)
        self.add_buttons(self.unknown, self.no, self.yes)
        self.approval.setFocus()

    def _on_yes(self) -> None:
        self._answer(
            Typed(charged=True, approval=self.approval.text().strip(), last_four=self.last_four.text().strip())
        )

    def _answer(self, typed: Typed | None) -> None:
        self.accept()
        self.answered.emit(typed)

    def reject(self) -> None:
        """Esc answers nothing: whether a card was charged has to be said."""
        self.no.setFocus()


class DoubtSheet(_Sheet):
    """A payment whose outcome nobody knows: what to look at, and the two answers."""

    settled = Signal(object)
    """A `Seen`."""
    asked_again = Signal()
    """The terminal is to be asked what became of it."""

    def __init__(self, attempt: Attempt, operator: str, parent: QWidget, *, may_ask: bool) -> None:
        super().__init__(tr(_HEADINGS[_kind(attempt)]), attempt, parent)
        self.setObjectName("card_doubt")
        self._rows.setSpacing(10)
        self.widen(760)
        why = self.say(tr(attempt.because) if attempt.because else tr("There was no news from the terminal."))
        why.setProperty("role", "warn")
        for number, step in enumerate(steps(attempt), start=1):
            self.say(f"{number}.  {step}")
        self.say(tr("Tell the customer: {words}", words=tr(attempt.advice))).setProperty("role", "muted")
        self.reason, self.name = QLineEdit(), QLineEdit(operator)
        self.number, self.approval = QLineEdit(), QLineEdit()
        self.number.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,4}"), self))
        self.reason.setPlaceholderText(tr("like: its journal shows it at 18:04"))
        named = [(tr("What you have seen"), self.reason), (tr("Your name"), self.name)]
        if attempt.state is not State.REVERSAL_UNKNOWN:
            named += [(tr("Receipt number on the slip"), self.number), (tr("Approval code"), self.approval)]
        self._fields(*named)
        yes, no = _ANSWERS[_kind(attempt)]
        self.yes, self.no = Button(tr(yes), height=56), Button(tr(no), height=56)
        self.yes.clicked.connect(lambda: self._settle(yes=True))
        self.no.clicked.connect(lambda: self._settle(yes=False))
        self.again = Button(tr("Ask the terminal"), height=56)
        self.again.clicked.connect(self._ask)
        later = Button(tr("Later"), key="Esc", weight=Weight.QUIET, height=56)
        later.clicked.connect(self.reject)
        self.add_buttons(later, *((self.again,) if may_ask else ()), self.no, self.yes)
        for field in (self.reason, self.name):
            field.textChanged.connect(self._look)
        self._look()
        (self.again if may_ask else self.reason).setFocus()

    def _look(self) -> None:
        known = bool(self.reason.text().strip() and self.name.text().strip())
        for button in (self.yes, self.no):
            button.setEnabled(known)

    def _settle(self, *, yes: bool) -> None:
        seen = Seen(
            charged=yes if self.attempt.state is not State.REVERSAL_UNKNOWN else not yes,
            by=self.name.text().strip(),
            reason=self.reason.text().strip(),
            receipt=int(self.number.text() or 0),
            approval=self.approval.text().strip(),
        )
        self.accept()
        self.settled.emit(seen)

    def _ask(self) -> None:
        self.accept()
        self.asked_again.emit()


def _kind(attempt: Attempt) -> str:
    if attempt.state is State.REVERSAL_UNKNOWN:
        return "reversal"
    return attempt.way.value


_HEADINGS = {
    "charge": "Was this card charged?",
    "refund": "Did this money go back to the card?",
    "reversal": "Was this payment taken back?",
}
_ANSWERS = {
    "charge": ("It was charged", "It was not charged"),
    "refund": ("It went back", "It did not go back"),
    "reversal": ("It was taken back", "It was not taken back"),
}


def steps(attempt: Attempt) -> Sequence[str]:
    """What to look at, one thing after another."""
    since = attempt.sent_at or attempt.began_at
    amount, when = money(attempt.amount, attempt.currency), clock(since)
    baseline = attempt.baseline.receipt if attempt.baseline else 0
    newer = (
        tr("Its payment before this one has the number {number}: only a later entry is this one.", number=baseline)
        if baseline and attempt.state is not State.REVERSAL_UNKNOWN
        else tr("Only an entry of that time is this one.")
    )
    return (
        _where_to_look(attempt),
        tr("Look for {amount} at about {when}: was it paid, broken off or refused?", amount=amount, when=when),
        newer,
        tr("No entry, and no slip came out: nothing has happened."),
    )


def _where_to_look(attempt: Attempt) -> str:
    if attempt.terminal == BY_HAND.name:
        return tr("At the terminal, print its last receipt again, or open its journal.")
    number = attempt.evidence.terminal_id
    named = f"{attempt.terminal} ({number})" if number else attempt.terminal
    return tr("At {terminal}, print its last receipt again, or open its journal.", terminal=named)


def by_hand(attempt: Attempt, answer: Callable[[Typed | None], object], parent: QWidget) -> ByHandSheet:
    """Open the sheet for a terminal apart."""
    sheet = ByHandSheet(attempt, parent)
    sheet.answered.connect(answer)
    sheet.open()
    return sheet
