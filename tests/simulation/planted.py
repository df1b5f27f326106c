"""Mistakes that people make when they write such things, each put where it would be made.

Each takes the place of a real function at its seam for as long as a test lasts. One that no seed of the
simulation catches would say that the simulation looks away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from boxoffice.decoding import decode
from boxoffice.ids import new_id
from boxoffice.ports import Answer, Outcome
from boxoffice.storage import feeds, outbox
from boxoffice.storage.writer import Lane
from sync import engine, pace, pull, push
from sync.hub import acts, chain, documents, effects, feed
from sync.hub import writer as hub_writer
from sync.wire import hub as wire

from .stores import OnTheSpot
from .venue import VenueWriter
from .world import this_machine

Patch = pytest.MonkeyPatch
Bug = Callable[[Patch], None]


class Planted(msgspec.Struct, frozen=True):
    """A bug, a day that showed it, and in which words."""

    plant: Bug
    day: int
    shows: str

    def __str__(self) -> str:
        return self.plant.__name__


BUGS: list[Planted] = []


def planted(*, day: int, shows: str) -> Callable[[Bug], Bug]:
    def note(bug: Bug) -> Bug:
        BUGS.append(Planted(bug, day, shows))
        return bug

    return note


# At the station


@planted(day=0, shows="has lost what it promised")
def answers_a_person_before_the_commit(patch: Patch) -> None:
    real = OnTheSpot._submit

    def submit(self: OnTheSpot, job: Any, lane: Lane) -> Any:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")
        return real(self, job, lane)

    def transact(connection: Any, job: Any) -> Any:
        connection.execute("BEGIN IMMEDIATE")
        return job(connection)

    patch.setattr(OnTheSpot, "_submit", submit)
    patch.setattr("boxoffice.storage.writer.transact", transact)
    patch.setattr("boxoffice.storage.connection.checkpoint", lambda _: 0)  # which cannot be done in the middle of it


@planted(day=1, shows="took an act for sent")
def takes_an_act_out_of_the_outbox_when_it_is_sent(patch: Patch) -> None:
    real = push.Push._send

    def send(self: push.Push, run: Any, batch: Any) -> Any:
        self._station.writer.do(lambda c: [outbox.done(c, one.entry.operation) for one in batch])
        return real(self, run, batch)

    patch.setattr(push.Push, "_send", send)


@planted(day=1, shows="took an act for sent")
def deletes_on_any_no_to_a_whole_request(patch: Patch) -> None:
    real = push._said_of_all

    def said(batch: Any, trouble: Any) -> Any:
        receipt = real(batch, trouble)
        if not 400 <= (trouble.status or 0) < 500:
            return receipt
        gone = tuple(Answer(one.operation, Outcome.DONE) for one in receipt.answers)
        return msgspec.structs.replace(receipt, answers=gone)

    patch.setattr(push, "_said_of_all", said)


@planted(day=1, shows="took an act for sent")
def believes_a_login_page_that_speaks_json(patch: Patch) -> None:
    patch.setattr(wire, "_left_out", lambda entry: Answer(entry.operation, Outcome.DONE))


@planted(day=0, shows="an act that nobody did|took an act for sent|Not everybody has heard")
def names_an_act_when_it_is_sent(patch: Patch) -> None:
    def acts_with_new_names(entries: Sequence[Any]) -> bytes:
        return wire._encode({"entries": [msgspec.structs.replace(one, operation=new_id()) for one in entries]})

    real = wire.receipt_of

    def receipt_of(body: bytes, entries: Sequence[Any]) -> Any:
        receipt = real(body, entries)
        said = decode(body)["answers"]
        answers = tuple(
            Answer(entry.operation, Outcome(one["outcome"])) for entry, one in zip(entries, said, strict=False)
        )
        return msgspec.structs.replace(receipt, answers=answers) if len(answers) == len(entries) else receipt

    patch.setattr(wire, "acts", acts_with_new_names)
    patch.setattr(wire, "receipt_of", receipt_of)


@planted(day=15, shows="does not know of|parked|outboxes are not empty|Not everybody has heard")
def gives_up_an_act_for_a_proxys_mood(patch: Patch) -> None:
    patch.setattr(push, "_NEVER", push._NEVER | {408, 409, 425, 429, 500, 502, 503, 504})


@planted(day=15, shows="Acts wait for others")
def lets_all_acts_wait_behind_one_that_fails(patch: Patch) -> None:
    real = push.Push._send

    def send(self: push.Push, run: Any, batch: Any) -> Any:
        receipt = real(self, run, batch)
        if receipt is not None and any(one.outcome is Outcome.LATER for one in receipt.answers):
            raise push._Stuck(push.ServerTrouble("The server is busy"))
        return receipt

    patch.setattr(push.Push, "_send", send)


@planted(day=3, shows="does not know of|outboxes are not empty|Not everybody has heard")
def does_not_see_that_the_server_was_set_back(patch: Patch) -> None:
    real = push._lost

    def lost(connection: Any, receipt: Any) -> list[int]:
        real(connection, receipt)
        return []

    patch.setattr(push, "_lost", lost)


@planted(day=5, shows="Nobody noticed")
def does_not_see_that_it_was_copied(patch: Patch) -> None:
    real = push._lost

    def lost(connection: Any, receipt: Any) -> list[int]:
        try:
            return real(connection, receipt)
        except push.ForkedJournal:
            return []

    patch.setattr(push, "_lost", lost)
    patch.setattr(chain.Chains, "alarm", lambda *_: None)


@planted(day=0, shows="Not everybody has heard")
def moves_the_cursor_before_the_rows_are_there(patch: Patch) -> None:
    real = pull._Intake.run

    def run(self: Any) -> Any:
        def move(connection: Any) -> None:
            cursor = int(feeds.progress(connection, self._event).cursor or 0) + (self._feed.total or 0)
            feeds.move(connection, self._event, str(cursor), 0)

        self._writer.do(move, Lane.BACKGROUND)
        return real(self)

    patch.setattr(pull._Intake, "run", run)


@planted(day=13, shows="outboxes are not empty|Not everybody has heard|Acts wait for others")
def waits_longer_and_longer(patch: Patch) -> None:
    patch.setattr(pace, "LONGEST_WAIT", 3_600.0)


@planted(day=45, shows="outboxes are not empty|Not everybody has heard")
def obeys_a_login_page_that_asks_for_a_week(patch: Patch) -> None:
    patch.setattr(pace, "LONGEST_ASKED", 7 * 86_400.0)


@planted(day=3, shows="Not everybody has heard")
def trusts_the_stream_alone(patch: Patch) -> None:
    patch.setattr(engine, "POLL", 1e9)
    patch.setattr("sync.hub.pokes.Pokes.tell", lambda *_: None)


@planted(day=6, shows="does not know of a double entry")
def tells_one_door_only_of_a_double_entry(patch: Patch) -> None:
    from boxoffice.services import disagree

    real = disagree.rules.double_entries

    def double_entries(checkins: Any, *more: Any) -> Any:
        return tuple(one for one in real(checkins, *more) if one.sides[0].gate != this_machine().name)

    patch.setattr(disagree.rules, "double_entries", double_entries)


@planted(day=14, shows="Not everybody has heard")
def passes_over_carts_of_other_tills(patch: Patch) -> None:
    patch.setattr("boxoffice.services.hear.held.hear", lambda *_: None)


# At the hub


@planted(day=10, shows="has lost what it said|does not know of|taken for a copy|Not everybody has heard")
def forgets_after_a_day_what_it_has_seen(patch: Patch) -> None:
    real = acts._known

    def known(connection: Any, entries: Any) -> Any:
        day_ago = int((this_machine().clock().timestamp() - 86_400) * 1e6)
        connection.exec_driver_sql(f"DELETE FROM acts WHERE received_at < {day_ago}")
        return real(connection, entries)

    patch.setattr(acts, "_known", known)


@planted(day=1, shows="an act that nobody did|taken for a copy|Not everybody has heard")
def takes_an_act_a_second_time(patch: Patch) -> None:
    real = acts._Intake.answer

    def answer(self: Any, caller: Any, entry: Any, act: Any, now: int) -> Any:
        if entry.operation not in self._known:
            return real(self, caller, entry, act, now)
        again = real(self, caller, msgspec.structs.replace(entry, operation=new_id()), act, now)
        return msgspec.structs.replace(again, operation=entry.operation)

    patch.setattr(acts._Intake, "answer", answer)


@planted(day=0, shows="has lost what it said")
def answers_a_station_before_the_commit(patch: Patch) -> None:
    real = VenueWriter._commit

    def commit(self: Any) -> None:
        jobs, self._waiting = self._waiting, []
        for job in jobs:
            with self._database.reading() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                [job.result] = job.doing(connection, [job.given])
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("BEGIN")
            job.tell()
            job.future = hub_writer.Future()
        if jobs:
            self._late = [*getattr(self, "_late", []), *jobs]
            self._world.loop.call_later(2.0, later, self)

    def later(self: Any) -> None:
        jobs, self._late = self._late, []
        self._waiting = [*jobs, *self._waiting]
        real(self)

    def forget(self: Any) -> None:
        self._waiting, self._late = [], []

    patch.setattr(VenueWriter, "_commit", commit)
    patch.setattr(VenueWriter, "forget", forget)


@planted(day=1, shows="Not everybody has heard")
def lets_a_cursor_step_over_a_row_that_is_not_committed_yet(patch: Patch) -> None:
    real = documents.sql.insert

    def insert(connection: Any, statement: Any, several: Any) -> None:
        hub = this_machine()
        if statement is not documents._PUT or hub.name != "hub" or hub.chance.random() < 0.5:
            real(connection, statement, several)
            return

        def commit() -> None:
            with hub.here(), hub.database.writing() as later:
                real(later, statement, several)

        hub.world.loop.call_later(1.0, commit)

    patch.setattr(documents.sql, "insert", insert)


@planted(day=0, shows="Not everybody has heard|tells nobody")
def keeps_an_entry_and_tells_nobody(patch: Patch) -> None:
    real = effects.Effects.keep

    def keep(self: Any) -> Any:
        self._changed = dict(list(self._changed.items())[:2])
        return real(self)

    patch.setattr(effects.Effects, "keep", keep)


@planted(day=1, shows="Not everybody has heard")
def ends_a_feed_where_a_page_ends(patch: Patch) -> None:
    real = feed.span

    def span(connection: Any, event: str, cursor: str) -> Any:
        found = real(connection, event, cursor)
        return msgspec.structs.replace(found, rows=found.rows[-1:]) if found.since and found.rows else found

    patch.setattr(feed, "span", span)


@planted(day=0, shows="does not know of|Not everybody has heard|has lost what it said")
def takes_two_acts_of_one_second_for_one(patch: Patch) -> None:
    real = acts._Intake.answer
    seen: dict[Any, str] = {}

    def answer(self: Any, caller: Any, entry: Any, act: Any, now: int) -> Any:
        second = this_machine().world.seed, caller.id, decode(entry.body)["at"] // 1_000_000
        if seen.setdefault(second, entry.operation) != entry.operation:
            return Answer(entry.operation, Outcome.DONE)
        return real(self, caller, entry, act, now)

    patch.setattr(acts._Intake, "answer", answer)
