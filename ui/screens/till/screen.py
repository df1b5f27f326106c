"""The till: its six places, and in the first one tiles at the left, the cart at the right, every key on its button.

Typing goes to one field: a number or letters while something is chosen, the amount while somebody pays. A sale of
one ticket in cash is its number, Enter, F9, Enter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.documents import Report
from boxoffice.errors import Trouble
from boxoffice.services.sell import Sale
from ui.background import Background
from ui.clerks.clerk import Clerk
from ui.clerks.wares import Ware
from ui.courier import Courier
from ui.language import tr
from ui.living import Living, Scanning, Typing
from ui.notices import Notices
from ui.preferences import Preferences

from . import guests, tools
from .cards import TillCards
from .cart_panel import CartPanel
from .catalogue import Catalogue
from .done import DonePanel
from .drawer import OpenPanel, ReportDialog
from .held import RecallDialog
from .payment import PaymentPanel
from .places import Place, PlaceBar, key_of, make

if TYPE_CHECKING:
    from ui.sheets.orders.correcting import Workplace

    from .display import Follower


_SMALL = (900, 520)
"""Below this there is no room for everything at once: a screen of 1366 × 768 at twice its size."""


class TillScreen(QWidget):
    """Selling, in one window."""

    order_wanted = Signal(str, str)
    """Event and code of the order whose ticket was held to the till, or that a report leads to."""
    outbox_wanted = Signal()

    def __init__(
        self,
        app: App,
        courier: Courier,
        notices: Notices,
        report: Callable[[Trouble], object],
        background: Background | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("till")
        self.station = app
        self._follower: Follower | None = None
        self.courier = courier
        self.notices = notices
        self.clerk = Clerk(app, courier, self._on_trouble, self)
        self.clerk.background = background
        self.background = background
        self._tell = report
        # What is put into a whole afterwards is looked over once more with all that is in it, at each level.
        self._whole = QStackedWidget(self)
        frame = QWidget(self._whole)
        # Made in the order in which the eye and the Tab key go: places, what is for sale, its tools, the cart.
        self.bar = PlaceBar(parent=frame)
        self._shown = QStackedWidget(frame)
        self._selling = QWidget(self._shown)
        self._stack = QStackedWidget(self._selling)
        self.open_panel = OpenPanel(self.clerk, self._whole)
        self.catalogue = Catalogue(self.clerk, courier, background, self._stack)
        self.search, self.tiles = self.catalogue.search, self.catalogue.tiles
        self.payment = PaymentPanel(self.clerk, courier, report, self._stack)
        self.done = DonePanel(self._stack)
        self._stack.addWidget(self._choosing())
        self._stack.addWidget(self.payment)
        self._stack.addWidget(self.done)
        self.cart = CartPanel(self.clerk, self._selling)
        self._small = False
        self._stack.currentChanged.connect(lambda _: self._give_room())
        self._beside = beside = QHBoxLayout(self._selling)
        beside.setContentsMargins(20, 14, 20, 16)
        beside.setSpacing(16)
        beside.addWidget(self._stack, 62)
        beside.addWidget(self.cart, 38)
        self.place = Place.EVENT
        self._pages: dict[Place, QWidget | None] = {Place.EVENT: None}
        self._shown.addWidget(self._selling)
        self.bar.stand_at(self.place)
        framed = QVBoxLayout(frame)
        framed.setContentsMargins(0, 0, 0, 0)
        framed.setSpacing(0)
        framed.addWidget(self.bar)
        framed.addWidget(self._shown, 1)
        self._frame = frame
        self._whole.addWidget(self.open_panel)
        self._whole.addWidget(frame)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._whole)
        self._connect()
        self.look_again()

    def _choosing(self) -> QWidget:
        held = QWidget(self._stack)
        rows = QVBoxLayout(held)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(10)
        self.cards = TillCards(self.station, self.clerk, self)
        self._tools = tools.Tools(self.clerk, self.cards.button, held)
        self._tools.report_pressed.connect(partial(self.go, Place.REPORT))
        rows.addWidget(self.catalogue, 1)
        rows.addWidget(self._tools)
        return held

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        small = self.height() < _SMALL[1] or self.width() < _SMALL[0]
        if small == self._small:
            return
        self._small = small
        self._tools.setVisible(not small)
        self.payment.be_small(small=small)
        self._beside.setContentsMargins(*((8, 4, 8, 6) if small else (20, 14, 20, 16)))
        self._give_room()

    def _give_room(self) -> None:
        """Where the window is small, who pays sees neither the cart nor the other places."""
        paying = self._stack.currentWidget() is self.payment
        self.cart.setVisible(not (self._small and paying))
        self.bar.setVisible(not (self._small and paying))

    def _connect(self) -> None:
        clerk = self.clerk
        clerk.changed.connect(self._show)
        clerk.turns.changed.connect(self.cart.show_cart)
        clerk.payment.sold.connect(self._on_sold)
        clerk.drawer.closed.connect(self._on_closed)
        self.catalogue.chosen.connect(self._on_ware)
        self.catalogue.typed.connect(self._on_typed)
        self.cart.pay_pressed.connect(self.pay)
        self.cart.recall_pressed.connect(self.recall)
        self.payment.left.connect(self.choose)
        self.done.next_pressed.connect(self.choose)
        self.done.back_pressed.connect(self._undo)
        self.bar.went.connect(self.go)
        self.open_panel.reports_pressed.connect(partial(self.go, Place.REPORT))
        for key, slot in (
            *((key_of(place), partial(self.go, place)) for place in Place),
            ("F2", self.choose),
            ("F4", lambda: clerk.hold()),
            ("F5", self.recall),
            ("F8", self._undo),
            ("F9", self.pay),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def follow(self, preferences: Preferences) -> None:
        """Let the customer see what is sold, where a screen was chosen for that."""
        if self._follower is None:
            from .display import Follower

            self._follower = Follower(self, preferences)
        else:
            self._follower.obey(preferences)

    @staticmethod
    def keys() -> list[tuple[str, str]]:
        """What the keys of this screen do."""
        return tools.keys()

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.take_keys()

    def setFocus(self, *_: object) -> None:
        self.take_keys()

    def take_keys(self) -> None:
        """Let what is typed go to where one is."""
        page: object = self._shown.currentWidget()
        if self._whole.currentWidget() is self.open_panel:
            self.open_panel.amount.setFocus()
        elif isinstance(page, Typing):
            page.take_keys()
        elif self._stack.currentWidget() is self.payment:
            self.payment.amount.setFocus()
        elif self._stack.currentWidget() is self.done:
            self.done.setFocus()
        else:
            self.search.setFocus()

    def look_again(self) -> None:
        """What there is now: a shift may have been opened or closed elsewhere, prices may be others."""
        page: object = self._shown.currentWidget()
        if isinstance(page, Living):
            page.look_again()
        if self._stack.currentWidget() is self._stack.widget(0):
            self.clerk.look_again()

    def _show(self) -> None:
        clerk = self.clerk
        if clerk.shift is None:
            self.open_panel.look_again()
            self._whole.setCurrentWidget(self._frame if self.place is Place.REPORT else self.open_panel)
            return
        was_closed = self._whole.currentWidget() is self.open_panel
        self._whole.setCurrentWidget(self._frame)
        self.catalogue.show_wares()
        self._tools.show_shift()
        self.cart.show_cart()
        self.payment.show_bill()
        if was_closed:
            self.choose()

    def go(self, place: Place) -> None:
        """Show one of the places. From a payment one goes back to the cart first."""
        if self._stack.currentWidget() is self.payment:
            self.bar.stand_at(self.place)
            return
        if self.clerk.shift is None and place is not Place.REPORT:
            self.place = Place.EVENT
            self._show()
            self.take_keys()
            return
        if place not in self._pages:
            page = self._pages[place] = make(place, self)
            if page is not None:
                self._shown.addWidget(page)
        self.place = place
        self.bar.stand_at(place)
        self._stack.setCurrentIndex(0)
        self.cart.setEnabled(True)
        self._shown.setCurrentWidget(self._pages[place] or self._selling)
        if self.clerk.shift is None:
            self._show()
        self.look_again()
        self.take_keys()

    @property
    def page(self) -> QWidget | None:
        """What is shown below the bar."""
        return self._shown.currentWidget()

    def choose(self) -> None:
        """Back to the tiles."""
        self._stack.setCurrentIndex(0)
        self.place = Place.EVENT
        self.bar.stand_at(self.place)
        self._shown.setCurrentWidget(self._selling)
        self.cart.setEnabled(True)
        self.catalogue.clear()
        self.clerk.look_again()

    def sell_to(self, name: str) -> None:
        """The next ticket is for somebody whose name was typed already."""
        self.clerk.newcomer = name
        if self.clerk.shift is None:
            self.notices.say(tr("Open the drawer first. The next ticket is for {name}.", name=name))
            return
        self.go(Place.EVENT)
        self.notices.say(tr("The next ticket is for {name}", name=name))

    def pay(self) -> None:
        """On to the payment, if there is something to pay."""
        if self._stack.currentIndex() == 0 and self.cart.pay.isEnabled():
            if guests.wanted(self.clerk):
                guests.GuestSheet(self.clerk, self._pay, self.window()).open()
                return
            self._pay()

    def _pay(self) -> None:
        if self._stack.currentIndex() == 0 and self.cart.pay.isEnabled():
            self._shown.setCurrentWidget(self._selling)
            self._stack.setCurrentWidget(self.payment)
            self.cart.setEnabled(False)
            self.payment.begin()

    # What happens

    def take_scan(self, text: str) -> bool:
        """A scan while the till is shown: for its page, for sale, or a ticket whose order is meant."""
        if self.clerk.shift is None:
            return False
        page: object = self.page
        if isinstance(page, Scanning) and page.take_scan(text):
            return True
        if self._stack.currentIndex() == 0 and self.catalogue.take_code(text):
            return True
        if self._take_card_or_voucher(text):
            return True
        ticket = self.clerk.ticket_of(text)
        if ticket is None:
            self.notices.say(tr("Nothing here goes by the code {code}", code=text))
        elif self._stack.currentIndex() == 0:
            self.show_order(ticket.event, ticket.order.code)
        return True

    def show_order(self, event: str, code: str) -> None:
        """All of one order, in its place."""
        self.go(Place.ORDERS)
        self.order_wanted.emit(event, code)

    def _take_card_or_voucher(self, text: str) -> bool:
        """A voucher or gift card goes to its place, or to what is being paid."""
        if not self.clerk.knows_code(text):
            return False
        if self._stack.currentWidget() is self.payment:
            self.payment.ask_for_gift_card(text)
        else:
            self.go(Place.VOUCHERS)
            page: object = self.page
            if isinstance(page, Scanning):
                page.take_scan(text)
        return True

    def _on_typed(self, text: str) -> None:
        """A code does the same as when it is scanned."""
        if self.clerk.knows_code(text) or self.clerk.ticket_of(text) is not None:
            self.catalogue.clear()
        self.take_scan(text)

    def _on_ware(self, ware: Ware, many: int) -> None:
        self.clerk.add(ware, many)
        self.search.setFocus()

    def _on_sold(self, sale: Sale) -> None:
        self.done.show_sale(sale)
        self._stack.setCurrentWidget(self.done)
        self.done.setFocus()
        if not sale.receipt.training and any(
            one.pass_terms is not None and one.pass_terms.photo for one in self.clerk.catalog.items.values()
        ):
            from .portraits import Portraits

            Portraits(self).ask(sale)

    def _on_closed(self, report: Report) -> None:
        self.notices.say(tr("The shift is closed with Z {number}", number=report.number or 0))
        if report.number is not None:
            ReportDialog(report, self.window()).open()

    def recall(self) -> None:
        """Show what was put by."""
        if self.clerk.shift is None or self._stack.currentIndex() != 0:
            return
        RecallDialog(self.clerk, self.window()).open()

    def _undo(self) -> None:
        """Before it is paid the cart is let go; right after it the sale is taken back, with a reason."""
        if self._stack.currentWidget() is not self.done:
            self.clerk.empty()
        elif not self.clerk.counter.training:
            from ui.sheets.orders.void_sheet import VoidSheet

            sheet = VoidSheet(self.workplace, self.done.receipt, self.window())
            sheet.corrected.connect(self.choose)
            sheet.open()

    @property
    def workplace(self) -> Workplace:
        """Where receipts are put right."""
        from ui.sheets.orders.correcting import Workplace

        return Workplace(self.station, self.clerk.counter, self.courier, lambda: self.clerk.payment.worker(), self.tell)

    def tell(self, trouble: Trouble) -> None:
        """Say a trouble above the screen."""
        self._tell(trouble)

    def _on_trouble(self, trouble: Trouble) -> None:
        self.tell(trouble)
        if self._stack.currentWidget() is self.payment:
            if self.clerk.busy:  # Begun anew, what is under way would be taken for ended.
                self.payment.go_on()
            else:
                self.payment.begin()
