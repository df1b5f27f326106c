"""What is asked before somebody pays: whose each ticket is, what they are, and the questions of the organiser.

One ticket after the other, so that a person reads it out and types it in; Enter goes on. A walk-in is one key away:
nothing is asked then, but for the name on a pass that is good for one person only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain import asking, questions, selling
from boxoffice.domain import cart as carts
from boxoffice.domain.asking import Asked
from boxoffice.domain.cart import Cart, Objection
from boxoffice.domain.facts import Guest
from boxoffice.domain.passages import zone_of
from boxoffice.domain.selling import names_of_roles
from boxoffice.ids import new_id
from ui import theme
from ui.clerks.clerk import Clerk
from ui.language import language, name_of, tell, tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.question_form import Field
from ui.widgets.rows import CheckRow

_PARTS = {
    "full_name": "Whole name",
    "given_name": "Given name",
    "family_name": "Family name",
    "middle_name": "Middle name",
    "title": "Title",
    "degree": "Degree",
    "salutation": "Salutation",
    "calling_name": "Calling name",
    "latin_transcription": "Latin transcription",
}
_FIELDS = {"company": "Company", "email": "E-mail"}

_MOST = 360
"""Pixels of a page; where more is asked it scrolls."""


def wanted(clerk: Clerk) -> bool:
    """Whether somebody has to be asked for something before this cart is paid."""
    if clerk.cart.quick:
        return bool(clerk.missing)
    asked = asking.asked(clerk.cart, clerk.catalog)
    return any(one.line.guest == Guest() or one.line.quantity > 1 for one in asked) or bool(clerk.missing)


class GuestSheet(Dialog):
    """One ticket at a time."""

    def __init__(self, clerk: Clerk, done: Callable[[], object], parent: QWidget) -> None:
        super().__init__(tr("Who is it for?"), parent)
        self.setObjectName("guest_sheet")
        self.widen(600)
        self._clerk = clerk
        self._done = done
        self._cart = self._taken_apart(clerk.cart)
        self._asked = asking.asked(self._cart, clerk.catalog)
        self._at = 0
        self.about = QLabel()
        self.about.setProperty("role", "muted")
        self.add(self.about)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.add(self._scroll)
        self.wrong = QLabel()
        self.wrong.setWordWrap(True)
        self.wrong.setProperty("role", "warn")
        self.add(self.wrong)
        self.back = Button(tr("Back"), key="Esc")
        self.back.clicked.connect(self.go_back)
        self.quick = Button(tr("Ask nothing"), key="F10")
        self.quick.clicked.connect(self.skip)
        self.go = Button(tr("Go on"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.go.clicked.connect(self.go_on)
        self.add_buttons(self.back, self.quick, self.go)
        self._show()

    def _taken_apart(self, cart: Cart) -> Cart:
        """Each ticket of which something is asked stands by itself."""
        for one in asking.asked(cart, self._clerk.catalog):
            cart = carts.apart(cart, one.line.id, new_id)
        return cart

    # One page

    def _show(self) -> None:
        asked = self._page()
        line = asked.line
        self.about.setText(
            tr("{number} of {all}: {item}", number=self._at + 1, all=len(self._asked), item=name_of(asked.item.name))
        )
        self.wrong.hide()
        ground = QWidget()
        ground.setProperty("role", "page")
        rows = QVBoxLayout(ground)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(8)
        rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.lines: dict[str, QLineEdit] = {}
        self._add_lines(rows, asked)
        self.roles: dict[str, CheckRow] = {}
        for role in asked.roles:
            named = names_of_roles(self._clerk.catalog, (role,), language())
            row = self.roles[role] = CheckRow(tr("Has shown to be one of: {role}", role=named))
            row.setChecked(line.guest.role == role)
            rows.addWidget(row)
        self.fields: list[Field] = []
        for question in asked.questions:
            field = Field(question, line.guest.answers.get(str(question.id), ""))
            field.answered.connect(partial(self._on_answered, field))
            self.fields.append(field)
            rows.addWidget(field)
        if (before := self._scroll.takeWidget()) is not None:
            before.deleteLater()  # It may be the one in which a choice was pressed just now.
        self._scroll.setWidget(ground)
        self._scroll.setMinimumHeight(min(_MOST, ground.sizeHint().height() + 8))
        first = next(iter(self.lines.values()), None) or next(iter(self.roles.values()), None)
        if first is not None:
            first.setFocus()
        elif self.fields:
            self.fields[0].setFocus()

    def _page(self) -> Asked:
        """What the page asks, with the questions that the answers so far make questions."""
        line = self._cart.line(self._asked[self._at].line.id)
        found = asking.asked_of(line, self._clerk.catalog) if line is not None else None
        return found or self._asked[self._at]

    def _add_lines(self, rows: QVBoxLayout, asked: Asked) -> None:
        guest = asked.line.guest
        parts = asked.name_parts if "name" in asked.fields else ()
        known = name_in(parts, self._clerk.newcomer) if guest == Guest() and not self._at else {}
        for part in parts:
            given = guest.name_parts.get(part, guest.name if len(parts) == 1 else "") or known.get(part, "")
            self._add_line(rows, part, tr(_PARTS.get(part, part)), given, needed="name" in asked.required)
        for field, label in _FIELDS.items():
            if field in asked.fields:
                self._add_line(rows, field, tr(label), getattr(guest, field), needed=field in asked.required)

    def _add_line(self, rows: QVBoxLayout, name: str, label: str, given: str, *, needed: bool) -> None:
        words = label if needed else tr("{question} (optional)", question=label)
        line = self.lines[name] = QLineEdit(given)
        line.setMinimumHeight(theme.TOUCH)
        line.setAccessibleName(words)
        line.returnPressed.connect(partial(self._on_line, name))
        caption = QLabel(words)
        caption.setProperty("role", "small")
        rows.addWidget(caption)
        rows.addWidget(line)

    def _on_line(self, name: str) -> None:
        """Enter in a field goes to the next one, and behind the last one on."""
        names = list(self.lines)
        after = names[names.index(name) + 1 :]
        if after:
            self.lines[after[0]].setFocus()
        elif self.fields:
            self.fields[0].setFocus()
        else:
            self.go_on()

    def _on_answered(self, field: Field) -> None:
        """An answer may make another question one."""
        self._keep()
        if tuple(one.question for one in self.fields) != self._page().questions:
            self._show()
            return
        after = self.fields[self.fields.index(field) + 1 :]
        if after:
            after[0].setFocus()
        else:
            self.go_on()

    def _keep(self) -> None:
        """Put into the cart what stands on the page."""
        line = self._page().line
        parts = {name: one.text().strip() for name, one in self.lines.items() if name not in _FIELDS}
        whole = " ".join(part for part in parts.values() if part)
        guest = msgspec.structs.replace(
            line.guest,
            name=whole if self.lines else line.guest.name,
            name_parts={name: part for name, part in parts.items() if part} if len(parts) > 1 else {},
            company=self._typed("company", line.guest.company),
            email=self._typed("email", line.guest.email),
            role=next((role for role, row in self.roles.items() if row.isChecked()), ""),
            answers={str(one.question.id): one.answer for one in self.fields if one.answer},
        )
        self._cart = carts.changed(self._cart, line.id, guest=guest)

    def _typed(self, name: str, before: str) -> str:
        return self.lines[name].text().strip() if name in self.lines else before

    # On and back

    def go_on(self) -> None:
        """To the next ticket; behind the last one to the payment."""
        self._keep()
        asked = self._page()
        if tuple(one.question for one in self.fields) != asked.questions:
            self._show()
            return
        catalog = self._clerk.catalog
        every = asking.missing(self._cart, catalog, language()) + self._against_role()
        against = [one for one in every if one.line == asked.line.id]
        if against:
            self.wrong.setText(tell(against[0].words))
            self.wrong.show()
            return
        if self._at + 1 < len(self._asked):
            self._at += 1
            self._show()
            return
        self._leave(self._cart)

    def _against_role(self) -> tuple[Objection, ...]:
        found = selling.objections(self._cart, self._clerk.catalog, datetime.now(UTC), {}, {}, language())
        return tuple(one for one in found if one.kind == "role")

    def go_back(self) -> None:
        """To the ticket before; before the first one to the cart, with what was said so far."""
        self._keep()
        if self._at:
            self._at -= 1
            self._show()
            return
        self._clerk.take_data(self._cart)
        self.reject()

    def skip(self) -> None:
        """A walk-in."""
        cart = msgspec.structs.replace(self._clerk.cart, quick=True)
        if any(asking.missing(cart, self._clerk.catalog)):
            self.wrong.setText(tr("The name is needed: the pass is good for one person only."))
            self.wrong.show()
            return
        self._leave(cart)

    def _leave(self, cart: Cart) -> None:
        self._clerk.take_data(_as_kept(cart, self._clerk))
        self.accept()
        self._done()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not isinstance(self.focusWidget(), QLineEdit):
                self.go_on()
        elif key is Qt.Key.Key_F10:
            self.skip()
        elif key is Qt.Key.Key_Escape:
            self.go_back()
        else:
            super().keyPressEvent(event)


def name_in(parts: Sequence[str], name: str) -> dict[str, str]:
    """A name as somebody says it, in the parts that are asked for: the last word is the family's."""
    if len(parts) == 1:
        return {parts[0]: name}
    given, _, family = name.rpartition(" ")
    if "family_name" not in parts or "given_name" not in parts or not given:
        return {parts[0]: name} if parts else {}
    return {"given_name": given, "family_name": family}


def _as_kept(cart: Cart, clerk: Clerk) -> Cart:
    """Answers in the form in which they are kept, so that the cart that is put by says what the order will."""
    catalog, zone = clerk.catalog, zone_of(clerk.catalog.event)
    lines = []
    for line in cart.lines:
        inquiry = questions.inquire(catalog, line.item, {}, line.guest.answers, zone, skip=True, selling=True)
        guest = msgspec.structs.replace(line.guest, answers=dict(inquiry.accepted))
        lines.append(msgspec.structs.replace(line, guest=guest))
    return msgspec.structs.replace(cart, lines=tuple(lines))
