"""The door: one window that a steward understands in five seconds.

Every scan is judged at once, whatever lies on the screen. What waits for a person (an attention note, a
question, a hand-out, a confirmation) stays until the person has done it; answers that come meanwhile are
heard, announced at the top of the panel, and shown next.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.passages import Direction
from boxoffice.domain.scan import Scan
from boxoffice.domain.verdicts import Reason
from boxoffice.errors import Trouble
from ui import answers, theme
from ui.answers import Answer, Kind
from ui.background import Background
from ui.courier import Courier
from ui.doorkeeper import Case, Doorkeeper, GroupPassed, Stage
from ui.language import clock_with_seconds, name_of, plural, tr
from ui.notices import Notices
from ui.preferences import Preferences
from ui.rights import Right
from ui.shapes import Shape
from ui.sounds import Sounds
from ui.widgets.answer_panel import AnswerPanel, Idle
from ui.widgets.buttons import Button, Weight
from ui.widgets.door_header import CountView, DirectionSwitch, Place
from ui.widgets.last_scans import LastScans
from ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from boxoffice.services.admit import Undoing
    from boxoffice.services.lookup import Answered, Card, Hit
    from ui.widgets.camera_view import CameraView
    from ui.widgets.slip import Slip

log = logging.getLogger(__name__)

_SLOW = 300
_AFTER = 20
"""Milliseconds after an answer before counts and rows follow: the answer is painted first."""
_SHARE = 0.60
"""Of the window's height that the answer gets, at least; it has all of the width."""
_BAND = 190
_LEAST_BAND = 56
_ROOMY, _ROOMY_HIGH = 860, 500


