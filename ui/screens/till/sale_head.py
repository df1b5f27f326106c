"""Above the tiles: the date that is sold, whether anybody is asked for anything, and whether they are let in at once.

In an event of one date that asks nothing there is nothing of it to be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from PySide6.QtCore import QDate, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from boxoffice.domain import asking, dates
from boxoffice.domain.catalog import Catalog, SubEvent
from ui import theme
from ui.clerks import wares
from ui.clerks.clerk import Clerk
from ui.language import apart, clock, locale, name_of, number, on_the_wall, tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice, Number
from ui.widgets.dialogs import Dialog
from ui.widgets.rows import CheckRow

_MANY = 8
"""From so many dates on there is a calendar beside them."""


def words_for(date: SubEvent) -> str:
    """A date as people call it: its name, its day and hour."""
    begins = clock(date.date_from) if date.date_from is not None else ""
    return apart(name_of(date.name), begins) or f"#{date.id}"


class SaleHead(QWidget):
    """How the next thing is sold."""

    def __init__(self, clerk: Clerk, left: Callable[[], Mapping[int, int]]) -> None:
        super().__init__()
        self._clerk = clerk
        self._left = left
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.date = Button("", key="F3")
        self.quick = Button(tr("Walk-in"), key="F10", weight=Weight.QUIET)
        self.let_in = Button(tr("Let in at once"), weight=Weight.QUIET)
        self.more = Button(tr("How it sells…"), weight=Weight.QUIET)
        self.quick.setCheckable(True)
        self.let_in.setCheckable(True)
        self.to_pass = Button("", weight=Weight.PRIMARY)
        row.addWidget(self.to_pass)
        row.addWidget(self.date)
        row.addWidget(self.quick)
        row.addWidget(self.let_in)
        row.addStretch(1)
        row.addWidget(self.more)
        for button in (self.to_pass, self.date, self.quick, self.let_in, self.more):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.to_pass.clicked.connect(lambda: self._clerk.add_to(None))
        self.date.clicked.connect(self.choose_date)
        self.quick.clicked.connect(self._on_quick)
        self.let_in.clicked.connect(self._on_let_in)
        self.more.clicked.connect(lambda: CounterSheet(self._clerk, self.window()).open())
        for key, slot in (("F3", self.choose_date), ("F10", self._on_quick_key)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(slot)

    def look_again(self) -> None:
        """What there is to choose now."""
        clerk, catalog = self._clerk, self._clerk.catalog
        date = catalog.subevents.get(clerk.assortment.date or 0)
        self.date.setVisible(date is not None)
        if date is not None:
            self.date.setText(words_for(date))
        held = clerk.cart.to_pass
        self.to_pass.setVisible(held is not None)
        if held is not None:
            whose = held.name or f"{held.order}-{held.position}"
            self.to_pass.setText(tr("For the pass of {whose} ×", whose=whose))
            self.to_pass.setToolTip(tr("Sell it by itself instead"))
        asks = _asks_anything(catalog)
        self.quick.setVisible(asks)
        self.quick.setChecked(clerk.cart.quick)
        listed = clerk.assortment.at_counter.check_in in catalog.lists
        self.let_in.setVisible(listed)
        self.let_in.setChecked(clerk.cart.check_in is not None)
        self.more.setVisible(date is not None or asks or bool(catalog.lists))

    def choose_date(self) -> None:
        """Let somebody choose the date."""
        if self.isVisible() and self.date.isVisible() and not self._clerk.busy:
            DateSheet(self._clerk, self._left(), self.window()).open()

    def _on_quick_key(self) -> None:
        if self.isVisible() and self.quick.isVisible():
            self.quick.click()

    def _on_quick(self, quick: bool) -> None:
        self._clerk.take_data(msgspec.structs.replace(self._clerk.cart, quick=quick))

    def _on_let_in(self, at_once: bool) -> None:
        check_in = self._clerk.assortment.at_counter.check_in if at_once else None
        self._clerk.take_data(msgspec.structs.replace(self._clerk.cart, check_in=check_in))


def _asks_anything(catalog: Catalog) -> bool:
    settings = catalog.settings
    asked = settings is not None and any(one in settings.asked for one in asking.FIELDS)
    return asked or any(not one.ask_during_checkin for one in catalog.questions.values())


class DateSheet(Dialog):
    """The dates of a series; many of them with a calendar that shows one day's."""

    def __init__(self, clerk: Clerk, left: Mapping[int, int], parent: QWidget) -> None:
        super().__init__(tr("Which date?"), parent)
        self.setObjectName("date_sheet")
        self.widen(540)
        self._clerk = clerk
        self._left = left
        self._now = datetime.now(UTC)
        self._dates = dates.offered(clerk.catalog, self._now, clerk.assortment.at_counter.dates)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Which date?"))
        self.list.setFont(theme.font(theme.TEXT))
        self.list.setMinimumSize(460, min(420, 56 * max(2, len(self._dates)) + 12))
        self.list.itemDoubleClicked.connect(lambda _: self.take())
        beside = QHBoxLayout()
        beside.setSpacing(14)
        if len(self._dates) > _MANY:
            self.widen(900)
            self.calendar = self._made_calendar()
            beside.addWidget(self.calendar)
        beside.addWidget(self.list, 1)
        self.add_rows(beside)
        close = Button(tr("Close"), key="Esc")
        close.clicked.connect(self.reject)
        go = Button(tr("Sell this date"), weight=Weight.PRIMARY, key=tr("Enter"))
        go.clicked.connect(self.take)
        self.add_buttons(close, go)
        self._show(self._dates)
        self.list.setFocus()

    def _made_calendar(self) -> QCalendarWidget:
        calendar = QCalendarWidget()
        calendar.setLocale(locale())
        calendar.setAccessibleName(tr("Day"))
        marked = QTextCharFormat()
        marked.setFont(theme.bold(13))
        marked.setForeground(theme.color("accent"))
        for one in self._dates:
            if (day := _day_of(one)) is not None:
                calendar.setDateTextFormat(day, marked)
        calendar.selectionChanged.connect(self._on_day)
        return calendar

    def _on_day(self) -> None:
        day = self.calendar.selectedDate()
        self._show([one for one in self._dates if _day_of(one) == day] or self._dates)

    def _show(self, some: Sequence[SubEvent]) -> None:
        self.list.clear()
        catalog, first = self._clerk.catalog, self._clerk.assortment.at_counter.dates
        for one in some:
            left = wares.left_on_date(catalog, one.id, self._left) if self._left else None
            notes = [
                words_for(one),
                tr("{n} left", n=number(left)) if left is not None else "",
                tr("sold here first") if one.id in first else "",
                tr("over") if dates.is_over(one, self._now) else "",
            ]
            row = QListWidgetItem(" — ".join(note for note in notes if note))
            row.setData(Qt.ItemDataRole.UserRole, one.id)
            row.setSizeHint(QSize(0, theme.TOUCH))
            self.list.addItem(row)
            if one.id == self._clerk.assortment.date:
                self.list.setCurrentItem(row)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    def take(self) -> None:
        """Sell the one that is marked."""
        row = self.list.currentItem()
        if row is not None:
            self.accept()
            self._clerk.assortment.choose_date(row.data(Qt.ItemDataRole.UserRole))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
            return
        super().keyPressEvent(event)


