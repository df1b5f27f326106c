"""Decoders are made by one thread at a time, whoever asks: a station's threads all begin at once."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from boxoffice.decoding import convert, decode, decoder, packed_decoder

MANY_AT_ONCE = """
import sys
import threading

import msgspec

from boxoffice.decoding import decode

sys.setswitchinterval(1e-6)
for number in range(60):
    inner = msgspec.defstruct("Inner", [(f"a{place}", int, 0) for place in range(40)])
    outer = msgspec.defstruct("Outer", [(f"b{place}", inner | None, None) for place in range(30)])
    together = threading.Barrier(3)
    read = []

    def ask():
        together.wait()
        read.append(decode(b'{"b29": {"a39": 1, "a0": 2}}', outer).b29.a39)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [1, 1, 1]
"""


class Ticket(msgspec.Struct, frozen=True):
    number: int
    name: str = ""


def test_threads_that_ask_for_a_type_at_the_same_moment_all_get_it() -> None:
    # In a process of its own: made without the lock, they end it.
    assert subprocess.run([sys.executable, "-c", MANY_AT_ONCE], check=False).returncode == 0


def test_a_type_has_one_decoder() -> None:
    assert decoder(Ticket) is decoder(Ticket)
    assert packed_decoder(Ticket) is packed_decoder(Ticket)
    assert decoder(Ticket | None) is decoder(Ticket | None)


def test_values_come_back_as_they_were_written() -> None:
    ticket = Ticket(7, "Ada")
    assert decode(msgspec.json.encode(ticket), Ticket) == ticket
    assert packed_decoder(Ticket).decode(msgspec.msgpack.encode(ticket)) == ticket
    assert convert({"number": 7, "name": "Ada"}, Ticket) == ticket
    assert decode(b'{"number": 7}') == {"number": 7}


@pytest.mark.parametrize("data", [b"{", b'{"number": "seven"}', b"[]"])
def test_what_is_of_another_type_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data, Ticket)
