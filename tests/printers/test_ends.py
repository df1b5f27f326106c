"""One document, four ends: each shows the same receipt in its own way."""

from __future__ import annotations

import io

import pytest

from printers.layout import Paper, lay_out
from printers.lines import Line, Text
from printers.profiles import A4, profile
from printers.render import escpos, pdf, picture, plain


@pytest.fixture
def lines(receipt) -> tuple[Line, ...]:
    return lay_out(receipt(), Paper(48, 72))


def test_as_text_no_line_is_longer_than_the_paper(lines) -> None:
    written = plain.write(lines, 48).splitlines()
    assert max(map(len, written)) == 48
    assert any(line.startswith("Total") and line.endswith("€110.00") for line in written)


def test_as_bytes_it_begins_with_init_and_ends_with_one_cut(lines) -> None:
    sent = escpos.encode(lines, profile("TM-T20II"))
    assert sent.startswith(b"\x1b@")
    assert sent.endswith(b"\x1dV\x00")
    assert sent.count(b"\x1b@") == sent.count(b"\x1dV\x00") == 1
    assert b"?" not in sent


def test_as_a_picture_its_code_can_be_read_and_it_is_as_wide_as_the_paper(lines) -> None:
    import numpy
    import zxingcpp
    from PIL import Image

    with Image.open(io.BytesIO(picture.png(lines, profile("TM-T20II")))) as paper:
        assert paper.width == 576 + 2 * picture.MARGIN
        read = zxingcpp.read_barcodes(numpy.asarray(paper.convert("L")))
    assert [one.text for one in read] == ["https://example.org/r/T1-000123"]


def test_as_a_pdf_it_is_one_page(lines) -> None:
    made = pdf.write(lines, profile("TM-T20II"))
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") == 1


@pytest.mark.parametrize(
    "name", ["Ada ☺\ufe0f", "👩\u200d👩\u200d👧", "欧\ufe01阳", "شرکت\u200cها", "क\u094d\u200dष", "\U00100000"]
)
def test_as_a_pdf_nothing_is_missing_of_an_odd_name(name: str) -> None:
    # What a face has no sign for is complained about in the log, which fails a test.
    for model in (profile("TM-T20II"), A4):
        assert pdf.write([Text(name), Text(name, bold=True)], model).startswith(b"%PDF-")
