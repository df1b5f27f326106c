"""Letters that are set one by one, beside the same line as Pillow's own layout engine sets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from printers import fonts, lettering

LINES = (
    "Ada Lovelace AVATo. j",
    "Grażyna Ţărcă-Đỗ & Œuvre 1:2 (3x4)",
    "Ярослав Παπαδόπουλος",
    "欧阳娜娜 山田ひろし 김민준",
    "Ada 欧阳 Ярослав",
    "محمد عبد الله",
    "Ada שרה בן",
    "สมชาย ใจดี",
    "नरेन्द्र मोदी",
    "A\u0308\u0323e\u0301 n\u0303",
)


def drawn(masks: Sequence[lettering.Mask]) -> Any:
    picture = Image.new("L", (2400, 400))
    pen = ImageDraw.Draw(picture).draw
    for mask, x, y, _ in masks:
        pen.draw_bitmap((x, y), mask, 255)
    return np.asarray(picture)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("bold", [False, True])
def test_each_letter_stands_where_the_engine_would_set_it(
    line: str, bold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (11, 23, 48, 97):
        by_letters = drawn(list(lettering.masks((40, 200), line, size, bold=bold)))
        with monkeypatch.context() as patch:
            patch.setattr(lettering, "_steps", lambda *_: None)
            as_a_whole = drawn(list(lettering.masks((40, 200), line, size, bold=bold)))
        assert as_a_whole.any()
        assert (by_letters == as_a_whole).all(), size


def test_a_name_of_letters_is_not_laid_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "prepared", None)
    assert len(list(lettering.masks((0, 0), "Grażyna Jabłoński", 40))) == len("Grażyna Jabłoński")


def test_the_ink_of_a_piece_is_all_that_is_black_of_it() -> None:
    for text in ("jÄ", "محمد"):
        for mask in lettering.masks((40, 200), text, 60):
            left, top, right, bottom = mask.ink or (0, 0, 0, 0)
            rows, columns = np.nonzero(drawn([mask]))
            assert (columns.min(), rows.min()) == (mask.x + left, mask.y + top)
            assert (columns.max() + 1, rows.max() + 1) == (mask.x + right, mask.y + bottom)
