"""What a tender needs beside its amount: a reference, a number, a proof, or whom to send the invoice to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from boxoffice.domain.tenders import Means, Tendering
from boxoffice.errors import Trouble
from ui import theme
from ui.courier import Courier
from ui.inputs.lens import Eye
from ui.language import tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.proof_picker import ProofPicker
from ui.widgets.qr import QrPicture
from ui.widgets.text_field import TextField

HandedOver = Callable[[Means, tuple[str, ...], str], object]
"""Goes on with the means, its details, and the digest of a proof."""

ASKS = {
    Means.WALLET: ("QR wallet", "Reference that the customer shows"),
    Means.CHEQUE: ("Cheque", "Number of the cheque"),
    Means.TRANSFER: ("Bank transfer", "What stands on the transfer"),
    Means.INVOICE: ("Invoice", "Who gets the invoice"),
}
"""Means that ask for something: their heading and the field."""


class TenderSheet(Dialog):
    """One tender. Enter takes it; only a transfer asks whether the money is here."""

    def __init__(
        self,
        means: Means,
        amount: str,
        taken: Tendering,
        done: HandedOver,
        parent: QWidget,
    ) -> None:
        heading, asked = ASKS[means]
        super().__init__(tr(heading), parent)
        self.setObjectName("tender_sheet")
        self._means = means
        self._done = done
        due = QLabel(amount)
        due.setFont(theme.bold(36))
        due.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.add(due)
        if means is Means.WALLET and taken.wallet_code:
            self._show_code(taken)
        if means is Means.TRANSFER:
            for line in taken.bank:
                self.say(line)
        if means is Means.INVOICE:
            self.say(tr("The order stays unpaid and says so; it is paid later at any till."))
        self.field = TextField(tr(asked), 56)
        self.field.setFont(theme.font(18))
        self.field.textChanged.connect(self._look)
        self.field.returnPressed.connect(self.take)
        self.add(self.field)
        self._cancel = Button(tr("Cancel"), key="Esc")
        self._cancel.clicked.connect(self.reject)
        self.go = Button(tr("The money is here") if means is Means.TRANSFER else tr("Take it"), key=tr("Enter"))
        self.go.set_weight(Weight.PRIMARY)
        self.go.clicked.connect(self.take)
        self._lay_buttons()
        self._look()
        self.field.setFocus()

    def _lay_buttons(self) -> None:
        self.add_buttons(self._cancel, self.go)

    def _show_code(self, taken: Tendering) -> None:
        code = QrPicture(taken.wallet_code, tr("Code to pay with: {text}", text=taken.wallet_code))
        self._rows.addWidget(code, 0, Qt.AlignmentFlag.AlignCenter)
        if taken.wallet_name:
            self.say(taken.wallet_name).setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _look(self) -> None:
        self.go.setEnabled(self._means is Means.TRANSFER or bool(self.field.text().strip()))

    def take(self) -> None:
        """It is handed over."""
        if self.go.isEnabled():
            self._hand(self._means, "")

    def _hand(self, means: Means, proof: str) -> None:
        text = self.field.text().strip()
        self.accept()
        self._done(means, (text,) if text else (), proof)


class TransferSheet(TenderSheet):
    """A transfer: the money is here, or it was promised and its proof is kept until somebody has seen it."""

    def __init__(
        self,
        amount: str,
        taken: Tendering,
        done: HandedOver,
        parent: QWidget,
        keep: Callable[[bytes], Future[str]],
        courier: Courier,
        failed: Callable[[Trouble], object],
        eye: Eye | None = None,
    ) -> None:
        self._keep = keep
        self._courier = courier
        self._failed = failed
        self._eye = eye
        self._keeping = False
        super().__init__(Means.TRANSFER, amount, taken, done, parent)

    def _lay_buttons(self) -> None:
        self.picker = ProofPicker(self._eye)
        self.add(self.picker)
        self.wait = Button(tr("Awaiting confirmation"), height=theme.TOUCH)
        self.wait.clicked.connect(self.await_it)
        self.wait.setEnabled(False)
        self.picker.changed.connect(lambda: self.wait.setEnabled(self.picker.image is not None))
        self.add_buttons(self._cancel, self.wait, self.go)
        self.widen(640)

    def take(self) -> None:
        """The money is here, with a proof or without."""
        self._with_proof(Means.TRANSFER)

    def await_it(self) -> None:
        """Somebody has to see the money first."""
        self._with_proof(Means.AWAITED)

    def _with_proof(self, means: Means) -> None:
        if self._keeping:
            return
        image = self.picker.image
        if image is None:
            self._hand(means, "")
            return
        self._keeping = True
        kept = self._keep(image)
        self._courier.bring(kept, to=self, done=lambda digest: self._hand(means, digest), failed=self._not_kept)

    def _not_kept(self, trouble: Trouble) -> None:
        self._keeping = False
        self._failed(trouble)
