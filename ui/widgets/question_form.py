"""Questions asked at the door, each in the way that suits its kind: buttons to press where there is a choice.

Whether an answer fits is not judged here; what does not fit comes back as the next verdict's sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCompleter,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from boxoffice.domain import attachments
from boxoffice.domain.catalog import Question, QuestionType
from ui import theme
from ui.language import name_of, tr
from ui.typed_times import day_from, day_words, moment_from, moment_words, time_from

from .buttons import Button, Weight
from .rows import CheckRow
from .slip import Slip

if TYPE_CHECKING:
    from ui.inputs.lens import Eye


class _Line(QLineEdit):
    """A line whose Enter is heard by its field, and by nobody behind it who would take it for more."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class Taking:
    """The means to take in files at a door, and those that were, by the names that the answers have for them."""

    def __init__(self, eye: Eye | None = None, files: Mapping[str, bytes] | None = None) -> None:
        self.eye = eye
        self.files = dict(files or {})


class Field(QWidget):
    """One question with the means to answer it."""

    answered = Signal()
    """Answered so that nothing more needs to be said: a choice was pressed, Enter was."""

    def __init__(self, question: Question, given: str = "", taking: Taking | None = None) -> None:
        """`taking` is the means to take files in; without it a question for one is only shown."""
        super().__init__()
        self.question = question
        self._given = given
        self._taking = taking
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 8)
        self._rows.setSpacing(6)
        words = name_of(question.question) or question.identifier
        label = QLabel(words if question.required else tr("{question} (optional)", question=words))
        label.setFont(theme.half_bold(17))
        label.setWordWrap(True)
        self._rows.addWidget(label)
        self._answer = _MAKERS[question.type](self)
        for child in self.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus and not child.accessibleName():
                child.setAccessibleName(words)

    @property
    def answer(self) -> str:
        """What was answered, as text; empty for nothing."""
        return self._answer()

    def _add(self, widget: QWidget) -> None:
        self._rows.addWidget(widget)

    def _line(self) -> Callable[[], str]:
        return self._typed_line(self._given)

    def _typed_line(self, text: str, hint: str = "") -> Callable[[], str]:
        line = _Line(text)
        line.setMinimumHeight(theme.TOUCH)
        line.setPlaceholderText(hint)
        line.returnPressed.connect(self.answered)
        self._add(line)
        self.setFocusProxy(line)
        return lambda: line.text().strip()

    def _number(self) -> Callable[[], str]:
        return self._typed_line(self._given, tr("A number"))

    def _phone(self) -> Callable[[], str]:
        return self._typed_line(self._given, "+49 30 123456")

    def _long(self) -> Callable[[], str]:
        text = QPlainTextEdit(self._given)
        text.setTabChangesFocus(True)
        text.setFixedHeight(96)
        self._add(text)
        self.setFocusProxy(text)
        return lambda: text.toPlainText().strip()

    def _choices(self) -> Callable[[], str]:
        return self._options(several=True)

    def _choice(self) -> Callable[[], str]:
        return self._options(several=False)

    def _options(self, *, several: bool) -> Callable[[], str]:
        options = sorted(self.question.options, key=lambda one: (one.position, one.id))
        given = self._given.split(",")
        pairs = [(str(one.id), name_of(one.answer) or one.identifier, {str(one.id), one.identifier}) for one in options]
        return self._buttons(
            [(value, text) for value, text, _ in pairs], [v for v, _, n in pairs if n & set(given)], several
        )

    def _yes_no(self) -> Callable[[], str]:
        return self._buttons([("true", tr("Yes")), ("false", tr("No"))], [self._given], several=False)

    def _buttons(self, options: Sequence[tuple[str, str]], chosen: Sequence[str], several: bool) -> Callable[[], str]:
        held = QWidget()
        grid = QGridLayout(held)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        columns = 1 if any(len(text) > 16 for _, text in options) else min(len(options), 3)
        group = QButtonGroup(self)
        group.setExclusive(not several)
        rows: list[tuple[str, CheckRow]] = []
        for index, (value, text) in enumerate(options):
            row = CheckRow(text, one_of_many=not several, height=56)
            row.setChecked(value in chosen)
            group.addButton(row)
            rows.append((value, row))
            grid.addWidget(row, index // columns, index % columns)
        if not several:
            group.buttonClicked.connect(lambda _: self.answered.emit())
        self._add(held)
        self.setFocusProxy(rows[0][1] if rows else held)
        return lambda: ",".join(value for value, row in rows if row.isChecked())

    def _date(self) -> Callable[[], str]:
        return self._moment(day_from, day_words, "2026-11-21")

    def _time(self) -> Callable[[], str]:
        return self._moment(time_from, lambda kept: kept[:5], "18:30")

    def _datetime(self) -> Callable[[], str]:
        return self._moment(moment_from, moment_words, "2026-11-21 18:30")

    def _moment(self, keep: Callable[[str], str], show: Callable[[str], str], example: str) -> Callable[[], str]:
        typed = self._typed_line(show(self._given), show(example))
        return lambda: keep(typed())

    def _country(self) -> Callable[[], str]:
        names = countries()
        line = _Line(next((name for name, code in names.items() if code == self._given), self._given))
        line.setMinimumHeight(theme.TOUCH)
        completer = QCompleter(sorted(names), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        line.setCompleter(completer)
        line.returnPressed.connect(self.answered)
        self._add(line)
        self.setFocusProxy(line)
        by_name = {name.casefold(): code for name, code in names.items()}
        return lambda: by_name.get(line.text().strip().casefold(), line.text().strip())

    def _file(self) -> Callable[[], str]:
        if self._taking is not None:
            return self._picked(self._taking)
        label = QLabel(tr("A file is wanted, which a till cannot take; it can be handed in at the shop."))
        label.setWordWrap(True)
        label.setProperty("role", "warn")
        self._add(label)
        return lambda: self._given

    def _picked(self, taking: Taking) -> Callable[[], str]:
        from .file_picker import FilePicker

        words, portrait = name_of(self.question.question), self.question.valid_file_portrait
        picker = FilePicker(words, taking.eye, portrait=portrait, content=taking.files.get(self._given))
        answer = self._given

        def keep() -> None:
            nonlocal answer
            if picker.content is not None:
                answer = attachments.name_of(picker.content)
                taking.files[answer] = picker.content

        picker.changed.connect(keep)
        self._add(picker)
        self.setFocusProxy(picker)
        return lambda: answer


_MAKERS: Mapping[QuestionType, Callable[[Field], Callable[[], str]]] = {
    QuestionType.NUMBER: Field._number,
    QuestionType.TEXT: Field._line,
    QuestionType.LONG_TEXT: Field._long,
    QuestionType.YES_NO: Field._yes_no,
    QuestionType.CHOICE: Field._choice,
    QuestionType.CHOICES: Field._choices,
    QuestionType.FILE: Field._file,
    QuestionType.DATE: Field._date,
    QuestionType.TIME: Field._time,
    QuestionType.DATETIME: Field._datetime,
    QuestionType.COUNTRY: Field._country,
    QuestionType.PHONE: Field._phone,
}


class QuestionForm(Slip):
    """All open questions of a ticket. One question with a choice is answered by pressing it."""

    submitted = Signal(dict)
    """Question id to answer; those left empty are not in it."""

    def __init__(
        self,
        questions: Sequence[Question],
        given: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
        *,
        taking: Taking | None = None,
    ) -> None:
        super().__init__(tr("Please ask"), parent)
        given = given or {}
        self._fields = [
            Field(
                one,
                given.get(str(one.id)) or given.get(one.identifier, "")
                if one.identifier
                else given.get(str(one.id), ""),
                taking,
            )
            for one in questions
        ]
        for field in self._fields:
            field.answered.connect(partial(self._on_answered, field))
            self.add(field)
        may_skip = not any(one.required for one in questions)
        done = Button(tr("Go on"), weight=Weight.PRIMARY, key=tr("Enter"), height=56)
        done.clicked.connect(self.go_on)
        self.add_button(done, 2)
        if may_skip:
            skip = Button(tr("Not asked"), height=56)
            skip.clicked.connect(lambda: self.submitted.emit({}))
            self.add_button(skip, 1)

    def take_focus(self) -> bool:
        first = next((field for field in self._fields if field.focusProxy()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        return first is not None

    def go_on(self) -> bool:
        """Go on with what was answered."""
        self.submitted.emit({str(one.question.id): one.answer for one in self._fields if one.answer})
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a line is heard by its field; in a choice it means the same."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        at = self.focusWidget()
        field = next((one for one in self._fields if at is not None and one.isAncestorOf(at)), None)
        if field is None:
            self.go_on()
        else:
            self._on_answered(field)

    def _on_answered(self, field: Field) -> None:
        """Go on by itself after the last one; else to the next that is empty. What must be answered is not left."""
        after = self._fields[self._fields.index(field) + 1 :]
        missing = (one for one in self._fields if one.question.required and not one.answer)
        following = next((one for one in after if not one.answer), None) or next(missing, None)
        if following is None:
            self.go_on()
        else:
            following.setFocus(Qt.FocusReason.OtherFocusReason)


def countries() -> dict[str, str]:
    """Names of countries and their two letters."""
    found = {}
    for territory in QLocale.Country:
        code = QLocale.territoryToCode(territory)
        if len(code) == 2 and code.isalpha():
            found[QLocale.territoryToString(territory)] = code
    return found
