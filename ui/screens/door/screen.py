"""The door: one window that a steward understands in five seconds.

Every scan is judged at once, whatever lies on the screen. What waits for a person (an attention note, a
question, a hand-out, a confirmation) stays until the person has done it; answers that come meanwhile are
heard, announced at the top of the panel, and shown next.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.passages import Direction
from boxoffice.domain.scan import Scan
from boxoffice.domain.verdicts import Reason
from boxoffice.errors import Trouble
from ui import answers
from ui.answers import Answer, Kind
from ui.background import Background
from ui.clerks.cases import Case, GroupPassed, Stage
from ui.clerks.doorkeeper import Doorkeeper
from ui.courier import Courier
from ui.language import clock_with_seconds, tr
from ui.notices import Notices
from ui.preferences import Preferences
from ui.rights import Right
from ui.sounds import Sounds
from ui.widgets.answer_panel import AnswerPanel
from ui.widgets.buttons import Button

from .band import Band
from .head import Head
from .offers import Offers, answer_to
from .ready import ready
from .taking_back import TakingBack
from .waiting import Waiting, needs_somebody

if TYPE_CHECKING:
    from boxoffice.services.lookup import Answered, Hit
    from boxoffice.services.undo import Undoing
    from ui.inputs.lens import Eye
    from ui.widgets.camera_view import CameraView

log = logging.getLogger(__name__)

_SLOW = 300
_AFTER = 20
"""Milliseconds after an answer before counts and rows follow: the answer is painted first."""
_SHARE = 0.60
"""Of the window's height that the answer gets, at least; it has all of the width."""
_ROOMY, _ROOMY_HIGH = 860, 500


