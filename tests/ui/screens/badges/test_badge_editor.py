"""The drawing board: drag, nudge, type, take back, save, try on somebody, and what comes from files and servers."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from boxoffice.domain.badges import Box, Image, Square, Words
from boxoffice.domain.catalog import BadgeLayout, Item
from boxoffice.ports import Role
from printers.badge import draw
from ui.screens.badges.badge_draft import Spot
from ui.widgets.choice import Choice, Measure
from ui.widgets.rows import CheckRow
from ui.widgets.strip import Where

NAME = 2
"""Where the name stands among the elements of the usual badge."""


@pytest.fixture
def board(evening: Any) -> Any:
    """The editor, open, with somebody's badge on it."""

    def open_it(**window: Any) -> Any:
        if evening.app.badges.neighbour("conf26", "", 1) == "":
            evening.ticket("Ada Lovelace", company="Analytical Engines")
        evening.open(**window)
        screen = there(evening)
        evening.qtbot.waitUntil(lambda: screen.canvas._picture is not None)
        return screen

    return open_it


def there(evening: Any) -> Any:
    evening.window.go(Where.BADGES)
    return evening.window.stack.currentWidget()


def settled(evening: Any, screen: Any) -> None:
    evening.qtbot.waitUntil(lambda: not screen._drawing.busy)


def field(screen: Any, kind: type, name: str) -> Any:
    return next(one for one in screen.form.findChildren(kind) if one.isVisible() and one.accessibleName() == name)


def drag(evening: Any, canvas: QWidget, start: QPointF, by: tuple[float, float], steps: int = 4) -> None:
    """As a hand does it: press, move, release."""
    here, button = start.toPoint(), Qt.MouseButton.LeftButton
    evening.qtbot.mousePress(canvas, button, pos=here)
    for step in range(1, steps + 1):
        way = QPoint(round(by[0] * step / steps), round(by[1] * step / steps))
        evening.qtbot.mouseMove(canvas, here + way)
    evening.qtbot.mouseRelease(canvas, button, pos=here + QPoint(round(by[0]), round(by[1])))


def spot(screen: Any, index: int = NAME) -> Spot:
    element = screen.draft.template.elements[index]
    return Spot(element.x, element.y, element.width, element.height)


def middle(screen: Any, index: int = NAME) -> QPointF:
    return screen.canvas.box_of(spot(screen, index)).center()


def dots(picture: QImage) -> Any:
    """What the canvas shows, as an array."""
    shown = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(shown.constBits(), dtype=np.uint8).reshape(shown.height(), shown.bytesPerLine())
    return rows[:, : shown.width()]


# What is seen


def test_the_preview_is_what_the_printer_gets(evening: Any, board: Any) -> None:
    screen = board()
    settled(evening, screen)
    badge = screen._somebody()
    assert badge.fields["name"] == "Ada Lovelace"
    assert np.array_equal(dots(screen.canvas._picture), np.asarray(draw(badge, 203, {}).convert("L")))


def test_the_keys_are_the_badge_s_and_not_those_of_what_scrolls_around_it(evening: Any, board: Any) -> None:
    screen = board()
    assert QApplication.focusWidget() is screen.canvas
    evening.window.go(Where.DOOR)
    assert there(evening).canvas.hasFocus()


def test_another_fineness_is_drawn_in_its_own_dots(evening: Any, board: Any) -> None:
    screen = board()
    screen.trial.fineness.setCurrentIndex(1)
    screen.trial.fineness.activated.emit(1)
    evening.qtbot.waitUntil(lambda: screen.canvas._picture.width() == round(62 * 300 / 25.4))


def test_somebody_else_is_found_by_name_by_steps_and_by_the_longest(evening: Any, board: Any, hands: Any) -> None:
    evening.ticket("Ada Lovelace")
    evening.ticket("Wolfeschlegelsteinhausenbergerdorff")
    evening.ticket("欧阳娜娜")
    screen = board()
    assert "Ada Lovelace" in screen.trial.who.text()
    screen.trial.step(1)
    screen.trial.step(1)
    assert "欧阳娜娜" in screen.trial.who.text()
    evening.buttons(screen)["Longest name"].click()
    evening.qtbot.waitUntil(lambda: "Wolfeschlegel" in screen.trial.who.text())
    screen.trial.search.setFocus()
    hands.person("love", screen.trial.search)
    evening.qtbot.waitUntil(lambda: screen.trial.search.results.model.rowCount() > 0)
    hands.person("\r", screen.trial.search)
    evening.qtbot.waitUntil(lambda: "Ada Lovelace" in screen.trial.who.text())


