"""The tour: the app without a screen, driven through a short day, with pictures and a report to look at.

It is the same window, the same camera, the same hub in a process of its own. Badges pass in front of the
lens, people are let in and turned away, the hub goes away and comes back, and in the end both sides must
agree to the last act; if they do not, the tour fails.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from boxoffice.bootstrap import App, renderer, spooler
from boxoffice.domain import money
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.documents import Report
from boxoffice.domain.door import Door
from boxoffice.domain.permissions import Role
from boxoffice.domain.printing import Printer
from boxoffice.domain.reconciling import Difference
from boxoffice.domain.scan import Source
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.verdicts import Reason, Wish
from boxoffice.errors import DeviceTrouble
from boxoffice.ids import new_scan
from boxoffice.sample_event import MAIN_ENTRANCE, people_at_work
from boxoffice.scanning.camera import Camera, Film
from boxoffice.services import print_setup, reconciling
from boxoffice.services.give_back import GivenBack
from boxoffice.services.sell import Sale
from boxoffice.storage import print_queue, verify
from sync.servers import central_server
from sync.worker import Sync
from ui.sheets.permission import PermissionSheet

from . import app as windows
from .screens.lock import LockCover
from .screens.report.screen import ReportScreen, Tab
from .screens.till.drawer import ReportDialog
from .screens.till.places import Place
from .screens.till.screen import TillScreen
from .widgets.strip import Where

BADGES = 8
PATIENCE = 60.0
STEP = 20
"""Milliseconds between two looks at whether something has come to hold."""
_SUPERVISOR = next(one for one in people_at_work() if one.role is Role.SUPERVISOR)
SIZES = ((1366, 768), (1920, 1080))


class Hub(Protocol):
    """The hub of the tour: a process of its own, whose plug can be pulled."""

    url: str

    def start_hub(self) -> None:
        """Start it, at the address it had before."""
        ...

    def stop_hub(self) -> None:
        """Pull its plug."""
        ...


def run(target: Path, hub: Hub, app: App) -> int:
    """Take the tour with an enrolled station; pictures and `report.txt` lie in `target` afterwards."""
    tour = Tour(target, hub, app)
    try:
        tour.take()
    finally:
        tour.leave()
        (target / "report.txt").write_text("\n".join(tour.lines) + "\n", encoding="utf-8")
        sys.stdout.write("\n".join(tour.lines) + f"\n\nThe tour's pictures and report: {target}\n")
    return 0


class Tour:
    """A window, a station, a hub; and what was seen."""

    def __init__(self, target: Path, hub: Hub, app: App) -> None:
        self.lines: list[str] = []
        self._target = target
        self._hub = hub
        self._app = app
        self._pictures = 0
        app.set_door(Door(lists=(MAIN_ENTRANCE,), gate="North")).result()
        self._qt = windows.application()
        self._sync = Sync(app)
        self._window = windows.open_window(app, self._sync)
        self._window.resize(*SIZES[0])
        self._answered: list[Any] = []

    def take(self) -> None:
        """The whole day."""
        self._sign_in()
        self._window.door.answer_shown.connect(self._answered.append)
        self._enrolled()
        codes = self._codes()
        self._badges(codes[Reason.OK][:BADGES])
        self._answers(codes)
        self._offline(codes[Reason.OK][BADGES:])
        self._back()
        self._agree()

    def leave(self) -> None:
        """Close the window and stop its workers."""
        self._sync.stop()
        windows.close_window(self._window)
        self._window.close()

    def _sign_in(self) -> None:
        """Nobody does anything here without a PIN, where people are known by name."""
        cover = self._window.findChild(LockCover)
        if cover is None:
            return
        self._picture("who-is-it")
        cover.enter(_SUPERVISOR.name, _SUPERVISOR.pin)
        self._expect(f"{_SUPERVISOR.name} is signed in", lambda: not self._window.locking.is_covered)

    def _stand_by(self) -> None:
        """Somebody with a PIN stands by what was just asked for."""
        self._expect("somebody has to stand by it", lambda: bool(self._window.findChildren(PermissionSheet)))
        sheet = self._window.findChildren(PermissionSheet)[0]
        self._picture("permission", sheet)
        sheet.enter(_SUPERVISOR.name, _SUPERVISOR.pin)

    def _enrolled(self) -> None:
        enrolment = self._app.enrolment
        held = self._app.read(lambda c: c.execute("SELECT count(*) FROM positions").fetchone()[0])
        self._note(f"Enrolled as {enrolment.name if enrolment else '?'} at {self._hub.url}; {held} tickets are here.")
        self._sync.start()
        self._window.door.recount()
        self._expect("the station is online", lambda: self._sync.state.online)
        self._picture("ready")

    def _codes(self) -> dict[Reason, list[str]]:
        """Secrets of the conference by what a scan would say of them now."""
        rows = self._app.read(
            lambda c: c.execute(
                "SELECT secret FROM positions WHERE event = ? AND addon_to IS NULL ORDER BY order_code LIMIT 400",
                (MAIN_ENTRANCE[0],),
            ).fetchall()
        )
        found: dict[Reason, list[str]] = {}
        for (secret,) in rows:
            scan = new_scan(secret, Source.SCRIPT)
            verdict = self._app.gate.admit(scan, self._app.door, Wish(preview=True)).result()
            plain = not (verdict.attention or verdict.questions)
            if plain or verdict.reason is not Reason.OK:
                found.setdefault(verdict.reason, []).append(secret)
        return found

    def _badges(self, secrets: list[str]) -> None:
        """A film of badges in front of the lens."""
        from boxoffice.scanning.sample_video import Badge, write_film

        film = self._target / "badges.avi"
        frames = write_film(film, [Badge(secret, f"Badge {number + 1}") for number, secret in enumerate(secrets)])
        before = self._entries()
        take = windows.in_window(self._window, self._window.scans.take)
        camera = Camera(Film(film), on_scan=take, on_frame=self._window.scans.eye.on_frame)
        camera.start()
        self._expect("badges are read from the film", lambda: self._entries() >= before + 3)
        self._picture("camera")
        self._expect("the film has ended", lambda: camera.join(0))
        camera.stop()
        self._expect(f"all {len(secrets)} badges are in", lambda: self._entries() == before + len(secrets))
        self._note(f"{frames} frames of {len(secrets)} moving badges: {self._entries() - before} admitted, once each.")

    def _entries(self) -> int:
        return self._app.lookup.counts(self._app.catalog(MAIN_ENTRANCE[0]).lists[MAIN_ENTRANCE[1]]).entries

    def _answers(self, codes: dict[Reason, list[str]]) -> None:
        """One of each answer that the event has to offer."""
        self._scan(codes[Reason.OK][0], "already-used", "a used badge is refused")
        self._scan("nobody-knows-this-code", "unknown", "an unknown code is refused")
        for reason in (Reason.UNPAID, Reason.CANCELED, Reason.BLOCKED, Reason.UNAPPROVED, Reason.INCOMPLETE):
            if reason in codes:
                self._scan(codes[reason][0], reason.value, f"{reason.value} is answered")

    def _scan(self, secret: str, picture: str, what: str) -> None:
        for _ in range(BADGES + 1):  # answers that wait for a person queue up; somebody has read them all
            self._window.door.clear()
        shown = len(self._answered)
        self._window.scans.take(new_scan(secret, Source.WEDGE))
        self._expect(what, lambda: len(self._answered) > shown)
        self._picture(picture)

    def _offline(self, secrets: list[str]) -> None:
        """The plug is pulled; people go on coming."""
        self._hub.stop_hub()
        self._note("The hub is gone.")
        self._scan(secrets[0], "offline-first-scan", "a badge is admitted without the hub")
        self._expect("the app notices by itself", lambda: not self._sync.state.online)
        for secret in secrets[1:5]:
            self._scan(secret, "", "a badge is admitted without the hub")
        self._picture("offline")
        self._till()
        self._note(f"Offline: {self._app.outbox().waiting} acts wait, none is lost.")

    def _till(self) -> None:
        """A day at the till, with the hub gone: a float, two sales, money back, a count, and the Z on paper."""
        paper = self._target / "paper.escpos"
        paper.unlink(missing_ok=True)
        printer = Printer(name="Roll", address=f"file:{paper}", drawer=True, silent=True)
        self._app.write(lambda c: print_setup.add_printer(c, printer)).result()
        spooling = spooler(self._app)
        spooling.start()
        try:
            self._sell_and_close()
            self._expect("everything is on paper", lambda: not self._app.read(print_queue.open_ones))
        finally:
            spooling.stop()
        self._window.go(Where.DOOR)

    def _sell_and_close(self) -> None:
        self._window.go(Where.TILL)
        screen = self._window.stack.currentWidget()
        assert isinstance(screen, TillScreen)  # noqa: S101 - what the window shows at this place
        clerk = screen.clerk
        self._picture("till-closed")
        clerk.drawer.open(MAIN_ENTRANCE[0], 20_000)
        self._expect("the drawer is open", lambda: clerk.shift is not None and not clerk.busy)
        sold: list[Sale] = []
        clerk.payment.sold.connect(sold.append)
        clerk.add(clerk.assortment.wares()[0])
        clerk.add(clerk.assortment.wares()[0])
        self._picture("till-cart")
        screen.pay()
        self._expect("the cart is kept", lambda: not clerk.busy)
        self._picture("till-paying")
        clerk.payment.offer(Means.CASH, -(-clerk.payment.open_amount() // 10_000) * 10_000)
        self._expect("two tickets are sold in cash", lambda: len(sold) == 1)
        self._picture("till-change")
        screen.choose()
        clerk.add(clerk.assortment.wares()[0])
        clerk.payment.offer(Means.CARD, clerk.payment.open_amount(Means.CARD))
        self._expect("one is sold by card", lambda: len(sold) == 2)
        first = sold[0]
        offers = [Offer(means=Means.CASH, amount=-first.order.positions[0].price)]
        given: list[GivenBack] = []
        code = first.order.code
        self._window.courier.attempt(
            lambda permits: clerk.counter.orders.give_back(
                MAIN_ENTRANCE[0], code, offers, "Came with a friend", {1: None}, permits=permits
            ),
            to=self._window,
            done=given.append,
            failed=lambda trouble: self._note(str(trouble)),
        )
        if self._app.staff.in_use:
            self._stand_by()
        self._expect("money went back", lambda: len(given) == 1)
        back = given[0]
        screen.choose()
        report = clerk.counter.x_report()
        drawer = next(section for section in report.sections if section.title == "Drawer")
        counted = sum(row.amount or 0 for row in drawer.rows)
        closed: list[Report] = []
        clerk.drawer.closed.connect(closed.append)
        clerk.drawer.close({1: counted}, "", lambda trouble: self._note(str(trouble)))
        self._expect("the shift is closed with its Z", lambda: len(closed) == 1)
        self._picture("till-z")
        for sheet in self._window.findChildren(ReportDialog):
            sheet.close()
        (self._target / "z.png").write_bytes(
            renderer(self._app).picture_of(closed[0], self._app.paper.setup.printers[0])
        )
        self._read_reports(screen)
        total = money.plain(first.receipt.total, first.receipt.currency)
        self._note(
            f"Offline at the till: receipt {first.booked.number} over {total}, {back.booked.number} back in part,"
            f" Z {closed[0].number} closes the day; see z.png, and paper.escpos for all that was printed."
        )

    def _read_reports(self, screen: TillScreen) -> None:
        """What somebody reads who counts at night, while the drawer is closed and the hub is gone."""
        screen.go(Place.REPORT)
        page = screen.page
        assert isinstance(page, ReportScreen)  # noqa: S101 - what the till shows at this place
        for tab, name in ((Tab.DAY, "report-day"), (Tab.EVENT, "report-event"), (Tab.DIFFERENCES, "report-differs")):
            page.go(tab)
            self._expect("the report is reckoned", lambda: page.is_shown)
            self._picture(name)
        screen.go(Place.EVENT)

    def _all_is_told(self) -> bool:
        counts = self._app.outbox()
        return not (counts.waiting or counts.parked)

    def _back(self) -> None:
        self._hub.start_hub()
        self._sync.hurry()
        self._expect("everything reaches the hub", self._all_is_told)
        self._expect("the app notices that the hub is back", lambda: self._sync.state.online)
        self._picture("back-online")
        self._note("The hub is back: the outbox is empty.")
        self._window.resize(*SIZES[1])
        self._picture("large")

    def _agree(self) -> None:
        """Both sides hold the same passages, and the station's books are in order."""
        findings = self._app.read(verify.check)
        self._expect("verify finds nothing", lambda: findings.sound)
        ours = {row[0] for row in self._app.read(lambda c: c.execute("SELECT nonce FROM checkins").fetchall())}
        theirs = self._hub_checkins()
        self._expect("the hub holds each passage once", lambda: ours == theirs)
        self._expect("our books and the hub's agree to the last unit", lambda: not self._differences())
        self._note(f"The station and the hub both hold {len(theirs)} passages; verify is clean.")

    def _differences(self) -> tuple[Difference, ...]:
        """Where the hub says something else of our payments than our books do."""
        now = datetime.now(UTC)
        day = timedelta(days=1)
        return self._app.read(lambda c: reconciling.over(c, MAIN_ENTRANCE[0], now - day, now + day)).differences

    def _hub_checkins(self) -> set[str]:
        enrolment = self._app.enrolment
        if enrolment is None:
            return set()
        server = central_server(enrolment)
        try:
            return {one.noun.nonce for one in server.changes(MAIN_ENTRANCE[0], "") if isinstance(one.noun, CheckIn)}
        finally:
            server.close()

    # How it looks and what it proves

    def _expect(self, what: str, holds: Callable[[], bool]) -> None:
        """Let the app run until this holds; if it does not come to hold, the tour fails and says so."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if holds():
                return
            QTest.qWait(STEP)
        self._note(f"FAILED: {what}")
        raise DeviceTrouble("The tour did not go as it should", what, f"See {self._target / 'report.txt'}.")

    def _note(self, line: str) -> None:
        self.lines.append(f"{datetime.now(UTC):%H:%M:%S}  {line}")

    def _picture(self, name: str, of: QWidget | None = None) -> None:
        if not name:
            return
        QTest.qWait(150)
        self._pictures += 1
        path = self._target / f"{self._pictures:02d}-{name}.png"
        (of or self._window).grab().save(str(path))
        self._note(f"picture {path.name}")
