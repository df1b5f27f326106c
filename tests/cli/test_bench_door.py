"""The window is measured with scans, codes and pictures that really come to it."""

from __future__ import annotations

import argparse
import json
from typing import Any

from boxoffice.cli import bench_door


def test_a_scan_a_code_and_a_tick_are_measured(qapp: object, capsys: Any) -> None:
    args = argparse.Namespace(attendees=[50], quick=True, json=True)
    assert bench_door.run(args) == 0
    scans, codes, ticks = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert scans["most_ms"] >= scans["p99_ms"] >= scans["p50_ms"] > 0
    assert scans["verdict_p50_ms"] > 0
    assert codes["codes"] == 1
    assert codes["p50_ms"] > 0
    assert ticks["tried"] > 0
    assert ticks["with_decoding_p99_ms"] > 0
