"""What a code says comes out whole, whatever it is, and orders the printer nothing."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from printers.lines import Code, Cut, Picture
from printers.profiles import profile
from printers.render import escpos

DRAWS_CODES, PAINTS_CODES, HAS_NEEDLES = "TM-T88V", "POS-5890", "TM-U220B"
SAYINGS = (
    *("9cbh2s7pzvvnf4kq", "https://example.org/?a=1&b={2}", "Zoë 王小明 😀", "a\u00a0b", "1234567890", "{A{B{C"),
    *("\x10\x14\x01\x00\x01", "Eve\x1bp\x00\x19\xfa", "\x10\x04\x01", "\x00", "tab\tand\nline", "ab" * 150),
)


@pytest.fixture
def printed(decode, model_of):
    return lambda lines, name: decode(escpos.encode(lines, profile(name)), model_of(name))


@pytest.mark.parametrize("name", [DRAWS_CODES, PAINTS_CODES])
@pytest.mark.parametrize("bars", [False, True], ids=["square", "bars"])
def test_any_text_is_read_off_the_paper_as_it_was(printed, name, bars):
    for text in SAYINGS:
        paper = printed([Code(text, bars), Cut()], name)
        assert (paper.faults, paper.pulses) == ([], [])
        assert paper.read() == [text]


@pytest.mark.parametrize("text", ["Ana é", "x" * 60, "a\x1d"])
def test_what_bars_cannot_say_or_paper_has_no_room_for_becomes_a_square_code(printed, text):
    (code,) = printed([Code(text, bars=True), Cut()], DRAWS_CODES).pictures
    assert code.image.height > 90


def test_what_no_code_can_say_is_printed_in_letters(printed):
    paper = printed([Code("x" * 3000), Cut()], DRAWS_CODES)
    assert (paper.pictures, "".join(paper.lines).replace(" ", "")) == ([], "x" * 3000)


def test_nothing_is_said_by_no_code_and_half_a_character_by_a_mark(printed):
    assert printed([Code(""), Code("", bars=True), Cut()], DRAWS_CODES).pictures == []
    assert printed([Code("Ada\ud800"), Cut()], DRAWS_CODES).read() == ["Ada\ufffd"]


@pytest.mark.parametrize("name", [PAINTS_CODES, HAS_NEEDLES])
def test_dots_of_a_picture_are_never_an_order(printed, name):
    """A photo has every pattern of dots, also those that mean: open the drawer, at once."""
    photo = Image.frombytes("1", (384, 384), random.Random(7).randbytes(384 * 48))
    orders = b"\x10\x14\x01\x00\x01\x10\x04\x01\x10\x05\x02" * 4
    photo.paste(Image.frombytes("1", (len(orders) * 8, 1), orders, "raw", "1;I"), (0, 5))
    paper = printed([Picture(photo.tobytes("raw", "1;I"), dots=photo.size), Cut()], name)
    assert (paper.faults, paper.pulses) == ([], [])
    assert paper.pictures
