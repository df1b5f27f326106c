"""The sale that is measured is a whole one, and so is its yardstick."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from boxoffice.cli import bench_till


def test_a_sale_is_measured_beside_its_rows(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXOFFICE_KEYRING", "file")
    monkeypatch.setattr(bench_till, "BLOCK", 2)
    assert bench_till.run(argparse.Namespace(attendees=[20], quick=True, json=True)) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["sales"] == 6
    # Cart, order, position, receipt, tender; three entries of the journal, each waiting, one with a personal half.
    assert values["rows"] >= 12
    assert values["p50_ratio"] > 0
