"""`boxoffice decode`: files in, one line a code out, and an honest exit status."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxoffice.cli import decode
from boxoffice.errors import BadInput
from boxoffice.scanning.opencv import cv2
from boxoffice.scanning.sample_video import Badge, write_film

Show = Callable[..., Any]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def verb(*words: object) -> tuple[int, str, str]:
        parser, common = argparse.ArgumentParser(), argparse.ArgumentParser(add_help=False)
        common.add_argument("--json", action="store_true")
        decode.register(parser.add_subparsers(), common)
        status = decode.run(parser.parse_args(["decode", *map(str, words)]))
        said = capsys.readouterr()
        return status, said.out, said.err

    return verb


@pytest.fixture
def picture(tmp_path: Path, show: Show) -> Path:
    path = tmp_path / "two.png"
    cv2.imwrite(str(path), show("Zoë 张三", "right one"))
    return path


def test_every_code_of_a_picture_is_one_object_with_its_place(run: Run, picture: Path) -> None:
    status, out, err = run("--json", picture)
    codes = {code["text"]: code for code in map(json.loads, out.splitlines())}
    assert (status, err, set(codes)) == (0, "", {"Zoë 张三", "right one"})
    right = codes["right one"]
    assert set(right) == {"file", "frame", "text", "format", "ms", "position"}
    assert (right["file"], right["frame"], right["format"]) == (str(picture), 0, "QRCode")
    assert right["ms"] > 0
    assert len(right["position"]) == 4
    assert all(320 < x < 640 and 0 < y < 360 for x, y in right["position"])


def test_people_get_a_line_a_code(run: Run, picture: Path) -> None:
    status, out, _ = run(picture)
    assert status == 0
    assert sorted(line.split(": ")[1].split("  ")[0] for line in out.splitlines()) == ["Zoë 张三", "right one"]


def test_a_film_names_each_code_once_with_its_first_frame(run: Run, tmp_path: Path) -> None:
    film = tmp_path / "badges.avi"
    badges = [Badge(f"k3jy7zq2w5-{number}") for number in range(3)]
    write_film(film, badges, size=(400, 300), frames_a_badge=9, pause=1)
    status, out, _ = run("--json", film)
    codes = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [code["text"] for code in codes] == [badge.text for badge in badges]
    assert [code["frame"] // 10 for code in codes] == [0, 1, 2]
    _, every, _ = run("--json", "--every-frame", film)
    assert len(every.splitlines()) > 9


def test_no_code_is_a_no(run: Run, tmp_path: Path, show: Show) -> None:
    path = tmp_path / "empty.png"
    cv2.imwrite(str(path), show())
    assert run("--json", path) == (1, "", "")


def test_a_file_that_cannot_be_read_is_trouble_and_the_others_are_read(run: Run, tmp_path: Path, picture: Path) -> None:
    status, out, err = run("--json", tmp_path / "missing.png", picture)
    assert status == 3
    assert len(out.splitlines()) == 2
    assert "missing.png cannot be read" in err


def test_other_formats_are_asked_for_by_name(run: Run, picture: Path) -> None:
    assert run("--format", "ean", picture)[0] == 1
    with pytest.raises(BadInput):
        run("--format", "tiktok", picture)