def test_where_nobody_is_known_a_made_up_name_is_shown(evening: Any) -> None:
    evening.open()
    screen = there(evening)
    evening.qtbot.waitUntil(lambda: screen.canvas._picture is not None)
    assert "made-up name" in screen.trial.who.text()


# Hands


def test_an_element_is_dragged_and_comes_to_rest(evening: Any, board: Any) -> None:
    screen = board()
    before = spot(screen)
    drag(evening, screen.canvas, middle(screen), (0, 10 * screen.canvas.scale))
    after = spot(screen)
    assert after.y == pytest.approx(before.y + 10, abs=1.5)
    assert after.x == before.x
    assert screen.draft.chosen == NAME
    screen.undo.click()
    assert spot(screen) == before
    assert not screen.draft.may_undo


def test_an_element_is_pulled_by_a_corner(evening: Any, board: Any) -> None:
    screen = board()
    screen._choose(NAME)
    before = spot(screen)
    corner = screen.canvas.box_of(before).bottomRight()
    drag(evening, screen.canvas, corner, (-10 * screen.canvas.scale, -5 * screen.canvas.scale))
    after = spot(screen)
    assert (after.x, after.y) == (before.x, before.y)
    assert after.width == pytest.approx(before.width - 10, abs=1.5)
    assert after.height == pytest.approx(before.height - 5, abs=1.5)


def test_a_frame_does_not_hide_what_is_in_it(evening: Any, board: Any) -> None:
    screen = board()
    screen.draft.add(Box(x=1, y=1, width=60, height=98))
    screen._show()
    evening.qtbot.mouseClick(screen.canvas, Qt.MouseButton.LeftButton, pos=middle(screen).toPoint())
    assert screen.draft.chosen == NAME


def test_arrows_nudge_leap_and_resize(board: Any, hands: Any) -> None:
    screen = board()
    screen._choose(NAME)
    screen.canvas.setFocus()
    before = spot(screen)
    hands.press(Qt.Key.Key_Down, screen.canvas)
    assert spot(screen).y == pytest.approx(before.y + 0.5)
    hands.press(Qt.Key.Key_Down, screen.canvas, Qt.KeyboardModifier.ShiftModifier)
    assert spot(screen).y == pytest.approx(before.y + 5.5)
    hands.press(Qt.Key.Key_Left, screen.canvas, Qt.KeyboardModifier.ControlModifier)
    assert spot(screen).width == pytest.approx(before.width - 0.5)


def test_everything_is_reached_by_the_keyboard(board: Any, hands: Any) -> None:
    screen = board()
    screen.canvas.setFocus()
    seen = []
    for _ in screen.draft.template.elements:
        hands.press(Qt.Key.Key_PageDown, screen.canvas)
        seen.append(screen.draft.chosen)
    assert seen == list(range(len(screen.draft.template.elements)))
    hands.press(Qt.Key.Key_PageUp, screen.canvas)
    hands.press(Qt.Key.Key_Delete, screen.canvas)
    assert len(screen.draft.template.elements) == len(seen) - 1
    hands.press(Qt.Key.Key_Escape, screen.canvas)
    assert screen.draft.chosen is None


def test_keys_take_back_and_bring_again(board: Any, hands: Any) -> None:
    screen = board()
    screen._choose(NAME)
    screen.canvas.setFocus()
    before = spot(screen)
    hands.press(Qt.Key.Key_Right, screen.canvas)
    control = Qt.KeyboardModifier.ControlModifier
    hands.press(Qt.Key.Key_Z, screen.canvas, control)
    assert spot(screen) == before
    hands.press(Qt.Key.Key_Y, screen.canvas, control)
    assert spot(screen).x == before.x + 0.5


# Fields


def test_what_is_typed_counts_and_is_one_step_back(evening: Any, board: Any, hands: Any) -> None:
    screen = board()
    screen._choose(NAME)
    box = field(screen, QPlainTextEdit, "Text")
    box.setFocus()
    hands.person("Dr", box)
    evening.qtbot.waitUntil(lambda: screen.draft.element.text == "Dr{name}")
    screen.undo.click()
    assert screen.draft.element.text == "{name}"
    assert box.toPlainText() == "{name}"


