"""A gun and a person's fingers on the real app, on a screen of its own: the keys go the way of every key.

An X server without a picture, a window manager, the app in a process of its own, and xdotool for the hands.
Nothing of the app is replaced; what it did is read from its store.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.scanning.wedge import TAIL, WedgeSettings

NEEDED = ("Xvfb", "openbox", "xdotool")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (`make test` does it)")

PATIENCE = 60.0
PROJECT = Path(__file__).parents[2]
PLACES = ("door", "desk", "outbox", "conflicts", "settings")
DIALOGS = ("keys_sheet", "reason_dialog")

GUN = 0
PERSON = 120
"""Milliseconds between two keys."""


@contextmanager
def running(*words: str, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process, for as long as it is needed."""
    process = subprocess.Popen(words, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


class Screen:
    """A screen that nobody sees, with a window manager that gives the focus."""

    def __init__(self, folder: Path, until_end: ExitStack) -> None:
        self._log = until_end.enter_context((folder / "screen.log").open("wb"))
        said, says = os.pipe()
        until_end.callback(os.close, said)
        server = ("Xvfb", "-displayfd", str(says), "-screen", "0", "1366x900x24", "-nolisten", "tcp", "-noreset")
        until_end.enter_context(running(*server, pass_fds=(says,), stderr=self._log))
        os.close(says)
        number = self._first_line(said)
        plain = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "XMODIFIERS")}
        self.environment = plain | {
            "DISPLAY": f":{number}",
            "PYTHONPATH": str(PROJECT),
            "QT_QPA_PLATFORM": "xcb",
            "XDG_CONFIG_HOME": str(folder),
        }
        until_end.enter_context(
            running("openbox", "--sm-disable", env=self.environment, stderr=self._log, stdout=self._log)
        )

    def _first_line(self, said: int) -> str:
        line = b""
        while not line.endswith(b"\n"):
            assert select.select([said], [], [], PATIENCE)[0], "Xvfb did not start"
            part = os.read(said, 100)
            assert part, "Xvfb ended"
            line += part
        return line.decode().strip()


class Hands:
    """Keys that come from outside of the app."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def gun(self, code: str) -> None:
        """One scan: a burst, and Enter."""
        self._xdotool("type", "--delay", str(GUN), "--args", "1", code, "key", "--delay", str(GUN), "Return")

    def person(self, text: str) -> None:
        """One key after the other."""
        self._xdotool("type", "--delay", str(PERSON), text)

    def press(self, *keys: str) -> None:
        """Keys with a name, by somebody who has looked at the answer first."""
        self._xdotool("sleep", str(2 * TAIL), "key", "--delay", str(PERSON), *keys)

    def _xdotool(self, *words: str) -> None:
        subprocess.run(("xdotool", *words), env=self._screen.environment, check=True, timeout=PATIENCE)


class Window:
    """The window of the app, which says how it stands."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._heard = b""

    def until(self, **how: Any) -> dict[str, Any]:
        """Wait until it stands like this; how it stands."""
        return self._ask("until", how)

    def go(self, where: str) -> None:
        self._ask("go", where)

    def focus(self, number: int) -> dict[str, Any]:
        """Put the focus on this one of the widgets that can have it, counted round and round."""
        return self._ask("focus", number)

    def leave(self) -> dict[str, Any]:
        """Close it; how it stood at last."""
        last = self._ask("leave", None)
        assert self.process.wait(PATIENCE) == 0
        return last

    def _ask(self, word: str, about: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([word, about]).encode() + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._line(f"{word} {about}"))
        return answer

    def _line(self, question: str) -> bytes:
        assert self.process.stdout is not None
        while b"\n" not in self._heard:
            assert select.select([self.process.stdout], [], [], PATIENCE)[0], f"no answer to: {question}"
            part = os.read(self.process.stdout.fileno(), 65536)
            assert part, f"the app ended at: {question}"
            self._heard += part
        line, _, self._heard = self._heard.partition(b"\n")
        return line