class DoorScreen(QWidget):
    """Direction, list and counts above; the answer; camera and last scans below."""

    wants_settings = Signal()
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
        self._courier = courier
        self._sounds = sounds
        self._notices = notices
        self._preferences = preferences
        self._rights = rights
        self._background = background
        self._case: Case | None = None
        self._reopened: Answered | None = None
        self._behind: deque[Case] = deque()
        self._expected: dict[tuple[str, int], int] = {}
        self.camera: CameraView | None = None
        self._build()
        self._listen()
        self._show_place()
        self._show_idle()

    def _build(self) -> None:
        self.direction = DirectionSwitch()
        self.place = Place()
        self.search = SearchBox(self._app.search, contact=Right.SEE_CONTACT in self._rights)
        self.search.setFixedHeight(56)
        self.search.setMinimumWidth(56)
        self.search.setVisible(Right.SEARCH in self._rights)
        self.counts = CountView()
        self.panel = AnswerPanel()
        self.last_scans = LastScans()
        self._header = QHBoxLayout()
        self._header.setContentsMargins(14, 8, 14, 8)
        self._header.setSpacing(14)
        self._header.addWidget(self.direction)
        self._header.addWidget(self.place)
        if Right.SEARCH in self._rights:
            self._header.addWidget(self.search, 1)
        else:
            self._header.addStretch(1)
        self._header.addWidget(self.counts)
        self._band = QWidget()
        self._in_band = QHBoxLayout(self._band)
        self._in_band.setContentsMargins(14, 8, 14, 8)
        self._in_band.setSpacing(18)
        self._in_band.addWidget(self.last_scans, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._header)
        rows.addWidget(self.panel, 1)
        rows.addWidget(self._band)
        self.setTabOrder(self.panel, self.direction)

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
        self._keeper.started.connect(self._slow.start)
        self._keeper.answered.connect(self._on_answered)
        self._keeper.group_passed.connect(self._on_group_passed)
        self._keeper.failed.connect(self._on_failed)
        self._keeper.taken_back.connect(self._on_taken_back)
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.setInterval(_AFTER)
        self._after.timeout.connect(self.refresh)
        self._keeper.changed.connect(self._after.start)
        for key, slot in (
            ("F2", self._to_search),
            ("F3", self._on_group_key),
            ("F6", self._on_anyway_key),
            ("F7", self.direction.turn),
            ("F8", self.undo),
            ("Ctrl+Z", self.undo),
        ):
            QShortcut(QKeySequence(key), self, slot)

    @staticmethod
    def keys() -> list[tuple[str, str]]:
        """What the keys of this screen do."""
        return [
            (tr("Space, Esc"), tr("Clear the answer")),
            (tr("Enter"), tr("Go on: confirm, seen, all done")),
            ("F2", tr("Search by name")),
            ("F3", tr("The rest of the order")),
            ("F6", tr("Let in anyway, where it is allowed")),
            ("F7", tr("Turn entry and exit")),
            ("F8", tr("Undo the last passage")),
            ("1 … 9", tr("Tick what is done")),
        ]

    # Scans

    def take(self, scan: Scan) -> None:
        """Judge a scan, whatever is on the screen."""
        self._keeper.take(scan)

    def _on_chosen(self, hit: Hit) -> None:
        self.panel.setFocus()
        self._keeper.choose(hit.event, hit.ticket)

    def _on_slow(self) -> None:
        if not self._holds:
            self._show_idle(tr("One moment…"))

    def _on_answered(self, case: Case) -> None:
        self._slow.stop()
        self._sounds.play(self._answer(case).kind)
        if self._waits_behind(case):
            self._behind.append(case)
            self._announce()
            return
        self._show(case)

    @property
    def _holds(self) -> bool:
        """Whether the answer on the screen waits for a person."""
        return self._case is not None and needs_somebody(self._case)

    def _waits_behind(self, case: Case) -> bool:
        """A new answer waits while somebody is needed, unless it goes on with the same ticket."""
        current = self._case
        if current is None or not needs_somebody(current) or current.scan.nonce == case.scan.nonce:
            return False
        same = bool(case.ticket) and case.ticket == current.ticket
        return not (same and current.stage is not Stage.DONE)

    def _announce(self) -> None:
        if not self._behind:
            self.panel.show_next("")
            return
        first = self._answer(self._behind[0])
        text = tr("Next: {word} {name}", word=first.word, name=first.name)
        more = len(self._behind) - 1
        self.panel.show_next(text + (plural("  + {n} more", "  + {n} more", more) if more else ""))

    # Showing

    def _answer(self, case: Case) -> Answer:
        if case.stage is Stage.PREVIEW:
            return answers.preview(case.verdict)
        if case.stage is Stage.QUESTIONS and case.verdict.admitted:
            return answers.asking(case.verdict)
        answer = answers.of(case.verdict)
        return msgspec.structs.replace(answer, texts=()) if case.open_hand_outs else answer

    def _show(self, case: Case) -> None:
        self._case = case
        self._reopened = None
        answer = self._answer(case)
        stays = needs_somebody(case)
        self.panel.show_answer(
            answer, slip=self._slip(case), actions=self._actions(case), seconds=None if stays else self._seconds(answer)
        )
        self._announce()
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

    def _slip(self, case: Case) -> Slip | None:
        from ui.widgets.question_form import QuestionForm
        from ui.widgets.slip import HandOutSlip

        if case.stage is Stage.QUESTIONS:
            form = QuestionForm(case.verdict.questions, case.wish.answers)
            form.submitted.connect(lambda given: self._keeper.answer(case, given))
            return form
        if case.open_hand_outs:
            slip = HandOutSlip(case.open_hand_outs, self._facts(case.card), pixels=self._fine_print)
            slip.done.connect(lambda what: self._on_handed_out(case, what))
            return slip
        return self._facts_slip(case.card)

    def _facts_slip(self, card: Card | None) -> Slip | None:
        from ui.widgets.slip import FactsSlip

        facts = self._facts(card)
        return FactsSlip(tr("Ticket"), facts, pixels=self._fine_print) if facts else None

    @property
    def _fine_print(self) -> int:
        """The height of small letters: larger on a larger window."""
        return min(max(self.panel.height() // 31, theme.TEXT), 22)

    def _facts(self, card: Card | None) -> list[tuple[str, str]]:
        return answers.facts(card, contact=Right.SEE_CONTACT in self._rights) if card else []

    def _actions(self, case: Case) -> list[Button]:
        if case.stage is Stage.PREVIEW:
            leaving = case.verdict.direction is Direction.EXIT
            go = self._button(tr("Let out") if leaving else tr("Let in"), tr("Enter"), self._go_on, Weight.PRIMARY)
            return [go, self._button(tr("No"), "Esc", self.clear)]
        if case.stage is Stage.QUESTIONS:
            return [self._button(tr("Do not let in"), "Esc", self.clear)]
        made = []
        if case.verdict.admitted and case.verdict.attention and not case.open_hand_outs:
            made.append(self._button(tr("Seen"), tr("Space"), self._go_on, Weight.PRIMARY))
        made += self._anyway(case)
        if case.others:
            words = plural("{n} more", "{n} more", len(case.others))
            made.append(self._button(words, "F3", self._on_group_key, shape=Shape.GROUP))
        if case.verdict.admitted:
            made.append(self._button(tr("Undo"), "F8", self.undo, shape=Shape.UNDO))
        if not needs_somebody(case):
            made.append(self._button(tr("Clear"), tr("Space"), self.clear, Weight.QUIET))
        return made

    def _anyway(self, case: Case) -> list[Button]:
        """Ways past a refusal, where the role allows them."""
        verdict = case.verdict
        if verdict.admitted or verdict.ticket is None or verdict.direction is Direction.EXIT:
            return []
        made = []
        pending = verdict.reason is Reason.UNPAID and verdict.list is not None and verdict.list.include_pending
        if pending and Right.ACCEPT_UNPAID in self._rights:
            made.append(self._button(tr("Let in unpaid"), "F6", lambda: self._keeper.accept_unpaid(case)))
        if Right.FORCE in self._rights:
            key = "" if made else "F6"
            made.append(self._button(tr("Let in anyway"), key, lambda: self._keeper.force(case)))
        return made

    def _button(
        self, text: str, key: str, slot: object, weight: Weight = Weight.PLAIN, shape: Shape | None = None
    ) -> Button:
        button = Button(text, weight=weight, key=key, shape=shape, height=72)
        button.clicked.connect(slot)
        return button

    def _show_plain(self, answer: Answer, seconds: float | None, actions: Sequence[Button] = ()) -> None:
        """Show an answer that is about no scan."""
        self._case = None
        self._reopened = None
        clear = self._button(tr("Clear"), tr("Space"), self.clear, Weight.QUIET)
        self.panel.show_answer(answer, actions=[*actions, clear], seconds=seconds)
        self._announce()
        self._focus()
        self.answer_shown.emit(answer)

    def _show_idle(self, word: str = "") -> None:
        self._case = None
        self._reopened = None
        leaving = self._keeper.door.direction is Direction.EXIT
        if not self._keeper.lists:
            self.panel.show_idle(
                Idle(tr("Choose a list"), tr("Which check-in list is this door for? Press here above."), "", leaving)
            )
            return
        ready = tr("Ready to let out") if leaving else tr("Ready")
        below = (
            tr("Scan a ticket") if not self.search.isVisibleTo(self) else tr("Scan a ticket, or search by name with F2")
        )
        self.panel.show_idle(Idle(word or ready, below, "", leaving))

    # What a person does

    def clear(self) -> None:
        """Take the answer away; what was recorded stays."""
        self._next()

    def _next(self) -> None:
        self._case = None
        if self._behind:
            self._show(self._behind.popleft())
        else:
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
        for button in self._anyway(self._case)[:1] if self._case and self._case.stage is Stage.DONE else ():
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
        undo = self._button(tr("Undo"), "F8", self.undo, shape=Shape.UNDO)
        self._show_plain(answer, self._seconds(answer), [undo] if self._keeper.undoable else [])

    # Taking back

    def undo(self) -> None:
        """Take the last passage back; later, or for another row, with a reason."""
        if self._reopened is not None:
            self._undo_with_reason(self._reopened.nonce, self._reopened.name)
        elif self._keeper.undo_last():
            return
        elif self._case is not None and self._case.verdict.admitted and self._case.stage is Stage.DONE:
            self._undo_with_reason(
                self._case.scan.nonce, self._case.verdict.ticket.position.name if self._case.verdict.ticket else ""
            )
        else:
            self._notices.say(tr("Nothing to undo from the last ten seconds. Open a row of the last scans instead."))

    def _undo_with_reason(self, nonce: str, name: str) -> None:
        if Right.UNDO_LATER not in self._rights:
            self._notices.say(tr("More than ten seconds ago: only the desk may take it back."))
            return
        from ui.widgets.dialogs import ReasonDialog

        self.panel.hold()
        reasons = (tr("Wrong person"), tr("Scanned by mistake"), tr("Wrong list"), tr("Left again at once"))
        dialog = ReasonDialog(
            tr("Take back"),
            tr("{name} will no longer count as passed. Why?", name=name or tr("This ticket")),
            reasons,
            lambda reason: self._keeper.undo(nonce, reason),
            self.window(),
        )
        dialog.open()

    def _on_taken_back(self, undoing: Undoing) -> None:
        answer = answers.taken_back(undoing)
        self._sounds.play(answer.kind)
        self._show_plain(answer, self._seconds(answer))

    def _on_reopened(self, answered: Answered) -> None:
        """Somebody wants to see a row of the last scans again."""
        if self._holds:
            self._notices.say(tr("Finish the answer on the screen first."))
            return
        kind, word = answers.row(answered)
        card = self._app.card(answered.event, answered.ticket) if answered.ticket else None
        when = tr("Scanned {when}", when=clock_with_seconds(answered.at))
        answer = Answer(kind=kind, word=word, name=answered.name, what=card.item if card else "", notes=(when,))
        takes_back = answered.reason is Reason.OK and not answered.undone
        undo = [self._button(tr("Take back…"), "F8", self.undo, shape=Shape.UNDO)] if takes_back else []
        self._show_plain(answer, None, undo)
        self._reopened = answered if takes_back else None
        self.panel.replace_slip(self._facts_slip(card))

    def _on_failed(self, trouble: Trouble) -> None:
        self._slow.stop()
        log.info("Nothing was recorded: %s", trouble)
        answer = answers.trouble(trouble)
        self._sounds.play(answer.kind)
        if self._holds:
            self._notices.say(" ".join(answer.notes))
            return
        self._show_plain(answer, None)

    # What surrounds the answer

    def refresh(self) -> None:
        """Show again how the door is set, who passed, and how many."""
        self._show_place()
        self.last_scans.show_scans(self._app.last_scans(10))
        self._count()
        if self._case is None and self.panel.answer is None:
            self._show_idle()

    def _show_place(self) -> None:
        self.direction.set_direction(self._keeper.door.direction)
        self.place.show_place(self._list_names(), self._below_names())

    def _list_names(self) -> str:
        return " + ".join(one.name for one in self._keeper.lists) or tr("No list chosen")

    def _below_names(self) -> str:
        events = dict.fromkeys(one.event for one in self._keeper.lists)
        names = [name_of(self._app.catalog(event).event.name) or event for event in events]
        gate = self._keeper.door.gate
        return " · ".join(part for part in (gate, ", ".join(names)) if part) or tr("Press to choose")

    def _count(self) -> None:
        inside = came = entries = 0
        for gate_list in self._keeper.lists:
            counts = self._app.counts(gate_list)
            inside += counts.inside
            came += counts.tickets
            entries += counts.entries
        known = [self._expected.get((one.event, one.id)) for one in self._keeper.lists]
        expected = sum(one for one in known if one is not None) if known and None not in known else None
        self.counts.show_counts(inside=inside, came=came, entries=entries, expected=expected)

    def recount(self) -> None:
        """Ask again how many there are to come: it takes a moment on a large event, so another thread does it."""
        for gate_list in self._keeper.lists:
            future = self._background.ask(partial(self._app.expected, gate_list))
            self._courier.bring(future, to=self, done=partial(self._on_expected, gate_list), failed=_log_trouble)

    def _on_expected(self, gate_list: CheckInList, expected: int) -> None:
        self._expected[(gate_list.event, gate_list.id)] = expected
        self._count()

    def show_camera(self, there: bool) -> CameraView | None:
        """Make room for the camera's picture, or take it away."""
        if there and self.camera is None:
            from ui.widgets.camera_view import CameraView

            self.camera = CameraView()
            self._in_band.insertWidget(0, self.camera)
        elif not there and self.camera is not None:
            self.camera.hide()
            self.camera.deleteLater()
            self.camera = None
        self._share_out()
        return self.camera

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
        header = self._header.sizeHint().height()
        least = round(window * _SHARE) + 1
        left = self.height() - header - least
        band = min(max(left, 0), max(_BAND, round(window * 0.2)))
        self._band.setVisible(band >= _LEAST_BAND)
        self._band.setFixedHeight(max(band, _LEAST_BAND))
        if self.camera is not None:
            self.camera.setFixedWidth(max(96, round((band - 16) * 16 / 9)))


def needs_somebody(case: Case) -> bool:
    """Whether a case stays until a person has done something about it."""
    if case.stage is not Stage.DONE:
        return True
    attention = case.verdict.admitted and case.verdict.attention
    return attention or bool(case.open_hand_outs)


def _log_trouble(trouble: Trouble) -> None:
    log.info("The number of tickets is not known: %s", trouble)
