"""What the door shows about a case and offers to do: its answer, the slip below it, and the buttons.

Offers are made and not carried out here: whoever shows them hears which one was taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from boxoffice.domain.passages import Direction
from boxoffice.domain.verdicts import Reason
from ui import answers, theme
from ui.answers import Answer
from ui.clerks.cases import Case, Stage
from ui.clerks.doorkeeper import Doorkeeper
from ui.language import plural, tr
from ui.rights import Right
from ui.shapes import Shape
from ui.widgets.answer_panel import AnswerPanel
from ui.widgets.buttons import Button, Weight

if TYPE_CHECKING:
    from boxoffice.services.lookup import Card
    from ui.inputs.lens import Eye
    from ui.widgets.slip import Slip


def answer_to(case: Case) -> Answer:
    """The answer of a case, as it stands, with the name of whom it is about."""
    answer = _answer_to(case)
    return msgspec.structs.replace(answer, name=case.card.holder) if case.card and case.card.holder else answer


def _answer_to(case: Case) -> Answer:
    if case.stage is Stage.PREVIEW:
        return answers.preview(case.verdict)
    if case.stage is Stage.QUESTIONS and case.verdict.admitted:
        return answers.asking(case.verdict)
    answer = answers.of(case.verdict)
    return msgspec.structs.replace(answer, texts=()) if case.open_hand_outs else answer


class Offers(QObject):
    """Slips and buttons for the cases of a door, as far as this station's rights go."""

    goes_on = Signal()
    """What the answer asks for most."""
    cleared = Signal()
    wants_group = Signal()
    """The rest of the order."""
    wants_undo = Signal()
    wants_money = Signal(object)
    """The order of a `Case` is not paid: take the money here."""
    handed_out = Signal(object, tuple)
    """A `Case`, and what its holder was given."""

    def __init__(self, keeper: Doorkeeper, panel: AnswerPanel, rights: frozenset[Right], parent: QObject) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._panel = panel
        self._rights = rights
        self.eye: Eye | None = None
        """The window's camera, for photos that a question wants."""

    def slip(self, case: Case) -> Slip | None:
        """What is to be asked or given, or else what is known of the ticket."""
        from ui.widgets.question_form import QuestionForm, Taking
        from ui.widgets.slip import HandOutSlip

        if case.stage is Stage.QUESTIONS:
            taking = Taking(self.eye, case.wish.files)
            form = QuestionForm(case.verdict.questions, case.wish.answers, taking=taking)
            form.submitted.connect(lambda given: self._keeper.answer(case, given, taking.files))
            return form
        if case.open_hand_outs:
            slip = HandOutSlip(case.open_hand_outs, self._facts(case.card), pixels=self._fine_print)
            slip.done.connect(lambda what: self.handed_out.emit(case, what))
            return slip
        return self.facts_slip(case.card)

    def facts_slip(self, card: Card | None) -> Slip | None:
        """What is known of a ticket; None if nothing is."""
        from ui.widgets.slip import FactsSlip

        facts = self._facts(card)
        photo = self._keeper.photo_of(card) if card else None
        return FactsSlip(tr("Ticket"), facts, pixels=self._fine_print, photo=photo) if facts else None

    @property
    def _fine_print(self) -> int:
        """The height of small letters: larger on a larger window."""
        return min(max(self._panel.height() // 31, theme.TEXT), 22)

    def _facts(self, card: Card | None) -> list[tuple[str, str]]:
        return answers.facts(card, contact=Right.SEE_CONTACT in self._rights) if card else []

    def actions(self, case: Case, *, stays: bool) -> list[Button]:
        """What may be done about a case; `stays` if it is not to be cleared away just so."""
        if case.stage is Stage.PREVIEW:
            leaving = case.verdict.direction is Direction.EXIT
            words = tr("Let out") if leaving else tr("Let in")
            return [
                self.button(words, tr("Enter"), self.goes_on, Weight.PRIMARY),
                self.button(tr("No"), "Esc", self.cleared),
            ]
        if case.stage is Stage.QUESTIONS:
            return [self.button(tr("Do not let in"), "Esc", self.cleared), *self.anyway(case)]
        made = []
        if case.verdict.admitted and case.verdict.attention and not case.open_hand_outs:
            made.append(self.button(tr("Seen"), tr("Space"), self.goes_on, Weight.PRIMARY))
        made += self.anyway(case)
        if case.others:
            words = plural("{n} more", "{n} more", len(case.others))
            made.append(self.button(words, "F3", self.wants_group, shape=Shape.GROUP))
        if case.verdict.admitted:
            made.append(self.undo(tr("Undo")))
        if not stays:
            made.append(self.clear())
        return made

    def anyway(self, case: Case) -> list[Button]:
        """Ways past a refusal, where the role allows them."""
        verdict = case.verdict
        if verdict.admitted or verdict.ticket is None or verdict.direction is Direction.EXIT:
            return []
        made = []
        if self.may_take_money(case):
            made.append(
                self.button(
                    tr("Take the money…"), "F9", lambda: self.wants_money.emit(case), Weight.PRIMARY, Shape.COINS
                )
            )
        pending = verdict.reason is Reason.UNPAID and verdict.list is not None and verdict.list.include_pending
        if pending and Right.ACCEPT_UNPAID in self._rights:
            made.append(self.button(tr("Let in unpaid"), "F6", lambda: self._keeper.accept_unpaid(case)))
        if Right.FORCE in self._rights:
            key = "" if pending and Right.ACCEPT_UNPAID in self._rights else "F6"
            made.append(self.button(tr("Let in anyway"), key, lambda: self._keeper.force(case)))
        return made

    def may_take_money(self, case: Case) -> bool:
        """Whether it is only the money that is missing, and this station may take it."""
        verdict = case.verdict
        owing = verdict.reason is Reason.UNPAID and verdict.ticket is not None
        return owing and Right.SELL in self._rights and case.stage is Stage.DONE

    def undo(self, words: str) -> Button:
        """Take a passage back."""
        return self.button(words, "F8", self.wants_undo, shape=Shape.UNDO)

    def clear(self) -> Button:
        """Take the answer away."""
        return self.button(tr("Clear"), tr("Space"), self.cleared, Weight.QUIET)

    @staticmethod
    def button(text: str, key: str, slot: object, weight: Weight = Weight.PLAIN, shape: Shape | None = None) -> Button:
        """A button as large as a door needs it."""
        made = Button(text, weight=weight, key=key, shape=shape, height=72)
        made.clicked.connect(slot)
        return made
