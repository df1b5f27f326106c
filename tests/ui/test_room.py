"""Nothing overlaps and nothing is without a name, at every size and with every name that people have."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from boxoffice.domain.catalog import Item
from sync.state import FirstSync, State
from ui import theme
from ui.widgets.buttons import Button
from ui.widgets.strip import Where

NAMES = [
    "Ada Lovelace",
    "李",
    "محمد عبد الرحمن بن عبد العزيز آل سعود",
    "Maria Anna Josepha Antonia Johanna Freifrau von und zu Hohenstein-Waldburg-Wolfegg-Waldsee zu Trauchburg",
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren",
    "Дмитрий Александрович Преображенский",
]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
# The last two are the first two at twice the size.
SIZES = [(1366, 768), (1920, 1080), (683, 384), (960, 540)]


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_parts_of_an_answer_never_overlap(evening: Any, scan: Any, size: tuple[int, int]) -> None:
    window = evening.open(size=size)
    for name in NAMES:
        ticket = evening.ticket(name, company="Gesellschaft für angewandte Langnamenforschung mbH", seat="Row 12")
        scan(ticket)
        evening.qtbot.waitUntil(lambda n=name: evening.panel.answer is not None and evening.panel.answer.name == n)
        panel = evening.panel
        parts = [panel._word, panel._name, panel._what, panel._notes, panel._small, panel._actions, panel.slip]
        shown = [part for part in parts if part is not None and part.isVisible()]
        assert panel._word in shown
        for one, other in combinations(shown, 2):
            assert not place(one).intersects(place(other)), (name, one.objectName(), other.objectName())
        assert all(place(panel).contains(place(part)) for part in shown)
        assert panel._word.font().pixelSize() >= 48
        assert panel.width() * panel.height() >= 0.6 * window.width() * window.height()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_direction_list_and_counts_are_always_there_side_by_side(evening: Any, size: tuple[int, int]) -> None:
    door = evening.open(size=size).door
    evening.settle()
    parts = [door.direction, door.place, door.search, door.counts]
    assert all(part.isVisible() for part in parts)
    for one, other in combinations(parts, 2):
        assert not place(one).intersects(place(other))
    assert all(place(door).contains(place(part)) for part in parts)


@pytest.mark.parametrize("where", Where)
def test_everything_that_takes_the_keyboard_has_a_name(evening: Any, scan: Any, where: Where) -> None:
    window = evening.open()
    scan(evening.ticket())
    evening.answer("Valid")
    window.go(where)
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.accessibleName()
    ]
    assert nameless == []


def test_what_is_touched_is_large_enough(evening: Any, scan: Any) -> None:
    window = evening.open()
    scan(evening.ticket())
    evening.answer("Valid")
    buttons = [button for button in window.findChildren(Button) if button.isVisible()]
    assert min(button.height() for button in buttons) >= theme.TOUCH
    at_door = [button for button in evening.panel.findChildren(Button) if button.isVisible()]
    assert min(button.height() for button in at_door) >= theme.TOUCH_AT_DOOR
    assert window.door.direction.height() >= theme.TOUCH_AT_DOOR


def test_tab_goes_round_and_is_seen(evening: Any, hands: Any, scan: Any) -> None:
    from PySide6.QtWidgets import QApplication

    window = evening.open()
    scan(evening.ticket())
    evening.answer("Valid")
    visited: list[QWidget] = []
    for _ in range(30):
        hands.person("\t")
        now = QApplication.focusWidget()
        assert now is not None
        if now in visited:
            break
        visited.append(now)
    assert len(visited) >= 8
    assert all(window.isAncestorOf(widget) for widget in visited)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_no_place_is_anything_cut_off_or_covered(evening: Any, crowded: Any, language: str) -> None:
    evening.prefer(language=language)
    evening.enrol()
    evening.ticket(NAMES[3])
    evening.app.counter().open("conf26", 20_000).result()
    window = evening.open()
    for where in Where:
        window.go(where)
        evening.settle()
        assert crowded(window) == [], where


@pytest.mark.parametrize("size", [(1366, 768), (683, 384)], ids=str)
def test_a_till_keeps_its_order_whatever_is_said_above_it(evening: Any, crowded: Any, size: tuple[int, int]) -> None:
    evening.enrol()
    evening.hear(Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500))
    evening.app.counter().open("conf26", 20_000).result()
    till = evening.go(Where.TILL)
    evening.window.resize(*size)
    till.clerk.add(till.clerk.assortment.wares()[0])
    till.pay()
    evening.qtbot.waitUntil(lambda: not till.clerk.busy)
    banners = evening.window.status.banners
    for said in (
        State(online=True),
        State(since=NOON),
        State(since=NOON, alarm="Another entry 1/7 of this station is here already."),
        State(since=NOON, alarm="Another entry 1/7 of this station is here already.", sent_again=3),
        State(since=NOON, alarm="x", sent_again=3, first_sync=(FirstSync(event="conf26", applied=2, total=9),)),
    ):
        banners.show_state(said, waiting=3)
        assert crowded(evening.window) == [], said
        touched = [*till.payment.means.values(), *till.payment.findChildren(Button)]
        assert min(button.height() for button in touched if button.isVisible()) >= theme.TOUCH
        assert till.payment._keys.isVisible() is (size == (1366, 768))
