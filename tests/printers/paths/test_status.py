"""What a printer says is understood however it is cut, and unknown is not ok."""

from __future__ import annotations

import pytest

from boxoffice.domain.printing import Condition, Paper
from printers.paths.status import Ask, Ear, Reached, Realtime, Unasked, condition

WELL = {Ask.PRINTER: 0x12, Ask.OFFLINE: 0x12, Ask.PAPER: 0x12}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, Condition()),
        (WELL, Condition(paper=Paper.OK, online=True, cover_open=False, fault=False)),
        ({**WELL, Ask.PAPER: 0x1E}, Condition(paper=Paper.LOW, online=True, cover_open=False, fault=False)),
        ({**WELL, Ask.PAPER: 0x7E}, Condition(paper=Paper.OUT, online=True, cover_open=False, fault=False)),
        ({**WELL, Ask.OFFLINE: 0x32}, Condition(paper=Paper.OUT, online=True, cover_open=False, fault=False)),
        ({**WELL, Ask.OFFLINE: 0x16}, Condition(paper=Paper.OK, online=True, cover_open=True, fault=False)),
        ({**WELL, Ask.OFFLINE: 0x52}, Condition(paper=Paper.OK, online=True, cover_open=False, fault=True)),
        ({**WELL, Ask.PRINTER: 0x1A}, Condition(paper=Paper.OK, online=False, cover_open=False, fault=False)),
        ({Ask.PRINTER: 0x12}, Condition(paper=Paper.UNKNOWN, online=True)),
    ],
)
def test_answers_together_are_a_condition(answers, expected):
    assert condition(answers) == expected


def test_kinds_of_answers_are_told_apart_wherever_they_are_cut():
    said = b"\x12" + b"\x37\x22abcd\x00" + b"\x0c" + b"\x38\x00\x0c\x00" + b"\x11\x13\xff" + b"\x00" + b"\x1e"
    for at in range(len(said)):
        ear = Ear()
        heard = ear.feed(said[:at]) + ear.feed(said[at:])
        assert heard == [
            Realtime(0x12),
            Reached(Paper.OUT),
            Unasked(Condition(paper=Paper.OUT, online=False, cover_open=True, fault=False)),
            Reached(Paper.OK),
            Realtime(0x1E),
        ]


@pytest.mark.parametrize(
    ("found", "hindrance"),
    [
        (Condition(), ""),
        (Condition(paper=Paper.LOW, online=True), ""),
        (Condition(paper=Paper.OUT, online=False), "Out of paper"),
        (Condition(cover_open=True, online=False), "Its cover is open"),
        (Condition(fault=True), "It reports a fault"),
        (Condition(online=False), "It is offline"),
    ],
)
def test_what_stands_in_the_way_is_named_by_its_cause(found, hindrance):
    assert found.hindrance == hindrance
