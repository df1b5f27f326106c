"""Somebody else's reading of the protocol, Wireshark's, finds nothing wrong with what goes over the line."""

from __future__ import annotations

import shutil

import pytest

REGISTER = "06 00 06 00 00 00 8a 09 78"
PAY = "06 01 0a 04 00 00 00 00 12 50 49 09 78"
ORDERS = (
    REGISTER,
    PAY,
    "06 20 05 00 00 00 03 02",
    "06 30 06 00 00 00 87 00 01",
    "06 31 0d 00 00 00 04 00 00 00 00 04 00 49 09 78",
    "06 50 03 00 00 00",
    "06 70 03 00 00 00",
)
DIALECTS = (
    {},
    {"container": True, "printing": "block"},
    {"long_lengths": True, "printing": "lines", "bare_numbers": True},
    {"tells_failure": False, "currency_told": False},
)

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def test_no_frame_of_a_day_is_malformed(bench, malformed):
    passed = []
    for dialect in DIALECTS:
        till = bench(customers=["pays", "pays", "is declined", "walks away"], **dialect).plug()
        for order in (*ORDERS, PAY, PAY):
            till.through(order)
        passed += till.desk.wire.passed
    assert len(passed) > 250
    assert malformed(passed) == []


def test_what_is_said_of_a_payment_is_read_as_it_was_meant(bench, dissect):
    till = bench(container=True).plug()
    till.through(REGISTER)
    till.through(PAY)
    columns = ("zvt.amount", "zvt.terminal_id", "zvt.time", "zvt.date", "zvt.card_name", "zvt.card_type")
    told = dissect(till.desk.wire.passed, "zvt.control_field", *columns)
    assert [row[1:] for row in told if row[0] == "0x040f"] == [["1250", "52500041", "18:16:48", "11/21", "Visa", "10"]]


def test_dissector_sees_a_frame_that_ends_early(bench, malformed, zvt):
    till = bench().plug()
    till.through(REGISTER)
    till.desk.wire.passed.append(zvt.Passing(till.desk.clock(), False, bytes.fromhex("04 0f 03 27 00 04")))
    assert malformed(till.desk.wire.passed) == [str(till.desk.wire.passed[-1])]
