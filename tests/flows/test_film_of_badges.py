"""Badges on film, through the camera of the real window, into a real store: each one counts, and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.gate import Reason
from boxoffice.scanning.state import Phase
from ui import app as ui_app


def test_each_badge_that_moves_through_the_picture_is_admitted_once(
    tmp_path: Path,
    qtbot: QtBot,
    rounds: Callable[[int, int], int],
    ready: Callable[..., None],
    kept: Callable[[Folder], Any],
) -> None:
    from boxoffice.scanning.sample_video import Badge, write_film

    badges = rounds(12, 50)
    codes = [f"k7w3n5qz-{number:04d}-8tfxhj2m" for number in range(badges)]
    film = tmp_path / "badges.avi"
    write_film(film, [Badge(code, f"Guest {number}") for number, code in enumerate(codes, start=1)], size=(640, 360))
    folder = Folder(tmp_path / "station")
    folder.root.mkdir()
    with App(folder) as station:
        ready(station, codes)
        window = ui_app.open_window(station)
        shown: list[Any] = []
        window.door.answer_shown.connect(shown.append)
        try:
            with qtbot.waitSignal(
                window.scans.eye.changed, timeout=300_000, check_params_cb=lambda state: state.phase is Phase.ENDED
            ):
                window.likes.choose(camera=str(film))
            qtbot.waitUntil(lambda: len(shown) >= badges)
        finally:
            window.leave()
            ui_app.close_window(window)
            window.deleteLater()
        answers = Counter(one.reason for one in station.lookup.last_scans(10 * badges))
        here = station.lookup.counts(station.catalog("conf26").lists[1])
    book = kept(folder)
    assert answers == {Reason.OK: badges}
    assert sorted(book.codes()) == codes
    assert (here.entries, here.inside) == (badges, badges)
    assert not book.others()
    assert book.check().sound
