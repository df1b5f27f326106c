"""One command to a ZVT terminal, by transcripts that are cut at every byte."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from boxoffice.domain.terminals import Evidence
from boxoffice.terminals import zvt_session as zvt
from boxoffice.terminals.zvt_frames import YES, Garbled
from boxoffice.terminals.zvt_session import (
    T3,
    T4,
    BrokenOff,
    Completed,
    Conversation,
    News,
    Printed,
    Rejected,
    Shows,
    Taken,
    Told,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def charge(*, hold: bool = True) -> Conversation:
    talk = Conversation(zvt.authorisation(1250, "EUR"), 0.0, hold=hold)
    talk.take_out()
    return talk


def hear(talk: Conversation, *pieces: bytes) -> list[News]:
    return [news for piece in pieces for news in talk.receive(piece, 1.0)]


def test_a_payment_is_the_same_however_the_bytes_were_cut(said: Any) -> None:
    wire = said.yes + said.shows + said.line + said.approved + said.completed
    whole = hear(charge(), wire)
    assert [type(one) for one in whole] == [Taken, Shows, Printed, Told, Completed]
    for cut in range(1, len(wire)):
        assert hear(charge(), wire[:cut], wire[cut:]) == whole
    assert hear(charge(), *(wire[place : place + 1] for place in range(len(wire)))) == whole


def test_of_a_transcript_that_ends_early_nothing_is_concluded(said: Any) -> None:
    wire = said.yes + said.shows + said.approved
    for cut in range(len(wire)):
        talk = charge()
        assert not any(isinstance(one, Told | Completed | BrokenOff) for one in hear(talk, wire[:cut]))
        assert not talk.over
        assert not talk.held


def test_the_word_on_a_charge_is_held_back_until_it_is_written_down(said: Any) -> None:
    talk = charge()
    hear(talk, said.yes + said.shows)
    assert talk.take_out() == YES.encode()
    hear(talk, said.approved)
    assert talk.held
    assert talk.take_out() == b""
    talk.acknowledge()
    talk.acknowledge()
    assert talk.take_out() == YES.encode()
    hear(talk, said.completed)
    assert talk.over
    assert talk.take_out() == YES.encode()


def test_a_no_is_acknowledged_at_once(said: Any) -> None:
    talk = charge()
    news = hear(talk, said.yes + said.declined + said.broken_off)
    assert isinstance(news[1], Told)
    assert news[1].result == 0x05
    assert news[2] == BrokenOff(0x6C)
    assert talk.take_out() == YES.encode() * 2


def test_a_command_that_is_not_taken_is_over(said: Any) -> None:
    talk = charge()
    assert hear(talk, said.no) == [Rejected(0x9C)]
    assert talk.over


def test_the_answer_to_an_abort_decides_nothing(said: Any) -> None:
    talk = charge()
    hear(talk, said.yes)
    talk.abort()
    assert talk.take_out().hex() == "06b000"
    assert hear(talk, said.yes, said.no) == []
    assert hear(talk, said.broken_off) == [BrokenOff(0x6C)]


def test_what_no_till_of_this_kind_does_is_turned_down(said: Any) -> None:
    talk = charge()
    assert hear(talk, said.yes + said.asks_for_more) == [Taken()]
    assert talk.take_out().hex() == "848300"


def test_there_are_five_seconds_for_an_answer_and_three_minutes_for_more(said: Any) -> None:
    talk = charge()
    assert talk.deadline == T3
    hear(talk, said.yes)
    assert talk.deadline == 1.0 + T4
    list(talk.receive(said.shows, 100.0))
    assert talk.deadline == 100.0 + T4


def test_what_the_terminal_shows_is_its_text_or_its_number(said: Any) -> None:
    assert hear(charge(), said.yes + said.shows)[1] == Shows("Insert")
    assert hear(charge(), said.yes + said.shows_number)[1] == Shows("Please present the card.")


def told(said: Any, data: bytes) -> Told:
    (_, one) = hear(charge(), said.yes + data)
    assert isinstance(one, Told)
    return one


def test_a_status_becomes_evidence_without_a_card_number(said: Any) -> None:
    about = zvt.evidence(told(said, said.approved), "")
    assert about == Evidence(receipt=42, trace=742, terminal_id="52500001", pan="************1234", card="Visa")


def test_the_newest_payment_has_amount_currency_and_time(said: Any) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    last = zvt.last(told(said, said.approved), "", NOON, berlin)
    assert (last.amount, last.currency, last.approved, last.is_payment) == (1250, "EUR", True, True)
    assert last.at == datetime(2026, 11, 21, 9, 0, 30, tzinfo=berlin)


def test_of_the_last_day_of_the_year_the_year_is_last_year(said: Any) -> None:
    status = said.frame("040f", "2700 870001 0c235959 0d1231")
    last = zvt.last(told(said, status), "52500001", datetime(2027, 1, 1, 0, 1, tzinfo=UTC), UTC)
    assert last.at == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert last.evidence.terminal_id == "52500001"


def test_a_terminal_without_payments_has_no_newest_one(said: Any) -> None:
    assert not zvt.last(told(said, said.frame("040f", "2700")), "", NOON, UTC).mark.receipt


def test_a_status_without_a_result_says_nothing(said: Any) -> None:
    with pytest.raises(Garbled):
        hear(charge(), said.yes + said.frame("040f", "870042"))


def test_commands_are_written_as_the_protocol_says() -> None:
    assert zvt.authorisation(1250, "EUR").encode().hex() == "06010a04000000001250490978"
    assert zvt.repeat_receipt("123456").encode().hex() == "0620051234560303"
    assert zvt.reversal("000000", 42).encode().hex() == "063006000000870042"
    assert zvt.refund("000000", 99, "CHF").encode().hex() == "06310d00000004000000000099490756"
    assert zvt.end_of_day("000000").encode().hex() == "065003000000"
    assert zvt.registration("000000", "EUR").encode().hex() == "06000e000000080978060626040a0206d3"


@pytest.mark.parametrize(("amount", "currency"), [(0, "EUR"), (-1, "EUR"), (10**12, "EUR"), (1, "XYZ")])
def test_what_no_terminal_takes_is_not_sent(amount: int, currency: str) -> None:
    with pytest.raises(Garbled):
        zvt.authorisation(amount, currency)
