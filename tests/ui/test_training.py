"""Training at the till: seen by everybody, counted by nobody."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from boxoffice.domain.catalog import Item
from boxoffice.domain.scan import Source
from boxoffice.domain.tenders import Means
from boxoffice.ids import new_scan
from boxoffice.storage import journal
from ui.screens.till.screen import TillScreen
from ui.training import Band
from ui.widgets.strip import Where


def bands(window: QWidget) -> list[Band]:
    return [one for one in window.findChildren(Band) if not one.isHidden()]


def test_what_is_trained_is_marked_on_the_screen_and_stands_in_no_book(evening: Any, qtbot: Any) -> None:
    evening.enrol()
    evening.hear(Item(id=1, event="conf26", name={"en": "Regular"}, price=4_500))
    window = evening.open()
    app = evening.app
    window.go(Where.TILL)
    till: Any = window.stack.currentWidget()
    assert isinstance(till, TillScreen)

    def sell(price: int) -> Any:
        sold: list[Any] = []
        till.clerk.payment.sold.connect(sold.append)
        till.clerk.add(till.clerk.assortment.wares()[0])
        qtbot.waitUntil(lambda: not till.clerk.busy)
        till.clerk.payment.offer(Means.CASH, price)
        qtbot.waitUntil(lambda: len(sold) == 1 and not till.clerk.busy)
        till.clerk.payment.sold.disconnect(sold.append)
        till.choose()
        return sold[0].receipt

    till.clerk.drawer.open("conf26", 0)
    qtbot.waitUntil(lambda: till.clerk.shift is not None and not till.clerk.busy)
    till.clerk.add(till.clerk.assortment.wares()[0])
    real = till.clerk.cart
    written = len(app.read(lambda c: list(journal.entries(c))))

    window.training.begin(window.problems.report)
    qtbot.waitUntil(lambda: len(bands(window)) == 2)
    assert till.clerk.shift is None  # Training has a drawer of its own.
    till.clerk.drawer.open("conf26", 0)
    qtbot.waitUntil(lambda: till.clerk.shift is not None and not till.clerk.busy)
    assert till.clerk.cart.empty
    assert sell(4_500).training
    window.go(Where.DOOR)
    entries = app.lookup.counts(app.lists()[0]).entries
    window.scans.take(new_scan(evening.ticket().position.secret, Source.WEDGE))
    assert app.lookup.counts(app.lists()[0]).entries == entries
    assert len(app.read(lambda c: list(journal.entries(c)))) == written

    window.training.end()
    assert bands(window) == []
    window.go(Where.TILL)
    assert [line.item for line in till.clerk.cart.lines] == [line.item for line in real.lines]
    till.clerk.payment.offer(Means.CASH, 4_500)
    qtbot.waitUntil(lambda: app.counter().receipt(1) is not None)
    assert not app.counter().receipt(1).receipt.training
