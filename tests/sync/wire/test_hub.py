"""The hub's words for acts and enrolment, as the station reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from boxoffice.domain.journal import Entry
from boxoffice.errors import ServerTrouble
from boxoffice.ports import Answer, Outcome, Receipt, Role
from sync.wire import hub

ENTRY = Entry(device="d", epoch=1, sequence=1, operation="o1", body="{}", previous="00", hash="00")
OTHER = Entry(device="d", epoch=1, sequence=2, operation="o2", body="{}", previous="00", hash="00")


def test_entries_travel_unchanged():
    assert hub.entries_of(hub.acts([ENTRY, OTHER])) == [ENTRY, OTHER]


def test_a_broken_entry_spoils_no_other():
    body = hub.acts([ENTRY]).replace(b"[", b'[{"operation":"o7","epoch":"x"},7,')
    broken, worse, sound = hub.entries_of(body)
    assert (broken.operation, worse.operation, sound) == ("o7", "", ENTRY)


def test_too_many_entries_at_once_are_told():
    with pytest.raises(ValueError, match="more than"):
        hub.entries_of(hub.acts([ENTRY] * (hub.ENTRIES_AT_ONCE + 1)))


def test_a_receipt_travels_unchanged():
    word = Receipt(
        answers=(Answer("o1", Outcome.DONE), Answer("o2", Outcome.REFUSED, "No.")),
        high_water=7,
        epoch=2,
        missing=((3, 4),),
        alarm="Copied.",
        server_time=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    )
    assert hub.receipt_of(hub.encode(word), [ENTRY, OTHER]) == word


def test_an_answer_that_was_left_out_means_later():
    receipt = hub.receipt_of(b'{"answers":[{"operation":"o2","outcome":"done"}]}', [ENTRY, OTHER])
    assert [answer.outcome for answer in receipt.answers] == [Outcome.LATER, Outcome.DONE]


def test_answers_to_what_was_never_asked_are_left_aside():
    receipt = hub.receipt_of(b'{"answers":[{"operation":"o9","outcome":"done"}]}', [])
    assert receipt.answers == ()


def test_a_server_time_without_a_zone_says_nothing():
    assert hub.receipt_of(b'{"answers":[],"server_time":"2026-11-21T09:00:00"}', []).server_time is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"answers":[{"operation":"o1","outcome":"perhaps"}]}',
        b'{"answers":[{"operation":"o1"}]}',
        b'{"answers":[],"high_water":"7"}',
        b'{"answers":' + b"[" * 100_000,
    ],
)
def test_a_receipt_that_is_none_ends_in_a_sentence(body):
    with pytest.raises(ServerTrouble, match="makes no sense"):
        hub.receipt_of(body, [ENTRY])


def test_an_enrolment_carries_the_address_it_came_from():
    device = hub.Device(device_id="d", name="North", role=Role.STEWARD, token="t", events=("e",), gate="Main")
    enrolment = hub.enrolment_of(hub.encode(device), "https://hub.example.org")
    assert (enrolment.kind, enrolment.url) == ("hub", "https://hub.example.org")
    assert (enrolment.token, enrolment.device_id, enrolment.role) == ("t", "d", Role.STEWARD)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"device_id":"d","name":"N","role":"desk"}',
        b'{"device_id":"","name":"N","role":"desk","token":"t"}',
        b'{"device_id":"d","name":"N","role":"king","token":"t"}',
    ],
)
def test_an_enrolment_that_is_none_ends_in_a_sentence(body):
    with pytest.raises(ServerTrouble):
        hub.enrolment_of(body, "https://hub.example.org")


def test_a_poke_names_its_event():
    message = hub.poke('a "b"', "7").decode()
    assert message.startswith("data: ")
    assert message.endswith("\n\n")
    assert hub.poked(message.removeprefix("data: ").strip()) == 'a "b"'


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"error":5}', b""])
def test_a_no_of_somebody_else_has_no_word(body):
    assert hub.word_of(body) == hub.Word()
