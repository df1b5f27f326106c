"""Printing somebody's badge from their card at the desk: once without a word, again with a reason; and their photo.

Printing is no entry. That a badge was printed, at this desk or another, is known from the print log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.printing import Job, Printout
from boxoffice.errors import Trouble
from boxoffice.services.lookup import Card as Attendee
from boxoffice.services.printing import PrintedBefore
from ui.background import Background
from ui.courier import Courier
from ui.language import clock, tr
from ui.shapes import Shape
from ui.widgets.buttons import Button
from ui.widgets.dialogs import ReasonDialog

if TYPE_CHECKING:
    from ui.inputs.lens import Eye
    from ui.sheets.photo_sheet import PhotoSheet


class BadgePrinting(QObject):
    """The buttons for badges on a card, and what follows when they are pressed."""

    photographed = Signal()
    """Somebody has another photo now, or none."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        background: Background,
        say: Callable[[str], object],
        failed: Callable[[Any], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.eye: Eye | None = None
        """The window's camera, where it has one."""
        self._window = parent.window
        self._app = app
        self._courier = courier
        self._background = background
        self._say = say
        self._failed = failed

    def buttons(self, held: Attendee) -> QHBoxLayout:
        """Print the badge; choose the photo for it."""
        row = QHBoxLayout()
        row.setSpacing(10)
        again = printed(held) is not None
        badge = Button(tr("Print badge again…") if again else tr("Print badge"), shape=Shape.BADGE, height=56)
        badge.clicked.connect(lambda: self.print(held))
        photo = Button(tr("Photo…"), shape=Shape.CAMERA, height=56)
        photo.setMenu(self._photo_menu(held, photo))
        row.addWidget(badge)
        row.addWidget(photo)
        row.addStretch(1)
        return row

    def print(self, held: Attendee, reason: str = "") -> None:
        """Print a badge. If there is one, ask why another is wanted."""
        ticket = held.ticket
        job = self._app.badges.print(ticket.event, ticket.key, reason=reason)
        self._courier.bring(
            job, to=self, done=lambda job: self._on_queued(held, job), failed=lambda why: self._on_refused(held, why)
        )

    def _on_queued(self, held: Attendee, job: Job) -> None:
        name = held.ticket.position.name or tr("No name")
        if job.printer:
            self._say(tr("The badge of {name} waits for {printer}", name=name, printer=job.printer))
        else:
            self._say(tr("The badge of {name} is kept: this station has no printer", name=name))

    def _on_refused(self, held: Attendee, trouble: Trouble) -> None:
        if not isinstance(trouble, PrintedBefore):
            self._failed(trouble)
            return
        name, before = held.ticket.position.name or tr("No name"), trouble.printout
        where = trouble.waits_at or before.device or "?"
        about = tr(
            "{name} has a badge: {where}, {when}. Why another one?", name=name, where=where, when=clock(before.at)
        )
        reasons = (tr("Lost"), tr("Misprint"), tr("Name corrected"), tr("Damaged"))
        dialog = ReasonDialog(
            tr("Print again"),
            about,
            reasons,
            lambda reason: self.print(held, reason),
            self._window(),
            tr("Print again"),
        )
        dialog.open()

    # The photo

    def _photo_menu(self, held: Attendee, button: Button) -> QMenu:
        menu = QMenu(button)
        menu.addAction(tr("Take a photo or choose one…"), lambda: self.ask_for_photo(held))
        if self._app.badges.photo(held.ticket.event, held.ticket.key):
            menu.addAction(tr("Take the photo away"), lambda: self.set_photo(held, None))
        return menu

    def ask_for_photo(self, held: Attendee) -> PhotoSheet:
        """Open the sheet on which it is taken."""
        from ui.sheets.photo_sheet import ask_for_photo

        name = held.ticket.position.name or held.ticket.key
        return ask_for_photo(name, self.eye, lambda image: self.set_photo(held, image), self._window())

    def set_photo(self, held: Attendee, image: bytes | None) -> None:
        """Let somebody's badge and all doors show this picture, or none."""
        ticket = held.ticket
        kept = self._background.ask(lambda: self._app.badges.put_photo(ticket.event, ticket.key, image).result())

        def done(_: object) -> None:
            self._say(tr("Photo is kept") if image else tr("The photo is gone"))
            self.photographed.emit()

        self._courier.bring(kept, to=self, done=done, failed=self._failed)


def printed(held: Attendee) -> Printout | None:
    """The last badge that came out for a ticket, anywhere."""
    badges = [one for one in held.printed if one.what == "badge"]
    return badges[-1] if badges else None