def test_measures_choices_and_ticks_count(board: Any) -> None:
    screen = board()
    screen._choose(NAME)
    field(screen, Measure, "From the left").setValue(5.5)
    field(screen, Measure, "Largest letters").setValue(20)
    align = field(screen, Choice, "Across")
    align.setCurrentIndex(align.findText("right"))
    align.activated.emit(align.currentIndex())
    next(one for one in screen.form.findChildren(CheckRow) if one.text() == "White on black").click()
    name = screen.draft.element
    assert (name.x, name.size, name.align.value, name.inverse) == (5.5, 20, "right", True)


def test_figures_in_fields_have_room(board: Any) -> None:
    screen = board()
    screen._choose(NAME)
    for box in screen.form.findChildren(Measure):
        assert box.lineEdit().width() >= box.fontMetrics().horizontalAdvance(box.text())


def test_dragging_moves_the_figures_too(evening: Any, board: Any) -> None:
    screen = board()
    screen._choose(NAME)
    drag(evening, screen.canvas, middle(screen), (0, 10 * screen.canvas.scale))
    assert field(screen, Measure, "From the top").value() == pytest.approx(spot(screen).y)


def test_a_fault_is_named_and_cannot_be_saved(board: Any) -> None:
    screen = board()
    screen._choose(NAME)
    screen._on_edited({"text": "{nmae}"}, "")
    assert "no ticket has the field {nmae}" in screen.complaint.text()
    assert not screen.keep.isEnabled()
    screen.undo.click()
    assert not screen.complaint.isVisible()


def test_a_code_that_does_not_fit_is_named(evening: Any, board: Any) -> None:
    screen = board()
    screen.draft.add(Square(x=2, y=2, width=3, height=3, text="{secret}" * 30))
    screen._show()
    evening.qtbot.waitUntil(lambda: "QR code does not fit" in screen.complaint.text())


def test_elements_are_added_duplicated_and_ordered(evening: Any, board: Any) -> None:
    screen = board()
    before = len(screen.draft.template.elements)
    screen._add("text")
    evening.buttons(screen)["Duplicate"].click()
    evening.buttons(screen)["↑"].click()
    assert len(screen.draft.template.elements) == before + 2
    assert screen.draft.chosen == before
    assert screen.elements.rows.currentRow() == before + 1


@pytest.mark.parametrize("kind", ["text", "code", "box"])
def test_every_new_element_has_its_fields(board: Any, kind: str) -> None:
    screen = board()
    screen._add(kind)
    assert field(screen, Measure, "Width").value() > 0
    assert screen.keep.isEnabled()


def test_another_size_takes_everything_along(board: Any) -> None:
    screen = board()
    sizes = field(screen, Choice, "Size")
    sizes.setCurrentIndex(sizes.findText("54 × 86 mm"))
    sizes.activated.emit(sizes.currentIndex())
    template = screen.draft.template
    assert (template.width, template.height) == (54, 86)
    assert max(one.x + one.width for one in template.elements) <= 54
    assert field(screen, Measure, "Width").value() == 54


# Keeping


def test_nothing_is_printed_otherwise_before_it_is_saved(evening: Any, board: Any) -> None:
    screen = board()
    screen.save()
    evening.qtbot.waitUntil(lambda: not screen.draft.is_dirty)
    (kept,) = evening.app.badges.templates()
    screen._choose(NAME)
    screen._on_edited({"bold": False}, "")
    assert evening.app.badges.templates() == [kept]
    screen.save()
    evening.qtbot.waitUntil(lambda: not screen.draft.is_dirty)
    assert not evening.app.badges.templates()[0].template.elements[NAME].bold


def test_a_badge_is_given_to_an_item(evening: Any, board: Any) -> None:
    evening.hear(Item(id=5, event="conf26", name={"en": "Speaker"}))
    ticket = evening.ticket("Grace Hopper", item=5)
    screen = board()
    field(screen, QLineEdit, "Name").setText("Speakers")
    screen._on_edited({"name": "Speakers"}, "")
    screen.save()
    evening.qtbot.waitUntil(lambda: screen.draft.template_id != "")
    next(one for one in screen.form.findChildren(CheckRow) if one.text() == "Speaker").click()
    assert evening.app.badges.badge_for("conf26", ticket.key).template.name == "Speakers"
    next(one for one in screen.form.findChildren(CheckRow) if one.text() == "Speaker").click()
    assert evening.app.badges.badge_for("conf26", ticket.key).template.name == "Standard"


def test_changes_are_not_lost_without_a_word(evening: Any, board: Any) -> None:
    screen = board()
    screen.save()
    evening.qtbot.waitUntil(lambda: not screen.draft.is_dirty)
    screen._choose(NAME)
    screen._on_edited({"bold": False}, "")
    screen._new()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    evening.buttons(QApplication.activeModalWidget())["Go on here"].click()
    assert screen.draft.template.name == "Standard"
    screen._new()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    evening.buttons(QApplication.activeModalWidget())["Drop them"].click()
    evening.qtbot.waitUntil(lambda: screen.draft.template.name == "New badge")


