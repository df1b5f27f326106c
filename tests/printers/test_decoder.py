"""The judge judges rightly: each command of the reference, by hand-written bytes and what they do to paper."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ESC, GS, FS, DLE = b"\x1b", b"\x1d", b"\x1c", b"\x10"
SHORT = {"dots": 240, "columns": 20}
BLANK = " " * 20 + "|"
QR = GS + b"(k\x03\x001C\x04" + GS + b"(k\x03\x001E1" + GS + b"(k\x08\x001P0HELLO" + GS + b"(k\x03\x001Q0"
BARS = GS + b"h\x32" + GS + b"w\x02" + GS + b"kI\x0a{BNo.{C\x0c\x22\x38"
EAN = GS + b"w\x02" + GS + b"k\x02590123412345\x00"
SQUARE = b"\xff\x81\x81\x81\x81\x81\x81\xff"


def row(text: str, remark: str = "") -> str:
    return f"{text:20}| {remark}".rstrip()


SETTING = {
    "line feed": (b"one\ntwo\n", [row("one"), row("two")]),
    "feed lines": (b"one" + ESC + b"d\x03two\n", [row("one"), BLANK, BLANK, row("two")]),
    "feed no lines": (b"one" + ESC + b"d\x00two\n", [row("one"), row("two")]),
    "feed dots": (b"one" + ESC + b"J\x40" + ESC + b"J\x10", [row("one"), BLANK + " fed 16 dots"]),
    "left": (ESC + b"a\x00one\n", [row("one")]),
    "centre": (ESC + b"a\x01four\n", [row("        four")]),
    "right": (ESC + b"a2one\n", [row("                 one")]),
    "bold": (ESC + b"E\x01one" + ESC + b"E\x00 two\n", [row("one two", "from 0 bold, from 4 plain")]),
    "double strike": (ESC + b"G\x01one\n", [row("one", "bold")]),
    "underline": (ESC + b"-\x02one\n", [row("one", "underline")]),
    "inverse": (GS + b"B\x01one\n", [row("one", "inverse")]),
    "size": (GS + b"!\x21one\n", [row("o  n  e  ", "3x2")]),
    "largest size": (GS + b"!\x77I\n", [row("I       ", "8x8")]),
    "mode": (ESC + b"!\xb8one\n", [row("o n e ", "2x2 bold underline")]),
    "mode with font B": (ESC + b"!\x01one\n", [f"{'one':26}| font B"]),
    "font B": (ESC + b"M1one\n", [f"{'one':26}| font B"]),
    "initialize": (ESC + b"E\x01" + GS + b"!\x11" + ESC + b"a\x01" + ESC + b"@one\n", [row("one")]),
    "tab": (b"a\tb\tc\n", [row("a       b       c")]),
    "own tabs": (ESC + b"D\x03\x05\x00a\tb\tc\n", [row("a  b c")]),
    "position": (ESC + b"$\x3c\x00one\n", [row("     one")]),
    "relative position": (b"one" + ESC + b"\\\x18\x00two" + ESC + b"\\\xdc\xff" + b"2\n", [row("one  2wo")]),
    "left margin": (GS + b"L\x18\x00one\n", [row("  one")]),
    "print area": (GS + b"W\x78\x00" + ESC + b"a\x02one\n", [row("       one")]),
    "letter gap": (ESC + b" \x0cone\n", [row("o n e")]),
    "line start": (b"one" + GS + b"T\x01two\n", [row("one"), row("two")]),
    "code page": (ESC + b"t\x10\x80\xe9 " + ESC + b"t\x13\xd5\n", [row("€é €")]),
    "cyrillic": (ESC + b"t\x11\x8f\xe0\xa8\xa2\xa5\xe2\n", [row("Привет")]),
    "half-width kana": (ESC + b"t\x01\xb6\xc5\n", [row("ｶﾅ")]),
    "as it wakes": (b"\x81\x84\x8e\n", [row("üäÄ")]),
    "germany": (ESC + b"R\x02[\\]{|}~@\n", [row("ÄÖÜäöüß§")]),
    "france": (ESC + b"R\x01@[\\]{|}~\n", [row("à°ç§éùè¨")]),
    "japan": (ESC + b"R\x08\\\n", [row("¥")]),
    "china": (ESC + b"R\x0f$5\n", [row("¥5")]),
    "raster": (GS + b"v0\x00\x01\x00\x08\x00" + SQUARE, [BLANK + " picture 8x8 at 0"]),
    "large raster": (ESC + b"a\x01" + GS + b"v0\x03\x01\x00\x08\x00" + SQUARE, [BLANK + " picture 16x16 at 112"]),
    "graphics": (
        GS + b"(L\x12\x000p0\x01\x021\x08\x00\x08\x00" + SQUARE + GS + b"(L\x02\x0002",
        [BLANK + " picture 8x16 at 0"],
    ),
    "long graphics": (
        GS + b"8L\x12\x00\x00\x000p0\x02\x011\x07\x00\x08\x00" + SQUARE + GS + b"(L\x02\x000\x02",
        [BLANK + " picture 14x8 at 0"],
    ),
    "bit image in letters": (
        b"a" + ESC + b"*\x21\x0c\x00" + b"\xff\x00\xff" * 12 + b"b\n",
        [row("a b"), BLANK + " picture 12x24 at 12"],
    ),
    "coarse bit image": (ESC + b"*\x00\x08\x00" + SQUARE + b"\n", [BLANK + " picture 16x24 at 0"]),
    "qr": (ESC + b"a\x01" + QR, [BLANK + " QR M4 'HELLO', 84x84 at 78"]),
    "code128": (BARS, [BLANK + " CODE128 'No.123456', 224x50 at 0"]),
    "digits below": (GS + b"H\x02" + BARS, [BLANK + " CODE128 'No.123456', 224x50 at 0", row("    No.123456")]),
    "ean, ended by nul": (
        GS + b"w\x02" + GS + b"k\x02590123412345\x00",
        [BLANK + " EAN13 '590123412345', 190x162 at 0"],
    ),
    "ean, counted": (GS + b"w\x02" + GS + b"kD\x071234567", [BLANK + " EAN8 '1234567', 134x162 at 0"]),
    "cut": (b"one\n" + ESC + b"d\x04" + GS + b"V\x00", [row("one"), *[BLANK] * 4, "-" * 20 + "| cut"]),
    "partial cut with feed": (b"one\n" + GS + b"VB\x00", [row("one"), "-" * 20 + "| cut, partial"]),
    "cuts of old": (b"one\n" + ESC + b"i" + b"two\n" + ESC + b"m", [row("one"), "-" * 20 + "| cut, partial"]),
    "questions": (DLE + b"\x04\x01" + GS + b"r1" + GS + b"a\xff" + GS + b"I\x01one\n", [row("one")]),
    "settings": (ESC + b"c5\x00" + GS + b"b\x01" + ESC + b"S" + ESC + b"{\x00one\n", [row("one")]),
}


@pytest.mark.parametrize(("data", "text"), SETTING.values(), ids=SETTING)
def test_each_command_does_to_paper_what_the_reference_says(decode, data, text):
    paper = decode(data, **SHORT)
    assert paper.text.splitlines()[: len(text)] == text
    assert paper.faults == []


@pytest.mark.parametrize(("data", "text"), SETTING.values(), ids=SETTING)
def test_a_stream_that_breaks_off_leaves_the_paper_as_far_as_it_came(decode, data, text):
    rows = decode(data, **SHORT).rows
    for end in range(len(data)):
        paper = decode(data[:end], **SHORT)
        assert all(broken == whole for broken, whole in zip(paper.rows[:-1], rows, strict=False))
        assert data[:end].endswith(paper.unfinished)


def test_what_is_left_of_a_broken_command_is_told(decode):
    paper = decode(b"one\n" + GS + b"v0\x00\x01\x00\x08\x00" + SQUARE[:5], **SHORT)
    assert paper.unfinished == GS + b"v0\x00\x01\x00\x08\x00" + SQUARE[:5]
    assert paper.faults == ["ends within a command: 1d 76 30 00 01 00 08 00 ff 81 81 81 81"]


COMPLAINTS = {
    "alignment in a line": (
        b"one" + ESC + b"a\x01two\n",
        ["At byte 3, ESC a: in the middle of a line it has no effect"],
    ),
    "text lost": (b"one" + ESC + b"@", ["At byte 3, ESC @: what stood in the line is lost"]),
    "no end": (b"one", ["The last line has no end"]),
    "cut in a line": (b"one" + GS + b"V\x00\n", ["At byte 3, GS V: there are letters in the line, so nothing is cut"]),
    "carriage return": (b"one\r\n", ["At byte 3, CR: has no effect"]),
    "no tab left": (b"\t\t\tone\n", ["At byte 2, HT: no tab stop is left"]),
    "too far": (ESC + b"$\x00\x01one\n", ["At byte 0, ESC $: is beyond the line"]),
    "accent alone": (ESC + b"t\x34\xd2\n", ["At byte 3, text: U+0309 has no cell of its own"]),
    "nothing in store": (GS + b"(k\x03\x001Q0", ["At byte 0, GS ( k: there is no symbol in store"]),
    "no picture in store": (GS + b"(L\x02\x0002", ["At byte 0, GS ( L: there is no picture in store"]),
    "too long": (b"x" * 20 + b"yz\n", ["row 0: 'yz' does not fit"]),
    "too long and large": (GS + b"!\x10" + b"x" * 11 + b"\n", ["row 0: 'x' does not fit"]),
    "much too long": (b"x" * 45 + b"\n", ["row 0: 'xxxxxxxxxxxxxxxxxxxx' does not fit", "row 1: 'xxxxx' does not fit"]),
    "too wide": (GS + b"v0\x00\x20\x00\x01\x00" + b"\xff" * 32, ["row 0: 'picture 256 dots wide' does not fit"]),
    "too wide for bars": (GS + b"w\x06" + BARS[6:], ["row 0: \"CODE128 'No.123456'\" does not fit"]),
    "pulse in a picture": (
        GS + b"v0\x00\x01\x00\x05\x00" + DLE + b"\x14\x01\x00\x01",
        ["At byte 8: 10 14 01 00 01 within another command"],
    ),
}


@pytest.mark.parametrize(("data", "faults"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_what_a_printer_does_without_a_word_is_written_down(decode, data, faults):
    assert decode(data, **SHORT).faults == faults


NOTHING = {
    "bell": (b"one\n\x07", 4),
    "nul": (b"\x00", 0),
    "no such escape": (b"one" + ESC + b"\x01", 3),
    "no such group": (GS + b"\xff", 0),
    "nameless function": (GS + b"(\x01\x00\x00", 0),
    "letter that the page lacks": (ESC + b"t\x10\x81\n", 3),
    "delete": (b"a\x7f\n", 0),
    "page that the printer lacks": (ESC + b"t\xfe", 0),
    "country": (ESC + b"R\x20", 0),
    "alignment": (ESC + b"a\x03", 0),
    "size": (GS + b"!\x08", 0),
    "font": (ESC + b"M\x09", 0),
    "page mode": (ESC + b"L", 0),
    "upside down": (ESC + b"{\x01", 0),
    "macro": (GS + b":", 0),
    "off the line": (ESC + b"=\x02", 0),
    "ideographs": (FS + b"&", 0),
    "cut of another kind": (GS + b"Vc\x00", 0),
    "picture of nothing": (GS + b"v0\x00\x00\x00\x01\x00", 0),
    "raster mode": (GS + b"v0\x04\x01\x00\x01\x00\xff", 0),
    "graphics of the wrong length": (GS + b"(L\x0b\x000p0\x01\x011\x08\x00\x08\x00\xff", 0),
    "bit image": (ESC + b"*\x05\x01\x00\xff", 0),
    "other symbols": (GS + b"(k\x03\x000C\x04", 0),
    "qr of size 0": (GS + b"(k\x03\x001C\x00", 0),
    "bars of no set": (GS + b"kI\x03abc", 0),
    "bars beyond ascii": (GS + b"kI\x03{B\xe9", 0),
    "digits of no ean": (GS + b"kC\x03abc", 0),
    "narrow bars": (GS + b"w\x01", 0),
    "flat bars": (GS + b"h\x00", 0),
    "drawer pin": (ESC + b"p\x05\x10\x10", 0),
    "switch off": (DLE + b"\x14\x02\x01\x08", 0),
    "own letters": (ESC + b"%\x01", 0),
}


@pytest.mark.parametrize(("data", "offset"), NOTHING.values(), ids=NOTHING)
def test_what_is_no_command_is_named_with_its_place(decode, not_understood, data, offset):
    with pytest.raises(not_understood) as error:
        decode(data, **SHORT)
    assert error.value.offset == offset
    assert data[offset:].startswith(error.value.data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.lists(st.sampled_from(b"\n\x1b\x1d\x1c\x10 ()*@!EVLakpvt8\x000123\xff") | st.integers(0, 255)).map(bytes)
)
def test_any_bytes_are_paper_or_an_error_with_its_place(decode, not_understood, data):
    try:
        rows = decode(data, **SHORT).text.splitlines()
    except not_understood as error:
        rows = decode(data[: error.offset], **SHORT).text.splitlines()
    assert all("|" in row for row in rows)


@pytest.mark.parametrize(
    ("system", "data", "text"),
    [
        ("gb18030", "中文 VIP", "中文 VIP"),
        ("gb18030", "㐀𠀀", "㐀𠀀"),
        ("big5", "臺北", "臺北"),
        ("shift_jis", "日本ｶﾅ", "日本ｶﾅ"),
        ("euc_kr", "한국", "한국"),
    ],
)
def test_ideographs_take_two_cells_and_only_where_the_mode_is_entered(decode, not_understood, system, data, text):
    entered = FS + b"&" + data.encode(system) + FS + b".\n"
    paper = decode(entered, ideographs=system, **SHORT)
    assert paper.lines == [text]
    assert {cell.width for cell in paper.cells if ord(cell.letter) > 0xFFFF or cell.letter in "中文臺北日本한국㐀"} <= {
        24
    }
    assert decode(data.encode(system) + b"\n", ideographs=system, wakes_in_ideographs=True, **SHORT).lines == [text]


def test_a_japanese_printer_knows_two_ways_to_write_an_ideograph(decode):
    data = FS + b"&" + FS + b"C\x00" + b"\x46\x7c\x4b\x5c" + FS + b"C\x01" + "日本".encode("shift_jis") + b"\n"
    assert decode(data, ideographs="shift_jis", **SHORT).lines == ["日本日本"]


def test_ideographs_grow_by_commands_of_their_own_and_by_those_for_all(decode):
    letter = "中".encode("gb18030")
    data = FS + b"&" + FS + b"!\x0c" + letter + FS + b"W\x00" + letter + GS + b"!\x11" + letter + b"\n"
    paper = decode(data, ideographs="gb18030", **SHORT)
    assert [(cell.width, cell.height) for cell in paper.cells] == [(48, 48), (24, 24), (48, 48)]


def test_half_an_ideograph_before_a_command_is_an_error_and_at_the_end_a_broken_stream(decode, not_understood):
    with pytest.raises(not_understood):
        decode(FS + b"&\xd6\n", ideographs="gb18030")
    assert decode(FS + b"&\xd6", ideographs="gb18030").unfinished == b"\xd6"


def test_places_are_in_dots_and_small_letters_stand_on_the_line_of_the_large(decode):
    paper = decode(b"a" + GS + b"!\x11b" + GS + b"!\x00c\n" + ESC + b"3\x40d\n", **SHORT)
    assert [(one.letter, one.row, one.column, one.x, one.y) for one in paper.cells] == [
        ("a", 0, 0, 0, 24),
        ("b", 0, 1, 12, 0),
        ("c", 0, 3, 36, 24),
        ("d", 1, 0, 0, 48),
    ]
    assert paper.length == 48 + 64


def test_a_narrow_line_spacing_never_prints_rows_over_each_other(decode):
    paper = decode(ESC + b"3\x00a\nb\n", **SHORT)
    assert [cell.y for cell in paper.cells] == [0, 24]


def test_a_printer_of_finer_steps_feeds_less(decode):
    assert decode(b"a" + ESC + b"J\x50", unit=0.5).length == 40


def test_pulses_say_which_pin_and_how_long(decode):
    paper = decode(ESC + b"p\x00\x19\xfa" + ESC + b"p1\x32\x32" + DLE + b"\x14\x01\x01\x02")
    assert paper.pulses == [(0, 50), (1, 100), (1, 200)]


def test_cuts_say_how_much_blank_paper_is_before_them(decode):
    paper = decode(b"a\n" + GS + b"V1" + b"b\n" + ESC + b"d\x06" + GS + b"V0" + b"c\n" + GS + b"VA\x0a")
    assert [(cut.partial, cut.blank) for cut in paper.cuts] == [(True, 0), (False, 180), (False, 120)]


@pytest.mark.parametrize("data", [QR, BARS, EAN], ids=["qr", "bars", "ean"])
def test_codes_that_the_printer_draws_can_be_read_off_the_paper(decode, data):
    paper = decode(ESC + b"a\x01Ticket\n" + data)
    assert paper.read() == {QR: ["HELLO"], BARS: ["No.123456"]}.get(data, ["5901234123457"])


def test_every_value_of_code128_is_drawn_as_its_standard_has_it(decode):
    texts = [b"{A" + bytes(range(0x20)), b"{A" + bytes(range(0x20, 0x60)), b"{B" + bytes(range(0x20, 0x7B))]
    texts += [b"{C" + bytes(range(100)), b"{B{{|}~\x7f", b"{Bab{S\x07c{AD{Se"]
    for text in texts:
        paper = decode(GS + b"w\x02" + GS + b"kI" + bytes([len(text)]) + text, dots=2600, columns=200)
        (code,) = paper.pictures
        assert paper.read() == [code.says]


def test_a_picture_lies_on_the_paper_dot_by_dot(decode):
    paper = decode(b"a\n" + ESC + b"a\x02" + GS + b"v0\x00\x01\x00\x08\x00" + SQUARE, **SHORT).picture()
    dots = [[paper.getpixel((x, y)) == 0 for x in range(232, 240)] for y in range(30, 38)]
    assert dots == [[bool(byte >> (7 - bit) & 1) for bit in range(8)] for byte in SQUARE]
    assert paper.size == (240, 38)


def test_pages_of_a_profile_are_found_by_its_own_numbers(decode, model_of):
    assert decode(ESC + b"t\x28\xa4\n", model_of("TM-T88II")).lines == ["€"]
    assert decode(ESC + b"t\x1e\xb8\n", model_of("default")).lines == ["á"]


def test_bold_and_inverse_letters_have_more_ink(decode):
    def ink(data: bytes) -> int:
        return decode(data + b"Hello\n", **SHORT).picture().histogram()[0]

    assert 0 < ink(b"") < ink(ESC + b"E\x01") < ink(GS + b"B\x01")
