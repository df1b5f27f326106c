"""The screens beside the door: made when they are first visited, and tied to what they need of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from boxoffice.domain.door import Door
from boxoffice.ports import Enrolment
from boxoffice.scanning.layouts import Mending
from ui.clerks.cases import Case
from ui.sheets.enrolling import EnrolDialog
from ui.sheets.parting import PartingSheet
from ui.sheets.settings.gun_test import GunTest

from .language import tr
from .living import Keyed
from .screens.conflicts import ConflictsScreen
from .screens.desk import DeskScreen
from .screens.door.screen import DoorScreen
from .screens.outbox import OutboxScreen
from .screens.printing.screen import PrintingScreen
from .screens.settings.screen import SettingsScreen
from .screens.till.screen import TillScreen
from .widgets.dialogs import KeysSheet
from .widgets.strip import Where

if TYPE_CHECKING:
    from .main_window import MainWindow


def make(where: Where, window: MainWindow) -> QWidget:
    """The screen of a place.

    It is made where it will stand: what is put there afterwards is looked over once more, with everything in it.
    """
    match where:
        case Where.DESK:
            return _desk(window)
        case Where.TILL:
            return _till(window)
        case Where.OUTBOX:
            return _outbox(window)
        case Where.CONFLICTS:
            return ConflictsScreen(window.station, window.courier, window.rights, window.problems.report, window.stack)
        case Where.BADGES:
            return _badges(window)
        case Where.PRINTING:
            return _printing(window)
        case Where.SETTINGS:
            return _settings(window)
        case _:
            return window.door


def _outbox(window: MainWindow) -> OutboxScreen:
    return OutboxScreen(
        window.station,
        window.courier,
        window.rights,
        window.hurry,
        window.background,
        window.notices.say,
        window.problems.report,
        window.stack,
    )


def _desk(window: MainWindow) -> DeskScreen:
    screen = DeskScreen(
        window.station,
        window.keeper,
        window.rights,
        window.courier,
        window.background,
        window.notices.say,
        window.problems.report,
    )
    screen.let_in.connect(window.scans.let_in)
    screen.search.new_wanted.connect(lambda name: sell_to(window, name))
    screen.badges.eye = window.scans.eye
    screen.money.worker = lambda: window.cards
    return screen


def sell_to(window: MainWindow, name: str) -> None:
    """Somebody who is not known yet wants a ticket: on to the till, which asks for no name that was typed before."""
    window.go(Where.TILL)
    screen = window.stack.currentWidget()
    if isinstance(screen, TillScreen):
        screen.sell_to(name)


def take_money(window: MainWindow, case: Case) -> None:
    """Take the money of somebody at the door, and judge the ticket again once it is there."""
    from boxoffice.storage import orders
    from ui.sheets.orders.order_money import OrderMoney, PaySheet

    ticket = case.verdict.ticket
    if ticket is None:
        return
    order = window.station.read(lambda c: orders.by_code(c, ticket.event, ticket.order.code))
    if order is None or window.station.counter().shift is None:
        window.notices.say(tr("Open the drawer at the till first."))
        return
    desk = OrderMoney(
        window.station, window.courier, window.rights, window.notices.say, window.problems.report, window.door
    )
    desk.worker = lambda: window.cards
    desk.give_change = window.door.show_change
    desk.changed.connect(lambda: window.keeper.judge_again(case))
    sheet = PaySheet(desk, order, window)
    sheet.finished.connect(desk.deleteLater)
    sheet.open()


def _till(window: MainWindow) -> TillScreen:
    screen = TillScreen(
        window.station, window.courier, window.notices, window.problems.report, window.background, window.stack
    )
    screen.payment.eye = window.scans.eye
    screen.follow(window.preferences)
    screen.clerk.limited.online = lambda: window.status.online
    screen.clerk.payment.worker = lambda: window.cards
    for answered in (screen.clerk.payment.in_doubt, screen.clerk.payment.sold):
        answered.connect(lambda _: window.status.refresh_soon())
    screen.outbox_wanted.connect(lambda: window.go(Where.OUTBOX))
    screen.clerk.take_up(window.unfinished.pop(Where.TILL, None))
    for changed in (window.locking.changed, window.training.changed):
        changed.connect(screen.clerk.take_over)
    return screen


def _badges(window: MainWindow) -> QWidget:
    from ui.screens.badges.badge_draft import Draft

    from .screens.badges.screen import BadgeEditor

    begun = window.unfinished.get(Where.BADGES)
    draft = begun if isinstance(begun, Draft) else None
    screen = BadgeEditor(window.station, window.courier, window.background, window.problems.report, draft, window.stack)

    def remember(draft: Draft) -> None:
        window.unfinished[Where.BADGES] = draft

    remember(screen.draft)
    screen.opened.connect(remember)
    screen.saved.connect(lambda name: window.notices.say(tr("{name} is saved", name=name)))
    return screen


def _printing(window: MainWindow) -> PrintingScreen:
    return PrintingScreen(
        window.station,
        window.courier,
        window.background,
        window.rights,
        window.paper.worker if window.paper is not None else None,
        window.problems.report,
        window.stack,
    )


def _settings(window: MainWindow) -> SettingsScreen:
    screen = SettingsScreen(window.station, window.preferences, window.rights, window.problems.report, window.stack)

    def set_door(door: Door) -> None:
        window.set_door(door)

    def like(changes: dict[str, object]) -> None:
        window.likes.choose(**changes)
        screen.set_preferences(window.preferences)

    screen.door_chosen.connect(set_door)
    screen.liked.connect(like)
    screen.enrol_pressed.connect(lambda: enrol(window, screen))
    screen.gun_test_pressed.connect(lambda: _test_gun(window))
    screen.badges_pressed.connect(lambda: window.go(Where.BADGES))
    screen.people_pressed.connect(lambda: _people(window, screen))
    screen.training_pressed.connect(lambda: _train(window))
    window.training.changed.connect(screen.refresh)
    screen.papers_pressed.connect(lambda: _write_papers(window))
    screen.tenders_pressed.connect(lambda: _choose_tenders(window))
    screen.terminal_pressed.connect(lambda: _set_up_terminal(window, screen))
    return screen


def _choose_tenders(window: MainWindow) -> None:
    from ui.sheets.settings.tendering_sheet import TenderingSheet

    TenderingSheet(window.station, window.courier, window.problems.report, window).open()


def _set_up_terminal(window: MainWindow, screen: SettingsScreen) -> None:
    from ui.sheets.settings.terminal_sheet import TerminalSheet

    sheet = TerminalSheet(window.station, window.courier, lambda: window.cards, window)
    sheet.changed.connect(screen.refresh)
    sheet.open()


def enrol(window: MainWindow, screen: SettingsScreen | None = None) -> EnrolDialog:
    """Ask for a server to join; the code for a new station may be scanned while the sheet is open."""
    sheet = EnrolDialog(window.station, window.courier, window.background, window)

    def joined(enrolment: Enrolment) -> None:
        window.notices.say(tr("Joined as {name}", name=enrolment.name))
        window.on_joined()
        if screen is not None:
            screen.refresh()

    sheet.enrolled.connect(joined)
    window.scans.listen(sheet.take)
    sheet.finished.connect(lambda _: window.scans.listen(None))
    sheet.open()
    return sheet


def part(window: MainWindow) -> PartingSheet:
    """The server has sent this station away: wipe it, when a person says so."""
    sheet = PartingSheet(window.station, window.courier, window.background, window.rights, window)
    sheet.wiped.connect(window.on_wiped)
    sheet.open()
    return sheet


def _train(window: MainWindow) -> None:
    """Begin to train at the till, or end it."""
    if window.station.staff.training:
        window.training.end()
    else:
        window.training.begin(window.problems.report)


def _people(window: MainWindow, screen: SettingsScreen) -> None:
    from ui.sheets.settings.people_sheet import PeopleSheet

    sheet = PeopleSheet(window.station.staff, window.courier, window.background, window)
    sheet.changed.connect(screen.refresh)
    sheet.changed.connect(window.locking.refresh)
    sheet.finished.connect(lambda _: window.locking.lock_if_nobody())
    sheet.open()


def _test_gun(window: MainWindow) -> GunTest:
    sheet = GunTest(window)

    def mended(mending: Mending) -> None:
        window.likes.choose(mending=mending)

    sheet.mended.connect(mended)
    # What arrives must be what the gun typed, and not what an earlier test has made of it.
    window.scans.listen_to_typed(sheet.take)
    sheet.finished.connect(lambda _: window.scans.listen_to_typed(None))
    sheet.open()
    return sheet


def _write_papers(window: MainWindow) -> QWidget:
    from ui.sheets.settings.stationery_sheet import StationerySheet

    sheet = StationerySheet(window.station, window.courier, window.background, window.problems.report, window)
    sheet.kept.connect(lambda: window.notices.say(tr("Papers are as you wrote them from now on")))
    sheet.open()
    return sheet


def show_keys(window: MainWindow) -> None:
    """What the keys do: those of the place where somebody is, and those that do the same everywhere."""
    general = [
        ("F1", tr("This sheet")),
        ("F11", tr("Door mode")),
        ("F12", tr("Mute")),
        ("Ctrl+L", tr("Lock, or hand over")),
        ("Ctrl+1 … 8", tr("Change the place")),
    ]
    shown: object = window.stack.currentWidget()
    own = shown.keys() if isinstance(shown, Keyed) else DoorScreen.keys()
    KeysSheet([*own, *general], window).open()
