"""The conversation at the door: a scan goes in, a case comes out, and what a person decides about it goes in again.

A case carries the one nonce under which its answer is written down. Looking first (a preview, questions)
records nothing, so the same nonce goes on; once a refusal was recorded, every further decision is a scan
of its own. Nothing here paints, and nothing here judges.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from boxoffice.bootstrap import App
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.door import Door
from boxoffice.domain.passages import Direction
from boxoffice.domain.permissions import Permit
from boxoffice.domain.scan import Scan, Source
from boxoffice.domain.verdicts import Reason, Verdict, Wish
from boxoffice.errors import Trouble
from boxoffice.ids import new_scan
from boxoffice.scanning.once import Once
from ui.courier import Courier
from ui.language import set_clock

from .cases import Case, GroupPassed, Passed, Stage

if TYPE_CHECKING:
    from concurrent.futures import Future

    from boxoffice.services.lookup import Card, Member
    from boxoffice.services.undo import Undoing

_NO_FILES: Mapping[str, bytes] = {}
UNDO_WITHIN = 10.0
"""Seconds during which one key takes the last passage back."""


class Doorkeeper(QObject):
    """Asks the station and tells the screen, on the Qt thread."""

    answered = Signal(object)
    """A `Case`."""
    group_passed = Signal(object)
    """A `GroupPassed`."""
    failed = Signal(object)
    """A `Trouble`: nothing was recorded."""
    taken_back = Signal(object)
    """An `Undoing`."""
    group_taken_back = Signal(object)
    """A tuple of `Undoing`: those who had passed together."""
    changed = Signal()
    """The door is set differently, or somebody passed: counts and last scans are others."""
    started = Signal()
    """A scan was taken; its answer will come."""

    def __init__(
        self, app: App, courier: Courier, parent: QObject | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._courier = courier
        self._now = now
        self._once = Once()
        self._door = app.door
        self._lists: dict[tuple[str, int], CheckInList] = {}
        self._previewed: frozenset[tuple[str, int]] = frozenset()
        self._asks = False
        self._passed: tuple[Passed, ...] = ()
        self._insisted: set[str] = set()
        """Scans whose answer somebody does not leave at that, as long as the next one is on its way."""
        self.refresh()

    # How the door is set

    @property
    def door(self) -> Door:
        """How the door is set."""
        return self._door

    @property
    def lists(self) -> tuple[CheckInList, ...]:
        """The door's lists that are in the replica."""
        return tuple(self._lists.values())

    def set_door(self, door: Door) -> None:
        """Set the door, at once and for the next start."""
        self._door = door
        self.refresh()
        self._courier.bring(self._app.set_door(door), to=self, done=_nothing, failed=self.failed.emit)
        self.changed.emit()

    def photo_of(self, card: Card) -> bytes | None:
        """The holder's photo, where there is one."""
        return self._app.badges.picture(card.photo) if card.photo else None

    def turn(self, direction: Direction) -> None:
        """Let people in, or out."""
        self.set_door(msgspec.structs.replace(self._door, direction=direction))

    def refresh(self) -> None:
        """Read the lists again: a sync may have brought other ones, and events in another time zone."""
        set_clock(self._app.time_zones())
        wanted = set(self._door.lists)
        self._lists = {(one.event, one.id): one for one in self._app.lists() if (one.event, one.id) in wanted}
        self._previewed = frozenset(key for key in self._lists if self._app.list_settings(*key).preview)
        self._asks = any(self._has_optional_questions(event) for event, _ in self._lists)

    def _has_optional_questions(self, event: str) -> bool:
        """Questions that do not block have to be asked before the entry is recorded."""
        return any(one.ask_during_checkin and not one.required for one in self._app.catalog(event).questions.values())

    def _previews(self, gate_list: CheckInList | None) -> bool:
        return gate_list is not None and (gate_list.event, gate_list.id) in self._previewed

    # Scans

    def take(self, scan: Scan) -> bool:
        """Judge a scan; whether it counts, for the same code within a second is the same scan."""
        if not self._once.fresh(scan.text, self._now()):
            return False
        self.started.emit()
        wish = self._wish()
        asks = self._asks and wish.direction is Direction.ENTRY
        self._ask(scan, None, msgspec.structs.replace(wish, preview=asks or bool(self._previewed)))
        return True

    def choose(self, event: str, ticket: str) -> None:
        """Judge a ticket that was found by name. Namesakes are many, so a person looks at it first."""
        self.started.emit()
        wish = msgspec.structs.replace(self._wish(), preview=True)
        self._ask(new_scan(ticket, Source.SEARCH), (event, ticket), wish)

    def _wish(self) -> Wish:
        return Wish(direction=self._door.direction, gate=self._door.gate)

    def _ask(
        self,
        scan: Scan,
        chosen: tuple[str, str] | None,
        wish: Wish,
        asked: frozenset[int] = frozenset(),
        insisted: str = "",
    ) -> None:
        door = self._door

        def judged(permits: Sequence[Permit]) -> Future[Verdict]:
            if chosen is None:
                return self._app.gate.admit(scan, door, wish, permits)
            return self._app.gate.admit_ticket(scan, *chosen, door, wish, permits)

        def done(verdict: Verdict) -> None:
            self._insisted.discard(insisted)
            self._on_verdict(scan, chosen, wish, asked, verdict)

        def failed(trouble: Trouble) -> None:
            self._insisted.discard(insisted)
            self.failed.emit(trouble)

        self._courier.attempt(judged, to=self, done=done, failed=failed)

    def _on_verdict(
        self, scan: Scan, chosen: tuple[str, str] | None, wish: Wish, asked: frozenset[int], verdict: Verdict
    ) -> None:
        stage = self._stage(wish, verdict, asked, by_name=chosen is not None)
        if stage is None:
            self._ask(scan, chosen, msgspec.structs.replace(wish, preview=False, skip_questions=True))
            return
        case = msgspec.structs.replace(self._case(scan, chosen, wish, verdict, stage), asked=asked)
        if stage is Stage.DONE:
            self._on_recorded(case)
        self.answered.emit(case)

    def _stage(self, wish: Wish, verdict: Verdict, asked: frozenset[int], *, by_name: bool) -> Stage | None:
        """Where the case stands now; None if it was looked at first and nobody needs to be asked anything."""
        if verdict.reason is Reason.INCOMPLETE:
            return Stage.QUESTIONS
        if not wish.preview:
            return Stage.DONE
        if verdict.admitted and any(one.id not in asked for one in verdict.questions):
            return Stage.QUESTIONS
        confirm = by_name or self._previews(verdict.list)
        return Stage.PREVIEW if verdict.admitted and confirm else None

    def _case(self, scan: Scan, chosen: tuple[str, str] | None, wish: Wish, verdict: Verdict, stage: Stage) -> Case:
        if verdict.ticket is None or verdict.list is None:
            return Case(scan=scan, wish=wish, verdict=verdict, stage=stage, chosen=chosen)
        event = verdict.ticket.event
        return Case(
            scan=scan,
            wish=wish,
            verdict=verdict,
            stage=stage,
            chosen=chosen,
            card=self._app.lookup.card(event, verdict.ticket.key),
            others=self._others(event, verdict.ticket.order.code, verdict.ticket.key, verdict.list),
        )

    def _others(self, event: str, code: str, ticket: str, gate_list: CheckInList) -> tuple[Member, ...]:
        if event != gate_list.event:
            return ()
        members = self._app.lookup.group(event, code, gate_list.id)
        return tuple(one for one in members if one.covered and one.ticket.key != ticket)

    def _on_recorded(self, case: Case) -> None:
        if case.verdict.admitted:
            self._remember((case.scan.nonce,), _name(case.verdict))
        self.changed.emit()

    # What a person decides

    def confirm(self, case: Case) -> None:
        """Record what was only looked at."""
        self._ask(case.scan, case.chosen, msgspec.structs.replace(case.wish, preview=False, skip_questions=True))

    def answer(self, case: Case, answers: Mapping[str, str], files: Mapping[str, bytes] = _NO_FILES) -> None:
        """Go on with the answers to the questions; those left empty are skipped, if they may be.

        `files` are those that answers name.

        An answer may make another question one, so it is looked at first where there is any that does not block.
        """
        given = {**case.wish.answers, **answers}
        asked = case.asked.union(one.id for one in case.verdict.questions)
        first = self._asks or self._previews(case.verdict.list)
        wish = msgspec.structs.replace(case.wish, answers=given, files={**case.wish.files, **files}, preview=first)
        self._ask(case.scan, case.chosen, wish, asked)

    def accept_unpaid(self, case: Case) -> None:
        """Let in somebody whose order is not paid."""
        self._insist(case, msgspec.structs.replace(case.wish, preview=False, accept_unpaid=True))

    def judge_again(self, case: Case) -> None:
        """What stood against it is gone: the money has been taken."""
        scan = new_scan(case.scan.text, case.scan.source)
        self._ask(scan, case.chosen, msgspec.structs.replace(case.wish, preview=False))

    def force(self, case: Case) -> None:
        """Let in somebody in spite of the answer."""
        self._insist(case, msgspec.structs.replace(case.wish, preview=False, force=True))

    def _insist(self, case: Case, wish: Wish) -> None:
        """The refusal is written down, so this is a decision of its own, with a nonce of its own.

        Pressed twice it is made once: another one would be another entry.
        """
        if case.scan.nonce in self._insisted:
            return
        self._insisted.add(case.scan.nonce)
        self.started.emit()
        self._ask(new_scan(case.scan.text, case.scan.source), case.chosen, wish, insisted=case.scan.nonce)

    def hand_out(self, case: Case, what: Sequence[str]) -> None:
        """Write down what was given to the holder of the ticket."""
        if case.verdict.ticket is None or not what:
            return
        future = self._app.gate.hand_out(case.verdict.ticket.event, case.ticket, tuple(what))
        self._courier.bring(future, to=self, done=_nothing, failed=self.failed.emit)

    def admit_others(self, event: str, tickets: Sequence[str]) -> None:
        """Let several tickets of an order pass, each as a scan of its own; told together at the end."""
        self.started.emit()
        group = _Group(len(tickets))
        failed = partial(self._on_one_failed, group)
        wish = msgspec.structs.replace(self._wish(), skip_questions=True)
        for ticket in tickets:
            scan = new_scan(ticket, Source.SEARCH)
            future = self._app.gate.admit_ticket(scan, event, ticket, self._door, wish)
            done = partial(self._on_one_of_group, group, scan, wish)
            self._courier.bring(future, to=self, done=done, failed=failed)

    def _on_one_of_group(self, group: _Group, scan: Scan, wish: Wish, verdict: Verdict) -> None:
        group.cases.append(self._case(scan, None, wish, verdict, Stage.DONE))
        self._finish_group(group)

    def _on_one_failed(self, group: _Group, trouble: Trouble) -> None:
        self.failed.emit(trouble)
        group.expected -= 1
        self._finish_group(group)

    def _finish_group(self, group: _Group) -> None:
        if len(group.cases) < group.expected:
            return
        passed = tuple(one.scan.nonce for one in group.cases if one.verdict.admitted)
        if passed:
            self._remember(passed)
        self.changed.emit()
        self.group_passed.emit(GroupPassed(tuple(group.cases)))

    # Taking it back

    @property
    def undoable(self) -> Passed | None:
        """What one key would take back now: the last passage, or all who passed with it."""
        self._passed = tuple(one for one in self._passed if self._now() <= one.until)
        return self._passed[-1] if self._passed else None

    def undo_last(self) -> bool:
        """Take the last passage back, if it is not too long ago; whether there was one."""
        passed = self.undoable
        if passed is None:
            return False
        if len(passed.nonces) == 1:
            self.undo(passed.nonces[0])
        else:
            self._undo_together(passed.nonces)
        return True

    def undo_recent(self, nonce: str) -> bool:
        """Take one passage back, if it is not too long ago, whoever passed after it; whether it could be."""
        if self.undoable is None or not any(nonce in one.nonces for one in self._passed):
            return False
        self.undo(nonce)
        return True

    def _remember(self, nonces: tuple[str, ...], name: str = "") -> None:
        self._passed = (*self._passed, Passed(nonces, self._now() + UNDO_WITHIN, name))

    def _forget(self, nonces: Collection[str]) -> None:
        """These cannot be taken back any more, or are already."""
        left = (
            msgspec.structs.replace(one, nonces=tuple(nonce for nonce in one.nonces if nonce not in nonces))
            for one in self._passed
        )
        self._passed = tuple(one for one in left if one.nonces)

    def _undo_together(self, nonces: tuple[str, ...]) -> None:
        self._forget(nonces)
        undone: list[Undoing] = []
        troubles: list[Trouble] = []

        def over() -> None:
            self.changed.emit()
            if len(undone) + len(troubles) < len(nonces):
                return
            if undone:
                self.group_taken_back.emit(tuple(undone))
            for trouble in troubles:  # Last, so that it stays on the screen.
                self.failed.emit(trouble)

        def done(undoing: Undoing) -> None:
            undone.append(undoing)
            over()

        def failed(trouble: Trouble) -> None:
            troubles.append(trouble)
            over()

        for nonce in nonces:
            future = self._app.gate.undo(nonce, datetime.now(UTC), "")
            self._courier.bring(future, to=self, done=done, failed=failed)

    def undo(self, nonce: str, reason: str = "") -> None:
        """Take a passage back."""
        self._forget((nonce,))
        future = self._app.gate.undo(nonce, datetime.now(UTC), reason)
        self._courier.bring(future, to=self, done=self._on_undone, failed=self._on_undo_failed)

    def _on_undone(self, undoing: Undoing) -> None:
        self.changed.emit()
        self.taken_back.emit(undoing)

    def _on_undo_failed(self, trouble: Trouble) -> None:
        self.changed.emit()
        self.failed.emit(trouble)


class _Group:
    """Tickets of an order that are being judged one after the other."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.cases: list[Case] = []


def _name(verdict: Verdict) -> str:
    return verdict.ticket.position.name if verdict.ticket else ""


def _nothing(_: object) -> None:
    """The screen needs no word about it."""
