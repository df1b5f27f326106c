"""ZVT's frames: found however the bytes were cut, with lengths of every size, and no card number above them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.terminals import zvt_frames as frames
from boxoffice.terminals.zvt_frames import Apdu, Framing, Garbled

apdus = st.builds(Apdu, st.integers(0, 0xFFFF), st.binary(max_size=600))


@given(st.lists(apdus, max_size=4), st.data())
def test_frames_are_found_however_they_were_cut(sent: list[Apdu], data: st.DataObject) -> None:
    wire = b"".join(one.encode() for one in sent)
    framing, found = Framing(), []
    while wire:
        cut = data.draw(st.integers(1, len(wire)))
        found += framing.feed(wire[:cut])
        wire = wire[cut:]
    assert found == sent


@pytest.mark.parametrize(
    ("size", "length"), [(0, "00"), (254, "fe"), (255, "ffff00"), (256, "ff0001"), (65535, "ffffff")]
)
def test_a_length_above_254_takes_two_more_bytes_the_lower_one_first(size: int, length: str) -> None:
    wire = Apdu(0x040F, bytes(size)).encode()
    assert wire.startswith(bytes.fromhex("040f" + length))
    assert Framing().feed(wire) == [Apdu(0x040F, bytes(size))]


def test_fields_are_read_by_their_names() -> None:
    data = bytes.fromhex(
        "2700 04000000001250 490978 870042 0b000742 29 52500001 22f0f8 41111111EEEE1234 8bf0f5 5669736100"
    )
    found = frames.fields(data)
    assert frames.number(found[frames.AMOUNT]) == 1250
    assert frames.number(found[frames.CURRENCY]) == 978
    assert frames.number(found[frames.RECEIPT]) == 42
    assert found[frames.TERMINAL_ID].hex() == "52500001"
    assert frames.card_number(found[frames.PAN]) == "************1234"
    assert found[frames.CARD_NAME] == b"Visa\0"


def test_tracks_expiry_and_chip_are_kept_nowhere() -> None:
    data = bytes.fromhex("0e2812 23f0f2 4111 24f0f0f3 112233 2700")
    assert frames.fields(data) == {frames.RESULT: b"\0"}


@pytest.mark.parametrize("data", ["04 0000", "22f0", "22f0f9 41", "2241", "99", "06 82 01", "06 05 07"])
def test_what_is_not_whole_says_nothing(data: str) -> None:
    with pytest.raises(Garbled):
        frames.fields(bytes.fromhex(data))


def test_lines_of_text_are_found_in_containers() -> None:
    assert frames.texts(bytes.fromhex("240c 0704 43617264 0704 506c7a21")) == ["Card", "Plz!"]
    assert frames.texts(bytes.fromhex("25 8103 0701 41 1f0f02 1234")) == ["A"]
    assert frames.tags(bytes.fromhex("1f0f02 1234 07 01 41")) == {0x1F0F: b"\x12\x34", 0x07: b"A"}


@pytest.mark.parametrize("data", ["07", "0705 41", "1f", "1f8f", "07 83 000001 41", "24 03 0705 41"])
def test_a_container_that_is_not_whole_says_nothing(data: str) -> None:
    with pytest.raises(Garbled):
        frames.texts(bytes.fromhex(data))


@given(st.binary(max_size=80))
def test_no_bytes_do_more_than_be_garbled(data: bytes) -> None:
    for read in (frames.fields, frames.tags, frames.texts):
        try:
            read(data)
        except Garbled:
            continue


def test_digits_are_two_a_byte() -> None:
    assert frames.bcd(1250, 6).hex() == "000000001250"
    with pytest.raises(Garbled):
        frames.number(b"\x1a")


@pytest.mark.parametrize("digits", ["", "12345", "1234567", "12345a", "１２３４５６"])
def test_a_password_has_six_digits(digits: str) -> None:
    with pytest.raises(Garbled):
        frames.password(digits)
