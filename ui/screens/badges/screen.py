"""The drawing board for badges: what stands where at the left and right, and in the middle the badge itself.

The picture in the middle is drawn on another thread by what draws badges for printers, of somebody who is really
coming; so what is seen here is what will be worn. Nothing is printed differently before it is saved.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from boxoffice.bootstrap import App
from boxoffice.domain.badge_checks import faults
from boxoffice.domain.badge_designs import standard
from boxoffice.domain.badge_layouts import taken_over
from boxoffice.domain.badges import QUESTION, Box
from boxoffice.domain.catalog import BadgeLayout
from boxoffice.domain.documents import Badge
from boxoffice.errors import Trouble
from boxoffice.services.badges import STANDARD
from boxoffice.storage.badges import Kept
from ui.background import Background
from ui.courier import Courier
from ui.language import name_of, tell, tr
from ui.widgets.badge_canvas import BadgeCanvas
from ui.widgets.badge_form import BadgeForm
from ui.widgets.dialogs import ask_before, ask_for_picture

from . import files
from .badge_draft import Draft, Spot, spot_of
from .drawing import Drawing, Drawn
from .elements import ElementList, new_element
from .head import Head
from .trial import Trial
from .uses import uses

_SMALLEST = (960, 500)
"""Where there is less room than this, the board scrolls."""


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
        self._drawing = Drawing(app.badges, courier, background, failed, self)
        self._drawing.drawn.connect(self._on_drawn)
        self.draft = Draft(STANDARD)
        self._build()
        if draft is None:
            self._open_first()
        else:
            self._open(draft)

    # What is where

    def _build(self) -> None:
        board = QWidget(self.viewport())
        board.setProperty("role", "page")
        board.setMinimumSize(*_SMALLEST)
        rows = QVBoxLayout(board)
        rows.setContentsMargins(20, 12, 20, 14)
        rows.setSpacing(10)
        rows.addWidget(self._head())
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

    def _head(self) -> QWidget:
        head = Head()
        self.templates, self.more, self.layouts = head.templates, head.more, head.layouts
        self.undo, self.redo, self.keep = head.undo, head.redo, head.keep
        head.chosen.connect(self._on_template)
        head.new_wanted.connect(self._new)
        head.copy_wanted.connect(self._copy)
        head.deleting_wanted.connect(self._ask_to_delete)
        head.file_wanted.connect(self._ask_for_file)
        head.export_wanted.connect(self._ask_where_to)
        head.layouts.aboutToShow.connect(self._list_layouts)
        head.undo.clicked.connect(self._undo)
        head.redo.clicked.connect(self._redo)
        head.keep.clicked.connect(self.save)
        return head

    def _left(self) -> QWidget:
        self.elements = ElementList()
        self.elements.chosen.connect(self._choose)
        self.elements.added.connect(self._add)
        self.elements.lifted.connect(self._lift)
        self.elements.doubled.connect(self._duplicate)
        self.elements.removed.connect(self._remove)
        return self.elements

    def _middle(self) -> QVBoxLayout:
        self.canvas = BadgeCanvas()
        self.canvas.chosen.connect(self._choose)
        self.canvas.moved.connect(self._on_moved)
        self.canvas.released.connect(self._on_released)
        self.canvas.removed.connect(self._remove)
        self.complaint = QLabel()
        self.complaint.setWordWrap(True)
        self.complaint.setProperty("role", "bad")
        self.complaint.hide()
        self.trial = Trial(self._app, self._courier, self._background, self._failed)
        self.trial.changed.connect(self._show)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.complaint)
        column.addWidget(self.trial)
        return column

    def _right(self) -> QWidget:
        self.form = BadgeForm()
        self.form.edited.connect(self._on_edited)
        self.form.resized.connect(self._on_resized)
        self.form.picture_wanted.connect(self._ask_for_picture)
        self.form.used.connect(self._on_used)
        return self.form

    # Coming and going

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever gives the keys to this screen gives them to the badge; as its proxy it would be framed as well."""
        super().focusInEvent(event)
        self.canvas.setFocus(event.reason())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.trial.begin()

    def _open_first(self) -> None:
        kept = self._badges.templates()
        self._open(Draft(kept[0].template, kept[0].id) if kept else Draft(STANDARD))

    def _open(self, draft: Draft) -> None:
        self.draft = draft
        event = self.trial.slug
        questions = self._app.catalog(event).questions.values() if event else ()
        self.form.know_questions({f"{QUESTION}{one.identifier or one.id}": name_of(one.question) for one in questions})
        self._list_templates()
        self._show()
        self.opened.emit(draft)

    def _list_templates(self) -> None:
        self.templates.clear()
        kept = self._badges.templates()
        if not self.draft.template_id:
            name = self.draft.template.name
            shown = tr("Standard") if name == STANDARD.name else name
            self.templates.addItem(tr("{name} (new)", name=shown), "")
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
        """Ask before changes are lost."""
        if not self.draft.would_be_missed:
            go_on()
            return
        about = tr("{name} was changed and not saved.", name=self.draft.template.name)
        ask_before(tr("Drop the changes?"), about, (tr("Go on here"), tr("Drop them")), go_on, self.window())

    # Showing

    def _show(self) -> None:
        """Show the draft as it is now."""
        draft, template = self.draft, self.draft.template
        hollow = frozenset(
            index for index, one in enumerate(template.elements) if isinstance(one, Box) and not one.filled
        )
        spots = [spot_of(one) for one in template.elements]
        self.canvas.show_badge((template.width, template.height), spots, hollow, draft.chosen)
        self.elements.show_template(template, draft.chosen)
        element = draft.element
        if element is None or draft.chosen is None:
            self.form.show_template(template, uses(self._app, self.trial.slug, draft.template_id))
        else:
            self.form.show_element(draft.chosen, element)
        self.undo.setEnabled(draft.may_undo)
        self.redo.setEnabled(draft.may_redo)
        found = faults(template)
        self._complain(tell(found[0]) if found else "")
        self.keep.setEnabled(draft.is_dirty and not found)
        self._drawing.draw(self._somebody(), self.trial.dpi)

    def _complain(self, text: str) -> None:
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))

    def _on_drawn(self, drawn: Drawn) -> None:
        if drawn.picture is not None:
            self.canvas.show_picture(drawn.picture)
        if drawn.trouble and not self.complaint.text():
            self._complain(drawn.trouble)

    def _on_used(self, item: int, on: bool) -> None:
        # Waited for: the rows are made of it. It takes a millisecond.
        self._badges.choose(self.trial.slug, item, self.draft.template_id if on else None).result()
        self._show()

    def _somebody(self) -> Badge:
        return msgspec.structs.replace(self.trial.badge, template=self.draft.template)

    # Hands on it

    def _choose(self, index: int | None) -> None:
        self.draft.choose(index)
        self._show()

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
        self.draft.add(new_element(kind, self.draft.template))
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
        ask_before(tr("Delete this badge?"), about, (tr("Keep it"), tr("Delete")), self._delete, self.window())

    def _delete(self) -> None:
        dropped = self._badges.drop(self.draft.template_id)
        self._courier.bring(dropped, to=self, done=lambda _: self._open_first(), failed=self._failed)

    # Files

    def _ask_for_picture(self) -> None:
        if file := ask_for_picture(self.window()):
            self.take_picture(file)

    def take_picture(self, file: Path) -> None:
        """Let the chosen element show the picture in a file."""
        added = self._background.ask(lambda: self._badges.add_picture(file).result())
        self._courier.bring(
            added, to=self, done=lambda digest: self._on_edited({"picture": digest}, ""), failed=self._failed
        )

    def _ask_for_file(self) -> None:
        if file := files.ask_for_file(self.window()):
            self._unless_dirty(lambda: self.take_in(file))

    def take_in(self, file: Path) -> None:
        """Keep the badge in a file, and open it."""
        taken = self._background.ask(lambda: self._badges.take_in(files.read(file)).result())
        self._courier.bring(
            taken, to=self, done=lambda kept: self._open(Draft(kept.template, kept.id)), failed=self._failed
        )

    def _ask_where_to(self) -> None:
        if file := files.ask_where_to(self.window(), self.draft.template):
            self.export(file)

    def export(self, file: Path) -> None:
        """Write the badge into a file, as it is on the board."""
        try:
            files.write(self._badges, self.draft.template, file)
        except Trouble as trouble:
            self._failed(trouble)

    # Layouts of the server

    def _list_layouts(self) -> None:
        event = self.trial.slug
        layouts = list(self._app.catalog(event).badge_layouts.values()) if event else []
        files.list_layouts(self.layouts, layouts, self.take_layout)

    def take_layout(self, layout: BadgeLayout) -> None:
        """Open a layout of the server as a new badge, and say what could not be taken over."""

        def take() -> None:
            taken = taken_over(layout)
            self._open(Draft(taken.template))
            if taken.lost:
                files.tell_losses(taken, self.window())

        self._unless_dirty(take)
