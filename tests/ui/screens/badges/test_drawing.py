"""Pictures of badges, one after the other."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QObject

from boxoffice.domain.badges import Template
from boxoffice.domain.documents import Badge
from boxoffice.errors import StorageTrouble, Trouble
from ui.courier import Courier
from ui.screens.badges.drawing import Drawing, Drawn


def test_after_one_that_failed_the_next_is_drawn(qtbot: Any) -> None:
    answers: list[Future[Drawn]] = []
    failures: list[Trouble] = []

    def ask(_: object) -> Future[Drawn]:
        answers.append(Future())
        return answers[-1]

    holder = QObject()
    lends: Any = SimpleNamespace(pictures_of=lambda _: {}, ask=ask)
    drawing = Drawing(lends, Courier(holder), lends, failures.append, holder)
    drawn: list[Drawn] = []
    drawing.drawn.connect(drawn.append)
    for _ in range(2):
        drawing.draw(Badge(ticket="", at=datetime.now(UTC), template=Template(name="", width=62, height=100)), 203)
    answers[0].set_exception(StorageTrouble("The disk is gone"))
    qtbot.waitUntil(lambda: len(answers) == 2)
    answers[1].set_result(Drawn(None))
    qtbot.waitUntil(lambda: drawn == [Drawn(None)])
    assert (len(failures), drawing.busy) == (1, False)
