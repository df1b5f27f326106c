"""At the till: the date that is sold, what buyers are asked before they pay, and the walk-in who is asked nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from boxoffice.domain.catalog import Event, EventSettings, Item, Option, Question, QuestionType, SubEvent
from boxoffice.domain.offering import Choice, Elsewhere, PassTerms
from boxoffice.storage import orders
from ui import language
from ui.papers.images import as_png
from ui.screens.till.choice_sheet import ChoiceSheet
from ui.screens.till.guests import GuestSheet
from ui.screens.till.places import Place
from ui.screens.till.sale_head import CounterSheet, DateSheet
from ui.screens.till.screen import TillScreen
from ui.sheets.photo_sheet import PhotoSheet
from ui.widgets.dialogs import ReasonDialog
from ui.widgets.rows import CheckRow
from ui.widgets.strip import Where

SOON = datetime.now(UTC) + timedelta(days=1)
FOOD, OTHER = 1, 2


class Cashier:
    """Somebody at the till of an event that asks questions."""

    def __init__(self, evening: Any, qtbot: Any, *more: Any, series: bool = False) -> None:
        self.evening, self.qtbot, self.app = evening, qtbot, evening.app
        evening.enrol()
        evening.hear(
            Event(slug="conf26", name={"en": "Conference"}, currency="EUR", timezone="UTC", has_subevents=series),
            Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500),
            *more,
        )
        self.window = evening.open()
        self.window.go(Where.TILL)
        self.type("200↵")
        qtbot.waitUntil(lambda: self.screen.clerk.shift is not None)

    @property
    def screen(self) -> TillScreen:
        screen = self.window.stack.currentWidget()
        assert isinstance(screen, TillScreen)
        return screen

    def type(self, text: str) -> None:
        keys = {"↵": Qt.Key.Key_Return, "P": Qt.Key.Key_F9, "D": Qt.Key.Key_F3}
        for one in text:
            self.qtbot.waitUntil(lambda: not self.screen.clerk.busy)
            if QApplication.focusWidget() is None:  # Without a window manager nobody gives the keys back to it.
                self.window.activateWindow()
            self.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
            target = QApplication.focusWidget()
            assert target is not None
            if one in keys:
                QTest.keyClick(target, keys[one])
            else:
                QTest.keyClicks(target, one)
        self.qtbot.waitUntil(lambda: not self.screen.clerk.busy)

    def sheet(self, kind: Any) -> Any:
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())

    def sold(self) -> Any:
        self.qtbot.waitUntil(lambda: self.app.counter().receipt(1) is not None)
        code = self.app.counter().receipt(1).receipt.orders[0]
        return self.app.read(lambda c: orders.by_code(c, "conf26", code))


@pytest.fixture
def cashier(evening: Any, qtbot: Any) -> Callable[..., Cashier]:
    return lambda *nouns, **more: Cashier(evening, qtbot, *nouns, **more)


def asks_for_names(**more: Any) -> EventSettings:
    parts = ("given_name", "family_name")
    return EventSettings(event="conf26", asked=("name", "email"), required=("name",), name_fields=parts, **more)


def test_each_ticket_of_a_line_gets_its_name_before_it_is_paid(cashier: Any) -> None:
    till = cashier(asks_for_names())
    till.type("2*1↵P")
    sheet = till.sheet(GuestSheet)
    for given, family in (("Ada", "Lovelace"), ("Grace", "Hopper")):
        sheet.lines["given_name"].setText(given)
        sheet.lines["family_name"].setText(family)
        sheet.go_on()
    till.type("↵")
    assert [one.name for one in till.sold().positions] == ["Ada Lovelace", "Grace Hopper"]


def test_whoever_was_sought_and_not_found_is_sold_a_ticket_without_a_second_typing(cashier: Any, hands: Any) -> None:
    till = cashier(asks_for_names())
    till.window.go(Where.DESK)
    hands.person("Mary Ann Evans\r", till.window.stack.currentWidget().search)
    till.qtbot.waitUntil(lambda: isinstance(till.window.stack.currentWidget(), TillScreen))
    till.type("1↵P")
    sheet = till.sheet(GuestSheet)
    assert (sheet.lines["given_name"].text(), sheet.lines["family_name"].text()) == ("Mary Ann", "Evans")
    sheet.go_on()
    till.type("↵")
    assert till.sold().positions[0].name == "Mary Ann Evans"


def test_where_no_name_is_asked_the_first_ticket_has_the_one_that_was_sought(cashier: Any) -> None:
    till = cashier()
    till.screen.sell_to("Mary Ann Evans")
    till.type("1↵1↵P↵")
    assert sorted(one.name for one in till.sold().positions) == ["", "Mary Ann Evans"]


def test_what_is_needed_is_not_left_out_and_said(cashier: Any) -> None:
    till = cashier(asks_for_names())
    till.type("1↵P")
    sheet = till.sheet(GuestSheet)
    sheet.go_on()
    assert sheet.wrong.isVisible()
    assert sheet.wrong.text() == "Whose Regular is it? A name is needed"


def test_a_walk_in_is_asked_nothing(cashier: Any) -> None:
    till = cashier(asks_for_names())
    till.type("1↵")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F10)
    till.type("P↵")
    assert till.sold().positions[0].name == ""
    assert not till.screen.clerk.cart.quick


def test_an_answer_makes_another_question_one(cashier: Any) -> None:
    till = cashier(
        Question(
            id=FOOD,
            event="conf26",
            question={"en": "What do you eat?"},
            type=QuestionType.CHOICE,
            required=True,
            items=(1,),
            options=(Option(id=11, identifier="all"), Option(id=12, identifier="other")),
        ),
        Question(
            id=OTHER,
            event="conf26",
            question={"en": "Which?"},
            required=True,
            items=(1,),
            position=1,
            dependency_question=FOOD,
            dependency_values=("other",),
        ),
    )
    till.type("1↵P")
    sheet = till.sheet(GuestSheet)
    assert [one.question.id for one in sheet.fields] == [FOOD]
    sheet.fields[0].findChildren(CheckRow)[1].click()
    assert [one.question.id for one in sheet.fields] == [FOOD, OTHER]
    sheet.fields[1].focusProxy().setText("Soup")
    sheet.go_on()
    till.type("↵")
    assert till.sold().positions[0].answers == {"1": "12", "2": "Soup"}


def test_a_ticket_for_students_names_them_and_wants_the_proof(cashier: Any) -> None:
    till = cashier(
        Item(id=1, event="conf26", name={"en": "Student"}, price=1_000, roles=("student",)),
        EventSettings(event="conf26", roles={"student": {"en": "students"}}),
    )
    till.type("1↵P")
    sheet = till.sheet(GuestSheet)
    sheet.go_on()
    assert sheet.wrong.text() == "Student is for students only; ask for the proof"
    sheet.roles["student"].setChecked(True)
    sheet.go_on()
    till.type("↵")
    assert till.sold().total == 1_000


def a_series(**of_second: Any) -> tuple[SubEvent, ...]:
    second = SubEvent(
        id=2, event="conf26", name={"en": "Second night"}, date_from=SOON + timedelta(days=1), **of_second
    )
    return SubEvent(id=1, event="conf26", name={"en": "First night"}, date_from=SOON), second


def test_two_dates_go_into_one_cart_by_keys_alone(cashier: Any) -> None:
    till = cashier(*a_series(item_prices={"1": 5_000}), series=True)
    till.type("1↵D")
    sheet = till.sheet(DateSheet)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(sheet.list, key)
    till.type("1↵")
    lines = till.screen.clerk.cart.lines
    assert [one.subevent for one in lines] == [1, 2]
    assert till.screen.clerk.bill.total == 9_500
    assert "Second night" in till.screen.catalogue.dates.date.text()


def test_a_day_in_the_calendar_is_one_of_the_events_clock(cashier: Any) -> None:
    there = ZoneInfo("Pacific/Kiritimati")
    first = datetime.combine((SOON + timedelta(days=2)).date(), time(0, 30), there)
    nights = [SubEvent(id=n, event="conf26", date_from=first + timedelta(days=n)) for n in range(1, 10)]
    till = cashier(*nights, series=True)
    language.set_clock([there.key])
    sheet = DateSheet(till.screen.clerk, {}, till.window)
    sheet.calendar.setSelectedDate(QDate(first.year, first.month, first.day).addDays(3))
    assert [sheet.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(sheet.list.count())] == [3]
    sheet.deleteLater()
    language.set_clock(())


def test_a_till_that_is_set_to_a_date_sells_it_first(cashier: Any) -> None:
    till = cashier(*a_series(), series=True)
    sheet = CounterSheet(till.screen.clerk, till.window)
    sheet.open()
    sheet.dates[2].setChecked(True)
    sheet._keep()
    till.type("1↵")
    assert [one.subevent for one in till.screen.clerk.cart.lines] == [2]
    dates = DateSheet(till.screen.clerk, {}, till.window)
    assert "sold here first" in dates.list.item(0).text()
    dates.deleteLater()


def test_a_pass_for_one_person_wants_its_name_even_of_a_walk_in(cashier: Any) -> None:
    terms = PassTerms(entries=3, named=True, choices=(Choice(id=1, item=1),))
    till = cashier(Item(id=1, event="conf26", name={"en": "Pass"}, price=9_000, pass_terms=terms))
    till.type("1↵")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F10)
    till.type("P")
    sheet = till.sheet(GuestSheet)
    sheet.skip()
    assert sheet.wrong.isVisible()
    sheet.lines["full_name"].setText("Ada")
    sheet.go_on()
    till.type("↵")
    assert till.sold().positions[0].name == "Ada"


# Passes


def a_season(**of_pass: Any) -> tuple[Any, ...]:
    terms = PassTerms(choices=tuple(Choice(id=n, item=1, dates=(n,), price=500) for n in (1, 2)), entries=3, **of_pass)
    return (*a_series(), Item(id=9, event="conf26", name={"en": "Season pass"}, price=9_000, pass_terms=terms))


def to_passes(till: Any) -> Any:
    till.screen.go(Place.PASSES)
    page = till.screen._pages[Place.PASSES]
    assert page is not None
    return page


def test_whose_pass_wants_a_photo_is_asked_for_it_as_soon_as_it_is_sold(cashier: Any, face: Path) -> None:
    till = cashier(Item(id=1, event="conf26", name={"en": "Pass"}, price=900, pass_terms=PassTerms(photo=True)))
    till.type("2*1↵P↵")
    order = till.sold()
    till.qtbot.waitUntil(lambda: bool(photo_sheets()))
    photo_sheets()[0].reject()
    till.qtbot.waitUntil(lambda: len(photo_sheets()) == 1)
    (sheet,) = photo_sheets()
    sheet.open_file(face)
    sheet.keep.click()
    badges = till.app.badges
    till.qtbot.waitUntil(lambda: bool(badges.photo("conf26", f"{order.code}-2")))
    assert not badges.photo("conf26", f"{order.code}-1")
    till.window.activateWindow()  # Without a window manager nobody gives the keys back to it.
    till.qtbot.waitUntil(till.screen.done.hasFocus)


def photo_sheets() -> list[PhotoSheet]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, PhotoSheet) and one.isVisible()]


@pytest.fixture
def face(tmp_path: Path) -> Path:
    """Somebody's photo in a file."""
    file = tmp_path / "face.png"
    image = QImage(30, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("grey"))
    file.write_bytes(as_png(image))
    return file


