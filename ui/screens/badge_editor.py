"""The drawing board for badges: what stands where at the left and right, and in the middle the badge itself.

The picture in the middle is drawn on another thread by what draws badges for printers, of somebody who is really
coming; so what is seen here is what will be worn. Nothing is printed differently before it is saved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from boxoffice.bootstrap import App
from boxoffice.domain.badge_checks import faults
from boxoffice.domain.badge_designs import standard
from boxoffice.domain.badge_layouts import Taken, taken_over
from boxoffice.domain.badges import QUESTION, Box, Element, Image, Square, Template, Words
from boxoffice.domain.catalog import BadgeLayout
from boxoffice.domain.documents import Badge
from boxoffice.errors import BadInput, Trouble
from boxoffice.services.badges import STANDARD
from boxoffice.services.lookup import Hit
from boxoffice.storage.badges import Kept
from ui import theme
from ui.background import Background
from ui.badge_draft import Draft, Spot, spot_of
from ui.courier import Courier
from ui.language import name_of, tell, tr
from ui.shapes import Shape
from ui.widgets.badge_canvas import BadgeCanvas
from ui.widgets.badge_form import BadgeForm, kind_of
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog
from ui.widgets.search_box import SearchBox

RESOLUTIONS = (203, 300)
_SMALLEST = (960, 500)
"""Where there is less room than this, the board scrolls."""


class _Drawn(NamedTuple):
    """A picture as it came from the other thread, or why there is none."""

    picture: QImage | None
    trouble: str = ""


class BadgeEditor(QScrollArea):
    """Templates are chosen, drawn, tried on attendees, saved, and given to items."""

    opened = Signal(object)
    """Another `Draft` is worked on."""
    saved = Signal(str)
    """The name of a template that was kept."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        background: Background,
        failed: Callable[[Any], object],
        draft: Draft | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Badges"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._app = app
        self._badges = app.badges
        self._courier = courier
        self._background = background
        self._failed = failed
        self._dpi = RESOLUTIONS[0]
        self._badge: Badge | None = None
        self._who: tuple[str, str] | None = None
        self._drawing = False
        self._stale = False
        self.draft = Draft(STANDARD)
        self._build()
        if draft is None:
            self._open_first()
        else:
            self._open(draft)

    # What is where

    def _build(self) -> None:
        board = QWidget()
        board.setProperty("role", "page")
        board.setMinimumSize(*_SMALLEST)
        rows = QVBoxLayout(board)
        rows.setContentsMargins(20, 12, 20, 14)
        rows.setSpacing(10)
        rows.addLayout(self._head())
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self._left())
        columns.addLayout(self._middle(), 1)
        columns.addWidget(self._right())
        rows.addLayout(columns, 1)
        self.setWidget(board)
        for keys, act in (
            (QKeySequence.StandardKey.Undo, self._undo),
            (QKeySequence("Ctrl+Y"), self._redo),
            (QKeySequence("Ctrl+Shift+Z"), self._redo),
            (QKeySequence.StandardKey.Save, self.save),
            (QKeySequence("Ctrl+D"), self._duplicate),
        ):
            QShortcut(keys, self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _head(self) -> QHBoxLayout:
        title = QLabel(tr("Badges"))
        title.setProperty("role", "title")
        self.templates = Choice(tr("Template"))
        self.templates.setMinimumWidth(240)
        self.templates.activated.connect(lambda at: self._on_template(self.templates.itemData(at)))
        self.more = Button(tr("More…"))
        self.more.setMenu(self._menu())
        self.undo = Button(tr("Undo"), key="Ctrl+Z", shape=Shape.UNDO)
        self.undo.clicked.connect(self._undo)
        self.redo = Button(tr("Redo"), key="Ctrl+Y")
        self.redo.clicked.connect(self._redo)
        self.keep = Button(tr("Save"), weight=Weight.PRIMARY, key="Ctrl+S")
        self.keep.clicked.connect(self.save)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(title)
        head.addSpacing(8)
        head.addWidget(self.templates, 1)
        head.addWidget(self.more)
        head.addStretch(1)
        for button in (self.undo, self.redo, self.keep):
            head.addWidget(button)
        return head

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(tr("New badge"), self._new)
        menu.addAction(tr("Copy of this one"), self._copy)
        menu.addAction(tr("Delete…"), self._ask_to_delete)
        menu.addSeparator()
        menu.addAction(tr("Import a file…"), self._ask_for_file)
        menu.addAction(tr("Export…"), self._ask_where_to)
        self.layouts = menu.addMenu(tr("From the server"))
        self.layouts.aboutToShow.connect(self._list_layouts)
        return menu

    def _left(self) -> QWidget:
        self.elements = QListWidget()
        self.elements.setObjectName("badge_elements")
        self.elements.setAccessibleName(tr("What stands on the badge"))
        self.elements.setFont(theme.font(theme.TEXT))
        self.elements.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.elements.setUniformItemSizes(True)
        self.elements.currentRowChanged.connect(self._on_row)
        self.add = Button(tr("Add…"), weight=Weight.PLAIN)
        menu = QMenu(self)
        for kind, word in (
            ("text", tr("Text")),
            ("code", tr("Code")),
            ("picture", tr("Picture")),
            ("box", tr("Frame or line")),
        ):
            menu.addAction(word, partial(self._add, kind))
        self.add.setMenu(menu)
        self._acts: list[Button] = []
        row = QHBoxLayout()
        row.setSpacing(6)
        for sign, word, act in (
            ("↑", tr("Draw earlier"), partial(self._lift, -1)),
            ("↓", tr("Draw later"), partial(self._lift, 1)),
            ("✕", tr("Remove"), self._remove),
        ):
            button = Button(sign)
            button.setAccessibleName(word)
            button.setToolTip(word)
            button.clicked.connect(lambda _=False, act=act: act())
            self._acts.append(button)
        self.twice = Button(tr("Duplicate"))
        self.twice.setToolTip("Ctrl+D")
        self.twice.clicked.connect(self._duplicate)
        row.addWidget(self.twice, 1)
        for button in self._acts:
            row.addWidget(button)
        self._acts.append(self.twice)
        held = QWidget()
        held.setFixedWidth(280)
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.elements, 1)
        column.addWidget(self.add)
        column.addLayout(row)
        return held

    def _middle(self) -> QVBoxLayout:
        self.canvas = BadgeCanvas()
        self.canvas.chosen.connect(self._choose)
        self.canvas.moved.connect(self._on_moved)
        self.canvas.released.connect(self._on_released)
        self.canvas.removed.connect(self._remove)
        self.search = SearchBox(self._app.search)
        self.search.setPlaceholderText(tr("Try it on…"))
        self.search.chosen.connect(self._on_hit)
        self.who = QLabel()
        self.who.setProperty("role", "muted")
        self.who.setTextFormat(Qt.TextFormat.PlainText)
        back, forth = Button("‹"), Button("›")
        for button, word, step in ((back, tr("The one before"), -1), (forth, tr("The next one"), 1)):
            button.setAccessibleName(word)
            button.setToolTip(word)
            button.clicked.connect(lambda _=False, step=step: self._step(step))
        longest = Button(tr("Longest name"))
        longest.clicked.connect(self._try_longest)
        self.fineness = Choice(tr("Fineness of the printer"))
        for dpi in RESOLUTIONS:
            self.fineness.addItem(f"{dpi} dpi", dpi)
        self.fineness.activated.connect(lambda at: self._set_dpi(self.fineness.itemData(at)))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.search, 1)
        for widget in (back, forth, longest, self.fineness):
            line.addWidget(widget)
        self.complaint = QLabel()
        self.complaint.setWordWrap(True)
        self.complaint.setProperty("role", "bad")
        self.complaint.hide()
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.complaint)
        column.addWidget(self.who)
        column.addLayout(line)
        return column

    def _right(self) -> QWidget:
        self.form = BadgeForm()
        self.form.edited.connect(self._on_edited)
        self.form.resized.connect(self._on_resized)
        self.form.picture_wanted.connect(self._ask_for_picture)
        self.form.used.connect(self._on_used)
        return self.form

    # Coming and going

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._who is None:
            self._step(1)

    def _open_first(self) -> None:
        kept = self._badges.templates()
        self._open(Draft(kept[0].template, kept[0].id) if kept else Draft(STANDARD))

    def _open(self, draft: Draft) -> None:
        self.draft = draft
        event = self._event()
        questions = self._app.catalog(event).questions.values() if event else ()
        self.form.know_questions({f"{QUESTION}{one.identifier or one.id}": name_of(one.question) for one in questions})
        self._list_templates()
        self._show()
        self.opened.emit(draft)

    def _event(self) -> str:
        if self._who is not None:
            return self._who[0]
        lists, events = self._app.door.lists, self._app.events()
        return lists[0][0] if lists else events[0] if events else ""

    def _list_templates(self) -> None:
        self.templates.clear()
        kept = self._badges.templates()
        if not self.draft.template_id:
            self.templates.addItem(tr("{name} (new)", name=self.draft.template.name), "")
        for one in kept:
            self.templates.addItem(one.template.name, one.id)
        self.templates.setCurrentIndex(max(0, self.templates.findData(self.draft.template_id)))

    def _on_template(self, template_id: str) -> None:
        if template_id == self.draft.template_id:
            return

        def open_it() -> None:
            kept = {one.id: one.template for one in self._badges.templates()}
            self._open(Draft(kept[template_id], template_id) if template_id in kept else Draft(STANDARD))

        self._unless_dirty(open_it)
        self.templates.setCurrentIndex(max(0, self.templates.findData(self.draft.template_id)))

    def _unless_dirty(self, go_on: Callable[[], object]) -> None:
        """Ask before changes are lost. A badge that was only looked at is none."""
        if not self.draft.is_dirty or not self.draft.may_undo:
            go_on()
            return
        about = tr("{name} was changed and not saved.", name=self.draft.template.name)
        self._ask(tr("Drop the changes?"), about, tr("Go on here"), tr("Drop them"), go_on)

    def _ask(self, heading: str, about: str, stay: str, go: str, act: Callable[[], object]) -> None:
        dialog = Dialog(heading, self.window())
        dialog.setObjectName("badge_dialog")
        dialog.say(about)
        back, on = Button(stay, key="Esc"), Button(go, weight=Weight.PRIMARY)
        back.clicked.connect(dialog.reject)
        on.clicked.connect(dialog.accept)
        dialog.accepted.connect(act)
        dialog.add_buttons(back, on)
        dialog.open()

    # Showing

    def _show(self) -> None:
        """Show the draft as it is now."""
        draft, template = self.draft, self.draft.template
        hollow = frozenset(
            index for index, one in enumerate(template.elements) if isinstance(one, Box) and not one.filled
        )
        spots = [spot_of(one) for one in template.elements]
        self.canvas.show_badge((template.width, template.height), spots, hollow, draft.chosen)
        self._show_rows()
        element = draft.element
        if element is None or draft.chosen is None:
            self.form.show_template(template, self._items())
        else:
            self.form.show_element(draft.chosen, element)
        self.undo.setEnabled(draft.may_undo)
        self.redo.setEnabled(draft.may_redo)
        for button in self._acts:
            button.setEnabled(element is not None)
        found = faults(template)
        self._complain(tell(found[0]) if found else "")
        self.keep.setEnabled(draft.is_dirty and not found)
        self._draw()

    def _show_rows(self) -> None:
        wanted = [tr("The badge"), *(self._row(one) for one in self.draft.template.elements)]
        self.elements.blockSignals(True)
        if [self.elements.item(at).text() for at in range(self.elements.count())] != wanted:
            self.elements.clear()
            self.elements.addItems(wanted)
        self.elements.setCurrentRow(0 if self.draft.chosen is None else self.draft.chosen + 1)
        self.elements.blockSignals(False)

    def _row(self, element: Element) -> str:
        says = element.text.replace("\n", " ") if isinstance(element, Words | Square) else ""
        return f"{kind_of(element)}  {says}".strip()

    def _complain(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))

    def _items(self) -> list[tuple[int, str, bool, str]]:
        """What this badge can be printed for: number, name, whether it is, and which other badge is."""
        event = self._event()
        if not event or not self.draft.template_id:
            return []
        catalog = self._app.catalog(event)
        names = {one.id: one.template.name for one in self._badges.templates()}
        chosen = self._badges.choices(event)
        items = sorted((one for one in catalog.items.values() if one.admission), key=lambda one: (one.position, one.id))
        rows = [(0, tr("all of {event}", event=name_of(catalog.event.name) or event))]
        rows += [(one.id, name_of(one.name)) for one in items]
        mine = self.draft.template_id
        return [
            (
                number,
                name,
                chosen.get(number) == mine,
                names.get(chosen[number], "") if chosen.get(number, mine) != mine else "",
            )
            for number, name in rows
        ]

    def _on_used(self, item: int, on: bool) -> None:
        # Waited for: the rows are made of it. It takes a millisecond.
        self._badges.choose(self._event(), item, self.draft.template_id if on else None).result()
        self._show()

    # The picture

    def _draw(self) -> None:
        """Have the badge drawn; while one is being drawn, the next waits, and only the last of those that wait."""
        if self._drawing:
            self._stale = True
            return
        badge = self._somebody()
        if any(not 20 <= side <= 300 for side in (badge.template.width, badge.template.height)):
            return
        self._drawing, self._stale = True, False
        pictures = self._badges.pictures_of(badge)
        future = self._background.ask(partial(_drawn, badge, self._dpi, pictures))
        self._courier.bring(future, to=self, done=self._on_drawn, failed=self._failed)

    def _on_drawn(self, drawn: _Drawn) -> None:
        self._drawing = False
        if drawn.picture is not None:
            self.canvas.show_picture(drawn.picture)
        if drawn.trouble and not self.complaint.text():
            self._complain(drawn.trouble)
        if self._stale:
            self._draw()

    def _somebody(self) -> Badge:
        if self._badge is None:
            return msgspec.structs.replace(_SAMPLE, template=self.draft.template)
        return msgspec.structs.replace(self._badge, template=self.draft.template)

    def _set_dpi(self, dpi: int) -> None:
        self._dpi = dpi
        self._draw()

    # Whom it is tried on

    def _try(self, event: str, ticket: str) -> None:
        if not ticket:
            self.who.setText(tr("Nobody is known yet: this is a made-up name."))
            return
        try:
            self._badge = self._badges.badge_for(event, ticket)
        except BadInput as trouble:
            self._failed(trouble)
            return
        self._who = (event, ticket)
        name = self._badge.fields.get("name") or tr("No name")
        self.who.setText(" · ".join(part for part in (name, self._badge.fields.get("item", ""), ticket) if part))
        self._show()

    def _on_hit(self, hit: Hit) -> None:
        self._try(hit.event, hit.ticket)

    def _step(self, step: int) -> None:
        event, ticket = self._who or (self._event(), "")
        self._try(event, self._badges.neighbour(event, ticket, step) if event else "")

    def _try_longest(self) -> None:
        event = self._event()
        found = self._background.ask(lambda: self._badges.longest_name(event))
        self._courier.bring(found, to=self, done=lambda ticket: self._try(event, ticket), failed=self._failed)

    # Hands on it

    def _choose(self, index: int | None) -> None:
        self.draft.choose(index)
        self._show()

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self._choose(row - 1 if row else None)

    def _on_moved(self, spot: Spot, act: str) -> None:
        self.draft.put(spot, act)
        self._show()

    def _on_released(self) -> None:
        self.draft.rest()

    def _on_edited(self, changes: dict[str, Any], act: str) -> None:
        self.draft.set(f"{act} of {self.draft.chosen}" if act else "", **changes)
        self._show()

    def _on_resized(self, width: float, height: float) -> None:
        self.draft.resize(round(width, 2), round(height, 2), "size")
        self._show()

    def _undo(self) -> None:
        self.draft.undo()
        self._show()

    def _redo(self) -> None:
        self.draft.redo()
        self._show()

    def _remove(self) -> None:
        self.draft.remove()
        self._show()

    def _duplicate(self) -> None:
        self.draft.duplicate()
        self._show()

    def _lift(self, by: int) -> None:
        self.draft.lift(by)
        self._show()

    def _add(self, kind: str) -> None:
        self.draft.add(_new(kind, self.draft.template))
        self._show()
        if kind == "picture":
            self._ask_for_picture()

    # Keeping

    def save(self) -> None:
        """Keep the badge; from now on it is printed so."""
        if not self.keep.isEnabled():
            return
        kept = self._badges.keep(self.draft.template, self.draft.template_id)
        self._courier.bring(kept, to=self, done=self._on_kept, failed=self._failed)

    def _on_kept(self, kept: Kept) -> None:
        self.draft.keep(kept.id)
        self._list_templates()
        self._show()
        self.saved.emit(kept.template.name)

    def _new(self) -> None:
        self._unless_dirty(lambda: self._open(Draft(standard(tr("New badge"), 62, 100))))

    def _copy(self) -> None:
        name = tr("Copy of {name}", name=self.draft.template.name)
        copied = msgspec.structs.replace(self.draft.template, name=name)
        self._unless_dirty(lambda: self._open(Draft(copied)))

    def _ask_to_delete(self) -> None:
        if not self.draft.template_id:
            self._open_first()
            return
        about = tr("What has {name} now gets the next one.", name=self.draft.template.name)
        self._ask(tr("Delete this badge?"), about, tr("Keep it"), tr("Delete"), self._delete)

    def _delete(self) -> None:
        dropped = self._badges.drop(self.draft.template_id)
        self._courier.bring(dropped, to=self, done=lambda _: self._open_first(), failed=self._failed)

    # Files

    def _ask_for_picture(self) -> None:
        file, _ = QFileDialog.getOpenFileName(
            self.window(), tr("Choose a picture…"), "", tr("Pictures") + " (*.png *.jpg *.jpeg)"
        )
        if file:
            self.take_picture(Path(file))

    def take_picture(self, file: Path) -> None:
        """Let the chosen element show the picture in a file."""
        added = self._background.ask(lambda: self._badges.add_picture(file).result())
        self._courier.bring(
            added, to=self, done=lambda digest: self._on_edited({"picture": digest}, ""), failed=self._failed
        )

    def _ask_for_file(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self.window(), tr("Import a file…"), "", "JSON (*.json)")
        if file:
            self._unless_dirty(lambda: self.take_in(Path(file)))

    def take_in(self, file: Path) -> None:
        """Keep the badge in a file, and open it."""
        taken = self._background.ask(lambda: self._badges.take_in(_content(file)).result())
        self._courier.bring(
            taken, to=self, done=lambda kept: self._open(Draft(kept.template, kept.id)), failed=self._failed
        )

    def _ask_where_to(self) -> None:
        name = f"{self.draft.template.name}.json"
        file, _ = QFileDialog.getSaveFileName(self.window(), tr("Export…"), name, "JSON (*.json)")
        if file:
            self.export(Path(file))

    def export(self, file: Path) -> None:
        """Write the badge into a file, as it is on the board."""
        try:
            file.write_bytes(self._badges.export(self.draft.template))
        except OSError as error:
            self._failed(Trouble(tr("The file was not written"), f"{error.strerror}.", tr("Choose another place.")))

    # Layouts of the server

    def _list_layouts(self) -> None:
        self.layouts.clear()
        event = self._event()
        found = self._app.catalog(event).badge_layouts.values() if event else ()
        for layout in sorted(found, key=lambda one: one.name.casefold()):
            self.layouts.addAction(layout.name or f"#{layout.id}", partial(self.take_layout, layout))
        if not found:
            self.layouts.addAction(tr("It has none")).setEnabled(False)

    def take_layout(self, layout: BadgeLayout) -> None:
        """Open a layout of the server as a new badge, and say what could not be taken over."""

        def take() -> None:
            taken = taken_over(layout)
            self._open(Draft(taken.template))
            if taken.lost:
                self._tell_losses(taken)

        self._unless_dirty(take)

    def _tell_losses(self, taken: Taken) -> None:
        dialog = Dialog(tr("Not everything could be taken over"), self.window())
        dialog.setObjectName("losses_dialog")
        for sentence in taken.lost[:_LOSSES]:
            dialog.say("• " + tell(sentence))
        if len(taken.lost) > _LOSSES:
            dialog.say(tr("and {n} more", n=len(taken.lost) - _LOSSES))
        understood = Button(tr("Understood"), weight=Weight.PRIMARY)
        understood.clicked.connect(dialog.accept)
        dialog.add_buttons(understood)
        dialog.open()


