"""Every place and every sheet is walked by keyboard alone, and seen on the smallest screen there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from boxoffice.domain.catalog import Category, Item
from boxoffice.domain.orders import Status
from ui.language import tr
from ui.screens.till.drawer import CloseDialog, MoveDialog
from ui.screens.till.places import Place
from ui.sheets.paying.card_list import CardPayments
from ui.sheets.photo_sheet import PhotoSheet
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.strip import Where

SMALLEST = (683, 348)
"""A screen of 1366 × 768 at twice the size, less what stands above a sheet."""
ELSEWHERE = ("Take in a file…", "Choose a picture…", "Design badges…", "More…", "Add…", "Insert a field…", "…")
"""What opens a menu, another place, or a dialog of the system."""

WINDOWLESS = pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing", "propagateSizeHints")
"""What the offscreen platform says of a window that comes to the front, and of a menu."""

Look = Callable[[Any], list[str]]
"""What is wrong with something that is shown."""


def stops(root: QWidget) -> list[QWidget]:
    """What the Tab key has to reach."""
    return [
        one
        for one in root.findChildren(QWidget)
        if one.isVisible()
        and one.isEnabled()
        and one.window() is root.window()
        and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.focusProxy() is None
    ]


def is_typed(button: QAbstractButton) -> bool:
    """Whether the same comes from the keyboard: digits, or the arrows in a row of which one is chosen."""
    group = button.group()
    return (group is not None and group.exclusive()) or not button.text().strip("0123456789.,")


def called(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()[:40]!r}"


def round_by_tab(root: QWidget, *, back: bool = False) -> list[QWidget]:
    """Where the Tab key comes by, once round, from the topmost on."""
    visited: list[QWidget] = []
    while (now := root.focusWidget()) not in visited:
        if now is not None and now.focusPolicy() & Qt.FocusPolicy.TabFocus:
            visited.append(now)
        (now or root).focusNextPrevChild(not back)
        if not visited and root.focusWidget() is now:
            break
    highest = min(range(len(visited)), key=lambda at: place(visited[at]).y(), default=0)
    return visited[highest:] + visited[:highest]


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())


def goes_back(one: QWidget, following: QWidget) -> bool:
    """Whether the eye has to: what follows is neither further down nor further right, there where both have a place."""
    if one.isAncestorOf(following):
        return False
    beside, other = one, following
    while not (around := beside.parentWidget()).isAncestorOf(following):
        beside = around
    while other.parentWidget() is not around:
        other = other.parentWidget()
    return other.y() < beside.geometry().center().y() and other.x() < beside.geometry().center().x()


def is_painted(one: QWidget) -> bool:
    """Whether it looks different while it has the keys."""
    root, around = one.window(), place(one).adjusted(-4, -4, 4, 4)
    with_keys = root.grab(around).toImage()
    one.clearFocus()
    without = root.grab(around).toImage()
    one.setFocus()
    return with_keys != without


def hard_to_walk(root: QWidget, painted: set[object]) -> list[str]:
    """What is wrong with the way of the Tab key through a window. What paints alike is looked at once: `painted`."""
    there = round_by_tab(root)
    found = [f"not reached: {called(one)}" for one in stops(root) if one not in there]
    found += [
        f"by mouse alone: {called(one)}"
        for one in root.findChildren(QAbstractButton)
        if one.isVisible()
        and one.window() is root.window()
        and not one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not is_typed(one)
    ]
    found += [f"out of order: {called(a)} -> {called(b)}" for a, b in pairwise(there) if goes_back(a, b)]
    for one in there:
        one.setFocus(Qt.FocusReason.TabFocusReason)
        seen = one.visibleRegion().boundingRect()
        if seen.height() < min(one.height(), 44) or seen.width() < min(one.width(), 44):
            found.append(f"out of sight: {called(one)}")
        alike = (type(one), one.weight if isinstance(one, Button) else "")
        if alike not in painted and not is_painted(one):
            found.append(f"looks as ever: {called(one)}")
        painted.add(alike)
    if set(round_by_tab(root, back=True)) != set(there):
        found.append("another way back")
    return found


def unfit(sheet: Dialog, crowded: Callable[[QWidget], list[str]], painted: set[object]) -> list[str]:
    """What is wrong with a sheet on the smallest screen."""
    eager = [
        f"pressed by Enter: {called(one)}"
        for one in sheet.findChildren(QPushButton)
        if one.autoDefault() or (one.isDefault() and not (isinstance(one, Button) and one.weight is Weight.PRIMARY))
    ]
    sheet.resize(*SMALLEST)
    QApplication.processEvents()
    if (sheet.width(), sheet.height()) != SMALLEST:
        return [f"larger than the screen: {sheet.size()}"]
    if sheet.body.horizontalScrollBar().maximum():
        eager.append("too wide")
    at_foot = [one for one in sheet.findChildren(Button) if not sheet.body.isAncestorOf(one) and one.isVisible()]
    hidden = [f"no longer seen: {called(one)}" for one in at_foot if not sheet.rect().contains(place(one))]
    cut = [
        f"cut at the side: {called(one)}"
        for one in sheet.findChildren(QScrollArea)
        if one.isVisible() and one.widget().width() > one.viewport().width() + 1 and one is not sheet.body
    ]
    return [*eager, *hidden, *cut, *crowded(sheet), *hard_to_walk(sheet, painted)]


def in_latin(root: QWidget) -> list[str]:
    """Words that are no Chinese, and neither a name, a code, a key nor a unit."""
    told: set[str] = set()
    for one in (root, *root.findChildren(QWidget)):
        if not one.isVisible() or one.window() is not root.window():
            continue
        told |= {one.accessibleName(), one.toolTip()}
        if isinstance(one, (QLabel, QAbstractButton)):
            told.add(one.text())
        if isinstance(one, QLineEdit):
            told |= {one.placeholderText()}
        if isinstance(one, QAbstractSpinBox):
            told.add(one.text())
        if isinstance(one, QComboBox):
            told |= {one.itemText(index) for index in range(one.count())}
    return sorted(words for words in told if set(WORD.findall(ADDRESS.sub("", words))) - AS_IT_IS)


ADDRESS = re.compile(r"\w+://\S+")
WORD = re.compile(r"(?<![A-Za-z0-9/@._-])[A-Za-zç]{2,}(?![A-Za-z0-9/@_-])")
NAMES = {
    "Ada",
    "Lovelace",
    "Grace",
    "Hopper",
    "Regular",
    "Dinner",
    "Shelf",
    "Conference",
    "Main",
    "entrance",
    "North",
    "door",
}
LANGUAGES = {"English", "Deutsch", "Français", "Italiano"}
KEYS = {"Esc", "Enter", "Ctrl", "Alt", "Tab", "PgUp", "PgDn"}
UNITS = {"EUR", "mm", "pt", "dpi", "min", "QR", "PIN", "PDF", "ZVT", "USB", "IP", "TCP", "VAT"}
AS_IT_IS = NAMES | LANGUAGES | KEYS | UNITS


class Walk:
    """From place to place, and into every sheet that a button with an ellipsis opens."""

    def __init__(self, evening: Any, at_place: Look, at_sheet: Look) -> None:
        self.evening = evening
        self.window = evening.open()
        self.found: dict[str, list[str]] = {}
        self.sheets: list[str] = []
        self._at_place = at_place
        self._at_sheet = at_sheet
        self._pressed = {tr(words) for words in ELSEWHERE}

    def see(self, name: str, go: Callable[[], object]) -> None:
        """Go somewhere, and into all sheets from there."""
        self._stand(go)
        self._keep(name, self._at_place(self.window))
        for sheet in self._opened(go):
            self._look_at(sheet)

    def open(self, sheet: Dialog) -> None:
        """A sheet that no such button opens."""
        sheet.open()
        self.evening.settle()
        self._look_at(sheet)

    def _stand(self, go: Callable[[], object]) -> None:
        go()
        self.window.activateWindow()
        self.evening.settle()

    def _opened(self, go: Callable[[], object]) -> Iterator[Dialog]:
        while True:
            self._stand(go)
            offered = (
                one
                for one in self.window.findChildren(QAbstractButton)
                if one.isVisible() and one.isEnabled() and one.text().endswith("…") and one.text() not in self._pressed
            )
            button = next(offered, None)
            if button is None:
                return
            self._pressed.add(button.text())
            button.click()
            self.evening.settle()
            yield from [one for one in QApplication.topLevelWidgets() if isinstance(one, Dialog) and one.isVisible()]

    def _look_at(self, sheet: Dialog) -> None:
        self.sheets.append(sheet.windowTitle())
        self._keep(sheet.windowTitle(), self._at_sheet(sheet))
        sheet.reject()
        self.evening.settle()

    def _keep(self, name: str, found: list[str]) -> None:
        if found:
            self.found[name] = found


@pytest.fixture
def busy(evening: Any) -> Any:
    """A station with something of everything."""
    evening.enrol()
    evening.hear(
        *(Category(id=n, event="conf26", name={"en": f"Shelf {n}"}) for n in (1, 2)),
        Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500, category=1),
        Item(id=2, event="conf26", name={"en": "Dinner"}, price=3_000, category=2),
    )
    evening.ticket("Ada Lovelace", order={"total": 4_500})
    evening.ticket("Grace Hopper", status=Status.PENDING, order={"total": 4_500})
    evening.app.counter().open("conf26", 20_000).result()
    return evening


@pytest.fixture
def walk(busy: Any, crowded: Callable[[QWidget], list[str]]) -> Walk:
    """Through a station with the Tab key."""
    painted: set[object] = set()
    return Walk(busy, lambda root: hard_to_walk(root, painted), lambda sheet: unfit(sheet, crowded, painted))


def through_the_places(walk: Walk) -> None:
    window = walk.window
    for where in Where:
        walk.see(where.value, lambda at=where: window.go(at))
    window.go(Where.DESK)
    desk = window.stack.currentWidget()
    for code in ("A0001-1", "A0002-1"):
        walk.see(f"desk {code}", lambda shown=code: (window.go(Where.DESK), desk._show("conf26", shown)))
    walk.open(PhotoSheet("Ada Lovelace", None, window))
    window.training.end()


def through_the_till(walk: Walk) -> None:
    window = walk.window
    window.go(Where.TILL)
    till = window.stack.currentWidget()
    for at in Place:
        walk.see(at.value, lambda there=at: till.go(there))
    for code in ("A0001", "A0002"):
        walk.see(f"order {code}", lambda shown=code: (till.go(Place.ORDERS), till.page.show_order("conf26", shown)))
    till.go(Place.EVENT)
    for ware in till.clerk.assortment.wares():
        till.clerk.add(ware)
        walk.evening.qtbot.waitUntil(lambda: not till.clerk.busy)
    walk.see("cart", lambda: till.go(Place.EVENT))
    till.pay()
    walk.evening.qtbot.waitUntil(lambda: not till.clerk.busy)
    walk.see("paying", lambda: window.go(Where.TILL))
    walk.open(CardPayments(walk.evening.app, "EUR", window))
    walk.open(MoveDialog(till.clerk, window))
    walk.open(CloseDialog(till.clerk, window))


@WINDOWLESS
def test_every_place_is_walked_by_tab_and_every_sheet_fits_the_smallest_screen(walk: Walk) -> None:
    through_the_places(walk)
    assert walk.found == {}
    assert len(walk.sheets) >= 10


@WINDOWLESS
def test_the_till_is_walked_by_tab_and_each_of_its_sheets_fits_the_smallest_screen(walk: Walk) -> None:
    through_the_till(walk)
    assert walk.found == {}
    assert len(walk.sheets) >= 9


@WINDOWLESS
def test_whoever_reads_chinese_reads_no_english(busy: Any) -> None:
    busy.prefer(language="zh")
    walk = Walk(busy, in_latin, in_latin)
    through_the_places(walk)
    through_the_till(walk)
    assert walk.found == {}
    assert len(walk.sheets) >= 15
