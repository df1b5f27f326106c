"""An evening at a door, in memory: a small event, its tickets, and what has happened so far."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from boxoffice.domain.catalog import Catalog, CheckInList, Event, Item, Question, SubEvent, Variation
from boxoffice.domain.gate import Direction, Passage, Verdict, Wish, judge, judge_signed
from boxoffice.domain.orders import Order, Position, Status, Ticket

BERLIN = ZoneInfo("Europe/Berlin")


class Evening:
    """Builders that only mention what matters; times are those of the event's clock on 21 November 2026."""

    def __init__(self) -> None:
        self.event = Event(
            slug="conf26",
            timezone="Europe/Berlin",
            currency="EUR",
            date_from=self.time("09:00"),
            date_to=self.time("23:00"),
        )
        self.items = {
            1: Item(id=1, event="conf26", name={"en": "Regular", "de": "Normal"}),
            2: Item(
                id=2,
                event="conf26",
                name={"en": "Student"},
                variations=(Variation(id=7, value={"en": "Weekend"}, checkin_text="Orange band"),),
            ),
            4: Item(id=4, event="conf26", name={"en": "Workshop"}),
        }
        self.questions: list[Question] = []
        self.subevents = {
            11: SubEvent(id=11, event="conf26", name={"en": "Saturday"}, date_from=self.time("09:00")),
            12: SubEvent(id=12, event="conf26", name={"en": "Sunday"}, date_from=self.time("09:00", day=22)),
        }
        self.list = self.a_list()
        self.history: tuple[Passage, ...] = ()

    @staticmethod
    def time(clock: str, day: int = 21) -> datetime:
        return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=BERLIN).astimezone(UTC)

    @staticmethod
    def a_list(**fields) -> CheckInList:
        return CheckInList(**{"id": 1, "event": "conf26", "name": "Main entrance", **fields})

    @property
    def catalog(self) -> Catalog:
        questions = {question.id: question for question in self.questions}
        return Catalog(event=self.event, items=self.items, subevents=self.subevents, questions=questions)

    @staticmethod
    def ticket(order=None, **fields) -> Ticket:
        kept = {"event": "conf26", "code": "A7B9C", "status": Status.PAID, "total": 2300, **(order or {})}
        return Ticket(Order(**kept), Position(**{"number": 1, "item": 1, "secret": "s3cret", "name": "Ada", **fields}))

    def asks(self, **fields) -> None:
        number = len(self.questions) + 1
        asked = {"id": number, "event": "conf26", "items": (1,), "ask_during_checkin": True, "position": number}
        self.questions.append(Question(**{**asked, "question": {"en": f"Question {number}"}, **fields}))

    def passed(self, at: str, direction="entry", *, day=21, gate="North", device="Door 1", nonce="", **fields) -> None:
        nonce = nonce or f"{day} {at} {device}"
        passage = Passage(Direction(direction), self.time(at, day), gate, device, nonce, **fields)
        self.history += (passage,)

    def scan(
        self, ticket=None, at="18:00", *, day=21, nonce="now", direction="entry", blocked=False, **wish
    ) -> Verdict:
        wanted = Wish(direction=Direction(direction), **wish)
        ticket = ticket or self.ticket()
        moment = self.time(at, day)
        return judge(ticket, self.list, self.catalog, self.history, wanted, moment, nonce, blocked=blocked)

    def scan_signed(
        self, signed, at="18:00", *, day=21, direction="entry", revoked=False, blocked=False, **wish
    ) -> Verdict:
        wanted = Wish(direction=Direction(direction), **wish)
        moment = self.time(at, day)
        marks = {"revoked": revoked, "blocked": blocked}
        return judge_signed(signed, self.list, self.catalog, self.history, wanted, moment, "now", **marks)

    def changed(self, value, **fields):
        return msgspec.structs.replace(value, **fields)


@pytest.fixture
def evening() -> Evening:
    return Evening()