def _day_of(date: SubEvent) -> QDate | None:
    if date.date_from is None:
        return None
    here = on_the_wall(date.date_from)
    return QDate(here.year, here.month, here.day)


class CounterSheet(Dialog):
    """How this station sells tickets of the event: which dates first, whether it asks, whether it lets in at once."""

    def __init__(self, clerk: Clerk, parent: QWidget) -> None:
        super().__init__(tr("How this till sells"), parent)
        self.setObjectName("counter_sheet")
        self._clerk = clerk
        catalog, chosen = clerk.catalog, clerk.assortment.at_counter
        self.quick = CheckRow(tr("Asks nobody for anything: walk-ins"))
        self.quick.setChecked(chosen.quick)
        self.badges = CheckRow(tr("Prints badges when they have paid"))
        self.badges.setChecked(chosen.badges)
        self.add(self.quick)
        self.add(self.badges)
        self.list = Choice(tr("Lets in at once on"))
        self.list.addItem(tr("Lets nobody in by itself"), None)
        for one in sorted(catalog.lists.values(), key=lambda one: (one.name, one.id)):
            self.list.addItem(one.name or f"#{one.id}", one.id)
        self.list.setCurrentIndex(max(0, self.list.findData(chosen.check_in)))
        self.say(tr("Lets in at once on"))
        self.add(self.list)
        self.in_hand = Number(tr("Tickets set aside for this till, of each limited kind"))
        self.in_hand.setRange(0, 999)
        self.in_hand.setValue(chosen.in_hand)
        if any(one.size is not None for one in catalog.quotas.values()):
            self.say(tr("Tickets set aside for this till, of each limited kind"))
            self.add(self.in_hand)
        self.dates: dict[int, CheckRow] = {}
        offered = dates.offered(catalog, datetime.now(UTC))
        if offered:
            self.say(tr("Sells these dates first:"))
        for date in offered[:_MANY]:
            row = self.dates[date.id] = CheckRow(words_for(date))
            row.setChecked(date.id in chosen.dates)
            self.add(row)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        go = Button(tr("Keep"), weight=Weight.PRIMARY)
        go.clicked.connect(self._keep)
        self.add_buttons(cancel, go)

    def _keep(self) -> None:
        chosen = msgspec.structs.replace(
            self._clerk.assortment.at_counter,
            quick=self.quick.isChecked(),
            badges=self.badges.isChecked(),
            check_in=self.list.currentData(),
            in_hand=self.in_hand.value(),
            dates=tuple(date for date, row in self.dates.items() if row.isChecked()),
        )
        self.accept()
        self._clerk.assortment.sell_so(chosen)
