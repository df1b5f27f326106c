"""`scanners`: what there is, what is used, and whether it reads what the code says."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import open_station
from boxoffice.cli.main import run
from boxoffice.cli.scanners import Chosen
from boxoffice.scanning import serial_gun, v4l2
from boxoffice.scanning.layouts import TEST_CODE, mending
from boxoffice.storage import settings

Verb = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture(autouse=True)
def folder(station_folder: Path) -> Path:
    return station_folder


@pytest.fixture
def scanners(capsys: pytest.CaptureFixture[str]) -> Verb:
    """Runs the verb with `--json`; its status, the objects that it printed, and what stands on standard error."""

    def say(*words: str) -> tuple[int, list[dict[str, Any]], str]:
        status = run(["scanners", *words, "--json"])
        said = capsys.readouterr()
        return status, [json.loads(line) for line in said.out.splitlines()], said.err

    return say


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two cameras and one serial port."""
    monkeypatch.setattr(v4l2, "cameras", lambda: [("/dev/video0", "Lid"), ("/dev/video2", "Stand")])
    port = serial_gun.FoundPort("/dev/ttyACM0", "Gun", "usb:1:2:3")
    monkeypatch.setattr(serial_gun, "found_ports", lambda: (port,))


def choose(**chosen: Any) -> None:
    with open_station() as app:
        app.write(lambda c: settings.put(c, "screen", Chosen(**chosen))).result()


def used(listed: list[dict[str, Any]]) -> dict[str, str]:
    return {one["address"]: one["state"] for one in listed if one.get("chosen")}


@pytest.mark.usefixtures("machine")
def test_what_there_is_is_listed_and_the_first_camera_is_used(scanners: Verb) -> None:
    status, listed, _ = scanners()
    assert [one["kind"] for one in listed] == ["camera", "camera", "serial", "keyboard"]
    assert (status, used(listed)) == (0, {"/dev/video0": "there"})


@pytest.mark.usefixtures("machine")
def test_what_was_chosen_is_found_by_number_or_by_its_hardware(scanners: Verb) -> None:
    choose(camera="2", gun_port="usb:1:2:3")
    status, listed, _ = scanners()
    assert (status, used(listed)) == (0, {"/dev/video2": "there", "/dev/ttyACM0": "there"})


@pytest.mark.usefixtures("machine")
def test_what_was_chosen_and_is_not_there_is_missing(scanners: Verb) -> None:
    choose(camera="/dev/video9", gun_port="/dev/ttyACM7")
    status, listed, _ = scanners()
    assert (status, used(listed)) == (1, {"/dev/video9": "missing", "/dev/ttyACM7": "missing"})


@pytest.mark.parametrize(
    ("typed", "status", "gun"),
    [(TEST_CODE, 0, None), (mending("DE", "US").mend(TEST_CODE), 1, "US"), ("something else", 1, None)],
)
def test_a_gun_that_types_is_compared_letter_by_letter(
    scanners: Verb, monkeypatch: pytest.MonkeyPatch, typed: str, status: int, gun: str | None
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed + "\n"))
    found = scanners("test")
    assert (found[0], found[1][0]["gun"]) == (status, gun)


def test_no_scan_is_no_pass(scanners: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    status, said, complaint = scanners("test")
    assert (status, said) == (1, [])
    assert "Nothing arrived" in complaint


def test_a_gun_on_a_line_is_heard_and_one_that_is_not_there_is_told(scanners: Verb, tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("no pseudo terminals here")
    ours, theirs = os.openpty()
    scanning = threading.Event()

    def pull_triggers() -> None:
        while not scanning.wait(0.05):
            os.write(ours, TEST_CODE.encode() + b"\r")

    hand = threading.Thread(target=pull_triggers)
    hand.start()
    try:
        status, said, _ = scanners("test", "--port", os.ttyname(theirs))
    finally:
        scanning.set()
        hand.join()
        os.close(ours)
        os.close(theirs)
    assert (status, said[0]["right"]) == (0, True)
    assert scanners("test", "--port", str(tmp_path / "none"))[0] == 3
