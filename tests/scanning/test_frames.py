"""Pictures, films and folders, read as a camera's frames."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxoffice.errors import DeviceTrouble
from boxoffice.scanning.decoder import Decoder
from boxoffice.scanning.frames import frames, read_picture
from boxoffice.scanning.opencv import cv2
from boxoffice.scanning.sample_video import Badge, write_film

Show = Callable[..., Any]


def save(path: Path, picture: Any) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())
    return path


def reads(picture: Any) -> list[str]:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    return [one.text for one in Decoder().read(grey)]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tif", ".gif"])
def test_pictures_of_the_usual_kinds_are_read_whatever_their_name(tmp_path: Path, show: Show, suffix: str) -> None:
    colour = np.repeat(show("Zoë")[:, :, None], 3, axis=2)
    picture = read_picture(save(tmp_path / f"Bild von Zoë 张三{suffix}", colour))
    assert reads(picture) == ["Zoë"]


def test_a_code_on_nothing_is_seen_on_white(tmp_path: Path, show: Show) -> None:
    ink = show("see-through") < 128
    clear = np.zeros((*ink.shape, 4), dtype=np.uint8)
    clear[:, :, 3] = np.where(ink, 255, 0)
    assert reads(read_picture(save(tmp_path / "clear.png", clear))) == ["see-through"]


def test_a_picture_of_sixteen_bits_is_read(tmp_path: Path, show: Show) -> None:
    deep = show("deep").astype(np.uint16) << 8
    assert reads(read_picture(save(tmp_path / "deep.png", deep))) == ["deep"]


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path, show: Show) -> None:
    for name in ("b", "a", "c"):
        save(tmp_path / f"{name}.png", show(f"code {name}"))
    (tmp_path / "notes.txt").write_text("not a picture")
    assert [reads(frame.picture) for frame in frames(tmp_path)] == [["code a"], ["code b"], ["code c"]]


def test_a_film_gives_its_frames_in_their_time(tmp_path: Path) -> None:
    film = tmp_path / "badges.avi"
    written = write_film(film, [Badge("k3jy7zq2w5", "Ada")], size=(320, 240), frames_a_badge=5, pause=1)
    seen = list(frames(film))
    assert [frame.number for frame in seen] == list(range(written))
    assert seen[3].at == pytest.approx(3 / 30)
    assert seen[0].picture.shape == (240, 320, 3)


@pytest.mark.parametrize("name", ["missing.png", "missing.avi", "text.png", "text.txt", "text.avi", "empty.jpg"])
def test_what_is_neither_picture_nor_film_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.startswith("text"):
        path.write_text("This is only a text.")
    elif name.startswith("empty"):
        path.touch()
    with pytest.raises(DeviceTrouble, match=name):
        list(frames(path))


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceTrouble, match="no picture"):
        list(frames(tmp_path))


def test_a_picture_cut_short_is_named_or_shown_as_far_as_it_goes(tmp_path: Path, show: Show) -> None:
    whole = cv2.imencode(".png", show("cut short"))[1].tobytes()
    path = tmp_path / "cut.png"
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with suppress(DeviceTrouble):
            assert read_picture(path).dtype == np.uint8
