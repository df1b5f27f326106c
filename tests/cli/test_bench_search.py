from __future__ import annotations

import argparse
import json

from boxoffice.cli import bench_search


def test_every_question_is_answered_and_the_two_sides_are_compared(capsys):
    args = argparse.Namespace(attendees=[300], quick=True, json=True)
    assert bench_search.run(args) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["found"] == values["questions"] == 300
    assert values["search_p99_ms"] > 0
    assert values["bare_p50_ms"] > 0
    assert values["p99_ratio"] > 0
