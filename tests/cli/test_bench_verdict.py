"""A scan is measured beside rows like its own, and beside the same scan in the smallest event."""

from __future__ import annotations

import argparse
import json

import pytest

from boxoffice.cli import bench_verdict


def test_a_scan_is_measured_beside_its_rows_and_beside_the_smallest_event(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOXOFFICE_KEYRING", "file")
    monkeypatch.setattr(bench_verdict, "BLOCK", 2)
    assert bench_verdict.run(argparse.Namespace(attendees=[60], quick=True, json=True)) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["attendees"] == 60
    assert all(values[side] > 0 for side in ("scan_p50_ms", "bare_p50_ms", "judged_smallest_p50_us"))