def test_a_pass_is_sold_with_date_and_photo_and_one_is_added_by_its_code(cashier: Any, face: Path) -> None:
    till = cashier(*a_season(), series=True)
    to_passes(till)
    till.type("1↵")
    sheet = till.sheet(ChoiceSheet)
    sheet.rows[1, 1].click()
    sheet.take()
    assert [(one.item, one.subevent) for one in till.screen.clerk.cart.lines] == [(9, None), (1, 1)]
    till.type("P↵")
    order = till.sold()
    assert order.total == 9_500
    page = to_passes(till)
    page.take_scan(order.positions[0].secret)
    assert "3 of 3 entries left" in page.card.about.text()
    key = f"{order.code}-1"
    sheet = page.ask_for_photo()
    sheet.open_file(face)
    sheet.keep.click()
    till.qtbot.waitUntil(lambda: not page.card.face.isHidden())
    assert till.app.badges.photo("conf26", key)
    page.card.dates.click()
    sheet = till.sheet(ChoiceSheet)
    sheet.rows[2, 2].click()
    sheet.take()
    till.type("P↵")
    till.qtbot.waitUntil(lambda: till.app.counter().receipt(2) is not None)
    again = till.app.read(lambda c: orders.by_code(c, "conf26", order.code))
    assert [(one.item, one.subevent, one.addon_to) for one in again.positions][2:] == [(1, 2, 1)]


