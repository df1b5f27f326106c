"""Keeps the customer's screen in step with the till: the cart as it grows, the code to pay with, the change, thanks.

Which screen it is, is chosen by name, because numbers change when one is plugged in. Where that screen is not there,
nothing is shown, and it is shown again when it comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QScreen

from boxoffice.domain.documents import BillLine
from boxoffice.domain.pricing import bill_lines
from boxoffice.domain.tenders import Means
from boxoffice.services.sell import Sale
from boxoffice.storage import badges, settings
from boxoffice.storage.connection import Connection
from ui.customer_display import CustomerDisplay, Line, Shown
from ui.language import apart, language, name_of, number, tr
from ui.money import bare, money
from ui.preferences import IN_A_WINDOW, Preferences

if TYPE_CHECKING:
    from .screen import TillScreen


class Follower(QObject):
    """Owns the customer's window as long as the till lives."""

    def __init__(self, till: TillScreen, preferences: Preferences) -> None:
        super().__init__(till)
        self._till = till
        self._clerk = till.clerk
        self._done: Sale | None = None
        self._code = ""
        self._chosen = ""
        self.window: CustomerDisplay | None = None
        self._clerk.changed.connect(self._on_changed)
        self._clerk.payment.sold.connect(self._on_sold)
        till.done.next_pressed.connect(self._on_next)
        till.payment.asking_for.connect(self._on_asking)
        # Later: while a screen is being taken away, it still counts as there.
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)  # noqa: S101 - without one there is no till either
        application.screenAdded.connect(self._on_screen_added)
        application.screenRemoved.connect(self._on_screen_gone)
        till.destroyed.connect(self.close)
        self.obey(preferences)

    def obey(self, preferences: Preferences) -> None:
        """Show it where it was chosen to be, or not at all."""
        self._chosen = preferences.display
        if not self._chosen:
            self.close()
            return
        if self.window is None:
            self.window = CustomerDisplay()
            self.window.setWindowTitle(tr("For the customer"))
        self._show_picture()
        self._show()
        self._find_place()

    def close(self) -> None:
        """Take the window away."""
        if self.window is not None and shiboken6.isValid(self.window):
            self.window.close()
            self.window.deleteLater()
        self.window = None

    # Where it is

    def _on_screen_added(self, _: QScreen) -> None:
        self._find_place()

    def _find_place(self) -> None:
        if self.window is None:
            return
        if self._chosen == IN_A_WINDOW:
            self.window.showNormal()
            return
        screen = next((one for one in QGuiApplication.screens() if one.name() == self._chosen), None)
        own = self._till.window().screen()
        if screen is None or screen is own:
            self.window.hide()  # Never over the cashier's own screen.
            return
        self.window.setScreen(screen)
        self.window.setGeometry(screen.geometry())
        self.window.showFullScreen()

    def _on_screen_gone(self, screen: QScreen) -> None:
        if self.window is not None and screen.name() == self._chosen:
            self.window.hide()

    # What it shows

    def _on_changed(self) -> None:
        if not self._clerk.cart.empty:
            self._done = None  # The next customer's things lie there already.
        self._show()

    def _on_sold(self, sale: Sale) -> None:
        self._done = sale
        self._code = ""
        self._show()

    def _on_next(self) -> None:
        self._done = None
        self._show()

    def _on_asking(self, means: Means | None) -> None:
        self._code = self._clerk.payment.tendering.wallet_code if means is Means.WALLET else ""
        self._show()

    def _show(self) -> None:
        if self.window is not None:
            self.window.show_values(self._values())

    def _values(self) -> Shown:
        clerk = self._clerk
        if clerk.shift is None:
            return Shown(welcome=tr("This till is closed"))
        welcome = name_of(clerk.catalog.event.name) or clerk.cart.event
        if self._done is not None:
            return self._thanks(self._done, welcome)
        if clerk.cart.empty:
            return Shown(welcome=welcome, below=tr("Welcome"))
        reckoned = clerk.bill
        lines = bill_lines(clerk.cart, reckoned, clerk.catalog, language())
        given = sum(one.amount for one in clerk.payment.offers)
        return Shown(
            welcome=welcome,
            lines=tuple(_line(one, clerk.currency) for one in lines),
            label=tr("To pay") if given else tr("Total"),
            figure=money(clerk.payment.open_amount() if given else reckoned.total, clerk.currency),
            small=tr("Given: {amount}", amount=money(given, clerk.currency)) if given else "",
            code=self._code,
        )

    def _thanks(self, sale: Sale, welcome: str) -> Shown:
        receipt = sale.receipt
        later = sum(one.amount for one in receipt.tenders if Means(one.tender).pays_later)
        paid = money(receipt.total + receipt.rounding, receipt.currency)
        return Shown(
            welcome=welcome,
            label=tr("Change") if sale.change else tr("To be paid later") if later else tr("Paid"),
            figure=money(sale.change or later, receipt.currency) if sale.change or later else paid,
            small=tr("{total} paid. Thank you!", total=paid) if sale.change else tr("Thank you!"),
            good=not later,
        )

    def _show_picture(self) -> None:
        if self.window is None:
            return
        event = self._clerk.cart.event

        def image(connection: Connection) -> bytes | None:
            digest = settings.stationery(connection, event).logo
            return badges.picture(connection, digest) if digest else None

        self.window.set_picture(self._till.station.read(image))


def _line(one: BillLine, currency: str) -> Line:
    many = f"{number(one.quantity)} × " if one.quantity != 1 else ""
    return Line(apart(f"{many}{one.text}", *one.notes), bare(one.amount, currency), part=one.part)
