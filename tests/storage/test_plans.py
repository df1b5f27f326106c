"""What is asked all day reads what is open, and not all that has piled up since the morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.printing import State
from boxoffice.storage import begun_sales, checkins, payments, print_queue, redeeming, verify
from boxoffice.storage.connection import Connection

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

ASKED: dict[str, tuple[Callable[[Connection], object], set[str]]] = {
    "card payments that are open": (payments.open_ones, {"card_payments_open"}),
    "what a terminal is taken by": (lambda c: payments.open_at(c, "Till 1"), {"card_payments_open_at"}),
    "money without a receipt": (payments.strays, {"card_payments_stray", "card_payments_back"}),
    "paper that waits": (print_queue.open_ones, {"print_queue_open"}),
    "paper on its way": (lambda c: print_queue.in_state(c, State.SENDING), {"print_queue_open"}),
    "the next one of a printer": (lambda c: print_queue.next_of(c, "Till"), {"print_queue_open"}),
    "carts that were put by": (lambda c: begun_sales.held(c, "conf26"), {"sales_held"}),
    "carts that a crash left": (lambda c: begun_sales.open_sales(c, "conf26"), {"sales_held"}),
    "vouchers given back": (lambda c: redeeming.reverse(c, "conf26", "A", [1], NINE), {"redemptions_order"}),
    "a passage taken back": (lambda c: checkins.annul(c, "n1"), {"sqlite_autoindex_checkins_1"}),
    "exits that followed from it": (lambda c: checkins.followed_from(c, "n1"), {"sqlite_autoindex_checkins_1"}),
    "vouchers used after all": (lambda c: redeeming.take_anew(c, "conf26", "A", NINE), {"redemptions_order"}),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    path: Path = tmp_path_factory.mktemp("station")
    with App(Folder(path)) as app:
        yield app


@pytest.mark.parametrize("what", ASKED)
def test_the_index_over_what_is_open_answers(app: App, what: str) -> None:
    look, indices = ASKED[what]

    def plan(connection: Any) -> list[str]:
        asked = _asked(connection, look)
        return [row[3] for one in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {one}")]

    steps = [
        step for step in app.write(plan).result() if step.startswith(("SCAN", "SEARCH")) and "json_each" not in step
    ]
    assert {step.partition("USING INDEX ")[2].split()[0] for step in steps} == indices, steps


def test_a_check_of_the_whole_store_looks_at_each_row_once(app: App) -> None:
    """Twice the receipts take twice as long: no table is walked through for each row of another."""

    def plans(connection: Any) -> list[tuple[str, list[str]]]:
        asked = [one for one in _asked(connection, verify.check) if one.lstrip().startswith(("SELECT", "WITH"))]
        return [(one, _walked(connection.execute(f"EXPLAIN QUERY PLAN {one}").fetchall())) for one in asked]

    found = app.write(plans).result()
    assert len(found) > 20
    assert [(one, walked) for one, walked in found if len(walked) > 1] == []


def _walked(steps: list[tuple[int, int, int, str]]) -> list[str]:
    return [text for _, _, _, text in steps if text.startswith("SCAN ") and not text.startswith(_NO_TABLE)]


_NO_TABLE = ("SCAN (", "SCAN json_each", "SCAN CONSTANT")


def _asked(connection: Any, look: Callable[[Connection], object]) -> list[str]:
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    try:
        look(connection)
    finally:
        connection.set_trace_callback(None)
    return asked
