"""Questions as they are asked at the door, each in the way that suits its kind."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from boxoffice.domain.catalog import Option, Question, QuestionType
from ui.widgets.question_form import QuestionForm
from ui.widgets.rows import CheckRow

OPTIONS = (
    Option(id=7, identifier="S", answer={"en": "Small"}, position=1),
    Option(id=8, identifier="L", answer={"en": "Large"}, position=2),
)


def form(qtbot: Any, *kinds: QuestionType, required: bool = False, given: Any = None) -> tuple[QuestionForm, list[Any]]:
    questions = [
        Question(id=n, event="e", question={"en": f"Q{n}"}, type=kind, required=required, options=OPTIONS)
        for n, kind in enumerate(kinds, start=1)
    ]
    made = QuestionForm(questions, given)
    qtbot.addWidget(made)
    answers: list[Any] = []
    made.submitted.connect(answers.append)
    made.show()
    return made, answers


def test_one_choice_is_answered_by_pressing_it(qtbot: Any) -> None:
    made, answers = form(qtbot, QuestionType.CHOICE, required=True)
    made.findChildren(CheckRow)[1].click()
    assert answers == [{"1": "8"}]


def test_several_choices_wait_for_enter(qtbot: Any) -> None:
    made, answers = form(qtbot, QuestionType.CHOICES)
    for row in made.findChildren(CheckRow):
        row.click()
    assert answers == []
    made.go_on()
    assert answers == [{"1": "7,8"}]


def test_yes_and_no_are_two_buttons(qtbot: Any) -> None:
    made, answers = form(qtbot, QuestionType.YES_NO)
    made.findChildren(CheckRow)[1].click()
    assert answers == [{"1": "false"}]


@pytest.mark.parametrize("kind", [QuestionType.TEXT, QuestionType.NUMBER, QuestionType.PHONE])
def test_a_line_ends_with_enter_once(qtbot: Any, kind: QuestionType, hands: Any) -> None:
    made, answers = form(qtbot, kind)
    line = made.findChild(QLineEdit)
    hands.person("12\r", at=line)
    assert answers == [{"1": "12"}]


def test_a_long_text_is_taken_as_written(qtbot: Any) -> None:
    made, answers = form(qtbot, QuestionType.LONG_TEXT)
    made.findChild(QPlainTextEdit).setPlainText("two\nlines")
    made.go_on()
    assert answers == [{"1": "two\nlines"}]


def test_days_and_moments_are_typed_and_empty_until_then(qtbot: Any, hands: Any) -> None:
    made, answers = form(qtbot, QuestionType.DATE, QuestionType.TIME, QuestionType.DATETIME)
    made.go_on()
    day, time, moment = made.findChildren(QLineEdit)
    hands.person("2026-11-21", at=day)
    hands.person("0000", at=time)
    hands.person("2026-11-22 9:05\r", at=moment)
    assert answers == [{}, {"1": "2026-11-21", "2": "00:00", "3": "2026-11-22 09:05"}]


def test_enter_in_a_line_goes_to_a_choice_behind_it_and_not_past_it(qtbot: Any, hands: Any) -> None:
    made, answers = form(qtbot, QuestionType.TEXT, QuestionType.CHOICES, QuestionType.DATE)
    made.activateWindow()
    made.take_focus()
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    hands.person("12\r")
    assert answers == []
    qtbot.waitUntil(lambda: isinstance(made.focusWidget(), CheckRow))
    hands.person(" \r")
    assert answers == []
    hands.person("2026-11-21\r")
    assert answers == [{"1": "12", "2": "7", "3": "2026-11-21"}]


def test_a_country_is_found_by_its_name(qtbot: Any) -> None:
    made, answers = form(qtbot, QuestionType.COUNTRY)
    made.findChild(QLineEdit).setText("germany")
    made.go_on()
    assert answers == [{"1": "DE"}]


def test_what_was_answered_before_is_there_again(qtbot: Any) -> None:
    made, answers = form(qtbot, QuestionType.TEXT, QuestionType.CHOICE, given={"1": "Ada", "2": "8"})
    made.go_on()
    assert answers == [{"1": "Ada", "2": "8"}]


def test_only_optional_questions_may_be_left_unasked(qtbot: Any) -> None:
    from PySide6.QtWidgets import QPushButton

    asked, _ = form(qtbot, QuestionType.TEXT, required=True)
    assert [button.text() for button in asked.findChildren(QPushButton)] == ["Go on"]
    offered, _ = form(qtbot, QuestionType.TEXT)
    assert [button.text() for button in offered.findChildren(QPushButton)] == ["Go on", "Not asked"]
