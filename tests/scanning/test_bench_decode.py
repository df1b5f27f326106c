"""The benchmark of the decoders runs and says what it measured; its figures are for people, not for tests."""

from __future__ import annotations

import argparse
import json

import pytest

from boxoffice.cli import bench_decode
from boxoffice.cli.bench_decode import Sizes
from boxoffice.scanning import sample_codes


def test_every_measure_is_one_object_and_nothing_was_misread(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_decode, "QUICK", Sizes(pictures=1, empty=1, rounds=1))
    monkeypatch.setattr(bench_decode, "LOOKS", 3)
    monkeypatch.setattr(bench_decode, "LENGTHS", (28,))
    monkeypatch.setattr(sample_codes, "KINDS", {kind: sample_codes.KINDS[kind] for kind in ("easy", "phone")})
    assert bench_decode.run(argparse.Namespace(quick=True, json=True)) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shares = [one for one in said if one["measure"] == "share read"]
    assert [(one["kind"], one["characters"], one["ours"]) for one in shares[:2]] == [("easy", 28, 1), ("phone", 28, 1)]
    assert all(one["ours"] >= one["together"] for one in shares)
    (wrong,) = (one for one in said if one["measure"] == "wrong texts")
    assert (wrong["ours"], wrong["live"]) == (0, 0)
    assert {one["measure"] for one in said} == {
        "share read",
        "wrong texts",
        "false alarms",
        "time on an empty 720p frame",
        "frame to text",
    }
    assert all(one["ratio"] > 0 for one in said if "ratio" in one)
