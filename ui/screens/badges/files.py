"""What comes to a badge from outside and leaves it: pictures, templates as files, and layouts of the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from boxoffice.badge_desk import BadgeDesk
from boxoffice.domain.badge_layouts import Taken
from boxoffice.domain.badges import Template
from boxoffice.domain.catalog import BadgeLayout
from boxoffice.errors import BadInput, filled
from ui.language import tell, tr
from ui.papers.files import writing
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog

_LOSSES = 8


def ask_for_file(parent: QWidget) -> Path | None:
    """A badge in a file; None for none."""
    file, _ = QFileDialog.getOpenFileName(parent, tr("Import a file…"), "", "JSON (*.json)")
    return Path(file) if file else None


def ask_where_to(parent: QWidget, template: Template) -> Path | None:
    """Where a badge is to be written; None for nowhere."""
    file, _ = QFileDialog.getSaveFileName(parent, tr("Export…"), f"{template.name}.json", "JSON (*.json)")
    return Path(file) if file else None


def read(file: Path) -> bytes:
    """What a file holds. Raises `BadInput`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(
            "The file cannot be read",
            filled("{name}: {error}.", name=file.name, error=error.strerror),
            "Choose another file.",
        ) from error


def write(badges: BadgeDesk, template: Template, file: Path) -> None:
    """Write a badge into a file, with its pictures. Raises `Trouble`."""
    content = badges.export(template)
    with writing():
        file.write_bytes(content)


def list_layouts(menu: QMenu, layouts: list[BadgeLayout], take: Callable[[BadgeLayout], object]) -> None:
    """The layouts of the server, to be taken over."""
    menu.clear()
    for layout in sorted(layouts, key=lambda one: one.name.casefold()):
        menu.addAction(layout.name or f"#{layout.id}", partial(take, layout))
    if not layouts:
        menu.addAction(tr("It has none")).setEnabled(False)


def tell_losses(taken: Taken, parent: QWidget) -> None:
    """Say what a badge of ours does not have of a layout."""
    dialog = Dialog(tr("Not everything could be taken over"), parent)
    dialog.setObjectName("losses_dialog")
    for sentence in taken.lost[:_LOSSES]:
        dialog.say("• " + tell(sentence))
    if len(taken.lost) > _LOSSES:
        dialog.say(tr("and {n} more", n=len(taken.lost) - _LOSSES))
    understood = Button(tr("Understood"), weight=Weight.PRIMARY)
    understood.clicked.connect(dialog.accept)
    dialog.add_buttons(understood)
    dialog.open()
