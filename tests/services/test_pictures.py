"""Pictures from people's files: upright, small, with nothing in them but the picture, or refused by name."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from boxoffice.errors import BadInput
from boxoffice.services import pictures

PLACE, ORIENTATION = 0x8825, 0x0112


def written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def photo(width: int = 300, height: int = 200) -> Image.Image:
    """Dark at the left, light at the right."""
    return Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_90).resize((width, height)).convert("RGB")


def test_a_photo_is_turned_as_the_camera_was_held() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    kept = opened(pictures.fit(written(photo(), "JPEG", exif=exif)))
    assert kept.size == (200, 300)


def test_nothing_of_a_file_is_kept_but_its_picture() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ada"
    content = pictures.fit(written(photo(), "JPEG", exif=exif, comment=b"Ada's garden"))
    assert b"Ada" not in content
    assert dict(opened(content).getexif()) == {}


def test_a_large_picture_is_made_no_larger_than_paper_needs() -> None:
    grained = Image.effect_noise((3000, 1500), 50).convert("RGB")
    kept = opened(pictures.fit(written(grained, "JPEG")))
    assert (kept.mode, kept.size) == ("RGB", (1200, 600))


@pytest.mark.parametrize("width", [60, 1_800])
def test_what_one_can_see_through_stays_so(width: int) -> None:
    logo = Image.new("RGBA", (width, 40), (200, 0, 0, 0))
    kept = opened(pictures.fit(written(logo, "PNG")))
    assert (kept.format, kept.mode) == ("PNG", "RGBA")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_pictures_of_every_kind_become_ones_of_ours(mode: str) -> None:
    picture = Image.new(mode, (30, 20))
    kept = opened(pictures.fit(written(picture, "JPEG" if mode == "CMYK" else "PNG")))
    assert kept.mode in ("RGB", "RGBA")


def test_what_was_made_fit_stays_as_it_is() -> None:
    once = pictures.fit(written(photo(), "JPEG"))
    assert pictures.fit(once) == once


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_kinds_of_pictures_are_refused(kind: str) -> None:
    with pytest.raises(BadInput, match="no PNG and no JPEG"):
        pictures.fit(written(photo(), kind))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0 damaged"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput, match="picture"):
        pictures.fit(content)


def test_a_picture_that_ends_too_soon_is_damaged() -> None:
    content = written(photo(), "PNG")
    with pytest.raises(BadInput, match="damaged"):
        pictures.fit(content[: len(content) // 2])


@pytest.mark.parametrize("side", [8_000, 40_000])
def test_a_small_file_that_would_unfold_without_end_is_refused_before_it_does(side: int) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    with pytest.raises(BadInput, match="too large"):
        pictures.fit(bomb)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    with file.open("wb") as large:
        large.truncate(pictures.MOST_BYTES + 1)
    with pytest.raises(BadInput, match="too large"):
        pictures.from_file(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        pictures.from_file(tmp_path / "gone.png")
