"""What the server does not have yet: what waits, and what it refused and why. Nothing here is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.facts import (
    Admitted,
    Canceled,
    CardDayClosed,
    CardPaid,
    CartHeld,
    CartLetGo,
    CashMoved,
    Designed,
    DrawerCounted,
    DrawerOpened,
    Edited,
    Exchanged,
    Extended,
    Fact,
    GiftCardMoved,
    HandedOut,
    OrderFact,
    Paid,
    Permitted,
    Photographed,
    Printed,
    Reactivated,
    Receipted,
    Refunded,
    RefusedEntry,
    Settled,
    ShiftClosed,
    ShiftOpened,
    Sold,
    StaffChanged,
    TillFact,
    Undone,
    Withdrawn,
)
from boxoffice.domain.instants import moment
from boxoffice.domain.passages import Direction
from boxoffice.storage import outbox
from boxoffice.storage.outbox import Waiting
from ui.background import Background
from ui.courier import Courier
from ui.language import apart, clock, number, plural, tr
from ui.money import money
from ui.refusals import refusal_words
from ui.rights import Right
from ui.widgets.buttons import Button, Weight

from .page import Card, Page

SHOWN = 100
"""Rows of those that merely wait; refused ones are all shown."""


class OutboxScreen(Page):
    """Refused acts first, each with the server's words; then what waits, oldest first."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        rights: frozenset[Right],
        hurry: Callable[[], None],
        background: Background,
        say: Callable[[str], object],
        failed: Callable[[Any], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Outbox"), parent)
        self._app = app
        self._courier = courier
        self._may = Right.WORK_OFF in rights
        self._background = background
        self._say = say
        self._failed = failed
        self.bring = Button(tr("Take in a file…"))
        self.bring.setToolTip(tr("What another station could not send and has saved to a file."))
        self.bring.clicked.connect(self._ask_for_file)
        self.bring.setVisible(self._may)
        self.again = Button(tr("Send refused again"))
        self.again.clicked.connect(lambda: self._retry(None))
        self.now = Button(tr("Sync now"), weight=Weight.PRIMARY)
        self.now.clicked.connect(lambda: hurry())
        self.tools.addWidget(self.bring)
        self.tools.addWidget(self.again)
        self.tools.addWidget(self.now)
        self._shown: tuple[str, ...] | None = None
        self.look_again()

    def look_again(self) -> None:
        """Show the outbox as it is now."""
        counts = self._app.outbox()
        refused = self._app.read(lambda c: outbox.parked(c, -1))
        waiting = self._app.read(lambda c: outbox.waiting(c, SHOWN))
        seen = (str(counts), *(one.entry.operation + one.state + str(one.because) for one in (*refused, *waiting)))
        if seen == self._shown:
            return
        self._shown = seen
        self.below.setText(self._summary(counts))
        self.again.setVisible(self._may and bool(refused))
        self.clear()
        for one in refused:
            self.add(self._card(one))
        for one in waiting:
            self.add(self._card(one))
        if counts.waiting > len(waiting):
            self.add(self._note(tr("and {many} more that wait", many=number(counts.waiting - len(waiting)))))
        if not refused and not waiting:
            self.say_empty(tr("Nothing waits"), tr("The server has everything that was done here."))

    def _summary(self, counts: outbox.Counts) -> str:
        return tr(
            "{waiting} to be sent, {refused} refused by the server",
            waiting=number(counts.waiting),
            refused=number(counts.parked),
        )

    def _note(self, text: str) -> Card:
        card = Card()
        card.say(text, "muted")
        return card

    def _card(self, one: Waiting) -> Card:
        card = Card()
        fact = one.entry.fact()
        card.say(self._what(fact), "heading")
        card.say(self._whose(fact), "muted")
        if one.state == outbox.PARKED:
            card.say(tr("The server refused it: {words}", words=refusal_words(one.because or "?")), "bad")
        elif one.because:
            card.say(
                tr("Tried {times} times: {words}", times=number(one.tries), words=refusal_words(one.because)), "warn"
            )
        if one.state == outbox.PARKED and self._may:
            again = Button(tr("Send again"))
            again.clicked.connect(lambda _=False, operation=one.entry.operation: self._retry(operation))
            card.buttons.addWidget(again)
        return card

    def _what(self, fact: Fact) -> str:
        when = clock(moment(fact.at))
        match fact:
            case Admitted(direction=Direction.EXIT):
                return tr("Exit at {when}", when=when)
            case Admitted():
                return tr("Entry at {when}", when=when)
            case RefusedEntry():
                return tr("Refusal at {when}", when=when)
            case Undone():
                return tr("Taken back at {when}", when=when)
            case HandedOut():
                return tr("Handed out at {when}", when=when)
            case Settled():
                return tr("Conflict settled at {when}", when=when)
            case Printed():
                return tr("Printed at {when}", when=when)
            case DrawerOpened():
                return tr("Drawer opened at {when}", when=when)
            case Sold():
                return tr("Sold at {when}", when=when)
            case Paid():
                return tr("Paid at {when}", when=when)
            case Refunded():
                return tr("Refunded at {when}", when=when)
            case Withdrawn():
                return tr("Not waited for any more, {when}", when=when)
            case Canceled():
                return tr("Cancelled at {when}", when=when)
            case Reactivated():
                return tr("Made valid again at {when}", when=when)
            case Edited():
                return tr("Edited at {when}", when=when)
            case Exchanged():
                return tr("Ticket changed at {when}", when=when)
            case Extended():
                return tr("Tickets added at {when}", when=when)
            case Receipted():
                return tr("Receipt {number} at {when}", number=fact.number, when=when)
            case ShiftOpened():
                return tr("Shift opened at {when}", when=when)
            case CashMoved():
                return tr("Cash moved at {when}", when=when)
            case CardDayClosed():
                return tr("A card terminal's day closed at {when}", when=when)
            case CardPaid():
                return tr("Card payment at {when}", when=when)
            case DrawerCounted():
                return tr("Drawer counted at {when}", when=when)
            case Permitted():
                return tr("Permission given at {when}", when=when)
            case StaffChanged():
                return tr("People changed at {when}", when=when)
            case CartHeld():
                return tr("Cart put by at {when}", when=when)
            case CartLetGo():
                return tr("Cart taken up at {when}", when=when)
            case Designed():
                return tr("Papers or badges changed at {when}", when=when)
            case Photographed():
                return tr("Photo at {when}", when=when)
            case GiftCardMoved():
                return tr("Gift card at {when}", when=when)
            case ShiftClosed():
                return tr("Shift closed with Z {number} at {when}", number=fact.number, when=when)

    def _whose(self, fact: Fact) -> str:
        if isinstance(fact, OrderFact):
            return f"{fact.order} · {fact.event}"
        if isinstance(fact, TillFact):
            return f"{getattr(fact, 'order', '')} · {fact.event}".removeprefix(" · ")
        if isinstance(fact, GiftCardMoved):
            return apart(money(fact.amount, fact.currency), fact.order, fact.event)
        if isinstance(fact, DrawerOpened):
            return apart(fact.receipt, fact.reason, fact.event)
        if isinstance(fact, CartHeld | CartLetGo | Designed):
            return fact.event
        key = fact.ticket
        card = self._app.lookup.card(fact.event, key) if key else None
        name = card.ticket.position.name if card else ""
        place = self._list_name(fact.event, fact.list) if isinstance(fact, Admitted | RefusedEntry | Undone) else ""
        return apart(name, key, place, fact.event)

    def _list_name(self, event: str, list_id: int) -> str:
        gate_list = self._app.catalog(event).lists.get(list_id)
        return gate_list.name if gate_list else ""

    def _retry(self, operation: str | None) -> None:
        future = self._app.send_again(operation)
        self._courier.bring(future, to=self, done=lambda _: self.look_again(), failed=self._failed)

    # What another station has saved

    def _ask_for_file(self) -> None:
        where = QFileDialog(self, tr("Take in a file…"))
        where.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        where.setFileMode(QFileDialog.FileMode.ExistingFile)
        where.setNameFilters(["JSON Lines (*.jsonl)", "* (*)"])
        where.fileSelected.connect(lambda path: self.take_in(Path(path)))
        where.open()

    def take_in(self, file: Path) -> None:
        """Hand on what another station has saved to a file."""
        taken = self._background.ask(lambda: self._app.parting.import_unsent(file))
        self._courier.bring(taken, to=self, done=lambda counted: self._on_taken(*counted), failed=self._failed)

    def _on_taken(self, acts: int, new: int) -> None:
        many = plural("{n} act", "{n} acts", acts)
        self._say(tr("{many} in the file, {new} of them new here", many=many, new=number(new)))
        self.look_again()