_LOSSES = 8


def _drawn(badge: Badge, dpi: int, pictures: Any) -> _Drawn:
    """The badge as a picture, on whatever thread; a badge that cannot be drawn says why."""
    from printers.badge import draw

    try:
        picture = draw(badge, dpi, pictures, turned=False).convert("L")
    except BadInput as trouble:
        return _Drawn(None, str(trouble))
    shown = QImage(picture.tobytes(), picture.width, picture.height, picture.width, QImage.Format.Format_Grayscale8)
    return _Drawn(shown.copy())


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput("The file cannot be read", f"{file.name}: {error.strerror}.", "Choose another file.") from error


def _new(kind: str, template: Template) -> Element:
    """An element to begin with, in the middle of the badge."""
    side = min(25.0, template.width / 2, template.height / 2)
    width, height = (
        (side, side) if kind in ("code", "picture") else (template.width - 8, min(12.0, template.height / 4))
    )
    x, y = round((template.width - width) / 2, 1), round((template.height - height) / 2, 1)
    match kind:
        case "text":
            return Words(x=x, y=y, width=width, height=height, text="{name}", size=18, smallest=8)
        case "code":
            return Square(x=x, y=y, width=width, height=height)
        case "picture":
            return Image(x=x, y=y, width=width, height=height)
        case _:
            return Box(x=x, y=y, width=width, height=height)


_SAMPLE = Badge(
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
