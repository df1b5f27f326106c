"""The benchmark of paper compares like with like: both sides end in bytes for the same printer."""

from __future__ import annotations

import json

from boxoffice.cli import bench_print
from boxoffice.cli.main import run


def test_it_says_how_both_sides_did(capsys, monkeypatch) -> None:
    monkeypatch.setattr(bench_print, "_QUICK", 5)
    assert run(["bench", "print", "--quick", "--json"]) == 0
    measured = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["what"] for one in measured] == ["receipts of letters", "receipts of all people", "badges"]
    for one in measured:
        assert one["ratio"] > 0
        assert one["many"] == 5
        assert one["bytes"] > 500
        assert one["bare_bytes"] > 500
