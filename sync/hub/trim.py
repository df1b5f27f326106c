"""What a device is not told, because its role has no use for it.

A steward lets people in: names, tickets, and the questions of the door are needed for that; addresses,
phone numbers, prices and what people wrote into other questions are not. What is not sent cannot be lost
with a laptop. Rows are decoded and written anew, so what is not known here is left out with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from sqlalchemy import Connection

from boxoffice.decoding import decoder
from boxoffice.domain.catalog import Question, QuestionType
from boxoffice.domain.checkins import Objection, Settlement
from boxoffice.domain.orders import Order, Position
from boxoffice.domain.takings import Taking
from boxoffice.ports import Role
from sync.wire.hub_feed import row_of

from . import documents
from .auth import Caller

HIDDEN = "***"
"""Stands for a phone number that the door asks for: it was given, so nobody need ask again."""

Trim = Callable[[str, bytes], bytes]
"""Makes of a kind and its row what a device may see of it."""

SPENDABLE = frozenset({"voucher", "gift_card", "membership", "held_cart"})
"""Kinds that whoever only scans is not told of, not even by name: who reads their codes can spend them."""

_orders = decoder(Order)
_questions = decoder(Question)
_settlements = decoder(Settlement)
_objections = decoder(Objection)
_takings = decoder(Taking)


def trim_for(connection: Connection, caller: Caller, event: str) -> Trim | None:
    """What a device's role takes away; None if it sees everything."""
    if caller.role is not Role.STEWARD:
        return None
    door = _Door(_questions.decode(body) for body in documents.of_kind(connection, event, "question"))
    return door.trim


class _Door:
    """A steward's view of one event."""

    def __init__(self, questions: Iterable[Question]) -> None:
        known = {one.id: one for one in questions}
        asked = {one.id for one in known.values() if one.ask_during_checkin or one.show_during_checkin}
        wanted = [one for one in asked if one in known]
        while wanted:
            depends = known[wanted.pop()].dependency_question
            if depends in known and depends not in asked:
                asked.add(depends)
                wanted.append(depends)
        self._asked = frozenset(str(one) for one in asked)
        self._phones = frozenset(str(one.id) for one in known.values() if one.type is QuestionType.PHONE)

    def trim(self, kind: str, row: bytes) -> bytes:
        match kind:
            case "order":
                return self._order(row)
            case "settlement":
                return row_of(msgspec.structs.replace(_settlements.decode(row), note=""))
            case "objection":  # The server's words may quote what somebody else has written.
                return row_of(msgspec.structs.replace(_objections.decode(row), words=""))
            case "taking":  # What was taken is for those who count it.
                return row_of(_without_money(_takings.decode(row)))
            case _:
                return row

    def _order(self, row: bytes) -> bytes:
        order = _orders.decode(row)
        positions = tuple(map(self._position, order.positions))
        return row_of(msgspec.structs.replace(order, email="", phone="", total=0, positions=positions))

    def _position(self, position: Position) -> Position:
        answers = {
            question: HIDDEN if question in self._phones else answer
            for question, answer in position.answers.items()
            if question in self._asked
        }
        return msgspec.structs.replace(position, email="", price=0, answers=answers)


def _without_money(held: Taking) -> Taking:
    return Taking(
        event=held.event, operation=held.operation, number=held.number, at=held.at, total=0, currency=held.currency
    )