def test_a_deleted_badge_is_gone_and_the_next_one_is_there(evening: Any, board: Any) -> None:
    screen = board()
    screen.save()
    evening.qtbot.waitUntil(lambda: not screen.draft.is_dirty)
    screen._ask_to_delete()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    evening.buttons(QApplication.activeModalWidget())["Delete"].click()
    evening.qtbot.waitUntil(lambda: evening.app.badges.templates() == [])
    evening.qtbot.waitUntil(lambda: screen.draft.template_id == "")


def test_what_was_begun_is_there_in_another_language_too(evening: Any, board: Any) -> None:
    screen = board()
    screen._choose(NAME)
    screen._on_edited({"bold": False}, "")
    evening.window.likes.choose(language="zh")
    evening.qtbot.waitUntil(lambda: "胸牌" in evening.words(evening.window))
    again = there(evening)
    assert again is not screen
    assert not again.draft.template.elements[NAME].bold
    assert again.draft.may_undo


def test_a_window_with_an_unsaved_badge_does_not_close_without_a_word(evening: Any, board: Any) -> None:
    screen = board()
    screen._choose(NAME)
    screen._on_edited({"bold": False}, "")
    evening.window.close()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    assert "Standard was changed and not saved." in evening.words(QApplication.activeModalWidget())
    evening.buttons(QApplication.activeModalWidget())["Stay"].click()
    assert evening.window.isVisible()


def test_a_badge_that_was_only_looked_at_keeps_no_window_open(evening: Any, board: Any) -> None:
    board()
    window = evening.window
    window.close()
    assert not window.isVisible()


# Files and servers


def test_a_badge_goes_into_a_file_and_comes_back(evening: Any, board: Any, tmp_path: Path) -> None:
    screen = board()
    logo = tmp_path / "logo.png"
    Pictures.new("RGB", (30, 20), "black").save(logo)
    screen.draft.add(Image(x=2, y=2, width=20, height=10, picture="photo"))
    screen._show()
    screen.take_picture(logo)
    evening.qtbot.waitUntil(lambda: screen.draft.element.picture not in ("", "photo"))
    file = tmp_path / "badge.json"
    screen.export(file)
    wanted = screen.draft.template
    screen.take_in(file)
    evening.qtbot.waitUntil(lambda: screen.draft.template_id != "")
    assert screen.draft.template == wanted


def test_a_layout_of_the_server_is_taken_over_and_its_losses_are_told(evening: Any, board: Any) -> None:
    name = {
        "type": "textarea",
        "left": "5",
        "bottom": "40",
        "width": "90",
        "fontsize": "24",
        "content": "attendee_name",
    }
    mark = {"type": "poweredby", "left": 1, "bottom": 1, "size": 9, "content": "dark"}
    layout = BadgeLayout(id=3, event="conf26", name="Speakers", elements=(name, mark), background="https://x/y.pdf")
    evening.hear(layout)
    screen = board()
    screen._list_layouts()
    assert [action.text() for action in screen.layouts.actions()] == ["Speakers"]
    screen.layouts.actions()[0].trigger()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    said = evening.words(QApplication.activeModalWidget())
    assert "background" in said
    assert "poweredby" in said
    assert "is a guess" in said
    (element,) = screen.draft.template.elements
    assert isinstance(element, Words)
    evening.buttons(QApplication.activeModalWidget())["Understood"].click()


# Room


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (683, 384), (960, 540)], ids=str)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_parts_of_the_board_never_overlap(evening: Any, board: Any, size: tuple[int, int], language: str) -> None:
    evening.prefer(language=language)
    screen = board(size=size)
    screen._choose(NAME)
    evening.settle()
    parts = [
        *(screen.templates, screen.more, screen.undo, screen.redo, screen.keep),
        *(screen.elements.rows, screen.elements.add, screen.elements.twice, screen.canvas),
        *(screen.trial.search, screen.trial.fineness, screen.form),
    ]
    assert all(part.isVisible() for part in parts)
    for one, other in combinations(parts, 2):
        assert not place(one).intersects(place(other)), (one.accessibleName(), other.accessibleName())


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())


def test_the_desk_prints_badges_and_does_not_design_them(evening: Any) -> None:
    evening.enrol(Role.DESK)
    assert Where.BADGES not in evening.open().strip.places
