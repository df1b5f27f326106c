"""The sheet on which it is decided what is taken as payment: at this station, or for one event alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.tenders import TITLES, Means, Tendering
from boxoffice.errors import Trouble
from boxoffice.services import tendering
from boxoffice.storage import accepted
from ui import theme
from ui.courier import Courier
from ui.language import name_of, tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog
from ui.widgets.rows import CheckRow
from ui.widgets.text_field import TextField

_CHOSEN = tuple(one for one in Means if one is not Means.AWAITED)


class TenderingSheet(Dialog):
    """A tick for each means, the wallet's static code, and the account for transfers."""

    def __init__(self, app: App, courier: Courier, failed: Callable[[Trouble], object], parent: QWidget) -> None:
        super().__init__(tr("What is taken as payment"), parent)
        self._app = app
        self._courier = courier
        self._failed = failed
        self.scope = Choice(tr("Where it holds"))
        self.scope.addItem(tr("At this station"), "")
        for slug in app.events():
            self.scope.addItem(name_of(app.catalog(slug).event.name) or slug, slug)
        self.scope.currentIndexChanged.connect(self._show)
        self.add(self.scope)
        self.rows: dict[Means, CheckRow] = {}
        grid = QGridLayout()
        grid.setSpacing(4)
        for index, means in enumerate(_CHOSEN):
            row = self.rows[means] = CheckRow(tr(TITLES[means]), height=theme.TOUCH)
            grid.addWidget(row, index // 2, index % 2)
        self.cash_out = CheckRow(tr("Gift cards are paid out in cash"), height=theme.TOUCH)
        self.blind = CheckRow(tr("The drawer is counted before its figures are shown"), height=theme.TOUCH)
        grid.addWidget(self.cash_out, len(_CHOSEN) // 2, 1)
        grid.addWidget(self.blind, len(_CHOSEN) // 2 + 1, 0, 1, 2)
        self.add_rows(grid)
        self.wallet_name = self._line(tr("Name of the QR wallet"))
        self.wallet_code = self._line(tr("What its code says"))
        self.bank = QPlainTextEdit()
        self.bank.setPlaceholderText(tr("For transfers: whose account, its number, the bank"))
        self.bank.setAccessibleName(tr("For transfers: whose account, its number, the bank"))
        self.bank.setFixedHeight(64)
        self.bank.setTabChangesFocus(True)
        self.add(self.bank)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        keep = Button(tr("Keep it so"), weight=Weight.PRIMARY)
        keep.clicked.connect(self.keep)
        self.add_buttons(cancel, keep)
        self.widen(640)
        self._show()

    def _line(self, name: str) -> QLineEdit:
        field = TextField(name)
        self.add(field)
        return field

    def _show(self) -> None:
        event = str(self.scope.currentData())
        everywhere = self._app.read(lambda c: accepted.own(c, ""))
        own = self._app.read(lambda c: accepted.own(c, event))
        for means, row in self.rows.items():
            off_here = bool(event) and not everywhere.takes(means)
            row.setChecked(own.takes(means) and not off_here)
            row.setEnabled(not off_here)
            row.set_end(tr("off at this station") if off_here else "")
        self.wallet_name.setText(own.wallet_name)
        self.wallet_code.setText(own.wallet_code)
        self.bank.setPlainText("\n".join(own.bank))
        for row, here, own_ in (
            (self.cash_out, everywhere.cash_out, own.cash_out),
            (self.blind, everywhere.blind, own.blind),
        ):
            everywhere_too = bool(event) and here
            row.setChecked(own_ or everywhere_too)
            row.setEnabled(not everywhere_too)
            row.set_end(tr("on at this station") if everywhere_too else "")

    def keep(self) -> None:
        """It holds from now on."""
        event = str(self.scope.currentData())
        off = [means.value for means, row in self.rows.items() if row.isEnabled() and not row.isChecked()]
        chosen = Tendering(
            off=tuple(sorted(off)),
            wallet_name=self.wallet_name.text().strip(),
            wallet_code=self.wallet_code.text().strip(),
            cash_out=self.cash_out.isEnabled() and self.cash_out.isChecked(),
            blind=self.blind.isEnabled() and self.blind.isChecked(),
            bank=tuple(line.strip() for line in self.bank.toPlainText().splitlines() if line.strip()),
        )
        kept = self._app.write(lambda c: tendering.choose(c, event, chosen))
        self._courier.bring(kept, to=self, done=lambda _: self.accept(), failed=self._failed)
