"""Attempts to pay by card are all kept, found again, and never two at once for one sale or at one terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.payment import Attempt, State
from boxoffice.domain.terminals import Evidence, Mark
from boxoffice.errors import StorageTrouble
from boxoffice.storage import payments

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with App(Folder(tmp_path)) as app:
        yield app


def attempt(name: str = "a1", **more: Any) -> Attempt:
    values: dict[str, Any] = {"operation": "sale-1", "terminal": "Till 1", "state": State.INTENT, "began_at": NINE}
    return Attempt(id=name, event="conf26", amount=1250, currency="EUR", changed_at=NINE, **{**values, **more})


def keep(app: App, *attempts: Attempt) -> None:
    app.write(lambda c: [payments.put(c, one) for one in attempts]).result()


def test_an_attempt_is_found_by_all_that_people_know_of_it(app: App) -> None:
    one = attempt(state=State.CAPTURED, evidence=Evidence(receipt=42, text="Approved"), receipt=7)
    keep(app, one, attempt("a2", state=State.DECLINED, began_at=NINE + timedelta(hours=1)))
    assert app.read(lambda c: payments.attempt(c, "a1")) == one
    assert app.read(lambda c: payments.attempt(c, "nobody")) is None
    assert [found.id for found in app.read(lambda c: payments.of_operation(c, "sale-1"))] == ["a1", "a2"]
    assert app.read(lambda c: payments.of_receipt(c, 7)) == [one]
    assert app.read(lambda c: payments.of_terminal_receipt(c, 42)) == [one]
    soon = NINE + timedelta(minutes=5)
    assert app.read(lambda c: payments.between(c, NINE, soon)) == [one]
    assert app.read(lambda c: payments.between(c, NINE - timedelta(days=1), NINE)) == []


@pytest.mark.parametrize("second", [{"terminal": "Till 2"}, {"operation": "sale-2"}])
def test_neither_a_sale_nor_a_terminal_has_two_that_are_open(app: App, second: dict[str, str]) -> None:
    keep(app, attempt(state=State.UNKNOWN))
    with pytest.raises(StorageTrouble, match="UNIQUE"):
        keep(app, attempt("a2", **second))


def test_what_has_ended_makes_room(app: App) -> None:
    keep(app, attempt(state=State.DECLINED), attempt("a2"))
    opened = app.read(lambda c: payments.open_at(c, "Till 1"))
    assert opened is not None
    assert opened.id == "a2"
    assert [one.id for one in app.read(payments.open_ones)] == ["a2"]


def test_what_is_doubtful_and_what_strays_is_known(app: App) -> None:
    stray = attempt("a3", operation="sale-3", state=State.CAPTURED)
    keep(app, attempt(state=State.NEEDS_HUMAN), attempt("a2", operation="sale-2", terminal="Till 2"), stray)
    assert [one.id for one in app.read(payments.doubtful)] == ["a1"]
    assert app.read(payments.strays) == [stray]
    keep(app, msgspec.structs.replace(stray, receipt=3))
    assert app.read(payments.strays) == []


def test_no_attempt_is_ever_taken_out(app: App) -> None:
    keep(app, attempt())
    with pytest.raises(StorageTrouble, match="disk"):
        app.write(lambda c: c.execute("DELETE FROM card_payments")).result()


def test_the_newest_payment_of_a_terminal_is_kept_until_it_has_to_be_asked_again(app: App) -> None:
    assert app.read(lambda c: payments.mark(c, "Till 1")) is None
    app.write(lambda c: payments.put_mark(c, "Till 1", Mark(receipt=9999))).result()
    app.write(lambda c: payments.put_mark(c, "Till 1", Mark(receipt=1))).result()
    assert app.read(lambda c: payments.mark(c, "Till 1")) == Mark(receipt=1)
    app.write(lambda c: payments.put_mark(c, "Till 1", None)).result()
    assert app.read(lambda c: payments.mark(c, "Till 1")) is None


def test_wiping_leaves_figures_and_no_card(app: App) -> None:
    keep(
        app, attempt(state=State.CAPTURED, evidence=Evidence(receipt=42, pan="****1234", text="For Ada"), reason="Ada")
    )
    app.write(payments.forget_people).result()
    kept = app.read(lambda c: payments.attempt(c, "a1"))
    assert kept is not None
    assert (kept.amount, kept.evidence, kept.reason) == (1250, Evidence(receipt=42), "")
