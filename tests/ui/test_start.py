"""Starting: one window a folder, nothing heavy before the first picture, and an apology instead of an end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ui import app as ui_app

ROOT = Path(ui_app.__file__).parent.parent
AFTER_THE_PICTURE = (
    "PySide6.QtMultimedia",
    "PySide6.QtNetwork",
    "boxoffice.domain.gate",
    "boxoffice.services.admit",
    "boxoffice.services.lookup",
    "boxoffice.storage.journal",
    "boxoffice.storage.orders",
    "boxoffice.storage.search",
    "boxoffice.storage.search_index",
    "hashlib",
    "inspect",
    "importlib.resources",
    "msgspec.inspect",
    "random",
    "secrets",
    "shutil",
    "tempfile",
    "typing_extensions",
    "ui.screens.settings",
    "ui.widgets.question_form",
    "zipfile",
    "zoneinfo",
)
AT_THE_FIRST_PICTURE = """
import sys, ui.app
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan

def scan_at_once(window, app, sync):
    print(*sys.modules, flush=True)
    window.door.answer_shown.connect(lambda answer: (print(answer.word), window.leave()))
    window.scans.take(new_scan("nobody's", Source.WEDGE))

ui.app.MainWindow._on_painted = lambda window: None  # It would begin to load the rest.
ui.app._settle_in = scan_at_once
ui.app.main(["--data", sys.argv[1]])
"""


@pytest.mark.qt_log_ignore("does not support raise", "does not support propagateSizeHints")
def test_a_second_start_brings_the_first_window_to_the_front(evening: Any) -> None:
    window = evening.open()
    folder = str(evening.app.folder.root)
    assert not ui_app.call_other(folder)
    ui_app.listen_for_others(window, folder)
    window.showMinimized()
    code = f"from ui.app import application, call_other; application(); print(call_other({folder!r}))"
    other = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    evening.qtbot.waitUntil(lambda: other.poll() is not None)
    assert other.communicate()[0].strip() == "True"
    evening.qtbot.waitUntil(lambda: not window.isMinimized())


@pytest.fixture
def first_picture(evening: Any) -> tuple[set[str], str]:
    """The modules that were loaded for the first picture, and the answer to a scan that came with it."""
    folder = evening.app.folder.root
    evening.app.close()
    # The first start of a checkout keeps what it compiles, where it is let; it is the second one that is looked at.
    may_keep = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = partial(subprocess.run, cwd=ROOT, capture_output=True, text=True, check=True, env=may_keep)
    start([sys.executable, "-c", "import ui.app"])
    modules, answer = start([sys.executable, "-c", AT_THE_FIRST_PICTURE, str(folder)]).stdout.splitlines()
    return set(modules.split()), answer


def test_what_the_first_picture_does_not_need_is_not_loaded_for_it(first_picture: tuple[set[str], str]) -> None:
    loaded, _ = first_picture
    assert loaded.intersection(AFTER_THE_PICTURE) == set()


def test_nobody_is_told_nought_before_it_was_counted(evening: Any) -> None:
    window = evening.begin()
    assert window.door.counts.text == "– –"
    with evening.qtbot.waitSignal(window.complete):
        window.resize(1366, 768)
    assert window.door.counts.text == "0 0"


def test_a_scan_before_everything_is_loaded_is_answered(first_picture: tuple[set[str], str]) -> None:
    _, answer = first_picture
    assert answer == "Unknown"


def test_nobody_reads_the_source_of_what_is_loaded_after_qt() -> None:
    code = "import ui.app, linecache; print(*linecache.cache)"
    read = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [name for name in read.stdout.split() if name.startswith(str(ROOT / "boxoffice"))] == []


@pytest.fixture
def _old_hook() -> Iterator[None]:
    before = sys.excepthook
    yield
    sys.excepthook = before


@pytest.mark.usefixtures("_old_hook")
def test_a_bug_of_ours_is_logged_and_the_app_stays_up(evening: Any, scan: Any, expect_warning: Any) -> None:
    expect_warning("Unforeseen: division by zero")
    window = evening.open()
    ui_app._apologise_instead_of_dying(window)
    try:
        _ = 1 / 0
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert window.problems.isVisible()
    assert "Something went wrong" in window.problems.text
    scan(evening.ticket())
    evening.answer("Valid")
