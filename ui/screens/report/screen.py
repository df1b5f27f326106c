"""The place for reports: the shift so far, a day, the event, what differs, and every receipt.

Figures are reckoned on another thread and shown again only where they have changed, so that they are live and the
window never waits for them. The place is open while the drawer is closed: that is when most of it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.counter import Counter
from boxoffice.domain.documents import Report
from boxoffice.domain.passages import zone_of
from boxoffice.errors import Trouble
from boxoffice.services import reports
from boxoffice.storage import feeds, journal, outbox
from boxoffice.storage.connection import Connection
from ui import language
from ui.language import apart, clock, name_of, tr
from ui.papers.giving_out import GivingOut
from ui.screens.till.drawer import CloseDialog, MoveDialog
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice

from .figures import Figures, say
from .receipts import ReceiptsPage
from .reconciling import ReconcilePage
from .saving import SavePanel

if TYPE_CHECKING:
    from ui.screens.till.screen import TillScreen
    from ui.sheets.orders.correcting import Workplace

T = TypeVar("T")


class Tab(StrEnum):
    """What can be looked at."""

    SHIFT = "shift"
    DAY = "day"
    EVENT = "event"
    DIFFERENCES = "differences"
    RECEIPTS = "receipts"


NAMES = {
    Tab.SHIFT: "Shift",
    Tab.DAY: "Day",
    Tab.EVENT: "Event overview",
    Tab.DIFFERENCES: "What differs",
    Tab.RECEIPTS: "Receipts",
}
_BY_DAY = frozenset({Tab.DAY, Tab.DIFFERENCES})


class ReportScreen(QWidget):
    """One event at a time, and within it a day."""

    def __init__(self, till: TillScreen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("report")
        self.setAccessibleName(tr("Report"))
        self._till = till
        self.app = till.station
        self.courier = till.courier
        self.tab = Tab.SHIFT
        self.day: date | None = None
        """None is today, whichever day that is by then."""
        self.paper = GivingOut(self.app, self.courier, self.tell, self.complain, self, till.background)
        self.figures = Figures(tr("Report"))
        self.differences = ReconcilePage(self)
        self.receipts = ReceiptsPage(self)
        self.saving = SavePanel(self)
        self.z: int | None = None
        """A Z that is read again, in place of the shift so far."""
        self._turn = 0
        self._stamp: object = None
        self._asked = 0
        """How much is being found out."""
        self._stack = QStackedWidget()
        for page in (self.figures, self.differences, self.receipts):
            self._stack.addWidget(page)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 10, 20, 0)
        rows.setSpacing(10)
        rows.addLayout(self._tabs())
        rows.addLayout(self._head())
        rows.addWidget(self._stack, 1)
        for key, slot in (
            ("Left", partial(self._turn_page, -1)),
            ("Right", partial(self._turn_page, 1)),
            ("Ctrl+PgUp", partial(self._next_tab, -1)),
            ("Ctrl+PgDown", partial(self._next_tab, 1)),
            ("Ctrl+P", self.saving.print.click),
            ("Ctrl+S", self.saving.save.click),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self.look_again()

    def _tabs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self._group = QButtonGroup(self)
        self.tabs: dict[Tab, Button] = {}
        for tab, name in NAMES.items():
            button = Button(tr(name), weight=Weight.QUIET)
            button.setCheckable(True)
            button.setChecked(tab is self.tab)
            button.setObjectName(f"report_{tab.value}")
            button.clicked.connect(partial(self.go, tab))
            self._group.addButton(button)
            self.tabs[tab] = button
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.saving)
        return row

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.about = QLabel()
        self.about.setProperty("role", "muted")
        words.addWidget(self.title)
        words.addWidget(self.about)
        row.addLayout(words, 1)
        self.event_choice = Choice(tr("Event"))
        self.event_choice.currentIndexChanged.connect(lambda _: self.look_again())
        self.before, self.after = Button("‹", key="←"), Button("›", key="→")
        for button, name, days in ((self.before, tr("The day before"), -1), (self.after, tr("The day after"), 1)):
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(partial(self._turn_page, days))
        self.move_cash = Button(tr("Move cash"))
        self.move_cash.clicked.connect(lambda: MoveDialog(self._till.clerk, self.window()).open())
        self.close_shift = Button(tr("Count and close"), weight=Weight.PRIMARY)
        self.close_shift.clicked.connect(lambda: CloseDialog(self._till.clerk, self.window()).open())
        for widget in (
            self.receipts.wanted,
            self.event_choice,
            self.before,
            self.after,
            self.move_cash,
            self.close_shift,
        ):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    # Where one is

    @property
    def slug(self) -> str:
        """The event that is looked at; empty while there is none."""
        return str(self.event_choice.currentData() or "")

    @property
    def is_about_event(self) -> bool:
        """Whether the whole event is looked at."""
        return self.tab is Tab.EVENT

    @property
    def currency(self) -> str:
        """Its currency."""
        return self._till.clerk.currency_of(self.slug)

    @property
    def today(self) -> date:
        """The day that is looked at, by the event's clock."""
        return self.day or datetime.now(UTC).astimezone(zone_of(self.app.catalog(self.slug).event)).date()

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when until when that day is; its end is outside."""
        return reports.span(self.app.catalog(self.slug), self.today)

    def go(self, tab: Tab) -> None:
        """Look at something else."""
        self.tab, self.z = tab, None
        self.tabs[tab].setChecked(True)
        self.look_again()

    def show_receipts(self) -> None:
        """Look at the receipts, and let the arrows scroll them."""
        self.go(Tab.RECEIPTS)
        self.take_keys()

    def read_z(self, number: int) -> None:
        """Show a Z as it was closed."""
        self.go(Tab.SHIFT)
        self.z = number
        self.look_again()

    def take_keys(self) -> None:
        """The arrows scroll what is shown."""
        (self._stack.currentWidget() or self).setFocus()

    def look_at(self, day: date) -> None:
        """Look at another day; today stays today when it is over."""
        self.day = None
        self.day = day if day != self.today else None
        self.look_again()

    def _turn_page(self, days: int) -> None:
        if self.tab in _BY_DAY:
            self.look_at(self.today + timedelta(days=days))

    def _next_tab(self, step: int) -> None:
        tabs = list(Tab)
        self.go(tabs[(tabs.index(self.tab) + step) % len(tabs)])
        self.take_keys()

    # What is shown

    def look_again(self) -> None:
        """Show what there is now."""
        self._list_events()
        shift = self._till.clerk.shift
        self.move_cash.setVisible(self.tab is Tab.SHIFT and shift is not None)
        self.close_shift.setVisible(self.tab is Tab.SHIFT and shift is not None)
        for button in (self.before, self.after):
            button.setVisible(self.tab in _BY_DAY)
        self.receipts.wanted.setVisible(self.tab is Tab.RECEIPTS)
        self.saving.setVisible(self.tab in (Tab.SHIFT, Tab.DAY, Tab.EVENT))
        if (stamp := self._state()) == self._stamp:
            return
        self._stamp = stamp
        if not self.slug:
            self._say(tr("No event"), tr("It comes with the first sync."))
            return
        if self.tab is Tab.DIFFERENCES:
            self._say(tr("What differs"), self._day_words())
            self._stack.setCurrentWidget(self.differences)
            self.differences.look_again()
        elif self.tab is Tab.RECEIPTS:
            self._say(tr("Receipts"), tr("Of this till, newest first."))
            self._stack.setCurrentWidget(self.receipts)
            self.receipts.look_again()
        else:
            self._stack.setCurrentWidget(self.figures)
            self.ask(self._question(), self._show)

    def _state(self) -> object:
        """What all of this is reckoned from: while it is the same, so are the figures."""
        slug = self.slug

        def look(connection: Connection) -> object:
            heard = feeds.progress(connection, slug).applied if slug else 0
            return journal.last(connection), heard, outbox.counts(connection)

        today = self.today if slug else None
        return self.app.read(look), slug, today, self.tab, self.z, self.receipts.wanted.text(), language.language()

    def _list_events(self) -> None:
        events = self.app.events()
        if events == [self.event_choice.itemData(n) for n in range(self.event_choice.count())]:
            return
        self.event_choice.blockSignals(True)
        self.event_choice.clear()
        for slug in events:
            self.event_choice.addItem(name_of(self.app.catalog(slug).event.name) or slug, slug)
        shift = self._till.clerk.shift
        if shift is not None and shift.event in events:
            self.event_choice.setCurrentIndex(events.index(shift.event))
        self.event_choice.setVisible(len(events) > 1)
        self.event_choice.blockSignals(False)

    def _question(self) -> Callable[[], Report | None]:
        app, event, counter = self.app, self.slug, self._till.clerk.counter
        now, day = datetime.now(UTC), self.day
        if self.tab is Tab.DAY:
            return lambda: app.read(lambda c: reports.of_day(c, app.shelf, event, now, day))
        if self.tab is Tab.EVENT:
            return lambda: app.read(lambda c: reports.of_event(c, app.shelf, event, now))
        z = self.z
        return lambda: counter.z_report(z) if z or counter.shift is None else counter.x_report()

    def ask(self, question: Callable[[], T], done: Callable[[T], object]) -> None:
        """Find out what to show, and show it unless something else was asked since."""
        self._turn = turn = self._turn + 1
        self.do(question, lambda answer: done(answer) if turn == self._turn else None)

    def do(self, question: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do something beside the window, and go on with what came of it."""
        background = self._till.background
        future: Future[T] = Future()
        if background is not None:
            future = background.ask(question)
        else:
            future.set_result(question())
        self._asked += 1

        def arrived(answer: T) -> None:
            self._asked -= 1
            done(answer)

        def failed(trouble: Trouble) -> None:
            self._asked -= 1
            self._till.tell(trouble)

        self.courier.bring(future, to=self, done=arrived, failed=failed)

    def _show(self, report: Report | None) -> None:
        if report is None:
            self._say(tr("The drawer is closed"), tr("There is no Z yet."))
            return
        if report.title:
            self._say(say(report.title), self._day_words() if self.tab is Tab.DAY else report.letterhead.event)
        else:
            since = clock(report.since) if report.since else ""
            heading = tr("X report") if report.number is None else tr("Z report {number}", number=report.number)
            about = tr("Open since {when} · {event}", when=since, event=report.letterhead.event)
            self._say(heading, about if report.number is None else clock(report.at))
        self.figures.show_report(report)

    def _day_words(self) -> str:
        day = self.today
        written = language.locale().toString(QDate(day.year, day.month, day.day), language.locale().dateFormat())
        return apart(written, name_of(self.app.catalog(self.slug).event.name) or self.slug)

    def _say(self, title: str, about: str) -> None:
        self.title.setText(title)
        self.about.setText(about)

    @property
    def is_shown(self) -> bool:
        """Whether what was asked for last is on the screen."""
        return self._asked == 0

    # What its pages ask for

    def tell(self, text: str) -> None:
        """A word at the foot of the window."""
        self._till.notices.say(text)

    def complain(self, trouble: Trouble) -> None:
        """A trouble above the screen."""
        self._till.tell(trouble)

    @property
    def workplace(self) -> Workplace:
        """Where receipts are put right."""
        return self._till.workplace

    @property
    def counter(self) -> Counter:
        """The till that is looked at."""
        return self._till.clerk.counter
