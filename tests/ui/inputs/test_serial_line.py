"""A gun on a serial line opens the door as one that types does, and is heard again when its plug is back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ui.preferences import load
from ui.widgets.choice import Choice
from ui.widgets.strip import Where

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")


class Gun:
    """A gun on a pseudo terminal; its name stays when it is pulled out and put back."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "gun"
        self._ends: tuple[int, int] = (-1, -1)

    def plug(self) -> None:
        self._ends = os.openpty()
        self.port.symlink_to(os.ttyname(self._ends[1]))

    def read(self, code: str) -> None:
        os.write(self._ends[0], f"{code}\r\n".encode())

    def pull(self) -> None:
        self.port.unlink()  # first: the system gives the number of a line that was closed to whoever opens the next one
        for end in self._ends:
            os.close(end)
        self._ends = (-1, -1)


@pytest.fixture
def gun(tmp_path: Path) -> Iterator[Gun]:
    gun = Gun(tmp_path)
    gun.plug()
    yield gun
    if gun._ends != (-1, -1):
        gun.pull()


def said(evening: Any, words: str) -> None:
    evening.qtbot.waitUntil(lambda: words in evening.window.notices.text)


def test_what_it_reads_is_let_in(evening: Any, gun: Gun) -> None:
    first, second = evening.ticket("Ada"), evening.ticket("Grace")
    evening.open()
    evening.window.likes.choose(gun_port=str(gun.port))
    said(evening, "The gun's line is open.")
    gun.read(first.position.secret)
    evening.answer("Valid")
    gun.pull()
    said(evening, "Barcode gun unplugged")
    gun.plug()
    said(evening, "The gun's line is open.")
    gun.read(second.position.secret)
    evening.qtbot.waitUntil(lambda: evening.panel.answer is not None and evening.panel.answer.name == "Grace")


def test_a_port_that_is_not_there_is_said_and_no_other_gun_is_missed(evening: Any, scan: Any, tmp_path: Path) -> None:
    ticket = evening.ticket("Ada")
    evening.open()
    evening.window.likes.choose(gun_port=str(tmp_path / "nowhere"))
    said(evening, "Barcode gun not found")
    scan(ticket)
    evening.answer("Valid")


def test_the_port_that_was_typed_is_kept(evening: Any, hands: Any, gun: Gun) -> None:
    screen = evening.go(Where.SETTINGS)
    [port] = [one for one in screen.findChildren(Choice) if one.accessibleName() == "On a serial line"]
    edit = port.lineEdit()
    edit.selectAll()
    hands.person(str(gun.port), edit)
    edit.editingFinished.emit()
    evening.qtbot.waitUntil(lambda: load(evening.app).gun_port == str(gun.port))
    evening.window.likes.choose(gun_port="")
