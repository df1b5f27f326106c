"""What is read from pictures: exactly what the code says, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import zxingcpp

from boxoffice.errors import BadInput
from boxoffice.scanning import decoder, sample_codes
from boxoffice.scanning.decoder import SECOND_LOOK_EVERY, Decoder
from boxoffice.scanning.found import Effort, formats_named
from boxoffice.scanning.opencv import cv2

Show = Callable[..., Any]

PAYLOADS = [
    "k3jy7zq2w5",
    "0012345678905",
    "https://example.org/?a=1&b=2",
    "Zoë Ångström",
    "张三 and 李四",
    "Привет",
    "a\x1db\tc",
    "(01)04006381333931(21)77",
    " leading and trailing ",
    "\\000026 ~ ^ ` ¥",
    "=QA==",
]


@pytest.mark.parametrize("text", PAYLOADS)
def test_the_text_is_exactly_what_the_code_says(show: Show, text: str) -> None:
    (found,) = Decoder().read(show(text))
    assert (found.text, found.format) == (text, "QRCode")


@pytest.mark.parametrize("text", PAYLOADS)
def test_the_second_opinion_damages_no_text(show: Show, text: str) -> None:
    found = Decoder()._look_again(show(text), "second opinion")
    assert [one.text for one in found] == [text]


def test_several_codes_in_one_picture_are_all_read_with_their_places(show: Show) -> None:
    found = {one.text: one.outline for one in Decoder().read(show("left one", "right one"))}
    assert set(found) == {"left one", "right one"}
    assert max(x for x, _ in found["left one"]) < 320 < min(x for x, _ in found["right one"])


def test_white_on_black_is_read_as_well_as_print(show: Show) -> None:
    live = Decoder()
    phone = show("on a phone", ink=255, paper=0)
    answers = [live.read(phone) for _ in range(2)]
    assert [one.text for answer in answers for one in answer] == ["on a phone"] * 2


@pytest.mark.parametrize("kind", ["easy", "rotation", "phone"])
@pytest.mark.parametrize("length", [28, 150])
def test_plain_scenes_are_always_read(kind: str, length: int) -> None:
    for seed in range(3):
        rng = np.random.default_rng([1, seed, length])
        text = sample_codes.random_text(rng, length)
        found = Decoder().read(sample_codes.picture(kind, text, rng))
        assert [one.text for one in found] == [text]


def test_what_the_first_look_misses_is_read_in_a_live_scene_within_a_few_frames(show: Show) -> None:
    blurred = cv2.GaussianBlur(show("out of focus, but readable"), (0, 0), 5.4)
    live = Decoder()
    assert live.read(blurred) == ()
    answers = [live.read(blurred) for _ in range(len(decoder._LIVE) * SECOND_LOOK_EVERY)]
    first = next(found for found in answers if found)
    assert first[0].text == "out of focus, but readable"
    assert first[0].stage != "plain"


def test_a_single_picture_is_given_everything_at_once(show: Show) -> None:
    blurred = cv2.GaussianBlur(show("out of focus, but readable"), (0, 0), 5.4)
    (found,) = Decoder().read(blurred, Effort.THOROUGH)
    assert found.text == "out of focus, but readable"
    middle = np.array(found.outline).mean(axis=0)
    assert np.abs(middle - (320, 180)).max() < 12


def test_a_small_code_beside_a_large_one_is_read_from_a_single_picture(show: Show) -> None:
    frame = show("large")
    small = cv2.resize(sample_codes.code_picture(sample_codes.code("small")), (44, 44), interpolation=cv2.INTER_AREA)
    frame[10:54, 10:54] = small
    assert {one.text for one in Decoder().read(frame, Effort.THOROUGH)} == {"large", "small"}


def test_only_qr_codes_are_read_unless_told_otherwise() -> None:
    frame = retail("4006381333931")
    assert Decoder().read(frame, Effort.THOROUGH) == ()
    (found,) = Decoder(formats_named(["qr", "ean"])).read(frame)
    assert (found.text, found.format) == ("4006381333931", "EAN13")


def test_the_second_opinion_reads_retail_codes_when_asked() -> None:
    asked = Decoder(formats_named(["ean"]))._look_again(retail("4006381333931"), "second opinion")
    assert [(one.text, one.format) for one in asked] == [("4006381333931", "EAN13")]


def test_a_format_nobody_knows_is_named() -> None:
    with pytest.raises(BadInput, match="tiktok"):
        formats_named(["qr", "tiktok"])


@pytest.mark.parametrize("seed", range(4))
def test_a_scene_without_a_code_gives_nothing(seed: int) -> None:
    scene = sample_codes.clutter(np.random.default_rng(seed), 640, 360)
    assert Decoder(formats_named(["qr", "ean", "upc"])).read(scene, Effort.THOROUGH) == ()


@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (900, 2), (7, 7), (40, 40)])
def test_pictures_of_any_size_are_looked_at(shape: tuple[int, int]) -> None:
    assert Decoder().read(np.zeros(shape, dtype=np.uint8), Effort.THOROUGH) == ()


def test_without_zbar_reading_goes_on(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyzbar", None)
    alone = Decoder()
    assert alone._look_again(show("ABC123"), "second opinion") == ()
    assert alone.read(show("ABC123"))[0].text == "ABC123"


def retail(text: str) -> Any:
    """A frame with a bar code of a shop in it."""
    bars = np.array(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13).to_image(scale=3))
    frame = np.full((360, 640), 255, dtype=np.uint8)
    frame[100 : 100 + bars.shape[0], 100 : 100 + bars.shape[1]] = bars
    return frame
