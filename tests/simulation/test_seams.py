"""What the simulation puts in the place of something real, and that nothing real slips past it.

A module that asks another clock, or waits in another way, would not live in virtual time, and the simulation
would say less than it seems to.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .conftest import CLOCKS

ROOT = Path(__file__).parents[2]
IN_THE_LOOP = (
    "boxoffice/ids.py",
    "boxoffice/services/admit.py",
    "boxoffice/services/card.py",
    "boxoffice/services/cash_out.py",
    "boxoffice/services/closing.py",
    "boxoffice/services/corrections.py",
    "boxoffice/services/deed.py",
    "boxoffice/services/disagree.py",
    "boxoffice/services/finding.py",
    "boxoffice/services/gift_cards.py",
    "boxoffice/services/give_back.py",
    "boxoffice/services/hear.py",
    "boxoffice/services/judging.py",
    "boxoffice/services/operators.py",
    "boxoffice/services/order_payments.py",
    "boxoffice/services/passing.py",
    "boxoffice/services/pay.py",
    "boxoffice/services/redeem.py",
    "boxoffice/services/sell.py",
    "boxoffice/services/shifts.py",
    "boxoffice/services/sold.py",
    "boxoffice/services/stock.py",
    "sync/api.py",
    "sync/engine.py",
    "sync/hub/acts.py",
    "sync/hub/app.py",
    "sync/hub/auth.py",
    "sync/hub/documents.py",
    "sync/hub/effects.py",
    "sync/hub/feed.py",
    "sync/hub/leases.py",
    "sync/hub/web.py",
    "sync/hub_client.py",
    "sync/leasing.py",
    "sync/pace.py",
    "sync/pull.py",
    "sync/push.py",
    "sync/rounds.py",
    "sync/tempo.py",
    "sync/tidying.py",
)
WAITS = {"monotonic", "now", "perf_counter", "sleep", "time", "Event", "Thread"}


def clocks_in(path: str) -> set[str]:
    """The modules of the library of which this file asks the time, or with which it waits."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    asked = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        one.value.id
        for one in asked
        if isinstance(one, ast.Attribute) and one.attr in WAITS and isinstance(one.value, ast.Name)
    } & {"time", "datetime", "threading"}


@pytest.mark.parametrize("path", IN_THE_LOOP)
def test_whoever_asks_for_the_time_asks_the_worlds_clock(path: str) -> None:
    module = path.removesuffix(".py").replace("/", ".")
    assert clocks_in(path) <= set(CLOCKS.get(module, ()))
