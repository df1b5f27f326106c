"""Somebody else's reading of the protocol, Wireshark's, finds nothing wrong with what goes over the line."""

from __future__ import annotations

import shutil
import subprocess

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
WRONG = ("_ws.malformed", "zvt.apdu_len.invalid", "tcp.analysis.lost_segment")
UNKNOWN = b"\x06\x20"
"""The dissector does not know the order to repeat a receipt."""
DIALECTS = (
    {},
    {"container": True, "printing": "block"},
    {"long_lengths": True, "printing": "lines", "bare_numbers": True},
    {"tells_failure": False, "currency_told": False},
)

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


@pytest.fixture
def dissect(tmp_path, zvt):
    """What tshark tells of frames in the named columns, a row for each."""

    def dissect(passed, *columns: str) -> list[list[str]]:
        file = tmp_path / "line.pcap"
        zvt.capture.write(file, passed)
        read = ["tshark", "-n", "-d", f"tcp.port=={zvt.capture.PORT},zvt", "-r", str(file), "-T", "fields"]
        wanted = [word for column in columns for word in ("-e", column)]
        told = subprocess.run([*read, *wanted], capture_output=True, text=True, check=True, timeout=60)
        return [row.split("\t") for row in told.stdout.splitlines()]

    return dissect


def test_no_frame_of_a_day_is_malformed(bench, dissect):
    passed = []
    for dialect in DIALECTS:
        till = bench(customers=["pays", "pays", "is declined", "walks away"], **dialect).plug()
        for order in (*ORDERS, PAY, PAY):
            till.through(order)
        passed += till.desk.wire.passed
    rows = dissect(passed, "frame.protocols", *WRONG)
    assert len(rows) == len(passed) > 250
    for one, (protocols, *wrong) in zip(passed, rows, strict=True):
        assert protocols.endswith(":zvt") or one.data.startswith(UNKNOWN), str(one)
        assert not any(wrong), str(one)


def test_what_is_said_of_a_payment_is_read_as_it_was_meant(bench, dissect):
    till = bench(container=True).plug()
    till.through(REGISTER)
    till.through(PAY)
    columns = ("zvt.amount", "zvt.terminal_id", "zvt.time", "zvt.date", "zvt.card_name", "zvt.card_type")
    told = dissect(till.desk.wire.passed, "zvt.control_field", *columns)
    assert [row[1:] for row in told if row[0] == "0x040f"] == [["1250", "52500041", "18:16:48", "11/21", "Visa", "10"]]


def test_dissector_sees_a_frame_that_ends_early(bench, dissect, zvt):
    till = bench().plug()
    till.through(REGISTER)
    till.desk.wire.passed.append(zvt.Passing(till.desk.clock(), False, bytes.fromhex("04 0f 03 27 00 04")))
    assert any(dissect(till.desk.wire.passed, *WRONG)[-1])
