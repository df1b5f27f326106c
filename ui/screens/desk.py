"""The desk: find somebody by what they say, see everything that is known, and act on it.

A scan still belongs to the door; here it is names, companies, numbers. Letting in goes through the door
screen, so that there is one answer and one way to take it back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.passages import Direction
from boxoffice.services.lookup import Card as Attendee
from boxoffice.services.lookup import Hit, Member
from ui import answers
from ui.background import Background
from ui.clerks.doorkeeper import Doorkeeper
from ui.courier import Courier
from ui.language import apart, clock, tr
from ui.papers.badge_printing import BadgePrinting, printed
from ui.rights import Right
from ui.shapes import Shape
from ui.sheets.orders.order_money import OrderMoney
from ui.widgets.badge import StateBadge
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import ReasonDialog
from ui.widgets.fit_label import FitLabel
from ui.widgets.search_box import SearchBox
from ui.widgets.slip import face_of, facts_table

from .page import Card

_SEARCH_WIDE = 460
_FACE = 112
"""The height of a photo in pixels."""


class DeskScreen(QWidget):
    """Rows at the left, the card at the right."""

    let_in = Signal(str, str)
    """Event and ticket of somebody who shall come in."""

    def __init__(
        self,
        app: App,
        keeper: Doorkeeper,
        rights: frozenset[Right],
        courier: Courier,
        background: Background,
        say: Callable[[str], object],
        failed: Callable[[Any], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.badges = BadgePrinting(app, courier, background, say, failed, self)
        self.badges.photographed.connect(self._show_anew)
        self.money = OrderMoney(app, courier, rights, say, failed, self)
        self.money.changed.connect(self._show_anew)
        self._app = app
        self._keeper = keeper
        self._rights = rights
        self._shown: tuple[str, str] | None = None
        self._seen: tuple[Attendee, list[Member]] | None = None
        self.search = SearchBox(app.lookup.search, contact=Right.SEE_CONTACT in rights, sells=Right.SELL in rights)
        self.search.setFixedHeight(56)
        self.setFocusProxy(self.search)
        self.search.chosen.connect(self._on_chosen)
        self.results = self.search.rows_of_its_own()
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.search)
        left.addWidget(self.results, 1)
        held = QWidget()
        held.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        held.setMaximumWidth(_SEARCH_WIDE)
        held.setMinimumWidth(280)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName(tr("Everything known"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._place = QWidget()
        self._place.setProperty("role", "page")
        self._rows = QVBoxLayout(self._place)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(14)
        self._scroll.setWidget(self._place)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(20)
        whole.addWidget(held, 4)
        whole.addWidget(self._scroll, 6)
        self._show_nobody()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_again(self) -> None:
        """Somebody may have passed meanwhile, here or at another door."""
        if self._shown is not None:
            self._show(*self._shown)

    def _show_anew(self) -> None:
        self._seen = None
        self.look_again()

    def _on_chosen(self, hit: Hit) -> None:
        self._show(hit.event, hit.ticket)

    def _clear(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _show_nobody(self) -> None:
        self._clear()
        nobody = Card()
        words = nobody.say(tr("Search for a name, a company, an order or the end of a phone number."), "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setMinimumHeight(160)
        self._rows.addWidget(nobody)
        self._rows.addStretch(1)

    def _show(self, event: str, ticket: str) -> None:
        held = self._app.lookup.card(event, ticket)
        if held is None:
            self._shown = self._seen = None
            self._show_nobody()
            return
        others = self._others(held)
        self._shown = (event, ticket)
        if self._seen == (held, others):
            return
        self._seen = (held, others)
        self._clear()
        self._rows.addWidget(self._head(held))
        facts = Card()
        facts.say(tr("Everything known"), "heading")
        facts.words.addWidget(facts_table(answers.facts(held, contact=Right.SEE_CONTACT in self._rights)))
        self._rows.addWidget(facts)
        if others:
            self._rows.addWidget(self._group(others))
        self._rows.addStretch(1)

    def _head(self, held: Attendee) -> Card:
        head = Card()
        name = FitLabel(pixels=30, least=20, weight=QFont.Weight.Bold, lines=2)
        name.setText(held.ticket.position.name or tr("No name"))
        line = QHBoxLayout()
        line.setSpacing(16)
        if face := face_of(self._app.badges.picture(held.photo) if held.photo else None, _FACE):
            line.addWidget(face, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(name, 1)
        line.addWidget(StateBadge(held.ticket), 0, Qt.AlignmentFlag.AlignTop)
        head.words.addLayout(line)
        head.say(apart(held.item, held.variation, held.ticket.position.company), "muted")
        inside = self._last_entry(held)
        if inside is not None:
            where = ", ".join(part for part in (inside.gate, inside.device) if part)
            head.say(tr("Inside since {when}", when=clock(inside.at)) + (f" · {where}" if where else ""), "good")
        badge = printed(held)
        if badge is not None:
            head.say(tr("Badge printed at {when}", when=clock(badge.at)) + f" · {badge.device}", "muted")
        head.words.addSpacing(8)
        head.words.addLayout(self._actions(held, inside))
        head.words.addLayout(self.badges.buttons(held))
        head.words.addLayout(self.money.buttons(held))
        return head

    def _actions(self, held: Attendee, inside: CheckIn | None) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        enter = Button(tr("Let in at the door"), weight=Weight.PRIMARY, shape=Shape.ENTER, height=56)
        enter.setEnabled(self._list_for(held) is not None)
        enter.setToolTip("" if enter.isEnabled() else tr("This door has no list for the event."))
        enter.clicked.connect(lambda: self.let_in.emit(held.ticket.event, held.ticket.key))
        row.addWidget(enter)
        if inside is not None and Right.UNDO_LATER in self._rights:
            undo = Button(tr("Take back entry…"), shape=Shape.UNDO, height=56)
            undo.clicked.connect(lambda: self._undo(inside, held.ticket.position.name))
            row.addWidget(undo)
        row.addStretch(1)
        return row

    def _list_for(self, held: Attendee) -> CheckInList | None:
        return next((one for one in self._keeper.lists if one.event == held.ticket.event), None)

    def _last_entry(self, held: Attendee) -> CheckIn | None:
        """The entry on this door's list that still holds."""
        gate_list = self._list_for(held)
        passages = [one for one in held.checkins if gate_list and one.list == gate_list.id and not one.annulled]
        last = passages[-1] if passages else None
        return last if last is not None and last.direction is Direction.ENTRY else None

    def _others(self, held: Attendee) -> list[Member]:
        gate_list = self._list_for(held)
        if gate_list is None:
            return []
        members = self._app.lookup.group(held.ticket.event, held.ticket.order.code, gate_list.id)
        return [one for one in members if one.ticket.key != held.ticket.key]

    def _group(self, others: list[Member]) -> Card:
        card = Card()
        card.say(tr("In the same order"), "heading")
        for member in others:
            state = tr("Inside") if member.inside else answers.word_for(member.reason)
            words = f"{member.ticket.position.name or tr('No name')} · {member.item} · {state}"
            row = Button(words, shape=Shape.PERSON, listed=True)
            row.clicked.connect(lambda _=False, one=member.ticket: self._show(one.event, one.key))
            card.words.addWidget(row)
        return card

    def _undo(self, passage: CheckIn, name: str) -> None:
        reasons = (tr("Wrong person"), tr("Scanned by mistake"), tr("Wrong list"), tr("Left again at once"))
        about = tr("The entry of {name} at {when} will no longer count. Why?", name=name, when=clock(passage.at))
        dialog = ReasonDialog(
            tr("Take back"), about, reasons, lambda reason: self._keeper.undo(passage.nonce, reason), self.window()
        )
        dialog.open()
