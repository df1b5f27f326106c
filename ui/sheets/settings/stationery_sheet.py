"""The sheet on which an organiser writes what stands on receipts, tickets and reports, beside the paper itself.

The picture at the right is made by what makes paper, of what is typed and not kept yet; so what is seen here is
what comes out. Texts are written once for each language in which papers are given out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from boxoffice import bootstrap
from boxoffice.bootstrap import App
from boxoffice.domain.catalog import Catalog, Event
from boxoffice.domain.words import Localised, rewritten
from boxoffice.errors import Trouble
from boxoffice.services import designs, papers
from boxoffice.storage import settings
from boxoffice.storage.settings import Stationery
from printers.phrases import LANGUAGES
from printers.rendering import SOMEWHERE
from ui import theme
from ui.background import Background
from ui.courier import Courier
from ui.language import clock, language, name_of, tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog, ask_for_picture

_PAUSE = 250
"""Milliseconds without a key after which the paper is drawn anew."""
_WIDTH, _HEIGHT = 1080, 720
"""Pixels. The sheet fits a screen of 1366 × 768."""
_LINES_HEIGHT = 70
_PAPER_WIDTH = 440
_BESIDE = 860
"""Below this width the paper stands below the form."""
_LEAST = 220
"""Pixels of each that are seen at once."""


class StationerySheet(Dialog):
    """Who gives the papers out, a logo, lines above and below, and lines on the tickets of one kind."""

    kept = Signal()

    def __init__(
        self,
        app: App,
        courier: Courier,
        background: Background,
        failed: Callable[[Trouble], object],
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Receipts and tickets"), parent)
        self.setObjectName("stationery_sheet")
        self.widen(_WIDTH, min(_HEIGHT, parent.window().height() - 40))
        self._app = app
        self._courier = courier
        self._background = background
        self._failed = failed
        self._renderer = bootstrap.renderer(app)
        self._catalogs = {event: app.catalog(event) for event in app.events()}
        self._chosen = Stationery()
        self._drawing = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self._draw)
        self._columns = columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(self._form(), 1)
        columns.addLayout(self._paper())
        self.add_rows(columns)
        self._foot()
        self._open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where both do not stand beside each other the paper comes below."""
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    # Building

    def _form(self) -> QWidget:
        form = QWidget()
        form.setProperty("role", "page")
        self._fields = QFormLayout(form)
        self._fields.setContentsMargins(0, 0, 12, 0)
        self._fields.setVerticalSpacing(10)
        self._fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.events = self._choice(tr("For"), self._open)
        self.events.addItem(tr("all events"), "")
        for event, catalog in self._catalogs.items():
            self.events.addItem(name_of(catalog.event.name) or event, event)
        self._own = QLabel()
        self._own.setWordWrap(True)
        self._own.setProperty("role", "muted")
        self._fields.addRow("", self._own)
        self.organiser = self._line(tr("Organiser"), "organiser")
        self.address = self._text(tr("Postal address"), lambda lines: self._change(address=lines))
        self.tax_id = self._line(tr("Tax number"), "tax_id")
        self._fields.addRow(tr("Logo"), self._logo())
        self.languages = self._choice(tr("Lines in"), self._show)
        for code, name in LANGUAGES.items():
            self.languages.addItem(name, code)
        self.languages.setCurrentIndex(max(0, self.languages.findData(language())))
        self.header = self._text(tr("Above everything"), lambda lines: self._rewrite("header", lines))
        self.footer = self._text(tr("Below everything"), lambda lines: self._rewrite("footer", lines))
        self.items = self._choice(tr("Only on tickets of"), self._show)
        self.ticket = self._text(tr("Lines on them"), self._on_ticket)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumHeight(_LEAST)
        scroll.setWidget(form)
        return scroll

    def _choice(self, name: str, chosen: Callable[[], object]) -> Choice:
        box = Choice(name)
        box.activated.connect(lambda _: chosen())
        self._fields.addRow(name, box)
        return box

    def _line(self, name: str, field: str) -> QLineEdit:
        line = QLineEdit()
        line.setMinimumHeight(theme.TOUCH)
        line.setAccessibleName(name)
        line.textEdited.connect(lambda text: self._change(**{field: text.strip()}))
        self._fields.addRow(name, line)
        return line

    def _text(self, name: str, changed: Callable[[tuple[str, ...]], object]) -> QPlainTextEdit:
        box = QPlainTextEdit()
        box.setAccessibleName(name)
        box.setTabChangesFocus(True)
        box.setFixedHeight(_LINES_HEIGHT)
        box.textChanged.connect(lambda: changed(tuple(line.strip() for line in box.toPlainText().split("\n"))))
        self._fields.addRow(name, box)
        return box

    def _logo(self) -> QHBoxLayout:
        row = QHBoxLayout()
        choose = Button(tr("Choose a picture…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._ask_for_logo)
        self.no_logo = Button(tr("None"), weight=Weight.QUIET)
        self.no_logo.setAutoDefault(False)
        self.no_logo.clicked.connect(lambda: self._change(logo=""))
        row.addWidget(choose, 1)
        row.addWidget(self.no_logo)
        return row

    def _paper(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        self.kinds = Choice(tr("Shown"))
        self.kinds.addItems([tr("Receipt"), tr("Ticket")])
        self.kinds.activated.connect(lambda _: self._draw())
        rows.addWidget(self.kinds)
        self.picture = QLabel(tr("One moment…"))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.picture.setAccessibleName(tr("Preview"))
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Preview"))
        scroll.setWidgetResizable(True)
        scroll.setMinimumSize(_PAPER_WIDTH, _LEAST)
        scroll.setWidget(self.picture)
        rows.addWidget(scroll, 1)
        return rows

    def _foot(self) -> None:
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self._as_all = Button(tr("As all events have it"), weight=Weight.QUIET)
        self._as_all.clicked.connect(lambda: self._put(None))
        keep = Button(tr("Keep"), weight=Weight.PRIMARY)
        keep.clicked.connect(lambda: self._put(self._chosen))
        self.add_buttons(self._as_all, cancel, keep)

    # What is chosen

    @property
    def _event(self) -> str:
        return str(self.events.currentData() or "")

    @property
    def _language(self) -> str:
        return str(self.languages.currentData())

    def _open(self) -> None:
        """Show what an event has, or what every one has."""
        event = self._event
        own = self._app.read(lambda c: settings.own_stationery(c, event))
        self._chosen = self._app.read(lambda c: settings.stationery(c, event))
        as_all = tr("It has nothing of its own: this is what all events have.") if event and own is None else ""
        said = "\n".join(filter(None, (as_all, self._origin(event if own is not None else ""))))
        self._own.setText(said)
        self._own.setVisible(bool(said))
        self._as_all.setVisible(bool(event) and own is not None)
        self.items.clear()
        for item in self._catalogs[event].items.values() if event else ():
            if item.admission:
                self.items.addItem(name_of(item.name) or f"#{item.id}", str(item.id))
        for field in (self.items, self.ticket):
            self._fields.setRowVisible(field, self.items.count() > 0)
        self._show()

    def _origin(self, event: str) -> str:
        origin = self._app.read(lambda c: designs.origin_of_papers(c, event))
        if origin is None:
            return ""
        return tr("From {station}, {when}; all stations have it.", station=origin.device, when=clock(origin.at))

    def _show(self) -> None:
        """Fill the fields with what is chosen, in the language that is looked at."""
        self.organiser.setText(self._chosen.organiser)
        self.tax_id.setText(self._chosen.tax_id)
        self._fill(self.address, self._chosen.address)
        self._fill(self.header, self._said(self._chosen.header))
        self._fill(self.footer, self._said(self._chosen.footer))
        self._fill(self.ticket, self._said(self._chosen.tickets.get(self._item, ())))
        self._draw()

    @property
    def _item(self) -> str:
        return str(self.items.currentData() or "")

    def _said(self, lines: Sequence[Localised]) -> tuple[str, ...]:
        return tuple(line.get(self._language, "") for line in lines)

    @staticmethod
    def _fill(box: QPlainTextEdit, lines: Sequence[str]) -> None:
        with QSignalBlocker(box):
            box.setPlainText("\n".join(lines))

    def _rewrite(self, field: str, lines: Sequence[str]) -> None:
        self._change(**{field: rewritten(getattr(self._chosen, field), self._language, lines)})

    def _on_ticket(self, lines: Sequence[str]) -> None:
        texts = rewritten(self._chosen.tickets.get(self._item, ()), self._language, lines)
        others = {item: held for item, held in self._chosen.tickets.items() if item != self._item}
        self._change(tickets={**others, self._item: texts} if texts else others)

    def _change(self, **changes: Any) -> None:
        self._chosen = msgspec.structs.replace(self._chosen, **changes)
        self._later.start()

    def _ask_for_logo(self) -> None:
        if file := ask_for_picture(self.window()):
            self.take_logo(file)

    def take_logo(self, file: Path) -> None:
        """Let papers show the picture in a file."""
        added = self._background.ask(lambda: self._app.badges.add_picture(file).result())
        self._courier.bring(added, to=self, done=lambda digest: self._change(logo=digest), failed=self._failed)

    # The paper

    def _draw(self) -> None:
        """Draw what is chosen now; while a picture is on its way, the next one waits for it."""
        self.no_logo.setEnabled(bool(self._chosen.logo))
        if self._drawing:
            self._later.start()
            return
        self._drawing = True
        drawn = self._background.ask(partial(self._drawn, self._chosen, self._catalog(), self.kinds.currentIndex()))
        self._courier.bring(drawn, to=self, done=self._on_drawn, failed=self._on_trouble)

    def _catalog(self) -> Catalog:
        event = self._event or next(iter(self._catalogs), "")
        return self._catalogs[event] if event else Catalog(event=Event(slug=""))

    def _drawn(self, chosen: Stationery, catalog: Catalog, kind: int) -> bytes:
        document = papers.specimens(catalog, chosen, self._language, datetime.now(UTC))[kind]
        printers = self._app.paper.setup.printers
        return self._renderer.picture_of(document, printers[0] if printers else SOMEWHERE)

    def _on_drawn(self, png: bytes) -> None:
        self._drawing = False
        paper = QPixmap()
        paper.loadFromData(png)
        smooth = Qt.TransformationMode.SmoothTransformation
        self.picture.setPixmap(paper.scaledToWidth(min(paper.width(), _PAPER_WIDTH - 24), smooth))

    def _on_trouble(self, trouble: Trouble) -> None:
        self._drawing = False
        self._failed(trouble)

    def _put(self, chosen: Stationery | None) -> None:
        event = self._event
        now = datetime.now(UTC)
        put = self._app.write(lambda c: designs.put_papers(c, event, chosen, now))
        self._courier.bring(put, to=self, done=lambda _: self._on_put(), failed=self._failed)

    def _on_put(self) -> None:
        self.accept()
        self.kept.emit()