class DoorScreen(QWidget):
    """Direction, list and counts above; the answer; camera and last scans below."""

    wants_settings = Signal()
    money_wanted = Signal(object)
    """A `Case` whose order is to be paid here and now."""
    answer_shown = Signal(object)
    """An `Answer` is on the screen."""

    def __init__(
        self,
        app: App,
        keeper: Doorkeeper,
        courier: Courier,
        sounds: Sounds,
        notices: Notices,
        preferences: Preferences,
        rights: frozenset[Right],
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._keeper = keeper
        self._sounds = sounds
        self._notices = notices
        self._preferences = preferences
        self._case: Case | None = None
        self._waiting = Waiting()
        self.head = Head(app, keeper, courier, rights, background)
        self.direction, self.place = self.head.direction, self.head.place
        self.search, self.counts = self.head.search, self.head.counts
        self.panel = AnswerPanel()
        self._offers = Offers(keeper, self.panel, rights, self)
        self._back = TakingBack(self.panel, keeper, notices, rights)
        self._band = Band()
        self.last_scans = self._band.last_scans
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.head)
        rows.addWidget(self.panel, 1)
        rows.addWidget(self._band)
        self.setTabOrder(self.panel, self.direction)
        self._listen()
        self.head.show_place()
        self._show_idle()

    def _listen(self) -> None:
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW)
        self._slow.timeout.connect(self._on_slow)
        self.direction.turned.connect(self.turn)
        self.place.clicked.connect(self.wants_settings)
        self.search.chosen.connect(self._on_chosen)
        self.search.left.connect(self.panel.setFocus)
        self.panel.ran_out.connect(self._next)
        self.last_scans.opened.connect(self._on_reopened)
        self._offers.goes_on.connect(self._go_on)
        self._offers.cleared.connect(self.clear)
        self._offers.wants_group.connect(self._on_group_key)
        self._offers.wants_undo.connect(self.undo)
        self._offers.wants_money.connect(self.money_wanted)
        self._offers.handed_out.connect(self._on_handed_out)
        self._keeper.started.connect(self._slow.start)
        self._keeper.answered.connect(self._on_answered)
        self._keeper.group_passed.connect(self._on_group_passed)
        self._keeper.failed.connect(self._on_failed)
        self._keeper.taken_back.connect(self._on_taken_back)
        self._keeper.group_taken_back.connect(self._on_group_taken_back)
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.setInterval(_AFTER)
        self._after.timeout.connect(self.refresh)
        self._keeper.changed.connect(self._after.start)

    def lend(self, eye: Eye) -> None:
        """Let photos be taken for questions that want one."""
        self._offers.eye = eye

    def give_keys(self) -> None:
        """Let keys do what is done here."""
        for key, slot in (
            ("F2", self._to_search),
            ("F3", self._on_group_key),
            ("F6", self._on_anyway_key),
            ("F7", self.direction.turn),
            ("F8", self.undo),
            ("F9", self._on_money_key),
            ("Ctrl+Z", self.undo),
        ):
            QShortcut(QKeySequence(key), self, slot)

    @staticmethod
    def keys() -> list[tuple[str, str]]:
        """What the keys of this screen do."""
        from .keys import keys

        return keys()

    def _on_money_key(self) -> None:
        if self._case is not None and self._offers.may_take_money(self._case):
            self.money_wanted.emit(self._case)

    # Scans

    def take(self, scan: Scan) -> None:
        """Judge a scan, whatever is on the screen."""
        if self._keeper.take(scan):
            self._hide_change()

    def _on_chosen(self, hit: Hit) -> None:
        self.panel.setFocus()
        self._hide_change()
        self._keeper.choose(hit.event, hit.ticket)

    def show_change(self, receipt: int, amount: str) -> None:
        """Somebody has paid here and gets this back; it stays until the next one is scanned."""
        self._band.show_change(receipt, amount)
        self._share_out()

    def _hide_change(self) -> None:
        if not self._band.change.isHidden():
            self._band.hide_change()
            self._share_out()

    def _on_slow(self) -> None:
        if not needs_somebody(self._case):
            self._show_idle(tr("One moment…"))

    def _on_answered(self, case: Case) -> None:
        self._slow.stop()
        self._sounds.play(answer_to(case).kind)
        if self._waiting.takes(case, self._case):
            self.panel.show_next(self._waiting.words)
            return
        self._show(case)

    # Showing

    def _show(self, case: Case) -> None:
        self._case = case
        self._back.reopened = None
        answer = answer_to(case)
        stays = needs_somebody(case)
        self.panel.show_answer(
            answer,
            slip=self._offers.slip(case),
            actions=self._offers.actions(case, stays=stays),
            seconds=None if stays else self._seconds(answer),
        )
        self.panel.show_next(self._waiting.words)
        self._focus()
        self.answer_shown.emit(answer)

    def _seconds(self, answer: Answer) -> float:
        brief = answer.kind in (Kind.VALID, Kind.PASSING)
        return float(self._preferences.seconds) * (1 if brief else 2)

    def _focus(self) -> None:
        """Keys belong to the answer now, so that Space and Enter do what stands there."""
        slip = self.panel.slip
        if (slip is None or not slip.take_focus()) and self.isVisible():
            self.panel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_plain(self, answer: Answer, seconds: float | None, actions: Sequence[Button] = ()) -> None:
        """Show an answer that is about no scan."""
        self._case = None
        self._back.reopened = None
        self.panel.show_answer(answer, actions=[*actions, self._offers.clear()], seconds=seconds)
        self.panel.show_next(self._waiting.words)
        self._focus()
        self.answer_shown.emit(answer)

    def _show_idle(self, word: str = "") -> None:
        self._case = None
        self._back.reopened = None
        self.panel.show_idle(ready(self._keeper, word, searches=self.search.isVisibleTo(self)))

    # What a person does

    def clear(self) -> None:
        """Take the answer away; what was recorded stays. Where there is none, change that is due goes."""
        if self.panel.answer is None:
            self._hide_change()
        self._next()

    def _next(self) -> None:
        case = self._waiting.next()
        if case is not None:
            self._show(case)
            return
        self._show_idle()
        self._focus()

    def _go_on(self) -> None:
        """Enter: what the answer asks for most."""
        case, slip = self._case, self.panel.slip
        if slip is not None and slip.go_on():
            return
        if case is not None and case.stage is Stage.PREVIEW:
            self._keeper.confirm(case)
        else:
            self.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.isAutoRepeat():
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_on()
        elif key == Qt.Key.Key_Escape:
            self.clear()
        elif key == Qt.Key.Key_Space:
            self._on_space()
        elif self.panel.slip is None or not self.panel.slip.tick(key - Qt.Key.Key_0):
            super().keyPressEvent(event)

    def _on_space(self) -> None:
        """Space clears, and says "seen"; it is too easily pressed to say "all handed out"."""
        if self.panel.slip is not None and self.panel.slip.needs_care:
            self._notices.say(tr("Tick what is done, or press Enter for all; Esc leaves it for later."))
        elif self._case is not None and self._case.stage is not Stage.DONE:
            self._go_on()
        else:
            self.clear()

    def turn(self, direction: Direction) -> None:
        """Let people in, or out."""
        self._keeper.turn(direction)
        if self._case is None:
            self._show_idle()

    def _to_search(self) -> None:
        if self.search.isVisible():
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()

    def _on_anyway_key(self) -> None:
        for button in self._offers.anyway(self._case) if self._case else ():
            if button.key == "F6":
                button.click()

    def _on_group_key(self) -> None:
        """First the rest of the order, then let them pass."""
        from ui.widgets.slip import GroupSlip

        slip, case = self.panel.slip, self._case
        if isinstance(slip, GroupSlip):
            slip.go_on()
            return
        if case is None or not case.others or case.stage is not Stage.DONE or case.verdict.ticket is None:
            return
        ticket = case.verdict.ticket
        group = GroupSlip(ticket.order.code, case.others, self._keeper.door.direction)
        group.chosen.connect(lambda tickets: self._keeper.admit_others(ticket.event, tickets))
        self.panel.hold()
        self.panel.replace_slip(group)

    def _on_handed_out(self, case: Case, what: tuple[str, ...]) -> None:
        self._keeper.hand_out(case, what)
        self._next()

    def _on_group_passed(self, passed: GroupPassed) -> None:
        self._slow.stop()
        refused = tuple(
            f"{one.ticket.position.name if one.ticket else ''}: {answers.word_for(one.reason)}"
            for one in passed.verdicts
            if not one.admitted
        )
        answer = answers.group(len(passed.verdicts) - len(refused), refused)
        self._sounds.play(answer.kind)
        self._waiting.come_back(self._case)
        self._waiting.follow(passed.cases)
        undo = [self._offers.undo(tr("Undo"))] if self._keeper.undoable else []
        self._show_plain(answer, self._seconds(answer), undo)

    # Taking back

    def undo(self) -> None:
        """Take the last passage back; later, or for another row, with a reason."""
        self._back.undo(self._case)

    def _on_taken_back(self, undoing: Undoing) -> None:
        self._show_taken_back(answers.taken_back(undoing), {undoing.nonce})

    def _on_group_taken_back(self, undone: tuple[Undoing, ...]) -> None:
        self._show_taken_back(answers.group_taken_back(undone), {one.nonce for one in undone})

    def _show_taken_back(self, answer: Answer, nonces: set[str]) -> None:
        self._sounds.play(answer.kind)
        self._waiting.come_back(self._case)
        self._waiting.forget(nonces)
        self._show_plain(answer, self._seconds(answer))

    def _on_reopened(self, answered: Answered) -> None:
        """Somebody wants to see a row of the last scans again."""
        if needs_somebody(self._case):
            self._notices.say(tr("Finish the answer on the screen first."))
            return
        kind, word = answers.row(answered)
        card = self._app.lookup.card(answered.event, answered.ticket) if answered.ticket else None
        when = tr("Scanned {when}", when=clock_with_seconds(answered.at))
        answer = Answer(kind=kind, word=word, name=answered.name, what=card.item if card else "", notes=(when,))
        takes_back = answered.reason is Reason.OK and not answered.undone
        undo = [self._offers.undo(tr("Take back…"))] if takes_back else []
        self._show_plain(answer, None, undo)
        self._back.reopened = answered if takes_back else None
        self.panel.replace_slip(self._offers.facts_slip(card))

    def _on_failed(self, trouble: Trouble) -> None:
        self._slow.stop()
        log.info("Nothing was recorded: %s", trouble)
        answer = answers.trouble(trouble)
        self._sounds.play(answer.kind)
        if needs_somebody(self._case):
            self._notices.say(" ".join(answer.notes))
            return
        self._show_plain(answer, None)

    # What surrounds the answer

    def refresh(self) -> None:
        """Show again how the door is set, who passed, and how many."""
        self.head.show_place()
        self.last_scans.show_scans(self._app.lookup.last_scans(10))
        self.head.count()
        if self._case is None and self.panel.answer is None:
            self._show_idle()

    def recount(self) -> None:
        """Ask again how many there are to come."""
        self.head.recount()

    @property
    def camera(self) -> CameraView | None:
        """The camera's picture, if there is one."""
        return self._band.camera

    def show_camera(self, there: bool) -> CameraView | None:
        """Make room for the camera's picture, or take it away."""
        if self._band.show_camera(there):
            self._share_out()
        return self._band.camera

    @staticmethod
    def load_the_rest() -> None:
        """Load what the first scan needs beside the window, so that it does not wait for it."""
        from ui.widgets import dialogs, question_form, search_results, slip  # noqa: F401

    def set_preferences(self, preferences: Preferences) -> None:
        """Somebody chose differently."""
        self._preferences = preferences

    def pause(self, paused: bool) -> None:
        """Let no answer run out under a dialog."""
        self.panel.pause(paused)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        """The answer takes its share first; the band below gets what is left, or nothing."""
        window = self.window().height()
        self.direction.set_roomy(self.width() >= _ROOMY and window >= _ROOMY_HIGH)
        least = round(window * _SHARE) + 1
        self._band.take_room(self.height() - self.head.sizeHint().height() - least, window)