class Night:
    """A station at a door, its window on a screen, and somebody with a gun."""

    def __init__(self, folder: Folder, screen: Screen, log: Path, prepare: Callable[[], None]) -> None:
        self.folder = folder
        self.hands = Hands(screen)
        self._screen = screen
        self._log = log
        self._prepare = prepare
        self._until_end = ExitStack()

    def open(self) -> None:
        """Start the app; if it was open, anew and with the settings of the beginning."""
        self.close()
        self._prepare()
        process = running(
            *(sys.executable, str(PROJECT / "tests" / "flows" / "window_with_an_ear.py")),
            *("--data", str(self.folder.root)),
            env=self._screen.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._until_end.enter_context(self._log.open("ab")),
            bufsize=0,
        )
        self.window = Window(self._until_end.enter_context(process))
        self.window.until(active=True)

    def close(self) -> None:
        self._until_end.close()

    @property
    def complaints(self) -> str:
        """What the app said of bugs."""
        said = self._log.read_text(encoding="utf-8", errors="replace")
        return said if "Traceback" in said or "Unforeseen" in said else ""

    def stand(self, where: str) -> None:
        """Go to a place, or open a dialog over the door and leave it open."""
        dialog = self.window.until(active=True)["dialog"]
        if dialog == where:
            return
        if dialog:
            self.hands.press("Escape")
            self.window.until(dialog="")
        self.window.go("door" if where in DIALOGS else where)
        if where == "keys_sheet":
            self.hands.press("F1")
        if where == "reason_dialog":
            self._open_a_row_of_the_last_scans()
            self.hands.press("F8")
        self.window.until(dialog=where if where in DIALOGS else "")

    def _open_a_row_of_the_last_scans(self) -> None:
        """Of somebody who was let in: where a gun halted, the newest row may be a refusal of half a code."""
        stands = self.window.focus(number := 0)
        while not re.match("ScanRow .* Valid ", stands["focus"]):
            stands = self.window.focus(number := number + 1)
            assert number < 100
        self.hands.press("space")
        opened = self.window.until(shown=stands["shown"] + 1)
        assert len(opened["pressed"]) == len(stands["pressed"]) + 1

    def scan(self, code: str, number: int) -> bool:
        """Scan with the focus on a widget; whether the gun did what guns do.

        On a machine that is busy the keys of xdotool halt now and then, longer than those of any gun.
        """
        stands = self.window.focus(number)
        self.hands.gun(code)
        typed = self.window.until(ends=stands["ends"] + 1)
        if typed["longest_gap"] >= 1000 * WedgeSettings().pace:
            return False
        answered = self.window.until(shown=stands["shown"] + 1)
        assert answered["scanned_at"] == stands["focus"]
        for what in ("dialog", "pressed", "fields", "direction"):
            assert answered[what] == stands[what]
        return True


@pytest.fixture
def scans(rounds: Callable[[int, int], int]) -> int:
    return rounds(48, 300)


@pytest.fixture
def codes(scans: int) -> list[str]:
    """What the gun reads: small and large letters, figures, a dash, none twice in a row.

    There are three for each scan, because a busy machine may halt at one as often as not.
    """
    return ["N{}k{}x{}W5-T7q".format(*f"{number:03d}") for number in range(3 * scans)]


@pytest.fixture
def night(tmp_path: Path, codes: list[str], ready: Callable[..., None]) -> Iterator[Night]:
    folder = Folder(tmp_path / "station")
    folder.root.mkdir()

    def prepare() -> None:
        with App(folder) as station:
            ready(station, codes)

    with ExitStack() as until_end:
        night = Night(folder, Screen(tmp_path, until_end), tmp_path / "window.log", prepare)
        until_end.callback(night.close)
        night.open()
        yield night


def places(scans: int) -> Iterator[tuple[str, int]]:
    """Where each scan falls: two thirds at the places of the window, the others over a dialog; each widget in turn."""
    over_each_dialog = scans // 6
    for number in range(scans - 2 * over_each_dialog):
        yield PLACES[number % len(PLACES)], number // len(PLACES)
    for dialog in DIALOGS:
        for number in range(over_each_dialog):
            yield dialog, number


def test_each_scan_counts_once_and_presses_nothing_whatever_has_the_focus(
    night: Night, scans: int, codes: list[str], kept: Callable[[Folder], Any]
) -> None:
    book = kept(night.folder)
    chosen = book.settings()
    left = iter(codes)
    scanned: list[str] = []
    halted: set[str] = set()
    for where, number in places(scans):
        night.stand(where)
        while not night.scan(code := next(left), number):
            halted.add(code)
            night.open()
            night.stand(where)
        scanned.append(code)

    night.window.leave()
    assert [code for code in book.codes() if code not in halted] == scanned
    assert len(scanned) == scans
    assert len(book.others()) <= 2 * len(halted)
    assert book.settings() == chosen
    assert book.check().sound
    assert not night.complaints


def test_what_a_person_types_goes_into_the_field(night: Night, kept: Callable[[Folder], Any]) -> None:
    night.hands.press("F2")
    night.window.until(focus="SearchBox search")
    night.hands.person("lovelace")
    night.window.until(search="lovelace")
    last = night.window.leave()
    assert last["shown"] == 0
    book = kept(night.folder)
    assert not book.codes()
    assert not book.others()
