"""Whatever goes wrong at whichever moment of a card payment, the terminal's book and the till agree in the end.

Or a person is asked. No card is charged twice, none for nothing, and none is taken for paid that was not.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from itertools import cycle, islice, product
from typing import Any

import pytest

PROVE = os.environ.get("BOXOFFICE_PROVE") == "1"
RUNS = 290
"""Of each dialect at a stretch."""
STRETCHES = range(50 if PROVE else 1)
"""The first of them is that of every run."""
OVER_TCP = 143 if PROVE else 1
"""Of each dialect, over a real line."""
FRAMES = 26
"""More than a payment has, with what is asked before and after it."""
WRITES = 8
DIALECTS: dict[str, Any] = {
    "as the rules are": {},
    "keeps what nobody acknowledged": {"unacknowledged": "keep", "container": True},
    "goes on alone": {"alone": "go on", "printing": "lines", "remembers_failure": True},
    "goes on alone and keeps": {"alone": "go on", "unacknowledged": "keep", "long_lengths": True, "intermediate": 5},
    "tells nobody what it has": {"repeats": "finds nothing", "container": True},
    "knows no such question": {"repeats": "turns down", "unacknowledged": "keep"},
    "terse": {"intermediate": 0, "tells_failure": False, "bare_numbers": True, "unacknowledged": "keep"},
}
BESIDES = ("nothing", "our crash", "a lost frame", "both")
"""What goes wrong besides. With each frame and each fault that is one cell of the matrix, for each dialect."""
CUSTOMERS = (("pays", 8.0), ("pays", 8.0), ("pays", 170.0), ("pays", 400.0), ("is declined", 8.0), ("walks away", 60.0))


@pytest.fixture
def drawn(zvt):
    """Cases of one dialect, the same in each run."""

    def draw(dialect: str, number: int, stretch: int = 0):
        luck = random.Random(f"{dialect} {stretch}" if stretch else dialect)
        cells = list(product(range(FRAMES), zvt.Fault, BESIDES))
        luck.shuffle(cells)
        for moment, fault, besides in islice(cycle(cells), number):
            faults = [(moment, fault)]
            if besides in ("a lost frame", "both"):  # of ours or of the terminal: the word of one is not heard
                faults.append((luck.randrange(FRAMES + 10), zvt.Fault.LOST))
            elif luck.random() < 0.2:  # a second one, mostly while it is found out what the first one did
                faults.append((luck.randrange(FRAMES + 10), luck.choice(list(zvt.Fault))))
            crash = luck.choice(("write", "frame")) if besides in ("our crash", "both") else ""
            yield zvt.Case(
                zvt.Dialect(**DIALECTS[dialect]),
                zvt.Customer(*luck.choice(CUSTOMERS)),
                tuple(faults),
                crash_at_write=luck.randrange(WRITES) if crash == "write" else None,
                crash_at_frame=luck.randrange(FRAMES) if crash == "frame" else None,
                history=luck.choice(("none", "paid before", "stranger", "stranger", "swapped")),
                order=luck.choice(("pay", "pay", "pay", "refund", "reverse")),
            )

    return draw


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("stretch", STRETCHES)
def test_book_and_till_agree_or_a_person_is_asked(desk, drawn, dialect, stretch):
    ended: Counter[str] = Counter()
    for case in drawn(dialect, RUNS, stretch):
        verdict = desk.play(case)
        assert not verdict.wrong, "\n".join([str(case), repr(verdict.attempt), *verdict.wrong, *verdict.transcript])
        ended[verdict.attempt.state] += 1
    assert ended["captured"] > RUNS // 10
    assert ended["reversed"] > RUNS // 50
    if DIALECTS[dialect].get("repeats", "tells") == "tells":
        assert ended["not_charged"] > RUNS // 50
        assert ended["unknown"] + ended["needs_human"] < RUNS // 2, ended


def test_over_a_real_line_they_agree_as_well_and_no_frame_is_malformed(tcp_desk, drawn, malformed):
    for dialect in DIALECTS:
        for case in drawn(dialect, OVER_TCP):
            verdict = tcp_desk.play(case)
            assert not verdict.wrong, "\n".join([str(case), repr(verdict.attempt), *verdict.wrong, *verdict.transcript])
    if shutil.which("tshark"):
        assert malformed([one for one in tcp_desk.passed if one.fault is None]) == []


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("history", ["none", "paid before", "stranger"])
def test_payment_without_trouble_is_paid(desk, zvt, dialect, history):
    verdict = desk.play(zvt.Case(zvt.Dialect(**DIALECTS[dialect]), history=history))
    assert (verdict.attempt.state, len(verdict.charged), verdict.wrong) == ("captured", 1, [])
    assert verdict.attempt.evidence.receipt == verdict.charged[0].receipt


def test_cut_before_the_order_is_no_payment_though_another_till_took_the_same_amount(desk, zvt):
    """The newest payment is asked for before each: one of somebody else is not to be taken for ours."""
    clean = desk.play(zvt.Case(zvt.Dialect(), history="stranger"))
    order = next(number for number, row in enumerate(clean.transcript) if "06 01 0a" in row)
    cut = desk.play(zvt.Case(zvt.Dialect(), faults=((order, zvt.Fault.CUT_BEFORE),), history="stranger"))
    assert (cut.attempt.state, cut.wrong) == ("not_charged", [])


def test_terminal_without_any_payment_takes_its_first(desk, zvt):
    """Its word that there is none is acknowledged; else it would still wait for that when the order comes."""
    verdict = desk.play(zvt.Case(zvt.Dialect(), history="none"))
    refused = next(number for number, row in enumerate(verdict.transcript) if "06 1e" in row)
    assert "till -> terminal  80 00 00" in verdict.transcript[refused + 1]
    assert verdict.attempt.state == "captured"


def test_judge_sees_a_till_that_takes_no_news_for_a_no(desk, zvt, monkeypatch):
    """Were a broken line taken for an end without a charge, the book would tell."""
    monkeypatch.setattr("boxoffice.terminals.worker.payment.judge", lambda *_: zvt.NotCharged())
    wrong = [
        desk.play(zvt.Case(zvt.Dialect(unacknowledged="keep"), faults=((number, zvt.Fault.CUT_BEFORE),))).wrong
        for number in range(FRAMES)
    ]
    assert ["somebody was charged, and it is taken for not paid"] in wrong