def test_a_second_date_of_one_choice_is_named_as_it_is_chosen_and_allowed_with_a_reason(cashier: Any) -> None:
    till = cashier(*a_season(min_choices=1, max_choices=1), series=True)
    to_passes(till)
    till.type("1↵")
    sheet = till.sheet(ChoiceSheet)
    assert sheet.wrong.text().startswith("Choose dates for at least 1.")
    sheet.rows[1, 1].click()
    assert not sheet.wrong.text()
    sheet.take()
    till.type("P↵")
    order = till.sold()
    page = to_passes(till)
    page.take_scan(order.positions[0].secret)
    page.card.dates.click()
    sheet = till.sheet(ChoiceSheet)
    sheet.rows[2, 2].click()
    assert sheet.wrong.text().startswith("Dates chosen with this pass before: 1; it may have 1.")
    sheet.take()
    panel = till.screen.cart
    assert not panel.pay.isEnabled()

    def allowing() -> list[QPushButton]:
        shown = [one for one in panel.findChildren(QPushButton) if one.isVisible()]
        return [one for one in shown if one.text() == "Sell it all the same"]

    till.qtbot.waitUntil(lambda: bool(allowing()))
    allowing()[0].click()
    till.sheet(ReasonDialog)._finish("The organiser agreed")
    assert panel.pay.isEnabled()
    till.type("P↵")
    till.qtbot.waitUntil(lambda: till.app.counter().receipt(2) is not None)


