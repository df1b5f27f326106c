"""The fake printer is ill in exactly the ways it says, and what it printed is what lies there."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

CUT = b"\x1dV\x00"
SLIP = b"\x1b@Thank you\n" + CUT
PATIENCE = 60.0


@pytest.fixture
def call(network_printer) -> Callable[..., socket.socket]:
    """A line to the network printer."""
    with contextlib.ExitStack() as lines:

        def call(patience: float = PATIENCE) -> socket.socket:
            return lines.enter_context(socket.create_connection(("127.0.0.1", network_printer.port), patience))

        yield call


@pytest.fixture
def plug(serial_printer) -> Iterator[serial.Serial]:
    """The other end of the serial line."""
    with serial.Serial(str(serial_printer.path), timeout=PATIENCE, write_timeout=PATIENCE) as line:
        yield line


def asked(line: socket.socket, question: bytes, size: int = 1) -> bytes:
    line.sendall(question)
    return heard(line, size)


def heard(line: socket.socket, size: int) -> bytes:
    said = b""
    while len(said) < size:
        said += line.recv(size - len(said)) or pytest.fail(f"It hung up after {said!r}.")
    return said


def test_a_document_ends_with_its_cut_and_the_next_begins(network_printer, call):
    line = call()
    line.sendall(SLIP + SLIP[:5])
    assert network_printer.wait_for_documents(1) == [SLIP]
    line.sendall(SLIP[5:])
    assert network_printer.wait_for_documents(2) == [SLIP, SLIP]
    assert network_printer.printed == SLIP + SLIP


def test_bytes_of_a_cut_within_a_picture_end_no_document(network_printer, call):
    picture = b"\x1dv0\x00\x03\x00\x01\x00" + CUT
    call().sendall(b"\x1b@" + picture + CUT)
    assert network_printer.wait_for_documents(1) == [b"\x1b@" + picture + CUT]


def test_what_came_with_a_lost_connection_hangs_out_of_it_and_is_the_top_of_the_next_document(network_printer, call):
    network_printer.resets_at(7)
    call().sendall(SLIP)
    network_printer.wait_until(lambda: network_printer.unfinished == SLIP[:7])
    call().sendall(SLIP)
    assert network_printer.wait_for_documents(1) == [SLIP[:7] + SLIP]


@pytest.mark.parametrize("byte", range(len(SLIP)))
def test_it_resets_at_any_byte_and_once(network_printer, call, byte):
    network_printer.resets_at(byte)
    with pytest.raises(ConnectionError):  # while it calls, sends, or hears
        asked(call(), SLIP)
    assert network_printer.printed == SLIP[:byte]
    assert asked(call(), b"\x10\x04\x01") == b"\x12"


def test_it_refuses_until_it_comes_back_on_the_same_port(network_printer, call):
    network_printer.refuses()
    with pytest.raises(ConnectionRefusedError):
        call()
    network_printer.comes_back()
    call().sendall(SLIP)
    network_printer.wait_for_documents(1)


def test_it_answers_a_call_and_hangs_up(network_printer, call):
    network_printer.accepts_and_closes()
    assert call().recv(1) == b""


def test_nobody_is_there_at_all_until_it_comes_back(network_printer, call):
    network_printer.vanishes()
    with pytest.raises(TimeoutError):
        call(0.1)
    network_printer.comes_back()
    call().sendall(SLIP)
    network_printer.wait_for_documents(1)
    assert network_printer.connections == 1


def test_it_prints_and_says_nothing(network_printer, call):
    network_printer.falls_silent()
    line = call(0.05)
    line.sendall(SLIP + b"\x10\x04\x01")
    network_printer.wait_for_documents(1)
    with pytest.raises(TimeoutError):
        line.recv(1)


def test_it_takes_nothing_more_in_and_the_line_fills_up(network_printer, call):
    network_printer.stops_reading()
    line = call(0.05)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with pytest.raises(TimeoutError):
        line.sendall(bytes(1_000_000))
    assert network_printer.received == 0


def test_it_holds_at_a_byte_and_goes_on(network_printer, call):
    network_printer.holds_at(5)
    call().sendall(SLIP)
    network_printer.wait_until(lambda: network_printer.received == 5)
    network_printer.goes_on()
    assert network_printer.wait_for_documents(1) == [SLIP]


def test_it_is_slow(network_printer, call):
    network_printer.slows_down(200)
    began = time.monotonic()
    call().sendall(SLIP)
    assert network_printer.wait_for_documents(1) == [SLIP]
    assert time.monotonic() - began > (len(SLIP) - 1) / 200


def test_it_talks_to_one_at_a_time(network_printer, call):
    first = call()
    second = call()
    second.sendall(SLIP)
    first.sendall(SLIP[:4])
    network_printer.wait_until(lambda: network_printer.unfinished == SLIP[:4])
    first.sendall(SLIP[4:])
    first.close()
    assert network_printer.wait_for_documents(2) == [SLIP, SLIP]


@pytest.mark.parametrize(
    ("what", "answers", "of_its_own"),
    [
        (lambda _: None, "12 12 12 12", ""),
        (lambda printer: printer.runs_low(), "12 12 12 1e", "10 00 03 00"),
        (lambda printer: printer.runs_out_of_paper(), "1a 32 12 7e", "18 00 0f 00"),
        (lambda printer: printer.is_opened(), "1a 16 12 12", "38 00 00 00"),
        (lambda printer: printer.jams(), "1a 52 1a 12", "18 08 00 00"),
        (lambda printer: printer.drawer(is_open=True), "16 12 12 12", "14 00 00 00"),
    ],
    ids=["well", "low", "out", "open", "jammed", "drawer"],
)
def test_it_says_how_it_is_when_asked_and_of_its_own_accord(network_printer, call, what, answers, of_its_own):
    line = call()
    assert asked(line, b"\x1da\xff", 4).hex(" ") == "10 00 00 00"
    what(network_printer)
    assert heard(line, len(bytes.fromhex(of_its_own))).hex(" ") == of_its_own
    status = b"".join(asked(line, b"\x10\x04" + bytes([number])) for number in (1, 2, 3, 4))
    assert status.hex(" ") == answers


def test_offline_it_answers_at_once_but_carries_nothing_out(network_printer, call):
    network_printer.is_opened()
    line = call()
    line.sendall(SLIP + b"\x1dr1")
    assert asked(line, b"\x10\x04\x02") == b"\x16"
    assert (network_printer.printed, network_printer.busy) == (b"", True)
    network_printer.comes_back()
    assert heard(line, 1) == b"\x00"
    assert network_printer.documents == [SLIP]


def test_offline_it_takes_in_no_more_than_its_buffer_holds(network_printer, call):
    network_printer.runs_out_of_paper()
    line = call()
    line.sendall(bytes(b"x" * 6000))
    network_printer.wait_until(lambda: network_printer.received == 4096)
    network_printer.comes_back()
    network_printer.wait_until(lambda: network_printer.printed == b"x" * 6000)


def test_a_question_in_its_turn_is_answered_when_what_came_before_is_printed(network_printer, call):
    line = call()
    assert asked(line, SLIP + b"\x1d(H\x06\x0000abcd" + SLIP, 7) == b'7"abcd\0'
    assert network_printer.wait_for_documents(2) == [SLIP, SLIP]


@pytest.mark.parametrize("after", range(1, len(SLIP)))
def test_the_paper_ends_within_a_document_and_the_rest_comes_out_on_the_next_roll(network_printer, call, after):
    network_printer.runs_out_of_paper(after=after)
    line = call()
    line.sendall(SLIP)
    network_printer.wait_until(lambda: network_printer.received == len(SLIP))
    assert asked(line, b"\x10\x04\x04") == b"\x7e"
    network_printer.comes_back()
    assert network_printer.wait_for_documents(1) == [SLIP]


def test_switched_off_it_loses_what_it_held(network_printer, call):
    network_printer.is_opened()
    line = call()
    line.sendall(SLIP)
    network_printer.wait_until(lambda: network_printer.received == len(SLIP))
    network_printer.is_switched_off()
    with pytest.raises(ConnectionResetError):
        line.recv(1)
    network_printer.comes_back()
    call().sendall(SLIP)
    assert network_printer.wait_for_documents(1) == [SLIP]


def test_what_waits_can_be_taken_back(network_printer, call):
    network_printer.is_opened()
    line = call()
    line.sendall(SLIP)
    assert asked(line, b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", 3) == b"7%\0"
    network_printer.comes_back()
    line.sendall(SLIP)
    assert network_printer.wait_for_documents(1) == [SLIP]


def test_it_counts_the_pulses_to_the_drawer(network_printer, call):
    line = call()
    line.sendall(b"\x1bp\x00\x19\xfa" + b"\x10\x14\x01\x00\x01")
    network_printer.wait_until(lambda: network_printer.pulses == 2)


def test_the_serial_one_prints_answers_and_is_unplugged(serial_printer, plug):
    plug.write(SLIP + b"\x10\x04\x01")
    assert plug.read(1) == b"\x12"
    assert serial_printer.wait_for_documents(1) == [SLIP]
    serial_printer.is_unplugged()
    assert not serial_printer.path.is_symlink()
    with pytest.raises(serial.SerialException):
        plug.read(1)
    serial_printer.comes_back()
    with serial.Serial(str(serial_printer.path), write_timeout=PATIENCE) as line:
        line.write(SLIP)
    assert serial_printer.wait_for_documents(2) == [SLIP, SLIP]


def test_the_serial_one_stops_reading_and_goes_on(serial_printer, plug):
    serial_printer.stops_reading()
    plug.write_timeout = 0.2
    with pytest.raises(serial.SerialTimeoutException):
        plug.write(SLIP * 10_000)
    assert serial_printer.received == 0
    serial_printer.goes_on()
    serial_printer.wait_for_documents(1)


def test_as_a_process_of_its_own_it_files_what_it_prints(tmp_path: Path):
    command = [sys.executable, str(Path(__file__).with_name("fake_printer.py")), "--ledger", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def tell(verb: str, **arguments: object) -> object:
            process.stdin.write(json.dumps([verb, arguments]) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        port = json.loads(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
            line.sendall(SLIP)
            assert tell("wait_for_documents", number=1) == [SLIP.hex()]
        tell("refuses")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), PATIENCE)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"000001.bin": SLIP}
        process.stdin.close()
    assert process.returncode == 0


def test_without_a_knife_a_document_ends_with_its_connection(knifeless_printer):
    with socket.create_connection(("127.0.0.1", knifeless_printer.port), PATIENCE) as line:
        line.sendall(SLIP)
    assert knifeless_printer.wait_for_documents(1) == [SLIP]


def test_what_it_did_not_read_comes_out_later_though_the_sender_is_long_gone(network_printer, call):
    network_printer.stops_reading()
    line = call()
    line.sendall(SLIP)
    line.close()
    network_printer.comes_back()
    assert network_printer.wait_for_documents(1) == [SLIP]
