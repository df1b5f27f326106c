"""Whom a badge is tried on: somebody who is really coming, searched, stepped to, or the one with the longest name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.documents import Badge
from boxoffice.errors import BadInput, Trouble
from boxoffice.services.badges import STANDARD
from boxoffice.services.lookup import Hit
from ui.background import Background
from ui.courier import Courier
from ui.language import apart, tr
from ui.widgets.buttons import Button
from ui.widgets.choice import Choice
from ui.widgets.fit_label import FitLabel
from ui.widgets.search_box import SearchBox

RESOLUTIONS = (203, 300)
"""Dots an inch that printers of badges have."""


class Trial(QWidget):
    """A name under the badge, and what brings another one there."""

    changed = Signal()
    """Somebody else is tried, or another printer's fineness."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        background: Background,
        failed: Callable[[Trouble], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._badges = app.badges
        self._courier = courier
        self._background = background
        self._failed = failed
        self._who: tuple[str, str] | None = None
        self.badge = SAMPLE
        """What somebody wears; a made-up name until somebody is known."""
        self.search = SearchBox(app.lookup.search)
        self.search.setPlaceholderText(tr("Try it on…"))
        self.search.chosen.connect(self._on_hit)
        self.who = FitLabel(least=11, lines=2)
        self.who.setProperty("role", "muted")
        self.fineness = Choice(tr("Fineness of the printer"))
        for dpi in RESOLUTIONS:
            self.fineness.addItem(f"{dpi} dpi", dpi)
        self.fineness.activated.connect(lambda _: self.changed.emit())
        longest = Button(tr("Longest name"))
        longest.clicked.connect(self._try_longest)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.search, 1)
        for sign, word, step in (("‹", tr("The one before"), -1), ("›", tr("The next one"), 1)):
            button = Button(sign)
            button.setAccessibleName(word)
            button.setToolTip(word)
            button.clicked.connect(lambda _=False, step=step: self.step(step))
            line.addWidget(button)
        line.addWidget(longest)
        line.addWidget(self.fineness)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.who)
        column.addLayout(line)

    @property
    def slug(self) -> str:
        """The event whose people it is tried on; empty if none is known."""
        if self._who is not None:
            return self._who[0]
        lists, events = self._app.door.lists, self._app.events()
        return lists[0][0] if lists else events[0] if events else ""

    @property
    def dpi(self) -> int:
        """The fineness of the printer it is drawn for."""
        return int(self.fineness.currentData())

    def begin(self) -> None:
        """Try it on the first there is, unless somebody was chosen."""
        if self._who is None:
            self.step(1)

    def step(self, step: int) -> None:
        """Try it on the one before (-1) or the next one (1)."""
        event, ticket = self._who or (self.slug, "")
        self._try(event, self._badges.neighbour(event, ticket, step) if event else "")

    def _on_hit(self, hit: Hit) -> None:
        self._try(hit.event, hit.ticket)

    def _try_longest(self) -> None:
        event = self.slug
        found = self._background.ask(lambda: self._badges.longest_name(event))
        self._courier.bring(found, to=self, done=lambda ticket: self._try(event, ticket), failed=self._failed)

    def _try(self, event: str, ticket: str) -> None:
        if not ticket:
            self.who.setText(tr("Nobody is known yet: this is a made-up name."))
            return
        try:
            self.badge = self._badges.badge_for(event, ticket)
        except BadInput as trouble:
            self._failed(trouble)
            return
        self._who = (event, ticket)
        name = self.badge.fields.get("name") or tr("No name")
        self.who.setText(apart(name, self.badge.fields.get("item", ""), ticket))
        self.changed.emit()


SAMPLE = Badge(
    at=datetime(2026, 1, 1, tzinfo=UTC),
    ticket="A7B9C-1",
    template=STANDARD,
    fields={
        "name": "Grace Hopper",
        "given_name": "Grace",
        "family_name": "Hopper",
        "company": "Nanoseconds & Co.",
        "item": "VIP",
        "event": "Conference",
        "order": "A7B9C",
        "ticket": "A7B9C-1",
        "secret": "sample-sample-sample-sample",
    },
)