def test_of_a_pass_of_several_events_each_is_chosen_at_its_own_price(cashier: Any) -> None:
    terms = PassTerms(
        choices=(
            Choice(id=1, name={"en": "Museum"}, item=8, price=500, elsewhere=Elsewhere(event="museum", item=1)),
            Choice(id=2, name={"en": "Zoo"}, item=8, elsewhere=Elsewhere(event="zoo", item=1)),
        )
    )
    till = cashier(
        Item(id=8, event="conf26", name={"en": "Another event"}),
        Item(id=9, event="conf26", name={"en": "City pass"}, price=9_000, pass_terms=terms),
        Event(slug="museum", name={"en": "The museum"}, currency="EUR", timezone="UTC"),
        Item(id=1, event="museum", name={"en": "Day"}),
    )
    assert [tile.words for tile in till.screen.tiles._tiles] == ["Regular", "City pass"]
    to_passes(till)
    till.type("1↵")
    sheet = till.sheet(ChoiceSheet)
    said = [label.text() for label in sheet.findChildren(QLabel)]
    assert "This event is not known at this station." in said
    [row] = sheet.rows.values()
    row.click()
    sheet.take()
    till.type("P↵")
    order = till.sold()
    assert order.total == 9_500
    there = till.app.read(lambda c: orders.by_code(c, "museum", order.code))
    assert there.positions[0].secret == order.positions[0].secret


def test_what_is_no_pass_is_said_so(cashier: Any) -> None:
    till = cashier(*a_season(), series=True)
    page = to_passes(till)
    page.take_scan("nothing of ours")
    assert page.card.about.text().startswith("No pass with this code is known here")
    assert not page.card.tickets.isVisible()
