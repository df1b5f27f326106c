"""The drawer by keyboard alone: a float that is counted, and a count at night that differs."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxoffice.domain.catalog import Event, Item
from ui.screens.till.drawer import CloseDialog, FloatDialog
from ui.screens.till.screen import TillScreen
from ui.widgets.strip import Where


@pytest.fixture
def till(evening: Any) -> TillScreen:
    evening.enrol()
    evening.hear(
        Event(slug="conf26", currency="CHF", timezone="UTC"),
        Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500),
    )
    window = evening.open()
    window.go(Where.TILL)
    screen = window.stack.currentWidget()
    assert isinstance(screen, TillScreen)
    return screen


def fill(numbers: dict[int, int], fields: Any, qtbot: Any) -> None:
    """Numbers and Enter, as somebody types who counts from the largest down."""
    for denomination, field in fields.items():
        qtbot.waitUntil(field.hasFocus)
        if denomination in numbers:
            QTest.keyClicks(field, str(numbers[denomination]))
        QTest.keyClick(field, Qt.Key.Key_Return)


LAPTOP = 768 - 70
"""The height of a sheet on a small laptop: a frame and the system's own bar take the rest."""


def test_a_float_is_counted_and_a_count_that_differs_names_both(till: TillScreen, qtbot: Any, crowded: Any) -> None:
    clerk, app = till.clerk, till.station
    till.open_panel.count.click()
    (sheet,) = till.window().findChildren(FloatDialog)
    fill({5_000: 2, 100: 3}, sheet.grid.fields, qtbot)
    assert sheet.grid.total.text() == "103.00\u00a0CHF"
    sheet._open()
    qtbot.waitUntil(lambda: clerk.shift is not None and not clerk.busy)
    assert clerk.shift is not None
    assert (clerk.shift.float, clerk.shift.pieces) == (10_300, ((5_000, 2), (100, 3)))

    night = CloseDialog(clerk, till.window())
    night.open()
    fill({5_000: 1}, night.pieces, qtbot)
    words = [label.text() for label in night.findChildren(type(night.total))]
    assert not any("103" in text for text in words)  # Nobody says beforehand what it should be.
    night._close_shift()
    qtbot.waitUntil(night.witness.isVisible)
    assert crowded(night) == []
    assert night.height() <= LAPTOP
    night.reason.setText("A note is missing")
    night.witness.setText("Sven")
    night._close_shift()
    qtbot.waitUntil(lambda: app.counter().z_report() is not None)
    z = app.counter().z_report()
    rows = {row.label: row for section in z.sections if section.title == "Drawer" for row in section.rows}
    assert rows["Difference"].amount == -5_300
    assert (rows["Reason"].text, rows["Second person"].text) == ("A note is missing", "Sven")
