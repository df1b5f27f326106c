"""What stands on papers is written beside the paper itself, for one event or for all, in each language of its own."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from boxoffice.domain.catalog import Item
from boxoffice.ports import Role
from boxoffice.storage import settings
from boxoffice.storage.settings import Stationery
from ui.sheets.settings.stationery_sheet import StationerySheet
from ui.widgets.buttons import Button
from ui.widgets.choice import Choice
from ui.widgets.strip import Where


@pytest.fixture
def sheet(evening: Any) -> Any:
    """The sheet, opened from the settings."""
    evening.hear(Item(id=1, event="conf26", name={"en": "Regular", "zh": "普通票"}, price=10_000))
    evening.buttons(evening.go(Where.SETTINGS))["Set up papers…"].click()
    found = evening.window.findChild(StationerySheet)
    evening.qtbot.waitUntil(lambda: not found.picture.pixmap().isNull())
    return found


def choose(box: Choice, text: str) -> None:
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


def write(box: QPlainTextEdit, text: str) -> None:
    box.setPlainText(text)


def say(hands: Any, line: QLineEdit, text: str) -> None:
    line.selectAll()
    hands.person(text, line)


def keep(evening: Any, sheet: Any) -> None:
    with evening.qtbot.waitSignal(sheet.kept):
        evening.buttons(sheet)["Keep"].click()


def held(evening: Any, event: str = "") -> Stationery | None:
    return evening.app.read(lambda c: settings.own_stationery(c, event))


def drawn(evening: Any, sheet: Any) -> Any:
    evening.qtbot.waitUntil(lambda: not sheet._later.isActive() and not sheet._drawing)
    return sheet.picture.pixmap().toImage()


def test_what_is_written_once_stands_on_the_papers_of_all_events(evening: Any, sheet: Any, hands: Any) -> None:
    say(hands, sheet.organiser, "Société des Fêtes")
    write(sheet.address, "1 Rue du Port\n13000 Marseille")
    say(hands, sheet.tax_id, "FR 12 345")
    keep(evening, sheet)
    assert held(evening) == Stationery(
        organiser="Société des Fêtes", address=("1 Rue du Port", "13000 Marseille"), tax_id="FR 12 345"
    )


def test_each_language_has_lines_of_its_own_and_keeps_them(evening: Any, sheet: Any) -> None:
    choose(sheet.languages, "English")
    write(sheet.footer, "Thank you\nSee you")
    choose(sheet.languages, "中文")
    assert sheet.footer.toPlainText().strip() == ""
    write(sheet.footer, "谢谢")
    choose(sheet.languages, "English")
    assert sheet.footer.toPlainText() == "Thank you\nSee you"
    keep(evening, sheet)
    kept = held(evening)
    assert kept is not None
    assert kept.footer == ({"en": "Thank you", "zh": "谢谢"}, {"en": "See you"})


def test_an_event_has_its_own_papers_and_goes_back_to_those_of_all(evening: Any, sheet: Any) -> None:
    choose(sheet.events, "Conference")
    assert "It has nothing of its own: this is what all events have." in evening.words(sheet)
    choose(sheet.languages, "English")
    assert sheet.items.currentText() == "Regular"
    write(sheet.ticket, "Bring your card")
    keep(evening, sheet)
    assert held(evening, "conf26") == Stationery(tickets={"1": ({"en": "Bring your card"},)})
    assert held(evening) is None

    evening.buttons(evening.window)["Set up papers…"].click()
    again = next(one for one in evening.window.findChildren(StationerySheet) if one.isVisible())
    choose(again.events, "Conference")
    with evening.qtbot.waitSignal(again.kept):
        evening.buttons(again)["As all events have it"].click()
    assert held(evening, "conf26") is None


def test_the_paper_beside_it_shows_what_is_typed_before_it_is_kept(evening: Any, sheet: Any, tmp_path: Any) -> None:
    before = drawn(evening, sheet)
    write(sheet.header, "Grand Opening Night")
    typed = drawn(evening, sheet)
    assert typed != before
    logo = tmp_path / "logo.png"
    Image.new("L", (200, 80), 0).save(logo)
    sheet.take_logo(logo)
    evening.qtbot.waitUntil(lambda: sheet._chosen.logo != "")
    with_logo = drawn(evening, sheet)
    assert with_logo.height() > typed.height()
    choose(sheet.kinds, "Ticket")
    assert drawn(evening, sheet) != with_logo
    assert held(evening) is None


def test_what_is_cancelled_is_not_kept(evening: Any, sheet: Any, hands: Any) -> None:
    say(hands, sheet.organiser, "Nobody")
    evening.buttons(sheet)["Cancel"].click()
    evening.app.write(lambda _: None).result()
    assert held(evening) is None


def test_a_steward_writes_nothing_on_papers(evening: Any) -> None:
    evening.enrol(Role.STEWARD)
    assert not [one for one in evening.go(Where.SETTINGS).findChildren(Button) if one.text() == "Set up papers…"]
